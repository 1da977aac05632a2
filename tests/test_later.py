"""The names of `conducto`: each that older files import, how cheap it is to import, and what is said of any other."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest

import conducto as co
from conducto import callables, gone, later, repository, runtime, util
from conducto.diagnostics import ConductoAttributeError, ConductoGoneError, ConductoTypeError, Report
from tests import built, command, plans
from tests.plans import serial

#: All that `import conducto as co` of the original gave, less shared data.
NAMES = (
    *("Exec", "Serial", "Parallel", "Node", "Notebook", "Params", "main", "lazy_py", "lazy_shell", "Lazy", "profile"),
    *(
        "slack",
        "Image",
        "relpath",
        "SameContainer",
        "ContainerReuseContext",
        "env_bool",
        "api",
        "callback",
        "git",
        "nb",
    ),
    *("schedule", "util", "__version__"),
)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name: str) -> None:
    loaded = {"co": importlib.import_module("conducto")}
    exec(f"from conducto import {name} as found", loaded)
    assert getattr(co, name) is loaded["found"]
    assert name.startswith("_") or name in dir(co)


@pytest.mark.parametrize(
    "name", ["util", "nb", "git", "api", "slack", "profile", "schedule", "integrations", "callback"]
)
def test_modules_are_modules(name: str) -> None:
    assert importlib.import_module(f"conducto.{name}") is getattr(co, name)


def test_the_page_has_them_all() -> None:
    page = (built.ROOT / "docs/original.md").read_text(encoding="utf-8")
    everything = [*NAMES, *later.MODULES, *gone.NODES, *gone.IMAGES, *gone.CALLBACKS, *util.__all__]
    assert [
        name for name in everything if f"`{name}" not in page and f"{name}(" not in page and f".{name}`" not in page
    ] == []


def test_all_of_it_can_be_imported_at_once() -> None:
    names: dict[str, Any] = {}
    exec("from conducto import *", names)
    assert {"Notebook", "relpath", "util", "env_bool"} <= set(names)


@pytest.mark.parametrize(
    ("wrong", "right"), [("Seriall", "Serial"), ("exec", "Exec"), ("utils", "util"), ("Notebok", "Notebook")]
)
def test_a_name_that_is_not_there_tells_the_nearest(wrong: str, right: str) -> None:
    assert not hasattr(co, wrong)
    with pytest.raises(ConductoAttributeError, match=f"C162.*did you mean `{right}`") as found:
        getattr(co, wrong)
    assert found.value.diagnostics[0].location is not None
    with pytest.raises(ImportError, match=wrong):
        exec(f"from conducto import {wrong}")


def test_a_name_that_is_like_none_tells_where_to_look() -> None:
    with pytest.raises(ConductoAttributeError, match=r"docs/original\.md"):
        co.xyzzy  # noqa: B018


def test_what_python_itself_asks_for_is_no_mistake_of_a_user() -> None:
    for name in ("__wrapped__", "_private", "__file_"):
        with pytest.raises(AttributeError) as found:
            getattr(co, name)
        assert not isinstance(found.value, co.ConductoError)


def test_importing_loads_nothing_that_few_files_use(tmp_path: Any) -> None:
    code = "import sys, conducto as co\nco.Exec('x')\nprint(*(n for n in sys.modules if n.startswith('conducto.')))"
    out = built.call([sys.executable, "-c", code], cwd=tmp_path).stdout.split()
    unused = {*later.MODULES} - {"callback", "data"} | {
        "notebook",
        "later",
        "magic_doc",
        "nb_plots",
        "gone",
        "misplaced",
        "quoting",
    }
    assert "conducto.nodes" in out
    assert {f"conducto.{name}" for name in unused} & set(out) == set()


def test_importing_loads_nothing_before_it_is_asked_for(tmp_path: Any) -> None:
    code = "import sys, conducto\nprint(*(n for n in sys.modules if n.startswith('conducto.')))"
    assert built.call([sys.executable, "-c", code], cwd=tmp_path).stdout == "conducto.started\n"


def test_the_version_is_the_releases() -> None:
    from conducto import release, version

    assert co.__version__ == release.version() == version.VERSION


def test_the_version_of_the_runtime_file_is_its_interface(tmp_path: Any) -> None:
    (tmp_path / "runtime.pyz").write_bytes(runtime.archive())
    code = "import sys; sys.path[:0] = sys.argv[1:]; import conducto; print(conducto.__version__)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "runtime.pyz")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"0+runtime.{runtime.INTERFACE}\n"


# --- what is gone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "help"),
    [
        ("co.slack.text('#a', 'b')", "let an Exec tell of it"),
        ("co.slack.block", "let an Exec tell of it"),
        ("co.api.Config().get_url()", "`[tool.conducto]`"),
        ("co.api.Secrets().get_user_secrets()", "co.Secret"),
        ("co.api.Pipeline().list()", "ask what runs the pipeline"),
        ("co.api.Auth()", "there are no accounts"),
        ("co.profile.profile_list()", "there are no accounts"),
        ("co.schedule.create_schedule(1, 2, 'x')", "cron"),
        ("co.integrations.git.clone_url('x')", "ask git itself"),
        ("co.integrations.slack", "let an Exec tell of it"),
        ("co.Path.from_localhost('/x')", "co.relpath"),
        ("co.Exec('x').launch_cloud()", "--target argo"),
        ("co.Exec('x').repo", "register_image"),
        ("co.Image('x').to_dict()", "image.definition"),
        ("co.Image.get_contextual_path('x')", "co.relpath"),
        ("co.callback.deserialize_into_node(target=None)", "co.Lazy"),
        ("co.callback.base('retry')", "co.callback.retry"),
    ],
)
def test_what_was_the_services_says_what_to_use_instead(use: str, help: str) -> None:
    with pytest.raises(ConductoGoneError, match="C161") as found:
        eval(use, {"co": co})
    assert isinstance(found.value, NotImplementedError)
    assert help in (found.value.diagnostics[0].help or "")
    assert found.value.diagnostics[0].location is not None


def test_importing_from_what_is_gone_says_so_too() -> None:
    with pytest.raises(ConductoGoneError, match=r"co\.api\.Config"):
        exec("from conducto.api import Config")


@pytest.mark.parametrize("name", ["apply_status", "apply_status_all"])
def test_a_status_that_github_shows_by_itself_is_told_of(name: str) -> None:
    report, root = Report(), serial({"a": co.Exec("x")})
    getattr(co.git, name)(root)
    plans.resolved(root, report=report)
    (found,) = report.diagnostics
    assert (found.code, found.severity, found.node) == ("C224", "warning", "/")
    with pytest.raises(ConductoTypeError, match="C110"):
        getattr(co.git, name)("x")


# --- older spellings ----------------------------------------------------------------------------------------------------------


def grow(n: int = 1) -> co.Serial:
    return co.Serial()


def test_lazy_py_is_lazy() -> None:
    assert co.lazy_py(grow, n=2).pretty() == co.Lazy(grow, n=2).pretty()
    assert co.lazy_py(grow, 2)["Generate"].command.endswith("grow --n=2")
    assert callables.called(grow)[0].name == "grow"


@pytest.mark.parametrize(
    ("make", "kind", "env"),
    [
        (lambda: co.lazy_shell("x"), co.Parallel, {}),
        (lambda: co.lazy_shell("x", env={"A": "1"}), co.Parallel, {"A": "1"}),
        (lambda: co.lazy_shell("x", {"A": "1"}), co.Parallel, {"A": "1"}),
        (lambda: co.lazy_shell("x", co.Serial), co.Serial, {}),
        (lambda: co.lazy_shell("x", co.Serial, {"A": "1"}), co.Serial, {"A": "1"}),
        (lambda: co.lazy_shell("x", node_type=co.Serial, env={"A": "1"}), co.Serial, {"A": "1"}),
        (lambda: co.lazy_shell("x", None, cpu=2), co.Parallel, {}),
    ],
)
def test_lazy_shell_gives_the_env_to_both(make: Any, kind: type[co.Node], env: dict[str, str]) -> None:
    pair = make()
    assert (type(pair["Execute"]), dict(pair.env), dict(pair["Generate"].env)) == (kind, env, {})
    assert dict(pair["Execute"].get_inherited_attribute("env")) == env


def test_lazy_shell_takes_no_more_than_that() -> None:
    with pytest.raises(ConductoTypeError, match="C147"):
        co.lazy_shell("x", co.Serial, {"A": "1"}, 3)
    with pytest.raises(ConductoTypeError, match="C152"):
        co.lazy_shell("x", co.Exec)


def test_same_container_is_the_older_spelling() -> None:
    root = serial({"a": co.Exec("x", same_container=co.SameContainer.ESCAPE), "b": co.Exec("x")})
    root.same_container = co.SameContainer.NEW
    root["b"].same_container = co.SameContainer.INHERIT
    assert root.container_reuse_context is co.ContainerReuseContext.NEW
    assert root["a"].container_reuse_context is co.ContainerReuseContext.GLOBAL
    assert root["b"].container_reuse_context is None
    assert root["b"].get_inherited_attribute("container_reuse_context") is co.ContainerReuseContext.NEW
    assert root["b"].get_inherited_attribute("same_container") is co.SameContainer.NEW
    assert [row.container for row in plans.tree(root).rows] == [-1, -1, 0]


def test_older_names_of_an_images_arguments_are_attributes() -> None:
    image = co.Image("x", reqs_py=["a"])
    assert (image.reqs_py, image.install_pip, image.reqs_docker) == (("a",), ("a",), False)


def test_a_user_sees_where_it_stands(tmp_path: Any) -> None:
    text = "import conducto as co\n\n\ndef run():\n    co.slack.text('#a', 'done')\n    return co.Serial()\n"
    command.write(command.repository(tmp_path), pipeline=text)
    assert repository.of(str(tmp_path / "pipeline.py")).found
    done = command.conducto(tmp_path, "pipeline.py")
    assert done.status == 2
    assert "error[C161]: `co.slack.text` was" in done.err
    assert "pipeline.py:5" in done.err
    assert "    co.slack.text('#a', 'done')\n  |     ^^^^^^^^^^^^^\n" in done.err
