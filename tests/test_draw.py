"""Diagnostics drawn: for terminals, where the caret must stand under what it points at, and as JSON."""

from __future__ import annotations

import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto import draw, text
from conducto.diagnostics import Diagnostic, Location


def test_everything_that_a_diagnostic_can_say() -> None:
    place = Location("a/pipeline.py", 10, 4, 9, "    wrong = 1")
    diagnostic = Diagnostic("C203", "it is wrong", "/a\nb", place, ("first\nsecond", "another"), "correct it")
    assert draw.text([diagnostic, Diagnostic("C1", "less", severity="warning")]) == (
        "error[C203]: it is wrong\n"
        "  --> a/pipeline.py:10\n"
        "   |\n"
        "10 |     wrong = 1\n"
        "   |     ^^^^^\n"
        "   = node: /a\\nb\n"
        "   = note: first\n"
        "     second\n"
        "   = note: another\n"
        "   = help: correct it\n"
        "\n"
        "warning[C1]: less\n"
    )


def test_what_a_terminal_would_act_on_is_escaped() -> None:
    said = draw.text([Diagnostic("C4", "\x1b[31m", notes=("a\x07\n\tb",), help="\u202e")])
    assert said == "error[C4]: \\x1b[31m\n = note: a\\x07\n       b\n = help: \\u202e\n"


def test_carets_stand_right_where_stderr_cannot_write_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "ascii"))
    said = draw.text([Diagnostic("C4", "m", location=Location("f.py", 1, 4, 5, "世 = x"))])
    assert said.split("\n")[3:5] == ["1 | \\u4e16 = x", "  |          ^"]


def test_the_command_line_has_no_line_number() -> None:
    place = Location(None, 1, 9, 13, "conducto nope")
    assert draw.text([Diagnostic("C4", "m", location=place, help="h")]) == (
        "error[C4]: m\n --> command line\n  |\n  | conducto nope\n  |          ^^^^\n  = help: h\n"
    )


def test_a_place_whose_line_cannot_be_read() -> None:
    assert (
        draw.text([Diagnostic("C4", "m", location=Location("gone.py", 7, 0, 1, ""))])
        == "error[C4]: m\n --> gone.py:7\n"
    )


@given(st.text("ab \t世界é\u202e\x07", min_size=1, max_size=160), st.data())
def test_the_carets_stand_under_the_fault(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(column + 1, len(line)))
    _, _, _, shown, carets, _ = draw.text(
        [Diagnostic("C1", "m", location=Location("f.py", 3, column, end, line))]
    ).split("\n")
    assert set(carets[4:].strip(" ")) == {"^"}
    under = _columns(shown[4:], carets.index("^") - 4, len(carets) - 4)
    assert under == text.shown(line[column:end].replace("\t", "    "))[: len(under)]
    assert under.strip() or not line[column:end].strip()


def _columns(line: str, start: int, end: int) -> str:
    """What a terminal shows of `line` in these columns."""
    cells = "".join(character + "\0" * (unicodedata.east_asian_width(character) in "WF") for character in line)
    return cells[start:end].replace("\0", "")


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "carets"),
    [
        ("\tx = 1", 5, 6, "    x = 1", "        ^"),
        ("x = '世界', y", 10, 11, "x = '世界', y", "            ^"),
        ("世界", 0, 2, "世界", "^^^^"),
        ("e\u0301 = y", 5, 6, "e\u0301 = y", "    ^"),
        ("a\x07b", 2, 3, "a\\x07b", "     ^"),
        ("", 0, 1, None, None),
        ("x", 5, 9, "x", " ^"),
        ("a" * 300 + "b" + "c" * 300, 300, 301, "..." + "a" * 40 + "b" + "c" * 119 + "...", " " * 43 + "^"),
        ("a" * 300 + "b" * 300, 300, 600, "..." + "a" * 40 + "b" * 120 + "...", " " * 43 + "^" * 120),
        ("b" + "a" * 300, 0, 1, "b" + "a" * 159 + "...", "^"),
        ("a" * 300 + "b", 300, 301, "..." + "a" * 159 + "b", " " * 162 + "^"),
        ("a" * 160, 0, 160, "a" * 160, "^" * 160),
    ],
)
def test_lines_of_every_width(line: str, column: int, end: int, shown: str | None, carets: str | None) -> None:
    drawn = draw.text([Diagnostic("C1", "m", location=Location("f.py", 3, column, end, line))]).split("\n")
    assert drawn[3:] == ([] if shown is None else [f"3 | {shown}", f"  | {carets}", ""]) or (
        shown is None and drawn[2:] == [""]
    )


def test_as_json_everything_is_data() -> None:
    place = Location("f.py", 3, 4, 6, "    ab")
    found = json.loads(
        draw.as_json([Diagnostic("C1", "m\n", "/ä", place, ("n",), "h"), Diagnostic("C2", "w", severity="warning")])
    )
    assert found == [
        {
            "code": "C1",
            "severity": "error",
            "message": "m\n",
            "node": "/ä",
            "file": "f.py",
            "line": 3,
            "column": 5,
            "end_column": 7,
            "notes": ["n"],
            "help": "h",
        },
        {
            **dict.fromkeys(("node", "file", "line", "column", "end_column", "help")),
            "code": "C2",
            "severity": "warning",
            "message": "w",
            "notes": [],
        },
    ]


def test_json_of_the_command_line_has_no_file() -> None:
    (found,) = json.loads(draw.as_json([Diagnostic("C1", "m", location=Location(None, 1, 0, 3, "abc"))]))
    assert (found["file"], found["line"], found["column"], found["end_column"]) == (None, 1, 1, 4)
