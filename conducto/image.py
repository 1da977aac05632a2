"""`co.Image`: the image of a node's containers, as a value that is checked where it is written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NoReturn, Optional, Sequence, Union

from . import source
from .blame import blame
from .diagnostics import ConductoAttributeError, ConductoError, Diagnostic
from .paths import Layout

if TYPE_CHECKING:
    from .image_checks import Definition

AnyPath = Union[str, "os.PathLike[str]"]


class Image:
    """The image of a node's containers: where it begins, what is installed into it, and the code that it carries.

    It begins with `image` (a name), or with what a Dockerfile makes: `dockerfile` (a path) or `dockerfile_text`, with
    `docker_build_args` and `context` (a folder; without it the one of `dockerfile`, with `copy_repo` the repository, and none
    for `dockerfile_text`); without any of them with the default image. Into it go `install_packages` (by the package manager
    that it has), `install_docker` (the client), `install_pip` and `install_npm`, in this order; `reqs_packages`,
    `reqs_docker`, `reqs_py` and `reqs_npm` are their older names.

    The code stands in /mnt/conducto, where commands then start (not so with `docker_auto_workdir=False`): the folder
    `copy_dir`, with `copy_repo=True` the repository of the calling file, or branch `copy_branch` of the repository at
    `copy_url`; `exclude` are patterns as in .gitignore of what is left out. `path_map` tells where the image has files of
    this machine already: local path -> path inside. `shell` runs the commands (Image.AUTO: bash where there is one, else sh);
    `platform` is docker's word for another machine, `name` what `image_name` of a node calls it by.

    Relative paths are relative to the file that calls. Equal definitions (whatever the name) are equal images. Raises
    ConductoTypeError or ConductoValueError, C130-C136, at the user's line.
    """

    __slots__ = ("_definition", "_hash", "_name", "_site")

    #: For `shell`: bash where the image has one, else sh.
    AUTO = None

    def __init__(
        self,
        image: Optional[str] = None,
        *,
        dockerfile: Optional[AnyPath] = None,
        dockerfile_text: Optional[str] = None,
        docker_build_args: Optional[Mapping[str, str]] = None,
        context: Optional[AnyPath] = None,
        copy_dir: Optional[AnyPath] = None,
        copy_repo: Optional[bool] = None,
        copy_url: Optional[str] = None,
        copy_branch: Optional[str] = None,
        docker_auto_workdir: bool = True,
        install_pip: Optional[Sequence[str]] = None,
        install_npm: Optional[Sequence[str]] = None,
        install_packages: Optional[Sequence[str]] = None,
        install_docker: Optional[bool] = None,
        reqs_py: Optional[Sequence[str]] = None,
        reqs_npm: Optional[Sequence[str]] = None,
        reqs_packages: Optional[Sequence[str]] = None,
        reqs_docker: Optional[bool] = None,
        path_map: Optional[Mapping[AnyPath, str]] = None,
        shell: Optional[str] = AUTO,
        platform: Optional[str] = None,
        exclude: Optional[Sequence[str]] = None,
        name: Optional[str] = None,
        **unknown: Any,
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "unknown") and value is not None}
        from . import image_checks  # after locals() was asked

        site = source.user_site()
        definition = image_checks.definition({**given, **unknown}, site)
        for slot, value in zip(Image.__slots__, (definition, hash(definition), name, site)):
            object.__setattr__(self, slot, value)

    # --- what it is -------------------------------------------------------------------------------------------------------

    @property
    def definition(self) -> Definition:
        """What it is made of, checked: paths absolute, older names of arguments replaced."""
        return self._definition  # type: ignore[no-any-return]

    @property
    def name(self) -> Optional[str]:
        """What `image_name` of a node calls it by; None for an image that was given no name."""
        return self._name  # type: ignore[no-any-return]

    @property
    def site(self) -> source.Site:
        """Where it was made."""
        return self._site  # type: ignore[no-any-return]

    @property
    def layout(self) -> Layout:
        """Which files of this machine it has, and where: see paths.inside."""
        given = self.definition
        return Layout(given.copy_dir, given.copy_url is not None, given.path_map, given.docker_auto_workdir)

    def __getattr__(self, name: str) -> Any:
        from .image_checks import OLDER, Definition

        if name in Definition._fields or name in OLDER:
            return getattr(self.definition, OLDER.get(name, name))
        if name == "to_dict":
            raise _gone(name)
        raise AttributeError(f"Image has no attribute `{name}`")

    # --- a value ----------------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and (self is other or self._definition == other._definition)

    def __hash__(self) -> int:
        return self._hash  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        from .image_checks import Definition

        usual = Definition()._asdict()
        said = [f"{key}={value!r}" for key, value in self.definition._asdict().items() if value != usual[key]]
        return f"Image({', '.join([*said, *([f'name={self.name!r}'] if self.name else [])])})"

    def __copy__(self) -> "Image":
        return self

    def __deepcopy__(self, memo: Any) -> "Image":
        return self

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise self._unchanging(name)

    def __delattr__(self, name: str) -> NoReturn:
        raise self._unchanging(name)

    def _unchanging(self, name: str) -> ConductoAttributeError:
        pick, help = source.keyword(name), f"make another one: `co.Image(..., {name}=...)`"
        message = f"`{name}` of an Image cannot be set: many nodes may have it"
        return blame(ConductoAttributeError, "C139", message, pick, help=help)  # type: ignore[return-value]

    # --- what older files call --------------------------------------------------------------------------------------------

    @staticmethod
    def share_directory(name: str, relative: AnyPath) -> None:
        """Nothing (C138, a warning when a file that calls it is compiled): it shared a folder among users of one service."""
        _note("share_directory")

    @staticmethod
    def register_directory(name: str, relative: AnyPath) -> None:
        """Nothing, as share_directory: its older name."""
        _note("register_directory")

    @staticmethod
    def get_contextual_path(path: AnyPath, **more: Any) -> NoReturn:
        """Raises ConductoGoneError (C161): `co.relpath` is a local path in a command."""
        raise _gone("get_contextual_path")


def _gone(name: str) -> ConductoError:
    from . import gone

    return gone.error(f"Image.{name}", gone.IMAGES[name])


_notes: Dict[str, Diagnostic] = {}


def _note(function: str) -> None:
    message = f"`Image.{function}` does nothing: an image has the code that it is given"
    help = "leave it out; `copy_dir` or `path_map` of an Image say where a container has the folder"
    found = Diagnostic("C138", message, location=source.user_site().location(), help=help, severity="warning")
    _notes.setdefault(function, found)


def notes() -> List[Diagnostic]:
    """The warnings about calls that do nothing, each function's first alone, since this was asked last."""
    found = list(_notes.values())
    _notes.clear()
    return found
