"""Generated files on disk: written whole or not at all, never over what is not ours; compared for --check."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import header, runtime
from .diagnostics import ConductoError, Diagnostic
from .header import Maker
from .source import locate, shown_path
from .text import comment


class File(NamedTuple):
    """A file as it shall be: its absolute path, what it holds, and by whom it says that it was made.

    The runtime file (`maker` None) says nothing of the kind; it is a program, which the others are not.
    """

    path: str
    data: bytes
    maker: Maker | None

    @property
    def program(self) -> bool:
        """Whether it can be executed."""
        return self.maker is None


def write(files: Sequence[File], force: bool = False) -> list[str]:
    """Write files, all or none, each by a rename; the paths that changed.

    Raises ConductoError: C410 a file is there that was not made by the maker (without `force`), C418 a file cannot be written,
    C426 the runtime file is of a later release (without `force`).
    """
    if not force:
        refuse_foreign(files)
    changed = {os.path.realpath(file.path): file for file in files if not _is_there(file)}
    staged: dict[str, str] = {}
    try:
        for path, file in changed.items():
            staged[path] = _stage(path, file)
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


def refuse_foreign(files: Iterable[File]) -> None:
    """Raise ConductoError with a C410 or C426 for every path where something lies that must not be replaced."""
    found = [complaint for file in files if (complaint := _foreign(file)) is not None]
    if found:
        raise ConductoError(*found)


def _foreign(file: File) -> Diagnostic | None:
    path, maker = file.path, file.maker
    data = _read(path)
    if data is None:
        return None
    if maker is None:
        return runtime.refusal(path, data)
    made_from = header.maker(data.decode(errors="replace"))
    if made_from == Maker(comment(maker.source), maker.function):
        return None
    if made_from is None:
        message = f"{shown_path(path)} was not made by conducto"
    else:
        message = f"{shown_path(path)} was made from {made_from.source}, {made_from.function}"
    notes = (f"this would be made from {maker.source}, {maker.function}",)
    help = "give another path by `-o` (of a project's pipeline, by its `output`), or overwrite it with `--force`"
    return Diagnostic("C410", message, location=locate(path, 1), notes=notes, help=help)


def _read(path: str) -> bytes | None:
    """What lies at `path`, None for nothing. Raises ConductoError C418 for what is there and is no file, or cannot be read."""
    if os.path.exists(path) and not os.path.isfile(path):
        what = "a folder" if os.path.isdir(path) else "no regular file"
        help = "move it away, or give the path of a file by `-o` (`-o -` is standard output)"
        raise ConductoError(Diagnostic("C418", f"{shown_path(path)} is {what}", help=help))
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"cannot read {shown_path(path)}: {error.strerror}"
        raise ConductoError(Diagnostic("C418", message, help="give another path by `-o`")) from error


def _is_there(file: File) -> bool:
    return _read(file.path) == file.data and (not file.program or _executable(file.path))


def _executable(path: str) -> bool:
    return os.stat(path).st_mode & 0o100 > 0


def _stage(path: str, file: File) -> str:
    """A temporary file beside `path` that holds the data and has the mode of the file it is to replace."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".conducto-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as staged:
            staged.write(file.data)
        os.chmod(temporary, 0o755 if file.program else _mode(path))
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


def difference(files: Iterable[File]) -> str:
    """A unified diff from what lies on disk to the files; "" where nothing differs."""
    return "".join(map(_diff, files))


def _lines(text: str) -> list[str]:
    r"""The lines of `text`, which end in `\n` and at nothing else that str.splitlines takes for an end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _diff(file: File) -> str:
    data, name = _read(file.path), shown_path(file.path)
    before = "/dev/null" if data is None else name
    if file.program:
        return "" if data is not None and _is_there(file) else _said_of_program(file, data, before, name)
    if data == file.data:
        return ""
    there = [] if data is None else _lines(data.decode(errors="backslashreplace"))
    lines = difflib.unified_diff(there, _lines(file.data.decode()), before, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _said_of_program(file: File, data: bytes | None, before: str, name: str) -> str:
    """What is said where diff and git have no words for a difference of text."""
    if data == file.data:
        return f"{name} is not executable\n"
    return f"Binary files {before} and {name} differ\n"
