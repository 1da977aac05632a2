"""`co.main()`: a file's own command line, and what it tells to those who only read the file."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import conducto as co
from conducto import run
from conducto.diagnostics import ConductoTypeError
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


@pytest.mark.parametrize("default", ["run", 3, co.Serial()])
def test_a_default_is_a_function(default: object) -> None:
    with pytest.raises(ConductoTypeError) as found:
        co.main(default=default, argv=[])  # type: ignore[arg-type]
    (diagnostic,) = found.value.diagnostics
    place = diagnostic.location
    assert diagnostic.code == "C411"
    assert place is not None
    assert place.text[place.column : place.end_column] == "default"


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
    named = command.conducto(folder, "compile", "-t", "make", "-o", "-", "pipeline.py", "other")
    assert "# /   other\n" in named.out


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
