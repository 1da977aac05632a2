"""Write a pipeline once, as a tree of Serial, Parallel and Exec nodes, and compile it to what you already run.

`import conducto as co` needs nothing but the standard library.
"""

from . import callback
from .automain import main
from .diagnostics import ConductoError
from .image import Image
from .lazy import Lazy
from .nodes import Exec, Node, Parallel, Serial
from .params import Params
from .reuse import ContainerReuseContext, SameContainer
from .secret import Secret

__all__ = [
    "ConductoError",
    "ContainerReuseContext",
    "Exec",
    "Image",
    "Lazy",
    "Node",
    "Parallel",
    "Params",
    "SameContainer",
    "Secret",
    "Serial",
    "callback",
    "main",
]
