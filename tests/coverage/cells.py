"""The rows of docs/coverage.md: each attribute, the node of a golden pipeline that has it, and how to take it away from that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conducto.ir.containers import COMMON
from conducto.ir.images import Code, ImageSpec
from conducto.ir.tree import Row
from tests.coverage import seen
from tests.coverage.seen import Seen

PYTHON, SMALL = ImageSpec("python:3.13-slim"), ImageSpec("local/busybox:1")
#: The golden pipelines that the nodes are of.
ATTRIBUTES, BUILT, LAZY, SHARED = "attributes", "built-images", "lazy", "shared-data"
EXAMPLES = (ATTRIBUTES, BUILT, LAZY, SHARED)

Drop = Callable[[Row], Row]
Sees = Callable[[Seen], bool]


@dataclass(frozen=True)
class Cell:
    """One attribute: `name` of its tests, `title` as people write it, and `node`, the path of what has it.

    `drop` takes it away from a row. `sees` tells by what a run of that node (or group) printed whether it had its effect;
    what is only shown to people is looked for where these see it. `attribute` is what `allow-approximate` calls it.
    """

    name: str
    title: str
    node: str
    drop: Drop
    sees: Sees
    example: str = ATTRIBUTES
    attribute: str = ""


def without(**usual: Any) -> Drop:
    """Put the usual value in the place of a node's own."""
    return lambda row: row._replace(**usual)


def image(**usual: Any) -> Drop:
    """Put the usual value in the place of an image's own."""
    return lambda row: row if row.image is None else row._replace(image=row.image._replace(**usual))


def _no_secret(row: Row) -> Row:
    return row._replace(env=row.texts)


def _not_lazy(row: Row) -> Row:
    """A Generate is a command like any other then, and the group behind it has nothing handed down and is empty."""
    usual = Row._field_defaults
    handed_down = ("env", "image", "chosen", "container", *COMMON) if row.kind != "exec" else ()
    return row._replace(lazy=False, **{name: usual[name] for name in handed_down})


def _of_main(row: Row) -> Row:
    if row.image is None or row.image.code is None:
        return row
    return row._replace(image=row.image._replace(code=row.image.code._replace(branch="main")))


def _all_of_it(row: Row) -> Row:
    code = None if row.image is None else row.image.code
    return row if row.image is None or code is None else row._replace(image=row.image._replace(code=_whole(code)))


def _whole(code: Code) -> Code:
    return code._replace(exclude=())


#: Of any node, or of a group.
NODES: Sequence[Cell] = (
    Cell("env", "`env`", "/Environment/env", without(env={}), seen.lines("the child and above")),
    Cell("secret", "`env` with a `co.Secret`", "/Environment/secret", _no_secret, seen.digest),
    Cell("cpu", "`cpu`", "/Resources/cpu", without(cpu=None), seen.first_of("512", "20", "59")),
    Cell("mem", "`mem`", "/Resources/mem", without(mem=None), seen.first_of(str(256 << 20))),
    Cell("gpu", "`gpu`", "/Resources/gpu", without(gpu=None), seen.gpu),
    Cell("skip", "`skip`", "/Outcome/skip", without(skip=False), seen.ran("next", but="skipped")),
    Cell(
        "suppress_errors",
        "`suppress_errors`",
        "/Outcome/suppress_errors",
        without(suppress_errors=False),
        seen.ran("fails", "next"),
    ),
    Cell(
        "stop_on_error",
        "`stop_on_error=False`",
        "/Outcome/stop_on_error",
        without(stop_on_error=True),
        seen.ran("fails", "next"),
    ),
    Cell(
        "retries",
        "`retries` of an Exec",
        "/Attempts/retries",
        without(retries=0),
        seen.times(3),
        attribute="retries",
    ),
    Cell(
        "callback_retry",
        "`on_error(co.callback.retry(n))`",
        "/Attempts/on_error",
        without(retries=0),
        seen.times(2),
        attribute="retries",
    ),
    Cell(
        "group_retries",
        "`retries` of a Serial or a Parallel",
        "/Attempts/group",
        without(retries=0),
        seen.times(2, "first", "last"),
        attribute="retries",
    ),
    Cell(
        "max_time",
        "`max_time` of an Exec",
        "/Time/exec",
        without(max_time=None),
        seen.cut_short(""),
        attribute="max_time",
    ),
    Cell(
        "max_time_of_one",
        "`max_time` of a group with one Exec",
        "/Time/group_of_one",
        without(max_time=None),
        seen.cut_short("only"),
        attribute="max_time",
    ),
    Cell(
        "group_max_time",
        "`max_time` of any other Serial or Parallel",
        "/Time/group",
        without(max_time=None),
        seen.cut_short("first", unrun="next"),
        attribute="max_time",
    ),
    Cell(
        "max_concurrent",
        "`max_concurrent`",
        "/Room",
        without(max_concurrent=None),
        seen.apart("a", "b", "c"),
        attribute="max_concurrent",
    ),
    Cell(
        "container_reuse_context",
        "`container_reuse_context`",
        "/Containers/shared",
        without(container=-1),
        seen.said("finds", "left"),
        attribute="container_reuse_context",
    ),
    Cell(
        "same_container",
        "`same_container`",
        "/Containers/older_spelling",
        without(container=-1),
        seen.said("finds", "left"),
        attribute="container_reuse_context",
    ),
    Cell(
        "docker_run_args",
        "`docker_run_args`",
        "/Containers/docker_run_args",
        without(docker_run_args=()),
        seen.lines("chosen"),
    ),
    Cell(
        "requires_docker",
        "`requires_docker`",
        "/requires_docker",
        without(requires_docker=False),
        seen.lines("HTTP/1.0 200 OK"),
        BUILT,
    ),
    Cell(
        "lazy",
        "`co.Lazy`",
        "/Test",
        _not_lazy,
        seen.said("Execute/RunTest_1", "Testing deployment at https://example.com, outer"),
        LAZY,
    ),
    Cell("data", "`/conducto/data`, `co.data`", "/Share", without(data=False), seen.said("reads", "written"), SHARED),
    Cell("options", "`options`", "/Options", without(options={}), seen.options),
    Cell("title", "`title`", "/Shown/title", without(title=None), seen.shown("A title: it's", "told")),
    Cell("doc", "`doc`", "/Shown/doc", without(doc=None), seen.shown("A story, $", "told")),
    Cell("tags", "`tags`", "/Shown/tags", without(tags=()), seen.shown("nightly", "slow")),
)

