"""The argo emitter: the shape of its document, its escapings, its names, its refusals, and what its scripts do in a shell."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest
import yaml
from conducto.backends import argo_names, argo_script, argo_text
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conducto import limits, targets, testing
from conducto.diagnostics import Report
from conducto.ir.plan import Plan
from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.targets import Document
from tests.plugin_thorough import amount

ARGO = targets.get("argo")
ROOT = "pipeline"
#: What Kubernetes, Argo, printf, YAML, the API server or a shell would act on.
FRAGMENTS = [
    "$",
    "$$",
    "$(",
    "$(A)",
    "$$(A)",
    "{",
    "{{",
    "{{{",
    "{{x}}",
    "{{=1}}",
    "}}",
    "\\",
    "\\c",
    "\\0173",
    "\n",
    "\t",
    " ",
]
FRAGMENTS += [
    "'",
    '"',
    "`",
    "#",
    "%s",
    "- ",
    "---",
    ": ",
    ".",
    "\r",
    "\x01",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9f",
    "\u2028",
    "\ufeff",
]
#: Any text that a user may write.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"),
    ),
    max_size=40,
).map("".join)


def plan(root: Node) -> Plan:
    """The plan of a tree, as the test kit makes it."""
    return testing._plan(ARGO, "x", root, {})


def document(root: Node) -> Document:
    """The document of a tree that the target takes."""
    report = Report()
    found = ARGO.document(plan(root), report)
    report.raise_errors()
    assert complaint(found) is None
    return found


def complaint(found: Document) -> str | None:
    """What the schema says first against a document."""
    assert ARGO.schema is not None
    error = next(iter(jsonschema.Draft202012Validator(ARGO.schema).iter_errors(found)), None)
    return error and error.message


def templates(root: Node) -> dict[str, Any]:
    """The templates of a tree by name."""
    return {found["name"]: found for found in document(root)["workflow"]["spec"]["templates"]}


def refusals(root: Node) -> list[tuple[str, str | None]]:
    """Codes and nodes of what is refused of a tree."""
    report, found = Report(), plan(root)
    limits.check_plan(found, ARGO, report)
    ARGO.document(found, report)
    return [(error.code, error.node) for error in report.errors]


def tree(kind: type[Node], **children: Node | Mapping[str, Any]) -> Node:
    """A node of a kind with children; those that are dicts are Execs of these attributes."""
    root = kind()
    for name, child in children.items():
        root[name] = child if isinstance(child, Node) else Exec("true", **child)
    return root


def kubernetes(text: str, variables: Mapping[str, str]) -> str:
    """Kubernetes' expansion of commands, arguments and env values, after its reference of `Container`."""
    return re.sub(
        r"\$\$|\$\(([^)]*)\)", lambda found: "$" if found[0] == "$$" else variables.get(found[1], found[0]), text
    )


# --- texts --------------------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_kubernetes_makes_of_doubled_dollars_what_was_meant(text: str) -> None:
    assert kubernetes(argo_text.dollars(text), {"A": "wrong", "": "wrong"}) == text


@given(TEXTS)
def test_an_encoded_text_is_carried(text: str) -> None:
    coded = argo_text.encoded(text)
    assert argo_text.carried(coded)
    assert "{{" not in argo_text.dollars(coded)


@given(TEXTS)
def test_a_label_is_one_harmless_line(text: str) -> None:
    label = argo_text.label(text)
    assert argo_text.carried(label)
    assert len(label) <= 200
    assert "\n" not in label


@pytest.mark.needs("bash", "dash", "busybox")
@pytest.mark.parametrize("shell", [["bash", "--posix"], ["dash"], ["busybox", "sh"]], ids=lambda words: words[0])
@settings(max_examples=amount(8, 25), deadline=None)
@given(text=TEXTS, value=TEXTS)
def test_a_shell_gets_text_and_env_back(shell: list[str], text: str, value: str) -> None:
    found = document(Exec(text, env={"V": value, "ARGO_X": value, "c": "mine"}))
    container = found["workflow"]["spec"]["templates"][0]["container"]
    given_env = {entry["name"]: kubernetes(entry["value"], {}) for entry in container["env"]}
    words = [kubernetes(word, given_env) for word in container["command"][1:] + container["args"]]
    assert words[0] == "-c"
    # In the place of the shells that the script looks for, what it would call them with is printed.
    words[1] = re.sub(r'if command.*exec sh -c "\$(\d)"', r'printf "%s\\0" "$\1" "$V" "$ARGO_X" "$c"', words[1])
    said = subprocess.run([*shell, *words], env={"PATH": "/bin:/usr/bin"} | given_env, capture_output=True, check=True)
    command = _stripped(text)
    assert said.stdout.decode().split("\0")[:-1] == [command, value, value, "mine"]


