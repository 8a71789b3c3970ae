"""What calls were paid under which prompt, and which documents were translated before. Reading only. Imports the store's tables only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from docpipe.store.rows import slices
from docpipe.store.tables import documents, llm_calls

__all__ = ["PromptUse", "of_batch", "of_documents", "with_digests"]


@dataclass(frozen=True, slots=True)
class PromptUse:
    """Received calls under a prompt (``id.vN``), their tokens in and out, and their cost."""

    prompt: str
    calls: int
    tokens: int
    cost: float


def of_batch(s: Session, batch_id: str) -> list[PromptUse]:
    """The prompts that a batch's calls were made under."""
    return _uses(s, llm_calls.c.batch == batch_id)


def of_documents(s: Session, ids: Collection[str]) -> list[PromptUse]:
    """The prompts that some documents' calls were made under; one line for each slice of them at most."""
    return [use for part in slices(list(ids)) for use in _uses(s, llm_calls.c.document.in_(part))]


def _uses(s: Session, which: ColumnElement[bool]) -> list[PromptUse]:
    c = llm_calls.c
    query = select(c.prompt, func.count(), func.sum(c.input_tokens + c.output_tokens), func.sum(c.cost))
    rows = s.execute(query.where(which, c.state == "received").group_by(c.prompt).order_by(c.prompt))
    return [PromptUse(str(p), int(n), int(t or 0), float(a or 0.0)) for p, n, t, a in rows]


def with_digests(s: Session, digests: Collection[str]) -> list[tuple[str, str, str]]:
    """SHA-256, id and batch of documents with these bytes, the ones admitted last first."""
    found: list[tuple[str, str, str]] = []
    for part in slices(list(digests)):
        query = select(documents.c.sha256, documents.c.id, documents.c.batch).where(documents.c.sha256.in_(part))
        found += [(r.sha256, r.id, r.batch) for r in s.execute(query.order_by(documents.c.batch.desc()))]
    return found
