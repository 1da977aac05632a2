"""What a Generate printed, as the nodes in the place of its Execute: what is handed down, mapped back, and not allowed."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto.call import Call
from conducto.diagnostics import ConductoError, Report
from conducto.ir import above, grow, lower, resolve, shared, translate
from conducto.ir.images import Code, ImageSpec
from conducto.ir.plan import Origin, Plan
from conducto.repository import Repository
from conducto.wire import marks, write
from conducto.wire.bounds import Unreadable

ORIGIN = Origin("pipeline", "app/pipeline.py", "run", output="app/pipeline.mk")


def planned(root: co.Node, home: Repository, default: str = "default", everywhere: bool = False) -> Plan:
    report = Report()
    tree = shared.shared(resolve.resolve(root, default, home, report), everywhere)
    tree = translate.translate(tree, home, "app", report)
    report.raise_errors()
    return lower.lower(tree, ORIGIN, {}, report)


def place(plan: Plan) -> above.Above:
    """What is told of the last Lazy, as it arrives."""
    number = plan.growing()[-1]
    return above.read(json.loads(above.text(above.written(above.above(plan, number)))))


def grown(outer: co.Node, inner: co.Node, folder: Path) -> Plan:
    """The plan of `inner` in the place of the Execute of the Lazy in `outer`."""
    home = Repository(str(folder), True)
    printed = write.text(inner)
    return grow.grown(io.BytesIO(printed.encode()), place(planned(outer, home)), home)[0]


def around(lazy: co.Node, **own: Any) -> co.Node:
    root = co.Serial(**own)
    root["Test"] = lazy
    return root


def row_of(plan: Plan, path: str) -> Any:
    return next(row for number, row in enumerate(plan.rows) if plan.path(number) == path and row.kind == "exec")


def inner(**own: Any) -> co.Node:
    root = co.Parallel()
    root["a"] = co.Exec("x", **own)
    return root


# --- what is handed down ------------------------------------------------------------------------------------------------


def test_it_inherits_from_the_pair_and_never_from_generate(tmp_path: Path) -> None:
    lazy = co.Lazy("make", cpu=4, env={"G": "1"}, mem=9)
    lazy.env["P"] = "2"
    outer = around(lazy, image="i", cpu=2, env={"R": "3", "P": "0"}, docker_run_args=["--privileged"], gpu=1)
    row = row_of(grown(outer, inner(env={"A": "4"}), tmp_path), "/Test/Execute/a")
    assert (row.cpu, row.mem, row.gpu, row.docker_run_args) == (2, None, 1, ("--privileged",))
    assert dict(row.env) == {"R": "3", "P": "2", "A": "4"}
    assert (row.image, row.chosen) == (ImageSpec("i"), True)


def test_without_an_image_the_default_one_counts(tmp_path: Path) -> None:
    row = row_of(grown(around(co.Lazy("x")), inner(), tmp_path), "/Test/Execute/a")
    assert (row.image, row.chosen) == (ImageSpec("default"), False)


def test_the_root_keeps_its_kind_and_what_is_its_own(tmp_path: Path) -> None:
    root = co.Serial(
        stop_on_error=False, max_time="5m", retries=2, suppress_errors=True, max_concurrent=3, env={"A": "1"}
    )
    root["b"] = co.Exec("y")
    plan = grown(around(co.Lazy("x", node_type=co.Parallel)), root, tmp_path)
    top = plan.rows[3]
    assert (top.kind, top.stop_on_error, top.max_time, top.retries) == ("serial", False, 300, 2)
    assert (top.suppress_errors, top.max_concurrent) == (True, 3)
    assert plan.path(3) == "/Test/Execute"
    assert plan.path(4) == "/Test/Execute/b"
    assert plan.tree.path_sizes() == [0, *(len(plan.path(number)) for number in range(1, 5))]
    assert dict(plan.rows[4].env) == {"A": "1"}


def test_an_image_of_the_outer_tree_is_known_by_its_name(tmp_path: Path) -> None:
    outer = around(co.Lazy("x"))
    outer.register_image(co.Image("known", name="mine"))
    assert row_of(grown(outer, inner(image_name="mine"), tmp_path), "/Test/Execute/a").image == ImageSpec("known")
    with pytest.raises(co.ConductoError, match="no Image of this tree"):
        grown(outer, inner(image_name="nobodys"), tmp_path)
    own = inner(image_name="mine")
    own.register_image(co.Image("closer", name="mine"))
    assert row_of(grown(outer, own, tmp_path), "/Test/Execute/a").image == ImageSpec("closer")


def test_a_shared_container_is_shared_with_what_is_generated(tmp_path: Path) -> None:
    new = co.ContainerReuseContext.NEW
    plan = grown(around(co.Lazy("x"), container_reuse_context=new), inner(), tmp_path)
    assert row_of(plan, "/Test/Execute/a").container == 0


def test_a_lazy_in_it_is_told_all_that_is_above(tmp_path: Path) -> None:
    nested = co.Parallel(env={"B": "2"}, max_concurrent=5)
    nested["more"] = co.Lazy("y")
    plan = grown(around(co.Lazy("x"), env={"A": "1"}, cpu=3), nested, tmp_path)
    again = place(plan)
    assert [row.name for row in again.rows] == ["", "Test", "Execute", "", "more", "Execute"]
    assert (dict(again.rows[-1].env), again.rows[-1].cpu) == ({"A": "1", "B": "2"}, 3)
    printed = io.BytesIO(write.text(inner()).encode())
    deeper, first = grow.grown(printed, again, Repository(str(tmp_path), True))
    assert (deeper.path(first), deeper.path(first + 1)) == (
        "/Test/Execute/more/Execute",
        "/Test/Execute/more/Execute/a",
    )


# --- files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outer", "told", "folder"),
    [
        (co.Image("i", copy_dir="."), "code:", "tests"),
        (co.Image("i", copy_dir="."), "code:plugin", "tests/plugin"),
        (co.Image("i", copy_dir=".."), "code:tests", "tests"),
        (co.Image("i", copy_dir="."), "root:tests/plugin", "tests/plugin"),
        (co.Image("i", path_map={".": "/srv/x"}), "image:/srv/x/plugin", "tests/plugin"),
        (co.Image("i", path_map={"..": "/srv", ".": "/srv/x"}), "image:/srv/x/plugin", "tests/plugin"),
    ],
)
def test_a_folder_is_mapped_back(outer: co.Image, told: str, folder: str) -> None:
    home = Repository(str(Path(__file__).resolve().parent.parent), True)
    printed = _printed({"copy_dir": told})
    plan, _ = grow.grown(printed, place(planned(around(co.Lazy("x"), image=outer), home)), home)
    assert row_of(plan, "/Test/Execute/a").image.code == Code("folder", folder)


@pytest.mark.parametrize(
    "told", ["code:../..", "code:/etc", "root:..", "root:/etc", "image:/etc", "else:x", "x", "code:a/../../.."]
)
def test_a_path_that_leads_out_is_refused(told: str) -> None:
    home = Repository(str(Path(__file__).resolve().parent.parent), True)
    outer = around(co.Lazy("x"), image=co.Image("i", copy_dir="."))
    with pytest.raises(Unreadable):
        grow.grown(_printed({"copy_dir": told}), place(planned(outer, home)), home)


def test_code_of_another_repository_is_cloned_again() -> None:
    home = Repository(str(Path(__file__).resolve().parent.parent), True)
    clone = {"copy_url": "https://x/y", "copy_branch": "main"}
    outer = around(co.Lazy("x"), image=co.Image("i", copy_url="https://x/y", copy_branch="main"))
    for image in ({"copy_dir": "code:"}, clone):
        plan, _ = grow.grown(_printed(image), place(planned(outer, home)), home)
        assert row_of(plan, "/Test/Execute/a").image.code == Code("clone", url="https://x/y", branch="main")
    with pytest.raises(Unreadable, match="cloned whole"):
        grow.grown(_printed({"copy_dir": "code:part"}), place(planned(outer, home)), home)


def test_a_function_is_called_by_its_path_where_it_runs() -> None:
    home = Repository(str(Path(__file__).resolve().parent.parent), True)
    outer = around(co.Lazy("x"), image=co.Image("i", copy_dir="."))
    rows = [[-1, 2, ""], [0, 0, "a", [0, "--n=1", "--s=a b"]]]
    printed = _framed({"calls": [["code:plans.py", "build"]], "rows": rows})
    row = row_of(grow.grown(printed, place(planned(outer, home)), home)[0], "/Test/Execute/a")
    assert (row.script, row.runtime) == ("conducto plans.py build --n=1 '--s=a b'", True)


def test_a_path_in_a_command_is_one_in_the_image_where_it_runs() -> None:
    home = Repository(str(Path(__file__).resolve().parent.parent), True)
    word = f"conducto_relpath_{'0' * 20}_"
    rows = [[-1, 2, ""], [0, 0, "a", f"cat {word}"]]
    for copied, path in (("code:data.csv", "data.csv"), ("root:tests/data.csv", "data.csv"), ("code:a b/c", "'a b/c'")):
        outer = around(co.Lazy("x"), image=co.Image("i", copy_dir="."))
        printed = _framed({"paths": {word: copied}, "rows": rows})
        row = row_of(grow.grown(printed, place(planned(outer, home)), home)[0], "/Test/Execute/a")
        assert (row.script, row.runtime) == (f"cat {path}", False)
    with pytest.raises(ConductoError, match="C203"):
        grow.grown(_framed({"paths": {word: "root:README.md"}, "rows": rows}), place(planned(outer, home)), home)


def _framed(given: Mapping[str, Any]) -> io.BytesIO:
    whole = {"version": 1, "calls": [], "paths": {}, "images": [], "attributes": [], **given}
    rows = whole.pop("rows")
    return io.BytesIO(marks.framed([json.dumps(whole), json.dumps(rows)]).encode())


def _printed(image: Mapping[str, Any]) -> io.BytesIO:
    return _framed({"images": [image], "attributes": [{"image": 0}], "rows": [[-1, 2, ""], [0, 0, "a", "x", 0]]})


# --- what is not allowed ------------------------------------------------------------------------------------------------

BUILT: dict[str, Any] = {"dockerfile_text": "FROM x"}


@pytest.mark.parametrize(
    ("own", "above", "said"),
    [
        ({"requires_docker": True}, {"requires_docker": True}, "requires docker"),
        ({"docker_run_args": ["-v", "/:/x"]}, {"docker_run_args": ["-v", "/:/x"]}, "docker_run_args"),
        ({"env": {"A": co.Secret("T")}}, {"env": {"B": co.Secret("T")}}, "the Secret T"),
        ({"image": co.Image(**BUILT)}, {"image": co.Image(**BUILT)}, "must be built"),
        ({"image": co.Image("i", install_pip=["a"])}, {"image": co.Image(**BUILT)}, "must be built"),
    ],
)
def test_what_only_an_author_may_ask_for(own: dict[str, Any], above: dict[str, Any], said: str, tmp_path: Path) -> None:
    plan = grown(around(co.Lazy("x"), **above), inner(**own), tmp_path)
    assert plan.runs[4]
    with pytest.raises(Unreadable, match=said):
        grown(around(co.Lazy("x")), inner(**own), tmp_path)


def test_other_docker_words_than_those_above_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="docker_run_args"):
        grown(around(co.Lazy("x"), docker_run_args=["-v", "/a:/b"]), inner(docker_run_args=["-v", "/:/b"]), tmp_path)


def test_what_a_node_above_names_is_allowed_where_it_is_not_handed_down(tmp_path: Path) -> None:
    """It stands in the file that the author wrote, whatever the nodes between say."""
    outer = around(co.Lazy("x"), env={"A": co.Secret("T")}, requires_docker=True, docker_run_args=["-v", "/a:/b"])
    outer["Test"].env, outer["Test"].docker_run_args, outer["Test"].requires_docker = {"A": "x"}, ["-q"], False
    own: dict[str, Any] = {"env": {"A": co.Secret("T")}, "docker_run_args": ["-v", "/a:/b"], "requires_docker": True}
    nested = co.Serial()
    nested["in"] = co.Lazy("y")
    told, printed = place(grown(outer, nested, tmp_path)), io.BytesIO(write.text(inner(**own)).encode())
    deeper = grow.grown(printed, told, Repository(str(tmp_path), True))[0]
    for plan in (grown(outer, inner(**own), tmp_path), deeper):
        assert [row.secrets for row in plan.rows if row.name == "a"] == [{"A": "T"}]


def test_what_is_generates_own_allows_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="the Secret T"):
        grown(around(co.Lazy("x", env={"A": co.Secret("T")})), inner(env={"A": co.Secret("T")}), tmp_path)


#: What only an author may give, what takes it away below, and what is said of it.
OVERRIDDEN: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"requires_docker": True}, {"requires_docker": False}, "Execute requires docker"),
    ({"docker_run_args": ["--privileged"]}, {"docker_run_args": []}, "Execute has docker_run_args"),
    ({"env": {"A": co.Secret("T")}}, {"env": {"A": ""}}, "Execute has the Secret T"),
]


@pytest.mark.parametrize(("pair", "generate", "said"), OVERRIDDEN)
def test_what_is_generated_next_may_not_have_it_either(
    pair: dict[str, Any], generate: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """The pair of a Lazy hands it down to what stands in the place of Execute, whatever Generate itself is without."""
    root = co.Parallel()
    root["l"] = co.Lazy("x", **generate)
    for name, value in pair.items():
        setattr(root["l"], name, value)
    with pytest.raises(Unreadable, match=said):
        grown(around(co.Lazy("x")), root, tmp_path)
    assert grown(around(co.Lazy("x"), **pair), root, tmp_path).runs[3]


@pytest.mark.parametrize(("group", "pair", "said"), OVERRIDDEN)
def test_a_generated_group_grants_nothing_although_its_lazy_overrides_it(
    group: dict[str, Any], pair: dict[str, Any], said: str, tmp_path: Path
) -> None:
    root = co.Parallel(**group)
    root["l"] = co.Lazy("x")
    for node in (root["l"], root["l/Generate"]):
        for name, value in pair.items():
            setattr(node, name, value)
    with pytest.raises(Unreadable, match=said):
        grown(around(co.Lazy("x")), root, tmp_path)
    assert grown(around(co.Lazy("x"), **group), root, tmp_path).runs[3]


def test_an_image_that_is_only_held_ready_allows_no_build(tmp_path: Path) -> None:
    root = inner()
    root.register_image(co.Image(**BUILT, name="mine"))
    with pytest.raises(Unreadable, match="the Image mine is one that must be built"):
        grown(around(co.Lazy("x")), root, tmp_path)
    outer = around(co.Lazy("x"))
    outer.register_image(co.Image("j", install_pip=["b"], name="theirs"))
    assert grown(outer, root, tmp_path).runs[3]


CLONE: dict[str, Any] = {"copy_url": "https://x/y", "copy_branch": "main"}


def test_only_repositories_that_are_named_above_are_cloned(tmp_path: Path) -> None:
    """Git fetches with the keys of who runs it, and from paths of the machine too."""
    other = inner(image=co.Image("i", copy_url="https://x/y", copy_branch="other"))
    assert grown(around(co.Lazy("x"), image=co.Image("j", **CLONE)), other, tmp_path).runs[3]
    for outer in (
        around(co.Lazy("x")),
        around(co.Lazy("x"), image=co.Image("j", copy_url="/srv/x", copy_branch="main")),
    ):
        with pytest.raises(Unreadable, match="code of a repository that nothing above it names"):
            grown(outer, other, tmp_path)


def test_what_is_in_a_container_generates_nothing_that_is_in_none(tmp_path: Path) -> None:
    home = Repository(str(tmp_path), True)

    def run(**own: Any) -> Plan:
        told = place(planned(around(co.Lazy("x"), **own), home, default=""))
        return grow.grown(_printed({"copy_dir": "root:"}), told, home)[0]

    assert run().runs[3]
    with pytest.raises(Unreadable, match="a has no container, and what is above it has one"):
        run(image="i")


@pytest.mark.parametrize("told", ["root:.conducto/state/x", "root:a/../.git", "root:.GIT/hooks", "root:app/.conducto"])
def test_what_nodes_write_while_it_runs_is_no_code(told: str, tmp_path: Path) -> None:
    (tmp_path / told[5:]).mkdir(parents=True)
    plan = planned(around(co.Lazy("x")), Repository(str(tmp_path), True))
    with pytest.raises(Unreadable, match="is not the pipeline's"):
        grow.grown(_printed({"copy_dir": told}), place(plan), Repository(str(tmp_path), True))


def test_one_mistake_is_enough(tmp_path: Path) -> None:
    root = co.Parallel()
    for number in range(3):
        root[str(number)] = co.Exec("x", image_name="nobodys")
    with pytest.raises(ConductoError) as raised:
        grown(around(co.Lazy("x")), root, tmp_path)
    assert len(raised.value.diagnostics) == 1


# --- shared data --------------------------------------------------------------------------------------------------------


def test_what_names_shared_data_has_it(tmp_path: Path) -> None:
    root = co.Parallel()
    root["names"], root["not"] = co.Exec("cat /conducto/data/pipeline/x"), co.Exec("x")
    plan = grown(around(co.Lazy("make")), root, tmp_path)
    assert [row_of(plan, f"/Test/Execute/{name}").data for name in ("names", "not")] == [True, False]


def test_what_counts_everywhere_counts_for_what_is_generated(tmp_path: Path) -> None:
    home = Repository(str(tmp_path), True)
    told = place(planned(around(co.Lazy("make")), home, everywhere=True))
    plan = grow.grown(io.BytesIO(write.text(inner()).encode()), told, home)[0]
    assert row_of(plan, "/Test/Execute/a").data


def test_the_file_of_a_generated_function_is_read_where_it_lies_here(tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text("P = '/conducto/data/user'\n")
    (tmp_path / "not.py").write_text("P = 'data'\n")
    root = co.Parallel()
    for name in ("uses", "not", "gone"):
        root[name] = co.Exec("x")
        root[name]._command = Call(f"/mnt/conducto/{name}.py", "f")
    outer = around(co.Lazy("make"), image=co.Image("i", copy_dir=str(tmp_path)))
    plan = grown(outer, root, tmp_path)
    assert [row_of(plan, f"/Test/Execute/{name}").data for name in ("uses", "not", "gone")] == [True, False, True]
