"""The github emitter: order against a model of both sides, names, escapings, its scripts in a shell, limits, the schema."""

from __future__ import annotations

import copy
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import conducto.backends.github as backend
import jsonschema
import pytest
import yaml
from conducto.backends import github_checks, github_script, github_step, github_text
from conducto.backends.github_schema import SCHEMA
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conducto import limits
from conducto.diagnostics import Report
from conducto.ir import lower
from conducto.ir.plan import Origin, Plan
from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.targets import Document
from tests import plans
from tests.plans import parallel, serial
from tests.plugin_thorough import amount

GITHUB = backend.GitHub()
ORIGIN = Origin("ci", "sub/ci.py", "run", output=".github/workflows/ci.yml")
FRAGMENTS = [
    "$",
    "${",
    "${{",
    "$${{",
    "{{",
    "}}",
    "${{ github.token }}",
    "'",
    "''",
    '"',
    "\\",
    "\n",
    "\t",
    " ",
    "#",
    "- ",
]
FRAGMENTS += [": ", "`", "$(id)", "%s", "::stop-commands::x", "::add-mask::true", "\r", "\x01", "\x1b", "\x7f", "\x85"]
FRAGMENTS += ["\u2028", "\u2066", "\ufeff", "0o14", "1e3", "on", "no", "~", "!x", "&a", "*a", "|", ">", "---", "..."]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), CHARACTERS), max_size=30).map("".join)
NAMES = TEXTS.map(lambda text: text.replace("/", "")).filter(bool)


def plan(root: Node, image: str = "default", **tables: Any) -> Plan:
    """The plan of a tree whose default image is `image` ("" for none)."""
    return lower.lower(plans.tree(root, image), ORIGIN, tables, Report())


def document(made: Plan) -> Document:
    """The document of a plan that the target takes."""
    report = Report()
    found: Document = GITHUB.document(made, report)
    report.raise_errors()
    assert complaint(found) is None
    return found


def complaint(found: Document) -> str | None:
    """What the schema says first against a document."""
    error = next(iter(jsonschema.Draft202012Validator(SCHEMA).iter_errors(found)), None)
    return error and error.message


def jobs(root: Node, image: str = "default") -> dict[str, Any]:
    """The jobs of a tree by id."""
    found: dict[str, Any] = document(plan(root, image))["workflow"]["jobs"]
    return found


def refusals(root: Node) -> list[tuple[str, str | None]]:
    """Codes and nodes of what is refused of a tree."""
    report, made = Report(), plan(root)
    limits.check_plan(made, GITHUB, report)
    found = GITHUB.document(made, report)
    if not report.errors:
        limits.check_files(made, GITHUB.render(found), GITHUB, report)
    return [(error.code, error.node) for error in report.errors]


# --- order: which Execs may start, by the tree and by the workflow, after every step of a run -----------------------------


class Tree:
    """What a tree means, played from the outcomes of the Execs that have ended so far."""

    def __init__(self, made: Plan) -> None:
        self.plan = made
        self.may_start: set[int] = set()

    def state(self, number: int, ended: Mapping[int, bool]) -> str:
        """done, failed or open, as the node's parent sees it; notes the Execs that may start."""
        row = self.plan.rows[number]
        if row.skip:
            return "done"
        if row.kind == "exec":
            if number not in ended:
                self.may_start.add(number)
            found = "open" if number not in ended else "done" if ended[number] else "failed"
        else:
            found = self._group(number, ended)
        return "done" if found == "failed" and row.suppress_errors else found

    def _group(self, number: int, ended: Mapping[int, bool]) -> str:
        row, states = self.plan.rows[number], []
        for child in self.plan.tree.children[number]:
            states.append(self.state(child, ended))
            if row.kind == "serial" and (states[-1] == "open" or (states[-1] == "failed" and row.stop_on_error)):
                break
        return next((state for state in ("open", "failed") if state in states), "done")


