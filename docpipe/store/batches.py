"""Batches. Takes a Session and core types, gives core types; imports model, errors and the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import UnknownName
from docpipe.model.batch import Batch, State
from docpipe.model.canonical import plain
from docpipe.model.codec import load_recipe
from docpipe.model.recipe import Recipe
from docpipe.store.rows import found
from docpipe.store.tables import batches


def add(s: Session, batch: Batch) -> None:
    """Writes a new batch."""
    s.execute(
        insert(batches).values(
            id=batch.id,
            recipe=plain(batch.recipe),
            state=batch.state.value,
            created=batch.created,
            submitter=batch.submitter,
            name=batch.name,
            out=batch.out,
        )
    )


def _batch(row: Row[Any]) -> Batch:
    return Batch(row.id, load_recipe(row.recipe), State(row.state), row.created, row.submitter, row.name, row.out)


def get(s: Session, batch_id: str) -> Batch:
    """The batch with this very id. Raises ``UnknownName``."""
    return _batch(found(s.execute(select(batches).where(batches.c.id == batch_id)).first(), "batch", batch_id))


def set_state(s: Session, batch_id: str, state: State) -> None:
    """Moves the batch to a state. Raises ``UnknownName``."""
    if not s.execute(  # type: ignore[attr-defined]
        update(batches).where(batches.c.id == batch_id).values(state=state.value)
    ).rowcount:
        found(None, "batch", batch_id)


def set_out(s: Session, batch_id: str, out: str) -> None:
    """Says where the batch's results go. Raises ``UnknownName``."""
    get(s, batch_id)
    s.execute(update(batches).where(batches.c.id == batch_id).values(out=out))


def set_recipe(s: Session, batch_id: str, recipe: Recipe) -> None:
    """Replaces the recipe (its spending limit is the one thing that may change). Raises ``UnknownName``."""
    get(s, batch_id)
    s.execute(update(batches).where(batches.c.id == batch_id).values(recipe=plain(recipe)))


def listing(s: Session) -> list[Batch]:
    """Every batch, oldest first."""
    return [_batch(row) for row in s.execute(select(batches).order_by(batches.c.created, batches.c.id))]


def find(s: Session, text: str = "") -> Batch:
    """What a person means: the id, the only one beginning with the text, the newest of that name; "" or ``latest``: the newest.

    Raises ``UnknownName`` if there is none or more than one.
    """
    if text in ("", "latest"):
        newest = select(batches).order_by(batches.c.created.desc(), batches.c.id.desc()).limit(1)
        return _batch(found(s.execute(newest).first(), "batch", "latest"))
    exact = s.execute(select(batches).where(batches.c.id == text)).first()
    if exact is not None:
        return _batch(exact)
    starting = s.execute(select(batches).where(batches.c.id.startswith(text, autoescape=True)).limit(2)).all()
    if len(starting) > 1:
        raise UnknownName("More than one batch begins so: give more of its id.", name=text[:200])
    if starting:
        return _batch(starting[0])
    named = select(batches).where(batches.c.name == text).order_by(batches.c.created.desc()).limit(1)
    return _batch(found(s.execute(named).first(), "batch", text))
