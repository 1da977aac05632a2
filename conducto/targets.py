"""What a target is: the seam between the compiler and its emitters, ours and other people's alike."""

from __future__ import annotations

import contextlib
import functools
import sys
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
    Tuple,
)

from .diagnostics import ConductoError, Diagnostic, Report, did_you_mean, our_bug

if TYPE_CHECKING:
    from .ir.plan import Origin, Plan

#: Output path -> text. A path is relative to the repository's root, with `/` between its parts.
Files = Dict[str, str]

#: Plain dicts, lists (an OnDemand, too), texts, ints and bools: what an emitter decided, before it is text.
Document = Dict[str, Any]

#: The entry point group by which emitters are found.
GROUP = "conducto.targets"


class OnDemand(Sequence[Any]):
    """A list of a document whose items are made each time they are looked at: of all nodes together they would take more
    memory than the tree.
    """

    def __init__(self, make: Callable[[int], Any], numbers: Sequence[int]) -> None:
        """`make` gives the item for each of `numbers`, the same each time."""
        self._make, self._numbers = make, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: Any) -> Any:
        found = self._numbers[index]
        return [*map(self._make, found)] if isinstance(index, slice) else self._make(found)

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._numbers)


def whole(document: Document) -> Document:
    """A document with all that is on demand made, as JSON can carry it."""
    return {key: [*value] if isinstance(value, OnDemand) else value for key, value in document.items()}


class Limits(NamedTuple):
    """What a target can take, as data; None for no limit of its own.

    `file_bytes` of one output file, `depth` levels of the tree (root and leaf counted), `reserved_env` a regex of env
    names that the target itself sets where an Exec has no container, `needs_image` that every Exec must have a container,
    `needs_repository` that the default output has its place in a repository only, `least_memory` (MiB) of an Exec, `carries`
    that the files of an image's code go into the output (`Plan.files`), `checks_out` that they come from a checkout. `says`
    are the features (keys of `conducto.features.FEATURES`) that it can say exactly: what a plan asks for besides is refused,
    naming the node.
    """

    file_bytes: Optional[int] = None
    depth: Optional[int] = None
    reserved_env: Optional[str] = None
    needs_image: bool = False
    needs_repository: bool = False
    least_memory: Optional[int] = None
    carries: bool = False
    checks_out: bool = False
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


_MEMBERS = ("name", "title", "limits", "schema", "settings", "options", "output", "usage", "document", "render")


def names() -> List[str]:
    """The names of all targets that are installed, sorted."""
    return sorted({point.name for point in _points()})


def sequence(given: Sequence[str]) -> Tuple[str, ...]:
    """Target names as given by `--target a,b --target c`, each once, in the order given."""
    return tuple(dict.fromkeys(part.strip() for name in given for part in name.split(",") if part.strip()))


def get(name: str) -> Emitter:
    """The emitter of target `name`.

    Raises ConductoError: C401 for a target that is not there, C419 for one that two distributions have, that fails to
    import or is no emitter (naming its distribution).
    """
    found = [point for point in _points() if point.name == name]
    homes = sorted({_distribution(point) for point in found})
    if len(homes) > 1:
        message = f"{' and '.join(homes)} each have a target `{name}`"
        raise ConductoError(Diagnostic("C419", message, help="remove all but one"))
    if found:
        return _load(found[0])
    help = did_you_mean(name, names()) or f"the targets here are {', '.join(names())}"
    raise ConductoError(Diagnostic("C401", f"there is no target `{name}`", help=help))


@contextlib.contextmanager
def naming(emitter: Emitter) -> Iterator[None]:
    """What somebody else's emitter raises is told as its distribution's (C419); what one of ours does, goes through."""
    try:
        yield
    except ConductoError:
        raise
    except Exception as error:
        if _is_ours(emitter):
            raise
        import traceback

        from .raised import text_of

        last = traceback.extract_tb(error.__traceback__)[-1]
        notes = (f"at {last.filename}:{last.lineno}, in {last.name}",)
        raise ConductoError(
            _fault_of_another(emitter, f"failed: {type(error).__name__}: {text_of(error)}", notes)
        ) from error


def fault(emitter: Emitter, what: str) -> Diagnostic:
    """What is wrong with an emitter: a bug of conducto's (C901), or of the distribution that it is from (C419)."""
    if _is_ours(emitter):
        return our_bug(f"target `{emitter.name}` {what}")
    return _fault_of_another(emitter, what)


def _is_ours(emitter: Emitter) -> bool:
    return type(emitter).__module__.startswith(f"{__package__}.")


def _fault_of_another(emitter: Emitter, what: str, notes: Tuple[str, ...] = ()) -> Diagnostic:
    homes = [_distribution(point) for point in _points() if point.name == emitter.name]
    message = f"target `{emitter.name}` of {', '.join(homes)} {what}"
    return Diagnostic("C419", message, notes=notes, help="report it there, or remove it")


def _load(point: Any) -> Emitter:
    where = f"target `{point.name}` of {_distribution(point)}"
    help = "install it again, or remove it"
    try:
        emitter: Emitter = point.load()()
    except (Exception, SystemExit) as error:
        from .raised import text_of

        message = f"{where} failed to load: {type(error).__name__}: {text_of(error)}"
        raise ConductoError(Diagnostic("C419", message, help=help)) from error
    lacks = [member for member in _MEMBERS if not hasattr(emitter, member)]
    if lacks:
        raise ConductoError(Diagnostic("C419", f"{where} is no emitter: it has no `{lacks[0]}`", help=help))
    return emitter


@functools.lru_cache(maxsize=None)
def _points() -> Tuple[Any, ...]:
    """Read once: all that is installed is looked through."""
    from importlib.metadata import entry_points

    if sys.version_info >= (3, 10):
        return tuple(entry_points(group=GROUP))
    return tuple(entry_points().get(GROUP, ()))


def _distribution(point: Any) -> str:
    dist = getattr(point, "dist", None)  # Python 3.9 does not tell
    return dist.name if dist is not None else "an unknown distribution"
