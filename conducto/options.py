"""What a node's `options={"NAME": {...}}` holds, checked by what its target takes."""

from __future__ import annotations

from typing import Any

import jsonschema

from . import targets, text
from .diagnostics import Report, did_you_mean
from .ir.plan import Plan
from .targets import Emitter


def check_options(plan: Plan, emitter: Emitter, report: Report) -> None:
    """Complain (C307) about `options` that the target does not know; those of the same content once. Warns as below."""
    seen: dict[int, Any] = {}
    _warn_of_strangers(plan, report)
    for number, row in enumerate(plan.rows):
        table = row.options.get(emitter.name, {})
        if not plan.runs[number] or not table or id(table) in seen:
            continue
        seen[id(table)] = table
        for key, value in table.items():
            _check_option(plan, emitter, report, number, key, value)


def _warn_of_strangers(plan: Plan, report: Report) -> None:
    """Warn (C210) of `options` for a target that is not installed here, at the first node that has them."""
    known = targets.names()
    seen: set[str] = set()
    for number, row in enumerate(plan.rows):
        for name in row.options:
            if name not in known and name not in seen:
                seen.add(name)
                message = f"`options` names `{text.shown(name)}`, and no target here is called so"
                help = did_you_mean(name, known) or f"the targets here are {', '.join(known)}"
                report.warning("C210", message, node=plan.path(number), site=row.site, help=help)


def _check_option(plan: Plan, emitter: Emitter, report: Report, number: int, key: str, value: Any) -> None:
    message, help = "", "correct its value"
    if key not in emitter.options:
        message = f"{emitter.title} has no option `{text.shown(key)}`"
        known = ", ".join(emitter.options) or "none"
        help = did_you_mean(key, emitter.options) or f"its options are {known}"
    else:
        error = next(iter(jsonschema.Draft202012Validator(emitter.options[key]).iter_errors(value)), None)
        message = f"option `{key}` of {emitter.title}: {error.message}" if error is not None else ""
    if message:
        report.error("C307", message, node=plan.path(number), site=plan.rows[number].site, help=help)
