"""Drafts that come back from Word: edited rows by their bookmarks, comments, and what cannot be taken. Imports safe, accounts and store.

Tracked changes count as accepted. A row that was changed here since the document was written is stale and left alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import AssetMalformed, BrokenRow, DocpipeError, StaleRow, UnknownName
from docpipe.model.batch import Batch, Document
from docpipe.model.codec import load_coded
from docpipe.model.document import Address
from docpipe.model.inline import CodedText, codes_of, plain_text, text_digest
from docpipe.model.segment import Segment, SegmentId
from docpipe.safe.child import call
from docpipe.steps import decide, discuss
from docpipe.steps.draft_build import Standing
from docpipe.steps.house import House
from docpipe.store import batches, comments, documents


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A row as it came back. ``after``: of a paragraph that somebody added, the row before it. ``comments``: author, time, text."""

    address: Address
    text: CodedText
    written: CodedText
    changed: bool
    missing: bool
    after: str
    shown: str
    comments: tuple[tuple[str, str, str], ...]
    cells: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What a document that came back says. ``changes``: new texts by row; ``refused``: row or place, code, sentence."""

    file: str
    document: Document
    changes: dict[SegmentId, CodedText]
    before: dict[SegmentId, str]
    revisions: dict[SegmentId, int]
    notes: tuple[tuple[SegmentId, str], ...]
    refused: tuple[tuple[str, str, str], ...]
    unchanged: int


def look(house: House, batch_id: str, name: str, data: bytes) -> Returned:
    """What would be taken from a Word document of the batch. Raises ``UnknownName``, ``AssetMalformed`` and what hostile files raise."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
    document = _document(batch, found, name)
    limits = {"seconds": house.settings.child_seconds, "memory": house.settings.child_memory_mb << 20}
    rows = [_row(r) for r in json.loads(bytes(call("docpipe.steps.word_child:rows_in", (data,), **limits)))]
    now = Standing(house, document)
    by_address = {s.address: s for s in now.segments}
    if not any(r.address in by_address and not r.missing for r in rows):
        raise AssetMalformed(f"{name} is no copy of {document.path}: it holds none of its rows.", file=name)
    changes: dict[SegmentId, CodedText] = {}
    notes: list[tuple[SegmentId, str]] = []
    refused: list[tuple[str, str, str]] = []
    unchanged = 0
    for row in rows:
        segment = by_address.get(row.address)
        notes += [(segment.id, f"{who} in Word: {said}") for who, _, said in row.comments if segment is not None]
        if segment is None and not row.missing:
            said = f"A paragraph was added after {row.after or 'the beginning'}: the plan has no row for it."
            refused.append((row.after, "review.no_row", said))
        elif segment is None or not (row.changed or row.missing or row.cells):
            unchanged += segment is not None
        else:
            error = _fault(row, segment, now)
            if error is None:
                changes[segment.id] = row.text
            else:
                refused.append((row.address, error.code, error.message))
    before = {i: plain_text(now.current[i].target or by_id.source, equiv=True) for i, by_id in _by_id(now, changes)}
    revisions = {i: now.current[i].revision for i in changes}
    return Returned(name, document, changes, before, revisions, tuple(notes), tuple(refused), unchanged)


def _by_id(now: Standing, changes: dict[SegmentId, CodedText]) -> list[tuple[SegmentId, Segment]]:
    return [(s.id, s) for s in now.segments if s.id in changes]


def _document(batch: Batch, found: list[Document], name: str) -> Document:
    if not batch.recipe.drafts:
        raise UnknownName("The batch drafts nothing.", name=batch.id)
    base = name.rpartition("/")[2]
    fitting = [d for d in found if d.path == base] or (found if len(found) == 1 else [])
    if not fitting:
        raise UnknownName("No document of the batch has this file's name.", name=base[:80])
    return fitting[0]


def _row(given: dict[str, object]) -> ReadBack:
    fields = dict(given)
    fields["text"], fields["written"] = (load_coded(list(given[n])) for n in ("text", "written"))  # type: ignore[call-overload]
    fields["comments"] = tuple(tuple(c) for c in given["comments"])  # type: ignore[attr-defined]
    return ReadBack(**fields)  # type: ignore[arg-type]


def _fault(row: ReadBack, segment: Segment, now: Standing) -> DocpipeError | None:
    """Why an edit of a row cannot be taken; None where it can."""
    if row.missing:
        return BrokenRow("The row is gone from the document: a row is emptied by editing it here, not by deleting it.")
    if row.cells:
        return BrokenRow(f"{row.cells} cells of the table were changed: its values come from the facts.")
    if row.written and text_digest(row.written) != text_digest(now.texts[segment.address]):
        return StaleRow("The row was changed since this document was written.", segment=segment.id)
    known = {(type(c), c.id) for c in codes_of(segment.source)}
    if any((type(c), c.id) not in known for c in codes_of(row.text)):
        return BrokenRow("The row holds a value that is not its own.")
    return None


def take(house: House, returned: Returned, user: User, reason: str) -> decide.Outcome:
    """Takes the edits as this person's, and the comments. Raises ``RoleMissing``, ``NotReady``."""
    require(user.roles, Action.EDIT)
    outcome = decide.Outcome()
    if returned.changes:
        outcome = decide.edit(house, returned.document.id, returned.changes, user, reason, seen=returned.revisions)
    with house.store.read() as session:
        there = {(c.segment, c.text) for c in comments.listing(session, returned.document.id)}
    for segment, said in returned.notes:
        if (segment, said) not in there:
            discuss.comment(house, returned.document.id, segment, user, said)
    return outcome
