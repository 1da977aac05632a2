"""Hostile pipelines, written by hand: what each tries, and whether Generate must fail or it is run in its containers.

Whatever is run writes CANARY, a path that is only meant for a container. MARK stands in everything that would be a word of a
program on the host if it came through.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import conducto as co
from conducto.wire import marks
from tests.hostile import payloads
from tests.hostile.payloads import ROOT, one, raw, text

MARK = "hostile-word"
CANARY = f"/var/tmp/conducto-{MARK}"
TOUCH = f"touch {CANARY}; echo ran in it"


@dataclass(frozen=True)
class Case:
    """One pipeline. `printed` is what Generate prints, or `script` prints it; `refused` is in what is said of Generate, "" for
    one that is run; `failed` that what is run fails. `own` are attributes of the Lazy, and only with them it is allowed.
    """

    tries: str
    printed: str | bytes = b""
    refused: str = ""
    script: str = ""
    failed: bool = False
    own: tuple[tuple[str, Any], ...] = ()

    @property
    def command(self) -> str:
        """The command that prints it, with what every image has."""
        data = self.printed if isinstance(self.printed, bytes) else self.printed.encode("utf-8", "surrogatepass")
        coded = base64.b64encode(data).decode()
        return (
            self.script
            or "base64 -d <<'...'\n" + "\n".join(coded[at : at + 76] for at in range(0, len(coded), 76)) + "\n..."
        )

    @property
    def node(self) -> co.Node:
        """The Lazy."""
        lazy = co.Lazy(self.command, node_type=co.Parallel)
        for name, value in self.own:
            setattr(lazy, name, value)
        return lazy


def _nested(pair: dict[str, Any], generate: dict[str, Any]) -> str:
    """A Lazy that has what Generate does without, so that only what is generated in its turn would have it."""
    rows = [[0, 3, "l", 0], [1, 0, "Generate", "true", 1], [1, 2, "Execute"]]
    return text(*rows, attributes=[pair, generate])


def _named(*names: str) -> str:
    return text(*([0, 0, name, f'{TOUCH}; printf "%s\\n" "$CONDUCTO_NODE"'] for name in names))


def _printed_by_awk(program: str) -> str:
    head = json.dumps(payloads.HEAD).replace('"', '\\"')
    return f'awk \'BEGIN {{ print "{marks.BEGIN}"; print "{head}"; {program}; print "{marks.END}" }}\''


def _chain(levels: int) -> str:
    rows = [ROOT, *([number, 1, f"{number % 7}"] for number in range(levels)), [levels, 0, "end", TOUCH]]
    return payloads.packed(zlib.compress("\n".join([json.dumps(payloads.HEAD), json.dumps(rows)]).encode(), 9)).decode()


def _with(part: str, value: str) -> bytes:
    """The first line with another text in the place of an empty list."""
    return raw(
        json.dumps(payloads.HEAD).replace(f'"{part}": []', f'"{part}": {value}'),
        json.dumps([ROOT, [0, 0, "a", TOUCH, 0]]),
    )


#: What a shell, make or docker would act on.
SYNTAX = {
    "dollars": f"$(shell {TOUCH})",
    "backticks": f"`{TOUCH}`",
    "quotes": f"'; {TOUCH}; '",
    "newlines": f"x\n\t{TOUCH}\nall: ; {TOUCH}",
    "define": f"x\nendef\n$(shell {TOUCH})\ndefine y",
    "include": f"x\n-include /etc/{MARK}\n.SHELL := {MARK}",
    "blanks": f"a {MARK}  b\\ ",
    "options": f"-rf --{MARK} --eval=$(shell {TOUCH})",
}

NAMES = {
    "names that lead out": Case("leave the state folder", _named("..", "~", f"..{MARK}")),
    "names of make's": Case("be make's own targets", _named("all", ".PHONY", "%", "MAKEFLAGS+=-n")),
    "names of a shell's": Case(
        "be read by make or a shell", _named(*(name.replace("/", "|") for name in SYNTAX.values()))
    ),
    "names alike": Case("take each other's files", _named("Ab", "aB", "\u00e9", "e\u0301")),
    "names of a terminal": Case("act on a terminal", _named("\x1b]0;x\x07", "\x1b[2J", "\u202ecba\r\n")),
    "a name like another's file": Case(
        "take a.env's variable", text([0, 0, "a", TOUCH], [0, 0, "a.command", f"{TOUCH}\n"])
    ),
    "a name with a slash": Case("leave its place", _named("../x"), "has a name that it cannot have"),
    "a name with a NUL": Case("end a text early", _named("a\0b"), "has a name that it cannot have"),
    "a name with a surrogate": Case("be no text", _named("a\ud800"), "has a name that it cannot have"),
    "an enormous name": Case("fill a path", _named("n" * 100_001), "has a name that it cannot have"),
}

COMMANDS = {
    "commands": Case(
        "be read by make or a shell",
        text(*([0, 0, key, f"{TOUCH}\n: {value}"] for key, value in SYNTAX.items())),
        failed=True,
    ),
    "arguments of a call": Case(
        "be read by a shell",
        text([0, 0, "a", [0, f"--a=$({TOUCH})", f"; {TOUCH}"]], calls=[["root:pipeline.py", "f"]]),
        "but no image says where pipeline.py lands in it",
    ),
    "a call of a shell": Case(
        "name a command", text([0, 0, "a", [0]], calls=[["root:a.py", f"f; {TOUCH}"]]), "calls no function"
    ),
    "an end of what it prints": Case("print more behind it", text([0, 0, "a", f"echo '{marks.END}'; {TOUCH}"])),
    "env": Case(
        "set what programs here read",
        one(
            TOUCH,
            env={
                "PATH": "/bin:/usr/bin",
                "LD_PRELOAD": "",
                "BASH_ENV": CANARY,
                "MAKEFLAGS": "-n",
                "DOCKER_HOST": f"tcp://{MARK}:1",
            },
        ),
    ),
    "env with syntax": Case(
        "be read by make or a shell", one(TOUCH, env={f"V{n}": value for n, value in enumerate(SYNTAX.values())})
    ),
    "env of ours": Case("be told other places", one(TOUCH, env={"CONDUCTO_ROOT": "/"}), "begin with `CONDUCTO_`"),
    "env that is no name": Case(
        "be a word of docker", one(TOUCH, env={f"A={MARK} --privileged": "x"}), "is no name of an env"
    ),
    "docs": Case(
        "be lines of the makefile",
        one(TOUCH, doc=SYNTAX["newlines"], title=SYNTAX["define"], tags=list(SYNTAX.values())),
    ),
}

ALLOWED = {
    "privileged": Case(
        "be root here", one(TOUCH, docker_run_args=["--privileged"]), "has docker_run_args, and nothing above"
    ),
    "a volume": Case(
        "see the host's files", one(TOUCH, docker_run_args=["-v", "/:/host"]), "has docker_run_args, and nothing above"
    ),
    "a network": Case(
        "see the host's ports", one(TOUCH, docker_run_args=["--network=host"]), "has docker_run_args, and nothing above"
    ),
    "volumes of others": Case(
        "see another's files",
        one(TOUCH, docker_run_args=["--volumes-from", MARK]),
        "has docker_run_args, and nothing above",
    ),
    "other words than above": Case(
        "be root by a little",
        one(TOUCH, docker_run_args=["--privileged"]),
        "has docker_run_args, and nothing above",
        own=(("docker_run_args", ["--init"]),),
    ),
    "an entrypoint": Case(
        "run another program",
        one(TOUCH, docker_run_args=["--entrypoint", "/bin/rm"]),
        "cannot stand in `docker_run_args`",
    ),
    "docker": Case("call docker", one(TOUCH, requires_docker=True), "requires docker, and nothing above"),
    "a token": Case(
        "read what the caller has", one(TOUCH, env={"A": {"secret": "GITHUB_TOKEN"}}), "has the Secret GITHUB_TOKEN"
    ),
    "a key": Case(
        "read what the caller has",
        one(TOUCH, env={"A": {"secret": "AWS_SECRET_ACCESS_KEY"}}),
        "has the Secret AWS_SECRET_ACCESS_KEY",
    ),
    "a Secret with syntax": Case(
        "be read by eval", one(TOUCH, env={"A": {"secret": f"A}}$({TOUCH})"}}), "is no name of a secret"
    ),
    "docker for later": Case(
        "give it to what is generated next",
        _nested({"requires_docker": True}, {"requires_docker": False}),
        "Execute requires docker",
    ),
    "words for later": Case(
        "give them to what is generated next",
        _nested({"docker_run_args": ["--privileged"]}, {"docker_run_args": []}),
        "Execute has docker_run_args",
    ),
    "a token for later": Case(
        "give it to what is generated next",
        _nested({"env": {"A": {"secret": "GITHUB_TOKEN"}}}, {"env": {"A": ""}}),
        "Execute has the Secret GITHUB_TOKEN",
    ),
    "a container of others": Case("go where it was not put", one(TOUCH, container_reuse_context="NEW")),
    "a container of none": Case("leave the one that it was put into", one(TOUCH, container_reuse_context="GLOBAL")),
}

IMAGES = {
    "an option": Case(
        "be an option of docker", one(TOUCH, image="--privileged"), "and must be a co.Image, or the name"
    ),
    "an option with a value": Case(
        "be an option of docker", one(TOUCH, image="-v=/:/host"), "and must be a co.Image, or the name"
    ),
    "an image with blanks": Case(
        "be two words", one(TOUCH, image=f"x --privileged {MARK}"), "and must be a co.Image, or the name"
    ),
    "an image with syntax": Case("be read by a shell", one(TOUCH, image=f"$(touch${{IFS}}{CANARY})"), failed=True),
    "a base that is an option": Case(
        "be an option of docker", one(TOUCH, image={"image": "--privileged"}), "and must be the name of an image"
    ),
    "a Dockerfile": Case(
        "build what it likes",
        one(TOUCH, image={"dockerfile_text": f"FROM x\nRUN {TOUCH}"}),
        "must be built, and nothing above",
    ),
    "a Dockerfile outside": Case(
        "read another file", one(TOUCH, image={"dockerfile": "root:../../etc/passwd"}), "leads out of the repository"
    ),
    "an image for later": Case(
        "let what is generated next build",
        text([0, 0, "a", TOUCH, 0], attributes=[{"_images": [0]}], images=[{"dockerfile_text": "FROM x", "name": "i"}]),
        "must be built, and nothing above",
    ),
    "a context of everything": Case(
        "send all files",
        one(TOUCH, image={"dockerfile_text": "FROM x", "context": "root:/"}),
        "leads out of the repository",
    ),
    "a context above": Case(
        "send other files",
        one(TOUCH, image={"dockerfile_text": "FROM x", "context": "root:a/../.."}),
        "leads out of the repository",
    ),
    "code of another place": Case(
        "copy other files", one(TOUCH, image={"copy_dir": "root:/etc"}), "leads out of the repository"
    ),
    "code behind a link": Case(
        "copy other files", one(TOUCH, image={"copy_dir": "root:link"}), "leads out of the repository"
    ),
    "code that is ours": Case(
        "copy what nodes may change",
        one(TOUCH, image={"copy_dir": "root:.conducto/state/pipeline"}),
        "is not the pipeline's",
    ),
    "code of git's": Case("copy what git keeps", one(TOUCH, image={"copy_dir": "root:.git"}), "is not the pipeline's"),
    "files outside": Case(
        "tell of other files",
        one(TOUCH, image={"image": "x", "path_map": {"root:..": "/x"}}),
        "leads out of the repository",
    ),
    "a repository of this machine": Case(
        "clone what is private",
        one(TOUCH, image={"copy_url": "/srv/private", "copy_branch": "main"}),
        "the code of a repository that nothing above",
    ),
    "a repository that is a program": Case(
        "be run by git",
        one(TOUCH, image={"copy_url": f"ext::{MARK}", "copy_branch": "main"}),
        "the code of a repository that nothing above",
    ),
    "a repository that is an option": Case(
        "be an option of git",
        one(TOUCH, image={"copy_url": f"--upload-pack={MARK}", "copy_branch": "main"}),
        "and must be the address",
    ),
    "a branch that is an option": Case(
        "be an option of git",
        one(TOUCH, image={"copy_url": "https://x/y", "copy_branch": f"--{MARK}"}),
        "and must be the name of a branch",
    ),
}

SHAPES = {
    "two pipelines": Case(
        "be read twice", text([0, 0, "a", TOUCH]) + text([0, 0, "b", TOUCH]), "it printed two pipelines"
    ),
    "one in another": Case(
        "begin again", raw(marks.BEGIN, *text([0, 0, "a", TOUCH]).strip().split("\n")), "is no JSON"
    ),
    "one of a later version": Case(
        "be read by rules that it does not know",
        f"<conducto-pipeline version=2>\n{{}}\n{marks.END}\n",
        "another format",
    ),
    "a marker that acts on a terminal": Case(
        "act on a terminal",
        "<conducto-pipeline \x1b]0;x\x07\x1b[2J>\n",
        r"another format than this release reads: <conducto-pipeline \\x1b",
    ),
    "one without an end": Case("never end", raw("{}")[:-10], "does not end"),
    "a bomb": Case("fill the memory", payloads.bomb(b"x" * 999_999, 40), "has a line that is too long"),
    "a bomb of rows": Case(
        "fill the memory",
        payloads.bomb(
            b'[[0,1,"x"]' + b',[0,1,"x"]' * 50_000 + b"]\n", 30, json.dumps(payloads.HEAD).encode() + b'\n[[-1,2,""]]\n'
        ),
        "a node under / has a name that it cannot have",
    ),
    "keys twice": Case(
        "be checked as one and read as another",
        _with("attributes", '[{"skip":false,"docker_run_args":[],"docker_run_args":["--privileged"]}]'),
        "has docker_run_args, and nothing",
    ),
    "a ring of parents": Case(
        "be walked for ever", raw(json.dumps(payloads.HEAD), '[[-1,2,""],[2,1,"a"],[1,1,"b"]]'), "has no parent"
    ),
    "a parent of its own": Case(
        "be walked for ever", raw(json.dumps(payloads.HEAD), '[[-1,2,""],[1,1,"a"]]'), "has no parent"
    ),
    "places before the first": Case(
        "read from the end", text([0, 0, "a", TOUCH, -1], attributes=[{}]), "names attributes that are not there"
    ),
    "no numbers": Case("be no number", _with("attributes", '[{"cpu":NaN}]'), "is no JSON"),
    "numbers without end": Case("be infinite", _with("attributes", '[{"mem":1e999}]'), "must be"),
    "bools for numbers": Case(
        "be 1", raw(json.dumps(payloads.HEAD), '[[-1,2,""],[false,0,"a","x"]]'), "is not what a node must be"
    ),
    "two hundred levels": Case("end the stack", _chain(200)),
    "too many levels": Case("end the stack", _chain(10_001), "levels deep"),
    "lists in lists": Case(
        "end the stack", _with("attributes", "[" * 30_000 + "]" * 30_000), "is no JSON|is not what it must be"
    ),
    "more nodes than are taken": Case(
        "fill the memory",
        script=_printed_by_awk(
            'print "[[-1,2,\\"\\"]]"; for (i = 0; i < 1100; i++) { s = "["; '
            'for (j = 0; j < 100; j++) s = s (j ? "," : "") "[0,0,\\"" i "." j "\\",\\"x\\"]"; print s "]" }'
        ),
        refused="its pipeline has more than 100,000 nodes",
    ),
    "lines without end": Case(
        "fill the memory",
        script=_printed_by_awk('for (i = 0; i < 200000; i++) print ""'),
        refused="more than 100,000 lines",
    ),
    "what acts on a terminal": Case(
        "act on a terminal",
        text([0, 0, "a", TOUCH, 0], attributes=[{"image_name": "\x1b]0;x\x07\x1b[2J"}]),
        r"\\x1b\]0;x",
    ),
}

#: What goes on for ever, until its time is over.
FOR_EVER = {
    "output without end": Case(
        "never end",
        script=f"echo '{marks.BEGIN}'; while :; do echo '[]'; sleep 0.01; done",
        refused="is over its max_time",
        own=(("max_time", 1),),
    ),
    "a Lazy without end": Case(
        "generate for ever",
        script=(
            "cat >/conducto/data/pipeline/again <<'...'\ncat <<'.'\n"
            + text([0, 3, "l"], [1, 0, "Generate", "sh /conducto/data/pipeline/again"], [1, 2, "Execute"]).strip()
            + "\n.\n...\nsh /conducto/data/pipeline/again"
        ),
        failed=True,
        own=(("max_time", 4),),
    ),
}

CASES = {**NAMES, **COMMANDS, **ALLOWED, **IMAGES, **SHAPES, **FOR_EVER}
