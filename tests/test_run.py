"""Running a user's file: whatever it is called, wherever it lies, and whatever it does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import conducto as co
from conducto import run
from conducto.diagnostics import ConductoError
from tests import command

ONE = 'import conducto as co\n\n\ndef run():\n    return co.Exec("x")\n'
#: Both ways to a file: `conducto FILE` runs it as `__main__`, `conducto FILE FUNC` imports it.
WAYS = pytest.mark.parametrize("named", [(), ("run",)], ids=["alone", "named"])


def tree(folder: Path, file: str, *words: str) -> str:
    """What `conducto FILE` prints, which must be all right."""
    done = command.conducto(folder, file, *words)
    assert (done.status, done.err) == (0, "")
    return done.out


# --- what a file is called and where it lies --------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize(
    "name",
    [
        "pipeline",
        "with blanks",
        "my.pipe.v2",
        "käse",
        "-dash",
        "json",
        "test",
        "random",
        "types",
        "conducto",
        "__main__",
    ],
)
def test_any_name_will_do(tmp_path: Path, name: str, named: tuple[str, ...]) -> None:
    (tmp_path / f"{name}.py").write_text(ONE)
    assert tree(tmp_path, f"./{name}.py", *named) == "/   x\n"


@WAYS
def test_a_file_without_a_suffix(tmp_path: Path, named: tuple[str, ...]) -> None:
    (tmp_path / "pipeline").write_text(ONE)
    assert tree(tmp_path, "./pipeline", *named) == "/   x\n"
    assert tree(tmp_path.parent, f"{tmp_path.name}/pipeline", *named) == "/   x\n"
    assert command.conducto(tmp_path, "pipeline").status == 2


@WAYS
def test_a_helper_beside_the_file(tmp_path: Path, named: tuple[str, ...]) -> None:
    helped = "import helper\n" + ONE.replace('"x"', "helper.X")
    command.write(tmp_path, **{"a b__pipeline": helped, "a b__helper": 'X = "helped"', "helper": 'X = "the wrong one"'})
    assert tree(tmp_path, "a b/pipeline.py", *named) == "/   helped\n"
    assert tree(tmp_path / "a b", "pipeline.py", *named) == "/   helped\n"
    (tmp_path / "link.py").symlink_to("a b/pipeline.py")
    assert tree(tmp_path, "link.py") == "/   helped\n"


@WAYS
def test_a_helper_that_is_imported_late(tmp_path: Path, named: tuple[str, ...]) -> None:
    late = 'import sys\nsys.path.append("lib")\n' + ONE.replace("    return", "    import deep, helper\n    return")
    command.write(tmp_path, pipeline=late.replace('"x"', "deep.X + helper.X"), helper='X = "1"', lib__deep='X = "2"')
    assert tree(tmp_path, "pipeline.py", *named) == "/   21\n"


@WAYS
def test_a_file_in_a_package(tmp_path: Path, named: tuple[str, ...]) -> None:
    inside = "from . import names\nfrom ..top import TOP\n" + ONE.replace('"x"', "TOP + names.X")
    command.write(tmp_path, pkg__top='TOP = "top"', pkg__sub__mod=inside, pkg__sub__names='X = "x"')
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "sub" / "__init__.py").write_text("from .mod import run\n")
    file = tmp_path / "pkg" / "sub" / "mod.py"
    for folder, name in ((tmp_path, "pkg/sub/mod.py"), (file.parent, "mod.py"), (Path("/"), str(file))):
        assert tree(folder, name, *named) == "/   topx\n"


@pytest.mark.parametrize("top", ["conducto", "json", "a.b", "a-b"])
@WAYS
def test_a_package_may_be_called_as_any_other(tmp_path: Path, named: tuple[str, ...], top: str) -> None:
    """`conducto` is what the folder of copied code is called in a container."""
    inside = "from . import names\nfrom .sub import deep\n" + ONE.replace('"x"', "names.X + deep.Y")
    if top == "a.b":  # of a package whose name holds a dot, nothing can be imported
        inside = ONE.replace('"x"', '"xy"')
    folder = tmp_path / top
    (folder / "sub").mkdir(parents=True)
    for path in (folder / "__init__.py", folder / "sub" / "__init__.py"):
        path.touch()
    (folder / "names.py").write_text('X = "x"')
    (folder / "sub" / "deep.py").write_text("from .. import names\nY = 'y' * len(names.X)")
    (folder / "mod.py").write_text(inside)
    assert tree(tmp_path, f"{top}/mod.py", *named) == "/   xy\n"
    assert tree(folder, "mod.py", *named) == "/   xy\n"


def test_a_file_beside_ours_hides_nothing_that_we_import_later(tmp_path: Path) -> None:
    for name in ("jinja2", "jsonschema", "networkx", "click", "difflib", "ast"):
        (tmp_path / f"{name}.py").write_text('raise RuntimeError("not this one")\n')
    command.write(command.repository(tmp_path), pipeline=ONE)
    assert command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py").status == 0
    done = command.conducto(tmp_path, "pipeline.py", "rum")
    assert "did you mean `run`?" in done.err


# --- what stands in it ------------------------------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + ONE.encode(),
        b"# -*- coding: latin-1 -*-\n" + ONE.encode(),
        ONE.replace("\n", "\r\n").encode(),
        ONE.rstrip("\n").encode(),
        b"#!/usr/bin/env python\n" + ONE.encode(),
        b"from __future__ import annotations\n" + ONE.replace("run()", "run() -> co.Exec").encode(),
    ],
    ids=["bom", "latin-1", "crlf", "no_newline", "shebang", "future"],
)
def test_any_text_that_python_takes(tmp_path: Path, content: bytes, named: tuple[str, ...]) -> None:
    command.write(tmp_path, pipeline=content)
    assert tree(tmp_path, "pipeline.py", *named) == "/   x\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"import conducto as co\nx = '\xe4'\n", 2, "(unicode error) 'utf-8' codec can't decode byte 0xe4"),
        (b"import conducto as co\n\0\n", 1, "null bytes"),
        (b"def (:\n", 1, "invalid syntax"),
        (b"if True:\n\tx = 1\n        y = 2\n", 3, "inconsistent use of tabs"),
        (b"# coding: klingon\n", 1, "klingon"),
        (b"x = (\n", 1, "'(' was never closed"),
        (b"return 1\n", 1, "'return' outside function"),
    ],
)
@WAYS
def test_what_is_no_python(tmp_path: Path, content: bytes, line: int, said: str, named: tuple[str, ...]) -> None:
    command.write(tmp_path, pipeline=content)
    done = command.conducto(tmp_path, "pipeline.py", *named)
    first, place = done.err.split("\n")[:2]
    assert (done.status, done.out) == (2, "")
    assert first.startswith("error[C403]: pipeline.py is no Python: ")
    assert said in first
    assert place in (f" --> pipeline.py:{line}", " --> pipeline.py:1")
    assert "Traceback" not in done.err


def test_no_python_in_a_helper(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline="import helper\n" + ONE, helper="x = 1\ny = = 2\n")
    done = command.conducto(tmp_path, "pipeline.py")
    assert "helper.py is no Python: invalid syntax\n --> helper.py:2\n  |\n2 | y = = 2\n  |     ^\n" in done.err


@pytest.mark.parametrize("file", ["none.py", "none/none.py", "."])
def test_no_such_file(tmp_path: Path, file: str) -> None:
    done = command.conducto(tmp_path, file if file != "." else "./")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error[C402]: cannot read ")


# --- what it does -----------------------------------------------------------------------------------------------------


@WAYS
def test_a_file_that_prints(tmp_path: Path, named: tuple[str, ...]) -> None:
    command.write(
        tmp_path, pipeline='print("hello")\n' + ONE.replace("    return", '    print("building")\n    return')
    )
    assert tree(tmp_path, "pipeline.py", *named) == "hello\nbuilding\n/   x\n"


def test_a_file_that_reads_its_arguments(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline="import sys\nTOP = sys.argv\n" + ONE.replace('"x"', 'f"{TOP} {sys.argv}"'))
    for words in ((), ("run",)):
        assert tree(tmp_path, "pipeline.py", *words) == "/   ['pipeline.py'] ['pipeline.py']\n"


@WAYS
def test_a_file_that_ends_the_program(tmp_path: Path, named: tuple[str, ...]) -> None:
    command.write(tmp_path, pipeline=ONE + 'import sys\nif len(sys.argv) < 2:\n    sys.exit("usage")\n')
    done = command.conducto(tmp_path, "pipeline.py", *named)
    assert (done.status, done.out) == (2, "")
    assert "error[C403]: pipeline.py ended by sys.exit('usage')\n --> pipeline.py:8\n" in done.err


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("raise asyncio.CancelledError", "CancelledError\n"),
        ("raise GeneratorExit", "GeneratorExit\n"),
        ("raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})", "E: <exception str() failed>\n"),
    ],
)
def test_whatever_is_raised_is_the_files_own(raised: str, said: str, tmp_path: Path) -> None:
    command.write(command.repository(tmp_path), pipeline=f"import asyncio\n\n\ndef run():\n    {raised}\n")
    for words in (("pipeline.py", "run"), ("compile", "--target", "make", "pipeline.py")):
        done = command.conducto(tmp_path, *words)
        assert (done.status, done.out) == (2, "")
        assert f"error[C403]: pipeline.py raised {said} --> pipeline.py:5\n" in done.err


def test_a_function_that_ends_the_program(tmp_path: Path) -> None:
    command.write(command.repository(tmp_path), pipeline="import sys\n\n\ndef run():\n    sys.exit(7)\n")
    assert command.conducto(tmp_path, "pipeline.py", "run") == (7, "", "")
    compiled = command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py")
    assert compiled.status == 2
    assert "pipeline.py ended by sys.exit(7)" in compiled.err


def test_what_stands_under_main_runs_as_far_as_co_main(tmp_path: Path) -> None:
    guarded = ONE + 'if __name__ == "__main__":\n    print("before")\n    co.main(default=run)\n    print("after")\n'
    command.write(tmp_path, pipeline=guarded)
    assert tree(tmp_path, "pipeline.py") == "before\n/   x\n"
    assert tree(tmp_path, "pipeline.py", "run") == "/   x\n"
    assert command.python(tmp_path, "pipeline.py").out == "before\n/   x\nafter\n"


@WAYS
def test_what_a_program_may_rely_on(tmp_path: Path, named: tuple[str, ...]) -> None:
    """Its module is in the table, at import and when its function runs: dataclasses, pickle and hints need that."""
    text = """