class Workflow:
    """What GitHub makes of `needs`, `if`, step-level `continue-on-error` and outputs (facts of its documentation)."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.jobs = found
        self.result: dict[str, str] = {}
        self.outcome: dict[str, str] = {}

    def end(self, name: str, success: bool) -> None:
        """The command of a job ends."""
        step = self.jobs[name]["steps"][-1]
        kept = step.get("continue-on-error", False)
        self.result[name] = "success" if success or kept else "failure"
        if self.jobs[name].get("outputs"):
            assert step["id"] == "run"
            self.outcome[name] = "success" if success else "failure"

    def may_start(self) -> set[str]:
        """The jobs that start now; those that never will are skipped, which may let others go on."""
        while True:
            ready = [name for name in self.jobs if name not in self.result and self._needs(name) <= set(self.result)]
            skipped = [name for name in ready if not self._condition(name)]
            if not skipped:
                return set(ready)
            self.result |= dict.fromkeys(skipped, "skipped")

    def _needs(self, name: str) -> set[str]:
        return set(self.jobs[name].get("needs", ()))

    def _condition(self, name: str) -> bool:
        test = self.jobs[name].get("if")
        if test is None:  # success(): of everything above, not only of what is needed itself
            above: set[str] = set()
            todo = [name]
            while todo:
                above |= (new := self._needs(todo.pop()) - above)
                todo += new
            return all(self.result[other] == "success" for other in above)
        first, *tests = test.split(" && ")
        assert first == "!cancelled()"
        return all(self._value(name, said) for said in tests)

    def _value(self, name: str, said: str) -> bool:
        match = re.fullmatch(r"needs\.([^.]+)\.(result|outputs\.outcome) == 'success'", said)
        assert match is not None, said
        assert match[1] in self._needs(name), said
        values = self.result if match[2] == "result" else self.outcome
        return values.get(match[1], "") == "success"


FLAGS = st.fixed_dictionaries({}, optional={"skip": st.booleans(), "suppress_errors": st.booleans()})


def _group(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    kinds = st.sampled_from([("parallel", {}), ("serial", {}), ("serial", {"stop_on_error": False})])
    few = st.one_of(st.lists(children, min_size=2, max_size=4), st.lists(children, max_size=1))
    return st.tuples(kinds, FLAGS, few)


SHAPES = st.recursive(FLAGS, _group, max_leaves=14)


def node(shape: Any) -> Node:
    """The tree of a shape (shallow, so it may recurse)."""
    if isinstance(shape, dict):
        return Exec("true", **shape)
    (kind, own), flags, below = shape
    make = {"parallel": parallel, "serial": serial}[kind]
    return make({f"n{number}": node(child) for number, child in enumerate(below)}, **own, **flags)


def often(random: Random) -> Callable[[int], bool]:
    """More Execs succeed than fail."""
    return lambda _: random.random() < 0.6


@settings(max_examples=amount(62, 250), deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 999))
def test_the_same_execs_may_start_by_the_tree_and_by_the_workflow(shape: Any, seed: int) -> None:
    made = plan(node(shape))
    for number in range(6):
        random = Random(seed + number)
        play(made, often(random), random)


@pytest.mark.parametrize("goes_on", [True, False])
@pytest.mark.parametrize("failing", range(4))
def test_what_comes_after_a_group_needs_all_that_decides(failing: int, goes_on: bool) -> None:
    group = serial({"a": Exec("x"), "b": Exec("x"), "c": Exec("x")}, stop_on_error=not goes_on)
    made = plan(serial({"group": group, "after": Exec("x")}))
    play(made, lambda number: made.leaves().index(number) != failing, Random(failing))


@pytest.mark.parametrize("failing", range(6))
def test_a_suppressed_failure_stops_what_it_stopped_and_no_more(failing: int) -> None:
    inner = serial({"a": Exec("x"), "b": Exec("x"), "c": Exec("x")}, suppress_errors=True)
    made = plan(serial({"before": Exec("x"), "in": inner, "after": parallel({"x": Exec("x"), "y": Exec("x")})}))
    play(made, lambda number: made.leaves().index(number) != failing, Random(failing))


def play(made: Plan, succeeds: Callable[[int], bool], random: Random) -> None:
    """One run with commands ending in any order; both sides are asked before each end, and for the outcome."""
    if made.empty:
        assert list(document(made)["workflow"]["jobs"]) == ["nothing"]
        return
    workflow = Workflow(document(made)["workflow"]["jobs"])
    numbers = dict(zip(workflow.jobs, made.leaves(), strict=True))
    ended: dict[int, bool] = {}
    while True:
        tree = Tree(made)
        state = tree.state(0, ended)
        starting = workflow.may_start()
        assert {numbers[name] for name in starting} == tree.may_start
        if not starting:
            break
        name = random.choice(sorted(starting))
        ended[numbers[name]] = succeeds(numbers[name])
        workflow.end(name, ended[numbers[name]])
    assert state == ("failed" if "failure" in workflow.result.values() else "done")


def test_no_condition_where_githubs_own_rule_says_the_same() -> None:
    found = jobs(serial({"a": Exec("x"), "b": parallel({"c": Exec("x"), "d": Exec("x")}), "e": Exec("x")}))
    assert [job.get("needs") for job in found.values()] == [None, ["a"], ["a"], ["b--c", "b--d"]]
    assert not any("if" in job for job in found.values())


# --- names --------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=8))
def test_job_ids_are_githubs_and_unique_whatever_the_case(drawn: list[str]) -> None:
    paths = {f"/{path}" for path in drawn} | {
        "/",
        "/a/b",
        "/A/b",
        "/a--b",
        "/a-b",
        "/a_b",
        "/1",
        "/_1",
        "/__x",
        "/pipeline",
    }
    ids = github_text.job_ids(paths)
    assert len({found.lower() for found in ids.values()}) == len(paths)
    assert all(re.fullmatch("(?!__)[A-Za-z_][A-Za-z0-9_-]{0,62}", found) for found in ids.values())
    assert "/plain" not in paths or ids["/plain"] == "plain"


def test_simple_job_ids_stay() -> None:
    ids = github_text.job_ids(["/Test/unit-1", "/Test", "/1st"])
    assert ids == {"/Test/unit-1": "Test--unit-1", "/Test": "Test", "/1st": "_1st"}


def test_a_job_id_is_changed_by_no_edit_elsewhere() -> None:
    before = github_text.job_ids(["/a", "/x y"])
    after = github_text.job_ids(["/0", "/a", "/b", "/x y", "/x-y"])
    assert {path: after[path] for path in before} == before


@settings(deadline=None)
@given(st.lists(NAMES, max_size=6))
def test_jobs_have_names_of_their_own(drawn: list[str]) -> None:
    # act calls a job's container by the letters and digits of its name: two alike, and the second cannot be made.
    paths = {f"/{name}" for name in drawn} | {"/é", "/ß", "/a-b", "/a/b", "/a b", "/" + "x" * 300, "/y" + "x" * 300}
    names = github_text.labels({path: path for path in paths})
    assert len({re.sub("[^A-Za-z0-9]+", "-", name).strip("-") for name in names.values()}) == len(paths)
    assert all(
        len(name) <= 100 and "${{" not in name and not re.search("[\0-\x1f\x7f]", name) for name in names.values()
    )
    assert github_text.labels({"/a b": "/a b", "/c": "The c"}) == {"/a b": "/a b", "/c": "The c"}


# --- texts --------------------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_no_text_is_an_expression(text: str) -> None:
    for gap in (" ", "''"):
        made = github_text.inert(text, gap)
        assert "${{" not in made
        assert ("${{" in text) or made == text


@settings(deadline=None)
@given(command=TEXTS, doc=TEXTS, name=NAMES, value=TEXTS)
def test_nothing_of_a_user_is_live(command: str, doc: str, name: str, value: str) -> None:
    found = document(plan(parallel({name: Exec(command, doc=doc, env={"V": value}, suppress_errors=True)})))
    assert "${{" not in repr(found["workflow"])
    lines = GITHUB.render(found)[ORIGIN.output].splitlines()
    assert not any("${{" in line for line in lines if not line.lstrip().startswith("#"))


#: In the place of docker, or of the command: its words, one NUL after each.
_WORDS = r"""printf '%s\0' "$@" >"$SEEN" """


def ran(script: str, env: Mapping[str, str], folder: Path, **more: str) -> list[str]:
    """The words that a script of ours calls docker with."""
    docker = folder / "docker"
    docker.write_text(f"#!/bin/sh\n{_WORDS}\n")
    docker.chmod(0o755)
    given_env = {"PATH": f"{folder}:/usr/bin:/bin", "SEEN": str(folder / "seen"), "S": script, **env, **more}
    done = subprocess.run(
        ["bash", "-e", "-c", 'bash -c "$S" conducto'], env=given_env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return (folder / "seen").read_bytes().decode().split("\0")[:-1]


@pytest.mark.needs("bash")
@settings(max_examples=amount(8, 20), deadline=None)
@given(command=TEXTS, upper=TEXTS, lower=TEXTS)
def test_docker_gets_command_and_env_exactly(
    tmp_path_factory: pytest.TempPathFactory, command: str, upper: str, lower: str
) -> None:
    made = plan(Exec(command, image="an/image:1", env={"V": upper, "v": lower, "PATH": "/x"}, cpu=2, mem=1))
    step = github_step.step(made, 0)
    assert len({key.upper() for key in step["env"]}) == len(step["env"])
    run = {"GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "2"}
    words = ran(github_script.script("docker", set()), step["env"], tmp_path_factory.mktemp("docker"), **run)
    assert words[:2] == ["run", "--rm"]
    given_env = {word for before, word in pairwise(words) if before == "--env"}
    assert given_env == {"CONDUCTO_PIPELINE_ID", "CONDUCTO_NODE", f"V={upper}", f"v={lower}", "PATH=/x"}
    assert words[words.index("--cpu-shares") : words.index("--entrypoint")] == [
        "--cpu-shares",
        "2048",
        "--memory",
        "1024m",
    ]
    assert words[words.index("/bin/sh") + 1 : words.index("-c") + 1] == ["an/image:1", "-c"]
    assert words[-2:] == ["sh", made.rows[0].command]


@pytest.mark.needs("bash")
@settings(max_examples=amount(8, 20), deadline=None)
@given(value=TEXTS, other=TEXTS, name=NAMES)
def test_a_command_on_the_runner_sees_its_env_and_nothing_of_ours(
    tmp_path_factory: pytest.TempPathFactory, value: str, other: str, name: str
) -> None:
    folder = tmp_path_factory.mktemp("host")
    text = r"""printf '%s\0' "$0" $# "$PWD" "$V" "$v" "$CONDUCTO_NODE" "$CONDUCTO_PIPELINE_ID" "${!CONDUCTO_@}" >"$SEEN" """
    made = plan(parallel({name: Exec(text, env={"V": value, "v": other, "GITHUB_RUN_ID": "mine"})}), "")
    (folder / "sub").mkdir()
    seen = on_host(github_step.step(made, 1)["env"], folder).split("\0")[:-1]
    assert seen == [
        "bash",
        "0",
        str(folder / "sub"),
        value,
        other,
        made.path(1),
        "7-2",
        "CONDUCTO_NODE",
        "CONDUCTO_PIPELINE_ID",
    ]


