"""The text of a pipeline that a Generate prints: what comes back of it, and what is refused however it is mangled."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import random
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import conducto as co
from conducto.repository import Repository
from conducto.wire import bounds, marks, read, shape, write
from conducto.wire.bounds import Unreadable
from conducto.wire.places import Places
from tests.plugin_thorough import also, amount

HOME = Repository("/nowhere", True)
SCHEMA = jsonschema.Draft202012Validator(shape.schema())


def back(text: str) -> co.Node:
    return read.tree(io.BytesIO(text.encode()), Places(None), HOME)


def document(lines: list[str]) -> dict[str, Any]:
    """A pipeline's lines as the one value that the schema is of."""
    head: dict[str, Any] = json.loads(lines[0])
    return {**head, "rows": [row for line in lines[1:] for row in json.loads(line)]}


def text_of(value: dict[str, Any]) -> str:
    head = {key: each for key, each in value.items() if key != "rows"}
    return marks.framed([json.dumps(head), json.dumps(value["rows"])])


# --- there and back -----------------------------------------------------------------------------------------------------

NAMES = st.text(
    st.characters(blacklist_characters="/\0\ufffe\uffff", blacklist_categories=["Cs"]), min_size=1, max_size=6
)
TEXTS = st.text(st.characters(blacklist_characters="\0\ufffe\uffff", blacklist_categories=["Cs"]), max_size=30)
OWN = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(st.sampled_from(["A", "B", "_c"]), TEXTS | st.just(co.Secret("S")), max_size=2),
        "cpu": st.sampled_from([1, 0.5]),
        "mem": st.sampled_from([2, 0.25]),
        "gpu": st.integers(0, 2),
        "requires_docker": st.booleans(),
        "docker_run_args": st.sampled_from([["-v", "/a:/b"], ["--privileged"]]),
        "container_reuse_context": st.sampled_from(list(co.ContainerReuseContext)),
        "skip": st.booleans(),
        "suppress_errors": st.booleans(),
        "max_time": st.integers(1, 99),
        "retries": st.integers(0, 3),
        "options": st.just({"argo": {"labels": {"a": "b"}}, "x": {"y": [1, None, {"z": 1.5}]}}),
        "doc": TEXTS.filter(bool),
        "title": NAMES,
        "tags": st.lists(NAMES, max_size=2),
        "image": st.sampled_from(
            [
                "name:1",
                co.Image("x", install_pip=["a"], name="i"),
                co.Image(dockerfile_text="FROM y", docker_build_args={"A": "b"}),
            ]
        ),
    },
)


@st.composite
def trees(draw: st.DrawFn) -> co.Node:
    kinds: tuple[type[co.Node], ...] = (co.Serial, co.Parallel)
    root: co.Node = draw(st.sampled_from(kinds))(**draw(OWN))
    groups: list[co.Node] = [root]
    for _ in range(draw(st.integers(0, 8))):
        parent = draw(st.sampled_from(groups))
        name = draw(NAMES)
        if name in parent.children:
            continue
        kind = draw(st.integers(0, 3))
        if kind == 0:
            parent[name] = co.Exec(draw(TEXTS), **draw(OWN))
        elif kind == 1:
            parent[name] = co.Lazy(draw(TEXTS), node_type=draw(st.sampled_from(kinds)), **draw(OWN))
        else:
            parent[name] = draw(st.sampled_from(kinds))(**draw(OWN))
            groups.append(parent[name])
    return root


def described(node: co.Node) -> list[tuple[str, type[co.Node], dict[str, Any], object]]:
    """All that there is to a tree, what says nothing left out."""
    return [(each.path, type(each), _said(each._own), getattr(each, "_command", None)) for each in node.stream()]


def _said(own: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in own.items() if value not in ({}, None)}


