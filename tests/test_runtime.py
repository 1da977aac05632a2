"""The runtime file: what is in it, that it is the same bytes everywhere, and what it does where nothing else is installed."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from functools import lru_cache
from pathlib import Path

import pytest

import conducto as co
from conducto import later, repository, runtime
from conducto.ir.images import RUNTIME_FILE
from tests import built, command, machine, test_layers
from tests.command import Ended, conducto
from tests.plugin_thorough import amount
from tests.stand_in import archive as other
from tests.stand_in import put

PIPELINE = '''
import conducto as co
import helper

def greet(a: int = 0, *, name: str = "b"):
    """Says hello."""
    print("hello", a + 1, name, helper.NAME, co.__name__)

async def later(xs: list = ()):
    return {"got": xs}

def run(n: int = 2) -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"echo {n}")
    root["Test"] = co.Parallel(cpu=2)
    root["Test/b"] = co.Exec("true", env={"X": "1"})
    return root

if __name__ == "__main__":
    co.main(default=run)
'''
TREE = "/\n├─0 a   echo 2\n└─1 Test\n  └─ b   true\n"
CALLS = """
import conducto as co

def greet(a: int = 0):
    print("hello", a)

def run() -> co.Serial:
    root = co.Serial(image=co.Image("python:3.13-slim", path_map={".": "/code"}))
    root["a"] = co.Exec(greet, a=1)
    return root

def plain() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("true")
    return root

if __name__ == "__main__":
    co.main(default=run)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runtime file on disk, alone in its folder."""
    return built.runtime_file(tmp_path_factory.mktemp("runtime"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a pipeline and a helper module."""
    return command.write(tmp_path, pipeline=PIPELINE, helper="NAME = 'there'\n")


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_every_module_that_is_imported_where_a_pipeline_runs_and_no_other() -> None:
    """From the command line, and from what the makefile calls; packages with what makes them ones."""
    needed, more = (
        set[str](),
        ["__main__", "conducto", "backends.make_grown", "data", "ir", "wire", "backends", "nb_plots"],
    )
    more += [*later.MODULES, *(home.partition(":")[0] for home in co._HOMES.values())]
    while more:
        name = more.pop()
        if name not in needed and name in test_layers._sources() and name not in ("cli", "version"):
            needed.add(name)
            more += [found.what for found in test_layers.imports(name) if not found.typing]
    members = {name for name in runtime.members() if name.startswith("conducto/") and name.endswith(".py")}
    assert members == {_member(name) for name in needed}
    assert {f"conducto/{name.replace('.', '/')}.py" for name in runtime.COMPILER} & members == set()


def _member(name: str) -> str:
    if name in ("data", "ir", "wire", "backends"):
        return f"conducto/{name}/__init__.py"
    return "conducto/__init__.py" if name == "conducto" else f"conducto/{name.replace('.', '/')}.py"


