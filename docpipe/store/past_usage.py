"""What a model's calls used in this installation so far, by purpose: the measure for what comes. Imports the store's tables only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docpipe.model.chunk import Usage
from docpipe.store.tables import llm_calls

__all__ = ["Past", "past_usage"]

_APART = {"review/alignment": "alignment", "review/back_translation": "back-translation"}
"""Prompts whose calls share the purpose of second looks, but are another kind of request."""


@dataclass(frozen=True, slots=True)
class Past:
    """Received calls of a purpose and their tokens."""

    calls: int = 0
    usage: Usage = field(default_factory=Usage)

    def __add__(self, other: Past) -> Past:
        return Past(self.calls + other.calls, self.usage + other.usage)


def past_usage(s: Session, provider: str, models: Collection[str]) -> dict[str, Past]:
    """By purpose (first, re-ask, second-look, alignment, back-translation, brief), over every batch."""
    c = llm_calls.c
    query = select(
        c.purpose,
        c.prompt,
        func.count(),
        func.sum(c.input_tokens),
        func.sum(c.cached_tokens),
        func.sum(c.output_tokens),
    )
    rows = s.execute(
        query.where(c.provider == provider, c.model.in_(list(models)), c.state == "received").group_by(
            c.purpose, c.prompt
        )
    ).all()
    found: dict[str, Past] = {}
    for purpose, prompt, n, i, k, o in rows:
        name = _APART.get(str(prompt).partition(".v")[0], str(purpose))
        found[name] = found.get(name, Past()) + Past(int(n), Usage(int(i or 0), int(k or 0), int(o or 0)))
    return found
