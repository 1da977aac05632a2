"""Trees of what stands behind a failure: no cell counts that, as its turn never comes, and a wrong compiler may run it."""

from __future__ import annotations

from .trees import KEEP_GOING, SUPPRESS, Tree, execute, parallel, serial


def trees() -> list[Tree]:
    """Each kind of group with several children behind a failure: next to it, further in, further out, and forgiven above."""
    return [
        serial("", (_fails(), *_groups(), _goes_on("goes on, again", SUPPRESS))),
        serial("", (parallel("wide", (_fails(), execute("beside"))), *_groups())),
        serial("", (_fails(), serial("inner", (*_groups(), execute("last"))))),
        serial("", (_fails(), parallel("inner", (*_groups(), _forgiven())), execute("last"))),
        parallel("", (serial("forgiven", (_fails(), *_groups()), SUPPRESS), serial("plain", (_fails(), *_groups())))),
        serial("", (serial("stops", (_fails(), *_groups(), _forgiven())), execute("after")), KEEP_GOING),
        serial("", (serial("goes on", (_fails(), execute("runs")), KEEP_GOING), *_groups(), execute("last"))),
        serial("", (_fails(), serial("twice", (_goes_on(), execute("next"), _goes_on("second")), KEEP_GOING))),
    ]


def _fails() -> Tree:
    return execute("bad", "fail")


def _forgiven() -> Tree:
    return serial("forgiven", (execute("x", "ok", SUPPRESS), execute("y"), parallel("z", (execute("a"), execute("b")))))


def _goes_on(called: str = "keeps going", *attributes: str) -> Tree:
    inner = (execute("x"), parallel("y", (execute("a"), execute("b"))), serial("z", (execute("a"), execute("b"))))
    return serial(called, inner, KEEP_GOING, *attributes)


def _groups() -> tuple[Tree, ...]:
    two = (execute("x"), execute("y"))
    return _goes_on(), serial("in turn", two), parallel("at once", two)
