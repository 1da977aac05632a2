"""An image as its author gave it -> ImageSpec, every path relative to the repository's root."""

from __future__ import annotations

import os
import re
from typing import Any, Optional, Union

from .. import source
from ..diagnostics import ConductoError, Diagnostic
from ..image import Image
from ..repository import Repository
from ..source import shown_path
from ..text import shown
from .images import Code, ImageSpec

#: In `install_pip` it means what a container is given anyway where a command needs it: our runtime.
_OURS = re.compile(r"\s*conducto\s*", re.IGNORECASE)


def spec(image: Union[Image, str], home: Repository, default_image: str) -> ImageSpec:
    """The image as data; `default_image` for one that names no base ("" for no container).

    Raises ConductoError, at the place where the Image was made and without a node: C204 a path that is not in `home`, C205 one
    where nothing is any more, C206 something to be installed where there is no container.
    """
    if isinstance(image, str):
        return ImageSpec(image)
    given = image.definition
    from_dockerfile = given.dockerfile is not None or given.dockerfile_text is not None
    made = ImageSpec(
        base="" if from_dockerfile else given.image or default_image,
        dockerfile=_relative(image, "dockerfile", home) or "",
        dockerfile_text=given.dockerfile_text or "",
        context=_relative(image, "context", home),
        build_args=given.docker_build_args,
        packages=given.install_packages,
        pip=tuple(item for item in given.install_pip if not _OURS.fullmatch(item)),
        npm=given.install_npm,
        docker=given.install_docker,
        code=_code(image, home),
        workdir=given.docker_auto_workdir,
        shell=given.shell or "",
        platform=given.platform or "",
        paths=tuple((_inside(image, "path_map", outer, home), inner) for outer, inner in given.path_map),
    )
    if made.installs and not made.base and not from_dockerfile:
        message = "this Image has something installed into it and names no base, and there is no default image"
        raise _error(image, "C206", message, "give it `image`, or leave out what it installs")
    return made


def _code(image: Image, home: Repository) -> Optional[Code]:
    given = image.definition
    if given.copy_url is not None:
        return Code("clone", url=given.copy_url, branch=given.copy_branch or "")
    folder = _relative(image, "copy_dir", home)
    return None if folder is None else Code("folder", folder, exclude=given.exclude)


def _relative(image: Image, name: str, home: Repository) -> Optional[str]:
    path: Any = getattr(image.definition, name)
    return None if path is None else _inside(image, name, path, home)


def _inside(image: Image, name: str, path: str, home: Repository) -> str:
    """`path` relative to the repository, "" for its root."""
    relative = home.relative(path)
    if relative == ".." or relative.startswith("../"):
        raise _outside(image, name, relative, home)
    if not os.path.exists(path):
        message = f"`{name}` of this Image is {shown(shown_path(path))}, and nothing is there"
        raise _error(image, "C205", message, "correct it", name)
    return "" if relative == "." else relative


def _outside(image: Image, name: str, relative: str, home: Repository) -> ConductoError:
    what = "the repository" if home.found else "the pipeline's folder, which is in no repository"
    message = f"`{name}` of this Image leads out of {what}: to {shown(relative)}, seen from its root"
    help = "name what the repository holds" if home.found else "make a folder that holds both a repository: `git init`"
    return _error(image, "C204", message, help, name)


def _error(image: Image, code: str, message: str, help: str, name: str = "") -> ConductoError:
    """At what was given for argument `name`, or at the whole call."""
    return ConductoError(Diagnostic(code, message, location=image.site.location(source.argument(name)), help=help))
