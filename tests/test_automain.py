"""`co.main()`: a file's own command line, and what it tells to those who only read the file."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import compile, run, targets
from conducto.diagnostics import ConductoError, ConductoTypeError, Report
from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from tests import command

HEAD = """
import conducto as co

def run(n: int = 1):
    return co.Exec(f"run{n}")

def other():
    return co.Exec("other")

def value():
    return {"a": [1]}

def nothing():
    pass
"""


def program(folder: Path, main: str) -> Path:
    command.write(command.repository(folder), pipeline=HEAD + textwrap.dedent(main))
    return folder


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("run",), "/   run1\n"),
        (("run", "--n=3"), "/   run3\n"),
        (("run", "3"), "/   run3\n"),
        ((), "/   other\n"),
        (("other",), "/   other\n"),
        (("value",), "{'a': [1]}\n"),
        (("nothing",), ""),
    ],
)
def test_what_a_command_line_runs(words: tuple[str, ...], out: str, tmp_path: Path) -> None:
    folder = program(tmp_path, "if __name__ == '__main__': co.main(default=other)")
    assert command.python(folder, "pipeline.py", *words) == (0, out, "")


@pytest.mark.parametrize("words", [("rum",), ("run", "--m=1"), ("run", "--n=x"), ("--n=1", "2", "3"), ("nothing", "x")])
def test_what_is_wrong_is_said_without_a_traceback(words: tuple[str, ...], tmp_path: Path) -> None:
    done = command.python(program(tmp_path, "co.main(default=run)"), "pipeline.py", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error[C40")
    assert " --> command line\n  |\n  | python pipeline.py " in done.err
    assert "Traceback" not in done.err


def test_what_breaks_in_a_function_is_told_at_its_line(tmp_path: Path) -> None:
    folder = program(tmp_path, "def bad():\n    return co.Exec('x', cpu=-1)\nco.main()")
    done = command.python(folder, "pipeline.py", "bad")
    assert done.status == 2
    assert "-1" in done.err
    assert done.err.startswith("error[C110]: `cpu` is -1")


def test_results_are_returned_and_printed_by_the_printer(tmp_path: Path) -> None:
    main = """
    import sys
    assert co.main(argv=["value"]) == {"a": [1]}
    assert co.main(argv=["value"], printer=lambda value: print("printed", value)) == {"a": [1]}
    assert co.main(argv=["run"]) is None
    assert co.main(argv=["nothing"]) is None
    sys.exit(co.main(default=other, argv=[]))
    """
    done = command.python(program(tmp_path, main), "pipeline.py", "ignored")
    assert done == (0, "{'a': [1]}\nprinted {'a': [1]}\n/   run1\n/   other\n", "")


def test_the_names_to_look_in_can_be_given(tmp_path: Path) -> None:
    main = """
    def main():
        def inner():
            return co.Exec("inner")
        co.main(argv=["run"])
        co.main(argv=["inner"])
        co.main({"run": other}, argv=["run"])
    main()
    """
    assert command.python(program(tmp_path, main), "pipeline.py").out == "/   run1\n/   inner\n/   other\n"


def test_functions_of_other_files_count_where_they_are_given(tmp_path: Path) -> None:
    program(tmp_path, "from helper import helped, other_helped\nco.main(default=helped)")
    text = 'import conducto as co\n\ndef helped() -> co.Exec:\n    """Helps."""\n    return co.Exec("helped")\n'
    command.write(tmp_path, helper=text + '\ndef other_helped():\n    return co.Exec("other")\n')
    assert command.python(tmp_path, "pipeline.py").out == "/   helped\n"
    assert command.python(tmp_path, "pipeline.py", "other_helped").err.startswith("error[C404]: ")
    told = command.python(tmp_path, "pipeline.py", "--help").out
    assert "\n  helped() -> co.Exec (default)\n      Helps.\n  run(n: int = 1)\n" in told
    program(tmp_path / "given", "from helper import helped, other_helped\nco.main({'x': other_helped, 'os': other})")
    command.write(tmp_path / "given", helper=(tmp_path / "helper.py").read_text())
    assert command.python(tmp_path / "given", "pipeline.py", "x").out == "/   other\n"
    assert command.conducto(tmp_path / "given", "compile", "-t", "make", "-o", "-", "pipeline.py", "x").status == 0
    program(tmp_path / "all", "from helper import helped\nco.main(globals())")
    command.write(tmp_path / "all", helper=(tmp_path / "helper.py").read_text())
    assert command.python(tmp_path / "all", "pipeline.py", "helped").err.startswith("error[C404]: ")


CALLS: dict[str, Callable[[Any], object]] = {
    "default": lambda value: co.main(default=value),
    "argv": lambda value: co.main(argv=value),
    "variables": lambda value: co.main(variables=value),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("default", value) for value in ("run", 3, co.Serial())),
        *(("argv", value) for value in ("run --n=1", 3, [1])),
        *(("variables", value) for value in ([3], "run")),
    ],
)
def test_what_is_given_is_of_the_right_type(name: str, value: object) -> None:
    with pytest.raises(ConductoTypeError) as found:
        CALLS[name](value)
    (diagnostic,) = found.value.diagnostics
    place = diagnostic.location
    assert diagnostic.code == "C411"
    assert place is not None
    assert place.text[place.column : place.end_column] == "value"


def test_an_asynchronous_pipeline_of_a_file_that_runs_a_loop(tmp_path: Path) -> None:
    text = "import asyncio\nimport conducto as co\n\n\nasync def run():\n    return co.Exec('x')\n\n\n"
    command.write(tmp_path, pipeline=text + "async def all():\n    co.main(default=run)\n\n\nasyncio.run(all())\n")
    assert command.python(tmp_path, "pipeline.py") == (0, "/   x\n", "")


# --- as those see it who read the file --------------------------------------------------------------------------------


def test_the_first_call_is_what_counts(tmp_path: Path) -> None:
    folder = program(tmp_path, "co.main(default=other)\nraise SystemExit('never')")
    module = run.load_main(str(folder / "pipeline.py"))
    assert module.default is module.names["other"]
    assert module.words is None
    assert command.conducto(folder, "pipeline.py").out == "/   other\n"


def test_arguments_given_to_it_count_as_when_the_file_is_run(tmp_path: Path) -> None:
    folder = program(tmp_path, "co.main(argv=['run', '--n=7'])")
    compiled = command.conducto(folder, "compile", "-t", "make", "-o", "-", "pipeline.py")
    assert "# /   run7\n" in compiled.out
    assert "# Made by conducto from pipeline.py, run." in compiled.out
    assert command.conducto(folder, "pipeline.py").out == "/   run7\n"
    named = command.conducto(folder, "compile", "-t", "make", "-o", "-", "pipeline.py", "other")
    assert "# /   other\n" in named.out
    assert command.conducto(folder, "pipeline.py", "other").out == "/   other\n"


def test_names_given_to_it_count_as_when_the_file_is_run(tmp_path: Path) -> None:
    folder = program(tmp_path, "co.main({'run': other}, default=other)")
    assert command.conducto(folder, "compile", "-t", "make", "-o", "-", "pipeline.py").status == 0


def test_a_call_without_a_guard_ends_an_import_too(tmp_path: Path) -> None:
    folder = program(tmp_path, "co.main(default=other)\nraise SystemExit('never')")
    assert command.conducto(folder, "pipeline.py", "run").out == "/   run1\n"


def test_a_call_in_a_package_ends_an_import_too(tmp_path: Path) -> None:
    folder = program(tmp_path, "co.main(default=other)\nraise SystemExit('never')")
    (folder / "__init__.py").touch()
    assert command.conducto(folder, "pipeline.py", "run").out == "/   run1\n"


# --- what it gives the root -------------------------------------------------------------------------------------------

GIVEN = "env={'A': 'main', 'B': 'main'}, cpu=2, gpu=1, mem=4, requires_docker=True, image=co.Image('i', copy_dir='.')"
ROOT = """
def bare() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(value, params=co.Params(env={"C": "a"}))
    return root

