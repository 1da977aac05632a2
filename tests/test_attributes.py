"""What a node may be given, what is refused, and that what was given is kept as it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import blame
from conducto.attributes import ATTRIBUTES, OF_KIND
from conducto.diagnostics import ConductoAttributeError, ConductoTypeError, ConductoValueError


class Unspeakable:
    """An object of a user's that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("name", ["cpu", "mem"])
@pytest.mark.parametrize("value", [1, 0.25, 1e-6, 64, 1_000_000, None])
def test_amounts(name: str, value: Any) -> None:
    node = co.Exec("x", **{name: value})
    assert getattr(node, name) == value
    assert type(getattr(node, name)) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        *(
            (name, value, ValueError)
            for name in ("cpu", "mem")
            for value in (0, -1, 0.0, -0.5, math.inf, math.nan, 10**400)
        ),
        *((name, value, TypeError) for name in ("cpu", "mem") for value in ("1", True, Decimal(1), Fraction(1), [1])),
        ("gpu", -1, ValueError),
        ("gpu", 1.0, TypeError),
        ("gpu", True, TypeError),
        ("image", "", ValueError),
        ("image", "--privileged", ValueError),
        ("image", "a b", ValueError),
        ("image", "käse", ValueError),
        ("image", "alpine\n", ValueError),
        ("image", 3, TypeError),
        ("image", co.Image, TypeError),
        ("image", b"alpine", TypeError),
        ("skip", 1, TypeError),
        ("skip", None, TypeError),
        ("skip", "no", TypeError),
        ("suppress_errors", 0, TypeError),
        ("stop_on_error", "False", TypeError),
        ("doc", 3, TypeError),
        ("doc", "a\0", ValueError),
        ("doc", "d" * 100_001, ValueError),
        ("env", ["A=1"], TypeError),
        ("env", "A=1", TypeError),
        ("cpu", Unspeakable(), TypeError),
        ("doc", Unspeakable(), TypeError),
        ("env", {"A": Unspeakable()}, TypeError),
        ("image_name", 3, TypeError),
        ("image_name", "", ValueError),
        ("image_name", "a\0", ValueError),
        ("requires_docker", 1, TypeError),
        ("requires_docker", "no", TypeError),
        ("container_reuse_context", True, TypeError),
        ("container_reuse_context", "escape", ValueError),
        ("container_reuse_context", "NEW", ValueError),
        ("same_container", False, TypeError),
        ("same_container", "inherit", ValueError),
        *(("max_time", value, ValueError) for value in (0, -1, 0.0, math.inf, math.nan, 1e9 + 1, 10**400)),
        *(
            ("max_time", value, ValueError)
            for value in ("", "0s", "5", "5 m", "5M", "m", "1h1h", "1m1h", "-5m", "1e3s")
        ),
        *(
            ("max_time", value, ValueError)
            for value in ("٣s", ".5h", "5.h", "1,5h", "5min", "1h 30m", "99999999d", "9" * 99 + "s")
        ),
        *(("max_time", value, TypeError) for value in (True, b"5m", Fraction(1), [5])),
        *(("retries", value, ValueError) for value in (-1, 1_000_001)),
        *(("retries", value, TypeError) for value in (True, 1.0, "1")),
        *(("max_concurrent", value, ValueError) for value in (0, -1, 1_000_001)),
        *(("max_concurrent", value, TypeError) for value in (True, 1.0, "1")),
        ("title", 3, TypeError),
        ("title", "a\0", ValueError),
        *(("tags", value, TypeError) for value in (3, [3], {"a": 1}, ("a", None), {"a", 1})),
        *(("tags", value, ValueError) for value in ("", ["a", ""], ["a\0"], {"\ud800"})),
        ("options", [], TypeError),
        ("options", {"argo": 3}, TypeError),
        ("options", {"argo": None}, TypeError),
        ("docker_run_args", 3, TypeError),
        ("bogus", 1, TypeError),
        ("__class__", 1, TypeError),
    ],
)
def test_what_is_refused_at_construction_is_refused_by_assignment(
    name: str, value: Any, error: type[Exception]
) -> None:
    with pytest.raises(error) as made:
        co.Serial(**{name: value})
    assert isinstance(made.value, co.ConductoError)
    assert made.value.diagnostics[0].help
    assert len(made.value.diagnostics[0].message) < 200
    if name not in ("bogus", "__class__"):
        with pytest.raises(error) as assigned:
            setattr(co.Serial(), name, value)
        assert isinstance(assigned.value, co.ConductoError)
        assert assigned.value.diagnostics[0].message == made.value.diagnostics[0].message


