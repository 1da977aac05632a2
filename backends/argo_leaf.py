"""An Exec as a container: its text alone in `args`, the choice of its shell in `command`."""

from __future__ import annotations

import base64
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..ir.plan import Plan
from ..ir.tree import Row
from ..quantities import mebibytes, millicores
from .argo_names import config_name
from .argo_text import encoded, hard, unexpanded, weight

#: A pod carries its template in an env entry of at most 128 KiB; what is larger goes into a ConfigMap of ours.
_ROOM = 100_000
#: A ConfigMap may hold 1 MiB.
CONFIG_BYTES = 1_000_000

_FOLDER = "/conducto/text"

#: bash where the image has it, else sh; where a user's PATH hides them they are looked for where they usually are.
_SHELL = (
    "command -v bash >/dev/null && exec bash -c {text}; "
    'for CONDUCTO_B in /bin/bash /usr/bin/bash /usr/local/bin/bash; do [ -x "$CONDUCTO_B" ] && '
    'exec "$CONDUCTO_B" -c {text} bash; done; '
    "command -v sh >/dev/null && exec sh -c {text}; exec /bin/sh -c {text} sh"
)
_DECODE = 'CONDUCTO_C=$(printf %b. "$0"); CONDUCTO_C=${CONDUCTO_C%.}; '
_READ = f"CONDUCTO_C=$(PATH=/bin:/usr/bin:$PATH; cat {_FOLDER}/command; printf .); CONDUCTO_C=${{CONDUCTO_C%.}}; "
_DECODE_ENV = (
    'for CONDUCTO_E; do CONDUCTO_V=$(printf %b. "${CONDUCTO_E#*=}"); '
    'export "${CONDUCTO_E%%=*}=${CONDUCTO_V%.}"; done; '
)
_READ_ENV = (
    f'for CONDUCTO_E in {_FOLDER}/env-*; do CONDUCTO_V=$(PATH=/bin:/usr/bin:$PATH; cat "$CONDUCTO_E"; printf .); '
    f'export "${{CONDUCTO_E#{_FOLDER}/env-}}=${{CONDUCTO_V%.}}"; done; '
)


class Leaf(NamedTuple):
    """A template without a name, and the ConfigMap that it reads, where it does."""

    template: Dict[str, Any]
    config: Optional[Dict[str, Any]]


class _Texts(NamedTuple):
    """The texts of an Exec by the way they travel: key "" is the command, the others are env names."""

    plain: Dict[str, str]
    coded: Dict[str, str]
    large: Dict[str, str]


def leaf(plan: Plan, number: int) -> Leaf:
    """The template of an Exec (containers need a shell at /bin/sh)."""
    row = plan.rows[number]
    texts = _sorted(plan, number)
    template: Dict[str, Any] = {}
    if row.doc:
        from .argo_text import inert

        template["metadata"] = {"annotations": {"conducto.io/doc": inert(row.doc)}}
    template["container"] = _container(row, texts)
    if not texts.large:
        return Leaf(template, None)
    name = config_name(plan, number)
    template["container"]["volumeMounts"] = [{"name": "text", "mountPath": _FOLDER}]
    template["volumes"] = [{"name": "text", "configMap": {"name": name}}]
    return Leaf(template, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **_data(texts.large)})


def _sorted(plan: Plan, number: int) -> _Texts:
    row = plan.rows[number]
    values = {"": row.command or "", "CONDUCTO_NODE": plan.path(number), **row.env}
    weights = {key: weight(encoded(value) if hard(value) else unexpanded(value)) for key, value in values.items()}
    large: Dict[str, str] = {}
    for key in sorted(values, key=lambda k: (-weights[k], k)):
        if sum(weights.values()) <= _ROOM:
            break
        large[key] = values[key]
        weights[key] = 0
    small = {key: value for key, value in values.items() if key not in large}
    plain = {key: value for key, value in small.items() if not hard(value)}
    return _Texts(plain, {key: value for key, value in small.items() if key not in plain}, large)


def _container(row: Row, texts: _Texts) -> Dict[str, Any]:
    script, args = _words(texts)
    container: Dict[str, Any] = {
        "image": row.image,
        "command": ["/bin/sh", "-c", unexpanded(script)],
        "args": args,
        "env": [
            {"name": "CONDUCTO_PIPELINE_ID", "value": "{{workflow.uid}}"},
            *({"name": key, "value": unexpanded(value)} for key, value in texts.plain.items() if key),
        ],
    }
    resources = _resources(row)
    if resources:
        container["resources"] = resources
    return container


def _words(texts: _Texts) -> Tuple[str, List[str]]:
    """The script of the outer shell, and its words: `$0` is the command, the others NAME=VALUE, encoded."""
    coded = [f"{key}={encoded(value)}" for key, value in texts.coded.items() if key]
    script = (_READ_ENV if any(texts.large) else "") + (_DECODE_ENV if coded else "")
    if "" in texts.plain:
        return script + _SHELL.replace("{text}", '"$0"'), [unexpanded(texts.plain[""]), *coded]
    first = encoded(texts.coded[""]) if "" in texts.coded else "command"
    script += _DECODE if "" in texts.coded else _READ
    return script + _SHELL.replace("{text}", '"$CONDUCTO_C"'), [first, *coded]


def _data(large: Mapping[str, str]) -> Dict[str, Any]:
    """Base64: a ConfigMap's own texts cannot hold what a server-side apply refuses."""
    files = {f"env-{key}" if key else "command": value for key, value in large.items()}
    return {"binaryData": {key: base64.b64encode(value.encode()).decode() for key, value in files.items()}}


def _resources(row: Row) -> Dict[str, Any]:
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
