"""What users of the original client know of callables, row by row: what it did, and what is done here.

A row's first text is the call or the case as people knew it. Where the original was wrong (lost a value, or could not run what
it had accepted), the row says so, and what is done here instead.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from conducto import compile, entry, pretty, run, targets
from conducto.diagnostics import ConductoError, Report
from tests import command

HEAD = """
import conducto as co
import datetime, enum, functools, pathlib
from typing import Any, Dict, List, NewType, Optional, Tuple, Union


class Colour(enum.Enum):
    R = "red"
    G = "green"


class Custom:
    def __init__(self, word):
        self.word = word

    def to_str(self):
        return self.word

    @staticmethod
    def from_str(text):
        return Custom(text)

    def __eq__(self, other):
        return isinstance(other, Custom) and other.word == self.word

    def __repr__(self):
        return f"Custom({self.word!r})"


Name = NewType("Name", str)


class Holder:
    @staticmethod
    def st(a):
        pass

    @classmethod
    def cl(cls, a):
        pass

    def me(self, a):
        pass


def _private(a):
    pass


def outer():
    def nested(a):
        pass

    return nested


def noted(function):
    @functools.wraps(function)
    def call(*words, **named):
        return function(*words, **named)

    return call


@noted
def wrapped(k: int):
    return {"k": k}


def varied(*words):
    pass