def test_a_number_that_python_does_not_write_is_refused_too() -> None:
    with pytest.raises(ConductoValueError, match="of type int"):
        co.Exec("x", gpu=10**5000)


def test_stop_on_error_is_of_a_serial_alone() -> None:
    assert co.Serial().stop_on_error is True
    assert co.Serial(stop_on_error=False).stop_on_error is False
    for other in (co.Parallel(), co.Exec("x")):
        assert not hasattr(other, "stop_on_error")
        with pytest.raises(ConductoAttributeError):
            other.stop_on_error = False
    for kind in (co.Parallel, lambda **own: co.Exec("x", **own)):
        with pytest.raises(ConductoTypeError, match="C111"):
            kind(stop_on_error=False)


def test_an_unknown_attribute_is_told_its_nearest_name() -> None:
    with pytest.raises(ConductoTypeError) as found:
        co.Exec("x", memm=3)
    assert found.value.diagnostics[0].help == "did you mean `mem`?"
    with pytest.raises(AttributeError, match="no attribute `memm`"):
        co.Exec("x").memm  # noqa: B018


def test_defaults() -> None:
    node = co.Exec("x")
    assert (node.cpu, node.mem, node.gpu, node.image, node.doc) == (None,) * 5
    assert (node.image_name, node.docker_run_args, node.container_reuse_context) == (None,) * 3
    assert (node.max_time, node.title, node.retries, node.tags) == (None, None, 0, ())
    assert (node.skip, node.suppress_errors, node.requires_docker) == (False, False, False)
    assert (node.env, node.options, co.Serial().max_concurrent) == ({}, {}, None)
    assert node.same_container is co.SameContainer.INHERIT


@pytest.mark.parametrize("name", sorted(set(ATTRIBUTES) - {"skip", "suppress_errors", "stop_on_error"}))
def test_none_is_not_set(name: str) -> None:
    for kind, make in (("serial", co.Serial), ("exec", lambda **own: co.Exec("x", **own))):
        if name in OF_KIND[kind]:
            assert getattr(make(**{name: None}), name) == getattr(make(), name)


# --- the values that are kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (90, 90),
        (0.2, 1),
        (1.5, 2),
        (1_000_000_000, 1_000_000_000),
        ("90s", 90),
        ("5m", 300),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("1h30m", 5400),
        ("1d2h3m4.5s", 93_785),
        ("1.1m", 66),
        ("0.1s", 1),
        ("007s", 7),
    ],
)
def test_a_time_is_whole_seconds_rounded_up(value: Any, seconds: int) -> None:
    node = co.Serial(max_time=value)
    assert (node.max_time, type(node.max_time)) == (seconds, int)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a", ("a",)),
        (["b", "a", "b"], ("b", "a")),
        (("b", "a"), ("b", "a")),
        ({"b", "a", "c"}, ("a", "b", "c")),
        (frozenset(["z", "y"]), ("y", "z")),
        ([], ()),
        ("a b", ("a b",)),
    ],
)
def test_tags(value: Any, kept: tuple[str, ...]) -> None:
    assert co.Exec("x", tags=value).tags == kept


NEW, GLOBAL = co.ContainerReuseContext.NEW, co.ContainerReuseContext.GLOBAL


