"""`co.relpath`: a path of this machine in a command, as a word that stands for it until the image of the node is known."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import calling, source
from .blame import blame, carried, exact, said
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError

#: Such a word has letters, digits and `_` alone, so that quoting, splitting, joining and dedenting all leave it as it is.
LEAD = "conducto_relpath_"
_SHAPE = f"{LEAD}[0-9a-f]{{20}}_"

#: Each word that was given out, with the absolute path that it stands for. Only these count: any other text is a user's.
_known: Dict[str, str] = {}


class Unsure(Exception):
    """A path that needs quotes stands where nobody can tell which; `file` is the absolute one."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file


def relpath(path: "str | os.PathLike[str]") -> str:
    """A word for a local file or folder that may stand anywhere in a command: where the command runs there is its path in the
    image, as `copy_dir`, `copy_repo`, `copy_url` or `path_map` tell it. Nothing need be there yet.

    A relative path is relative to the file that calls. Between quotes the path stands as it is, outside of them quoted where it
    must be. Raises ConductoTypeError or ConductoValueError (C160) for what is no path.
    """
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    pick, help = source.argument("path", 0), 'write `co.relpath("data/a.csv")`'
    if not isinstance(text, str):
        raise blame(ConductoTypeError, "C160", f"a path is a text, and this is {said(path)}", pick, help=help)
    if not text:
        raise blame(
            ConductoValueError, "C160", "a path cannot be empty", pick, help='write `"."` for the folder itself'
        )
    carried("this path", text, pick)
    return word(os.path.realpath(calling.located(exact(text), source.user_site())))


def word(file: str) -> str:
    """The word that stands for an absolute path of this machine."""
    import hashlib

    found = f"{LEAD}{hashlib.sha256(os.fsencode(file)).hexdigest()[:20]}_"
    _known[found] = file
    return found


def is_word(text: Any) -> bool:
    """Whether a text is such a word, of this process or another."""
    return isinstance(text, str) and re.fullmatch(_SHAPE, text) is not None


def words(text: str) -> List[str]:
    """The words in a text, of this process, in order."""
    return [found for found in re.findall(_SHAPE, text) if found in _known] if LEAD in text else []


def files(text: str) -> List[str]:
    """The absolute paths that stand in a text, in order."""
    return [_known[found] for found in words(text)]


def replaced(text: str, by: Callable[[str], str]) -> str:
    """`text` with `by` of the absolute path for each word in it."""
    if LEAD not in text:
        return text
    return re.sub(_SHAPE, lambda found: by(_known[found[0]]) if found[0] in _known else found[0], text)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """`text` with the words of this process for those of another: `names` are the other's, each with ours."""
    return re.sub(_SHAPE, lambda found: names.get(found[0], found[0]), text)


def script(text: str, by: Callable[[str], str]) -> str:
    """The script of a shell with `by` of the absolute path for each word in it, quoted as it must be there.

    Raises Unsure where that cannot be told.
    """
    from . import quoting

    parts: List[str] = []
    place = 0
    for found in re.finditer(_SHAPE, text):
        if found[0] in _known:
            parts.append(text[place : found.start()])
            put = quoting.put("".join(parts), _spelled(by(_known[found[0]])))
            if put is None:
                raise Unsure(_known[found[0]])
            parts.append(put)
            place = found.end()
    return "".join([*parts, text[place:]])


def _spelled(path: str) -> str:
    """A path as people write it in a command: with a `./` only where it would be an option without."""
    plain = path[2:] if path.startswith("./") else path
    return f"./{plain}" if plain.startswith("-") else plain


def refuse(what: str, text: str, pick: Optional[source.Pick]) -> None:
    """Raise ConductoValueError (C163) where a path stands in a text that is no command; `what` is how people call it."""
    if LEAD in text and files(text):
        raise _elsewhere(what, files(text)[0], pick)


def _elsewhere(what: str, file: str, pick: Optional[source.Pick]) -> ConductoError:
    name = os.path.basename(file)
    message = f"{what} holds a path of `co.relpath`, to {name}, which is known in a command alone"
    help = "write it into the command: `NAME=... program`, say, for a variable"
    return blame(ConductoValueError, "C163", message, pick, help=help)
