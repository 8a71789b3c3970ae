"""A drafted study whose data change: the sample study, its next version, and a batch that follows. For stories of changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drafting_story import APPROVER, REVIEWER, TYPE, Drafting, sources
from whole import PASSWORD

from docpipe.model.batch import Batch, State
from docpipe.model.inline import Text, plain_text
from docpipe.model.segment import Segment, Unit
from docpipe.steps import change, change_report, decide, discuss
from docpipe.steps import sign as signing
from docpipe.store import findings

CHANGED_TYPE = TYPE.replace(
    "=== block 2\n",
    """=== block 1a
heading: Who left
level: 1
---
{% set ns = study.facts(statistic="n", display="Table 14.1.2", contains="Adverse event") %}
Because of an adverse event, {% for v in ns if v.fact.arm %}{{ v.word }} left in the {{ arm(v.fact.arm) }} group{{ ", " if not loop.last }}{% endfor %}.

=== block 2
""",
)
TABLE = "tlf/t-14-1-2.rtf"


def next_version() -> dict[str, bytes]:
    """One subject of the first group completed in the first version and did not in the second; nobody left for another reason."""
    given = sources()
    table = given[TABLE].replace(b"18 (81.8)", b"17 (77.3)", 1).replace(b"54 (81.8)", b"53 (80.3)", 1)
    return given | {TABLE: table.replace(b" 4 (18.2)", b" 5 (22.7)", 1).replace(b"12 (18.2)", b"13 (19.7)", 1)}


@dataclass
class Changing(Drafting):
    """One installation with a draft and its next version."""

    def following(self, batch: Batch, given: dict[str, bytes], **order: Any) -> Batch:
        """The batch that follows, with new sources."""
        number = self.next_number()
        folder = self.folder / f"in{number}"
        for name, data in given.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        out = str(self.folder / f"out{number}")
        return change.follow(self.house, batch.id, [folder], actor="local:test", out=out, **order)

    def reviewed(self, batch: Batch) -> Batch:
        """Accepts gaps, approves every row."""
        document = self.document(batch)
        with self.house.store.read() as s:
            blocking = [f.id for f in findings.listing(s, document.id) if f.blocking]
        if blocking:
            decide.dismiss_all(self.house, document.id, blocking, self.team[REVIEWER], "settled elsewhere")
        decide.approve(self.house, document.id, None, self.team[APPROVER])
        return batch

    def released(self, batch: Batch) -> Path:
        """Signs and releases a reviewed batch; its package."""
        signing.sign(self.house, self.document(batch).id, APPROVER, PASSWORD, "approval")
        assert self.run(batch) is State.RELEASED
        return Path(batch.out)

    def row(self, batch: Batch, words: str) -> tuple[Segment, Unit]:
        """The row whose program text has these words."""
        rows = self.rows(self.document(batch))
        return next((s, u) for s, u in rows if words in plain_text(s.source, equiv=True))

    def edit(self, batch: Batch, words: str, before: str = "", after: str = "") -> None:
        """A person puts words before and after a row's text."""
        segment, _ = self.row(batch, words)
        target = (*([Text(before)] if before else []), *segment.source, *([Text(after)] if after else []))
        decide.edit(self.house, self.document(batch).id, {segment.id: target}, self.team[REVIEWER], "clearer")

    def report(self, batch: Batch) -> dict[str, Any]:
        return change_report.change_report(self.house, batch.id)

    def first(self) -> Batch:
        """The first version, released: one row with values edited, one without."""
        batch = self.submit(sources(), CHANGED_TYPE)
        self.run(batch)
        self.through_gates(batch)
        self.edit(batch, "was completed by", "In this study: ")
        self.edit(batch, "Because of an adverse event", after=" No other reason was given.")
        for words, question in (("Because of an adverse event", True), ("was completed by", False)):
            segment, _ = self.row(batch, words)
            said = ("Ask the site." if question else "Good.", question)
            made = discuss.comment(self.house, self.document(batch).id, segment.id, self.team[REVIEWER], *said)
            if question:
                discuss.resolve(self.house, made.id, self.team[APPROVER])
        self.reviewed(batch)
        self.released(batch)
        return batch
