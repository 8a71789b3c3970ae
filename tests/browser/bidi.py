"""A small client of WebDriver BiDi (W3C), for Firefox as it is installed: no driver program is needed.

``Firefox`` starts the browser; ``Tab`` goes to pages, runs functions in them, types keys and keeps what the console says.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect

KEYS = {
    "Control": "\ue009", "Alt": "\ue00a", "Shift": "\ue008", "Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c",
    "ArrowDown": "\ue015", "ArrowUp": "\ue013", "Home": "\ue011", "End": "\ue010", "Backspace": "\ue003",
}  # fmt: skip
"""Keys without a character of their own, as WebDriver names them."""


def firefox_path() -> str | None:
    """The browser to test with."""
    return os.environ.get("DOCPIPE_TEST_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


class BidiError(Exception):
    """What the browser refused."""


class Firefox:
    """A headless Firefox with a profile of its own, gone with the block."""

    def __init__(self, binary: str, profile: Path) -> None:
        profile.mkdir(parents=True, exist_ok=True)
        (profile / "user.js").write_text(
            'user_pref("browser.shell.checkDefaultBrowser", false);\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
            'user_pref("app.update.enabled", false);\nuser_pref("network.captive-portal-service.enabled", false);\n'
        )
        self.process = subprocess.Popen(
            [binary, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={k: v for k, v in os.environ.items() if k != "DISPLAY"} | {"HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )  # fmt: skip
        self.socket: ClientConnection = connect(f"{self._address()}/session", max_size=64 << 20, proxy=None)
        self.numbers = itertools.count(1)
        self.events: deque[dict[str, Any]] = deque()
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])

    def _address(self) -> str:
        assert self.process.stderr
        until = time.monotonic() + 60
        while time.monotonic() < until and (line := self.process.stderr.readline()):
            if found := re.search(r"ws://\S+", line):
                return found[0]
        raise BidiError("Firefox did not say where it listens.")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """A command and its result; events that come before are kept."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said: dict[str, Any] = json.loads(self.socket.recv(timeout=60))
            if said.get("id") == number:
                if said["type"] == "error":
                    raise BidiError(f"{method}: {said['error']}: {said['message']}")
                result: dict[str, Any] = said["result"]
                return result
            self.events.append(said)

    def tab(self) -> Tab:
        """The first tab."""
        return Tab(self, self.send("browsingContext.getTree")["contexts"][0]["context"])

    def __enter__(self) -> Firefox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        assert self.process.stderr
        self.process.stderr.close()


class Tab:
    """A tab of it."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self.firefox = firefox
        self.context = context

    def go(self, address: str) -> None:
        """Goes there and waits until everything is loaded."""
        self.firefox.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def size(self, width: int, height: int) -> None:
        self.firefox.send(
            "browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height}
        )

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page, as JSON has it."""
        answer = self.firefox.send(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise BidiError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def wait(self, expression: str, seconds: float = 20) -> Any:
        """Waits until the expression is true; its value."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if value := self.ask(expression):
                    return value
            except BidiError:
                pass  # the page is on its way to another
            time.sleep(0.05)
        raise AssertionError(f"in vain: {expression}")

    def type(self, text: str) -> None:
        self._keys([step for c in text for step in ({"type": "keyDown", "value": c}, {"type": "keyUp", "value": c})])

    def press(self, chord: str) -> None:
        """A chord such as ``Control+Enter``."""
        keys = [KEYS.get(k, k) for k in chord.split("+")]
        self._keys(
            [*({"type": "keyDown", "value": k} for k in keys), *({"type": "keyUp", "value": k} for k in reversed(keys))]
        )

    def _keys(self, steps: list[dict[str, Any]]) -> None:
        self.firefox.send(
            "input.performActions", context=self.context, actions=[{"type": "key", "id": "keys", "actions": steps}]
        )

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self.firefox.send("browsingContext.captureScreenshot", context=self.context)["data"])

    def complaints(self) -> list[str]:
        """Errors that the console was told, of scripts and of the content policy."""
        self.ask("1")
        said = [e["params"] for e in self.firefox.events if e.get("method") == "log.entryAdded"]
        return [f"{p.get('type')}: {p.get('text')}" for p in said if p["level"] == "error"]
