"""The layers of the house, held by its imports: cli -> compile -> ir -> frontend, and nothing imports backends.

Frontend, passes and what emitters decide with (all but `render`) are standard library only: they run in users' containers.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: A module's layer; it imports its own and lower ones. A module of `conducto/` that stands in none fails the tests.
LAYERS: dict[str, tuple[str, ...]] = {
    "frontend": (
        "conducto",
        *(
            "arguments",
            "attributed",
            "attributes",
            "automain",
            "binding",
            "blame",
            "block",
            "call",
            "callables",
            "callback",
            "calling",
            "checks",
            "commandline",
            "commands",
            "compound",
            "defaults",
            "diagnostics",
            "docker_args",
            "draw",
            "entry",
            "env",
            "events",
            "git",
            "gone",
            "hints",
            "image",
            "image_checks",
            "inherit",
            "kinds",
            "later",
            "launchable",
            "launcher",
            "lazy",
            "local_paths",
            "magic_doc",
            "misplaced",
            "nb",
            "nb_plots",
            "nodes",
            "notebook",
            "older",
            "packages",
            "params",
            "paths",
            "patterns",
            "picks",
            "plain",
            "pretty",
            "repository",
            "reuse",
            "secret",
            "signatures",
            "spelling",
            "started",
            "streams",
            "usage",
            "version",
        ),
        *("api", "integrations", "profile", "schedule", "slack", "util"),
        *("quantities", "quoting", "raised", "run", "source", "targets", "text"),
        *("data", "data.cache", "data.command", "data.place", "data.store"),
        *("wire", "wire.bounds", "wire.marks", "wire.places", "wire.read", "wire.restore", "wire.shape", "wire.write"),
        "wire.weight",
    ),
    "ir": (
        *("ir", "ir.check", "ir.images", "ir.lower", "ir.plan", "ir.resolve", "ir.show", "ir.translate", "ir.tree"),
        *(
            "ir.above",
            "ir.allowed",
            "ir.grow",
            "ir.containers",
            "ir.shared",
            "ir.image_table",
            "ir.resolve_image",
            "code",
            "dockerfile",
            "features",
            "git_index",
        ),
        *("header", "limits", "naming"),
    ),
    "compile": (
        *(
            "carried",
            "compile",
            "config",
            "config_keys",
            "needed",
            "options",
            "orphans",
            "output",
            "pipelines",
            "place",
            "progress",
            "pyproject",
        ),
        *("release", "runtime", "templating", "testing"),
    ),
    "launch": (
        *("launch", "launch.engine", "launch.folder", "launch.keep", "launch.node", "launch.options"),
        *("launch.process", "launch.start"),
    ),
    "cli": ("cli",),
    "top": ("__main__",),
}
RANK = {name: rank for rank, names in enumerate(LAYERS.values()) for name in names}

#: What a backend may import of the core (ir.tree is the rows that a plan holds).
FOR_BACKENDS = {
    *("code", "dockerfile", "features", "ir.images", "ir.plan", "ir.tree", "limits"),
    *("targets", "naming", "text", "diagnostics", "header", "quantities"),
    *("ir.above", "ir.grow", "paths", "repository", "wire.bounds"),
}

#: Each library has one home, and is loaded where it is used: module -> libraries, those in brackets inside functions.
LIBRARIES = {
    "cli": {"click"},
    "compile": {"jsonschema"},
    "config_keys": {"jsonschema"},
    "nb": {"(matplotlib)"},
    "nb_plots": {"matplotlib"},
    "options": {"jsonschema"},
    "testing": {"jsonschema"},
    "templating": {"jinja2"},
    "ir.plan": {"(networkx)"},
}

MOST_LINES = 400
MOST_FUNCTION_LINES = 40


class Import(NamedTuple):
    """One import: what is imported ("ir.plan" for a module of conducto, ":jinja2" for any other), and where it stands."""

    what: str
    line: int
    inside: bool  # a function
    typing: bool  # under `if TYPE_CHECKING`


@lru_cache(maxsize=None)
def _sources() -> dict[str, Path]:
    """Module (without "conducto.", the package itself as "conducto") -> file, of core and backends."""
    found = {}
    for folder, prefix in (("conducto", ""), ("backends", "backends."), ("templates", "templates.")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[(prefix + name).rstrip(".") or "conducto"] = path
    return found


CORE = [name for name in _sources() if not name.startswith(("backends", "templates"))]
BACKENDS = [name for name in _sources() if name.startswith("backends")]
IN_CONTAINERS = BACKENDS + [
    name for name in CORE if RANK.get(name, 0) <= RANK["ir"] or name in ("repository", "__main__")
]


@lru_cache(maxsize=None)
def _tree(name: str) -> ast.Module:
    return ast.parse(_sources()[name].read_text(encoding="utf-8"))


@lru_cache(maxsize=None)
def imports(name: str) -> tuple[Import, ...]:
    package = name.split(".")
    if _sources()[name].name != "__init__.py":
        package = package[:-1]
    return tuple(_walk(_tree(name), [] if package == ["conducto"] else package))


def _walk(tree: ast.AST, package: list[str]) -> Iterator[Import]:
    stack: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while stack:
        node, inside, typing = stack.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (Import(what, node.lineno, inside, typing) for what in _named(node, package))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            stack.extend((child, inside, True) for child in node.body)
            stack.extend((child, inside, typing) for child in node.orelse)
        else:
            inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            stack.extend((child, inside, typing) for child in ast.iter_child_nodes(node))


def _named(node: ast.Import | ast.ImportFrom, package: list[str]) -> Iterator[str]:
    """The modules that an import loads, as far as the names tell; a name that is no module counts as its module's."""
    if isinstance(node, ast.Import):
        yield from (_inner(alias.name) for alias in node.names)
        return
    if node.level == 0:
        base = _inner(node.module or "")
        if base.startswith(":"):
            yield base
            return
    else:
        kept = package[: len(package) - node.level + 1]
        base = ".".join([*kept, *((node.module or "").split("."))]).strip(".") or "conducto"
    for alias in node.names:
        inner = alias.name if base == "conducto" else f"{base}.{alias.name}"
        yield inner if inner in _sources() else base


