"""A local Prefect server that lives as long as anybody needs it, kept by a small watcher process. Imports errors only.

Whoever needs the server holds a shared lock on a file for that time. The watcher starts the server, and ends it and
itself when nobody holds the lock any more: the kernel gives the lock back for a killed command too, so no orphan stays.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from docpipe.errors import FlowServerDown

START_SECONDS = 120.0
GRACE_SECONDS = 3.0
"""How long an unneeded server is kept, so that commands in a row share one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A server that answers. ``runner``: whether `docpipe serve` keeps a runner beside it."""

    api: str
    pid: int
    runner: bool = False


def healthy(api: str) -> bool:
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _note(folder: Path) -> Path:
    return folder / "server.json"


def standing(folder: Path) -> Standing | None:
    """The server of this Prefect home, if it answers."""
    try:
        found = Standing(**json.loads(_note(folder).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if healthy(found.api) else None


def _lock(folder: Path, name: str, kind: int) -> IO[str] | None:
    """A lock on a file of the folder, or None where somebody else's is in the way."""
    handle = (folder / name).open("a")
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


@contextlib.contextmanager
def needed(folder: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> Iterator[Standing]:
    """A server for the time of the block: one that runs, or a new one. Raises ``FlowServerDown`` when none comes up."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "needed.lock").open("a") as need:
        fcntl.flock(need, fcntl.LOCK_SH)
        found = standing(folder)
        if found is None:
            say("Starting a local Prefect server (the first start makes its database and takes half a minute) …")
            found = _start(folder, environment)
        yield found


def _start(folder: Path, environment: Mapping[str, str]) -> Standing:
    until = time.monotonic() + START_SECONDS
    watcher: subprocess.Popen[bytes] | None = None
    while time.monotonic() < until:
        found = standing(folder)
        if found is not None:
            return found
        if watcher is None or watcher.poll() is not None:
            watcher = subprocess.Popen(
                [sys.executable, "-m", "docpipe.flowserver", str(folder)],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        time.sleep(0.2)
    raise FlowServerDown(
        f"The local Prefect server did not come up in {START_SECONDS:.0f} s; see {folder / 'server.log'}."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """In the server before it starts: Linux sends it SIGTERM when the watcher ends, however it ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def start_server(folder: Path, port: int = 0, host: str = "127.0.0.1") -> tuple[subprocess.Popen[bytes], str]:
    """A Prefect server process as a child of this one, with its log beside its database; not yet awaited."""
    port = port or _free_port()
    log = (folder / "server.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent,
    )
    return process, f"http://{host}:{port}/api"


def await_server(process: subprocess.Popen[bytes], api: str) -> bool:
    """Whether the server came up in time."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if healthy(api):
            return True
        time.sleep(0.2)
    return False


def publish(folder: Path, found: Standing | None) -> None:
    """Writes down (or takes back) where the server is."""
    note = _note(folder)
    if found is None:
        note.unlink(missing_ok=True)
        return
    temporary = note.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(found)))
    temporary.replace(note)


def watch(folder: Path) -> int:
    """The watcher: starts the server, keeps it while it is needed, ends it. One at a time in a folder."""
    only = _lock(folder, "watcher.lock", fcntl.LOCK_EX)
    if only is None:
        return 0
    with only:
        process, api = start_server(folder)
        try:
            if not await_server(process, api):
                return 1
            publish(folder, Standing(api, process.pid))
            unneeded_since: float | None = None
            while process.poll() is None:
                free = _lock(folder, "needed.lock", fcntl.LOCK_EX)
                if free is None:
                    unneeded_since = None
                else:
                    free.close()
                    unneeded_since = unneeded_since or time.monotonic()
                    if time.monotonic() - unneeded_since > GRACE_SECONDS:
                        break
                time.sleep(0.5)
        finally:
            publish(folder, None)
            end(process)
    return 0


def end(process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Ends a child gently, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    raise SystemExit(watch(Path(sys.argv[1])))
