"""Another system, with an address to be called: a real server on this host that keeps what it was sent."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """`got` is what came, in order, whatever was answered; `answers` are the next statuses, then 204 for ever.

    A status of 0 breaks the connection off without an answer.
    """

    def __init__(self, scheme: str, port: int) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}/inbox?from=blangko"
        self.port = port
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.extra: dict[str, str] = {}
        self.at_once, self.most_at_once = 0, 0
        self.hold = threading.Event()
        self.hold.set()
        self.lock = threading.Lock()

    @property
    def positions(self) -> list[int]:
        """The positions that came."""
        return [int(headers["blangko-position"]) for headers, _ in self.got]

    @property
    def items(self) -> list[dict[str, Any]]:
        """What came, as JSON."""
        return [json.loads(body) for _, body in self.got]


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with found.lock:
                found.at_once += 1
                found.most_at_once = max(found.at_once, found.most_at_once)
                found.got.append(({k.lower(): v for k, v in self.headers.items()} | {"path": self.path}, body))
                status = found.answers.pop(0) if found.answers else 204
            found.hold.wait(30)
            with found.lock:
                found.at_once -= 1
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in found.extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found = Receiver("http" if context is None else "https", server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.hold.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
