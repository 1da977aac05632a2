"""What a user's code raised, as a diagnostic: the user's own line, and a traceback without our frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import conducto as co
from conducto import raised
from conducto.diagnostics import Diagnostic


def diagnosed(act: Callable[[], object]) -> Diagnostic:
    """The one diagnostic for what `act` raises."""
    try:
        act()
    except BaseException as error:
        (diagnostic,) = raised.diagnose("pipeline.py", error).diagnostics
        return diagnostic
    raise AssertionError("nothing was raised")


def pointed_at(diagnostic: Diagnostic) -> str:
    place = diagnostic.location
    assert place is not None
    return place.text[place.column : place.end_column]


def test_a_library_is_not_to_blame() -> None:
    found = diagnosed(lambda: json.loads("{"))
    assert found.code == "C403"
    assert pointed_at(found) == 'json.loads("{")'
    assert found.message.startswith("pipeline.py raised JSONDecodeError: Expecting property name")
    assert "decoder.py" in found.notes[0]


def test_our_frames_are_left_out() -> None:
    class Odd(str):
        __slots__ = ()

        def split(self, *_: object) -> list[str]:
            raise ZeroDivisionError("in the middle of ours")

    found = diagnosed(lambda: co.Serial()[Odd("a")])
    assert pointed_at(found) == 'ZeroDivisionError("in the middle of ours")' or "raise ZeroDivisionError" in pointed_at(
        found
    )
    assert "nodes.py" not in found.notes[0]
    assert found.notes[0].count("File ") == 3


def test_causes_are_told_too() -> None:
    def cause() -> None:
        try:
            {"b": 1}["a"]
        except KeyError as error:
            raise ValueError("no a") from error

    found = diagnosed(cause)
    assert "KeyError: 'a'" in found.notes[0]
    assert "direct cause" in found.notes[0]
    assert found.message == "pipeline.py raised ValueError: no a"


def test_groups_of_exceptions_are_told() -> None:
    def both() -> None:
        raise ExceptionGroup("two", [ValueError("one"), TypeError("other")])

    found = diagnosed(both)
    assert "ValueError: one" in found.notes[0]
    assert "TypeError: other" in found.notes[0]


def test_a_recursion_is_folded() -> None:
    def forever() -> None:
        forever()

    found = diagnosed(forever)
    assert found.message.startswith("pipeline.py raised RecursionError: maximum recursion depth")
    assert found.notes[0].count("\n") < 30
    assert pointed_at(found) == "forever()"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError(), "pipeline.py raised ValueError"),
        (ValueError("one\ntwo"), "pipeline.py raised ValueError: one"),
        (KeyError("a"), "pipeline.py raised KeyError: 'a'"),
        (SystemExit(3), "pipeline.py ended by sys.exit(3)"),
        (SystemExit(), "pipeline.py ended by sys.exit(None)"),
        (NotImplementedError("x"), "pipeline.py raised NotImplementedError: x"),
    ],
)
def test_what_is_said(error: BaseException, message: str) -> None:
    def act() -> None:
        raise error

    found = diagnosed(act)
    assert found.message == message
    assert found.help
    assert found.notes[0].startswith("Traceback (most recent call last):\n")


def test_an_exception_without_a_frame_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline.py").write_text("x = 1\n")
    (found,) = raised.diagnose("pipeline.py", ValueError("x")).diagnostics
    assert (pointed_at(found), found.notes) == ("x = 1", ())


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("x = (\n", 1, "("),
        ("if x\n    y\n", 1, ""),
        ("x = 1\ny = = 2\n", 2, "="),
        ("é = ü ü\n", 1, "ü"),
        ("def f(:\n", 1, ":"),
        ("'''\nabc\n", 1, "'"),
        ("  x\n", 1, " "),
    ],
)
def test_the_place_of_bad_syntax(text: str, line: int, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.py"
    file.write_text(text)
    with pytest.raises(SyntaxError) as error:
        compile(text, str(file), "exec")
    (found,) = raised.bad_syntax(str(file), error.value).diagnostics
    assert found.location is not None
    assert found.location.line == line
    assert pointed_at(found).startswith(fault)
    assert found.location.end_column > found.location.column
