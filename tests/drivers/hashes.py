"""Compiles pipelines by the command line, all in one process, and prints the SHA-256 of every file that this wrote.

    python hashes.py TIMES GROUP... -- FILE...

A GROUP is the targets of one call ("make,argo"), FILE a pipeline in the repository that is to be compiled; TIMES how often.
Prints JSON: path from the repository's root -> a list of TIMES hashes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys

from conducto import repository
from conducto.cli import cli


def compiled(words: list[str]) -> None:
    """Call the command line; its messages go where they go."""
    sys.argv = ["conducto", *words]
    status = cli()
    if status != 0:
        sys.exit(f"conducto {words}: status {status}")


def files(root: str) -> set[str]:
    """Every file below a repository's root but git's own."""
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "__pycache__")]
        found.update(os.path.join(folder, name) for name in names)
    return found


def main() -> None:
    times, *words = sys.argv[1:]
    groups, sources = words[: words.index("--")], words[words.index("--") + 1 :]
    root = repository.of(sources[0]).root
    before = files(root)
    hashes: dict[str, list[str]] = {}
    for _ in range(int(times)):
        for source in sources:
            for group in groups:
                compiled(["compile", "--target", group, source])
        for path in sorted(files(root) - before):
            with open(path, "rb") as file:
                hashes.setdefault(os.path.relpath(path, root), []).append(hashlib.sha256(file.read()).hexdigest())
            os.unlink(path)
    json.dump(hashes, sys.stdout)


main()