@pytest.mark.parametrize(
    ("value", "kept", "older"),
    [
        (NEW, NEW, co.SameContainer.NEW),
        (GLOBAL, GLOBAL, co.SameContainer.ESCAPE),
        ("new", NEW, co.SameContainer.NEW),
        ("global", GLOBAL, co.SameContainer.ESCAPE),
        (co.SameContainer.ESCAPE, GLOBAL, co.SameContainer.ESCAPE),
        (co.SameContainer.INHERIT, None, co.SameContainer.INHERIT),
        (None, None, co.SameContainer.INHERIT),
    ],
)
@pytest.mark.parametrize("name", ["container_reuse_context", "same_container"])
def test_both_spellings_of_container_reuse(name: str, value: Any, kept: Any, older: Any) -> None:
    made = co.Serial(**{name: value})
    later = co.Serial(container_reuse_context=GLOBAL if kept is NEW else NEW)
    setattr(later, name, value)
    for node in (made, later):
        assert (node.container_reuse_context, node.same_container) == (kept, older)


def test_an_image_is_kept_as_it_is() -> None:
    image = co.Image("alpine")
    node = co.Exec("x", image=image)
    assert node.image is image
    node.image = "debian"
    assert node.image == "debian"


def test_a_flag_of_a_child_may_be_false() -> None:
    node = co.Exec("x", requires_docker=False)
    assert "requires_docker" in node._own
    assert node.requires_docker is False


# --- two that say the same --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda: co.Serial(image="a", image_name="b"),
        lambda: co.Serial(image_name="b", image=co.Image("a")),
        lambda: setattr(co.Serial(image="a"), "image_name", "b"),
        lambda: setattr(co.Serial(image_name="b"), "image", "a"),
        lambda: co.Serial(image="a").set(image_name="b"),
        lambda: co.Serial().set(image_name="b", cpu=1, image="a"),
        lambda: co.Serial(container_reuse_context=NEW, same_container=co.SameContainer.NEW),
        lambda: co.Serial(same_container=None, container_reuse_context=None),
        lambda: co.Serial().set(same_container="new", container_reuse_context="new"),
        lambda: co.Exec("x", params=co.Params(cpu=1), cpu=1),
        lambda: co.Params(image="a", image_name="b"),
    ],
)
def test_what_says_the_same_twice_is_refused(act: Any) -> None:
    with pytest.raises(ConductoValueError, match="C118"):
        act()


def test_what_was_taken_back_is_no_rival() -> None:
    node = co.Serial(image="a", image_name=None)
    node.image = None
    node.image_name = "b"
    assert (node.image, node.image_name) == (None, "b")
    node.set(image="a", image_name=None)
    assert (node.image, node.image_name) == ("a", None)
    node.same_container = "new"
    node.container_reuse_context = "global"
    assert node.same_container is co.SameContainer.ESCAPE


# --- several at once ----------------------------------------------------------------------------------------------------


def test_set_sets_all_or_nothing() -> None:
    node = co.Serial(cpu=1, env={"A": "1"})
    node.set(cpu=2, mem=3, env={"B": "2"}, retries=1, stop_on_error=False)
    assert (node.cpu, node.mem, node.env, node.retries, node.stop_on_error) == (2, 3, {"B": "2"}, 1, False)
    for wrong in ({"mem": -1}, {"bogus": 1}, {"env": {"C": 3}}, {"image": "a", "image_name": "b"}):
        before = dict(node._own)
        with pytest.raises(co.ConductoError) as found:
            node.set(cpu=9, gpu=1, **wrong)
        assert found.value.diagnostics[0].node == "/"
        assert dict(node._own) == before
    with pytest.raises(ConductoAttributeError):
        node.set(bogus=1)
    node.set()
    assert node.cpu == 2


def test_an_attribute_called_self_is_unknown_like_others() -> None:
    acts: list[Callable[[], None]] = [lambda: co.Serial().set(self=1), lambda: setattr(co.Serial(), "self", 1)]
    for act in acts:
        with pytest.raises(ConductoAttributeError, match="C111"):
            act()


def test_a_node_keeps_only_what_was_set() -> None:
    assert co.Exec("x")._own is co.Serial()._own
    assert co.Exec("x")._own == {}
    node = co.Exec("x", cpu=1)
    assert node._own == {"cpu": 1}
    other = co.Exec("y")
    other.mem = 1
    assert (other._own, co.Exec("z")._own) == ({"mem": 1}, {})


