"""Pipelines as a Generate prints them, written by hand: what no compiler would write, too."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from conducto.wire import marks

HEAD: dict[str, Any] = {"version": 1, "calls": [], "paths": {}, "images": [], "attributes": []}
ROOT = [-1, 2, ""]


def text(*rows: Any, **head: Any) -> str:
    """The rows, behind a first line with these parts; a Parallel is put above them all."""
    return marks.framed([json.dumps({**HEAD, **head}), json.dumps([ROOT, *rows])])


def one(command: str, name: str = "a", **own: Any) -> str:
    """One Exec with these attributes; an `image` that is a dict is what an Image is made of."""
    images = [own["image"]] if isinstance(own.get("image"), dict) else []
    if images:
        own["image"] = 0
    return text([0, 0, name, command, *([0] if own else [])], images=images, attributes=[own] if own else [])


def raw(*lines: str | bytes) -> bytes:
    """Any lines between the marker lines."""
    made = [line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass") for line in lines]
    return b"\n".join([b"", marks.BEGIN.encode(), *made, marks.END.encode(), b""])


def packed(data: bytes) -> bytes:
    """Compressed as a pipeline is, between the marker lines."""
    coded = base64.b64encode(data)
    return raw(*(b"zlib " + coded[at : at + 4_000] for at in range(0, len(coded), 4_000)))


def bomb(line: bytes, times: int, head: bytes = json.dumps(HEAD).encode() + b"\n") -> bytes:
    """A line that often, behind a first one, compressed without ever standing there whole."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(head), *(packer.compress(line) for _ in range(times)), packer.flush()]
    return packed(b"".join(parts))
