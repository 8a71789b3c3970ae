"""What goes into a package beside the documents: report, record, manifest, bilingual files, memory. Imports exports and store.

Pure gathering: rows from the store become the exports' data; nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from docpipe.exports.manifest import ManifestData, PackageFile, Versions, manifest_bytes
from docpipe.exports.record import DecisionEntry, RecordData, record_html, record_json
from docpipe.exports.report import ReportData, ReportDocument, ReportFigure, ReportFinding, report_html, report_json
from docpipe.exports.xliff import write_xliff
from docpipe.memory.csvmemory import write_csv_memory
from docpipe.memory.termbase import write_termbase
from docpipe.memory.tmx import write_tmx
from docpipe.model.batch import Batch, Document, Signature, State
from docpipe.model.document import count_words
from docpipe.model.finding import Disposition, Finding, Notice
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.model.terms import Term, TermStatus
from docpipe.steps.faces import DRAFT, REHEARSAL
from docpipe.steps.house import House
from docpipe.steps.measure import measure
from docpipe.store import (
    approved,
    audit,
    calls,
    checkpoints,
    deliverables,
    documents,
    findings,
    package_terms,
    units,
    users,
)
from docpipe.store.deliverables import Deliverable
from docpipe.store.findings import StoredFinding

DECISIONS = {
    "row.edited": "edit", "row.approved": "approve", "row.rejected": "reject", "finding.dismissed": "dismiss",
    "checkpoint.signed": "sign", "signature.voided": "void",
}  # fmt: skip


FOLDERS = {"tracked": "tracked", "bilingual": "two-column", "pdf": "pdf"}
"""Folders of a package by what is delivered besides the document."""


def delivered_name(copy: Deliverable, face: str) -> str:
    """A copy's name in the package; ``face``: of the package, which tells drafts."""
    return f"{'DRAFT-' if face else ''}{FOLDERS[copy.kind]}/{copy.path}"


def face_of_batch(batch: Batch) -> str:
    """The package's face words; "" for a reviewed one."""
    if batch.recipe.review != "none":
        return ""
    rehearsed = batch.recipe.provider == "rehearsal" and not batch.recipe.drafts
    return f"{DRAFT} · {REHEARSAL}" if rehearsed else DRAFT


def bilingual(house: House, batch: Batch, document: Document) -> bytes:
    """The document's rows as XLIFF 2.1, open findings as notes."""
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        stored = findings.listing(session, document.id, disposition=Disposition.OPEN)
    open_findings: dict[SegmentId, list[Finding]] = {}
    for f in stored:
        if f.segment:
            open_findings.setdefault(SegmentId(f.segment), []).append(f.finding)
    return write_xliff(
        document, batch.id, batch.recipe.source_language, batch.recipe.target_language, segments, current,
        open_findings, signed=document.state in (State.RELEASING, State.RELEASED), face=face_of_batch(batch),
    )  # fmt: skip


def memories(house: House, batch: Batch) -> dict[str, bytes]:
    """The approved rows as TMX 1.4b and as CSV, and the terms that people bound as a termbase: relative name -> bytes."""
    with house.store.read() as session:
        entries = list(approved.approved_pairs(session, batch.id))
        bound = package_terms.locked(session, batch.id)
    tmx = write_tmx(entries, source_language=batch.recipe.source_language, tool_version=batch.recipe.software)
    made = {"memory.tmx": tmx, "memory.csv": write_csv_memory(entries)}
    if bound:
        terms = (Term(t.source.lower(), t.source, t.target, TermStatus.PREFERRED, batch.id) for t in bound)
        made["terms.csv"] = write_termbase(terms)
    return made


def _finding(f: StoredFinding, rows: dict[SegmentId, tuple[Segment, Unit]]) -> ReportFinding:
    pair = rows.get(SegmentId(f.segment))
    return ReportFinding(
        f.segment, f.address, f.check, f.severity, f.message, f.disposition, f.dismissed_by, f.reason,
        plain_text(pair[0].source, equiv=True) if pair else "", plain_text(pair[1].target, equiv=True) if pair else "",
    )  # fmt: skip


