"""`node.launch_local()` in a user's program: what it takes, what it gives, and trees that no FUNC names."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

import conducto as co
from conducto.diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from tests import command, test_make_interrupt
from tests.command import Ended, conducto, python
from tests.launching import ended, local, project, record, shell, start, wait_here
from tests.makefiles import wait_for

pytestmark = pytest.mark.needs("make")

TREE = """
import sys
import conducto as co

with co.Serial() as root:
    co.Exec("echo a $PWD", name="a")
    with co.Parallel(name="b"):
        co.Exec("exit {status}", name="c")
"""


def program(folder: Path, call: str, status: int = 0, tree: str = TREE) -> Ended:
    """A program that makes a tree and launches it, run."""
    project(folder, f"{tree.format(status=status)}\n{call}\n")
    return python(folder, "f.py")


def test_a_run_that_is_shown_gives_its_exit_status(tmp_path: Path) -> None:
    done = program(tmp_path, "print('status', root.launch_local(run=True, engine='host'))")
    assert (done.status, f"a | a {tmp_path}\n" in done.out, done.out[-9:]) == (0, True, "status 0\n"), done.err
    assert ended(tmp_path, "done") == {"a", "b/c"}
    done = program(tmp_path, "sys.exit(root.launch_local(run=True, engine='host', jobs=1))", 4)
    assert (done.status, ended(tmp_path, "failed")) == (1, {"b/c"}), done.err


def test_by_default_it_is_only_made_ready(tmp_path: Path) -> None:
    done = program(tmp_path, "assert root.launch_local(engine='host') == 0")
    said = re.fullmatch("f is ready, and nothing runs yet\n  start it:    (.*)    # as asked for\n", done.err)
    assert said is not None, done.err
    assert record(tmp_path) == {"version": 1, "source": "f.py", "retention": 7, "sleep_when_done": False}
    assert shell(tmp_path, said[1]).status == 0
    assert ended(tmp_path, "done") == {"a", "b/c"}


def test_its_arguments_stand_in_the_order_that_users_know(tmp_path: Path) -> None:
    done = program(tmp_path, "root.launch_local(True, 30.5, True, True, engine='host')")
    assert done.status == 0, done.err
    assert "asleep: .conducto/local/f keeps its makefile, state and logs for 30.5 days" in done.err
    assert record(tmp_path) == {"version": 1, "source": "f.py", "retention": 30.5, "sleep_when_done": True}


def test_an_exec_is_a_tree(tmp_path: Path) -> None:
    done = program(tmp_path, "co.Exec('echo $CONDUCTO_NODE').launch_local(run=True, engine='host')")
    assert (done.status, done.out) == (0, "all | /\n")


def test_a_lazy_tree_that_no_func_names(tmp_path: Path) -> None:
    tree = """
import conducto as co

def tests(n: int) -> co.Parallel:
    found = co.Parallel()
    for i in range(n):
        found[str(i)] = co.Exec(f"echo test {{i}}")
    return found

