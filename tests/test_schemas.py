"""The emitters' own schemas refuse whatever else is put into a document, and the official ones take what is written."""

from __future__ import annotations

import copy
import json
import pathlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files as resources
from typing import Any

import jsonschema
import pytest
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from conducto import targets
from tests import built, examples
from tests.documents import documents, files
from tests.machine import Machine
from tests.plugin_thorough import amount

Where = tuple["str | int", ...]

#: No key and no value of any document: what a map with free keys must refuse too.
PLANTED = {"planted defect": [None]}


def _validator(target: str) -> jsonschema.Draft202012Validator:
    schema = targets.get(target).schema
    assert schema is not None
    return jsonschema.Draft202012Validator(schema)


#: So many places that are alike are changed in all documents of a target: validating one for every place takes minutes.
ALIKE = amount(1, 2)
Seen = Counter[tuple[object, ...]]


def _chosen(document: Any, seen: Seen) -> list[tuple[Where, Any]]:
    """Values of a document with their paths: of those as deep under the same two keys the first few of all documents."""
    found = []
    for path, value in _places(document):
        like = (len(path), *("*" if isinstance(key, int) else key for key in path[-2:]), type(value))
        seen[like] += 1
        if seen[like] <= ALIKE:
            found.append((path, value))
    return found


def _places(document: Any) -> Iterator[tuple[Where, Any]]:
    """Every value of a document with its path."""
    stack: list[tuple[Where, Any]] = [((), document)]
    while stack:
        path, value = stack.pop()
        yield path, value
        stack.extend(((*path, key), child) for key, child in _below(value))


def _below(value: Any) -> list[tuple[str | int, Any]]:
    """What an object or a list holds, by key or index; nothing for any other value."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _extra_keys(document: Any, seen: Seen) -> Iterator[Where]:
    """The document, changed in place, with one more key in each object in turn."""
    for path, value in _chosen(document, seen):
        if isinstance(value, dict):
            value["planted defect"] = PLANTED
            yield path
            del value["planted defect"]


def _extra_items(document: Any, seen: Seen) -> Iterator[Where]:
    """The document with one more item in each list in turn."""
    for path, value in _chosen(document, seen):
        if isinstance(value, list):
            value.append(PLANTED)
            yield path
            value.pop()


def _other_values(document: Any, seen: Seen) -> Iterator[Where]:
    """The document with a null for each value in turn."""
    for path, value in _chosen(document, seen):
        for key, child in _below(value):
            value[key] = None
            yield (*path, key)
            value[key] = child


DEFECTS = {"extra key": _extra_keys, "extra item": _extra_items, "null": _other_values}


@pytest.mark.parametrize("target", built.OURS)
def test_every_document_is_taken(target: str) -> None:
    assert len(documents(target)) >= len(examples.goldens())
    for name, document in documents(target).items():
        assert [error.message for error in _validator(target).iter_errors(document)] == [], name


@pytest.mark.parametrize("target", built.OURS)
@pytest.mark.parametrize("defect", DEFECTS)
def test_what_is_planted_in_a_document_is_refused(target: str, defect: str) -> None:
    validator, missed, count = _validator(target), [], 0
    seen: Seen = Counter()
    for name, document in documents(target).items():
        changed = copy.deepcopy(document)
        for path in DEFECTS[defect](changed, seen):
            count += 1
            if validator.is_valid(changed):
                missed.append(f"{name}: {'/'.join(map(str, path))}")
        assert changed == document
    assert missed == []
    assert (
        count >= len(documents(target)) * ALIKE // 4
    )  # what looks alike in several documents is tried in a few of them


@pytest.mark.parametrize("target", built.OURS)
def test_what_every_document_has_is_required(target: str) -> None:
    validator, made = _validator(target), list(documents(target).values())
    for key in set.intersection(*(set(document) for document in made)):
        lacking = {name: value for name, value in made[0].items() if name != key}
        assert not validator.is_valid(lacking), key


@pytest.mark.parametrize("target", built.OURS)
def test_no_object_of_a_schema_is_open(target: str) -> None:
    for path, value in _places(targets.get(target).schema):
        if isinstance(value, dict) and value.get("type") == "object":
            closed = value.get("additionalProperties", True) is not True or value.get("maxProperties") == 0
            assert closed, "/".join(map(str, path))


# --- the official schemas ---------------------------------------------------------------------------------------------


def _parsed(target: str) -> Iterator[tuple[str, Any]]:
    """Every YAML document of every file that is written, with the name of what it was made from."""
    for name, made in files(target).items():
        for text in made.values():
            yield from ((name, value) for value in YAML(typ="safe", pure=True).load_all(text))


def _official(schema: dict[str, Any]) -> Any:
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@lru_cache(maxsize=None)
def _github() -> Any:
    """SchemaStore's schema of workflow files, as the check-jsonschema package carries it."""
    home = resources("check_jsonschema.builtin_schemas.vendor")
    return _official(json.loads(home.joinpath("github-workflows.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=None)
def _argo() -> Any:
    """Argo's own schema of a WorkflowTemplate, closed: a field that it does not know is refused, as the API server does."""
    schema = json.loads(pathlib.Path(Machine().path("argo-schema")).read_text(encoding="utf-8"))
    for definition in schema["definitions"].values():
        if "properties" in definition:
            definition.setdefault("additionalProperties", False)
    del schema["oneOf"]
    return _official({**schema, "$ref": "#/definitions/io.argoproj.workflow.v1alpha1.WorkflowTemplate"})


def _complaints(validator: Any, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message:.300}" for error in validator.iter_errors(value)]


def test_every_workflow_file_is_one_to_schemastore() -> None:
    made = list(_parsed("github"))
    assert len(made) == len(documents("github"))
    for name, workflow in made:
        assert _complaints(_github(), workflow) == [], name
        job = next(iter(workflow["jobs"].values()))
        job["runs_on"] = job.pop("runs-on")
        assert _complaints(_github(), workflow) != [], name


@pytest.mark.needs("argo-schema")
def test_every_workflow_template_is_one_to_argo() -> None:
    made = [(name, value) for name, value in _parsed("argo") if value["kind"] == "WorkflowTemplate"]
    assert len(made) == len(documents("argo"))
    for name, template in made:
        assert _complaints(_argo(), template) == [], name
        template["spec"]["templates"][0]["stepz"] = []
        assert _complaints(_argo(), template) != [], name
