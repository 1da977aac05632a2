"""Nodes and images, given as data, as the lines of make's rules."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from conducto.text import comment, shown

from .make_around import ATTEMPT
from .make_text import definition, fits, option, word, wrapped

#: So many bytes of a recipe may be words of env; more go into `define`s, as a recipe's line ends at 131,072.
_MAX_ENV = 4_000


def rule(node: Dict[str, Any]) -> List[str]:
    """The lines of a node: comments, the texts that fit no recipe, and its rule."""
    lines = [*_comments(node)]
    options = ["suppress_errors"] if node.get("suppress_errors") else []
    options += [f"in={node['in']}"] if "in" in node else []
    if "exec" in node:
        recipe = _Recipe(node["target"], ["@$(exec)", *options])
        recipe.exec(node)
        after = [node["exec"]["built"]] if "built" in node["exec"] else []
        return lines + recipe.texts + _head(node, after) + recipe.lines()
    ends = ["+@$(grow)", f"from={node['from']}"] if "from" in node else ["@$(join)"]
    ends += ["container"] if node.get("shares") else []
    children = node.get("children", [])
    if "again" in node:
        again = _line(["+@$(again)", *options, *_again(node["again"])])
        attempt = wrapped(f"{ATTEMPT}/{node['target']}:", ["|", *children] if children else [])
        return [
            *lines,
            *_head(node, node["again"]["images"]),
            again,
            *attempt,
            _line([ends[0], f"of={node['target']}", *ends[1:]]),
        ]
    return [*lines, *_head(node, children), _line([ends[0], *options, *ends[1:]])]


def image(made: Dict[str, Any]) -> List[str]:
    """The lines of an image that is built: what it is, the texts that fit no recipe, and its rule."""
    recipe = _Recipe(made["target"], ["@$(build)", made["tag"]])
    recipe.image(made)
    return [*recipe.texts, *_head(made, []), *recipe.lines()]


def _comments(node: Dict[str, Any]) -> List[str]:
    """What is only shown: the true path, the title, the tags, the doc."""
    told = [node[key] for key in ("path", "title") if key in node]
    told += [f"[{', '.join(map(shown, node['tags']))}]"] if "tags" in node else []
    told += [line for line in node.get("doc", "").split("\n") if line.strip()]
    return [f"# {comment(line)}".rstrip() for line in told]


def _line(words: Sequence[str]) -> str:
    return "\t" + " ".join(words)


def _head(node: Dict[str, Any], after: Sequence[str]) -> List[str]:
    """The line that says what a node needs, and what it comes after."""
    after = ([node["after"]] if node["after"] else []) + list(after)
    words = ([node["need"]] if node["need"] else []) + (["|", *after] if after else [])
    return wrapped(f"{node['target']}:", words)


def _again(again: Dict[str, Any]) -> List[str]:
    found = [f"retries={again['retries']}", *_around(again)]
    return found + [f"container={target}" for target in again["containers"]]


def _around(does: Dict[str, Any]) -> List[str]:
    """What must be told of the nodes around."""
    found = [f"within={each['target']}:{each['seconds']}" for each in does.get("within", ())]
    return found + [f"slot={each['target']}:{each['count']}" for each in does.get("slots", ())]


class _Recipe:
    """The recipe of an Exec or of an image, and before it the texts that fit no line of it."""

    def __init__(self, target: str, words: List[str]) -> None:
        self.target = target
        self.words = words
        #: Each on a line of its own.
        self.more: List[str] = []
        self.last = ""
        self.texts: List[str] = []
        self.room = _MAX_ENV
        #: How many texts of each kind are exported.
        self.exported: Dict[str, int] = {}

    def exec(self, node: Dict[str, Any]) -> None:
        """Take what an Exec has."""
        does = node["exec"]
        if "path" in node:
            self.words.append(self._option("node=", node["path"], "path"))
        self.words += [option(f"{key}=", does[key]) for key in ("image", "code", "shell") if key in does]
        self.words += [word for word in ("runtime", "generate") if word in does]
        if "above" in node:
            name = f"{node['target']}.above"
            self.texts += definition(name, node["above"])
            self.texts.append(f"{node['target']}: export CONDUCTO_ABOVE = $({name})")
        self.words += [f"container={does['container']}"] if "container" in does else []
        self.words += _around(does)
        self.words += [f"{key}={does[key]}" for key in ("max_time", "retries") if key in does]
        self.words += does.get("flags", ())
        self.words += [word for word in ("docker", "data", "mounts") if word in does]
        for number, text in enumerate(does.get("run", ())):
            self.words.append(self._option("run:", text, f"run.{number}"))
        self.more += [f"secret:{key}={name}" for key, name in does.get("secrets", {}).items()]
        for key, value in does.get("env", {}).items():
            self.more.append(self._option(f"env:{key}=", value, f"env.{key}"))
        self.last = f"-- {self._text(does['command'], 'command') or word(does['command'])}"

    def image(self, made: Dict[str, Any]) -> None:
        """Take what an image is made of."""
        for key in ("base", "dockerfile", "text", "context", "platform", "code", "clone", "branch", "runtime"):
            if key in made:
                self.words.append(self._option(f"{key}=", made[key], key))
        self.words += ["workdir"] if "workdir" in made else []
        for number, text in enumerate(made.get("exclude", ())):
            self.more.append(self._option("exclude=", text, f"exclude.{number}"))
        for key, value in made.get("args", {}).items():
            self.more.append(self._option(f"arg:{key}=", value, f"arg.{key}"))
        steps = made.get("steps", "")
        self.last = f"-- {self._text(steps, 'steps') or word(steps)}"

    def lines(self) -> List[str]:
        """The recipe's lines."""
        if not self.more:
            return [_line([*self.words, self.last])]
        parts = [" ".join(self.words), *self.more, self.last]
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
        kind, _, key = what.partition(".")
        variable = f"CONDUCTO_{kind.upper()}"
        if key:
            self.exported[kind] = self.exported.get(kind, 0) + 1
            variable += str(self.exported[kind])
        self.texts += definition(name, text)
        self.texts.append(f"{self.target}: export {variable} = $({name})")
        return f'"$${variable}"'
