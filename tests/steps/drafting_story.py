"""The story of a drafting batch without Prefect: the steps in the order of ``flows/draft.py``, over a real store and sources made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whole import PASSWORD

from docpipe.accounts.roles import User
from docpipe.model.batch import Batch, Document
from docpipe.model.batch import State as BatchState
from docpipe.model.segment import Segment, Unit
from docpipe.steps import assemble, check, draft, gates, open_checkpoint, people, release, study
from docpipe.steps import draft_orders as orders
from docpipe.steps.house import House
from docpipe.steps.work import reached, revive
from docpipe.store import audit, batches, documents, studies, units
from docpipe.store.studies import StudyFinding

REVIEWER, APPROVER = "mei.lin", "jose.ruiz"
TYPE = """---
id: draft/mini
version: 1
why: tests
title: Small report
language: en
name: mini
header: {Study: "{{ study.id }}"}
glossary: {AE: adverse event}
---
=== block 1
heading: Patients
level: 1
instruction: Say how many there were.
---
This section says who took part.

{% set ns = study.facts(statistic="n", display="Table 14.1.2", contains="Completed") %}
The study was completed by {% for v in ns if v.fact.arm %}{{ v }} subjects in the {{ arm(v.fact.arm) }} group{{ ", " if not loop.last }}{% endfor %} ({{ display("Table 14.1.2") }}).

=== block 2
heading: Ethics
level: 1
gap: the approval of the ethics committee
=== block 3
heading: Counts
level: 1
---
{% set ns = study.facts(statistic="n", display="Table 14.1.2", contains="Completed") %}
The counts stand in {{ ref("table:counts") }}.

{{ table("counts", "Subjects who completed the study", ["Group", "n"], [[arm(ns[0].fact.arm), ns[0]], [arm(ns[1].fact.arm), ns[1]]], displays=["Table 14.1.2"]) }}
"""


@dataclass
class Drafting:
    """One installation and what happens in it."""

    house: House
    folder: Path
    team: dict[str, User] = field(default_factory=dict)

    def people(self) -> None:
        """A reviewer and an approver."""
        self.team["admin"] = people.add_user(self.house, "admin", "Ada Min", ["administrator"], PASSWORD, by=None)
        for name, printed, role in ((REVIEWER, "Mei Lin", "reviewer"), (APPROVER, "José Ruiz", "approver")):
            self.team[name] = people.add_user(self.house, name, printed, [role], PASSWORD, by=self.team["admin"])

    def submit(self, sources: Mapping[str, bytes], type_text: str = TYPE, **order: Any) -> Batch:
        """Takes in sources with a type of one's own; ``order``: of ``DraftOrder``."""
        number = len(list(self.folder.glob("in*")))
        folder = self.folder / f"in{number}"
        for name, data in sources.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        (self.folder / "mini.v1.md").write_text(type_text)
        given = orders.DraftOrder((str(self.folder / "mini.v1.md"),), (folder,), **order)
        kind, assets = orders.take_type(self.house, given.types[0])
        taken = (*given.assets, *assets, *orders.take_sources(self.house, [folder]))
        recipe = orders.make_draft_recipe(self.house, replace(given, assets=taken))
        out = str(self.folder / f"out{number}")
        return orders.take_in_draft(self.house, recipe, [kind], actor="local:test", out=out)

    def run(self, batch: Batch) -> BatchState:
        """The story of ``flows.draft.draft_batch``."""
        house = self.house
        study.prepare(house, batch.id)
        if not gates.open_gates(house, batch.id):
            return self.state(batch)
        for d in self.going(batch, "translated"):
            draft.draft(house, d.id)
        for d in self.documents(batch):
            if d.state is BatchState.WAITING:
                draft.redraft(house, d.id)
        for d in self.going(batch, "waiting"):
            check.check(house, d.id)
            open_checkpoint.open_checkpoint(house, d.id)
        state = open_checkpoint.settle(house, batch.id)
        if state is BatchState.WAITING:
            release.write_review_copies(house, batch.id)
        if state is BatchState.RELEASING:
            for d in self.going(batch, "verified"):
                assemble.assemble(house, d.id)
                assemble.verify(house, d.id)
            if open_checkpoint.settle(house, batch.id) is BatchState.RELEASING:
                release.release(house, batch.id)
        return self.state(batch)

    def resume(self, batch: Batch) -> BatchState:
        """As `docpipe resume`."""
        revive(self.house, batch.id, "local:test")
        return self.run(batch)

    def through_gates(self, batch: Batch) -> BatchState:
        """People dispose of everything and approve the early checkpoints; then the next run."""
        critical = [f.id for f in self.found(batch) if f.blocking]
        gates.dispose(self.house, batch.id, critical, self.team[REVIEWER], "known")
        gates.approve(self.house, batch.id, (), self.team[APPROVER])
        return self.run(batch)

    def going(self, batch: Batch, stage: str) -> list[Document]:
        """Documents that have not reached a stage and can."""
        live = [d for d in self.documents(batch) if not d.state.ended and d.state is not BatchState.FAILED]
        return [d for d in live if not reached(d, stage)]

    def state(self, batch: Batch) -> BatchState:
        with self.house.store.read() as s:
            return batches.get(s, batch.id).state

    def documents(self, batch: Batch) -> list[Document]:
        with self.house.store.read() as s:
            return documents.of_batch(s, batch.id)

    def document(self, batch: Batch) -> Document:
        return self.documents(batch)[0]

    def rows(self, batch: Batch) -> list[tuple[Segment, Unit]]:
        document = self.document(batch)
        with self.house.store.read() as s:
            current = units.units(s, document.id)
            return [(g, current[g.id]) for g in units.segments(s, document.id)]

    def found(self, batch: Batch) -> list[StudyFinding]:
        with self.house.store.read() as s:
            return studies.findings(s, batch.id)

    def actions(self, batch: Batch) -> list[str]:
        with self.house.store.read() as s:
            return [e.action for e in audit.events(s, batch.id)]


SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples" / "study"


def sources(*more: str) -> dict[str, bytes]:
    """Subjects and disposition of the sample study, which agree, and more of its files."""
    return {name: (SAMPLES / name).read_bytes() for name in ("adam/adsl.xpt", "tlf/t-14-1-2.rtf", *more)}
