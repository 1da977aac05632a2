"""`co.data`: objects by their names, and folders kept as caches."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto.data.store import Store
from conducto.diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from tests.command import fingerprint


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "store").mkdir()
    return Store(str(tmp_path / "store"))


def test_the_two_that_there_are_by_their_names_and_older_ones() -> None:
    assert co.temp_data is co.data.pipeline
    assert co.perm_data is co.data.user
    assert (co.data.pipeline.folder, co.data.user.folder) == ("/conducto/data/pipeline", "/conducto/data/user")


def test_what_is_stored_is_there(store: Store, tmp_path: Path) -> None:
    store.puts("/a/b", b"12345")
    assert store.gets("a/b") == (tmp_path / "store/a/b").read_bytes() == b"12345"
    assert (store.size("a/b"), store.exists("a/b"), store.exists("a"), store.exists("b")) == (5, True, True, False)
    store.puts("a/b", b"6")
    store.get("a/b", str(tmp_path / "file"))
    store.get("a/b", str(tmp_path))
    assert (tmp_path / "file").read_bytes() == (tmp_path / "b").read_bytes() == b"6"


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o400])
def test_a_file_keeps_its_mode(mode: int, store: Store, tmp_path: Path) -> None:
    (tmp_path / "program").write_text("#!/bin/sh\n")
    (tmp_path / "program").chmod(mode)
    for _ in range(2):
        store.put("p", str(tmp_path / "program"))
    assert stat.S_IMODE((tmp_path / "store/p").stat().st_mode) == mode
    store.get("p", str(tmp_path / "back"))
    assert stat.S_IMODE((tmp_path / "back").stat().st_mode) == mode


@pytest.mark.parametrize(
    ("given", "wanted"), [((0, 5), b"01234"), ([3, 3], b""), ((8, 99), b"89"), ((99, 100), b""), (None, b"0123456789")]
)
def test_a_range_of_bytes(given: Any, wanted: bytes, store: Store) -> None:
    store.puts("x", b"0123456789")
    assert store.gets("x", byte_range=given) == wanted


@pytest.mark.parametrize("given", [(3,), (3, 2), (-1, 2), [1, 2, 3], "12", 5, (0, 1.5), (False, True)])
def test_what_is_no_range_is_refused(given: Any, store: Store) -> None:
    store.puts("x", b"0123456789")
    with pytest.raises((ConductoTypeError, ConductoValueError), match="C172"):
        store.gets("x", byte_range=given)


@pytest.mark.parametrize("value", [bytearray(b"1"), memoryview(b"1")])
def test_bytes_in_another_form_are_bytes(value: Any, store: Store) -> None:
    store.puts("x", value)
    assert store.gets("x") == b"1"


@pytest.mark.parametrize("value", ["text", 3, None])
def test_bytes_alone_are_stored(value: Any, store: Store) -> None:
    """The original raised ValueError."""
    with pytest.raises(ValueError, match="C172"):
        store.puts("x", value)
    assert store.list() == []


def test_names_are_listed(store: Store, tmp_path: Path) -> None:
    for name in ("runs/2", "runs/1", "runs/deep/x", "runs2", "other"):
        store.puts(name, b"")
    (tmp_path / "store/.conducto-unfinished-x").touch()
    assert store.list() == ["other", "runs", "runs2"]
    assert store.list("runs") == ["runs/1", "runs/2", "runs/deep"]
    assert store.list("runs/") == ["runs/1", "runs/2", "runs/deep"]
    assert store.list("/runs") == ["/runs/1", "/runs/2", "/runs/deep"]
    assert store.list("runs/d") == ["runs/deep"]
    assert store.list("ru") == ["runs", "runs2"]
    assert store.list("none/x") == store.list("none") == store.list("other/x") == []


def test_what_is_deleted_is_not_there(store: Store, tmp_path: Path) -> None:
    for name in ("a/b", "a/c", "d"):
        store.puts(name, b"")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "store/link").symlink_to(tmp_path / "kept")
    store.delete("a/b")
    store.delete("d", recursive=True)
    store.delete("link", recursive=True)
    assert store.list() == ["a"]
    with pytest.raises(OSError, match="a"):
        store.delete("a")
    store.delete("a", recursive=True)
    assert store.list() == []
    assert (tmp_path / "kept/file").exists()


WITHOUT: dict[str, Callable[[Store], object]] = {
    "get": lambda store: store.get("x", "y"),
    "gets": lambda store: store.gets("x"),
    "put": lambda store: store.put("x", __file__),
    "puts": lambda store: store.puts("x", b""),
    "list": lambda store: store.list("x"),
    "exists": lambda store: store.exists("x"),
    "size": lambda store: store.size("x"),
    "delete": lambda store: store.delete("x"),
    "url": lambda store: store.url("x"),
    "cache_exists": lambda store: store.cache_exists("x", "1"),
    "save_cache": lambda store: store.save_cache("x", "1", "."),
    "restore_cache": lambda store: store.restore_cache("x", "1", "."),
    "clear_cache": lambda store: store.clear_cache("x"),
}


def test_every_method_is_looked_at() -> None:
    assert set(WITHOUT) == {name for name in vars(Store) if not name.startswith("_") and name != "folder"}


@pytest.mark.parametrize("method", WITHOUT)
def test_without_a_directory_it_says_so(method: str, tmp_path: Path) -> None:
    with pytest.raises(ConductoError) as caught:
        WITHOUT[method](Store(str(tmp_path / "none")))
    (said,) = caught.value.diagnostics
    assert (said.code, said.message) == ("C170", f"there is no {tmp_path}/none here: shared data is not set up")
    assert "shared-data = true" in str(said.help)
    assert said.location is not None
    assert said.location.text.strip() == f'"{method}": {_source(method)}'
    assert list(tmp_path.iterdir()) == []


def _source(method: str) -> str:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(line.strip().partition(": ")[2] for line in lines if line.startswith(f'    "{method}": '))


OUT: dict[str, Callable[[Store, str], object]] = {
    "get": lambda store, name: store.get(name, "y"),
    "gets": lambda store, name: store.gets(name),
    "list": lambda store, name: store.list(name),
    "exists": lambda store, name: store.exists(name),
    "size": lambda store, name: store.size(name),
    "url": lambda store, name: store.url(name),
    "put": lambda store, name: store.put(f"{name}/z", __file__),
    "puts": lambda store, name: store.puts(f"{name}/z", b""),
    "delete": lambda store, name: store.delete(f"{name}/file"),
    "cache_exists": lambda store, name: store.cache_exists(f"../{name}/cache", "1"),
    "save_cache": lambda store, name: store.save_cache(f"../{name}/cache", "1", "tests"),
    "restore_cache": lambda store, name: store.restore_cache(f"../{name}/cache", "1", "y"),
    "clear_cache": lambda store, name: store.clear_cache(f"../{name}/cache"),
}


@pytest.mark.parametrize("name", ["../outside", "link"])
@pytest.mark.parametrize("method", WITHOUT)
def test_every_method_refuses_what_leads_out(method: str, name: str, store: Store, tmp_path: Path) -> None:
    (tmp_path / "outside/cache").mkdir(parents=True)
    (tmp_path / "outside/cache/1.tar").touch()
    (tmp_path / "outside/file").touch()
    (tmp_path / "store/link").symlink_to(tmp_path / "outside")
    (tmp_path / "store/conducto-cache").mkdir()
    before = fingerprint(tmp_path / "outside")
    with pytest.raises(ConductoValueError, match="leads out of"):
        OUT[method](store, name)
    assert fingerprint(tmp_path / "outside") == before


def test_where_it_is(store: Store) -> None:
    assert store.url("a b/ü") == f"{store.folder}/a%20b/%C3%BC"
    assert store.url("x", path_only=False) == f"file://{store.folder}/x"


# --- caches -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder worth keeping."""
    made = tmp_path / "modules"
    (made / "bin").mkdir(parents=True)
    (made / "bin/run").write_text("run")
    (made / "bin/run").chmod(0o755)
    (made / "python").symlink_to("/usr/bin/python3")
    (made / "closed").mkdir()
    (made / "closed/x").touch()
    (made / "closed").chmod(0o555)
    return made


