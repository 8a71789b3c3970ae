"""What a second look said of rows, bound to the texts that were looked at. Imports the tables.

A row is looked at again only when its texts have changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from docpipe.store.engine_tables import second_looks
from docpipe.store.rows import slices
from docpipe.store.tables import llm_calls

_c = second_looks.c


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A look at one row. ``digest``: of source, target and prompt; ``state``: fine | errors | unread; ``errors``: rows of the reply."""

    segment: str
    revision: int
    digest: str
    risk: float
    reasons: Sequence[str]
    state: str
    errors: Sequence[dict[str, str]]
    prompt: str
    model: str
    spend_key: str
    back_translation: str = ""
    at: datetime | None = None


def save(s: Session, document_id: str, looks: Iterable[SecondLook], at: datetime) -> None:
    """Stores looks in the place of earlier ones at the same rows."""
    rows = [
        {
            "document": document_id, "segment": x.segment, "revision": x.revision, "digest": x.digest, "risk": x.risk,
            "reasons": list(x.reasons), "state": x.state, "errors": list(x.errors),
            "back_translation": x.back_translation, "prompt": x.prompt, "model": x.model, "spend_key": x.spend_key, "at": at,
        }
        for x in looks
    ]  # fmt: skip
    for part in slices([r["segment"] for r in rows]):
        s.execute(delete(second_looks).where(_c.document == document_id, _c.segment.in_(part)))
    if rows:
        s.execute(insert(second_looks), rows)


def of_rows(s: Session, segments: Sequence[str]) -> dict[str, SecondLook]:
    """The looks at some rows, by segment."""
    found: dict[str, SecondLook] = {}
    for part in slices(list(segments)):
        for row in s.execute(select(second_looks).where(_c.segment.in_(part))):
            found[row.segment] = _look(row)
    return found


def of_document(s: Session, document_id: str) -> dict[str, SecondLook]:
    """Every look at a document's rows, by segment."""
    return {r.segment: _look(r) for r in s.execute(select(second_looks).where(_c.document == document_id))}


def asked_again(s: Session, document_id: str) -> frozenset[str]:
    """Spend keys of the document's calls that asked again for what was refused."""
    query = select(llm_calls.c.spend_key).where(llm_calls.c.document == document_id, llm_calls.c.purpose == "re-ask")
    return frozenset(s.execute(query).scalars())


def _look(r: Row[Any]) -> SecondLook:
    return SecondLook(
        r.segment, r.revision, r.digest, r.risk, r.reasons, r.state, r.errors, r.prompt, r.model, r.spend_key,
        r.back_translation, r.at,
    )  # fmt: skip
