"""A folder as an archive: whatever is in one, nothing is written outside of the folder that it is restored to."""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conducto.data import cache
from conducto.diagnostics import ConductoValueError
from tests.command import fingerprint
from tests.plugin_thorough import amount

#: Type, name, and where a link leads.
Member = tuple[bytes, str, str]
KINDS = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE)
NAMES = st.lists(st.sampled_from(["a", "b", "link", "..", ".", ""]), min_size=1, max_size=4).map("/".join)
TARGETS = st.sampled_from(["..", "../outside", "a", "link", "/tmp", "../outside/file", "b/../..", "."])


def archive(members: Sequence[Member]) -> io.BytesIO:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as opened:
        for kind, name, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, 3 if kind == tarfile.REGTYPE else 0
            opened.addfile(info, io.BytesIO(b"new"))
    written.seek(0)
    return written


def restore(members: Sequence[Member], folder: Path) -> None:
    (folder / "outside").mkdir(exist_ok=True)
    (folder / "outside/file").write_text("untouched")
    cache.unpack(archive(members), str(folder / "there"))


@settings(max_examples=amount(50, 200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(KINDS), NAMES, TARGETS), max_size=6))
def test_nothing_outside_is_written(tmp_path_factory: pytest.TempPathFactory, members: list[Member]) -> None:
    folder = tmp_path_factory.mktemp("cache")
    (folder / "outside").mkdir()
    (folder / "outside/file").write_text("untouched")
    before, beside = fingerprint(folder / "outside"), {"outside", "there"}
    with contextlib.suppress(ConductoValueError, OSError, tarfile.TarError, KeyError):
        restore(members, folder)
    assert fingerprint(folder / "outside") == before
    assert {path.name for path in folder.iterdir()} <= beside


@pytest.mark.parametrize(
    "members",
    [
        [(tarfile.REGTYPE, "../outside/file", "")],
        [(tarfile.REGTYPE, "a/../../outside/file", "")],
        [(tarfile.SYMTYPE, "link", "../outside"), (tarfile.REGTYPE, "link/file", "")],
        [(tarfile.SYMTYPE, "link", "../outside/file"), (tarfile.REGTYPE, "link", "")],
        [(tarfile.LNKTYPE, "a", "../outside/file"), (tarfile.REGTYPE, "a", "")],
        [(tarfile.SYMTYPE, "..", "x")],
        [(tarfile.LNKTYPE, "a", "a")],
        [(tarfile.DIRTYPE, "a", ""), (tarfile.SYMTYPE, "a", "a")],
        [(tarfile.SYMTYPE, ".", "")],
        [(tarfile.LNKTYPE, "a", "b"), (tarfile.REGTYPE, "b", "")],
    ],
)
def test_what_leads_out_or_nowhere_is_refused(members: list[Member], tmp_path: Path) -> None:
    with pytest.raises(ConductoValueError, match="C173"):
        restore(members, tmp_path)
    assert (tmp_path / "outside/file").read_text() == "untouched"


def test_links_that_stay_and_links_that_nobody_follows_come_back(tmp_path: Path) -> None:
    restore(
        [
            (tarfile.REGTYPE, "m/file", ""),
            (tarfile.LNKTYPE, "m/hard", "m/file"),
            (tarfile.SYMTYPE, "m/python", "/usr/bin/python3"),
            (tarfile.SYMTYPE, "m/python", "../../outside"),
        ],
        tmp_path,
    )
    assert (tmp_path / "there/m/hard").stat().st_ino == (tmp_path / "there/m/file").stat().st_ino
    assert (tmp_path / "there/m/python").readlink() == Path("../../outside")
