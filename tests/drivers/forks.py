"""Imports the compiler, then answers each connection by a fork that is `conducto` with the words that come.

    python forks.py ADDRESS

Says `ready` once it listens at ADDRESS, a socket's path, and ends when its standard input does. See tests/forked.py.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import types
from pathlib import Path
from typing import IO, Any

from conducto.__main__ import main

SCRIPT = Path(sys.executable).with_name("conducto")
WARM = 'import conducto as co\np = co.Serial(image="i")\np["a"] = co.Exec("true")\n'


def warm() -> None:
    """Import and read what the first compilation does."""
    from conducto import cli, targets

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "p.py").write_text(WARM, encoding="utf-8")
        for target in targets.names():
            sys.argv = ["conducto", "compile", "-t", target, f"{folder}/p.py", "-o", f"{folder}/out"]
            with contextlib.redirect_stderr(io.StringIO()):
                status = cli.cli()
            if status:
                sys.exit(f"nothing can be compiled for {target}")


def become(asked: dict[str, Any], files: list[int]) -> int:
    """Be the command; its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = [str(SCRIPT), *asked["words"]]
    sys.path[0] = str(SCRIPT.parent)
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.dont_write_bytecode = False
    sys.stdin, sys.stdout, sys.stderr = (
        stream(0, "r", "strict"),
        stream(1, "w", "strict"),
        stream(2, "w", "backslashreplace"),
    )
    try:
        status = main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    for one in (sys.stdout, sys.stderr):
        one.flush()
    return status


def stream(number: int, mode: str, errors: str) -> IO[str]:
    """A standard stream as Python opens it; `errors` is strict where the locale has not said otherwise."""
    found = sys.__stdout__ if number < 2 else None
    buffering = 1 if number == 2 else -1
    return open(number, mode, buffering, "utf-8", found.errors if found else errors, closefd=False)  # noqa: SIM115


def answer(connection: socket.socket) -> None:
    """Fork what is asked; the fork says its process id and, at its end, its status."""
    text, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(1 << 20)
    if os.fork():
        for file in files:
            os.close(file)
        connection.close()
        return
    os.setsid()
    connection.sendall(f"{os.getpid()}\n".encode())
    status = 70
    try:
        status = become(json.loads(text), files)
    finally:
        connection.sendall(f"{status}\n".encode())
        os._exit(status)


def serve(address: str) -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        listener.bind(address)
        listener.listen(64)
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(0, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            if any(key.fd == 0 for key, _ in waiting.select()):
                return
            answer(listener.accept()[0])


if __name__ == "__main__":
    (address,) = sys.argv[1:]
    warm()
    serve(address)
