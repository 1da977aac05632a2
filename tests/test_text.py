"""Text that users write, carried through comments, shells and YAML: what arrives is what was written."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conducto import text
from tests.plugin_thorough import amount

#: Any text that conducto carries, and pieces that YAML, shells and terminals take for more than text.
CARRIED = st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"])
NO_TEXT = (
    *[
        "y",
        "N",
        "yes",
        "No",
        "on",
        "OFF",
        "true",
        "False",
        "null",
        "NULL",
        "~",
        "0o14",
        "014",
        "0x1F",
        "1e3",
        "12e03",
        "e3",
        "1_000",
        "_1",
        "1:30",
        "2001-12-14",
    ],
    *[".inf", "-.INF", ".nan", "inf", "NaN", "+1", ".5", "<<", "=", "-", "?", ":", "---", "...", "1.2.3"],
)
SYNTAX = (
    *["@a", "`a", "%a", "!a", "&a", "*a", "#a", "[a", "{a", "a,", "a:", "'a", '"a'],
    "a #b",
    "a: b",
    "- a",
    " a",
    "a ",
    "",
)
PIECES = st.sampled_from(
    (
        *("\n", "\n\n", " ", "  ", "\t", "\r", "\r\n", " #", ": ", "- ", "? ", "'", "''", '"', "\\", "\\n"),
        *("\x85", "\u2028", "\ufeff", "\x07", "\x1b[0m", "\x7f", "é", "世", "\U0001f600", "e\u0301", "\u202e"),
        *("#:-|>%@`&*{}[],a0_/"),
        "!!int",
        *("b c", *NO_TEXT, *SYNTAX),
    )
)
TEXTS = st.one_of(st.text(CARRIED, max_size=30), st.lists(PIECES, max_size=8).map("".join))


def readers(written: str) -> list[Any]:
    """What readers of YAML 1.1 and 1.2 make of a text; PyYAML wants no byte order mark and no tab at some places, as YAML 1.1."""
    found = [yaml.safe_load(written), yaml.load(written, Loader=yaml.BaseLoader)]
    for version in ("1.1", "1.2"):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        found.append(reader.load(io.StringIO(written)))
    return found


# --- what may be carried ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("", None),
        ("a\x01\x7f\x85\ufeff\U0010ffff", None),
        ("x" * 100_000, None),
        ("x" * 100_001, "has 100,001 bytes, more than the 100,000 that every target can carry"),
        ("ä" * 50_001, "has 100,002 bytes, more than the 100,000 that every target can carry"),
        ("ab\0", "holds a NUL (position 2), which no target can carry"),
        ("\udc80", "holds a lone surrogate (U+DC80) (position 0), which no target can carry"),
        ("a\ufffe", "holds U+FFFE (position 1), which no target can carry"),
        ("\uffff", "holds U+FFFF (position 0), which no target can carry"),
    ],
)
def test_what_cannot_be_carried_is_said(given_: str, said: str | None) -> None:
    assert text.complaint(given_) == said


@given(st.text())
def test_what_is_carried_is_utf_8_without_nul(given_: str) -> None:
    if text.complaint(given_) is None:
        assert given_.encode().decode() == given_
        assert not set(given_) & {"\0", "\ufffe", "\uffff"}


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x00\x1b\x7f\x85\x9f", "\\x00\\x1b\\x7f\\x85\\x9f"),
        ("\u2028\u2029\ufeff", "\\u2028\\u2029\\ufeff"),
        ("\u061c\u200e\u200f\u202a\u202e\u2066\u2069", "\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069"),
        ("\ud800\ufffe", "\\ud800\\ufffe"),
        ("käse 世界 😀 \\ \xa0 e\u0301", "käse 世界 😀 \\ \xa0 e\u0301"),
    ],
)
def test_shown(given_: str, shown: str) -> None:
    assert text.shown(given_) == shown


@given(st.text())
def test_shown_is_one_line_that_no_terminal_acts_on(given_: str) -> None:
    shown = text.shown(given_)
    assert len(shown.splitlines()) <= 1
    assert not [character for character in shown if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [character for character in shown if unicodedata.bidirectional(character) in _DIRECTIONS]
    assert text.shown(shown) == shown
    assert shown.encode().decode() == shown


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text())
def test_a_comment_is_one_line_that_nothing_continues(given_: str) -> None:
    line = text.comment(given_)
    assert len(line.splitlines()) <= 1
    assert not line.endswith(("\\", " ", "\t"))
    assert line.startswith(text.shown(given_).rstrip())


# --- the shell --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["sh", "bash"])
@settings(max_examples=amount(15, 60), deadline=None)
@given(words=st.lists(TEXTS, min_size=1, max_size=20))
def test_a_shell_reads_its_words_back(shell: str, words: list[str]) -> None:
    script = "printf '%s\\0' " + " ".join(map(text.shell_word, words))
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words


@pytest.mark.parametrize(
    ("given_", "word"),
    [
        ("plain-1.0_x", "plain-1.0_x"),
        ("--a=1,2", "--a=1,2"),
        ("a/b@c:d%+", "a/b@c:d%+"),
        ("", "''"),
        ("~", "'~'"),
        ("a b", "'a b'"),
        ("it's", "'it'\\''s'"),
        ("$x", "'$x'"),
        ("a\n", "'a\n'"),
        ("ä", "'ä'"),
    ],
)
def test_words_are_quoted_where_they_need_it(given_: str, word: str) -> None:
    assert text.shell_word(given_) == word


# --- YAML -------------------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_a_scalar_is_read_back_by_every_reader(value: str) -> None:
    scalar = text.yaml_scalar(value)
    assert "\n" not in scalar
    assert readers(f"key: {scalar}\n") == [{"key": value}] * 4
    assert readers(f"- {scalar}\n") == [[value]] * 4
    assert readers(f"{scalar}: x\n") == [{value: "x"}] * 4


@pytest.mark.parametrize("value", [*NO_TEXT, *SYNTAX])
def test_what_looks_like_something_else_is_quoted(value: str) -> None:
    scalar = text.yaml_scalar(value)
    assert scalar[0] == scalar[-1]
    assert scalar[0] in "'\""
    assert readers(f"key: {scalar}\n") == [{"key": value}] * 4


@pytest.mark.parametrize(
    "value", ["a", "echo hello", "ubuntu-24.04", "/Test/app", "a.b_c@d+e", "Yes please", "nobody", "e3x"]
)
def test_what_cannot_be_mistaken_stays_plain(value: str) -> None:
    assert text.yaml_scalar(value) == value
    assert readers(f"key: {value}\n") == [{"key": value}] * 4


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.MantissaNoDotYAML1_1Warning")
def test_the_readers_do_tell_what_is_no_text() -> None:
    """The check of the check: unquoted, each of these is read as something else by one reader at least."""
    for value in ("yes", "0o14", "1e3", "1:30", "~", ".inf", "2001-12-14"):
        assert any(read != {"key": value} for read in readers(f"key: {value}\n"))


@given(st.lists(TEXTS, min_size=2, max_size=5).map("\n".join))
def test_a_block_is_read_back_by_every_reader(value: str) -> None:
    block = text.yaml_block(value)
    if block is not None:
        written = "key: |-\n" + "".join(f"  {line}\n" if line else "\n" for line in block)
        assert readers(written) == [{"key": value}] * 4


@pytest.mark.parametrize(
    "value", ["a\nb", "set -e\n\nif x; then\n  y \tz\nfi\n# end", "a:\n- b\n---\n...", "a  \nb  ", "#\n%\n@"]
)
def test_a_script_is_a_block(value: str) -> None:
    assert text.yaml_block(value) == value.split("\n")


@pytest.mark.parametrize(
    "value",
    [
        *("a", "a\n", "\na", " a\nb", "\ta\nb", "a\n\tb", "a\n  \nb"),
        *("a\r\nb", "a\n\x07b", "a\n\x85", "a\n\ufeffb"),
    ],
)
def test_what_no_block_can_hold(value: str) -> None:
    assert text.yaml_block(value) is None
    assert readers(f"key: {text.yaml_scalar(value)}\n") == [{"key": value}] * 4


DOCUMENTS = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
).filter(lambda value: isinstance(value, (dict, list)))


@given(DOCUMENTS)
def test_a_document_is_read_back_by_every_reader(value: Any) -> None:
    lines = text.yaml_lines(value)
    assert all("\n" not in line and line == line.rstrip("\r\n") for line in lines)
    strict, everything_text, *others = readers("\n".join(lines) + "\n")
    assert [strict, *others] == [value] * 3
    assert everything_text == _as_text(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_as_text(child) for child in value]
    return value if isinstance(value, str) else str(value).lower()


def test_how_a_document_looks() -> None:
    value = {
        "name": "a b",
        "on": {"push": {"branches": ["main"]}, "empty": {}, "none": []},
        "jobs": [{"run": "a\nb", "steps": [[1, True], {"x": "yes"}]}, "- c"],
    }
    assert text.yaml_lines(value, 2) == [
        "  name: a b",
        '  "on":',
        "    push:",
        "      branches:",
        "        - main",
        "    empty: {}",
        "    none: []",
        "  jobs:",
        "    - run: |-",
        "        a",
        "        b",
        "      steps:",
        "        - - 1",
        "          - true",
        '        - x: "yes"',
        '    - "- c"',
    ]


@pytest.mark.parametrize("length", [1022, 1023, 1024, 1025, 5000])
def test_a_long_key_is_still_a_key(length: int) -> None:
    key = "k" * length
    value = {"env": {"A": "1", key: {"x": ["y"]}, key + "2": "z\nz"}, "list": [{key: "1"}]}
    assert readers("\n".join(text.yaml_lines(value))) == [value] * 4


@pytest.mark.parametrize("value", [None, 1.5, {"a": None}, [b"x"], {"a": [object()]}])
def test_nothing_else_is_written(value: object) -> None:
    with pytest.raises(TypeError):
        text.yaml_lines(value)


# --- dedent (its rule is held against another in test_texts.py) -------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "script"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("  a", "a"),
        ("a\n    b\n  c", "a\n  b\nc"),
        ("\n    a\n      b\n\n    c\n", "a\n  b\n\nc"),
        ("a\n\t\tb\n\t c", "a\nb\nc"),
        ("a\n\tb\n    c", "a\nb\n   c"),
        ("a\n  \n    b", "a\n\nb"),
        ("a \\", "a \\"),
        ("a \\ ", "a \\ "),
        ("a \\  ", "a \\ "),
        ("a \\\n", "a \\"),
        ("\xa0a\xa0", "\xa0a\xa0"),
        ("a\r\n  b\r", "a\r\nb\r"),
        ("\x0ba\x0c", "\x0ba\x0c"),
    ],
)
def test_dedent(given_: str, script: str) -> None:
    assert text.dedent(given_) == script


@given(TEXTS)
def test_a_dedented_text_stays_as_it_is(given_: str) -> None:
    script = text.dedent(given_)
    assert re.sub("[ \t\n]", "", script) == re.sub("[ \t\n]", "", given_)
    if "\n" not in script:
        assert text.dedent(script) == script
