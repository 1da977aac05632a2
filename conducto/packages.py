"""The names that a user's files are imported by, where they must not be those of modules that are there already."""

from __future__ import annotations

import os
import sys


def free(name: str) -> str:
    """`name`, or one like it where a module is called so: `test.py` and `queue.py` must not hide Python's own."""
    taken = {*sys.modules, *getattr(sys, "stdlib_module_names", ())}
    while name in taken:
        name += "_"
    return name


def importable(package: str, root: str) -> str:
    """The name to import `package` by, of which the topmost folder lies in `root`.

    Its own, unless another module has that: code in a container stands in a folder that is called as we are. Then the topmost
    is imported here, under a name that is free; what the user's files import of it relatively is found.
    """
    top, dot, rest = package.partition(".")
    folder = os.path.join(root, top)
    there = sys.modules.get(top)
    if there is None or folder in map(os.path.abspath, getattr(there, "__path__", ())):
        return package
    import importlib.util

    alias = free(top)
    spec = importlib.util.spec_from_file_location(
        alias, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        return package
    module = importlib.util.module_from_spec(spec)
    sys.modules[alias] = module
    spec.loader.exec_module(module)
    return f"{alias}{dot}{rest}"
