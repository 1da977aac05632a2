"""How a file and its functions are used, for `--help`."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from . import callables, entry
from .blame import said
from .entry import Entry, Module
from .nodes import Node


def of_file(module: Module, program: str) -> str:
    """How to use a file: what it offers, pipelines first."""
    found = [f"usage: {program} [FUNC] [--ARG=VALUE ...]"]
    usual = entry.default(module)
    pipelines: Dict[str, Any] = {**entry.nodes(module), **entry.functions(module)}
    every = entry.functions(module, nodes_only=False)
    if usual and usual[1] not in (*pipelines.values(), *every.values()):
        pipelines = {usual[0]: usual[1], **pipelines}
    others = {name: value for name, value in every.items() if name not in pipelines}
    for title, offered in (("pipelines, printed as a tree", pipelines), ("other functions", others)):
        if offered:
            found += ["", f"{title}:"]
        for name, value in offered.items():
            found.append(f"  {_signature(name, value)}" + (" (default)" if usual and usual[1] is value else ""))
            found += [f"      {line}".rstrip() for line in doc(value).split("\n\n")[0].split("\n") if line.strip()]
    if not pipelines and not others:
        return found[0]
    found += ["", f"`{program} FUNC --help` tells more of one."]
    return "\n".join([*found, *([_launching(program, "FUNC")] if pipelines else [])])


def of_entry(chosen: Entry, program: str) -> str:
    """How to use one function or node of a file: its parameters, with types and defaults."""
    words, rows = _parameters(chosen.value)
    told = doc(chosen.value)
    found = [" ".join([f"usage: {program} {chosen.name}", *words]), *(["", told] if told else [])]
    width = max((len(spelled) for spelled, _ in rows), default=0)
    lines = [f"  {spelled.ljust(width)}  {said}" for spelled, said in rows]
    found += ["", "parameters:", *lines] if lines else []
    if isinstance(chosen.value, Node) or entry.may_return_node(chosen.value):
        found += ["", _launching(program, chosen.name)]
    return "\n".join(found)


def _launching(program: str, name: str) -> str:
    return f"`{program} {name} --local` runs it on this machine; `conducto run --help` tells what more may be said."


def doc(value: Any) -> str:
    """What a node or a function tells of itself."""
    import inspect

    return (value.doc or "") if isinstance(value, Node) else (inspect.getdoc(value) or "")


def _signature(name: str, value: Any) -> str:
    """How it is called; our own classes as people write them."""
    import inspect

    return name if isinstance(value, Node) else f"{name}{inspect.signature(value)}".replace("conducto.nodes.", "co.")


def _parameters(value: Any) -> Tuple[List[str], List[Tuple[str, str]]]:
    """The words of a command line, and a row for each parameter."""
    if isinstance(value, Node):
        return [], []
    facts = callables.facts(value)
    words, rows = [], []
    for name, parameter in facts.parameters.items():
        kind = facts.kinds[name]
        valued = f"--{name}={kind.example}"
        flags = f"--{name}, --no-{name}"
        spelled = {"never": valued, "only": flags, "also": valued}[kind.flag]
        required = name in facts.required
        word = f"--{name}" if kind.flag == "only" else valued
        words.append(word if required else f"[{word}]")
        rows.append((spelled, f"{kind.name}, " + ("required" if required else f"default {said(parameter.default)}")))
    if facts.rest is not None:
        words.append("[VALUE ...]")
        rows.append(("VALUE ...", f"{facts.kinds[facts.rest].name}, any number of them"))
    if facts.others is not None:
        words.append("[--ANY=VALUE ...]")
        rows.append(("--ANY=VALUE ...", f"{facts.kinds[facts.others].name}, by any names"))
    return words, rows
