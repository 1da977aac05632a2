"""The corpus, the rule, the scripts and the comparison that the real runs of test_texts_targets.py rest on."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugin_thorough import amount
from tests.texts import carry
from tests.texts.corpus import (
    EMPTY_AT,
    KNOWN_NAMES,
    LIMIT,
    NAME_LIMIT,
    SIZES,
    allowed,
    commands,
    env_values,
    extremes,
    names,
)
from tests.texts.expect import expect
from tests.texts.fragments import FRAGMENTS, LAYERS, SCALARS
from tests.texts.scripts import SCRIPTS, Script

ALL = commands()
RECORDER = Path(__file__).parents[1] / ".ci" / "images" / "recorder"


# --- the corpus -------------------------------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_texts() -> None:
    assert commands() == ALL
    assert commands(50) == ALL[:50]
    assert commands(seed=2) != ALL
    assert env_values(50) == env_values(80)[:50]
    assert names(90) == names(120)[:90]


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_every_text_can_be_made(seed: int) -> None:
    for text in (*commands(seed=seed), *env_values(seed=seed), *extremes()):
        assert allowed(text)
    assert not any(allowed(text) for text in ("\0", "a\ud800", "\ufffe", "\uffff", "x" * 100_001, "é" * 50_001))
    assert allowed("é" * 50_000)


def test_sizes() -> None:
    sizes = [len(text.encode()) for text in ALL]
    assert len(ALL) == 500
    assert len(set(ALL)) > 450
    for place, size in SIZES.items():
        assert {sizes[index] for index in range(place, 500, 100)} == {size}
        assert all(expect(ALL[index]) == ALL[index] for index in range(place, 500, 100))
    assert sum(size < 400 for size in sizes) > 400
    assert sum(expect(text) == "" for text in ALL) >= 5
    assert expect(ALL[EMPTY_AT]) == ""
    assert all(LIMIT - 6 <= len(text.encode()) <= LIMIT for text in extremes())


def test_every_fragment_stands_at_its_places() -> None:
    built = [expect(text) for text in ALL[::2]]
    for piece in FRAGMENTS:
        bare = piece.strip(" \t\n")
        assert any(text.startswith(bare) or text.endswith(bare) for text in built), piece
        assert any(piece + "\n" in text for text in built), piece
        assert any(re.search(r"\n[ \t]*" + re.escape(piece), text) for text in ALL[::2]), piece
    assert set(SCALARS) <= set(ALL)


def test_the_first_fifty_bring_a_piece_of_every_layer() -> None:
    start = "".join(ALL[:50:2])
    for layer in LAYERS:
        assert sum(piece in start for piece in layer) * 2 > len(layer)


# What layers are known to do to a text that was not kept from them.
DAMAGES: dict[str, Callable[[str], str]] = {
    "make takes $$ for $": lambda t: t.replace("$$", "$"),
    "make expands $(X)": lambda t: re.sub(r"\$\([A-Za-z]*\)|\$[@<{]", "", t),
    "make joins lines": lambda t: t.replace("\\\n", " "),
    "make drops a backslash at the end": lambda t: t.removesuffix("\\"),
    "make drops CR at line ends": lambda t: re.sub(r"\r(?=\n|$)", "", t),
    "make ends at endef": lambda t: re.split(r"(?m)^[ \t]*endef", t)[0],
    "make nests at define": lambda t: re.sub(r"(?m)^define .*", "", t),
    "make strips a recipe line": lambda t: re.sub(r"(?m)^[@+-]+", "", t),
    "a comment is cut": lambda t: re.sub(r"(^| )#.*", "", t),
    "single quotes end": lambda t: t.replace("'", ""),
    "double quotes end": lambda t: t.replace('"', ""),
    "a shell unescapes": lambda t: re.sub(r"\\(.)", r"\1", t),
    "a here-document ends": lambda t: re.split(r"(?m)^(?:CONDUCTO_)?EOF$", t)[0],
    "printf %b": lambda t: re.sub(r"\\0[0-7]{1,3}", "{", t),
    "printf %b stops": lambda t: t.split("\\c")[0],
    "printf formats": lambda t: t.replace("%s", ""),
    "percent doubled": lambda t: t.replace("%%", "%"),
    "echo unescapes": lambda t: t.replace("\\n", "\n"),
    "blanks at line ends": lambda t: re.sub(r"[ \t]+(?=\n)", "", t),
    "tabs become blanks": str.expandtabs,
    "Python's strip": str.strip,
    "Python's lines": lambda t: "\n".join(t.splitlines()),
    "textwrap's dedent": textwrap.dedent,
    "blank lines emptied": lambda t: re.sub(r"(?m)^[ \t]+$", "", t),
    "YAML documents": lambda t: re.split(r"(?m)^(?:---|\.\.\.)", t)[0] if t[:3] != "---" else "",
    "YAML folds": lambda t: re.sub(r"(?<=[^\n ])\n(?=[^\n ])", " ", t),
    "YAML takes NEL for a line end": lambda t: t.replace("\x85", "\n"),
    "YAML takes LS for a line end": lambda t: t.replace("\u2028", "\n"),
    "YAML types": lambda t: t if t not in {"null", "yes", "n", "1e3", "~", "0o14"} else "changed",
    "YAML refuses": lambda t: re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", "", t),
    "YAML refuses C1": lambda t: re.sub("[\x80-\x84\x86-\x9f]", "", t),
    "a byte order mark is eaten": lambda t: t.replace("\ufeff", ""),
    "newlines of Windows": lambda t: t.replace("\r", "\n"),
    "GitHub evaluates": lambda t: re.sub(r"\$\{\{.*?\}\}", "", t, flags=re.S),
    "GitHub fails at ${{": lambda t: t.replace("${{", ""),
    "GitHub's commands": lambda t: re.sub(r"(?m)^::.*", "", t),
    "GitHub unescapes %0A": lambda t: t.replace("%0A", "\n"),
    "format() takes braces": lambda t: t.replace("{{", "{").replace("{0}", "x"),
    "Argo substitutes": lambda t: re.sub(r"\{\{(?:workflow|inputs|item|=).*?\}\}", "x", t),
    "Argo fails at {{": lambda t: t.replace("{{", ""),
    "Kubernetes expands": lambda t: t.replace("$(CONDUCTO_NODE)", "/t"),
    "Kubernetes takes $$( for $(": lambda t: t.replace("$$(", "$("),
    "jinja renders": lambda t: re.sub(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", "", t, flags=re.S),
    "JSON escapes for HTML": lambda t: t.replace("&", "\\u0026"),
    "JSON unescapes": lambda t: t.replace("\\u007b", "{"),
    "ASCII only": lambda t: t.encode("ascii", "replace").decode(),
    "the basic plane only": lambda t: re.sub("[\U00010000-\U0010ffff]", "?", t),
    "Unicode normalised": lambda t: unicodedata.normalize("NFC", t),
    "cut at 65,536 bytes": lambda t: t.encode()[:65536].decode(errors="ignore"),
    "cut at 99,999 bytes": lambda t: t.encode()[:99_999].decode(errors="ignore"),
    "nothing to run": lambda t: t or ":",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_damage_shows_in_the_first_fifty(damage: str, seed: int) -> None:
    texts = [expect(text) for text in (ALL[:50] if seed == 1 else commands(50, seed))]
    assert any(DAMAGES[damage](text) != text for text in texts)


def test_random_texts_are_of_every_kind_of_character() -> None:
    seen = {c for text in ALL[1::2] for c in text}
    assert {chr(c) for c in range(1, 256)} <= seen
    assert any(c > "\uffff" for c in seen)
    assert len(seen) > 2000


def test_names() -> None:
    found = names(300)
    assert len(set(found)) == 300
    assert found[: len(KNOWN_NAMES)] == list(KNOWN_NAMES)
    assert all(name and "/" not in name and len(name) <= NAME_LIMIT and allowed(name) for name in found)
    assert {".", "..", "a", "A", "\n"} <= set(found)


# --- the rule ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("echo a", "echo a"),
        ("  echo a\t\n", "echo a"),
        ("\n    a\n      b\n    c\n    ", "a\n  b\nc"),
        ("a\n    b\n  c", "a\n  b\nc"),
        ("    a\n  b", "a\nb"),
        ("a\n\t b\n  c", "a\nb\nc"),  # a tab counts one
        ("a\n\n   \n  b\n \n  c", "a\n\n \nb\n\nc"),  # blank lines: no say in the margin, shortened by it
        ("a\n  b\n      \nc", "a\n  b\n      \nc"),
        ("a\n  b \t\n  c\t", "a\nb \t\nc"),
        ("a\\ ", "a\\ "),
        ("a\\  \n", "a\\ "),
        ("a\\\\ ", "a\\\\ "),  # the rule says nothing of a backslash that is itself escaped
        ("a\\\t", "a\\"),
        ("a\\\n", "a\\"),
        ("a\\\n \n", "a\\"),
        ("\\ ", "\\ "),
        ("\u00a0a\u2003", "\u00a0a\u2003"),
        ("\r a\r\n\r", "\r a\r\n\r"),
        ("a\r\n  b\r\n  \r", "a\r\nb\r\n\r"),  # CR is no blank: the last line counts
        ("a\n  b\x85    c\u2028d\x0b\x0ce", "a\nb\x85    c\u2028d\x0b\x0ce"),  # lines end at \n alone
        ("a\n\u00a0 b\n  c", "a\n\u00a0 b\n  c"),
        ("cat <<EOF\n\tx\nEOF\n", "cat <<EOF\n\tx\nEOF"),
    ],
)
def test_expect(text: str, wanted: str) -> None:
    assert expect(text) == wanted


def test_the_frontend_agrees_on_the_corpus() -> None:
    from conducto.text import dedent

    assert [index for index, text in enumerate(ALL) if dedent(text) != expect(text)] == []


PIECES = (" ", "  ", "\t", "\n", "\n  ", "\\", "a", "b c", "\r", "\u00a0", "\x0b", "\x0c", "\x85", "\u2028")


@settings(max_examples=amount(500, 2000), deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_the_frontend_agrees_on_any_text(pieces: list[str]) -> None:
    from conducto.text import dedent

    text = "".join(pieces)
    assert dedent(text) == expect(text)


# --- the scripts ------------------------------------------------------------------------------------------------------
SHELLS = {"sh": ("dash", "busybox", "bash"), "bash": ("bash",)}
# What each script is for: another status would mean that it went another way.
STATUSES = {
    "build_matrix": 1,
    "case_options": 1,
    "process_ids": 3,
    "retry_limit": 124,
    "trap_cleanup": 3,
    "two_streams": 1,
    "unreachable_host": 255,
    "bash_background_jobs": 3,
    "bash_deploy_dry_run": 3,
    "bash_error_trap": 3,
    "bash_generated_code": 255,
    "bash_signals": 124,
}
RUNS = [
    pytest.param(script, shell, id=f"{script.name}-{shell}", marks=pytest.mark.needs(shell, "busybox"))
    for script in SCRIPTS
    for shell in SHELLS[script.shell]
]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with busybox's tools, and bash, and nothing else."""
    folder = tmp_path_factory.mktemp("tools")
    busybox = shutil.which("busybox")
    assert busybox
    for applet in subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split():
        (folder / applet).symlink_to(busybox)
    (folder / "bash").symlink_to(shutil.which("bash") or "bash")
    return str(folder)


