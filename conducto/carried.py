"""The files of copied code that a target writes into its own file: those that git tracks, and nothing else leaves the machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from . import code as copied
from .diagnostics import ConductoError, Report
from .ir.images import Code
from .ir.plan import File, Plan
from .repository import Repository
from .source import shown_path


def files(plan: Plan, home: Repository, report: Report) -> Mapping[Code, Sequence[File]]:
    """The files of each code of kind "folder" in a plan.

    Complains of code of which git does not tell (C207, C208), and of a file that cannot be read (C379).
    """
    found: dict[Code, Sequence[File]] = {}
    told: set[Code] = set()
    for number in plan.leaves():
        image = plan.rows[number].image
        code = image.code if image is not None else None
        if code is None or code.kind != "folder" or code in told:
            continue
        if code not in found:
            read = _read(plan, number, code, home, report)
            if read is None:
                told.add(code)
                continue
            found[code] = read
    return found


def _read(plan: Plan, number: int, code: Code, home: Repository, report: Report) -> Sequence[File] | None:
    try:
        paths = copied.files(home.root, code.folder, code.exclude, tracked_only=True)
        return [_file(os.path.join(home.root, code.folder), path) for path in paths]
    except ConductoError as error:
        report.diagnostics.extend(error.at(plan.path(number)).diagnostics)
    except OSError as error:
        message = f"cannot read {shown_path(str(error.filename))}, of this node's code: {error.strerror}"
        report.error("C379", message, node=plan.path(number), site=plan.rows[number].site, help="make it readable")
    return None


def _file(folder: str, path: str) -> File:
    full = os.path.join(folder, path)
    if os.path.islink(full):
        return File(path, "link", os.fsencode(os.readlink(full)))
    with open(full, "rb") as source:
        program = os.stat(source.fileno()).st_mode & 0o100
        return File(path, "program" if program else "file", source.read())
