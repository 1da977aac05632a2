"""A function and its arguments as an Exec: the words that are written, and what is refused at the user's line."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from typing import Any, List, Optional, Union

import pytest

import conducto as co
from conducto.call import Call
from conducto.diagnostics import ConductoError, ConductoTypeError, ConductoValueError, Diagnostic


def untyped(a, b=None, c=3):  # type: ignore[no-untyped-def]
    pass


def typed(n: int = 0, x: float = 0.5, s: str = "", flag: bool = False, xs: List[int] = []) -> None:  # noqa: B006
    pass


def wide(mapping: dict = {}, many: Union[int, str] = 1, day: Optional[datetime.date] = None) -> None:  # type: ignore[type-arg]  # noqa: B006
    pass


def no_clash(cache: bool = True, no_cache: bool = False, any_: Any = 1, no_any_: Any = 1) -> None:
    pass


def by_name(a: int, *, b: int, c: int = 3) -> None:
    pass


def attributes(name: str, params: int = 0, cpu: str = "", env: str = "", image: str = "", command: str = "") -> None:
    pass


def self(self: int, skip: bool = False) -> None:
    pass


async def waits(n: int) -> None:
    pass


class Colour(enum.Enum):
    RED = "red"


class Number(int):
    pass


def words(*values: Any, **named: Any) -> tuple[str, ...]:
    command = co.Exec(*values, **named)._command
    assert isinstance(command, Call)
    return command.words


@pytest.mark.parametrize(
    ("values", "named", "wanted"),
    [
        ((untyped, "x"), {}, ["--a=x"]),
        ((untyped, "x"), {"c": 3}, ["--a=x", "--c=3"]),
        ((untyped,), {"c": 3, "a": "x"}, ["--a=x", "--c=3"]),
        ((untyped, "x", "y", 4), {}, ["--a=x", "--b=y", "--c=4"]),
        ((untyped, True), {"b": False}, ["--a", "--no-b"]),
        ((untyped, None), {"b": None}, ["--a=None", "--b=None"]),
        ((untyped, 1, 2.5), {}, ["--a=1", "--b=2.5"]),
        ((untyped, [1, "a"]), {}, ['--a=\\[1,"a"]']),
        ((typed,), {}, []),
        ((typed,), {"xs": [1, 2], "n": -5, "flag": True}, ["--n=-5", "--flag", "--xs=1,2"]),
        ((typed,), {"x": 1e-300, "flag": False, "xs": []}, ["--x=1e-300", "--no-flag", "--xs="]),
        ((typed,), {"s": "it's a $x"}, ["--s=it's a $x"]),
        ((typed,), {"s": "--x=y\n"}, ["--s=--x=y\n"]),
        ((wide,), {"many": "1", "day": datetime.date(2020, 1, 2)}, ['--many=\\"1"', "--day=2020-01-02"]),
        ((no_clash, False, True), {"any_": False}, ["--cache=False", "--no_cache", "--any_=\\false"]),
        ((by_name, 1), {"b": 2}, ["--a=1", "--b=2"]),
        ((by_name,), {"c": 1, "b": 2, "a": 3}, ["--a=3", "--b=2", "--c=1"]),
        ((waits, 3), {}, ["--n=3"]),
    ],
)
def test_words(values: Any, named: dict[str, Any], wanted: list[str]) -> None:
    assert list(words(*values, **named)) == wanted


def test_what_the_call_is() -> None:
    call = co.Exec(untyped, 1, b="2", c=2)._command
    assert call == Call(__file__, "untyped", ("--a=1", "--b=2", "--c=2"), ("a",))


def test_arguments_called_as_attributes_go_to_the_function() -> None:
    node = co.Exec(attributes, name="n", params=1, cpu="2", env="e", image="i", command="c")
    assert node._command == Call(
        __file__, "attributes", ("--name=n", "--params=1", "--cpu=2", "--env=e", "--image=i", "--command=c")
    )
    assert (node.name, node.cpu, node.image) == ("/", None, None)
    assert list(words(self, 1, skip=True)) == ["--self=1", "--skip"]
    assert list(words(self, self=1)) == ["--self=1"]


def test_attributes_come_by_params_or_later() -> None:
    with co.Serial() as root:
        node = co.Exec(untyped, "x", name="a", params=co.Params(cpu=2, env={"A": "1"}))
        other = co.Exec(attributes, "x")
        root["b"] = other
        co.Exec(typed, params={"name": "c", "mem": 1})
    other.cpu = 3
    assert (node.path, node.cpu, node.env) == ("/a", 2, {"A": "1"})
    assert (other.path, other.cpu) == ("/b", 3)
    assert root["c"].mem == 1


def test_a_text_is_as_it_was() -> None:
    assert co.Exec("x", cpu=1).command == "x"
    assert co.Exec(command="x").command == "x"
    assert co.Exec("x", params={"cpu": 1}).cpu == 1


# --- what is refused --------------------------------------------------------------------------------------------------


def refused(error: type[ConductoError] = ConductoTypeError) -> Any:
    return pytest.raises(error)


def the_one(found: Any) -> Diagnostic:
    (diagnostic,) = found.value.diagnostics
    assert isinstance(found.value, (TypeError, ValueError))
    assert diagnostic.help
    return diagnostic  # type: ignore[no-any-return]


def pointed_at(diagnostic: Diagnostic) -> str:
    place = diagnostic.location
    assert place is not None
    return place.text[place.column : place.end_column]


def check(found: Any, code: str, at: str, message: str) -> None:
    diagnostic = the_one(found)
    assert (diagnostic.code, pointed_at(diagnostic), diagnostic.message) == (code, at, message)
    assert diagnostic.node == "(new Exec)"
    assert diagnostic.notes[0].startswith("`") == (code != "C147")


def test_a_missing_argument() -> None:
    with refused() as found:
        co.Exec(untyped, b=1)
    check(found, "C142", "untyped", "`untyped` needs a value for its parameter `a`")
    with refused() as found:
        co.Exec(by_name, 1)
    check(found, "C142", "by_name", "`by_name` needs a value for its parameter `b`")


def test_an_argument_too_many() -> None:
    with refused() as found:
        co.Exec(untyped, "x", "y", 3, 4 + 4)
    check(found, "C143", "4 + 4", "`untyped` takes 3 values without a name, and is given 4")
    with refused() as found:
        co.Exec(by_name, 1, 2)
    check(found, "C143", "2", "`by_name` takes one value without a name, and is given 2")
    assert the_one(found).help == "give `b=...`, `c=...` by name"
    with refused() as found:
        co.Exec(typed, m=4)
    check(found, "C143", "m=4", "`typed` has no parameter `m`")
    with refused() as found:
        co.Exec(typed, flg=True)
    assert the_one(found).help == "did you mean `flag`?"
    with refused() as found:
        co.Exec(untyped, "x", a="y")
    check(found, "C143", 'a="y"', "`untyped` is given its parameter `a` twice")
    with refused() as found:
        co.Exec(typed, cpu=2)
    check(found, "C143", "cpu=2", "`typed` has no parameter `cpu`")
    assert the_one(found).help == "give attributes of the node apart: `params=co.Params(cpu=...)`"


def test_values_behind_a_text() -> None:
    with refused() as found:
        co.Exec("echo", "x", cpu=1)
    check_text(found, "C147", '"x"', "'x' stands behind a command, where only a function takes arguments")


def check_text(found: Any, code: str, at: str, message: str) -> None:
    diagnostic = the_one(found)
    assert (diagnostic.code, pointed_at(diagnostic), diagnostic.message) == (code, at, message)


def test_an_exec_of_nothing() -> None:
    makes: list[Callable[[], object]] = [
        co.Exec,
        lambda: co.Exec(None),  # type: ignore[arg-type]
        lambda: co.Exec(co.Exec("x")),  # type: ignore[arg-type]
        lambda: co.Exec(3),  # type: ignore[arg-type]
    ]
    for make in makes:
        with refused() as found:
            make()
        assert the_one(found).code == "C114"


VALUES: list[Any] = [1, "x"]
NAMED: dict[str, Any] = {"n": "x"}


def test_a_value_of_another_type() -> None:
    with refused() as found:
        co.Exec(typed, 2.5)
    check(found, "C144", "2.5", "`n` is 2.5, and `typed` takes int for it")
    with refused() as found:
        co.Exec(typed, s="a", n="1")
    check(found, "C144", '"1"', "`n` is '1', and `typed` takes int for it")
    with refused() as found:
        co.Exec(typed, x=3)
    check(found, "C144", "3", "`x` is 3, and `typed` takes float for it")
    assert the_one(found).help == "pass `float(...)` of it"
    with refused() as found:
        co.Exec(typed, n=Number(3))
    assert the_one(found).help == "pass `int(...)` of it"
    with refused() as found:
        co.Exec(typed, n=None)
    assert the_one(found).help == "leave it out, or hint it `n: Optional[int]`"
    with refused() as found:
        co.Exec(typed, xs=[1, "a"])
    check(found, "C144", '[1, "a"]', "`xs` is [1, 'a'], and `typed` takes list of int for it")
    with refused() as found:
        co.Exec(typed, True)
    check(found, "C144", "True", "`n` is True, and `typed` takes int for it")
    with refused() as found:
        co.Exec(*[typed, *VALUES])
    check(found, "C144", "*[typed, *VALUES]", "`x` is 'x', and `typed` takes float for it")
    with refused() as found:
        co.Exec(typed, **NAMED)
    check(found, "C144", "NAMED", "`n` is 'x', and `typed` takes int for it")
    with refused() as found:
        co.Exec(untyped, Colour.RED)
    check(found, "C144", "Colour.RED", "`a` is <Colour.RED: 'red'>, and `untyped` takes str for it")
    assert the_one(found).help == "hint it: `a: Colour`"


class Size:
    """Can be made of a text, and tells none."""

    def __init__(self, text: str) -> None:
        self.text = text


def sized(size: Size) -> None:
    pass


def test_a_class_that_tells_no_text() -> None:
    with refused() as found:
        co.Exec(sized, Size("1"))
    assert the_one(found).code == "C144"
    assert the_one(found).help == (
        "give `Size` a method `to_str()` and a static one `from_str`, and let equal ones be equal"
    )


def test_a_value_that_has_no_text() -> None:
    with refused() as found:
        co.Exec(wide, mapping={"a": 1})
    check(found, "C145", '{"a": 1}', "`mapping` of `wide` is of type dict, which has no text on a command line")
    with refused() as found:
        co.Exec(untyped, {1})
    check(found, "C145", "{1}", "`a` of `untyped` is of type set, which has no text on a command line")
    with refused() as found:
        co.Exec(typed, xs=(1, 2))
    check(found, "C145", "(1, 2)", "`xs` of `typed` is of type tuple, which has no text on a command line")
    assert the_one(found).help == "pass a list"


def test_a_text_that_no_target_can_carry() -> None:
    with refused(ConductoValueError) as found:
        co.Exec(typed, n=1, s="a\0b")
    check_text(found, "C115", '"a\\0b"', "what is given for `s` holds a NUL (position 1), which no target can carry")
    with refused(ConductoValueError) as found:
        co.Exec(untyped, "x" * 60_000, "y" * 60_000)
    diagnostic = the_one(found)
    assert (
        diagnostic.message == "what is given here has 120,009 bytes, more than the 100,000 that every target can carry"
    )


def test_a_failing_constructor_leaves_nothing_behind() -> None:
    with co.Serial() as root:
        with refused() as found:
            co.Exec(typed, 2.5, name="a")
        assert the_one(found).node == "/a"
        with refused():
            co.Exec(attributes, 1, name="a")
    assert not root.children


@pytest.mark.parametrize("again", [1, 2, 3])
def test_a_call_like_one_before_is_written_as_the_first(again: int) -> None:
    """What is known of the first such call is used for the later ones: of the same names, in any order, and types."""
    for _ in range(again):
        assert words(typed, s="x", n=again) == (f"--n={again}", "--s=x")
        assert words(typed, n=again, s="--n=1") == (f"--n={again}", "--s=--n=1")
        assert words(typed, n=again, flag=True) == (f"--n={again}", "--flag")
        assert words(typed, x=0.5) == ("--x=0.5",)


def test_what_is_wrong_is_told_of_a_call_like_one_before() -> None:
    words(typed, s="x")
    for named, code in (({"s": "a\0"}, "C115"), ({"s": 1}, "C144"), ({"n": True}, "C144"), ({"t": "x"}, "C143")):
        with pytest.raises(ConductoError) as found:
            co.Exec(typed, **named)
        assert found.value.diagnostics[0].code == code


def test_a_hint_that_comes_later_counts_for_calls_like_those_before() -> None:
    def early(value: "Later" = 1) -> None:  # type: ignore[name-defined]  # noqa: F821
        pass

    early.__qualname__ = early.__name__
    globals()["early"] = early
    try:
        assert words(early, value=2) == ("--value=2",)
        globals()["Later"] = str
        with pytest.raises(ConductoError):
            co.Exec(early, value=2)
    finally:
        globals().pop("Later", None)
        del globals()["early"]
