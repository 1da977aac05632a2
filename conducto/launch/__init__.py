"""Launching: a pipeline is compiled for the local target, make, into a folder of its own, and run there.

Loaded through `conducto.launcher` alone, or by the command `conducto run`.
"""

from .. import templating as templating  # so that nothing is missing once a launch has begun
from .node import LaunchError, of_node
from .start import of_request, of_words

__all__ = ["LaunchError", "of_node", "of_request", "of_words"]
