"""FUNC: which node or function of a file is meant, the same for `conducto FILE`, `python FILE` and compile."""

from __future__ import annotations

from pathlib import Path

import pytest

from conducto import entry, run
from conducto.diagnostics import ConductoError, Diagnostic
from conducto.entry import Entry, Module
from tests import command

HEAD = "import conducto as co\nfrom typing import Any, Optional, Union\n"
RUN = "def run():\n    return co.Exec('run')\n"
TEST = "def test(n: int = 1):\n    return co.Exec(f'test{n}')\n"
NODE = "root = co.Exec('root')\n"
GIVE = "or give a function to `co.main(default=...)`"
PART = "def run():\n    root = co.Serial()\n    root['a'] = co.Exec('x')\n    return root['a']\n"
MAIN = "if __name__ == '__main__':\n    co.main({})\n"


def module(folder: Path, text: str) -> Module:
    """The file of that text, run as compile does."""
    command.write(folder, pipeline=HEAD + text)
    return run.load_main(str(folder / "pipeline.py"))


def chosen(folder: Path, text: str, name: str | None = None) -> Entry:
    return entry.choose(module(folder, text), name)


def refused(folder: Path, text: str, name: str | None = None, words: tuple[str, ...] = ()) -> Diagnostic:
    loaded = module(folder, text)
    with pytest.raises(ConductoError) as found:
        entry.pipeline(entry.choose(loaded, name), words)
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.help
    return diagnostic


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (RUN, "run"),
        (NODE, "root"),
        (NODE + RUN + TEST, "root"),
        (RUN + TEST + MAIN.format("default=test"), "test"),
        (NODE + RUN + MAIN.format("default=run"), "run"),
        (RUN + MAIN.format(""), "run"),
        (RUN + "def _private():\n    return co.Exec('p')\n", "run"),
        ("_hidden = co.Serial()\n" + RUN, "run"),
        (RUN + "from os.path import join\nfrom textwrap import dedent\n", "run"),
        (RUN + "class Odd:\n    pass\nodd = Odd()\nnumber = 3\ncall = len\n", "run"),
        (RUN + "alias = run\n", "run"),
        (NODE + "again = root\n", "root"),
        (RUN + "def size() -> int:\n    return 1\n", "run"),
        (RUN + "def size() -> None:\n    pass\n", "run"),
        (RUN + "def size() -> Any:\n    pass\n", "run"),
        (RUN + "def size() -> 'int | None':\n    return 1\n", "run"),
        ("root = co.Serial()\npart = co.Exec('x')\nroot['part'] = part\n" + RUN, "root"),
        (f"__all__ = ['run']\n{NODE}{RUN}{TEST}", "run"),
        (f"__all__ = ['co', 'root', 'run']\n{NODE}{RUN}", "root"),
        ("for name in 'ab':\n    if name == 'b':\n        root = co.Exec(name)\n", "root"),
        (
            "with co.Serial() as root:\n    with co.Parallel(name='a') as part:\n        co.Exec('x', name='b')\n",
            "root",
        ),
        ("import functools\n@functools.lru_cache\ndef run():\n    return co.Exec('x')\n", "run"),
        ("import functools\ndef _kept(f):\n    return functools.wraps(f)(lambda: f())\n@_kept\n" + RUN, "run"),
    ],
)
def test_what_is_meant_without_a_name(text: str, name: str, tmp_path: Path) -> None:
    found = chosen(tmp_path, text)
    assert (found.name, found.explicit) == (name, False)
    assert entry.pipeline(found, []).parent is None


@pytest.mark.parametrize(
    "hint",
    [
        "co.Node",
        "co.Exec",
        "'co.Serial'",
        "Optional[co.Serial]",
        "Union[co.Serial, None]",
        "'Unknown'",
        "'co.Exec | None'",
    ],
)
def test_hints_of_nodes(hint: str, tmp_path: Path) -> None:
    assert (
        chosen(tmp_path, f"def run() -> {hint}:\n    return co.Exec('x')\ndef size() -> int:\n    return 1\n").name
        == "run"
    )


def test_the_value_decides_not_the_hint(tmp_path: Path) -> None:
    for hint in ("", " -> co.Serial", " -> co.Node"):
        found = chosen(tmp_path, f"def run(){hint}:\n    return co.Exec('x')\n", "run")
        assert entry.pipeline(found, []).kind == "exec"
        wrong = refused(tmp_path, f"def run(){hint}:\n    return 'x'\n")
        assert (wrong.code, wrong.message) == ("C406", "`run` returned str, not a node")


@pytest.mark.parametrize(
    ("text", "name", "explicit"),
    [
        (RUN, "run", False),
        (RUN + TEST, "run", True),
        (RUN + TEST + MAIN.format("default=run"), "run", False),
        (RUN + TEST + MAIN.format("default=run"), "test", True),
        (NODE + RUN, "root", False),
        (NODE + RUN, "run", True),
        (NODE + "other = co.Exec('o')\n", "other", True),
        (RUN + "alias = run\n", "alias", False),
    ],
)
def test_what_is_another_than_the_default(text: str, name: str, explicit: bool, tmp_path: Path) -> None:
    found = chosen(tmp_path, text, name)
    assert (found.name, found.explicit) == (name, explicit)


