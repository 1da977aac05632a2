"""Tree -> Tree: every command becomes the text that its container runs."""

from __future__ import annotations

import os
import re
from typing import Dict, List, Optional, Set, Tuple

from .. import paths, patterns
from ..call import Call
from ..diagnostics import Report
from ..repository import Repository
from ..text import MAX_BYTES
from .images import Code, ImageSpec
from .tree import Row, Tree

#: `conducto` as a word of a shell's text.
_OURS = re.compile(r"(?<![\w./-])conducto(?![\w.-])")


def translate(tree: Tree, home: Repository, folder: str, report: Report) -> Tree:
    """The tree with text alone for commands: of a call `conducto FILE FUNC --a=1`, FILE being its path where the command runs.

    `home` is the repository that paths of images are relative to, `folder` the one of the pipeline's file (from its root),
    where commands without a container start. Complains of a function whose file no image holds (C203) and of a command that
    is too long (C211); warns of a number for a parameter without a type (C202). A call that is complained of stays one.
    """
    translator = _Translator(tree, home, folder, report)
    rows = [translator.row(number, row) if row.kind == "exec" else row for number, row in enumerate(tree.rows)]
    return tree.with_rows(rows)


class _Translator:
    """Knows, for each file and image, the path inside."""

    def __init__(self, tree: Tree, home: Repository, folder: str, report: Report) -> None:
        self.tree = tree
        self.home = home
        self.folder = home.absolute(folder or ".")
        self.report = report
        self.paths: Dict[Tuple[str, int], Optional[str]] = {}
        self.told: Set[Tuple[str, str, str]] = set()

    def row(self, number: int, row: Row) -> Row:
        """An Exec with a text for its command."""
        if isinstance(row.command, Call):
            return self._called(number, row, row.command)
        if not isinstance(row.command, str):
            raise TypeError(f"a command of type {type(row.command).__name__} came through the front")
        carries = row.lazy or (row.image is not None and (row.image.code is not None or bool(row.image.paths)))
        if carries and "conducto" in row.command and _OURS.search(row.command):
            return row._replace(runtime=True)
        return row

    def _called(self, number: int, row: Row, call: Call) -> Row:
        self._tell_of_texts(number, row, call)
        path = self._path(row.image, call.file)
        if path is None:
            self._complain(number, row, call)
            return row
        command = call.command(path)
        if len(command.encode()) > MAX_BYTES:
            message = f"this command has {len(command.encode()):,} bytes, more than the {MAX_BYTES:,} that every target can carry"
            help = "pass less, or a file of the copied code"
            self.report.error("C211", message, node=self.tree.path(number), site=row.site, help=help)
        return row._replace(command=command, runtime=True)

    def _path(self, image: Optional[ImageSpec], file: str) -> Optional[str]:
        key = file, id(image)
        if key not in self.paths:
            start = self._start(image)
            if start is None:
                self.paths[key] = paths.inside(self._layout(image, file), file)
            else:
                self.paths[key] = os.path.relpath(file, start).replace(os.sep, "/")
        return self.paths[key]

    def _start(self, image: Optional[ImageSpec]) -> Optional[str]:
        """The folder of this machine where the commands of an image without a container start; None for a container."""
        if image is None:
            return os.path.realpath(self.folder)
        if image.base or image.from_dockerfile or image.code is None or image.code.kind == "clone":
            return None
        return os.path.realpath(self.home.absolute(image.code.folder or ".") if image.workdir else self.folder)

    def _layout(self, image: Optional[ImageSpec], file: str) -> paths.Layout:
        """Which files of this machine an image has, with paths of this machine; without its code where that leaves `file` out."""
        if image is None:
            return paths.Layout()
        mapped = tuple((self.home.absolute(outer or "."), inner) for outer, inner in image.paths)
        clone = image.code is not None and image.code.kind == "clone"
        folder = None
        if image.code is not None and not clone and not self._left_out(image.code, file):
            folder = self.home.absolute(image.code.folder or ".")
        return paths.Layout(folder, clone, mapped, image.workdir)

    def _left_out(self, code: Code, file: str) -> bool:
        """Whether `exclude` of copied code names a file of this machine."""
        path = os.path.relpath(file, os.path.realpath(self.home.absolute(code.folder or "."))).replace(os.sep, "/")
        rules = [patterns.parse(pattern) for pattern in code.exclude]
        return not list(patterns.remaining(rules, [path]))

    # --- what is wrong ------------------------------------------------------------------------------------------------

    def _complain(self, number: int, row: Row, call: Call) -> None:
        file, copy, image = self.home.relative(call.file), self._copy(call.file), row.image
        if image is None or (not row.chosen and image.code is None and not image.paths):
            message = f"`{call.function}` runs in a container, but no image says where {file} lands in it"
            note = f"the image is the default one, {image.shown}" if image else "there is no image"
            help = f"give a parent an image that carries the code: `co.Serial(image=co.Image({copy}))`"
        else:
            message = f"`{call.function}` runs in image {image.shown}, which does not say where it has {file}"
            note = _holds(image)
            help = f"add {copy} to its `co.Image`, or the place where it has the file: `path_map={{...}}`"
        if image is not None and image.code is not None and self._left_out(image.code, call.file):
            note, help = "its `exclude` leaves that file out", "take it out of `exclude`"
        node = self.tree.path(number)
        self.report.error("C203", message, node=node, site=row.site, notes=(note,), help=help)

    def _copy(self, file: str) -> str:
        """What would bring the file into an image: of the pipeline's folder where that holds it."""
        relative = os.path.relpath(os.path.dirname(file), os.path.realpath(self.folder)).replace(os.sep, "/")
        return f'copy_dir="{relative if relative.startswith("..") else "."}"'

    def _tell_of_texts(self, number: int, row: Row, call: Call) -> None:
        for name in call.as_text:
            if (call.file, call.function, name) not in self.told:
                self.told.add((call.file, call.function, name))
                message = f"parameter `{name}` of `{call.function}` has no type, so that its value reaches it as a text"
                help = f"give it one: `{name}: int`, say"
                self.report.warning("C202", message, node=self.tree.path(number), site=row.site, help=help)


def _holds(image: ImageSpec) -> str:
    """What is known of an image's files, for people."""
    held: List[str] = [outer or "." for outer, _ in image.paths]
    if image.code is not None:
        held.append(image.code.url if image.code.kind == "clone" else image.code.folder or ".")
    return f"it has {' and '.join(held)} (from the repository's root)" if held else "it carries no code of this machine"