def on_host(env: Mapping[str, str], folder: Path, status: int = 0) -> str:
    """What a command run by our script for runners wrote into $SEEN."""
    own = {"PATH": "/usr/bin:/bin", "SEEN": str(folder / "seen"), "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "2"}
    given_env = {**own, "CONDUCTO_HOST": github_script.script("host", set()), **env}
    words = ["bash", "-e", "-c", 'bash -c "$CONDUCTO_HOST" conducto']
    done = subprocess.run(words, cwd=folder, env=given_env, capture_output=True, check=False, timeout=30)
    assert done.returncode == status, done.stdout
    first, last = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
    assert first.startswith(b"::stop-commands::")
    assert last == b"::" + first.removeprefix(b"::stop-commands::") + b"::"
    return (folder / "seen").read_bytes().decode()


@pytest.mark.needs("bash")
@pytest.mark.parametrize(("command", "status"), [("exit 3", 3), ("kill -9 $$", 137), ("false; true", 0), ("if", 2)])
def test_a_status_on_the_runner(command: str, status: int, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "seen").touch()
    on_host(github_step.step(plan(Exec(command), ""), 0)["env"], tmp_path, status)


@pytest.mark.needs("bash")
def test_what_a_command_leaves_on_the_runner_is_killed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    made = plan(Exec('sleep 1000 & printf %s "$!" >"$SEEN"'), "")
    number = on_host(github_step.step(made, 0)["env"], tmp_path)
    for _ in range(100):
        if not alive(number):
            break
        time.sleep(0.05)
    assert not alive(number)


def alive(number: str) -> bool:
    """Whether a process runs (one that is dead, and not yet fetched by its parent, does not)."""
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


# --- the file -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["PyYAML", "ruamel 1.1", "ruamel 1.2"])
@settings(max_examples=amount(12, 50), deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), names=st.lists(NAMES, min_size=1, max_size=4))
def test_the_file_reads_back_as_the_document(reader: str, texts: list[str], names: list[str]) -> None:
    root = Parallel(doc=names[0], env={"V": texts[0], "on": "no"})
    for number, text in enumerate(texts):
        root[f"{number}{names[number % len(names)]}"] = Exec(text, doc=text, suppress_errors=number == 0)
    for image in ("default", ""):
        found = document(plan(root, image))
        read = parsed(GITHUB.render(found)[ORIGIN.output], reader)
        name, script = ("CONDUCTO_DOCKER", "docker") if image else ("CONDUCTO_HOST", "host")
        assert read.pop("env") == {name: github_script.script(script, set())}
        assert read == found["workflow"]


