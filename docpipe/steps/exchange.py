"""Bilingual files out: what goes to a reviewer's own tool, as XLIFF 2.1, DOCX or XLSX. Imports exports and store.

Also the rows and documents of a batch as the command line names them; files come back through ``exchange_import``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from docpipe.errors import NotReady, UnknownName, UsageError
from docpipe.exports.bilingual import RowComment
from docpipe.exports.bilingual_marks import Sheet
from docpipe.model.batch import Batch, Document, State
from docpipe.model.finding import Disposition, Finding
from docpipe.model.inline import to_wire
from docpipe.model.segment import SegmentId
from docpipe.steps import package
from docpipe.steps.house import House
from docpipe.store import batches, comments, documents, findings, grid, grid_risk, units


class Form(StrEnum):
    """The formats of bilingual files."""

    XLIFF = "xliff"
    DOCX = "docx"
    XLSX = "xlsx"

    @property
    def suffix(self) -> str:
        """What is put after the document's own name."""
        return ".xlf" if self is Form.XLIFF else f".bilingual.{self.value}"

    @property
    def media_type(self) -> str:
        """For downloads."""
        office = "application/vnd.openxmlformats-officedocument."
        return {
            Form.XLIFF: "application/xliff+xml",
            Form.DOCX: office + "wordprocessingml.document",
            Form.XLSX: office + "spreadsheetml.sheet",
        }[self]


def form_of(name: str) -> Form:
    """The format of this name. Raises ``UsageError``."""
    try:
        return Form(name.lower())
    except ValueError:
        raise UsageError("The format is xliff, docx or xlsx.", format=name[:20]) from None


def bilingual_bytes(house: House, batch: Batch, document: Document, form: Form) -> bytes:
    """A document's rows as a bilingual file. Raises ``NotReady`` before the document has rows."""
    if not document.extraction:
        raise NotReady(f"{document.path} has no rows yet.", document=document.id)
    if form is Form.XLIFF:
        return package.bilingual(house, batch, document)
    made = sheet(house, batch, document)
    if form is Form.DOCX:
        from docpipe.exports.bilingual_docx import write_bilingual_docx

        return write_bilingual_docx(made)
    from docpipe.exports.bilingual_xlsx import write_bilingual_xlsx

    return write_bilingual_xlsx(made)


def sheet(house: House, batch: Batch, document: Document) -> Sheet:
    """All that a bilingual DOCX or XLSX of a document is made of: rows, open findings, comments not yet resolved."""
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        stored = findings.listing(session, document.id, disposition=Disposition.OPEN)
        said = comments.listing(session, document.id)
    open_findings: dict[SegmentId, list[Finding]] = {}
    for f in stored:
        if f.segment:
            open_findings.setdefault(SegmentId(f.segment), []).append(f.finding)
    open_comments: dict[SegmentId, list[RowComment]] = {}
    for c in said:
        if c.resolved_at is None:
            at = c.at.strftime("%Y-%m-%dT%H:%M:%SZ")
            open_comments.setdefault(SegmentId(c.segment), []).append(RowComment(c.user, c.text, at))
    return Sheet(
        document, batch.id, batch.recipe.source_language, batch.recipe.target_language, segments, current,
        open_findings, open_comments, package.face_of_batch(batch),
    )  # fmt: skip


def _chosen(house: House, batch_id: str, only: str) -> tuple[Batch, list[Document]]:
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
    return batch, [d for d in found if d.extraction and (not only or only in (d.id, d.path))]


def export_bilingual(
    house: House, batch_id: str, folder: Path, form: Form = Form.XLIFF, only: str = ""
) -> Iterator[Path]:
    """Writes the batch's documents that have rows (or the one named) into a folder, under their own names."""
    batch, found = _chosen(house, batch_id, only)
    for document in found:
        path = folder / f"{document.path}{form.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bilingual_bytes(house, batch, document, form))
        yield path


def bilingual_archive(house: House, batch_id: str, form: Form) -> bytes:
    """The bilingual files of a batch in one ZIP archive. Raises ``NotReady`` where no document has rows."""
    batch, found = _chosen(house, batch_id, "")
    if not found:
        raise NotReady("No document of the batch has rows yet.", batch=batch_id)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for document in found:
            entry = zipfile.ZipInfo(f"{document.path}{form.suffix}")
            packed = zipfile.ZIP_DEFLATED if form is Form.XLIFF else zipfile.ZIP_STORED
            archive.writestr(entry, bilingual_bytes(house, batch, document, form), packed)
    return out.getvalue()


def rows(
    house: House, document: Document, statuses: set[str] | None = None, *, risk: bool = False
) -> Iterator[dict[str, object]]:
    """The rows of a document for a person at the command line, in its order, or with ``risk`` the riskiest first."""
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        if risk:
            view = grid.View((document.id,), batches.get(session, document.batch).recipe.gate)
            segments = [segments[place] for _, place in grid_risk.ordered(session, view, grid.Filter())]
    for s in segments:
        unit = current[s.id]
        if statuses is not None and unit.status.value not in statuses:
            continue
        yield {
            "document": document.id, "segment": s.id, "kind": s.kind.value, "status": unit.status.value,
            "origin": unit.origin.kind.value, "revision": unit.revision, "needs_person": unit.needs_person,
            "source": s.wire, "target": to_wire(unit.target), "editor": unit.editor, "approver": unit.approver,
        }  # fmt: skip


def every_document(house: House, batch_id: str, only: str = "") -> list[Document]:
    """Documents of a batch: all, or the one with this id or relative name. Raises ``UnknownName``."""
    with house.store.read() as session:
        found = documents.of_batch(session, batch_id)
    named = [d for d in found if not only or only in (d.id, d.path)]
    if not named:
        raise UnknownName(f"There is no document {only} in batch {batch_id}.", batch=batch_id)
    return named


def chosen_documents(house: House, batch_id: str, only: str = "") -> list[Document]:
    """Documents of a batch that people decide about: all of them, or the one that is named. Raises ``UnknownName``."""
    found = every_document(house, batch_id, only)
    return found if only else [d for d in found if d.state in (State.WAITING, State.RELEASING)]
