"""A quick stand-in for two nodes of the cluster: python3 fake EVENTS

Node `fake` runs a pod's main container as a process of this machine (about 10 ms), `fake-docker` by `docker run` of
its image (about 0.5 s). As on a real node: `$(X)` and `$$`, variables, exit status, deadline, deletion, and what the
command left running is killed. Not done: init and wait containers, so no output parameters, artifacts or `resource`
templates.

EVENTS: a line of JSON when a container starts and one when it has ended, in that order of time:
  {"event": "start" | "end", "time": nanoseconds, "node": "fake", "workflow": ..., "pod": ..., "step": Argo's node name}
a container that cannot be made has an "error" with "message" and no end;
an end also has "status" (exit status) and "output" (stdout and stderr; bytes that are not UTF-8 as lone surrogates).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api import Api, Object
from container import CannotMake, main_container
from execution import Execution, Result

NODES = {"fake": False, "fake-docker": True}  # name -> by docker
MOST_PODS = 500
LATE = {"reason": "DeadlineExceeded", "message": "Pod was active on the node longer than the specified deadline"}


class Journal:
    """The events file."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "a", buffering=1, encoding="ascii")  # noqa: SIM115
        self.lock = threading.Lock()

    def write(self, event: str, pod: Object, **more: Any) -> None:
        """One line, written through."""
        meta = pod["metadata"]
        about = {
            "node": pod["spec"]["nodeName"],
            "workflow": meta.get("labels", {}).get("workflows.argoproj.io/workflow"),
            "pod": meta["name"],
            "step": meta.get("annotations", {}).get("workflows.argoproj.io/node-name"),
        }
        with self.lock:
            self.file.write(json.dumps({"event": event, "time": time.time_ns(), **about, **more}) + "\n")


class Node:
    """The pods of both stand-in nodes."""

    def __init__(self, api: Api, journal: Journal) -> None:
        self.api = api
        self.journal = journal
        self.seen: set[str] = set()
        self.live: dict[str, Execution] = {}
        self.pool = ThreadPoolExecutor(MOST_PODS)

    def watch(self, name: str) -> None:
        """Takes up every pod bound to the node `name`, for ever."""
        while True:
            try:
                for pod in self.api.events(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{name}"):
                    self.take(pod)
            except Exception as error:  # the server may be away for a moment
                print(f"watch {name}: {error!r}", flush=True)
                time.sleep(1)

    def take(self, pod: Object) -> None:
        """Starts a pod that is new, ends one that is being deleted."""
        uid = pod["metadata"]["uid"]
        if "deletionTimestamp" in pod["metadata"]:
            self.pool.submit(self.guard, self.remove, pod)
        elif uid not in self.seen and pod.get("status", {}).get("phase", "Pending") == "Pending":
            self.seen.add(uid)
            self.pool.submit(self.guard, self.serve, pod)

    def guard(self, work: Any, pod: Object) -> None:
        """One bad pod must not stop the node."""
        try:
            work(pod)
        except Exception as error:
            print(f"{pod['metadata']['name']}: {error!r}", flush=True)

    def remove(self, pod: Object) -> None:
        """Ends the pod's command, if it runs, and lets the object go."""
        running = self.live.get(pod["metadata"]["uid"])
        if running:
            running.end()
            running.ended.wait(running.grace + 10)
        self.api.call("DELETE", f"{path_of(pod)}?gracePeriodSeconds=0")

    def serve(self, pod: Object) -> None:
        """Runs the pod from start to end."""
        meta, spec = pod["metadata"], pod["spec"]
        begun = now()
        try:
            container = main_container(self.api, pod)
            execution = Execution(
                container,
                f"conducto-pod-{meta['uid']}",
                spec.get("terminationGracePeriodSeconds", 30),
                NODES[spec["nodeName"]],
            )
            self.live[meta["uid"]] = execution
            self.report(pod, "Running", begun, {"running": {"startedAt": begun}})
            self.journal.write("start", pod)
            result = execution.run(spec.get("activeDeadlineSeconds"))
        except CannotMake as error:
            self.journal.write("error", pod, message=str(error))
            self.report(pod, "Pending", begun, {"waiting": {"reason": "CreateContainerError", "message": str(error)}})
            return
        finally:
            self.live.pop(meta["uid"], None)
        self.journal.write("end", pod, status=result.status, output=result.output)
        self.finish(pod, begun, result)

    def finish(self, pod: Object, begun: str, result: Result) -> None:
        """Tells the server how the pod ended."""
        over = {"exitCode": 0, "reason": "Completed", "startedAt": begun, "finishedAt": now()}
        main = over if result.status == 0 else {**over, "exitCode": result.status, "reason": "Error"}
        phase = "Failed" if result.late or result.status else "Succeeded"
        more = LATE if result.late else {}
        self.report(pod, phase, begun, {"terminated": over}, main={"terminated": main}, **more)

    def report(
        self, pod: Object, phase: str, begun: str, state: Object, main: Object | None = None, **more: Any
    ) -> None:
        """Sets the pod's status: `state` for its containers, `main` for the main one where that differs."""
        containers = [
            {
                "name": c["name"],
                "image": c["image"],
                "imageID": "",
                "ready": False,
                "restartCount": 0,
                "state": main if main and c["name"] == "main" else state,
            }
            for c in pod["spec"]["containers"]
        ]
        status = {"phase": phase, "podIP": "127.0.0.1", "startTime": begun, "containerStatuses": containers, **more}
        self.api.call("PATCH", f"{path_of(pod)}/status", {"status": status})


def path_of(pod: Object) -> str:
    """The pod's address at the API server."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def now() -> str:
    """The time as Kubernetes writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def main() -> None:
    """Serves until SIGTERM, then kills what still runs."""
    node = Node(Api(), Journal(sys.argv[1]))
    for name in NODES:
        threading.Thread(target=node.watch, args=(name,), daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    for execution in list(node.live.values()):
        execution.grace = 0
        execution.end()
    os._exit(0)  # the pool's threads may still wait for an answer


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