def _stripped(text: str) -> str:
    """What stands in the tree for a command's text."""
    return plan(Exec(text)).rows[0].script


@pytest.mark.needs("busybox")
@pytest.mark.parametrize("size", [1_000, 90_000])
def test_large_texts_stand_in_a_config_map(size: int, tmp_path: Any) -> None:
    text, value = "# " + '"\\{{' * (size // 5) + "\n:", "\n" + "v\x7f$(A)\n" * (size // 10) + "\n"
    found = document(Exec(text, env={"V": value}))
    container = found["workflow"]["spec"]["templates"][0]["container"]
    assert bool(found["texts"]) == (size > 10_000)
    words = [kubernetes(word, {}) for word in container["command"][1:] + container["args"]]
    for config in found["texts"]:
        for name, data in config["data"].items():
            (tmp_path / name).write_text(data, encoding="utf-8", newline="\n")
    words[1] = words[1].replace("/conducto/texts", str(tmp_path))
    words[1] = re.sub(r'if command.*exec sh -c "\$1"', r'printf "%s\\0" "$1" "$V"', words[1])
    busybox = shutil.which("busybox") or "busybox"
    said = subprocess.run([busybox, "sh", *words], env={"PATH": "/nonsense"}, capture_output=True, check=False)
    # Without a `cat` on the PATH, one at /bin is taken.
    assert said.stdout.decode().split("\0")[:-1] == [text, value], said.stderr


@pytest.mark.parametrize("reader", ["PyYAML", "ruamel"])
@settings(max_examples=amount(15, 60), deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), names=st.lists(TEXTS, min_size=1, max_size=4))
def test_the_file_reads_back_as_the_document(reader: str, texts: list[str], names: list[str]) -> None:
    root = Parallel(doc=names[0], env={"V": texts[0]})
    for number, text in enumerate(texts):
        root[f"{number}{names[number % len(names)].replace('/', '')}"] = Exec(text, doc=text)
    found = document(root)
    assert parsed(found, reader) == [*found["account"], *found["texts"], found["workflow"]]


def parsed(found: Document, reader: str) -> list[Any]:
    """The objects in the file of a document, as a reader of YAML sees them."""
    text = ARGO.render(found)[found["output"]]
    if reader == "PyYAML":
        return list(yaml.safe_load_all(text))
    return list(YAML(typ="safe", pure=True).load_all(text))


# --- shapes -------------------------------------------------------------------------------------------------------------


def test_nothing_to_run_is_one_template_that_ends_at_once() -> None:
    assert templates(Serial()) == {ROOT: {"name": ROOT, "suspend": {"duration": "0"}}}


def test_a_serial_has_a_group_for_each_child_and_a_parallel_one_for_all() -> None:
    steps = {
        kind: [[step["name"] for step in group] for group in templates(tree(kind, a={}, b={}))[ROOT]["steps"]]
        for kind in (Serial, Parallel)
    }
    assert steps == {Serial: [["a"], ["b"]], Parallel: [["a", "b"]]}


def test_a_serial_that_goes_on_is_a_dag_with_all_as_its_target() -> None:
    root = tree(Serial, a={}, b={"suppress_errors": True})
    root["c"] = Exec("true")
    root["skipped"] = Exec("true", skip=True)
    going_on = Serial(stop_on_error=False)
    going_on["inner"] = root
    assert "steps" in templates(going_on)[ROOT], "one child needs no dag"
    going_on["last"] = Exec("true", suppress_errors=True)
    found = templates(going_on)
    assert found[ROOT]["dag"]["target"] == "inner last"
    assert [task.get("depends") for task in found[ROOT]["dag"]["tasks"]] == [
        None,
        "inner || inner.Failed || inner.Errored || inner.Omitted",
    ]
    assert found[ROOT]["dag"]["tasks"][1]["template"] == "last---may-fail"
    assert found["last---may-fail"]["steps"][0][0]["continueOn"] == {"failed": True, "error": True}
    assert "continueOn" in found["inner"]["steps"][1][0]


