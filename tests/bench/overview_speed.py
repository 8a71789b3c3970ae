"""How long the operators' figures take over a large installation, as one JSON object.

Usage: overview_speed.py [documents] [segments]. The installation is made in a temporary folder on SQLite: 40 batches with timings,
calls, rows, effort and events; each question is asked three times and the slowest counts.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "store"))

from store_builders import a_batch

from docpipe.model.batch import State
from docpipe.settings import load
from docpipe.steps import overview, timeline, trends, vitals
from docpipe.steps.house import House
from docpipe.steps.work import STAGES
from docpipe.store import batches, tables
from docpipe.store import page_tables as pages
from docpipe.store.database import Store

TEXT = "The investigator assessed the relation of each adverse event to the study drug at every scheduled visit. "
ORIGINS = ("model", "model", "model", "exact", "in-context", "fuzzy", "repetition", "human")


def fill(store: Store, documents: int, segments: int, now: datetime) -> None:
    """40 batches over the last 30 days; the newest are under review."""
    chance = random.Random(7)
    share = max(1, segments // documents)
    for number in range(40):
        first = number * documents // 40
        count = (number + 1) * documents // 40 - first
        begun = now - timedelta(days=30 * (40 - number) / 40)
        rows = _batch_rows(chance, f"B{number:03}", first, count, share, begun, waiting=number >= 34)
        with store.write() as session:
            batches.add(
                session,
                replace(
                    a_batch(f"B{number:03}"), created=begun, state=State.WAITING if number >= 34 else State.RELEASED
                ),
            )
            for table, values in rows.items():
                if values:
                    session.connection().execute(insert(table), values)


def _batch_rows(
    chance: random.Random, batch: str, first: int, count: int, share: int, begun: datetime, *, waiting: bool
) -> dict[Any, list[dict[str, Any]]]:
    made: dict[Any, list[dict[str, Any]]] = {
        t: [] for t in (tables.documents, tables.segments, tables.units, tables.checkpoints, tables.stage_timings,
                        tables.llm_calls, tables.audit_events, pages.efforts)
    }  # fmt: skip
    for n in range(first, first + count):
        name, at = f"D{n:09}", begun + timedelta(seconds=30 * (n - first))
        failed, refused = n % 211 == 0, n % 307 == 0
        state = "refused" if refused else "failed" if failed else "waiting" if waiting else "released"
        made[tables.documents].append(
            {"id": name, "batch": batch, "path": f"m5/{n}.docx", "media_type": "x", "sha256": f"{n:064}", "size": 40_000,
             "state": state, "format": "docx", "pages": 6, "stage": "waiting" if waiting else "released",
             "extraction": "", "output": "", "output_path": "", "error_code": "input.encrypted" if refused else
             "provider.timeout" if failed else "", "error_message": "A sentence." if refused or failed else "", "coverage": None}
        )  # fmt: skip
        if refused:
            continue
        if waiting:
            made[tables.checkpoints].append(
                {"id": f"C{n}", "batch": batch, "document": name, "stage": "review", "role": "approver", "digest": "0" * 64,
                 "state": "open", "opened": at + timedelta(minutes=3)}
            )  # fmt: skip
        for s, stage in enumerate(STAGES[1 : 7 if waiting else 10]):
            start = at + timedelta(seconds=4 * s)
            made[tables.stage_timings].append(
                {"batch": batch, "document": name, "stage": stage, "started": start, "ended": start + timedelta(seconds=chance.random() * 9),
                 "pages": 6, "words": 17 * share, "segments": share, "input_tokens": 900, "cached_tokens": 0, "output_tokens": 1000,
                 "cost": 0.002, "retries": 0, "people": False}
            )  # fmt: skip
        for call in range(3):
            made[tables.llm_calls].append(_call(batch, name, n * 3 + call, at))
        for row in range(share):
            made[tables.segments].append(
                {"document": name, "position": row, "id": f"{n:06}{row:06}", "address": "word/document.xml#/w:p[1]", "ordinal": 0,
                 "kind": "paragraph", "source": [TEXT], "digest": "0" * 64, "context": "0" * 64, "before": TEXT, "after": TEXT,
                 "level": 0, "last": True, "plain": TEXT, "words": 17}
            )  # fmt: skip
            made[tables.units].append(
                {"document": name, "position": row, "segment": f"{n:06}{row:06}", "target": [TEXT], "status": "approved",
                 "origin_kind": chance.choice(ORIGINS), "origin_detail": "", "spend_key": "", "revision": 2, "editor": "",
                 "approver": "a", "needs_person": "", "at": at, "actor": "a", "plain": TEXT}
            )  # fmt: skip
            if row % 3 == 0:
                made[pages.efforts].append(
                    {"document": name, "segment": f"{n:06}{row:06}", "user": chance.choice("abc"), "active_ms": 9000,
                     "keystrokes": 4, "displays": 1, "first_shown": at, "last_shown": at + timedelta(hours=2)}
                )  # fmt: skip
    made[tables.audit_events] = [
        {"chain": batch, "number": n, "at": begun + timedelta(seconds=n * 2), "actor": "a", "action": "row.approved",
         "subject": f"D{first:09}/{n}", "old": "", "new": "", "reason": "", "previous": "", "hash": ""}
        for n in range(1, count * share // 4)
    ]  # fmt: skip
    return made


def _call(batch: str, document: str, number: int, at: datetime) -> dict[str, Any]:
    state, code = ("failed", "provider.rate_limited") if number % 40 == 0 else ("received", "")
    return {
        "id": f"K{number}", "spend_key": f"S{number}", "batch": batch, "document": document, "provider": "openai", "model": "m",
        "prompt": "p", "purpose": "first", "attempt": 1, "state": state, "owner": "o", "lease_until": at, "reserved_at": at,
        "sent_at": at, "ended_at": at + timedelta(seconds=3), "estimate_tokens": 900, "estimate_cost": 0.002, "input_tokens": 900,
        "cached_tokens": 0, "output_tokens": 1000, "cost": 0.002, "latency": 3.0, "error_code": code, "request_id": "",
    }  # fmt: skip


def slowest(ask: Callable[[], object]) -> dict[str, float]:
    """Wall and processor seconds of the slowest of three; the processor's say what an idle machine would take."""
    walls, processors = [], []
    for _ in range(3):
        wall, processor = time.perf_counter(), time.process_time()
        ask()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return {"wall": round(max(walls), 4), "processor": round(max(processors), 4)}


def main(documents: int, segments: int, folder: Path) -> dict[str, Any]:
    """Makes the installation and asks."""
    house = House(load(home=folder), Store.open(f"sqlite:///{folder}/docpipe.db", str(folder / "blobs")))
    now = house.now()
    began = time.perf_counter()
    fill(house.store, documents, segments, now)
    made = time.perf_counter() - began
    questions: dict[str, Callable[[], object]] = {
        "overview": lambda: overview.overview(house),
        **{f"trends of a {window}": partial(trends.trends, house, window) for window in trends.WINDOWS},
        "timeline of a document": lambda: timeline.timeline_of(house, "D000000001"),
        "vitals": lambda: vitals.vitals(house),
        "looks": lambda: vitals.looks(house),
    }
    figures = {name: slowest(ask) for name, ask in questions.items()}
    return {"documents": documents, "segments": segments, "made_seconds": round(made, 1), "slowest_seconds": figures}


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as temporary:
        result = main(*(sizes if len(sizes) == 2 else (11_000, 200_000)), Path(temporary))
    print(json.dumps({"at": datetime.now(UTC).isoformat(), **result}))
