"""The step in which a job runs its command: data in `env`, and a script that is the same for every job."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Set, Tuple

from conducto import dockerfile
from conducto.ir.images import CODE, RUNTIME_FILE, ImageSpec
from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.quantities import cpu_shares, mebibytes
from conducto.text import shell_word

from .github_text import EXPRESSION, carried

#: The names of the scripts, by the place that they run commands in.
SCRIPTS = {"docker": "CONDUCTO_DOCKER", "host": "CONDUCTO_HOST"}

#: Where docker listens on the runner.
_SOCKET = "/var/run/docker.sock"
#: What an image is called in the Dockerfile that builds on it, where the author's own makes it; the step knows its real name.
_BASE = "conducto-base"

#: A variable of a step (its name without CONDUCTO_) and its value.
_Value = Tuple[str, str]


def place(row: Row) -> str:
    """Where the command of an Exec runs: in a container of "docker", or on the "host". Code alone is no reason for a
    container: it is in the checkout.
    """
    return "docker" if row.image is not None and (row.image.base or row.image.built) else "host"


def parts(row: Row) -> Set[str]:
    """What an Exec needs of its script besides having its command run."""
    docker, image = place(row) == "docker", row.image or ImageSpec()
    asks = {
        "secrets": row.secrets,
        "shell": image.shell,
        "runtime": row.runtime,
        "code": image.code is not None and image.code.kind == "folder",
        "clone": image.code is not None and image.code.kind == "clone" and (docker or image.workdir),
        "max_time": row.max_time is not None,
        "retries": row.retries,
        "socket": docker and row.requires_docker,
        "platform": docker and image.platform,
        "build": docker and image.built,
    }
    return {name for name, asked in asks.items() if asked}


def checks_out(row: Row) -> bool:
    """Whether files of this repository are needed."""
    image = row.image or ImageSpec()
    builds = bool(image.dockerfile or (image.dockerfile_text and image.context is not None))
    return place(row) == "host" or builds or bool(parts(row) & {"code", "runtime"})


def step(plan: Plan, number: int) -> Dict[str, Any]:
    """The step of an Exec."""
    row = plan.rows[number]
    own = {name: text for name, text in texts(row).items() if EXPRESSION in text}
    env = carried([(f"CONDUCTO_{name}", value) for name, value in values(plan, number)] + list(own.items()))
    secrets = dict.fromkeys(row.secrets.values())
    env.update({f"CONDUCTO_SECRET_{name}": f"${{{{ secrets.{name} }}}}" for name in secrets})
    return {"env": env, "run": f'bash -c "${SCRIPTS[place(row)]}" conducto'}


def shared(plan: Plan) -> Dict[str, str]:
    """The Dockerfiles of all steps, by the names that they know them by; one with what would be an expression is in the step."""
    found: Dict[str, str] = {}
    for number in plan.leaves():
        found.update(texts(plan.rows[number]))
    return {name: text for name, text in found.items() if EXPRESSION not in text}


def texts(row: Row) -> Dict[str, str]:
    """Variable -> Dockerfile of the image of an Exec."""
    image, found = row.image or ImageSpec(), {}
    if image.dockerfile_text:
        found[f"CONDUCTO_DOCKERFILE_{image.key}"] = image.dockerfile_text
    if image.installs:
        found[f"CONDUCTO_INSTALLS_{image.key}"] = dockerfile.text(image, image.base or _BASE).rstrip("\n")
    return found


def values(plan: Plan, number: int) -> Iterator[_Value]:
    """What the script is told of an Exec, secrets excepted."""
    row, needs = plan.rows[number], parts(plan.rows[number])
    yield "NODE", plan.path(number)
    if place(row) == "docker":
        yield from _image(row, needs)
        yield from [("OPTIONS", " ".join(options(row)))] if options(row) else []
        yield from [("SOCKET", _SOCKET)] if "socket" in needs else []
    else:
        folder = _folder(plan, row)
        yield from [("FOLDER", folder)] if folder else []
    yield from _carries(row, needs)
    yield from [("MAX_TIME", str(row.max_time))] if "max_time" in needs else []
    yield from [("RETRIES", str(row.retries))] if "retries" in needs else []
    yield from [("SECRETS", " ".join(f"{key}={name}" for key, name in row.secrets.items()))] if row.secrets else []
    yield from ((f"ENV_{key}", value) for key, value in row.texts.items())
    yield "COMMAND", row.script


def _image(row: Row, needs: Set[str]) -> Iterator[_Value]:
    """The image of a container: its name, and how it is made."""
    image = row.image
    assert image is not None
    if image.base:
        yield "IMAGE", image.base
    if image.from_dockerfile:
        yield "BUILD", " ".join(build_words(image))
    for name in texts(row):
        yield name.split("_")[1], name
    if "platform" in needs:
        yield "PLATFORM", image.platform


def build_words(image: ImageSpec) -> List[str]:
    """The words of `docker build` for the author's Dockerfile, quoted for a shell. Without a context it has an empty folder."""
    words = [f"--build-arg {shell_word(f'{key}={value}')}" for key, value in image.build_args]
    file = shell_word(f"./{image.dockerfile}") if image.dockerfile else '"$text"'
    context = '"$temp/empty"' if image.context is None else shell_word(f"./{image.context}")
    return [*words, "--file", file, context]


def _carries(row: Row, needs: Set[str]) -> Iterator[_Value]:
    """What is put beside the image's own files: the runtime file, and code; and the image's shell."""
    image = row.image or ImageSpec()
    if image.code is not None and "code" in needs:
        yield "CODE", image.code.folder or "."
        yield from [("EXCLUDE", "\n".join(image.code.rules))] if image.code.exclude else []
    if image.code is not None and "clone" in needs:
        yield "CLONE", image.code.url
        yield "BRANCH", image.code.branch
    if "runtime" in needs:
        yield "RUNTIME", RUNTIME_FILE
    if "shell" in needs:
        yield "SHELL", shell_word(image.shell)


def _folder(plan: Plan, row: Row) -> str:
    """The folder of the checkout that a command without a container runs in, "" for its root."""
    image = row.image
    return image.code.folder if image is not None and image.code is not None and image.workdir else plan.origin.folder


def options(row: Row) -> List[str]:
    """The words of `docker run` for what an Exec asks for."""
    words: List[str] = []
    if row.cpu is not None:
        words += ["--cpu-shares", str(cpu_shares(row.cpu))]
    if row.mem is not None:
        words += ["--memory", f"{mebibytes(row.mem)}m"]
    if row.gpu:
        words += ["--gpus", str(row.gpu)]
    if row.image is not None and row.image.code is not None and row.image.workdir:
        words += ["--workdir", CODE]
    return words
