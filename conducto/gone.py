"""Names that older files use and that nothing stands behind any more: whoever uses one is told what to use instead."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from . import source
from .blame import blame
from .diagnostics import ConductoError, ConductoGoneError

#: What a pipeline's author does by hand, or by the tools of the target, where the service did it.
TELL = 'let an Exec tell of it: `curl` with a `co.Secret("HOOK")`, last in a Serial with `stop_on_error=False`'
_NOBODY = (
    "there are no accounts any more: whoever may run make, push to the repository or use the cluster may run pipelines"
)
_RUNS = "ask what runs the pipeline: make's exit status and `.conducto/state`, `gh run`, or `argo list`"
_SECRETS = 'name it where it is used: `env={"NAME": co.Secret("NAME")}`; its value is of the target'
_WHEN = "let what runs the pipeline start it: cron and make, a workflow of GitHub's with `on: schedule`, a CronWorkflow of Argo"
_GIT = "ask git itself; commands have CONDUCTO_GIT_URL, CONDUCTO_GIT_BRANCH and CONDUCTO_GIT_SHA"

#: Module -> the names in it -> what to use instead; "" for every other name.
MODULES: Mapping[str, Mapping[str, str]] = {
    "api": {
        "": _RUNS,
        "Auth": _NOBODY,
        "AsyncAuth": _NOBODY,
        "Config": "settings stand in `[tool.conducto]` of pyproject.toml",
        "Secrets": _SECRETS,
        "AsyncSecrets": _SECRETS,
        "Secret": _SECRETS,
        "SecretKey": _SECRETS,
        "Dir": _NOBODY,
        "AsyncDir": _NOBODY,
    },
    "slack": {"": TELL},
    "profile": {"": _NOBODY},
    "schedule": {"": _WHEN},
    "integrations": {"": _GIT, "slack": TELL},
}

#: Of a node: attribute -> what to use instead.
NODES: Mapping[str, str] = {
    "launch_cloud": "compile it for what shall run it: `conducto compile --target github` or `--target argo`",
    "launch_k8s": "compile it for Kubernetes: `conducto compile --target argo`",
    "repo": "`image_name` finds an Image that a node of the tree has, or that `register_image` holds ready",
}

#: Of `co.callback` likewise.
CALLBACKS: Mapping[str, str] = {
    "base": "there is a function for each callback: `co.callback.retry(3)`",
    "deserialize_into_node": "`co.Lazy(function)` runs what a function returns, when it is its turn",
}

#: Of an Image likewise.
IMAGES: Mapping[str, str] = {
    "get_contextual_path": "`co.relpath` is a local path in a command",
    "to_dict": "`image.definition` is what it is made of",
}


def error(what: str, help: str, pick: Optional[source.Pick] = None, node: Optional[str] = None) -> ConductoError:
    """C161: `what` is nothing here; `help` tells what to use."""
    message = f"`{what}` was a matter of the service that ran pipelines, and there is none any more"
    return blame(ConductoGoneError, "C161", message, pick, help=help, node=node)


def module(name: str) -> Callable[[str], Any]:
    """What a module of MODULES has for its `__getattr__`: whatever is asked of it raises, as soon as it is asked for."""

    def attribute(asked: str) -> Any:
        if asked.startswith("_"):  # Python's own questions
            raise AttributeError(f"module `conducto.{name}` has no attribute `{asked}`")
        known = MODULES[name]
        raise error(f"co.{name}.{asked}", known.get(asked, known[""]))

    return attribute
