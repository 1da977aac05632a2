"""Running a user's file: as `__main__` for compile, as a module for `conducto FILE [FUNC]`. Standard library only."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import arguments, defaults, entry, launcher, packages
from .defaults import Defaults
from .diagnostics import ConductoError, Diagnostic
from .entry import Module
from .nodes import Node
from .source import shown_path


class MainReached(BaseException):
    """Raised by `co.main` in a file that is only read: what it was given is all that was wanted."""

    def __init__(
        self,
        names: Dict[str, Any],
        default: Optional[Callable[..., Any]],
        words: Optional[Sequence[str]],
        defaults: Defaults,
    ) -> None:
        super().__init__()
        #: What `entry.Module` holds of it.
        self.given: Dict[str, Any] = {"names": names, "default": default, "words": words, "defaults": defaults}


#: Whether a file is being run for what it defines, so that `co.main` records instead of acting.
recording = False

#: Whether a function is being called for the tree that it returns, which is another's to run.
asked = False


def is_file(word: str) -> bool:
    """Whether a word of the command line names a file: it ends in `.py` or holds a `/`."""
    return word.endswith(".py") or "/" in word


def load_main(file: str) -> Module:
    """Run `file` as `__main__` up to its first `co.main`, what that is given recorded.

    Raises ConductoError: C402 no such file, C403 it raised; what it raised of ours (C1xx) as it is.
    """
    name, root = _dotted(file)
    module = types.ModuleType("__main__")
    package = name.rpartition(".")[0]

    def begin() -> None:
        if package:  # as `python -m` has it: relative imports work
            module.__package__ = packages.importable(package, root)

    return _load(file, module, begin, os.path.dirname(os.path.realpath(file)), root)


def load_module(file: str) -> Module:
    """Import `file` without its `__main__` part, by its dotted name where it lies in a package. Errors as load_main."""
    name, root = _dotted(file)
    if "." not in name:
        return _load(file, types.ModuleType(packages.free(name)), lambda: None, root)

    def run() -> Mapping[str, Any]:
        package, _, last = name.rpartition(".")
        return vars(importlib.import_module(f"{packages.importable(package, root)}.{last}"))

    return _recorded(file, None, [root, *sys.path], run)


def _load(file: str, module: types.ModuleType, begin: Callable[[], None], *folders: str) -> Module:
    path = os.path.abspath(file)
    module.__file__ = path
    code = _compiled(file, path)

    def run() -> Mapping[str, Any]:
        begin()
        exec(code, module.__dict__)
        return module.__dict__

    return _recorded(file, module, [*dict.fromkeys(folders), *sys.path], run)


def _recorded(
    file: str, module: Optional[types.ModuleType], path: List[str], run: Callable[[], Mapping[str, Any]]
) -> Module:
    """What `run` leaves: the names of a module that is run to its end, or what its first `co.main` was given."""
    global recording
    found = Module(os.path.abspath(file), {}, module=module, path=path)
    before, recording = recording, True
    try:
        with _caught(file), _as_program(found):
            try:
                return found._replace(names=run(), path=sys.path)
            except MainReached as reached:
                return found._replace(**reached.given, path=sys.path)
    finally:
        recording = before


def _compiled(file: str, path: str) -> types.CodeType:
    try:
        with open(path, "rb") as source:
            text = source.read()
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise ConductoError(Diagnostic("C402", message, help="name a Python file that defines a pipeline")) from error
    try:
        return compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        from . import raised

        raise raised.bad_syntax(file, error) from error


@contextlib.contextmanager
def _as_program(module: Module) -> Iterator[None]:
    """The interpreter as if it ran the file: its argv, its search path, its module in the table. All ours again at the end,
    or what we import later would be taken from the user's folder.
    """
    name = module.module.__name__ if module.module is not None else ""
    before = sys.argv, sys.path, sys.modules.get(name)
    sys.argv, sys.path = [shown_path(module.file)], list(module.path)
    if module.module is not None:
        sys.modules[name] = module.module
    try:
        yield
    finally:
        sys.argv, sys.path = before[:2]
        if before[2] is not None:
            sys.modules[name] = before[2]


@contextlib.contextmanager
def _caught(file: str, exits: bool = False) -> Iterator[None]:
    """What the user's code raises becomes C403; what it raises of ours goes through."""
    try:
        yield
    except (ConductoError, MainReached, KeyboardInterrupt):
        raise
    except BaseException as error:  # asyncio.CancelledError is no Exception
        if exits and isinstance(error, SystemExit):
            raise
        from . import raised

        raise raised.diagnose(file, error) from error


