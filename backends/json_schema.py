"""What the schemas of all targets' documents are put together from."""

from __future__ import annotations

from typing import Any, Dict


def closed(required: Dict[str, Any], **optional: Any) -> Dict[str, Any]:
    """An object of these keys alone."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **optional},
    }
