"""A person's first approval of a row with a term of the package locks the term as that row renders it. Imports memory and store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from docpipe.memory.termbase import Termbase
from docpipe.model.batch import Batch
from docpipe.model.canonical import digest_of
from docpipe.model.segment import SegmentId
from docpipe.model.terms import Term, TermStatus
from docpipe.steps.terms import stands
from docpipe.store import audit, package_terms
from docpipe.store.audit import Entry
from docpipe.store.package_terms import LOCKED, PackageTerm

__all__ = ["entry_of", "learn"]


def learn(
    s: Any, batch: Batch, document: str, rows: Collection[SegmentId], user: str, at: datetime
) -> list[PackageTerm]:
    """Locks what approved rows show, in the caller's transaction, one audit event each; the terms locked.

    A row that is nothing but the term locks it with its whole target, another row with the known rendering that it has.
    """
    open_ = {t.source: t for t in package_terms.of_batch(s, batch.id) if t.state != LOCKED} if rows else {}
    if not open_:
        return []
    lookup = Termbase((Term(n, n, n, TermStatus.ALLOWED) for n in open_), batch.recipe.source_language)
    made: list[PackageTerm] = []
    texts = package_terms.texts(s, document, rows)
    for row in rows:
        source, target = texts.get(row, ("", ""))
        for name in dict.fromkeys(hit.source for hit in lookup.hits(source)):
            term = open_.get(name)
            rendering = _shown(term, source, target, batch.recipe.target_language) if term is not None else ""
            if term is None or not rendering:
                continue
            del open_[name]
            made.append(replace(term, target=rendering, state=LOCKED, document=document, segment=row, user=user))
    made = [term for term in made if package_terms.bind(s, batch.id, term, at)]
    if made:
        audit.append_all(s, batch.id, [entry_of(batch.id, t, user, "first approval") for t in made], at)
    return made


def _shown(term: PackageTerm, source: str, target: str, language: str) -> str:
    whole = source.strip(" .:：。").casefold() == term.source.casefold()
    if whole:
        return target.strip(" .:：。")
    # The longest, for a shorter one may be a part of it.
    return next((t for t in sorted(term.targets, key=len, reverse=True) if stands(t, target, language)), "")


def entry_of(batch: str, term: PackageTerm, user: str, reason: str) -> Entry:
    """The trail's entry of a lock, or of its end: the term by digest, for the trail holds no text of documents."""
    name = digest_of(term.source)[:16]
    where = f"{term.document}/{term.segment}" if term.segment else ""
    action = "term.locked" if term.state == LOCKED else "term.unlocked"
    return Entry(user, action, f"{batch}/term:{name}", where, digest_of(term.target), reason)
