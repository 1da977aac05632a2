"""The current folder when conducto was loaded: what a relative name of a user's file means, whatever os.chdir did since."""

from __future__ import annotations

import os

try:
    FOLDER = os.getcwd()
except OSError:
    FOLDER = os.sep
