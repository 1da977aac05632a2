"""A Lazy on make: Generate in its own container or on the host, what it printed checked here, and run in its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import command
from tests.makefiles import Makefile, Ran
from tests.repositories import initialised

HOST = pytest.param("ENGINE=host", marks=pytest.mark.needs("make", "git"))
DOCKER = pytest.param("ENGINE=docker", marks=pytest.mark.needs("make", "git", "docker", "image:python:3.13-slim"))
BOTH = pytest.mark.parametrize("engine", [HOST, DOCKER])
#: The default image holds python3 and nothing of ours.
IMAGE = 'co.Image(copy_dir=".")'


def made(folder: Path, text: str) -> Path:
    """The pipeline of a file, compiled."""
    folder.mkdir(exist_ok=True)
    command.write(initialised(folder), pipeline=text)
    done = command.conducto(folder, "compile", "-t", "make", "pipeline.py")
    assert done.status == 0, done.err
    return folder


def run(folder: Path, *words: str) -> Ran:
    return Makefile(folder / "pipeline.mk").run(*words)


def told(folder: Path, target: str) -> str:
    return Makefile(folder / "pipeline.mk").log(target).decode()


def ended(folder: Path, how: str) -> set[str]:
    return Makefile(folder / "pipeline.mk").ended(how)


SEED = f"""
import conducto as co


def pipe() -> co.Serial:
    root = co.Serial(image={IMAGE})
    root["Deploy"] = co.Exec("echo Deploy service")
    root["Test"] = co.Lazy(test_service, num_tests=5)
    return root


def test_service(url:str=None, num_tests=1) -> co.Parallel:
    if url is None:
        url = "https://example.com/look_up_url_at_runtime"
    output = co.Parallel()
    for i in range(num_tests):
        output[f"RunTest_{{i}}"] = co.Exec(f"Testing deployment at {{url}}")
    return output


if __name__ == "__main__":
    co.main(default=pipe)
"""


@BOTH
def test_the_seeds_program(engine: str, tmp_path: Path) -> None:
    folder = made(tmp_path / "a", SEED)
    assert run(folder, engine).status == 2
    tests = {f"Test/Execute/RunTest_{i}" for i in range(5)}
    assert ended(folder, "done") == {"Deploy", "Test/Generate"}
    assert ended(folder, "failed") == tests
    for test in tests:
        assert "exit status 127" in (folder / ".conducto/state/pipeline/failed" / test.replace("/", ",")).read_text()
    folder = made(tmp_path / "b", SEED.replace('f"Testing', 'f"echo Testing'))
    assert run(folder, engine).status == 0
    assert ended(folder, "done") == {"Deploy", "Test/Generate"} | tests
    assert (
        told(folder, "Test/Execute/RunTest_3") == "Testing deployment at https://example.com/look_up_url_at_runtime\n"
    )


@BOTH
def test_the_seeds_other_program(engine: str, tmp_path: Path) -> None:
    text = SEED.replace(
        "co.Lazy(test_service, num_tests=5)", 'co.Lazy("conducto test.py --num-tests=2", node_type=co.Parallel)'
    )
    folder = made(tmp_path, text.replace('f"Testing', 'f"echo Testing'))
    (folder / "test.py").write_text(SEED.replace("default=pipe", "default=test_service").replace('f"T', 'f"echo T'))
    assert run(folder, engine).status == 0, told(folder, "Test/Generate")
    assert ended(folder, "done") == {"Deploy", "Test/Generate", "Test/Execute/RunTest_0", "Test/Execute/RunTest_1"}


def of(generator: str, **more: str) -> str:
    """A pipeline of one Lazy, whose function has this body; `more` is what is set on parts of it."""
    body = "\n".join(f"    {line}" for line in generator.strip().splitlines())
    lines = [f"    root[{path!r}].{attribute}" for path, attribute in more.items()]
    return "\n".join(
        [
            "import os, sys",
            "import conducto as co",
            "",
            "",
            "def run():",
            f"    root = co.Serial(image={IMAGE})",
            '    root["Grow"] = co.Lazy(grow)',
            '    root["After"] = co.Exec("echo after")',
            *lines,
            "    return root",
            "",
            "",
            "def grow():",
            "    root = co.Parallel()",
            '    root["a"] = co.Exec("echo a")',
            body,
            "    return root",
            "",
            "",
            "co.main(default=run)",
            "",
        ]
    )


@pytest.mark.needs("make", "git")
def test_it_is_made_as_late_as_can_be_and_anew_each_time(tmp_path: Path) -> None:
    body = """
