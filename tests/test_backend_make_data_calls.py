"""`co.data` and its programs in nodes on make: of functions, of what a Lazy generates, with nothing but the runtime file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import command, host_data
from tests.makefiles import IMAGE, Makefile, Ran
from tests.plugin_thorough import also
from tests.repositories import initialised

DOCKER = ("make", "git", "docker", "image:python:3.13-slim", f"image:{IMAGE}")


@dataclass(frozen=True)
class Place:
    """A repository for pipelines, and an engine."""

    folder: Path
    engine: str

    def make(self, project: str = "", **files: str) -> Makefile:
        """The pipeline of a file, compiled, and the files beside it."""
        command.write(initialised(self.folder), **files)
        (self.folder / "pyproject.toml").write_text(f"[tool.conducto]\n{project}\n")
        done = command.conducto(self.folder, "compile", "-t", "make", "pipeline.py")
        assert done.status == 0, done.err
        return Makefile(self.folder / "pipeline.mk")

    def run(self, made: Makefile, *words: str) -> Ran:
        return made.run(f"ENGINE={self.engine}", *words)


@pytest.fixture(
    params=[
        also("host", needs=("make", "git", "shared-data")),
        pytest.param("docker", marks=pytest.mark.needs(*DOCKER)),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with host_data.for_engine(request.param):
        yield Place(tmp_path, request.param)


LAZY = """
import os
import conducto as co


def pipe(number: int = 2) -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Deploy"] = co.Exec(f"echo {number} >/conducto/data/pipeline/number")
    root["Test"] = co.Lazy(tests)
    root["Report"] = co.Exec(report)
    return root


def tests() -> co.Parallel:
    if os.environ.get("CONDUCTO_LAZY") != "1":
        raise RuntimeError("too early")
    co.data.user.puts("calls", (co.data.user.gets("calls") if co.data.user.exists("calls") else b"") + b"x")
    output = co.Parallel()
    for number in range(int(co.data.pipeline.gets("number"))):
        output[f"test_{number}"] = co.Exec(test, number)
        output[f"shell_{number}"] = co.Exec(f"echo {number} >/conducto/data/pipeline/shell-{number}; ls /conducto")
    output["More"] = co.Lazy(more)
    return output


def test(number: int):
    co.temp_data.puts(f"results/{number}", b"well")


def more() -> co.Serial:
    root = co.Serial()
    root["sees"] = co.Exec("cat /conducto/data/pipeline/number")
    return root


def report():
    print(co.data.pipeline.list("results"), co.data.pipeline.list("shell"))


if __name__ == "__main__":
    co.main(default=pipe)
"""


def test_a_generator_reads_what_was_known_when_it_runs(place: Place) -> None:
    """Compiling and printing call it 0 times, each run once; a run on other data gives another tree of the same makefile."""
    made = place.make(pipeline=LAZY.replace("{number} >/", "$(cat /conducto/data/user/wanted) >/"))
    assert command.conducto(place.folder, "pipeline.py").status == 0
    user = place.folder / ".conducto/data/user"
    user.mkdir(parents=True)
    before = made.path.read_bytes()
    for count, wanted in enumerate((2, 1), 1):
        (user / "wanted").write_text(str(wanted))
        ran = place.run(made)
        assert ran.status == 0, ran.err
        assert (user / "calls").read_text() == "x" * count
        tests = {name.rpartition("/")[2] for name in made.ended("done") if name.startswith("Test/Execute/test")}
        assert tests == {f"test_{number}" for number in range(wanted)}
        results, shells = [f"results/{n}" for n in range(wanted)], [f"shell-{n}" for n in range(wanted)]
        assert made.log("Report").decode() == f"{results} {shells}\n"
        assert made.log("Test/Execute/More/Execute/sees").decode() == f"{wanted}\n"
    assert made.path.read_bytes() == before


#: Its file does not name it, and what it generates does.
LATER = """
import conducto as co


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Test"] = co.Lazy(tests)
    return root


def tests() -> co.Serial:
    output = co.Serial()
    output["names"] = co.Exec("echo $CONDUCTO_NODE >/conducto" + "/data/pipeline/node; cat /conducto" + "/data/pipeline/node")
    return output


co.main(default=run)
"""


def test_what_is_generated_has_it_where_nothing_else_has(place: Place) -> None:
    made = place.make(pipeline=LATER)
    assert place.run(made).status == 0
    assert made.log("Test/Execute/names") == b"/Test/Execute/names\n"


@pytest.mark.needs("make", "git", "shared-data")
def test_what_is_generated_is_refused_where_it_cannot_be_written(tmp_path: Path) -> None:
    with host_data.of_this_machine(there=False):
        made = Place(tmp_path, "host").make(pipeline=LATER)
        ran = made.run("ENGINE=host")
    assert ran.status == 2
    wanted = "Test/Generate: FAILED: Test/Execute/names names /conducto/data, which cannot be written here, after"
    assert wanted in ran.err, ran.err
    assert made.ended("failed") == {"Test/Generate"}


PROGRAMS = """
import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["puts"] = co.Exec("echo 1 | conducto-data-pipeline puts /a/b; conducto-perm-data list; command -v conducto-temp-data")
    root["gets"] = co.Exec("conducto-temp-data gets a/b && python3 -c 'import conducto as co; print(co.data.pipeline.list())'")
    root["leads"] = co.Exec("conducto-data-pipeline get ../x y", suppress_errors=True)
    return root
"""


def test_the_programs_are_there_with_nothing_but_python(place: Place) -> None:
    made = place.make(pipeline=PROGRAMS)
    ran = place.run(made)
    assert ran.status == 0, ran.err
    assert made.log("puts").decode().startswith("[]\n/")
    assert made.log("gets") == b"1\n['a']\n"
    assert b"error[C171]" in made.log("leads")


HELPED = """
import conducto as co
import helper


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Use"] = co.Exec(use)
    return root


def use() -> None:
    helper.use()
"""
HELPER = (
    "import conducto as co\n\n\ndef use():\n    co.data.pipeline.puts('x', b'1')\n    print(co.data.pipeline.list())\n"
)


@pytest.mark.needs(*DOCKER)
def test_who_uses_what_it_does_not_name_is_told_what_to_do(tmp_path: Path) -> None:
    place = Place(tmp_path, "docker")
    made = place.make(pipeline=HELPED, helper=HELPER)
    assert made.run().status == 2
    said = made.log("Use").decode()
    assert (
        "error[C170]: there is no /conducto/data/pipeline here: shared data is not set up\n --> helper.py:5\n" in said
    )
    assert "set `shared-data = true` in `[tool.conducto]`" in said
    made = place.make("shared-data = true", pipeline=HELPED, helper=HELPER)
    assert made.run().status == 0
    assert made.log("Use") == b"['x']\n"
