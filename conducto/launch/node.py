"""`node.launch_local()`: what it is given, and a tree that no FUNC names."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from .. import checks, config, draw, repository, run, source
from ..blame import blame, out_of_range, wrong_type
from ..compile import Pipeline
from ..diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from ..ir.plan import Origin
from ..nodes import Node
from ..source import Site
from . import start
from .options import ENGINES, GONE, Options, gone

#: The name of what has no file: a shell of Python's, a notebook, `python -c`.
_BY_HAND = "interactive"
_FUNCTION = "launch_local"
#: Words of `launch` for what only the service had, that say nothing where they are not set.
_OF_SERVICE = tuple(name.replace("-", "_") for name in GONE)


class LaunchError(ConductoError):
    """What is wrong with a tree that was launched, told as compile tells it."""

    def __str__(self) -> str:
        return f"this pipeline cannot be launched\n\n{draw.text(self.diagnostics)}"


def of_node(node: Node, given: Mapping[str, Any], hosted: bool = False) -> int:
    """Launch the tree whose root `node` is, as launch_local says; with `hosted`, as `launch` of the service's client did."""
    found = _options(_of_launch(given) if hosted else dict(given))
    if node.parent is not None:
        message = f"only a whole tree is launched, and this node stands at {node.path}"
        help = "launch its root: `node.root.launch_local()`"
        raise blame(ConductoValueError, "C413", message, help=help, node=node.path)
    if run.asked:
        message = "a tree is launched by a function that was asked for its tree"
        help = "let it return the tree: who asked compiles it or runs it"
        raise blame(ConductoValueError, "C436", message, help=help, node=node.path)
    site = source.user_site()
    try:
        ended = start.launch(_pipeline(node, site), found, _again(site))
    except ConductoError as error:
        placed = (said if said.location else said._replace(location=site.location()) for said in error.diagnostics)
        raise LaunchError(*placed) from None
    if ended.signal is not None:
        signal.raise_signal(ended.signal)
    return ended.status


def _pipeline(root: Node, site: Site) -> Pipeline:
    """The tree as it is, under the name of the file that launches it."""
    file = _file(site)
    project, home = config.load(file), repository.of(file)
    relative = home.relative(file)
    name = repository.pipeline_name(relative, _FUNCTION, False, project.name)
    return Pipeline(root, Origin(name, relative, _FUNCTION), home, project.of(None))


def _file(site: Site) -> str:
    """The file of a line; what stands for one in the current folder, where a line has none."""
    file = site.code.co_filename
    return file if os.path.isfile(file) else os.path.abspath(_BY_HAND)


def _again(site: Site) -> str:
    """How it is launched again."""
    file = _file(site)
    if os.path.basename(file) == _BY_HAND:
        return "launch_local(), by hand"
    return f"launch_local() in line {site.line} of {repository.of(file).relative(file)}"


# --- what it is given -------------------------------------------------------------------------------------------------


def _options(own: dict[str, Any]) -> Options:
    """The options of a launch, checked. Raises ConductoTypeError or ConductoValueError (C110, C430) at the user's line."""
    for name in ("use_shell", "run", "sleep_when_done"):
        checks.flag(name, own[name])
    own["retention"] = _days(own["retention"])
    checks.count("jobs", own["jobs"], least=1)
    if own["engine"] not in (None, *ENGINES):
        raise out_of_range("engine", own["engine"], " or ".join(map(repr, ENGINES)))
    return Options(**own)


def _of_launch(given: Mapping[str, Any]) -> dict[str, Any]:
    """What launch_local is given, of the words of `launch`."""
    own = dict(given)
    for name in _OF_SERVICE:
        if own.pop(name, None):
            said = gone(name.replace("_", "-"), f"{name}=", "local=True")
            raise blame(ConductoValueError, said.code, said.message, source.keyword(name), help=said.help)
    if not own.pop("local", None):
        message = "`launch` is not told where, and this machine is all that there is"
        raise blame(ConductoValueError, "C430", message, help="write `launch_local(...)`, or `local=True`")
    own["use_shell"] = own.pop("shell", True)
    usual = {"retention": 7, "run": False, "sleep_when_done": False, "engine": None, "jobs": None}
    for name in own:
        if name not in (*usual, "use_shell"):
            message = f"`launch` has no argument `{name}`"
            raise blame(ConductoTypeError, "C134", message, source.keyword(name), help="leave it out")
    return {**usual, **own}


def _days(value: Any) -> float:
    wanted = "a number of days, 0 or more"
    pick = source.argument("retention", 1)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type("retention", value, wanted, pick)
    if not 0 <= value < float("inf"):
        raise out_of_range("retention", value, wanted, pick)
    return value
