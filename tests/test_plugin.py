"""Other people's targets: a distribution of its own adds one, and one that is broken disturbs no other."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from tests import built

pytestmark = pytest.mark.needs("package-index")

LISTING = """\
# Made by conducto from pipeline.py, run. Change that file and compile again.
#
# Run it:
#   cat pipeline.txt
# Make it again:
#   conducto compile --target listing pipeline.py
#
# /
# ├─0 Build   echo "$X"
# └─1 Test
#   └─ app   echo test
- /: serial of 2
  - /Build (alpine): echo "$X"
  - /Test: parallel of 1
    - /Test/app (python:3.13-slim): echo test
"""

PIPELINE = """
import conducto as co

def run():
    pipeline = co.Serial()
    pipeline["Build"] = co.Exec('echo "$X"', image="alpine")
    pipeline["Test"] = co.Parallel()
    pipeline["Test/app"] = co.Exec("echo test", gpu=GPU)
    return pipeline
"""

#: A target that is right but for what the tests plant in it.
TARGET = """
from conducto.header import header
from conducto.targets import Limits

{top}

class Target:
    name = title = "planted"
    limits = Limits()
    schema = {{"type": "object", "properties": {{"output": {{"type": "string"}}, "header": {{}}}}, "additionalProperties": False}}
    settings = {{}}
    options = {{}}

    def output(self, origin):
        return "planted.txt"

    def usage(self, origin):
        return []

    def document(self, plan, report):
        return {{"output": plan.origin.output, "header": header(plan.origin, "planted", []), {planted}}}

    def render(self, document):
        return {{document["output"]: "\\n".join(document["header"]) + "\\n"}}
