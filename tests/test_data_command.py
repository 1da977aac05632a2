"""`conducto-data-pipeline` and its like: the methods of `co.data` from a shell, with nothing installed but the runtime file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conducto.data import command
from conducto.data.store import Store
from tests import built, machine

#: A program, its words, what it reads -> its exit status, what it printed, and what it complained of.
Call = Callable[..., "tuple[int, str, str]"]

#: The program as it is in a container, but that its two directories are elsewhere.
DRIVER = """
import sys
sys.path.insert(0, sys.argv.pop(1))
folder = sys.argv.pop(1)
from conducto import data
data.pipeline.folder, data.user.folder = f"{folder}/pipeline", f"{folder}/user"
sys.argv.pop(0)
from conducto.__main__ import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built.runtime_file(tmp_path_factory.mktemp("runtime"))


@pytest.fixture(params=[""])
def call(request: pytest.FixtureRequest, file: Path, tmp_path: Path) -> Call:
    python = machine.pythons()[request.param] if request.param else sys.executable
    for name in ("pipeline", "user"):
        (tmp_path / "data" / name).mkdir(parents=True)

    def called(program: str, *words: str, given: bytes = b"") -> tuple[int, str, str]:
        line = [python, "-I", "-S", "-W", "error", "-c", DRIVER, str(file), str(tmp_path / "data")]
        line += [f"/x/bin/{program}", *words]
        done = subprocess.run(line, cwd=tmp_path, input=given, capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return called


#: By the Python of the tests, and by the oldest that a container may hold.
OLDEST = pytest.mark.parametrize(
    "call",
    ["", pytest.param("3.9", marks=pytest.mark.needs("python3.9"))],
    indirect=True,
)


@OLDEST
def test_what_people_wrote(call: Call, tmp_path: Path) -> None:
    """Positions and options, names with a slash before them: as in public pipelines of the original."""
    (tmp_path / "hello_1.deb").write_bytes(b"\0deb")
    assert call("conducto-data-pipeline", "put", "thepkg", "hello_1.deb") == (0, "", "")
    assert call("conducto-temp-data", "put", "--name", "raw/cust", "--file=hello_1.deb")[0] == 0
    assert call("conducto-temp-data", "puts", "--name", "grids", given=b"[1]\n") == (0, "", "")
    assert call("conducto-data-pipeline", "gets", "/grids") == (0, "[1]\n", "")
    assert call("conducto-data-pipeline", "get", "/thepkg", "back") == (0, "", "")
    assert (tmp_path / "back").read_bytes() == b"\0deb"
    assert call("conducto-temp-data", "list", "--prefix=raw") == (0, '["raw/cust"]\n', "")
    assert call("conducto-data-pipeline", "exists", "nope") == (0, "false\n", "")
    assert call("conducto-data-pipeline", "size", "thepkg") == (0, "4\n", "")
    assert call("conducto-data-pipeline", "gets", "thepkg", "--byte-range=1,3") == (0, "de", "")
    _, url, _ = call("conducto-data-pipeline", "url", "--name", "thepkg")
    assert json.loads(url) == str(tmp_path / "data/pipeline/thepkg")
    assert call("conducto-data-pipeline", "delete", "raw", "--recursive") == (0, "", "")
    assert call("conducto-data-pipeline", "list", "") == (0, '["grids", "thepkg"]\n', "")


def test_each_program_has_its_directory(call: Call, tmp_path: Path) -> None:
    wanted = {"conducto-data-pipeline": "pipeline", "conducto-temp-data": "pipeline"}
    wanted |= {"conducto-data-user": "user", "conducto-perm-data": "user"}
    assert set(command.PROGRAMS) == set(wanted)
    for program, folder in wanted.items():
        assert call(program, "puts", program, given=program.encode())[0] == 0
        assert (tmp_path / "data" / folder / program).read_text() == program


@OLDEST
def test_caches(call: Call, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/x").write_text("x")
    assert call("conducto-data-user", "save-cache", "npm", "--checksum=1", "modules") == (0, "", "")
    assert call("conducto-perm-data", "cache-exists", "npm", "1") == (0, "true\n", "")
    assert call("conducto-perm-data", "restore_cache", "npm", "1", "--restore_dir=there") == (0, "", "")
    assert (tmp_path / "there/modules/x").read_text() == "x"
    assert call("conducto-perm-data", "clear-cache", "npm") == (0, "", "")
    assert call("conducto-perm-data", "cache-exists", "npm", "1") == (0, "false\n", "")


def test_every_method_is_a_command(call: Call) -> None:
    methods = {name.replace("_", "-") for name in vars(Store) if not name.startswith("_") and name != "folder"}
    status, told, _ = call("conducto-data-user", "--help")
    assert (status, set(re.findall("^  ([a-z-]+)  ", told, re.MULTILINE))) == (0, methods)
    assert call("conducto-data-user") == (2, told, "")
    for method in methods:
        assert call("conducto-data-user", method, "--help")[1].startswith(f"usage: conducto-data-user {method} ")


@pytest.mark.parametrize(
    ("words", "status", "code", "said"),
    [
        (["gets", "none"], 1, "C441", "No such file or directory: .*/data/pipeline/none"),
        (["delete", "none"], 1, "C441", "No such file or directory"),
        (["get", "../user/x", "y"], 2, "C171", "leads out of"),
        (["gett", "x"], 2, "C440", "did you mean `get`"),
        (["get", "x"], 2, "C407", "needs a value for its parameter `file`"),
        (["size", "x", "--where=y"], 2, "C408", "has no parameter"),
        (["gets", "x", "--byte_range=a"], 2, "C409", "--byte_range"),
    ],
)
def test_what_is_wrong_is_said_at_the_command_line(
    words: list[str], status: int, code: str, said: str, call: Call
) -> None:
    found = call("conducto-temp-data", *words)
    assert (found[0], found[1]) == (status, "")
    assert re.search(f"error\\[{code}\\]: .*", found[2]), found[2]
    assert re.search(said, found[2]), found[2]
    assert "\n --> command line\n" in found[2]
    assert str(built.ROOT) not in found[2]
    assert ".py" not in found[2]


def test_where_it_is_not_set_up_it_says_so(call: Call, tmp_path: Path) -> None:
    (tmp_path / "data/pipeline").rmdir()
    status, out, said = call("conducto-data-pipeline", "list", "x")
    assert (status, out) == (2, "")
    assert said.startswith(f"error[C170]: there is no {tmp_path}/data/pipeline here: shared data is not set up\n")
    assert ".py" not in said


def test_the_runtime_file_is_each_by_its_name(file: Path, tmp_path: Path) -> None:
    for program in command.PROGRAMS:
        (tmp_path / program).symlink_to(file)
        words = [sys.executable, "-I", "-S", str(tmp_path / program), "--help"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.startswith(f"usage: {program} COMMAND")) == (0, True)


def test_the_installed_programs_are_the_same() -> None:
    for program in command.PROGRAMS:
        path = Path(sys.executable).with_name(program)
        done = subprocess.run([path, "--help"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.startswith(f"usage: {program} COMMAND")) == (0, True)