"""


class Row(NamedTuple):
    """A call: what people knew of it, a function's parameters, the arguments, and the words here.

    `arrives` is what the function gets: the arguments themselves, where it is left out. A code instead of words: refused.
    """

    row: str
    parameters: str
    arguments: str
    words: list[str] | str
    arrives: str | None = None


CALLS = [
    # numbers for a parameter without a type: it is assumed to be a str, so the text arrives (and compile warns)
    Row("f(a,b=None,c=3): Exec(f,1) -> --a=1", "a, b=None, c=3", "1", ["--a=1"], "{'a': '1'}"),
    Row(
        "Exec(f,1,c=3): an explicit default is kept",
        "a, b=None, c=3",
        "1, c=3",
        ["--a=1", "--c=3"],
        "{'a': '1', 'c': 3}",
    ),
    *(
        Row(f"text {text!r}", hint, repr(text), [f"--a={text}"])
        for text in ("it's a $x", "a b", "", "--x", "k=v", "a\nb", "π é")
        for hint in ("a", "a: str")
    ),
    *(
        Row(f"{value}, whatever the hint -> --a or --no-a", hint, f"{value}", ["--a" if value else "--no-a"])
        for value in (True, False)
        for hint in ("a: bool", "a=True", "a: Optional[bool]")
    ),
    # the original's parser wanted a value for these two
    Row("True, no hint -> --a", "a", "True", ["--a"]),
    Row("False, None default -> --no-a", "a=None", "False", ["--no-a"]),
    Row("True for int: was accepted, and could not run", "a: int", "True", "C144"),
    Row("True for str: was refused", "a: str", "True", "C144"),
    Row("None -> --a=None, which came back as a text", "a", "None", ["--a=None"]),
    Row("None -> --a=None, for a default of None", "a=None", "None", ["--a=None"]),
    Row("None -> --a=None, Optional[int]: always crashed", "a: Optional[int]", "None", ["--a=None"]),
    Row("the text 'None', Optional[str]", "a: Optional[str]", "'None'", ['--a=\\"None"']),
    Row("1e-300 -> --a=1e-300", "a: float", "1e-300", ["--a=1e-300"]),
    Row("inf -> --b=inf", "b: float", "float('inf')", ["--b=inf"]),
    Row("1e-300 without a type: a text later", "a", "1e-300", ["--a=1e-300"], "{'a': '1e-300'}"),
    Row("10**30 -> digits", "a: int", "10**30", ["--a=" + "1" + "0" * 30]),
    Row("[1,2,3] -> --xs=1,2,3", "xs: List[int]", "[1, 2, 3]", ["--xs=1,2,3"]),
    Row("[1,2,3], list[int] was refused", "xs: list[int]", "[1, 2, 3]", ["--xs=1,2,3"]),
    Row("[1,2,3] without a type was a single text later", "xs", "[1, 2, 3]", ["--xs=\\[1,2,3]"]),
    Row("[1,2,3], a list for default gave texts", "xs=[0]", "[1, 2, 3]", ["--xs=1,2,3"]),
    Row("['a,b','c d']", "ys: List[str]", "['a,b', 'c d']", ["--ys=a\\,b,c d"]),
    Row("[] -> --xs=, which came back as [''] or crashed", "xs: List[str]", "[]", ["--xs="]),
    Row("[] for a parameter without a type", "xs", "[]", ["--xs=\\[]"]),
    Row("[''] was taken for []", "xs: List[str]", "['']", ["--xs=\\"]),
    Row("['a\\\\','b'] came back as ['a,b']", "xs: List[str]", "['a\\\\', 'b']", ["--xs=a\\\\,b"]),
    Row(
        "[1,'a',2.5,True,None] -> --xs=1,a,2.5,True,None, all of them texts later",
        "xs: list",
        "[1, 'a', 2.5, True, None]",
        ["--xs=\\1,a,\\2.5,\\true,None"],
    ),
    Row("[[1,2],[3]] -> --xs=1\\,2,3, which lost a level", "xs: List[List[int]]", "[[1, 2], [3]]", ["--xs=1\\,2,3"]),
    Row("{'a':1}: keys joined, values lost", "a", "{'a': 1}", "C145"),
    Row("{'a':1}: keys joined, values lost", "a: Dict[str, int]", "{'a': 1}", "C145"),
    Row("{1}: joined", "a", "{1}", "C145"),
    Row("(1,2): joined", "a: List[int]", "(1, 2)", "C145"),
    *(Row("range(3): joined", hint, "range(3)", "C144") for hint in ("a", "a: List[int]")),
    Row("b'x' -> --a=x", "a: bytes", "b'x'", ["--a=x"]),
    Row("b'x' without a type was a text later", "a", "b'x'", "C144"),
    Row("Path -> --a=/a/b", "a: pathlib.PurePosixPath", "pathlib.PurePosixPath('/a/b')", ["--a=/a/b"]),
    Row("Path without a type: a text later", "a", "pathlib.PurePath('/a/b')", ["--a=/a/b"], "{'a': '/a/b'}"),
    Row("Path without a type, its text", "a", "pathlib.PurePath('None')", ['--a=\\"None"'], "{'a': 'None'}"),
    Row(
        "date without a type: a text later", "d", "datetime.date(2020, 1, 2)", ["--d=2020-01-02"], "{'d': '2020-01-02'}"
    ),
    Row("date -> --d=2020-01-02", "d: datetime.date", "datetime.date(2020, 1, 2)", ["--d=2020-01-02"]),
    Row(
        "datetime -> '--d=2020-01-02 03:04:00'",
        "d: datetime.datetime",
        "datetime.datetime(2020, 1, 2, 3, 4)",
        ["--d=2020-01-02 03:04:00"],
    ),
    Row("NewType -> --a=a", "a: Name", "Name('a')", ["--a=a"]),
    Row("Enum -> --c=Col.R, which could not be read", "c: Colour", "Colour.R", ["--c=Colour.R"]),
    Row("Enum without a type: a text later, of no use", "c", "Colour.R", "C144"),
    Row("an object with to_str() and static from_str", "a: Custom", "Custom('x y')", ["--a=x y"]),
    Row("an object with to_str() without a type: a text later", "a", "Custom('x y')", "C144"),
    Row("my_arg -> --my_arg=2", "my_arg: int", "2", ["--my_arg=2"]),
    Row(
        "arguments named skip/env/name/image go to the function",
        "skip: bool, env: str, name: str, image: str, params: int",
        "skip=True, env='e', name='n', image='i', params=1",
        ["--skip", "--env=e", "--name=n", "--image=i", "--params=1"],
    ),
    # what was checked when the node was built
    Row("int for float was refused", "a: float", "1", "C144"),
    Row("tuple for List was refused", "a: List[str]", "('x',)", "C145"),
    Row("too few arguments", "a, b", "1", "C142"),
    Row("too many arguments", "a", "1, 2", "C143"),
    Row("an unknown argument", "a", "a=1, z=2", "C143"),
    Row("an argument given twice", "a, b", "1, a=2, b=3", "C143"),
    Row("keyword-only was refused", "*, a: int", "a=1", ["--a=1"]),
    Row("positional-only was refused", "a: int, /", "1", ["--a=1"]),
    Row("Union other than Optional was refused: int", "a: Union[int, str]", "1", ["--a=1"]),
    Row("Union other than Optional was refused: text", "a: Union[int, str]", "'1'", ['--a=\\"1"']),
    Row("Any was refused", "a: Any", "[1, None]", ["--a=\\[1,null]"]),
    Row("Tuple was refused", "a: Tuple[int, int]", "(1, 2)", "C145"),
    Row("o: int=None fails on Python 3.11 and later", "o: int = None", "3", ["--o=3"]),
    Row("Optional[...]: the command crashed, even without the argument", "a: Optional[int] = None", "", [], "{}"),
    Row("a string annotation: the command crashed", "a: 'Optional[List[int]]'", "[1]", ["--a=1"]),
    Row("float into an int default: the command crashed", "a=3", "2.5", "C144"),
    # parameters called as options of the command line clashed
    *(
        Row(f"a parameter called {name} clashed with an option", f"{name}: str = ''", f"{name}='x'", [f"--{name}=x"])
        for name in (
            "profile",
            "run",
            "local",
            "cloud",
            "title",
            "doc",
            "shell",
            "app",
            "public",
            "pipeline_id",
            "help",
        )
    ),
]


def written(folder: Path, calls: list[Row]) -> Path:
    """A file with a function for each row, and a pipeline that calls them all."""
    text = [HEAD]
    for number, row in enumerate(calls):
        text.append(f"def f{number}({row.parameters}):\n    return dict(locals())\n\n")
    text.append("def pipeline() -> co.Parallel:\n    root = co.Parallel()\n")
    for number, row in enumerate(calls):
        text.append(f"    root['{number}'] = co.Exec(f{number}, {row.arguments})\n")
    text.append("    return root\n")
    command.write(folder, rows="".join(text))
    return folder / "rows.py"


def commands(file: Path) -> list[str]:
    """The commands that the tree of a file is printed with."""
    module = run.load_module(str(file))
    root = run.calling(module, module.names["pipeline"])
    return [found for _, _, found in pretty.node_rows(root) if found is not None]


def ids(rows: list[Row]) -> list[str]:
    return [f"{row.row} ({row.parameters})" for row in rows]


WRITTEN = [row for row in CALLS if not isinstance(row.words, str)]
REFUSED = [row for row in CALLS if isinstance(row.words, str)]


@pytest.mark.parametrize("row", WRITTEN, ids=ids(WRITTEN))
def test_the_command_and_what_arrives(row: Row, tmp_path: Path) -> None:
    file = written(tmp_path, [row])
    (printed,) = commands(file)
    words = ["conducto", "rows.py", "f0", *row.words]
    assert printed == shlex.join(words)
    module = run.load_module(str(file))
    arrived = entry.build(entry.choose(module, "f0", any_function=True), words[3:])
    names = dict(module.names)
    exec(f"def given({row.parameters}): return dict(locals())", names)
    expected = eval(row.arrives or f"given({row.arguments})", names)
    assert {key: arrived[key] for key in expected} == expected
    assert [type(arrived[key]) for key in expected] == [type(value) for value in expected.values()]


@pytest.mark.parametrize("row", REFUSED, ids=ids(REFUSED))
def test_what_is_refused_when_the_node_is_built(row: Row, tmp_path: Path) -> None:
    with pytest.raises(ConductoError) as found:
        commands(written(tmp_path, [row]))
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == row.words
    assert isinstance(found.value, TypeError)
    assert diagnostic.location is not None
    assert diagnostic.location.text.startswith("    root['0'] = co.Exec(f0, ")


# --- which functions --------------------------------------------------------------------------------------------------

#: What was given to an Exec, what became of it, and what does here: a command, or a refusal.
FUNCTIONS = [
    ("a function in another module: its own file", "infunc, 'z'", "conducto sub/mod.py infunc --a=z"),
    ("a wrapped one (functools.wraps): KeyError 'k'", "wrapped, 1", "conducto functions.py wrapped --k=1"),
    ("a static method: `mod.py st --a=1`, not callable later", "Holder.st, 1", "C140"),
    ("a class: `K`, failed in the container", "Holder, 1", "C140"),
    ("a lambda: `<lambda>`, a redirection in the shell", "lambda a: a, 1", "C140"),
    ("a nested function: failed in the container", "outer(), 1", "C140"),
    ("a private one: failed in the container", "_private, 1", "C140"),
    ("a method: KeyError 'self'", "Holder().me, 1", "C140"),
    ("a class method: KeyError 'cls'", "Holder.cl, 1", "C140"),
    ("a partial: TypeError", "functools.partial(wrapped, 1)", "C140"),
    ("*words: TypeError", "varied, 1", "C141"),
]


@pytest.mark.parametrize(("row", "call", "wanted"), FUNCTIONS, ids=[row for row, _, _ in FUNCTIONS])
def test_which_functions(row: str, call: str, wanted: str, tmp_path: Path) -> None:
    pipeline = f"\nfrom sub.mod import infunc\n\ndef pipeline():\n    return co.Exec({call})\n"
    command.write(command.repository(tmp_path), functions=HEAD + pipeline, sub__mod="def infunc(a):\n    return a\n")
    if wanted.startswith("conducto"):
        assert commands(tmp_path / "functions.py") == [wanted]
        return
    with pytest.raises(ConductoError) as found:
        commands(tmp_path / "functions.py")
    assert [diagnostic.code for diagnostic in found.value.diagnostics] == [wanted]
    assert isinstance(found.value, TypeError)


# --- the command line -------------------------------------------------------------------------------------------------

PARSED = """
import asyncio, datetime
from os.path import join
from typing import List
import conducto as co
import helper

