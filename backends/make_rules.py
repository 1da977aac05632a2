"""The nodes of a plan, as data and as the lines of make's rules."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from conducto.ir.plan import Plan
from conducto.quantities import cpu_shares, mebibytes
from conducto.text import comment

from . import make_names
from .make_text import definition, fits, option, word, wrapped

#: So many bytes of a recipe may be words of env; more go into `define`s, as a recipe's line ends at 131,072.
_MAX_ENV = 4_000
#: Characters of a group's path in a comment.
_MOST_SHOWN = 200


class Before(NamedTuple):
    """What comes before a node: what it needs to be done, and what it comes after, however that ended ("" for nothing)."""

    need: str = ""
    after: str = ""


def nodes(plan: Plan) -> List[Dict[str, Any]]:
    """The nodes that run, in order, as plain data: a group before what it holds."""
    targets = make_names.targets(plan)
    before = _order(plan, targets)
    return [_node(plan, number, targets, before[number]) for number in range(len(plan.rows)) if plan.runs[number]]


def _order(plan: Plan, targets: List[str]) -> List[Before]:
    """What comes before each row.

    A child has what its parent has, but for a Serial's later ones: they need the child before them, or, where errors do not
    stop, only come after it. A child that does not run fails for those that need it, so one name says all.
    """
    before = [Before()] * len(plan.rows)
    for number, row in enumerate(plan.rows):
        last = ""
        for child in plan.children(number) if plan.runs[number] else ():
            before[child] = before[number]
            if last and row.stop_on_error:
                before[child] = Before(need=last)
            elif last:
                before[child] = Before(before[number].need, last)
            if row.kind == "serial":
                last = targets[child]
    return before


def _node(plan: Plan, number: int, targets: List[str], before: Before) -> Dict[str, Any]:
    row, target = plan.rows[number], targets[number]
    node: Dict[str, Any] = {"target": target, "need": before.need, "after": before.after}
    if row.doc:
        node["doc"] = row.doc
    if row.suppress_errors:
        node["suppress_errors"] = True
    if number and make_names.parent(target) != targets[row.parent]:
        node["in"] = targets[row.parent]
    path = plan.path(number) if row.kind == "exec" else _end_of_path(plan, number)
    if number and path != f"/{target}":
        node["path"] = path
    if row.kind == "exec":
        node["exec"] = _exec(plan, number)
    else:
        node["children"] = [targets[child] for child in plan.children(number)]
    return node


def _end_of_path(plan: Plan, number: int) -> str:
    """The path of a group, which is only shown: of a long one the end, as the paths of a chain together are its square."""
    names: List[str] = []
    while plan.rows[number].parent >= 0:
        names.append(plan.rows[number].name)
        if sum(map(len, names)) + len(names) > _MOST_SHOWN:
            return ".../" + "/".join(reversed(names))
        number = plan.rows[number].parent
    return "/" + "/".join(reversed(names))


def _exec(plan: Plan, number: int) -> Dict[str, Any]:
    row = plan.rows[number]
    image = {"image": row.image} if row.chosen and row.image else {}
    return {**image, "flags": _flags(plan, number), "env": dict(row.env), "command": row.command}


def _flags(plan: Plan, number: int) -> List[str]:
    """docker's words for a node's resources: a request that is no limit, a limit with a request, and a limit."""
    row = plan.rows[number]
    flags = []
    if row.cpu is not None:
        flags.append(f"--cpu-shares={cpu_shares(row.cpu)}")
    if row.mem is not None:
        flags += [f"--memory={mebibytes(row.mem)}m", f"--memory-reservation={mebibytes(row.mem)}m"]
    if row.gpu:
        flags.append(f"--gpus={row.gpu}")
    return flags


# --- lines ------------------------------------------------------------------------------------------------------------


def rule(node: Dict[str, Any]) -> List[str]:
    """The lines of a node: comments, the texts that fit no recipe, and its rule."""
    lines = [f"# {comment(node['path'])}"] if "path" in node else []
    lines += [f"# {comment(line)}".rstrip() for line in node.get("doc", "").split("\n") if line.strip()]
    options = ["suppress_errors"] if node.get("suppress_errors") else []
    options += [f"in={node['in']}"] if "in" in node else []
    if "exec" not in node:
        return lines + _head(node, node["children"]) + ["\t" + " ".join(["@$(join)", *options])]
    recipe = _Recipe(node["target"], options)
    recipe.exec(node)
    return lines + recipe.texts + _head(node, []) + recipe.lines()


def _head(node: Dict[str, Any], children: List[str]) -> List[str]:
    """The line that says what a node needs, and what it comes after."""
    after = ([node["after"]] if node["after"] else []) + children
    words = ([node["need"]] if node["need"] else []) + (["|", *after] if after else [])
    return wrapped(f"{node['target']}:", words)


class _Recipe:
    """The recipe of an Exec, and before it the texts that fit no line of it."""

    def __init__(self, target: str, options: List[str]) -> None:
        self.target = target
        self.words = ["@$(exec)", *options]
        self.env: List[str] = []
        self.command = ""
        self.texts: List[str] = []
        self.room = _MAX_ENV
        self.exported = 0

    def exec(self, node: Dict[str, Any]) -> None:
        """Take what an Exec has."""
        does = node["exec"]
        if "path" in node:
            self.words.append(self._option("node=", node["path"], "path"))
        if "image" in does:
            self.words.append(option("image=", does["image"]))
        self.words += does["flags"]
        for key, value in does["env"].items():
            self.env.append(self._option(f"env:{key}=", value, f"env.{key}"))
        self.command = f"-- {self._text(does['command'], 'command') or word(does['command'])}"

    def lines(self) -> List[str]:
        """The recipe's lines: env in lines of their own."""
        if not self.env:
            return ["\t" + " ".join([*self.words, self.command])]
        parts = [" ".join(self.words), *self.env, self.command]
        return ["\t" + parts[0] + " \\", *(f"\t  {part} \\" for part in parts[1:-1]), f"\t  {parts[-1]}"]

    def _option(self, key: str, text: str, what: str) -> str:
        self.room -= len(text.encode())
        found = self._text(text, what, self.room >= 0)
        return key + found if found else option(key, text)

    def _text(self, text: str, what: str, room: bool = True) -> str:
        """ "" for a text that fits into the recipe, else the word that stands for it there.

        What a target exports, the targets that it needs inherit: numbered, the env of one takes the place of another's, so that
        they do not add up.
        """
        if room and fits(text):
            return ""
        name = f"{self.target}.{what}"
        variable = f"CONDUCTO_{what.upper()}"
        if what.startswith("env."):
            self.exported += 1
            variable = f"CONDUCTO_ENV{self.exported}"
        self.texts += definition(name, text)
        self.texts.append(f"{self.target}: export {variable} = $({name})")
        return f'"$${variable}"'


def texts(plan: Plan) -> Iterator[Tuple[int, int]]:
    """Each Exec that runs, and how many bytes its command, path and env have together."""
    for number in plan.leaves():
        row = plan.rows[number]
        env = sum(len(key.encode()) + len(value.encode()) + 2 for key, value in row.env.items())
        yield number, env + len((row.command or "").encode()) + len(plan.path(number).encode())
