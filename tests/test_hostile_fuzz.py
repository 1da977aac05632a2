"""What a Generate may print, read as on a host in a process of its own: nothing crashes, hangs, grows or stays behind."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conducto.wire import bounds
from tests.hostile import fuzz, inputs, payloads
from tests.hostile.payloads import ROOT, raw
from tests.plugin_thorough import amount

#: Of a machine that does other things besides; the goal of a whole run by hand is fuzz.SECONDS.
SECONDS = 15


@pytest.fixture(scope="module")
def there() -> Iterator[fuzz.Place]:
    with fuzz.place() as found:
        yield found


def test_a_hundred_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", SECONDS)
    found = fuzz.run(seed=1, start=0, count=100, large=25)
    assert found.wrong == []
    assert found.total()["taken"] >= 12
    assert sum(found.total().values()) == 100


def test_what_is_real_is_taken(there: fuzz.Place) -> None:
    for lines in inputs.real():
        for plain in (True, False):
            assert there.read(inputs.framed(lines, plain).encode(), 1).how == "taken"


@pytest.mark.parametrize("kind", [kind.__name__ for kind in (*inputs.SMALL, *inputs.LARGE)])
def test_the_same_number_is_the_same_input(kind: str) -> None:
    make = getattr(inputs, kind)
    one, other = make(random.Random("7")), make(random.Random("7"))
    assert one == other


WORD = f"conducto_relpath_{'0' * 20}_"
MANY = range(20_000)


def _head(attributes: str) -> str:
    return json.dumps(payloads.HEAD).replace('"attributes": []', f'"attributes": [{attributes}]')


def _image(**image: Any) -> bytes:
    return inputs.huge(['[0,0,"a","x",0]'], images=[image], attributes=[{"image": 0}])


def _long_paths() -> bytes:
    chain = [[max(0, number), 1, "g" * 300] for number in range(3_000)]
    return inputs.huge([json.dumps(row) for row in (*chain, *([number, 0, "e", "x"] for number in range(1, 3_000)))])


def _limits() -> bytes:
    chain = [[number, 1, "g", 0] for number in range(3_000)]
    rows = [json.dumps(row) for row in (*chain, *([3_000, 0, f"e{number}", "x"] for number in range(900)))]
    return inputs.huge(rows, attributes=[{"max_time": 9}])


def _handed_down() -> bytes:
    rows = ['[0,2,"g",0]', *(f'[1,0,"n{number}","x",1]' for number in MANY)]
    return inputs.huge(rows, attributes=[{"env": {f"K{number}": "" for number in range(5_000)}}, {"env": {"A": ""}}])


def _slow_pattern() -> bytes:
    image = {"image": "x", "copy_dir": "root:", "exclude": ["*a*a*a*a*a*a*a*a*b"]}
    rows = ['[0,0,"a",[0],0]']
    return inputs.huge(rows, images=[image], attributes=[{"image": 0}], calls=[["root:" + "a" * 3_000, "f"]])


def _unknown_names() -> bytes:
    images = [{"image": f"x{number}", "name": f"{number}" + "ab" * 20_000} for number in range(20)]
    rows = [*(f'[0,0,"n{number}","x",1]' for number in MANY), '[0,0,"i","x",0]']
    return inputs.huge(rows, images=images, attributes=[{"_images": [*range(20)]}, {"image_name": "ba" * 20_000}])


#: What brought it down once, or made it hang or grow, or might have.
ONCE: dict[str, Callable[[], bytes]] = {
    "lines without end": lambda: raw(*[b"ab"] * 6_000_000),
    "empty lines without end": lambda: raw(b"\n" * 60_000_000),
    "long paths that are many": _long_paths,
    "limits around limits": _limits,
    "env of many for many": _handed_down,
    "a doc of many": lambda: inputs.huge([f'[0,0,"n{n}","x",0]' for n in MANY], attributes=[{"doc": "d" * 90_000}]),
    "an address that is slow to read": lambda: _image(copy_url="a://" + ":" * 90_000, copy_branch="b"),
    "a pattern that is slow to match": _slow_pattern,
    "a path that is slow to follow": lambda: _image(image="x", copy_dir="root:" + "a/" * 45_000),
    "names that nobody knows": _unknown_names,
    "objects that are many": lambda: inputs.packed(_head(",".join(['{"":0}'] * 590_000)), "[]"),
    "words that are many": lambda: inputs.huge(
        [json.dumps([0, 0, "a", f" {WORD}" * 2_000])], paths={WORD: "root:app/a b" + "c" * 3_000}
    ),
    "an int of many digits": lambda: raw(_head(""), f'[[-1,2,""],[0,0,"a","x",{"1" * 900_000}]]'),
    "bombs in bombs": lambda: payloads.packed(zlib.compress(zlib.compress(b"x" * 100_000_000))),
    "a surrogate in a key": lambda: raw(_head('{"\\ud800": 1}'), json.dumps([ROOT])),
    "what acts on a terminal": lambda: raw(_head('{"env": {"\\u001b[2J": 1}}'), json.dumps([ROOT])),
}


@pytest.mark.parametrize("how", ONCE)
def test_what_it_was_not_up_to_once(how: str, there: fuzz.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", SECONDS)
    there.write(lambda: ("", ONCE[how]()))
    found = there.read_log(1)
    assert found.good, found


def test_five_thousand_levels(there: fuzz.Place) -> None:
    rows = [*(f'[{number},1,"x"]' for number in range(4_999)), '[4999,0,"y","x"]']
    found = there.read(inputs.huge(rows), 1)
    assert (found.how, found.good) == ("taken", True), found


def test_a_million_nodes(there: fuzz.Place) -> None:
    there.write(lambda: ("", inputs.huge([f'[0,0,"n{number}","x"]' for number in range(1_000_000)])))
    found = there.read_log(1)
    assert (found.how, found.memory < 100 << 20, "more than 100,000 nodes" in found.said) == ("refused", True, True), (
        found
    )


def test_a_quarter_of_what_is_read_takes_a_quarter_of_the_memory(
    there: fuzz.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", SECONDS)
    there.write(lambda: ("", inputs.huge([f'[0,0,"n{number}","x"]' for number in range(bounds.NODES // 4)])))
    found = there.read_log(1)
    assert (found.how, found.good, found.memory < fuzz.MEMORY // 4) == ("taken", True, True), found


# --- and whatever hypothesis thinks of ----------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(inputs.ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(
    st.tuples(
        st.integers(-1, 6), st.integers(-1, 4), st.text(max_size=4), st.text(max_size=20) | VALUES, st.integers(-1, 8)
    ).map(list)
    | st.lists(VALUES, max_size=5),
    max_size=6,
)
SETTINGS = settings(max_examples=amount(15, 60), deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes(there: fuzz.Place, noise: bytes, between: bool) -> None:
    found = there.read(raw(noise) if between else noise)
    assert found.good, found


@SETTINGS
@given(ROWS, st.sampled_from(["attributes", "images", "calls", "paths", "rows"]), VALUES, st.integers(0, 8))
def test_any_rows_and_values(there: fuzz.Place, rows: list[Any], part: str, value: Any, at: int) -> None:
    head = json.loads(json.dumps(inputs.real()[0][0]))
    if part == "rows":
        rows = [*rows, value]
    elif isinstance(head[part], list):
        head[part].insert(at, value)
    else:
        head[part][str(at)] = value
    printed = raw(json.dumps(head), json.dumps([ROOT, *rows]))
    found = there.read(printed, 1)
    assert found.good, found
