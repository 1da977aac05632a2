"""`co.Notebook`: an Exec that runs a notebook, by papermill, in the image."""

from __future__ import annotations

import json
import keyword
import os
import re
from typing import Any, List, Mapping, NoReturn, Optional

from . import local_paths, repository, source
from .blame import blame, carried, said
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from .image_checks import inside_a_node
from .nodes import Exec
from .source import shown_path
from .text import shell_word

#: What papermill is told besides; what cells print stands in the node's log then.
_COMMAND = "papermill --log-output"
#: What papermill reads by itself as another thing than a text (papermill/cli.py, _resolve_type); other types it takes as texts.
_READ = (bool, int, float, type(None))


class Notebook(Exec):
    """Runs a notebook of this machine by papermill, which its image must have (`install_pip=["papermill", "ipykernel"]`).

    `Notebook("fit.ipynb", n=100, who="x")` is the command `papermill --log-output fit.ipynb /dev/null -p n 100 -r who x`, its
    path one of `co.relpath`. What stands beside the file are parameters: bool, int, float, str or None, which arrive as they
    are; they override the cell that is tagged `parameters`. Attributes of the node are given by `params=co.Params(cpu=2)`.
    With `output`, a path in the container (or of `co.relpath`), the notebook with its results is kept there.

    Raises ConductoTypeError or ConductoValueError: C164 for what is no notebook, C165 for a parameter that papermill does not
    take, C115 for a text that cannot be carried.
    """

    __slots__ = ()

    def __init__(
        self,
        command: Any,
        output: Any = "/dev/null",
        /,
        *unwanted: NoReturn,
        params: Optional[Mapping[str, Any]] = None,
        **parameters: Any,
    ) -> None:
        name = params.get("name") if isinstance(params, Mapping) else None
        try:
            if unwanted:
                raise _by_position(unwanted[0])
            words = [_COMMAND, _notebook(command, bool(parameters)), _output(output)]
            for key, value in parameters.items():
                words += _parameter(key, value)
            script = " ".join(words)
            carried("this command", script, None)
        except ConductoError as error:
            raise error.at(self._future_path(name)) from None
        super().__init__("", params=params)
        # Not as a text that a user wrote: what is between quotes in it is not dedented.
        self._command = script


def _by_position(value: Any) -> ConductoError:
    message = f"a Notebook takes its file and its output by position, and is given {said(value)} besides"
    return blame(ConductoTypeError, "C165", message, source.positional(2), help="give parameters by name: `rounds=100`")


# --- the file -------------------------------------------------------------------------------------------------------------


def _notebook(path: Any, overrides: bool) -> str:
    """The word for a notebook's file. Raises C164, and C160 for what is no path."""
    pick = source.positional(0)
    if local_paths.is_word(path):
        file = (local_paths.files(path) or [""])[0]
    else:
        path = local_paths.relpath(path)
        file = local_paths.files(path)[0]
    found = _wrong(file, overrides)
    if found is None:
        return str(path)
    message, help = found
    raise blame(ConductoValueError, "C164", f"{shown_path(file)} {message}", pick, help=help)


def _wrong(file: str, overrides: bool) -> "Optional[tuple[str, str]]":
    """What is wrong with a notebook, for people, and what to do."""
    if not file.endswith(".ipynb"):
        return "is no notebook by its name", "name a file that ends in `.ipynb`"
    if re.search("[{}]", repository.of(file).relative(file)):
        return "has a brace in its path, which papermill takes for a parameter's", "rename it"
    if inside_a_node() and not os.path.isfile(file):
        return None
    try:
        with open(file, encoding="utf-8") as opened:
            cells = json.load(opened)["cells"]
        written = [(cell["metadata"].get("tags", ()), "".join(cell["source"])) for cell in cells]
    except OSError as error:
        return f"cannot be read: {error.strerror}", "correct it: a relative path is relative to the file that calls"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "is no notebook of format 4", "save it anew in Jupyter"
    commented = any(re.match(r"\s*#\s*parameters\b", text, re.IGNORECASE) for _, text in written)
    if overrides and commented and not any("parameters" in tags for tags, _ in written):
        return (
            "has a cell that begins with `# parameters` and is not tagged so, which papermill would not override",
            "give that cell the tag `parameters`",
        )
    return None


def _output(path: Any) -> str:
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str) or not text or re.search("[{}]", text):
        message = f"the output of a Notebook is a path without braces, and this is {said(path)}"
        raise blame(ConductoTypeError, "C164", message, source.positional(1), help="leave it out, or give a path")
    if local_paths.words(text):
        return text
    return shell_word(f"./{text}" if text.startswith("-") and text != "-" else text)


# --- parameters -----------------------------------------------------------------------------------------------------------


def _parameter(name: str, value: Any) -> List[str]:
    """A parameter as papermill's option; a text as one that is not looked into. Raises C165."""
    if not name.isidentifier() or keyword.iskeyword(name):
        message = f"`{name}` is no name of a variable, which a parameter of a notebook is"
        raise blame(ConductoValueError, "C165", message, source.keyword(name), help="use letters, digits and `_`")
    if type(value) is str:
        carried(f"`{name}`", value, source.argument(name))
        return ["-r", name, shell_word(value)]
    if type(value) in _READ:
        try:
            return ["-p", name, shell_word(str(value))]
        except ValueError:  # sys.get_int_max_str_digits
            pass
    message = f"`{name}` is {said(value)}, and a parameter of a notebook is a bool, an int, a float, a text or None"
    help = "pass one of these: a text of JSON, say"
    raise blame(ConductoTypeError, "C165", message, source.argument(name), help=help)
