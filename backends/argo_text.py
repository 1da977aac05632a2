"""User text in a Workflow: neither Kubernetes' `$(X)` nor Argo's `{{x}}` may see anything of its own in it."""

from __future__ import annotations

import re

from ..text import shown

#: A dollar that Kubernetes would take for the begin of `$$` or `$(X)`, in command, args and env.
_DOLLAR = re.compile(r"\$(?=[$(])")
#: What only an encoded text can carry: Argo's braces; control characters, which Go writes as no JSON; DEL and C1, which a
#: server-side apply refuses in any form; and two separators that YAML readers take for the end of a line.
_HARD = re.compile("\\{\\{|[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ENCODED = re.compile("[\\\\{$\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def unexpanded(text: str) -> str:
    """`text` with each `$` doubled that Kubernetes would act on."""
    return _DOLLAR.sub("$$", text)


def hard(text: str) -> bool:
    """Whether `text` must be encoded to arrive."""
    return _HARD.search(text) is not None


def encoded(text: str) -> str:
    r"""`text` for `printf %b`: backslashes doubled; braces, dollars and what cannot travel as `\0nnn` for each byte."""
    return _ENCODED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return "\\\\" if character == "\\" else "".join(f"\\0{byte:03o}" for byte in character.encode())


def inert(text: str) -> str:
    """`text` for people, on one line: an annotation. Not reversible: Argo's braces are parted."""
    return shown(text).replace("{{", "{ {")


def weight(text: str) -> int:
    """The bytes of `text` in the JSON that Go makes of it."""
    longer = sum(text.count(character) for character in '"\\\n\t') + 5 * sum(text.count(character) for character in "<>&")
    return len(text.encode()) + longer
