"""The ConfigMaps of what containers need and no image holds: the code of this repository, and conducto's runtime file."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from conducto.ir.images import CODE, RUNTIME, Code
from conducto.ir.plan import File, Plan
from conducto.naming import KUBERNETES, mangle

from .argo_script import ARCHIVE, MAKE, TAR, UNPACKER

#: What one ConfigMap may carry: Kubernetes takes 1,048,576 bytes, its names and the rest of the object not counted.
CARRIED_BYTES = 900_000

#: 1980, before which zip archives made of the files could not hold their times.
_TIME = 315_532_800
_LINE = 100
_BLOCK, _FIELD = 512, 100


class Mount(NamedTuple):
    """A volume, and where it stands in a container."""

    volume: Dict[str, Any]
    path: str

    @property
    def entry(self) -> Dict[str, Any]:
        """The container's own words of it."""
        return {"name": self.volume["name"], "mountPath": self.path}


class Carried:
    """What a plan carries, each thing in one ConfigMap whose name tells its content: a run never sees that of a later one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tars: Dict[Code, bytes] = {code: tar(files) for code, files in plan.files.items()}
        self.maps: Dict[Optional[Code], Dict[str, Any]] = {}
        if plan.runtime:
            self.maps[None] = self._config_map("runtime", RUNTIME.rpartition("/")[2], plan.archive)
        for code, archive in self.tars.items():
            self.maps[code] = self._config_map("code", TAR, archive, data={MAKE: UNPACKER})

    @property
    def objects(self) -> List[Dict[str, Any]]:
        """The ConfigMaps, those of the same content (of two codes that leave out different files, say) once."""
        return list({found["metadata"]["name"]: found for found in self.maps.values()}.values())

    def mounts(self, code: Optional[Code], runtime: bool) -> List[Mount]:
        """What a container mounts that has this code (None for none) and the runtime file."""
        found: List[Mount] = []
        if code in self.maps and code is not None:
            found.append(Mount({"name": "archive", "configMap": {"name": self._name(code)}}, ARCHIVE))
            found.append(Mount({"name": "code", "emptyDir": {}}, CODE))
        if runtime:
            source = {"name": self._name(None), "defaultMode": 0o755}
            found.append(Mount({"name": "runtime", "configMap": source}, RUNTIME.rpartition("/")[0]))
        return found

    def _name(self, key: Optional[Code]) -> str:
        name: str = self.maps[key]["metadata"]["name"]
        return name

    def _config_map(self, what: str, key: str, content: bytes, **more: Any) -> Dict[str, Any]:
        digest = hashlib.sha256(content + repr(more).encode()).hexdigest()[:8]
        name = mangle(f"{digest}-{mangle(self.plan.origin.name, KUBERNETES)}-{what}", KUBERNETES)
        found = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "immutable": True}
        return {**found, **more, "binaryData": {key: lines(content)}}


def lines(content: bytes) -> str:
    """Base64 in lines, so that a small change of the content is a small one of the file."""
    text = base64.b64encode(content).decode()
    return "\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))


def tar(files: Sequence[File]) -> bytes:
    """The files as a tar archive in GNU's format: the same bytes wherever it is made.

    Written here, as Python's own module writes other headers from one release to the next; not compressed, as what zlib makes
    of the same bytes differs from one machine to the next.
    """
    parts: List[bytes] = []
    for file in sorted(files):
        mode = 0o755 if file.kind == "program" else 0o644
        path = file.path.encode("utf-8", "surrogateescape")
        link = file.data if file.kind == "link" else b""
        for kind, long in ((b"K", link), (b"L", path)):
            if len(long) > _FIELD:
                parts.append(_entry(b"././@LongLink", 0o644, kind, b"", long + b"\0"))
        parts.append(_entry(path, mode, b"2", link, b"") if link else _entry(path, mode, b"0", b"", file.data))
    return b"".join([*parts, bytes(2 * _BLOCK)])


def _entry(name: bytes, mode: int, kind: bytes, link: bytes, data: bytes) -> bytes:
    """A header and its data, filled up to whole blocks: https://www.gnu.org/software/tar/manual/html_node/Standard.html"""
    numbers = [b"%07o\0" % number for number in (mode, 0, 0)]
    sizes = [b"%011o\0" % number for number in (len(data), _TIME)]
    before = name[:_FIELD].ljust(_FIELD, b"\0") + b"".join([*numbers, *sizes])
    after = kind + link[:_FIELD].ljust(_FIELD, b"\0") + b"ustar  \0"
    total = sum(before) + sum(after) + 8 * ord(" ")
    header = before + b"%06o\0 " % total + after
    return header.ljust(_BLOCK, b"\0") + data.ljust(-(-len(data) // _BLOCK) * _BLOCK, b"\0")


def largest(files: Sequence[File], count: int = 3) -> List[Tuple[str, int]]:
    """The files that take most of it, each with its bytes."""
    return sorted(((file.path, len(file.data)) for file in files), key=lambda file: (-file[1], file[0]))[:count]
