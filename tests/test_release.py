"""`requires`: what a version specifier takes, held against Python's own library for them (pytest depends on it)."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conducto import release

PLAIN = ("0", "1", "1.0", "1.4", "1.4.0", "1.4.1", "1.5", "1.10.2", "2.0.0")
BEHIND = ("", "a1", "b2", "rc1", ".post1", ".dev3", "a1.dev2", "rc1.post2", ".post1.dev1", "+abc.1")
SIGNS = ("==", "!=", "<=", ">=", "<", ">", "~=")


def standard(requirement: str, installed: str) -> bool | None:
    try:
        return SpecifierSet(requirement).contains(installed, prereleases=True)
    except InvalidSpecifier:
        return None


def ours(requirement: str, installed: str) -> bool | None:
    try:
        return release.takes(requirement, installed)
    except ValueError:
        return None


@pytest.mark.parametrize("sign", SIGNS)
def test_every_operator_means_what_pip_means(sign: str) -> None:
    asked = [(f"{sign}{wanted}{end}", p + b) for wanted in PLAIN for end in ("", ".*") for p in PLAIN for b in BEHIND]
    found = [(*pair, ours(*pair)) for pair in asked]
    assert found == [(*pair, standard(*pair)) for pair in asked]
    assert {answer for _, _, answer in found} >= {True, False}


@pytest.mark.parametrize(
    ("requirement", "yes", "no"),
    [
        ("1.4.*", ("1.4", "1.4.0", "1.4.99", "1.4rc1", "1.4.2.dev1+g1"), ("1.5", "1.40", "1", "14", "2.1.4")),
        ("1.4", ("1.4", "1.4.0"), ("1.4.1",)),
        (">=1.4,<2", ("1.4", "1.99"), ("1.3.9", "2.0", "2.0rc1")),
        (" >= 1.4 , != 1.5.* ", ("1.4", "1.6"), ("1.5", "1.5.3", "1.3")),
        ("~=1.4.2", ("1.4.2", "1.4.9"), ("1.4.1", "1.5")),
    ],
)
def test_as_people_write_it(requirement: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    assert [installed for installed in (*yes, *no) if release.takes(requirement, installed)] == list(yes)


@pytest.mark.parametrize(
    "text", ["", ",", ">=1,", "*", "1.*.2", "latest", ">=1.4.*", "~=1", "=1.4", "^1.4", "1.4 2", "v1"]
)
def test_what_is_no_specifier(text: str) -> None:
    with pytest.raises(ValueError, match="is no version specifier"):
        release.takes(text, "1.4")


def test_this_release() -> None:
    assert release.version() == version("conducto-compiler")
    assert release.takes(f"=={release.version()}", release.version())
