"""Every kind of argument that a function can be given, in an image that has this file, and in one that has it elsewhere."""

import datetime
import enum
from pathlib import PurePosixPath
from typing import Any, List, Optional

import conducto as co


class Colour(enum.Enum):
    RED = "red"


def simple(flag: bool, n: int, x: float, s: str, many: List[int], texts: List[str]) -> None:
    print(repr((flag, n, x, s, many, texts)))


def odd(maybe: Optional[str], nested: List[List[int]], free: Any, raw: bytes, day: datetime.date, path: PurePosixPath, c: Colour) -> None:
    print(repr((maybe, nested, free, raw, day, path, c)))


def untyped(text, nothing=None, on=None, count=1) -> None:
    print(repr((text, nothing, on, count)))


async def later(name: str) -> None:
    print(name)


def run() -> co.Parallel:
    """Calls each of them."""
    root = co.Parallel(image=co.Image(copy_dir="."))
    root["simple"] = co.Exec(simple, True, 10**30, 1e-300, "it's a $x", [1, -2, 3], ["a,b", "c d", "e\\"])
    root["empty"] = co.Exec(simple, flag=False, n=-1, x=float("inf"), s="", many=[], texts=[""])
    root["none"] = co.Exec(odd, None, [], None, b"", datetime.date(2020, 1, 2), PurePosixPath("a b"), Colour.RED)
    root["odd"] = co.Exec(
        odd, "None", [[1, 2], [3]], [1, "a", [2.5, True]], b"\xff\\", datetime.date(2020, 1, 2), PurePosixPath("/"), Colour.RED
    )
    root["untyped"] = co.Exec(untyped, "π", None, True)
    root["later"] = co.Exec(later, name="given to the function", params=co.Params(cpu=0.5, env={"A": "1"}))
    root["text"] = co.Exec("conducto pipeline.py later --name=text")
    root["mapped"] = co.Exec(later, "mapped", params={"image": co.Image("python:3.12-alpine", path_map={".": "/app"})})
    return root