def _report_document(house: House, batch: Batch, document: Document, names: dict[str, str]) -> ReportDocument:
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        stored = findings.listing(session, document.id)
        copies = deliverables.of_document(session, document.id)
        pages = deliverables.pages_of(session, document.batch).get(document.id)
        signatures = [
            s for c in checkpoints.of_document(session, document.id) for s in checkpoints.signatures(session, c.id)
        ]
    rows = {s.id: (s, current[s.id]) for s in segments}
    count = Counter[str]

    def tally(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(count(v for v in values if v).items()))

    return ReportDocument(
        document,
        segments=len(segments),
        words=sum(count_words(plain_text(s.source)) for s in segments),
        statuses=tally(u.status.value for u in current.values()),
        origins=tally(u.origin.kind.value for u in current.values()),
        needs_person=tally(u.needs_person for u in current.values()),
        findings=tuple(_finding(f, rows) for f in stored if f.segment),
        notices=tuple(Notice(f.check, f.severity, f.message, f.address, f.count) for f in stored if not f.segment),
        editors=tally(names.get(u.editor, u.editor) for u in current.values()),
        approvers=tally(names.get(u.approver, u.approver) for u in current.values()),
        signatures=tuple(signatures),
        pages_before=pages.source if pages else 0,
        pages_after=pages.target if pages else 0,
        pages_counted=bool(pages and pages.counted),
        delivered=tuple(
            (c.kind, delivered_name(c, face_of_batch(batch)) if c.sha256 else "", c.reason) for c in copies
        ),
    )


def _figures(metrics: dict[str, Any]) -> tuple[ReportFigure, ...]:
    simple = (
        "pages",
        "words",
        "segments",
        "machine_seconds",
        "wall_seconds",
        "people_seconds",
        "words_per_hour",
        "pages_per_day",
    )
    made = [ReportFigure(n.replace("_", " "), str(metrics[n]), metrics["units"][n]) for n in simple]
    made += [
        ReportFigure(f"words from {n.replace('_', ' ')}", str(v), "source words")
        for n, v in metrics["leverage"].items()
        if v
    ]
    made += [ReportFigure(f"tokens {n}", str(v), "tokens") for n, v in metrics["tokens"].items()]
    made.append(ReportFigure("cost", str(metrics["cost"]["amount"]), metrics["cost"]["currency"]))
    return tuple(made)


def pages(house: House, batch: Batch) -> dict[str, bytes]:
    """Report and record, for people and programs: relative name -> bytes."""
    with house.store.read() as session:
        found = documents.of_batch(session, batch.id)
        names = {u.name: u.printed_name for u in users.listing(session)}
        opened = [c for d in found for c in checkpoints.of_document(session, d.id)]
        signed = [s for c in opened for s in checkpoints.signatures(session, c.id)]
        events = tuple(audit.events(session, batch.id))
    face, now, software = face_of_batch(batch), house.now(), batch.recipe.software
    report = ReportData(
        batch,
        now,
        tuple(_report_document(house, batch, d, names) for d in found),
        _figures(measure(house, batch.id)),
        face,
        software,
    )
    decisions = tuple(
        DecisionEntry(
            e.at,
            e.actor,
            names.get(e.actor, e.actor),
            DECISIONS[e.action],
            e.subject.split("/")[0],
            subject=e.subject,
            reason=e.reason,
        )
        for e in events
        if e.action in DECISIONS
    )
    record = RecordData(
        batch, now, tuple(found), tuple(opened), decisions, tuple(signed), events, names, face=face, software=software
    )
    return {
        "report.html": report_html(report),
        "report.json": report_json(report),
        "record.html": record_html(record),
        "record.json": record_json(record),
    }


def _counts(house: House, document: Document) -> dict[str, int]:
    with house.store.read() as session:
        counts = {f"status.{k}": v for k, v in units.by_status(session, document.id).items() if v}
        for f in findings.listing(session, document.id):
            name = f"findings.{f.severity.value}.{f.disposition.value}"
            counts[name] = counts.get(name, 0) + 1
    return counts


def manifest(house: House, batch: Batch, files: Sequence[PackageFile]) -> bytes:
    """The manifest over the package's files."""
    with house.store.read() as session:
        found = documents.of_batch(session, batch.id)
        opened = [c for d in found for c in checkpoints.of_document(session, d.id)]
        signed: list[Signature] = [s for c in opened for s in checkpoints.signatures(session, c.id)]
        reported = calls.models_reported(session, batch.id)
        head = audit.head(session, batch.id)
    prompt, _, version = batch.recipe.prompt.rpartition(".v")
    return manifest_bytes(
        ManifestData(
            batch,
            found,
            files,
            Versions(batch.recipe.software, prompt, version, batch.recipe.prompt_digest, tuple(reported)),
            house.now(),
            signed,
            {c.id: c.document for c in opened},
            {d.id: _counts(house, d) for d in found},
            face_of_batch(batch),
            head,
        )
    )
