"""`conducto compile` as a command: its options, its exit status, what it writes and where, and what it never does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from conducto import cli, header, naming
from tests import command
from tests.command import Ended, conducto
from tests.plugin_thorough import also

PIPELINE = """
import conducto as co

def run(n: int = 1):
    return co.Exec(f"echo run{n}")

def other(check="", output=""):
    return co.Exec(f"echo other {check} {output}")

if __name__ == "__main__":
    co.main(default=run)
"""
MAKE = ("compile", "--target", "make")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with one pipeline at its root."""
    folder = command.repository(tmp_path / "repo")
    return command.write(folder, pipeline=PIPELINE)


def made(folder: Path) -> list[str]:
    """What there is besides the sources."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if not path.endswith(".py") and not path.startswith(".git/"))


def right(done: Ended) -> Ended:
    assert done.status == 0, done.err
    return done


# --- where outputs go -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words", "files"),
    [
        ("pipeline.py", (), {"pipeline.mk", ".github/workflows/pipeline.yml", "pipeline.argo.yaml"}),
        ("pipeline.py", ("run",), {"pipeline.mk", ".github/workflows/pipeline.yml", "pipeline.argo.yaml"}),
        ("pipeline.py", ("--n=3",), {"pipeline.mk", ".github/workflows/pipeline.yml", "pipeline.argo.yaml"}),
        (
            "pipeline.py",
            ("other",),
            {"pipeline-other.mk", ".github/workflows/pipeline-other.yml", "pipeline-other.argo.yaml"},
        ),
        ("ci/a/pipe.py", (), {"ci/a/pipe.mk", ".github/workflows/ci-a-pipe.yml", "ci/a/pipe.argo.yaml"}),
        ("ci/pipe.v2.py", (), {"ci/pipe.v2.mk", ".github/workflows/ci-pipe.v2.yml", "ci/pipe.v2.argo.yaml"}),
    ],
)
def test_output_names(repo: Path, source: str, words: tuple[str, ...], files: set[str]) -> None:
    (repo / source).parent.mkdir(parents=True, exist_ok=True)
    (repo / source).write_text(PIPELINE)
    done = right(conducto(repo, "compile", "-t", "make,github,argo", source, *words))
    assert set(made(repo)) == files
    assert done.out == ""
    assert sorted(done.err.split("\n")) == sorted(["", *(f"wrote {path}" for path in files)])


def test_a_name_that_no_file_system_takes_carries_a_hash(repo: Path) -> None:
    (repo / "My pipe.py").write_text(PIPELINE)
    right(conducto(repo, "compile", "-t", "github", "My pipe.py"))
    assert made(repo) == [f".github/workflows/{naming.mangle('My pipe', naming.FILE)}.yml"]


def test_it_is_the_same_from_any_folder(repo: Path) -> None:
    (repo / "ci").mkdir()
    (repo / "ci" / "pipe.py").write_text(PIPELINE)
    absolute = str(repo / "ci" / "pipe.py")
    for folder, file in (
        (repo, "ci/pipe.py"),
        (repo / "ci", "pipe.py"),
        (repo.parent, "repo/ci/pipe.py"),
        (Path("/"), absolute),
    ):
        right(conducto(folder, "compile", "-t", "make,github,argo", file))
        assert right(conducto(repo, "compile", "-t", "make,github,argo", "--check", "ci/pipe.py")).out == ""
    assert len(made(repo)) == 3


def test_without_a_repository_a_workflow_has_no_place(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline=PIPELINE)
    right(conducto(tmp_path, "compile", "-t", "make,argo", "pipeline.py"))
    before = command.fingerprint(tmp_path)
    done = conducto(tmp_path, "compile", "-t", "make,github", "pipeline.py")
    assert done.status == 2
    place = ".github/workflows/pipeline.yml"
    assert done.err.startswith(f"error[C412]: pipeline.py lies in no repository, so there is no place for {place}\n")
    assert command.fingerprint(tmp_path) == before
    right(conducto(tmp_path, "compile", "-t", "github", "pipeline.py", "-o", "w.yml"))
    assert "w.yml" in made(tmp_path)


@pytest.mark.parametrize(
    ("targets", "output", "files"),
    [
        ("make", "x.mk", {"x.mk"}),
        ("make", "new/deep/x.mk", {"new/deep/x.mk"}),
        ("make", "there", {"there/pipeline.mk"}),
        ("make", "there/", {"there/pipeline.mk"}),
        ("make", "new/", {"new/pipeline.mk"}),
        ("make,github,argo", "new/", {"new/pipeline.mk", "new/pipeline.yml", "new/pipeline.argo.yaml"}),
        ("make,github,argo", "there", {"there/pipeline.mk", "there/pipeline.yml", "there/pipeline.argo.yaml"}),
        ("make", ".", {"pipeline.mk"}),
    ],
)
def test_where_o_puts_it(repo: Path, targets: str, output: str, files: set[str]) -> None:
    (repo / "there").mkdir()
    right(conducto(repo, "compile", "-t", targets, "-o", output, "pipeline.py"))
    assert set(made(repo)) == files
    right(conducto(repo, "compile", "-t", targets, "-o", output, "pipeline.py", "--check"))


def test_o_is_meant_from_where_one_stands(repo: Path) -> None:
    (repo / "sub").mkdir()
    right(conducto(repo / "sub", *MAKE, "../pipeline.py", "-o", "x.mk"))
    right(conducto(repo / "sub", *MAKE, "../pipeline.py", "-o", "../../outside.mk"))
    assert made(repo) == ["sub/x.mk"]
    assert (repo.parent / "outside.mk").exists()


# --- -o - -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["make", "github", "argo"])
def test_standard_output_is_the_file_and_nothing_else(repo: Path, target: str) -> None:
    right(conducto(repo, "compile", "-t", target, "pipeline.py"))
    (path,) = made(repo)
    noisy = "import os\nprint('one')\nos.system('echo two')\n"
    command.write(repo, pipeline=noisy + PIPELINE.replace("    return", "    print('three')\n    return"))
    before = command.fingerprint(repo)
    done = right(conducto(repo, "compile", "-t", target, "-o", "-", "pipeline.py"))
    assert done.out == (repo / path).read_text()
    assert sorted(done.err.split()) == ["one", "three", "two"]
    assert command.fingerprint(repo) == before


def test_standard_output_needs_no_repository(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline=PIPELINE)
    done = right(conducto(tmp_path, "compile", "-t", "github", "-o", "-", "pipeline.py"))
    assert "# Made by conducto from pipeline.py, run." in done.out
    assert made(tmp_path) == []


@pytest.mark.parametrize(
    "words", [("-t", "make,argo", "-o", "-"), ("-t", "make", "-o", "-", "--check"), ("-t", "make,argo", "-o", "x")]
)
def test_options_that_do_not_go_together(repo: Path, words: tuple[str, ...]) -> None:
    done = conducto(repo, "compile", *words, "pipeline.py")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error[C415]: ")
    assert made(repo) == []


# --- never overwriting ------------------------------------------------------------------------------------------------


def test_ours_is_written_anew_and_another_function_is_not_ours(repo: Path) -> None:
    right(conducto(repo, *MAKE, "pipeline.py"))
    command.write(repo, pipeline=PIPELINE.replace("echo run", "echo changed"))
    assert right(conducto(repo, *MAKE, "pipeline.py")).err == "wrote pipeline.mk\n"
    assert right(conducto(repo, *MAKE, "pipeline.py")).err == "unchanged pipeline.mk\n"
    assert "changed1" in (repo / "pipeline.mk").read_text()
    done = conducto(repo, *MAKE, "pipeline.py", "other", "-o", "pipeline.mk")
    assert done.status == 2
    assert done.err.startswith("error[C410]: pipeline.mk was made from pipeline.py, run")
    right(conducto(repo, *MAKE, "pipeline.py", "other", "-o", "pipeline.mk", "--force"))
    assert header.maker((repo / "pipeline.mk").read_text()) == ("pipeline.py", "other")


def test_nothing_is_written_unless_every_target_compiles(repo: Path) -> None:
    command.write(repo, pipeline=PIPELINE)
    (repo / "pyproject.toml").write_text('[tool.conducto.argo]\ndefault-image = ""\n')
    before = command.fingerprint(repo)
    done = conducto(repo, "compile", "-t", "make,github,argo", "pipeline.py")
    assert done.status == 2
    assert "error[C301]: " in done.err
    assert command.fingerprint(repo) == before
    right(conducto(repo, "compile", "-t", "make,github", "pipeline.py"))


def test_a_helper_leaves_no_bytecode_behind(repo: Path) -> None:
    command.write(repo, pipeline="import helper\n" + PIPELINE, helper="")
    right(conducto(repo, *MAKE, "pipeline.py"))
    assert sorted(path.name for path in repo.iterdir()) == [".git", "helper.py", "pipeline.mk", "pipeline.py"]


# --- --check ----------------------------------------------------------------------------------------------------------


def test_check_tells_fresh_from_stale_from_wrong(repo: Path) -> None:
    every = ("compile", "-t", "make,github,argo", "pipeline.py", "--check")
    new = conducto(repo, *every)
    assert (new.status, new.err) == (1, "")
    assert new.out.count("--- /dev/null\n") == 3
    right(conducto(repo, *every[:-1]))
    before = command.fingerprint(repo)
    assert conducto(repo, *every) == (0, "", "")
    command.write(repo, pipeline=PIPELINE.replace("echo run", "echo changed"))
    stale = conducto(repo, *every)
    assert (stale.status, stale.err) == (1, "")
    assert "--- pipeline.mk\n+++ pipeline.mk\n@@" in stale.out
    assert stale.out.count("changed1") >= 3
    command.write(repo, pipeline="raise ValueError\n")
    assert conducto(repo, *every).status == 2
    command.write(repo, pipeline=PIPELINE)
    assert command.fingerprint(repo) == before
    assert conducto(repo, *every) == (0, "", "")


def test_a_difference_can_be_applied(repo: Path) -> None:
    done = conducto(repo, "compile", "-t", "make,github,argo", "pipeline.py", "--check")
    (repo / "patch").write_text(done.out)
    assert command.run(repo, "git", "init", "-q", ".").status == 0
    assert command.run(repo, "git", "apply", "-p0", "patch") == (0, "", "")
    (repo / "patch").unlink()
    assert conducto(repo, "compile", "-t", "make,github,argo", "pipeline.py", "--check") == (0, "", "")


def test_check_compares_what_is_not_ours_too(repo: Path) -> None:
    (repo / "pipeline.mk").write_text("mine:\n")
    done = conducto(repo, *MAKE, "pipeline.py", "--check")
    assert done.status == 1
    assert "-mine:\n" in done.out


# --- options and arguments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (("pipeline.py", "--n=3", "-t", "make", "-o", "-"), "echo run3"),
        (("-t", "make", "pipeline.py", "-o", "-", "run", "--n=3"), "echo run3"),
        (("--n=3", "-t", "make", "-o", "-", "pipeline.py"), "echo run3"),
        (("--n=3", "-t", "make", "pipeline.py", "run", "-o", "-"), "echo run3"),
        (("pipeline.py", "run", "-t", "make", "--n", "3", "-o", "-"), "echo run3"),
        (("pipeline.py", "run", "3", "-t", "make", "-o-"), "echo run3"),
        (("-tmake", "-o-", "pipeline.py", "other", "--", "--check=1", "--output=2"), "echo other 1 2"),
        (("-tmake", "-o-", "pipeline.py", "other", "--", "1", "2"), "echo other 1 2"),
        (("-tmake", "-o-", "pipeline.py", "--", "3"), "echo run3"),
        (("-tmake", "-o-", "pipeline.py", "--", "--n=3"), "echo run3"),
        (("--target", "make", "--output", "-", "pipeline.py"), "echo run1"),
        (("-t", " make , make ", "-t", "make", "-o", "-", "pipeline.py"), "echo run1"),
    ],
)
def test_options_may_stand_anywhere(repo: Path, words: tuple[str, ...], runs: str) -> None:
    assert f"# /   {runs}\n" in right(conducto(repo, "compile", *words)).out


@pytest.mark.parametrize(
    ("words", "fault", "help"),
    [
        (("--chek", "-t", "make", "pipeline.py"), "--chek", "did you mean `--check`?"),
        (("-t", "make", "--n", "3", "pipeline.py"), "--n", "write arguments of FUNC behind FILE, or as `--ARG=VALUE`"),
        (("-t", "make", "-x.py"), "-x.py", "write arguments of FUNC behind FILE, or as `--ARG=VALUE`"),
    ],
)
def test_an_unknown_option_is_no_file(repo: Path, words: tuple[str, ...], fault: str, help: str) -> None:
    done = conducto(repo, "compile", *words)
    title, _, line, carets, said = done.err.rstrip("\n").split("\n")[:1] + done.err.rstrip("\n").split("\n")[-4:]
    assert (done.status, title) == (2, f"error[C415]: `conducto compile` has no option `{fault}`")
    assert line[carets.index("^") :][: carets.count("^")] == fault
    assert said.endswith(f"help: {help}")


def test_what_it_says_makes_it_again(repo: Path) -> None:
    hidden = ("other", "--", "--check=1", "--output=it's")
    for words in ((), ("--n=3",), ("other", "--", "--check= "), hidden, ("run", "-o", "sub/x.mk")):
        before = right(conducto(repo, *MAKE, "pipeline.py", *words)).err.split()[1]
        text = (repo / before).read_text()
        (again,) = [line.removeprefix("#   ") for line in text.split("\n") if line.startswith("#   conducto compile ")]
        (repo / before).unlink()
        done = command.run(repo, "sh", "-c", again.replace("conducto", str(command.CONDUCTO), 1))
        assert right(done).err == f"wrote {before}\n"
        assert (repo / before).read_text() == text
        (repo / before).unlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "error[C421]: there is no pyproject.toml with `[tool.conducto]` here or above"),
        (("-t", "make"), "error[C421]: there is no pyproject.toml with `[tool.conducto]` here or above"),
        (("-t", "makes"), "error[C401]: there is no target `makes`"),
        (("pipeline.py",), "error[C401]: no target is given"),
        (("-t", "make", "pipeline.py", "-o"), "Option '-o' requires an argument"),
        (("-t", "make", "pipeline.py", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
        (("-t", "", "pipeline.py"), "error[C401]: no target is given"),
        (("-t", "make", "none.py"), "error[C402]: cannot read none.py: No such file or directory"),
        (("-t", "make", "pipeline.py", "-x"), "error[C409]: `-x` is no int, which parameter `n` wants"),
        (("-t", "make", "pipeline.py", "--n"), "error[C409]: `--n` wants a value"),
    ],
)
def test_bad_usage_is_status_2(repo: Path, words: tuple[str, ...], said: str) -> None:
    done = conducto(repo, "compile", *words)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert made(repo) == []


def test_warnings_do_not_fail(repo: Path) -> None:
    command.write(repo, empty="import conducto as co\nroot = co.Serial()\n")
    done = right(conducto(repo, *MAKE, "empty.py"))
    assert done.err.startswith("warning[C201]: there is nothing to run: the tree has no Exec\n --> empty.py:2\n")
    assert done.err.endswith("wrote empty.mk\n")
    again = right(conducto(repo, "compile", "-t", "make,github,argo", "--format", "json", "empty.py"))
    assert [found["code"] for found in json.loads(again.err)] == ["C201"]


def test_json_alone_on_stderr(repo: Path) -> None:
    assert conducto(repo, *MAKE, "pipeline.py", "--format", "json") == (0, "", "[]\n")
    done = conducto(repo, *MAKE, "pipeline.py", "rum", "--format", "json")
    (found,) = json.loads(done.err)
    column = len("conducto compile --target make pipeline.py ") + 1
    assert (found["code"], found["file"], found["column"]) == ("C404", None, column)


# --- help, versions, other commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [("--help",), ("-h",), ("compile", "--help"), ("compile", "-h"), ("compile", "x.py", "-h")]
)
def test_help(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = right(conducto(tmp_path, *words))
    assert done.out.startswith("Usage: conducto ")
    assert done.err == ""
    if "compile" in words:
        assert "argo, github, make" in done.out


def test_the_version_is_that_of_the_distribution(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert right(conducto(tmp_path, "--version")).out == f"conducto, version {version('conducto-compiler')}\n"


def test_an_unknown_command(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline=PIPELINE)
    done = conducto(tmp_path, "pipeline")
    assert done.status == 2
    assert "No such command 'pipeline'" in done.err


# --- in this process --------------------------------------------------------------------------------------------------


def test_the_command_in_this_process(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    words = [*MAKE, "pipeline.py", "-o", "-"]
    first = CliRunner().invoke(cli.group, words, standalone_mode=False)
    again = CliRunner().invoke(cli.group, words, standalone_mode=False)
    assert (first.return_value, first.stdout_bytes) == (0, again.stdout_bytes)
    assert first.stdout == right(conducto(repo, *words)).out
    wrong = CliRunner().invoke(cli.group, [*MAKE, "pipeline.py", "rum"], standalone_mode=False)
    assert wrong.return_value == 2
    assert "did you mean `run`?" in wrong.stderr


def test_several_targets_are_what_each_is_alone(repo: Path) -> None:
    right(conducto(repo, "compile", "-t", "argo,make", "-t", "github", "pipeline.py"))
    together = {path: (repo / path).read_bytes() for path in made(repo)}
    for path in together:
        (repo / path).unlink()
    for target in ("make", "github", "argo"):
        right(conducto(repo, "compile", "-t", target, "pipeline.py"))
    assert {path: (repo / path).read_bytes() for path in made(repo)} == together
    assert all(b"\r" not in content and content.endswith(b"\n") for content in together.values())
    assert not any(os.path.basename(path).startswith(".conducto-") for path in made(repo))


def test_json_is_one_array_whatever_was_said(repo: Path) -> None:
    command.write(repo, empty="import conducto as co\nroot = co.Serial()\n")
    (repo / "empty.mk").write_text("mine\n")
    done = conducto(repo, *MAKE, "--format", "json", "empty.py")
    assert (done.status, [found["code"] for found in json.loads(done.err)]) == (2, ["C201", "C410"])
    usage = conducto(repo, *MAKE, "--format=json", "-o")
    assert (usage.status, [found["code"] for found in json.loads(usage.err)]) == (2, ["C400"])


def test_a_failure_of_our_own_is_no_staleness(repo: Path) -> None:
    command.write(repo, odd="import conducto as co\nroot = co.Exec('x')\nroot._own = {'env': 5}\n")
    done = conducto(repo, *MAKE, "--check", "odd.py")
    assert done.status == 2
    assert "error[C901]: conducto itself failed: " in done.err
    assert "Traceback" in done.err, "who reports the bug needs it"
    (said,) = json.loads(conducto(repo, *MAKE, "--check", "odd.py", "--format", "json").err)
    assert (said["code"], said["message"][:24]) == ("C901", "conducto itself failed: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [(*MAKE, "-o", "-", "pipeline.py"), ("pipeline.py",)], ids=["compile", "print"])
def test_a_full_disk_is_said(repo: Path, words: tuple[str, ...]) -> None:
    done = command.run(repo, "sh", "-c", 'exec "$@" >/dev/full', "sh", str(command.CONDUCTO), *words)
    assert done.status == 2
    assert "error[C418]: cannot write standard output: No space left on device" in done.err
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err


def test_a_working_folder_that_is_gone_is_said(repo: Path) -> None:
    (repo / "gone").mkdir()
    done = command.run(
        repo, "sh", "-c", 'cd gone && rmdir ../gone && exec "$@"', "sh", str(command.CONDUCTO), "compile"
    )
    assert (done.status, done.err.split("\n")[0]) == (2, "error[C418]: the working folder is not there any more")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "streams", "status"),
    [
        also((*MAKE, "nope.py", "--check"), "2>&-", 2),
        ((*MAKE, "nope.py", "--check"), ">&- 2>&- <&-", 2),
        ((*MAKE, "-o", "-", "pipeline.py"), ">&-", 2),
        (("pipeline.py",), ">&-", 2),
        ((*MAKE, "nope.py", "--check"), "2>/dev/full", 2),
        also(("nope.py",), "2>/dev/full", 2),
        (("compile", "--nope"), "2>/dev/full", 2),
        ((*MAKE, "pipeline.py"), ">&- 2>&-", 0),
        ((*MAKE, "pipeline.py", "--check"), "2>&-", 1),
    ],
)
def test_a_stream_that_is_closed_or_full_makes_no_other_status(
    repo: Path, words: tuple[str, ...], streams: str, status: int
) -> None:
    done = command.run(repo, "sh", "-c", f'exec "$@" {streams}', "sh", str(command.CONDUCTO), *words)
    assert done.status == status
    assert "Traceback" not in done.out + done.err
    assert done.err == "" or "error[C418]: cannot write standard output: Bad file descriptor" in done.err


def test_the_source_is_never_overwritten(repo: Path) -> None:
    before = command.fingerprint(repo)
    done = conducto(repo, *MAKE, "--force", "-o", "pipeline.py", "pipeline.py")
    assert done.status == 2
    assert "error[C410]: `-o pipeline.py` is the pipeline's own source" in done.err
    assert command.fingerprint(repo) == before


def test_outside_the_repository_the_bytes_do_not_tell_where_that_lies(tmp_path: Path) -> None:
    made = []
    for place in ("one", "another/and/deeper"):
        checkout = command.repository(tmp_path / place)
        command.write(checkout, pipeline=PIPELINE)
        right(conducto(checkout, "compile", "-t", "make,github,argo", "pipeline.py", "-o", f"{tmp_path}/out/"))
        made.append({path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()})
    assert len(made[0]) == 3
    assert made[0] == made[1]


def test_the_caret_is_on_the_function_and_not_on_an_option_of_the_same_name(repo: Path) -> None:
    done = conducto(repo, "compile", "pipeline.py", "nope", "-o", "nope", "-t", "make")
    line, carets = (line[line.index("|") :] for line in done.err.split("\n")[3:5])
    assert line[carets.index("^") :].startswith("nope -o nope")
