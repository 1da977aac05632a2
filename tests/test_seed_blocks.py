"""Every program of the project's seed that has no Lazy, as it stands there (what its text lost put back): the tree that it shows,
and the files of all targets. The one that computes π is run on each.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests import outputs
from tests.command import conducto, python
from tests.repositories import commit, initialised

MAIN = "    co.main()\n"
TWO_TESTS = """\
/
└─0 Test
  ├─ test1   echo run test 1
  └─ test2   echo run test {second}
"""

BUILD_AND_TEST = """\
import conducto as co

def run():
   # Use co.Exec() to run a build step
   build_node = co.Exec("echo docker build, make, npm i, etc.")

   # Use co.Parallel() to run tests in parallel.
   test_node = co.Parallel()
   for name in ["app", "backend", "metrics"]:
      test_node[name] = co.Exec(f"echo run test for {name}")

   # Use co.Serial() to build then test.
   pipeline = co.Serial()
   pipeline["Build"] = build_node
   pipeline["Test"] = test_node
   return pipeline

if __name__ == "__main__":
    co.main()
# Call `python <file> run` to pretty-print the pipeline:
#     /
#     ├0 Build   echo docker build, make, npm i, etc.
#     └1 Test
#       ├ app   echo run test for app
#       ├ backend   echo run test for backend
#       └ metrics   echo run test for metrics
# Call `python <file> run --local` to run it locally.
"""

ASSIGNMENT = """\
import conducto as co
node = co.Parallel()
node["test1"] = co.Exec("echo run test 1")
node["test2"] = co.Exec("echo run test 1")
root = co.Serial()
root["Test"] = node

# /
# └─0 Test
#   ├─ test1   echo run test 1
#   └─ test2   echo run test 1
"""

PATHS = """\
import conducto as co
root = co.Serial()
root["Test"] = co.Parallel()
root["Test/test1"] = co.Exec("echo run test 1")
root["Test/test2"] = co.Exec("echo run test 2")
"""

FUNCTION = """\
import conducto as co
def make_test_node():
    output = co.Parallel()
    output["test1"] = co.Exec("echo run test 1")
    output["test2"] = co.Exec("echo run test 2")
    return output
root = co.Serial()
root["Test"] = make_test_node()
"""

CONTEXTS = """\
import conducto as co
with co.Serial() as root:
    with co.Parallel(name="Test"):
        co.Exec("echo run test 1", name="test1")
        co.Exec("echo run test 2", name="test2")
"""

RESOURCES = """\
import conducto as co
root = co.Parallel(cpu=2, env={"LOG_LEVEL": "1"})
root["Node1"] = co.Exec("echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL")
"""

PI = '''\
import conducto as co

def leibniz(n: int) -> float:
    """
    Leibniz formula for π
      π = 4 - 4/3 + 4/5 - 4/7 + ... + 4/(2*n+1)

    See https://en.wikipedia.org/wiki/Leibniz_formula_for_π
    """
    pi = 0
    sign = 1
    for i in range(n):
        pi += sign * 4 / (2*i+1)
        sign *= -1
    return pi

def compute_pi(n: int) -> co.Serial:
    output = co.Serial(image=co.Image(copy_dir="."))
    output["Leibniz1"] = co.Exec(leibniz, n=n)
    output["Leibniz2"] = co.Exec(leibniz, n=n)
    return output
'''

EMPTY = """\
import conducto as co

def run() -> co.Serial:
    return co.Serial()

if __name__ == "__main__":
    co.main()

# Call 'python <file> run' to pretty-print the Node returned by `run()`.
# Call 'python <file> run --local` to launch the pipeline on your local host.
"""

#: Heading of the seed -> the program, the words that people add, and what it prints.
PROGRAMS = {
    "Node Types": (
        BUILD_AND_TEST,
        ("run",),
        """\
/
├─0 Build   echo docker build, make, npm i, etc.
└─1 Test
  ├─ app   echo run test for app
  ├─ backend   echo run test for backend
  └─ metrics   echo run test for metrics
