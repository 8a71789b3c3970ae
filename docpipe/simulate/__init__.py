"""A simulated OpenAI-compatible provider: answers computed from the request, with latency, limits, faults and its own bill.

Imports its room only, and Starlette and uvicorn lazily.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpipe.errors import BadSetting

if TYPE_CHECKING:
    import uvicorn

__all__ = ["Running", "Settings", "background", "serve"]

_SILENT = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "loggers": {"uvicorn": {"handlers": ["none"], "propagate": False}},
}


def serve(
    port: int = 0, *, on_ready: Callable[[str], None] | None = None, host: str = "127.0.0.1", **settings: Any
) -> None:
    """Serves until interrupted. ``port`` 0 takes a free one; ``settings`` are those of ``Settings``.

    ``on_ready`` is told the address (``http://127.0.0.1:1234/v1``) once requests are taken. Prints nothing. Raises
    ``BadSetting`` for a wrong script, latency or a port that is taken.
    """
    server, listener, address = _server(port, host, Settings(**settings))
    if on_ready is not None:
        threading.Thread(target=_tell, args=(server, address, on_ready), daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a simulated provider is like. ``script``: faults as TOML text or the path of a file; ``latency``, ``speed``: see ``Latency``.

    ``rpm``, ``tpm``: limits of each key and model, 0 for none, ``burst`` of them at once. ``batch_seconds``: of an overnight job. ``key`` and ``keys``: the only keys that are accepted,
    with limits of their own or None. ``prices``: (input, cached, output) per million tokens by model, for the bill.
    """

    script: str | Path = ""
    latency: str = ""
    speed: float = 0.0
    rpm: int = 0
    tpm: int = 0
    burst: float = 0.1
    batch_seconds: float = 0.0
    seed: int | None = None
    key: str = ""
    keys: Mapping[str, tuple[int, int] | None] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    prices: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Running:
    """A simulated provider in the background. ``base_url`` is what ``OPENAI_BASE_URL`` wants; ``root`` is Azure's endpoint."""

    base_url: str
    root: str

    def bill(self) -> dict[str, Any]:
        """What the provider itself says that it answered and charged."""
        with urllib.request.urlopen(f"{self.root}/bill", timeout=10) as reply:  # loopback
            found: dict[str, Any] = json.load(reply)
        return found

    def change(self, **limits: Any) -> None:
        """Other limits or latency from now on: any of ``rpm``, ``tpm``, ``latency``, ``speed``."""
        self._put("limits", json.dumps(limits).encode())

    def faults(self, script: str) -> None:
        """Another fault script from now on; "" for none."""
        self._put("faults", script.encode())

    def _put(self, what: str, data: bytes) -> None:
        made = urllib.request.Request(f"{self.root}/{what}", data, method="PUT")
        with urllib.request.urlopen(made, timeout=10) as reply:  # loopback
            reply.read()


@contextmanager
def background(port: int = 0, **settings: Any) -> Iterator[Running]:
    """A simulated provider on a thread of this process, up when entered and gone when left. See ``Settings``."""
    server, listener, address = _server(port, "127.0.0.1", Settings(**settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                raise BadSetting("The simulated provider did not start.", setting="port")
            time.sleep(0.005)
        yield Running(address, address.removesuffix("/v1"))
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _tell(server: uvicorn.Server, address: str, on_ready: Callable[[str], None]) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.01)
    on_ready(address)


def _server(port: int, host: str, given: Settings) -> tuple[uvicorn.Server, socket.socket, str]:
    import uvicorn

    from docpipe.simulate.app import create_app
    from docpipe.simulate.billing import Bill
    from docpipe.simulate.faults import Script
    from docpipe.simulate.metering import Latency
    from docpipe.simulate.simulation import Simulation

    text = _script_text(given.script)
    simulation = Simulation(
        script=Script.parse(text, given.seed),
        script_text=text,
        latency=Latency(given.latency, given.seed or 0, given.speed),
        rpm=given.rpm,
        tpm=given.tpm,
        burst=given.burst,
        batch_seconds=given.batch_seconds,
        keys={**({given.key: None} if given.key else {}), **given.keys},
        models=given.models,
        bill=Bill(given.prices),
    )
    # With the protocol named, asyncio switches Nagle's algorithm off for every connection accepted: 40 ms a call.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadSetting(f"Port {port} cannot be opened.", setting="port") from error
    config = uvicorn.Config(
        create_app(simulation), log_config=_SILENT, access_log=False, lifespan="off", timeout_graceful_shutdown=1,
        timeout_keep_alive=75, backlog=2048,
    )  # fmt: skip
    name = f"[{host}]" if ":" in host else host
    return uvicorn.Server(config), listener, f"http://{name}:{listener.getsockname()[1]}/v1"


def _script_text(script: str | Path) -> str:
    if isinstance(script, str) and (not script or "\n" in script or "=" in script):
        return script
    try:
        return Path(script).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting("The fault script cannot be read.", setting="script") from error
