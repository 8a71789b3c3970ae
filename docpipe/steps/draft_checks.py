"""Checks of a draft: every check over the whole document, or over rows that were changed. Imports writing and store.

Checks of the whole document (lists, definitions, sections and documents against each other) run when it is drafted and again before it is
signed; after an edit only the changed rows are checked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import digest_of
from docpipe.model.document import Address, count_words
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.inline import CodedText, Text, plain_text
from docpipe.model.segment import OriginKind, Segment, SegmentId, Unit
from docpipe.steps.draft_book import DraftBook, draft_of, texts_of
from docpipe.steps.draft_previous import previous_texts
from docpipe.steps.draft_records import refusals
from docpipe.steps.house import House
from docpipe.steps.work import Work
from docpipe.store import documents, findings, generations, units
from docpipe.writing import amended
from docpipe.writing.checking import DraftText, named, run_draft_checks
from docpipe.writing.cross_checks import run_cross_checks, run_version_checks

GAP = "M6."
"""Begins the check id of a gap: its dismissal says why the section does not apply."""
TABLE_WORDS = "table.words"
"""What stands beside the code of a table and changes no cell of it."""
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
    house: House,
    batch: Batch,
    document: Document,
    segments: Sequence[Segment],
    current: Mapping[SegmentId, Unit],
    only: Collection[SegmentId] | None = None,
) -> Found:
    """Findings of every row, rows without any included; under "" those of the document as a whole.

    ``only``: the rows to check one by one, after a change of these; then no others are in the answer.
    """
    book = draft_of(house, document)
    plan, texts = amended.amended(book.plan, given := texts_of(segments, current))
    rows = {s.address: s.id for s in segments}
    wanted = None if only is None else {s.address for s in segments if s.id in only}
    found: Found = {s.id: [] for s in segments if only is None or s.id in only}
    if only is None:
        found[SegmentId("")] = []
    text = DraftText(plan, texts, book.facts, book.card, book.sentences, wanted)
    if only is None:
        for address, across in _across(house, batch, document, text).items():
            found[rows.get(address, SegmentId(""))] += across
        off = batch.recipe.checks_off
        for address, changes in run_version_checks(text, previous_texts(house, batch, document.path)).items():
            found[rows.get(address, SegmentId(""))] += [f for f in changes if not named(f.check, off)]
    for address, several in run_draft_checks(text, batch.recipe.checks_off, wanted).items():
        name = rows.get(address, SegmentId(""))
        if name in found:
            found[name] += several
    for _, row in book.plan.rows():
        if (name := rows.get(row.address, SegmentId(""))) in found and row.address in given:
            wrong = amended.faults(book.plan, row, given[row.address])
            found[name] += [Finding(TABLE_WORDS, Severity.CRITICAL, said) for said in wrong]
    with house.store.read() as session:
        refused = refusals(generations.of_document(session, document.id))
    for segment, several_more in refused.items():
        if segment in found and current[segment].origin.kind in (OriginKind.MODEL, OriginKind.PROGRAM):
            found[segment] += several_more
    return found


def _across(house: House, batch: Batch, document: Document, text: DraftText) -> Mapping[Address, Sequence[Finding]]:
    """What the batch's other drafts say otherwise than this one, as they stand now."""
    with house.store.read() as session:
        others = [
            (d, units.segments(session, d.id), units.units(session, d.id))
            for d in documents.of_batch(session, batch.id)
            if d.id != document.id and d.extraction and d.state not in (State.REFUSED, State.CANCELLED)
        ]
    drafts = {document.path: text}
    for other, segments, current in others:
        if segments:
            book = draft_of(house, other)
            drafts[other.path] = DraftText(
                book.plan, texts_of(segments, current), book.facts, book.card, book.sentences
            )
    if len(drafts) < 2:
        return {}
    found = run_cross_checks(drafts).get(document.path, {})
    off = batch.recipe.checks_off
    return {a: [f for f in several if not named(f.check, off)] for a, several in found.items()} if off else found


def recheck(house: House, batch: Batch, document: Document) -> None:
    """Checks the whole document as it stands: what people changed may touch rows that they did not."""
    with house.store.write() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        findings.replace(session, document.id, findings_of_draft(house, batch, document, segments, current))


def refresh(house: House, session: Any, batch: Batch, document: Document, rows: Collection[SegmentId]) -> None:
    """Checks changed rows again inside the transaction of the change."""
    segments = units.segments(session, document.id)
    current = units.units(session, document.id)
    findings.replace(session, document.id, findings_of_draft(house, batch, document, segments, current, set(rows)))


def accepted_gaps(session: Any, document: Document) -> dict[Address, tuple[str, str]]:
    """Gaps that a person accepted as not applicable: row -> (reason, who)."""
    listed = findings.listing(session, document.id, disposition=Disposition.DISMISSED)
    return {Address(f.address): (f.reason, f.dismissed_by) for f in listed if f.check.startswith(GAP) and f.segment}


def final_texts(
    book: DraftBook, texts: Mapping[Address, CodedText], accepted: Mapping[Address, tuple[str, str]]
) -> dict[Address, CodedText]:
    """The texts as the document shows them: a gap that was accepted says why it does not apply."""
    shown = dict(texts)
    for _, row in book.plan.rows():
        if row.gap and row.address in accepted:
            shown[row.address] = (Text(NOT_APPLICABLE + accepted[row.address][0].strip()),)
    return shown
