"""Segments (sentences of a block), units (their targets) and the ladder of a unit's status. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from docpipe.errors import FourEyes, IllegalMove, NotApprovable
from docpipe.model.canonical import Digest, digest_of_row
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import CodedText, text_digest, to_wire

SegmentId = NewType("SegmentId", str)


def segment_id(document_sha256: str, address: str, ordinal: int) -> SegmentId:
    """First 24 hex digits of the digest of document, address and ordinal: stable for the same bytes."""
    return SegmentId(digest_of_row(document_sha256, address, ordinal)[:24])


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence of a block. ``before``/``after``: white space around it inside the block, kept apart from the text.

    ``context``: digest of the neighbouring segments' text digests (previous, next): equal context and equal text make an
    in-context match. ``last``: the block's last segment.
    """

    id: SegmentId
    address: Address
    ordinal: int
    kind: BlockKind
    source: CodedText
    digest: Digest
    context: Digest
    before: str = ""
    after: str = ""
    level: int = 0
    last: bool = True

    @property
    def wire(self) -> str:
        """Source in wire form, numbered as in its block."""
        return to_wire(self.source)


class Status(StrEnum):
    """The ladder. ``rejected`` work goes back to ``edited``; signatures belong to checkpoints, not to units."""

    NEW = "new"
    RECALLED = "recalled"
    TRANSLATED = "translated"
    EDITED = "edited"
    APPROVED = "approved"


class OriginKind(StrEnum):
    NONE = "none"
    PREVIOUS = "previous"
    IN_CONTEXT = "in-context"
    EXACT = "exact"
    FUZZY = "fuzzy"
    REPETITION = "repetition"
    PSEUDO = "pseudo"
    MODEL = "model"
    ENGINE = "engine"
    HUMAN = "human"
    PROGRAM = "program"
    """Drafting: the document type's program text, worded from facts without a model."""
    SAME = "same"
    """Nothing to translate: numbers, codes or do-not-translate text, carried over as it is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target came from. ``detail``: percent, prompt digest and reported model, user, or what the kind needs."""

    kind: OriginKind
    detail: str = ""
    spend_key: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment's target in one language. ``revision`` rises by one with each change; ``editor``: last human editor or "".

    ``approver``: who approved this very revision, or "". ``needs_person``: why a person must work on it, or "".
    The methods are the only ways up and down the ladder; each returns the next revision.
    """

    segment: SegmentId
    target: CodedText = ()
    status: Status = Status.NEW
    origin: Origin = Origin(OriginKind.NONE)
    revision: int = 0
    editor: str = ""
    approver: str = ""
    needs_person: str = ""

    @property
    def digest(self) -> Digest:
        """Digest of the target text."""
        return text_digest(self.target)

    def recalled(self, target: CodedText, origin: Origin) -> Unit:
        """From memory, previous version or repetition; never over a person's work."""
        return self._machine(Status.RECALLED, target, origin, "")

    def translated(self, target: CodedText, origin: Origin, needs_person: str = "") -> Unit:
        """From a model or engine (or pseudo-translated); never over a person's work."""
        return self._machine(Status.TRANSLATED, target, origin, needs_person)

    def reworded(self, target: CodedText, origin: Origin, needs_person: str = "") -> Unit:
        """Drafting: a row that was sent back, and whose text no person wrote, is worded again by the machine."""
        if self.status is not Status.EDITED or self.editor or not self.needs_person:
            raise IllegalMove("Only a machine's text that was sent back can be worded again.", segment=self.segment)
        return replace(
            self, target=target, status=Status.TRANSLATED, origin=origin, revision=self.revision + 1,
            approver="", needs_person=needs_person,
        )  # fmt: skip

    def carried(self, before: Unit, target: CodedText, origin: Origin) -> Unit:
        """The version before had an equal row: its text, edits and approval stand here too; never over a person's work."""
        if self.status in (Status.EDITED, Status.APPROVED):
            raise IllegalMove("A machine target cannot replace a person's work.", segment=self.segment)
        return replace(
            before, segment=self.segment, target=target, origin=origin, revision=self.revision + 1
        )  # fmt: skip

    def repeats(self, document: str, first: SegmentId) -> Unit:
        """The same text stands earlier in the batch: the row waits for what its first occurrence becomes."""
        if self.status is not Status.NEW:
            raise IllegalMove("Only a new row can be a repetition.", segment=self.segment)
        return replace(self, origin=Origin(OriginKind.REPETITION, f"{document}:{first}"), revision=self.revision + 1)

    def left_to_person(self, why: str) -> Unit:
        """No machine target can be had: the row is new and waits for a person."""
        return replace(self, needs_person=why, revision=self.revision + 1)

    def _machine(self, status: Status, target: CodedText, origin: Origin, needs_person: str) -> Unit:
        if self.status in (Status.EDITED, Status.APPROVED):
            raise IllegalMove("A machine target cannot replace a person's work.", segment=self.segment)
        return replace(
            self, target=target, status=status, origin=origin, revision=self.revision + 1, needs_person=needs_person
        )

    def edited(self, target: CodedText, user: str) -> Unit:
        """By a person; an approval is void thereby."""
        return replace(
            self,
            target=target,
            status=Status.EDITED,
            origin=Origin(OriginKind.HUMAN, user),
            revision=self.revision + 1,
            editor=user,
            approver="",
            needs_person="",
        )

    def approved(self, user: str) -> Unit:
        """By a person other than the last human editor. Pseudo text and rows that wait for a person cannot be approved."""
        if self.status is Status.APPROVED:
            return self
        if self.status is Status.NEW or self.needs_person or self.origin.kind is OriginKind.PSEUDO:
            raise NotApprovable("The row still needs a person's translation.", segment=self.segment)
        if self.editor and self.editor == user:
            raise FourEyes("The last editor of a row cannot approve it.", segment=self.segment)
        return replace(self, status=Status.APPROVED, approver=user, revision=self.revision + 1)

    def rejected(self, user: str, why: str) -> Unit:
        """Sent back: the row is edited again, waits for a person and is not approved."""
        if self.status is Status.NEW:
            raise IllegalMove("A row without a target cannot be rejected.", segment=self.segment)
        return replace(
            self, status=Status.EDITED, approver="", needs_person=why or "rejected", revision=self.revision + 1
        )

    def unapproved(self) -> Unit:
        """The approval is taken back; the row stands again where it was before."""
        if self.status is not Status.APPROVED:
            raise IllegalMove("Only an approved row can have its approval taken back.", segment=self.segment)
        return replace(self, status=_before_approval(self), approver="", revision=self.revision + 1)

    def restored(self, before: Unit, approver: str = "") -> Unit:
        """As an earlier revision was, by a person. ``approver``: who approved that revision, where the approval is kept."""
        kept = bool(approver) and before.status is Status.APPROVED and before.approver == approver
        status = before.status if kept or before.status is not Status.APPROVED else _before_approval(before)
        return replace(before, status=status, approver=approver if kept else "", revision=self.revision + 1)


def _before_approval(unit: Unit) -> Status:
    if unit.origin.kind is OriginKind.HUMAN or unit.editor:
        return Status.EDITED
    machine = (OriginKind.MODEL, OriginKind.ENGINE, OriginKind.PROGRAM)
    return Status.TRANSLATED if unit.origin.kind in machine else Status.RECALLED
