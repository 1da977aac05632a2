"""The Plan: the frozen tree and its order. What every emitter reads; no word of a target is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .images import Code, ImageSpec
from .tree import Row, Tree

if TYPE_CHECKING:
    import networkx


class Origin(NamedTuple):
    """Where a plan comes from; every path is relative to the repository's root and has `/` between its parts.

    `name` is the pipeline's (unmangled), `source` the user's file, `function` the FUNC it was made by, `explicit` whether
    that is another than the file's default, `arguments` what FUNC was called with (as on the command line), `printed` the
    lines of the printed tree, `output` the file that is written and `output_option` what `-o` gave for it ("" for nothing).
    `configured` is the folder of the pyproject.toml whose `pipelines` have this one ("" for the root), None for none.
    `launched` tells how it is launched again, where it is run on this machine and the output is not committed; "" otherwise.
    """

    name: str
    source: str
    function: str
    explicit: bool = False
    arguments: Tuple[str, ...] = ()
    printed: Tuple[str, ...] = ()
    output: str = ""
    output_option: str = ""
    configured: Optional[str] = None
    launched: str = ""

    @property
    def folder(self) -> str:
        """The folder of the source, "" for the root."""
        return self.source.rpartition("/")[0]

    @property
    def shown_output(self) -> str:
        """The file as people are told of it: by its name alone outside the repository, as where that lies differs."""
        return self.output.rpartition("/")[2] if self.output.startswith("../") else self.output

    @property
    def stem(self) -> str:
        """The file name that outputs beside the source begin with."""
        stem = self.source.rpartition("/")[2]
        stem = stem[:-3] if stem.endswith(".py") else stem
        return f"{stem}-{self.function}" if self.explicit else stem


class Vertex(NamedTuple):
    """A point in the order of a plan: a group begins, a group has ended (its join), or a leaf runs."""

    what: str
    row: int


class File(NamedTuple):
    """A file of code that is carried: its path in the code's root, `/` between the parts; `kind` "file", "program" (executable)
    or "link" (`data` is where it leads).
    """

    path: str
    kind: str
    data: bytes


class Plan:
    """A pipeline ready for any target.

    `tree` holds everything that was written, `order` the edges between the begins and joins of the groups that run (a leaf
    hangs off its group: see `graph`), `settings` the `[tool.conducto.TARGET]` table of the target it is made for, `archive`
    the runtime file as it lies (or will lie) on disk, for a target that must carry it in its own file; b"" where none is
    needed (see `runtime`). `files` are those of each code of kind "folder", for a target that must carry them too
    (`Limits.carries`); {} for any other.
    """

    def __init__(self, tree: Tree, origin: Origin, settings: Mapping[str, Any], archive: bytes = b"") -> None:
        self.tree = tree
        self.origin = origin
        self.settings = settings
        self.archive = archive
        self.files: Mapping[Code, Sequence[File]] = {}
        self.runs: Tuple[bool, ...] = tree.running()
        self.order: Tuple[Tuple[Vertex, Vertex], ...] = tuple(_order(self))

    @property
    def rows(self) -> Tuple[Row, ...]:
        return self.tree.rows

    @property
    def empty(self) -> bool:
        """Whether there is nothing to run."""
        return not self.runs[0]

    @property
    def images(self) -> Tuple[ImageSpec, ...]:
        """The images of the Execs that run, each once, in the order of their first use."""
        found = (self.rows[number].image for number in self.leaves())
        return tuple(dict.fromkeys(image for image in found if image is not None))

    @property
    def runtime(self) -> bool:
        """Whether an Exec that runs needs conducto's runtime file, or what one generates does."""
        return any(self.rows[number].runtime or self.rows[number].lazy for number in self.leaves())

    @property
    def data(self) -> bool:
        """Whether an Exec that runs needs shared data, or what one generates may."""
        return any(self.rows[number].data or self.rows[number].lazy for number in self.leaves())

    def path(self, number: int) -> str:
        """The true path of a row."""
        return self.tree.path(number)

    def children(self, number: int) -> List[int]:
        """The children of a row that run, in order: skipped and empty subtrees count as done and are left out."""
        return [child for child in self.tree.children[number] if self.runs[child]]

    def growing(self) -> List[int]:
        """The row numbers of the groups that run and whose children are generated (`Row.lazy`), in order."""
        return [number for number, row in enumerate(self.rows) if row.lazy and row.kind != "exec" and self.runs[number]]

    def leaves(self) -> List[int]:
        """The row numbers of the Execs that run, in order."""
        return [number for number in self.tree.leaves() if self.runs[number]]

    def graph(self, leaves: bool = False) -> "networkx.DiGraph[Vertex]":
        """The order as a networkx DAG; with `leaves`, every Exec that runs is in it."""
        import networkx

        graph: "networkx.DiGraph[Vertex]" = networkx.DiGraph()
        if leaves:
            graph.add_nodes_from(_begin(self, number) for number in self.leaves())
        graph.add_edges_from(_edges(self, leaves=True) if leaves else self.order)
        return graph


def _begin(plan: Plan, number: int) -> Vertex:
    return Vertex("run" if plan.rows[number].kind == "exec" else "begin", number)


def _end(plan: Plan, number: int) -> Vertex:
    return Vertex("run" if plan.rows[number].kind == "exec" else "join", number)


def _order(plan: Plan) -> Iterator[Tuple[Vertex, Vertex]]:
    return _edges(plan, leaves=False)


def _edges(plan: Plan, leaves: bool) -> Iterator[Tuple[Vertex, Vertex]]:
    """The edges of every group that runs: a Parallel's children between its begin and its join, a Serial's one after another.

    Without `leaves` an Exec is left out, and what stands on both sides of it in a Serial is joined. Each vertex is one object.
    """
    ends: Dict[int, Tuple[Vertex, Vertex]] = {}
    for number, row in enumerate(plan.rows):
        if row.kind == "exec" or not plan.runs[number]:
            continue
        begin, join = ends.pop(number) if number in ends else (_begin(plan, number), _end(plan, number))
        inner = [child for child in plan.children(number) if leaves or plan.rows[child].kind != "exec"]
        ends.update((child, (_begin(plan, child), _end(plan, child))) for child in inner)
        if row.kind == "serial" or not inner:
            last = begin
            for child in inner:
                yield last, ends[child][0]
                last = ends[child][1]
            yield last, join
        else:
            for child in inner:
                yield begin, ends[child][0]
                yield ends[child][1], join
