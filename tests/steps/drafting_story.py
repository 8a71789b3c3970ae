"""The story of a drafting batch without Prefect: the steps in the order of ``flows/draft.py``, over a real store and sources made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from installation import APPROVER, REVIEWER, Installation

from docpipe.model.batch import Batch
from docpipe.model.batch import State as BatchState
from docpipe.steps import check, draft, gates, open_checkpoint, study
from docpipe.steps import draft_orders as orders
from docpipe.store import studies
from docpipe.store.studies import StudyFinding

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
class Drafting(Installation):
    """One installation that drafts."""

    def submit(self, sources: Mapping[str, bytes], type_text: str = TYPE, **order: Any) -> Batch:
        """Takes in sources with a type of one's own; ``order``: of ``DraftOrder``."""
        number = self.next_number()
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
        return self.finish(batch)

    def through_gates(self, batch: Batch) -> BatchState:
        """People dispose of everything and approve the early checkpoints; then the next run."""
        critical = [f.id for f in self.found(batch) if f.blocking]
        gates.dispose(self.house, batch.id, critical, self.team[REVIEWER], "known")
        gates.approve(self.house, batch.id, (), self.team[APPROVER])
        return self.run(batch)

    def found(self, batch: Batch) -> list[StudyFinding]:
        with self.house.store.read() as s:
            return studies.findings(s, batch.id)


SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples" / "study"


def sources(*more: str) -> dict[str, bytes]:
    """Subjects and disposition of the sample study, which agree, and more of its files."""
    return {name: (SAMPLES / name).read_bytes() for name in ("adam/adsl.xpt", "tlf/t-14-1-2.rtf", *more)}