with open("calls", "a") as calls: calls.write("x")
if os.environ.get("CONDUCTO_LAZY") != "1": raise RuntimeError("too early")
for number in range(int(open("count").read())): root[str(number)] = co.Exec("echo number")
"""
    folder = made(tmp_path, of(body))
    assert command.conducto(folder, "pipeline.py").status == 0
    assert not (folder / "calls").exists()
    for count, calls in ((3, "x"), (1, "xx")):
        (folder / "count").write_text(str(count))
        before = (folder / "pipeline.mk").read_bytes()
        assert run(folder, "ENGINE=host").status == 0
        assert (folder / "calls").read_text() == calls
        assert (folder / "pipeline.mk").read_bytes() == before
        assert {name for name in ended(folder, "done") if "Execute" in name} == {
            "Grow/Execute/a",
            *(f"Grow/Execute/{number}" for number in range(count)),
        }


@pytest.mark.needs("make", "git")
def test_no_other_node_is_told_to_generate(tmp_path: Path) -> None:
    body = 'root["see"] = co.Exec("echo lazy=$CONDUCTO_LAZY in $CONDUCTO_PIPELINE_ID"); print("some", file=sys.stderr)'
    folder = made(tmp_path, of(body).replace('"echo after"', '"echo lazy=$CONDUCTO_LAZY in $CONDUCTO_PIPELINE_ID"'))
    assert run(folder, "ENGINE=host").status == 0
    assert told(folder, "After").startswith("lazy= in ")
    assert told(folder, "Grow/Execute/see") == told(folder, "After")


WRONG = {
    "nothing": ("return 3", "it printed no pipeline"),
    "an Exec": ('return co.Exec("x")', "the root of its pipeline is an Exec, and must be a Serial or a Parallel"),
    "two": ("from conducto.wire import write; print(write.text(root))", "it printed two pipelines"),
    "one that raises": ('raise ValueError("no")', "exit status 2"),
    "a Secret of nobody's": ('root["a"].env["A"] = co.Secret("S")', "has the Secret S, which nothing above it names"),
    "an image to be built": ('root["a"].image = co.Image(dockerfile_text="FROM x")', "an image that must be built"),
    "a name that none is": ('root["a"].image_name = "nobodys"', "and no Image of this tree is called so"),
}


@pytest.mark.needs("make", "git")
@pytest.mark.parametrize("what", WRONG)
def test_a_generate_that_makes_no_pipeline_has_failed(what: str, tmp_path: Path) -> None:
    body, said = WRONG[what]
    folder = made(tmp_path, of(body))
    done = run(folder, "ENGINE=host")
    assert done.status == 2
    assert re.search(f"^Grow/Generate: FAILED: .*{re.escape(said)}", done.err, re.MULTILINE), done.err
    assert ended(folder, "failed") == {"Grow/Generate"}
    assert ended(folder, "unrun") == {"After"}


@pytest.mark.needs("make", "git")
def test_a_generate_that_is_forgiven_makes_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path, of('raise ValueError("no")', **{"Grow/Generate": "suppress_errors = True"}))
    assert run(folder, "ENGINE=host").status == 0
    assert ended(folder, "done") == {"After"}


@BOTH
def test_it_is_tried_again_with_what_is_generated_anew(engine: str, tmp_path: Path) -> None:
    text = of("pass", Grow="retries = 2").replace('"echo a"', '"echo attempt; exit 3"')
    folder = made(tmp_path, text)
    done = run(folder, engine)
    assert done.status == 2
    assert done.err.count("Grow/Generate: done") == 3
    assert told(folder, "Grow/Execute/a").count("attempt\n") == 3
    assert "Grow: attempt 2 of 3 failed" in done.err


@pytest.mark.needs("make", "git")
def test_generate_alone_is_tried_again_until_it_prints_a_pipeline(tmp_path: Path) -> None:
    body = """
with open("calls", "a") as calls: calls.write("x")
if len(open("calls").read()) < 3: return None
"""
    folder = made(tmp_path, of(body, **{"Grow/Generate": "retries = 3"}))
    done = run(folder, "ENGINE=host")
    assert done.status == 0, done.err
    assert (folder / "calls").read_text() == "xxx"
    assert ended(folder, "done") == {"Grow/Generate", "Grow/Execute/a", "After"}


@pytest.mark.needs("make", "git")
def test_limits_above_hold_for_what_is_generated(tmp_path: Path) -> None:
    body = """
