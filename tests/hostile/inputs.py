"""What the fuzzer gives to read: noise, real pipelines that were damaged, huge and deep ones, and bombs. Each from a number."""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from conducto.wire import bounds, marks
from tests.hostile import payloads

Lines = list[list[Any] | dict[str, Any]]

#: Values that stand for others, of every type that JSON has, and some that it has not.
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 10**30, -(10**30), 1e308, -0.0, 1.5, float("inf"), float("nan")),
    *(
        "",
        "a",
        "/",
        "..",
        "\0",
        "\ud800",
        "\ufffe",
        "\n",
        "$(shell touch x)",
        "a" * 99_999,
        "é" * 60_000,
        "root:..",
        "code:",
    ),
    *([], {}, [[]], [0], {"secret": "S"}, {"a": {"b": [1]}}, ["-v", "/:/host"], ["--privileged"], [[[[[[]]]]]]),
)


def real() -> list[Lines]:
    """Pipelines that are as they must be: together they have all that there is."""
    everything: dict[str, Any] = {
        "env": {"A": "b", "T": {"secret": "TOKEN"}},
        "cpu": 2,
        "mem": 0.5,
        "gpu": 1,
        "max_time": 60,
        "retries": 2,
        "doc": "a\nb",
        "title": "t",
        "tags": ["x"],
        "options": {"argo": {"a": [1, None, {"b": 1.5}]}},
        "container_reuse_context": "NEW",
        "suppress_errors": True,
    }
    group = {"max_concurrent": 2, "stop_on_error": False, "skip": False, "_images": [1]}
    images = [
        {"image": "x:1", "copy_dir": "code:", "exclude": ["**/*.log", "!/a.log", "/b/"], "shell": "sh"},
        {"dockerfile_text": "FROM x\nRUN y", "docker_build_args": {"A": "b"}, "name": "built"},
        {"image": "y", "path_map": {"root:app": "/srv/app"}, "platform": "linux/amd64"},
        {"dockerfile": "root:Dockerfile", "context": "root:app", "install_pip": ["a"], "install_packages": ["b"]},
    ]
    word = f"conducto_relpath_{'0' * 20}_"
    head = {
        **payloads.HEAD,
        "calls": [["root:app/a.py", "f"]],
        "paths": {word: "root:app/data.csv"},
        "images": images,
        "attributes": [
            everything,
            group,
            {"image": 0},
            {"image": 1},
            {"image": 2},
            {"image": 3},
            {"image_name": "built"},
        ],
    }
    rows: list[Any] = [[-1, 1, "", 1], [0, 2, "p"], [1, 0, "a", "echo a\necho b", 0], [1, 0, "b", [0, "--n=1"], 2]]
    rows += [[0, 3, "lazy"], [4, 0, "Generate", "make", 2], [4, 2, "Execute"], [0, 0, "c", f"cat '{word}'", 2]]
    rows += [[0, 0, f"image {number}", "x", number] for number in range(2, 7)]
    wide = [payloads.ROOT, *([0, 0, f"test {number}", f"echo {number}"] for number in range(300))]
    deep = [payloads.ROOT, *([number, 1, "x"] for number in range(200)), [200, 0, "y", "echo deep"]]
    return [[head, rows], [payloads.HEAD, wide], [payloads.HEAD, deep], [payloads.HEAD, [payloads.ROOT]]]


@cache
def _texts() -> list[bytes]:
    return [framed(lines, plain).encode() for lines in real() for plain in (True, False)]


def framed(lines: Lines, plain: bool) -> str:
    return marks.framed([json.dumps(line) for line in lines], always_plain=plain)


# --- each kind, from a source of chance -----------------------------------------------------------------------------------


def noise(chance: random.Random) -> bytes:
    """Any bytes, mostly between marker lines."""
    some = chance.randbytes(chance.randrange(400))
    between = payloads.raw(chance.choice([b"", b"zlib ", b"zlib " + base64.b64encode(some[:100]) + b"\n"]) + some)
    return chance.choice([some, between, between, payloads.raw(some, some)])


def flipped(chance: random.Random) -> bytes:
    """A real one with some bits turned."""
    text = bytearray(chance.choice(_texts()))
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    return bytes(text)


def cut(chance: random.Random) -> bytes:
    """A real one of which a part is missing, is there again and again, or comes from another."""
    text, other = chance.choice(_texts()), chance.choice(_texts())
    start, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    piece = chance.choice([b"", text[start:end] * chance.randrange(2, 60), other[start:end], other])
    return text[:start] + piece + text[end:]


def edited(chance: random.Random) -> bytes:
    """A real one of whose values some are others, of another type, taken out or there twice."""
    lines = json.loads(json.dumps(chance.choice(real())))
    for _ in range(chance.choice([1, 1, 2, 4])):
        _edit(chance, lines)
    return framed(lines, chance.random() < 0.7).encode("utf-8", "surrogatepass")


#: Keys that a first line has elsewhere, or nowhere.
_KEYS = ("image", "env", "_images", "PATH", "name", "\x1b]0;x\x07", "x" * 300, "\ud800", "")


