"""What the ledger costs a model call, entry by entry and with entries committed together, as JSON on stdout.

Usage: ``python tests/bench/ledger_cost.py [--calls 300] [--url postgresql+psycopg://…]``. A call is looked up, reserved, sent and received; limits of
document, batch and day are checked. Processor time and time on the wall, and the calls a second that one thread of books carries.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docpipe.llm.books import Books  # noqa: E402
from docpipe.model.canonical import Digest  # noqa: E402
from docpipe.model.chunk import Reply, Request, Usage  # noqa: E402
from docpipe.store.calls import Budgets, SqlLedger  # noqa: E402
from docpipe.store.database import Store  # noqa: E402

REQUEST = Request("openai", "m", "p", Digest("0" * 64), "system" * 400, "user", "{}", max_output=2000)
REPLY = Reply("x" * 4000, "stop", "m", Usage(1500, 800, 900), 2.0, "r")


def figures(name: str, calls: int, work: Callable[[], None]) -> dict[str, object]:
    """The cost of so many calls."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "how": name, "calls": calls, "calls_a_second": round(calls / wall, 1),
        "wall_ms_a_call": round(wall / calls * 1000, 2), "cpu_ms_a_call": round(cpu / calls * 1000, 2),
    }  # fmt: skip


def main() -> None:
    """See the module."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--calls", type=int, default=300)
    words.add_argument("--url", default="")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="docpipe-bench-") as folder:
        store = Store.open(given.url or f"sqlite:///{folder}/d.db", f"{folder}/blobs")
        ledgers = [SqlLedger(store, "B1", f"D{n}", Budgets(1e6, 1e6, 1e6), {"m": (2.0, 0.5, 8.0)}) for n in range(16)]

        def alone() -> None:
            for n in range(given.calls):
                ledger, request = ledgers[n % 16], replace(REQUEST, user=f"alone {n}")
                ledger.stored(request.spend_key)
                call = ledger.reserve(request, 1000)
                ledger.sent(call)
                ledger.received(call, REPLY)

        def together() -> None:
            books = Books()
            for at in range(0, given.calls, 32):
                wave = [
                    (ledgers[n % 16], replace(REQUEST, user=f"together {n}"))
                    for n in range(at, min(at + 32, given.calls))
                ]
                looked = [books.submit(b, b.stored, r.spend_key) for b, r in wave]
                opened: list[Future[str]] = [books.submit(b, b.reserve, r, 1000) for b, r in wave]
                [f.result() for f in looked]
                sent = [books.submit(b, b.sent, f.result()) for (b, _), f in zip(wave, opened, strict=True)]
                [f.result() for f in sent]
                got = [books.submit(b, b.received, f.result(), REPLY) for (b, _), f in zip(wave, opened, strict=True)]
                [f.result() for f in got]

        for name, work in (("alone", alone), ("together", together)):
            print(json.dumps({"database": store.dialect, **figures(name, given.calls, work)}))


if __name__ == "__main__":
    main()