from __future__ import annotations
import dataclasses, pickle, sys, typing
import conducto as co

@dataclasses.dataclass
class Size:
    cores: "typing.ClassVar[int]" = 2
    name: str = "n"

assert sys.modules[__name__].Size is Size
assert __spec__ is None or __name__ != "__main__"

def run(count: int = 1) -> co.Exec:
    assert sys.modules[__name__].Size is Size
    assert pickle.loads(pickle.dumps(Size())) == Size()
    assert typing.get_type_hints(run)["return"] is co.Exec
    return co.Exec(f"{__name__ == '__main__'} {__file__.rpartition('/')[2]}")
"""
    command.write(tmp_path, pipeline=text)
    assert tree(tmp_path, "pipeline.py", *named) == f"/   {not named} pipeline.py\n"


@WAYS
def test_coroutines_are_awaited(tmp_path: Path, named: tuple[str, ...]) -> None:
    text = "import asyncio\n" + ONE.replace("def run():", "async def run():\n    await asyncio.sleep(0)")
    command.write(tmp_path, pipeline=text)
    assert tree(tmp_path, "pipeline.py", *named) == "/   x\n"


def test_any_function_can_be_run(tmp_path: Path) -> None:
    text = """
def add(a: int, b: int = 2, *rest: int, **more: float) -> int:
    "Adds."
    return {"sum": a + b + sum(rest), "more": more}

