"""What an Image is given, checked and made one Definition."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from . import calling, patterns, repository, source, text
from .blame import blame, carried, exact, said
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError, did_you_mean
from .paths import CODE
from .source import Site, shown_path


class Definition(NamedTuple):
    """What an Image is made of, by the names of its arguments; paths are absolute, symlinks resolved. `copy_repo` has become
    `copy_dir`, `context` is never left to be guessed.
    """

    image: Optional[str] = None
    dockerfile: Optional[str] = None
    dockerfile_text: Optional[str] = None
    docker_build_args: Tuple[Tuple[str, str], ...] = ()
    context: Optional[str] = None
    copy_dir: Optional[str] = None
    copy_url: Optional[str] = None
    copy_branch: Optional[str] = None
    docker_auto_workdir: bool = True
    install_packages: Tuple[str, ...] = ()
    install_docker: bool = False
    install_pip: Tuple[str, ...] = ()
    install_npm: Tuple[str, ...] = ()
    path_map: Tuple[Tuple[str, str], ...] = ()
    shell: Optional[str] = None
    platform: Optional[str] = None
    exclude: Tuple[str, ...] = ()


#: Older names of arguments.
OLDER = {
    "reqs_py": "install_pip",
    "reqs_npm": "install_npm",
    "reqs_packages": "install_packages",
    "reqs_docker": "install_docker",
}
_PATHS = ("dockerfile", "context", "copy_dir")
_BASES = ("image", "dockerfile", "dockerfile_text")
_CODES = ("copy_dir", "copy_repo", "copy_url")
#: An argument that is nothing without one of some others.
_NEEDS = {
    "docker_build_args": ("dockerfile", "dockerfile_text"),
    "context": ("dockerfile", "dockerfile_text"),
    "exclude": ("copy_dir", "copy_repo"),
    "copy_branch": ("copy_url",),
    "copy_url": ("copy_branch",),
}


def definition(given: Mapping[str, Any], site: Site) -> Definition:
    """What the call of co.Image at `site` defines; `given` are its arguments, without those that are None.

    Raises ConductoTypeError or ConductoValueError: C130 what does not go together, C131 an argument that is nothing without
    another, C132 both names of one, C133 a value, C134 an unknown argument, C135 a file that is not there, C136 no repository.
    """
    spelled = _spelled(given)
    values = {name: _CHECKS[name](written, given[written]) for name, written in spelled.items()}
    _together(values, spelled)
    for name in _PATHS:
        if name in values:
            values[name] = _located(name, values[name], site, "file" if name == "dockerfile" else "folder")
    values["path_map"] = _path_map(values.get("path_map", ()), site)
    if values.pop("copy_repo", False):
        values["copy_dir"] = _repository(site)
        values.setdefault("context", values["copy_dir"] if "dockerfile" in values else None)
    if "dockerfile" in values:
        values.setdefault("context", os.path.dirname(values["dockerfile"]))
    values.pop("name", None)
    real = {name: os.path.realpath(values[name]) for name in _PATHS if values.get(name) is not None}
    return Definition(**{**values, **real})


def inside_a_node() -> bool:
    """Whether this runs in a node of a pipeline: its container has the code alone, and no Image is made use of there."""
    return "CONDUCTO_NODE" in os.environ


# --- names of arguments, and what goes together ---------------------------------------------------------------------------


def _spelled(given: Mapping[str, Any]) -> Dict[str, str]:
    """Argument -> the name that it was given by."""
    found: Dict[str, str] = {}
    for name in given:
        now = OLDER.get(name, name)
        if now not in _CHECKS:
            help = did_you_mean(name, [*_CHECKS, *OLDER]) or f"it has {', '.join(_CHECKS)}"
            raise blame(ConductoTypeError, "C134", f"Image has no argument `{name}`", source.keyword(name), help=help)
        if now in found:
            message = f"`{name}` is the older name of `{now}`, and both are given"
            raise blame(ConductoValueError, "C132", message, source.keyword(name), help=f"give `{now}` alone")
        found[now] = name
    return found


def _together(values: Mapping[str, Any], spelled: Mapping[str, str]) -> None:
    for group, what in ((_BASES, "begins with"), (_CODES, "carries the code of")):
        found = [name for name in group if values.get(name) not in (None, False)]
        if len(found) > 1:
            message = f"an image {what} one of `{'`, `'.join(group)}`, and {len(found)} are given"
            help = f"leave out `{found[0]}` or `{found[1]}`"
            raise blame(ConductoValueError, "C130", message, _keyword(found[1]), help=help)
    if values.get("copy_repo") and "copy_branch" in values:
        message = "`copy_repo` carries the repository as it stands, so it takes no `copy_branch`"
        help = "for another branch, or another clone, give `copy_url` and `copy_branch`"
        raise blame(ConductoValueError, "C130", message, _keyword("copy_branch"), help=help)
    for name, others in _NEEDS.items():
        if values.get(name) not in (None, ()) and not any(values.get(other) for other in others):
            needed = "`, or `".join(others)
            message = f"`{name}` is nothing without `{needed}`"
            help = f"give `{others[0]}` too, or leave it out"
            raise blame(ConductoValueError, "C131", message, _keyword(spelled[name]), help=help)


def _keyword(name: str) -> source.Pick:
    return source.argument("image", 0) if name == "image" else source.keyword(name)


# --- values -----------------------------------------------------------------------------------------------------------


def _wrong(
    name: str, value: object, wanted: str, typed: bool, steps: Tuple[object, ...] = (), key: bool = False
) -> ConductoError:
    """C133 for the value of an argument (at `steps` in it), of a wrong type or (`typed`) of the right one."""
    error = ConductoValueError if typed else ConductoTypeError
    pick = source.within(name, steps, key) if steps else source.argument(name, 0 if name == "image" else None)
    where = f"an item of `{name}`" if steps else f"`{name}`"
    return blame(error, "C133", f"{where} is {said(value)}, and must be {wanted}", pick, help=f"write {wanted}")


def _text(wanted: str, shape: str, flags: int = 0) -> Callable[[str, Any], str]:
    """A check for a text of this shape."""

    def check(name: str, value: Any) -> str:
        typed = isinstance(value, str)
        if not typed or not re.fullmatch(shape, value, flags):
            raise _wrong(name, value, wanted, typed)
        carried(f"`{name}`", value, source.argument(name, 0 if name == "image" else None))
        return exact(value)

    return check


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "True or False", False)
    return value


def _path(name: str, value: Any) -> str:
    return _path_text(name, value, ())


def _path_text(name: str, value: Any, steps: Tuple[object, ...]) -> str:
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    typed = isinstance(path, str)
    if not typed or not path or text.complaint(path):
        raise _wrong(name, value, "a path", typed, steps, key=bool(steps))
    return exact(path)


def _list(wanted: str, complaint: Callable[[str], bool]) -> Callable[[str, Any], Tuple[str, ...]]:
    """A check for a list or tuple of texts, none of which has a complaint."""

    def check(name: str, value: Any) -> Tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise _wrong(name, value, f"a list of {wanted}s", False)
        for number, item in enumerate(value):
            typed = isinstance(item, str)
            if not typed or not item.strip() or text.complaint(item) or re.search("[\r\n]", item) or complaint(item):
                raise _wrong(name, item, f"the name of a {wanted}", typed, (number,))
        return tuple(exact(item) for item in value)

    return check


def _build_args(name: str, value: Any) -> Tuple[Tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise _wrong(name, value, "a dict of texts", False)
    for key, item in value.items():
        if not isinstance(key, str) or not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key):
            raise _wrong(name, key, "the name of a build argument", isinstance(key, str), (key,), key=True)
        if not isinstance(item, str) or text.complaint(item):
            raise _wrong(name, item, "a text", isinstance(item, str), (key,))
    return tuple(sorted((exact(key), exact(item)) for key, item in value.items()))


def _path_pairs(name: str, value: Any) -> Tuple[Tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise _wrong(name, value, "a dict of local paths and the paths inside", False)
    found: List[Tuple[str, str]] = []
    for outer, inner in value.items():
        if not isinstance(inner, str) or not inner or text.complaint(inner):
            raise _wrong(name, inner, "a path inside the image", isinstance(inner, str), (outer,))
        found.append((_path_text(name, outer, (outer,)), exact(inner)))
    return tuple(found)


def _exclude(name: str, value: Any) -> Tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(name, value, "a list of patterns", False)
    for number, pattern in enumerate(value):
        if not isinstance(pattern, str) or text.complaint(pattern):
            raise _wrong(name, pattern, "a pattern as in .gitignore", isinstance(pattern, str), (number,))
        try:
            patterns.parse(pattern)
        except ValueError as error:
            message = f"the pattern {said(pattern)} {error}"
            pick, help = source.within(name, (number,)), "write it in another way, as in .gitignore"
            raise blame(ConductoValueError, "C133", message, pick, help=help) from None
    return tuple(exact(pattern) for pattern in value)


#: Scheme and host, host and path of scp, or a path of the machine that clones; no password, nor what may be one (a
#: user's name for http), as this goes into files.
_URL = r"(?!-)(?!.*://[^/@:]*:[^/@]*@)(?!https?://[^/@]*@)(?!s3:)([a-z][a-z0-9+.-]*://|[^/:\s]+:|/)[^\s\x00-\x1f]+"
#: https://git-scm.com/docs/git-check-ref-format
_BRANCH = r"(?![-/.])(?!.*(\.\.|//|/\.|@\{|\.lock(/|$)|[/.]$))[^\x00-\x20\x7f~^:?*\[\\]+"

_CHECKS: Dict[str, Callable[[str, Any], Any]] = {
    "image": _text('the name of an image such as "python:3.13-slim"', r"(?!-)[\x21-\x7e]+"),
    "dockerfile": _path,
    "dockerfile_text": _text("the text of a Dockerfile", r".*\S.*", re.DOTALL),
    "docker_build_args": _build_args,
    "context": _path,
    "copy_dir": _path,
    "copy_repo": _flag,
    "copy_url": _text("the address of a git repository, without a password or a token", _URL),
    "copy_branch": _text("the name of a branch", _BRANCH),
    "docker_auto_workdir": _flag,
    "install_packages": _list("package", lambda item: bool(re.search(r"^-|\s", item))),
    "install_docker": _flag,
    "install_pip": _list("package", lambda item: bool(re.search(r"^-(?!-)|^--\S*\s", item))),
    "install_npm": _list("package", lambda item: bool(re.search(r"^-(?!-)|\s", item))),
    "path_map": _path_pairs,
    "shell": _text('the name or path of a shell such as "sh"', r"(?!-)[^\s\x00-\x1f]+"),
    "platform": _text('a platform such as "linux/arm64"', r"[a-z0-9]+(/[a-z0-9_]+(/[a-z0-9.]+)?)?"),
    "exclude": _exclude,
    "name": _text("a name without blanks", r"[^\s\x00-\x1f\x7f]+"),
}


# --- files --------------------------------------------------------------------------------------------------------------


#: Whether something of a kind is at a path.
_THERE: Dict[str, Callable[[str], bool]] = {
    "file": os.path.isfile,
    "folder": os.path.isdir,
    "file or folder": os.path.lexists,
}


def _located(name: str, path: str, site: Site, kind: str, steps: Tuple[object, ...] = ()) -> str:
    """The absolute path. Raises C135 where nothing of the kind is there."""
    found = calling.located(path, site)
    if _THERE[kind](found) or inside_a_node():
        return found
    pick = source.within(name, steps, key=True) if steps else source.argument(name)
    file = text.shown(shown_path(calling.file(site)))
    message = f"`{name}` names {text.shown(path)}, and seen from {file} there is no such {kind}"
    help = "correct it: a relative path is relative to the file that calls co.Image"
    raise blame(ConductoValueError, "C135", message, pick, help=help)


def _path_map(pairs: Tuple[Tuple[str, str], ...], site: Site) -> Tuple[Tuple[str, str], ...]:
    """The pairs with absolute local paths, each once, sorted."""
    found: Dict[str, str] = {}
    for outer, inner in pairs:
        found.setdefault(os.path.realpath(_located("path_map", outer, site, "file or folder", (outer,))), inner)
    return tuple(sorted(found.items()))


def _repository(site: Site) -> str:
    """The root of the repository that holds the calling file. Raises C136 where there is none."""
    file = calling.file(site)
    home = repository.of(file)
    if home.found:
        return home.root
    if inside_a_node():
        return CODE if file.startswith(f"{CODE}/") else home.root
    message = f"`copy_repo`: {text.shown(shown_path(file))} lies in no git repository"
    help = "make its folder one (`git init`), or give `copy_dir`"
    raise blame(ConductoValueError, "C136", message, source.keyword("copy_repo"), help=help)
