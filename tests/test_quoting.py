"""A path put into a script: held against shells, which read every script with it as they read it with a plain word."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conducto import quoting
from tests.plugin_thorough import amount

#: Nothing that a shell looks at: what stands for the path where a shell is asked how it reads the script.
PLAIN = "PLAIN"
PATHS = [
    "a b",
    "it's",
    'x"y',
    "$HOME/x",
    "`id`",
    "a\\b",
    "a\\\\",
    "two\nlines",
    "*",
    "~",
    "#x",
    "a=b.py",
    "(x)",
    "{a,b}",
    "é ü",
    "!x",
    "a;b&c|d>e<f",
    "''",
    '"',
    "\\",
]
SHELLS = [path for path in map(shutil.which, ("sh", "bash")) if path]


@pytest.mark.parametrize(
    ("before", "path", "written"),
    [
        ("cat ", "a/b.csv", "a/b.csv"),
        ("cat ", "a b", "'a b'"),
        ("cat x", "a b", "'a b'"),
        ("cat '", "a b", "a b"),
        ('cat "', "a b", "a b"),
        ("cat 'x\" ", "it's", "it'\\''s"),
        ("cat \"x' ", 'a"$b`\\', 'a\\"\\$b\\`\\\\'),
        ('cat "$(cat ', "a b", "'a b'"),
        ('cat "$(cat x) ', 'a"b', 'a\\"b'),
        ("(cd x; cat ", "a b", "'a b'"),
        ("f() { cat ", "a b", "'a b'"),
        ("cat \\' ", "a b", "'a b'"),
        ('cat "\\"', "a b", "a b"),
        ("", "a=b.py", "'a=b.py'"),
        # Where another rule holds, or one that is not followed here, nothing is guessed; what needs no quotes stands anywhere.
        ("cat `echo ", "a b", None),
        ("cat `echo ", "a-b", "a-b"),
        ("cat <<E\n", "a b", None),
        ("# it's ", "a b", None),
        ("echo $((1 + ", "a b", None),
        ("echo ${x:-", "a b", None),
        ("echo ${x} ", "a b", "'a b'"),
        ("echo $'", "a b", None),
        ("case x in x) cat ", "a b", None),
        ("x) ", "a b", None),
        ("cat \\", "a b", None),
        ("cat $x", "a b", None),
        ("cat $\\\nx", "a b", None),
        ("cat \\\n ", "a b", "'a b'"),
    ],
)
def test_what_is_written(before: str, path: str, written: str | None) -> None:
    assert quoting.put(before, path) == written


#: Pieces of scripts, most of which open or close something.
PIECES = st.sampled_from(
    [
        *"'\"\\ ()#;\n$a",
        "$(printf %s ",
        "printf '%s|' ",
        "${HOME}",
        "<<E\n",
        "`",
        "''",
        '""',
        "$((",
        "case ",
        "|",
    ]
)


@settings(max_examples=amount(100, 400), deadline=None)
@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=5), st.sampled_from(PATHS), st.sampled_from(SHELLS))
def test_a_shell_reads_the_path_where_it_read_a_plain_word(
    before: list[str], after: list[str], path: str, shell: str
) -> None:
    # What a command prints is not split into words, and stands for no files: that is after quoting.
    lead, rest = "IFS=; set -f; printf '[%s]' " + "".join(before), "".join(after)
    written = quoting.put(lead, path)
    # A process's number is its own, and bash takes a backslash at the end of several lines for nothing.
    if written is not None and "$$" not in (lead + rest).replace("\\\n", "") and not rest.endswith("\\"):
        status, out = ran(shell, lead + PLAIN + rest)
        assert ran(shell, lead + written + rest) == (status, out.replace(PLAIN, path))


def ran(shell: str, script: str) -> tuple[int, str]:
    """How a script ends, and what it prints, where there is nothing but what shells have built in."""
    done = subprocess.run(
        [shell, "-c", script],
        env={"PATH": "/nowhere", "HOME": "/home"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=10,
    )
    return done.returncode, done.stdout.decode()


def test_there_is_a_shell_to_ask() -> None:
    assert SHELLS
