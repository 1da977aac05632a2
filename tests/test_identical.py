"""One pipeline, one text: the bytes of every output are the same wherever, whenever and however it is compiled."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from tests import built, examples, machine
from tests.conformance import source, strategy
from tests.conformance.job import Job
from tests.plugin_thorough import amount

DRIVER = Path(__file__).parent / "drivers" / "hashes.py"
TREES, SEED = amount(10, 50), 1
TOGETHER = (",".join(built.OURS),)

Hashes = dict[str, list[str]]


@dataclass(frozen=True)
class Way:
    """A way to compile: what differs from the plain one."""

    env: dict[str, str] = field(default_factory=dict)
    place: str = "checkout"
    outside: bool = False  # called from elsewhere, by absolute paths
    before: tuple[str, ...] = ()  # a command that runs the command behind it
    groups: tuple[str, ...] = TOGETHER
    times: int = 1
    python: Callable[[], Path] = lambda: Path(sys.executable)


ASCII = {"LANG": "C", "LC_ALL": "C", "LANGUAGE": "", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "SOURCE_DATE_EPOCH": "1",
    "HOME": "/nonexistent",
    "USER": "somebody",
    "HOSTNAME": "elsewhere",
    "CI": "true",
    "TERM": "xterm",
}
WAYS = {
    "hash seed": Way(env={"PYTHONHASHSEED": "4242"}),
    "checkout": Way(place="another/and/deeper/checkout", outside=True),
    "blanks": Way(place="a path/with  blanks, ä 'quotes' and $signs"),
    "somebody else": Way(env={**ASCII, **ELSEWHERE}, before=("sh", "-c", 'umask 077; exec "$@"', "sh")),
    "one at a time": Way(groups=tuple(reversed(built.OURS))),
    "twice in one process": Way(times=2),
}


def _random(folder: Path) -> None:
    """Random trees as pipeline files; every third chooses an image."""
    folder.mkdir()
    for number, tree in enumerate(strategy.sample(TREES, SEED)):
        job = Job(tree)
        tokens = {path: hashlib.sha256(path.encode()).hexdigest()[:16] for path in job.known().values()}
        text = source.pipeline(job, source.Told(tokens, "" if number % 3 else "alpine:3.20"))
        (folder / f"tree{number:02}.py").write_text(text, encoding="utf-8")


@lru_cache(maxsize=None)
def _checkout(place: str) -> Path:
    """A repository with every golden and the random trees, all of them tracked."""
    folder = built.repository(built.room() / "identical" / place)
    for path in examples.goldens():
        examples.write(path.parent.name, folder / "golden" / path.parent.name)
    _random(folder / "random")
    built.call(["git", "add", "."], cwd=folder)
    return folder


def _hashes(way: Way, pipelines: list[str] | None = None) -> Hashes:
    """What the driver says, called that way."""
    root = _checkout(way.place)
    names = pipelines or [path.relative_to(root).as_posix() for path in _pipelines(root)]
    files = [str(root / name) if way.outside else name for name in names]
    words = [*way.before, way.python(), DRIVER, str(way.times), *way.groups, "--", *files]
    env = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **way.env}
    found: Hashes = json.loads(built.call(words, cwd=built.room() if way.outside else root, env=env).stdout)
    return found


def _pipelines(root: Path) -> list[Path]:
    return sorted([*root.glob("golden/*/pipeline.py"), *root.glob("random/*.py")])


@lru_cache(maxsize=None)
def _plain() -> Hashes:
    """Compiled by the environment that runs the tests."""
    return _hashes(Way())


def _check(way: Way) -> None:
    """Compiled that way, every file is the same; a list of those that are not."""
    found = _hashes(way)
    assert sorted(found) == sorted(_plain())
    assert [path for path in found if found[path] != _plain()[path] * way.times] == []


def test_every_pipeline_is_compiled_for_every_target() -> None:
    runtime_file = ".conducto/runtime.pyz"  # one for all that need it
    assert len(_plain()) == 3 * (len(examples.goldens()) + TREES) + 1
    assert runtime_file in _plain()


@pytest.mark.parametrize("name", WAYS)
def test_the_bytes_are_the_same(name: str) -> None:
    _check(WAYS[name])


@pytest.mark.needs("network-namespace")
def test_the_bytes_are_the_same_without_a_network() -> None:
    _check(Way(before=("unshare", "-n")))


@pytest.mark.needs("package-index")
def test_the_bytes_are_the_same_from_the_wheel() -> None:
    _check(Way(python=built.environment))


@pytest.mark.thorough  # the environment that runs the tests is one, where `make test` made it
@pytest.mark.needs("package-index")
def test_the_bytes_are_the_same_from_an_editable_install() -> None:
    _check(Way(python=_editable))


@lru_cache(maxsize=None)
def _editable() -> Path:
    """The interpreter of an environment with conducto as who develops it has it."""
    interpreter = built.bare("editable")
    built.pip("setuptools>=68", into=interpreter)
    built.pip("--editable", built.copy(), into=interpreter)
    return interpreter


@pytest.mark.needs("package-index", "another-python")
def test_the_bytes_are_the_same_on_other_pythons() -> None:
    pythons = list(machine.supported_pythons().values())
    for python in amount(pythons[-1:], pythons):
        _check(Way(python=lambda python=python: built.environment(python)))  # type: ignore[misc]


def test_a_difference_is_noticed() -> None:
    root = _checkout("planted")
    text = "import conducto as co\n\nroot = co.Exec(f'echo {hash(\"a\")}')\n"
    (root / "planted.py").write_text(text, encoding="utf-8")
    seeds = [Way(place="planted", env={"PYTHONHASHSEED": seed}) for seed in "123"]
    first, second, third = (_hashes(way, ["planted.py"]) for way in seeds)
    assert len(first) == 3
    assert first != second != third
