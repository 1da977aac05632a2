"""The leaf template of an Exec: one container, at whose command text and env arrive exactly."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set

from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.quantities import mebibytes, millicores

from .argo_names import texts_name
from .argo_text import carried, dollars, encoded, go_size, label

#: A pod has its template, as JSON, in an env entry, which Linux ends at 131,072 bytes; Argo adds to it. What is larger goes
#: into a ConfigMap.
LEAF_BYTES = 120_000
_FOLDER = "/conducto/texts"

#: Scripts of /bin/sh. They use no variable: it could be one of the user's, and would be exported.
#: One stream, as the node reads two pipes, and a line of one could overtake a line of the other.
JOIN = "exec 2>&1"
#: The command's text is `$0`, so that it stands in the file as it is written.
CHOOSE = 'if command -v bash >/dev/null 2>&1; then exec bash -c "$0"; fi; exec sh -c "$0"'
#: The same where the user's PATH may hide the image's shells; `$0` of the command must then be said.
SEARCH = "\n".join(
    [
        'if command -v bash >/dev/null 2>&1; then exec bash -c "$0"; fi',
        *(
            f'if [ -x {shell} ]; then exec {shell} -c "$0" bash; fi'
            for shell in ("/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash")
        ),
        'if command -v sh >/dev/null 2>&1; then exec sh -c "$0"; fi',
        'exec /bin/sh -c "$0" sh',
    ]
)
#: A text that cannot stand there as it is comes for `printf %b`; the dot keeps the newlines at its end.
DECODE = 'set -- "$(printf %b. "$0")"; set -- "${1%.}"'
#: Or it is so large that it comes in a file, for `printf %b` too.
READ = f'set -- "$(printf %b "$(PATH=$PATH:/bin:/usr/bin; cat {_FOLDER}/command; printf .)")"; set -- "${{1%.}}"'
#: Env that the container's own `env` cannot hold: as further arguments, and in files.
EXPORT = 'while [ $# -gt 0 ]; do set -- "$(printf %b. "$1")" "$@"; export "${1%.}"; shift 2; done'
READ_ENV = (
    f"set -- {_FOLDER}/env-*\n"
    "while [ $# -gt 0 ]; do\n"
    '  set -- "${1##*/env-}=$(printf %b "$(PATH=$PATH:/bin:/usr/bin; cat "$1"; printf .)")" "$@"\n'
    '  export "${1%.}"; shift 2\n'
    "done"
)

#: Env that Argo sets itself, or that rules the programs which run in the container before the command.
_OTHERS = re.compile("ARGO_[A-Za-z0-9_]*|LD_[A-Za-z0-9_]*|GO(DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK)")
#: Stands for the command among the texts of an Exec, which else are env.
_COMMAND = ""


class Leaf(NamedTuple):
    """A template without a name, and the ConfigMap that it reads, where it does."""

    template: Dict[str, Any]
    texts: Optional[Dict[str, Any]] = None


def leaf(plan: Plan, number: int) -> Leaf:
    """The template of an Exec."""
    path, row = plan.path(number), plan.rows[number]
    texts = {_COMMAND: row.command or "", "CONDUCTO_NODE": path, **row.env}
    large: Set[str] = set()
    template = _template(path, row, texts, large)
    for key in sorted(texts, key=lambda key: (-len(texts[key]), key)):
        if go_size(template) <= LEAF_BYTES:
            break
        large.add(key)
        template = _template(path, row, texts, large)
    if not large:
        return Leaf(template)
    found = _texts(plan, path, {key: text for key, text in texts.items() if key in large})
    template["container"]["volumeMounts"] = [{"name": "texts", "mountPath": _FOLDER}]
    template["volumes"] = [{"name": "texts", "configMap": {"name": found["metadata"]["name"]}}]
    return Leaf(template, found)


def _template(path: str, row: Row, texts: Mapping[str, str], large: Set[str]) -> Dict[str, Any]:
    env = {key: text for key, text in texts.items() if key != _COMMAND and key not in large}
    coded = [key for key, text in env.items() if not carried(text) or _OTHERS.fullmatch(key)]
    command = texts[_COMMAND]
    how = "file" if _COMMAND in large else "plain" if carried(command) else "coded"
    first = {"file": "command", "plain": command, "coded": encoded(command)}[how]
    args = [first, *(encoded(f"{key}={env[key]}") for key in coded)]
    lines = script(how, bool(coded), bool(large - {_COMMAND}), "PATH" in env or "PATH" in large)
    annotations = {"conducto/node": label(path)}
    if row.doc:
        annotations["conducto/doc"] = label(row.doc)
    container: Dict[str, Any] = {
        "image": row.image or "",
        "command": ["/bin/sh", "-c", dollars(lines)],
        "args": [dollars(word) for word in args],
        "env": [
            {"name": "CONDUCTO_PIPELINE_ID", "value": "{{workflow.uid}}"},
            *({"name": key, "value": dollars(text)} for key, text in env.items() if key not in coded),
        ],
    }
    if resources(row):
        container["resources"] = resources(row)
    return {"metadata": {"annotations": annotations}, "container": container}


def script(how: str, exports: bool, files: bool, path: bool) -> str:
    """What /bin/sh does. The command comes "plain", "coded" or in a "file"; there are `exports` among the arguments, and
    in `files`; the user's own env has a PATH.
    """
    lines: List[str] = [JOIN]
    lines += [EXPORT] if exports else []
    lines += [READ_ENV] if files else []
    choose = SEARCH if path else CHOOSE
    if how == "plain":
        return "\n".join([*lines, choose])
    return "\n".join([*lines, DECODE if how == "coded" else READ, choose.replace('"$0"', '"$1"')])


def _texts(plan: Plan, path: str, large: Mapping[str, str]) -> Dict[str, Any]:
    """The ConfigMap of the large texts: nothing in it is expanded, but the API server refuses some characters in any form."""
    data = {f"env-{key}" if key else "command": encoded(text) for key, text in large.items()}
    name = texts_name(plan.origin.name, path, repr(data))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def resources(row: Row) -> Dict[str, Dict[str, str]]:
    """What an Exec asks for; cpu is no limit."""
    requests: Dict[str, str] = {}
    limits: Dict[str, str] = {}
    if row.cpu is not None:
        requests["cpu"] = _amount(millicores(row.cpu), 1000, "m", "")
    if row.mem is not None:
        requests["memory"] = limits["memory"] = _amount(mebibytes(row.mem), 1024, "Mi", "Gi")
    if row.gpu:
        limits["nvidia.com/gpu"] = str(row.gpu)
    return {key: value for key, value in (("requests", requests), ("limits", limits)) if value}


def _amount(count: int, many: int, small: str, large: str) -> str:
    return f"{count}{small}" if count % many else f"{count // many}{large}"
