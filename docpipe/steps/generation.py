"""Generation records of a draft, a block each: what it was made from and with, what checks and people said, what it cost. Imports store.

Kept for EMA's and FDA's expectation that a reviewer can follow each passage from its source to its approval.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import digest_of
from docpipe.model.distance import normalised
from docpipe.model.draft import TABLE, PlannedBlock, facts_in
from docpipe.model.fact import FactId
from docpipe.model.inline import Placeholder, plain_text
from docpipe.model.segment import Segment, Unit
from docpipe.steps.draft_book import block_of
from docpipe.steps.draft_build import Standing
from docpipe.steps.house import House
from docpipe.store import efforts, findings, generations
from docpipe.store.findings import StoredFinding
from docpipe.store.generations import Generation


def generation_records(house: House, batch: Batch, document: Document) -> list[dict[str, Any]]:
    """One record a block of the document, in its order."""
    now = Standing(house, document)
    with house.store.read() as session:
        drafted = generations.of_document(session, document.id)
        listed = findings.listing(session, document.id)
        seconds = efforts.seconds_by_row(session, document.id)
    by_block: dict[str, list[Generation]] = defaultdict(list)
    for one in drafted:
        by_block[one.block].append(one)
    rows: dict[str, list[Segment]] = defaultdict(list)
    for s in now.segments:
        rows[block_of(s.address)].append(s)
    makes = _Records(batch, now, listed, seconds)
    return [makes.of(b, rows.get(b.id, []), by_block.get(b.id, [])) for b in now.book.plan.blocks]


class _Records:
    def __init__(
        self, batch: Batch, now: Standing, listed: Sequence[StoredFinding], seconds: Mapping[str, float]
    ) -> None:
        self.batch, self.now, self.seconds = batch, now, seconds
        self.said: dict[str, list[StoredFinding]] = defaultdict(list)
        for f in listed:
            if f.segment:
                self.said[f.segment].append(f)

    def of(self, block: PlannedBlock, rows: Sequence[Segment], drafted: Sequence[Generation]) -> dict[str, Any]:
        plan, facts = self.now.book.plan, self.now.book.facts
        units = [self.now.current[s.id] for s in rows]
        shown: dict[FactId, None] = {}
        for s in rows:
            shown |= dict.fromkeys(facts_in(self.now.texts[s.address]))
        for key in (p.data for s in rows for p in s.source if isinstance(p, Placeholder) and p.kind == TABLE):
            shown |= dict.fromkeys(plan.table(key).facts)
        passages = dict.fromkeys(p for r in block.rows for p in r.passages)
        output = [[s.address, plain_text(self.now.texts[s.address], equiv=True)] for s in rows]
        return {
            "block": block.id,
            "heading": block.heading,
            "fate": block.fate.value,
            "type": plan.type,
            "type_sha256": plan.type_digest,
            "instruction_sha256": digest_of([block.instruction, block.style]),
            "prompt": self.batch.recipe.prompt,
            "prompt_sha256": self.batch.recipe.prompt_digest,
            "provider": self.batch.recipe.provider,
            "model": self.batch.recipe.model,
            "origins": sorted({u.origin.kind.value for u in units}),
            "facts": [{"id": i, "sha256": digest_of(list(facts.versions(i)))} for i in shown],
            "passages": [{"sha256": p.sha256, "locator": p.locator} for p in passages],
            "output_sha256": digest_of(output),
            "drafted": [{"at": g.at.isoformat(timespec="seconds"), **g.record} for g in drafted],
            "tokens": _tokens(drafted),
            "checks": self._checks(rows),
            "decision": _decision(units),
            "edit_distance": self._distance(rows),
            "minutes": round(sum(self.seconds.get(s.id, 0.0) for s in rows) / 60, 2),
        }

    def _checks(self, rows: Sequence[Segment]) -> list[dict[str, str]]:
        return [
            {
                "check": f.check, "severity": f.severity.value, "row": f.address, "disposition": f.disposition.value,
                "by": f.dismissed_by, "reason": f.reason,
            }
            for s in rows
            for f in self.said.get(s.id, ())
        ]  # fmt: skip

    def _distance(self, rows: Sequence[Segment]) -> float:
        """Changed words per word between the program's text and the block as it stands, 0 to 1."""
        before = " ".join(plain_text(s.source, equiv=True) for s in rows)
        after = " ".join(plain_text(self.now.texts[s.address], equiv=True) for s in rows)
        return round(normalised(before, after), 4)


def _tokens(drafted: Sequence[Generation]) -> dict[str, int]:
    total = {"input": 0, "cached": 0, "output": 0}
    for one in drafted:
        for name, count in dict(one.record.get("tokens") or {}).items():
            if name in total:
                total[name] += int(count)
    return total


def _decision(units: Sequence[Unit]) -> dict[str, Any]:
    """What people decided of a block: who edited and approved its rows, and how many stand how."""
    statuses: dict[str, int] = defaultdict(int)
    for u in units:
        statuses[u.status.value] += 1
    return {
        "status": dict(sorted(statuses.items())),
        "editors": sorted({u.editor for u in units if u.editor}),
        "approvers": sorted({u.approver for u in units if u.approver}),
    }
