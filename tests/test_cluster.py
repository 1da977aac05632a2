"""The cluster of .ci/cluster: what its stand-in nodes do is what a kubelet does, and the real node runs a workflow."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.machine import Machine
from tests.plugin_thorough import also

FAKE = Path(__file__).parent.parent / ".ci" / "cluster" / "fake"
NODES = ["fake", "fake-docker"]
RIGHTS = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: test-cluster}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: test-without-rights}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: test-cluster}
rules: [{apiGroups: [argoproj.io], resources: [workflowtaskresults], verbs: [create, patch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: test-cluster}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: test-cluster}
subjects: [{kind: ServiceAccount, name: test-cluster}]
"""


def kubectl(*words: str, stdin: str = "", check: bool = True) -> str:
    """The output of kubectl."""
    machine = Machine()
    command = [machine.path("cluster"), *words]
    done = subprocess.run(
        command, input=stdin, env=machine.env("cluster"), capture_output=True, text=True, timeout=120, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


def start(node: str, templates: Sequence[dict[str, Any]], account: str = "default") -> str:
    """Creates a workflow whose first template is its entrypoint; its name."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    spec = {
        "entrypoint": templates[0]["name"],
        "serviceAccountName": account,
        "podSpecPatch": json.dumps({"nodeName": node, "terminationGracePeriodSeconds": 1}),
        "templates": templates,
    }
    body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}
    kubectl("create", "-f", "-", stdin=json.dumps(body))
    return name


def finish(name: str) -> str:
    """The phase in which a workflow ends."""
    kubectl("wait", f"workflow/{name}", "--for=condition=Completed", "--timeout=100s")
    return kubectl("get", f"workflow/{name}", "-o", "jsonpath={.status.phase}")


def leaf(name: str, *command: str, image: str = "local/busybox:1", **more: Any) -> dict[str, Any]:
    """A template of one container; `more` goes to the template."""
    env = [{"name": key, "value": value} for key, value in more.pop("env", {}).items()]
    return {"name": name, "container": {"image": image, "command": [*command], "env": env}, **more}


def events(workflow: str) -> list[dict[str, Any]]:
    """What a stand-in node noted of a workflow, in order."""
    file = Path(Machine().env("cluster")["CONDUCTO_CLUSTER_EVENTS"])
    return [e for e in map(json.loads, file.read_text().splitlines()) if e["workflow"] == workflow]


def await_event(workflow: str, kind: str) -> dict[str, Any]:
    """The first event of a kind, which must come."""
    for _ in range(300):
        for event in events(workflow):
            if event["event"] == kind:
                return event
        time.sleep(0.1)
    raise AssertionError(f"no {kind} of {workflow}")


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)", "1"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$$$$(A)", "$$(A)"),
        ("$(B) $B ${A} $", "$(B) $B ${A} $"),
        ("$(A", "$(A"),
        ("$($$", "$($"),
        ("$()", "$()"),
        ("$(a$(A)", "$(a$(A)"),
        ("$(A)$(A)\n$$", "11\n$"),
    ],
)
def test_expansion_is_that_of_kubernetes(monkeypatch: pytest.MonkeyPatch, text: str, expanded: str) -> None:
    monkeypatch.syspath_prepend(str(FAKE))
    spec = importlib.util.spec_from_file_location("fake_container", FAKE / "container.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "fake_container", module)
    spec.loader.exec_module(module)
    assert module.expand(text, {"A": "1"}) == expanded


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize(
    ("script", "phase", "status"),
    [
        ("exit 0", "Succeeded", 0),
        also("exit 125", "Failed", 125),
        ("exit 255", "Failed", 255),
        ("kill -9 $$$$", "Failed", 137),
    ],
)
def test_exit_status(node: str, script: str, phase: str, status: int) -> None:
    name = start(node, [leaf("main", "sh", "-c", script)])
    assert finish(name) == phase
    begin, end = events(name)
    assert (begin["event"], end["event"], end["status"], end["node"]) == ("start", "end", status, node)


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
def test_words_variables_and_input(node: str) -> None:
    script = 'printf "%s|" "$0" "$1" "$A" "$B"; cat; echo end'
    name = start(node, [leaf("main", "sh", "-c", script, "$(B)", "$$(B) é", env={"A": "1", "B": "$(A)$$\n2"})])
    assert finish(name) == "Succeeded"
    assert await_event(name, "end")["output"] == "1$\n2|$(B) é|1|1$\n2|end\n"


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
def test_what_is_left_running_is_killed(node: str, tmp_path: Path) -> None:
    name = start(node, [leaf("main", "sh", "-c", "sleep 987654 & echo started")])
    assert finish(name) == "Succeeded"
    assert await_event(name, "end")["output"] == "started\n"
    assert subprocess.run(["pgrep", "-f", "sleep 987654"], capture_output=True, check=False).stdout == b""


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
def test_deadline(node: str) -> None:
    name = start(node, [leaf("main", "sh", "-c", "trap '' TERM; sleep 98; sleep 98", activeDeadlineSeconds=2)])
    assert finish(name) == "Failed"
    first, last = events(name)
    assert last["status"] == 137
    assert 2 <= (last["time"] - first["time"]) / 1e9 < 20


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
def test_a_deleted_pod_is_ended(node: str) -> None:
    name = start(node, [leaf("main", "sleep", "98")])
    pod = await_event(name, "start")["pod"]
    kubectl("delete", "pod", pod, "--timeout=60s")
    assert await_event(name, "end")["status"] in (137, 143)
    kubectl("delete", "workflow", name)


@pytest.mark.needs("cluster")
def test_a_container_without_image_waits() -> None:
    name = start("fake-docker", [leaf("main", "true", image="local/absent:1")])
    assert "local/absent:1" in await_event(name, "error")["message"]
    reason = "jsonpath={.items[0].status.containerStatuses[?(@.name=='main')].state.waiting.reason}"
    assert (
        kubectl("get", "pods", "-l", f"workflows.argoproj.io/workflow={name}", "-o", reason) == "CreateContainerError"
    )
    kubectl("delete", "workflow", name)


@pytest.mark.needs("cluster", "image:local/busybox:1")
@pytest.mark.parametrize("node", NODES)
def test_stages_follow_each_other_and_siblings_meet(node: str) -> None:
    steps = [
        [{"name": "a", "template": "leaf"}, {"name": "b", "template": "leaf"}],
        [{"name": "c", "template": "leaf"}],
    ]
    name = start(node, [{"name": "main", "steps": steps}, leaf("leaf", "sleep", "1")])
    assert finish(name) == "Succeeded"
    order = [(event["event"], event["step"].rsplit(".", 1)[-1]) for event in events(name)]
    assert sorted(order[:2]) == [("start", "a"), ("start", "b")]
    assert sorted(order[2:4]) == [("end", "a"), ("end", "b")]
    assert order[4:] == [("start", "c"), ("end", "c")]


@pytest.mark.needs("cluster", "image:local/busybox:1")
def test_arguments_too_long_for_a_pod_come_from_a_file() -> None:
    # The controller moves them to a ConfigMap, which no kubelet expands.
    text = "'" * 1000 + "\n" * 80000 + "$$(A)"
    template = leaf("main", "sh", "-c", 'printf %s "$0" | wc -c; printf %s "$0" | tail -c 5')
    template["container"]["args"] = [text]
    name = start("fake-docker", [template])
    assert finish(name) == "Succeeded"
    assert await_event(name, "end")["output"].split("\n") == [str(len(text)), "$$(A)"]


@pytest.mark.needs("cluster")
def test_the_real_node_minds_rights() -> None:
    kubectl("apply", "-f", "-", stdin=RIGHTS)
    allowed = start("local", [leaf("main", "sh", "-c", "echo ran")], account="test-cluster")
    refused = start("local", [leaf("main", "sh", "-c", "echo ran")], account="test-without-rights")
    assert finish(allowed) == "Succeeded"
    assert finish(refused) == "Error"


@pytest.mark.needs("docker", "image:local/recorder:1")
def test_the_recorder_is_exact() -> None:
    words = ["-c", "".join(map(chr, range(1, 256))), "", "\n", "x" * 100_000]
    command = [Machine().path("docker"), "run", "--rm", "--network=none", "local/recorder:1", "bash", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *rest = done.stdout.removesuffix("\n").split(" ")
    assert first == "@@argv"
    assert [base64.b64decode(word).decode() for word in rest] == words
