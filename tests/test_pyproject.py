"""Where in a pyproject.toml something stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from conducto import pyproject
from conducto.pyproject import Key

TABLES = """\
[project]
file = "none"
[tool.conducto]
name = "a"
[[tool.conducto.pipelines]]
file = "one.py"
[tool.conducto.pipelines.github]
default-image = ""

[[ tool . "conducto" . pipelines ]]
name = "second"
file = "two.py"
targets = ["make",
  "argo"]
[tool.conducto.pipelines.github]
default-image = "x"
[tool.conducto.make]
default-image = "y"
"""
INLINE = """\
[project]
file = "none"
[tool.conducto]
pipelines = [
  { file = "one.py" },
  { name = "second",
    file = "two.py" },
]
"""
TOP = ("tool", "conducto")


@pytest.mark.parametrize(
    ("text", "wanted", "word", "line", "fault"),
    [
        (TABLES, (), "name", 4, "name"),
        (TABLES, ("pipelines",), "", 5, "pipelines"),
        (TABLES, ("pipelines", 0), "", 5, "pipelines"),
        (TABLES, ("pipelines", 1), "", 10, "pipelines"),
        (TABLES, ("pipelines", 0, "file"), "", 6, "file"),
        (TABLES, ("pipelines", 1, "file"), "two.py", 12, "two.py"),
        (TABLES, ("pipelines", 1, "targets"), "make", 13, "make"),
        (TABLES, ("pipelines", 1, "targets"), "argo", 13, "targets"),
        (TABLES, ("pipelines", 0, "github"), "", 7, "github"),
        (TABLES, ("pipelines", 1, "github", "default-image"), "", 16, "default-image"),
        (TABLES, ("make", "default-image"), "", 18, "default-image"),
        (TABLES, ("pipelines", 1, "nowhere"), "", 10, None),
        (INLINE, ("pipelines", 0, "file"), "", 5, "file"),
        (INLINE, ("pipelines", 1, "file"), "two.py", 7, "two.py"),
        (INLINE, ("pipelines", 7, "file"), "", 7, "file"),
        (INLINE, ("pipelines", 1, "nowhere"), "", 4, None),
        ("", ("pipelines", 1, "file"), "", 1, None),
    ],
)
def test_where_it_stands(tmp_path: Path, text: str, wanted: Key, word: str, line: int, fault: str | None) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    key = (*TOP, *wanted) if wanted else (*TOP, "name")
    found = pyproject.place(str(path), key, word)
    whole = text.split("\n")[line - 1].strip()
    assert (found.line, found.text[found.column : found.end_column]) == (line, whole if fault is None else fault)
