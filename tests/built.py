"""The project as others get it: sdist and wheel built from a clean copy, and environments that they are installed in.

Everything is made once in a run of the tests, whatever process asks first, in a folder that goes when the run ends.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from conducto import runtime

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTION = "conducto-compiler"
OURS = ("make", "github", "argo")


def call(
    words: Sequence[object], *, cwd: Path, env: Mapping[str, str] | None = None, status: int = 0, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command that must end with `status`, in an environment without what points Python at other modules."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "CONDUCTO"))}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**clean, **(env or {})},
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == status, (
        f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done


#: The environment variable by which the processes of a run know the folder that they share.
SHARED = "TESTS_BUILT"


@lru_cache(maxsize=None)
def room() -> Path:
    """The folder of this process."""
    folder = Path(tempfile.mkdtemp(prefix="conducto-built-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def share() -> None:
    """Let the processes that this one starts share its folder."""
    os.environ.setdefault(SHARED, str(room()))


def shared() -> Path:
    """The folder of all processes of this run."""
    return Path(os.environ.get(SHARED) or room())


def _once(name: str, make: Callable[[], object]) -> None:
    """Make something of all processes, by the first that asks; others wait for it."""
    done = shared() / f"{name}.done"
    with (shared() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


@lru_cache(maxsize=None)
def tracked() -> tuple[str, ...]:
    """The files of the source tree, relative to its root: what git tracks or would add."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = call(words, cwd=ROOT).stdout.split("\0")
    return tuple(sorted(path for path in set(found) if path and (ROOT / path).is_file()))


@lru_cache(maxsize=None)
def copy() -> Path:
    """A copy of the source tree: what other people's checkout would be."""
    folder = shared() / "source"
    _once("source", lambda: _copy(folder))
    return folder


def _copy(folder: Path) -> None:
    for path in tracked():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)


@lru_cache(maxsize=None)
def artifacts() -> tuple[Path, Path]:
    """The sdist, and the wheel built from it."""
    folder = shared() / "dist"
    words = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, copy()]
    _once("dist", lambda: call(words, cwd=room()))
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def wheel() -> Path:
    """The wheel."""
    return artifacts()[1]


@lru_cache(maxsize=None)
def unpacked() -> Path:
    """A folder with the wheel in it and nothing else: what one puts on sys.path."""
    folder = shared() / "site"
    _once("site", lambda: pip("--no-deps", "--target", folder, wheel()))
    return folder


@lru_cache(maxsize=None)
def environment(python: str = sys.executable) -> Path:
    """A bare environment of `python` with the wheel and what it depends on; its interpreter's path. Needs PyPI."""
    own = python != sys.executable  # an old pip does not work on a newer Python
    name = f"with-wheel-{Path(python).name}"
    folder = shared() / "environments" / name
    _once(name, lambda: pip(wheel(), into=_environment(folder, python, own)))
    return folder / "bin" / "python"


def bare(name: str, python: str = sys.executable) -> Path:
    """A new environment with nothing in it, not even pip; its interpreter's path."""
    return _environment(room() / "environments" / name, python)


def _environment(folder: Path, python: str, own_pip: bool = False) -> Path:
    call([python, "-m", "venv", *([] if own_pip else ["--without-pip"]), folder], cwd=room())
    return folder / "bin" / "python"


def above(base: Path, name: str) -> Path:
    """A new environment that sees what is installed in another of the same Python; its interpreter's path."""
    interpreter = bare(name, str(base))
    place(interpreter, {"below.pth": f"import site; site.addsitedir({str(_site(base))!r})\n"})
    return interpreter


def place(interpreter: Path, files: Mapping[str, str]) -> None:
    """Put files where an environment's distributions are, as installing one does."""
    for name, text in files.items():
        path = _site(interpreter) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _site(interpreter: Path) -> Path:
    words = [interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(call(words, cwd=room()).stdout.strip())


def pip(*words: object, into: Path | None = None) -> None:
    """`pip install`, into the environment of an interpreter where one is given."""
    chosen: list[object] = [sys.executable, "-m", "pip", "--quiet", *(("--python", into) if into else ())]
    if into and (into.parent / "pip").exists():
        chosen = [into, "-m", "pip", "--quiet"]
    call([*chosen, "install", "--no-build-isolation", *words], cwd=room())


def runtime_file(folder: Path) -> Path:
    """A runtime file on disk, made by the project that is tested."""
    path = folder / "runtime.pyz"
    path.write_bytes(runtime.archive())
    path.chmod(0o755)
    return path


def build_wheel(source: Path) -> Path:
    """The wheel of another distribution's source tree, built from a copy."""
    folder = Path(tempfile.mkdtemp(dir=room()))
    shutil.copytree(source, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    words = ["-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    call([sys.executable, *words, folder / "source"], cwd=folder)
    return next(folder.glob("*.whl"))


def repository(folder: Path) -> Path:
    """The folder, made, as a git repository."""
    folder.mkdir(parents=True, exist_ok=True)
    call(["git", "init", "--quiet", folder], cwd=room())
    return folder
