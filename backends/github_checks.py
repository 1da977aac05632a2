"""What GitHub or the runner would refuse at run time, without a message or with a cryptic one, told when it is compiled."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Dict, Mapping

from conducto.diagnostics import Report
from conducto.ir.plan import Plan
from conducto.limits import refuse
from conducto.text import yaml_lines

from .github_job import TIMEOUT, given_minutes, wanted_minutes
from .github_order import Gate
from .github_step import texts, values

if TYPE_CHECKING:
    from conducto.targets import Emitter

#: Where a workflow's limits are from: docs.github.com, "Actions limits" (file, expression); the kernel (an env entry); and
#: the sum of all `needs`, which is nowhere written: some 4,700 failed to start, without a message.
FILE_BYTES, EXPRESSION_LENGTH, ENV_BYTES, NEEDS = 512_000, 21_000, 131_071, 4_000

#: What the values of a step are called, where they are not env of the node.
_CALLED = {
    "COMMAND": "its command",
    "DOCKERFILE": "`dockerfile_text` of its image",
    "BUILD": "`docker_build_args` of its image",
    "INSTALLS": "what is installed into its image",
    "EXCLUDE": "`exclude` of its image",
}


def check_needs(plan: Plan, order: Mapping[int, Gate], report: Report) -> None:
    """C340: more `needs` than GitHub has been seen to take."""
    edges: Counter[int] = Counter()
    for gate in order.values():
        edges[gate.group] += len(gate.needs)
    total = sum(edges.values())
    if total > NEEDS:
        worst, most = edges.most_common(1)[0]
        message = (
            f"the jobs of this pipeline would need each other {total:,} times, and GitHub Actions takes some {NEEDS:,}"
        )
        note = f"{most:,} of these between the children of this node"
        help = "put an Exec between two large Parallels, or split the pipeline into several files"
        report.error("C340", message, node=plan.path(worst), site=plan.rows[worst].site, notes=(note,), help=help)


def check_job(plan: Plan, number: int, job: Mapping[str, Any], report: Report) -> None:
    """C341-C343: a condition, an env entry or a job that is too large."""
    row = plan.rows[number]
    where: Dict[str, Any] = {"node": plan.path(number), "site": row.site}
    size = len(job.get("if", ""))
    if size > EXPRESSION_LENGTH:
        message = (
            f"the condition of this node's job would have {size:,} characters, and the most is {EXPRESSION_LENGTH:,}"
        )
        help = "put an Exec before it that runs after all these, or use shorter names"
        report.error("C341", message, help=help, **where)
    carried = [(f"CONDUCTO_{name}", value) for name, value in values(plan, number)] + list(texts(row).items())
    for name, value in carried:
        size = len(f"{name}={value}".encode())
        if size > ENV_BYTES:
            kind, _, rest = name[len("CONDUCTO_") :].partition("_")
            called = f"env `{rest}`" if kind == "ENV" else _CALLED.get(kind, name)
            message = f"{called} would take {size:,} bytes, and a runner takes {ENV_BYTES:,}"
            report.error("C342", message, help="put it into a file of the copied code", **where)
    size = len("\n".join(yaml_lines(job, 4)).encode())
    if size > FILE_BYTES:
        message = (
            f"this node alone would take {size:,} bytes of the {FILE_BYTES:,} that GitHub Actions takes for a file"
        )
        report.error("C343", message, help="put its command into a file of the copied code", **where)


def check_secrets(plan: Plan, number: int, report: Report) -> None:
    """C344: a secret that cannot be made: docs.github.com, "Naming your secrets"."""
    row = plan.rows[number]
    for name in row.secrets.values():
        if name.startswith("GITHUB_"):
            message = f"a Secret `{name}` cannot be made on GitHub: it takes no name that begins with `GITHUB_`"
            report.error("C344", message, node=plan.path(number), site=row.site, help="give it another name")


def check_time(plan: Plan, number: int, emitter: "Emitter", report: Report) -> None:
    """C305: a `max_time` that GitHub would not wait for."""
    row = plan.rows[number]
    wanted, given = wanted_minutes(row), given_minutes(row)
    if wanted > given:
        options = row.options.get("github", {})
        note = f"with all its attempts it may take {wanted:,} minutes, and its job is ended after {given:,}"
        help = "give it a smaller `max_time`, or fewer `retries`"
        if "timeout-minutes" in options:
            help = 'give `timeout-minutes` in its `options={"github": {...}}` another value'
        elif given == TIMEOUT:
            help += ', or a runner of your own: `options={"github": {"runs-on": ...}}`'
        refuse(plan, emitter, report, "max_time", number, notes=(note,), help=help)
