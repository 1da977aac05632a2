"""The leaf template of an Exec: one container, at whose command text and env arrive exactly."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set

from conducto.ir.images import CODE, ImageSpec
from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.quantities import mebibytes, millicores

from .argo_carried import Carried
from .argo_names import texts_name
from .argo_node import about, placement
from .argo_script import TEXTS, Given, Script
from .argo_text import carried, dollars, encoded, go_size

#: A pod has its template, as JSON, in an env entry, which Linux ends at 131,072 bytes; Argo adds to it. What is larger goes
#: into a ConfigMap.
LEAF_BYTES = 120_000
#: The Secret that holds all secrets but those that the project keeps elsewhere.
SECRETS = "conducto-secrets"
#: Seconds between SIGTERM and SIGKILL; Kubernetes would wait for 30.
GRACE = 10

#: What a run is told of the commit that its code is of, and by which parameter.
COMMIT = {"CONDUCTO_GIT_URL": "git-url", "CONDUCTO_GIT_BRANCH": "git-branch", "CONDUCTO_GIT_SHA": "git-sha"}

#: Env that Argo sets itself, or that rules the programs which run in the container before the command.
_OTHERS = re.compile("ARGO_[A-Za-z0-9_]*|LD_[A-Za-z0-9_]*|GO(DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK)")
#: Stands for the command among the texts of an Exec, which else are env.
_COMMAND = ""


class Leaf(NamedTuple):
    """A template without a name, and the ConfigMap that it reads, where it does."""

    template: Dict[str, Any]
    texts: Optional[Dict[str, Any]] = None


def leaf(plan: Plan, number: int, has: Carried, deadline: Optional[int] = None, bounded: bool = False) -> Leaf:
    """The template of an Exec: `deadline` seconds an attempt, `bounded` where something ends it before it ends itself."""
    path, row = plan.path(number), plan.rows[number]
    image = row.image or ImageSpec()
    texts = {_COMMAND: row.script, "CONDUCTO_NODE": path, **_origin(image), **row.texts}
    large: Set[str] = set()
    made = _Made(plan, path, row, image, has, deadline, bounded)
    template = made.template(texts, large)
    for key in sorted(texts, key=lambda key: (-len(texts[key]), key)):
        if go_size(template) <= LEAF_BYTES:
            break
        large.add(key)
        template = made.template(texts, large)
    return Leaf(template, made.texts({key: text for key, text in texts.items() if key in large}))


def _origin(image: ImageSpec) -> Mapping[str, str]:
    """Where a clone is from."""
    if image.code is None or image.code.kind != "clone":
        return {}
    return {"CONDUCTO_GIT_URL": image.code.url, "CONDUCTO_GIT_BRANCH": image.code.branch}


class _Made(NamedTuple):
    """Makes the template of one Exec, anew for each choice of the texts that go into a ConfigMap."""

    plan: Plan
    path: str
    row: Row
    image: ImageSpec
    has: Carried
    deadline: Optional[int]
    bounded: bool

    def template(self, texts: Mapping[str, str], large: Set[str]) -> Dict[str, Any]:
        """The template with `large` of the `texts` in its ConfigMap."""
        code, cloned = self.image.code, self.image.code is not None and self.image.code.kind == "clone"
        mounts = self.has.mounts(code, self.row.runtime)
        container = self._container(texts, large)
        volumes = [mount.volume for mount in mounts]
        entries = [mount.entry for mount in mounts]
        if large:
            name = (self.texts({key: texts[key] for key in texts if key in large}) or {})["metadata"]["name"]
            volumes.insert(0, {"name": "texts", "configMap": {"name": name}})
            entries.insert(0, {"name": "texts", "mountPath": TEXTS})
        if entries:
            container["volumeMounts"] = entries
        inputs = {"inputs": {"artifacts": [_clone(self.image)]}} if cloned else {}
        return {
            "metadata": about(self.plan, self.path, self.row),
            **placement(self.plan, self.row),
            **self._ends(),
            **inputs,
            "container": container,
            **({"volumes": volumes} if volumes else {}),
        }

    def _ends(self) -> Dict[str, Any]:
        """When it is ended, and what then. A second more, as the start is counted in whole ones."""
        found: Dict[str, Any] = {}
        if self.deadline is not None:
            found["activeDeadlineSeconds"] = str(self.deadline + 1)
        if self.bounded:
            found["podSpecPatch"] = f'{{"terminationGracePeriodSeconds":{GRACE}}}'
        if self.row.retries:
            found["retryStrategy"] = again(self.row.retries)
        return found

    def _container(self, texts: Mapping[str, str], large: Set[str]) -> Dict[str, Any]:
        env = {key: text for key, text in texts.items() if key != _COMMAND and key not in large}
        coded = [key for key, text in env.items() if not carried(text) or _OTHERS.fullmatch(key)]
        command = texts[_COMMAND]
        how = "file" if _COMMAND in large else "plain" if carried(command) else "coded"
        first = {"file": "command", "plain": command, "coded": encoded(command)}[how]
        args = [first, *(encoded(f"{key}={env[key]}") for key in coded)]
        script = self._script(how, bool(coded), bool(large - {_COMMAND}), "PATH" in texts)
        container: Dict[str, Any] = {
            "image": self.image.base,
            "command": ["/bin/sh", "-c", dollars(script.text())],
            "args": [dollars(word) for word in args],
            "env": [
                {"name": "CONDUCTO_PIPELINE_ID", "value": "{{workflow.uid}}"},
                *self._commit(),
                *({"name": key, "value": dollars(text)} for key, text in env.items() if key not in coded),
                *(self._secret(given) for given in script.secrets),
            ],
        }
        if self.image.code is not None and self.image.workdir:
            container["workingDir"] = CODE
        if resources(self.row):
            container["resources"] = resources(self.row)
        return container

    def _script(self, how: str, exports: bool, files: bool, path: bool) -> Script:
        code, secrets = self.image.code, self.row.secrets
        given = [self._given(variable, name, at) for at, (variable, name) in enumerate(secrets.items(), 1)]
        return Script(
            how=how,
            exports=exports,
            files=files,
            path=path or "PATH" in secrets,
            secrets=tuple(given),
            archive=code is not None and code.kind == "folder",
            clone=code is not None and code.kind == "clone",
            runtime=self.row.runtime,
            shell=self.image.shell,
        )

    def _commit(self) -> List[Dict[str, Any]]:
        """The commit of the code of this repository: a file cannot hold its own, so the run is told."""
        if self.image.code is None or self.image.code.kind != "folder":
            return []
        return [{"name": key, "value": f"{{{{workflow.parameters.{name}}}}}"} for key, name in COMMIT.items()]

    def _given(self, variable: str, name: str, at: int) -> Given:
        holder = f"CONDUCTO_SECRET_{at}" if _OTHERS.fullmatch(variable) else variable
        place = kept(self.plan, name)
        return Given(variable, holder, f"secret {name} (key {place['key']} of Secret {place['name']})")

    def _secret(self, given: Given) -> Dict[str, Any]:
        """Optional, as a pod would else wait for it without an end; the script fails without it."""
        place = kept(self.plan, self.row.secrets[given.variable])
        return {"name": given.holder, "valueFrom": {"secretKeyRef": {**place, "optional": True}}}

    def texts(self, large: Mapping[str, str]) -> Optional[Dict[str, Any]]:
        """The ConfigMap of large texts: nothing in it is expanded, but the API server refuses some characters in any form."""
        if not large:
            return None
        data = {f"env-{key}" if key else "command": encoded(text) for key, text in large.items()}
        name = texts_name(self.plan.origin.name, self.path, repr(data))
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def kept(plan: Plan, name: str) -> Dict[str, str]:
    """Where a secret is kept: a key of a Secret."""
    place = plan.settings.get("secrets", {}).get(name, {})
    return {"name": place.get("name", SECRETS), "key": place.get("key", name)}


def again(retries: int) -> Dict[str, str]:
    """Argo's words for further attempts, whatever the one before failed of."""
    return {"limit": str(retries), "retryPolicy": "Always"}


def _clone(image: ImageSpec) -> Dict[str, Any]:
    """The code of another repository, as an artifact that Argo fetches before the container starts."""
    code = image.code
    assert code is not None
    git = {"repo": code.url, "branch": code.branch, "singleBranch": True, "depth": 1, "disableSubmodules": True}
    return {"name": "code", "path": CODE, "git": git}


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
