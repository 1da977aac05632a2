"""Diagnostics as data, and the exceptions that carry them."""

from __future__ import annotations

import pickle
import time

import pytest

from conducto import diagnostics
from conducto.diagnostics import ConductoError, ConductoKeyError, ConductoValueError, Diagnostic, Location, Report


def test_an_error_is_what_the_original_raised_and_says_what_to_do() -> None:
    error = ConductoKeyError(Diagnostic("C105", "there is no node /a", help="assign /a first"))
    assert isinstance(error, KeyError)
    assert str(error) == "there is no node /a [C105] (assign /a first)"
    assert str(ConductoValueError(Diagnostic("C1", "a"), Diagnostic("C2", "b", help="c"))) == "a [C1]\nb [C2] (c)"


def test_an_error_survives_a_process_boundary() -> None:
    error = ConductoValueError(Diagnostic("C1", "a", "/x", Location("f", 1, 2, 3, "text"), ("n",), "h"))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.diagnostics) == (ConductoValueError, error.diagnostics)


def test_a_node_is_told_once() -> None:
    error = ConductoKeyError(Diagnostic("C1", "a"), Diagnostic("C2", "b", node="/known"))
    told = error.at("/late")
    assert type(told) is ConductoKeyError
    assert [diagnostic.node for diagnostic in told.diagnostics] == ["/late", "/known"]


def test_a_report_raises_its_errors_together_and_keeps_its_warnings() -> None:
    report = Report()
    report.warning("C201", "comfort", node="/a")
    report.raise_errors()
    report.error("C301", "one", node="/b", notes=("n",))
    report.error("C302", "two", help="h")
    with pytest.raises(ConductoError) as found:
        report.raise_errors()
    assert [diagnostic.code for diagnostic in found.value.diagnostics] == ["C301", "C302"]
    assert [diagnostic.severity for diagnostic in report.diagnostics] == ["warning", "error", "error"]


def test_of_many_and_long_words_not_all_are_compared() -> None:
    begun = time.process_time()
    assert diagnostics.nearest("ab" * 40_000, ["ab" * 40_001]) is None
    assert diagnostics.nearest("make", [f"{number}" + "ab" * 40 for number in range(100_000)]) is None
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("word", "nearest"), [("gihub", "github"), ("mak", "make"), ("argoo", "argo"), ("kubernetes", None), ("", None)]
)
def test_the_nearest_word(word: str, nearest: str | None) -> None:
    assert diagnostics.nearest(word, ["argo", "github", "make"]) == nearest
    assert diagnostics.did_you_mean(word, ["argo", "github", "make"]) == (
        f"did you mean `{nearest}`?" if nearest else None
    )