@pytest.mark.parametrize(
    ("text", "name", "code", "help_"),
    [
        ("", None, "C405", "define a function that returns the root of a tree"),
        ("def _run():\n    return co.Exec('x')\n", None, "C405", "define a function that returns the root of a tree"),
        ("def run() -> int:\n    return 1\n", None, "C405", "define a function that returns the root of a tree"),
        (RUN + TEST, None, "C405", "name one of `run`, `test`; " + GIVE),
        (NODE + "other = co.Serial()\n" + RUN, None, "C405", "name one of `root`, `other`; " + GIVE),
        (RUN, "rum", "C404", "did you mean `run`?"),
        (RUN + TEST, "deploy", "C404", "name one of `run`, `test`"),
        ("", "run", "C404", "define a function that returns the root of a tree"),
        (RUN, "_run", "C404", "did you mean `run`?"),
        ("_run = co.Exec('x')\n", "_run", "C404", "define a function that returns the root of a tree"),
        (RUN + "from os.path import join\n", "join", "C404", "name `run`"),
        (RUN, "co", "C404", "name `run`"),
        (RUN, "__name__", "C404", "name `run`"),
        (
            RUN + "def size() -> int:\n    return 1\n",
            "size",
            "C404",
            "name a function that returns a node, or drop the hint",
        ),
        ("root = co.Serial()\npart = root['a'] = co.Exec('x')\n", "part", "C413", "name `root` instead"),
        (
            "top = [co.Serial()]\npart = top[0]['a'] = co.Exec('x')\n",
            "part",
            "C413",
            "name the root of its tree instead",
        ),
        (PART, None, "C413", "return the root of the tree"),
    ],
)
def test_what_is_refused(text: str, name: str | None, code: str, help_: str, tmp_path: Path) -> None:
    found = refused(tmp_path, text, name)
    assert (found.code, found.help) == (code, help_)


def test_a_node_takes_no_arguments(tmp_path: Path) -> None:
    found = refused(tmp_path, NODE, None, ("--n=1",))
    assert (found.code, found.message) == ("C408", "`root` is a node, and takes no arguments")


def test_arguments_reach_the_function(tmp_path: Path) -> None:
    node = entry.pipeline(chosen(tmp_path, RUN + TEST, "test"), ["--n=5"])
    assert node.command == "test5"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], (None, ())),
        (["run"], ("run", ())),
        (["run", "--n=1", "x"], ("run", ("--n=1", "x"))),
        (["--n=1", "run"], (None, ("--n=1", "run"))),
        (["run", "--n=1", "--", "--help", "--"], ("run", ("--n=1", "--help", "--"))),
        (["--", "run"], (None, ("run",))),
    ],
)
def test_how_words_are_split(words: list[str], wanted: tuple[str | None, tuple[str, ...]]) -> None:
    assert entry.split(words) == wanted


# --- one rule for every way -------------------------------------------------------------------------------------------

MANY = HEAD + NODE.replace("root", "_root") + RUN + TEST + MAIN.format("default=test")


@pytest.mark.parametrize(
    "words",
    [(), ("run",), ("test",), ("test", "--n=3"), ("--n=3",), ("tset",), ("_root",), ("run", "--n=3"), ("--x",)],
)
def test_every_way_means_the_same(words: tuple[str, ...], tmp_path: Path) -> None:
    command.write(command.repository(tmp_path), pipeline=MANY)
    ours = command.conducto(tmp_path, "pipeline.py", *words)
    theirs = command.python(tmp_path, "pipeline.py", *words)
    compiled = command.conducto(tmp_path, "compile", "-t", "make", "-o", "-", "pipeline.py", *words)
    assert ours.status == theirs.status == compiled.status
    assert ours.out == theirs.out
    if ours.status == 0:
        assert f"# {ours.out}".rstrip() in compiled.out
    else:
        assert {done.err.split("\n")[0] for done in (ours, theirs, compiled)} == {ours.err.split("\n")[0]}
        assert compiled.out == ""


def test_the_seeds_lazy_command_calls_the_default(tmp_path: Path) -> None:
    text = HEAD + RUN + "def test(num_tests=1):\n    return co.Exec(f'test{num_tests}')\n" + MAIN.format("default=test")
    command.write(tmp_path, test=text)
    assert command.conducto(tmp_path, "test.py", "--num-tests=5").out == "/   test5\n"


# --- what the root is given besides -----------------------------------------------------------------------------------


def test_the_roots_doc_is_the_functions_where_it_has_none(tmp_path: Path) -> None:
    doc = '    """Builds it.\n\n    And more.\n    """\n'
    text = f"def run():\n{doc}    return co.Exec('x')\n\n\ndef own():\n{doc}    return co.Exec('x', doc='mine')\n"
    text += "def bad():\n    'a\\0b'\n    return co.Exec('x')\n\n\nroot = co.Exec('x')\n"
    for name, wanted in (("run", "Builds it.\n\nAnd more."), ("own", "mine"), ("bad", None), ("root", None)):
        assert entry.pipeline(chosen(tmp_path, text, name), []).doc == wanted


def test_what_co_main_gives_counts_for_every_entry(tmp_path: Path) -> None:
    text = RUN + TEST + NODE + MAIN.format("default=test, cpu=2")
    for name in (None, "run", "test", "root"):
        assert entry.pipeline(chosen(tmp_path, text, name), []).cpu == 2


def test_what_co_main_gives_must_agree_with_the_root(tmp_path: Path) -> None:
    text = "def run():\n    return co.Exec('run', cpu=3)\n" + MAIN.format("default=run, cpu=2")
    found = refused(tmp_path, text)
    assert (found.code, found.message) == (
        "C416",
        "`co.main` is given `cpu=2`, and the root of the tree has `cpu=3`",
    )
