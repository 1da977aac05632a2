"""Tree -> Tree: every command becomes the text that its container runs."""

from __future__ import annotations

import os
import re
from typing import Dict, List, Optional, Sequence, Set, Tuple

from .. import local_paths, misplaced, paths, patterns, quoting
from ..call import Call
from ..diagnostics import Report
from ..repository import Repository
from ..text import MAX_BYTES, shown
from . import shared
from .images import Code, ImageSpec
from .tree import Row, Tree

#: `conducto` as a word of a shell's text.
_OURS = re.compile(r"(?<![\w./-])conducto(?![\w.-])")

#: Those that quote as POSIX has it.
_SHELLS = ("ash", "bash", "busybox", "dash", "ksh", "mksh", "sh", "zsh")


def translate(tree: Tree, home: Repository, folder: str, report: Report) -> Tree:
    """The tree with text alone for commands: of a call `conducto FILE FUNC --a=1`, FILE being its path where the command runs.

    `home` is the repository that paths of images are relative to, `folder` the one of the pipeline's file (from its root),
    where commands without a container start; what `co.relpath` stands for likewise. Complains of a file that no image holds
    (C203), of a path that needs quotes where nobody can tell which (C212), and of a command that is too long (C211); warns of
    a number for a parameter without a type (C202). A command that is complained of stays as it was.
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
        self.rules: Dict[Code, List[patterns.Rule]] = {}
        self.told: Set[Tuple[str, str, str]] = set()

    def row(self, number: int, row: Row) -> Row:
        """An Exec with a text for its command."""
        if isinstance(row.command, Call):
            return self._called(number, row, row.command)
        if not isinstance(row.command, str):
            raise TypeError(f"a command of type {type(row.command).__name__} came through the front")
        if local_paths.words(row.command):
            row = self._placed(number, row, row.command)
        return self._with_runtime(row, row.script)

    def _with_runtime(self, row: Row, script: str) -> Row:
        """`row`, told whether its text calls conducto."""
        if row.data and shared.calls_conducto(script):
            return row._replace(runtime=True)
        carries = row.lazy or (row.image is not None and (row.image.code is not None or bool(row.image.paths)))
        return row._replace(runtime=True) if carries and "conducto" in script and _OURS.search(script) else row

    def _called(self, number: int, row: Row, call: Call) -> Row:
        self._tell_of_texts(number, row, call)
        if not self._are_there(number, row, call.files):
            return row
        for file in call.files[1:]:
            if re.search(r"[,\\]", self._known(row, file)):  # of an argument they may be more than themselves
                self._tell_of_quotes(number, row, file)
        return self._kept(number, row, call.command(lambda file: self._known(row, file)))._replace(runtime=True)

    def _placed(self, number: int, row: Row, command: str) -> Row:
        """An Exec whose text has paths of `co.relpath`, with those in its image."""
        if not self._are_there(number, row, local_paths.files(command)):
            return row
        for file in local_paths.files(command) if _is_odd(row.image) else ():
            if not quoting.is_plain(self._known(row, file)):
                self._tell_of_quotes(number, row, file)
                return row
        try:
            return self._kept(number, row, local_paths.script(command, lambda file: self._known(row, file)))
        except local_paths.Unsure as unsure:
            self._tell_of_quotes(number, row, unsure.file)
            return row

    def _kept(self, number: int, row: Row, command: str) -> Row:
        """`row` with its command as it is run."""
        size = len(command.encode())
        if size > MAX_BYTES:
            message = f"this command has {size:,} bytes, more than the {MAX_BYTES:,} that every target can carry"
            help = "pass less, or a file of the copied code"
            self.report.error("C211", message, node=self.tree.path(number), site=row.site, help=help)
        return row._replace(command=command)

    def _are_there(self, number: int, row: Row, files: Sequence[str]) -> bool:
        """Whether the image has all of these; complains of those that it has not. The first is the function's, of a call."""
        missing = [file for file in dict.fromkeys(files) if self._path(row.image, file) is None]
        for file in missing:
            self._complain(number, row, file)
        return not missing

    def _known(self, row: Row, file: str) -> str:
        """The path of a file that is there."""
        return self._path(row.image, file) or ""

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
        if image.is_container or (image.code is not None and image.code.kind == "clone"):
            return None
        if image.code is None or not image.workdir:
            return os.path.realpath(self.folder)
        return os.path.realpath(self.home.absolute(image.code.folder or "."))

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
        path += "/file" if os.path.isdir(file) else ""  # files alone are copied
        if code not in self.rules:
            self.rules[code] = [patterns.parse(pattern) for pattern in code.exclude]
        return not list(patterns.remaining(self.rules[code], [path]))

    # --- what is wrong ------------------------------------------------------------------------------------------------

    def _complain(self, number: int, row: Row, file: str) -> None:
        command, image = row.command, row.image
        who = f"`{command.function}`" if isinstance(command, Call) else "this command"
        named = not isinstance(command, Call) or file != command.file
        carries = image is not None and (image.code is not None or bool(image.paths))
        chosen = image.shown if image is not None and (row.chosen or carries) else None
        holds = _holds(image) if image else "there is no image"
        if image is not None and chosen is None:
            holds = f"the image is the default one, {image.shown}"
        wrong = misplaced.wrong(who, self.home.relative(file), chosen, holds, self._copy(file))
        help = wrong.help
        if image is not None and image.code is not None and self._left_out(image.code, file):
            wrong, help = wrong._replace(note="its `exclude` leaves that file out"), "take it out of `exclude`"
        notes = (*(("the command names it by `co.relpath`",) if named else ()), wrong.note)
        node = self.tree.path(number)
        self.report.error("C203", wrong.message, node=node, site=row.site, notes=notes, help=help)

    def _tell_of_quotes(self, number: int, row: Row, file: str) -> None:
        name = self.home.relative(file)
        message = f"the path {shown(name)} needs quotes, and it cannot be told which where `co.relpath` stands in this command"
        help = 'begin the command with `file={co.relpath(...)}` on a line of its own, and write `"$file"` here'
        self.report.error("C212", message, node=self.tree.path(number), site=row.site, help=help)

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


def _is_odd(image: Optional[ImageSpec]) -> bool:
    """Whether a shell runs the commands of which nobody knows how it quotes."""
    return image is not None and image.shell != "" and os.path.basename(image.shell) not in _SHELLS


def _holds(image: ImageSpec) -> str:
    """What is known of an image's files, for people."""
    held: List[str] = [outer or "." for outer, _ in image.paths]
    if image.code is not None:
        held.append(image.code.url if image.code.kind == "clone" else image.code.folder or ".")
    return f"it has {' and '.join(held)} (from the repository's root)" if held else "it carries no code of this machine"
