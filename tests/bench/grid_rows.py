"""How long the grid's lists and filters take: a document of 5,000 rows and a batch of 200,000, on SQLite. Prints JSON.

python tests/bench/grid_rows.py [--rows 200000] [--document 5000] [--home DIR]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from docpipe.accounts.roles import Role, User
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.document import Address, BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Open, Text, text_digest
from docpipe.model.recipe import Recipe
from docpipe.model.routing import Gate
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Unit, segment_id
from docpipe.settings import load
from docpipe.steps import rows as steps
from docpipe.steps.house import House
from docpipe.store import batches, comments, documents, efforts, findings, units
from docpipe.store.database import Store
from docpipe.store.efforts import Mark
from docpipe.store.grid import Filter

WORDS = [
    "patient",
    "dose",
    "adverse",
    "event",
    "study",
    "visit",
    "serum",
    "concentration",
    "placebo",
    "safety",
    "population",
    "baseline",
    "response",
    "treatment",
    "week",
    "laboratory",
    "value",
    "clinical",
    "protocol",
    "subject",
    "randomised",
    "blinded",
    "efficacy",
    "endpoint",
    "analysis",
    "set",
    "mean",
    "standard",
    "deviation",
]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
USER = User("mei.lin", "Mei Lin", frozenset({Role.REVIEWER}), False, NOW)
BATCH = "B261120-GRID0"


def build(house: House, rows: int, in_document: int, gate: Gate | None = None) -> list[str]:
    """A batch of ``rows`` rows; its first document has ``in_document`` of them. Ids of its documents."""
    rng = random.Random(7)
    recipe = Recipe("translate", "en", "es", "rehearsal", gate=gate or Gate())
    with house.store.write() as s:
        batches.add(s, Batch(BATCH, recipe, State.WAITING, NOW, "anna"))
    made: list[str] = []
    left = rows
    while left > 0:
        size = min(left, in_document)
        made.append(_document(house, len(made), size, rng))
        left -= size
    return made


def _sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(6, 24))).capitalize() + "."


def _document(house: House, number: int, size: int, rng: random.Random) -> str:
    name = f"D{number:09d}"
    sha = digest_bytes(name.encode())
    segs: list[Segment] = []
    new: list[Unit] = []
    for n in range(size):
        text = _sentence(rng)
        head, tail = text[:9], text[9:]
        source: CodedText = (Open(1, "b", "x"), Text(head), Close(1), Text(tail)) if n % 5 == 0 else (Text(text),)
        kind = BlockKind.HEADING if n % 40 == 0 else BlockKind.PARAGRAPH
        address = Address(f"word/document.xml#/body/p[{n}]")
        level = (1 if n % 400 == 0 else 2) if kind is BlockKind.HEADING else 0
        name_of = segment_id(sha, address, 0)
        digest = text_digest(source)
        segs.append(Segment(name_of, address, 0, kind, source, digest, Digest("c" * 64), level=level))
        new.append(_unit(name_of, source, rng))
    with house.store.write() as s:
        documents.add(
            s,
            Document(
                name, BATCH, f"m{number:03d}/report.docx", "application/x", sha, 10, State.WAITING, stage="waiting"
            ),
        )
        units.put_segments(s, name, segs, new)
        found = {
            g.id: [Finding("B3.number-changed" if n % 2 else "F1.term", Severity.CRITICAL if n % 3 else Severity.MINOR, "A finding.")]
            for n, g in enumerate(rng.sample(segs, max(1, size // 20)))
        }  # fmt: skip
        findings.replace(s, name, found)
        for g in rng.sample(segs, max(1, size // 500)):
            comments.add(s, name, g.id, "jose.ruiz", "Is this the defined term?", True, NOW)
        efforts.mark(s, name, "mei.lin", [Mark(g.id, 9000, 12, True) for g in segs[: size // 3]], NOW)
    return name


def _unit(name: SegmentId, source: CodedText, rng: random.Random) -> Unit:
    kind = rng.choice((OriginKind.MODEL, OriginKind.MODEL, OriginKind.EXACT, OriginKind.IN_CONTEXT))
    target = tuple(replace(p, text=p.text.replace("e", "é")) if isinstance(p, Text) else p for p in source)
    unit = Unit(name)
    if kind is OriginKind.MODEL:
        unit = unit.translated(target, Origin(kind, "translate.v2 0123456789ab gpt-sim"))
    else:
        unit = unit.recalled(target, Origin(kind, "100"))
    lot = rng.random()
    if lot < 0.2:
        unit = unit.edited(target, "mei.lin")
    if lot < 0.4:
        unit = unit.approved("jose.ruiz")
    return unit


FILTERS: dict[str, Filter] = {
    "none": Filter(),
    "status": Filter(statuses=("translated",)),
    "check": Filter(checks=("B3",)),
    "severity": Filter(severities=("critical",)),
    "origin": Filter(origins=("tm",)),
    "text in source": Filter(q="placebo safety", where="source"),
    "text in target": Filter(q="plácébo saféty".replace("á", "a"), where="target"),
    "text in both": Filter(q="dose adverse", where="both"),
    "text nowhere": Filter(q="zzzz"),
    "needs eyes": Filter(eyes=True),
    "questions": Filter(questions=True),
    "mine": Filter(mine="mei.lin"),
    "risk first": Filter(order="risk"),
    "risk first, needs eyes": Filter(eyes=True, order="risk"),
    "combined": Filter(statuses=("translated", "edited"), severities=("critical",), q="dose", eyes=True),
}


def timed(work: Callable[[], object], times: int = 3) -> float:
    """The median of some runs, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return round(sorted(taken)[len(taken) // 2], 1)


def measure(house: House, made: list[str]) -> dict[str, object]:
    """Milliseconds of each list."""
    first = made[0]
    out: dict[str, object] = {"document_ms": {}, "batch_ms": {}, "document_page_30_ms": 0.0}
    for name, wanted in FILTERS.items():
        out["document_ms"][name] = timed(lambda w=wanted: steps.document_page(house, first, w, USER))  # type: ignore[index]
        out["batch_ms"][name] = timed(lambda w=wanted: steps.batch_page(house, BATCH, w, USER))  # type: ignore[index]
    section = steps.sections_of(house, first)[1]["segment"]
    out["document_ms"]["section"] = timed(lambda: steps.document_page(house, first, Filter(sections=(section,)), USER))  # type: ignore[index]
    out["document_page_30_ms"] = timed(lambda: steps.document_page(house, first, Filter(), USER, page=30))
    out["batch_page_1500_ms"] = timed(lambda: steps.batch_page(house, BATCH, Filter(), USER, page=1500))
    middle = steps.document_page(house, first, Filter(), USER, page=20)["rows"][50]["segment"]
    out["one_row_ms"] = timed(lambda: steps.one(house, first, middle, USER))
    out["next_ms"] = timed(lambda: steps.next_needing_review(house, first, middle, Filter()))
    out["next_by_risk_ms"] = timed(lambda: steps.next_needing_review(house, first, middle, Filter(order="risk")))
    out["progress_document_ms"] = timed(lambda: steps.progress(house, USER, document_id=first))
    out["progress_batch_ms"] = timed(lambda: steps.progress(house, USER, batch_id=BATCH))
    return out


def main() -> int:
    """Builds, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--document", type=int, default=5_000)
    parser.add_argument("--sample", type=float, default=0.0, help="percent of the gate's sample")
    parser.add_argument("--home", type=Path, default=None, help="keep the database here and use it again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        fresh = not (home / "grid.db").exists()
        with Store.open(f"sqlite:///{home}/grid.db", str(home / "blobs")) as store:
            house = House(load(home=home), store)
            start = time.perf_counter()
            gate = Gate(sample=given.sample)
            made = build(house, given.rows, given.document, gate) if fresh else []
            if not made:
                with store.read() as s:
                    made = [d.id for d in documents.of_batch(s, BATCH)]
            figures = {"rows": given.rows, "documents": len(made), "built_s": round(time.perf_counter() - start, 1)}
            json.dump(figures | measure(house, made), sys.stdout, indent=1)
            print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
