"""The next version of a drafting batch from changed sources: a batch that follows it, or only the list of what would change. Imports writing and store.

Types, parts, house template and plan file are those of the former batch, so that what differs comes from the sources alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docpipe import __version__
from docpipe.accounts.roles import Action, User, require
from docpipe.errors import InputMissing, NothingReadable, NotReady
from docpipe.model.batch import Batch, Document, State
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.safe.names import display
from docpipe.steps import draft_orders as orders
from docpipe.steps.change_list import Side, compared, former_side
from docpipe.steps.follow import former, freeze
from docpipe.steps.house import House
from docpipe.steps.progress import Progress, report
from docpipe.steps.read_sources import notices_of, read_all
from docpipe.steps.submissions import Upload
from docpipe.steps.uploaded import laid_out
from docpipe.store import audit, batches, documents
from docpipe.writing.card import card_of
from docpipe.writing.changes.rows import Version
from docpipe.writing.plan import make_plan
from docpipe.writing.study import build

_SOURCES = (orders.SOURCE, orders.LEFT_OUT)
_KEPT = (orders.TYPE, orders.PART, orders.TEMPLATE, orders.PLAN)


def recipe_after(house: House, batch: Batch, sources: Sequence[AssetRef], *, partial: bool = False) -> Recipe:
    """The recipe of the batch that follows. ``partial``: the sources given replace those of the same name and join the others.

    Raises ``UsageError`` for a batch that translates, ``NotReady`` for one that has no plan yet.
    """
    kept = [a for a in batch.recipe.assets if a.kind in _KEPT]
    given = {a.name: a for a in sources}
    if partial:
        given = {a.name: a for a in batch.recipe.assets if a.kind in _SOURCES} | given
    assets = (*kept, freeze(house, batch), *given.values())
    return replace(batch.recipe, assets=assets, software=f"docpipe {__version__}")


def follow(house: House, batch_id: str, sources: Iterable[Path], *, actor: str, name: str = "", out: str = "", partial: bool = False) -> Batch:  # fmt: skip
    """Takes in the batch that follows another, with the new sources. Raises as ``recipe_after``, and what sources raise."""
    with house.store.read() as session:
        before = batches.get(session, batch_id)
    return _taken_in(house, before, orders.take_sources(house, sources), actor, name, out, partial)


def follow_uploaded(house: House, user: User, batch_id: str, uploads: Iterable[Upload], *, name: str = "", partial: bool = False) -> Batch:  # fmt: skip
    """The same with uploaded files. Raises ``RoleMissing``, ``InputMissing``, and what an upload's arrival raised."""
    require(user.roles, Action.SUBMIT)
    with house.store.read() as session:
        before = batches.get(session, batch_id)
    with tempfile.TemporaryDirectory(prefix="docpipe-change-", dir=house.settings.home) as place:
        root = Path(place) / "sources"
        laid_out(uploads, root)
        if not any(root.iterdir()):
            raise InputMissing("Choose the files of the new version.")
        taken = orders.take_sources(house, [root])
    return _taken_in(house, before, taken, user.name, display(name)[:200], "", partial)


def _taken_in(
    house: House, before: Batch, sources: Sequence[AssetRef], actor: str, name: str, out: str, partial: bool
) -> Batch:
    recipe = recipe_after(house, before, sources, partial=partial)
    kinds = [orders.type_of(house, recipe, a.name) for a in recipe.assets if a.kind == orders.TYPE]
    batch = orders.take_in_draft(house, recipe, kinds, actor=actor, name=name or before.name, out=out)
    frozen = next(a.sha256 for a in recipe.assets if a.kind == orders.FOLLOWS)
    with house.store.write() as session:
        audit.append(session, batch.id, actor, "batch.follows", batch.id, old=before.id, new=frozen)
    return batch


def look_ahead(house: House, batch_id: str, sources: Iterable[Path], *, partial: bool = False) -> dict[str, Any]:
    """The list of what would change, without a batch: nothing is drafted, nothing is kept but the bytes of the sources.

    Raises as ``follow``, and ``NothingReadable``.
    """
    with house.store.read() as session:
        before = batches.get(session, batch_id)
        found = [d for d in documents.of_batch(session, batch_id) if d.extraction]
    recipe = recipe_after(house, before, orders.take_sources(house, sources), partial=partial)
    frozen = former(house, recipe)
    if frozen is None:
        raise NotReady(f"Batch {batch_id} cannot be followed.", batch=batch_id)
    told = compared(former_side(house, frozen), _side(house, recipe, found), frozen)
    return {"batch": "", "follows": before.id, **told}


def _side(house: House, recipe: Recipe, found: Sequence[Document]) -> Side:
    """The study of a recipe's sources and its plans, in memory."""
    taken = read_all(house, recipe, lambda n, total: report(Progress("", "", "read sources", n, total)))
    sources = [s for t in taken for s in t.sources]
    if not sources:
        raise NothingReadable("None of the sources can be read.", files=len(taken))
    study = build(sources, notices_of(taken))
    passages = card_of(study, recipe.blinded).passages
    store = study.store
    plans: dict[str, Version] = {}
    for document in found:
        if document.state in (State.REFUSED, State.CANCELLED):
            continue
        plan, book = make_plan(orders.type_of(house, recipe, document.format), study, recipe.proposes)
        store = store.with_facts(book.made.values())
        plans[document.path] = Version(plan, book.facts(), passages)
    titles = {d.number: d.title for d in study.displays if d.number}
    return Side(study.id, study.version, store, titles, passages, {t.asset.sha256: t.asset.name for t in taken}, plans)
