"""Documents of a batch. Takes a Session and core types, gives core types; imports model, errors and the tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from docpipe.errors import Defect
from docpipe.model.batch import Document, State
from docpipe.model.canonical import Digest, plain
from docpipe.model.codec import load_coverage
from docpipe.store.rows import found, slices
from docpipe.store.tables import documents

MUTABLE = frozenset(
    (
        "state",
        "format",
        "pages",
        "stage",
        "extraction",
        "output",
        "output_path",
        "error_code",
        "error_message",
        "coverage",
    )
)
"""Fields that may change after admission; what was handed in may not."""


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "state" in values:
        values["state"] = State(values["state"]).value
    if "coverage" in values:
        values["coverage"] = plain(values["coverage"])
    return values


def add(s: Session, document: Document) -> None:
    """Writes a new document."""
    s.execute(insert(documents).values(_values({name: getattr(document, name) for name in documents.c.keys()})))  # noqa: SIM118


def _document(row: Row[Any]) -> Document:
    fields = dict(row._mapping)
    fields["state"] = State(fields["state"])
    fields["sha256"] = Digest(fields["sha256"])
    fields["coverage"] = None if fields["coverage"] is None else load_coverage(fields["coverage"])
    return Document(**fields)


def get(s: Session, document_id: str) -> Document:
    """The document with this id. Raises ``UnknownName``."""
    row = s.execute(select(documents).where(documents.c.id == document_id)).first()
    return _document(found(row, "document", document_id))


def locked(s: Session, document_id: str) -> Document:
    """The same, held until the transaction ends: one person's change of a document at a time. Raises ``UnknownName``."""
    query = select(documents).where(documents.c.id == document_id).with_for_update(key_share=True)
    return _document(found(s.execute(query).first(), "document", document_id))


def of_batch(s: Session, batch_id: str) -> list[Document]:
    """The batch's documents, ordered by path."""
    rows = s.execute(select(documents).where(documents.c.batch == batch_id))
    return sorted((_document(row) for row in rows), key=lambda d: (d.path, d.id))


def of_bytes(s: Session, digests: Collection[Digest]) -> list[Document]:
    """Documents of any batch that were handed in as one of these bytes, ordered by id."""
    found_: list[Document] = []
    for part in slices(sorted(digests)):
        found_ += map(
            _document, s.execute(select(documents).where(documents.c.sha256.in_(part)).order_by(documents.c.id))
        )
    return found_


def with_output(s: Session, digest: str) -> list[Document]:
    """Documents of any batch whose assembled file has these bytes, ordered by id."""
    return [
        _document(row)
        for row in s.execute(select(documents).where(documents.c.output == digest).order_by(documents.c.id))
    ]


def any_failed(s: Session, batch_id: str, code: str) -> bool:
    """Whether a document of the batch failed with this error code."""
    query = select(documents.c.id).where(
        documents.c.batch == batch_id, documents.c.state == State.FAILED.value, documents.c.error_code == code
    )
    return s.execute(query.limit(1)).first() is not None


def update(s: Session, document_id: str, **fields: Any) -> None:
    """Changes some of the ``MUTABLE`` fields. Raises ``UnknownName``; another field is a ``Defect``."""
    if wrong := fields.keys() - MUTABLE:
        raise Defect("A field of a document that never changes was to be changed.", fields=", ".join(sorted(wrong)))
    change = sql_update(documents).where(documents.c.id == document_id).values(_values(fields))
    if fields and not s.execute(change).rowcount:  # type: ignore[attr-defined]
        found(None, "document", document_id)


def set_state(s: Session, document_id: str, state: State) -> None:
    """Moves the document to a state. Raises ``UnknownName``."""
    update(s, document_id, state=state)
