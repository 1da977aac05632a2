"""Names of objects in shared data: each means a place in its directory, or is refused; and what is written comes as a whole."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto.data.place import is_unfinished, path_of, writing
from conducto.diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from conducto.paths import DATA
from tests.command import fingerprint


def made_in(place: Path) -> Path:
    """A directory of objects, and beside it what is not to be touched; links lead from one to the other."""
    made = Path(os.path.realpath(place)) / "data"
    (made / "a/b").mkdir(parents=True)
    (made.parent / "outside/deep").mkdir(parents=True)
    (made.parent / "outside/file").write_text("untouched")
    (made / "a/file").write_text("inside")
    links = {"out": "../outside", "file": "../outside/file", "in": "a/b", "absolute": str(made.parent / "outside")}
    for name, target in {**links, "self": ".", "above": "..", "dangling": "../outside/new", "loop": "loop"}.items():
        (made / name).symlink_to(target)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_in(tmp_path)


@pytest.fixture(scope="module")
def kept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a test."""
    return made_in(tmp_path_factory.mktemp("place"))


#: The links that lead out of the directory.
OUT = {"out", "file", "absolute", "above", "dangling"}
PARTS = ["a", "b", "c", "..", ".", "", "file", "in", "self", *OUT - {"file"}]


def kept(folder: Path, name: str, itself: bool) -> bool:
    """Whether a name stays in `folder`, by walking it: `..` by the words alone, links one after another."""
    parts: list[str] = []
    for part in name.split("/"):
        if part == ".." and not parts:
            return False
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if itself:
        if not parts:
            return False
        parts.pop()
    here = folder
    for part in parts:
        here = Path(os.path.normpath(here / os.readlink(here / part))) if (here / part).is_symlink() else here / part
        if here != folder and folder not in here.parents:
            return False
    return True


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=7).map("/".join), st.booleans())
def test_a_name_stays_in_the_directory_or_is_refused(kept_folder: Path, name: str, itself: bool) -> None:
    wanted = kept(kept_folder, name, itself)
    try:
        found = path_of(str(kept_folder), name, itself)
    except ConductoValueError:
        assert not wanted
        return
    assert wanted
    real = Path(os.path.realpath(os.path.dirname(found) if itself else found))
    assert real == kept_folder or kept_folder in real.parents


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=7).map("/".join))
def test_nothing_outside_is_written(kept_folder: Path, name: str) -> None:
    outside = kept_folder.parent / "outside"
    before = fingerprint(outside)
    with contextlib.suppress(ConductoError, OSError), writing(path_of(str(kept_folder), f"{name}/new", True)) as target:
        target.write(b"x")
    assert fingerprint(outside) == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("..", "`..`"),
        ("a/../../x", "`..`"),
        ("/../x", "`..`"),
        ("out/file", "a link"),
        ("file", "a link"),
        ("absolute/file", "a link"),
        ("a\0b", "NUL"),
        (f"{DATA}/elsewhere/x", "another place"),
    ],
)
def test_what_leads_out_is_refused_and_says_why(name: str, why: str, folder: Path) -> None:
    with pytest.raises(ConductoValueError) as caught:
        path_of(str(folder), name)
    (said,) = caught.value.diagnostics
    assert (said.code, "leads out of" in said.message, why in said.notes[0]) == ("C171", True, True)
    assert said.help
    assert said.location is not None
    assert str(said.location.file).endswith("test_data_place.py")


@pytest.mark.parametrize("name", [3, None, b"a", Path("a")])
def test_a_name_is_a_text(name: object, folder: Path) -> None:
    with pytest.raises(ConductoTypeError, match="C171"):
        path_of(str(folder), name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "/", ".", "a/..", "//"])
def test_the_directory_itself_is_no_object(name: str, folder: Path) -> None:
    assert os.path.realpath(path_of(str(folder), name)) == os.path.realpath(folder)
    with pytest.raises(ConductoValueError, match="but all of it"):
        path_of(str(folder), name, itself=True)


@pytest.mark.parametrize("name", ["a/file", "/a/file", "//a/./file", "a/b/../file", "self/a/file", "FOLDER/a/file"])
def test_spellings_of_one_place(name: str, folder: Path) -> None:
    """People of the original wrote `/flask/ip`; what a list of files says is the whole path."""
    assert Path(path_of(str(folder), name.replace("FOLDER", str(folder)))).read_text() == "inside"


def test_a_link_that_is_meant_itself_may_lead_anywhere(folder: Path) -> None:
    with writing(path_of(str(folder), "file", itself=True)) as target:
        target.write(b"new")
    assert not (folder / "file").is_symlink()
    assert (folder.parent / "outside/file").read_text() == "untouched"


def test_folders_that_are_made_are_open_to_the_users_of_all_images(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        with writing(str(folder / "x/y/z")) as target:
            target.write(b"1")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((folder / path).stat().st_mode) for path in ("x", "x/y", "x/y/z")] == [0o777, 0o777, 0o600]


def test_what_fails_leaves_what_was_there(folder: Path) -> None:
    before = fingerprint(folder)
    with pytest.raises(TypeError), writing(str(folder / "a/file")) as target:
        target.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert fingerprint(folder) == before
    with pytest.raises(IsADirectoryError), writing(str(folder / "a")) as target:
        target.write(b"x")
    assert fingerprint(folder) == before


def test_meanwhile_it_has_a_name_that_says_so(folder: Path) -> None:
    with writing(str(folder / "a/new")):
        assert sorted(map(is_unfinished, os.listdir(folder / "a"))) == [False, False, True]
    assert sorted(os.listdir(folder / "a")) == ["b", "file", "new"]


def test_of_two_writers_at_once_one_wins_and_no_mixture_is_seen(folder: Path) -> None:
    path, seen, end = folder / "a/file", set[bytes](), threading.Event()
    path.write_bytes(b"-" * 50_000)

    def write(byte: bytes) -> None:
        while not end.is_set():
            with writing(str(path)) as target:
                for _ in range(50):
                    target.write(byte * 1_000)
                    target.flush()

    writers = [threading.Thread(target=write, args=(byte,)) for byte in (b"a", b"b")]
    for writer in writers:
        writer.start()
    for _ in range(300):
        seen.add(path.read_bytes())
    end.set()
    for writer in writers:
        writer.join()
    assert {len(content) for content in seen} == {50_000}
    assert {len(set(content)) for content in seen} == {1}
    assert len(seen) > 1
