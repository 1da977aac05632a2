"""`python FILE --local`, `conducto FILE --local` and `conducto run FILE`: what runs, where it is, and how it ends."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import command, seed, stand_in
from tests.command import Ended, conducto, python
from tests.launching import HOST, age, ended, local, on_path, project, record, shell
from tests.makefiles import IMAGE, docker

pytestmark = pytest.mark.needs("make")

Way = Callable[..., Ended]
NODES = {"Build", "Test/app", "Test/web"}
#: The ways to launch FUNC of `f.py`, which a test completes with FUNC and its arguments.
WAYS: dict[str, Way] = {
    "python": lambda folder, *words: python(folder, "f.py", *words, "--local", HOST),
    "conducto FILE": lambda folder, *words: conducto(folder, "f.py", *words, "--local", HOST),
    "conducto run": lambda folder, *words: conducto(folder, "run", HOST, "f.py", *words),
}
WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@WAY
def test_what_is_done_ends_with_0(way: Way, tmp_path: Path) -> None:
    done = way(project(tmp_path), "run", "--n=7")
    assert done.status == 0, done.err
    assert f"Build | build 7\nBuild | {tmp_path}\n" in done.out
    assert done.err.startswith(
        "running f with ENGINE=host (as asked for); its logs go to .conducto/local/f/state/log\n"
    )
    assert done.err.endswith("----\n3 done, 0 failed, 0 not run\n")
    assert ended(tmp_path, "done") == NODES


@WAY
def test_what_fails_ends_with_1(way: Way, tmp_path: Path) -> None:
    done = way(project(tmp_path), "bad")
    assert done.status == 1, done.err
    assert "FAILED a: exit status 3" in done.err
    assert (ended(tmp_path, "failed", "f-bad"), ended(tmp_path, "unrun", "f-bad")) == ({"a"}, {"b"})


@WAY
def test_what_is_wrong_with_the_tree_is_said_as_compile_says_it(way: Way, tmp_path: Path) -> None:
    before = command.fingerprint(project(tmp_path))
    done = way(tmp_path, "wrong")
    compiled = conducto(tmp_path, "compile", "-t", "make", "f.py", "wrong")
    assert (done.status, done.out) == (2, "")
    assert done.err == compiled.err
    assert done.err.startswith("error[C203]: ")
    assert " = node: /a\n" in done.err
    assert command.fingerprint(tmp_path) == before


@WAY
@pytest.mark.parametrize(
    ("words", "code"),
    [(("nothing",), "C404"), (("run", "--m=1"), "C408")],
)
def test_a_bad_command_line_ends_with_2(way: Way, words: tuple[str, ...], code: str, tmp_path: Path) -> None:
    before = command.fingerprint(project(tmp_path))
    done = way(tmp_path, *words)
    assert (done.status, done.out, done.err[:11]) == (2, "", f"error[{code}]")
    assert command.fingerprint(tmp_path) == before


def test_without_func_it_is_the_default(tmp_path: Path) -> None:
    project(tmp_path)
    assert python(tmp_path, "f.py", "--local", HOST).status == 0
    assert ended(tmp_path, "done") == NODES
    assert python(tmp_path, "f.py", "--run", "--n=2", HOST).status == 0
    assert "build 2" in (local(tmp_path) / "state/log/Build.log").read_text()
    assert conducto(tmp_path, "run", "f.py", HOST, "--n=3").status == 0
    assert "build 3" in (local(tmp_path) / "state/log/Build.log").read_text()
    assert [path.name for path in local(tmp_path).parent.iterdir() if path.is_dir()] == ["f"]


def test_what_co_main_gives_the_root_counts(tmp_path: Path) -> None:
    text = 'import conducto as co\n\ndef run():\n    return co.Exec("echo $A")\n\nif __name__ == "__main__":\n'
    project(tmp_path, text + '    co.main(env={"A": "main"})\n')
    for way in WAYS.values():
        assert "all | main\n" in way(tmp_path, "run").out


def test_nothing_that_is_committed_is_touched(tmp_path: Path) -> None:
    project(tmp_path)
    assert conducto(tmp_path, "compile", "-t", "make,github,argo", "f.py").status == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert python(tmp_path, "f.py", "--local", HOST).status == 0
    assert {path: path.read_bytes() for path in before} == before
    new = {
        path.relative_to(tmp_path).parts[:2] for path in tmp_path.rglob("*") if path.is_file() and path not in before
    }
    assert new == {(".conducto", "local")}
    assert (tmp_path / ".conducto/local/.gitignore").read_text() == "*\n"
    assert conducto(tmp_path, "compile", "--check", "-t", "make,github,argo", "f.py").status == 0


def test_the_makefile_says_where_it_is_from_and_works_by_itself(tmp_path: Path) -> None:
    project(tmp_path / "in", name="ci__f")
    folder = tmp_path / "in"
    done = python(folder, "ci/f.py", "run", "--n=2", "--msg=a b", "--title=My run", "--local", "--no-run", HOST)
    assert done.status == 0, done.err
    (place,) = [path for path in (folder / ".conducto/local").iterdir() if path.is_dir()]
    assert re.fullmatch("ci-f-my-run-[0-9a-f]{8}", place.name)
    lines = (place / "pipeline.mk").read_text().split("\n")
    assert lines[0] == "# Made by conducto from ci/f.py, to be run here. Change that file and launch it again."
    at = lines.index("# Launch it again, from the repository's root:")
    assert lines[at + 1] == "#   conducto run '--title=My run' ci/f.py run -- --n=2 '--msg=a b'"
    assert lines[3] == f"#   make -f .conducto/local/{place.name}/pipeline.mk"
    ran = command.run(tmp_path, "make", "-f", f"in/.conducto/local/{place.name}/pipeline.mk", "ENGINE=host")
    assert ran.status == 0, ran.err
    assert f"Build | build 2 a b\nBuild | {folder}/ci\n" in ran.out
    again = shell(folder, f"{command.CONDUCTO.parent}/{lines[at + 1][4:]}".replace(" run ", " run --no-run ", 1))
    assert again.status == 0, again.err
    assert {path.name for path in place.parent.iterdir()} == {".gitignore", place.name}


def test_what_pyproject_toml_says_counts(tmp_path: Path) -> None:
    project(tmp_path)
    pipeline = '[[tool.conducto.pipelines]]\nfile = "f.py"\nfunction = "bad"\ntargets = ["make"]\nname = "other"\n'
    (tmp_path / "pyproject.toml").write_text(f'{pipeline}[tool.conducto.pipelines.make]\ndefault-image = ""\n')
    done = python(tmp_path, "f.py", "bad", "--local")
    assert done.status == 1
    assert done.err.startswith(
        "running other (no Exec has an image, so all run on this host); its logs go to .conducto/local/other/"
    )


def test_what_returns_no_node_is_not_launched(tmp_path: Path) -> None:
    project(tmp_path)
    assert conducto(tmp_path, "run", "f.py", "number", HOST).err.startswith("error[C404]: ")
    assert python(tmp_path, "f.py", "number", "--local").err.startswith("error[C408]: ")
    assert python(tmp_path, "f.py", "unhinted", "--local").err.startswith(
        "error[C406]: `unhinted` returned int, not a node"
    )


def test_what_is_made_ready_is_started_as_it_says(tmp_path: Path) -> None:
    done = python(project(tmp_path), "f.py", "--local", "--no-run", "--jobs=3", HOST)
    said = re.fullmatch("f is ready, and nothing runs yet\n  start it:    (make .*)    # as asked for\n", done.err)
    assert (done.status, done.out, said is not None) == (0, "", True)
    assert not (local(tmp_path) / "state").exists()
    assert said is not None
    assert "ENGINE=host JOBS=3" in said[1]
    assert shell(tmp_path, said[1]).status == 0
    assert ended(tmp_path, "done") == NODES


def test_title_and_doc_are_the_roots(tmp_path: Path) -> None:
    project(tmp_path)
    assert conducto(tmp_path, "run", "--no-run", "f.py", "--title", "T", "--doc=Told.", HOST).status == 0
    (place,) = [path for path in (tmp_path / ".conducto/local").iterdir() if path.is_dir()]
    text = (place / "pipeline.mk").read_text()
    assert ("# T\n" in text, "# Told.\n" in text, "Builds and tests" in text) == (True, True, False)
    for function, wanted in (("run", "# Else.\n"), ("bad", "# Else.\n")):
        assert python(tmp_path, "f.py", function, "--local", "--no-run", "--default-doc=Else.", HOST).status == 0
        name = "f" if function == "run" else "f-bad"
        assert wanted in (local(tmp_path, name) / "pipeline.mk").read_text()


def test_a_docstring_stays_the_doc(tmp_path: Path) -> None:
    project(tmp_path)
    assert python(tmp_path, "f.py", "--local", "--no-run", HOST).status == 0
    assert "# Builds and tests.\n" in (local(tmp_path) / "pipeline.mk").read_text()


@pytest.mark.parametrize("words", [("run", "--local"), ("--local",)])
def test_an_empty_pipeline_ends_done(words: tuple[str, ...], tmp_path: Path) -> None:
    project(tmp_path, "import conducto as co\ndef run():\n    return co.Serial()\nco.main()\n")
    done = python(tmp_path, "f.py", *words, HOST)
    assert done.status == 0, done.err
    assert "warning" in done.err


def test_a_node_of_the_file(tmp_path: Path) -> None:
    project(tmp_path, 'import conducto as co\nroot = co.Exec("echo $CONDUCTO_NODE")\nco.main()\n')
    for done in (python(tmp_path, "f.py", "--local", HOST), conducto(tmp_path, "run", "f.py", "root", HOST)):
        assert (done.status, done.out) == (0, "all | /\n")


def test_a_failure_that_is_forgiven_at_the_root(tmp_path: Path) -> None:
    text = 'import conducto as co\nroot = co.Serial(suppress_errors=True)\nroot["a"] = co.Exec("false")\nco.main()\n'
    assert python(project(tmp_path, text), "f.py", "--local", HOST).status == 0


def test_a_run_that_cannot_begin_ends_with_2(tmp_path: Path) -> None:
    project(tmp_path)
    assert python(tmp_path, "f.py", "bad", "--local", HOST).status == 1
    state = local(tmp_path, "f-bad") / "state"
    (state / ".gitignore").write_text("not ours")
    done = python(tmp_path, "f.py", "bad", "--local", HOST)
    assert (done.status, "holds something else than the state of a pipeline" in done.err) == (2, True)
    done = python(tmp_path, "f.py", "bad", "--local", "--no-shell", HOST)
    assert (done.status, "f-bad could not begin:\n" in done.err) == (2, True)
    assert "holds something else than the state of a pipeline" in done.err


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / ".conducto").write_text("a file")
    done = python(tmp_path, "f.py", "--local", HOST)
    assert done.status == 2
    assert re.match("error\\[C418\\]: cannot write [.]conducto", done.err)
    assert "let it be written to" in done.err


def test_outside_of_a_repository_it_is_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    command.write(tmp_path / "a b", f='import conducto as co\n\ndef run():\n    return co.Exec("pwd")\n')
    done = conducto(tmp_path, "run", "a b/f.py", HOST)
    assert (done.status, done.out) == (0, f"all | {tmp_path}/a b\n")
    assert ended(tmp_path / "a b", "done") == {"all"}


def test_asleep_it_says_what_is_kept_and_how_to_go_on(tmp_path: Path) -> None:
    done = python(project(tmp_path), "f.py", "--local", "--sleep-when-done", "--retention=30", HOST)
    said = re.search("^asleep: (.*) keeps .* for 30 days without activity; run it again: (.*)$", done.err, re.MULTILINE)
    assert said is not None, done.err
    assert said[1] == ".conducto/local/f"
    assert record(tmp_path) == {"version": 1, "source": "f.py", "retention": 30, "sleep_when_done": True}
    assert shell(tmp_path, said[2]).status == 0
    failed = python(tmp_path, "f.py", "bad", "--local", "--sleep-when-done", HOST)
    assert (failed.status, "asleep" in failed.err) == (1, False)
    assert ended(tmp_path, "failed", "f-bad") == {"a"}


def test_a_make_above_has_no_say(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "Makefile").write_text(f"x:\n\t{sys.executable} f.py --local {HOST}\n")
    done = command.run(folder, "make", "-s", "-j2", "x")
    assert (done.status, "jobserver" in done.err) == (0, False), done.err
    assert ended(tmp_path, "done") == NODES


def test_the_runtime_file_is_made_where_it_is_needed(tmp_path: Path) -> None:
    text = """
    import conducto as co

    def hello(n: int):
        print("hello", n)

    def run():
        root = co.Serial(image=co.Image(copy_dir="."))
        root["a"] = co.Exec(hello, 3)
        return root

    if __name__ == "__main__":
        co.main()
    """
    folder = project(tmp_path, textwrap.dedent(text))
    done = python(folder, "f.py", "run", "--local", HOST)
    assert (done.status, "a | hello 3\n" in done.out) == (0, True), done.err
    assert done.err.startswith("wrote .conducto/runtime.pyz\n")
    assert "wrote" not in python(folder, "f.py", "run", "--local", HOST).err
    stand_in.put(folder, b"not ours")
    shutil.rmtree(folder / ".conducto/local")
    done = python(folder, "f.py", "run", "--local", HOST)
    assert (done.status, done.err[:12], (folder / ".conducto/local").exists()) == (2, "error[C410]:", False)


LAZY = """
import conducto as co

