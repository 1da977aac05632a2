"""`co.Secret("NAME")`: an env value that stands in no file, log or output of ours."""

from __future__ import annotations

import re

from . import source
from .blame import blame, exact, said
from .diagnostics import ConductoTypeError, ConductoValueError

_NAME = re.compile("[A-Z_][A-Z0-9_]*")


class Secret:
    """The value of a secret that the target knows: on make the caller's environment, on GitHub `secrets.NAME`, on Argo a key of
    a Kubernetes Secret (docs/semantics.md, "The command").

    `name` is `[A-Z_][A-Z0-9_]*`; raises ConductoTypeError or ConductoValueError (C117) for any other.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        pick = source.argument("name", 0)
        if not isinstance(name, str):
            message = f"the name of a secret is a text, and this is {said(name)}"
            raise blame(ConductoTypeError, "C117", message, pick, help='write `co.Secret("TOKEN")`')
        if not _NAME.fullmatch(name):
            message = f"{said(name)} is no name of a secret"
            raise blame(
                ConductoValueError, "C117", message, pick, help="use capitals, digits and `_`, and no digit first"
            )
        self.name = exact(name)

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.name == self.name

    def __hash__(self) -> int:
        return hash(("conducto.Secret", self.name))
