"""The runtime file: one executable archive of what a running pipeline needs of conducto, for containers that hold no more than
python3. Made of this installation's own modules; the same bytes on every machine.
"""

from __future__ import annotations

import functools
import importlib.resources
import io
import os
import re
import stat
import subprocess
import zipfile
from typing import Dict, Iterator, Optional, Tuple

from .diagnostics import Diagnostic
from .ir.images import RUNTIME_FILE
from .repository import Repository
from .source import locate, shown_path

#: What generated files and the runtime file agree on. Raise it when what is generated from now on would not run with a file made
#: before: a command line, a spelling of arguments, a variable, or a format that an older one does not take. Compile then
#: replaces older files. What a running pipeline does not notice (an error's text, say) is no reason.
INTERFACE = 2

#: Modules of `conducto` that nothing needs where a pipeline runs: the compiler.
COMPILER = frozenset(
    (
        *("carried", "cli", "code", "compile", "config", "config_keys", "git_index", "header", "limits", "needed"),
        *("options", "orphans", "output", "pipelines", "place", "progress", "pyproject", "release", "runtime"),
        *("templating", "testing", "version", "ir.show"),
        *(f"backends.make_{name}" for name in ("about", "engine", "places", "schema")),
    )
)

#: The packages that are in it.
_PACKAGES = ("conducto", "conducto.data", "conducto.ir", "conducto.wire", "conducto.backends")

_PYTHON = b"#!/usr/bin/env python3\n"
_MAIN = "import sys\n\nfrom conducto.__main__ import main\n\nsys.exit(main())\n"
#: What tells the interface.
_METADATA = "conducto_runtime.dist-info/METADATA"


def path(home: Repository) -> str:
    """Where the runtime file of a repository is; without one, of a pipeline's folder."""
    return home.absolute(RUNTIME_FILE)


def current(path: str) -> bytes:
    """The runtime file that lies at `path`, where it has this interface; else the one of this release."""
    try:
        with open(path, "rb") as file:
            there = file.read()
    except OSError:
        return archive()
    return there if interface(there) == INTERFACE else archive()


def refusal(path: str, there: bytes) -> Optional[Diagnostic]:
    """Why the runtime file must not replace what lies at `path` (C410 not ours, C426 a later one); None if it may."""
    found = interface(there)
    if found is None:
        message, help = "was not made by conducto", "move it away, or overwrite it with `--force`"
        return Diagnostic("C410", f"{shown_path(path)} {message}", location=locate(path, 1), help=help)
    if found > INTERFACE:
        message = f"{shown_path(path)} was made by a later release (interface {found}, and this one has {INTERFACE})"
        return Diagnostic("C426", message, help="install a later conducto-compiler, or overwrite it with `--force`")
    return None


def ignored(path: str) -> Optional[Diagnostic]:
    """The warning (C428) that git ignores the runtime file, so that nobody else would have it; None where it does not."""
    folder, name = os.path.split(path)
    words = [
        "git",
        "-C",
        os.path.dirname(folder),
        "check-ignore",
        "--quiet",
        os.path.join(os.path.basename(folder), name),
    ]
    try:
        status = subprocess.run(words, capture_output=True, check=False).returncode
    except OSError:
        return None
    message = f"git ignores {shown_path(path)}, which must be committed with the generated files"
    help = "except it in .gitignore: `!.conducto/runtime.pyz`"
    return Diagnostic("C428", message, help=help, severity="warning") if status == 0 else None


def interface(data: bytes) -> Optional[int]:
    """The interface of a runtime file, or None for what is none, or is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            if not data.startswith(_PYTHON) or opened.testzip() is not None:
                return None
            found = re.search(r"^Version: ([0-9]+)$", opened.read(_METADATA).decode(), re.MULTILINE)
    except Exception:  # whatever is the matter with it, we did not make it so
        return None
    return int(found[1]) if found else None


@functools.lru_cache(maxsize=None)
def archive() -> bytes:
    """The runtime file of this release: stored, not compressed, as two versions of zlib do not give the same bytes."""
    buffer = io.BytesIO(_PYTHON)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, content in sorted(members().items()):
            entry = zipfile.ZipInfo(name)  # of 1980-01-01
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            opened.writestr(entry, content)
    return buffer.getvalue()


def members() -> Dict[str, bytes]:
    """Path inside the archive -> content."""
    metadata = f"Metadata-Version: 2.1\nName: conducto-runtime\nVersion: {INTERFACE}\n"
    return {"__main__.py": _MAIN.encode(), _METADATA: metadata.encode(), **dict(_modules())}


def _modules() -> Iterator[Tuple[str, bytes]]:
    for package in _PACKAGES:
        lead = package[len("conducto.") :] and f"{package[len('conducto.') :]}."
        for file in importlib.resources.files(package).iterdir():
            stem, _, suffix = file.name.partition(".")
            if suffix in ("py", "schema.json") and _is_needed(f"{lead}{stem}"):
                # A checkout on Windows may end lines otherwise.
                yield f"{package.replace('.', '/')}/{file.name}", file.read_bytes().replace(b"\r\n", b"\n")


def _is_needed(module: str) -> bool:
    """Of the targets only what makes rules of a pipeline that was generated: see backends/make_grown.py."""
    if module.startswith("backends.") and not module.startswith(("backends.make_", "backends.__init__")):
        return False
    return module not in COMPILER
