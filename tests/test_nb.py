"""`co.nb`: cells in a log, and plots as files; matplotlib is played by a stand-in that has what its backends are made of."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import conducto as co
from conducto.diagnostics import ConductoValueError

PROGRAM = """
import conducto as co


def steps(n):
    with co.nb.cell():
        # # Title
        # Some *text*:
        #
        #     code
        x = n + 1

        if x:
            print("x is", x)
    with co.nb.cell():
        # Nothing but this.
        pass
    with (
        co.nb.cell(),
    ):
        print("no comment")
    return x
"""
PRINTED = """# Title
Some *text*:

    code
```python
x = n + 1

if x:
    print("x is", x)
```
x is 3
Nothing but this.
```python
print("no comment")
```
no comment
"""


def run(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "steps.py"
    path.write_text(text)
    names: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), names)
    return names


def test_a_cell_shows_its_comment_and_its_code_and_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, PROGRAM)["steps"](2) == 3
    assert capsys.readouterr().out == PRINTED


def test_what_goes_wrong_in_a_cell_is_not_held_back(tmp_path: Path) -> None:
    names = run(tmp_path, "import conducto as co\n\ndef f():\n    with co.nb.cell():\n        1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        names["f"]()


def test_a_cell_without_a_source_is_refused() -> None:
    names: dict[str, Any] = {"co": co}
    with pytest.raises(ConductoValueError, match="C167"):
        exec("with co.nb.cell():\n    pass", names)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The figures that are open, in a stand-in of matplotlib."""

    def module(name: str, **names: Any) -> None:
        found = ModuleType(name)
        found.__dict__.update(names, __path__=[])
        monkeypatch.setitem(sys.modules, name, found)

    opened: list[Any] = []
    managers = SimpleNamespace(
        get_all_fig_managers=lambda: [SimpleNamespace(canvas=SimpleNamespace(figure=f)) for f in opened]
    )
    helpers = ModuleType("matplotlib._pylab_helpers")
    helpers.__dict__["Gcf"] = managers
    module("matplotlib", use=opened.append, _pylab_helpers=helpers)
    monkeypatch.setitem(sys.modules, "matplotlib._pylab_helpers", helpers)
    module("matplotlib.backends")
    module("matplotlib.backends.backend_agg", FigureCanvasAgg=object, FigureManagerBase=object)
    monkeypatch.delitem(sys.modules, "conducto.nb_plots", raising=False)
    return opened


def figure() -> Any:
    return SimpleNamespace(stale=True, savefig=lambda path: Path(path).write_bytes(b"png"))


def test_shown_figures_are_files(
    figures: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    co.nb.matplotlib_inline()
    assert figures == ["module://conducto.nb_plots"]
    from conducto import nb_plots

    figures[:] = [figure(), figure()]
    monkeypatch.setattr(nb_plots, "SHARED", str(tmp_path / "missing"))
    with pytest.raises(ConductoValueError, match="C168"):
        nb_plots.show()
    monkeypatch.setattr(nb_plots, "SHARED", str(tmp_path))
    monkeypatch.setenv("CONDUCTO_NODE", "/Fit it/now")
    nb_plots.show(block=True)
    nb_plots.show()
    names = sorted(path.name for path in (tmp_path / "out/plots").iterdir())
    assert [name.rpartition("-")[2] for name in names] == ["1.png", "2.png"]
    assert all(name.startswith("Fit-it-now-") for name in names)
    assert capsys.readouterr().out == "".join(f"![plot]({tmp_path}/out/plots/{name})\n" for name in names)
    figures[0].stale = True
    nb_plots.show()
    assert len(list((tmp_path / "out/plots").iterdir())) == 3
