"""What `docpipe draft --json` says beyond a translation's result: trace, gaps, unused tables, early checkpoints, what sources disagree about. Imports store."""

from __future__ import annotations

from typing import Any

from docpipe.model.batch import Batch, Document
from docpipe.steps import gates
from docpipe.steps.draft_build import trace_name
from docpipe.steps.draft_figures import document_figures
from docpipe.steps.house import House
from docpipe.steps.work import reached
from docpipe.store import studies
from docpipe.store.studies import StudyFinding


def document_block(house: House, batch: Batch, document: Document, output: str) -> dict[str, Any]:
    """Type, trace, gaps and proposals by section and unused tables of a document."""
    said: dict[str, Any] = {
        "type": document.format.rpartition("/")[2].partition(".v")[0],
        "type_file": f"{document.format}.md",
        "trace": trace_name(output) if output else "",
        "gaps": [],
        "proposals": [],
        "unused": [],
    }
    if reached(document, "segmented") and document.extraction:
        said |= document_figures(house, document)
    return said


def study_block(house: House, batch_id: str) -> dict[str, Any]:
    """Findings on the sources, and the early checkpoints with what blocks them."""
    with house.store.read() as session:
        read = studies.get(session, batch_id)
        several = studies.findings(session, batch_id)
    return {
        "study": {"id": read.study if read else "", "data_version": read.version if read else ""},
        "study_findings": [finding_object(f) for f in several],
        "gates": [
            {
                "stage": g.gate.stage, "state": g.gate.state, "digest": g.gate.digest, "blocking": g.blocking,
                "findings": len(g.findings), "by": g.gate.user, "reason": g.gate.reason,
            }
            for g in gates.look(house, batch_id)
        ],
    }  # fmt: skip


def finding_object(f: StudyFinding) -> dict[str, Any]:
    """A finding on the sources as JSON types."""
    return {
        "id": f.id, "stage": f.stage, "check": f.check, "severity": f.severity.value, "message": f.message,
        "file": f.path, "locator": f.locator, "expected": f.expected, "disposition": f.disposition.value,
        "by": f.user, "reason": f.reason,
    }  # fmt: skip


def next_at_gates(house: House, batch: Batch) -> list[str]:
    """The commands that go on from the early checkpoints."""
    found = gates.look(house, batch.id)
    blocking = sum(g.blocking for g in found)
    said = [
        f"Before anything is drafted, people approve: {', '.join(g.gate.stage for g in found if g.gate.state != 'approved')}."
    ]
    said.append(f"docpipe review gates {batch.id}")
    if blocking:
        said.append(
            f"docpipe review dispose {batch.id} FINDING… --reason … --as REVIEWER   ({blocking} critical findings are open)"
        )
    return [*said, f"docpipe review accept {batch.id} --as REVIEWER", f"docpipe resume {batch.id}"]


def next_at_review(batch: Batch, waiting: int, folder: str) -> list[str]:
    """The commands that go on from the checkpoints of the documents."""
    return [
        f"{waiting} documents wait for people. Copies to look at: {folder}",
        f"docpipe review show {batch.id} --findings",
        f"docpipe review import FILE.docx --batch {batch.id} --as REVIEWER   (edits made in Word)",
        "docpipe review dismiss FINDING… --reason … --as REVIEWER   (a gap that does not apply)",
        *(
            [f"docpipe review proposals {batch.id}   (what a model proposed for gaps: accept it or turn it back)"]
            if batch.recipe.proposes
            else []
        ),
        f"docpipe review approve {batch.id} --as REVIEWER",
        f"docpipe review sign {batch.id} --as APPROVER",
        f"docpipe resume {batch.id}",
    ]
