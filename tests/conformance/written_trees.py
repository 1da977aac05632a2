"""Trees with the outcome that the specification demands, each worked out by hand from the sentence it quotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

Tree = tuple[object, ...]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """One tree, the words that decide its outcome, and that outcome; execs are named by their paths.

    `before` holds (a, b) where a must have ended before b starts. A killed command leaves no end event:
    of such an a the last event there is (its start) must come before b's start.
    """

    title: str
    sentence: str
    tree: Tree
    status: str
    ran: frozenset[str]
    not_run: frozenset[str]
    before: frozenset[Pair]


def _flags(skip: bool, suppress: bool, keep_going: bool = False) -> frozenset[str]:
    """The flags of a node as the tuple format names them."""
    named = {"skip": skip, "suppress_errors": suppress, "keep_going": keep_going}
    return frozenset(name for name, on in named.items() if on)


def ex(name: str, behaviour: str = "ok", *, skip: bool = False, suppress: bool = False) -> Tree:
    """An exec."""
    return ("exec", name, behaviour, _flags(skip, suppress))


def serial(name: str, *children: Tree, skip: bool = False, suppress: bool = False, keep_going: bool = False) -> Tree:
    """A serial; keep_going is stop_on_error=False."""
    return ("serial", name, _flags(skip, suppress, keep_going), children)


def parallel(name: str, *children: Tree, skip: bool = False, suppress: bool = False) -> Tree:
    """A parallel."""
    return ("parallel", name, _flags(skip, suppress), children)


def chain(*paths: str) -> tuple[Pair, ...]:
    """Each path before the next."""
    return tuple(pairwise(paths))


def cross(firsts: Iterable[str], seconds: Iterable[str]) -> tuple[Pair, ...]:
    """Each of the first paths before each of the second."""
    return tuple(product(firsts, seconds))


def case(
    title: str,
    sentence: str,
    tree: Tree,
    status: str,
    *,
    ran: Iterable[str] = (),
    not_run: Iterable[str] = (),
    before: Iterable[Pair] = (),
) -> Written:
    """A Written whose sets are given as any iterables."""
    return Written(title, sentence, tree, status, frozenset(ran), frozenset(not_run), frozenset(before))


# The words of the specification that the cases rest on.
ORDER = "children in insertion order; the next starts only after the whole subtree of the one before has ended"
STOP = "`stop_on_error=True` (default): later children are not run."
KEEP = "`stop_on_error=False`: all children run, then it fails"
ALL_DONE = "all children done or skipped"
AT_ONCE = "all children at once, as far as the target has room"
RUN_ON = "a child failed; its siblings still run to their end first"
COUNTS_DONE = "**skipped** (counts as done)"
SKIP = "the whole subtree is not run and counts as done"
SKIP_ROOT = "`skip` on the root: nothing runs, done."
SUPPRESS = "the node counts as done although it failed."
STAYS = "What its failure stopped inside it stays stopped"
SUPPRESS_ROOT = "`suppress_errors` on the root: done whatever failed"
NOTHING = (
    "A tree with nothing to run (empty, or all skipped) compiles to the target's smallest valid file that ends done"
)
EMPTY = "empty Serial/Parallel"
EXIT_0 = "exit status 0"
OTHER_EXIT = "any other exit status"
KILLED = "any other exit status, killed"
LEFT = "It ends with its shell; what it left running is killed"
STDIN = "empty standard input"
OWN_NODES = "Names that differ only by case or Unicode form are different nodes everywhere"
DOTS = "`.`, `..` and 500 characters are allowed and never reach a file system, a job id or a label unmangled."
ANY_NAME = "any non-empty string without `/` or NUL"

_SERIAL = (
    case(
        "serial runs in insertion order, not by name",
        ORDER,
        serial("", ex("c"), ex("a"), ex("b")),
        "done",
        ran=("/c", "/a", "/b"),
        before=chain("/c", "/a", "/b"),
    ),
    case(
        "serial of twelve: 10 and 11 come after 9",
        ORDER,
        serial("", *(ex(str(number)) for number in range(12))),
        "done",
        ran=(f"/{number}" for number in range(12)),
        before=chain(*(f"/{number}" for number in range(12))),
    ),
    case(
        "serial stops at a failure in the middle",
        STOP,
        serial("", ex("a"), ex("b", "fail"), ex("c"), ex("d")),
        "failed",
        ran=("/a", "/b"),
        not_run=("/c", "/d"),
        before=chain("/a", "/b"),
    ),
    case(
        "serial stops at a failure of the first",
        STOP,
        serial("", ex("a", "fail"), ex("b"), parallel("P", ex("c"), serial("S", ex("d")))),
        "failed",
        ran=("/a",),
        not_run=("/b", "/P/c", "/P/S/d"),
    ),
    case(
        "serial whose last child fails has failed",
        STOP,
        serial("", ex("a"), ex("b", "fail")),
        "failed",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "the failure of an inner serial stops every serial above",
        STOP,
        serial("", serial("A", serial("B", ex("a", "fail"), ex("b")), ex("c")), ex("d")),
        "failed",
        ran=("/A/B/a",),
        not_run=("/A/B/b", "/A/c", "/d"),
    ),
    case(
        "a chain of groups with one exec, then a next one",
        ORDER,
        serial("", serial("A", parallel("B", serial("C", parallel("D", ex("a"))))), ex("b")),
        "done",
        ran=("/A/B/C/D/a", "/b"),
        before=chain("/A/B/C/D/a", "/b"),
    ),
    case(
        "one name in two groups is two nodes",
        ORDER,
        serial("", serial("A", ex("x")), serial("B", ex("x", "fail")), ex("x")),
        "failed",
        ran=("/A/x", "/B/x"),
        not_run=("/x",),
        before=chain("/A/x", "/B/x"),
    ),
)

_KEEP_GOING = (
    case(
        "keep going: all run in order, then it fails",
        KEEP,
        serial("", ex("a", "fail"), ex("b"), ex("c", "fail"), ex("d"), keep_going=True),
        "failed",
        ran=("/a", "/b", "/c", "/d"),
        before=chain("/a", "/b", "/c", "/d"),
    ),
    case(
        "keep going: a last child that is done hides no failure",
        KEEP,
        serial("", ex("a", "fail"), ex("b"), keep_going=True),
        "failed",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "keep going without a failure is done",
        ALL_DONE,
        serial("", ex("a"), ex("b"), keep_going=True),
        "done",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "keep going inside a stopping serial: all inside run, nothing after",
        KEEP,
        serial("", ex("a"), serial("K", ex("b", "fail"), ex("c"), ex("d"), keep_going=True), ex("e")),
        "failed",
        ran=("/a", "/K/b", "/K/c", "/K/d"),
        not_run=("/e",),
        before=chain("/a", "/K/b", "/K/c", "/K/d"),
    ),
    case(
        "a stopping serial inside keep going: it stops, the next child runs",
        KEEP,
        serial("", serial("S", ex("a", "fail"), ex("b")), ex("c"), keep_going=True),
        "failed",
        ran=("/S/a", "/c"),
        not_run=("/S/b",),
        before=chain("/S/a", "/c"),
    ),
    case(
        "keep going inside keep going",
        KEEP,
        serial(
            "",
            serial("K", ex("a", "fail"), ex("b", "fail"), ex("c"), keep_going=True),
            serial("L", ex("d"), ex("e", "fail"), keep_going=True),
            ex("f"),
            keep_going=True,
        ),
        "failed",
        ran=("/K/a", "/K/b", "/K/c", "/L/d", "/L/e", "/f"),
        before=chain("/K/a", "/K/b", "/K/c", "/L/d", "/L/e", "/f"),
    ),
    case(
        "keep going is not inherited by an inner serial, however deep",
        STOP,
        serial(
            "",
            serial("A", serial("B", ex("a", "fail"), ex("b")), ex("c")),
            parallel("P", serial("C", ex("d", "fail"), ex("e"))),
            ex("f"),
            keep_going=True,
        ),
        "failed",
        ran=("/A/B/a", "/P/C/d", "/f"),
        not_run=("/A/B/b", "/A/c", "/P/C/e"),
        before=chain("/A/B/a", "/P/C/d", "/f"),
    ),
    case(
        "keep going waits for the whole of a failed parallel",
        ORDER,
        serial(
            "",
            parallel("P", ex("a", "fail"), serial("S", ex("b"), ex("c"))),
            ex("d"),
            keep_going=True,
        ),
        "failed",
        ran=("/P/a", "/P/S/b", "/P/S/c", "/d"),
        before=(*chain("/P/S/b", "/P/S/c", "/d"), ("/P/a", "/d")),
    ),
    case(
        "keep going: a parallel after a failure runs whole",
        KEEP,
        serial("", ex("a", "fail"), parallel("P", ex("b"), ex("c")), ex("d"), keep_going=True),
        "failed",
        ran=("/a", "/P/b", "/P/c", "/d"),
        before=(*cross(["/a"], ["/P/b", "/P/c"]), *cross(["/P/b", "/P/c"], ["/d"])),
    ),
)

_PARALLEL = (
    case(
        "parallel: all run, done",
        AT_ONCE,
        parallel("", ex("a"), ex("b"), ex("c")),
        "done",
        ran=("/a", "/b", "/c"),
    ),
    case(
        "parallel: the siblings of a failed child run",
        RUN_ON,
        parallel("", ex("a", "fail"), ex("b"), ex("c", "fail"), ex("d")),
        "failed",
        ran=("/a", "/b", "/c", "/d"),
    ),
    case(
        "parallel: a sibling serial runs on to its end after a failure",
        RUN_ON,
        parallel("", ex("a", "fail"), serial("S", ex("b"), ex("c"), ex("d"))),
        "failed",
        ran=("/a", "/S/b", "/S/c", "/S/d"),
        before=chain("/S/b", "/S/c", "/S/d"),
    ),
    case(
        "parallel of serials: each stops by itself",
        RUN_ON,
        parallel(
            "",
            serial("S", ex("a", "fail"), ex("b")),
            serial("T", ex("c"), ex("d"), ex("e", "fail"), ex("f")),
            serial("U", ex("g"), ex("h")),
        ),
        "failed",
        ran=("/S/a", "/T/c", "/T/d", "/T/e", "/U/g", "/U/h"),
        not_run=("/S/b", "/T/f"),
        before=(*chain("/T/c", "/T/d", "/T/e"), ("/U/g", "/U/h")),
    ),
    case(
        "a failed parallel stops the serial, its own siblings run",
        RUN_ON,
        serial("", parallel("P", ex("a", "fail"), serial("S", ex("b"), ex("c"))), ex("d")),
        "failed",
        ran=("/P/a", "/P/S/b", "/P/S/c"),
        not_run=("/d",),
        before=chain("/P/S/b", "/P/S/c"),
    ),
    case(
        "parallel in parallel: the failure of an inner child stops nobody",
        RUN_ON,
        parallel("", parallel("P", ex("a", "fail"), ex("b")), parallel("Q", ex("c"), serial("S", ex("d"), ex("e")))),
        "failed",
        ran=("/P/a", "/P/b", "/Q/c", "/Q/S/d", "/Q/S/e"),
        before=chain("/Q/S/d", "/Q/S/e"),
    ),
)

_SUBTREES = (
    case(
        "the next child waits for every branch of a parallel",
        ORDER,
        serial("", ex("a"), parallel("P", ex("b"), serial("S", ex("c"), ex("d")), parallel("Q", ex("e"))), ex("f")),
        "done",
        ran=("/a", "/P/b", "/P/S/c", "/P/S/d", "/P/Q/e", "/f"),
        before=(
            *cross(["/a"], ["/P/b", "/P/S/c", "/P/Q/e"]),
            ("/P/S/c", "/P/S/d"),
            *cross(["/P/b", "/P/S/d", "/P/Q/e"], ["/f"]),
        ),
    ),
    case(
        "parallel after parallel: every leaf of one before every leaf of the other",
        ORDER,
        serial("", parallel("P", ex("a"), ex("b"), ex("c")), parallel("Q", ex("d"), ex("e"))),
        "done",
        ran=("/P/a", "/P/b", "/P/c", "/Q/d", "/Q/e"),
        before=cross(["/P/a", "/P/b", "/P/c"], ["/Q/d", "/Q/e"]),
    ),
    case(
        "serials that end and begin with parallels of parallels",
        ORDER,
        serial(
            "",
            serial("A", ex("a"), parallel("P", ex("b"), parallel("Q", ex("c"), ex("d")))),
            serial("B", parallel("R", parallel("T", ex("e"), ex("f")), ex("g")), ex("h")),
        ),
        "done",
        ran=("/A/a", "/A/P/b", "/A/P/Q/c", "/A/P/Q/d", "/B/R/T/e", "/B/R/T/f", "/B/R/g", "/B/h"),
        before=(
            *cross(["/A/a"], ["/A/P/b", "/A/P/Q/c", "/A/P/Q/d"]),
            *cross(["/A/P/b", "/A/P/Q/c", "/A/P/Q/d"], ["/B/R/T/e", "/B/R/T/f", "/B/R/g"]),
            *cross(["/B/R/T/e", "/B/R/T/f", "/B/R/g"], ["/B/h"]),
        ),
    ),
    case(
        "a serial branch that failed is waited for like any other",
        ORDER,
        serial(
            "",
            parallel(
                "P",
                serial("S", ex("a"), ex("b", "fail"), ex("c")),
                serial("T", ex("d"), ex("e"), ex("f")),
                suppress=True,
            ),
            ex("g"),
        ),
        "done",
        ran=("/P/S/a", "/P/S/b", "/P/T/d", "/P/T/e", "/P/T/f", "/g"),
        not_run=("/P/S/c",),
        before=(*chain("/P/S/a", "/P/S/b", "/g"), *chain("/P/T/d", "/P/T/e", "/P/T/f", "/g")),
    ),
)

_EMPTY = (
    case(
        "an empty serial first",
        EMPTY,
        serial("", serial("E"), ex("a"), ex("b")),
        "done",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "order is kept across an empty parallel in the middle",
        ORDER,
        serial("", ex("a"), parallel("E"), ex("b")),
        "done",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "an empty group last hides no failure and no success",
        EMPTY,
        parallel("", serial("S", ex("a"), serial("E")), serial("T", ex("b", "fail"), parallel("E"))),
        "failed",
        ran=("/S/a", "/T/b"),
    ),
    case(
        "order is kept across empty groups in a row and inside each other",
        ORDER,
        serial(
            "",
            parallel("P", ex("a"), ex("b")),
            serial("E"),
            parallel("F", serial("G", parallel("H")), serial("I")),
            parallel("Q", ex("c"), ex("d")),
            serial("J"),
        ),
        "done",
        ran=("/P/a", "/P/b", "/Q/c", "/Q/d"),
        before=cross(["/P/a", "/P/b"], ["/Q/c", "/Q/d"]),
    ),
    case(
        "an empty group does not swallow a failure before it",
        STOP,
        serial("", ex("a", "fail"), parallel("E"), ex("b")),
        "failed",
        ran=("/a",),
        not_run=("/b",),
    ),
    case(
        "keep going across an empty group: order and failure are kept",
        KEEP,
        serial("", ex("a", "fail"), serial("E"), ex("b"), parallel("F"), keep_going=True),
        "failed",
        ran=("/a", "/b"),
        before=chain("/a", "/b"),
    ),
    case(
        "an empty branch of a parallel does not let the next child start early",
        ORDER,
        serial("", parallel("P", serial("E"), serial("S", ex("a"), ex("b")), parallel("F")), ex("c")),
        "done",
        ran=("/P/S/a", "/P/S/b", "/c"),
        before=chain("/P/S/a", "/P/S/b", "/c"),
    ),
)

_SKIP = (
    case(
        "order is kept across a skipped exec",
        ORDER,
        serial("", ex("a"), ex("b", skip=True), ex("c")),
        "done",
        ran=("/a", "/c"),
        not_run=("/b",),
        before=chain("/a", "/c"),
    ),
    case(
        "a skipped exec that would fail stops nothing",
        COUNTS_DONE,
        serial("", ex("a", "fail", skip=True), ex("b"), ex("c", "kill", skip=True)),
        "done",
        ran=("/b",),
        not_run=("/a", "/c"),
    ),
    case(
        "a skipped serial: its whole subtree is not run, order is kept across it",
        SKIP,
        serial(
            "",
            parallel("P", ex("a"), ex("b")),
            serial("S", ex("c"), parallel("Q", ex("d", "fail"), ex("e")), skip=True),
            parallel("R", ex("f"), ex("g")),
        ),
        "done",
        ran=("/P/a", "/P/b", "/R/f", "/R/g"),
        not_run=("/S/c", "/S/Q/d", "/S/Q/e"),
        before=cross(["/P/a", "/P/b"], ["/R/f", "/R/g"]),
    ),
    case(
        "a skipped parallel in a parallel",
        SKIP,
        parallel("", ex("a"), parallel("P", ex("b", "fail"), serial("S", ex("c")), skip=True), ex("d")),
        "done",
        ran=("/a", "/d"),
        not_run=("/P/b", "/P/S/c"),
    ),
    case(
        "a group whose children are all skipped: done, order is kept across it",
        ALL_DONE,
        serial("", ex("a"), parallel("P", ex("b", skip=True), serial("S", ex("c"), skip=True)), ex("d")),
        "done",
        ran=("/a", "/d"),
        not_run=("/P/b", "/P/S/c"),
        before=chain("/a", "/d"),
    ),
    case(
        "a skipped child does not swallow a failure before it",
        STOP,
        serial("", ex("a", "fail"), ex("b", skip=True), ex("c")),
        "failed",
        ran=("/a",),
        not_run=("/b", "/c"),
    ),
    case(
        "a skipped child last does not make a failed serial done",
        STOP,
        serial("", ex("a"), ex("b", "fail"), ex("c", skip=True)),
        "failed",
        ran=("/a", "/b"),
        not_run=("/c",),
        before=chain("/a", "/b"),
    ),
    case(
        "keep going across skipped children",
        KEEP,
        serial("", ex("a", "fail"), ex("b", skip=True), ex("c"), ex("d", skip=True), keep_going=True),
        "failed",
        ran=("/a", "/c"),
        not_run=("/b", "/d"),
        before=chain("/a", "/c"),
    ),
    case(
        "a parallel is waited for also where its last child is skipped",
        ORDER,
        serial("", parallel("P", ex("a"), serial("S", ex("b"), ex("c", skip=True)), ex("d", skip=True)), ex("e")),
        "done",
        ran=("/P/a", "/P/S/b", "/e"),
        not_run=("/P/S/c", "/P/d"),
        before=cross(["/P/a", "/P/S/b"], ["/e"]),
    ),
    case(
        "skip on a serial root",
        SKIP_ROOT,
        serial("", ex("a", "fail"), parallel("P", ex("b")), skip=True),
        "done",
        not_run=("/a", "/P/b"),
    ),
    case(
        "skip on a parallel root",
        SKIP_ROOT,
        parallel("", ex("a"), serial("S", ex("b", "fail"), ex("c")), skip=True),
        "done",
        not_run=("/a", "/S/b", "/S/c"),
    ),
)

_SUPPRESS = (
    case(
        "a suppressed exec first in a serial",
        SUPPRESS,
        serial("", ex("a", "fail", suppress=True), ex("b"), ex("c")),
        "done",
        ran=("/a", "/b", "/c"),
        before=chain("/a", "/b", "/c"),
    ),
    case(
        "a suppressed exec in the middle, then a failure that counts",
        SUPPRESS,
        serial("", ex("a"), ex("b", "fail", suppress=True), ex("c", "fail"), ex("d")),
        "failed",
        ran=("/a", "/b", "/c"),
        not_run=("/d",),
        before=chain("/a", "/b", "/c"),
    ),
    case(
        "a suppressed exec last in a serial",
        SUPPRESS,
        serial("", serial("S", ex("a"), ex("b", "fail", suppress=True)), ex("c")),
        "done",
        ran=("/S/a", "/S/b", "/c"),
        before=chain("/S/a", "/S/b", "/c"),
    ),
    case(
        "suppressed execs in a parallel",
        SUPPRESS,
        serial("", parallel("P", ex("a", "fail", suppress=True), ex("b"), ex("c", "fail", suppress=True)), ex("d")),
        "done",
        ran=("/P/a", "/P/b", "/P/c", "/d"),
        before=cross(["/P/a", "/P/b", "/P/c"], ["/d"]),
    ),
    case(
        "a suppressed exec does not suppress its sibling in a parallel",
        RUN_ON,
        serial("", parallel("P", ex("a", "fail", suppress=True), ex("b", "fail"), ex("c")), ex("d")),
        "failed",
        ran=("/P/a", "/P/b", "/P/c"),
        not_run=("/d",),
    ),
    case(
        "keep going whose only failure is suppressed is done",
        ALL_DONE,
        serial("", serial("K", ex("a", "fail", suppress=True), ex("b"), keep_going=True), ex("c")),
        "done",
        ran=("/K/a", "/K/b", "/c"),
        before=chain("/K/a", "/K/b", "/c"),
    ),
    case(
        "keep going with one failure suppressed and one not",
        KEEP,
        serial("", ex("a", "fail"), ex("b", "fail", suppress=True), ex("c"), keep_going=True),
        "failed",
        ran=("/a", "/b", "/c"),
        before=chain("/a", "/b", "/c"),
    ),
    case(
        "a suppressed serial: what follows the failure inside stays stopped",
        STAYS,
        serial("", serial("S", ex("a", "fail"), ex("b"), ex("c"), suppress=True), ex("d")),
        "done",
        ran=("/S/a", "/d"),
        not_run=("/S/b", "/S/c"),
        before=chain("/S/a", "/d"),
    ),
    case(
        "a suppressed parallel: all its branches end before the next",
        SUPPRESS,
        serial("", parallel("P", ex("a", "fail"), serial("S", ex("b"), ex("c")), suppress=True), ex("d")),
        "done",
        ran=("/P/a", "/P/S/b", "/P/S/c", "/d"),
        before=(*chain("/P/S/b", "/P/S/c", "/d"), ("/P/a", "/d")),
    ),
    case(
        "suppress above the failing serial: both serials inside stay stopped",
        STAYS,
        serial(
            "",
            serial("A", serial("B", ex("a"), ex("b", "fail"), ex("c")), ex("d"), suppress=True),
            ex("e"),
        ),
        "done",
        ran=("/A/B/a", "/A/B/b", "/e"),
        not_run=("/A/B/c", "/A/d"),
        before=chain("/A/B/a", "/A/B/b", "/e"),
    ),
    case(
        "suppress on the inner serial: the outer one goes on",
        STAYS,
        serial("", serial("A", serial("B", ex("a", "fail"), ex("b"), suppress=True), ex("c")), ex("d")),
        "done",
        ran=("/A/B/a", "/A/c", "/d"),
        not_run=("/A/B/b",),
        before=chain("/A/B/a", "/A/c", "/d"),
    ),
    case(
        "a suppressed serial as a branch of a parallel",
        STAYS,
        parallel("", serial("S", ex("a", "fail"), ex("b"), suppress=True), serial("T", ex("c"), ex("d"))),
        "done",
        ran=("/S/a", "/T/c", "/T/d"),
        not_run=("/S/b",),
        before=chain("/T/c", "/T/d"),
    ),
    case(
        "a suppressed group first and last under keep going",
        STAYS,
        serial(
            "",
            serial(
                "K",
                serial("S", ex("a", "fail"), ex("b"), suppress=True),
                ex("c"),
                parallel("P", ex("d", "fail"), ex("e"), suppress=True),
                keep_going=True,
            ),
            ex("f"),
        ),
        "done",
        ran=("/K/S/a", "/K/c", "/K/P/d", "/K/P/e", "/f"),
        not_run=("/K/S/b",),
        before=(
            ("/K/S/a", "/K/c"),
            *cross(["/K/c"], ["/K/P/d", "/K/P/e"]),
            *cross(["/K/P/d", "/K/P/e"], ["/f"]),
        ),
    ),
    case(
        "a suppressed parallel in a parallel hides no failure beside it",
        RUN_ON,
        serial(
            "",
            parallel("P", parallel("Q", ex("a", "fail"), ex("b"), suppress=True), serial("S", ex("c", "fail"))),
            ex("d"),
        ),
        "failed",
        ran=("/P/Q/a", "/P/Q/b", "/P/S/c"),
        not_run=("/d",),
    ),
    case(
        "a suppressed node that does not fail changes nothing",
        SUPPRESS,
        serial("", ex("a", suppress=True), parallel("P", ex("b"), suppress=True), ex("c", "fail"), ex("d")),
        "failed",
        ran=("/a", "/P/b", "/c"),
        not_run=("/d",),
        before=chain("/a", "/P/b", "/c"),
    ),
    case(
        "suppress on a serial root: done, still stopped",
        SUPPRESS_ROOT,
        serial("", ex("a"), ex("b", "fail"), ex("c"), suppress=True),
        "done",
        ran=("/a", "/b"),
        not_run=("/c",),
        before=chain("/a", "/b"),
    ),
    case(
        "suppress on a parallel root",
        SUPPRESS_ROOT,
        parallel("", ex("a", "fail"), serial("S", ex("b", "fail"), ex("c")), ex("d"), suppress=True),
        "done",
        ran=("/a", "/S/b", "/d"),
        not_run=("/S/c",),
    ),
)

_COMBINED = (
    case(
        "skip and suppress on one node: not run, done",
        SKIP,
        serial(
            "",
            ex("a"),
            ex("b", "fail", skip=True, suppress=True),
            serial("S", ex("c", "fail"), skip=True, suppress=True),
            ex("d"),
        ),
        "done",
        ran=("/a", "/d"),
        not_run=("/b", "/S/c"),
        before=chain("/a", "/d"),
    ),
    case(
        "suppress and keep going on one serial: all run, done",
        SUPPRESS,
        serial("", serial("K", ex("a", "fail"), ex("b"), ex("c", "fail"), suppress=True, keep_going=True), ex("d")),
        "done",
        ran=("/K/a", "/K/b", "/K/c", "/d"),
        before=chain("/K/a", "/K/b", "/K/c", "/d"),
    ),
    case(
        "suppress and keep going on the root",
        SUPPRESS_ROOT,
        serial("", ex("a", "fail"), serial("S", ex("b", "fail"), ex("c")), ex("d"), suppress=True, keep_going=True),
        "done",
        ran=("/a", "/S/b", "/d"),
        not_run=("/S/c",),
        before=chain("/a", "/S/b", "/d"),
    ),
    case(
        "skip, suppress and keep going on the root",
        SKIP_ROOT,
        serial("", ex("a", "fail"), ex("b"), skip=True, suppress=True, keep_going=True),
        "done",
        not_run=("/a", "/b"),
    ),
    case(
        "suppress within keep going within stop: done and going on",
        STAYS,
        serial(
            "",
            serial(
                "K",
                serial("S", ex("a", "fail"), ex("b"), suppress=True),
                parallel("P", ex("c"), ex("d", "kill", suppress=True)),
                ex("e"),
                keep_going=True,
            ),
            ex("f"),
        ),
        "done",
        ran=("/K/S/a", "/K/P/c", "/K/P/d", "/K/e", "/f"),
        not_run=("/K/S/b",),
        before=(
            *cross(["/K/S/a"], ["/K/P/c", "/K/P/d"]),
            *cross(["/K/P/c", "/K/P/d"], ["/K/e"]),
            ("/K/e", "/f"),
        ),
    ),
    case(
        "suppress within keep going within stop: another failure counts",
        KEEP,
        serial(
            "",
            serial(
                "K",
                serial("S", ex("a", "fail"), ex("b"), suppress=True),
                serial("T", ex("c"), ex("d", "fail"), ex("e")),
                ex("f"),
                keep_going=True,
            ),
            ex("g"),
        ),
        "failed",
        ran=("/K/S/a", "/K/T/c", "/K/T/d", "/K/f"),
        not_run=("/K/S/b", "/K/T/e", "/g"),
        before=chain("/K/S/a", "/K/T/c", "/K/T/d", "/K/f"),
    ),
    case(
        "stop within keep going within a suppressed stop",
        STAYS,
        serial(
            "",
            serial(
                "A",
                serial("K", serial("S", ex("a", "fail"), ex("b")), ex("c"), keep_going=True),
                ex("d"),
                suppress=True,
            ),
            parallel("P", ex("e"), ex("f")),
        ),
        "done",
        ran=("/A/K/S/a", "/A/K/c", "/P/e", "/P/f"),
        not_run=("/A/K/S/b", "/A/d"),
        before=(("/A/K/S/a", "/A/K/c"), *cross(["/A/K/c"], ["/P/e", "/P/f"])),
    ),
    case(
        "a failure, an empty group and a skipped one in a suppressed serial",
        STAYS,
        serial(
            "",
            serial("S", ex("a", "fail"), parallel("E"), ex("b", skip=True), ex("c"), suppress=True),
            serial("F"),
            ex("d"),
        ),
        "done",
        ran=("/S/a", "/d"),
        not_run=("/S/b", "/S/c"),
        before=chain("/S/a", "/d"),
    ),
    case(
        "a suppressed group before a skipped one before the next",
        ORDER,
        serial(
            "",
            parallel("P", ex("a", "fail"), ex("b"), suppress=True),
            serial("S", ex("c"), skip=True),
            ex("d"),
        ),
        "done",
        ran=("/P/a", "/P/b", "/d"),
        not_run=("/S/c",),
        before=cross(["/P/a", "/P/b"], ["/d"]),
    ),
    case(
        "two branches: one goes on after its failure, one stops",
        RUN_ON,
        serial(
            "",
            parallel(
                "P",
                serial("K", ex("a", "fail"), ex("b"), ex("c"), keep_going=True),
                serial("S", ex("d", "fail"), ex("e"), suppress=True),
                serial("T", ex("f", skip=True), ex("g"), ex("h")),
            ),
            ex("i"),
        ),
        "failed",
        ran=("/P/K/a", "/P/K/b", "/P/K/c", "/P/S/d", "/P/T/g", "/P/T/h"),
        not_run=("/P/S/e", "/P/T/f", "/i"),
        before=(*chain("/P/K/a", "/P/K/b", "/P/K/c"), ("/P/T/g", "/P/T/h")),
    ),
)

_LONG = "long" * 125


def _deep(name: str, last: Tree) -> Tree:
    """A serial of this name: three serials of one long name inside each other, each with an exec first, and then `last`."""
    for first in "cba":
        last = serial(_LONG, ex(first), last)
    return serial(name, last, ex("f"))


def _paths(name: str, *last: str) -> tuple[str, ...]:
    """The paths of the execs of that, in order; `last`: below the innermost."""
    longs = ["/".join(["", name, *[_LONG] * depth]) for depth in range(4)]
    return (
        *(f"{longs[depth]}/{first}" for depth, first in enumerate("abc", 1)),
        f"{longs[3]}/{'/'.join(last)}",
        f"/{name}/f",
    )


_BEHIND = (
    case(
        "behind a failure nothing of a serial that keeps going is run",
        STOP,
        serial("", ex("a", "fail"), serial("K", ex("b"), ex("c"), ex("d"), keep_going=True), ex("e")),
        "failed",
        ran=("/a",),
        not_run=("/K/b", "/K/c", "/K/d", "/e"),
    ),
    case(
        "nor of one further inside, behind the failure of a group",
        STOP,
        serial(
            "",
            parallel("F", ex("a"), serial("S", ex("b", "fail"), ex("c"))),
            parallel(
                "P", ex("d"), serial("K", serial("L", ex("e"), ex("f"), keep_going=True), ex("g"), keep_going=True)
            ),
        ),
        "failed",
        ran=("/F/a", "/F/S/b"),
        not_run=("/F/S/c", "/P/d", "/P/K/L/e", "/P/K/L/f", "/P/K/g"),
    ),
    case(
        "a serial that keeps going stays stopped where the failure is suppressed",
        STAYS,
        serial(
            "",
            serial(
                "S",
                ex("a", "fail"),
                serial("K", ex("b"), parallel("P", ex("c"), ex("d")), keep_going=True),
                suppress=True,
            ),
            ex("e"),
        ),
        "done",
        ran=("/S/a", "/e"),
        not_run=("/S/K/b", "/S/K/P/c", "/S/K/P/d"),
        before=chain("/S/a", "/e"),
    ),
    case(
        "a suppressed child behind a failure is not run, and lets nothing behind it run",
        STOP,
        serial(
            "",
            ex("a", "fail"),
            ex("b", suppress=True),
            ex("c"),
            serial("S", ex("d"), suppress=True),
            ex("e"),
            parallel("P", ex("f", suppress=True), ex("g", skip=True)),
            ex("h"),
        ),
        "failed",
        ran=("/a",),
        not_run=("/b", "/c", "/S/d", "/e", "/P/f", "/P/g", "/h"),
    ),
    case(
        "what a suppressed failure stopped stops nothing further on, beside others",
        SUPPRESS,
        serial(
            "",
            parallel("P", serial("T", serial("S", ex("a", "fail"), ex("b"), suppress=True), ex("c")), ex("d")),
            ex("e"),
        ),
        "done",
        ran=("/P/T/S/a", "/P/T/c", "/P/d", "/e"),
        not_run=("/P/T/S/b",),
        before=(*chain("/P/T/S/a", "/P/T/c", "/e"), ("/P/d", "/e")),
    ),
    case(
        "a failure deep below long names fails all groups above, and no other",
        DOTS,
        parallel(
            "",
            _deep("S", parallel(_LONG, ex("d", "fail"))),
            _deep("T", parallel(_LONG, ex("d"))),
            _deep("U", ex(_LONG, "fail")),
        ),
        "failed",
        ran=(*_paths("S", _LONG, "d")[:-1], *_paths("T", _LONG, "d"), *_paths("U", _LONG)[:-1]),
        not_run=("/S/f", "/U/f"),
        before=(
            *chain(*_paths("S", _LONG, "d")[:-1]),
            *chain(*_paths("T", _LONG, "d")),
            *chain(*_paths("U", _LONG)[:-1]),
        ),
    ),
)

_BEHAVIOUR = (
    case(
        "exit 126 is a failure",
        OTHER_EXIT,
        serial("", ex("a", "exit126"), ex("b")),
        "failed",
        ran=("/a",),
        not_run=("/b",),
    ),
    case(
        "exit 127 is a failure",
        OTHER_EXIT,
        serial("", ex("a", "exit127"), ex("b")),
        "failed",
        ran=("/a",),
        not_run=("/b",),
    ),
    case(
        "exit 255 is a failure",
        OTHER_EXIT,
        serial("", ex("a", "exit255"), ex("b")),
        "failed",
        ran=("/a",),
        not_run=("/b",),
    ),
    case(
        "a killed command is a failure",
        KILLED,
        serial("", ex("a", "kill"), ex("b")),
        "failed",
        ran=("/a",),
        not_run=("/b",),
    ),
    case(
        "every kind of failure is suppressed alike",
        SUPPRESS,
        serial(
            "",
            ex("a", "exit126", suppress=True),
            ex("b", "exit127", suppress=True),
            ex("c", "exit255", suppress=True),
            ex("d", "kill", suppress=True),
            ex("e"),
        ),
        "done",
        ran=("/a", "/b", "/c", "/d", "/e"),
        before=chain("/a", "/b", "/c", "/d", "/e"),
    ),
    case(
        "keep going past every kind of failure",
        KEEP,
        serial(
            "",
            ex("a", "kill"),
            ex("b", "exit255"),
            ex("c", "exit127"),
            ex("d", "exit126"),
            ex("e", "fail"),
            ex("f"),
            keep_going=True,
        ),
        "failed",
        ran=("/a", "/b", "/c", "/d", "/e", "/f"),
        before=chain("/a", "/b", "/c", "/d", "/e", "/f"),
    ),
    case(
        "a killed command stops no sibling of a parallel",
        RUN_ON,
        parallel("", ex("a", "kill"), serial("S", ex("b"), ex("c")), ex("d", "exit127")),
        "failed",
        ran=("/a", "/S/b", "/S/c", "/d"),
        before=chain("/S/b", "/S/c"),
    ),
    case(
        "a background process does not hold up the next",
        LEFT,
        serial("", ex("a", "background"), ex("b"), parallel("P", ex("c", "background"), ex("d"))),
        "done",
        ran=("/a", "/b", "/P/c", "/P/d"),
        before=(("/a", "/b"), *cross(["/b"], ["/P/c", "/P/d"])),
    ),
    case(
        "a background process hides no failure after it",
        LEFT,
        serial("", ex("a", "background"), ex("b", "fail"), ex("c", "background")),
        "failed",
        ran=("/a", "/b"),
        not_run=("/c",),
        before=chain("/a", "/b"),
    ),
    case(
        "a command that reads its input takes nothing from the next ones",
        STDIN,
        serial("", ex("a", "reads"), ex("b"), ex("c", "reads"), ex("d")),
        "done",
        ran=("/a", "/b", "/c", "/d"),
        before=chain("/a", "/b", "/c", "/d"),
    ),
    case(
        "commands that read their input side by side",
        STDIN,
        serial("", parallel("P", ex("a", "reads"), ex("b", "reads"), ex("c", "fail")), ex("d", "reads"), suppress=True),
        "done",
        ran=("/P/a", "/P/b", "/P/c"),
        not_run=("/d",),
    ),
)

_EXEC_ROOT = (
    case("an exec as the root, done", EXIT_0, ex(""), "done", ran=("/",)),
    case("an exec as the root, failed", OTHER_EXIT, ex("", "fail"), "failed", ran=("/",)),
    case("an exec as the root, killed", KILLED, ex("", "kill"), "failed", ran=("/",)),
    case("an exec as the root, exit 127", OTHER_EXIT, ex("", "exit127"), "failed", ran=("/",)),
    case("an exec as the root that reads its input", STDIN, ex("", "reads"), "done", ran=("/",)),
    case("an exec as the root with a background process", LEFT, ex("", "background"), "done", ran=("/",)),
    case("an exec as the root, suppressed", SUPPRESS_ROOT, ex("", "fail", suppress=True), "done", ran=("/",)),
    case("an exec as the root, skipped", SKIP_ROOT, ex("", "fail", skip=True), "done", not_run=("/",)),
)

_NAMES = (
    case(
        "execs whose names differ only by case",
        OWN_NODES,
        serial("", ex("Build"), ex("build"), ex("BUILD", "fail"), ex("bUILD")),
        "failed",
        ran=("/Build", "/build", "/BUILD"),
        not_run=("/bUILD",),
        before=chain("/Build", "/build", "/BUILD"),
    ),
    case(
        "groups whose names differ only by case hold the same names",
        OWN_NODES,
        parallel(
            "",
            serial("s", ex("x"), ex("X")),
            serial("S", ex("x", "fail"), ex("X"), suppress=True),
        ),
        "done",
        ran=("/s/x", "/s/X", "/S/x"),
        not_run=("/S/X",),
        before=chain("/s/x", "/s/X"),
    ),
    case(
        "names that differ only by Unicode form",
        OWN_NODES,
        serial("", ex("\u00e9"), ex("e\u0301"), ex("\ufb01", skip=True), ex("fi")),
        "done",
        ran=("/\u00e9", "/e\u0301", "/fi"),
        not_run=("/\ufb01",),
        before=chain("/\u00e9", "/e\u0301", "/fi"),
    ),
    case(
        "execs named . and ..",
        DOTS,
        serial("", ex(".."), ex("."), ex("...", "fail"), ex("....")),
        "failed",
        ran=("/..", "/.", "/..."),
        not_run=("/....",),
        before=chain("/..", "/.", "/..."),
    ),
    case(
        "groups named . and .. are no way up the tree",
        DOTS,
        serial(
            "",
            ex("a"),
            serial(".", ex("a"), parallel("..", ex("a"), ex("."), ex(".."))),
            serial("..", ex("a", "fail", suppress=True), ex("."), ex("..", skip=True)),
        ),
        "done",
        ran=("/a", "/./a", "/./../a", "/./../.", "/./../..", "/../a", "/../."),
        not_run=("/../..",),
        before=(
            ("/a", "/./a"),
            *cross(["/./a"], ["/./../a", "/./../.", "/./../.."]),
            *cross(["/./../a", "/./../.", "/./../.."], ["/../a"]),
            ("/../a", "/../."),
        ),
    ),
    case(
        "names of 500 characters that differ in the last one",
        DOTS,
        serial("", ex("n" * 499 + "a"), ex("n" * 499 + "b", "fail"), ex("n" * 499 + "c")),
        "failed",
        ran=("/" + "n" * 499 + "a", "/" + "n" * 499 + "b"),
        not_run=("/" + "n" * 499 + "c",),
        before=chain("/" + "n" * 499 + "a", "/" + "n" * 499 + "b"),
    ),
    case(
        "names that differ only in the character mangling would replace",
        ANY_NAME,
        serial("", ex("a-b"), ex("a_b"), ex("a b"), ex("a.b"), ex("a:b", "fail", suppress=True), ex("a--b")),
        "done",
        ran=("/a-b", "/a_b", "/a b", "/a.b", "/a:b", "/a--b"),
        before=chain("/a-b", "/a_b", "/a b", "/a.b", "/a:b", "/a--b"),
    ),
    case(
        "a joined name is not a path",
        ANY_NAME,
        serial("", serial("a", ex("b-c"), ex("b", "fail", suppress=True)), serial("a-b", ex("c")), ex("a-b-c")),
        "done",
        ran=("/a/b-c", "/a/b", "/a-b/c", "/a-b-c"),
        before=chain("/a/b-c", "/a/b", "/a-b/c", "/a-b-c"),
    ),
    case(
        "names that mean something to make, a shell, YAML or a template",
        ANY_NAME,
        parallel(
            "",
            serial("$(X)", ex("$$"), ex("${{ x }}"), ex("{{x}}", "fail"), ex("#")),
            serial(" ", ex("  "), ex("\t"), ex("\n"), ex("'\"`\\")),
            serial("-n", ex("%"), ex("*"), ex("~"), ex("all"), ex("null")),
        ),
        "failed",
        ran=(
            *("/$(X)/$$", "/$(X)/${{ x }}", "/$(X)/{{x}}"),
            *("/ /  ", "/ /\t", "/ /\n", "/ /'\"`\\"),
            *("/-n/%", "/-n/*", "/-n/~", "/-n/all", "/-n/null"),
        ),
        not_run=("/$(X)/#",),
        before=(
            *chain("/$(X)/$$", "/$(X)/${{ x }}", "/$(X)/{{x}}"),
            *chain("/ /  ", "/ /\t", "/ /\n", "/ /'\"`\\"),
            *chain("/-n/%", "/-n/*", "/-n/~", "/-n/all", "/-n/null"),
        ),
    ),
)

_NOTHING = (
    case("an empty serial root", NOTHING, serial(""), "done"),
    case("an empty parallel root", NOTHING, parallel(""), "done"),
    case("an empty root with every flag", NOTHING, serial("", skip=True, suppress=True, keep_going=True), "done"),
    case(
        "only empty groups, nested",
        NOTHING,
        parallel("", serial("A", parallel("B"), serial("C", keep_going=True)), parallel("D", suppress=True)),
        "done",
    ),
    case(
        "all execs skipped",
        NOTHING,
        serial("", ex("a", skip=True), parallel("P", ex("b", "fail", skip=True), ex("c", skip=True))),
        "done",
        not_run=("/a", "/P/b", "/P/c"),
    ),
    case(
        "all groups skipped, empty, or both",
        NOTHING,
        parallel("", serial("S", ex("a", "fail"), ex("b"), skip=True), serial("E"), parallel("F", skip=True)),
        "done",
        not_run=("/S/a", "/S/b"),
    ),
)

TREES: tuple[Written, ...] = (
    *_SERIAL,
    *_KEEP_GOING,
    *_PARALLEL,
    *_SUBTREES,
    *_EMPTY,
    *_SKIP,
    *_SUPPRESS,
    *_COMBINED,
    *_BEHIND,
    *_BEHAVIOUR,
    *_EXEC_ROOT,
    *_NAMES,
    *_NOTHING,
)
