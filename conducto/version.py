"""The release that stands in pyproject.toml, which a test holds it to: asking the installation takes longer than Python does
to start.
"""

from __future__ import annotations

VERSION = "0.1.0"