__all__ = ["f", "value", "nothing", "coroutine", "simple", "made", "pipe", "join"]
FOUND = helper.FOUND


class Custom:
    def __init__(self, word):
        self.word = word

    @staticmethod
    def from_str(text):
        return Custom(text)


def f(a, my_b: int = 2, flag: bool = False, c=None, xs: List[int] = [], days: datetime.date = None, bools: List[bool] = []):
    return [a, my_b, flag, c, xs, days, bools]


def value():
    return {"found": FOUND, "name": __name__}


def simple(n: int, x: float, s: str, b: bytes, plain: list, empty=[], numbers=[0], word="w", count=1):
    return [n, x, s, b, plain, empty, numbers, word, count]


def made(a: Custom):
    return a.word


def pipe(title="", doc="", local=False, run=1, profile="") -> co.Exec:
    return co.Exec(f"{title} {doc} {local} {run} {profile}")


def unlisted():
    return "runs"


def _private():
    return "runs"


def nothing():
    pass


async def coroutine():
    await asyncio.sleep(0)
    return "awaited"


class K:
    pass


if __name__ == "__main__":
    raise RuntimeError("not this part")
"""

#: What people knew, the words, and what is printed here; a code where it is refused, by status 2.
WORDS = [
    (
        "named by its stem, its folder is on sys.path, its __main__ part does not run",
        "value",
        "{'found': 'beside', 'name': 'parsed'}",
    ),
    ("--k=v", "f --a=x", "['x', 2, False, None, [], None, []]"),
    ("--k v", "f --a x --my_b 3", "['x', 3, False, None, [], None, []]"),
    ("--my-k for my_k", "f --a=x --my-b=3", "['x', 3, False, None, [], None, []]"),
    ("positionals in order", "f x 3", "['x', 3, False, None, [], None, []]"),
    ("positionals behind options", "f --my_b=3 x", "['x', 3, False, None, [], None, []]"),
    ("the last of a repeated option wins", "f --a=x --a=y", "['y', 2, False, None, [], None, []]"),
    ("-x is a positional", "f -x", "['-x', 2, False, None, [], None, []]"),
    ("a flag without a value", "f x --flag", "['x', 2, True, None, [], None, []]"),
    ("--no-flag", "f x --flag --no-flag", "['x', 2, False, None, [], None, []]"),
    ("--flag=1 was an error", "f x --flag=1", "['x', 2, True, None, [], None, []]"),
    ("a default of None without a hint is a text", "f x --c=1", "['x', 2, False, '1', [], None, []]"),
    ("List[T] splits at commas", "f x --xs=1,2", "['x', 2, False, None, [1, 2], None, []]"),
    ("--xs= gave [''] or crashed", "f x --xs=", "['x', 2, False, None, [], None, []]"),
    (
        "int, float, str and bytes call the type; list and a default of [] give texts",
        "simple --n=1 --x=1.5 --s=1 --b=1 --plain=1,a --empty=1,b",
        "[1, 1.5, '1', b'1', ['1', 'a'], ['1', 'b'], [0], 'w', 1]",
    ),
    (
        "type(default), where there is no hint",
        "simple 1 2 3 4 5 --word=6 --count=7 --numbers=8,9",
        "[1, 2.0, '3', b'4', ['5'], [], [8, 9], '6', 7]",
    ),
    ("a type with from_str", "made --a=x", "'x'"),
    (
        "parameters called as options of the command line clashed",
        "pipe --title=t --doc d --local --run=2 --profile=p",
        "/   t d True 2 p",
    ),
    ("--help is ours where the function has no such parameter", "made --help", "usage: conducto FILE made --a=TEXT"),
    ("a date", "f x --days=2020-01-02", "['x', 2, False, None, [], datetime.date(2020, 1, 2), []]"),
    (
        "items of a list of bools",
        "f x --bools=0,f,n,1,true",
        "['x', 2, False, None, [], None, [False, False, False, True, True]]",
    ),
    ("a coroutine function is awaited", "coroutine", "'awaited'"),
    ("None is not printed", "nothing", ""),
    ("`wrong parameters for f()`, status 1: a missing one", "f", "C407"),
    ("`wrong parameters for f()`: one too many", "f 1 2 true 4 5 2020-01-02 1 8", "C408"),
    ("a bad int was a traceback", "f x --my_b=y", "C409"),
    ("`Unknown argument: --zz`", "f x --zz", "C408"),
    ("an imported function could be called", "join a b", "C404"),
    ("a class could not", "K", "C404"),
    ("a private one could not", "_private", "C404"),
    ("`__all__` restricts what is offered; what it leaves out was no method", "unlisted", "'runs'"),
]


@pytest.mark.parametrize(("row", "words", "wanted"), WORDS, ids=[row for row, _, _ in WORDS])
def test_the_command_line(
    row: str, words: str, wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.write(tmp_path, parsed=PARSED, helper="FOUND = 'beside'\n")
    sys.modules.pop("helper", None)
    status = run.main([str(tmp_path / "parsed.py"), *words.split()])
    printed = capsys.readouterr()
    if wanted.startswith("C4"):
        assert (status, printed.out) == (2, "")
        assert printed.err.startswith(f"error[{wanted}]: ")
        assert "Traceback" not in printed.err
    elif "FILE" in wanted:
        assert (status, printed.out.split("\n")[0], printed.err) == (
            0,
            wanted.replace("FILE", str(tmp_path / "parsed.py")),
            "",
        )
    else:
        assert (status, printed.out.rstrip("\n"), printed.err) == (0, wanted, "")


def test_all_restricts_what_is_offered(tmp_path: Path) -> None:
    """What it leaves out can still be called by its name: `co.Exec(unlisted)` does."""
    text = "import conducto as co\n\n__all__ = ['one']\n\ndef one():\n    return co.Exec(unlisted)\n\ndef unlisted():\n    pass\n"
    command.write(command.repository(tmp_path), pipeline=text)
    assert command.conducto(tmp_path, "pipeline.py") == (0, "/   conducto pipeline.py unlisted\n", "")
    told = command.conducto(tmp_path, "pipeline.py", "--help").out
    assert ("  one() (default)\n" in told, "unlisted" in told) == (True, False)


# --- the file's path --------------------------------------------------------------------------------------------------

#: What people knew, the image, and the path here, of `call/sub/mod.py` for a pipeline in `call/`; a code where it is refused.
PATHS = [
    ("copy_dir='.'", "co.Image(copy_dir='.')", "sub/mod.py"),
    ("copy_dir='sub'", "co.Image(copy_dir='sub')", "mod.py"),
    ("copy_dir='..'", "co.Image(copy_dir='..')", "call/sub/mod.py"),
    ("copy_dir without the file: ValueError", "co.Image(copy_dir='other')", "C203"),
    ("docker_auto_workdir=False", "co.Image(copy_dir='.', docker_auto_workdir=False)", "/mnt/conducto/sub/mod.py"),
    ("path_map", "co.Image('i', path_map={'.': '/usr/src/app'})", "/usr/src/app/sub/mod.py"),
    ("path_map, relative inside", "co.Image('i', path_map={'.': 'app'})", "app/sub/mod.py"),
    ("of overlapping entries the first won", "co.Image('i', path_map={'.': '/a', 'sub': '/b'})", "/b/mod.py"),
    (
        "of overlapping entries the first won, the longer first",
        "co.Image('i', path_map={'sub': '/b', '.': '/a'})",
        "/b/mod.py",
    ),
    ("path_map before copy_dir", "co.Image(copy_dir='.', path_map={'.': '/a'})", "/a/sub/mod.py"),
    ("dockerfile only: ValueError", "co.Image(dockerfile='Dockerfile')", "C203"),
    ("dockerfile with path_map", "co.Image(dockerfile='Dockerfile', path_map={'.': '/a'})", "/a/sub/mod.py"),
    ("dockerfile with copy_dir", "co.Image(dockerfile='Dockerfile', copy_dir='.')", "sub/mod.py"),
    (
        "copy_url and copy_branch: broken at last",
        "co.Image(copy_url='https://nowhere.invalid/x', copy_branch='main')",
        "call/sub/mod.py",
    ),
    ("copy_repo: asked for a login", "co.Image(copy_repo=True)", "call/sub/mod.py"),
    ("no image at all: printed as it was, else ValueError", "None", "C203"),
    ("the name of an image: ValueError", "'alpine'", "C203"),
    ("Image() bare: ValueError", "co.Image()", "C203"),
    ("an image with something installed, and no code", "co.Image('i', install_pip=['x'])", "C203"),
]


def pipeline_of(folder: Path, image: str, module: str = "sub.mod") -> Path:
    """A repository with `call/pipeline.py` in it, which calls a function of another file in an image."""
    text = f"import conducto as co\nfrom {module} import infunc\n\n\ndef run():\n    root = co.Serial(image={image})\n"
    text += "    root['n'] = co.Exec(infunc, 'z')\n    return root\n"
    command.write(command.repository(folder), call__pipeline=text, call__sub__mod="def infunc(a):\n    return a\n")
    (folder / "call" / "other").mkdir()
    (folder / "call" / "Dockerfile").write_text("FROM alpine\n")
    return folder / "call"


@pytest.mark.parametrize(("row", "image", "wanted"), PATHS, ids=[row for row, _, _ in PATHS])
def test_the_path_of_the_file(row: str, image: str, wanted: str, tmp_path: Path) -> None:
    """Printed as it will run; where that cannot be told, printed from the repository's root, and compile refuses it by name."""
    folder = pipeline_of(tmp_path, image)
    known = "call/sub/mod.py" if wanted.startswith("C") else wanted
    for there, file in (
        (folder, "pipeline.py"),
        (tmp_path, "call/pipeline.py"),
        (Path("/"), str(folder / "pipeline.py")),
    ):
        printed = command.conducto(there, file)
        assert printed == (0, f"/\n└─0 n   conducto {known} infunc --a=z\n", "")
    sys.modules.pop("sub.mod", None)
    report = Report()
    pipeline = compile.front(compile.Request(str(folder / "pipeline.py")))
    if wanted.startswith("C"):
        with pytest.raises(ConductoError) as found:
            compile.passes(pipeline, targets.get("make"), None, report)
        (diagnostic,) = found.value.diagnostics
        assert (diagnostic.code, diagnostic.node) == (wanted, "/n")
        assert "call/sub/mod.py" in diagnostic.message
        assert diagnostic.help
        assert diagnostic.notes
    else:
        plan = compile.passes(pipeline, targets.get("make"), None, report)
        assert (plan.rows[1].script, plan.rows[1].runtime) == (f"conducto {known} infunc --a=z", True)


def test_a_path_with_a_space_is_quoted(tmp_path: Path) -> None:
    folder = pipeline_of(tmp_path, "co.Image(copy_dir='.')", "mod").rename(tmp_path / "with space")
    (folder / "sub" / "mod.py").rename(folder / "mod.py")
    root = (folder / "pipeline.py").read_text().replace("copy_dir='.'", "copy_dir='..'")
    (folder / "pipeline.py").write_text(root)
    printed = command.conducto(folder, "pipeline.py").out
    assert printed == "/\n└─0 n   conducto 'with space/mod.py' infunc --a=z\n"


def test_links_are_followed_on_both_sides(tmp_path: Path) -> None:
    folder = pipeline_of(tmp_path, "co.Image(copy_dir='link')", "link.mod")
    (folder / "link").symlink_to("sub")
    assert command.conducto(folder, "pipeline.py").out == "/\n└─0 n   conducto mod.py infunc --a=z\n"
