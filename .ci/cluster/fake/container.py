"""What a pod's main container is to run: its words and variables, as Kubernetes and Argo's emissary make them."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from api import Api, Object

# Larger arguments reach the emissary by a ConfigMap: https://github.com/argoproj/argo-workflows, workflowpod.go.
ARGUMENTS_FILE = "ARGO_CONTAINER_ARGS_FILE"
LONGEST_ARGUMENT = 131072


class CannotMake(Exception):
    """The kubelet could not make this container: it would wait for ever."""


@dataclass
class Container:
    """One container to run: image, words, variables, and the ConfigMaps to mount (path in the container -> files)."""

    image: str
    argv: list[str]
    env: dict[str, str]
    directory: str
    files: dict[str, dict[str, str]] = field(default_factory=dict)


def expand(text: str, env: dict[str, str]) -> str:
    """Kubernetes' expansion: `$(X)` of a known X, `$$` for a dollar sign; anything else stays."""
    return re.sub(r"\$\$|\$\(([^)]*)\)", lambda m: "$" if m[0] == "$$" else env.get(m[1], m[0]), text)


def main_container(api: Api, pod: Object) -> Container:
    """The container named `main`. Raises CannotMake."""
    main = next(c for c in pod["spec"]["containers"] if c["name"] == "main")
    namespace = pod["metadata"]["namespace"]
    env: dict[str, str] = {}
    for entry in main.get("env", []):
        value = _from(api, pod, entry["valueFrom"]) if "valueFrom" in entry else expand(entry.get("value", ""), env)
        if value is not None:
            env[entry["name"]] = value
    variables = _service(api) | env
    argv = [expand(word, variables) for word in [*main.get("command", []), *main.get("args", [])]]
    if "emissary" in argv[:2]:
        argv = argv[argv.index("--") + 1 :]
    files = {
        mount["mountPath"]: _config_map(api, namespace, volume["configMap"]["name"])
        for mount in main.get("volumeMounts", [])
        for volume in pod["spec"].get("volumes", [])
        if volume["name"] == mount["name"] and "configMap" in volume
    }
    if ARGUMENTS_FILE in env:
        argv += _offloaded(env[ARGUMENTS_FILE], files)
    return Container(main["image"], argv, variables, main.get("workingDir", ""), files)


def _offloaded(path: str, files: dict[str, dict[str, str]]) -> list[str]:
    """Arguments that the controller moved to a file: the kubelet does not expand them, the emissary shortens them."""
    folder, name = os.path.split(path)
    words = json.loads(files[folder][name])
    return [w if len(w.encode()) <= LONGEST_ARGUMENT else f"@/tmp/argo_arg_{i}.txt" for i, w in enumerate(words)]


def _service(api: Api) -> dict[str, str]:
    """The variables of the service `kubernetes`, which every pod has."""
    return {
        "KUBERNETES_SERVICE_HOST": api.host,
        "KUBERNETES_SERVICE_PORT": str(api.port),
        "KUBERNETES_SERVICE_PORT_HTTPS": str(api.port),
    }


def _from(api: Api, pod: Object, source: Object) -> str | None:
    """A variable's value from elsewhere; None where it is optional and not there."""
    if "fieldRef" in source:
        value: Object = pod
        for key in source["fieldRef"]["fieldPath"].split("."):
            value = value[key]
        return str(value)
    kind, place = ("secrets", "secretKeyRef") if "secretKeyRef" in source else ("configmaps", "configMapKeyRef")
    if place not in source:
        raise CannotMake(f"no such source: {source}")
    reference = source[place]
    found = api.call("GET", f"/api/v1/namespaces/{pod['metadata']['namespace']}/{kind}/{reference['name']}") or {}
    text = found.get("data", {}).get(reference["key"])
    if text is None and not reference.get("optional"):
        raise CannotMake(f"no {reference['key']} in {kind} {reference['name']}")
    return base64.b64decode(text).decode() if text is not None and kind == "secrets" else text


def _config_map(api: Api, namespace: str, name: str) -> dict[str, str]:
    """A ConfigMap's files."""
    found = api.call("GET", f"/api/v1/namespaces/{namespace}/configmaps/{name}")
    if found is None:
        raise CannotMake(f"no ConfigMap {name}")
    return dict(found.get("data", {}))


def write_files(files: dict[str, dict[str, str]], folder: Path) -> list[tuple[Path, str]]:
    """Writes ConfigMaps below `folder`: pairs of the place here and the path in the container."""
    pairs = []
    for number, (path, texts) in enumerate(files.items()):
        here = folder / f"config{number}"
        here.mkdir()
        for name, text in texts.items():
            (here / name).write_text(text)
        pairs.append((here, path))
    return pairs
