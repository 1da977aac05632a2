"""jinja2's one home: templates from `conducto.templates`, every `{{ }}` quoted for the language of the file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, Callable, Iterator

import jinja2

from .text import yaml_lines, yaml_scalar


class Raw(str):
    """Text that is of the file's language already, and is not to be quoted again."""


def block(value: object, indent: int = 0) -> Raw:
    """Filter: a dict or list as YAML lines, `indent` blanks in; the first line without them (the template stands there)."""
    return Raw("\n".join(yaml_lines(value, indent)).lstrip(" "))


def raw(value: str) -> Raw:
    """Filter: a line that Python made, such as a comment."""
    return Raw(value)


def render(name: str, quote: Callable[[Any], str], **values: Any) -> str:
    """The text of template `name`; every value of it goes through `quote`, but for Raw ones. An unknown name is an error."""
    return _joined(_environment(quote).get_template(name).generate(**values))


def _joined(pieces: Iterator[str]) -> str:
    """Some thousand at a time: each piece alone takes fifty bytes more than its characters."""
    found: list[str] = []
    while some := list(islice(pieces, 4096)):
        found.append("".join(some))
    return "".join(found)


def yaml(value: Any) -> str:
    """Quotes for YAML: a scalar on one line."""
    return yaml_scalar(value)


@lru_cache(maxsize=None)
def _environment(quote: Callable[[Any], str]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(source),
        finalize=lambda value: value if isinstance(value, Raw) else quote(value),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["block"] = block
    environment.filters["raw"] = raw
    return environment


def source(name: str) -> str:
    """The text of a file in `templates/`, as it is."""
    return files("conducto.templates").joinpath(name).read_text(encoding="utf-8")