@settings(max_examples=amount(37, 150), deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_a_tree_comes_back_as_it_was(root: co.Node) -> None:
    text = write.text(root)
    found = back(f"printed before\n{text}and behind")
    assert described(found) == described(root)
    assert write.text(found) == text


@settings(max_examples=amount(15, 60), deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_what_is_written_is_what_the_schema_says(root: co.Node) -> None:
    value = document(write.lines(root))
    SCHEMA.validate(value)


def test_no_secret_stands_in_it_and_no_path_of_this_machine(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S", "the value")
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    image = co.Image("x", copy_dir=str(tmp_path / "app"), path_map={str(tmp_path): "/x"})
    text = "\n".join(write.lines(co.Serial(image=image, env={"A": co.Secret("S")})))
    assert str(tmp_path) not in text
    assert "the value" not in text
    assert '"copy_dir":"root:app"' in text
    printed = io.BytesIO(marks.framed(text.split("\n")).encode())
    found = read.tree(printed, Places(None), Repository(str(tmp_path), True))
    assert found.image.copy_dir == str(tmp_path / "app")


def test_without_a_repository_paths_are_told_from_the_runtime_files_folder(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    root = co.Serial(image=co.Image("x", copy_dir=str(tmp_path / "app")))
    assert f'"copy_dir":"image:{tmp_path}/app"' in "\n".join(write.lines(root))
    (tmp_path / ".conducto").mkdir()
    (tmp_path / ".conducto/runtime.pyz").touch()
    assert '"copy_dir":"root:app"' in "\n".join(write.lines(root))


def test_paths_in_commands_come_back_as_those_of_this_machine(tmp_path: Any) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    (there / ".git").mkdir(parents=True)
    word = co.relpath(there / "data/a b.csv")
    root = co.Serial()
    root["a"] = co.Exec(f"cat '{word}' {word}x {WORD} > {co.relpath(there)}/out")
    root["b"] = co.Exec(takes_text, text=f"{word}.gz")
    text = write.text(root)
    assert str(tmp_path) not in text
    assert '"root:data/a b.csv"' in text
    found = read.tree(io.BytesIO(text.encode()), Places(None), Repository(str(here), True))
    other, top = co.relpath(here / "data/a b.csv"), co.relpath(here)
    assert other != word
    assert found["a"]._command == f"cat '{other}' {other}x {WORD} > {top}/out"
    assert found["b"]._command.words == (f"--text={other}.gz",)


def takes_text(text: str) -> None:
    pass


def test_a_large_one_is_small() -> None:
    wide, noisy, source = co.Parallel(), co.Parallel(), random.Random(1)
    for number in range(10_000):
        wide[f"test {number}"] = co.Exec(f"echo run test {number}")
        noisy[f"test {number}"] = co.Exec(f"echo run test {number} {source.getrandbits(160):040x}")
    assert len(write.text(wide)) <= 12 * 10_000
    assert len(write.text(noisy)) <= 52 * 10_000


# --- ours and jsonschema ------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 4)
    | st.sampled_from([1.0, 1.5])
    | st.sampled_from(["", "x", "NEW", "code:"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["secret", "env", "image", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def nudged(draw: st.DrawFn, value: Any) -> Any:
    """A value with one part of it, somewhere, made another."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: nudged(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], nudged(draw, value[at]), *value[at + 1 :]]
    return draw(JSON)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    value = document(write.lines(draw(trees())))
    part = draw(st.sampled_from(sorted(value)))
    return {**value, part: nudged(draw, value[part])}


@settings(max_examples=amount(100, 400), deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_our_check_and_jsonschemas_agree(value: dict[str, Any]) -> None:
    ours = all(shape.wrong(value[part], part) is None for part in value)
    assert ours == SCHEMA.is_valid(value)
    if not ours:
        with pytest.raises(Unreadable):
            back(text_of(value))


def test_every_word_of_the_schema_is_one_that_our_check_knows() -> None:
    seen: set[str] = set()

    def walk(wanted: Any, named: bool = False) -> None:
        for key, each in wanted.items():
            if not named:
                seen.add(key)
            if key in ("items", "additionalProperties") and isinstance(each, dict):
                walk(each)
            elif key == "properties" and not named:
                walk(each, named=True)
            elif key in ("oneOf", "prefixItems"):
                for one in each:
                    walk(one)
            elif named:
                walk(each)

    walk(shape.schema())
    assert seen <= {*shape._CHECKS, *shape.COMMENTS}


# --- what comes from outside --------------------------------------------------------------------------------------------

GOOD = {
    "version": 1,
    "calls": [],
    "paths": {},
    "images": [],
    "attributes": [{"skip": True}],
    "rows": [[-1, 2, ""], [0, 0, "a", "x", 0]],
}


#: What `co.relpath` may have given where it was generated.
WORD = f"conducto_relpath_{'0' * 20}_"


def with_rows(*rows: Any) -> dict[str, Any]:
    return {**GOOD, "rows": list(rows)}


BAD = {
    "no node": with_rows(),
    "an Exec for root": with_rows([-1, 0, "", "x"]),
    "a root with a name": with_rows([-1, 2, "x"]),
    "a child before its parent": with_rows([-1, 2, ""], [1, 0, "a", "x"]),
    "a child of an Exec": with_rows([-1, 2, ""], [0, 0, "a", "x"], [1, 0, "b", "x"]),
    "two of a name": with_rows([-1, 2, ""], [0, 0, "a", "x"], [0, 0, "a", "y"]),
    "an empty name": with_rows([-1, 2, ""], [0, 0, "", "x"]),
    "a name with a slash": with_rows([-1, 2, ""], [0, 0, "a/b", "x"]),
    "a name with a NUL": with_rows([-1, 2, ""], [0, 0, "a\0", "x"]),
    "a command with a surrogate": with_rows([-1, 2, ""], [0, 0, "a", "\ud800"]),
    "a command of more than can be carried": with_rows([-1, 2, ""], [0, 0, "a", "x" * 100_001]),
    "attributes that are not there": with_rows([-1, 2, "", 1]),
    "attributes before the first": with_rows([-1, 2, "", -1]),
    "a call that is not there": with_rows([-1, 2, ""], [0, 0, "a", [0]]),
    "a Lazy without children": with_rows([-1, 3, ""]),
    "a Lazy with other children": with_rows([-1, 3, ""], [0, 0, "Generate", "x"], [0, 2, "other"]),
    "a Lazy with one more": with_rows([-1, 3, ""], [0, 0, "Generate", "x"], [0, 2, "Execute"], [0, 2, "x"]),
    "a child of Execute": with_rows([-1, 3, ""], [0, 0, "Generate", "x"], [0, 2, "Execute"], [2, 0, "x", "y"]),
    "max_concurrent of an Exec": {**with_rows([-1, 2, ""], [0, 0, "a", "x", 0]), "attributes": [{"max_concurrent": 1}]},
    "a cpu of nothing": {**GOOD, "attributes": [{"cpu": 0}]},
    "an env of ours": {**GOOD, "attributes": [{"env": {"CONDUCTO_NODE": "x"}}]},
    "docker words that break a node": {**GOOD, "attributes": [{"docker_run_args": ["--name=x"]}]},
    "an image that is not there": {**GOOD, "attributes": [{"image": 0}]},
    "an image that leads out": {**GOOD, "images": [{"copy_dir": "root:../x"}], "attributes": [{"image": 0}]},
    "an image of another machine": {**GOOD, "images": [{"copy_dir": "image:/etc"}], "attributes": [{"image": 0}]},
    "an image of code that nobody has": {**GOOD, "images": [{"copy_dir": "code:x"}], "attributes": [{"image": 0}]},
    "an image that is none": {
        **GOOD,
        "images": [{"image": "x", "dockerfile_text": "FROM x"}],
        "attributes": [{"image": 0}],
    },
    "a call of a private function": {**with_rows([-1, 2, ""], [0, 0, "a", [0]]), "calls": [["root:a.py", "_f"]]},
    "a call of a shell": {**with_rows([-1, 2, ""], [0, 0, "a", [0]]), "calls": [["root:a.py", "f; rm"]]},
    "a path that leads out": {**GOOD, "paths": {WORD: "root:../x"}},
    "a path of another machine": {**GOOD, "paths": {WORD: "image:/etc/passwd"}},
    "a path of code that nobody has": {**GOOD, "paths": {WORD: "code:x"}},
    "a path with a surrogate": {**GOOD, "paths": {WORD: "root:\ud800"}},
    "a path with a NUL": {**GOOD, "paths": {WORD: "root:a\0"}},
    "a word that stands for no path": {**GOOD, "paths": {"echo": "root:x"}},
    "a word with more behind it": {**GOOD, "paths": {f"{WORD}x": "root:x"}},
    "another version": {**GOOD, "version": 2},
    "no number": {**GOOD, "attributes": [{"options": {"x": {"y": float("nan")}}}]},
    "a number without end": {**GOOD, "attributes": [{"cpu": float("inf")}]},
    "more images than are read": {**GOOD, "images": [{"image": "x"}] * 1_001},
    "more lists than are read": {**GOOD, "attributes": [{"tags": []}] * 150_001},
}


def test_the_good_one_is_taken() -> None:
    assert back(text_of(GOOD)).pretty() == "/\n└─ a   x"


@pytest.mark.parametrize("what", BAD)
def test_what_no_compiler_wrote_is_refused(what: str) -> None:
    with pytest.raises(Unreadable):
        back(text_of(BAD[what]))


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ({"copy_dir": f"root:{'a' * 4_096}"}, "a path of its pipeline has more than 4,096 characters"),
        ({"copy_dir": "root:", "exclude": ["*a" * 11]}, "a pattern of its pipeline has more than 10 stars"),
    ],
)
def test_what_would_take_long_is_refused_unread(image: dict[str, Any], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        back(text_of({**GOOD, "images": [image], "attributes": [{"image": 0}]}))


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("", "it printed no pipeline"),
        ("hello\n", "it printed no pipeline"),
        (f"{marks.BEGIN}\n", "does not end"),
        (f"{marks.BEGIN}\n{marks.END}\n", "it printed no pipeline"),
        (marks.framed(write.lines(co.Serial())) * 2, "two pipelines"),
        ("<conducto-pipeline version=2>\n", "another format"),
        (f"{marks.BEGIN}\nno json\n{marks.END}\n", "no JSON"),
        (f"{marks.BEGIN}\n{'[' * 100_000}\n{marks.END}\n", "no JSON"),
        (f"{marks.BEGIN}\nzlib !!\n{marks.END}\n", "damaged"),
        (f"{marks.BEGIN}\nzlib {base64.b64encode(b'x').decode()}\n{marks.END}\n", "damaged"),
        (
            f"{marks.BEGIN}\nzlib {base64.b64encode(zlib.compress(b'{}')).decode()}\nmore\n{marks.END}\n",
            "something else",
        ),
    ],
)
def test_where_there_is_not_one_pipeline_it_says_so(printed: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        back(printed)


@settings(max_examples=amount(125, 500), deadline=None)
@given(st.binary(max_size=200), st.integers(0, 3))
def test_any_bytes_are_refused_or_read(noise: bytes, how: int) -> None:
    framed = [noise, marks.BEGIN.encode() + b"\n" + noise + b"\n" + marks.END.encode(), b"zlib " + noise, noise][how]
    if how == 2:
        framed = f"{marks.BEGIN}\n".encode() + framed + f"\n{marks.END}\n".encode()
    with contextlib.suppress(Unreadable):
        read.tree(io.BytesIO(framed), Places(None), HOME)


@settings(max_examples=amount(75, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.data())
def test_a_real_one_that_is_damaged_is_refused_or_another(root: co.Node, data: st.DataObject) -> None:
    text = bytearray(write.text(root).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=3))
    with contextlib.suppress(Unreadable):
        read.tree(io.BytesIO(bytes(text)), Places(None), HOME)


def outcome(text: str) -> object:
    """What comes of a text: the whole tree, or why it is refused."""
    try:
        return described(back(text))
    except Unreadable as error:
        return str(error)


#: What most rows are but for their names, and rows of anything.
NAMED = st.sampled_from(["a", "b", "", "a/b"]).map(lambda name: [0, 0, name, "x"])
ODD = st.tuples(
    st.sampled_from([0, 1, 2, -1, True, 0.0]),
    st.sampled_from([0, 1, 2, 3, 4, -1, False]),
    st.sampled_from(["a", "b", "", "a/b", "Generate", "Execute", "\u00e4", "\0", 1]),
    st.sampled_from(["x", "", "\0", "\ud800", "y" * 100_001, [0], ["x"], None, 0]),
).map(list)
ROWS = NAMED | NAMED | NAMED | ODD | ODD.map(lambda row: row[:3]) | ODD.map(lambda row: [*row, 0])


@settings(max_examples=amount(100, 400), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, max_size=5), st.booleans())
def test_what_is_taken_at_once_is_what_is_taken_with_care(rows: list[list[Any]], serial: bool) -> None:
    text = text_of(with_rows([-1, 1 if serial else 3, ""], *rows))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(read, "_is_plain", lambda line: False)
        careful = outcome(text)
    assert outcome(text) == careful


def bomb(line: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9)
    packed = packer.compress(b'{"version":1,"calls":[],"paths":{},"images":[],"attributes":[]}\n')
    for _ in range(times):
        packed += packer.compress(line)
    packed += packer.flush()
    return b"\n".join([marks.BEGIN.encode(), b"zlib " + base64.b64encode(packed), marks.END.encode(), b""])


@pytest.mark.parametrize(
    "line",
    [
        b"[" + b"[]," * 100_000 + b"[]]\n",
        b"x" * 1_000_000,
        b'[[-1,2,""]]\n' * 10,
        also(b"[" * 1_000_000),
        also(b"\n" * 1_000_000),
    ],
)
def test_a_little_that_unpacks_to_much_costs_little(line: bytes) -> None:
    printed = bomb(line, 300)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read.tree(io.BytesIO(printed), Places(None), HOME)
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


def test_as_many_nodes_and_levels_as_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "NODES", 10)
    monkeypatch.setattr(bounds, "DEPTH", 5)
    back(write.text(plans_of(10)))
    with pytest.raises(Unreadable, match="more than 10 nodes"):
        back(write.text(plans_of(11)))
    back(write.text(deep(4)))
    with pytest.raises(Unreadable, match="more than 5 levels"):
        back(write.text(deep(5)))


def plans_of(count: int) -> co.Node:
    root = co.Parallel()
    for number in range(count):
        root[str(number)] = co.Exec("x")
    return root


def deep(levels: int) -> co.Node:
    root: co.Node = co.Serial()
    top = root
    for _ in range(levels):
        root["x"] = co.Serial()
        root = root["x"]
    return top
