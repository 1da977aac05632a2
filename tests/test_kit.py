"""The public test kit for targets: it passes ours, and finds what is planted in one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from conducto import targets, testing
from conducto.diagnostics import Report
from conducto.ir.plan import Plan
from conducto.targets import Document, Files
from tests import built


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    """The class of the small separate target, imported from its source."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "plugin"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from conducto_listing import Listing

    yield Listing
    del sys.modules["conducto_listing"]


@pytest.mark.parametrize("name", built.OURS)
def test_our_targets_pass(name: str) -> None:
    testing.check_target(targets.get(name))


def test_ours_are_all_that_is_installed() -> None:
    assert targets.names() == sorted(built.OURS)


@pytest.mark.parametrize("name", built.OURS)
def test_ours_refuse_no_example(name: str) -> None:
    emitter = targets.get(name)
    for example, build in testing.examples().items():
        report = Report()
        emitter.document(testing._plan(emitter, example, build(), {}), report)
        assert report.errors == (), example


def test_the_small_target_passes(listing: type) -> None:
    testing.check_target(listing(), {"bullet": "*"})


Change = Callable[[Any], None]


def _document(change: Callable[[Document, Plan, Report], Any]) -> Change:
    """A change of what `document` gives."""

    def changed(emitter: Any) -> None:
        original = emitter.document

        def document(plan: Plan, report: Report) -> Document:
            made: Document = original(plan, report)
            change(made, plan, report)
            return made

        emitter.document = document

    return changed


def _render(change: Callable[[Files, Document], Files]) -> Change:
    """A change of what `render` gives."""

    def changed(emitter: Any) -> None:
        original = emitter.render
        emitter.render = lambda document: change(original(document), document)

    return changed


def _text(change: Callable[[str], str]) -> Change:
    """A change of the text of every file."""
    return _render(lambda files, _: {path: change(text) for path, text in files.items()})


def _member(name: str, value: Any) -> Change:
    return lambda emitter: setattr(emitter, name, value)


def _remembering(emitter: Any) -> None:
    seen: list[str] = []

    def change(document: Document, plan: Plan, report: Report) -> None:
        seen.append(plan.origin.name)
        document["header"].append(f"# number {len(seen)}")

    _document(change)(emitter)


def _refuse(code: str, node: str | None) -> Change:
    return _document(lambda document, plan, report: report.error(code, "no", node=node))


def _drop_last(document: Document, plan: Plan, report: Report) -> None:
    del document["entries"][-1:]


class _Word(str):
    """A text that is more than a text."""


PLANTED: dict[str, tuple[Change, str]] = {
    "name": (_member("name", "My Target"), "the name of a target"),
    "title": (_member("title", ""), "`title` is no text"),
    "limits": (_member("limits", {}), "`limits` are no"),
    "schema": (_member("schema", {"type": "objekt"}), "`schema` is no JSON schema"),
    "setting": (_member("settings", {"a": {"type": "txt"}}), "`setting a` is no JSON schema"),
    "default-image": (_member("settings", {"default-image": {}}), "every target's"),
    "absolute": (_member("output", lambda origin: "/tmp/x.txt"), "not one relative"),
    "outside": (_member("output", lambda origin: "../x.txt"), "not one relative"),
    "other output": (_document(lambda d, p, r: d.update(output="x.txt")), "`output` of the document is not"),
    "tuple": (_document(lambda d, p, r: d.update(header=tuple(d["header"]))), "no plain data: $.header is tuple"),
    "float": (_document(lambda d, p, r: d.update(header=[1.5])), "no plain data: $.header[0] is float"),
    "subclass": (_document(lambda d, p, r: d.update(bullet=_Word("-"))), "no plain data: $.bullet is _Word"),
    "key": (_document(lambda d, p, r: cast("dict[Any, Any]", d).update({1: "a"})), "no plain data: $ has the key 1"),
    "breaks schema": (_document(lambda d, p, r: d.update(bullet="!")), "breaks its schema at $.bullet"),
    "changes plan": (_document(lambda d, p, r: p.settings.update(a=1)), "`document` changes the plan"),  # type: ignore[attr-defined]
    "remembers": (_remembering, "a second time"),
    "refuses all": (_refuse("C399", "/"), "is refused"),
    "refuses without node": (_refuse("C399", None), "names no node of the tree, but None"),
    "refuses with an odd code": (_refuse("X1", "/"), "has no code C3xx"),
    "drops a node": (_document(_drop_last), "is in none of the files"),
    "changes document": (_render(lambda f, d: d.update(bullet="*") or f), "`render` changes the document"),
    "no file": (_render(lambda f, d: {}), "there is no file"),
    "absolute file": (_render(lambda f, d: {**f, "/a": f[d["output"]]}), "the path '/a' is not one relative"),
    "no newline": (_text(lambda text: text.rstrip("\n")), "does not end in a newline"),
    "CR LF": (_text(lambda text: text.replace("\n", "\r\n")), "has CR LF"),
    "no header": (_text(lambda text: text.replace("# Made by", "# made by")), "are not the header"),
    "commented out": (
        _text(lambda text: text.replace("runs-app", "x", 99) + "# runs-app\n"),
        "the command of /Test/app",
    ),
    "path is not shown": (_text(lambda text: text.replace("/Test/app", "x")), "the path /Test/app"),
    "skipped command": (_text(lambda text: text + "never-this\n"), "a command that is skipped"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(listing: type, name: str) -> None:
    plant, complaint = PLANTED[name]
    emitter = listing()
    plant(emitter)
    with pytest.raises(AssertionError) as found:
        testing.check_target(emitter)
    assert complaint in str(found.value)
