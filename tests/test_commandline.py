"""Which part of the command line a diagnostic points at."""

from __future__ import annotations

import shlex

import pytest

from conducto import commandline
from conducto.diagnostics import Diagnostic, Location


@pytest.mark.parametrize(
    ("code", "line", "fault"),
    [
        ("C401", "conducto compile -t nope a.py", "nope"),
        ("C401", "conducto compile -tnope a.py", "nope"),
        ("C401", "conducto compile --target nope a.py", "nope"),
        ("C401", "conducto compile --target=nope a.py", "nope"),
        ("C401", "conducto compile a.py -t make,nope,argo", "nope"),
        ("C401", "conducto compile -t make -t argo -t nope a.py", "nope"),
        ("C401", "conducto compile -t 'no pe' a.py", "no pe"),
        ("C415", "conducto compile -t make,argo -o out a.py", "out"),
        ("C415", "conducto compile -t make,argo --output=out a.py", "out"),
        ("C418", "conducto compile -t make a.py -o 'a b'", "a b"),
        ("C418", "conducto compile -t make a.py", "a.py"),
        ("C418", "conducto compile", None),
        ("C402", "conducto compile -t make a.py run", "a.py"),
        ("C412", "conducto compile -t make -o x/y ./a.py", "./a.py"),
        ("C402", "conducto compile -t make ./a", "./a"),
        ("C405", "conducto ./a", "./a"),
        ("C402", "conducto compile -t make a run", "a"),
        ("C402", "conducto compile --n=3 a -o b.py", "a"),
        ("C402", "conducto compile -o d/e a", "a"),
        ("C410", "conducto compile -t make a.py -o a.py", "a.py"),
        ("C410", "conducto compile -t make -o d.py ./d.py", "d.py"),
        ("C999", "conducto compile -t make a.py", None),
    ],
)
def test_what_a_code_is_about(code: str, line: str, fault: str | None) -> None:
    place = commandline.placed(Diagnostic(code, "m"), shlex.split(line)).location
    assert place is not None
    assert (place.file, place.line) == (None, 1)
    assert shlex.split(place.text) == shlex.split(line)
    assert place.text[place.column : place.end_column] == (fault or place.text)


@pytest.mark.parametrize(
    ("word", "part", "line", "fault"),
    [
        ("--n=x", "x", "conducto a.py run --n=x", "x"),
        ("--n=n", "n", "conducto a.py run --n=n", "n"),
        ("--n=x", "", "conducto a.py run --n=x", "--n=x"),
        ("x", "x", "conducto x.py x x", "x"),
        ("--n=a b", "a b", "conducto a.py '--n=a b'", "a b"),
        ("it's", "it's", 'conducto a.py "it\'s"', "'it'\\''s'"),
        ("", "", "conducto a.py ''", "''"),
    ],
)
def test_a_word_is_found_in_the_line(word: str, part: str, line: str, fault: str) -> None:
    words = shlex.split(line)
    place = commandline.placed(Diagnostic("C4", "m", location=commandline.word(word, part)), words).location
    assert place is not None
    assert shlex.split(place.text) == words
    assert place.text[place.column : place.end_column] == fault


def test_the_last_of_equal_words_is_meant() -> None:
    place = commandline.placed(Diagnostic("C4", "m", location=commandline.word("x")), ["python", "x", "x"]).location
    assert place == Location(None, 1, 9, 10, "python x x")


def test_a_word_that_is_not_there_stands_alone() -> None:
    diagnostic = Diagnostic("C4", "m", location=commandline.word("--gone"))
    assert commandline.placed(diagnostic, ["python", "x"]) is diagnostic


def test_what_has_a_place_in_a_file_keeps_it() -> None:
    diagnostic = Diagnostic("C401", "m", location=Location("a.py", 3, 1, 2, "text"))
    assert commandline.placed(diagnostic, ["conducto", "-t", "nope"]) is diagnostic
