"""Early checkpoints of a drafting batch: source set, parsed tables, plan. People settle what disagrees before a word is drafted. Imports store.

All three open together, once the sources were read; a critical finding that nobody disposed of stands in the way of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import NotApprovable, NotReady, ReviewRefused, UnknownName
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.draft import Fate, Plan
from docpipe.model.finding import Disposition
from docpipe.model.inline import plain_text
from docpipe.model.plan_codec import plan_from
from docpipe.steps.change_gates import unchanged_before
from docpipe.steps.house import MACHINE, House
from docpipe.steps.read_sources import PLAN_STAGE, SOURCES, TABLES
from docpipe.steps.study_names import DISPLAYS, SOURCE_LIST
from docpipe.steps.work import reached
from docpipe.store import audit, batches, documents, gates, studies
from docpipe.store.gates import APPROVED, OPEN, SENT_BACK, EarlyGate
from docpipe.store.studies import StudyFinding, StudyRead

STAGES = (SOURCES, TABLES, PLAN_STAGE)


@dataclass(frozen=True, slots=True)
class Gate:
    """An early checkpoint with what there is to see: its findings and the JSON content that is approved."""

    gate: EarlyGate
    findings: tuple[StudyFinding, ...]

    @property
    def blocking(self) -> int:
        """How many critical findings are open."""
        return sum(f.blocking for f in self.findings)


def open_gates(house: House, batch_id: str) -> bool:
    """Opens the early checkpoints where the batch is reviewed; whether drafting may begin (all approved, or none asked for)."""
    with house.store.write() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
        read = studies.get(session, batch_id)
        planned = [d for d in found if reached(d, "extracted") and d.state is not State.REFUSED]
        if batch.recipe.review == "none" or read is None or not planned:
            return True
        now = house.now()
        for stage in STAGES:
            digest = _digest(read, planned, stage)
            if gates.open(session, EarlyGate(batch_id, stage, digest, OPEN, now)):
                audit.append(session, batch_id, MACHINE, "gate.opened", f"{batch_id}/{stage}", new=digest, at=now)
                if (same := unchanged_before(house, session, batch, stage)) is not None:
                    why = f"unchanged since batch {same.batch}, approved there by {same.user}"
                    gates.decide(session, batch_id, stage, APPROVED, same.user, why, now)
                    audit.append(
                        session,
                        batch_id,
                        MACHINE,
                        "gate.carried",
                        f"{batch_id}/{stage}",
                        new=digest,
                        reason=why,
                        at=now,
                    )
        done = all(g.state == APPROVED for g in gates.of_batch(session, batch_id))
        if done and batch.state in (State.WAITING, State.ADMITTED):
            batches.set_state(session, batch_id, State.RUNNING)
        elif not done and batch.state is not State.WAITING and not batch.state.ended:
            batches.set_state(session, batch_id, State.WAITING)
            audit.append(session, batch_id, MACHINE, "batch.waiting", batch_id, at=now)
            audit.seal(session)
        return done


def _digest(read: StudyRead, planned: Collection[Document], stage: str) -> Digest:
    if stage == SOURCES:
        return digest_of([stage, read.version, read.blobs.get(SOURCE_LIST, "")])
    if stage == TABLES:
        return digest_of([stage, read.version, read.blobs.get(DISPLAYS, "")])
    return digest_of([stage, sorted([d.path, d.extraction] for d in planned)])


def look(house: House, batch_id: str) -> list[Gate]:
    """The batch's early checkpoints in their order; none before the sources were read. Raises ``UnknownName``."""
    with house.store.read() as session:
        batches.get(session, batch_id)
        opened = {g.stage: g for g in gates.of_batch(session, batch_id)}
        several = studies.findings(session, batch_id)
    return [Gate(opened[stage], tuple(f for f in several if f.stage == stage)) for stage in STAGES if stage in opened]


def waits(house: House, batch_id: str) -> bool:
    """Whether an early checkpoint of the batch waits for a person."""
    return any(g.gate.state != APPROVED for g in look(house, batch_id))


def content(house: House, batch_id: str, stage: str) -> list[dict[str, Any]]:
    """What is approved at a checkpoint: files, tables as parsed, or documents with their blocks. Raises ``UnknownName``."""
    if stage not in STAGES:
        raise UnknownName(f"There is no checkpoint {stage[:40]}: one of {', '.join(STAGES)}.", name=stage[:80])
    with house.store.read() as session:
        found = documents.of_batch(session, batch_id)
        read = studies.get(session, batch_id)
    if read is None:
        raise NotReady("The sources of the batch were not read yet.", batch=batch_id)
    if stage == PLAN_STAGE:
        return [planned(d, plan_from(house.store.blobs.get(d.extraction))) for d in found if reached(d, "extracted")]
    name = SOURCE_LIST if stage == SOURCES else DISPLAYS
    if name not in read.blobs:
        return []
    listed = json.loads(house.store.blobs.get(read.blobs[name]).decode("utf-8", "surrogatepass"))
    return [dict(one) for one in listed]


