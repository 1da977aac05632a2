"""A runtime file that counts as one and holds nothing: what is compiled beside it does not change with conducto's own text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from conducto import runtime
from conducto.ir.images import RUNTIME_FILE


def archive(interface: int | None = runtime.INTERFACE, main: str = "") -> bytes:
    """A runtime file of an interface, or (None) an archive that is no runtime file."""
    members = {"__main__.py": main}
    if interface is not None:
        members["conducto_runtime.dist-info/METADATA"] = f"Name: conducto-runtime\nVersion: {interface}\n"
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "a") as opened:
        for name, text in members.items():
            opened.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def put(folder: Path, data: bytes | None = None) -> Path:
    """The file in its place in a repository."""
    path = folder / RUNTIME_FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(archive() if data is None else data)
    path.chmod(0o755)
    return path