def test_it_is_a_plain_archive() -> None:
    data = runtime.archive()
    assert data.startswith(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        entries = opened.infolist()
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {(entry.create_system, entry.external_attr >> 16) for entry in entries} == {(3, stat.S_IFREG | 0o644)}
        assert not [entry.filename for entry in entries if b"\r" in opened.read(entry)]
    assert os.fsencode(built.ROOT) not in data
    assert runtime.interface(data) == runtime.INTERFACE


def test_it_leaves_most_of_a_config_map_to_others() -> None:
    assert len(runtime.archive()) < 512 * 1024  # of the 1,048,576 bytes that one takes


# --- the same bytes ---------------------------------------------------------------------------------------------------

HASH = "import hashlib; from conducto import runtime; print(hashlib.sha256(runtime.archive()).hexdigest())"


def made(
    *before: str, python: str = sys.executable, site: Path | None = None, env: dict[str, str] | None = None
) -> str:
    """The hash of the runtime file that another process makes; of the modules in `site`, with nothing else installed."""
    found = f"import sys; sys.path.insert(0, {str(site)!r}); {HASH}" if site else HASH
    words = [*before, python, *(["-I", "-S"] if site else []), "-c", found]
    return built.call(words, cwd=built.room(), env={"PYTHONDONTWRITEBYTECODE": "1", **(env or {})}).stdout


@lru_cache(maxsize=None)
def wheel(newline: bytes = b"\n") -> Path:
    """The modules of the wheel, as another machine has them: other times and modes, other ends of lines."""
    folder = built.room() / f"site {len(newline)}"
    shutil.copytree(built.unpacked() / "conducto", folder / "conducto")
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", newline))
        path.chmod(0o600)
        os.utime(path, (1, 1))
    return folder


@pytest.mark.parametrize(
    ("before", "env"),
    [
        ((), {"PYTHONHASHSEED": "4242"}),
        ((), {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1"}),
        ((), {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
        (("sh", "-c", 'umask 077; exec "$@"', "sh"), {}),
    ],
    ids=["hash seed", "TZ", "LANG=C", "umask"],
)
def test_the_bytes_are_the_same(before: tuple[str, ...], env: dict[str, str]) -> None:
    assert made(*before, env=env) == made()


def test_the_bytes_are_the_same_from_the_wheel_whatever_ends_its_lines() -> None:
    assert made(site=wheel()) == made(site=wheel(b"\r\n")) == made()


@pytest.mark.needs("another-python")
def test_the_bytes_are_the_same_on_other_pythons() -> None:
    pythons = list(machine.supported_pythons().values())
    for python in amount(pythons[-1:], pythons):
        assert made(python=python, site=wheel()) == made()


# --- in containers ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=None)
def offline() -> tuple[str, ...]:
    """What to call a program with so that it has no network, where this machine can do that."""
    return ("unshare", "-n") if isinstance(machine.probe("network-namespace"), machine.Available) else ()


def run(folder: Path, *words: object, env: dict[str, str] | None = None) -> Ended:
    """A program without a network."""
    return command.run(folder, *offline(), *map(str, words), env=env)


def check(python: str, file: Path, place: Path) -> None:
    """What a container needs, by one Python that has nothing else."""
    bare = (python, "-I", "-S", file)
    said = "hello 2 b there conducto\n"
    assert run(place, *bare, "pipeline.py", "greet", "--a=1") == (0, said, "")
    assert run(place, *bare, "pipeline.py", "later", "--xs=1,2") == (0, "{'got': ['1', '2']}\n", "")
    assert run(place, *bare, "pipeline.py") == run(place, *bare, "./pipeline.py", "run") == (0, TREE, "")
    wrong = run(place, *bare, "pipeline.py", "greet", "--b=1")
    assert (wrong.status, wrong.err.partition(":")[0]) == (2, "error[C408]")
    used = {"PYTHONPATH": str(file)}
    show = (
        "import conducto as co; root = co.Serial(); root['x'] = co.Exec('y'); print(root.pretty()); print(co.__file__)"
    )
    printed = f"/\n└─0 x   y\n{file}/conducto/__init__.py\n"
    assert run(place, python, "-S", "-c", show, env=used) == (0, printed, "")
    assert run(place, python, "-S", "pipeline.py", env=used) == (0, TREE, "")
    assert run(place, python, "-S", "-m", "conducto", "pipeline.py", env=used) == (0, TREE, "")
    shutil.rmtree(place / "__pycache__", ignore_errors=True)


def test_what_a_container_needs(file: Path, place: Path) -> None:
    check(sys.executable, file, place)


@pytest.mark.needs("another-python", "python3.9")
def test_what_a_container_needs_on_other_pythons_older_ones_too(file: Path, place: Path) -> None:
    assert "3.9" in machine.pythons()
    pythons = list(machine.pythons().values())
    for python in amount([pythons[0], pythons[-1]], pythons):
        check(python, file, place)


@pytest.mark.needs("python3.9")
def test_it_is_a_program(file: Path, place: Path) -> None:
    (place / "bin").mkdir()
    (place / "bin" / "python3").symlink_to(machine.pythons()["3.9"])
    (place / "bin" / "conducto").symlink_to(file)
    path = {"PATH": f"{place / 'bin'}:/usr/bin:/bin"}
    done = run(place, "conducto", "pipeline.py", "greet", "--a=1", "--name=c d", env=path)
    assert done == (0, "hello 2 c d there conducto\n", "")


def test_where_nothing_can_be_written(file: Path, place: Path) -> None:
    before = command.fingerprint(file.parent), command.fingerprint(place)
    assert run(place, sys.executable, "-B", "-I", "-S", file, "pipeline.py", "greet").status == 0
    assert (command.fingerprint(file.parent), command.fingerprint(place)) == before


@pytest.mark.parametrize("word", ["compile", "runtime", "--version", "nonsense"])
def test_what_needs_the_compiler_says_so(file: Path, place: Path, word: str) -> None:
    done = run(place, sys.executable, "-I", "-S", file, word)
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"error[C427]: `conducto {word}` needs the compiler, and this is the runtime file alone\n"
        f" --> command line\n  |\n  | conducto {word}\n  | {'^' * len(f'conducto {word}')}\n"
        "  = help: install conducto-compiler; or name a FILE, which ends in `.py` or holds a `/`\n"
    )


def test_its_help(file: Path, place: Path) -> None:
    usage = "usage: conducto FILE [FUNC] [--ARG=VALUE ...]\n"
    assert run(place, sys.executable, "-I", "-S", file, "--help") == (0, usage, "")
    assert run(place, sys.executable, "-I", "-S", file) == (2, usage, "")


def test_where_the_compiler_is_installed_too_it_is_not_mistaken(file: Path, place: Path) -> None:
    installed = {"PYTHONPATH": str(wheel())}
    assert run(place, sys.executable, "-S", "-c", "import conducto.config", env=installed).status == 1  # no jsonschema
    assert run(place, sys.executable, "-S", file, "pipeline.py", env=installed) == (0, TREE, "")
    done = run(place, sys.executable, "-S", file, "compile", "-t", "make", "pipeline.py", env=installed)
    assert (done.status, done.err.partition(":")[0]) == (2, "error[C427]")


# --- which one counts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "interface"),
    [
        (b"", None),
        (b"#!/bin/sh\n", None),
        (other(None), None),
        (other(7), 7),
        (other(1)[len(b"#!/usr/bin/env python3\n") :], None),
        (other(1)[:-30], None),
        (other(1, "print()").replace(b"print()", b"evil() "), None),
    ],
)
def test_interfaces(data: bytes, interface: int | None) -> None:
    assert runtime.interface(data) == interface


def test_which_one_is_current(tmp_path: Path) -> None:
    path = tmp_path / "runtime.pyz"
    assert runtime.current(str(path)) == runtime.archive()
    found = {}
    for number in (runtime.INTERFACE - 1, runtime.INTERFACE, runtime.INTERFACE + 1):
        path.write_bytes(other(number))
        refusal = runtime.refusal(str(path), path.read_bytes())
        found[number - runtime.INTERFACE] = (runtime.current(str(path)) == other(number), refusal and refusal.code)
    assert found == {-1: (False, None), 0: (True, None), 1: (False, "C426")}


# --- conducto runtime -------------------------------------------------------------------------------------------------


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository whose pipeline calls a function."""
    folder = command.repository(tmp_path / "repo")
    return command.write(folder, pipeline=CALLS)


def right(done: Ended) -> Ended:
    assert done.status == 0, done.err
    return done


def test_it_is_written_where_there_is_none(repo: Path) -> None:
    (repo / "sub").mkdir()
    check = conducto(repo / "sub", "runtime", "--check")
    assert check == (1, f"Binary files /dev/null and {repo / RUNTIME_FILE} differ\n", "")
    assert not (repo / RUNTIME_FILE).exists()
    assert right(conducto(repo / "sub", "runtime")).err == f"wrote {repo / RUNTIME_FILE}\n"
    assert (repo / RUNTIME_FILE).read_bytes() == runtime.archive()
    assert (repo / RUNTIME_FILE).stat().st_mode & 0o777 == 0o755
    assert right(conducto(repo, "runtime")).err == f"unchanged {RUNTIME_FILE}\n"
    assert right(conducto(repo, "runtime", "--update", "--check")) == (0, "", "")


def test_an_older_one_is_good_enough_until_it_is_updated(repo: Path) -> None:
    path = put(repo, other(runtime.INTERFACE))
    before = command.fingerprint(repo)
    assert right(conducto(repo, "runtime")).err == f"unchanged {RUNTIME_FILE}\n"
    assert right(conducto(repo, "runtime", "--check")) == (0, "", "")
    assert conducto(repo, "runtime", "--update", "--check").status == 1
    assert command.fingerprint(repo) == before
    assert right(conducto(repo, "runtime", "--update")).err == f"wrote {RUNTIME_FILE}\n"
    assert path.read_bytes() == runtime.archive()


def test_one_of_an_older_interface_is_not(repo: Path) -> None:
    path = put(repo, other(runtime.INTERFACE - 1))
    assert conducto(repo, "runtime", "--check").status == 1
    assert right(conducto(repo, "runtime")).err == f"wrote {RUNTIME_FILE}\n"
    assert path.read_bytes() == runtime.archive()


@pytest.mark.parametrize(
    ("data", "code"), [(b"mine", "C410"), (other(runtime.INTERFACE + 1), "C426"), (runtime.archive()[:-9], "C410")]
)
def test_what_is_not_ours_to_replace(repo: Path, data: bytes, code: str) -> None:
    path = put(repo, data)
    before = command.fingerprint(repo)
    for words in (["runtime"], ["runtime", "--update"], ["compile", "-t", "argo", "pipeline.py"]):
        done = conducto(repo, *words, "--format", "json")
        assert (done.status, [said["code"] for said in json.loads(done.err)]) == (2, [code])
        assert command.fingerprint(repo) == before
    right(conducto(repo, "compile", "-t", "argo", "pipeline.py", "--force"))
    assert path.read_bytes() == runtime.archive()
    path.write_bytes(data)
    right(conducto(repo, "runtime", "--force"))
    assert path.read_bytes() == runtime.archive()


# --- with compile -----------------------------------------------------------------------------------------------------


def test_compile_writes_it_where_it_is_needed(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "argo", "pipeline.py", "plain"))
    assert not (repo / ".conducto").exists()
    check = conducto(repo, "compile", "-t", "argo", "pipeline.py", "--check")
    assert check.status == 1
    assert check.out.endswith(f"Binary files /dev/null and {RUNTIME_FILE} differ\n")
    done = right(conducto(repo, "compile", "-t", "argo", "pipeline.py"))
    assert done.err == f"wrote pipeline.argo.yaml\nwrote {RUNTIME_FILE}\n"
    assert [path.name for path in (repo / ".conducto").iterdir()] == ["runtime.pyz"]
    assert right(conducto(repo, "compile", "-t", "argo", "pipeline.py", "--check")) == (0, "", "")


def test_an_older_one_leaves_everything_fresh(repo: Path) -> None:
    put(repo, other(runtime.INTERFACE))
    right(conducto(repo, "compile", "-t", "argo", "pipeline.py"))
    assert (repo / RUNTIME_FILE).read_bytes() == other(runtime.INTERFACE)
    assert right(conducto(repo, "compile", "-t", "argo", "pipeline.py", "--check")) == (0, "", "")


def test_nothing_but_standard_output_is_written(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "argo", "-o", "-", "pipeline.py"))
    assert not (repo / ".conducto").exists()


def test_nothing_is_written_unless_all_compile(repo: Path) -> None:
    (repo / "pyproject.toml").write_text('[tool.conducto.argo]\ndefault-image = ""\n')
    command.write(repo, pipeline=CALLS.replace('root["a"]', 'root["b"] = co.Exec("x", gpu=2)\n    root["a"]'))
    command.write(repo, wrong="import conducto as co\nroot = co.Exec('x')\n")
    put(repo, b"mine")
    before = command.fingerprint(repo)
    assert conducto(repo, "compile", "-t", "argo", "wrong.py").status == 2
    assert conducto(repo, "compile", "-t", "argo", "pipeline.py").status == 2
    assert command.fingerprint(repo) == before


def test_without_a_repository_it_lies_beside_the_file(tmp_path: Path) -> None:
    command.write(tmp_path / "a", pipeline=CALLS)
    right(conducto(tmp_path, "compile", "-t", "argo", "a/pipeline.py"))
    assert (tmp_path / "a" / RUNTIME_FILE).is_file()
    assert runtime.path(repository.of(str(tmp_path / "a" / "pipeline.py"))) == str(tmp_path / "a" / RUNTIME_FILE)
    right(conducto(tmp_path, "runtime"))
    assert (tmp_path / RUNTIME_FILE).is_file()


# --- git --------------------------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> Ended:
    return command.run(folder, "git", *words)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A repository that git knows, with the state of a run in it."""
    command.write(tmp_path, pipeline=CALLS)
    assert git(tmp_path, "init", "-q", ".").status == 0
    state = tmp_path / ".conducto" / "state" / "pipeline"
    state.mkdir(parents=True)
    (state / ".gitignore").write_text("*\n")
    return tmp_path


def test_git_ignores_the_state_and_not_the_runtime_file(real: Path) -> None:
    assert right(conducto(real, "runtime")).err == f"wrote {RUNTIME_FILE}\n"
    assert git(real, "status", "--short", "-uall").out == f"?? {RUNTIME_FILE}\n?? pipeline.py\n"
    assert git(built.ROOT, "check-ignore", RUNTIME_FILE).status == 1


@pytest.mark.parametrize("words", [("runtime",), ("compile", "-t", "argo", "pipeline.py")])
def test_where_git_ignores_it_there_is_a_warning(real: Path, words: tuple[str, ...]) -> None:
    (real / ".gitignore").write_text(".conducto/\n")
    done = right(conducto(real, *words, "--format", "json"))
    (said,) = json.loads(done.err)
    assert (said["code"], said["severity"]) == ("C428", "warning")
    assert said["message"] == f"git ignores {RUNTIME_FILE}, which must be committed with the generated files"
    (real / ".gitignore").write_text("*.pyz\n!.conducto/runtime.pyz\n")
    assert right(conducto(real, *words, "--format", "json")).err == "[]\n"


def test_without_git_nothing_is_asked(real: Path, tmp_path: Path) -> None:
    (real / ".gitignore").write_text(".conducto/\n")
    (real / "bin").mkdir()
    done = conducto(real, "runtime", env={"PATH": str(real / "bin")})
    assert right(done).err == f"wrote {RUNTIME_FILE}\n"
    assert subprocess.run([real / RUNTIME_FILE, "--help"], capture_output=True, check=False).returncode == 0
