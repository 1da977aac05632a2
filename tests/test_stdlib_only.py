"""What a running pipeline needs is standard library only: the frontend, the passes, and every document."""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from conducto import config
from tests import built, examples, machine
from tests.plugin_thorough import amount

DRIVER = Path(__file__).parent / "drivers" / "documents.py"
THIRD_PARTY = ("click", "jinja2", "jsonschema", "networkx")

#: Runs what stands in its place, then prints the modules that this loaded and that are not the standard library's.
LOADED = """
import sys
before = set(sys.modules)
{}
new = {{name.partition('.')[0] for name in set(sys.modules) - before}}
new -= {{name for name in new if name.startswith('_sysconfigdata')}}  # the standard library's, named after the platform
print('loaded', sorted(new - set(sys.stdlib_module_names) - {{'conducto', 'pipeline'}}))
"""


def _loaded(statements: str, cwd: Path) -> str:
    out = built.call([sys.executable, "-c", LOADED.format(statements)], cwd=cwd).stdout
    return out.splitlines()[-1]


@pytest.mark.parametrize(
    "statements",
    [
        "import conducto",
        "import conducto.__main__; sys.argv = ['conducto', FILE]; assert conducto.__main__.main() == 0",
        "import runpy; sys.argv = [FILE]; runpy.run_path(FILE, run_name='__main__')",
    ],
    ids=["import", "conducto FILE", "python FILE"],
)
def test_the_frontend_loads_the_standard_library_alone(statements: str, tmp_path: Path) -> None:
    text = 'import conducto as co\nroot = co.Serial()\nroot["a"] = co.Exec("true")\nco.main(default=lambda: root)\n'
    (tmp_path / "pipeline.py").write_text(text, encoding="utf-8")
    assert _loaded(statements.replace("FILE", "'pipeline.py'"), tmp_path) == "loaded []"


def test_something_else_would_be_noticed(tmp_path: Path) -> None:
    assert _loaded("import conducto.cli", tmp_path) != "loaded []"


@lru_cache(maxsize=None)
def _asked() -> str:
    """What the driver is asked to make: every golden, with what its project sets."""
    files = []
    for path in examples.goldens():
        found = config.load(str(path))
        images = {name: found.default_image(name) for name in built.OURS}
        settings = {name: dict(found.settings(name)) for name in built.OURS}
        files.append({"file": str(path), "images": images, "settings": settings})
    return json.dumps({"files": files, "home": str(built.ROOT / "golden")})


@lru_cache(maxsize=None)
def _full() -> str:
    """What the compiler makes where everything is installed."""
    return built.call([sys.executable, DRIVER, "full"], cwd=built.ROOT, text=_asked()).stdout


def _bare(python: str) -> str:
    """What the passes alone make where nothing is installed."""
    words = [python, "-I", "-S", DRIVER, "bare", built.unpacked()]
    return built.call(words, cwd=built.room(), text=_asked()).stdout


def _of(text: str, key: str) -> Any:
    return json.loads(text)[key]


def test_without_site_packages_there_is_no_third_party_library() -> None:
    find = "import importlib.util as u, sys; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    words = ["-I", "-S", "-c", find, *THIRD_PARTY, "conducto"]
    assert built.call([sys.executable, *words], cwd=built.room()).stdout == "[]\n"
    assert sorted(path.name for path in built.unpacked().iterdir() if not path.name.endswith(".dist-info")) in (
        ["conducto"],
        ["bin", "conducto"],
    )


def test_passes_and_documents_are_made_by_the_standard_library_alone() -> None:
    _check(sys.executable)


@pytest.mark.needs("another-python")
def test_so_they_are_on_other_pythons_older_ones_too() -> None:
    pythons = list(machine.pythons().values())
    for python in amount([pythons[0], pythons[-1]], pythons):
        _check(python)


def _check(python: str) -> None:
    bare = _bare(python)
    assert _of(bare, "foreign") == []
    names = [path.parent.name for path in examples.goldens()]
    for name, one, other in zip(names, _of(bare, "made"), _of(_full(), "made"), strict=True):
        assert json.dumps(one) == json.dumps(other), name
        assert set(one) == {"tree", *built.OURS}


def test_where_everything_is_installed_the_driver_does_load_other_libraries() -> None:
    assert {"jsonschema"} <= set(_of(_full(), "foreign"))
