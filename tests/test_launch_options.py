"""The options of a launch on a command line: whose a word is, what it is read as, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import launcher
from conducto.diagnostics import ConductoError
from conducto.entry import Entry
from conducto.launch import options
from conducto.launch.options import GONE, OPTIONS, Options
from tests import command
from tests.command import conducto, python
from tests.launching import HOST, local, project


def plain(n: int = 1, msg: str = "", flag: bool = False) -> co.Exec:
    return co.Exec("x")


def takes(local: bool = False, title: str = "", run: int = 1) -> co.Exec:
    return co.Exec("x")


def takes_all(**others: str) -> co.Exec:
    return co.Exec("x")


def number(n: int = 1) -> int:
    return n


def entry(value: Any = plain) -> Entry:
    return Entry("x", value, False)


def read(words: str, value: Any = plain) -> tuple[Options, tuple[str, ...]]:
    return options.read(entry(value), words.split())


def test_the_door_knows_the_names_of_all_and_no_other() -> None:
    flags = {name for name, option in OPTIONS.items() if option.read is None}
    assert {*OPTIONS, *GONE, *(f"no-{name}" for name in (*flags, "app")), "local"} == launcher.OPTIONS


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("--local", {}),
        ("--run", {"run": True}),
        ("--local --run", {"run": True}),
        ("--local --no-run", {"run": False}),
        ("--local --no-shell", {"use_shell": False}),
        ("--local --shell --no-shell --shell", {"use_shell": True}),
        ("--local --sleep-when-done", {"sleep_when_done": True}),
        ("--local --sleep_when_done", {"sleep_when_done": True}),
        ("--local --no-app", {}),
        ("--local --retention=0", {"retention": 0}),
        ("--local --retention 0.5", {"retention": 0.5}),
        ("--local --engine=host", {"engine": "host"}),
        ("--engine docker --local", {"engine": "docker"}),
        ("--local --jobs=3", {"jobs": 3}),
        ("--local --title=a=b --doc d --default-doc=e", {"title": "a=b", "doc": "d", "default_doc": "e"}),
        ("--local --title=", {"title": ""}),
    ],
)
def test_what_is_read(words: str, wanted: dict[str, Any]) -> None:
    assert read(words) == (Options(**wanted), ())


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("--n=2 --local", ("--n=2",)),
        ("3 --local a", ("3", "a")),
        ("--local --n 2", ("--n", "2")),
        ("--msg --title --local", ("--msg", "--title")),  # a value of the function's own
        ("--local -- --title=x", ("--", "--title=x")),
        ("--local --flag --n=1", ("--flag", "--n=1")),
    ],
)
def test_what_is_the_functions_stays(words: str, rest: tuple[str, ...]) -> None:
    assert read(words) == (Options(), rest)


@pytest.mark.parametrize(
    ("words", "value", "asked"),
    [
        ("--local", plain, True),
        ("--title=x", plain, True),
        ("--cloud", plain, True),
        ("--n=1", plain, False),
        ("-- --local", plain, False),
        ("--local --title=x --run=2", takes, False),
        ("--local --shell", takes, True),
        ("--title=x --local=1", takes_all, False),
        ("--local", takes_all, True),
        ("--local", number, False),
        ("--local", co.Serial(), True),
        ("x", co.Serial(), False),
    ],
)
def test_whose_a_word_is(words: str, value: Any, asked: bool) -> None:
    assert launcher.asked(entry(value), words.split()) == asked


@pytest.mark.parametrize(
    ("words", "code", "pointed"),
    [
        ("--local --retention=-1", "C409", "--retention=-1"),
        ("--local --retention=inf", "C409", "--retention=inf"),
        ("--local --retention=x", "C409", "--retention=x"),
        ("--local --retention", "C409", "--retention"),
        ("--local --jobs=0", "C409", "--jobs=0"),
        ("--local --jobs=1.5", "C409", "--jobs=1.5"),
        ("--local --jobs=²", "C409", "--jobs=²"),
        ("--local --jobs --n=1", "C409", "--jobs"),
        ("--local --engine=podman", "C409", "--engine=podman"),
        ("--local=yes", "C409", "--local=yes"),
        ("--local --no-shell=1", "C409", "--no-shell=1"),
        ("--title=x", "C431", "--title=x"),
        ("--no-run --title=x", "C431", "--no-run"),
        *((f"--local --{name}", "C430", f"--{name}") for name in GONE),
        ("--pipeline_id=abc", "C430", "--pipeline_id=abc"),
        ("--run-at=3pm", "C430", "--run-at=3pm"),
    ],
)
def test_what_is_refused(words: str, code: str, pointed: str) -> None:
    with pytest.raises(ConductoError) as found:
        read(words)
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == code
    assert diagnostic.help
    assert "{" not in diagnostic.help
    assert diagnostic.location is not None
    assert diagnostic.location.text == pointed


#: Words of the function's, and ours with what they set; each stands together.
THEIRS = (
    ["--n=1"],
    ["--n", "2"],
    ["--flag"],
    ["--no-flag"],
    ["--msg", "--local"],
    ["--msg", "--title"],
    ["--msg=x"],
    ["5"],
)
OURS: tuple[tuple[list[str], dict[str, Any]], ...] = (
    (["--local"], {}),
    (["--title=t"], {"title": "t"}),
    (["--title", "u v"], {"title": "u v"}),
    (["--no-shell"], {"use_shell": False}),
    (["--shell"], {"use_shell": True}),
    (["--jobs", "2"], {"jobs": 2}),
    (["--no-run"], {"run": False}),
    (["--retention=3"], {"retention": 3}),
)
MIXED = st.lists(st.one_of(st.sampled_from(THEIRS).map(lambda words: (words, None)), st.sampled_from(OURS)))


@given(MIXED)
def test_however_the_words_are_mixed_each_goes_to_whom_it_belongs(mixed: list[tuple[list[str], Any]]) -> None:
    mixed = [*mixed, OURS[0]]
    found, rest = options.read(entry(), [word for words, _ in mixed for word in words])
    assert rest == tuple(word for words, sets in mixed if sets is None for word in words)
    wanted = Options()
    for _, sets in mixed:
        wanted = wanted._replace(**(sets or {}))
    assert found == wanted
    assert not launcher.asked(entry(), rest)


# --- of `conducto run` ----------------------------------------------------------------------------------------------------


def test_conducto_run_has_the_same_and_tells_of_each(tmp_path: Path) -> None:
    done = conducto(tmp_path, "run", "--help")
    assert done.status == 0
    for name, option in OPTIONS.items():
        assert f"--{name}" in done.out
        assert option.help.split()[0] in done.out
    assert conducto(tmp_path, "--help").out.count("\n  run ") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--jobs=x", "f.py"), "`x` is not N"),
        (("--engine=podman", "f.py"), "`podman` is not docker|host"),
        (("--retention=-1", "f.py"), "`-1` is not DAYS"),
        ((), "error[C415]: no FILE is given, and a run is of one"),
        (("--rum", "f.py"), "error[C415]: `conducto run` has no option `--rum`"),
        (("f.py", "--cloud"), "error[C430]: `--cloud` is of the hosted service, which is no more"),
        (("f.py", "run", "--app"), "error[C430]: `--app` is of the hosted service, which is no more"),
        (("f.py", "run", "--rum"), "error[C408]: `run` has no parameter for `--rum`"),
        (("none.py",), "error[C402]: cannot read none.py"),
    ],
)
def test_what_conducto_run_refuses(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    before = command.fingerprint(project(tmp_path))
    done = conducto(tmp_path, "run", *words)
    assert (done.status, done.out, said in done.err) == (2, "", True), done.err
    assert command.fingerprint(tmp_path) == before


@pytest.mark.needs("make")
def test_all_that_stands_behind_two_dashes_is_the_functions(tmp_path: Path) -> None:
    text = """
import conducto as co

def run(title: str = "", local: bool = False):
    return co.Exec(f"echo {title} {local}")

if __name__ == "__main__":
    co.main(default=run)
"""
    project(tmp_path, text)
    done = conducto(tmp_path, "run", "--local", "f.py", HOST, "--", "--title=own", "--local")
    assert (done.status, done.out) == (0, "all | own True\n")
    assert python(tmp_path, "f.py", "run", "--title=own", "--local").out == "/   echo own True\n"
    assert not list(local(tmp_path).glob("*own*"))
