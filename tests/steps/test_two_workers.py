"""Two workers with the very same requests: the provider is paid once, and both have the answers."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from docpipe import prompts, simulate
from docpipe.llm.engine import Orders, Result, run
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.llm.translating import Translation
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text
from docpipe.segment.chunks import pack
from docpipe.segment.segments import segment
from docpipe.store import calls
from docpipe.store.database import Store


def test_equal_requests_under_way_at_once_are_paid_for_once(tmp_path: Path) -> None:
    blocks = [
        Block(
            Address(f"p[{n}]"),
            BlockKind.PARAGRAPH,
            (Text(f"Participants in group {n} received {n * 5} mg of the study drug."),),
        )
        for n in range(1, 41)
    ]
    segments = segment(blocks, "a" * 64, "en")
    chunks = pack(segments, {s.id for s in segments}, source_language="en", target_language="es", output_tokens=600)
    assert len(chunks) >= 3
    answers: list[dict[str, Result]] = [{}, {}]
    store = Store.open(f"sqlite:///{tmp_path / 'd.db'}", str(tmp_path / "blobs"))

    def work(number: int, address: str) -> None:
        def keep(results: list[Result]) -> None:
            answers[number].update({r.segment: r for r in results})

        run(
            chunks,
            connect=lambda: connect(Connection(base_url=address, key="none")),
            ledger=calls.SqlLedger(store, f"B{number}", f"D{number}", calls.Budgets(), {"sim": (1.0, 0.5, 2.0)}),
            prompt=prompts.load("translate/segments"),
            orders=Orders("openai", "sim", concurrency=4, backoff=0.05),
            craft=Translation("en", "es", {}),
            on_group=keep,
        )

    with simulate.background(latency="fixed:0.3") as sim:
        workers = [threading.Thread(target=work, args=(n, sim.base_url)) for n in (0, 1)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        bill = sim.bill()
    with store.read() as session:
        received = sum(calls.totals(session, f"B{n}").received for n in (0, 1))
    assert bill["charged"]["calls"] == received == len(chunks), os.linesep.join(map(str, (bill, received)))
    assert {s: r.target for s, r in answers[0].items()} == {s: r.target for s, r in answers[1].items()}
    assert len(answers[0]) == len(segments)
