"""What a model's calls used in this installation so far, by purpose: the measure for what comes. Imports the store's tables only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docpipe.model.chunk import Usage
from docpipe.store.tables import llm_calls

__all__ = ["Past", "past_usage"]


@dataclass(frozen=True, slots=True)
class Past:
    """Received calls of a purpose and their tokens."""

    calls: int
    usage: Usage


def past_usage(s: Session, provider: str, model: str) -> dict[str, Past]:
    """By purpose (first, re-ask, second-look, brief), over every batch."""
    c = llm_calls.c
    query = select(
        c.purpose, func.count(), func.sum(c.input_tokens), func.sum(c.cached_tokens), func.sum(c.output_tokens)
    )
    rows = s.execute(
        query.where(c.provider == provider, c.model == model, c.state == "received").group_by(c.purpose)
    ).all()
    return {str(p): Past(int(n), Usage(int(i or 0), int(k or 0), int(o or 0))) for p, n, i, k, o in rows}
