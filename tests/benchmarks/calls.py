"""An Exec of a function: what each costs after the first, ours and the original's alike."""

from __future__ import annotations

import gc
import time


def work(number: int, path: str = "data") -> None:
    """What the Execs call."""


def microseconds(count: int) -> float:
    """CPU microseconds for each `Exec(work, number=...)` after the first."""
    import conducto as co

    co.Exec(work, number=0)
    gc.collect()
    begun = time.process_time()
    kept = [co.Exec(work, number=number) for number in range(count)]
    return (time.process_time() - begun) / len(kept) * 1e6
