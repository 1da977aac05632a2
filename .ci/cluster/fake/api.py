"""The little of Kubernetes' API that the stand-in node needs."""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Object = dict[str, Any]
MERGE = "application/merge-patch+json"


class ApiError(Exception):
    """The server's answer was not a success."""


class Api:
    """The API server that $KUBECONFIG names (as written by ../config), seen by one token. Safe in many threads."""

    def __init__(self) -> None:
        text = Path(os.environ["KUBECONFIG"]).read_text()
        found = re.search(
            r'server: "https://([^:]+):(\d+)", certificate-authority: "([^"]+)".*token: "([^"]+)"', text, re.S
        )
        if not found:
            raise ValueError("KUBECONFIG does not read as one of ours")
        self.host, self.port, authority, token = found[1], int(found[2]), found[3], found[4]
        self.headers = {"Authorization": f"Bearer {token}"}
        self.tls = ssl.create_default_context(cafile=authority)
        self.local = threading.local()

    def connect(self, timeout: float) -> http.client.HTTPSConnection:
        """A new connection."""
        return http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=timeout)

    def call(self, method: str, path: str, body: Object | None = None) -> Object | None:
        """One request on this thread's connection, once more on a new one if that was closed; None for 404."""
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None) or self.connect(30)
            try:
                connection.request(
                    method, path, json.dumps(body) if body else None, self.headers | {"Content-Type": MERGE}
                )
                answer = connection.getresponse()
                data = answer.read()
            except (http.client.HTTPException, OSError):
                self.local.connection = None
                if attempt == 2:
                    raise
                continue
            self.local.connection = connection
            if answer.status == 404:
                return None
            if answer.status >= 300:
                raise ApiError(f"{method} {path}: {answer.status} {data[:300]!r}")
            return dict(json.loads(data))
        raise AssertionError("not reached")

    def events(self, path: str) -> Iterator[Object]:
        """Every object under `path` that matches now, then each change of one, until the server ends the watch."""
        listed = self.call("GET", path) or {"items": [], "metadata": {"resourceVersion": "0"}}
        yield from listed["items"]
        connection = self.connect(330)
        version = listed["metadata"]["resourceVersion"]
        connection.request("GET", f"{path}&watch=1&timeoutSeconds=300&resourceVersion={version}", headers=self.headers)
        for line in connection.getresponse():
            event = json.loads(line)
            if event["type"] == "ERROR":
                return
            if event["type"] != "DELETED":
                yield event["object"]