def direct(tools: str, shell: str, text: str, *options: str) -> tuple[bytes, bytes, int]:
    """Output, errors and status of a script run by a shell of this machine."""
    words = [shutil.which(shell) or shell, *(["sh"] if shell == "busybox" else []), *options, "-c", text]
    environment = {"PATH": tools, "HOME": "/"}
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False, env=environment
    )
    return done.stdout, done.stderr, done.returncode


def test_forty_scripts() -> None:
    assert [sum(s.shell == shell for s in SCRIPTS) for shell in ("sh", "bash")] == [24, 16]
    assert set(STATUSES) <= {script.name for script in SCRIPTS}
    assert set(STATUSES.values()) == {1, 3, 124, 255}
    assert all(allowed(script.text) for script in SCRIPTS)


@pytest.mark.parametrize(("script", "shell"), RUNS)
def test_script(script: Script, shell: str, tools: str) -> None:
    # bash knows of an option that a script sets only when it runs it.
    syntax = ("-O", "extglob", "-n") if shell == "bash" else ("-n",)
    assert direct(tools, shell, script.text, *syntax) == (b"", b"", 0)
    first = direct(tools, shell, script.text)
    assert first == direct(tools, shell, script.text)
    # Whether a script is run as it is written or as it arrives makes no difference.
    assert first == direct(tools, shell, expect(script.text))
    assert first[2] == STATUSES.get(script.name, 0)
    assert not re.search(b"not found|syntax error|nvalid|nrecognized|Usage:", first[0] + first[1])
    assert b"never" not in first[0]