""",
    ),
    "Constructing the Tree: assignment": (ASSIGNMENT, (), TWO_TESTS.format(second=1)),
    "Constructing the Tree: paths": (PATHS, (), TWO_TESTS.format(second=2)),
    "Constructing the Tree: functions": (FUNCTION, (), TWO_TESTS.format(second=2)),
    "Constructing the Tree: contexts": (CONTEXTS, (), TWO_TESTS.format(second=2)),
    "Resources and Environment": (
        RESOURCES,
        (),
        "/\n└─ Node1   echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL\n",
    ),
    "Calling Python Methods": (
        PI,
        ("compute_pi", "--n=1000"),
        "/\n├─0 Leibniz1   conducto test.py leibniz --n=1000\n└─1 Leibniz2   conducto test.py leibniz --n=1000\n",
    ),
    "Auto-main Convenience": (EMPTY, ("run",), "/\n"),
}


def repository(folder: Path, program: str, name: str = "") -> Path:
    """A repository that holds a program, `test.py`; a pipeline of it has `name` where one is given."""
    (folder / "test.py").write_text(program, encoding="utf-8")
    (folder / "pyproject.toml").write_text(f'[tool.conducto]\nname = "{name}"\n' if name else "")
    commit(initialised(folder))
    return folder


@pytest.mark.needs("git")
@pytest.mark.parametrize("heading", PROGRAMS)
def test_a_program_prints_its_tree_and_compiles(heading: str, tmp_path: Path) -> None:
    program, words, tree = PROGRAMS[heading]
    folder = repository(tmp_path, program)
    assert conducto(folder, "test.py", *words) == (0, tree, "")
    if "co.main()" in program:
        assert python(folder, "test.py", *words) == (0, tree, "")
    done = conducto(folder, "compile", "--target", "make,github,argo", "test.py", *words)
    assert done.status == 0, done.err
    written = [
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".mk", ".yaml", ".yml")
    ]
    assert len(written) == 3
    assert len([path for path in written if path.startswith(".github/workflows/")]) == 1
    shown = [line for line in tree.splitlines()[1:] if "   " in line]
    for path in written:
        text = (folder / path).read_text(encoding="utf-8")
        for line in shown:
            assert line in text, f"the header of {path} shows the tree"


def test_plain_python_needs_no_words_for_a_file_with_one_function(tmp_path: Path) -> None:
    (tmp_path / "test.py").write_text(BUILD_AND_TEST, encoding="utf-8")
    assert python(tmp_path, "test.py").out == PROGRAMS["Node Types"][2]


# --- the one that computes π ----------------------------------------------------------------------------------------------

#: Whether a Python has more than its own library: what conducto and its dependencies are called.
BARE = "import importlib.util as u; print([n for n in ('conducto', 'pip', 'click', 'jinja2', 'networkx') if u.find_spec(n)])"
TARGETS = [
    pytest.param(target, marks=pytest.mark.needs(*outputs.needs(target), "docker", "image:python:3.13-slim"))
    for target in ("make", "github", "argo")
]


@pytest.mark.parametrize("target", TARGETS)
def test_pi_is_what_plain_python_prints(target: str, tmp_path: Path) -> None:
    """In the default image, which has Python, and nothing of conducto or what that needs."""
    offline = ["docker", "run", "--rm", "--network=none", "python:3.13-slim", "python3", "-c", BARE]
    assert subprocess.run(offline, capture_output=True, text=True, check=True).stdout == "[]\n"
    plain = "import sys; sys.path.insert(0, '.'); import test; print(test.leibniz(1000))"
    folder = repository(tmp_path, PI, f"pi{secrets.token_hex(4)}" if target != "make" else "pi")
    value = subprocess.run([sys.executable, "-c", plain], cwd=folder, capture_output=True, text=True, check=True).stdout
    done = conducto(folder, "compile", "--target", target, "test.py", "compute_pi", "--n=1000")
    assert done.status == 0, done.err
    commit(folder)
    pattern = {"make": "*.mk", "argo": "*.argo.yaml", "github": ".github/workflows/*.yml"}[target]
    (file,) = folder.glob(pattern)
    ran = outputs.run(target, file, flags=("RUN_FLAGS=--network=none",))
    assert ran.done, ran.printed
    for node in ("/Leibniz1", "/Leibniz2"):
        assert f"{ran.printed[node][-1]}\n" == value == "3.140592653839794\n"
