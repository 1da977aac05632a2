r"""Text for what has no plain text of its own: several texts as one, and values that look like something else.

Several texts: a comma between two, one inside a text written `\,`. Of the backslashes right before a comma or at the end of a
text each is written twice, all others once. No text at all is the empty text; a single empty one is a lone backslash.

A literal: a backslash, and the value as JSON without blanks: `\"None"`, `\1`, `\[1,"a"]`. Only the one spelling that `literal`
gives counts; whatever else begins with a backslash is plain text.
"""

from __future__ import annotations

import re
from typing import Any, List, Sequence, Tuple

_ENDS = re.compile(r"(?<!\\)(\\*)(,|\Z)")
_ONE_EMPTY = "\\"


def join(texts: Sequence[str]) -> str:
    """Several texts as one; `split` gives them back, whatever they hold."""
    if len(texts) == 1 and not texts[0]:
        return _ONE_EMPTY
    return ",".join(_ENDS.sub(_escaped, text) if "," in text or text.endswith("\\") else text for text in texts)


def _escaped(found: re.Match[str]) -> str:
    return found[1] * 2 + ("\\," if found[2] else "")


def split(text: str) -> List[str]:
    """The texts that `text` joins. A backslash too few at its end is forgiven, as in `C:\\dir\\`."""
    if text in ("", _ONE_EMPTY):
        return [""] if text else []
    texts, parts, start = [], [], 0
    for found in _ENDS.finditer(text):
        pairs, odd = divmod(len(found[1]), 2)
        parts += [text[start : found.start()], "\\" * pairs]
        start = found.end()
        if odd:
            parts.append(found[2] or "\\")
        if not odd or not found[2]:
            texts.append("".join(parts))
            parts = []
    return texts


def literal(value: Any) -> str:
    """`value` (None, bool, int, float, str, list of these) as a literal. Raises ValueError where it has none."""
    import json

    try:
        return "\\" + json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def read_literal(text: str) -> Tuple[bool, Any]:
    """Whether `text` is a literal, and its value."""
    if not text.startswith("\\"):
        return False, None
    import json

    try:
        value = json.loads(text[1:])
        return literal(value) == text, value
    except (ValueError, RecursionError):
        return False, None
