"""What the argo emitter makes of each attribute: of rows, without a cluster (tests/test_argo_attributes.py has one)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conducto.backends import argo_bounds, argo_node, argo_script
from hypothesis import given
from hypothesis import strategies as st

from conducto.ir.images import CODE, Code, ImageSpec
from conducto.ir.plan import File
from conducto.ir.tree import Row
from conducto.secret import Secret
from tests.argo_rows import ARGO, IMAGE, alone, checked, document, group, leaf, plan_of, said, spec, template

FOLDER, CLONE = Code("folder"), Code("clone", url="https://example.org/x.git", branch="main")
FILES = {FOLDER: [File("a.py", "file", b"print(1)\n")]}


def env_of(found: Any) -> dict[str, Any]:
    """The env entries of a template by name."""
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in found["container"]["env"]}


def script_of(found: Any) -> str:
    script: str = found["container"]["command"][2]
    return script


# --- secrets ------------------------------------------------------------------------------------------------------------


def reference(name: str, key: str) -> dict[str, Any]:
    return {"secretKeyRef": {"name": name, "key": key, "optional": True}}


def test_a_secret_is_a_key_of_the_usual_secret() -> None:
    found = alone(env={"TOKEN": Secret("MY_TOKEN")})
    assert env_of(found)["TOKEN"] == reference("conducto-secrets", "MY_TOKEN")
    _, first, *_ = script_of(found).split("\n")
    assert first.startswith('[ -n "$TOKEN" ] || ')
    assert "secret MY_TOKEN (key MY_TOKEN of Secret conducto-secrets)" in first


def test_the_project_says_where_a_secret_is_kept() -> None:
    root = leaf(-1, "", env={"A": Secret("A"), "B": Secret("B"), "C": Secret("C")})
    found = template(plan_of([root], secrets={"A": {"name": "vault", "key": "a"}, "B": {"key": "b"}}))
    kept = [env_of(found)[name] for name in "ABC"]
    assert kept == [reference("vault", "a"), reference("conducto-secrets", "b"), reference("conducto-secrets", "C")]
    assert "secret A (key a of Secret vault)" in script_of(found)


@pytest.mark.parametrize("variable", ["ARGO_TOKEN", "LD_PRELOAD", "GODEBUG"])
def test_a_secret_that_argo_or_the_loader_would_act_on_comes_by_another_name(variable: str) -> None:
    found = alone(env={variable: Secret("S")})
    assert variable not in env_of(found)
    assert env_of(found)["CONDUCTO_SECRET_1"] == reference("conducto-secrets", "S")
    assert f'export {variable}="$CONDUCTO_SECRET_1"; unset CONDUCTO_SECRET_1' in script_of(found)


def test_a_secret_path_does_not_hide_the_shells() -> None:
    assert "/usr/bin/bash" in script_of(alone(env={"PATH": Secret("P")}))


# --- what people and the scheduler see ------------------------------------------------------------------------------------


def test_titles_and_docs_are_annotations_and_tags_labels() -> None:
    root = group(-1, "", title="All\nof it", doc="What for {{x}}", tags=("ci",))
    found = document(plan_of([root, leaf(0, "a", title="One", doc="Two", tags=("slow", "a b", "ä" * 100))]))
    meta = found["workflow"]["metadata"]
    assert meta["labels"] == {"tag.conducto/ci": "true"}
    titles = {"workflows.argoproj.io/title": "All\\nof it", "workflows.argoproj.io/description": "What for { {x}}"}
    assert meta["annotations"] == titles
    assert found["workflow"]["spec"]["workflowMetadata"] == {"labels": meta["labels"], "annotations": titles}
    pod = found["workflow"]["spec"]["templates"][0]["steps"][0][0]["inline"]["metadata"]
    assert pod["annotations"] == {"conducto/node": "/a", "conducto/title": "One", "conducto/doc": "Two"}
    assert pod["labels"].pop("tag.conducto/slow") == "true"
    assert len(pod["labels"]) == 2
    assert found["comments"]["pipeline"] == "/: All\\nof it: What for { {x}} (ci)"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=6))
def test_any_tag_is_a_label_of_its_own(tags: list[str]) -> None:
    labels = argo_node.tags(leaf(-1, "", tags=tuple(tags)))
    assert len(labels) == len(tags)
    assert all(re.fullmatch("tag.conducto/[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", key) for key in labels)


def test_options_of_a_node_and_of_the_project() -> None:
    own: dict[str, Any] = {
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "serviceAccountName": "builder",
        "labels": {"team": "one"},
        "annotations": {"example.org/note": "a: b"},
    }
    all_of_it: dict[str, Any] = {
        "nodeSelector": {"pool": "ci"},
        "tolerations": [{"key": "ci"}],
        "labels": {"team": "all"},
        "annotations": {"n": "m"},
        "serviceAccountName": "runner",
    }
    rows = [group(-1, ""), leaf(0, "a", options={"argo": own}), leaf(0, "b")]
    found = document(plan_of(rows, **all_of_it))
    spec = found["workflow"]["spec"]
    a, b = (step["inline"] for step in spec["templates"][0]["steps"][0])
    assert a["nodeSelector"] == {"pool": "ci", "disk": "ssd"}
    assert a["tolerations"] == [*all_of_it["tolerations"], *own["tolerations"]]
    assert (a["serviceAccountName"], a["metadata"]["labels"]) == ("builder", {"team": "one"})
    assert a["metadata"]["annotations"] == {"conducto/node": "/a", "example.org/note": "a: b"}
    assert set(b) == {"metadata", "container"}
    assert (spec["nodeSelector"], spec["tolerations"]) == ({"pool": "ci"}, [{"key": "ci"}])
    assert spec["podMetadata"] == spec["workflowMetadata"] == {"labels": {"team": "all"}, "annotations": {"n": "m"}}
    assert spec["serviceAccountName"] == "runner"
    kinds = [object["kind"] for object in found["account"]]
    assert kinds == ["Role", "RoleBinding"], "an account of the project's is not ours to make"
    assert [subject["name"] for subject in found["account"][1]["subjects"]] == ["runner", "builder"]


@pytest.mark.parametrize(
    ("option", "good", "bad"),
    [
        ("nodeSelector", {"a/b": ""}, {"a b": "c"}),
        ("nodeSelector", {"a": "b" * 63}, {"a": "b" * 64}),
        ("tolerations", [{"tolerationSeconds": 3}], [{"effect": "Never"}]),
        ("tolerations", [], [{"unknown": "a"}]),
        ("serviceAccountName", "a.b-c", "A"),
        ("labels", {"a.b/c": "d.e_f"}, {"workflows.argoproj.io/completed": "true"}),
        ("labels", {"x": "y"}, {"tag.conducto/x": "y"}),
        ("annotations", {"a": "b\n{c}"}, {"a": "{{b}}"}),
        ("annotations", {"conductors/a": "b"}, {"conducto/node": "b"}),
    ],
)
def test_options_are_checked(option: str, good: Any, bad: Any) -> None:
    assert said(plan_of([leaf(-1, "", options={"argo": {option: good}})])) == []
    assert said(plan_of([leaf(-1, "", options={"argo": {option: bad}})])) == [("C307", "/")]


# --- images -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "architecture"),
    [("linux/amd64", "amd64"), ("linux/arm64/v8", "arm64"), ("arm64", "arm64"), ("Linux/x86_64", "amd64")],
)
def test_a_platform_is_a_label_of_the_node(platform: str, architecture: str) -> None:
    found = alone(image=IMAGE._replace(platform=platform))
    assert found["nodeSelector"] == {"kubernetes.io/os": "linux", "kubernetes.io/arch": architecture}


@pytest.mark.parametrize("platform", ["linux/arm/v7", "linux/arm64/v9", "windows/amd64", "linux/", "linux"])
def test_a_platform_that_no_label_tells_is_refused(platform: str) -> None:
    rows = [group(-1, ""), leaf(0, "a", image=IMAGE._replace(platform=platform))]
    assert said(plan_of(rows)) == [("C305", "/a")]


@pytest.mark.parametrize("path", [False, True])
def test_a_shell_of_an_image(path: bool) -> None:
    env = {"PATH": "/nowhere"} if path else {}
    script = script_of(alone(image=IMAGE._replace(shell="zsh"), env=env))
    assert script.split("\n")[-1] == 'exec zsh -c "$0"'
    assert ("/usr/bin/zsh" in script) is path
    assert script_of(alone(image=IMAGE._replace(shell="/opt/x"), env=env)) == 'exec 2>&1\nexec /opt/x -c "$0"'
    assert said(plan_of([leaf(-1, "", image=IMAGE._replace(shell="bash -e"))])) == [("C376", "/")]


def test_code_is_a_config_map_that_each_container_unpacks() -> None:
    rows = [group(-1, ""), *(leaf(0, name, image=IMAGE._replace(code=FOLDER)) for name in "ab")]
    found = document(plan_of(rows, files=FILES))
    (carried,) = found["carried"]
    assert carried["immutable"] is True
    assert list(carried["data"]) == ["unpack"]
    assert list(carried["binaryData"]) == ["code.tar"]
    for step in found["workflow"]["spec"]["templates"][0]["steps"][0]:
        assert step["inline"]["volumes"] == [
            {"name": "archive", "configMap": {"name": carried["metadata"]["name"]}},
            {"name": "code", "emptyDir": {}},
        ]
        container = step["inline"]["container"]
        assert container["workingDir"] == CODE
        assert container["volumeMounts"][1] == {"name": "code", "mountPath": CODE}
        assert container["command"][2].split("\n")[1] == "/bin/sh /conducto/code/unpack || exit"
        assert env_of(step["inline"])["CONDUCTO_GIT_SHA"] == "{{workflow.parameters.git-sha}}"
    parameters = found["workflow"]["spec"]["arguments"]["parameters"]
    assert parameters == [{"name": f"git-{word}", "value": ""} for word in ("url", "branch", "sha")]


def test_code_of_the_same_files_is_one_config_map() -> None:
    """`kubectl create` refuses a second one of the same name, and `kubectl delete` does not find it."""
    codes = [FOLDER, FOLDER._replace(exclude=("*.o",))]
    rows = [group(-1, ""), *(leaf(0, name, image=IMAGE._replace(code=code)) for name, code in zip("ab", codes))]
    found = document(plan_of(rows, files={code: [File("a", "file", b"1")] for code in codes}))
    (carried,) = found["carried"]
    volumes = [step["inline"]["volumes"][0] for step in found["workflow"]["spec"]["templates"][0]["steps"][0]]
    assert volumes == [{"name": "archive", "configMap": {"name": carried["metadata"]["name"]}}] * 2


def test_code_that_changes_has_another_config_map() -> None:
    rows = [leaf(-1, "", image=IMAGE._replace(code=FOLDER))]
    names = {
        document(plan_of(rows, files={FOLDER: [File("a", "file", data)]}))["carried"][0]["metadata"]["name"]
        for data in (b"1", b"2", b"1")
    }
    assert len(names) == 2


def test_commands_start_elsewhere_where_the_image_says_so() -> None:
    found = template(plan_of([leaf(-1, "", image=IMAGE._replace(code=FOLDER, workdir=False))], files=FILES))
    assert "workingDir" not in found["container"]


@pytest.mark.parametrize(("size", "codes"), [(890_000, []), (900_000, [("C375", "/b")])])
def test_code_has_a_size(size: int, codes: list[tuple[str, str]]) -> None:
    rows = [group(-1, ""), leaf(0, "a"), leaf(0, "b", image=IMAGE._replace(code=FOLDER))]
    files = [File("small", "file", b"x"), File("large", "file", b"x" * size)]
    _, complaints = checked(plan_of(rows, files={FOLDER: files}))
    assert [(complaint.code, complaint.node) for complaint in complaints] == codes
    for complaint in complaints:
        assert "902,656 bytes" in complaint.message
        assert complaint.notes == ("large has 900,000", "small has 1")


def test_code_of_another_repository_is_fetched_by_argo() -> None:
    found = alone(image=IMAGE._replace(code=CLONE))
    (artifact,) = found["inputs"]["artifacts"]
    assert (artifact["path"], artifact["git"]["repo"]) == (CODE, CLONE.url)
    assert (artifact["git"]["branch"], artifact["git"]["singleBranch"]) == ("main", True)
    env = env_of(found)
    assert (env["CONDUCTO_GIT_URL"], env["CONDUCTO_GIT_BRANCH"]) == (CLONE.url, "main")
    assert "export CONDUCTO_GIT_SHA=" in script_of(found)
    assert found["container"]["workingDir"] == CODE


@pytest.mark.parametrize("code", [CLONE._replace(url="https://x/{{y}}"), CLONE._replace(branch="a\nb")])
def test_a_repository_that_argo_would_change_is_refused(code: Code) -> None:
    assert ("C377", "/") in said(plan_of([leaf(-1, "", image=IMAGE._replace(code=code))]))


def test_the_runtime_file_is_first_on_the_path() -> None:
    rows = [group(-1, ""), leaf(0, "a", runtime=True), leaf(0, "b")]
    found = document(plan_of(rows, archive=b"PK archive"))
    (carried,) = found["carried"]
    assert carried["binaryData"] == {"conducto": "UEsgYXJjaGl2ZQ=="}
    a, b = (step["inline"] for step in found["workflow"]["spec"]["templates"][0]["steps"][0])
    source = {"name": carried["metadata"]["name"], "defaultMode": 0o755}
    assert a["volumes"] == [{"name": "runtime", "configMap": source}]
    assert a["container"]["volumeMounts"] == [{"name": "runtime", "mountPath": "/conducto/bin"}]
    assert argo_script.FIRST in script_of(a)
    assert "volumes" not in b
    assert argo_script.FIRST not in script_of(b)


@pytest.mark.parametrize(
    "more",
    [
        {"image": ImageSpec(dockerfile="Dockerfile")},
        {"image": IMAGE._replace(pip=("numpy",))},
        {"requires_docker": True},
    ],
)
def test_what_needs_building_or_docker_is_refused(more: dict[str, Any]) -> None:
    assert said(plan_of([group(-1, ""), leaf(0, "a", **more)])) == [("C305", "/a")]


def test_arguments_of_docker_run_are_left_out_with_a_warning() -> None:
    assert said(plan_of([leaf(-1, "", docker_run_args=("--privileged",))])) == [("C306", "/")]


def test_a_shared_container_is_refused() -> None:
    rows = [group(-1, ""), leaf(0, "a", container=0), leaf(0, "b", container=0)]
    assert said(plan_of(rows)) == [("C305", "/")]


# --- attempts, times, numbers ----------------------------------------------------------------------------------------------

AGAIN = {"limit": "2", "retryPolicy": "Always"}


def test_retries_stand_on_the_template() -> None:
    assert alone(retries=2)["retryStrategy"] == AGAIN
    rows = [group(-1, ""), group(0, "g", "serial", retries=2), leaf(1, "a", retries=2), leaf(1, "b")]
    found = template(plan_of(rows), "g")
    assert found["retryStrategy"] == AGAIN
    (a,), (b,) = found["steps"]
    assert a["inline"]["retryStrategy"] == AGAIN
    assert "retryStrategy" not in b["inline"]


def test_what_is_forgiven_is_so_after_its_last_attempt() -> None:
    rows = [group(-1, "", suppress_errors=True, retries=2), leaf(0, "a", retries=2, suppress_errors=True)]
    outer, inner = spec(plan_of(rows))["templates"]
    assert "retryStrategy" not in outer
    assert outer["steps"][0][0]["continueOn"] == {"failed": True, "error": True}
    assert inner["retryStrategy"] == AGAIN
    assert "continueOn" in inner["steps"][0][0]
    rows = [group(-1, "", "serial", stop_on_error=False), group(0, "g", "serial", retries=2, stop_on_error=False)]
    rows += [leaf(1, "a"), leaf(1, "b"), leaf(0, "c")]
    assert template(plan_of(rows), "g")["retryStrategy"] == AGAIN


def test_the_limit_of_an_exec_is_its_pods() -> None:
    found = alone(max_time=60)
    assert found["activeDeadlineSeconds"] == "61"
    assert found["podSpecPatch"] == '{"terminationGracePeriodSeconds":10}'
    assert "podSpecPatch" not in alone()


def test_the_limit_of_the_root_is_the_runs() -> None:
    rows = [group(-1, "", max_time=60), leaf(0, "a"), leaf(0, "b", max_time=30)]
    found = spec(plan_of(rows))
    assert found["activeDeadlineSeconds"] == 62
    a, b = (step["inline"] for step in found["templates"][0]["steps"][0])
    assert "activeDeadlineSeconds" not in a
    assert a["podSpecPatch"] == b["podSpecPatch"]
    assert b["activeDeadlineSeconds"] == "31"


@pytest.mark.parametrize("more", [{"suppress_errors": True}, {"retries": 1}])
def test_the_limit_of_a_root_after_which_something_follows_is_refused(more: dict[str, Any]) -> None:
    assert said(plan_of([group(-1, "", max_time=60, **more), leaf(0, "a"), leaf(0, "b")])) == [("C305", "/")]


def test_the_limit_of_a_group_is_its_only_execs() -> None:
    rows = [
        group(-1, ""),
        group(0, "g", max_time=60, retries=1, suppress_errors=True),
        leaf(1, "a", max_time=90),
        leaf(0, "b"),
    ]
    found = spec(plan_of(rows))
    assert template(plan_of(rows), "g")["steps"][0][0]["inline"]["activeDeadlineSeconds"] == "61"
    assert "activeDeadlineSeconds" not in found


@pytest.mark.parametrize("inner", [{"retries": 1}, {"suppress_errors": True}])
def test_the_limit_of_a_group_is_refused_where_its_exec_alone_does_not_fail_it(inner: dict[str, Any]) -> None:
    rows = [group(-1, ""), group(0, "g", max_time=60), leaf(1, "a", **inner), leaf(0, "b")]
    assert said(plan_of(rows)) == [("C305", "/g")]


def test_the_limit_of_a_group_of_several_is_refused_or_its_execs() -> None:
    rows = [group(-1, ""), group(0, "g", max_time=60), leaf(1, "a"), leaf(1, "b", max_time=5), leaf(0, "c")]
    assert said(plan_of(rows)) == [("C305", "/g")]
    approximate: dict[str, Any] = {"allow-approximate": ["max_time"]}
    found, complaints = checked(plan_of(rows, **approximate))
    assert [complaint.code for complaint in complaints] == ["C306"]
    a, b = found["workflow"]["spec"]["templates"][1]["steps"][0]
    assert (a["inline"]["activeDeadlineSeconds"], b["inline"]["activeDeadlineSeconds"]) == ("61", "6")


def test_the_limit_of_the_root_counts_pods() -> None:
    rows = [group(-1, "", max_concurrent=2), group(0, "g"), *(leaf(1, name) for name in "abc")]
    found = spec(plan_of(rows))
    assert found["parallelism"] == 2
    assert all("parallelism" not in template for template in found["templates"])
    rows[0] = group(-1, "", max_concurrent=3)
    assert "parallelism" not in spec(plan_of(rows)), "no more than three can run"


def test_the_limit_of_a_group_counts_its_children() -> None:
    rows = [group(-1, ""), group(0, "g", max_concurrent=2), *(leaf(1, name) for name in "abc"), leaf(0, "d")]
    found = {template["name"]: template.get("parallelism") for template in spec(plan_of(rows))["templates"]}
    assert found == {"pipeline": None, "g": 2}


def test_a_limit_above_groups_is_shared_out() -> None:
    inner = [row for at in (2, 6) for row in (group(1, f"h{at}"), *(leaf(at, name) for name in "abc"))]
    rows = [group(-1, ""), group(0, "g", max_concurrent=4), *inner]
    found = {template["name"]: template.get("parallelism") for template in spec(plan_of(rows))["templates"]}
    assert found == {"pipeline": None, "g": 2, "g--h2": 2, "g--h6": 2}
    rows[1] = group(0, "g", "serial", max_concurrent=2)
    found = {template["name"]: template.get("parallelism") for template in spec(plan_of(rows))["templates"]}
    assert found == {"pipeline": None, "g": None, "g--h2": 2, "g--h6": 2}


@given(st.integers(1, 12), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_a_share_is_never_more_than_the_limit(limit: int, widths: list[int]) -> None:
    count, each = argo_bounds.shared(limit, widths)
    assert 1 <= count <= len(widths)
    assert each >= 1
    assert count * each <= limit


TREES = st.recursive(
    st.just(("exec",)),
    lambda below: st.tuples(
        st.sampled_from(["serial", "parallel"]), st.none() | st.integers(1, 4), st.lists(below, max_size=4)
    ),
    max_leaves=12,
)


@given(TREES)
def test_no_limit_is_exceeded_by_what_the_templates_allow(tree: Any) -> None:
    rows: list[Row] = []
    stack = [(-1, tree)]
    while stack:
        parent, (kind, *more) = stack.pop()
        number = len(rows)
        name = str(number) if number else ""
        if kind == "exec":
            rows.append(leaf(parent, name))
        else:
            rows.append(group(parent, name, kind, max_concurrent=more[0]))
            stack.extend((number, child) for child in more[1])
    plan = plan_of(rows)
    most = argo_bounds.ceilings(plan)
    allowed = [int(row.kind == "exec") for row in rows]
    for number in range(len(rows) - 1, -1, -1):
        row = rows[number]
        inner = sorted((allowed[child] for child in plan.children(number)), reverse=True)
        if row.kind != "exec":
            at_once = inner[:1] if row.kind == "serial" else inner[: most.groups.get(number, len(inner))]
            allowed[number] = sum(at_once)
        limit = row.max_concurrent
        if limit is not None and number:
            assert allowed[number] <= limit
        if limit is not None and not number and allowed[0] > limit:
            assert most.run == limit


def test_an_exec_that_is_tried_again_holds_its_place() -> None:
    rows = [group(-1, ""), group(0, "g", max_concurrent=1), leaf(1, "a", retries=1, suppress_errors=True), leaf(1, "b")]
    found = spec(plan_of([*rows, leaf(0, "c")]))
    a, b = found["templates"][1]["steps"][0]
    assert a == {"name": "a", "template": "g--a---tries"}
    assert "inline" in b
    (inner,) = found["templates"][2]["steps"][0]
    assert inner["continueOn"] == {"failed": True, "error": True}
    assert "retryStrategy" in inner["inline"]


def test_every_attempt_counts_in_the_size_of_a_run() -> None:
    rows = [group(-1, "", retries=99), *(leaf(0, str(at), retries=10) for at in range(9))]
    assert said(plan_of(rows)) == []
    rows += [leaf(0, str(at), retries=10) for at in range(9, 11)]
    assert said(plan_of(rows)) == [("C372", "/")]


@pytest.mark.parametrize(
    ("levels", "retried", "codes"),
    [(98, {0}, []), (99, {0}, ["C371"]), (98, {0, 40}, []), (99, {40, 60}, ["C371"]), (99, {98}, [])],
)
def test_groups_that_are_tried_again_take_a_level(levels: int, retried: set[int], codes: list[str]) -> None:
    rows = [
        group(number - 1, "n" if number else "", "serial", retries=int(number in retried))
        for number in range(levels - 1)
    ]
    rows.append(leaf(levels - 2, "leaf", retries=int(levels - 1 in retried)))
    assert [code for code, _ in said(plan_of(rows))] == codes


def test_the_limit_of_a_root_in_which_something_is_forgiven_is_refused() -> None:
    rows = [group(-1, "", max_time=60), leaf(0, "a", suppress_errors=True), leaf(0, "b")]
    assert said(plan_of(rows)) == [("C305", "/")]


@pytest.mark.parametrize("name", ["default", "argo", "argo-server", "argo-role"])
def test_no_object_has_the_name_of_one_that_is_anothers(name: str) -> None:
    plan = plan_of([leaf(-1, "")], name)
    found = document(plan)
    (mangled,) = {part["metadata"]["name"] for part in [*found["account"], found["workflow"]]}
    assert re.fullmatch(f"{name}-[0-9a-f]{{8}}", mangled)
    assert found["workflow"]["spec"]["serviceAccountName"] == mangled
    assert f"workflowtemplate/{mangled}" in ARGO.usage(plan.origin)[1]
