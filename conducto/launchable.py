"""`node.launch_local()`: a tree that Python made, run where it was made."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from .nodes import Node


class Launchable:
    """What the root of a tree can do besides standing there."""

    __slots__ = ()

    def launch_local(
        self: Any,
        use_shell: bool = True,
        retention: float = 7,
        run: bool = False,
        sleep_when_done: bool = False,
        *,
        engine: Optional[str] = None,
        jobs: Optional[int] = None,
    ) -> int:
        """Compile this tree as it is for the local target, make, and run it; how to go on is said on stderr.

        Without `run` it is only made ready, and said how it is started. With `use_shell` the run is shown here and waited
        for; without, it goes on by itself, also when this program and its terminal have ended. After `retention` days
        in which nothing happened to it, the next launch in this repository deletes its makefile, state and logs.
        `sleep_when_done` tells at the end what is kept of a run that was done; no run leaves anything running.
        `engine` is "docker" or "host"; by default docker where that answers. `jobs` Execs run at once, 8 by default.

        Returns 0, or 1 where the root failed, or 2 where the run could not begin. An interruption is handed on when the run has
        ended. Raises ConductoError with all that is wrong with the tree as compile says it; C413 for a part of a tree, C432
        where it is being run already, C433 where docker does not answer, C434 without GNU make, C436 while a tree is made
        for another who asked for it, C427 and C435 where the compiler is not installed.
        """
        given = {"use_shell": use_shell, "retention": retention, "run": run, "sleep_when_done": sleep_when_done}
        return _launch(self, {**given, "engine": engine, "jobs": jobs})

    def launch(self: Any, **given: Any) -> int:
        """launch_local in the words of the hosted service: `launch(local=True, shell=True, ...)`; C430 for what only that had."""
        return _launch(self, given, hosted=True)


def _launch(node: "Node", given: Any, hosted: bool = False) -> int:
    from . import launcher, run
    from .defaults import Defaults

    if run.recording:  # as at `co.main`: what the file says behind it counts on a run that has been
        caller = sys._getframe(2)
        raise run.MainReached({**caller.f_globals, **caller.f_locals}, None, None, Defaults())
    status: int = launcher.opened().of_node(node, given, hosted)
    return status