def test_errors_of_the_root_are_suppressed_by_a_template_around_it() -> None:
    found = document(Exec("true", suppress_errors=True))["workflow"]["spec"]
    assert found["entrypoint"] == "pipeline---may-fail"
    assert "continueOn" in found["templates"][0]["steps"][0][0]
    root = tree(Serial, a={})
    root.suppress_errors = True
    assert list(templates(root)) == ["pipeline---may-fail", "pipeline"]


def test_more_tasks_than_a_dag_takes_are_parts() -> None:
    root = Serial(stop_on_error=False)
    for number in range(450):
        root[f"t{number}"] = Exec("true")
    found = templates(root)
    assert [len(template["dag"]["tasks"]) for template in found.values()] == [3, 200, 200, 50]
    assert [task["name"] for task in found["pipeline---part-3"]["dag"]["tasks"]][-1] == "t449"


def test_resources() -> None:
    asked = Exec("true", cpu=0.5, mem=1.5, gpu=2)
    assert templates(asked)[ROOT]["container"]["resources"] == {
        "requests": {"cpu": "500m", "memory": "1536Mi"},
        "limits": {"memory": "1536Mi", "nvidia.com/gpu": "2"},
    }
    assert templates(Exec("true", cpu=2, mem=8, gpu=0))[ROOT]["container"]["resources"] == {
        "requests": {"cpu": "2", "memory": "8Gi"},
        "limits": {"memory": "8Gi"},
    }


def test_the_account_may_report_and_nothing_else() -> None:
    account, role, binding = document(Exec("true"))["account"]
    assert role["rules"] == [
        {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    ]
    names = {found["metadata"]["name"] for found in (account, role, binding)} | {binding["roleRef"]["name"]}
    assert len(names | {binding["subjects"][0]["name"]}) == 1


def test_a_users_path_does_not_hide_the_shells() -> None:
    assert "/usr/bin/bash" in templates(Exec("true", env={"PATH": "/x"}))[ROOT]["container"]["command"][2]
    assert "/usr/bin/bash" not in templates(Exec("true"))[ROOT]["container"]["command"][2]


# --- names --------------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(TEXTS.filter(lambda name: name != "" and "/" not in name), min_size=1, max_size=3), max_size=6)
)
def test_names_are_argos_and_unique(paths: list[list[str]]) -> None:
    whole = {"/" + "/".join(names) for names in paths} | {"/", "/pipeline", "/a/b", "/a--b", "/a-b"}
    for make in (argo_names.template_name, argo_names.wrapper_name):
        made = {make(path) for path in whole}
        assert len(made) == len(whole)
        assert all(re.fullmatch("[a-zA-Z0-9][-a-zA-Z0-9]{0,127}", name) for name in made)
    names = {name for path in paths for name in path} | {"n", "in", "1", "1-a", "a_b", "a-b", "A-b"}
    for call, first in ((argo_names.step_name, "[a-zA-Z0-9]"), (argo_names.task_name, "[a-zA-Z]")):
        made = {call(name) for name in names}
        assert len(made) == len(names)
        assert all(re.fullmatch(f"{first}[-a-zA-Z0-9]{{0,127}}", name) for name in made)


def test_simple_names_stay() -> None:
    assert argo_names.template_name("/Test/unit-1") == "Test--unit-1"
    assert argo_names.step_name("1st") == "1st"
    assert argo_names.task_name("unit") == "unit"
    assert argo_names.task_name("not") != "not", "a word of the language of `depends`"


# --- refusals -----------------------------------------------------------------------------------------------------------


def wide(count: int) -> Node:
    """A Parallel of so many Serials."""
    root = Parallel()
    for number in range(count):
        root[f"t{number}"] = tree(Serial, a={})
    return root


def deep(levels: int, **attributes: Any) -> Node:
    """A chain of Serials, an Exec before each inner one and at its end: so many levels in all."""
    root = Serial(**{key: value for key, value in attributes.items() if key == "stop_on_error"})
    node: Node = root
    for _ in range(levels - 2):
        node["before"] = Exec("true")
        node["a"] = Serial(**attributes)
        node = node["a"]
    node["a"] = Exec("true")
    return root


