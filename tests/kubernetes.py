"""Questions to the API server of .ci/cluster, without a program for each: kubectl takes as long to start as a node to run.

Files are applied by kubectl all the same, as users do it: how it reads them is a part of what is tested.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

_ANSWER_SECONDS = 60
_WRONG, _NOT_FOUND = 400, 404
_GROUPS = {
    "Pod": "v1",
    "Secret": "v1",
    "Workflow": "argoproj.io/v1alpha1",
    "WorkflowTemplate": "argoproj.io/v1alpha1",
}


class Refused(Exception):
    """The server did not do what it was asked for; its own words."""


class Api:
    """The server, user and namespace that a kubeconfig of .ci/cluster names."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        server = config["clusters"][0]["cluster"]
        self._host = urlsplit(server["server"]).netloc
        self._context = ssl.create_default_context(cafile=server["certificate-authority"])
        self._token = config["users"][0]["user"]["token"]
        self._namespace = config["contexts"][0]["context"]["namespace"]

    def get(self, kind: str, name: str) -> Any:
        """An object; Refused if there is none."""
        return json.loads(self._ask("GET", self._path(kind, name)))

    def find(self, kind: str, label: str) -> list[Any]:
        """All objects with a label, given as `key=value`."""
        found: list[Any] = json.loads(self._ask("GET", self._path(kind), {"labelSelector": label}))["items"]
        return found

    def log(self, pod: str, container: str = "main") -> str:
        """What a container of a pod printed."""
        return self._ask("GET", f"{self._path('Pod', pod)}/log", {"container": container})

    def delete(self, kind: str, name: str, version: str = "") -> None:
        """Delete an object, and what belongs to it soon after; nothing happens if there is none."""
        self._ask("DELETE", self._path(kind, name, version), {"propagationPolicy": "Background"})

    def delete_all(self, file: Path) -> None:
        """Delete all objects of a file."""
        for found in _objects(file):
            self.delete(found["kind"], found["metadata"]["name"], found["apiVersion"])

    def _path(self, kind: str, name: str = "", version: str = "") -> str:
        version = version or _GROUPS[kind]
        root = f"/{'apis' if '/' in version else 'api'}/{version}/namespaces/{self._namespace}/{kind.lower()}s"
        return f"{root}/{name}" if name else root

    def _ask(self, method: str, where: str, query: Mapping[str, str] | None = None) -> str:
        connection = HTTPSConnection(self._host, timeout=_ANSWER_SECONDS, context=self._context)
        try:
            headers = {"Authorization": f"Bearer {self._token}"}
            connection.request(method, f"{where}?{urlencode(query or {})}", headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if answer.status >= _WRONG and (method, answer.status) != ("DELETE", _NOT_FOUND):
            raise Refused(f"{method} {where}: {answer.status} {text}")
        return text


def _objects(file: Path) -> list[Any]:
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
