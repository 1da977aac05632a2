"""What people are told of a local file that a command names and that its image does not have."""

from __future__ import annotations

from typing import NamedTuple, Optional


class Wrong(NamedTuple):
    """What is wrong, what is known of the image's files, and what to do."""

    message: str
    note: str
    help: str


def wrong(who: str, file: str, image: Optional[str], holds: str, copy: str) -> Wrong:
    """`who` names `file` (from the repository's root), and `image` (None where nobody chose one) does not say where it has it.

    `holds` is what is known of its files, `copy` the argument of co.Image that would bring the file into it.
    """
    if image is None:
        message = f"{who} runs in a container, but no image says where {file} lands in it"
        return Wrong(
            message, holds, f"give a parent an image that carries the code: `co.Serial(image=co.Image({copy}))`"
        )
    message = f"{who} runs in image {image}, which does not say where it has {file}"
    return Wrong(
        message, holds, f"add {copy} to its `co.Image`, or the place where it has the file: `path_map={{...}}`"
    )
