"""Where things are: the image of nodes without one, and from the makefile the source's folder and the repository."""

from __future__ import annotations

import posixpath
from typing import Dict, List

from conducto.diagnostics import Report
from conducto.ir.images import ImageSpec
from conducto.ir.plan import Plan
from conducto.targets import Document

from . import make_text

#: From the root of a repository.
USER_DATA = ".conducto/data/user"


def document(plan: Plan, report: Report) -> Dict[str, str]:
    """`default_image` where nodes were given none, `user_data` where nodes may share data, `folder`, and `root` where images are
    made of files; the last two only if they can be told, else C312 or C314 warns of a node that will not find them.
    """
    places: Dict[str, str] = {"user_data": _user_data(plan)} if plan.data else {}
    rows = [(number, plan.rows[number]) for number in plan.leaves()]
    free = [number for number, row in rows if row.is_free]
    if free:
        default = plan.rows[free[0]].image
        places["default_image"] = default.base if default else ""
    of_files = [number for number, row in rows if row.lazy or (row.image and (row.runtime or _of_files(row.image)))]
    if not plan.origin.output.startswith("../"):
        folder = f"/{posixpath.dirname(plan.origin.output)}"
        places["folder"] = posixpath.relpath(f"/{plan.origin.folder}", folder)
        if of_files:
            places["root"] = posixpath.relpath("/", folder)
        return places
    if free and not places["default_image"]:
        message = (
            "this node runs without a container, and from a makefile outside of the repository its folder is not known"
        )
        _warn(plan, free[0], "C312", message, "run it by `make FOLDER=path`", report)
    if of_files:
        message = (
            "what this node needs is made of files, and from a makefile outside of the repository these are not found"
        )
        _warn(plan, of_files[0], "C314", message, "run it by `make ROOT=path`", report)
    return places


def lines(document: Document) -> List[str]:
    """The settings, each with what it is before it."""
    found: List[str] = []
    if "default_image" in document:
        found += make_text.assignment("DEFAULT_IMAGE", document["default_image"])
    found += make_text.assignment("FOLDER", document.get("folder", ""))
    if "user_data" in document:
        found += ["# What outlives runs of the data that nodes share (`/conducto/data/user`):"]
        found += make_text.assignment("USER_DATA", document["user_data"])
    if "root" in document:
        found += ["# The repository, where the files lie that images are made of:"]
        found += make_text.assignment("ROOT", document["root"])
    return found


def _user_data(plan: Plan) -> str:
    """The folder of what outlives runs: one for all pipelines of a repository."""
    output = plan.origin.output
    folder = "" if output.startswith("../") else posixpath.relpath("/", f"/{posixpath.dirname(output)}")
    return posixpath.normpath(posixpath.join(folder, USER_DATA))


def _of_files(image: ImageSpec) -> bool:
    return bool(
        image.dockerfile or image.context is not None or (image.code is not None and image.code.kind == "folder")
    )


def _warn(plan: Plan, number: int, code: str, message: str, help: str, report: Report) -> None:
    report.warning(code, message, node=plan.path(number), site=plan.rows[number].site, help=help)