def test_a_folder_is_saved_and_comes_back(store: Store, modules: Path, tmp_path: Path) -> None:
    assert not store.cache_exists("npm", "1")
    store.save_cache("npm", "1", f"{modules}/")
    assert store.cache_exists("npm", "1")
    store.restore_cache("npm", "1", str(tmp_path / "there"))
    back = tmp_path / "there/modules"
    assert (back / "bin/run").read_text() == "run"
    assert stat.S_IMODE((back / "bin/run").stat().st_mode) == 0o755
    assert stat.S_IMODE((back / "closed").stat().st_mode) == 0o555
    assert os.readlink(back / "python") == "/usr/bin/python3"


def test_caches_are_cleared(store: Store, modules: Path) -> None:
    for name, checksum in (("npm", "1"), ("npm", "2"), ("npm2", "1")):
        store.save_cache(name, checksum, str(modules))
    store.clear_cache("npm", "1")
    assert [store.cache_exists("npm", each) for each in "12"] == [False, True]
    store.clear_cache("npm")
    store.clear_cache("npm")
    assert not store.cache_exists("npm", "2")
    assert store.cache_exists("npm2", "1")
    with pytest.raises(FileNotFoundError):
        store.clear_cache("npm2", "7")
    with pytest.raises(FileNotFoundError):
        store.restore_cache("npm", "1", ".")
