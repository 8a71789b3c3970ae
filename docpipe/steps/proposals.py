"""What people do with proposals of a model: list them, accept them as their own words, turn them back to gaps. Imports accounts and store.

To write one anew is an ordinary edit, to send it back for another one an ordinary rejection; no proposal is ever taken silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import ReviewRefused
from docpipe.model.draft import proposed
from docpipe.model.finding import Disposition
from docpipe.model.inline import CodedText, plain_text
from docpipe.model.segment import SegmentId, Unit
from docpipe.steps.decide import Outcome, decided_at
from docpipe.steps.desk import Desk, at_desk
from docpipe.steps.draft_book import draft_of
from docpipe.steps.house import House
from docpipe.store import audit, documents, findings, units
from docpipe.store.audit import Entry
from docpipe.store.findings import StoredFinding
from docpipe.store.grid import GridRow

ACCEPTED, TURNED_BACK = "proposal.accepted", "proposal.turned_back"
"""Actions of the audit trail."""
_ANSWERED = ("CL1.", "CL2.")
"""What checks say of words without a source: whoever accepts a proposal answers for it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal that waits. ``missing``: what the section asks for; ``text``: without its marks; ``rests_on``: what the model was told."""

    segment: SegmentId
    block: str
    heading: str
    missing: str
    text: str
    revision: int
    rests_on: tuple[str, ...]


def waiting(house: House, document_id: str) -> list[Proposal]:
    """The proposals of a draft that nobody has answered for, in order. Raises ``NotReady`` before it was planned."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        segments = units.segments(session, document_id)
        current = units.units(session, document_id)
    rows = {r.address: (b, r) for b, r in draft_of(house, document).plan.rows()}
    found: list[Proposal] = []
    for s in segments:
        unit = current[s.id]
        text = proposed(unit.target)
        if text is not None:
            block, row = rows[s.address]
            heading = f"{block.number} {block.heading}".strip()
            ground = tuple(plain_text(line, equiv=True) for line in block.ground)
            found.append(
                Proposal(s.id, block.id, heading, row.gap, plain_text(text, equiv=True), unit.revision, ground)
            )
    return found


def as_json(p: Proposal) -> dict[str, Any]:
    """A proposal as JSON types."""
    return {
        "segment": p.segment, "block": p.block, "heading": p.heading, "missing": p.missing, "text": p.text,
        "revision": p.revision, "rests_on": list(p.rests_on),
    }  # fmt: skip


def accept(house: House, document_id: str, rows: Sequence[SegmentId], user: User, reason: str) -> Outcome:
    """Makes proposals the person's own words; another person has yet to approve them.

    What checks say of words without a source is dismissed with the reason, nothing else. Raises ``ReviewRefused`` (no reason);
    rows that hold no proposal are refused.
    """
    require(user.roles, Action.EDIT)
    why = _reason(reason, "To accept a proposal needs a reason: who looked, at what.")

    def accepted(row: GridRow, _: Sequence[StoredFinding]) -> Unit:
        return row.unit.edited(_text(row), user.name)

    def work(desk: Desk) -> Outcome:
        outcome = decided_at(desk, rows, user, ACCEPTED, why, accepted)
        said = findings.of_rows(desk.session, document_id, outcome.changed)
        entries: list[Entry] = []
        for several in said.values():
            for f in several:
                if f.check.startswith(_ANSWERED) and f.disposition is Disposition.OPEN:
                    findings.dismiss(desk.session, f.id, user.name, why, desk.now)
                    subject = f"{document_id}/{f.segment or '-'}"
                    entries.append(Entry(user.name, "finding.dismissed", subject, f.check, "dismissed", why))
        if entries:
            audit.append_all(desk.session, desk.document.batch, entries, desk.now)
        return outcome

    return at_desk(house, document_id, work)


def turn_back(house: House, document_id: str, rows: Sequence[SegmentId], user: User, reason: str) -> Outcome:
    """Turns proposals back to the gaps that they stood for. Raises ``ReviewRefused`` (no reason); rows without one are refused."""
    require(user.roles, Action.EDIT)
    why = _reason(reason, "To turn a proposal back to a gap needs a reason.")

    def back(row: GridRow, _: Sequence[StoredFinding]) -> Unit:
        _text(row)
        return row.unit.edited(row.segment.source, user.name)

    return at_desk(house, document_id, lambda desk: decided_at(desk, rows, user, TURNED_BACK, why, back))


def _text(row: GridRow) -> CodedText:
    text = proposed(row.unit.target)
    if text is None:
        raise ReviewRefused("The row holds no proposal.", segment=row.segment.id)
    return text


def _reason(given: str, wanted: str) -> str:
    if not given.strip():
        raise ReviewRefused(wanted)
    return given.strip()
