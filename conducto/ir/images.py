"""What an image is made of, as data: nothing in it depends on the machine that compiles, and two equal ones are one."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple, Optional, Tuple

#: Where the code that an image carries stands in its file system.
CODE = "/mnt/conducto"
#: Where the runtime file stands in a container that needs it: first on PATH by its folder, first on PYTHONPATH by itself.
RUNTIME = "/conducto/bin/conducto"


class Code(NamedTuple):
    """The code that an image carries, at CODE.

    "folder": the files of `folder` (from the repository's root, "" for all of it) that git does not ignore, less `exclude`
    (patterns as in .gitignore). "clone": the files of branch `branch` of the git repository at `url`.
    """

    kind: str
    folder: str = ""
    url: str = ""
    branch: str = ""
    exclude: Tuple[str, ...] = ()


class ImageSpec(NamedTuple):
    """An image: where it begins, what is installed into it, and the code that it carries.

    `base` is the name of the image it begins with, "" where a Dockerfile makes that: `dockerfile` (a path) or
    `dockerfile_text`, with `context` (a folder; None for an empty one) and `build_args`. `packages`, `pip`, `npm` and
    `docker` are installed before the code is copied. `workdir` tells whether commands start in the code's root. `shell` is ""
    for bash where there is one, else sh; `platform` is docker's word, "" for the machine's own. `paths` are pairs of a path
    outside and the absolute one inside that the author gave (`path_map`). Paths outside are relative to the repository's root,
    with `/` between their parts, "" for the root.
    """

    base: str = ""
    dockerfile: str = ""
    dockerfile_text: str = ""
    context: Optional[str] = None
    build_args: Tuple[Tuple[str, str], ...] = ()
    packages: Tuple[str, ...] = ()
    pip: Tuple[str, ...] = ()
    npm: Tuple[str, ...] = ()
    docker: bool = False
    code: Optional[Code] = None
    workdir: bool = True
    shell: str = ""
    platform: str = ""
    paths: Tuple[Tuple[str, str], ...] = ()

    @property
    def from_dockerfile(self) -> bool:
        """Whether a Dockerfile of the author's makes what it begins with."""
        return bool(self.dockerfile or self.dockerfile_text)

    @property
    def installs(self) -> bool:
        """Whether something is installed into it."""
        return bool(self.packages or self.pip or self.npm or self.docker)

    @property
    def built(self) -> bool:
        """Whether it must be built, its code left aside."""
        return self.from_dockerfile or self.installs

    @property
    def key(self) -> str:
        """12 hexadecimal digits that stand for the definition (not for the content of any file)."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:12]

    @property
    def shown(self) -> str:
        """How people are told of it: the base's name, or the Dockerfile."""
        return self.base or self.dockerfile or f"Dockerfile text {self.key}"
