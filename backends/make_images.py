"""The images that a makefile builds: which they are, and what each is made of, as data."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Set, Tuple

from conducto import dockerfile
from conducto.ir.images import RUNTIME_FILE, ImageSpec
from conducto.ir.plan import Plan
from conducto.naming import KUBERNETES, mangle


class Images:
    """The images of a plan: those that are built by the makefile, each with a target and a name for docker.

    `suffix` is for the targets of images of generated nodes: they are others than those of the makefile, which come after
    nodes of it. Which of two with one name is made first makes no difference.
    """

    def __init__(self, plan: Plan, suffix: str = "") -> None:
        rows = [plan.rows[number] for number in plan.leaves()]
        self._suffix = suffix
        self._name = mangle(plan.origin.name, KUBERNETES)
        self._chosen: Set[ImageSpec] = {row.image for row in rows if row.chosen and row.image is not None}
        self._runtime: Set[ImageSpec] = {row.image for row in rows if row.runtime and row.image is not None}
        if plan.growing() and not suffix:
            # What is generated may call functions in any of them, and finds them made.
            self._runtime |= {row.image for row in rows if row.image and (row.image.code or row.image.paths)}
        self._keys = {spec: spec.key for spec in plan.images if self._is_built(spec)}
        self._places = _places(plan, self._keys)

    def _is_built(self, spec: ImageSpec) -> bool:
        return spec.built or spec.code is not None or spec.platform != "" or spec in self._runtime

    def __contains__(self, spec: object) -> bool:
        """Whether the makefile builds it; another one is used as it is."""
        return spec in self._keys

    def target(self, spec: ImageSpec) -> str:
        """The target of an image that is built."""
        return f"image/{self._keys[spec]}{self._suffix}"

    def tag(self, spec: ImageSpec) -> str:
        """By what name docker knows what was built last."""
        return f"conducto/{self._name}:{self._keys[spec]}"

    def place(self, spec: ImageSpec) -> int:
        """The row of the smallest part of the tree that all Execs with an image are in: with that it is built."""
        return self._places[spec]

    def document(self) -> List[Tuple[ImageSpec, Dict[str, Any]]]:
        """The images that are built, in the order of their first use."""
        return [(spec, self._image(spec)) for spec in self._keys]

    def _image(self, spec: ImageSpec) -> Dict[str, Any]:
        image: Dict[str, Any] = {"target": self.target(spec), "tag": self.tag(spec)}
        if spec in self._chosen and spec.base:
            image["base"] = spec.base
        image.update(_of_dockerfile(spec))
        if spec.platform:
            image["platform"] = spec.platform
        if spec.installs:
            # The line that names the base is written where the pipeline runs, as only there it is known.
            image["steps"] = dockerfile.text(spec, "base").partition("\n")[2].rstrip("\n")
        image.update(_of_code(spec))
        if spec in self._runtime:
            image["runtime"] = RUNTIME_FILE
        return image


def _places(plan: Plan, specs: Iterable[ImageSpec]) -> Dict[ImageSpec, int]:
    """For each image the lowest row that all Execs with it stand under: what the first and the last have in common."""
    ends: Dict[ImageSpec, Tuple[int, int]] = {}
    for number in plan.leaves():
        spec = plan.rows[number].image
        if spec is not None:
            ends[spec] = (ends.get(spec, (number, 0))[0], number)
    return {spec: _common(plan, *ends[spec]) for spec in specs}


def _common(plan: Plan, one: int, other: int) -> int:
    """The lowest row that has both under it, or is both; a row above has a smaller number."""
    while one != other:
        if one > other:
            one = plan.rows[one].parent
        else:
            other = plan.rows[other].parent
    return one


def _of_dockerfile(spec: ImageSpec) -> Dict[str, Any]:
    if not spec.from_dockerfile:
        return {}
    found: Dict[str, Any] = {"dockerfile": spec.dockerfile} if spec.dockerfile else {"text": _text(spec)}
    if spec.context is not None:
        found["context"] = spec.context or "."
    if spec.build_args:
        found["args"] = dict(spec.build_args)
    return found


def _text(spec: ImageSpec) -> str:
    return (dockerfile.base_text(spec) or "").rstrip("\n")


def _of_code(spec: ImageSpec) -> Dict[str, Any]:
    if spec.code is None:
        return {}
    found: Dict[str, Any] = {"workdir": True} if spec.workdir else {}
    if spec.code.kind == "clone":
        found.update(clone=spec.code.url, branch=spec.code.branch)
    else:
        found["code"] = spec.code.folder or "."
    if spec.code.rules:
        found["exclude"] = list(spec.code.rules)
    return found
