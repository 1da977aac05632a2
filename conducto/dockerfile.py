"""The texts of Dockerfiles: the author's own, and the one that installs what an image is to have more than its base."""

from __future__ import annotations

import re
from typing import Iterable, List, Optional

from .ir.images import ImageSpec
from .text import shell_word

#: The build argument that holds the user of the base (`docker image inspect -f '{{.Config.User}}' BASE`), which stays the user.
USER = "CONDUCTO_USER"

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#: `add PACKAGE...` by the package manager that an image has.
_ADD = """\
add() { \\
      if command -v apt-get >/dev/null; then DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; \\
      elif command -v apk >/dev/null; then apk add --no-cache "$@"; \\
      elif command -v dnf >/dev/null; then dnf install -y "$@"; \\
      elif command -v microdnf >/dev/null; then microdnf install -y "$@"; \\
      elif command -v yum >/dev/null; then yum install -y "$@"; \\
      else echo "conducto: this image has none of apt-get, apk, dnf, microdnf and yum" >&2; return 1; fi; }"""
_UPDATE = "if command -v apt-get >/dev/null; then apt-get update; fi"
_TIDY = "rm -rf /var/lib/apt/lists/* /var/cache/dnf /var/cache/yum"
#: The client has another name in each family, and in some there is none without the daemon.
_DOCKER = "command -v docker >/dev/null || add docker-cli || add docker.io || add moby-engine || add docker"
_PYTHON = (
    "python=$(command -v python3 || command -v python)"
    ' || { echo "conducto: install_pip needs a python3 in the image" >&2; exit 1; }'
)
#: A Python that is the system's own refuses to be added to (PEP 668); in an image there is nothing that it would harm.
_PIP = 'PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --no-cache-dir'


def base_text(spec: ImageSpec) -> Optional[str]:
    """The text of the author's Dockerfile, where it is no file: to be built before `text` builds on it."""
    return spec.dockerfile_text or None


def text(spec: ImageSpec, base: str) -> str:
    """The Dockerfile that makes of `base` (the name or tag of an image that is there) the image with all that `spec` installs.

    It needs an empty context, and build argument USER where `base` has another user than root. What is installed comes before
    any code, so that a change of that needs no new build. Ends with a newline. The order is packages, docker, pip, npm.
    """
    lines = [f"FROM {_word(base)}", f"ARG {USER}", "USER 0"]
    if spec.packages or spec.docker:
        wanted = [f"add {_words(spec.packages)}"] if spec.packages else []
        lines.append(_run([_ADD, _UPDATE, *wanted, *([_DOCKER] if spec.docker else []), _TIDY]))
    if spec.pip:
        lines.append(_run([_PYTHON, f"{_PIP} {_words(spec.pip)}"]))
    if spec.npm:
        # Where every folder below finds it, by require and by import.
        lines.append(_run(["cd /", f"npm install --no-save --no-package-lock {_words(spec.npm)}"]))
        lines.append(f'ENV PATH="${{PATH:-{_PATH}}}:/node_modules/.bin"')
    return "\n".join([*lines, f"USER ${{{USER}:-0}}", ""])


def _run(steps: Iterable[str]) -> str:
    """One instruction, ended by the first step that fails. docker expands nothing in it and continues at ` \\` alone."""
    found: List[str] = ["RUN set -e", *steps]
    return "; \\\n    ".join(found)


def _words(words: Iterable[str]) -> str:
    """Words of a shell, in which no builder sees the `<<` of a here-document."""
    return re.sub("<(?=<)", "<''", " ".join(map(shell_word, words)))


def _word(base: str) -> str:
    """A name that docker does not expand."""
    return re.sub(r"([\\$])", r"\\\1", base)
