"""What a target is: the seam between the compiler and its emitters, ours and other people's alike."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Protocol, Sequence, Tuple

from .diagnostics import ConductoError, Diagnostic, Report, did_you_mean

if TYPE_CHECKING:
    from .ir.plan import Origin, Plan

#: Output path -> text. A path is relative to the repository's root, with `/` between its parts.
Files = Dict[str, str]

#: Plain dicts, lists, texts, ints and bools: what an emitter decided, before it is text.
Document = Dict[str, Any]

#: The entry point group by which emitters are found.
GROUP = "conducto.targets"


class Limits(NamedTuple):
    """What a target can take, as data; None for no limit of its own.

    `file_bytes` of one output file, `depth` levels of the tree (root and leaf counted), `reserved_env` a regex of env
    names that the target itself sets where an Exec has no container, `needs_image` that every Exec must have a container,
    `needs_repository` that the default output has its place in a repository only, `carries` that the files of an image's code
    go into the output (`Plan.files`). `says` are the features (keys of `conducto.features.FEATURES`) that it can say exactly:
    what a plan asks for besides is refused, naming the node.
    """

    file_bytes: Optional[int] = None
    depth: Optional[int] = None
    reserved_env: Optional[str] = None
    needs_image: bool = False
    needs_repository: bool = False
    carries: bool = False
    says: FrozenSet[str] = frozenset()


class Emitter(Protocol):
    """A target. A class with these members, named by an entry point in group `conducto.targets`, is a complete one.

    `name` is what `--target` takes, `title` how people call it; `limits` is checked before `document`; `schema` is a JSON
    schema (2020-12) of the document, or None; `settings` are the JSON schemas of the keys that `[tool.conducto.NAME]` may
    hold besides `default-image` and `allow-approximate`; `options` are those of the keys that a node's `options["NAME"]`
    may hold. `document` imports nothing outside the standard library.
    """

    name: str
    title: str
    limits: Limits
    schema: Optional[Mapping[str, Any]]
    settings: Mapping[str, Any]
    options: Mapping[str, Any]

    def output(self, origin: "Origin") -> str:
        """The path of the file that a plan of `origin` is written to by default, relative to the repository's root."""

    def usage(self, origin: "Origin") -> List[str]:
        """How to run the file at `origin.output`: lines for people, commands first, for the header."""

    def document(self, plan: "Plan", report: Report) -> Document:
        """The document of `plan`; what the target cannot say goes to `report` (C3xx), naming the node."""

    def render(self, document: Document) -> Files:
        """The files of `document`. The main file's path is `document["output"]`."""


def names() -> List[str]:
    """The names of all targets that are installed, sorted."""
    return sorted({point.name for point in _points()})


def sequence(given: Sequence[str]) -> Tuple[str, ...]:
    """Target names as given by `--target a,b --target c`, each once, in the order given."""
    return tuple(dict.fromkeys(part.strip() for name in given for part in name.split(",") if part.strip()))


def get(name: str) -> Emitter:
    """The emitter of target `name`.

    Raises ConductoError: C401 for a target that is not there, C419 for a plug-in that fails to import (naming its
    distribution).
    """
    for point in _points():
        if point.name == name:
            try:
                emitter: Emitter = point.load()()
            except Exception as error:
                message = f"target `{name}` of {_distribution(point)} failed to load: {type(error).__name__}: {error}"
                raise ConductoError(Diagnostic("C419", message, help="install it again, or remove it")) from error
            return emitter
    help = did_you_mean(name, names()) or f"the targets here are {', '.join(names())}"
    raise ConductoError(Diagnostic("C401", f"there is no target `{name}`", help=help))


def _points() -> List[Any]:
    from importlib.metadata import entry_points

    if sys.version_info >= (3, 10):
        return list(entry_points(group=GROUP))
    return list(entry_points().get(GROUP, ()))


def _distribution(point: Any) -> str:
    return point.dist.name if point.dist is not None else "an unknown distribution"