for number in range(4): root[str(number)] = co.Exec("echo start >>seen; sleep 0.3; echo end >>seen")
"""
    folder = made(tmp_path, of(body, Grow="max_concurrent = 1").replace('co.Exec("echo a")', "co.Serial()"))
    assert run(folder, "ENGINE=host", "-j8").status == 0
    assert (folder / "seen").read_text() == "start\nend\n" * 4


@pytest.mark.needs("make", "git")
def test_what_takes_too_long_is_ended_and_the_rest_not_run(tmp_path: Path) -> None:
    body = 'root["slow"] = co.Exec("sleep 60"); root["a"].skip = True'
    folder = made(tmp_path, of(body, Grow="max_time = 10"))
    done = run(folder, "ENGINE=host")
    assert done.status == 2
    assert "Grow/Execute/slow: FAILED: " in done.err
    assert ended(folder, "unrun") == {"After"}


@pytest.mark.needs("make", "git")
def test_images_of_nodes_have_to_be_run_without_docker_by_leave_alone(tmp_path: Path) -> None:
    folder = made(tmp_path, of('root["a"].image = "other:1"'))
    done = run(folder, "ENGINE=host")
    assert (done.status, "ENGINE=host has no images, and Grow/Execute/a is given one" in done.err) == (2, True)
    assert run(folder, "ENGINE=host", "HOST_IMAGES=ignore").status == 0


@pytest.mark.needs("make", "git")
def test_without_containers_there_is_none_that_would_need_shared_data(tmp_path: Path) -> None:
    """The container of a NEW has it, as what is generated might; here there is no container, and /conducto/data not either."""
    folder = made(tmp_path, of("pass", Grow="container_reuse_context = co.ContainerReuseContext.NEW"))
    assert " mounts " in (folder / "pipeline.mk").read_text()
    done = run(folder, "ENGINE=host")
    assert (done.status, ended(folder, "done")) == (0, {"Grow/Generate", "Grow/Execute/a", "After"}), done.err


@pytest.mark.needs("make", "git")
@pytest.mark.parametrize("forgiven", [True, False])
def test_a_lazy_may_be_all_that_is_generated(forgiven: bool, tmp_path: Path) -> None:
    """What fails below it counts for that one, and no further where it is forgiven."""
    body = f'root = co.Lazy("conducto pipeline.py inner"); root.suppress_errors = {forgiven}'
    inner = 'def inner():\n    root = co.Serial()\n    root["no"] = co.Exec("false")\n    return root\n\n\nco.main'
    folder = made(tmp_path, of(body).replace("co.main", inner))
    assert run(folder, "ENGINE=host").status == (0 if forgiven else 2)
    assert ended(folder, "failed") == {"Grow/Execute/Execute/no"}


@pytest.mark.needs("make", "git")
def test_parts_of_it_can_be_asked_for(tmp_path: Path) -> None:
    folder = made(tmp_path, of("pass"))
    assert run(folder, "ENGINE=host", "Grow/Execute").status == 0
    assert ended(folder, "done") == {"Grow/Generate", "Grow/Execute/a"}
    assert run(folder, "-n").status == 0


@pytest.mark.needs("make", "git")
def test_more_than_make_can_hand_on_to_what_is_generated_next_is_refused(tmp_path: Path) -> None:
    body = 'root["more"] = co.Lazy("x"); root["more"].env = {"A": "x" * 60_000, "B": "y" * 60_000}'
    folder = made(tmp_path, of(body))
    done = run(folder, "ENGINE=host")
    assert (done.status, ended(folder, "failed")) == (2, {"Grow/Generate"})
    assert "images and env above this node have " in done.err


@pytest.mark.needs("make", "git")
def test_what_is_wrong_acts_on_no_terminal_and_leaves_no_rules(tmp_path: Path) -> None:
    folder = made(tmp_path, of('root["\\x1b[2J"] = co.Exec("x", docker_run_args=["--init"])'))
    done = run(folder, "ENGINE=host")
    assert (done.status, "\x1b" in done.err, "\\x1b[2J has docker_run_args" in done.err) == (2, False, True)
    assert [*(folder / ".conducto/state/pipeline/grown").iterdir()] == []


def test_more_than_make_can_hand_on_is_refused(tmp_path: Path) -> None:
    text = of("pass", Grow='env = {"A": "x" * 60_000, "B": "y" * 60_000}')
    command.write(command.repository(tmp_path), pipeline=text)
    done = command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py")
    assert (done.status, "error[C315]: " in done.err, "node: /Grow/Generate" in done.err) == (2, True, True)


@pytest.mark.needs("make", "git")
def test_without_the_runtime_file_it_says_so_at_once(tmp_path: Path) -> None:
    folder = made(tmp_path, of("pass"))
    (folder / ".conducto/runtime.pyz").unlink()
    done = run(folder, "ENGINE=host")
    assert (done.status, '"conducto runtime" makes it' in done.err) == (2, True)
    assert not (folder / ".conducto/state").exists() or ended(folder, "done") == set()
