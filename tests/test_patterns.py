"""Patterns as in .gitignore: git itself is asked what they mean."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conducto import patterns
from tests.plugin_thorough import amount

#: Pattern -> the word that templates/code.sh takes.
READ = {
    "*.log": "**/*.log",
    "/*.log": "/*.log",
    "docs/*.md": "/docs/*.md",
    "docs/": "**/docs/",
    "/docs/": "/docs/",
    "!docs/a.md": "!/docs/a.md",
    "!a": "!**/a",
    "a/**": "/a/**",
    "**/a": "**/a",
    "a/**/b": "/a/**/b",
    "**": "**/*",
    "a/***/b": "/a/**/b",
    "a**b": "**/a*b",
    "\\!a": "**/!a",
    "\\#a": "**/#a",
    "\\*a": "**/[*]a",
    "a\\?": "**/a[?]",
    "\\[a]": "**/[[]a]",
    "\\\\": "**/\\\\",
    "\\b": "**/b",
    "a ": "**/a",
    "a\\ ": "**/a ",
    " a": "**/ a",
    "[^a-c]": "**/[!a-c]",
    "[!]-]": "**/[!]-]",
    "[a^!-]": "**/[a^!-]",
    "[-^]": "**/[-^]",
    "ä/ö": "/ä/ö",
}
UNREAD = [
    "",
    " ",
    "/",
    "!",
    "#a",
    "a\\",
    "a//b",
    "a//",
    "[a",
    "[]",
    "[a/b]",
    "[\\]]",
    "[[:alpha:]]",
    "[z-a]",
    "[+--]",
    "[ä]",
    "a\nb",
]

_PIECES = [
    "a",
    "b",
    "ab",
    "*",
    "?",
    "**",
    "/",
    "[ab]",
    "[!a]",
    "[^b]",
    "[a-c]",
    "[]a]",
    "[-!]",
    "\\*",
    "\\b",
    "\\\\",
    "!",
    " ",
    "\\ ",
]
_PIECES += ["é", "$", "'", '"', "-", "~", "{a,b}", "#", ".", "^", "]"]
_NAMES = [
    "a",
    "b",
    "c",
    "ab",
    "a*b",
    "!",
    "-",
    "*",
    "a b",
    "é",
    "]",
    "\\",
    "^",
    "a ",
    " a",
    "$",
    "'",
    '"',
    "~",
    "{a,b}",
    "#",
    ".a",
]

#: Few enough that patterns often meet a name.
_FEW_PIECES = ["a", "b", "*", "?", "**", "/", "[!a]"]
_FEW_NAMES = ["a", "b", "ab"]


def _pattern(pieces: list[str], most: int) -> st.SearchStrategy[str]:
    body = st.lists(st.sampled_from(pieces), min_size=1, max_size=most).map("".join)
    return st.tuples(st.sampled_from(["", "", "!"]), body, st.sampled_from(["", "", "/"])).map("".join)


def _tree(names: list[str]) -> st.SearchStrategy[list[str]]:
    path = st.lists(st.sampled_from(names), min_size=1, max_size=4).map("/".join)
    return st.lists(path, min_size=1, max_size=15)


several = st.lists(st.one_of(_pattern(_FEW_PIECES, 3), _pattern(_PIECES, 5)), min_size=1, max_size=4)
trees = st.one_of(_tree(_FEW_NAMES), _tree(_NAMES))


def readable(pattern: str) -> bool:
    try:
        patterns.parse(pattern)
    except ValueError:
        return False
    return True


def files_of(tree: list[str]) -> list[str]:
    """The paths of a tree that can be files beside each other."""
    return sorted(path for path in set(tree) if not any(other.startswith(f"{path}/") for other in tree))


@pytest.mark.parametrize(("pattern", "word"), READ.items())
def test_is_read(pattern: str, word: str) -> None:
    assert patterns.parse(pattern).word == word


@pytest.mark.parametrize("pattern", UNREAD)
def test_is_not_read(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        patterns.parse(pattern)


def test_a_later_rule_counts_but_not_in_a_folder_that_is_left_out() -> None:
    rules = [patterns.parse(pattern) for pattern in ("*.o", "!keep.o", "gone/", "!gone/keep.o")]
    given = ["a.o", "keep.o", "gone/keep.o", "b/keep.o", "b/c.o", "gone.o/x", "d"]
    assert list(patterns.remaining(rules, given)) == ["keep.o", "b/keep.o", "d"]


def test_what_is_for_folders_is_for_no_file() -> None:
    rules = [patterns.parse("build/")]
    assert list(patterns.remaining(rules, ["a/build", "build/a", "buildx/a"])) == ["a/build", "buildx/a"]


@pytest.mark.parametrize(
    ("pattern", "path"), [("a?c", "a/c"), ("a[!b]c", "a/c"), ("a*c", "a/c"), ("?", "ab"), ("?", "é")]
)
def test_a_wildcard_stays_in_one_name_and_at_one_byte(pattern: str, path: str) -> None:
    assert list(patterns.remaining([patterns.parse(pattern)], [path])) == [path]


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 12 + "b", "a" * 250),
        ("**/a/" * 12 + "b", "a/" * 100 + "c"),
        ("**/*a*a*/" * 8 + "b", "aaaa/" * 50 + "c"),
    ],
)
def test_many_wildcards_take_no_longer_than_few(pattern: str, path: str) -> None:
    """Tried in all places together, they would take longer than there is time."""
    begun = time.process_time()
    assert list(patterns.remaining([patterns.parse(pattern)], [path])) == [path]
    assert time.process_time() - begun < 2


@pytest.mark.needs("git")
@settings(max_examples=amount(37, 150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees, found=several)
def test_git_reads_them_alike(
    tmp_path_factory: pytest.TempPathFactory, machine: object, tree: list[str], found: list[str]
) -> None:
    known = [pattern for pattern in found if readable(pattern)]
    folder = tmp_path_factory.mktemp("tree")
    files = files_of(tree)
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    rules = [patterns.parse(pattern) for pattern in known]
    assert list(patterns.remaining(rules, files)) == asked(folder, known)


def asked(folder: Path, found: list[str]) -> list[str]:
    """The files that git does not ignore."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    subprocess.run(["git", "init", "-q", "."], cwd=folder, env=env, check=True)
    (folder / ".git" / "info" / "exclude").write_text("".join(f"{pattern}\n" for pattern in found))
    words = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
    out = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=True).stdout
    return sorted(os.fsdecode(name) for name in out.split(b"\0") if name)
