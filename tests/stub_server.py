"""A server that answers as it is told: for what real servers do and the simulated provider does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]
"""Path and body of a request to status and body of the answer."""


@contextmanager
def stub(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The server's base address, and the bodies that it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["content-length"]))
            body = json.loads(data) if self.headers["content-type"] == "application/json" else {}
            seen.append(body)
            status, said = answer(self.path, body)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.send_error(404)

        do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()


def completion(text: str = '{"segments": []}', model: str = "m") -> dict[str, Any]:
    """A chat completion."""
    message = {"role": "assistant", "content": text}
    return {"model": model, "choices": [{"finish_reason": "stop", "message": message}]}


def refused(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The body of a 400."""
    return {"error": {"message": message, "param": param, "code": code, "type": "invalid_request_error"}}