def nothing():
    pass

def _private():
    return 1
"""
    command.write(tmp_path, pipeline=text)
    assert tree(tmp_path, "pipeline.py", "add", "1") == "{'more': {}, 'sum': 3}\n"
    assert (
        tree(tmp_path, "pipeline.py", "add", "1", "2", "3", "4", "--x-y=1.5") == "{'more': {'x_y': 1.5}, 'sum': 10}\n"
    )
    assert tree(tmp_path, "pipeline.py", "nothing") == ""
    assert "has no public function or root node `_private`" in command.conducto(tmp_path, "pipeline.py", "_private").err


def test_the_seeds_leibniz(tmp_path: Path) -> None:
    text = '''
def leibniz(n: int) -> float:
    """Leibniz formula for π"""
    pi = 0
    sign = 1
    for i in range(n):
        pi += sign * 4 / (2*i+1)
        sign *= -1
    return pi
'''
    command.write(tmp_path, pi=text)
    assert tree(tmp_path, "pi.py", "leibniz", "--n=1000") == "3.140592653839794\n"


def test_an_exception_is_told_without_our_frames(tmp_path: Path) -> None:
    text = ONE.replace("    return", "    return [][1]\n    return")
    command.write(tmp_path, pipeline=text)
    for words in (("pipeline.py",), ("pipeline.py", "run")):
        done = command.conducto(tmp_path, *words)
        assert (done.status, done.out) == (2, "")
        assert "error[C403]: pipeline.py raised IndexError: list index out of range\n --> pipeline.py:5\n" in done.err
        assert done.err.count("File ") == 1
        assert str(tmp_path) not in done.err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    build = "    p = co.Parallel()\n    for n in range(30000):\n        p[str(n)] = co.Exec('x' * 50)\n    return p\n"
    main = "\nif __name__ == '__main__':\n    co.main()\n"
    command.write(tmp_path, pipeline=f"import conducto as co\n\n\ndef run():\n{build}{main}")
    for program in (f"{command.CONDUCTO} pipeline.py", f"{sys.executable} pipeline.py run"):
        done = command.run(tmp_path, "bash", "-c", f"{program} | head -n 1; echo ${{PIPESTATUS[0]}}")
        assert done == (0, "/\n141\n", "")


def test_an_interruption_is_no_traceback(tmp_path: Path) -> None:
    command.write(
        tmp_path, pipeline="import os, signal\n\n\ndef run():\n    os.kill(os.getpid(), signal.SIGINT)\n    input()\n"
    )
    assert command.conducto(tmp_path, "pipeline.py", "run") == (130, "", "")
    assert command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py") == (130, "", "\n")


# --- in one process ---------------------------------------------------------------------------------------------------


def test_the_interpreter_is_left_as_it_was(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline="import sys\nsys.path.append('x')\n" + ONE)
    before = (list(sys.path), sys.argv, sys.modules["__main__"], run.recording)
    for load in (run.load_main, run.load_module):
        module = load(str(tmp_path / "pipeline.py"))
        assert isinstance(run.calling(module, module.names["run"]), co.Exec)
        assert (list(sys.path), sys.argv, sys.modules["__main__"], run.recording) == before
        with pytest.raises(ConductoError):
            load(str(tmp_path / "none.py"))
        command.write(tmp_path, broken="import sys\nsys.argv = []\nraise ValueError\n")
        with pytest.raises(ConductoError):
            load(str(tmp_path / "broken.py"))
        assert (list(sys.path), sys.argv, sys.modules["__main__"], run.recording) == before


@pytest.mark.parametrize(
    ("word", "is_file"), [("a.py", True), ("./a", True), ("a/b", True), ("compile", False), ("a", False)]
)
def test_what_is_a_file(word: str, is_file: bool) -> None:
    assert run.is_file(word) is is_file
