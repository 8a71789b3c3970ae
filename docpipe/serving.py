"""`docpipe serve`: a supervisor of three children, Prefect server, runner and page; each is started again when it ends. Imports dispatch.

What the children run is found by the entry-point group ``docpipe.serve``, so that nothing here imports flows or web.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import FrameType

from docpipe.dispatch import environment, hand_over, prefect_api
from docpipe.errors import BadSetting, DocpipeError, FlowServerDown, PageServerDown
from docpipe.flowserver import Standing, await_server, die_with_parent, end, publish, standing, start_server
from docpipe.steps import overnight
from docpipe.steps.house import House, record

PAUSE_SECONDS = 2.0
PAGE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ready:
    """Where things are, once they answer."""

    page: str
    prefect: str


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    """This module in a process of its own, ended with its parent."""
    command = [sys.executable, "-m", "docpipe.serving", *arguments]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)


def call(name: str, *arguments: object) -> None:
    """Runs the entry point of the group ``docpipe.serve`` with this name."""
    for entry in entry_points(group="docpipe.serve", name=name):
        entry.load()(*arguments)


def deploy_flows(house: House, work_pool: str, say: Callable[[str], None]) -> None:
    """Registers the flows with a work pool of the Prefect server that the settings name. Raises ``BadSetting``, ``FlowServerDown``."""
    if not house.settings.prefect_api_url:
        raise BadSetting(
            "A work pool belongs to a standing Prefect server: set PREFECT_API_URL.", setting="prefect_api_url"
        )
    with prefect_api(house, say):
        call("deploy", work_pool)


def _bindable(host: str, port: int) -> int:
    """A port that can be listened on: the one that is named, or any free one for 0. Raises ``PageServerDown``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PageServerDown(f"Nothing can listen on {host}:{port}: give another --port.", port=port) from error
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _await_page(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + PAGE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(address):
            return
        time.sleep(0.1)
    raise PageServerDown("The page did not come up; see docpipe.log in the home folder.")


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether SIGINT or SIGTERM came."""
    asked = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Children:
    """The three children, in the order in which they are started."""

    def __init__(self, house: House, folder: Path, *, port: int, prefect_port: int, runs: int) -> None:
        self.folder, self.runs, self.prefect_port = folder, str(runs), prefect_port
        self.host = house.settings.web_host
        self.port = _bindable(self.host, port)
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        self.page_address = f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.api = ""

    def start_server(self) -> None:
        """The Prefect server, on its port."""
        self.running["Prefect server"], self.api = start_server(self.folder, self.prefect_port)
        os.environ["PREFECT_API_URL"] = self.api

    def start_runner(self) -> None:
        """The process that polls the server and runs flows as they are asked for."""
        self.running["runner"] = _child("here", self.runs)

    def start_page(self) -> None:
        """The web page."""
        self.running["page"] = _child("web", self.host, str(self.port))

    def mend(self, say: Callable[[str], None]) -> None:
        """Starts again what has ended."""
        starts = {"Prefect server": self.start_server, "runner": self.start_runner, "page": self.start_page}
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                say(f"The {name} ended: starting it again.")
                time.sleep(PAUSE_SECONDS)
                starts[name]()
                if name == "Prefect server":
                    await_server(self.running[name], self.api)

    def end(self) -> None:
        """Ends them, the last started first."""
        for process in reversed(list(self.running.values())):
            end(process)


class _Poller:
    """Looks after overnight jobs on a thread: batches whose provider has answered go on in the runner."""

    def __init__(self, house: House) -> None:
        self._house, self._stop = house, threading.Event()
        self._thread = threading.Thread(target=self._look, name="overnight jobs", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        answered: set[str] = set()
        first = True
        while not self._stop.wait(1.0 if first else self._house.settings.overnight_poll_seconds):
            try:
                answered.update(overnight.ready(self._house), overnight.left_behind(self._house) if first else ())
                first = False
            except DocpipeError as error:
                record("overnight.poll_failed", code=error.code)
            answered = {batch for batch in answered if not hand_over(self._house, batch)}

    def end(self) -> None:
        """Stops looking; a look that is under way is waited for a little."""
        self._stop.set()
        self._thread.join(5.0)


def supervise(
    house: House, *, port: int, prefect_port: int, runs: int, ready: Callable[[Ready], None], say: Callable[[str], None]
) -> None:
    """Runs until SIGINT or SIGTERM. Raises ``FlowServerDown`` or ``PageServerDown`` when a server does not come up."""
    folder = house.settings.home / "prefect"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = standing(folder)
    if found is not None and found.runner:
        raise FlowServerDown(f"docpipe serve runs already: {found.api}.")
    os.environ.update(environment(house))
    children = _Children(house, folder, port=port, prefect_port=prefect_port, runs=runs)
    poller: _Poller | None = None
    with _stopping() as asked:
        try:
            children.start_page()
            children.start_server()
            if not await_server(children.running["Prefect server"], children.api):
                raise FlowServerDown(f"The Prefect server did not come up; see {folder / 'server.log'}.")
            children.start_runner()
            _await_page(children.running["page"], children.page_address)
            publish(folder, Standing(children.api, children.running["Prefect server"].pid, runner=True))
            ready(Ready(children.page_address, children.api.removesuffix("/api")))
            poller = _Poller(house)
            while not asked():
                time.sleep(0.5)
                children.mend(say)
        finally:
            if poller is not None:
                poller.end()
            publish(folder, None)
            children.end()


if __name__ == "__main__":
    call(sys.argv[1], *sys.argv[2:])