# --- the comparison ---------------------------------------------------------------------------------------------------
def record(*words: str) -> bytes:
    """What the recorder says when called with words."""
    return subprocess.run(["sh", str(RECORDER), *words], check=True, capture_output=True).stdout


def say(node: str, value: str) -> bytes:
    """What `SAYS` says of a node and a value."""
    environment = {"PATH": "/usr/bin:/bin", "CONDUCTO_NODE": node, "VALUE": value}
    return subprocess.run(["sh", "-c", carry.SAYS], check=True, capture_output=True, env=environment).stdout


def test_what_arrives_is_accepted() -> None:
    texts = {index: ALL[index] for index in (*range(45), *range(99, 500, 40))}
    assert carry.check(texts, {index: record("-c", expect(text)) for index, text in texts.items()}) == []


def test_names_and_values_are_compared() -> None:
    for node, value in [("/a\n", ""), ("/é ", "\n"), ("/\x01", "x" * 100_000)]:
        said = say(node, value)
        assert carry.check_one("node", node, said) == carry.check_one("value", value, said) == []
        assert carry.check_one("node", node, say(node.strip() + "x", value)) != []
        assert carry.check_one("value", value, say(node, value[1:] + "y")) != []
        assert carry.check_one("value", value, b"") != []


@pytest.mark.parametrize(
    "output",
    [
        b"",
        record("-c", "echo x "),
        record("-c", "echo"),
        record("-c", "echo x", "bash"),
        record("echo x"),
        record("-e", "-c", "echo x"),
        record("-c", "echo x") * 2,
        record("-c", "echo x").replace(b"@@argv ", b"@@argv !"),
    ],
)
def test_what_does_not_arrive_is_told(output: bytes) -> None:
    assert carry.check(["echo x"], {0: output}) != []
    assert carry.check(["echo x"], {0: b"node | " + record("-c", "echo x")}) == []