def _inner(name: str) -> str:
    if name == "conducto":
        return "conducto"
    return name[len("conducto.") :] if name.startswith("conducto.") else f":{name.partition('.')[0]}"


def _at_run_time(name: str) -> list[Import]:
    return [found for found in imports(name) if not found.typing]


def _said(name: str, found: Import) -> str:
    return f"{_sources()[name].relative_to(ROOT)}:{found.line} imports {found.what.lstrip(':')}"


def test_every_module_has_a_layer() -> None:
    assert sorted(CORE) == sorted(RANK)


def test_there_is_something_to_look_at() -> None:
    assert {"backends.make", "backends.github", "backends.argo"} <= set(BACKENDS)
    assert Import("ir.plan", 1, False, False)._replace(line=0) in {i._replace(line=0) for i in imports("compile")}
    assert any(found.typing and found.what == ":networkx" for found in imports("ir.plan"))


def test_imports_go_downwards() -> None:
    wrong = [
        _said(name, found)
        for name in CORE
        for found in _at_run_time(name)
        if not found.what.startswith(":") and RANK.get(found.what, len(LAYERS)) > RANK.get(name, 0)
    ]
    assert wrong == []


def test_nothing_imports_backends() -> None:
    wrong = [
        _said(name, found)
        for name in CORE
        for found in imports(name)
        if found.what.lstrip(":").startswith(("backends", "templates"))
    ]
    assert wrong == []


def test_no_two_modules_load_each_other() -> None:
    loads = {
        name: {found.what for found in _at_run_time(name) if not found.inside and found.what in _sources()} - {name}
        for name in _sources()
    }
    assert set(TopologicalSorter(loads).static_order()) <= set(_sources())


def test_backends_know_the_plan_and_the_tools_alone() -> None:
    wrong = []
    for name in BACKENDS:
        for found in imports(name):
            own = found.what.startswith("backends.")
            templating = found.what == "templating" and (found.inside or found.typing)
            if not (own or templating or found.what in FOR_BACKENDS or _standard(found)):
                wrong.append(_said(name, found))
    assert wrong == []


def test_backends_import_their_siblings_relatively() -> None:
    wrong = [
        f"{_sources()[name].relative_to(ROOT)}:{node.lineno}"
        for name in BACKENDS
        for node in ast.walk(_tree(name))
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "conducto.backends" in ast.unparse(node)
    ]
    assert wrong == []


def test_every_library_has_one_home() -> None:
    wrong = []
    for name in _sources():
        for found in imports(name):
            library = found.what[1:]
            allowed = LIBRARIES.get(name, set())
            if not found.what.startswith(":") or _standard(found) or library in allowed:
                continue
            if f"({library})" not in allowed or not (found.inside or found.typing):
                wrong.append(_said(name, found))
    assert wrong == []


def _standard(found: Import) -> bool:
    return found.what.startswith(":") and found.what[1:] in (sys.stdlib_module_names | {"__future__"})


@pytest.mark.parametrize("name", IN_CONTAINERS)
def test_what_runs_in_containers_is_python_3_9(name: str) -> None:
    text = _sources()[name].read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 9))
    annotated = any(isinstance(node, (ast.FunctionDef, ast.AnnAssign)) for node in ast.walk(_tree(name)))
    assert not annotated or "from __future__ import annotations" in text


def test_no_module_and_no_function_has_grown_too_large() -> None:
    wrong = []
    for name, path in _sources().items():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > MOST_LINES:
            wrong.append(f"{path.relative_to(ROOT)} has {lines} lines")
        for node in ast.walk(_tree(name)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} `{node.name}` has {lines} lines")
    assert wrong == []