def planned(document: Document, plan: Plan) -> dict[str, Any]:
    """A document's plan as a person approves it: each block with what it is made from, gaps, tables that it does not use.

    ``rests_on``: of a gap that a model will be asked to fill with a proposal, what it is told.
    """
    return {
        "document": document.id,
        "file": document.path,
        "type": plan.type,
        "digest": plan.digest,
        "blocks": [
            {
                "block": b.id, "heading": b.heading, "fate": b.fate.value, "reason": b.reason, "inputs": list(b.inputs),
                "displays": list(b.displays), "rows": len(b.rows),
                "facts": len({f for r in b.rows for f in r.facts}),
                "passages": len({p for r in b.rows for p in r.passages}),
                "gaps": [r.gap for r in b.rows if r.gap],
                "rests_on": [plain_text(line, equiv=True) for line in b.ground],
                "text": [plain_text(r.text, equiv=True) for r in b.rows],
            }
            for b in plan.blocks
        ],
        "unused": [{"display": u.display, "title": u.title, "reason": u.reason} for u in plan.unused],
        "gaps": sum(b.fate is Fate.GAP for b in plan.blocks),
    }  # fmt: skip


def dispose(house: House, batch_id: str, ids: Collection[str], user: User, reason: str) -> int:
    """Disposes of findings on the sources with a reason, one event each; how many were open. Raises ``UnknownName``."""
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("To dispose of a finding needs a reason.")
    return _disposed(house, batch_id, ids, user, reason, Disposition.DISMISSED)


def reopen(house: House, batch_id: str, ids: Collection[str], user: User, reason: str) -> int:
    """Opens findings again that were disposed of, while their checkpoint is not approved. Raises ``UnknownName``."""
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("To open a finding again needs a reason.")
    return _disposed(house, batch_id, ids, user, reason, Disposition.OPEN)


def _disposed(house: House, batch_id: str, ids: Collection[str], user: User, reason: str, becomes: Disposition) -> int:
    changed = 0
    with house.store.write() as session:
        _undecided(session, batches.get(session, batch_id))
        known = {f.id: f for f in studies.findings(session, batch_id)}
        states = {g.stage: g.state for g in gates.of_batch(session, batch_id)}
        for name in dict.fromkeys(ids):
            if name not in known:
                raise UnknownName(f"There is no finding {name[:40]} on the sources of this batch.", name=name[:80])
            one = known[name]
            if one.disposition is becomes:
                continue
            if states.get(one.stage) == APPROVED:
                raise NotReady("Its checkpoint is approved: send the checkpoint back first.", stage=one.stage)
            now = house.now()
            studies.dispose(session, batch_id, name, becomes, user.name, reason, now)
            action = "study_finding.dismissed" if becomes is Disposition.DISMISSED else "study_finding.reopened"
            audit.append(
                session, batch_id, user.name, action, f"{batch_id}/{name}", old=one.disposition.value, new=one.check,
                reason=reason, at=now,
            )  # fmt: skip
            changed += 1
    return changed


def approve(house: House, batch_id: str, stages: Collection[str], user: User, reason: str = "") -> list[str]:
    """Approves early checkpoints (none named: all that wait) as they stand; which were. Raises ``NotApprovable``."""
    require(user.roles, Action.APPROVE)

    def work(session: Any, one: EarlyGate, several: list[StudyFinding]) -> str:
        count = sum(f.blocking for f in several)
        if count:
            raise NotApprovable(
                f"The checkpoint {one.stage} cannot be approved: {count} critical findings are open.",
                stage=one.stage, findings=count,
            )  # fmt: skip
        return APPROVED

    return _decided(house, batch_id, stages, user, reason, work, "gate.approved")


def send_back(house: House, batch_id: str, stage: str, user: User, reason: str) -> list[str]:
    """Sends an early checkpoint back with a reason: nothing is drafted before it is approved. Raises ``ReviewRefused``."""
    require(user.roles, Action.REJECT)
    if not reason.strip():
        raise ReviewRefused("To send a checkpoint back needs a reason.")
    return _decided(house, batch_id, [stage], user, reason, lambda *_: SENT_BACK, "gate.sent_back")


def _decided(
    house: House, batch_id: str, stages: Collection[str], user: User, reason: str,
    verdict: Callable[[Any, EarlyGate, list[StudyFinding]], str], action: str,
) -> list[str]:  # fmt: skip
    changed: list[str] = []
    with house.store.write() as session:
        _undecided(session, batches.get(session, batch_id))
        several = studies.findings(session, batch_id)
        if not gates.of_batch(session, batch_id):
            raise NotReady("The batch has no early checkpoints yet: its sources were not read.", batch=batch_id)
        chosen = list(stages) or [g.stage for g in gates.of_batch(session, batch_id) if g.state != APPROVED]
        for stage in chosen:
            one = gates.get(session, batch_id, stage)
            mine = [f for f in several if f.stage == stage]
            state = verdict(session, one, mine)
            if state == one.state:
                continue
            now = house.now()
            settled = digest_of([one.digest, [[f.id, f.disposition.value, f.reason] for f in mine]])
            gates.decide(session, batch_id, stage, state, user.name, reason, now)
            audit.append(
                session, batch_id, user.name, action, f"{batch_id}/{stage}", old=one.state, new=settled, reason=reason,
                at=now,
            )  # fmt: skip
            changed.append(stage)
        if changed:
            audit.seal(session)
    return changed


def _undecided(session: Any, batch: Batch) -> None:
    """Raises ``NotReady`` once a document of the batch has gone past the early checkpoints, and after the batch has ended."""
    gone = any(reached(d, "translated") for d in documents.of_batch(session, batch.id))
    if gone or batch.state.ended:
        raise NotReady("The batch's early checkpoints are behind it: its documents are drafted.", batch=batch.id)
