"""A target's limits, checked in one place."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

import conducto as co
from conducto import features, limits, targets
from conducto.diagnostics import Diagnostic, Report
from conducto.ir import lower
from conducto.targets import Limits
from tests import plans
from tests.plans import chain, parallel, serial
from tests.plugin_thorough import amount


def complaints(root: co.Node, default: str = "i", **most: Any) -> list[Diagnostic]:
    emitter: Any = SimpleNamespace(name="a", limits=Limits(**most), title="A Target")
    report = Report()
    plan = lower.lower(plans.resolved(root, default), plans.ORIGIN, {}, report)
    limits.check_plan(plan, emitter, report)
    return [diagnostic for diagnostic in report.diagnostics if diagnostic.severity == "error"]


def said(found: list[Diagnostic]) -> list[tuple[str, str | None]]:
    return [(diagnostic.code, diagnostic.node) for diagnostic in found]


def test_no_limit_is_none() -> None:
    assert complaints(chain(200, co.Exec("x", env={"HOME": "x"})), "") == []


def test_depth_counts_root_and_leaf() -> None:
    assert complaints(serial({"a": parallel({"b": co.Exec("x")})}), depth=3) == []
    (found,) = complaints(serial({"a": parallel({"b": co.Exec("x"), "c": co.Exec("y")})}), depth=2)
    assert (found.code, found.node) == ("C300", "/a/b")
    assert "3 levels deep, and A Target takes 2" in found.message
    assert complaints(serial({"a": parallel({"b": co.Exec("x", skip=True)}), "c": co.Exec("y")}), depth=2) == []


def test_every_exec_needs_an_image_where_the_target_does() -> None:
    root = parallel({"a": co.Exec("x"), "b": co.Exec("y", image="i"), "c": co.Exec("z", skip=True)})
    assert said(complaints(root, "", needs_image=True)) == [("C301", "/a")]
    assert complaints(root, "i", needs_image=True) == []


def test_names_that_the_target_sets_itself_are_refused_without_a_container() -> None:
    bare = co.Exec("x", env={"GITHUB_X": "1", "XGITHUB_X": "1"})
    root = parallel({"a": bare, "b": co.Exec("y", env={"GITHUB_X": "1"}, image="i")})
    assert said(complaints(root, "", reserved_env="GITHUB_.*")) == [("C302", "/a")]


def test_memory_below_what_the_target_takes_is_refused() -> None:
    root = parallel({"enough": co.Exec("x", mem=6 / 1024), "little": co.Exec("x", mem=5 / 1024), "unset": co.Exec("x")})
    assert said(complaints(root, least_memory=6)) == [("C308", "/little")]
    assert complaints(root) == []


@pytest.mark.parametrize("target", ["make", "github"])
def test_what_docker_takes_at_least_holds_for_every_target_that_runs_it(target: str) -> None:
    assert targets.get(target).limits.least_memory == 6


@pytest.mark.parametrize(("length", "codes"), [(99_998, []), (99_999, []), (100_000, ["C304"])])
def test_a_path_must_fit_into_the_environment(length: int, codes: list[str]) -> None:
    found = complaints(parallel({"n" * length: co.Exec("x")}))
    assert [diagnostic.code for diagnostic in found] == codes
    assert all(len(diagnostic.node or "") == length + 1 for diagnostic in found)


def test_a_path_is_counted_in_bytes_with_all_its_parts() -> None:
    assert complaints(serial({"ä" * 25_000: serial({"ä" * 24_999: co.Exec("x")})})) == []
    assert said(complaints(serial({"ä" * 25_000: serial({"ä" * 25_000: co.Exec("x")})})))[0][0] == "C304"


def test_paths_of_a_deep_comb_are_not_made() -> None:
    root = node = serial()
    for _ in range(amount(10_000, 30_000)):
        node["leaf"], inner = co.Exec("x"), serial()
        node["n"] = inner
        node = inner
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        assert complaints(root) == []
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(("size", "codes"), [(10, []), (11, ["C303"])])
def test_files_have_a_size(size: int, codes: list[str]) -> None:
    emitter: Any = SimpleNamespace(limits=Limits(file_bytes=10), title="A Target")
    report = Report()
    plan = plans.plan(parallel({"a": co.Exec("x")}))
    limits.check_files(plan, {"a": "x" * size, "b": "ä" * (size // 2)}, emitter, report)
    assert said(report.diagnostics) == [(code, "/") for code in codes]
    assert all(diagnostic.location is not None for diagnostic in report.diagnostics)


NEW = co.ContainerReuseContext.NEW


@pytest.mark.parametrize(
    ("root", "asks"),
    [
        (serial({"a": co.Exec("x"), "b": co.Exec("y")}, container_reuse_context=NEW), True),
        (serial({"a": co.Exec("x"), "b": co.Exec("y", skip=True)}, container_reuse_context=NEW), False),
        # A further attempt is made in the same container, unless that is the node's own: then each attempt has a new one.
        (serial({"a": co.Exec("x", retries=1)}, container_reuse_context=NEW), True),
        (serial({"g": serial({"a": co.Exec("x")}, retries=1)}, container_reuse_context=NEW), True),
        (serial({"a": co.Exec("x")}, container_reuse_context=NEW, retries=1), False),
        (co.Exec("x", container_reuse_context=NEW, retries=1), False),
        (serial({"g": serial({"a": co.Exec("x")}, container_reuse_context=NEW)}, retries=1), False),
    ],
)
def test_a_container_is_asked_for_where_it_makes_a_difference(root: co.Node, asks: bool) -> None:
    says = frozenset(features.FEATURES) - {"container"}
    assert [diagnostic.code for diagnostic in complaints(root, says=says)] == (["C305"] if asks else [])
