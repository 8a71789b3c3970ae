"""`docpipe serve`: a supervisor of two children, Prefect server and runner; each is started again when it ends. Imports dispatch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from types import FrameType

from docpipe.dispatch import environment, prefect_api
from docpipe.errors import BadSetting, FlowServerDown
from docpipe.flowserver import Standing, await_server, die_with_parent, end, publish, standing, start_server
from docpipe.steps.house import House

PAUSE_SECONDS = 2.0


def _runner(runs: int) -> subprocess.Popen[bytes]:
    """The process that polls the server and runs flows as they are asked for."""
    command = [sys.executable, "-m", "docpipe.serving", str(runs)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)


def run_flows(runs: int) -> None:
    """In the runner: serves the flows, found by the entry point ``docpipe.serve``, until it is stopped."""
    for entry in entry_points(group="docpipe.serve", name="here"):
        entry.load()(runs)


def deploy_flows(house: House, work_pool: str, say: Callable[[str], None]) -> None:
    """Registers the flows with a work pool of the Prefect server that the settings name. Raises ``BadSetting``, ``FlowServerDown``."""
    if not house.settings.prefect_api_url:
        raise BadSetting(
            "A work pool belongs to a standing Prefect server: set PREFECT_API_URL.", setting="prefect_api_url"
        )
    with prefect_api(house, say):
        for entry in entry_points(group="docpipe.serve", name="deploy"):
            entry.load()(work_pool)


def supervise(house: House, *, port: int, runs: int, ready: Callable[[str], None], say: Callable[[str], None]) -> None:
    """Runs until SIGINT or SIGTERM. Raises ``FlowServerDown`` when the server does not come up."""
    folder = house.settings.home / "prefect"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = standing(folder)
    if found is not None and found.runner:
        raise FlowServerDown(f"docpipe serve runs already: {found.api}.")
    os.environ.update(environment(house))
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server, api = start_server(folder, port)
    runner: subprocess.Popen[bytes] | None = None
    try:
        if not await_server(server, api):
            raise FlowServerDown(f"The Prefect server did not come up; see {folder / 'server.log'}.")
        os.environ["PREFECT_API_URL"] = api
        runner = _runner(runs)
        publish(folder, Standing(api, server.pid, runner=True))
        ready(api.removesuffix("/api"))
        while not stopping:
            time.sleep(0.5)
            if server.poll() is not None:
                say("The Prefect server ended: starting it again.")
                time.sleep(PAUSE_SECONDS)
                server, api = start_server(folder, port)
                await_server(server, api)
            if runner.poll() is not None:
                say("The runner ended: starting it again.")
                time.sleep(PAUSE_SECONDS)
                runner = _runner(runs)
    finally:
        publish(folder, None)
        if runner is not None:
            end(runner)
        end(server)


if __name__ == "__main__":
    run_flows(int(sys.argv[1]))