def test_an_env_that_was_only_read_can_be_written_to() -> None:
    node = co.Exec("x")
    node.env["A"] = "1"
    assert (node.env, co.Exec("y").env) == ({"A": "1"}, {})
    with pytest.raises(ConductoTypeError) as found:
        node.env["A"] = 1
    assert found.value.diagnostics[0].node == "/"


def test_max_concurrent_is_of_groups_alone() -> None:
    assert (co.Serial(max_concurrent=1).max_concurrent, co.Parallel(max_concurrent=2).max_concurrent) == (1, 2)
    assert not hasattr(co.Exec("x"), "max_concurrent")
    with pytest.raises(ConductoTypeError, match="C111"):
        co.Exec("x", max_concurrent=1)
    with pytest.raises(ConductoAttributeError, match="C111"):
        co.Exec("x").max_concurrent = 1


# --- options ------------------------------------------------------------------------------------------------------------


def test_options_are_copied_and_cannot_be_written_to_round_the_back() -> None:
    given: dict[str, Any] = {"argo": {"list": [1, {"a": 2.5}], "none": None}, "another": {}}
    node = co.Serial(options=given)
    given["argo"]["list"][1]["a"] = "changed"
    assert node.options == {"argo": {"list": (1, {"a": 2.5}), "none": None}, "another": {}}
    writes: list[Callable[[], object]] = [
        lambda: node.options.__setitem__("argo", {}),
        lambda: node.options["argo"].__setitem__("list", 1),
        lambda: node.options["argo"]["list"].append(1),
        lambda: node.options["argo"]["list"][1].__setitem__("a", 1),
    ]
    for write in writes:
        with pytest.raises((TypeError, AttributeError)):
            write()
    node.options = {"argo": {"x": True}}
    assert node.options == {"argo": {"x": True}}


# --- images by name -----------------------------------------------------------------------------------------------------


def test_images_are_registered_at_any_node() -> None:
    node = co.Serial()
    image = co.Image("alpine", name="tools")
    node.register_image(image)
    node.register_image(co.Image("debian", name="more"))
    assert [found.name for found in node._own["_images"]] == ["tools", "more"]
    for wrong, error in (("alpine", TypeError), (None, TypeError), (co.Image("alpine"), ValueError)):
        with pytest.raises(error) as found:
            node.register_image(wrong)  # type: ignore[arg-type]
        assert isinstance(found.value, co.ConductoError)
        assert found.value.diagnostics[0].node == "/"
    assert len(node._own["_images"]) == 2


# --- secrets ------------------------------------------------------------------------------------------------------------


def test_env_may_hold_secrets() -> None:
    node = co.Exec("x", env={"A": co.Secret("TOKEN"), "B": "b"})
    node.env["C"] = co.Secret("OTHER")
    assert node.env == {"A": co.Secret("TOKEN"), "B": "b", "C": co.Secret("OTHER")}
    with pytest.raises(ConductoTypeError) as found:
        node.env["token"] = co.Secret
    assert found.value.diagnostics[0].help == 'write `co.Secret("TOKEN")`'


@pytest.mark.parametrize("name", ["A", "_", "A1", "MY_TOKEN_2"])
def test_names_of_secrets(name: str) -> None:
    secret = co.Secret(name)
    assert (secret.name, repr(secret), secret == co.Secret(name), hash(secret)) == (
        name,
        f"Secret({name!r})",
        True,
        hash(co.Secret(name)),
    )
    assert secret != name


@pytest.mark.parametrize(
    ("name", "error"),
    [("", ValueError), ("a", ValueError), ("1A", ValueError), ("A-B", ValueError), ("A\n", ValueError), (1, TypeError)],
)
def test_what_is_no_name_of_a_secret(name: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="C117"):
        co.Secret(name)


