"""What is wrong with a pipeline, as data: codes, places, words, and the exceptions that carry them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Iterable, NamedTuple, Optional, Tuple

if TYPE_CHECKING:
    from .source import Site


class Location(NamedTuple):
    """A stretch of one line of a file (or of the command line, where `file` is None).

    `line` counts from 1, `column` and `end_column` are characters from 0, the end exclusive; `text` is the whole line.
    """

    file: Optional[str]
    line: int
    column: int
    end_column: int
    text: str = ""


class Diagnostic(NamedTuple):
    """One complaint. `code` is C1xx building, C2xx resolving, C3xx the target cannot say it, C4xx command line, C9xx our bug.

    `message` says what is wrong, `notes` where from, only `help` what to do; `node` is the true path of the node, or
    "(new Exec)" for one that has no place in a tree yet.
    """

    code: str
    message: str
    node: Optional[str] = None
    location: Optional[Location] = None
    notes: Tuple[str, ...] = ()
    help: Optional[str] = None
    severity: str = "error"


class ConductoError(Exception):
    """Base of every error that conducto raises for what a user wrote; `diagnostics` holds what is wrong as data."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = diagnostics

    def at(self, node: str) -> "ConductoError":
        """The same error with `node` for the path of the node, where none was known yet."""
        return type(self)(*(said._replace(node=node) if said.node is None else said for said in self.diagnostics))

    def __str__(self) -> str:
        return "\n".join(_sentence(diagnostic) for diagnostic in self.diagnostics)


class ConductoTypeError(ConductoError, TypeError):
    """A value of the wrong type, or an argument that a constructor does not have."""


class ConductoValueError(ConductoError, ValueError):
    """A value out of range, a name that is taken, a node that cannot stand where it was put."""


class ConductoKeyError(ConductoError, KeyError):
    """A path that names no node."""


class ConductoAttributeError(ConductoError, AttributeError):
    """An attribute that nodes do not have."""


class ConductoGoneError(ConductoError, NotImplementedError):
    """Something that the service did which ran pipelines once, and that nothing here does."""


def _sentence(diagnostic: Diagnostic) -> str:
    text = f"{diagnostic.message} [{diagnostic.code}]"
    return f"{text} ({diagnostic.help})" if diagnostic.help else text


class Report:
    """Collects the diagnostics of a pass; `raise_errors` ends the pass where one of them is an error."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def error(self, code: str, message: str, **more: object) -> None:
        """Note an error: the run would differ from what was written."""
        self._add("error", code, message, more)

    def warning(self, code: str, message: str, **more: object) -> None:
        """Note a warning: only comfort is lost."""
        self._add("warning", code, message, more)

    def _add(self, severity: str, code: str, message: str, more: dict[str, object]) -> None:
        site: Optional["Site"] = more.pop("site", None)  # type: ignore[assignment]
        diagnostic = Diagnostic(code, message, severity=severity, **more)  # type: ignore[arg-type]
        if site is not None and diagnostic.location is None:
            diagnostic = diagnostic._replace(location=site.location())
        self.diagnostics.append(diagnostic)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity == "error")

    @property
    def once(self) -> tuple[Diagnostic, ...]:
        """Everything that was noted, what several targets say alike but once."""
        return tuple(dict.fromkeys(self.diagnostics))

    def raise_errors(self) -> None:
        """Raise ConductoError with every error collected so far, if there is one."""
        if self.errors:
            raise ConductoError(*dict.fromkeys(self.errors))


def our_bug(message: str) -> Diagnostic:
    """A C901: what only a mistake in conducto itself can bring about."""
    return Diagnostic("C901", message, help="this is a bug of conducto's: please report it")


_MOST_COMPARED, _MOST_WORDS = 100, 1_000


def nearest(word: str, known: Iterable[str]) -> Optional[str]:
    """The known word that `word` was probably meant to be, or None."""
    import difflib

    if len(word) > _MOST_COMPARED:
        return None
    # The time that this takes is the square of their lengths, and a pipeline from outside may have any names.
    words = [each for each in itertools.islice(known, _MOST_WORDS) if len(each) <= _MOST_COMPARED]
    found = difflib.get_close_matches(word, words, n=1)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> Optional[str]:
    """A help line naming the nearest known word, or None."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else None
