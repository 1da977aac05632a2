"""What older files ask of nodes besides: methods, and what they tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto.wire.bounds import Unreadable
from tests import command
from tests.plans import serial

FILE = Path(__file__).name


def greet(name: str) -> None:
    pass


def uncarried() -> co.Node:
    root = serial({"a": co.Exec(greet, "x"), "b": co.Exec(f"cat {co.relpath('c.csv')}"), "c": co.Exec("true")})
    root["d"] = co.Exec(greet, "x", params={"image": co.Image("i", copy_dir=".")})
    return root


def test_pretty_shows_what_is_strict_where_that_is_asked_for() -> None:
    root = uncarried()
    assert root.pretty() == root.pretty(strict=False)
    assert f"conducto tests/{FILE} greet --name=x" in root.pretty()
    with pytest.raises(co.ConductoError, match="C203") as found:
        root.pretty(strict=True)
    assert [each.node for each in found.value.diagnostics] == ["/a", "/b"]
    root.image = co.Image("i", copy_dir=".")
    assert root.pretty(strict=True) == (
        f"/\n├─0 a   conducto {FILE} greet --name=x\n├─1 b   cat c.csv\n├─2 c   true\n└─3 d   conducto {FILE} greet --name=x"
    )


@pytest.mark.parametrize(
    ("image", "message", "note"),
    [
        (None, "no image says where tests/c.csv lands", "there is no image"),
        ("alpine", "runs in image alpine, which does not say where it has tests/c.csv", "known by its name alone"),
        (co.Image("i"), "runs in image i, which does not say", "it carries no code of this machine"),
        (co.Image(), "no image says where tests/c.csv lands", "it carries no code of this machine"),
        (co.Image(copy_dir="drivers"), "which does not say where it has tests/c.csv", "it has "),
    ],
)
def test_check_images_says_what_compiling_would(image: Any, message: str, note: str) -> None:
    root = serial({"b": co.Exec(f"cat {co.relpath('c.csv')}")}, image=image)
    for ask in (root.check_images, root["b"].expanded_command):
        with pytest.raises(co.ConductoError) as found:
            ask()
        (diagnostic,) = found.value.diagnostics
        assert (diagnostic.code, diagnostic.node) == ("C203", "/b")
        assert message in diagnostic.message
        assert note in diagnostic.notes[0]
        assert diagnostic.location is not None
    assert root["b"].expanded_command(strict=False) == root["b"].command


def test_a_tree_that_is_all_there_passes() -> None:
    root = serial({"b": co.Exec(f"cat {co.relpath('c.csv')}")}, image=co.Image("i", copy_dir="."))
    root.check_images()
    assert root["b"].expanded_command() == "cat c.csv"


def test_describe_tells_what_a_node_is_and_was_given() -> None:
    root = serial(
        {"a": co.Exec("echo", cpu=2, env={"A": "1"}, same_container=co.SameContainer.NEW)}, stop_on_error=False
    )
    told = root["a"].describe()
    assert told.pop("line") > 0
    assert Path(told.pop("file")).name == FILE
    reuse = co.ContainerReuseContext.NEW
    assert told == {"type": "Exec", "command": "echo", "cpu": 2, "env": {"A": "1"}, "container_reuse_context": reuse}
    assert {"type": "Serial", "stop_on_error": False}.items() <= root.describe().items()
    told = root["a"].describe()
    told["env"]["B"] = "2"
    assert dict(root["a"].env) == {"A": "1"}


def test_user_set_is_what_is_its_own_of_what_is_handed_down() -> None:
    root = serial({"a": co.Exec("x", gpu=0)}, cpu=2, skip=True)
    assert {key: value for key, value in root.user_set.items() if value is not None} == {"cpu": 2, "skip": True}
    assert root["a"].user_set["gpu"] == 0
    assert root["a"].user_set["cpu"] is None
    assert root["a"].get_inherited_attribute("cpu") == 2


def test_a_tree_is_serialised_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    root = uncarried()
    for text in (root.serialize(), root.serialize(pretty=True)):
        assert str(Path(__file__).parent) not in text
        found = co.Node.deserialize(f"printed before\n{text}")
        assert found.pretty() == root.pretty()
    wide = co.Parallel()
    for number in range(200):
        wide[str(number)] = co.Exec(f"echo {number}")
    assert len(wide.serialize()) < 2_000 < len(wide.serialize(pretty=True))
    assert co.Node.deserialize(wide.serialize(pretty=True)).pretty() == wide.pretty()
    with pytest.raises(Unreadable):
        co.Node.deserialize("x")


def test_every_node_knows_its_line_whatever_was_said() -> None:
    co.Node.force_debug_info(True)
    assert co.Exec("x").describe()["line"] > 0


def test_ipython_shows_the_tree() -> None:
    class Printer:
        text: Callable[[str], None]

    printer, shown = Printer(), list[str]()
    printer.text = shown.append
    root = serial({"a": co.Exec("x")})
    root._repr_pretty_(printer, False)
    assert shown == [root.pretty()]


def test_what_a_node_serialises_is_what_a_generate_node_prints(tmp_path: Path) -> None:
    text = "import conducto as co\n\n\ndef run():\n    root = co.Parallel()\n    root['a'] = co.Exec('x')\n    return root\n"
    text += "\n\nif __name__ == '__main__':\n    print(run().serialize(), end='')\n"
    command.write(command.repository(tmp_path), pipeline=text)
    printed = command.python(tmp_path, "pipeline.py")
    assert printed == command.conducto(tmp_path, "pipeline.py", "run", env={"CONDUCTO_LAZY": "1"})
