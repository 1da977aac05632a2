"""Each validator finds the defects planted for it, in the very call in which it passes a good file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import validators
from tests.validators import ARGO, GITHUB, NEEDS, CheckerFailed, Finding, check_argo, check_github

WORKFLOW = """\
name: good
on:
  push:
    branches: [main]
permissions: {}
concurrency:
  group: good
  cancel-in-progress: false
jobs:
  n1:
    name: /a
    runs-on: ubuntu-24.04
    outputs:
      ok: ${{ steps.run.outcome == 'success' }}
    steps:
      - id: run
        run: echo one
        shell: sh
  n2:
    name: /b
    runs-on: ubuntu-24.04
    needs: [n1]
    if: ${{ !cancelled() && needs.n1.outputs.ok == 'true' }}
    steps:
      - run: echo two
        shell: sh
"""
TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: planted
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        template: leaf
  - name: leaf
    container:
      image: "local/busybox:1"
      command: ["true"]
"""
Defects = dict[str, tuple[str, str, set[str]]]
# defect -> (text to replace, text instead, who must find it; where that is one, nobody else). What only one of them finds
# is why all are here.
GITHUB_DEFECTS: Defects = {
    "unknown key": ("    needs: [n1]", "    need: [n1]", {"check-jsonschema", "github-parser", "actionlint"}),
    "no runs-on": (
        "    runs-on: ubuntu-24.04\n    needs",
        "    needs",
        {"check-jsonschema", "github-parser", "actionlint"},
    ),
    "bad id": ("n2:", "2n:", {"check-jsonschema", "github-parser", "actionlint"}),
    "id too long": ("  n2:", f"  n{'2' * 100}:", {"github-parser"}),
    "reserved id": ("  n2:", "  __n2:", {"github-parser"}),
    "ids that differ by case": ("  n2:", "  N1:", {"github-parser", "actionlint"}),
    "unknown need": ("needs: [n1]", "needs: [n1, n3]", {"github-parser", "actionlint"}),
    "cycle": ("  n1:\n", "  n1:\n    needs: [n2]\n", {"github-parser", "actionlint"}),
    "live expression": ("echo two", "echo ${{ .X }}", {"github-parser", "actionlint"}),
    "unknown output": ("outputs.ok ==", "outputs.nope ==", {"actionlint"}),
    "injection": ("echo two", "echo ${{ github.event.issue.title }}", {"actionlint", "zizmor"}),
    "unpinned action": ("- run: echo two\n        shell: sh", "- uses: actions/checkout@v4", {"zizmor"}),
    "no permissions": ("permissions: {}\n", "", {"zizmor"}),
    "env without a value": ("permissions: {}\n", "permissions: {}\nenv:\n  A:\n", {"check-jsonschema"}),
    "not YAML": ("  n2:", "  n2: [", {"check-jsonschema", "github-parser", "actionlint", "zizmor"}),
}
ARGO_DEFECTS: Defects = {
    "unknown template": ("template: leaf", "template: nope", {"argo lint"}),
    "unknown entrypoint": ("entrypoint: main", "entrypoint: nope", {"argo lint"}),
    "unknown parameter": ('["true"]', '["{{inputs.parameters.nope}}"]', {"argo lint"}),
    "unknown field": ("    steps:", "    stepz:", {"argo lint", "kubectl apply"}),
    "bad name": ("name: planted", "name: Planted_", {"kubectl apply"}),
    "empty steps": ("    - - name: a\n        template: leaf\n", "    []\n", {"argo lint", "kubectl apply"}),
    "201 templates": (
        "  - name: leaf\n",
        "".join(f"  - name: t{i}\n    suspend: {{}}\n" for i in range(199)) + "  - name: leaf\n",
        {"kubectl apply"},
    ),
}


Planted = dict[str, list[Finding]]


def plant(folder: Path, good: str, defects: Defects, suffix: str) -> dict[Path, str]:
    """The good file and one with each defect; what is wrong with each."""
    files = {folder / f"good{suffix}": "nothing"}
    (folder / f"good{suffix}").write_text(good)
    for number, (defect, (old, new, _)) in enumerate(defects.items()):
        assert good.count(old) == 1, f"{old!r} must stand in the good file once"
        file = folder / f"bad{number}{suffix}"
        file.write_text(good.replace(old, new))
        files[file] = defect
    return files


def gather(files: dict[Path, str], findings: list[Finding]) -> Planted:
    """Findings by what is wrong with their file."""
    return {defect: [finding for finding in findings if finding.file == file] for file, defect in files.items()}


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    files = plant(tmp_path_factory.mktemp("github"), WORKFLOW, GITHUB_DEFECTS, ".yml")
    return gather(files, check_github(files))


@pytest.fixture(scope="module")
def argo(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    files = plant(tmp_path_factory.mktemp("argo"), TEMPLATE, ARGO_DEFECTS, ".yaml")
    return gather(files, check_argo(files))


def check(found: list[Finding], finders: set[str]) -> None:
    """Who must find a defect did; an only finder was the only one."""
    tools = {finding.tool for finding in found}
    assert tools >= finders, found
    assert len(finders) > 1 or tools == finders, found


@pytest.mark.needs(*NEEDS["github"])
@pytest.mark.parametrize("defect", GITHUB_DEFECTS)
def test_github_defect_is_found(github: Planted, defect: str) -> None:
    check(github[defect], GITHUB_DEFECTS[defect][2])


@pytest.mark.needs(*NEEDS["argo"])
@pytest.mark.parametrize("defect", ARGO_DEFECTS)
def test_argo_defect_is_found(argo: Planted, defect: str) -> None:
    check(argo[defect], ARGO_DEFECTS[defect][2])


@pytest.mark.needs(*NEEDS["github"])
def test_good_workflow_has_no_finding(github: Planted) -> None:
    assert github["nothing"] == []


@pytest.mark.needs(*NEEDS["argo"])
def test_good_template_has_no_finding(argo: Planted) -> None:
    assert argo["nothing"] == []


@pytest.mark.needs(*NEEDS["argo"])
def test_as_many_templates_as_may_be(tmp_path: Path) -> None:
    old, new, _ = ARGO_DEFECTS["201 templates"]
    file = tmp_path / "most.yaml"
    file.write_text(TEMPLATE.replace(old, new.replace("  - name: t198\n    suspend: {}\n", "")))
    assert check_argo([file]) == []


def test_every_validator_has_a_defect_of_its_own() -> None:
    for checkers, defects in ((GITHUB, GITHUB_DEFECTS), (ARGO, ARGO_DEFECTS)):
        alone = {next(iter(finders)) for _, _, finders in defects.values() if len(finders) == 1}
        assert alone == set(checkers)


def test_no_files_is_no_praise() -> None:
    for check in (check_github, check_argo):
        with pytest.raises(ValueError, match="no files"):
            check([])


@pytest.mark.needs(*NEEDS["github"])
@pytest.mark.parametrize("tool", GITHUB)
def test_a_file_that_is_not_there_is_no_praise(tmp_path: Path, tool: str) -> None:
    file = tmp_path / "absent.yml"
    try:
        findings = GITHUB[tool]([file])
    except CheckerFailed:
        return
    assert findings


@pytest.mark.needs("bash")
def test_a_checker_that_dies_is_no_praise() -> None:
    with pytest.raises(CheckerFailed, match="exit status 7"):
        validators._call(["bash", "-c", "exit 7"], (0, 1))
