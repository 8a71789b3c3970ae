"""Translations of drafted documents: which batches translate a version of a draft, and how they follow it. Imports store.

A translation is known by the digest of what it translates: the very bytes of a drafted document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from docpipe import __version__
from docpipe.errors import NotReady
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest
from docpipe.steps import assets
from docpipe.steps.admit import take_in
from docpipe.steps.collect import Submitted
from docpipe.steps.follow import follows
from docpipe.steps.house import House
from docpipe.store import audit, batches, documents

_DONE = (State.RELEASED, State.DRAFT)


@dataclass(frozen=True, slots=True)
class Translation:
    """A document that translates a draft. ``of``: the drafting batch; ``file``: of the draft; ``newest``: whether that is the newest version asked about."""

    batch: Batch
    document: Document
    of: str
    file: str
    newest: bool

    @property
    def pair(self) -> tuple[str, str, str]:
        """Draft and languages: what one translation takes another's place by."""
        return (self.file, self.batch.recipe.source_language, self.batch.recipe.target_language)


def versions(house: House, batch_id: str) -> list[str]:
    """A drafting batch and those that it follows, newest first."""
    found = [batch_id]
    with house.store.read() as session:
        while (before := follows(batches.get(session, found[-1]).recipe)) and before not in found:
            found.append(before)
    return found


def translations(house: House, batch_id: str) -> list[Translation]:
    """Every translation of a batch's drafts or of a version that it follows, the newest first. Raises ``UnknownName``."""
    chain = versions(house, batch_id)
    with house.store.read() as session:
        drafts: dict[Digest, tuple[str, str]] = {}
        for name in reversed(chain):
            drafts |= {Digest(d.output): (name, d.path) for d in documents.of_batch(session, name) if d.output}
        found = documents.of_bytes(session, list(drafts))
        held = {d.batch: batches.get(session, d.batch) for d in found}
    made = [
        Translation(held[d.batch], d, *drafts[d.sha256], drafts[d.sha256][0] == chain[0])
        for d in found
        if not held[d.batch].recipe.drafts and d.state not in (State.REFUSED, State.CANCELLED)
    ]
    return sorted(made, key=lambda t: (t.batch.created, t.batch.id), reverse=True)


def stale(house: House, batch_id: str) -> list[Translation]:
    """Of each draft and pair of languages the newest translation, where it translates an earlier version than this batch's."""
    newest: dict[tuple[str, str, str], Translation] = {}
    for one in translations(house, batch_id):
        known = newest.get(one.pair)
        if known is None or (one.newest and not known.newest):
            newest[one.pair] = one
    return [t for t in newest.values() if not t.newest]


def follow_translations(house: House, batch_id: str, *, actor: str) -> list[Batch]:
    """Starts a batch for each stale translation, with the former one as its previous version; raises ``NotReady`` before the drafts are done.

    Translations that are not released yet are left as they are: ``stale`` still names them.
    """
    with house.store.read() as session:
        found = {d.path: d for d in documents.of_batch(session, batch_id)}
    ready = {p: d for p, d in found.items() if d.output and d.state in _DONE}
    if not ready:
        raise NotReady("The new version has no released document yet.", batch=batch_id)
    several: dict[str, list[Translation]] = {}
    for one in stale(house, batch_id):
        if one.document.output and one.document.state in _DONE and one.file in ready:
            several.setdefault(one.batch.id, []).append(one)
    return [_followed(house, group, ready, actor) for group in several.values()]


def _followed(house: House, group: list[Translation], ready: Mapping[str, Document], actor: str) -> Batch:
    before = group[0].batch
    sides: list[tuple[str, Digest]] = []
    for t in group:
        sides.append((f"source/{t.document.path}", t.document.sha256))
        sides.append((f"target/{t.document.path}", Digest(t.document.output)))
    kept = tuple(a for a in before.recipe.assets if a.kind != assets.PREVIOUS)
    recipe = replace(
        before.recipe, assets=(*kept, assets.previous_from(house, before.id, sides)), software=f"docpipe {__version__}"
    )
    get = house.store.blobs.get
    files = [Submitted(t.document.path, get(Digest(ready[t.file].output))) for t in group]
    batch = take_in(house, files, recipe, actor=actor, name=before.name)
    with house.store.write() as session:
        audit.append(session, batch.id, actor, "batch.follows", batch.id, old=before.id, new=ready[group[0].file].batch)
    return batch