def test_a_difference_is_shown_where_it_is() -> None:
    (line,) = carry.check(["x" * 300 + "$$"], {0: record("-c", "x" * 300 + "$")})
    assert line == "text 0: byte 301 of 302, 301: wanted b'xxxxxxxxx$$', got b'xxxxxxxxx$'"


def test_batches_hold_every_text_once() -> None:
    found = list(carry.batches(ALL))
    assert [index for batch in found for index in batch] == list(range(500))
    for batch in found:
        size = sum(len(ALL[index].encode()) for index in batch)
        assert len(batch) <= carry.MOST_EXECS
        assert size <= carry.MOST_BYTES or len(batch) == 1


def test_a_pipeline_carries_its_texts_in_ascii() -> None:
    execs = {carry.leaf(index): ALL[index] for index in range(50)}
    source = carry.pipeline(execs, values={"t001": "é\n"})
    assert source.isascii()
    seen: dict[str, tuple[str, dict[str, str]]] = {}

    class Fake:
        Parallel = staticmethod(lambda image: seen)
        Exec = staticmethod(lambda text, env={}: (text, env))  # noqa: B006

    exec(compile(source.replace("import conducto as co", ""), "pipeline.py", "exec"), {"co": Fake})
    assert {name: text for name, (text, _) in seen.items()} == execs
    assert seen["t001"][1] == {"VALUE": "é\n"}
    assert seen["t000"][1] == {}


class Here:
    """A runner without a target: each Exec's text, perhaps damaged, goes to the recorder on this machine."""

    def __init__(self, damage: Callable[[str], str] = str) -> None:
        self.damage = damage

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, carry.Leaf]:
        """Run the Execs."""
        texts = {
            name: ast.literal_eval(text) for name, text in re.findall(r"root\['(\w+)'\] = co.Exec\((.*)\)", source)
        }
        assert list(texts) == list(names)
        return {name: carry.Leaf(record("-c", self.damage(expect(text))), 0) for name, text in texts.items()}


def test_differences_are_none_or_found() -> None:
    assert list(carry.differences(Here(), ALL[:20], carry.compiler())) == []
    found = list(carry.differences(Here(lambda text: text.replace("$$", "$")), ALL[:20], carry.compiler()))
    changed = [index for index in range(20) if "$$" in expect(ALL[index])]
    assert [line.partition(":")[0] for line in found] == [f"text {index}" for index in changed] != []


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (b"a\nx\nb\n", True),
        (b"x\na\nb", True),
        (b"b\na\nx\n", False),
        (b"a\nb\n", False),
        (b"a\nb\nx\nx\n", False),
        (b"a\nb \nx\n", False),
        (b"", False),
    ],
)
def test_interleaved(got: bytes, wanted: bool) -> None:
    assert carry.interleaved(got, b"a\nb\n", b"x\n") is wanted
    assert carry.interleaved(b"", b"", b"")