def _edit(chance: random.Random, lines: Any) -> None:
    """Walk to some place of it, and change what is there."""
    place, key = lines, chance.randrange(len(lines))
    while isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.85:
        place = place[key]
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
    how = chance.randrange(5)
    if how == 0 and len(place) > 1:
        del place[key]
    elif how == 1 and isinstance(place, list):
        place.insert(key, deepcopy(chance.choice(place)))
    elif how == 2 and isinstance(place, dict):
        place[chance.choice(_KEYS)] = deepcopy(place[key])
    else:
        place[key] = deepcopy(chance.choice([*ODD, chance.randrange(-2, 400), str(place[key])[:200]]))


def repacked(chance: random.Random) -> bytes:
    """A real one compressed, damaged behind the base64, or with more behind its end."""
    data = bytearray(zlib.compress(json.dumps(chance.choice(real())[0]).encode() + chance.randbytes(20)))
    at = chance.randrange(len(data))
    data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
    return payloads.packed(bytes(data))


def nested(chance: random.Random) -> bytes:
    """Lists in lists, and objects, hundreds to a hundred thousand deep, where some value stands."""
    levels = chance.choice([30, 45, 300, 900, 3_000, 100_000])
    opened, closed = chance.choice([("[", "]"), ('{"a":', "}")])
    value = opened * levels + "1" + closed * levels
    lines = [json.dumps(line) for line in real()[0]]
    whole = json.dumps(payloads.HEAD)
    return chance.choice(
        [
            payloads.raw(value),
            payloads.raw(lines[0].replace('"echo a', value, 1), lines[1]),
            payloads.raw(lines[0].replace('{"a": [1, null, {"b": 1.5}]}', value, 1), lines[1]),
            payloads.raw(whole, f'[[-1,2,""],{value}]'),
            payloads.raw(whole, f'[[-1,2,""],[0,0,"a",{value}]]'),
            payloads.raw(whole.replace('"calls": []', f'"calls": {value}'), "[]"),
        ]
    )


def wellformed(chance: random.Random) -> bytes:
    """A pipeline that is none but of its texts: each may be what make, a shell or a terminal acts on."""
    attributes = [
        {
            "env": {f"V{number}": _acted_on(chance)},
            "doc": _acted_on(chance) + "x",
            "title": _acted_on(chance),
            "tags": ["t"],
        }
        for number in range(chance.randrange(1, 4))
    ]
    rows: list[Any] = [payloads.ROOT]
    groups = [0]
    for number in range(1, chance.randrange(2, 12)):
        up, name = chance.choice(groups), (_acted_on(chance).replace("/", "|") or "x") + str(number)
        own = [chance.randrange(len(attributes))] if chance.random() < 0.5 else []
        if chance.random() < 0.4:
            groups.append(number)
            rows.append([up, chance.choice([1, 2]), name, *own])
        else:
            rows.append([up, 0, name, _acted_on(chance), *own])
    return framed([{**payloads.HEAD, "attributes": attributes}, rows], chance.random() < 0.7).encode()


_WORDS = (
    *(
        "$(shell touch x)",
        "$",
        "$$",
        "`x`",
        "'",
        '"',
        "\\",
        "\n",
        "\r",
        "\t",
        " ",
        "#",
        "%",
        ":",
        "=",
        ";",
        "define",
        "endef",
    ),
    *("\nendef\n", "-include /x", "..", ".", "/", "~", "-rf", "--", "{{x}}", "\x1b[2J", "\u202e", "é", "\u0301", "🂡"),
    *("\ufeff", "a", "B" * 90, "x" * 400),
)


def _acted_on(chance: random.Random) -> str:
    return "".join(chance.choice(_WORDS) for _ in range(chance.randrange(6)))


SMALL: tuple[Callable[[random.Random], bytes], ...] = (
    *(noise, flipped, cut, edited, edited, edited, repacked, nested, wellformed, wellformed),
)


# --- what is large, or makes much of little -------------------------------------------------------------------------------


def _lines(rows: list[str]) -> Iterator[str]:
    line: list[str] = []
    size = 0
    for row in rows:
        if line and size + len(row) > 60_000:
            yield f"[{','.join(line)}]"
            line, size = [], 0
        line.append(row)
        size += len(row) + 1
    yield f"[{','.join(line)}]"


def huge(rows: list[str], **head: Any) -> bytes:
    return packed(json.dumps({**payloads.HEAD, **head}), *_lines(['[-1,2,""]', *rows]))


def packed(*lines: str) -> bytes:
    return payloads.packed(zlib.compress("\n".join(lines).encode(), 1))


def wide(chance: random.Random) -> bytes:
    """As many nodes as are read, or one too many."""
    count = chance.choice([2_000, 20_000, bounds.NODES, bounds.NODES + 1, bounds.NODES * 3])
    return huge([f'[0,0,"n{number}","x"]' for number in range(count)])


