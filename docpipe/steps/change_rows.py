"""Rows of a draft that follows another: what said the same before keeps its text, edits and approval; what people worded gets the new values. Imports writing and store.

Comments go with their rows. Nothing else is carried: a row that is new, or was worded by a machine over other values, is drafted and reviewed as in any batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.model.batch import Batch, Document
from docpipe.model.document import Address
from docpipe.model.draft import proposed
from docpipe.model.inline import text_digest
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.change_list import change_list, former_side
from docpipe.steps.draft_book import draft_of
from docpipe.steps.follow import FormerDocument, former
from docpipe.steps.house import MACHINE, House
from docpipe.store import audit, comments, findings
from docpipe.store.audit import Entry
from docpipe.store.comments import Comment
from docpipe.writing.changes.rows import SAME, Essence, Version
from docpipe.writing.changes.wording import carried, refilled

NEW_VALUES = (
    "Values changed since {editor} worded this. The wording has the new ones: read it, and save it as it is or mended."
)
OLD_WORDS = "Values changed since {editor} worded this, and the wording has no place for them. The text is the program's; the former one is under Changes."


@dataclass(frozen=True, slots=True)
class Carried:
    """What comes from the former version. ``units``: as the rows begin; ``entries``: of the audit trail; ``settled``: findings that stay
    dismissed; ``comments``: with the segments that they belong to now."""

    units: list[Unit]
    entries: list[Entry]
    settled: list[findings.Settled]
    comments: list[tuple[Comment, SegmentId]]


def carry(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], fresh: Sequence[Unit]
) -> Carried:
    """The units of a document's rows. ``fresh``: as they would begin in a batch that follows none."""
    before = former(house, batch.recipe)
    was = before.documents.get(document.path) if before is not None else None
    if before is None or was is None:
        return Carried(list(fresh), [], [], [])
    listed = next((d for d in change_list(house, batch.id)["documents"] if d["file"] == document.path), None)
    kinds = {Address(new): (Address(old), kind) for new, old, kind in (listed["pairs"] if listed else ()) if old}
    book, side = draft_of(house, document), former_side(house, before)
    one = _Carrying(
        before.batch, was, side.documents[document.path], Version(book.plan, book.facts, book.card.passages)
    )
    found = Carried([], [], [], [])
    for segment, unit in zip(segments, fresh, strict=True):
        old, kind = kinds.get(segment.address, (Address(""), ""))
        after = one.unit(segment, unit, old, kind)
        found.units.append(after or unit)
        found.comments.extend((c, segment.id) for c in one.comments(old))
        if after is not None:
            found.entries.append(one.entry(document, segment, old, after, kind))
            found.settled.extend(one.settled(segment, old, after) if kind == SAME else ())
    return found


class _Carrying:
    def __init__(self, batch: str, was: FormerDocument, old: Version, new: Version) -> None:
        self._batch, self._was = batch, was
        self._before, self._after = Essence(old), Essence(new)
        self._planned = {r.address: r for _, r in old.plan.rows()}

    def unit(self, segment: Segment, fresh: Unit, old: Address, kind: str) -> Unit | None:
        """How the row begins; None where nothing is carried."""
        unit = self._was.rows.get(old)
        if unit is None or unit.status is Status.NEW or proposed(unit.target) is not None:
            return None  # a proposal that nobody answered for rests on the former values: another one is asked for
        source = self._planned[old].text
        if kind == SAME:
            target = carried(unit.target, source, segment.source)
            return fresh.carried(unit, target, self._origin(unit))
        if unit.origin.kind is not OriginKind.HUMAN or not unit.editor:
            return None
        target_now = refilled(unit.target, source, segment.source, self._before, self._after)
        if target_now is None:
            return fresh.translated(segment.source, Origin(OriginKind.PROGRAM), OLD_WORDS.format(editor=unit.editor))
        return replace(fresh.edited(target_now, unit.editor), needs_person=NEW_VALUES.format(editor=unit.editor))

    def _origin(self, unit: Unit) -> Origin:
        if unit.origin.kind in (OriginKind.HUMAN, OriginKind.SAME):
            return unit.origin
        return Origin(OriginKind.PREVIOUS, f"{self._batch}/{self._was.id}/{unit.segment}")

    def entry(self, document: Document, segment: Segment, old: Address, after: Unit, kind: str) -> Entry:
        """What the trail says: where it comes from, its digest there and here."""
        unit = self._was.rows[old]
        why = f"from {self._batch}/{self._was.id}/{unit.segment} revision {unit.revision}"
        if kind == SAME and unit.approver:
            why += f", approved there by {unit.approver}"
        action = "row.carried" if kind == SAME else "row.reopened"
        said = f"{after.status.value}:{text_digest(after.target)}"
        return Entry(
            MACHINE, action, f"{document.id}/{segment.id}", f"{unit.status.value}:{text_digest(unit.target)}", said, why
        )

    def comments(self, old: Address) -> list[Comment]:
        """What people wrote beside the former row."""
        unit = self._was.rows.get(old)
        return [] if unit is None else [c for c in self._was.comments if c.segment == unit.segment]

    def settled(self, segment: Segment, old: Address, after: Unit) -> list[findings.Settled]:
        """Findings of an equal row that a person dismissed, for the pair as it is here."""
        here = text_digest(segment.source), text_digest(after.target)
        name = self._was.rows[old].segment
        return [
            findings.Settled(segment.id, s.finding.check, s.finding.key(*here), s.user, s.reason, s.at)
            for s in self._was.settled
            if s.segment == name
        ]


def write(session: Any, batch: Batch, document: Document, found: Carried) -> None:
    """Writes the comments, the dismissals and the trail of what was carried over."""
    made = comments.carry(session, ((c, document.id, segment) for c, segment in found.comments))
    for (old, segment), new in zip(found.comments, made, strict=True):
        why = f"from {old.document}/{old.segment}, by {old.user}"
        found.entries.append(Entry(MACHINE, "comment.carried", f"{document.id}/{segment}", old.id, new.id, why))
    findings.settle(session, document.id, found.settled)
    audit.append_all(session, batch.id, found.entries)