def parsed(text: str, reader: str) -> Any:
    """The workflow in a file as a reader of YAML sees it, the key `on` (a bool of YAML 1.1) made right."""
    if reader == "PyYAML":
        found = yaml.safe_load(text)
    else:
        yaml_of = YAML(typ="safe", pure=True)
        yaml_of.version = tuple(map(int, reader.split()[1].split(".")))  # type: ignore[assignment]
        found = yaml_of.load(text)
    return {"on" if key is True else key: value for key, value in found.items()}


def test_the_least_permissions_and_a_checkout_where_no_container_is() -> None:
    root = parallel({"in": Exec("x", image="debian:12"), "on": Exec("x")})
    workflow = document(plan(root, ""))["workflow"]
    assert workflow["permissions"] == {}
    inside, on_runner = workflow["jobs"]["in"], workflow["jobs"]["on"]
    assert "permissions" not in inside
    assert [list(step) for step in inside["steps"]] == [["env", "run"]]
    assert on_runner["permissions"] == {"contents": "read"}
    checkout, run = on_runner["steps"]
    assert re.fullmatch("actions/checkout@[0-9a-f]{40}", checkout["uses"])
    assert checkout["with"] == {"persist-credentials": False}
    assert run["run"] == 'bash -c "$CONDUCTO_HOST" conducto'
    assert f"{checkout['uses']} # v" in GITHUB.render(document(plan(root, "")))[ORIGIN.output]


