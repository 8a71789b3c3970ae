"""How a batch's model calls divide: by purpose, by model, by delivery, and what models stood in. Imports the tables.

Figures for people and reports; money and tokens in all are ``docpipe.store.calls``'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from docpipe.store.engine_tables import provider_job_calls
from docpipe.store.tables import llm_calls

__all__ = ["Divided", "divided"]


@dataclass(frozen=True, slots=True)
class Divided:
    """Received calls. ``fallback``: answered by another model of the chain than the first; ``overnight``: in an overnight job."""

    by_purpose: Mapping[str, int] = field(default_factory=dict)
    by_model: Mapping[str, int] = field(default_factory=dict)
    fallback: int = 0
    overnight: int = 0


def divided(s: Session, batch: str) -> Divided:
    """The batch's received calls by what they were for and who answered."""
    c = llm_calls.c
    # Links of a chain other than the first are named "provider/NAME" in their requests.
    stood_in = case((c.provider.contains("/"), 1), else_=0)
    query = (
        select(c.purpose, c.model, stood_in.label("stood_in"), func.count().label("n"), func.count(provider_job_calls.c.call).label("night"))
        .join_from(llm_calls, provider_job_calls, provider_job_calls.c.call == c.id, isouter=True)
        .where(c.batch == batch, c.state == "received")
        .group_by(c.purpose, c.model, "stood_in")
    )  # fmt: skip
    purposes: dict[str, int] = {}
    models: dict[str, int] = {}
    fallback = overnight = 0
    for row in s.execute(query):
        purposes[row.purpose] = purposes.get(row.purpose, 0) + int(row.n)
        models[row.model] = models.get(row.model, 0) + int(row.n)
        fallback += int(row.n) if row.stood_in else 0
        overnight += int(row.night)
    return Divided(dict(sorted(purposes.items())), dict(sorted(models.items())), fallback, overnight)
