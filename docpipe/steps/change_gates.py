"""Early checkpoints of a batch that follows another: what was settled there and says the same stays settled. Imports store.

A checkpoint whose content is the same needs no second approval: the tables where no table changed, the plan where no row did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from docpipe.model.batch import Batch
from docpipe.model.finding import Disposition
from docpipe.steps.change_list import change_list
from docpipe.steps.follow import follows
from docpipe.steps.house import House
from docpipe.steps.read_sources import PLAN_STAGE, TABLES
from docpipe.steps.study_names import CHANGES, DISPLAYS
from docpipe.store import gates, studies
from docpipe.store.gates import APPROVED, EarlyGate
from docpipe.store.studies import StudyFinding


def settled_before(house: House, batch: Batch, several: Iterable[StudyFinding]) -> list[StudyFinding]:
    """Findings on the sources; one that the former batch had, word for word at the same place, keeps what people said of it."""
    before = follows(batch.recipe)
    if not before:
        return list(several)
    with house.store.read() as session:
        known = {f.id: f for f in studies.findings(session, before) if f.disposition is Disposition.DISMISSED}
    return [
        replace(f, disposition=was.disposition, user=was.user, reason=was.reason, at=was.at)
        if (was := known.get(f.id))
        else f
        for f in several
    ]


def unchanged_before(house: House, session: Any, batch: Batch, stage: str) -> EarlyGate | None:
    """The former batch's approval of a checkpoint, where what it approved is the same here and nothing new is wrong with it."""
    before = follows(batch.recipe)
    read, was = (studies.get(session, b) if b else None for b in (batch.id, before))
    if read is None or was is None or CHANGES not in read.blobs:
        return None
    approved = next((g for g in gates.of_batch(session, before) if g.stage == stage and g.state == APPROVED), None)
    mine, former = ({f.id for f in studies.findings(session, b) if f.stage == stage} for b in (batch.id, before))
    if approved is None or not mine <= former:
        return None
    if stage == TABLES:
        return approved if read.blobs.get(DISPLAYS) == was.blobs.get(DISPLAYS) else None
    if stage == PLAN_STAGE:
        told = change_list(house, batch.id)["documents"]
        same = all(d["counted"]["same"] == d["counted"]["rows"] and not d["gone"] for d in told)
        return approved if same else None
    return None
