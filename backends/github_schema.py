"""The JSON schema of the github document: what we emit, and no more."""

from __future__ import annotations

from typing import Any, Dict

from .github_script import DOCKER_PARTS, PARTS
from .json_schema import closed


def _each(key: str, value: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    """An object whose keys all match a pattern."""
    return {"type": "object", "patternProperties": {key: value}, "additionalProperties": False, **more}


_TEXT = {"type": "string"}
#: The dot of ECMA's regexes stops at a newline, so the class.
_INERT = {"type": "string", "not": {"pattern": r"\$\{\{"}}
_LINE = {**_INERT, "minLength": 1, "maxLength": 100, "pattern": "^[^\\u0000-\\u001f\\u007f]*$"}
_LABEL = {**_INERT, "minLength": 1, "maxLength": 255, "pattern": "^[^\\u0000-\\u001f\\u007f]*$"}
_ID = "^(?!__)[A-Za-z_][A-Za-z0-9_-]{0,62}$"
_IDS = {"type": "array", "items": {"type": "string", "pattern": _ID}, "minItems": 1, "uniqueItems": True}
_NEED = r"needs\.[A-Za-z0-9_-]+\.(result|outputs\.outcome) == 'success'"
_CONDITION = {"type": "string", "pattern": rf"^!cancelled\(\)( && {_NEED})*$", "maxLength": 21_000}

_CHECKOUT = closed(
    {
        "uses": {"type": "string", "pattern": "^actions/checkout@[0-9a-f]{40}$"},
        "with": closed({"persist-credentials": {"const": False}}),
    }
)
_NAMES = "NODE|COMMAND|IMAGE|OPTIONS|FOLDER|SHELL|PLATFORM|SOCKET|BUILD|DOCKERFILE|INSTALLS|CODE|EXCLUDE|CLONE|BRANCH"
_NUMBER = {"type": "string", "pattern": "^[1-9][0-9]*$"}
_VARIABLES = {
    "type": "object",
    "patternProperties": {
        rf"^CONDUCTO_({_NAMES}|RUNTIME|SECRETS|ENV_[A-Za-z0-9_]+|SET_[0-9]+)$": _INERT,
        "^CONDUCTO_(MAX_TIME|RETRIES)$": _NUMBER,
        "^CONDUCTO_SECRET_[A-Z0-9_]+$": {"type": "string", "pattern": r"^\$\{\{ secrets\.[A-Z_][A-Z0-9_]* \}\}$"},
    },
    "additionalProperties": False,
}
_RUN = closed(
    {"env": _VARIABLES, "run": {"enum": [f'bash -c "$CONDUCTO_{where}" conducto' for where in ("DOCKER", "HOST")]}},
    **{"id": {"const": "run"}, "continue-on-error": {"const": True}},
)
_NOTHING = closed({"run": {"const": "echo nothing to run"}})

_JOB = closed(
    {
        "name": _LINE,
        "runs-on": {"anyOf": [_LABEL, {"type": "array", "items": _LABEL, "minItems": 1}]},
        "timeout-minutes": {"type": "integer", "minimum": 1, "maximum": 7_200},
        "steps": {"type": "array", "items": {"anyOf": [_CHECKOUT, _RUN, _NOTHING]}, "minItems": 1, "maxItems": 2},
    },
    **{
        "environment": _LABEL,
        "needs": _IDS,
        "if": _CONDITION,
        "permissions": closed({"contents": {"const": "read"}}),
        "outputs": closed({"outcome": {"const": "${{ steps.run.outcome }}"}}),
    },
)

_PARTS = {"type": "array", "items": {"enum": [*PARTS, *DOCKER_PARTS]}, "uniqueItems": True}
_NONE = {"type": "object", "maxProperties": 0}
_WORKFLOW = closed(
    {
        "name": _LINE,
        "on": closed(
            {
                "push": closed(
                    {"branches": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}}
                ),
                "pull_request": _NONE,
                "workflow_dispatch": _NONE,
            }
        ),
        "permissions": _NONE,
        "jobs": _each(_ID, _JOB, minProperties=1),
    },
    env=_each("^CONDUCTO_(DOCKERFILE|INSTALLS)_[0-9a-f]{12}$", _INERT),
)

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "a workflow of GitHub Actions, as conducto emits it",
    **closed(
        {
            "output": {"type": "string", "minLength": 1},
            "header": {"type": "array", "items": {"type": "string", "pattern": "^#"}},
            "workflow": _WORKFLOW,
            "scripts": closed({}, docker=_PARTS, host=_PARTS),
            "comments": _each(_ID, {"type": "array", "items": _TEXT, "minItems": 1}),
            "versions": _each("^actions/", {"type": "string", "pattern": r"^v[0-9.]+$"}),
        }
    ),
}
