"""The step in which a job runs its command: data in `env`, and a script that is the same for every job."""

from __future__ import annotations

from typing import Any, Dict, List

from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.quantities import cpu_shares, mebibytes

from .github_text import carried

#: The scripts are run by the runner's bash. Each takes what CONDUCTO_SET_... assign, and then reads
#:   CONDUCTO_NODE, CONDUCTO_COMMAND, CONDUCTO_ENV_X (the command's X, kept apart from what rules the runner's own tools),
#:   CONDUCTO_IMAGE and CONDUCTO_OPTIONS (of docker), CONDUCTO_FOLDER (in the checkout).
#: What a container says goes one way: docker brings two together again in any order, in the middle of a line too.
#: Between the ::stop-commands:: and its token, which is fresh, GitHub acts on no line that a command prints; on one way
#: only, as lines of two ways might overtake each other.
#: Where a user's PATH hides the image's shell, it is looked for where it usually is; `$0` must then be said.
DOCKER = r"""
exec 2>&1
for set in "${!CONDUCTO_SET_@}"; do eval "export ${!set}"; done
for env in "${!CONDUCTO_ENV_@}"; do set -- "$@" --env "${env#CONDUCTO_ENV_}=${!env}"; done
export CONDUCTO_PIPELINE_ID=$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT
token=$(cat /proc/sys/kernel/random/uuid)
echo "::stop-commands::$token"
docker run --rm --init --env CONDUCTO_PIPELINE_ID --env CONDUCTO_NODE "$@" $CONDUCTO_OPTIONS \
  --entrypoint /bin/sh "$CONDUCTO_IMAGE" -c '
    exec 2>&1
    command -v bash >/dev/null && exec bash -c "$1"
    for bash in /bin/bash /usr/bin/bash /usr/local/bin/bash; do [ -x $bash ] && exec $bash -c "$1" bash; done
    command -v sh >/dev/null && exec sh -c "$1"
    exec /bin/sh -c "$1" sh
  ' sh "$CONDUCTO_COMMAND" </dev/null
status=$?
printf '\n::%s::\n' "$token"
exit "$status"
""".strip()

#: As above, on the runner itself: the command leads a process group, which is killed when it has ended.
HOST = r"""
exec 2>&1
for set in "${!CONDUCTO_SET_@}"; do eval "${!set}"; done
for env in "${!CONDUCTO_ENV_@}"; do set -- "$@" "${env#CONDUCTO_ENV_}=${!env}"; done
set -- CONDUCTO_PIPELINE_ID="$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" CONDUCTO_NODE="$CONDUCTO_NODE" "$@"
cd -- "${CONDUCTO_FOLDER:-.}" || exit
command=$CONDUCTO_COMMAND
unset "${!CONDUCTO_@}"
token=$(cat /proc/sys/kernel/random/uuid)
echo "::stop-commands::$token"
setsid env "$@" "$BASH" -c "$command" bash </dev/null &
wait "$!" 2>/dev/null
status=$?
kill -KILL -- "-$!" 2>/dev/null
printf '\n::%s::\n' "$token"
exit "$status"
""".strip()

SCRIPTS = {"CONDUCTO_DOCKER": DOCKER, "CONDUCTO_HOST": HOST}


def script_name(row: Row) -> str:
    """The script that runs an Exec."""
    return "CONDUCTO_HOST" if row.image is None else "CONDUCTO_DOCKER"


def step(plan: Plan, number: int) -> Dict[str, Any]:
    """The step of an Exec."""
    row = plan.rows[number]
    values = [("CONDUCTO_NODE", plan.path(number))]
    if row.image is None:
        values += [("CONDUCTO_FOLDER", plan.origin.folder)] if plan.origin.folder else []
    else:
        values.append(("CONDUCTO_IMAGE", row.image))
        values += [("CONDUCTO_OPTIONS", " ".join(options(row)))] if options(row) else []
    values += [(f"CONDUCTO_ENV_{key}", value) for key, value in row.env.items()]
    values.append(("CONDUCTO_COMMAND", row.command or ""))
    return {"env": carried(values), "run": f'bash -c "${script_name(row)}" conducto'}


def options(row: Row) -> List[str]:
    """The words of `docker run` for what an Exec asks for."""
    words: List[str] = []
    if row.cpu is not None:
        words += ["--cpu-shares", str(cpu_shares(row.cpu))]
    if row.mem is not None:
        words += ["--memory", f"{mebibytes(row.mem)}m"]
    if row.gpu:
        words += ["--gpus", str(row.gpu)]
    return words
