"""How long a launched pipeline is kept: until so many days have passed in which nothing happened to it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

from ..source import shown_path
from .folder import Folder, held, runner
from .options import Options

_DAY = 24 * 60 * 60
_VERSION = 1


def note(folder: Folder, options: Options, source: str) -> None:
    """Write down in the folder how it was launched; it is this that makes it a folder which may be deleted."""
    told = {"version": _VERSION, "source": source, "retention": options.retention}
    told["sleep_when_done"] = options.sleep_when_done
    with open(f"{folder.record}.new", "w", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")
    os.replace(f"{folder.record}.new", folder.record)


def delete_expired(home: str) -> list[str]:
    """Delete each folder in `home` where nothing has happened for longer than its retention, and which is not being run.

    What was done, for people.
    """
    said = []
    for folder in list(_folders(home)):
        with held(folder, wait=False) as ours:
            idle = _idle(folder) if ours and runner(folder) is None else None
            if idle is not None:
                gone = _delete(folder)
                what = "deleted" if gone else "could not delete all of"
                said.append(f"{what} {shown_path(folder.path)}: nothing happened there for {idle:.0f} days")
    return said


def _folders(home: str) -> Iterator[Folder]:
    """The folders in `home` that a launch made."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(home) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            folder = Folder(entry.path)
            if entry.is_dir(follow_symlinks=False) and os.path.isfile(folder.record):
                yield folder


def _idle(folder: Folder) -> float | None:
    """The days since something happened in a folder, where they are more than its retention; else None."""
    retention = _retention(folder)
    if retention is None:
        return None
    days = (time.time() - last_activity(folder)) / _DAY
    return days if days > retention else None


def _retention(folder: Folder) -> float | None:
    """As it was noted; None for what no release of this kind has noted."""
    try:
        with open(folder.record, encoding="utf-8") as file:
            told: Any = json.load(file)
    except (OSError, ValueError):
        return None
    days = told.get("retention") if isinstance(told, dict) and told.get("version") == _VERSION else None
    return days if isinstance(days, (int, float)) and not isinstance(days, bool) else None


def last_activity(folder: Folder) -> float:
    """When it was launched, or when a run of it last began, had a node end, or ended; seconds since 1970.

    The folders of the state change with every node, so no look at each file is needed.
    """
    paths = [folder.record, folder.output, folder.makefile, folder.state]
    with contextlib.suppress(OSError):
        paths += [entry.path for entry in os.scandir(folder.state)]
    times = [0.0]
    for path in paths:
        with contextlib.suppress(OSError):
            times.append(os.lstat(path).st_mtime)
    return max(times)


def _delete(folder: Folder) -> bool:
    """Delete a folder, its record last, so that what cannot be deleted stays known as ours; whether all of it is gone."""
    for entry in list(os.scandir(folder.path)):
        if entry.path == folder.record:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.path)
    with contextlib.suppress(OSError):
        if os.listdir(folder.path) == [os.path.basename(folder.record)]:
            os.unlink(folder.record)
            os.rmdir(folder.path)
            return True
    return False
