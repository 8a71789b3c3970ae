"""What became of a batch, as `docpipe translate --json` gives it. Imports store."""

from __future__ import annotations

from typing import Any

from docpipe import errors
from docpipe.model.batch import Batch, Document, State
from docpipe.steps import draft_outcome, gates
from docpipe.steps.house import House
from docpipe.steps.measure import measure
from docpipe.steps.release import out_folder
from docpipe.store import batches, checkpoints, documents, findings, provider_jobs, units


def outcome(house: House, batch_id: str) -> dict[str, Any]:
    """Batch, state, documents with segments, coverage and findings, metrics, and what to do next. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
    awaited = awaiting(house, batch_id)
    return {
        "ok": True,
        "batch": batch.id,
        "state": batch.state.value,
        "out": str(out_folder(house, batch)),
        "documents": [document_outcome(house, batch, d) for d in found],
        **(draft_outcome.study_block(house, batch_id) if batch.recipe.drafts else {}),
        "metrics": measure(house, batch_id),
        **({"awaiting": awaited} if awaited else {}),
        "next": _next_overnight(batch, awaited) if awaited else _next(house, batch),
    }


def awaiting(house: House, batch_id: str) -> dict[str, int]:
    """The batch's overnight jobs that have not ended, their requests, and how many of these are answered; empty without any."""
    with house.store.read() as session:
        jobs = [j for j in provider_jobs.of_batch(session, batch_id) if j.state != "ended"]
    if not jobs:
        return {}
    return {"jobs": len(jobs), "requests": sum(j.requests for j in jobs), "answered": sum(j.answered for j in jobs)}


def _next_overnight(batch: Batch, awaited: dict[str, int]) -> list[str]:
    return [
        f"The provider has {awaited['answered']} of {awaited['requests']} requests answered; its answers come within a day.",
        f"docpipe resume {batch.id}            (docpipe serve looks and goes on by itself)",
    ]


def document_outcome(house: House, batch: Batch, document: Document) -> dict[str, Any]:
    """One document of the result: output, segments by status, coverage, findings, and the error that ended it."""
    with house.store.read() as session:
        by_status = units.by_status(session, document.id)
        stored = findings.listing(session, document.id)
    output = ""
    if document.state in (State.RELEASED, State.DRAFT):
        folder = "DRAFT" if document.state is State.DRAFT else "target"
        output = str(out_folder(house, batch) / folder / (document.output_path or document.path))
    drafted = draft_outcome.document_block(house, batch, document, output) if batch.recipe.drafts else {}
    return {
        "id": document.id,
        "file": document.path,
        **drafted,
        "state": document.state.value,
        "output": output,
        "pages": document.pages,
        "segments": {"total": sum(by_status.values()), "by_status": by_status},
        "coverage": document.coverage.as_dict() if document.coverage else None,
        "findings": [
            {
                "id": f.id, "segment": f.segment, "address": f.address, "check": f.check, "severity": f.severity.value,
                "message": f.message, "disposition": f.disposition.value,
            }
            for f in stored
        ],
        "error": error_of(document),
    }  # fmt: skip


def leaf(code: str) -> type[errors.DocpipeError]:
    """The class of a stored error code: who can fix it and how. A code that is no longer known is a defect's."""
    return next((c for c in errors.walk() if c.code == code), errors.Defect)


def error_of(document: Document) -> dict[str, Any] | None:
    """The error that ended a document: code, sentence, who can fix it and how, exit code."""
    if not document.error_code:
        return None
    cls = leaf(document.error_code)
    return {
        "code": document.error_code, "message": document.error_message, "who": cls.who, "fix": cls.fix,
        "exit_code": cls.exit_code,
    }  # fmt: skip


def _all_refused(house: House, batch: Batch) -> bool:
    with house.store.read() as session:
        return all(d.state is State.REFUSED for d in documents.of_batch(session, batch.id))


def _next(house: House, batch: Batch) -> list[str]:
    """The commands that go on from here."""
    if batch.state is State.WAITING and batch.recipe.drafts and gates.waits(house, batch.id):
        return draft_outcome.next_at_gates(house, batch)
    if batch.recipe.kind == "check":
        if batch.state in (State.FAILED, State.RUNNING, State.ADMITTED):
            return [f"docpipe resume {batch.id}"]
        return [f"docpipe review findings {batch.id}            (or the page /batches/{batch.id}/check)"]
    if batch.state is State.WAITING:
        with house.store.read() as session:
            waiting = len(checkpoints.waiting(session, batch.id))
        if batch.recipe.drafts:
            return draft_outcome.next_at_review(batch, waiting, str(out_folder(house, batch) / "_review"))
        return [
            f"{waiting} documents wait for people. Copies to look at: {out_folder(house, batch) / '_review'}",
            f"docpipe review show {batch.id}",
            "docpipe review import FILE --as TRANSLATOR            (edits made in XLIFF, DOCX or XLSX)",
            f"docpipe review approve {batch.id} --as REVIEWER",
            f"docpipe review sign {batch.id} --as APPROVER",
            f"docpipe resume {batch.id}",
        ]
    if batch.recipe.drafts and batch.state is State.FAILED and _all_refused(house, batch):
        return ["No document can be made from these sources: give others, and order the draft anew."]
    if batch.state in (State.FAILED, State.RUNNING, State.ADMITTED, State.RELEASING):
        return [f"docpipe resume {batch.id}"]
    return [f"The package: {out_folder(house, batch)}"]