if __name__ == "__main__":
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Test"] = co.Lazy(tests, 2)
"""
    done = program(tmp_path, "    root.launch_local(run=True, engine='host')", tree=tree)
    assert (done.status, "Test/Execute/1 | test 1\n" in done.out) == (0, True), done.err


def test_of_python_without_a_file_it_is_the_current_folder(tmp_path: Path) -> None:
    text = "import conducto as co; co.Exec('pwd').launch_local(run=True, engine='host')"
    (command.repository(tmp_path) / "in").mkdir()
    done = python(tmp_path / "in", "-c", text)
    assert (done.status, done.out) == (0, f"all | {tmp_path}/in\n"), done.err
    assert ended(tmp_path, "done", "in-interactive") == {"all"}
    assert "#   launch_local(), by hand\n" in (local(tmp_path, "in-interactive") / "pipeline.mk").read_text()


def test_a_committed_makefile_is_not_touched(tmp_path: Path) -> None:
    project(tmp_path, TREE.format(status=0))
    assert conducto(tmp_path, "compile", "-t", "make", "f.py", "root").status == 0
    before = (tmp_path / "f.mk").read_bytes()
    assert program(tmp_path, "root.launch_local(run=True, engine='host')").status == 0
    assert (tmp_path / "f.mk").read_bytes() == before
    assert "#   launch_local() in line 10 of f.py\n" in (local(tmp_path) / "pipeline.mk").read_text()


# --- by itself ----------------------------------------------------------------------------------------------------------

SLOW = "import conducto as co\nroot = co.Exec('echo here; while [ ! -e go ]; do sleep 0.1; done')\n"
ALONE = "assert root.launch_local(use_shell=False, run=True, engine='host') == 0"


def test_a_run_by_itself_outlives_the_program_and_its_session(tmp_path: Path) -> None:
    project(tmp_path, SLOW + ALONE)
    process = start(tmp_path, "f.py")
    assert process.wait(60) == 0, (tmp_path / "said").read_text()
    with pytest.raises(ProcessLookupError):  # nothing is left of the session of the terminal
        os.killpg(process.pid, signal.SIGHUP)
    wait_here(tmp_path, "f")
    said = (tmp_path / "said").read_text()
    found = re.fullmatch(
        "f runs by itself, as process ([0-9]+), with ENGINE=host \\(as asked for\\)\n"
        "  look at it:  tail -f (.*)\n  its logs:    (.*)\n  stop it:     (.*)\n",
        said,
    )
    assert found is not None, said
    assert int((local(tmp_path) / "state/lock/pid").read_text()) == int(found[1])
    assert os.path.isdir(tmp_path / found[3])
    (tmp_path / "go").touch()
    wait_for(lambda: not (local(tmp_path) / "state/lock").exists(), 60)
    assert ended(tmp_path, "done") == {"all"}
    assert (tmp_path / found[2]).read_text().endswith("----\n1 done, 0 failed, 0 not run\n")


def test_it_is_stopped_as_it_says(tmp_path: Path) -> None:
    project(tmp_path, SLOW + ALONE)
    assert python(tmp_path, "f.py", env={"MARK": str(tmp_path)}).status == 0
    wait_here(tmp_path, "f")
    said = python(tmp_path, "f.py").err  # the second time it is refused, and tells this, too
    stop = re.search("stop it \\(`(.*?)`\\)", said)
    assert stop is not None, said
    assert shell(tmp_path, stop[1]).status == 0
    test_make_interrupt.check_no_process(tmp_path)
    assert not (local(tmp_path) / "state/lock").exists()
    assert "interrupted" in (local(tmp_path) / "output.log").read_text()


def test_while_it_runs_a_second_launch_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    project(tmp_path, SLOW + ALONE)
    assert python(tmp_path, "f.py").status == 0
    wait_here(tmp_path, "f")
    try:
        pid = (local(tmp_path) / "state/lock/pid").read_text().strip()
        before = command.fingerprint(local(tmp_path))
        (tmp_path / "f.py").write_text(SLOW.replace("here", "other") + ALONE)
        for done in (python(tmp_path, "f.py"), python(tmp_path, "f.py")):
            assert (done.status, done.out) == (1, "")
            assert f"error[C432]: this pipeline is being run already, by process {pid} (its state is" in done.err
            assert " --> f.py:3\n" in done.err
        assert command.fingerprint(local(tmp_path)) == before
        (tmp_path / "f.py").write_text(f"{SLOW}root.title = 'other'\n{ALONE.replace('run=True', 'run=False')}")
        assert python(tmp_path, "f.py").status == 0
        assert len(list(local(tmp_path).parent.glob("f-other-*"))) == 1
    finally:
        (tmp_path / "go").touch()
    wait_for(lambda: not (local(tmp_path) / "state/lock").exists(), 60)


def test_one_program_launches_one_tree_twice(tmp_path: Path) -> None:
    call = f"{ALONE}\nopen('go', 'w')\nroot.launch_local(use_shell=False, run=True)"
    done = program(tmp_path, call, tree=SLOW.replace("sleep 0.1; done", "sleep 0.1; done; sleep 5"))
    assert (done.status, "error[C432]" in done.err) == (1, True), done.err
    wait_for(lambda: not (local(tmp_path) / "state/lock").exists(), 60)


def test_of_many_at_once_one_runs(tmp_path: Path) -> None:
    project(tmp_path, SLOW + ALONE)
    processes = [start(tmp_path, "f.py", said=f"said-{number}") for number in range(4)]
    try:
        assert sorted(process.wait(60) for process in processes) == [0, 1, 1, 1]
        said = [(tmp_path / f"said-{number}").read_text() for number in range(4)]
        assert sum("error[C432]" in text for text in said) == 3
    finally:
        (tmp_path / "go").touch()
    wait_for(lambda: not (local(tmp_path) / "state/lock").exists(), 60)
    assert ended(tmp_path, "done") == {"all"}


def test_what_ends_at_once_is_told_so(tmp_path: Path) -> None:
    tree = "import conducto as co\nroot = co.Serial()\nroot['a'] = co.Exec('true', skip=True)\n"
    done = program(tmp_path, ALONE, tree=tree)
    assert (done.status, "f has run" in done.err, "it said is in .conducto/local/f/output.log\n" in done.err) == (
        0,
        True,
        True,
    )


# --- what is refused ----------------------------------------------------------------------------------------------------


def test_a_part_of_a_tree(tmp_path: Path) -> None:
    done = program(tmp_path, "root['b'].launch_local()")
    assert done.status == 1
    assert done.err.endswith(
        "only a whole tree is launched, and this node stands at /b [C413] (launch its root: `node.root.launch_local()`)\n"
    )
    assert not (tmp_path / ".conducto").exists()


def test_a_wrong_tree_is_told_as_compile_tells_it(tmp_path: Path) -> None:
    text = "\ndef hello():\n    pass\n\nroot['b/d'] = co.Exec(hello)\nroot['e'] = co.Exec(hello)\n"
    done = program(tmp_path, f"{text}root.launch_local(run=True)")
    compiled = conducto(tmp_path, "compile", "-t", "make", "f.py", "root")
    assert compiled.status == 2
    assert done.err.endswith(f"LaunchError: this pipeline cannot be launched\n\n{compiled.err}\n")
    assert compiled.err.count("error[C203]") == 2
    assert not (tmp_path / ".conducto").exists()


@pytest.mark.parametrize(
    ("given", "code", "error", "message"),
    [
        ({"use_shell": 1}, "C110", ConductoTypeError, "`use_shell` is 1, and must be True or False"),
        ({"run": "yes"}, "C110", ConductoTypeError, "`run` is 'yes', and must be True or False"),
        ({"sleep_when_done": None}, "C110", ConductoTypeError, "`sleep_when_done` is None, and must be True or False"),
        ({"retention": -1}, "C110", ConductoValueError, "`retention` is -1, and must be a number of days, 0 or more"),
        ({"retention": float("inf")}, "C110", ConductoValueError, "`retention` is inf, and must be a number of"),
        ({"retention": float("nan")}, "C110", ConductoValueError, "`retention` is nan, and must be a number of"),
        ({"retention": "7"}, "C110", ConductoTypeError, "`retention` is '7', and must be a number of days, 0 or more"),
        ({"retention": True}, "C110", ConductoTypeError, "`retention` is True, and must be a number of days"),
        ({"engine": "podman"}, "C110", ConductoValueError, "`engine` is 'podman', and must be 'docker' or 'host'"),
        ({"jobs": 0}, "C110", ConductoValueError, "`jobs` is 0, and must be a whole number from 1 to 1,000,000"),
        ({"jobs": 1.5}, "C110", ConductoTypeError, "`jobs` is 1.5, and must be a whole number from 1"),
    ],
)
def test_a_value_that_is_none(given: object, code: str, error: type[ConductoError], message: str) -> None:
    with pytest.raises(error) as found:
        co.Serial().launch_local(**given)  # type: ignore[arg-type]
    (diagnostic,) = found.value.diagnostics
    assert (diagnostic.code, diagnostic.message[: len(message)]) == (code, message)
    assert diagnostic.location is not None
    assert diagnostic.location.text.strip().startswith("co.Serial().launch_local(")


def test_launch_as_the_hosted_service_had_it(tmp_path: Path) -> None:
    done = program(tmp_path, "print(root.launch(local=True, shell=True, app=False, run=True, engine='host'))")
    assert (done.status, done.out[-2:], ended(tmp_path, "done")) == (0, "0\n", {"a", "b/c"}), done.err


@pytest.mark.parametrize(
    "given",
    [
        {"cloud": True},
        {"k8s": True},
        {"app": True},
        {"public": True},
        {"run_at": "3pm"},
        {"local": True, "cloud": True},
    ],
)
def test_what_only_the_service_had(given: dict[str, object]) -> None:
    with pytest.raises(ConductoValueError) as found:
        co.Serial().launch(**given)
    (diagnostic,) = found.value.diagnostics
    name = list(given)[-1]
    assert (diagnostic.code, diagnostic.message) == ("C430", f"`{name}=` is of the hosted service, which is no more")
    assert diagnostic.help
    assert "{" not in diagnostic.help


def test_launch_must_be_told_where() -> None:
    with pytest.raises(ConductoValueError, match="C430"):
        co.Serial().launch(run=True)
    with pytest.raises(ConductoTypeError, match="`launch` has no argument `rum`"):
        co.Serial().launch(local=True, rum=True)


# --- by those who only read the file ------------------------------------------------------------------------------------


def test_compile_and_print_launch_nothing(tmp_path: Path) -> None:
    project(tmp_path, TREE.format(status=0) + "root.launch_local(run=True, engine='host')\nraise SystemExit('never')\n")
    assert conducto(tmp_path, "f.py", "root").out.startswith("/\n├─0 a ")
    assert conducto(tmp_path, "compile", "-t", "make", "f.py").status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "f.mk", "f.py"]


def test_what_is_launched_in_a_function_is_found_as_well(tmp_path: Path) -> None:
    text = "import conducto as co\ndef main():\n    root = co.Exec('echo a')\n    root.launch_local()\nmain()\n"
    project(tmp_path, text)
    assert conducto(tmp_path, "f.py", "root").out == "/   echo a\n"


def test_a_function_that_is_asked_for_its_tree_launches_none(tmp_path: Path) -> None:
    text = """
