"""What Argo Workflows cannot take of a plan, told with the node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, Mapping, Sequence

from conducto import limits
from conducto.diagnostics import Report
from conducto.ir.images import Code
from conducto.ir.plan import Plan
from conducto.text import shown

from .argo_bounds import Times, attempts
from .argo_carried import CARRIED_BYTES, Carried, largest
from .argo_leaf import LEAF_BYTES, Leaf
from .argo_node import machine
from .argo_script import SHELL
from .argo_templates import Shape, Template
from .argo_text import carried, go_size

if TYPE_CHECKING:
    from conducto.targets import Emitter

#: Levels of templates, root and leaf counted (the hundredth fails); and templates, by the full CRDs of Argo 4.
LEVELS, TEMPLATES = 99, 200
#: A Workflow's JSON, its state included, beyond which the controller ends it with an error; and what a pod adds to its
#: state, compressed as that is in a large Workflow.
WORKFLOW_BYTES, STATE_BYTES = 1_048_576, 100
#: The data of a ConfigMap, by Kubernetes.
TEXTS_BYTES = 1_000_000

#: Characters of an image's name; with any other a pod would wait without an end.
_IMAGE = re.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]*")


def check_features(plan: Plan, emitter: "Emitter", bounds: Times, report: Report) -> None:
    """Refuse (C305) what is exact for some nodes only: the limit of a group, a platform."""
    for number in bounds.unsaid:
        note = "Argo has deadlines of pods and of a whole run"
        limits.refuse(plan, emitter, report, "group_max_time", number, notes=(note,))
    for number in plan.leaves():
        image = plan.rows[number].image
        if image is not None and machine(image.platform) is None:
            note = f"no label of Kubernetes' nodes tells {shown(image.platform)!r} from others"
            limits.refuse(plan, emitter, report, "platform", number, notes=(note,))


def check_shape(plan: Plan, templates: Sequence[Template], shape: Shape, report: Report) -> None:
    """Complain of too many templates (C370) or levels of them (C371)."""
    if len(templates) > TEMPLATES:
        message = f"this pipeline would have {len(templates):,} templates, and Argo Workflows takes {TEMPLATES}"
        note = "there is one for each Serial and each Parallel, and none for an Exec"
        help = "put more Execs under fewer of them, or split the pipeline into several files"
        report.error("C370", message, node="/", site=plan.rows[0].site, notes=(note,), help=help)
    levels, plain = shape.depths(), plan.tree.depths()
    for number, row in enumerate(plan.rows):
        if plan.runs[number] and levels[number] > LEVELS >= plain[number]:
            message = f"this node would be {levels[number]} levels of templates deep, and Argo Workflows takes {LEVELS}"
            note = "`suppress_errors` at the root and under a Serial with `stop_on_error=False` takes one more"
            note += ", `retries` of groups one in all"
            report.error("C371", message, node=plan.path(number), site=row.site, notes=(note,), help="nest less")
            return


def check_carried(plan: Plan, has: Carried, report: Report) -> None:
    """Complain (C375) of code that no ConfigMap can carry."""
    users = _users(plan)
    for code, archive in has.tars.items():
        if len(archive) > CARRIED_BYTES and code in users:
            row = plan.rows[users[code]]
            message = (
                f"the code of this node's image has {len(archive):,} bytes, and a ConfigMap carries {CARRIED_BYTES:,}"
            )
            notes = tuple(f"{path} has {count:,}" for path, count in largest(plan.files[code]))
            help = "leave files out by `exclude`, copy a smaller folder, or let the image hold the code (`path_map`)"
            report.error("C375", message, node=plan.path(users[code]), site=row.site, notes=notes, help=help)


def _users(plan: Plan) -> Dict[Code, int]:
    """The first node of each code."""
    found: Dict[Code, int] = {}
    for number in plan.leaves():
        image = plan.rows[number].image
        if image is not None and image.code is not None:
            found.setdefault(image.code, number)
    return found


def check_leaf(plan: Plan, number: int, found: Leaf, report: Report) -> None:
    """Complain of a pod that is too large (C373), and of an image (C374), a shell (C376) or a repository (C377) whose name is
    none.
    """
    row, where = plan.rows[number], {"node": plan.path(number), "site": plan.rows[number].site}
    texts = go_size(found.texts) if found.texts else 0
    size = go_size(found.template)
    if size > LEAF_BYTES or texts > TEXTS_BYTES:
        kind, size, most = ("ConfigMap", texts, TEXTS_BYTES) if texts > TEXTS_BYTES else ("pod", size, LEAF_BYTES)
        message = f"the {kind} of this node would have {size:,} bytes, and Kubernetes takes {most:,}"
        report.error("C373", message, help="put what is long in its env into a file of the image", **where)
    if row.image is None:
        return
    if not row.image.from_dockerfile and not _IMAGE.fullmatch(row.image.base):
        message = f"no image can be named {shown(row.image.base)!r}"
        report.error("C374", message, help="name it as for `docker pull`", **where)
    if row.image.shell and not SHELL.fullmatch(row.image.shell):
        message = f"no shell can be named {shown(row.image.shell)!r}"
        report.error("C376", message, help="give its name or its path, without arguments", **where)
    if row.image.code is not None:
        for text in (row.image.code.url, row.image.code.branch):
            if not carried(text) or "\n" in text:
                message = f"Argo would act on what stands in {shown(text)!r}"
                report.error("C377", message, help="use another name of it", **where)


def check_size(plan: Plan, spec: Mapping[str, Any], report: Report) -> None:
    """Complain (C372) of a Workflow that is too large."""
    size = go_size(spec) + STATE_BYTES * attempts(plan)
    if size > WORKFLOW_BYTES:
        message = f"a run of this pipeline would take {size:,} bytes, and Argo Workflows takes {WORKFLOW_BYTES:,}"
        note = "these are the commands and env of all nodes, and the state of the run, every attempt counted"
        help = "split the pipeline into several files, or put long commands into files of the image"
        report.error("C372", message, node="/", site=plan.rows[0].site, notes=(note,), help=help)
