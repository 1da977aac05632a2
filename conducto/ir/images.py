"""What an image is made of, as data: nothing in it depends on the machine that compiles, and two equal ones are one."""

from __future__ import annotations

import hashlib
import json
import os
from typing import NamedTuple, Optional, Tuple

from .. import patterns
from ..paths import CODE as CODE
from ..paths import RUNTIME_FILE as RUNTIME_FILE
from ..paths import Layout

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

    @property
    def rules(self) -> Tuple[str, ...]:
        """`exclude` as the function `conducto_code` of templates/code.sh takes it, a word each (not yet quoted)."""
        return tuple(patterns.parse(pattern).word for pattern in self.exclude)


class ImageSpec(NamedTuple):
    """An image: where it begins, what is installed into it, and the code that it carries.

    `base` is the name of the image it begins with, "" where a Dockerfile makes that: `dockerfile` (a path) or
    `dockerfile_text`, with `context` (a folder; None for an empty one) and `build_args`. `packages`, `pip`, `npm` and
    `docker` are installed before the code is copied. `workdir` tells whether commands start in the code's root. `shell` is ""
    for bash where there is one, else sh; `platform` is docker's word, "" for the machine's own. `paths` are pairs of a path
    outside and the one inside that the author gave (`path_map`; a relative one is relative to where commands start). Paths
    outside are relative to the repository's root, with `/` between their parts, "" for the root.
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
    def is_container(self) -> bool:
        """Whether it is one at all: without a base it only says where code is."""
        return bool(self.base) or self.from_dockerfile

    @property
    def has_places(self) -> bool:
        """Whether its commands name files by where a container alone has them: by `path_map`, or code where they do not start."""
        return bool(self.paths) or (self.code is not None and not self.workdir)

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

    def layout(self, root: str) -> Layout:
        """Which files of this machine it has, and where (see paths.inside); `root` is the repository's."""
        code = self.code
        folder = os.path.join(root, code.folder) if code is not None and code.kind == "folder" else None
        pairs = tuple((os.path.join(root, outer), inner) for outer, inner in self.paths)
        return Layout(folder, code is not None and code.kind == "clone", pairs, self.workdir)

    @property
    def shown(self) -> str:
        """How people are told of it: the base's name, or the Dockerfile."""
        return self.base or self.dockerfile or f"Dockerfile text {self.key}"
