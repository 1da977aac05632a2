"""`co.Lazy`: a pair of nodes, of which the first makes, while the pipeline runs, what stands under the second."""

from __future__ import annotations

import typing
from typing import Any, Callable, Mapping, Optional, Type, Union

from . import binding, callables, hints, source
from .blame import blame, said
from .diagnostics import ConductoError, ConductoTypeError
from .nodes import Exec, Node, Parallel, Serial

#: What a Lazy's two children are called.
GENERATE, EXECUTE = "Generate", "Execute"


class Lazy(Serial):
    """A Serial of `Generate`, which runs a command that prints a pipeline, and `Execute`, in whose place that runs.

    `Lazy(function, 1, n=2)`: a public function that returns a Serial or a Parallel; its arguments are those of an Exec's
    (docs/semantics.md, "Python callables"), and `params=co.Params(cpu=2)` are attributes of Generate. `Lazy("command",
    node_type=co.Parallel, cpu=2)`: a command that has a pipeline printed by `conducto FILE FUNC`; attributes beside it are
    Generate's. What both shall have is set on the Lazy itself afterwards. `node_type` is what Execute is before it is known:
    without it what the function is hinted to return, else a Parallel.

    Raises ConductoTypeError or ConductoValueError: as Exec does; C151 for a function that is hinted to return anything but a
    Serial or a Parallel, C152 for a `node_type` that is neither.
    """

    __slots__ = ()

    _pair = True

    def __init__(self, command: Union[str, Callable[..., Any]], /, *values: Any, **named: Any) -> None:
        wanted = named.pop("node_type", None) if "node_type" not in callables.parameters(command) else None
        execute = _node_type(command, wanted)
        name = named.pop("name", None) if "name" not in callables.parameters(command) else None
        name, generate = _generate(command, values, named, name)
        super().__init__(name=name)
        self._adopt(GENERATE, generate, source.SUBSCRIPT, source.ASSIGNED)
        self._adopt(EXECUTE, execute(), source.SUBSCRIPT, source.ASSIGNED)


def _generate(
    command: Any, values: typing.Sequence[Any], named: Mapping[str, Any], name: Optional[str]
) -> typing.Tuple[Optional[str], Exec]:
    """The name of the pair, where `params` has it, and the Exec that stands for Generate."""
    params = named.get("params")
    if name is None and isinstance(params, Mapping) and "name" in params:
        name = params["name"]
        named = {**named, "params": {key: value for key, value in params.items() if key != "name"}}
    return name, Exec(command, *values, **named)


def _node_type(command: Any, wanted: Any) -> Type[Node]:
    """Serial or Parallel."""
    if wanted is not None:
        if not (isinstance(wanted, type) and issubclass(wanted, (Serial, Parallel))):
            message = f"`node_type` is {said(wanted)}, and must be co.Serial or co.Parallel"
            raise blame(ConductoTypeError, "C152", message, source.argument("node_type"), help="write one of the two")
        return Serial if issubclass(wanted, Serial) else Parallel
    if not callable(command):
        return Parallel
    hint = hints.hints(command).get("return", Node)
    options = typing.get_args(hint) if typing.get_origin(hint) in hints.UNIONS else (hint,)
    found = [option for option in options if option is not type(None)]
    if not found or not all(_may_be_group(option) for option in found):
        raise _no_group(command, hint)
    return Serial if any(issubclass(option, Serial) for option in found) else Parallel


def _may_be_group(option: Any) -> bool:
    return isinstance(option, type) and (option is Node or issubclass(option, (Serial, Parallel)))


def _no_group(function: Any, hint: Any) -> ConductoError:
    what = getattr(hint, "__name__", None) or str(hint)
    message = (
        f"`{getattr(function, '__name__', 'the function')}` is hinted to return {what}, where a Lazy needs a group"
    )
    help = "let it return a co.Serial or a co.Parallel: an Exec goes into one"
    notes = callables.defined_at(function)
    return blame(ConductoTypeError, "C151", message, source.argument("command", 0), help=help, notes=notes)


# --- older names ----------------------------------------------------------------------------------------------------------


def lazy_py(func: Callable[..., Any], /, *values: Any, **named: Any) -> Lazy:
    """`co.Lazy` of a function."""
    return Lazy(func, *values, **named)


def lazy_shell(command: str, /, *older: Any, env: Optional[Mapping[str, Any]] = None, **named: Any) -> Lazy:
    """`co.Lazy` of a command, with `env` for both nodes of the pair; what is given besides is Generate's.

    Of values without a name, which it took in another order once, a class is `node_type` and a dict `env`.
    """
    for value in older:
        if isinstance(value, Mapping) and env is None:
            env = value
        elif value is not None and "node_type" not in named:
            named["node_type"] = value
        elif value is not None:
            raise binding.more_than_a_command([value])
    pair = Lazy(command, **named)
    if env is not None:
        pair.env = env
    return pair
