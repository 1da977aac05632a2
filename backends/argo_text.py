"""User text in a WorkflowTemplate: what Argo, Kubernetes and the API server would act on."""

from __future__ import annotations

import json
import re
from typing import Any

from conducto.text import shown

#: What no command, argument or env entry can hold as it is: an expression, for which Argo has no escape; control characters,
#: which Argo writes into JSON as Go would into a string, or the API server refuses; separators that YAML readers break at.
_UNCARRIED = re.compile("\\{\\{|[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_CODED = re.compile("\\{(?=\\{)|[\\\\\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
#: A `$` that Kubernetes would take for its own: `$(NAME)` is another variable's value, and `$$` one `$`.
_DOLLAR = re.compile(r"\$(?=[$(])")

_LABEL_LENGTH = 200


def carried(text: str) -> bool:
    """Whether `text` arrives, but for its dollars, as it is."""
    return _UNCARRIED.search(text) is None


def dollars(text: str) -> str:
    """`text` such that Kubernetes, which expands `$(NAME)` and `$$` in commands, arguments and env, makes it again."""
    return _DOLLAR.sub("$$", text)


def encoded(text: str) -> str:
    r"""`text` such that a shell's `printf %b` makes it again: `\\` for a backslash, `\0173` for the first of two braces."""
    return _CODED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return "\\\\" if character == "\\" else "".join(f"\\0{byte:03o}" for byte in character.encode())


def label(text: str) -> str:
    """`text` for people, on one line: a comment or an annotation. Not reversible; of a long one the tail."""
    line = re.sub(r"\{(?=\{)", "{ ", shown(text))
    return line if len(line) <= _LABEL_LENGTH else "..." + line[3 - _LABEL_LENGTH :]


def go_size(value: Any) -> int:
    """The bytes of `value` as JSON that Go writes: `<`, `>`, `&`, U+2028 and U+2029 take six each, and no blank stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) + 5 * len(re.findall("[<>&]", text)) + 3 * len(re.findall("[\u2028\u2029]", text))
