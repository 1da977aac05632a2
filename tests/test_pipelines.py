"""`conducto compile` without FILE, or without a target: what pyproject.toml says, all of it or nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conducto import header
from tests import command
from tests.command import Ended, conducto

PIPELINE = """
import conducto as co

def run(n: int = 1):
    return co.Exec(f"echo run{n}")

def other():
    return co.Exec("echo other")

if __name__ == "__main__":
    co.main(default=run)
"""
PROJECT = """
[tool.conducto]
targets = ["make", "github"]

[[tool.conducto.pipelines]]
file = "pipeline.py"

[[tool.conducto.pipelines]]
file = "ci/deploy.py"
function = "run"
arguments = ["--n=3"]
targets = ["argo", "make"]
output = { make = "made/", argo = "deploy.yaml" }
name = "deployment"

[tool.conducto.pipelines.argo]
default-image = "alpine:3.20"
"""
MADE = [".github/workflows/pipeline.yml", "deploy.yaml", "made/deploy.mk", "pipeline.mk", "pyproject.toml"]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a project of two pipelines."""
    folder = command.repository(tmp_path / "repo")
    (folder / "pyproject.toml").write_text(PROJECT)
    return command.write(folder, pipeline=PIPELINE, ci__deploy=PIPELINE)


def files(folder: Path) -> dict[str, str]:
    """What there is besides the sources, by path."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py" and ".git" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode(errors="replace") for path in sorted(found)}


def right(done: Ended) -> Ended:
    assert done.status == 0, done.err
    return done


def refused(folder: Path, *words: str) -> list[dict[str, object]]:
    """What is said as JSON, after a refusal that wrote nothing."""
    before = command.fingerprint(folder)
    done = conducto(folder, *words, "--format", "json")
    assert (done.status, done.out) == (2, "")
    assert command.fingerprint(folder) == before
    found: list[dict[str, object]] = json.loads(done.err)
    assert all(diagnostic["help"] for diagnostic in found)
    return found


def project(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "ci", "ci/deeper"])
def test_all_pipelines_from_any_folder_of_the_project(repo: Path, place: str) -> None:
    (repo / place).mkdir(parents=True, exist_ok=True)
    done = right(conducto(repo / place, "compile"))
    assert done.out == ""
    assert done.err.count("wrote ") == 4
    assert list(files(repo)) == MADE
    assert right(conducto(repo / place, "compile", "--check")) == (0, "", "")
    assert right(conducto(repo / place, "compile")).err.count("unchanged ") == 4


def test_what_each_is_made_of(repo: Path) -> None:
    right(conducto(repo, "compile"))
    found = files(repo)
    assert "echo run1" in found["pipeline.mk"]
    assert "echo run3" in found["made/deploy.mk"]
    assert "python:3.13-slim" in found["made/deploy.mk"]
    assert ("alpine:3.20" in found["deploy.yaml"]) is ("python:3.13-slim" not in found["deploy.yaml"]) is True
    assert "name: deployment\n" in found["deploy.yaml"]
    assert ".conducto/state/deployment" in found["made/deploy.mk"]
    assert all(header.project(text) == "" for path, text in found.items() if path != "pyproject.toml")


def test_what_it_says_makes_it_again(repo: Path) -> None:
    right(conducto(repo, "compile"))
    before = files(repo)
    (again,) = {line for text in before.values() for line in text.split("\n") if line.startswith("#   conducto ")}
    for path in MADE[:-1]:
        (repo / path).unlink()
    words = again.removeprefix("#   conducto ").split()
    right(conducto(repo, *words))
    assert files(repo) == before


def test_targets_alone_narrow_it(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "make"))
    assert list(files(repo)) == ["made/deploy.mk", "pipeline.mk", "pyproject.toml"]
    right(conducto(repo, "compile", "-t", "github,argo"))
    assert list(files(repo)) == MADE
    project(repo, '[[tool.conducto.pipelines]]\nfile = "pipeline.py"\ntargets = ["make"]\n')
    (said,) = refused(repo, "compile", "-t", "argo")
    assert (said["code"], said["message"]) == ("C401", "no pipeline of pyproject.toml is for argo")


def test_nothing_is_written_unless_all_compile(repo: Path) -> None:
    command.write(repo, ci__deploy=PIPELINE.replace('co.Exec(f"echo run{n}")', "None"))
    (said,) = refused(repo, "compile")
    assert (said["code"], said["file"]) == ("C406", "ci/deploy.py")
    command.write(repo, pipeline="raise ValueError('no')\n")
    assert [said["code"] for said in refused(repo, "compile")] == ["C403", "C406"]
    assert [said["code"] for said in refused(repo, "compile", "--check")] == ["C403", "C406"]


@pytest.mark.parametrize(
    ("there", "put", "code", "line", "fault"),
    [
        ('"ci/deploy.py"', '"ci/gone.py"', "C402", 9, "ci/gone.py"),
        ('function = "run"', 'function = "rum"', "C404", 10, "rum"),
        ('"--n=3"', '"--n=x"', "C409", 11, "x"),
        ('"--n=3"', '"--m=3"', "C408", 11, "--m=3"),
    ],
)
def test_what_is_wrong_with_one_is_told_in_pyproject(
    repo: Path, there: str, put: str, code: str, line: int, fault: str
) -> None:
    text = PROJECT.replace(there, put)
    project(repo, text)
    (said,) = refused(repo, "compile")
    assert (said["code"], said["file"], said["line"]) == (code, "pyproject.toml", line)
    written = text.split("\n")[line - 1]
    assert written[int(str(said["column"])) - 1 : int(str(said["end_column"])) - 1] == fault


def test_one_pipeline_is_nothing_to_the_next(repo: Path) -> None:
    text = PIPELINE.replace("import conducto as co", "import os, helper, conducto as co")
    text = text.replace("echo run{n}", "echo {helper.NAME} {os.environ.get('SEEN')}")
    text = text.replace("def run", "os.environ['SEEN'] = helper.NAME\ndef run")
    command.write(repo, pipeline=text, helper="NAME = 'top'", ci__deploy=text, ci__helper="NAME = 'ci'")
    right(conducto(repo, "compile"))
    assert "echo top top" in files(repo)["pipeline.mk"]
    assert "echo ci ci" in files(repo)["deploy.yaml"]


def test_one_that_ends_the_process_does_not_end_ours(repo: Path) -> None:
    command.write(repo, ci__deploy="import os\nos._exit(0)\n")
    (said,) = refused(repo, "compile")
    assert (said["code"], said["message"]) == ("C403", "ci/deploy.py ended the process that ran it")


def test_what_they_print_is_no_output(repo: Path) -> None:
    command.write(repo, pipeline="print('hello')\n" + PIPELINE)
    done = right(conducto(repo, "compile"))
    assert done.out == ""
    assert "hello" in done.err


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (None, "C421", "there is no pyproject.toml with `[tool.conducto]` here or above"),
        ("[tool.conducto]\n", "C421", "pyproject.toml has no `pipelines` in `[tool.conducto]`"),
        ('[[tool.conducto.pipelines]]\nfile = "pipeline.py"\n', "C401", "this pipeline is for no target"),
    ],
)
def test_where_there_is_nothing_to_do(repo: Path, text: str | None, code: str, message: str) -> None:
    (repo / "pyproject.toml").unlink() if text is None else project(repo, text)
    (said,) = refused(repo, "compile")
    assert (said["code"], said["message"]) == (code, message)


def test_what_is_for_one_file_is_refused(repo: Path) -> None:
    for words in (("-o", "x.mk"), ("-o", "-"), ("-o", "folder/", "--check")):
        (said,) = refused(repo, "compile", *words)
        assert said["code"] == "C415"
    done = conducto(repo, "compile", "--", "--n=1")
    assert (done.status, done.err[:13]) == (2, "error[C415]: ")


# --- two that are one -------------------------------------------------------------------------------------------------


def test_one_file_is_not_written_twice(repo: Path) -> None:
    text = '[[tool.conducto.pipelines]]\nfile = "pipeline.py"\ntargets = ["make"]\n'
    project(repo, text + text + 'arguments = ["--n=2"]\nname = "x"\n')
    (said,) = refused(repo, "compile")
    assert (said["code"], said["file"], said["line"]) == ("C422", "pyproject.toml", 5)
    assert said["message"] == "pipeline.mk would be written twice"
    assert said["notes"] == ["pipeline 1: pipeline.py, for make", "pipeline 2: pipeline.py --n=2, for make"]
    project(repo, text + text + 'arguments = ["--n=2"]\nname = "x"\noutput = "./ci/../x.mk"\n')
    right(conducto(repo, "compile"))


@pytest.mark.parametrize("output", ['{ make = "x", github = "x" }', '{ make = "x", github = "ci/../x" }'])
def test_nor_by_two_targets(repo: Path, output: str) -> None:
    text = '[[tool.conducto.pipelines]]\nfile = "pipeline.py"\ntargets = ["make", "github"]\n'
    project(repo, f"{text}output = {output}\n")
    (said,) = refused(repo, "compile")
    assert (said["code"], said["line"], said["message"]) == ("C422", 4, "x would be written twice")


def test_nor_have_two_one_name(repo: Path) -> None:
    text = '[tool.conducto]\ntargets = ["make"]\nname = "n"\n'
    first, second = (f'[[tool.conducto.pipelines]]\nfile = "{file}.py"\n' for file in ("pipeline", "ci/deploy"))
    project(repo, text + first + second)
    (said,) = refused(repo, "compile")
    assert (said["code"], said["line"]) == ("C423", 7)
    assert said["message"] == "two pipelines of target `make` are called n"
    project(repo, text + first + second + 'name = "m"\n')
    right(conducto(repo, "compile"))
    project(repo, text + first + second + 'targets = ["argo"]\n')
    right(conducto(repo, "compile"))


def test_a_file_of_another_project(repo: Path) -> None:
    (repo / "ci" / "pyproject.toml").write_text("[tool.conducto]\n")
    (said,) = refused(repo, "compile")
    assert (said["code"], said["line"]) == ("C424", 9)
    assert said["message"] == "ci/deploy.py belongs to ci/pyproject.toml, which is nearer to it than pyproject.toml"
    (repo / "ci" / "pyproject.toml").unlink()
    (repo / "pyproject.toml").rename(repo / "ci" / "pyproject.toml")
    project(repo / "ci", PROJECT.replace('"pipeline.py"', '"../pipeline.py"').replace("ci/", ""))
    (said,) = refused(repo / "ci", "compile")
    assert said["message"] == "../pipeline.py does not lie below the folder of pyproject.toml".replace(
        "../pipeline.py", str(repo / "pipeline.py")
    )


# --- a file alone -----------------------------------------------------------------------------------------------------


def test_a_file_without_a_target_is_what_the_project_has_of_it(repo: Path) -> None:
    right(conducto(repo, "compile"))
    whole = files(repo)
    for file, made in (("pipeline.py", [MADE[0], MADE[3]]), ("ci/deploy.py", MADE[1:3])):
        for path in MADE[:-1]:
            (repo / path).unlink(missing_ok=True)
        right(conducto(repo / "ci", "compile", os.path.relpath(file, "ci")))
        assert {path: text for path, text in files(repo).items() if path != "pyproject.toml"} == {
            path: whole[path] for path in made
        }


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("-t", "make", "pipeline.py"), "pipeline.mk"),
        (("-t", "make", "pipeline.py", "run"), "pipeline.mk"),
        (("-t", "make", "ci/deploy.py", "--n=3"), "made/deploy.mk"),
        (("-t", "make", "ci/deploy.py", "run", "--n=3"), "made/deploy.mk"),
        (("ci/deploy.py", "run", "--n=3"), "made/deploy.mk"),
    ],
)
def test_a_pipeline_is_the_same_however_it_is_asked_for(repo: Path, words: tuple[str, ...], path: str) -> None:
    right(conducto(repo, "compile"))
    whole = files(repo)
    (repo / path).unlink()
    right(conducto(repo, "compile", *words))
    assert files(repo) == whole
    if words[0] == "-t":
        assert right(conducto(repo, "compile", *words, "-o", "-")).out == whole[path]


def test_what_the_file_itself_asks_for_is_the_default_of_the_project(repo: Path) -> None:
    command.write(repo, pipeline=PIPELINE.replace("default=run", "argv=['other']"))
    right(conducto(repo, "compile"))
    whole = files(repo)
    assert "echo other" in whole["pipeline-other.mk"]
    for words in (("pipeline.py",), ("-t", "make", "pipeline.py"), ("-t", "make", "pipeline.py", "other")):
        (repo / "pipeline-other.mk").unlink()
        right(conducto(repo, "compile", *words))
        assert files(repo) == whole


def test_another_target_or_function_is_not_the_projects(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "argo", "pipeline.py"))
    right(conducto(repo, "compile", "-t", "make", "pipeline.py", "other"))
    right(conducto(repo, "compile", "-t", "make", "pipeline.py", "-o", "mine.mk"))
    right(conducto(repo, "compile", "pipeline.py", "other"))
    found = files(repo)
    del found["pyproject.toml"]
    other = ["pipeline-other.mk", ".github/workflows/pipeline-other.yml"]
    assert sorted(found) == sorted(["pipeline.argo.yaml", "mine.mk", *other])
    assert {header.project(text) for text in found.values()} == {None}


def test_a_pipeline_keeps_its_name_and_settings_on_another_target(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "github", "ci/deploy.py", "--n=3"))
    text = (repo / ".github" / "workflows" / "deployment.yml").read_text()
    assert "conducto compile --target github ci/deploy.py run -- --n=3\n" in text


def test_a_file_that_is_no_pipeline_has_the_projects_targets_or_none(repo: Path) -> None:
    command.write(repo, third=PIPELINE)
    right(conducto(repo, "compile", "third.py"))
    assert [path for path in files(repo) if "third" in path] == [".github/workflows/third.yml", "third.mk"]
    project(repo, PROJECT.replace('targets = ["make", "github"]\n', ""))
    (said,) = refused(repo, "compile", "third.py")
    assert (said["code"], said["message"]) == ("C401", "no target is given")
    (said,) = refused(repo, "compile", "pipeline.py")
    assert (said["code"], said["file"]) == ("C401", "pyproject.toml")


def test_several_pipelines_of_a_file(repo: Path) -> None:
    entry = '[[tool.conducto.pipelines]]\nfile = "pipeline.py"\n'
    project(
        repo, f'{entry}targets = ["make"]\n{entry}function = "other"\ntargets = ["argo"]\n{entry}targets = ["argo"]\n'
    )
    right(conducto(repo, "compile", "pipeline.py"))
    made = ["pipeline-other.argo.yaml", "pipeline.argo.yaml", "pipeline.mk", "pyproject.toml"]
    assert list(files(repo)) == made
    assert right(conducto(repo, "compile", "--check")).out == ""
    assert right(conducto(repo, "compile", "-t", "make,argo", "--check", "pipeline.py")).out == ""
    (said,) = refused(repo, "compile", "pipeline.py", "-o", "x")
    assert (said["code"], said["message"]) == ("C415", "`-o x` is one file, and 2 pipelines were given")
    right(conducto(repo, "compile", "pipeline.py", "-o", "folder/"))
    assert len([path for path in files(repo) if path.startswith("folder/")]) == 3


def test_the_name_of_the_project(repo: Path) -> None:
    project(repo, '[tool.conducto]\nname = "whole project"\n')
    right(conducto(repo, "compile", "-t", "make", "pipeline.py"))
    right(conducto(repo, "compile", "-t", "make", "pipeline.py", "other"))
    found = files(repo)
    assert ".conducto/state/whole-project" in found["pipeline.mk"]
    assert ".conducto/state/whole-project-other" in found["pipeline-other.mk"]


# --- what nothing makes any more --------------------------------------------------------------------------------------


def left(folder: Path, *words: str) -> list[str]:
    """What `compile --check` says of files that are left, having written nothing and compared nothing unequal."""
    before = command.fingerprint(folder)
    done = conducto(folder, "compile", "--check", *words, "--format", "json")
    assert command.fingerprint(folder) == before
    assert done.out == ""
    found = json.loads(done.err) if done.err else []
    assert done.status == (1 if found else 0)
    assert {said["code"] for said in found} <= {"C425"}
    return [said["message"] for said in found]


@pytest.mark.parametrize("git", [False, True])
def test_a_file_whose_source_is_gone(repo: Path, git: bool) -> None:
    if git:
        (repo / ".git").rmdir()
        assert command.run(repo, "git", "init", "-q", ".").status == 0
    command.write(repo, third=PIPELINE)
    right(conducto(repo, "compile"))
    right(conducto(repo, "compile", "-t", "make", "third.py", "-o", "x/third.mk"))
    assert left(repo) == []
    (repo / "third.py").unlink()
    assert left(repo) == ["x/third.mk was made from third.py, which is gone"]
    assert left(repo, "-t", "make") == []
    assert left(repo, "pipeline.py") == []
    text = conducto(repo, "compile", "--check").err
    assert text.startswith("error[C425]: x/third.mk was made from third.py, which is gone\n --> x/third.mk:1\n")
    if git:
        (repo / ".gitignore").write_text("x/\n")
        assert left(repo) == []


def test_a_file_whose_pipeline_is_gone(repo: Path) -> None:
    right(conducto(repo, "compile"))
    right(conducto(repo, "compile", "-t", "make", "pipeline.py", "other"))
    project(
        repo,
        PROJECT.replace("deploy.yaml", "elsewhere.yaml")
        .replace('"argo", ', "")
        .replace(', argo = "elsewhere.yaml"', ""),
    )
    why = "was made from ci/deploy.py, run, which is no pipeline here any more"
    assert left(repo) == [f"deploy.yaml {why}"]
    assert conducto(repo, "compile", "-t", "make", "pipeline.py", "other", "--check").status == 0


def test_of_two_projects_in_one_repository_each_has_its_own(repo: Path) -> None:
    right(conducto(repo, "compile"))
    command.write(repo / "sub", inner=PIPELINE)
    project(repo / "sub", '[[tool.conducto.pipelines]]\nfile = "inner.py"\ntargets = ["make", "github"]\n')
    right(conducto(repo / "sub", "compile"))
    text = (repo / ".github" / "workflows" / "sub-inner.yml").read_text()
    assert "# Make it again, from sub:\n#   conducto compile\n" in text
    assert left(repo) == left(repo / "sub") == []
    project(repo / "sub", '[[tool.conducto.pipelines]]\nfile = "inner.py"\ntargets = ["make"]\n')
    assert left(repo) == []
    assert len(left(repo / "sub")) == 1


def test_what_only_looks_like_ours(repo: Path) -> None:
    right(conducto(repo, "compile"))
    text = (repo / "pipeline.mk").read_text().replace("pipeline.py", "gone.py")
    (repo / "notes.md").write_text(f"one\ntwo\nthree\n{text}")
    (repo / "binary").write_bytes(b"\xff\xfe\0")
    (repo / "link").symlink_to("nowhere")
    os.mkfifo(repo / "pipe")
    assert left(repo) == []
    (repo / "notes.md").write_text(text)
    assert left(repo) == ["notes.md was made from gone.py, which is gone"]


def test_stale_files_and_left_ones_are_both_told(repo: Path) -> None:
    command.write(repo, third=PIPELINE)
    right(conducto(repo, "compile"))
    right(conducto(repo, "compile", "-t", "make", "third.py"))
    (repo / "third.py").unlink()
    command.write(repo, pipeline=PIPELINE.replace("echo run", "echo changed"))
    done = conducto(repo, "compile", "--check")
    assert done.status == 1
    assert "+# /   echo changed1\n" in done.out
    assert "error[C425]: third.mk was made from third.py, which is gone\n" in done.err


def test_without_a_repository(tmp_path: Path) -> None:
    command.write(tmp_path / "ci", pipeline=PIPELINE)
    project(tmp_path, '[[tool.conducto.pipelines]]\nfile = "ci/pipeline.py"\ntargets = ["make", "argo"]\n')
    right(conducto(tmp_path, "compile"))
    assert list(files(tmp_path)) == ["ci/pipeline.argo.yaml", "ci/pipeline.mk", "pyproject.toml"]
    assert "# Make it again:\n#   conducto compile\n" in files(tmp_path)["ci/pipeline.mk"]
    assert right(conducto(tmp_path / "ci", "compile", "--check")) == (0, "", "")
