"""The file that calls us: what a relative path that is written there is relative to."""

from __future__ import annotations

import os

from . import started
from .source import Site


def file(site: Site) -> str:
    """The file that calls, symlinks resolved; for code that is of no file, one in the current folder."""
    name = site.code.co_filename
    return os.path.realpath(name if name.startswith("<") else os.path.join(started.FOLDER, name))


def located(path: str, site: Site) -> str:
    """The absolute path that `path`, written at `site`, means; whether anything is there or not."""
    return os.path.normpath(os.path.join(os.path.dirname(file(site)), path))
