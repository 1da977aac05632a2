"""Write a pipeline once, as a tree of Serial, Parallel and Exec nodes, and compile it to what you already run.

`import conducto as co` needs nothing but the standard library.
"""

from .automain import main
from .diagnostics import ConductoError
from .nodes import Exec, Node, Parallel, Serial

__all__ = ["ConductoError", "Exec", "Node", "Parallel", "Serial", "main"]