#: Of an Image, and what a function as a command asks of it.
IMAGES: Sequence[Cell] = (
    Cell("image", "`image`", "/Images/image", without(image=PYTHON), seen.lines("small")),
    Cell("image_name", "`image_name`, `name`", "/Images/image_name", without(image=PYTHON), seen.lines("small")),
    Cell("shell", "`shell`", "/Images/shell", image(shell=""), seen.lines("/bin/sh")),
    Cell("platform", "`platform`", "/Images/platform", image(platform=""), seen.no_such_machine),
    Cell(
        "copy_dir",
        "`copy_dir`",
        "/Code/copy_dir",
        image(code=None),
        seen.lines("/mnt/conducto", "notes.txt", "version", "1.0"),
    ),
    Cell("exclude", "`exclude`", "/Code/exclude", _all_of_it, seen.lines("/mnt/conducto", "version", "1.0")),
    Cell(
        "docker_auto_workdir",
        "`docker_auto_workdir=False`",
        "/Code/docker_auto_workdir",
        image(workdir=True),
        seen.lines("/"),
    ),
    Cell("copy_repo", "`copy_repo`", "/Code/copy_repo", image(code=None), seen.lines("1.0")),
    Cell("copy_url", "`copy_url`", "/Code/copy_url", image(code=None), seen.lines("/mnt/conducto", "version", "main")),
    Cell(
        "copy_branch",
        "`copy_branch`",
        "/Code/copy_branch",
        _of_main,
        seen.lines("/mnt/conducto", "version", "next"),
    ),
    Cell("path_map", "`path_map`", "/Functions/path_map", image(paths=()), seen.said("", "/proc/self/cwd/pipeline.py")),
    Cell("call", "a Python function as a command", "/Functions/call", without(runtime=False), seen.called),
    Cell("params", "`params` of such an Exec", "/Functions/params", without(env={}), seen.said("", "by params")),
    Cell(
        "dockerfile",
        "`dockerfile`",
        "/Dockerfiles/dockerfile",
        image(dockerfile="", base=SMALL.base),
        seen.last("by a Dockerfile"),
        BUILT,
    ),
    Cell(
        "dockerfile_text",
        "`dockerfile_text`",
        "/Dockerfiles/dockerfile_text",
        image(dockerfile_text="", base=SMALL.base),
        seen.last("plain"),
        BUILT,
    ),
    Cell(
        "docker_build_args",
        "`docker_build_args`",
        "/Dockerfiles/docker_build_args",
        image(build_args=()),
        seen.last("sweet"),
        BUILT,
    ),
    Cell("context", "`context`", "/Dockerfiles/context", image(context=None), seen.last("Hello."), BUILT),
    Cell(
        "install_packages",
        "`install_packages`",
        "/Installs/install_packages",
        image(packages=()),
        seen.noted("apt-get install", "git"),
        BUILT,
    ),
    Cell(
        "install_pip",
        "`install_pip`",
        "/Installs/install_pip",
        image(pip=()),
        seen.noted("python3 -m pip install", "numpy==2.1"),
        BUILT,
    ),
    Cell(
        "install_npm",
        "`install_npm`",
        "/Installs/install_npm",
        image(npm=()),
        seen.noted("npm install", "left-pad"),
        BUILT,
    ),
    Cell(
        "install_docker",
        "`install_docker`",
        "/Installs/install_docker",
        image(docker=False),
        seen.noted("apt-get install", "docker-cli"),
        BUILT,
    ),
    Cell(
        "reqs_packages",
        "`reqs_packages`",
        "/Installs/reqs_packages",
        image(packages=()),
        seen.noted("apt-get install", "git"),
        BUILT,
    ),
    Cell(
        "reqs_py",
        "`reqs_py`",
        "/Installs/reqs_py",
        image(pip=()),
        seen.noted("python3 -m pip install", "numpy==2.1"),
        BUILT,
    ),
    Cell("reqs_npm", "`reqs_npm`", "/Installs/reqs_npm", image(npm=()), seen.noted("npm install", "left-pad"), BUILT),
    Cell(
        "reqs_docker",
        "`reqs_docker`",
        "/Installs/reqs_docker",
        image(docker=False),
        seen.noted("apt-get install", "docker-cli"),
        BUILT,
    ),
)

CELLS = {cell.name: cell for cell in (*NODES, *IMAGES)}
