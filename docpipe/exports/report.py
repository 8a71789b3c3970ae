"""The report on a batch that a person reads, and its JSON twin: coverage, findings, origins, people, figures.

Imports the core and jinja2. One page without any request to elsewhere: it opens from a disk, prints, and follows the
reader's light or dark setting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docpipe.exports.manifest import json_bytes, signature_entry, utc
from docpipe.exports.report_policies import SKIPS, policy_lines
from docpipe.exports.templates import page
from docpipe.model.batch import Batch, Document, Signature
from docpipe.model.document import Coverage
from docpipe.model.finding import Disposition, Notice, Severity

_SEVERITIES = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2}
_DISPOSITIONS = {Disposition.OPEN: 0, Disposition.DISMISSED: 1, Disposition.FIXED: 2}


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """A finding with what became of it. ``source``, ``target``: plain texts of the pair; ``by``, ``reason``: of a dismissal."""

    segment: str
    address: str
    check: str
    severity: Severity
    message: str
    disposition: Disposition = Disposition.OPEN
    by: str = ""
    reason: str = ""
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """One document of the batch. ``statuses`` and ``origins``: segments by status and by origin kind, by name.

    ``needs_person``: reasons with the number of rows that wait for a person. ``approvers``: printed names with rows approved.
    """

    document: Document
    segments: int = 0
    words: int = 0
    statuses: tuple[tuple[str, int], ...] = ()
    origins: tuple[tuple[str, int], ...] = ()
    needs_person: tuple[tuple[str, int], ...] = ()
    findings: tuple[ReportFinding, ...] = ()
    notices: tuple[Notice, ...] = ()
    editors: tuple[tuple[str, int], ...] = ()
    approvers: tuple[tuple[str, int], ...] = ()
    signatures: tuple[Signature, ...] = ()
    pages_before: int = 0
    pages_after: int = 0
    pages_counted: bool = False
    """Whether pages before and after were laid out; else they are as the file states them, and reckoned from the text."""
    delivered: tuple[tuple[str, str, str], ...] = ()
    """What was ordered beside the document: kind, its file ("" for none), what is to be known of it."""


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A row of the figures: name, value as shown, unit, and the window or stage that it covers."""

    name: str
    value: str
    unit: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything in the report. ``face``: words such as DRAFT, NOT REVIEWED or REHEARSAL, or ""."""

    batch: Batch
    made: datetime
    documents: tuple[ReportDocument, ...]
    figures: tuple[ReportFigure, ...] = ()
    face: str = ""
    software: str = ""


def report_html(data: ReportData) -> bytes:
    """The report as one HTML page in UTF-8. Deterministic."""
    return page("report.html", report=report(data))


def report_json(data: ReportData) -> bytes:
    """The same as indented JSON in UTF-8 with a last line end. Deterministic."""
    return json_bytes(report(data))


def report(data: ReportData) -> dict[str, Any]:
    """What both forms show, as JSON types: documents by path, findings by severity, open before settled."""
    recipe = data.batch.recipe
    documents = [_document(d) for d in sorted(data.documents, key=lambda d: d.document.path)]
    findings = [f for d in documents for f in d["findings"]]
    return {
        "form": 1,
        "face": data.face,
        "batch": {
            "id": data.batch.id,
            "name": data.batch.name,
            "state": data.batch.state.value,
            "submitter": data.batch.submitter,
            "submitted": utc(data.batch.created),
        },
        "made": utc(data.made),
        "software": data.software,
        "languages": {"source": recipe.source_language, "target": recipe.target_language},
        "review": recipe.review,
        "policies": policy_lines(recipe.policy),
        "model": {"provider": recipe.provider, "configured": recipe.model},
        "totals": {
            "documents": len(documents),
            "segments": sum(d["segments"] for d in documents),
            "words": sum(d["words"] for d in documents),
            "states": dict(sorted(Counter(d["state"] for d in documents).items())),
            "statuses": _summed(documents, "statuses"),
            "origins": _summed(documents, "origins"),
            "findings": {
                s.value: {
                    x.value: sum(f["severity"] == s.value and f["disposition"] == x.value for f in findings)
                    for x in (Disposition.OPEN, Disposition.FIXED, Disposition.DISMISSED)
                }
                for s in Severity
            },
        },
        "documents": documents,
        "figures": [{"name": f.name, "value": f.value, "unit": f.unit, "window": f.window} for f in data.figures],
    }


def _summed(documents: list[dict[str, Any]], field: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for document in documents:
        total.update(document[field])
    return dict(sorted(total.items()))


def _document(item: ReportDocument) -> dict[str, Any]:
    document = item.document
    ordered = sorted(
        item.findings, key=lambda f: (_SEVERITIES[f.severity], _DISPOSITIONS[f.disposition], f.check, f.address)
    )
    return {
        "id": document.id,
        "file": document.path,
        "sha256": document.sha256,
        "state": document.state.value,
        "output": {"path": document.output_path or document.path, "sha256": document.output} if document.output else None,
        "error": {"code": document.error_code, "message": document.error_message} if document.error_code else None,
        "pages": document.pages,
        "pages_before": item.pages_before or document.pages,
        "pages_after": item.pages_after,
        "pages_counted": item.pages_counted,
        "delivered": [{"kind": kind, "file": file, "note": note} for kind, file, note in item.delivered],
        "segments": item.segments,
        "words": item.words,
        "statuses": dict(item.statuses),
        "origins": dict(item.origins),
        "needs_person": dict(item.needs_person),
        "coverage": coverage_entry(document.coverage) if document.coverage else None,
        "findings": [
            {
                "check": f.check, "severity": f.severity.value, "disposition": f.disposition.value, "message": f.message,
                "segment": f.segment, "address": f.address, "by": f.by, "reason": f.reason,
                "source": f.source, "target": f.target,
            }
            for f in ordered
        ],
        "notices": [
            {"code": n.code, "severity": n.severity.value, "message": n.message, "address": n.address, "count": n.count}
            for n in item.notices
        ],
        "editors": dict(item.editors),
        "approvers": dict(item.approvers),
        "signatures": [signature_entry(s, document.id) for s in sorted(item.signatures, key=lambda s: s.at)],
    }  # fmt: skip


def coverage_entry(coverage: Coverage) -> dict[str, Any]:
    """The ledger with each skip's reason in plain words, and whether it balances (check A16)."""
    return {
        "characters": coverage.characters,
        "translated": coverage.translated,
        "do_not_translate": coverage.do_not_translate,
        "skipped": [
            {"reason": reason, "words": SKIPS.get(reason, reason.replace("-", " ").replace("_", " ")), "characters": n}
            for reason, n in coverage.skipped
        ],
        "balanced": coverage.balanced,
    }