# --- env --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("A", 1, TypeError),
        ("A", None, TypeError),
        ("A", True, TypeError),
        ("A", b"x", TypeError),
        (1, "x", TypeError),
        (None, "x", TypeError),
        ("", "x", ValueError),
        ("1A", "x", ValueError),
        ("A-B", "x", ValueError),
        ("A=B", "x", ValueError),
        ("A\n", "x", ValueError),
        ("Ä", "x", ValueError),
        ("CONDUCTO_NODE", "x", ValueError),
        ("CONDUCTO_", "x", ValueError),
        ("A", "a\0b", ValueError),
        ("A", "\ud800", ValueError),
        ("A", "\ufffe", ValueError),
        ("A", "ä" * 50_001, ValueError),
    ],
)
def test_env_is_checked_however_it_is_set(key: Any, value: Any, error: type[Exception]) -> None:
    node = co.Exec("x", env={"KEPT": "1"})
    ways: list[Callable[[], object]] = [
        lambda: co.Exec("x", env={key: value}),
        lambda: setattr(node, "env", {key: value}),
        lambda: node.env.__setitem__(key, value),
        lambda: node.env.update({"FIRST": "1", key: value}),
        lambda: node.env.update([(key, value)]),
        lambda: node.env.setdefault(key, value),
        lambda: setattr(node, "env", node.env | {key: value}),
        lambda: node.env.__ior__({key: value}),
    ]
    for way in ways:
        with pytest.raises(error) as found:
            way()
        assert isinstance(found.value, co.ConductoError)
        assert found.value.diagnostics[0].code in ("C115", "C116")
        assert node.env == {"KEPT": "1"}


def test_env_may_hold_the_names_that_look_alike() -> None:
    names = {"_": "", "a": "1", "A": "2", "CONDUCTO": "3", "PATH": "/bin", "conducto_x": "4", "A" * 500: "5"}
    assert co.Exec("x", env=names).env == names


def test_env_is_copied_and_belongs_to_one_node() -> None:
    given = {"A": "1"}
    one, other = co.Exec("x", env=given), co.Exec("y", env=given)
    given["A"] = "changed"
    one.env["A"] = "2"
    other.env |= {"B": "3"}
    other.env.update(C="4")
    assert (one.env, other.env) == ({"A": "2"}, {"A": "1", "B": "3", "C": "4"})
    three = co.Exec("z", env=one.env)
    three.env["A"] = "3"
    assert one.env == {"A": "2"}
    assert three.env.setdefault("A", "4") == "3"


@given(st.text(max_size=30))
def test_an_env_value_is_kept_as_it_is_or_refused(value: str) -> None:
    try:
        assert co.Exec("x", env={"A": value}).env["A"] == value
    except ConductoValueError:
        assert set(value) & {"\0", "\ufffe", "\uffff"} or any("\ud800" <= character <= "\udfff" for character in value)
    else:
        assert not set(value) & {"\0", "\ufffe", "\uffff"}


def test_the_size_of_a_command_counts_in_bytes() -> None:
    assert len(co.Exec("ä" * 50_000).command) == 50_000
    with pytest.raises(ConductoValueError, match="100,002 bytes"):
        co.Exec("ä" * 50_001)


def test_a_command_is_set_with_others_or_not_at_all() -> None:
    node = co.Exec("x")
    node.set(command="y", cpu=1)
    assert (node.command, node.cpu) == ("y", 1)
    for wrong in ({"command": "z", "cpu": -1}, {"command": 3, "cpu": 2}):
        with pytest.raises(co.ConductoError):
            node.set(**wrong)
    assert (node.command, node.cpu) == ("y", 1)


def test_a_command_can_be_set_later_under_the_same_rules() -> None:
    node = co.Exec("x")
    node.command = "  y  "
    assert node.command == "y"
    with pytest.raises(ConductoTypeError):
        node.command = 3  # type: ignore[assignment]
    with pytest.raises(ConductoValueError):
        node.command = "\0"
    assert node.command == "y"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "1"), ("a\nb", "'a\\nb'"), ("x" * 100, "'" + "x" * 59 + "..."), (Unspeakable(), "of type Unspeakable")],
)
def test_how_a_value_is_shown(value: object, shown: str) -> None:
    assert blame.said(value) == shown


def test_a_line_of_a_value_is_one_line() -> None:
    assert blame.said(type("Odd", (), {"__repr__": lambda self: "a\n\x1b[31mb"})()) == "a\\n\\x1b[31mb"
