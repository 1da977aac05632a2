"""The frozen tree: rows in pre-order, so that no walk depends on Python's stack and no row holds a path."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..call import Call as Call
from ..secret import Secret
from ..source import Site
from .images import ImageSpec


class Row(NamedTuple):
    """One node, with nothing left to inherit.

    `parent` is the row number of the parent (-1 for the root), `name` is "" for the root (a generated one too), `kind` is
    "exec", "serial" or "parallel". Of every node: `max_time` in seconds, `retries` further attempts, `options` target -> its
    table, merged down the tree. `stop_on_error` is of a Serial, `max_concurrent` of a group.

    Of an Exec only: `command` (a Call before translate), `runtime` whether it needs conducto's runtime file, `env`, `image`
    (None for no container) and whether the author `chosen` it, `cpu` (cores), `mem` (GB), `gpu`, `requires_docker`,
    `docker_run_args`, `data` whether it needs shared data, and `container`: the row of the NEW node whose container it runs in,
    -1 for one of its own.

    `lazy` is of the two children of a Lazy: the Exec generates what stands in the place of the group, which is the row behind
    it and has no children yet. That group has what an Exec has, command and runtime aside: what is handed down there.
    """

    parent: int
    name: str
    kind: str
    site: Optional[Site] = None
    doc: Optional[str] = None
    skip: bool = False
    suppress_errors: bool = False
    stop_on_error: bool = True
    command: Union[str, Call, None] = None
    env: Mapping[str, Union[str, Secret]] = {}
    image: Optional[ImageSpec] = None
    chosen: bool = False
    cpu: Optional[float] = None
    mem: Optional[float] = None
    gpu: Optional[int] = None
    title: Optional[str] = None
    tags: Tuple[str, ...] = ()
    max_time: Optional[int] = None
    retries: int = 0
    max_concurrent: Optional[int] = None
    options: Mapping[str, Mapping[str, Any]] = {}
    requires_docker: bool = False
    docker_run_args: Tuple[str, ...] = ()
    container: int = -1
    runtime: bool = False
    lazy: bool = False
    data: bool = False

    @property
    def script(self) -> str:
        """The command of an Exec, a text after translate; "" of a group."""
        if isinstance(self.command, Call):
            raise TypeError("a call that was not translated came through the front")
        return self.command or ""

    @property
    def is_free(self) -> bool:
        """Whether an Exec's container, if any, is of the default image."""
        return not self.chosen or self.image is None or not self.image.is_container

    @property
    def needs_container(self) -> bool:
        """Whether an Exec must not be run as if its image were nothing: the author chose one, or something is in it."""
        image = self.image
        if image is None or not image.is_container:
            return False
        return self.chosen or image.installs or image.platform != ""

    @property
    def texts(self) -> Mapping[str, str]:
        """The env values that are texts."""
        return {key: value for key, value in self.env.items() if isinstance(value, str)}

    @property
    def secrets(self) -> Mapping[str, str]:
        """The env variables that are secrets: their names, each with the name of its secret."""
        return {key: value.name for key, value in self.env.items() if isinstance(value, Secret)}


class Granted(NamedTuple):
    """What nodes above a place have or name, handed down there or not: names of Secrets, docker, arguments for docker run."""

    secrets: Tuple[str, ...] = ()
    docker: bool = False
    run_args: Tuple[Tuple[str, ...], ...] = ()


class Tree:
    """Rows in pre-order; row 0 is the root. `children[i]` are the row numbers of the children of row i, in order.

    `images` are those that nodes may name, by name, each with whether it was chosen; `default_image` is of nodes that choose
    none ("" for no container); `granted` is of the group of each Lazy, by its row. What is generated while the pipeline runs
    needs them.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        images: Mapping[str, Tuple[Optional[ImageSpec], bool]] = {},
        default_image: str = "",
        granted: Mapping[int, Granted] = {},
    ) -> None:
        self.rows: Tuple[Row, ...] = tuple(rows)
        self.images = images
        self.default_image = default_image
        self.granted = granted
        children: List[List[int]] = [[] for _ in self.rows]
        for number, row in enumerate(self.rows):
            if row.parent >= 0:
                children[row.parent].append(number)
        self.children: Tuple[Tuple[int, ...], ...] = tuple(tuple(below) for below in children)

    def with_rows(self, rows: Sequence[Row]) -> "Tree":
        """The same tree with other rows in their places."""
        return Tree(rows, self.images, self.default_image, self.granted)

    def __len__(self) -> int:
        return len(self.rows)

    def path(self, number: int) -> str:
        """The true path of a row: "/" for the root, "/a/b" below."""
        names: List[str] = []
        while self.rows[number].parent >= 0:
            if self.rows[number].name:  # what is generated stands in the place of its parent
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

    def running(self) -> Tuple[bool, ...]:
        """For each row whether anything runs in it: no skip at or above it, and an Exec at or below it, or generated there."""
        awake: List[bool] = []
        for row in self.rows:
            awake.append(not row.skip and (row.parent < 0 or awake[row.parent]))
        runs = [row.kind == "exec" and awake[number] for number, row in enumerate(self.rows)]
        for number, row in enumerate(self.rows):
            if row.lazy and row.kind != "exec":
                runs[number] = awake[number] and runs[number - 1]
        for number in range(len(runs) - 1, 0, -1):
            if runs[number]:
                runs[self.rows[number].parent] = True
        return tuple(runs)
