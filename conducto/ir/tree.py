"""The frozen tree: rows in pre-order, so that no walk depends on Python's stack and no row holds a path."""

from __future__ import annotations

from typing import Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..source import Site


class Row(NamedTuple):
    """One node, with nothing left to inherit.

    `parent` is the row number of the parent (-1 for the root), `name` is "" for the root, `kind` is "exec", "serial" or
    "parallel". `command`, `env`, `image`, `cpu` (cores), `mem` (GB), `gpu` are of an Exec only; `image` is None for no
    container, and `chosen` tells whether the author named it. `stop_on_error` is of a Serial only.
    """

    parent: int
    name: str
    kind: str
    site: Optional[Site] = None
    doc: Optional[str] = None
    skip: bool = False
    suppress_errors: bool = False
    stop_on_error: bool = True
    command: Optional[str] = None
    env: Mapping[str, str] = {}
    image: Optional[str] = None
    chosen: bool = False
    cpu: Optional[float] = None
    mem: Optional[float] = None
    gpu: Optional[int] = None


class Tree:
    """Rows in pre-order; row 0 is the root. `children[i]` are the row numbers of the children of row i, in order."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows: Tuple[Row, ...] = tuple(rows)
        children: List[List[int]] = [[] for _ in self.rows]
        for number, row in enumerate(self.rows):
            if row.parent >= 0:
                children[row.parent].append(number)
        self.children: Tuple[Tuple[int, ...], ...] = tuple(tuple(below) for below in children)

    def __len__(self) -> int:
        return len(self.rows)

    def path(self, number: int) -> str:
        """The true path of a row: "/" for the root, "/a/b" below."""
        names: List[str] = []
        while self.rows[number].parent >= 0:
            names.append(self.rows[number].name)
            number = self.rows[number].parent
        return "/" + "/".join(reversed(names))

    def depths(self) -> List[int]:
        """The depth of each row, the root's 1."""
        depths: List[int] = []
        for row in self.rows:
            depths.append(1 if row.parent < 0 else depths[row.parent] + 1)
        return depths

    def leaves(self) -> Iterator[int]:
        """The row numbers of the Execs, in order."""
        return (number for number, row in enumerate(self.rows) if row.kind == "exec")
