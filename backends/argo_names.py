"""Names of templates, steps, tasks and ConfigMaps, made of paths: readable, unique, changed by no edit elsewhere."""

from __future__ import annotations

import hashlib
import re

from conducto.naming import KUBERNETES, Rule, mangle

#: A template's, a step's and a task's name (Argo takes 128 characters); `---` and what follows it is ours.
_NAME = Rule("[A-Za-z0-9-]", "[A-Za-z0-9]", "[A-Za-z0-9]", 100)
#: A task's name stands in an expression (`depends`) and may not begin with a digit.
_TASK = Rule("[A-Za-z0-9-]", "[A-Za-z]", "[A-Za-z0-9]", 100)
_SIMPLE = re.compile("[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
#: Words of that expression's language.
_WORDS = frozenset(["and", "contains", "else", "endsWith", "false", "if", "in", "let", "matches", "nil", "not", "or"])
_WORDS |= {"startsWith", "true"}

#: The account that every namespace has, whose rights would become those of all its pods; and the accounts, roles and bindings
#: that Argo's own manifests put into a namespace.
_OTHERS = frozenset(["default", "argo", "argo-role", "argo-binding"])
_OTHERS |= {"argo-server", "argo-server-role", "argo-server-binding"}
_OBJECT = KUBERNETES._replace(reserved=_OTHERS)

#: The name of the root's template.
ROOT = "pipeline"


def object_name(pipeline: str) -> str:
    """A pipeline's WorkflowTemplate, and the account, role and binding that it runs by."""
    return mangle(pipeline, _OBJECT)


def template_name(path: str) -> str:
    """`/Test/app` -> `Test--app`; a path with other than simple names gets a hash (its `/` alone brings that about)."""
    if path == "/":
        return ROOT
    names = path[1:].split("/")
    joined = "--".join(names)
    simple = joined != ROOT and all(_SIMPLE.fullmatch(name) for name in names)
    return mangle(joined if simple else path, _NAME)


def wrapper_name(path: str) -> str:
    """The template around that of a node whose errors are suppressed."""
    return f"{template_name(path)}---may-fail"


def holder_name(path: str) -> str:
    """The template around an Exec that is tried again, among children of which but some may run at once."""
    return f"{template_name(path)}---tries"


def part_name(path: str, count: int) -> str:
    """The template of some of the tasks of a node that has too many for one."""
    return f"{template_name(path)}---part-{count}"


def step_name(name: str) -> str:
    """The step that calls the child called `name`, unique among its siblings."""
    return mangle(name if _SIMPLE.fullmatch(name) else f"/{name}", _NAME)


def task_name(name: str) -> str:
    """The task that calls the child called `name`, unique among its siblings."""
    return mangle(name if _SIMPLE.fullmatch(name) and name not in _WORDS else f"/{name}", _TASK)


def texts_name(pipeline: str, path: str, texts: str) -> str:
    """The ConfigMap of the large texts of an Exec; other texts have another, so that a run never sees those of a later one."""
    return mangle(f"{hashlib.sha256(texts.encode()).hexdigest()[:8]} {pipeline} {path}", KUBERNETES)