def _dotted(file: str) -> Tuple[str, str]:
    """The name to import a file by, and the folder that must be on the path for it."""
    folder, base = os.path.split(os.path.abspath(file))
    name = base[: -len(".py")] if base.endswith(".py") else base
    if "." in name:
        return name.replace(".", "_"), folder
    while os.path.exists(os.path.join(folder, "__init__.py")) and "." not in os.path.basename(folder):
        folder, package = os.path.split(folder)
        name = f"{package}.{name}"
    return name, folder


def calling(module: Module, call: Callable[[], Any], exits: bool = False) -> Any:
    """What `call` (of the user's code) returns; an exception of it becomes C403; with `exits`, it may end the program."""
    with _caught(module.file, exits), _as_program(module):
        return call()


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """A function of the user's is called for its tree alone, as long as the block runs."""
    global asked
    before, asked = asked, True
    try:
        yield
    finally:
        asked = before


# --- conducto FILE [FUNC] [--args], and python FILE [FUNC] [--args] -----------------------------------------------------


def main(words: Sequence[str]) -> int:
    """`conducto FILE [FUNC] [--args]`: print a tree, or run a function. The exit status: 0, or 2 for what is wrong.

    Without FUNC the file is run as compile does, up to `co.main`, whose default (or `argv`) may be what is meant.
    """
    try:
        module = _module(words)
        run_words(module, words[1:] or module.words or (), _print, f"conducto {words[0]}")
    except ConductoError as error:
        complain(error, ["conducto", *words])
        return 2
    return 0


def _print(value: Any) -> None:
    import pprint

    pprint.pprint(value)


def _module(words: Sequence[str]) -> Module:
    """The file as a command line for it needs it: imported where a name in it is given, else run up to `co.main`."""
    name = entry.split(words[1:])[0]
    if name is None:
        return load_main(words[0])
    module = load_module(words[0])
    if not any(launcher.option(word) in launcher.OPTIONS for word in words[2:]):
        return module
    # What is launched is what compile would compile; that it is one, and no argument, only the function tells.
    launched = launcher.asked(entry.choose(module, name, any_function=True), words[2:])
    return load_main(words[0]) if launched else module


def complain(error: ConductoError, words: Sequence[str]) -> None:
    """Say on stderr what is wrong, behind what was printed before; `words` are the command line."""
    from . import commandline, draw

    with contextlib.suppress(OSError, ValueError):  # that nobody reads it any more is another's matter
        sys.stdout.flush()
    sys.stderr.write(draw.text(commandline.placed(diagnostic, words) for diagnostic in error.diagnostics))


def _print_for_execute(root: Node) -> None:
    """In a Generate node: print the pipeline for what called it."""
    from .wire import write

    sys.stdout.write(write.text(root))
    sys.stdout.flush()


def _tell_usage(of: Union[Module, entry.Entry], program: str) -> None:
    from . import usage

    print(usage.of_file(of, program) if isinstance(of, Module) else usage.of_entry(of, program))


def run_words(module: Module, words: Sequence[str], printer: Callable[[Any], Any], program: str) -> Any:
    """Run what `words` ([FUNC] [--args]) mean in `module`; print a node as a tree, another result but None by `printer`."""
    if words and words[0] in arguments.HELP:
        return _tell_usage(module, program)
    name, given = entry.split(words)
    behind = words if name is None else words[1:]
    try:
        chosen = entry.choose(module, name, any_function=True)
    except ConductoError:
        if name is None and any(word in arguments.HELP for word in behind):
            return _tell_usage(module, program)
        raise
    if entry.asks_for_help(chosen, behind):
        return _tell_usage(chosen, program)
    if launcher.asked(chosen, behind):
        status = launcher.opened().of_words(module, name, behind)
        if status:
            raise SystemExit(status)
        return None
    result = calling(module, lambda: entry.build(chosen, given), exits=True)
    if isinstance(result, Node):
        with defaults.given(chosen.defaults, entry.root(chosen, result)) as root:
            if os.environ.get("CONDUCTO_LAZY") == "1":
                _print_for_execute(root)
            else:
                from . import pretty

                pretty.write(root, sys.stdout)
        return None
    if result is not None:
        printer(result)
    return result
