"""`--help`: how a file and its functions are used, and what is no question for it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests import command

TEXT = '''
import conducto as co
from typing import List, Optional


def run(n: int = 1) -> co.Exec:
    """Builds it, and tells
    of it.

    And more.
    """
    return co.Exec("x")


def size(a, *more) -> int:
    return 1


def full(a, n: int, flag: bool = True, x: float = 0.5, xs: List[str] = [], o: Optional[int] = None, *more: int, **any: str):
    """Everything."""
    return co.Exec(f"{a} {more} {any}")


def nothing():
    pass


def helpful(help: str = "no", h=1):
    return co.Exec(help)


def message(msg: str = "", flag: bool = False):
    return co.Exec(msg)


root = co.Serial(doc="A tree.")

if __name__ == "__main__":
    co.main(default=run)
'''

OF_FILE = """\
usage: {0} [FUNC] [--ARG=VALUE ...]

pipelines, printed as a tree:
  root
      A tree.
  run(n: int = 1) -> co.Exec (default)
      Builds it, and tells
      of it.
  full(a, n: int, flag: bool = True, x: float = 0.5, xs: List[str] = [], o: Optional[int] = None, *more: int, **any: str)
      Everything.
  nothing()
  helpful(help: str = 'no', h=1)
  message(msg: str = '', flag: bool = False)

other functions:
  size(a, *more) -> int

`{0} FUNC --help` tells more of one.
`{0} FUNC --local` runs it on this machine; `conducto run --help` tells what more may be said.
"""

OF_FULL = """\
usage: {0} full --a=TEXT --n=1 [--flag] [--x=1.5] [--xs=TEXT] [--o=1] [VALUE ...] [--ANY=VALUE ...]

Everything.

parameters:
  --a=TEXT           str, required
  --n=1              int, required
  --flag, --no-flag  bool, default True
  --x=1.5            float, default 0.5
  --xs=TEXT          list of str, default []
  --o=1              int or None, default None
  VALUE ...          int, any number of them
  --ANY=VALUE ...    str, by any names

`{0} full --local` runs it on this machine; `conducto run --help` tells what more may be said.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return command.write(command.repository(tmp_path), pipeline=TEXT)


@pytest.mark.parametrize("words", [("-h",), ("--help",), ("--help", "run")])
def test_a_file_tells_how_it_is_used(words: tuple[str, ...], folder: Path) -> None:
    ours, theirs = OF_FILE.format("conducto pipeline.py"), OF_FILE.format("python pipeline.py")
    assert command.conducto(folder, "pipeline.py", *words) == (0, ours, "")
    assert command.python(folder, "pipeline.py", *words) == (0, theirs, "")


@pytest.mark.parametrize(
    "words", [("full", "--help"), ("full", "-h"), ("full", "--n=1", "--help"), ("full", "x", "--zz", "-h", "--n=y")]
)
def test_a_function_tells_how_it_is_used(words: tuple[str, ...], folder: Path) -> None:
    assert command.conducto(folder, "pipeline.py", *words) == (0, OF_FULL.format("conducto pipeline.py"), "")
    assert command.python(folder, "pipeline.py", *words) == (0, OF_FULL.format("python pipeline.py"), "")


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("nothing", "-h"), "usage: conducto pipeline.py nothing\n"),
        (("root", "--help"), "usage: conducto pipeline.py root\n\nA tree.\n"),
        (("--n=1", "--help"), "usage: conducto pipeline.py run [--n=1]\n"),
        (("helpful", "-h"), "usage: conducto pipeline.py helpful [--help=TEXT] [--h=1]\n"),
        (("size", "--help"), "usage: conducto pipeline.py size --a=TEXT [VALUE ...]\n"),
    ],
)
def test_others_do_too(words: tuple[str, ...], out: str, folder: Path) -> None:
    done = command.conducto(folder, "pipeline.py", *words)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(out)


def test_where_no_default_is_evident_the_file_tells(tmp_path: Path) -> None:
    text = TEXT.replace("default=run", "")
    command.write(tmp_path, pipeline=text.replace("root = ", "_root = "))
    done = command.conducto(tmp_path, "pipeline.py", "--n=1", "--help")
    assert done.status == 0
    assert done.out.startswith("usage: conducto pipeline.py [FUNC] [--ARG=VALUE ...]\n\npipelines")


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("message", "--msg=--help"), "/   --help\n"),
        (("message", "--msg", "--help"), "/   --help\n"),
        (("message", "--msg", "-h"), "/   -h\n"),
        (("message", "--", "--help", "--flag"), "error[C408]: `message` has no parameter for `--help`"),
        (("message", "--", "--msg=--help"), "/   --help\n"),
        (("message", "--", "-h"), "/   -h\n"),
        (("helpful", "--help=x"), "/   x\n"),
        (("helpful", "--help", "x"), "/   x\n"),
        (("helpful", "--help"), "error[C409]: `--help` wants a value"),
        (("helpful", "--", "-h"), "/   -h\n"),
        (("--", "--help"), "error[C408]: `run` has no parameter for `--help`"),
    ],
)
def test_what_is_no_question(words: tuple[str, ...], out: str, folder: Path) -> None:
    for done in (command.conducto(folder, "pipeline.py", *words), command.python(folder, "pipeline.py", *words)):
        if out.startswith("error"):
            assert (done.status, done.out, done.err.split("\n")[0]) == (2, "", out)
        else:
            assert done == (0, out, "")


def test_a_docstring_is_told_as_it_is_read(tmp_path: Path) -> None:
    text = '''
    import conducto as co

    def run(a: int):
        """First.

            Indented.
        Last.
        """
    '''
    command.write(tmp_path, pipeline=textwrap.dedent(text))
    done = command.conducto(tmp_path, "pipeline.py", "run", "--help")
    assert done.out == (
        "usage: conducto pipeline.py run --a=1\n\nFirst.\n\n    Indented.\nLast.\n\nparameters:\n  --a=1  int, required\n"
        "\n`conducto pipeline.py run --local` runs it on this machine; "
        "`conducto run --help` tells what more may be said.\n"
    )
