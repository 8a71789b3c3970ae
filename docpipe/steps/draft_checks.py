"""Checks of a draft: every check over the whole document, and a finding for every gap. Imports writing and store.

A number in one section is compared with the same number in another, so a change anywhere is followed by all checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import digest_of
from docpipe.model.document import Address, count_words
from docpipe.model.draft import Plan
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.inline import CodedText, Text, plain_text
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.steps.draft_book import DraftBook, draft_of, texts_of
from docpipe.steps.house import House
from docpipe.steps.work import Work
from docpipe.store import findings, units
from docpipe.writing import checks as draft_room

GAP = "M6.gap"
"""Check id of a gap: its dismissal says why the section does not apply."""
NOT_APPLICABLE = "Not applicable: "
Found = dict[SegmentId, list[Finding]]


def check(house: House, job: Work) -> None:
    """Writes the findings of the whole document: what the step ``checked`` does for a draft."""
    document = job.document
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
    found = findings_of_draft(house, job.batch, document, segments, current)
    with house.store.write() as session:
        findings.replace(session, document.id, found)
    job.tally.pages, job.tally.segments = document.pages, len(segments)
    job.tally.words = sum(count_words(plain_text(s.source, equiv=True)) for s in segments)
    job.tally.digest = digest_of({k: [f.check for f in v] for k, v in found.items() if v})


def findings_of_draft(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], current: Mapping[SegmentId, Unit]
) -> Found:
    """Findings of every row, rows without any included; under "" those of the document as a whole."""
    book = draft_of(house, document)
    texts = texts_of(segments, current)
    found: Found = {s.id: [] for s in segments}
    found[SegmentId("")] = []
    rows = {s.address: s.id for s in segments}
    if hasattr(draft_room, "run_draft_checks"):
        text = draft_room.DraftText(book.plan, texts, book.facts, book.card, book.sentences)
        for address, several in draft_room.run_draft_checks(text, batch.recipe.checks_off).items():
            found[rows.get(address, SegmentId(""))] += several
    for address, finding in gaps(book.plan, texts):
        mine = found[rows[address]]
        if not any(f.check.startswith("M6.") for f in mine):
            mine.append(finding)
    return found


def gaps(plan: Plan, texts: Mapping[Address, CodedText]) -> list[tuple[Address, Finding]]:
    """A critical finding for every row that still says that something is missing."""
    found: list[tuple[Address, Finding]] = []
    for _, row in plan.rows():
        if row.gap and plain_text(texts.get(row.address, row.text)).startswith("[GAP:"):
            said = f"The sources hold nothing of this: {row.gap}"
            found.append((row.address, Finding(GAP, Severity.CRITICAL, said)))
    return found


def refresh(house: House, session: Any, batch: Batch, document: Document) -> None:
    """Checks a document again inside the transaction of a change."""
    segments = units.segments(session, document.id)
    current = units.units(session, document.id)
    findings.replace(session, document.id, findings_of_draft(house, batch, document, segments, current))


def accepted_gaps(session: Any, document: Document) -> dict[Address, tuple[str, str]]:
    """Gaps that a person accepted as not applicable: row -> (reason, who)."""
    listed = findings.listing(session, document.id, disposition=Disposition.DISMISSED)
    return {Address(f.address): (f.reason, f.dismissed_by) for f in listed if f.check.startswith("M6.") and f.segment}


def final_texts(
    book: DraftBook, texts: Mapping[Address, CodedText], accepted: Mapping[Address, tuple[str, str]]
) -> dict[Address, CodedText]:
    """The texts as the document shows them: a gap that was accepted says why it does not apply."""
    shown = dict(texts)
    for _, row in book.plan.rows():
        if row.gap and row.address in accepted:
            shown[row.address] = (Text(NOT_APPLICABLE + accepted[row.address][0].strip()),)
    return shown
