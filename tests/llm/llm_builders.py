"""A ledger in memory and a builder of chunks, for the engine's tests."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Sequence
from typing import Any

from docpipe import prompts
from docpipe.errors import DocpipeError
from docpipe.llm.engine import Orders, Result, Tally, run
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.llm.translating import Translation
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Chunk, Paragraph, Reply, Request, SpendKey, Usage
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text, text_digest
from docpipe.model.segment import Segment, segment_id
from docpipe.simulate import Running

_VOCABULARY = [
    "patient",
    "dose",
    "treatment",
    "visit",
    "adverse",
    "event",
    "study",
    "protocol",
    "baseline",
    "efficacy",
    "safety",
    "placebo",
    "investigator",
    "randomised",
    "week",
    "laboratory",
    "sample",
    "analysis",
    "interval",
    "endpoint",
    "response",
    "duration",
]


class MemoryLedger:
    """The ledger's protocol over a list. ``rows``: key, state, usage."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.replies: dict[SpendKey, Reply] = {}
        self.threads: set[str] = set()

    def stored(self, key: SpendKey) -> Reply | None:
        self.threads.add(threading.current_thread().name)
        return self.replies.get(key)

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        assert estimate > 0
        key = request.spend_key
        assert key not in self.replies, "a key that was paid for is reserved again"
        for row in self.rows:
            if row["key"] == key and row["state"] == "sent":
                row["state"] = "unknown"
        self.rows.append({"key": key, "state": "reserved", "usage": Usage(), "purpose": request.purpose})
        return str(len(self.rows) - 1)

    def sent(self, call: str) -> None:
        assert self.rows[int(call)]["state"] == "reserved"
        self.rows[int(call)]["state"] = "sent"

    def received(self, call: str, reply: Reply) -> None:
        row = self.rows[int(call)]
        assert row["state"] == "sent"
        row.update(state="received", usage=reply.usage)
        key = SpendKey(str(row["key"]))
        assert key not in self.replies, "two replies for one key"
        self.replies[key] = reply

    def failed(self, call: str, error: DocpipeError, *, maybe_paid: bool) -> None:
        row = self.rows[int(call)]
        assert row["state"] == "sent"
        row.update(state="unknown" if maybe_paid else "failed", error=error.code)

    def count(self, state: str) -> int:
        return sum(r["state"] == state for r in self.rows)

    def usage(self) -> Usage:
        total = Usage()
        for row in self.rows:
            assert isinstance(row["usage"], Usage)
            total += row["usage"]
        return total


def coded(wire: str) -> CodedText:
    """``a <1>b</1> c<2/>`` as coded text, all codes plain."""
    out: list[Inline] = []
    at = 0
    for m in re.finditer(r"<(/?)(\d+)(/?)>", wire):
        out.append(Text(wire[at : m.start()]))
        at = m.end()
        number = int(m[2])
        out.append(Placeholder(number) if m[3] else Close(number) if m[1] else Open(number, "b"))
    out.append(Text(wire[at:]))
    return merge_text(out)


def segments_of(
    paragraph: Sequence[str], number: int = 0, kind: BlockKind = BlockKind.PARAGRAPH
) -> tuple[Segment, ...]:
    address = Address(f"doc#/p[{number}]")
    return tuple(
        Segment(
            id=segment_id("d" * 64, address, n),
            address=address,
            ordinal=n,
            kind=kind,
            source=coded(wire),
            digest=text_digest(coded(wire)),
            context=Digest("c"),
            after=" ",
            last=n == len(paragraph) - 1,
        )
        for n, wire in enumerate(paragraph)
    )


def chunk_of(*paragraphs: Sequence[str], start: int = 0, **context: tuple[str, ...]) -> Chunk:
    """A chunk of paragraphs given as lists of wire texts."""
    made = tuple(segments_of(p, start + n) for n, p in enumerate(paragraphs))
    size = sum(len(t) for p in paragraphs for t in p) // 2
    return Chunk(
        tuple(Paragraph(p, frozenset(s.id for s in p)) for p in made),
        tokens=size, output_tokens=size * 2, **context,
    )  # fmt: skip


def sentence(chance: random.Random, words: int = 0, figures: float = 1.0) -> str:
    """An English sentence of the trade in wire form: of any length, with a figure, a third of them with a pair of tags."""
    row = [chance.choice(_VOCABULARY) for _ in range(words or chance.randint(4, 26))]
    if chance.random() < figures:
        row.insert(chance.randrange(len(row)), f"{chance.randint(32, 9999)} mg")
    if chance.random() < 0.3:
        at = chance.randrange(len(row))
        row[at] = f"<1>{row[at]}</1>"
    return "The " + " ".join(row) + "."


def chunks_of(count: int, size: int = 24, seed: int = 5, figures: float = 1.0) -> list[Chunk]:
    """Chunks of random paragraphs of one to four sentences."""
    chance = random.Random(seed)
    out: list[Chunk] = []
    start = 0
    for _ in range(count):
        paragraphs: list[list[str]] = []
        while sum(map(len, paragraphs)) < size:
            paragraphs.append([sentence(chance, 0, figures) for _ in range(chance.randint(1, 4))])
        out.append(chunk_of(*paragraphs, start=start))
        start += len(paragraphs)
    return out


def orders(**given: Any) -> Orders:
    return Orders(
        **{
            "provider": "openai",
            "model": "gpt-4.1",
            "backoff": 0.02,
        }
        | given
    )


def translate_with(
    sim: Running, chunks: Sequence[Chunk], ledger: MemoryLedger, key: str = "k", timeout: float = 3.0, **given: Any
) -> tuple[list[Result], Tally]:
    """The whole path: engine, openai package, loopback, simulated provider."""
    results: list[Result] = []
    craft = Translation(
        "en", given.pop("target_language", "zh-CN"), given.pop("terms", {}), inspect=given.pop("inspect", None)
    )
    tally = run(
        chunks,
        connect=lambda: connect(Connection(sim.base_url, key, timeout=timeout, connect_timeout=2)),
        ledger=ledger,
        prompt=prompts.load("translate/segments"),
        orders=orders(**given),
        craft=craft,
        on_group=results.extend,
    )
    return results, tally
