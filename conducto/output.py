"""Generated files on disk: written whole or not at all, never over what is not ours; compared for --check."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping

from . import header
from .diagnostics import ConductoError, Diagnostic
from .header import Maker
from .source import locate, shown_path
from .text import comment


def write(files: Mapping[str, str], maker: Maker, force: bool = False) -> list[str]:
    """Write path -> text, all or none, each by a rename; the paths that changed.

    Raises ConductoError: C410 a file is there that was not made by `maker` (without `force`), C418 a file cannot be written.
    """
    if not force:
        refuse_foreign(files, maker)
    changed = {os.path.realpath(path): text for path, text in files.items() if _read(path) != text.encode()}
    staged: dict[str, str] = {}
    try:
        for path, text in changed.items():
            staged[path] = _stage(path, text)
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except OSError as error:
        path = next((path for path in changed if path not in staged), next(iter(changed)))
        message = f"cannot write {shown_path(path)}: {error.strerror}"
        raise ConductoError(Diagnostic("C418", message, help="give another path by `-o`")) from error
    finally:
        for temporary in staged.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    return list(changed)


def refuse_foreign(paths: Iterable[str], maker: Maker) -> None:
    """Raise ConductoError with a C410 for every path where something else than our own file from the same source lies."""
    found = [complaint for path in paths if (complaint := _foreign(path, maker)) is not None]
    if found:
        raise ConductoError(*found)


def _foreign(path: str, maker: Maker) -> Diagnostic | None:
    data = _read(path)
    if data is None:
        return None
    made_from = header.maker(data.decode(errors="replace"))
    if made_from == Maker(comment(maker.source), maker.function):
        return None
    if made_from is None:
        message = f"{shown_path(path)} was not made by conducto"
    else:
        message = f"{shown_path(path)} was made from {made_from.source}, {made_from.function}"
    notes = (f"this would be made from {maker.source}, {maker.function}",)
    help = "give another path by `-o`, or overwrite it with `--force`"
    return Diagnostic("C410", message, location=locate(path, 1), notes=notes, help=help)


def _read(path: str) -> bytes | None:
    """What lies at `path`, None for nothing. Raises ConductoError C418 for what is there and is no file, or cannot be read."""
    if os.path.exists(path) and not os.path.isfile(path):
        what = "a folder" if os.path.isdir(path) else "no regular file"
        help = "give the path of a file by `-o`, or `-o -` for standard output"
        raise ConductoError(Diagnostic("C418", f"{shown_path(path)} is {what}", help=help))
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"cannot read {shown_path(path)}: {error.strerror}"
        raise ConductoError(Diagnostic("C418", message, help="give another path by `-o`")) from error


def _stage(path: str, text: str) -> str:
    """A temporary file beside `path` that holds `text` and has the mode of the file it is to replace."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".conducto-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        os.chmod(temporary, _mode(path))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def difference(files: Mapping[str, str]) -> str:
    """A unified diff from what lies on disk to path -> text; "" where nothing differs."""
    return "".join(_diff(path, text) for path, text in files.items())


def _lines(text: str) -> list[str]:
    r"""The lines of `text`, which end in `\n` and at nothing else that str.splitlines takes for an end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _diff(path: str, text: str) -> str:
    data = _read(path)
    if data == text.encode():
        return ""
    there = [] if data is None else _lines(data.decode(errors="backslashreplace"))
    name = shown_path(path)
    before = "/dev/null" if data is None else name
    lines = difflib.unified_diff(there, _lines(text), before, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
