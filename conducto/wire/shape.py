"""A JSON value against the schema of the format: the few keywords that it uses, with the standard library alone."""

from __future__ import annotations

import functools
import importlib.resources
import json
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple

#: Where a value is wrong, and why: for people.
Wrong = Optional[str]


@functools.lru_cache(maxsize=None)
def schema() -> Mapping[str, Any]:
    """The published schema."""
    text = importlib.resources.files(__package__).joinpath("pipeline.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def wrong(value: Any, part: str) -> Wrong:
    """What is wrong with a value that stands as `part` of a pipeline (a key of the schema's `properties`), or None."""
    return _wrong(value, schema()["properties"][part], part)


def _wrong(value: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    for keyword, each in wanted.items():
        check = _CHECKS.get(keyword)
        found = check(value, each, wanted, where) if check is not None else None
        if found is not None:
            return found
    return None


def _is(value: Any, type_: str) -> bool:
    """Whether a value is of a type of JSON's: a float without a fraction is an integer too, a bool no number."""
    if type_ == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if type_ == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, _TYPES[type_])


_TYPES: Dict[str, type] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def _type(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    allowed = [each] if isinstance(each, str) else each
    return None if any(_is(value, type_) for type_ in allowed) else f"{where} is no {' or '.join(allowed)}"


def _same(one: Any, other: Any) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _const(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    return None if _same(value, each) else f"{where} is not {json.dumps(each)}"


def _enum(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    return None if any(_same(value, one) for one in each) else f"{where} is none of {json.dumps(each)}"


def _one_of(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    found = [_wrong(value, one, where) for one in each]
    return None if found.count(None) == 1 else next(filter(None, found), f"{where} is two things at once")


def _required(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    lacks = [key for key in each if key not in value] if isinstance(value, dict) else []
    return f"{where} has no {lacks[0]}" if lacks else None


def _members(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    """`properties` and `additionalProperties`, at the first of the two."""
    if not isinstance(value, dict) or (each is wanted.get("additionalProperties") and "properties" in wanted):
        return None
    known, rest = wanted.get("properties", {}), wanted.get("additionalProperties", {})
    for key, member in value.items():
        if key not in known and rest is False:
            return f"{where} has {key!r:.60}"
        found = _wrong(member, known.get(key, rest), f"{where}.{key:.60}")
        if found is not None:
            return found
    return None


def _elements(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    if not isinstance(value, list) or (each is wanted.get("items") and "prefixItems" in wanted):
        return None
    first = wanted.get("prefixItems", [])
    for number, (element, schema_) in enumerate(_paired(value, first, wanted.get("items", {}))):
        found = _wrong(element, schema_, f"{where}[{number}]")
        if found is not None:
            return found
    return None


def _paired(value: Any, first: Any, rest: Any) -> Iterator[Tuple[Any, Any]]:
    for number, element in enumerate(value):
        yield element, first[number] if number < len(first) else rest


def _fewest(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    return f"{where} has fewer than {each}" if isinstance(value, list) and len(value) < each else None


def _most(value: Any, each: Any, wanted: Mapping[str, Any], where: str) -> Wrong:
    return f"{where} has more than {each}" if isinstance(value, list) and len(value) > each else None


_CHECKS: Dict[str, Callable[[Any, Any, Mapping[str, Any], str], Wrong]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "oneOf": _one_of,
    "required": _required,
    "properties": _members,
    "additionalProperties": _members,
    "prefixItems": _elements,
    "items": _elements,
    "minItems": _fewest,
    "maxItems": _most,
}
#: What a schema may say besides, which no value can break.
COMMENTS = ("$schema", "$id", "title", "description")
