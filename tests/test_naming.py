"""Names mangled for a target: a table, and the laws that hold for every name and rule."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto import naming
from conducto.naming import FILE, KUBERNETES, Rule, mangle

#: As GitHub takes job ids, and one that is as narrow as a rule can sensibly be.
JOB = Rule("[A-Za-z0-9_-]", "[A-Za-z_]", "[A-Za-z0-9_-]", 99)
NARROW = Rule("[a-z0-9-]", "[a-z]", "[a-z0-9]", 12, lower=True)
RULES = pytest.mark.parametrize("rule", [KUBERNETES, FILE, JOB, NARROW], ids=["kubernetes", "file", "job", "narrow"])


@pytest.mark.parametrize(
    ("text", "rule", "name"),
    [
        ("pipeline", KUBERNETES, "pipeline"),
        ("ci-pipeline-2", KUBERNETES, "ci-pipeline-2"),
        ("Pipeline", KUBERNETES, "pipeline-37e1c775"),
        ("pipeline", FILE, "pipeline"),
        ("a.b_c+d-e", FILE, "a.b_c+d-e"),
        ("Pipeline", FILE, "pipeline-37e1c775"),
        ("my pipe", FILE, "my-pipe-5e47508d"),
        ("x" * 63, KUBERNETES, "x" * 63),
        ("x" * 64, KUBERNETES, "x" * 54 + "-" + hashlib.sha256(b"x" * 64).hexdigest()[:8]),
        ("a" * 60 + "-tail", KUBERNETES, None),
        ("file\udc80", FILE, None),
        ("Test/app", JOB, None),
        ("2fast", JOB, None),
        ("", JOB, None),
        ("世界", JOB, None),
        ("..", FILE, None),
        ("-", FILE, None),
        ("a\n", FILE, None),
        ("default", KUBERNETES._replace(reserved=frozenset(["default"])), "default-37a8eec1"),
    ],
)
def test_a_table(text: str, rule: Rule, name: str | None) -> None:
    found = mangle(text, rule)
    assert found == (name or found)
    assert (found == text) is (name == text)


def test_what_is_kept_is_the_tail() -> None:
    assert mangle("Build/" * 30 + "integration tests", JOB).startswith("Build-Build-")
    assert "integration-tests-" in mangle("Build/" * 30 + "integration tests", JOB)
    assert len(mangle("Build/" * 30 + "integration tests", JOB)) <= JOB.most


NAMES = st.one_of(
    st.text(max_size=30),
    st.text("aA-_. /", max_size=6),
    st.text("ab-", min_size=50, max_size=130),
    st.from_regex(r"\A[a-c]{0,3}(-[0-9a-f]{8})?\Z"),
)


@RULES
@given(text=NAMES.filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text)))
def test_a_name_keeps_its_rule(text: str, rule: Rule) -> None:
    name = mangle(text, rule)
    assert 0 < len(name) <= rule.most
    assert re.fullmatch(f"(?:{rule.allowed})+", name)
    assert re.match(rule.first, name)
    assert re.match(rule.last, name[-1])
    assert name == name.lower() or not rule.lower
    assert mangle(text, rule) == name


@RULES
@given(texts=st.lists(NAMES.filter(str.isascii), unique=True, max_size=8))
def test_different_names_stay_different(texts: list[str], rule: Rule) -> None:
    names = [mangle(text, rule) for text in texts]
    assert len(set(names)) == len(texts)


@RULES
@given(text=NAMES.filter(str.isascii))
def test_no_name_can_be_taken_for_a_mangled_one(text: str, rule: Rule) -> None:
    """A mangled name, given as a name, is mangled again: else two nodes could meet in it."""
    mangled = mangle(text, rule)
    if mangled != text:
        assert mangle(mangled, rule) != mangled


def test_it_depends_on_nothing_but_the_name() -> None:
    assert [mangle("Test/app", JOB) for _ in range(3)] == [mangle("Test/app", JOB)] * 3
    assert naming.mangle("Test/app", JOB) == "Test-app-" + mangle("Test/app", JOB)[-8:]