import conducto as co

def run():
    root = co.Exec("true")
    root.launch_local(run=True)
    return root

if __name__ == "__main__":
    co.main(default=run)
"""
    project(tmp_path, text)
    for done in (
        conducto(tmp_path, "compile", "-t", "make", "f.py"),
        conducto(tmp_path, "run", "f.py"),
        python(tmp_path, "f.py", "--local"),
    ):
        assert (done.status, done.err[:12]) == (2, "error[C436]:")
        assert " --> f.py:6\n" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "f.py"]


def test_a_function_that_is_called_may_launch(tmp_path: Path) -> None:
    text = "import conducto as co\ndef go():\n    co.Exec('echo a').launch_local(run=True, engine='host')\nco.main(default=go)\n"
    project(tmp_path, text)
    assert python(tmp_path, "f.py", "go").out == "all | a\n"


def test_the_package_is_loaded_where_something_is_launched_and_only_there(tmp_path: Path) -> None:
    text = "import sys, conducto as co\nroot = co.Exec('a')\nassert 'conducto.launch' not in sys.modules\n{}\n"
    text += "assert 'conducto.compile' in sys.modules\n"
    project(tmp_path, text.format("root.launch_local(engine='host')"))
    assert python(tmp_path, "f.py").status == 0
    project(tmp_path, text.format("str(root)"))
    assert python(tmp_path, "f.py").status == 1
