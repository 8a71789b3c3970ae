"""Bilingual files out and in: what goes to a reviewer's own tool and what comes back. Imports exports and store.

An import takes the rows that fit and refuses the others by name: stale ones, broken ones, unknown ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docpipe.accounts.roles import User
from docpipe.errors import AssetMalformed, InputMissing, StaleRow, UnknownName
from docpipe.exports.xliff import BilingualFile, RowRefusal, check_rows, read_xliff_files
from docpipe.model.batch import Document, State
from docpipe.model.inline import to_wire
from docpipe.steps import decide, package
from docpipe.steps.house import House
from docpipe.store import batches, documents, units


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one document's rows: taken, unchanged, and refused with reasons."""

    document: str
    file: str
    taken: int
    unchanged: int
    refused: tuple[RowRefusal, ...]


def export_xliff(house: House, batch_id: str, folder: Path, only: str = "") -> list[Path]:
    """Writes the XLIFF of the batch's readable documents (or one) into a folder, under their own names."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = [d for d in documents.of_batch(session, batch_id) if d.extraction and (not only or d.id == only)]
    written = []
    for document in found:
        path = folder / f"{document.path}.xlf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(package.bilingual(house, batch, document))
        written.append(path)
    return written


def _document(house: House, file: BilingualFile, batch: str) -> Document:
    """The document that a file belongs to: by its id; or by the source's digest, in the batch that is named.

    Raises ``UnknownName``, ``StaleRow`` (another version of the document).
    """
    with house.store.read() as session:
        if batch:
            for document in documents.of_batch(session, batch):
                if file.document_sha256 and document.sha256 == file.document_sha256:
                    return document
            raise UnknownName(f"{file.original or 'The file'} is of no document of batch {batch}.", batch=batch)
        if not file.document:
            raise AssetMalformed("The XLIFF does not say which document it belongs to: give --batch.")
        document = documents.get(session, file.document)
    if document.sha256 != file.document_sha256:
        raise StaleRow(f"{document.path} was exported from another version of the document.", document=document.id)
    return document


def import_xliff(house: House, paths: list[Path], user: User, reason: str, batch: str = "") -> Iterator[Imported]:
    """Takes a person's edits. ``batch``: the batch they are for, where the file was exported from another batch of the
    same documents. Raises ``InputMissing``, ``AssetMalformed``, ``UnknownName``, ``StaleRow``, ``RoleMissing``."""
    for path in paths:
        if not path.is_file():
            raise InputMissing(f"There is no file {path}.", path=str(path))
        for file in read_xliff_files(path.read_bytes()):
            document = _document(house, file, batch)
            with house.store.read() as session:
                segments = units.segments(session, document.id)
                current = units.units(session, document.id)
            accepted, refused = check_rows(file, segments, current)
            outcome = decide.edit(house, document.id, dict(accepted), user, reason) if accepted else decide.Outcome()
            refusals = [*refused, *(RowRefusal(s, e.code, e.message) for s, e in outcome.refused.items())]
            yield Imported(
                document.id,
                document.path,
                len(outcome.changed),
                len(file.rows) - len(accepted) - len(refused),
                tuple(refusals),
            )


def rows(house: House, document: Document, statuses: set[str] | None = None) -> Iterator[dict[str, object]]:
    """The rows of a document for a person at the command line."""
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
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
