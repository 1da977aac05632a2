"""What /bin/sh does in a container before the command is the shell's: scripts that use no variable, as it could be one of the
user's, and would be exported.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Tuple

from conducto.ir.images import CODE, RUNTIME

#: Where the ConfigMaps of a node are mounted: its large texts, and the code of its image.
TEXTS, ARCHIVE = "/conducto/texts", "/conducto/code"
#: The files of the second.
TAR, MAKE = "code.tar", "unpack"

#: One stream, as the node reads two pipes, and a line of one could overtake a line of the other.
JOIN = "exec 2>&1"
#: A text that cannot stand in the arguments as it is comes for `printf %b`; the dot keeps the newlines at its end.
DECODE = 'set -- "$(printf %b. "$0")"; set -- "${1%.}"'
#: Or it is so large that it comes in a file, for `printf %b` too.
READ = f'set -- "$(printf %b "$(PATH=$PATH:/bin:/usr/bin; cat {TEXTS}/command; printf .)")"; set -- "${{1%.}}"'
#: Env that the container's own `env` cannot hold: as further arguments, and in files.
EXPORT = 'while [ $# -gt 0 ]; do set -- "$(printf %b. "$1")" "$@"; export "${1%.}"; shift 2; done'
READ_ENV = (
    f"set -- {TEXTS}/env-*\n"
    "while [ $# -gt 0 ]; do\n"
    '  set -- "${1##*/env-}=$(printf %b "$(PATH=$PATH:/bin:/usr/bin; cat "$1"; printf .)")" "$@"\n'
    '  export "${1%.}"; shift 2\n'
    "done"
)
#: The code of an image is a private copy, made by what any image has. Its script lies beside it, as it is long.
UNPACK = f"/bin/sh {ARCHIVE}/{MAKE} || exit"
UNPACKER = f"""\
umask 022; PATH=$PATH:/bin:/usr/bin:/usr/local/bin
cd {CODE} || exit
if command -v tar >/dev/null 2>&1; then exec tar -xof {ARCHIVE}/{TAR}; fi
if command -v busybox >/dev/null 2>&1; then exec busybox tar -xof {ARCHIVE}/{TAR}; fi
if command -v python3 >/dev/null 2>&1; then
  exec python3 -I -c 'import tarfile; t = tarfile.open("{ARCHIVE}/{TAR}")
t.extraction_filter = lambda member, path: member; t.extractall()'
fi
echo 'conducto: the image has no tar, busybox or python3 to unpack its code with' >&2
exit 1"""
#: The commit of a clone, read without git: HEAD names a branch's file, or is the commit.
COMMIT = "\n".join(
    [
        'export CONDUCTO_GIT_SHA="$(',
        f'  PATH=$PATH:/bin:/usr/bin; set -- "$(cat {CODE}/.git/HEAD)"',
        f'  case $1 in ("ref: "*) cat "{CODE}/.git/${{1#ref: }}" ;; (*) echo "$1" ;; esac',
        ')"',
    ]
)
#: Before all else, and on the PATH of a user who set one, too.
FIRST = f'export PATH="{RUNTIME.rpartition("/")[0]}:$PATH" PYTHONPATH="{RUNTIME}${{PYTHONPATH:+:$PYTHONPATH}}"'

#: The folders of a shell that a user's PATH may hide.
_FOLDERS = ("/bin", "/usr/bin", "/usr/local/bin")
#: Shells that can be named in a script without quotes.
SHELL = re.compile("[A-Za-z0-9_./+-]+")


class Given(NamedTuple):
    """A variable that is a secret: its name, the one that it comes in (another where Argo or the loader would act on it), and
    what people are told of where it is kept.
    """

    variable: str
    holder: str
    kept: str


class Script(NamedTuple):
    """What there is to do. The command comes `how`: "plain", "coded" or in a "file"; there are `exports` among the arguments,
    and env in `files`; the user's own env has a `path`; `shell` is "" for bash where there is one, else sh. The code is to be
    unpacked from an `archive`, or was cloned (`clone`); `runtime` says that the node needs conducto's.
    """

    how: str
    exports: bool = False
    files: bool = False
    path: bool = False
    secrets: Tuple[Given, ...] = ()
    archive: bool = False
    clone: bool = False
    runtime: bool = False
    shell: str = ""

    def text(self) -> str:
        """The script."""
        return "\n".join(self.lines())

    def lines(self) -> List[str]:
        """Its parts, each of a line or more."""
        lines = [JOIN, *(check(secret) for secret in self.secrets)]
        lines += [renamed(secret) for secret in self.secrets if secret.variable != secret.holder]
        parts = [
            (self.exports, EXPORT),
            (self.files, READ_ENV),
            (self.archive, UNPACK),
            (self.clone, COMMIT),
            (self.runtime, FIRST),
            (self.how == "coded", DECODE),
            (self.how == "file", READ),
        ]
        lines += [text for wanted, text in parts if wanted]
        chosen = choose(self.shell, self.path)
        return [*lines, chosen if self.how == "plain" else chosen.replace('"$0"', '"$1"')]


def check(secret: Given) -> str:
    """A missing secret, or an empty one, fails the node by name."""
    return f"[ -n \"${secret.holder}\" ] || {{ echo 'conducto: {secret.kept} is missing or empty' >&2; exit 1; }}"


def renamed(secret: Given) -> str:
    """A secret gets the name that the user gave."""
    return f'export {secret.variable}="${secret.holder}"; unset {secret.holder}'


def choose(shell: str, path: bool) -> str:
    """The command's text is `$0`, so that it stands in the file as it is written; its own `$0` is the shell."""
    if not shell:
        return _bash_or_sh(path)
    if not path or "/" in shell:
        return f'exec {shell} -c "$0"'
    return "\n".join([_on_path(shell), *_elsewhere(shell), f'exec {shell} -c "$0"'])


def _bash_or_sh(path: bool) -> str:
    if not path:
        return f'{_on_path("bash")}; exec sh -c "$0"'
    return "\n".join([_on_path("bash"), *_elsewhere("bash"), _on_path("sh"), 'exec /bin/sh -c "$0" sh'])


def _on_path(shell: str) -> str:
    return f'if command -v {shell} >/dev/null 2>&1; then exec {shell} -c "$0"; fi'


def _elsewhere(shell: str) -> List[str]:
    """Where the user's PATH may hide the image's shell; `$0` of the command must then be said."""
    return [f'if [ -x {folder}/{shell} ]; then exec {folder}/{shell} -c "$0" {shell}; fi' for folder in _FOLDERS]
