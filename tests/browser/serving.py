"""The application on a port of this machine, served from a thread of the test's process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from web_builders import application

from docpipe.steps.house import House


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serve(house: House) -> tuple[str, Callable[[], None]]:
    """Starts the application in a thread; its address, and how to stop it."""
    import uvicorn

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(application(house), host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started, "the server did not start"

    def stop() -> None:
        server.should_exit = server.force_exit = True
        thread.join(10)

    return f"http://127.0.0.1:{port}", stop
