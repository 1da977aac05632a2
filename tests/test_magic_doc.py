"""`co.util.magic_doc`: what it says of functions of every shape, the same everywhere."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conducto as co
from conducto.diagnostics import ConductoTypeError, ConductoValueError
from tests import command
from tests.plugin_thorough import amount

MODULE = '''"""Of the module."""
import functools
import conducto as co


def decorated(function):
    @functools.wraps(function)
    def inner(*given):
        return function(*given)
    return inner


def long():
    """
    Says *this*.

        code
    """

    x = 1
    return co.util.magic_doc()


def short(): return co.util.magic_doc()


def one_line():
    "One line."  # and why
    return co.util.magic_doc()


@decorated
def without(
    a=1,
):
    # a comment
    return co.util.magic_doc()


def escaped():
    r"""A \\ backslash.
    And more."""
    return co.util.magic_doc()


def listed():
    """L."""
    return [co.util.magic_doc() for _ in range(1)][0]


def only():
    """Only."""


async def later():
    """Later."""
    return co.util.magic_doc()


class K:
    def method(self):
        """
        Of a method.
        """
        return co.util.magic_doc()


def commented():
    # first
    #   second
    #
    # third
    a = 1
    found = [
        co.util.magic_doc(comment=True)
    ]
    # not this
    return found[0]


# above
def below():
    pass


AT_THE_TOP = co.util.magic_doc()
'''
FENCED = "{}\n\n```python\n{}\n```"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return of(tmp_path_factory.mktemp("documented"), MODULE)


def of(folder: Path, text: str) -> dict[str, Any]:
    """The names of a file with this text."""
    path = folder / "documented.py"
    path.write_text(text, encoding="utf-8")
    names: dict[str, Any] = {"__name__": "documented"}
    exec(compile(text, str(path), "exec"), names)
    return names


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "long",
            FENCED.format("Says *this*.\n\n    code", "def long():\n    x = 1\n    return co.util.magic_doc()\n"),
        ),
        ("short", FENCED.format("Of the module.", "def short(): return co.util.magic_doc()\n")),
        ("one_line", FENCED.format("One line.", "def one_line():\n    # and why\n    return co.util.magic_doc()\n")),
        (
            "without",
            FENCED.format(
                "Of the module.",
                "@decorated\ndef without(\n    a=1,\n):\n    # a comment\n    return co.util.magic_doc()\n",
            ),
        ),
        ("escaped", FENCED.format("A \\ backslash.\nAnd more.", "def escaped():\n    return co.util.magic_doc()\n")),
        (
            "listed",
            FENCED.format("L.", "def listed():\n    return [co.util.magic_doc() for _ in range(1)][0]\n"),
        ),
    ],
)
def test_of_the_function_that_calls(made: dict[str, Any], name: str, text: str) -> None:
    assert made[name]() == text
    assert co.util.magic_doc(func=made[name]) == text


def test_of_another_function(made: dict[str, Any]) -> None:
    assert co.util.magic_doc(func=made["only"]) == FENCED.format("Only.", "def only():\n")
    assert co.util.magic_doc(func=made["only"], doc_only=True) == "Only."
    assert co.util.magic_doc(func=made["below"], doc_only=True) == "Of the module."
    assert co.util.magic_doc(func=functools.lru_cache(made["only"]), doc_only=True) == "Only."
    later = co.util.magic_doc(func=made["later"])
    assert later == FENCED.format("Later.", "async def later():\n    return co.util.magic_doc()\n")


def test_of_a_method(made: dict[str, Any]) -> None:
    code = "    def method(self):\n        return co.util.magic_doc()\n"
    assert made["K"]().method() == FENCED.format("Of a method.", code)


def test_of_a_module(made: dict[str, Any]) -> None:
    text = made["AT_THE_TOP"]
    assert text.startswith("Of the module.\n\n```python\nimport functools\n")
    assert text.endswith("AT_THE_TOP = co.util.magic_doc()\n\n```")


def test_the_comment_above(made: dict[str, Any]) -> None:
    assert made["commented"]() == "first\n  second\n\nthird"
    assert co.util.magic_doc(func=made["below"], comment=True) == "above"
    assert co.util.magic_doc(func=made["decorated"], comment=True) == ""


def test_as_the_doc_of_a_node(tmp_path: Path) -> None:
    text = '''import conducto as co


def run() -> co.Serial:
    """What it does."""
    root = co.Serial(doc=co.util.magic_doc())
    # The only step.
    root["a"] = co.Exec("true", doc=co.util.magic_doc(comment=True))
    return root
'''
    names = of(tmp_path, text)
    root = names["run"]()
    assert root["a"].doc == "The only step."
    folders = [command.write(command.repository(tmp_path / name), pipeline=text) for name in ("here", "there")]
    made = [command.conducto(folder, "compile", "-t", "github", "-o", "-", "pipeline.py") for folder in folders]
    assert made[0] == made[1]
    assert (made[0].status, "The only step." in made[0].out) == (0, True)


def test_what_has_no_source_is_refused() -> None:
    names: dict[str, Any] = {}
    exec("import conducto as co\ndef f(): return co.util.magic_doc()", names)
    with pytest.raises(ConductoValueError, match="C166"):
        names["f"]()
    for value in (len, 3, functools.partial(len)):
        with pytest.raises(ConductoTypeError, match="C166"):
            co.util.magic_doc(func=value)  # type: ignore[arg-type]


WORDS = st.text("abc \"'\\#\n\té", max_size=30)


@settings(max_examples=amount(50, 200), deadline=None)
@given(doc=WORDS, quote=st.sampled_from(["", "r"]), after=st.sampled_from(["", "\n", "; x = 1\n", "  # c\n"]))
def test_all_but_the_docstring_is_left(
    doc: str, quote: str, after: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = f"    {quote}{json.dumps(doc)}{after or chr(10)}    return co.util.magic_doc()\n"
    text = "import conducto as co\n\n\ndef f():\n" + body
    found = call(of(tmp_path_factory.mktemp("p"), text)["f"])
    _, _, code = found.partition("```python\n")
    assert code.startswith("def f():\n")
    assert code.endswith("    return co.util.magic_doc()\n\n```")
    assert json.dumps(doc) not in code.replace("magic_doc", "") or doc in ("", " ")
    assert ("x = 1" in code, "# c" in code) == ("x" in after, "#" in after)


def call(function: Callable[[], str]) -> str:
    return function()
