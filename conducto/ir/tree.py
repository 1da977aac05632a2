"""The frozen tree: rows in pre-order, so that no walk depends on Python's stack and no row holds a path."""

from __future__ import annotations

import copy
from operator import attrgetter
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..call import Call as Call
from ..secret import Secret
from ..source import Site
from .images import ImageSpec


class Alike(NamedTuple):
    """What many rows have alike, and keep but once: all that Row tells of, but for what it has apart."""

    kind: str
    doc: Optional[str] = None
    skip: bool = False
    suppress_errors: bool = False
    stop_on_error: bool = True
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


def _alike(name: str) -> Any:
    """An attribute of a row that stands in what it has alike with others."""
    return property(attrgetter(f"alike.{name}"))


class _Parts(NamedTuple):
    """What each row has apart."""

    parent: int
    name: str
    site: Optional[Site]
    command: Union[str, Call, None]
    alike: Alike


class Row(_Parts):
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

    Most of these are the same from node to node, so rows share them as `alike`: 80 bytes a row instead of 280.
    """

    __slots__ = ()

    kind: str = _alike("kind")
    doc: Optional[str] = _alike("doc")
    skip: bool = _alike("skip")
    suppress_errors: bool = _alike("suppress_errors")
    stop_on_error: bool = _alike("stop_on_error")
    env: Mapping[str, Union[str, Secret]] = _alike("env")
    image: Optional[ImageSpec] = _alike("image")
    chosen: bool = _alike("chosen")
    cpu: Optional[float] = _alike("cpu")
    mem: Optional[float] = _alike("mem")
    gpu: Optional[int] = _alike("gpu")
    title: Optional[str] = _alike("title")
    tags: Tuple[str, ...] = _alike("tags")
    max_time: Optional[int] = _alike("max_time")
    retries: int = _alike("retries")
    max_concurrent: Optional[int] = _alike("max_concurrent")
    options: Mapping[str, Mapping[str, Any]] = _alike("options")
    requires_docker: bool = _alike("requires_docker")
    docker_run_args: Tuple[str, ...] = _alike("docker_run_args")
    container: int = _alike("container")
    runtime: bool = _alike("runtime")
    lazy: bool = _alike("lazy")
    data: bool = _alike("data")

    _field_defaults = {"site": None, "command": None, **Alike._field_defaults}

    def __new__(
        cls,
        parent: int,
        name: str,
        kind: str,
        site: Optional[Site] = None,
        command: Union[str, Call, None] = None,
        **alike: Any,
    ) -> "Row":
        return cls.of(Alike(kind, **alike), parent, name, site, command)

    @classmethod
    def of(
        cls, alike: Alike, parent: int, name: str, site: Optional[Site] = None, command: Union[str, Call, None] = None
    ) -> "Row":
        """The row that has `alike` in common with others."""
        return cls._make((parent, name, site, command, alike))

    def _replace(self, **changes: Any) -> "Row":
        """The row with other values, which NamedTuple's own would only take for the five that stand apart."""
        parent, name, site, command = (changes.pop(key, getattr(self, key)) for key in _Parts._fields[:-1])
        return self.of(self.alike._replace(**changes) if changes else self.alike, parent, name, site, command)

    def _asdict(self) -> Dict[str, Any]:
        alike = self.alike._asdict()
        first = {"parent": self.parent, "name": self.name, "kind": alike.pop("kind"), "site": self.site}
        return {**first, "command": self.command, **alike}

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
        """Whether an Exec must not be run as if its image were nothing: the author chose one, something is in it, or the
        file that its command calls is named by where it has that.
        """
        image = self.image
        if image is None or not image.is_container:
            return False
        called = self.runtime and image.has_places
        return self.chosen or image.installs or called or image.platform != ""

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
        below: Dict[int, List[int]] = {}
        for number, row in enumerate(self.rows):
            if row.parent >= 0:
                below.setdefault(row.parent, []).append(number)
        self.children: Tuple[Tuple[int, ...], ...] = tuple(tuple(below.get(n, ())) for n in range(len(self.rows)))

    def with_rows(self, rows: Sequence[Row]) -> "Tree":
        """The same tree with other rows in their places, each with the parent that was there."""
        tree = copy.copy(self)
        tree.rows = tuple(rows)
        return tree

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

    def path_sizes(self) -> List[int]:
        """The bytes of each row's path, 0 for the root's: the paths of a chain together are the square of its length."""
        sizes: List[int] = []
        for row in self.rows:
            above = sizes[row.parent] if row.parent >= 0 else 0
            sizes.append(above + 1 + len(row.name.encode()) if row.parent >= 0 and row.name else above)
        return sizes

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