def pipe() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Deploy"] = co.Exec("echo 3 >number")
    root["Test"] = co.Lazy(tests)
    return root

def tests() -> co.Parallel:
    output = co.Parallel()
    for i in range(int(open("number").read())):
        output[f"RunTest_{i}"] = co.Exec(f"echo test {i}")
    return output

if __name__ == "__main__":
    co.main(default=pipe)
"""


def test_a_lazy_tree_grows(tmp_path: Path) -> None:
    folder = project(tmp_path, LAZY)
    done = python(folder, "f.py", "--local", HOST)
    assert done.status == 0, done.err
    assert "Test/Execute/RunTest_2 | test 2\n" in done.out
    makefile = (local(tmp_path) / "pipeline.mk").read_text()
    assert '"origin":{"name":"f"' in makefile
    assert '"launched"' not in makefile  # an older runtime file must be able to read this


# --- the seed's first program -------------------------------------------------------------------------------------------


def _seed(folder: Path, image: str = "") -> Path:
    project(folder, seed.PROGRAM.read_text())
    if image:
        (folder / "pyproject.toml").write_text(f'[tool.conducto]\ndefault-image = "{image}"\n')
    return folder


def _check_seed(done: Ended, folder: Path) -> None:
    assert done.status == 0, done.err
    assert ended(folder, "done") == {"Build", "Test/app", "Test/backend", "Test/metrics"}
    assert "Build | docker build, make, npm i, etc.\n" in done.out
    assert "Test/metrics | run test for metrics\n" in done.out


def test_the_seeds_first_program_on_the_host(tmp_path: Path) -> None:
    env = on_path(tmp_path, "echo 'Cannot connect' >&2; exit 1")
    done = python(_seed(tmp_path), "f.py", "run", "--local", env=env)
    _check_seed(done, tmp_path)
    assert done.err.startswith("running f with ENGINE=host (docker does not answer (Cannot connect)); its logs go to ")


@pytest.mark.needs("docker", f"image:{IMAGE}")
def test_the_seeds_first_program_in_docker(tmp_path: Path) -> None:
    done = python(_seed(tmp_path, IMAGE), "f.py", "run", "--local")
    _check_seed(done, tmp_path)
    assert done.err.startswith("running f with ENGINE=docker (docker answers); its logs go to ")
    assert docker("ps", "-aq", "--filter", f"label=conducto.state={local(tmp_path)}/state") == []


# --- who has been here before -------------------------------------------------------------------------------------------


def test_what_has_expired_goes_at_the_next_launch(tmp_path: Path) -> None:
    project(tmp_path)
    assert python(tmp_path, "f.py", "bad", "--local", "--retention=3", HOST).status == 1
    assert python(tmp_path, "f.py", "--local", "--retention=9", HOST).status == 0
    age(tmp_path / ".conducto/local", 5)
    done = conducto(tmp_path, "run", "f.py", HOST)
    assert "deleted .conducto/local/f-bad: nothing happened there for 5 days\n" in done.err
    assert not local(tmp_path, "f-bad").exists()
    assert record(tmp_path)["retention"] == 7
