"""The door to the compiler: what is said where it is not there, or not all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conducto import runtime
from tests import built, command, test_layers
from tests.launching import HOST, project

TREE = 'import conducto as co\nroot = co.Exec("true")\n'
#: What a program does that launches; each in a module of its own where nothing is installed but conducto.
WAYS = {
    "launch_local": TREE + "root.launch_local(run=True)\n",
    "co.main": TREE + "co.main(argv=['--local'])\n",
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runtime file."""
    path = tmp_path_factory.mktemp("runtime") / "runtime.pyz"
    path.write_bytes(runtime.archive())
    return path


def bare(folder: Path, path: Path, *words: str) -> command.Ended:
    """A Python that has the standard library and what lies at `path`."""
    return command.run(folder, sys.executable, "-S", *words, env={"PYTHONPATH": str(path)})


def test_the_runtime_file_has_nothing_of_it() -> None:
    assert not [name for name in runtime.members() if name.startswith("conducto/launch/")]
    assert "conducto/launcher.py" in runtime.members()


@pytest.mark.parametrize("way", WAYS)
def test_with_the_runtime_file_alone(way: str, file: Path, tmp_path: Path) -> None:
    before = command.fingerprint(project(tmp_path, WAYS[way]))
    done = bare(tmp_path, file, "-B", "f.py")
    said = "a pipeline is launched by the compiler, and this is the runtime file alone"
    assert (done.out, said in done.err, "install conducto-compiler where you launch it" in done.err) == ("", True, True)
    assert done.status == (1 if way == "launch_local" else 2)
    assert command.fingerprint(tmp_path) == before


def test_the_command_of_the_runtime_file_too(file: Path, tmp_path: Path) -> None:
    done = bare(project(tmp_path, TREE), file, str(file), "f.py", "--local")
    assert (done.status, done.out, done.err[:12]) == (2, "", "error[C427]:")
    assert bare(tmp_path, file, str(file), "run", "f.py").err.startswith(
        "error[C427]: `conducto run` needs the compiler"
    )


@pytest.mark.parametrize("way", WAYS)
def test_with_a_library_missing(way: str, tmp_path: Path) -> None:
    project(tmp_path, WAYS[way])
    done = bare(tmp_path, built.unpacked(), "-B", "f.py")
    assert "a pipeline is launched by the compiler, which needs j" in done.err
    assert "install conducto-compiler with what it needs" in done.err
    assert done.status == (1 if way == "launch_local" else 2)


def test_a_fault_of_ours_is_not_taken_for_a_missing_library(tmp_path: Path) -> None:
    text = TREE + "import sys\nsys.modules['conducto.compile'] = None\nroot.launch_local(run=True)\n"
    done = command.python(project(tmp_path, text), "f.py")
    assert (done.status, done.err.split("\n")[-2][:19]) == (1, "ModuleNotFoundError")


def test_no_other_module_opens_it() -> None:
    found = [name for name in test_layers.CORE if "import_module" in test_layers._sources()[name].read_text()]
    # `conducto` and `later` import modules of the core itself, by tables; `run` those of the user.
    assert found == ["conducto", "later", "launcher", "run"]


@pytest.mark.needs("make")
def test_a_target_that_is_not_installed_is_said_as_compile_says_it(tmp_path: Path) -> None:
    text = "from conducto import targets\ntargets.names = lambda: ['argo']\ntargets._points = lambda: []\n"
    project(tmp_path, TREE + text + "co.main(argv=['--local'])\n")
    done = command.python(tmp_path, "f.py", HOST)
    assert (done.status, done.err.split("\n")[0]) == (2, "error[C401]: there is no target `make`")
