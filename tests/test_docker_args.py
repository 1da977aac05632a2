"""Words for docker run: how a text is split, what is refused, and that no option hides behind another."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import docker_args
from conducto.diagnostics import ConductoTypeError, ConductoValueError


def kept(value: Any) -> Any:
    return co.Exec("x", docker_run_args=value).docker_run_args


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", ()),
        ([], ()),
        ("-v /a:/b --init", ("-v", "/a:/b", "--init")),
        ("-v '/a b:/c' --label=\"x y\"", ("-v", "/a b:/c", "--label=x y")),
        (["-v", "/a b:/c"], ("-v", "/a b:/c")),
        (("--cap-add=NET_ADMIN", "--network", "host"), ("--cap-add=NET_ADMIN", "--network", "host")),
        ("-p80:80 -u1000 --privileged", ("-p80:80", "-u1000", "--privileged")),
        ("--label --rm", ("--label", "--rm")),
        ("-l --rm -l=-it", ("-l", "--rm", "-l=-it")),
        ("-v/a:/rm-it", ("-v/a:/rm-it",)),
        ("--read-only=false -P", ("--read-only=false", "-P")),
    ],
)
def test_words_that_are_kept(value: Any, words: tuple[str, ...]) -> None:
    assert kept(value) == words


@pytest.mark.parametrize(
    ("value", "option"),
    [
        ("--rm", "--rm"),
        ("--rm=false", "--rm"),
        ("--init --name x", "--name"),
        ("--entrypoint=", "--entrypoint"),
        ("-it", "-i"),
        ("-Pt", "-t"),
        ("-dv/a:/b", "-d"),
        ("-v /a:/b -d", "-d"),
        ("-eA=1", "-e"),
        ("-P -w/x", "-w"),
        ("-m1g", "-m"),
        ("--gpus all", "--gpus"),
        ("--init -c 5", "-c"),
    ],
)
@pytest.mark.parametrize("split", [str, shlex.split], ids=["text", "list"])
def test_what_would_break_a_node_is_refused(value: str, option: str, split: Any) -> None:
    with pytest.raises(ConductoValueError, match="C119") as found:
        kept(split(value))
    assert f"`{option}` cannot stand in" in found.value.diagnostics[0].message


@pytest.mark.parametrize("option", docker_args._REFUSED)
def test_each_is_refused_with_a_reason_and_with_what_to_do(option: str) -> None:
    with pytest.raises(ConductoValueError) as found:
        kept([option, "x"])
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.message.startswith(f"`{option}` cannot stand in `docker_run_args`: ")
    assert diagnostic.help


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("alpine", "'alpine' in `docker_run_args` is no option"),
        ("--init alpine", "'alpine' in"),
        ("-v /a:/b /c", "'/c' in"),
        ("--label=x y", "'y' in"),
        ("--", "'--' in"),
        ("- x", "'-' in"),
        (["--init", ""], "'' in"),
        (["-v x"], None),
        ("--label", "`--label` in `docker_run_args` has no value"),
        ("--init -v", "`-v` in `docker_run_args` has no value"),
        ("'", "no closing quotation"),
        (["--label=a\0"], "holds a NUL"),
        ("--label=a\0", "holds a NUL"),
    ],
)
def test_what_is_no_option(value: Any, message: str | None) -> None:
    if message is None:
        assert kept(value) == tuple(value)
        return
    with pytest.raises(ConductoValueError) as found:
        kept(value)
    assert message in found.value.diagnostics[0].message


@pytest.mark.parametrize("value", [3, {"-v": "x"}, ["-v", 3], [b"-P"], True])
def test_what_is_no_text(value: Any) -> None:
    with pytest.raises(ConductoTypeError, match="C110"):
        kept(value)


WORDS = st.lists(
    st.sampled_from(["-P", "--init", "-v", "--label", "--label=x", "-v/a", "x", "-it", "--rm", "-Pv", "--"])
)


@given(WORDS)
def test_what_is_kept_are_options_each_with_its_value(words: list[str]) -> None:
    """Read back by an independent rule: flags stand alone, the rest takes its value from its own word or from the next."""
    try:
        found = kept(words)
    except ConductoValueError:
        found = None
    alone, with_value, open_ended = {"-P", "--init"}, {"--label=x", "-v/a"}, {"-v", "--label", "-Pv"}
    number = 0
    while number < len(words) and words[number] in alone | with_value | open_ended:
        number += 2 if words[number] in open_ended else 1
    assert (found is not None) == (number == len(words))
    assert found in (None, tuple(words))
