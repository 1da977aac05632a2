"""The test kit for targets, ours and other people's: a target's test-suite begins with `check_target(Emitter())`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema

from . import header, limits
from .config import DEFAULT_IMAGE
from .diagnostics import Report
from .header import Maker
from .ir import check, lower, resolve, shared, translate
from .ir.plan import Origin, Plan
from .nodes import Exec, Node, Parallel, Serial
from .repository import Repository
from .targets import Document, Emitter, Files, Limits, whole

#: The example that every target must take: all others it may refuse, by a C3xx that names the node.
_MUST = "build_and_test"
#: A word of every command that runs, and of every one that does not.
_RUNS, _NEVER = re.compile(r"runs-\w+"), re.compile(r"never-\w+")
_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9_]+)+")


def check_target(emitter: Emitter, settings: Mapping[str, Any] | None = None) -> None:
    """Run `emitter` over the examples, under `settings` (its table in pyproject.toml). Raises AssertionError.

    What must hold: the document is plain data that JSON can carry and its schema takes, the same each time, whatever was
    compiled before; so are the files, each at a path relative to the repository, with our header, every command and path that
    runs and none that is skipped; a refusal has a code C3xx and names a node.
    """
    _check_members(emitter)
    plans = {name: _plan(emitter, name, build(), settings or {}) for name, build in examples().items()}
    first = {name: _compile(emitter, name, plan) for name, plan in plans.items()}
    _demand(first[_MUST] is not None, f"{emitter.name}: the plain example `{_MUST}` is refused")
    for name, plan in reversed(plans.items()):
        again = _compile(emitter, name, plan)
        _demand(again == first[name], f"{emitter.name}, {name}: compiled a second time, it gives something else")


def examples() -> dict[str, Callable[[], Node]]:
    """The examples by name: functions that build a tree. What runs says `runs-...`, what does not says `never-...`."""
    return {
        "one_exec": lambda: Exec("echo runs-alone"),
        _MUST: _build_and_test,
        "nested": _nested,
        "skip_and_suppress": _skip_and_suppress,
        "attributes": _attributes,
        "texts": _texts,
        "names": _names,
        "empty": Serial,
        "all_skipped": _all_skipped,
    }


def _build_and_test() -> Node:
    root = Serial(doc="Builds, then tests everything at once.")
    root["Build"] = Exec("echo runs-build")
    root["Test"] = Parallel()
    for name in ("app", "backend"):
        root["Test"][name] = Exec(f"echo runs-{name}")
    return root


def _nested() -> Node:
    root: Node = Parallel()
    node = root
    for level in range(6):
        node["before"] = Exec(f"echo runs-before{level}")
        node["group"] = Serial(stop_on_error=level % 3 > 0) if level % 2 else Parallel()
        node["after"] = Exec(f"echo runs-after{level}")
        node = node["group"]
    node["deepest"] = Exec("echo runs-deepest")
    return root


def _skip_and_suppress() -> Node:
    root = Serial(suppress_errors=True)
    root["skipped"] = Exec("echo never-this", skip=True)
    root["group"] = Parallel(skip=True)
    root["group/inner"] = Exec("echo never-inner")
    root["may_fail"] = Exec("echo runs-mayfail; exit 1", suppress_errors=True)
    root["empty"] = Parallel()
    root["go_on"] = Serial(stop_on_error=False, suppress_errors=True)
    root["go_on/first"] = Exec("echo runs-first; exit 1")
    root["go_on/last"] = Exec("echo runs-last")
    return root


def _attributes() -> Node:
    root = Parallel(image="alpine:3.20", env={"WHO": "the root", "EMPTY": ""}, cpu=0.5, mem=1.5)
    root["inherits"] = Exec("echo runs-inherits")
    root["own"] = Exec(
        "echo runs-own", image="debian:12", env={"WHO": "me", "X": "$HOME {{x}}\n'"}, cpu=2, mem=8, gpu=1
    )
    root["told"] = Exec("echo runs-told", doc="What it is for: a `#`, a\nline, $X and {{x}}.")
    return root


def _texts() -> Node:
    texts = (
        "",
        " $X $$ $(X) ${{ x }} {{x}} {{=1}}",
        "\nsecond: # line\n\ttab \\\n",
        " 'one' \"two\" `three`",
        " %s ä \x01 ---",
    )
    root = Parallel()
    for number, text in enumerate(texts):
        root[f"text{number}"] = Exec(f"echo runs-text{number}{text}")
    return root


def _names() -> Node:
    root = Parallel()
    for number, name in enumerate(
        ("a b", "A", "a", "$x", "{{x}}", "${{ x }}", "#", "'\"", "..", "ä", "n" * 300, "%", ":=")
    ):
        root[name] = Exec(f"echo runs-name{number}")
    return root


def _all_skipped() -> Node:
    root = Serial(skip=True)
    root["inner"] = Exec("echo never-inner")
    return root


# --- what is checked ----------------------------------------------------------------------------------------------------


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _check_members(emitter: Emitter) -> None:
    named = isinstance(emitter.name, str) and re.fullmatch("[a-z][a-z0-9-]*", emitter.name) is not None
    _demand(named, f"the name of a target is lower case letters, digits and hyphens: {emitter.name!r}")
    _demand(isinstance(emitter.title, str) and emitter.title != "", f"{emitter.name}: `title` is no text")
    _demand(isinstance(emitter.limits, Limits), f"{emitter.name}: `limits` are no conducto.targets.Limits")
    taken = {"default-image", "allow-approximate"} & set(emitter.settings)
    _demand(not taken, f"{emitter.name}: `settings` holds what is every target's: {', '.join(sorted(taken))}")
    for what, schema in (
        ("schema", emitter.schema),
        *(("setting " + key, value) for key, value in emitter.settings.items()),
    ):
        try:
            jsonschema.Draft202012Validator.check_schema({} if schema is None else schema)
        except jsonschema.SchemaError as error:
            raise AssertionError(f"{emitter.name}: `{what}` is no JSON schema: {error.message}") from error


def _plan(emitter: Emitter, name: str, root: Node, settings: Mapping[str, Any]) -> Plan:
    """The plan of an example, in the file that it would be written to."""
    home = Repository("/", False)
    tree = shared.shared(resolve.resolve(root, DEFAULT_IMAGE, home, Report()), False)
    tree = translate.translate(tree, home, "examples", Report())
    origin = Origin(f"examples-{name}", f"examples/{name}.py", "run", printed=tuple(header.printed(tree)))
    path = emitter.output(origin)
    _check_path(emitter, name, path)
    plan = lower.lower(tree, origin._replace(output=path), settings, Report())
    _demand(check.complaints(plan) == [], f"the example {name} makes no sound plan")
    return plan


def _compile(emitter: Emitter, name: str, plan: Plan) -> tuple[str, Files] | None:
    """The document as JSON and the files of a plan, each checked; None where the target refuses it."""
    before = repr((plan.rows, plan.origin, plan.settings))
    report = Report()
    limits.check_plan(plan, emitter, report)
    document = emitter.document(plan, report)
    _demand(
        repr((plan.rows, plan.origin, plan.settings)) == before, f"{emitter.name}, {name}: `document` changes the plan"
    )
    if report.errors:
        _check_refusal(emitter, name, plan, report)
        return None
    written = _check_document(emitter, name, plan, whole(document))
    files = emitter.render(document)
    _demand(json.dumps(whole(document)) == written, f"{emitter.name}, {name}: `render` changes the document")
    _check_files(emitter, name, plan, files)
    _check_commands(emitter, name, plan, files)
    return written, files


def _check_refusal(emitter: Emitter, name: str, plan: Plan, report: Report) -> None:
    paths = {plan.path(number) for number in range(len(plan.rows))}
    for error in report.errors:
        where = f"{emitter.name}, {name}: the refusal {error.code} ({error.message})"
        _demand(re.fullmatch(r"C3\d\d", error.code) is not None, f"{where} has no code C3xx")
        _demand(error.node in paths, f"{where} names no node of the tree, but {error.node!r}")


def _check_document(emitter: Emitter, name: str, plan: Plan, document: Document) -> str:
    where = f"{emitter.name}, {name}"
    for complaint in _not_plain(document):
        raise AssertionError(f"{where}: the document is no plain data: {complaint}")
    _demand(
        document.get("output") == plan.origin.output, f"{where}: `output` of the document is not {plan.origin.output!r}"
    )
    if emitter.schema is not None:
        for error in jsonschema.Draft202012Validator(emitter.schema).iter_errors(document):
            raise AssertionError(f"{where}: the document breaks its schema at {error.json_path}: {error.message}")
    return json.dumps(document)


def _not_plain(document: Document) -> Iterator[str]:
    """What in a document is more than dicts with text keys, lists, texts, ints and bools: subclasses of them included."""
    stack: list[tuple[str, Any]] = [("$", document)]
    while stack:
        where, value = stack.pop()
        if type(value) is dict:
            yield from (f"{where} has the key {key!r}" for key in value if type(key) is not str)
            stack.extend((f"{where}.{key}", child) for key, child in value.items())
        elif type(value) is list:
            stack.extend((f"{where}[{number}]", child) for number, child in enumerate(value))
        elif type(value) not in (str, int, bool):
            yield f"{where} is {type(value).__name__} {value!r:.60}"


def _check_path(emitter: Emitter, name: str, path: str) -> None:
    sound = isinstance(path, str) and all(part not in ("", ".", "..") for part in path.split("/")) and "\\" not in path
    _demand(sound, f"{emitter.name}, {name}: the path {path!r} is not one relative to the repository, with `/`")


def _check_files(emitter: Emitter, name: str, plan: Plan, files: Files) -> None:
    where = f"{emitter.name}, {name}"
    _demand(plan.origin.output in files, f"{where}: there is no file {plan.origin.output}, but {sorted(files)}")
    maker = Maker(plan.origin.source, plan.origin.function)
    for path, text in files.items():
        _check_path(emitter, name, path)
        _demand(isinstance(text, str) and text.endswith("\n"), f"{where}: {path} does not end in a newline")
        _demand("\r\n" not in text and "\0" not in text, f"{where}: {path} has CR LF or NUL in it")
        _demand(
            header.maker(text) == maker, f"{where}: the first lines of {path} are not the header of conducto.header"
        )


def _check_commands(emitter: Emitter, name: str, plan: Plan, files: Files) -> None:
    """Every command and path that runs stands in the files outside comments, and no command that is skipped does."""
    where = f"{emitter.name}, {name}"
    lines = "\n".join(files.values()).split("\n")
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    for number in plan.leaves():
        path, marker = plan.path(number), _RUNS.search(plan.rows[number].script)
        _demand(
            marker is None or _word(marker.group(), text), f"{where}: the command of {path} is in none of the files"
        )
        if _PLAIN_PATH.fullmatch(path):
            _demand(_word(path[1:], text), f"{where}: the path {path} is in none of the files")
    found = _NEVER.search(text)
    _demand(found is None, f"{where}: a command that is skipped stands in the files: {found and found.group()}")


def _word(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
