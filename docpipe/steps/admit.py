"""Admit: bytes are hashed and kept, sniffed by content; batch, documents and audit events in one transaction. Imports safe and store.

A file that cannot be taken in becomes a refused document with its code; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docpipe.errors import DocpipeError, InputMissing
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import digest_bytes, digest_of
from docpipe.model.recipe import Recipe
from docpipe.registry import format_for
from docpipe.safe.sniff import sniff
from docpipe.steps.collect import Submitted, collect
from docpipe.steps.house import House, new_batch_id, record
from docpipe.steps.progress import Progress, report
from docpipe.store import audit, batches, documents


def document_id(batch: str, path: str) -> str:
    """``D`` and ten hex digits of the digest of batch and relative name."""
    return "D" + digest_of([batch, path])[:10]


def _document(house: House, batch: str, given: Submitted) -> Document:
    """Keeps the bytes and says what they are, or why they are refused."""
    error = given.error
    media_type = name = ""
    if error is None:
        try:
            media_type = sniff(given.data, given.path)
            name = format_for(media_type).name
        except DocpipeError as refusal:
            error = refusal
    digest = house.store.blobs.put(given.data) if given.data else digest_bytes(b"")
    return Document(
        id=document_id(batch, given.path),
        batch=batch,
        path=given.path,
        media_type=media_type,
        sha256=digest,
        size=len(given.data),
        state=State.REFUSED if error else State.ADMITTED,
        format=name,
        error_code=error.code if error else "",
        error_message=error.message if error else "",
    )


def admit(house: House, paths: Iterable[Path], recipe: Recipe, *, actor: str, name: str = "", out: str = "") -> Batch:
    """Takes a submission in. Raises ``InputMissing`` (nothing there), ``SameNameTwice``, ``DiskFull``."""
    now = house.now()
    batch = Batch(new_batch_id(now), recipe, State.ADMITTED, now, actor, name, out)
    found: list[Document] = []
    for given in collect(paths):
        found.append(_document(house, batch.id, given))
        report(Progress(batch.id, "", "admit", len(found), len(found)))
    if not found:
        raise InputMissing("There is no file to translate under the paths given.")
    with house.store.write() as session:
        batches.add(session, batch)
        for document in found:
            documents.add(session, document)
        audit.append(session, batch.id, actor, "batch.admitted", batch.id, new=recipe.digest, at=now)
        for document in found:
            action = "document.refused" if document.state is State.REFUSED else "document.admitted"
            audit.append(
                session, batch.id, actor, action, document.id, new=document.sha256, reason=document.error_code, at=now
            )
    record("batch.admitted", batch=batch.id, documents=len(found), refused=sum(d.state is State.REFUSED for d in found))
    return batch