def chain(chance: random.Random) -> bytes:
    """A chain with an Exec at each level, which all have limits of their own, or env: the square of it is handed down."""
    levels = chance.choice([500, 5_000, 9_990, 12_000])
    own = chance.choice([{}, {"max_time": 9}, {"retries": 1}, {"env": {"A": "b" * 50}}, {"options": {"x": {"a": 1}}}])
    rows = []
    for number in range(levels):
        rows += [f'[{number * 2},1,"g",0]', f'[{number * 2},0,"e","x",0]']
        rows[-2] = f'[{max(0, number * 2 - 1)},1,"g",0]'
        rows[-1] = f'[{number * 2 + 1},0,"e","x",0]'
    return huge(rows, attributes=[own])


def handed(chance: random.Random) -> bytes:
    """Much env above, and many nodes with some of their own; images, tags and docs that many nodes have."""
    many = {f"K{number}": "v" for number in range(chance.choice([100, 5_000]))}
    own = chance.choice(
        [{"env": {"A": "b"}}, {"tags": ["t" * 90_000]}, {"doc": "d" * 90_000}, {"_images": [0] * 90_000}]
    )
    rows = ['[0,2,"g",0]', *(f'[1,0,"n{number}","x",1]' for number in range(20_000))]
    return huge(rows, attributes=[{"env": many}, own], images=[{"image": "x", "name": "i"}])


def names(chance: random.Random) -> bytes:
    """Names of a hundred thousand characters, in a chain or beside each other."""
    long = chance.choice(["n" * 99_000, "é" * 49_000, "🂡" * 24_000])
    up = chance.choice([0, 1])
    return huge(
        [f'[{number * up},{1 if up else 0},"{number}{long}"' + ("]" if up else ',"x"]') for number in range(250)]
    )


def commands(chance: random.Random) -> bytes:
    """Commands as long as they may be, of characters that take more room in memory than in the text; and words in them."""
    word = f"conducto_relpath_{'0' * 20}_"
    long = chance.choice(["$" * 99_990, "x" * 99_000 + "🂡", "a" * 5_000 + f" {word}" * 2_000, "\\n'" * 30_000])
    return huge([f'[0,0,"n{number}","{long}"]' for number in range(250)], paths={word: "root:app/" + "a" * 3_000})


def heads(chance: random.Random) -> bytes:
    """A first line as long as it may be, of small values; paths, patterns and addresses made to be slow to read."""
    size = bounds.HEAD - 200
    small = chance.choice(["{}", "[]", '{"":0}', '"ab"', "1.5", '{"env":{"A":"1"}}'])
    filled = ",".join([small] * (size // (len(small) + 1)))
    if chance.random() < 0.5:
        part = chance.choice(["attributes", "images", "calls"])
        head = json.dumps(payloads.HEAD).replace(f'"{part}": []', f'"{part}": [{filled}]')
        return packed(head, *_lines(['[-1,2,""]', *(f'[0,0,"n{n}","x",{n}]' for n in range(bounds.NODES))]))
    image = chance.choice(
        [
            {"copy_url": "a://" + ":" * 90_000, "copy_branch": "b"},
            {"image": "x", "copy_url": "x:" + "/.lock" * 20_000, "copy_branch": "/.lock" * 20_000},
            {"copy_dir": "root:" + "a/" * 2_000},
            {"copy_dir": "root:" + "a/" * 900_000},
            {"copy_dir": "root:", "exclude": ["*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b"]},
            {"copy_dir": "root:", "exclude": ["*" + "?*" * 900]},
            {"image": "x", "name": "n" * 99_000},
        ]
    )
    call = "root:" + chance.choice(["a" * 4_000, "a/" * 1_900 + "a", "app/a.py"])
    rows = [f'[0,0,"n{number}",[0],0]' for number in range(100)] + ['[0,0,"o","x",1]']
    return huge(
        rows, images=[image] * 200, attributes=[{"image": 0}, {"image_name": "n" * 98_999}], calls=[[call, "f"]]
    )


def bombs(chance: random.Random) -> bytes:
    """What unpacks to far more than it is, and lines without end."""
    line = chance.choice(
        [
            b"\n" * 999_999,
            b"x" * 999_999,
            b"[" + b"[]," * 99_999 + b"[]]\n",
            b"[" * 999_999,
            b'[[-1,2,""]]\n' * 999,
            b"1" * 999_999,
        ]
    )
    how = chance.randrange(4)
    if how == 0:
        return payloads.raw(*[chance.choice([b"", b"ab", b"zlib "])] * 2_000_000)
    if how == 1:
        return payloads.raw(b"zlib " + base64.b64encode(zlib.compress(line * 9))) * 2
    if how == 2:
        return payloads.packed(zlib.compress(zlib.compress(line * 99)))
    return payloads.bomb(line, chance.choice([30, 300, 1_000]))


LARGE: tuple[Callable[[random.Random], bytes], ...] = (wide, chain, handed, names, commands, heads, heads, bombs, bombs)


#: Of so many inputs one is large.
LARGE_ONE_OF = 40


def made(seed: int, number: int, large: int = LARGE_ONE_OF) -> tuple[str, bytes]:
    """Input `number`: its kind, and the bytes; of so many one is large."""
    chance = random.Random(f"{seed} {number}")
    kinds = LARGE if number % large == large - 1 else SMALL
    kind = chance.choice(kinds)
    return kind.__name__, kind(chance)
