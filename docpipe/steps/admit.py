"""Admit: bytes are hashed and kept, sniffed by content; batch, documents and audit events in one transaction. Imports safe and store.

A file that cannot be taken in becomes a refused document with its code; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

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


def judged(given: Submitted) -> tuple[str, str, DocpipeError | None]:
    """Media type and format of a file by its content, and the error that keeps it out, if one does."""
    if given.error is not None:
        return "", "", given.error
    media_type = ""
    try:
        media_type = sniff(given.data, given.path)
        return media_type, format_for(media_type).name, None
    except DocpipeError as refusal:
        return media_type, "", refusal


def _document(house: House, batch: str, given: Submitted) -> Document:
    """Keeps the bytes and says what they are, or why they are refused."""
    media_type, name, error = judged(given)
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
    """Takes in what lies under paths: see ``take_in``. Raises ``InputMissing``, ``SameNameTwice``, ``DiskFull``."""
    return take_in(house, collect(paths), recipe, actor=actor, name=name, out=out)


def take_in(
    house: House,
    files: Iterable[Submitted],
    recipe: Recipe,
    *,
    actor: str,
    name: str = "",
    out: str = "",
    within: Callable[[Any, Batch], None] = lambda session, batch: None,
) -> Batch:
    """Takes a submission in. ``within``: called in the transaction that writes the batch; what it raises undoes it all.

    Raises ``InputMissing`` (no file at all), ``SameNameTwice``, ``DiskFull``.
    """
    now = house.now()
    batch = Batch(new_batch_id(now), recipe, State.ADMITTED, now, actor, name, out)
    found: list[Document] = []
    for given in files:
        found.append(_document(house, batch.id, given))
        report(Progress(batch.id, "", "admit", len(found), len(found)))
    if not found:
        raise InputMissing("There is no file to translate.")
    with house.store.write() as session:
        batches.add(session, batch)
        within(session, batch)
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
