"""Kill -9 at every named point of the engine: bill and ledger agree, nothing received is asked again, what was in flight is ``unknown``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from docpipe import prompts, simulate
from docpipe.llm.access import Access
from docpipe.llm.chain import Link
from docpipe.llm.engine import Orders, Result, run
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.llm.translating import Translation
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text
from docpipe.segment.chunks import pack
from docpipe.segment.segments import segment
from docpipe.store import calls
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.database import Store
from docpipe.store.tables import llm_calls, replies

PRICES = {"sim": (2.0, 0.5, 8.0)}


def ask(store: Store, address: str, concurrency: int) -> dict[str, Result]:
    """Forty sentences by the engine, in eight requests or so."""
    blocks = [
        Block(
            Address(f"p[{n}]"), BlockKind.PARAGRAPH, (Text(f"Group {n} received {n * 5} mg of the study drug daily."),)
        )
        for n in range(1, 41)
    ]
    segments = segment(blocks, "a" * 64, "en")
    results: dict[str, Result] = {}
    link = Link("", "openai", "sim", f"fault|{address}", lambda: connect(Connection(address, "none")))
    run(
        pack(segments, {s.id for s in segments}, source_language="en", target_language="es", output_tokens=350),
        connect=Access((link,)),
        ledger=SqlLedger(store, "B1", "D1", Budgets(batch=100.0), PRICES),
        prompt=prompts.load("translate/segments"),
        orders=Orders("openai", "sim", concurrency=concurrency, backoff=0.05),
        craft=Translation("en", "es", {}),
        on_group=lambda group: results.update({r.segment: r for r in group}),
    )
    return results


def states(store: Store) -> dict[str, int]:
    with store.read() as s:
        rows = s.execute(select(llm_calls.c.state, func.count().label("n")).group_by(llm_calls.c.state))
        return {row.state: row.n for row in rows}


def _words() -> list[str]:
    code = (
        "import sys; sys.path[:0] = sys.argv[4:]\n"
        "from test_fault_points import ask\nfrom docpipe.store.database import Store\nfrom pathlib import Path\n"
        "folder = Path(sys.argv[1])\n"
        "ask(Store.open(f'sqlite:///{folder}/d.db', str(folder / 'blobs')), sys.argv[2], int(sys.argv[3]))\n"
    )
    return [sys.executable, "-c", code]


def killed(folder: Path, address: str, point: str, concurrency: int) -> None:
    """The same in a process that dies at the third passing of the point."""
    words = [*_words(), str(folder), address, str(concurrency), str(Path(__file__).parent)]
    process = subprocess.run(
        words, env={**os.environ, "DOCPIPE_FAULT": f"{point}:kill:3"}, timeout=400, check=False, capture_output=True
    )
    assert process.returncode == -9, process.stderr.decode()[-800:]


def told(folder: Path, point: str, concurrency: int) -> dict[str, Any]:
    with simulate.background(latency="fixed:0.4") as sim:
        killed(folder, sim.base_url, point, concurrency)
        store = Store.open(f"sqlite:///{folder}/d.db", str(folder / "blobs"))
        stored = states(store).get("received", 0)
        results = ask(store, sim.base_url, concurrency)
        bill = sim.bill()
    with store.read() as s:
        totals = calls.totals(s, "B1")
        keys = s.execute(select(func.count()).select_from(replies)).scalar_one()
    found = states(store)
    assert len(results) == 40
    assert not [r.reason for r in results.values() if r.reason]
    assert found["received"] == keys, "one accepted reply a request"
    assert set(found) <= {"received", "unknown", "failed"}
    charged = bill["charged"]["calls"] + bill["lost"]["calls"]
    assert charged <= found["received"] + found.get("unknown", 0), "every charged call is in the ledger"
    assert totals.usage.input_tokens <= bill["charged"]["input"]
    return {"stored": stored, "calls": keys, "charged": charged, **found}


@pytest.mark.parametrize(
    ("point", "unknown", "failed", "paid_twice"),
    [
        pytest.param("engine.reserve", 0, 1, 0, marks=pytest.mark.slow),
        pytest.param("engine.before_send", 1, 0, 0, marks=pytest.mark.slow),
        ("engine.after_send", 1, 0, 1),
        pytest.param("engine.before_receive", 1, 0, 1, marks=pytest.mark.slow),
        ("engine.after_receive", 0, 0, 0),
    ],
)
def test_a_kill_costs_one_call_at_most_and_only_while_it_is_in_flight(
    tmp_path: Path, point: str, unknown: int, failed: int, paid_twice: int
) -> None:
    found = told(tmp_path, point, 1)
    assert found["stored"] == (3 if point == "engine.after_receive" else 2), "what was received is kept"
    assert (found.get("unknown", 0), found.get("failed", 0)) == (unknown, failed)
    assert found["charged"] == found["calls"] + paid_twice


def test_two_processes_with_the_same_requests_pay_once(tmp_path: Path) -> None:
    code = _words()
    with simulate.background(latency="fixed:0.3") as sim:
        Store.open(f"sqlite:///{tmp_path}/d.db", str(tmp_path / "blobs")).close()
        both = [
            subprocess.Popen([*code, str(tmp_path), sim.base_url, "4", str(Path(__file__).parent)]) for _ in range(2)
        ]
        assert [p.wait(400) for p in both] == [0, 0]
        bill = sim.bill()
    store = Store.open(f"sqlite:///{tmp_path}/d.db", str(tmp_path / "blobs"))
    assert states(store) == {"received": bill["charged"]["calls"]}
    with store.read() as s:
        assert (
            s.execute(select(func.count()).select_from(replies)).scalar_one()
            == bill["charged"]["calls"]
            == bill["calls"]
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    "point", ["engine.reserve", "engine.before_send", "engine.after_send", "engine.before_receive"]
)
def test_of_four_calls_in_flight_no_more_are_repeated(tmp_path: Path, point: str) -> None:
    found = told(tmp_path, point, 4)
    assert found.get("unknown", 0) <= 4
    assert found["charged"] <= found["calls"] + 4