ACCEPTED_AND_REFUSED: dict[str, tuple[Callable[[], Node], Callable[[], Node], str, str]] = {
    "templates": (lambda: wide(199), lambda: wide(200), "C370", "/"),
    "depth": (lambda: deep(99), lambda: deep(100), "C300", "/a" * 99),
    "levels": (
        lambda: deep(50, stop_on_error=False, suppress_errors=True),
        lambda: deep(51, stop_on_error=False, suppress_errors=True),
        "C371",
        "/a" * 50,
    ),
    "workflow": (lambda: heavy(10), lambda: heavy(12), "C372", "/"),
    "config map": (lambda: loaded(9), lambda: loaded(12), "C373", "/"),
    "image": (lambda: Exec("true", image="a/b:1@c"), lambda: Exec("true", image="a{{b}}"), "C374", "/"),
}


def heavy(count: int) -> Node:
    """A Parallel of so many Execs of 90,000 bytes."""
    root = Parallel()
    for number in range(count):
        root[f"t{number}"] = Exec("x" * 90_000)
    return root


def loaded(count: int) -> Node:
    """An Exec of so many env values of 100,000 bytes."""
    return Exec("true", env={f"E{number}": "x" * 100_000 for number in range(count)})


@pytest.mark.parametrize("what", ACCEPTED_AND_REFUSED)
def test_a_limit_is_told_with_the_node(what: str) -> None:
    accepted, refused, code, node = ACCEPTED_AND_REFUSED[what]
    assert refusals(accepted()) == []
    assert refusals(refused()) == [(code, node)]


# --- the schema ---------------------------------------------------------------------------------------------------------


def _good() -> Document:
    root = tree(Serial, a={"cpu": 1, "env": {"A": "b"}}, b={"suppress_errors": True})
    root["go"] = tree(Serial, a={}, b={})
    root["go"].stop_on_error = False
    return document(root)


DEFECTS: dict[str, Callable[[Any], Any]] = {
    "an unknown key": lambda spec: spec.update(suspend=True),
    "a name with a dot": lambda spec: spec["templates"][0].update(name="a.b"),
    "no steps": lambda spec: spec["templates"][0].update(steps=[]),
    "steps and a dag": lambda spec: spec["templates"][0].update(dag=spec["templates"][1]["dag"]),
    "an expression": lambda spec: leaf_of(spec)["args"].append("{{x}}"),
    "a control character": lambda spec: leaf_of(spec)["args"].append("\x7f"),
    "another script": lambda spec: leaf_of(spec)["command"].__setitem__(2, "sh"),
    "no run id": lambda spec: leaf_of(spec)["env"].pop(0),
    "a number for a quantity": lambda spec: leaf_of(spec)["resources"]["requests"].update(cpu=1),
    "fails fast": lambda spec: spec["templates"][1]["dag"].update(failFast=True),
    "depends on a success": lambda spec: spec["templates"][1]["dag"]["tasks"][1].update(depends="a.Succeeded"),
    "continues on failures alone": lambda spec: spec["templates"][0]["steps"][1][0].update(continueOn={"failed": True}),
    "calls nothing": lambda spec: spec["templates"][0]["steps"][2][0].pop("template"),
    "201 templates": lambda spec: spec["templates"].extend(copy.deepcopy(spec["templates"][0]) for _ in range(199)),
}


def leaf_of(spec: Any) -> Any:
    """The container of the first leaf."""
    return spec["templates"][0]["steps"][0][0]["inline"]["container"]


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_schema_refuses(defect: str) -> None:
    found = copy.deepcopy(_good())
    assert complaint(found) is None
    DEFECTS[defect](found["workflow"]["spec"])
    assert complaint(found) is not None


def test_the_kit_takes_the_target() -> None:
    testing.check_target(ARGO)


def test_a_script_uses_no_variable_that_could_be_a_users() -> None:
    for how in ("plain", "coded", "file"):
        everything = argo_script.Script(how, True, True, True, (), True, True, True, "zsh").text()
        # What stands in a pair of parentheses is a process of its own.
        outside = re.sub(r"(?s)\"\$\(\n.*?\n\)\"", "", everything)
        assert outside != everything
        assert not re.search(r"(?m)(^|[;&|] *|do )[A-Za-z_]+=", outside), outside
        assert re.findall(r"export ([A-Z_]+)=", outside) == ["CONDUCTO_GIT_SHA", "PATH"]