"""


@lru_cache(maxsize=None)
def listing() -> Path:
    """The interpreter of an environment with conducto and the plug-in."""
    interpreter = built.above(built.environment(), "with-plugin")
    built.pip("--no-deps", built.build_wheel(built.ROOT / "tests" / "plugin"), into=interpreter)
    return interpreter


@lru_cache(maxsize=None)
def planted(top: str = "", planted: str = "", bottom: str = "", point: str = "planted") -> Path:
    """The interpreter of an environment with conducto, the plug-in, and a target with something planted in it."""
    name = f"planted-{len(list(built.room().glob('environments/planted-*')))}"
    interpreter = built.above(listing(), name)
    built.place(
        interpreter,
        {
            "planted.py": TARGET.format(top=top, planted=planted) + bottom,
            "someones_target-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: someones-target\nVersion: 1\n",
            "someones_target-1.dist-info/entry_points.txt": f"[conducto.targets]\n{point} = planted:Target\n",
        },
    )
    return interpreter


@pytest.fixture
def where(tmp_path: Path) -> Path:
    """A repository with a pipeline."""
    folder = built.repository(tmp_path / "repository")
    (folder / "pipeline.py").write_text(PIPELINE.replace("GPU", "None"), encoding="utf-8")
    return folder


def _compile(interpreter: Path, where: Path, *targets: str, status: int = 0) -> str:
    """What the command line says."""
    words = ["-m", "conducto", "compile", *(word for name in targets for word in ("--target", name)), "pipeline.py"]
    return built.call([interpreter, *words], cwd=where, status=status).stderr


def _files(where: Path) -> set[str]:
    return {path.relative_to(where).as_posix() for path in where.rglob("*") if ".git" not in path.parts}


def test_a_target_is_added_by_installing_it(where: Path) -> None:
    said = _compile(listing(), where, "listing")
    assert said == "wrote pipeline.txt\n"
    assert (where / "pipeline.txt").read_text(encoding="utf-8") == LISTING
    assert _compile(listing(), where, "listing") == "unchanged pipeline.txt\n"


def test_it_stands_beside_the_others(where: Path) -> None:
    _compile(listing(), where, "make", "listing")
    assert _files(where) == {"pipeline.py", "pipeline.txt", "pipeline.mk"}
    told = _compile(listing(), where, "listin", status=2)
    assert "there is no target `listin`" in told
    assert "did you mean `listing`?" in told


def test_what_it_cannot_say_is_a_diagnostic_like_any_other(where: Path) -> None:
    (where / "pipeline.py").write_text(PIPELINE.replace("GPU", "1"), encoding="utf-8")
    said = _compile(listing(), where, "make", "listing", status=2)
    assert "error[C399]: a list has no GPU\n --> pipeline.py:8\n" in said.replace("  -->", " -->")
    assert "node: /Test/app" in said
    assert _files(where) == {"pipeline.py"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('bullet = "*"', ""),
        ('default-image = "debian:12"', ""),
        ('bullet = "!"', "`bullet` in `[tool.conducto.listing]`: '!' is not one of"),
        ("bulet = 1", "`[tool.conducto.listing]` has no key `bulet`"),
    ],
)
def test_its_settings_are_checked_and_reach_it(where: Path, line: str, complaint: str) -> None:
    (where / "pyproject.toml").write_text(f"[tool.conducto.listing]\n{line}\n", encoding="utf-8")
    said = _compile(listing(), where, "listing", status=2 if complaint else 0)
    if complaint:
        assert f"error[C414]: {complaint}" in said
        assert "pyproject.toml:2" in said
        assert not (where / "pipeline.txt").exists()
    else:
        text = (where / "pipeline.txt").read_text(encoding="utf-8")
        assert ("\n    * /Test/app" in text) == line.startswith("bullet")
        assert ("/Test/app (debian:12)" in text) == line.startswith("default")


def test_its_own_test_suite_passes() -> None:
    run = "import test_listing; test_listing.test_listing()"
    built.call([listing(), "-c", run], cwd=built.ROOT / "tests" / "plugin", env={"PYTHONDONTWRITEBYTECODE": "1"})


def test_one_that_fails_to_import_is_named_and_disturbs_no_other(where: Path) -> None:
    broken = planted(top="raise OSError('no licence')")
    said = _compile(broken, where, "planted", status=2)
    assert "error[C419]: target `planted` of someones-target failed to load: OSError: no licence" in said
    assert "Traceback" not in said
    assert _files(where) == {"pipeline.py"}
    (where / "pyproject.toml").write_text('[tool.conducto.make]\ndefault-image = "alpine"\n', encoding="utf-8")
    _compile(broken, where, *built.OURS, "listing")
    assert "# Made by conducto" in (where / "pipeline.mk").read_text(encoding="utf-8")
    assert "planted" in built.call([broken, "-m", "conducto", "compile", "--help"], cwd=where).stdout


def test_a_document_that_breaks_its_schema_is_its_own_bug(where: Path) -> None:
    said = _compile(planted(planted='"more": 1'), where, "make", "planted", status=2)
    assert "error[C419]: target `planted` of someones-target made a document that breaks its schema at /: " in said
    assert "'more' was unexpected" in said
    assert _files(where) == {"pipeline.py"}


def test_the_same_target_with_nothing_planted_compiles(where: Path) -> None:
    _compile(planted(), where, "planted")
    assert _files(where) == {"pipeline.py", "planted.txt"}


def test_one_that_ends_the_program_is_named(where: Path) -> None:
    said = _compile(planted(top="raise SystemExit('boo')"), where, "planted", status=2)
    assert "error[C419]: target `planted` of someones-target failed to load: SystemExit: boo" in said


def test_one_that_is_no_emitter_is_named(where: Path) -> None:
    said = _compile(planted(bottom="Target = dict\n"), where, "planted", status=2)
    assert "error[C419]: target `planted` of someones-target is no emitter: it has no `name`" in said


def test_a_target_that_is_there_already_is_refused(where: Path) -> None:
    said = _compile(planted(point="make"), where, "make", status=2)
    assert "error[C419]: conducto-compiler and someones-target each have a target `make`" in said
    assert _files(where) == {"pipeline.py"}
