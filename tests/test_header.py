"""The comment that a generated file begins with: what it says, how short it stays, and that it is known again."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import header
from conducto.header import Maker
from conducto.ir.plan import Origin
from conducto.text import comment
from tests import plans
from tests.plans import chain, parallel, serial

ORIGIN = Origin("pipeline", "pipeline.py", "run", printed=("/", "└─0 a   x"))


def test_all_that_it_says() -> None:
    assert header.header(ORIGIN, "make", ["make -f pipeline.mk", "or so"]) == [
        "# Made by conducto from pipeline.py, run. Change that file and compile again.",
        "#",
        "# Run it:",
        "#   make -f pipeline.mk",
        "#   or so",
        "# Make it again:",
        "#   conducto compile --target make pipeline.py",
        "#",
        "# /",
        "# └─0 a   x",
    ]


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({}, "conducto compile --target make pipeline.py"),
        ({"explicit": True}, "conducto compile --target make pipeline.py run"),
        ({"arguments": ("--n=1", "--s=a b")}, "conducto compile --target make pipeline.py run -- --n=1 '--s=a b'"),
        ({"output_option": "out/x.mk"}, "conducto compile --target make pipeline.py -o out/x.mk"),
        ({"source": "a b/c.py"}, "conducto compile --target make 'a b/c.py'"),
        ({"source": "-a.py"}, "conducto compile --target make ./-a.py"),
        (
            {"explicit": True, "output_option": "o", "arguments": ("x",)},
            "conducto compile --target make pipeline.py run -o o -- x",
        ),
    ],
)
def test_how_it_is_made_again(more: dict[str, Any], command: str) -> None:
    lines = header.header(ORIGIN._replace(**more), "make", [])
    assert f"#   {command}" in lines
    assert shlex.split(command)[:2] == ["conducto", "compile"]
    assert ("# Make it again, from the repository's root:" in lines) is ("/" in more.get("source", ""))


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"configured": ""}, ""),
        ({"configured": "", "source": "ci/a.py"}, ", from the repository's root"),
        ({"configured": "ci", "source": "ci/a.py"}, ", from ci"),
        ({"configured": ".ci", "source": ".ci/a.py"}, ", from .ci"),
        ({"configured": "..", "explicit": True, "arguments": ("--n=1",)}, ""),
    ],
)
def test_what_a_project_has_needs_no_words(more: dict[str, Any], where: str) -> None:
    lines = header.header(ORIGIN._replace(**more), "make", [])
    number = lines.index(f"# Make it again{where}:")
    assert lines[number + 1 : number + 3] == ["#   conducto compile", "#"]
    folder = more["configured"]
    assert header.project("\n".join([*lines, "all:"])) == ("" if folder == ".." else folder)


def test_of_no_project_is_what_needs_words() -> None:
    ways: tuple[dict[str, Any], ...] = ({}, {"explicit": True}, {"source": "a/b.py"})
    for more in ways:
        assert header.project("\n".join(header.header(ORIGIN._replace(**more), "make", []))) is None
    assert header.project("") is header.project("# Make it again:") is None


def test_comments_stay_comments() -> None:
    odd = ORIGIN._replace(
        source="a\nb\\", printed=("/   x \\", "ends \\", "a\nb"), arguments=("a\n",), output_option="\u202e"
    )
    lines = header.header(odd, "make", ["run \\", "x\ny"])
    assert all(line.startswith("#") and len(line.splitlines()) == 1 for line in lines)
    assert not [line for line in lines if line.endswith(("\\", " "))]


# --- known again ------------------------------------------------------------------------------------------------------


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.from_regex(r"\A[^\W\d]\w{0,8}\Z"),
)
def test_a_file_says_what_it_was_made_from(source: str, function: str) -> None:
    text = "\n".join([*header.header(ORIGIN._replace(source=source, function=function), "make", []), "all:"])
    found = header.maker(text)
    assert found is not None
    assert found == Maker(comment(source), function)


@pytest.mark.parametrize("before", ["", "---\n", "#!/usr/bin/make -f\n# yaml\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_may_stand_in_the_first_three_lines(before: str, end: str) -> None:
    line = header.made_line(ORIGIN)
    assert header.maker((f"{before}{line}\nrest\n").replace("\n", end)) == Maker("pipeline.py", "run")
    assert header.maker(f"\n\n\n{line}\n") is None


@pytest.mark.parametrize("text", ["", "\n", "all:\n", "# Made by hand\n", " {}", "#{}", "{}!", "x{}"])
def test_what_is_not_ours(text: str) -> None:
    text = text.format(header.made_line(ORIGIN))
    assert header.maker(text) is None


# --- the printed tree -------------------------------------------------------------------------------------------------


def printed(root: co.Node) -> list[str]:
    return header.printed(plans.resolved(root, "i"))


def wide(count: int) -> co.Node:
    return parallel({f"n{number}": co.Exec("x") for number in range(count)})


def test_a_tree_of_sixty_lines_is_printed_as_it_is() -> None:
    root = wide(59)
    assert printed(root) == root.pretty().split("\n")
    assert len(printed(root)) == 60


def test_of_a_larger_one_the_groups_are_with_counts() -> None:
    root = serial({"a": wide(60), "b": parallel({"c": wide(1), "d": serial()}), "e": co.Exec("x")})
    assert printed(root) == [
        "/ (62 Execs)",
        "├─0 a (60 Execs)",
        "└─1 b (1 Exec)",
        "  ├─ c (1 Exec)",
        "  └─ d (0 Execs)",
    ]


def test_of_many_groups_there_is_an_end() -> None:
    found = printed(parallel({f"n{number}": wide(1) for number in range(5000)}))
    assert len(found) == 60
    assert found[0] == "/ (5,000 Execs)"
    assert found[-1] == "... and 4,942 more groups"
    assert len(printed(parallel({f"n{number}": wide(1) for number in range(59)}))) == 60
    assert "more groups" not in printed(parallel({f"n{number}": wide(1) for number in range(59)}))[-1]
    assert printed(parallel({f"n{number}": wide(1) for number in range(60)}))[-1] == "... and 2 more groups"


def test_a_long_line_is_cut() -> None:
    found = printed(parallel({"a": co.Exec("x" * 200), "n" * 200: serial()}))
    assert [len(line) for line in found] == [1, 100, 100]
    assert all(line.endswith("...") for line in found[1:])


def test_a_deep_tree_costs_no_more_than_what_is_shown() -> None:
    found = printed(chain(100_000, co.Exec("x")))
    assert len(found) == 60
    assert found[0] == "/ (1 Exec)"
    assert found[-1] == "... and 99,941 more groups"
    assert max(map(len, found)) == 100
