"""Write a pipeline once, as a tree of Serial, Parallel and Exec nodes, and compile it to what you already run.

`import conducto as co` needs nothing but the standard library. What few files use is loaded when it is asked for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, List

from . import callback, data
from .automain import main
from .data import pipeline as temp_data
from .data import user as perm_data
from .diagnostics import ConductoError
from .image import Image
from .lazy import Lazy, lazy_py, lazy_shell
from .local_paths import relpath
from .nodes import Exec, Node, Parallel, Serial
from .params import Params
from .reuse import ContainerReuseContext, SameContainer
from .secret import Secret

if TYPE_CHECKING:
    from . import api as api
    from . import git as git
    from . import integrations as integrations
    from . import nb as nb
    from . import profile as profile
    from . import schedule as schedule
    from . import slack as slack
    from . import util as util
    from .notebook import Notebook as Notebook
    from .util import env_bool as env_bool

    __version__: str

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
    from .later import attribute

    found = attribute(name, __dir__())
    globals()[name] = found
    return found


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
