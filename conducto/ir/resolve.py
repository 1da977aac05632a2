"""Node -> Tree: inheritance ends here, and nothing that the user may still change is kept."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .. import inherit, source
from ..attributes import OF_KIND
from ..diagnostics import ConductoError, Report
from ..env import Value
from ..nodes import Node
from ..repository import Repository
from ..reuse import ContainerReuseContext
from ..secret import Secret
from . import containers
from .above import Above
from .image_table import ImageTable
from .images import ImageSpec
from .tree import Alike, Granted, Row, Tree

#: What of an Exec the nearest value counts for.
_NEAREST = ("cpu", "mem", "gpu", "requires_docker", "docker_run_args")
#: What counts for a node alone, by kind; "skip" and the like as they are.
_OWN = {
    kind: tuple(name for name, attribute in known.items() if attribute.inherited == "no")
    for kind, known in OF_KIND.items()
}


class _Inherited(NamedTuple):
    """What a node hands down: env and options merged, of the others the nearest. `image` may be an Image, a name or None, and
    `container` is the row of the NEW node that counts, -1 for none.
    """

    env: Mapping[str, Value] = {}
    options: inherit.Options = {}
    image: Any = None
    cpu: Optional[float] = None
    mem: Optional[float] = None
    gpu: Optional[int] = None
    requires_docker: bool = False
    docker_run_args: Tuple[str, ...] = ()
    container: int = -1


def resolve(root: Node, default_image: str, home: Repository, report: Report, above: Optional[Above] = None) -> Tree:
    """The frozen tree below `root`; `default_image` is of Execs that choose none ("" for no container), `home` the repository
    that paths of Images are made relative to. With `above`, `root` was generated, and the rows above it come first.

    Complains of an `image_name` that names no Image (C220) or several (C221), of what `home` has not (C204-C206), and of
    Execs that cannot share a container (C222); warns of docker that may not be shared (C223) and of callbacks that do nothing
    (C224).
    """
    before = len(report.errors)
    images = ImageTable(root.stream(), default_image, home, above.images if above else {})
    rows: List[Row] = list(above.rows) if above else []
    stack = [(root, len(rows) - 1, _handed_down(rows), above.granted if above else Granted())]
    granted: Dict[int, Granted] = {}
    callbacks: List[Tuple[Node, int]] = []
    alikes = _Alikes(images, report)
    while stack:
        node, parent, inherited, named = stack.pop()
        number = len(rows)
        if node._own:
            inherited = _below(inherited, node, number, images, report)
            named = _naming(named, node)
            if "_callbacks" in node._own:
                callbacks.append((node, number))
        alike = alikes.of(node, inherited)
        command = node._command if node.kind == "exec" else None
        rows.append(Row.of(alike, parent, node._name or "", node._site, command))
        if node.kind != "exec":
            stack.extend((child, number, inherited, named) for child in reversed(list(node.children.values())))
            if rows[-1].lazy:
                granted[number] = named
    tree = Tree(rows, images.table(), default_image, granted)
    _warn_of_callbacks(tree, callbacks, report)
    if len(report.errors) == before:
        containers.check(tree, report)
    return tree


def _handed_down(above: List[Row]) -> _Inherited:
    """What counts where a tree begins: nothing for a whole one, else what the last row above has."""
    if not above:
        return _Inherited()
    last = above[-1]._asdict()
    own = {name: last[name] for name in _Inherited._fields}
    return _Inherited(**{**own, "image": (last["image"], last["chosen"])})


def _below(inherited: _Inherited, node: Node, number: int, images: ImageTable, report: Report) -> _Inherited:
    """What counts at `node`, row `number`, of what comes from above and its own."""
    own = node._own
    changed: Dict[str, Any] = {name: own[name] for name in _NEAREST if own.get(name) is not None}
    if own.get("env"):
        changed["env"] = {**inherited.env, **own["env"]}
    if own.get("options"):
        changed["options"] = inherit.merged_options(inherited.options, own["options"])
    if own.get("image") is not None:
        changed["image"] = own["image"]
    elif own.get("image_name") is not None:
        changed["image"] = _named(node, images, report)
    reuse = own.get("container_reuse_context")
    if reuse is not None:
        changed["container"] = number if reuse is ContainerReuseContext.NEW else -1
    return inherited._replace(**changed) if changed else inherited


def _naming(above: Granted, node: Node) -> Granted:
    """What is granted at `node`, by those above it and itself."""
    own = node._own
    secrets = [value.name for value in (own.get("env") or {}).values() if isinstance(value, Secret)]
    args = own.get("docker_run_args")
    if not secrets and not args and not own.get("requires_docker"):
        return above
    return Granted(
        tuple(dict.fromkeys((*above.secrets, *secrets))),
        above.docker or bool(own.get("requires_docker")),
        tuple(dict.fromkeys((*above.run_args, *([tuple(args)] if args else [])))),
    )


def _named(node: Node, images: ImageTable, report: Report) -> Any:
    """The Image that the `image_name` of a node means."""
    name = node._own["image_name"]
    found = images.named.get(name, ())
    if len(found) == 1:
        return found[0]
    if not found and name in images.above:
        return images.above[name]
    wrong = inherit.no_image(name, images.named)
    location = node._site.location(source.argument("image_name"))
    report.error(wrong.code, wrong.message, node=node.path, location=location, notes=wrong.notes, help=wrong.help)
    return None


class _Alikes:
    """Makes what rows have alike: of nodes that were given nothing themselves, once for all that inherit the same."""

    def __init__(self, images: ImageTable, report: Report) -> None:
        self._images = images
        self._report = report
        #: The _Inherited is kept, so that no other has its id.
        self._known: Dict[Tuple[str, int], Tuple[_Inherited, Alike]] = {}

    def of(self, node: Node, inherited: _Inherited) -> Alike:
        """What stands in the row of `node`, but for what it has apart."""
        if node._own or _is_lazy(node):
            return self._made(node, inherited)
        key = node.kind, id(inherited)
        if key not in self._known:
            self._known[key] = inherited, self._made(node, inherited)
        return self._known[key][1]

    def _made(self, node: Node, inherited: _Inherited) -> Alike:
        own = node._own
        found: Dict[str, Any] = {name: own[name] for name in _OWN[node.kind] if own.get(name) is not None}
        lazy = _is_lazy(node)
        if inherited.options:
            found["options"] = inherited.options
        if node.kind == "exec" or lazy:
            image, chosen = _spec(node, inherited.image, self._images, self._report)
            found.update(inherited._asdict(), image=image, chosen=chosen)
        return Alike(node.kind, lazy=lazy, **found)


def _is_lazy(node: Node) -> bool:
    return node._parent is not None and node._parent._pair


def _spec(node: Node, image: Any, images: ImageTable, report: Report) -> Tuple[Optional[ImageSpec], bool]:
    """The image of an Exec; what is wrong with it is said at the first node that has it."""
    try:
        return images.spec(image)
    except ConductoError as error:
        report.diagnostics.extend(error.at(node.path).diagnostics)
        return None, False


def _warn_of_callbacks(tree: Tree, found: List[Tuple[Node, int]], report: Report) -> None:
    for node, number in found:
        for event, callback, site in node._own["_callbacks"]:
            message = f"`co.callback.{callback.name}` does nothing at `{event}`: no target has it"
            location = site.location(source.argument("callback", 0))
            report.warning("C224", message, node=tree.path(number), location=location, help=callback.help)
