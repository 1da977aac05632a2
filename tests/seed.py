"""The first program of the project's seed for targets whose commands share no folder: they tell a board on this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.command import conducto

PROGRAM = Path(__file__).parents[1] / "golden/build-test/pipeline.py"
BUILD, TEST = "echo docker build, make, npm i, etc.", "echo run test for {name}"
TESTS = {"/Test/app", "/Test/backend", "/Test/metrics"}


class Board:
    """Answers over the network while it is open: `/leave/NODE` leaves a token, `/find/NODE` is all right if there is one.

    `seen` holds the nodes that asked, in order; `found` whether each found a token.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.found: list[bool] = []
        self._left = False
        board, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, what, node = self.path.split("/", 2)
                with lock:
                    board.seen.append(f"/{node}")
                    board.found.append(board._left)
                    board._left = board._left or what == "leave"
                    self.send_response(200 if board._left else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask(self, what: str, host: str, shell: str) -> str:
        """Shell text that asks; `shell` is `busybox` or `bash`, `host` this machine as the command knows it."""
        port = self._server.server_address[1]
        if shell == "busybox":
            return f"wget -q -O /dev/null http://{host}:{port}/{what}$CONDUCTO_NODE"
        request = f"printf 'GET /{what}%s HTTP/1.0\\r\\n\\r\\n' $CONDUCTO_NODE >&3"
        return f"exec 3<>/dev/tcp/{host}/{port}; {request}; read -r _ code _ <&3; test $code = 200"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def compiled(folder: Path, target: str, output: str, build: str, test: str, name: str = "f") -> Path:
    """The program `name`.py compiled in `folder`, with `build` added to Build's command and `test` to each test's."""
    source = PROGRAM.read_text(encoding="utf-8")
    for old, more in ((BUILD, build), (TEST, test)):
        assert source.count(f'{old}")') == 1
        prefix = "f" if "{name}" in old else ""
        source = source.replace(f'{prefix}"{old}")', f"{prefix}{f'{old}; {more}'!r})")
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    done = conducto(folder, "compile", "--target", target, f"{name}.py", "-o", output)
    assert done.status == 0, done.err
    return folder / output
