"""Every refusal of golden/errors, by the real command, in a folder where good older outputs of all targets lie.

A case is a folder `<code>-<what>/<place>/`: `command.txt`, `pipeline.py` (and what else it needs), `expected.txt`, which is what
is printed, and a near-twin that compiles and differs only in what is at fault: `accepted.py`, `accepted.toml` (the
configuration) or `accepted.txt` (the command line). Where the fault stands is said beside the expected text too: by
`# fault: <expression>` at the end of its line, or (for what is no Python) in the second line of `command.txt`.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pytest_snapshot.plugin import Snapshot

from tests import command
from tests.host_data import of_this_machine

ERRORS = Path(__file__).resolve().parent.parent / "golden" / "errors"
CASES = sorted(path.parent.relative_to(ERRORS).as_posix() for path in ERRORS.glob("*/*/command.txt"))
#: Each of these must be there at the root, nested and in a helper module.
EVERYWHERE = (
    "C101",
    "C102",
    "C105",
    "C106",
    "C107",
    "C108",
    "C110",
    "C111",
    "C112",
    "C115",
    "C116",
    "C150",
    "C403",
    "C406",
    "C407",
)
ONCE = ("C401", "C410")
#: Codes of what is wrong with a node, which say where it stands (a Secret, an Image, data or a name of ours is of none).
ABOUT_NODES = re.compile("C1(?!17|3|6[0126]|7).*")


def of_case(case: str) -> str:
    """The code that a case is named by."""
    return case.split("-")[0]


def words(case: str) -> list[str]:
    """The command line of a case, without `conducto`."""
    return shlex.split((ERRORS / case / "command.txt").read_text().split("\n")[0])[1:]


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Path -> content of the outputs of a good earlier version of `pipeline.py`."""
    folder = command.repository(tmp_path_factory.mktemp("older"))
    command.write(folder, pipeline='import conducto as co\n\n\ndef run():\n    return co.Exec("true")\n')
    done = command.conducto(folder, "compile", "-t", "argo,github,make", "pipeline.py")
    assert done.status == 0, done.err
    made = [path for path in folder.rglob("*") if path.is_file() and path.name != "pipeline.py"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in made}


@pytest.fixture
def scratch(tmp_path: Path, older: dict[str, bytes], case: str) -> Path:
    """A repository with the case's files, and older outputs wherever the case has no file of its own."""
    folder = tmp_path / "scratch"
    shutil.copytree(ERRORS / case, folder, ignore=shutil.ignore_patterns("command.txt", "expected.txt", "accepted.txt"))
    for path, content in older.items():
        if not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return command.repository(folder)


def test_every_refusal_is_there() -> None:
    places = {code: {case.split("/")[1] for case in CASES if of_case(case) == code} for code in map(of_case, CASES)}
    assert {code for code in EVERYWHERE if places.get(code, set()) >= {"root", "nested", "helper"}} == set(EVERYWHERE)
    assert set(places) >= set(ONCE)


@pytest.mark.parametrize("case", CASES)
def test_is_refused_and_nothing_is_written(case: str, scratch: Path, snapshot: Snapshot) -> None:
    before = command.fingerprint(scratch)
    with of_this_machine(there=False) if case.startswith("C170-") else nullcontext():
        done = command.conducto(scratch, *words(case))
    assert command.fingerprint(scratch) == before
    assert done.out == ""
    snapshot.snapshot_dir = ERRORS / case
    snapshot.assert_match(f"{_without_python_carets(done.err)}exit status {done.status}\n".encode(), "expected.txt")
    assert done.status == 2
    assert f"error[{of_case(case)}]: " in done.err


def _without_python_carets(text: str) -> str:
    """What Python draws under the lines of a traceback differs from version to version."""
    return re.sub(r"^ {5,}[~^][ ~^]*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_the_caret_is_on_exactly_the_fault(case: str, scratch: Path) -> None:
    before = command.fingerprint(scratch)
    done = command.conducto(scratch, *words(case), "--format", "json")
    assert (done.status, done.out) == (2, "")
    (found,) = json.loads(done.err)
    assert found["code"] == of_case(case)
    assert found["severity"] == "error"
    assert found["message"]
    assert found["help"]
    assert found["node"] or not ABOUT_NODES.fullmatch(found["code"])
    assert _pointed_at(found, scratch, case) == _fault(case)
    assert command.fingerprint(scratch) == before


def _fault(case: str) -> tuple[str | None, int | None, str]:
    """File, line and expression of a case's fault, as written beside it; None for what is not said."""
    (said,) = [
        (path.name, number, found.group(1))
        for path in sorted((ERRORS / case).iterdir())
        if path.is_file() and path.name not in ("accepted.toml", "expected.txt")
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if (found := re.search("# fault: (.*)$", line))
    ]
    return (None, None, said[2]) if said[0] == "command.txt" else said


def _pointed_at(found: dict[str, Any], scratch: Path, case: str) -> tuple[str | None, int | None, str]:
    if found["file"] is None:
        text = " ".join(["conducto", *words(case), "--format", "json"])
    else:
        text = (scratch / found["file"]).read_text().split("\n")[found["line"] - 1]
    fault = text[found["column"] - 1 : found["end_column"] - 1]
    marked = _fault(case)[0] is not None
    return (found["file"], found["line"], fault) if marked else (None, None, fault)


@pytest.mark.parametrize("case", [case for case in CASES if of_case(case).startswith("C1")])
def test_printing_refuses_it_in_the_same_words(case: str, scratch: Path) -> None:
    printed = command.conducto(scratch, "pipeline.py")
    assert printed == command.conducto(scratch, *words(case))


@pytest.mark.parametrize("case", CASES)
def test_the_near_twin_is_accepted(case: str, scratch: Path) -> None:
    accepted = words(case)
    for twin, refused in (("accepted.py", "pipeline.py"), ("accepted.toml", "pyproject.toml")):
        if (scratch / twin).exists():
            (scratch / twin).rename(scratch / refused)
    if (ERRORS / case / "accepted.txt").exists():
        accepted = shlex.split((ERRORS / case / "accepted.txt").read_text())[1:]
    done = command.conducto(scratch, *accepted)
    assert done.status == 0, done.err
    assert "wrote " in done.err
