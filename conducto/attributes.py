"""The attributes that a node may be given: who has each, what is handed down of it, and what checks it when it is set."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from . import checks, env, source
from .blame import blame
from .diagnostics import ConductoAttributeError, ConductoTypeError, ConductoValueError, did_you_mean

#: Which kinds of nodes have an attribute, by `Attribute.on`.
_KINDS = {"node": ("exec", "serial", "parallel"), "group": ("serial", "parallel"), "serial": ("serial",)}


def _docker_args(name: str, value: Any) -> Any:
    from . import docker_args

    return docker_args.checked(name, value)


class Attribute(NamedTuple):
    """One attribute: its value where it is not set, who has it ("node", "group" or "serial"), whether it is handed down ("no",
    "nearest" or "merged"), what checks (and copies) a value, and the attribute that it is another spelling of.
    """

    default: Any
    on: str
    inherited: str
    check: Callable[[str, Any], Any]
    spells: Optional[str] = None


ATTRIBUTES: Dict[str, Attribute] = {
    "image": Attribute(None, "node", "nearest", checks.image),
    "image_name": Attribute(None, "node", "nearest", checks.name_of_image),
    "env": Attribute({}, "node", "merged", env.checked),
    "cpu": Attribute(None, "node", "nearest", checks.amount),
    "mem": Attribute(None, "node", "nearest", checks.amount),
    "gpu": Attribute(None, "node", "nearest", checks.count),
    "requires_docker": Attribute(False, "node", "nearest", checks.inherited_flag),
    "docker_run_args": Attribute(None, "node", "nearest", _docker_args),
    "container_reuse_context": Attribute(None, "node", "nearest", checks.reuse),
    "same_container": Attribute(None, "node", "nearest", checks.reuse, "container_reuse_context"),
    "skip": Attribute(False, "node", "no", checks.flag),
    "suppress_errors": Attribute(False, "node", "no", checks.flag),
    "max_time": Attribute(None, "node", "no", checks.duration),
    "retries": Attribute(0, "node", "no", checks.retries),
    "max_concurrent": Attribute(None, "group", "no", checks.at_least_one),
    "stop_on_error": Attribute(True, "serial", "no", checks.flag),
    "options": Attribute({}, "node", "merged", checks.options),
    "doc": Attribute(None, "node", "no", checks.text),
    "title": Attribute(None, "node", "no", checks.text),
    "tags": Attribute((), "node", "no", checks.tags),
}

#: The attributes of each kind of node.
OF_KIND: Dict[str, Dict[str, Attribute]] = {
    kind: {name: attribute for name, attribute in ATTRIBUTES.items() if kind in _KINDS[attribute.on]}
    for kind in _KINDS["node"]
}

#: Two attributes that say the same thing: one node may have one of them.
_RIVALS = (("image", "image_name"), ("container_reuse_context", "same_container"))
_RIVAL = {name: pair for pair in _RIVALS for name in pair}


def check(kind: str, name: str, value: Any, by_assignment: bool = False) -> Any:
    """`value` as a node of `kind` ("exec", "serial", "parallel") keeps it for attribute `name`.

    Raises ConductoTypeError, ConductoValueError or (for an attribute that `kind` does not have) ConductoTypeError at
    construction and ConductoAttributeError by assignment.
    """
    attribute = OF_KIND[kind].get(name)
    if attribute is None:
        error = ConductoAttributeError if by_assignment else ConductoTypeError
        raise blame(error, "C111", *_unknown(kind, name))
    return attribute.check(name, value)


def _unknown(kind: str, name: str) -> "tuple[str, source.Pick, str]":
    message = f"{kind.capitalize()} has no attribute `{name}`"
    known = OF_KIND[kind]
    return message, source.keyword(name), did_you_mean(name, known) or f"it has {', '.join(known)}"


def checked(kind: str, given: Mapping[str, Any], own: Mapping[str, Any], by_assignment: bool = False) -> Dict[str, Any]:
    """What a node of `kind` keeps of all that it is `given` at once, none of which counts if one raises; `own` it has already.

    Raises as `check`, and ConductoValueError (C118) for two attributes that say the same thing.
    """
    found = {}
    for name, value in given.items():
        found[ATTRIBUTES[name].spells or name if name in ATTRIBUTES else name] = check(kind, name, value, by_assignment)
    for name in given:
        if name in _RIVAL:
            _check_rivals(name, given, {**own, **found})
    return found


def _check_rivals(name: str, given: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    """Complain about `name` where its rival is there too; of two that are given at once, about the second."""
    other = next(rival for rival in _RIVAL[name] if rival != name)
    at_once = [key for key in given if key in (name, other)]
    if ATTRIBUTES[name].spells or ATTRIBUTES[other].spells:
        both = len(at_once) == 2
    else:
        both = kept.get(name) is not None and kept.get(other) is not None
    if both and at_once[-1] == name:
        message = f"`{name}` says again what `{other}` says of this node"
        help = "give one of the two, and leave out the other"
        raise blame(ConductoValueError, "C118", message, source.keyword(name), help=help)
