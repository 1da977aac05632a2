"""Random trees: for hypothesis, and as a list that a seed fixes on every Python.

Both are made by `build` from nothing but `choose(n)`, a number below n; 0 is always the plainest choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from .cells import hits
from .names import HOSTILE, PLAIN
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, flags, kind

Choose = Callable[[int], int]
T = TypeVar("T")

# The random trees that CI runs: how many, and of which seed.
CI_COUNT, CI_SEED = 30, 20261125

MAX_DEPTH = 6
MOST_NODES = 16
_FAILING = ("fail",) * 4 + ("kill", "exit126", "exit127", "exit255")
_BEHAVIOURS = ("ok",) * 14 + _FAILING + ("background", "reads") * 2
# The first trees of a sample are picked for the cells they add, out of so many.
_CANDIDATES = 12


def build(choose: Choose) -> Tree:
    """A tree of at most MOST_NODES nodes and MAX_DEPTH levels below the root."""
    if choose(25) == 24:
        return ("exec", "", _pick(choose, _BEHAVIOURS), _flags(choose, "exec", root=True))
    draft = [_Draft(*_group(choose, root=True))]
    draft[0].name = ""
    for _ in range(2 + choose(MOST_NODES - 4)):
        parent = _parent(choose, draft)
        if choose(20) < 13:
            child = _Draft("exec", _flags(choose, "exec"), _pick(choose, _BEHAVIOURS))
        else:
            child = _Draft(*_group(choose))
        draft.append(parent.take(choose, child, len(parent.children) - choose(len(parent.children) + 1)))
    if choose(3) == 2:
        draft += _stop(choose, draft)
    for node in reversed(draft):  # children were all made after their parents
        node.settle()
    return draft[0].tree


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Hypothesis strategy of trees."""
    return build(lambda n: draw(st.integers(0, n - 1)))


def sample(count: int, seed: int) -> list[Tree]:
    """The trees of a seed, always the same; a longer list begins with the shorter one."""
    seen: set[object] = set()
    chosen = []
    for index in range(count):
        candidates = [build(Random(f"{seed}/{index}/{i}").randrange) for i in range(_CANDIDATES)]
        new = [{*hits(tree), (kind(tree), flags(tree))} - seen for tree in candidates]
        best = max(range(_CANDIDATES), key=lambda i: len(new[i]))
        seen |= new[best]
        chosen.append(candidates[best])
    return chosen


class _Draft:
    """A node under construction."""

    def __init__(self, kind: str, flags: frozenset[str], behaviour: str = "") -> None:
        self.kind, self.flags, self.behaviour = kind, flags, behaviour
        self.name, self.depth = "", 0
        self.children: list[_Draft] = []
        self.tree: Tree = ()

    def take(self, choose: Choose, child: _Draft, at: int) -> _Draft:
        """The child, given a name and put in this place."""
        child.depth = self.depth + 1
        child.name = _free_name(choose, {sibling.name for sibling in self.children})
        self.children.insert(at, child)
        return child

    def settle(self) -> None:
        """Make the tuple, the children's being made."""
        if self.kind == "exec":
            self.tree = (self.kind, self.name, self.behaviour, self.flags)
        else:
            self.tree = (self.kind, self.name, self.flags, tuple(child.tree for child in self.children))


def _pick(choose: Choose, options: Sequence[T]) -> T:
    return options[choose(len(options))]


def _parent(choose: Choose, draft: list[_Draft]) -> _Draft:
    """A group that may have another child, the youngest one half of the time: so trees grow deep."""
    groups = [node for node in draft if node.kind != "exec" and node.depth < MAX_DEPTH]
    return groups[-1] if choose(2) else _pick(choose, groups)


def _stop(choose: Choose, draft: list[_Draft]) -> list[_Draft]:
    """Nodes that put a failure before a group with several children, if there is one, and stop the Serial above it there.

    By chance alone that is rare, and then mostly before an Exec.
    """
    pairs = [(node, child) for node in draft for child in node.children if len(child.children) > 1]
    if not pairs:
        return []
    above, behind = _pick(choose, pairs)
    above.kind, above.flags = "serial", above.flags - {KEEP_GOING, SKIP}
    behind.flags -= {SKIP}
    if choose(2):
        behind.kind, behind.flags = "serial", behind.flags | {KEEP_GOING}
    at = choose(above.children.index(behind) + 1)
    failing = _Draft("exec", frozenset(), _pick(choose, _FAILING))
    if choose(3) < 2:
        return [above.take(choose, failing, at)]
    group = above.take(choose, _Draft(_pick(choose, ("serial", "parallel")), frozenset()), at)
    return [group, group.take(choose, failing, 0)]


def _group(choose: Choose, root: bool = False) -> tuple[str, frozenset[str]]:
    """Kind and flags of a group."""
    kind = _pick(choose, ("serial", "parallel"))
    return kind, _flags(choose, kind, root)


def _flags(choose: Choose, kind: str, root: bool = False) -> frozenset[str]:
    """Flags for a node; rarer on the root, where they leave little to see."""
    odds = 30 if root else 10
    chosen = {SKIP} if choose(odds) == odds - 1 else set()
    if choose(odds) >= odds - 2:
        chosen.add(SUPPRESS)
    if kind == "serial" and choose(5) >= 3:
        chosen.add(KEEP_GOING)
    return frozenset(chosen)


def _free_name(choose: Choose, taken: set[str]) -> str:
    """A name that no sibling has."""
    names = HOSTILE if choose(2) else PLAIN
    at = choose(len(names))
    return next(name for name in names[at:] + names[:at] if name not in taken)