def test_a_failure_is_forgiven_in_its_step() -> None:
    found = jobs(parallel({"a": Exec("x", suppress_errors=True), "b": Exec("x")}))
    assert "continue-on-error" not in found["a"]
    assert found["a"]["steps"][0]["continue-on-error"] is True
    assert "continue-on-error" not in found["b"]["steps"][0]


@pytest.mark.parametrize("root", [Serial, Parallel, lambda: Exec("x", skip=True), lambda: serial({"a": parallel()})])
def test_nothing_to_run_is_one_job_that_does_nothing(root: Callable[[], Node]) -> None:
    found = document(plan(root()))
    assert list(found["workflow"]["jobs"]) == ["nothing"]
    assert [step["run"] for step in found["workflow"]["jobs"]["nothing"]["steps"]] == ["echo nothing to run"]
    assert found["scripts"] == {}
    assert "env" not in parsed(GITHUB.render(found)[ORIGIN.output], "PyYAML")


def test_the_triggers() -> None:
    assert document(plan(Exec("x")))["workflow"]["on"]["push"] == {"branches": ["main"]}
    on = document(plan(Exec("x"), **{"default-branch": "release/1"}))["workflow"]["on"]
    assert on == {"push": {"branches": ["release/1"]}, "pull_request": {}, "workflow_dispatch": {}}


@pytest.mark.parametrize(
    ("branch", "taken"),
    [("main", True), ("release/1.x", True), ("a-b_c", True), ("ä", True), ("", False), ("!main", False)]
    + [(branch, False) for branch in ("a*", "a?", "a[b]", "a b", "+a", "-a", "${{ x }}", "a\n", "a\0b", "a\x01")],
)
def test_a_default_branch_is_a_branch_and_no_pattern(branch: str, taken: bool) -> None:
    schema = GITHUB.settings["default-branch"]
    assert jsonschema.Draft202012Validator(schema).is_valid(branch) == taken


# --- refusals: the largest that is taken, and one more ------------------------------------------------------------------


def needing(extra: int) -> Node:
    """A tree of 4,000 edges and `extra` more."""

    def many(count: int) -> Node:
        return parallel({f"n{number}": Exec("x") for number in range(count)})

    pairs = {f"p{number}": serial({"a": Exec("x"), "b": Exec("x")}) for number in range(extra)}
    return parallel({"wide": serial({"a": many(40), "b": many(100)}), **pairs})


def long_condition(extra: int) -> Node:
    """A tree with a condition of 21,000 characters and `extra` more: 300 ids of 40 characters, a few shorter."""
    widths = [40] * (288 + extra) + [39] * (12 - extra)
    many = {f"x{number:0{width - 4}}": Exec("x") for number, width in enumerate(widths)}
    return serial({"g": parallel({**many, "may": Exec("x", suppress_errors=True)}), "after": Exec("x")})


