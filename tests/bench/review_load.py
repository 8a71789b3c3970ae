"""Reviewers at work at the same time: rows of one document saved over HTTP against a real server. Prints JSON.

    python tests/bench/review_load.py [--people 20] [--seconds 60] [--rows 5000] [--database URL] [--home DIR]

Each person saves rows of their own, rows that all fight for, and approves; at the end every text that the server took must
be in the row's history, and the trail must verify. ``--database``: an empty PostgreSQL database; without it, SQLite.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from grid_rows import build

from docpipe.accounts.passwords import hash_password
from docpipe.accounts.roles import Role, User
from docpipe.model.inline import to_wire
from docpipe.model.segment import SegmentId
from docpipe.settings import load
from docpipe.steps import people
from docpipe.steps.house import House
from docpipe.store import audit_verify, units, users
from docpipe.store.database import Store

SHARED = 12
"""Rows that everybody edits."""


@dataclass
class Taken:
    """What one person did."""

    saves: list[float] = field(default_factory=list)
    approvals: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    stale: int = 0
    errors: list[str] = field(default_factory=list)
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    """Segment, revision and text that the server said it had saved."""


class Reviewer:
    """One person with one connection, as a browser has."""

    def __init__(self, port: int, cookie: str, document: str, rows: list[dict[str, Any]], seed: int) -> None:
        self.taken = Taken()
        self._port, self._cookie, self._document, self._rng = port, cookie, document, random.Random(seed)
        self._rows = rows
        self._seed = seed
        self._seen = {r["segment"]: r["revision"] for r in rows}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any, float]:
        """Status, JSON and milliseconds."""
        headers = {"cookie": f"docpipe_session={self._cookie}", "content-type": "application/json"}
        headers["sec-fetch-site"] = "same-origin"
        start = time.perf_counter()
        self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data), (time.perf_counter() - start) * 1000

    def work(self, until: float, pause: float) -> None:
        """Until the time is up: mostly saves, now and then an approval or a page."""
        number = 0
        while time.monotonic() < until:
            number += 1
            try:
                self._step(number)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.taken.errors.append(f"{type(error).__name__}: {error}"[:200])
                self._connection.close()
            if pause:
                time.sleep(self._rng.uniform(0, 2 * pause))

    def _step(self, number: int) -> None:
        base = f"/api/v1/documents/{self._document}/rows"
        if number % 20 == 0:
            status, _, ms = self.ask("GET", f"{base}?page={self._rng.randint(1, 20)}&eyes=1")
            self.taken.lists.append(ms)
            self._note(status, None)
            return
        row = self._rng.choice(self._rows)
        address = f"{base}/{row['segment']}"
        if number % 7 == 0:
            status, answer, ms = self.ask("POST", f"{address}/approve", {"revision": self._seen[row["segment"]]})
            self.taken.approvals.append(ms)
        else:
            text = f"{row['target']} [{self._seed}.{number}]"
            body = {"target": text, "revision": self._seen[row["segment"]], "active_ms": 800, "keystrokes": 12}
            status, answer, ms = self.ask("POST", address, body)
            self.taken.saves.append(ms)
            if status == 200:
                self.taken.kept.append((row["segment"], answer["row"]["revision"], text))
        self._note(status, answer)
        now = answer.get("row") or answer.get("error", {}).get("row")
        if now:
            self._seen[row["segment"]] = now["revision"]

    def _note(self, status: int, answer: Any) -> None:
        if status == 409:
            self.taken.stale += 1
        elif status == 422 and answer and answer["error"]["code"] in ("review.four_eyes", "review.not_approvable"):
            pass
        elif status != 200:
            self.taken.errors.append(f"{status}: {json.dumps(answer)[:300]}")


def team(house: House, count: int) -> list[str]:
    """Accounts of reviewers; their names."""
    password = hash_password("correct horse battery staple 9")
    names = [f"reviewer.{n:02d}" for n in range(count)]
    with house.store.write() as s:
        for name in names:
            users.add(s, name, name, frozenset({Role.REVIEWER}), password, house.now(), "bench")
    return names


def cookies(house: House, names: list[str]) -> list[str]:
    """A session each."""
    found: list[User] = []
    with house.store.read() as s:
        found = [users.get(s, name) for name in names]
    return [people.start_session(house, user) for user in found]


class Server:
    """A real uvicorn on a free port, in a thread of this process."""

    def __init__(self, house: House) -> None:
        import uvicorn

        from docpipe.web.app import create_app

        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(create_app(house), log_level="warning", access_log=False, timeout_keep_alive=75)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._socket.close()


def run(house: House, count: int, seconds: float, rows: int, pause: float = 0.0) -> dict[str, Any]:
    """Builds a document, lets the people work, and looks whether anything was lost."""
    document = build(house, rows, rows)[0]
    sessions = cookies(house, team(house, count))
    with house.store.read() as s:
        current = list(units.units(s, document).values())
        texts = [{"segment": u.segment, "revision": u.revision, "target": to_wire(u.target)} for u in current]
    with Server(house) as server:
        shared, own = texts[:SHARED], texts[SHARED:]
        at_work = [
            Reviewer(server.port, cookie, document, shared + own[n::count], n) for n, cookie in enumerate(sessions)
        ]
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=r.work, args=(until, pause)) for r in at_work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return _figures(house, document, [r.taken for r in at_work], seconds) | {
        "people": count,
        "rows": rows,
        "pause_s": pause,
    }


def _figures(house: House, document: str, taken: list[Taken], seconds: float) -> dict[str, Any]:
    saves = [ms for t in taken for ms in t.saves]
    kept = [k for t in taken for k in t.kept]
    return {
        "database": house.store.dialect,
        "seconds": seconds,
        "saves": len(saves),
        "saves_per_second": round(len(saves) / seconds, 1),
        "save_ms": _spread(saves),
        "approve_ms": _spread([ms for t in taken for ms in t.approvals]),
        "list_ms": _spread([ms for t in taken for ms in t.lists]),
        "stale_refused": sum(t.stale for t in taken),
        "errors": [e for t in taken for e in t.errors][:10],
        "error_count": sum(len(t.errors) for t in taken),
        "edits_taken": len(kept),
        "lost": lost(house, document, kept),
        "audit_problems": _audit(house),
    }


def _spread(values: list[float]) -> dict[str, float]:
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=100)
    return {
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "p99": round(cuts[98], 1),
        "max": round(max(values), 1),
    }


def lost(house: House, document: str, kept: list[tuple[str, int, str]]) -> int:
    """How many texts that the server took are not the row's text at that revision."""
    missing = 0
    by_row: dict[str, list[tuple[int, str]]] = {}
    for segment, revision, text in kept:
        by_row.setdefault(segment, []).append((revision, text))
    with house.store.read() as s:
        for segment, several in by_row.items():
            past = {r.unit.revision: to_wire(r.unit.target) for r in units.history(s, document, SegmentId(segment))}
            missing += sum(past.get(revision) != text for revision, text in several)
    return missing


def _audit(house: House) -> int:
    with house.store.read() as s:
        return len(audit_verify.verify(s, "B261120-GRID0"))


def main() -> int:
    """Builds, loads, prints; 1 where something was lost or went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--pause", type=float, default=0.0, help="mean seconds that a person takes between two saves")
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database; SQLite where not given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        url = given.database or f"sqlite:///{home}/docpipe.db"
        with Store.open(url, str(home / "blobs")) as store:
            figures = run(House(load(home=home), store), given.people, given.seconds, given.rows, given.pause)
    json.dump(figures, sys.stdout, indent=1)
    print()
    return 1 if figures["lost"] or figures["error_count"] or figures["audit_problems"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
