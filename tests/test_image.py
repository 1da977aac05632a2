"""co.Image: a value, checked where it is written, with paths from the file that writes it."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import image
from conducto.image_checks import Definition
from tests import command, test_source
from tests.machine import Machine

FILES = {"Dockerfile": "FROM x\n", "src/a.c": "", "docker/Dockerfile": "FROM x\n"}

#: Code -> snippets; what a diagnostic must point at stands between the marks.
REFUSED = {
    "C130": [
        'co.Image("x", ‹dockerfile="Dockerfile"›)',
        'co.Image(image="x", ‹dockerfile_text="FROM x"›)',
        'co.Image(‹dockerfile_text="FROM x"›, dockerfile="Dockerfile")',
        'co.Image(copy_dir=".", ‹copy_repo=True›)',
        'co.Image(copy_dir=".", ‹copy_url="https://x/y"›, copy_branch="main")',
        'co.Image(copy_repo=True, ‹copy_url="https://x/y"›, copy_branch="main")',
        'co.Image(copy_repo=True, ‹copy_branch="main"›)',
    ],
    "C131": [
        'co.Image(‹copy_url="https://x/y"›)',
        'co.Image(‹copy_branch="main"›)',
        'co.Image(copy_dir=".", ‹copy_branch="main"›)',
        'co.Image("x", ‹context="."›)',
        'co.Image("x", ‹docker_build_args={"A": "1"}›)',
        'co.Image("x", ‹exclude=["a"]›)',
        'co.Image(copy_url="https://x/y", copy_branch="main", ‹exclude=["a"]›)',
    ],
    "C132": [
        'co.Image(install_pip=["a"], ‹reqs_py=["a"]›)',
        'co.Image(‹reqs_npm=["a"]›, install_npm=["a"])',
        "co.Image(install_packages=[], ‹reqs_packages=[]›)",
        "co.Image(install_docker=True, ‹reqs_docker=True›)",
    ],
    "C133": [
        "co.Image(‹3›)",
        'co.Image(‹""›)',
        'co.Image(‹"-x"›)',
        'co.Image(image=‹"a b"›)',
        "co.Image(dockerfile=‹3›)",
        'co.Image(dockerfile=‹""›)',
        "co.Image(dockerfile_text=‹3›)",
        'co.Image(dockerfile_text=‹" "›)',
        'co.Image(dockerfile="Dockerfile", docker_build_args=‹["A=1"]›)',
        'co.Image(dockerfile="Dockerfile", docker_build_args={"A": ‹1›})',
        'co.Image(dockerfile="Dockerfile", docker_build_args={‹"A B"›: "1"})',
        'co.Image(copy_dir=‹b"."›)',
        "co.Image(copy_repo=‹1›)",
        'co.Image(copy_url=‹"app"›, copy_branch="main")',
        'co.Image(copy_url=‹"-x:y"›, copy_branch="main")',
        'co.Image(copy_url=‹"https://u:p@x/y"›, copy_branch="main")',
        'co.Image(copy_url=‹"https://ghp_token@x/y"›, copy_branch="main")',
        'co.Image(copy_url=‹"http://me@x/y"›, copy_branch="main")',
        'co.Image(copy_url=‹"s3://x/y"›, copy_branch="main")',
        'co.Image(copy_url=‹"https://x/y z"›, copy_branch="main")',
        'co.Image(copy_url="https://x/y", copy_branch=‹"a b"›)',
        'co.Image(copy_url="https://x/y", copy_branch=‹"--upload-pack=x"›)',
        'co.Image(copy_url="https://x/y", copy_branch=‹"a..b"›)',
        'co.Image(copy_url="https://x/y", copy_branch=‹""›)',
        'co.Image(docker_auto_workdir=‹"no"›)',
        'co.Image(install_pip=‹"numpy"›)',
        'co.Image(reqs_py=["numpy", ‹3›])',
        'co.Image(install_pip=[‹""›])',
        'co.Image(install_pip=[‹"-r requirements.txt"›])',
        'co.Image(install_pip=[‹"--index-url https://x"›])',
        'co.Image(install_npm=[‹"a b"›])',
        'co.Image(install_packages=["git", ‹"-y"›])',
        'co.Image(install_packages=("git", ‹"a\\nb"›))',
        "co.Image(install_docker=‹1›)",
        'co.Image(path_map=‹["."]›)',
        'co.Image(path_map={".": ‹3›})',
        'co.Image(path_map={".": ‹""›})',
        'co.Image(path_map={‹3›: "/a"})',
        'co.Image(shell=‹""›)',
        'co.Image(shell=‹"bash -e"›)',
        'co.Image(platform=‹"Linux/AMD64"›)',
        'co.Image(copy_dir=".", exclude=‹"*.o"›)',
        'co.Image(copy_dir=".", exclude=["a", ‹3›])',
        'co.Image(copy_dir=".", exclude=[‹"#a"›])',
        'co.Image(copy_dir=".", exclude=[‹""›])',
        'co.Image(copy_dir=".", exclude=[‹"[a"›])',
        'co.Image(copy_dir=".", exclude=[‹"a//b"›])',
        'co.Image(name=‹"a b"›)',
        'co.Image(name=‹""›)',
        "co.Image(name=‹3›)",
    ],
    "C115": ['co.Image(dockerfile_text=‹"FROM x\\0"›)'],
    "C134": ['co.Image("x", ‹platfrom="linux/arm64"›)', "co.Image(‹nonsense=1›)", 'co.Image(**{‹"shel"›: "sh"})'],
    "C135": [
        'co.Image(dockerfile=‹"nope"›)',
        'co.Image(dockerfile=‹"src"›)',
        'co.Image(dockerfile="Dockerfile", context=‹"nope"›)',
        'co.Image(copy_dir=‹"Dockerfile"›)',
        'co.Image(path_map={".": "/a", ‹"nope"›: "/b"})',
    ],
    "C136": ["co.Image(‹copy_repo=True›)"],
    "C139": ['i = co.Image("x")\n‹i.shell› = "sh"', 'i = co.Image("x")\n‹i.nonsense› = 1'],
}
CASES = [(code, snippet) for code, snippets in REFUSED.items() for snippet in snippets]

#: Each differs from a refused one only in what is at fault.
ACCEPTED = [
    'co.Image("x")',
    'co.Image(image="registry:5000/a/b@sha256:12")',
    'co.Image(dockerfile="Dockerfile")',
    'co.Image(dockerfile_text="FROM x", context=".", docker_build_args={"A": "1"})',
    'co.Image(copy_dir=".", copy_repo=False)',
    'co.Image(copy_url="https://x/y", copy_branch="main")',
    'co.Image(copy_url="git@x:y.git", copy_branch="feature/a-b")',
    'co.Image(copy_url="https://x/y@z", copy_branch="main")',
    'co.Image(copy_url="ssh://me@x/y", copy_branch="v1.0")',
    'co.Image(copy_url="/srv/y.git", copy_branch="main")',
    'co.Image(install_pip=["numpy>=1,<2; python_version < \'3.12\'", "--pre", "conducto"])',
    'co.Image(install_npm=("@scope/a@1",), install_packages=["git"], install_docker=True)',
    'co.Image(reqs_py=["a"], reqs_npm=["b"], reqs_packages=["c"], reqs_docker=False)',
    'co.Image(path_map={".": "/a", "src": "b"})',
    "co.Image(shell=co.Image.AUTO)",
    'co.Image(shell="/bin/zsh", platform="linux/arm/v7", name="arm", docker_auto_workdir=False)',
    'co.Image(copy_dir=".", exclude=["*.o", "!keep.o", "/build/", "a/**/b"])',
    "co.Image(image=None, dockerfile=None, copy_repo=None, shell=None)",
    "co.Image()",
]


@pytest.fixture(autouse=True)
def outside_of_any_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDUCTO_NODE", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def call(file: Path, expression: str) -> Any:
    """The value of an expression that stands in `file`, which need not be there."""
    return eval(compile(expression, str(file), "eval"), {"co": co, "Path": Path, "os": os})


@pytest.mark.parametrize(("code", "snippet"), CASES)
def test_is_refused_at_the_fault(folder: Path, code: str, snippet: str) -> None:
    place = test_source.run(folder, snippet)
    test_source.check(place, snippet)
    with pytest.raises(co.ConductoError) as found:
        exec(compile((folder / "snippet.py").read_bytes(), str(folder / "snippet.py"), "exec"), {})
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == code
    assert diagnostic.help
    assert isinstance(found.value, (TypeError, ValueError, AttributeError))


@pytest.mark.parametrize("expression", ACCEPTED)
def test_is_accepted(folder: Path, expression: str) -> None:
    assert isinstance(call(folder / "p.py", expression), co.Image)


def test_wrong_types_are_type_errors_and_wrong_values_value_errors() -> None:
    for bad, error in ((3, TypeError), ("a b", ValueError)):
        with pytest.raises(error):
            co.Image(bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        co.Image(platfrom="linux/arm64")


# --- a value ----------------------------------------------------------------------------------------------------------


def test_equal_definitions_are_one_image(folder: Path) -> None:
    one = call(folder / "p.py", 'co.Image("x", copy_dir="src", reqs_py=["a"], path_map={"src": "/s", ".": "/d"})')
    other = call(
        folder / "src" / "q.py",
        'co.Image(image="x", copy_dir=Path("."), install_pip=("a",), path_map={"..": "/d", ".": "/s"}, name="q")',
    )
    assert one == other
    assert len({one, other}) == 1
    assert (one.name, other.name) == (None, "q")


@pytest.mark.parametrize("field", Definition._fields)
def test_each_argument_tells_images_apart(folder: Path, field: str) -> None:
    (folder / "other").mkdir()
    given = {
        "image": '"y"',
        "dockerfile": '"docker/Dockerfile"',
        "dockerfile_text": '"FROM y"',
        "docker_build_args": '{"A": "1"}, dockerfile="Dockerfile"',
        "context": '"other", dockerfile="Dockerfile"',
        "copy_dir": '"src"',
        "copy_url": '"https://x/z", copy_branch="main"',
        "copy_branch": '"other", copy_url="https://x/y"',
        "docker_auto_workdir": "False",
        "install_docker": "True",
        "path_map": '{".": "/a"}',
        "shell": '"sh"',
        "platform": '"linux/arm64"',
        "exclude": '["a"], copy_dir="."',
    }
    changed = call(folder / "p.py", f"co.Image({field}={given.get(field, repr(['a']))})")
    usual = {
        "docker_build_args": 'dockerfile="Dockerfile"',
        "context": 'dockerfile="Dockerfile"',
        "copy_url": 'copy_url="https://x/y", copy_branch="main"',
        "copy_branch": 'copy_url="https://x/y", copy_branch="main"',
        "exclude": 'copy_dir="."',
    }
    plain = call(folder / "p.py", f"co.Image({usual.get(field, '')})")
    assert changed != plain
    assert getattr(changed, field) != getattr(plain, field)
    assert field in repr(changed)


def test_it_cannot_be_changed() -> None:
    given = ["a"]
    made = co.Image("x", install_pip=given)
    given.append("b")
    assert made.install_pip == ("a",)
    changes: list[Callable[[], None]] = [
        lambda: setattr(made, "image", "y"),
        lambda: delattr(made, "image"),
        lambda: setattr(made, "_name", ""),
    ]
    for change in changes:
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(AttributeError, match="nonsense"):
        _ = made.nonsense
    assert made.image == "x"
    assert copy.deepcopy([made])[0] is made
    assert copy.copy(made) is made
    assert made != "x"
    assert repr(made) == "Image(image='x', install_pip=('a',))"


def test_a_str_of_another_class_is_kept_as_a_str() -> None:
    class Name(str):
        def __format__(self, spec: str) -> str:
            return "another"

    assert type(co.Image(Name("x")).image) is str


# --- paths --------------------------------------------------------------------------------------------------------------


def test_paths_are_relative_to_the_calling_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    made = call(folder / "src" / "p.py", 'co.Image(dockerfile="../Dockerfile", copy_dir="..", path_map={".": "/s"})')
    assert made.dockerfile == str(folder / "Dockerfile")
    assert made.context == str(folder)
    assert made.copy_dir == str(folder)
    assert made.path_map == ((str(folder / "src"), "/s"),)


def test_so_they_are_in_helpers_partials_and_from_anywhere(folder: Path) -> None:
    helper = "import functools\nimport conducto as co\n\n\ndef code(where='.'):\n    return co.Image(copy_dir=where)\n"
    helper += "\n\nclass Mine(co.Image):\n    def __init__(self):\n        super().__init__(copy_dir='.')\n"
    helper += "\n\nlater = functools.partial(co.Image, copy_dir='.')\n"
    (folder / "src" / "helper.py").write_text(helper)
    program = "import os, sys\nsys.path.insert(0, 'src')\nimport helper\nimport conducto as co\nos.chdir('/')\n"
    program += (
        "print(helper.code().copy_dir, helper.code('..').copy_dir, helper.Mine().copy_dir, helper.later().copy_dir)\n"
    )
    program += "print(co.Image(copy_dir='docker').copy_dir)\n"
    (folder / "p.py").write_text(program)
    for words in (["p.py"], ["-c", "import runpy; runpy.run_path('p.py', run_name='__main__')"]):
        done = command.python(folder, *words)
        assert done.err == ""
        src = folder / "src"
        assert done.out == f"{src} {folder} {src} {folder}\n{folder / 'docker'}\n"


def test_code_of_no_file_is_in_the_current_folder(folder: Path) -> None:
    done = command.python(folder / "src", "-c", "import conducto as co; print(co.Image(copy_dir='..').copy_dir)")
    assert done.out == f"{folder}\n"


def test_a_link_to_a_pipeline_is_where_that_lies(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "p.py").write_text("import conducto as co\nprint(co.Image(copy_dir='src').copy_dir)\n")
    (elsewhere / "link.py").symlink_to(folder / "p.py")
    assert command.python(elsewhere, "link.py").out == f"{folder / 'src'}\n"


@pytest.mark.parametrize(
    ("arguments", "context"),
    [
        ('dockerfile="docker/Dockerfile"', "docker"),
        ('dockerfile="docker/Dockerfile", context="src"', "src"),
        ('dockerfile="docker/Dockerfile", copy_repo=True', ""),
        ('dockerfile="docker/Dockerfile", copy_dir="src"', "docker"),
        ('dockerfile_text="FROM x"', None),
        ('dockerfile_text="FROM x", copy_repo=True', None),
        ('dockerfile_text="FROM x", context="src"', "src"),
        ('"x", copy_repo=True', None),
    ],
)
def test_the_context(folder: Path, arguments: str, context: str | None) -> None:
    command.repository(folder)
    made = call(folder / "p.py", f"co.Image({arguments})")
    assert made.context == (None if context is None else os.path.normpath(folder / context))


def test_copy_repo_is_the_repository_of_the_calling_file(folder: Path) -> None:
    command.repository(folder)
    assert call(folder / "src" / "p.py", "co.Image(copy_repo=True)").copy_dir == str(folder)
    (folder / "src" / ".git").write_text("gitdir: ../.git/worktrees/src\n")
    assert call(folder / "src" / "p.py", "co.Image(copy_repo=True)").copy_dir == str(folder / "src")


def test_in_a_node_nothing_has_to_be_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTO_NODE", "/a")
    made = call(folder / "p.py", 'co.Image(dockerfile="nope", copy_repo=True, path_map={"gone": "/a"})')
    assert (made.dockerfile, made.copy_dir) == (str(folder / "nope"), str(folder))
    assert call(Path("/mnt/conducto/sub/p.py"), "co.Image(copy_repo=True)").copy_dir == "/mnt/conducto"
    with pytest.raises(co.ConductoError):
        call(folder / "p.py", 'co.Image("x", dockerfile="nope")')


# --- what does nothing any more -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [co.Image.share_directory, co.Image.register_directory])
def test_calls_that_do_nothing_are_noted_once(function: Callable[..., None]) -> None:
    image.notes()
    for _ in range(3):
        assert function("code", relative="..") is None  # type: ignore[func-returns-value]
    (note,) = image.notes()
    assert (note.code, note.severity) == ("C138", "warning")
    assert function.__name__ in note.message
    assert image.notes() == []


def test_compile_says_so_and_printing_does_not(tmp_path: Path) -> None:
    text = 'import conducto as co\nco.Image.share_directory("code", ".")\nco.Image.share_directory("b", ".")\n'
    command.write(command.repository(tmp_path), pipeline=f'{text}root = co.Exec("true")\n')
    done = command.conducto(tmp_path, "compile", "-t", "make,github", "pipeline.py")
    assert done.status == 0
    assert done.err.count("warning[C138]") == 1
    assert "pipeline.py:2" in done.err
    assert command.conducto(tmp_path, "pipeline.py") == (0, "/   true\n", "")


@pytest.mark.needs("network-namespace")
def test_neither_git_nor_a_network_is_needed(tmp_path: Path, machine: Machine) -> None:
    text = "import conducto as co\n\nroot = co.Parallel()\nroot['here'] = co.Exec('make', image=co.Image(copy_repo=True))\n"
    text += "there = co.Image('x', copy_url='https://nowhere.invalid/x.git', copy_branch='main')\n"
    text += "root['there'] = co.Exec('make', image=there)\n"
    command.write(command.repository(tmp_path), pipeline=text)
    alone = [machine.path("unshare"), "-n", str(command.CONDUCTO)]
    printed = command.run(tmp_path, *alone, "pipeline.py", env={"PATH": "/nonexistent"})
    assert printed == (0, "/\n├─ here   make\n└─ there   make\n", "")
    compiled = command.run(tmp_path, *alone, "compile", "-t", "make", "pipeline.py", env={"PATH": "/nonexistent"})
    assert compiled.status == 0, compiled.err
