"""Write a pipeline once, as a tree of Serial, Parallel and Exec nodes, and compile it to what you already run.

`import conducto as co` needs nothing but the standard library, and loads what a file uses when it is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module

from . import started as started

#: As typing has it, which takes as long to load as Python to start: `conducto --version` does without.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from . import api as api
    from . import callback as callback
    from . import data as data
    from . import git as git
    from . import integrations as integrations
    from . import nb as nb
    from . import profile as profile
    from . import schedule as schedule
    from . import slack as slack
    from . import util as util
    from .automain import main as main
    from .data import pipeline as temp_data
    from .data import user as perm_data
    from .diagnostics import ConductoError as ConductoError
    from .image import Image as Image
    from .lazy import Lazy as Lazy
    from .lazy import lazy_py as lazy_py
    from .lazy import lazy_shell as lazy_shell
    from .local_paths import relpath as relpath
    from .nodes import Exec as Exec
    from .nodes import Node as Node
    from .nodes import Parallel as Parallel
    from .nodes import Serial as Serial
    from .notebook import Notebook as Notebook
    from .params import Params as Params
    from .reuse import ContainerReuseContext as ContainerReuseContext
    from .reuse import SameContainer as SameContainer
    from .secret import Secret as Secret
    from .util import env_bool as env_bool

    __version__: str

#: Name -> the module that has it, and what it is called there where that is another name.
_HOMES = {
    "ConductoError": "diagnostics",
    "ContainerReuseContext": "reuse",
    "Exec": "nodes",
    "Image": "image",
    "Lazy": "lazy",
    "Node": "nodes",
    "Notebook": "notebook",
    "Parallel": "nodes",
    "Params": "params",
    "SameContainer": "reuse",
    "Secret": "secret",
    "Serial": "nodes",
    "env_bool": "util",
    "lazy_py": "lazy",
    "lazy_shell": "lazy",
    "main": "automain",
    "perm_data": "data:user",
    "relpath": "local_paths",
    "temp_data": "data:pipeline",
}

__all__ = [
    "ConductoError",
    "ContainerReuseContext",
    "Exec",
    "Image",
    "Lazy",
    "Node",
    "Notebook",
    "Parallel",
    "Params",
    "SameContainer",
    "Secret",
    "Serial",
    "callback",
    "data",
    "env_bool",
    "lazy_py",
    "lazy_shell",
    "main",
    "perm_data",
    "relpath",
    "temp_data",
    "util",
]


def __getattr__(name: str) -> Any:
    # Python asks so whether it has to import a module, before it does.
    if sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
        raise AttributeError(name)
    globals()[name] = found = _found(name)
    return found


def _found(name: str) -> Any:
    """What stands behind a name that is asked for the first time."""
    if name in _HOMES:
        module, _, there = _HOMES[name].partition(":")
        return getattr(import_module(f"conducto.{module}"), there or name)
    from .later import attribute

    return attribute(name, __dir__())


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__, *_HOMES})