def same() -> co.Serial:
    root = co.Serial(env={"B": "root"}, cpu=2, gpu=1, mem=4, requires_docker=True, image="alpine")
    root["a"] = co.Exec("true")
    return root

def named() -> co.Serial:
    root = co.Serial(image_name="kept")
    root.register_image(co.Image("kept:1", name="kept"))
    root["a"] = co.Exec("true")
    return root
"""
WAYS = ("python", "conducto", "conducto FUNC", "compile")


def plan_of(folder: Path, function: str) -> Plan:
    report = Report()
    pipeline = compile.front(compile.Request(str(folder / "pipeline.py"), function))
    plan = compile.passes(pipeline, targets.get("make"), None, report)
    report.raise_errors()
    return plan


def test_all_of_it_reaches_a_root_that_says_nothing(tmp_path: Path) -> None:
    row = plan_of(program(tmp_path, ROOT + f"co.main(default=bare, {GIVEN})"), "bare").rows[1]
    assert dict(row.env) == {"A": "main", "B": "main", "C": "a"}
    assert (row.cpu, row.gpu, row.mem, row.requires_docker) == (2, 1, 4, True)
    assert row.image is not None
    assert (row.image.base, row.chosen) == ("i", True)
    assert (row.script, row.runtime) == ("conducto pipeline.py value", True)


@pytest.mark.parametrize("one", ["env={'A': '1'}", "cpu=0.5", "gpu=1", "mem=1", "requires_docker=True", "image='i'"])
def test_each_of_it_alone(one: str, tmp_path: Path) -> None:
    row = plan_of(program(tmp_path, ROOT.replace("value,", "'true',") + f"co.main(default=bare, {one})"), "bare").rows[
        1
    ]
    usual = Row(0, "a", "exec")
    found = {
        "env": dict(row.env) != {"C": "a"},
        **{key: getattr(row, key) != getattr(usual, key) for key in ("cpu", "gpu", "mem", "requires_docker")},
        "image": row.chosen,
    }
    assert [key for key, differs in found.items() if differs] == [one.partition("=")[0]]


def test_by_position_as_it_was_written_once(tmp_path: Path) -> None:
    main = "co.main(None, bare, None, {'A': '1'}, 2, 1, 4, True, 'i', 'other.py', print)"
    row = plan_of(program(tmp_path, ROOT.replace("value,", "'true',") + main), "bare").rows[1]
    assert (row.env["A"], row.cpu, row.gpu, row.mem, row.requires_docker) == ("1", 2, 1, 4, True)


def test_what_the_root_says_itself_stays(tmp_path: Path) -> None:
    folder = program(tmp_path, ROOT + f"co.main(default=bare, {GIVEN})")
    row = plan_of(folder, "same").rows[1]
    assert dict(row.env) == {"A": "main", "B": "root"}
    assert row.image is not None
    assert row.image.base == "alpine"
    named = plan_of(folder, "named").rows[1]
    assert named.image is not None
    assert named.image.base == "kept:1"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("main", "root", "said"),
    [
        ("cpu=2", "cpu=3", "`co.main` is given `cpu=2`, and the root of the tree has `cpu=3`"),
        ("mem=2", "mem=2.5", "`co.main` is given `mem=2`, and the root of the tree has `mem=2.5`"),
        ("gpu=1", "gpu=0", "`co.main` is given `gpu=1`, and the root of the tree has `gpu=0`"),
        (
            "requires_docker=True",
            "requires_docker=False",
            "`co.main` is given `requires_docker=True`, and the root of the tree has `requires_docker=False`",
        ),
    ],
)
def test_what_the_root_says_otherwise_is_an_error(main: str, root: str, said: str, way: str, tmp_path: Path) -> None:
    text = f"def odd():\n    return co.Exec('x', {root})\nif __name__ == '__main__':\n    co.main(default=odd, {main})"
    folder = program(tmp_path, text)
    done = {
        "python": lambda: command.python(folder, "pipeline.py"),
        "conducto": lambda: command.conducto(folder, "pipeline.py"),
        "conducto FUNC": lambda: command.conducto(folder, "pipeline.py", "odd"),
        "compile": lambda: command.conducto(folder, "compile", "-t", "make", "-o", "-", "pipeline.py"),
    }[way]()
    if way == "conducto FUNC":  # the file is imported, without the part that calls `co.main`
        assert done.status == 0
        return
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error[C416]: {said}\n")
    assert f"co.main(default=odd, {main})" in done.err
    assert " = note: the root was made at pipeline.py:" in done.err
    caret = done.err.split("\n")[4]
    assert caret.count("^") == len(main.partition("=")[2])


def test_what_it_gives_is_checked_where_it_is_called(tmp_path: Path) -> None:
    for main, code in (
        ("cpu=-1", "C110"),
        ("env={'A': 1}", "C116"),
        ("image=''", "C110"),
        ("requires_docker=1", "C110"),
    ):
        folder = program(tmp_path / main.partition("=")[0], f"co.main(default=run, {main})")
        done = command.conducto(folder, "pipeline.py")
        assert done.err.startswith(f"error[{code}]: ")
        assert f"co.main(default=run, {main})" in done.err
        ran = command.python(folder, "pipeline.py", "run")
        assert (ran.status, ran.out, ran.err) == (2, "", done.err)
        with pytest.raises(ConductoError):
            co.main(argv=["x"], **eval(f"dict({main})"))


def test_printing_shows_the_path_in_its_image_and_leaves_the_root_as_it_was(tmp_path: Path) -> None:
    main = """
    kept = bare()
    if __name__ == "__main__":
        for image in (co.Image(copy_dir="."), co.Image(copy_dir=".."), None):
            co.main({"kept": kept}, argv=["kept"], image=image, env={"A": "1"})
        assert (kept.image, kept.env, kept._own.get("cpu")) == (None, {}, None)
    """
    folder = tmp_path / "in"
    folder.mkdir(parents=True)
    command.write(command.repository(tmp_path), in__pipeline=HEAD + textwrap.dedent(ROOT) + textwrap.dedent(main))
    done = command.python(folder, "pipeline.py")
    paths = [line.split()[3] for line in done.out.split("\n") if "conducto" in line]
    assert (done.status, done.err, paths) == (0, "", ["pipeline.py", "in/pipeline.py", "in/pipeline.py"])


def test_the_file_that_is_told_of(tmp_path: Path) -> None:
    done = command.python(program(tmp_path, "co.main(filename='told/of.py')"), "pipeline.py", "rum")
    assert done.err.startswith("error[C404]: told/of.py has no public function or root node `rum`\n")
    assert "python of.py rum" in done.err


SEES = """
def sees() -> co.Serial:
    root = co.Serial(env={"B": "root"})
    root["a"] = co.Exec('echo "$A $B"; [ -S /var/run/docker.sock ] && echo docker; {MAX}; busybox | head -1')
    return root

co.main(default=sees, env={"A": "it's", "B": "main"}, cpu=0.5, mem=0.25, requires_docker=True, image="local/busybox:1")
"""


@pytest.mark.needs("make", "docker", "image:local/busybox:1")
def test_a_command_sees_what_it_gives(tmp_path: Path) -> None:
    most = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null"
    folder = program(tmp_path, SEES.replace("{MAX}", most))
    assert command.conducto(folder, "compile", "-t", "make", "pipeline.py").status == 0
    ran = command.run(folder, "make", "-f", "pipeline.mk")
    assert ran.status == 0, ran.err
    seen = (folder / ".conducto/state/pipeline/log/a.log").read_text().split("\n")
    assert seen[:3] == ["it's root", "docker", str(256 << 20)]
    assert seen[3].startswith("BusyBox")
