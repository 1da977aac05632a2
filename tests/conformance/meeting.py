"""How two commands of one run can wait for each other: by a folder, or by a desk that answers over the network."""

from __future__ import annotations

import shlex
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 60  # seconds
_COUNT = "count"


def by_folder(folder: str, mine: str, other: str) -> str:
    """Shell text for commands that share a folder they may write to."""
    here, there = shlex.quote(f"{folder}/{mine}"), shlex.quote(f"{folder}/{other}")
    waiting = f"i=0; until [ -e {there} ]; do i=$((i+1)); [ $i -le {PATIENCE} ] || exit 1; sleep 1; done"
    return f": >{here}; {waiting}"


def count_in(folder: str, token: str) -> str:
    """Shell text that counts its runs in a folder that the command may write to, and puts their number into `$n`."""
    file = shlex.quote(f"{folder}/{token}.runs")
    return f"printf x >>{file}; n=$(($(wc -c <{file})))"


class Desk:
    """A server on this machine at which commands without a common folder (in containers) meet."""

    def __init__(self) -> None:
        """Start answering, on a free port of every interface, until `close`."""
        self._came: dict[str, threading.Event] = {}
        self._runs: dict[str, int] = {}
        self._lock = threading.Lock()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, mine, other = self.path.split("/")
                if mine == _COUNT:
                    self._answer(200, f"{desk._run(other)}\n".encode())
                    return
                desk._event(mine).set()
                self._answer(200 if desk._event(other).wait(PATIENCE) else 408)

            def _answer(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _event(self, token: str) -> threading.Event:
        with self._lock:
            return self._came.setdefault(token, threading.Event())

    def _run(self, token: str) -> int:
        with self._lock:
            self._runs[token] = self._runs.get(token, 0) + 1
            return self._runs[token]

    def count(self, host: str, token: str) -> str:
        """Shell text that counts its runs here and puts their number into `$n`; `host`: this machine as the commands know it."""
        port = self._server.server_address[1]
        web = f"n=$(wget -q -O - http://{host}:{port}/{_COUNT}/{token})"
        request = rf"printf 'GET /{_COUNT}/{token} HTTP/1.0\r\n\r\n' >&3; while read -r line <&3; do last=$line; done; echo $last"
        socket = f'n=$(bash -c "exec 3<>/dev/tcp/{host}/{port}; {request}")'.replace("$l", r"\$l")
        return f"if command -v wget >/dev/null 2>&1; then {web} || exit 1; else {socket} || exit 1; fi"

    def text(self, host: str, mine: str, other: str) -> str:
        """Shell text that meets here; `host`: this machine as the commands know it."""
        port = self._server.server_address[1]
        # Not every image has a wget; where there is none there is a bash. No -T: Debian's static busybox falls over it.
        web = f"wget -q -O /dev/null http://{host}:{port}/{mine}/{other}"
        request = rf"printf 'GET /{mine}/{other} HTTP/1.0\r\n\r\n' >&3; read -r _ code _ <&3; [ \"$code\" = 200 ]"
        socket = f'bash -c "exec 3<>/dev/tcp/{host}/{port}; {request}"'.replace("$code", r"\$code")
        return f"if command -v wget >/dev/null 2>&1; then {web} || exit 1; else {socket} || exit 1; fi"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
