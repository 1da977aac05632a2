"""`co.schedule`: asked the service that ran pipelines, which is no more. Importing it is harmless, using it raises (C161)."""

from __future__ import annotations

from . import gone

__getattr__ = gone.module("schedule")
