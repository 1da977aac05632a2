"""Which Execs need shared data: those that name it, by their command, env, or the file of their function."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto.call import Call
from conducto.ir import shared
from conducto.ir.tree import Row, Tree
from tests import plans
from tests.plans import parallel, serial


def needing(root: co.Node, everywhere: bool = False) -> set[str]:
    """The paths of the rows that have it."""
    tree = shared.shared(plans.resolved(root), everywhere)
    return {tree.path(number) for number, row in enumerate(tree.rows) if row.data}


NAMED = [
    "cat /conducto/data/pipeline/x",
    "/conducto/data/user/run.sh",
    "cd /conducto/data",
    "x=/conducto/data; y",
    "ls '/conducto/data/pipeline'",
    "cp a file:///conducto/data/user/",
    "conducto-data-pipeline get x y",
    "$(conducto-data-user list)",
    "a|conducto-temp-data puts x",
    "/conducto/bin/conducto-perm-data list",
    'python -c \'import conducto as co; co.data.pipeline.puts("x", b"")\'',
    "python -c 'import conducto; conducto.temp_data.list()'",
    "python -c 'import conducto as co; co.nb.matplotlib_inline()'",
    "python - <<E\nfrom conducto import perm_data as p\nE",
]
OTHERS = [
    "cat /mnt/conducto/data/x",
    "cat /conducto/database",
    "cat /conducto/data.csv /conducto/data-old",
    "cat conducto/data/x",
    "psql -c 'select * from temp_data, perm_data'",
    "curl https://x.co.data/y",
    "conducto-data-pipelines",
    "my-conducto-data-user",
    "import data",
    "",
]


def test_what_is_no_file_of_a_person_is_not_read(tmp_path: Path) -> None:
    """A pipe has no end, and a node may have put one there; what cannot be read may name it."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b" " * 1_000_001)
    (tmp_path / "small").write_bytes(b" " * 1_000_000)
    (tmp_path / "link").symlink_to("/dev/zero")
    names = ("pipe", "large", "small", "link")
    rows = [Row(-1, "", "exec", command=Call(str(tmp_path / name), "f")) for name in names]
    assert [shared.shared(Tree([row]), False).rows[0].data for row in rows] == [True, True, False, True]


@pytest.mark.parametrize("text", NAMED)
def test_a_command_or_an_env_value_names_it(text: str) -> None:
    root = parallel({"command": co.Exec(text), "env": co.Exec("x", env={"A": "b", "X": text}), "other": co.Exec("x")})
    assert needing(root) == {"/command", "/env"}


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_do_not(text: str) -> None:
    assert needing(parallel({"a": co.Exec(text), "b": co.Exec("x", env={"X": text})})) == set()


@given(st.text("ab /.-_\n$'\"", max_size=9), st.text("ab /.-_\n$'\"", max_size=9))
def test_the_directory_is_named_where_it_stands_alone(before: str, after: str) -> None:
    alone = not before or not (before[-1].isalnum() or before[-1] in "._-")
    alone = alone and (not after or not (after[0].isalnum() or after[0] in "._-"))
    assert bool(needing(parallel({"a": co.Exec(f"{before}/conducto/data{after}")}))) == alone


def test_what_is_inherited_counts_where_it_counts() -> None:
    inner = serial({"b": co.Exec("x"), "c": co.Exec("x", env={"D": ""})})
    assert needing(serial({"g": inner, "a": co.Exec("x")}, env={"D": "/conducto/data/user"})) == {"/a", "/g/b"}


def test_a_secret_names_nothing() -> None:
    assert needing(co.Exec("x", env={"A": co.Secret("CONDUCTO_DATA")})) == set()


MODULES = {
    "import conducto as co\ndef f(): co.data.pipeline.list()": True,
    "import conducto\ndef f(): conducto.perm_data.list()": True,
    "def f():\n    import conducto as c\n    return c.temp_data": True,
    "from conducto import data as d": True,
    "import conducto as co\ndef f(): co.nb.matplotlib_inline()": True,
    "from conducto.nb import matplotlib_inline as m": True,
    "from conducto.nb import cell": False,
    "from conducto.data import user": True,
    "import conducto.data as d": True,
    "from conducto import *\ndef f(): temp_data.list()": True,
    "P = '/conducto/data/pipeline/x'": True,
    "def f(kind): return open(f'/conducto/data/{kind}')": True,
    "def f(): os.system('conducto-data-user list')": True,
    "B = b'/conducto/data'": True,
    "import conducto as co\n# co.data, /conducto/data": False,
    "import other as co\ndef f(): co.data.pipeline.list()": False,
    "def f(temp_data, data): return temp_data.list(), data.pipeline": False,
    "P = '/mnt/conducto/data'": False,
    "from other.conducto import data": False,
    "from .conducto import data": False,
    "import conducto as co": False,
    "a later syntax: /conducto/data": True,
    "a later syntax: data": False,
}


@pytest.mark.parametrize("text", MODULES)
def test_a_module_names_it(text: str) -> None:
    assert shared.names_it(text.encode()) == MODULES[text]


def test_the_file_of_the_function_counts(tmp_path: Path) -> None:
    files = {"uses": "P = '/conducto/data/user'", "not": "P = 'data'", "is": None}
    for name, text in files.items():
        if text is not None:
            (tmp_path / name).write_text(text)
    calls = [Call(str(tmp_path / name), "f") for name in files]
    calls.append(Call(str(tmp_path / "not"), "f", ("--path=/conducto/data/user/x",)))
    rows = [Row(0, name, "exec", command=call) for name, call in zip("abcd", calls)]
    found = shared.shared(Tree([Row(-1, "", "parallel"), *rows]), False)
    # What cannot be read may name it.
    assert [row.data for row in found.rows] == [False, True, False, True, True]


def test_everywhere_is_every_exec_and_what_is_to_be_generated() -> None:
    root = serial({"a": co.Exec("x"), "l": co.Lazy("x"), "g": parallel()})
    assert needing(root, everywhere=True) == {"/a", "/l/Generate", "/l/Execute"}
    assert needing(root) == set()


def test_where_nothing_needs_it_the_tree_is_the_same() -> None:
    tree = plans.resolved(serial({"a": co.Exec("x")}))
    assert shared.shared(tree, False) is tree


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("conducto-data-user list", True),
        ("python -c 'import conducto as co; co.data.user'", True),
        ("ls /conducto/data", False),
    ],
)
def test_what_calls_conducto_has_the_runtime_file_whatever_the_image(text: str, needs: bool) -> None:
    (row,) = [row for row in plans.tree(parallel({"a": co.Exec(text)})).rows if row.kind == "exec"]
    assert (row.data, row.runtime) == (True, needs)


@pytest.mark.parametrize("target", ["github", "argo"])
def test_a_target_that_cannot_share_refuses_it_by_name(target: str) -> None:
    from conducto import limits, targets
    from conducto.diagnostics import Report

    report = Report()
    root = serial({"a": co.Exec("x"), "b": co.Exec("cat /conducto/data/user/x")})
    limits.check_plan(plans.plan(root), targets.get(target), report)
    assert [(said.code, said.node) for said in report.errors] == [("C305", "/b")]
