"""Assemble and verify: source and approved targets become a document, which is read back and compared. Imports segment and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docpipe.errors import NotReady, VerifyFailed
from docpipe.model.batch import Batch, Document, State
from docpipe.model.document import Block, Coverage
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import plain_text
from docpipe.model.segment import OriginKind, Segment, SegmentId, Status, Unit
from docpipe.registry import format_for
from docpipe.steps import draft_build, reading
from docpipe.steps.extract import blocks_of
from docpipe.steps.house import House
from docpipe.steps.sign import signature_holds
from docpipe.steps.work import Work, step
from docpipe.steps.written import face_of, options_of, targets_of
from docpipe.store import findings, units


def output_path(document: Document) -> str:
    """The relative name of the result: the document's own, with another suffix where the format is rebuilt."""
    if document.media_type == draft_build.MEDIA_TYPE:
        return document.path
    suffix = format_for(document.media_type).output_suffix
    if not suffix or document.path.lower().endswith(suffix):
        return document.path
    return (
        document.path.rsplit(".", 1)[0] + suffix if "." in document.path.rsplit("/", 1)[-1] else document.path + suffix
    )


def build(house: House, batch: Batch, document: Document, *, preview: bool = False) -> bytes:
    """The document as its rows stand now."""
    if batch.recipe.drafts:
        return draft_build.build(house, batch, document, preview=preview)
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
    targets = targets_of(batch, blocks_of(house, document), segments, current)
    options = options_of(house, batch, face_of(batch, current, preview=preview))
    data = house.store.blobs.get(document.sha256)
    return reading.write(house.settings, document.media_type, data, targets, options)


def assemble(house: House, document_id: str) -> Document:
    """Puts a signed document together (or a draft, where no review was asked for). Raises ``NotReady``: not signed."""

    def work(job: Work) -> None:
        if job.batch.recipe.review != "none" and not signature_holds(house, job.document):
            raise NotReady("The document's signature does not cover its text.", document=document_id)
        output = build(house, job.batch, job.document)
        job.changes.update(output=house.store.blobs.put(output), output_path=output_path(job.document))
        job.tally.pages = job.document.pages
        job.tally.digest = str(job.changes["output"])

    return step(house, document_id, "assembled", work)


def verify(house: House, document_id: str) -> Document:
    """Reads the result back and compares it with what was approved. Raises nothing: the document fails with its code."""

    def work(job: Work) -> None:
        document = job.document
        if job.batch.recipe.drafts:
            draft_build.verify(house, job)
            return
        with house.store.read() as session:
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        blocks = blocks_of(house, document)
        targets = targets_of(job.batch, blocks, segments, current)
        options = options_of(house, job.batch, face_of(job.batch, current))
        source, output = house.store.blobs.get(document.sha256), house.store.blobs.get(document.output)
        differences = reading.verify(house.settings, document.media_type, source, output, targets, options)
        if differences:
            with house.store.write() as session:
                found = [Finding("verify.differs", Severity.CRITICAL, d) for d in differences[:50]]
                findings.add(session, document_id, "", found)
            raise VerifyFailed(
                f"The result differs from what was approved in {len(differences)} places.", document=document_id
            )
        job.changes["coverage"] = final_coverage(document, blocks, segments, current)
        job.tally.pages = document.pages

    return step(house, document_id, "verified", work)


def final_coverage(
    document: Document, blocks: Mapping[str, Block], segments: Sequence[Segment], current: Mapping[SegmentId, Unit]
) -> Coverage:
    """The ledger at the end: what was carried as it is, and what no one translated, leaves the translated characters."""
    coverage = document.coverage or Coverage(0)
    kept = missing = 0
    with_rows: set[str] = set()
    for s in segments:
        with_rows.add(s.address)
        unit, count = current[s.id], len(plain_text(s.source))
        if unit.origin.kind is OriginKind.SAME:
            kept += count
        elif unit.status is Status.NEW:
            missing += count
    kept += sum(len(b.text) for a, b in blocks.items() if b.translatable and a not in with_rows)
    return coverage.moved(to_do_not_translate=kept, to_skipped=[("not translated", missing)])


def ended(state: State) -> bool:
    """Whether a document needs nothing more for its package: verified, refused or cancelled."""
    return state in (State.RELEASED, State.DRAFT, State.REFUSED, State.CANCELLED)