def large_env(extra: int) -> Node:
    """An Exec with an env entry of 131,071 bytes and `extra` more."""
    name = "N" * 40_000
    return parallel({"a": Exec("x", env={name: "v" * (131_071 - len("CONDUCTO_ENV_=") - len(name) + extra)})})


def file_of(size: int) -> Node:
    """A tree whose file has so many bytes."""

    def root(last: int) -> Node:
        texts = {f"n{number}": Exec("x" * 90_000) for number in range(5)}
        return parallel({**texts, "last": Exec("x" * last)})

    base = len(GITHUB.render(document(plan(root(1))))[ORIGIN.output].encode())
    return root(1 + size - base)


def large_job(count: int) -> Node:
    """An Exec with so many env values of 100,000 bytes."""
    return serial({"a": Exec("x", env={f"V{number}": "v" * 100_000 for number in range(count)})})


LIMITS: dict[str, tuple[Callable[[int], Node], int, int, str, str | None]] = {
    "needs": (needing, 0, 1, "C340", "/wide"),
    "condition": (long_condition, 0, 1, "C341", "/after"),
    "env": (large_env, 0, 1, "C342", "/a"),
    "file": (file_of, 512_000, 512_001, "C303", "/"),
    "job": (large_job, 5, 6, "C343", "/a"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_limit_is_told_and_the_most_is_taken(what: str) -> None:
    make, most, more, code, where = LIMITS[what]
    assert refusals(make(most)) == []
    assert refusals(make(more)) == [(code, where)]


def test_the_longest_condition_is_as_long_as_may_be() -> None:
    assert max(len(job.get("if", "")) for job in jobs(long_condition(0)).values()) == github_checks.EXPRESSION_LENGTH


# --- the schema ---------------------------------------------------------------------------------------------------------

PLANTED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "unknown key": lambda w: w.update(concurrency="x"),
    "wide permissions": lambda w: w.update(permissions={"contents": "write"}),
    "wider permissions of a job": lambda w: w["jobs"]["b"].update(permissions={"contents": "write"}),
    "no runner": lambda w: w["jobs"]["a"].pop("runs-on"),
    "no timeout": lambda w: w["jobs"]["a"].pop("timeout-minutes"),
    "reserved id": lambda w: w["jobs"].update(__x=w["jobs"]["a"]),
    "unpinned action": lambda w: w["jobs"]["b"]["steps"][0].update(uses="actions/checkout@v7"),
    "credentials": lambda w: w["jobs"]["b"]["steps"][0]["with"].update({"persist-credentials": True}),
    "live command": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(CONDUCTO_COMMAND="${{ github.token }}"),
    "live name": lambda w: w["jobs"]["a"].update(name="${{ github.token }}"),
    "live name on a second line": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(CONDUCTO_NODE="\n\n${{ x }}"),
    "other script": lambda w: w["jobs"]["a"]["steps"][0].update(run="echo"),
    "job that goes on": lambda w: w["jobs"]["a"].update({"continue-on-error": True}),
    "other condition": lambda w: w["jobs"]["b"].update({"if": "always()"}),
    "own env": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(PATH="/x"),
    "expression for a secret": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(
        CONDUCTO_SECRET_X="${{ github.token }}"
    ),
    "secret as env": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(CONDUCTO_ENV_X="${{ secrets.X }}"),
    "limit that is none": lambda w: w["jobs"]["a"]["steps"][0]["env"].update(CONDUCTO_MAX_TIME="0"),
    "live runner": lambda w: w["jobs"]["a"].update({"runs-on": ["${{ x }}"]}),
    "live environment": lambda w: w["jobs"]["a"].update(environment="${{ x }}"),
    "live Dockerfile": lambda w: w.update(env={"CONDUCTO_DOCKERFILE_0123456789ab": "${{ x }}"}),
    "env of all": lambda w: w.update(env={"PATH": "x"}),
    "need twice": lambda w: w["jobs"]["b"].update(needs=["a", "a"]),
    "no job": lambda w: w.update(jobs={}),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_the_schema_finds_a_planted_defect(defect: str) -> None:
    good = document(plan(serial({"a": Exec("x", image="debian:12"), "b": Exec("x")}), ""))
    planted = copy.deepcopy(good)
    PLANTED[defect](planted["workflow"])
    assert planted != good
    assert complaint(planted) is not None
