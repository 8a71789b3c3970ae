"""Review effort: what the page reports of rows on the screen, and the measures that come of it. Imports store.

Active time is counted by the page while a row has the focus and the person moves; it never holds text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docpipe.accounts.roles import Action, User, allows, require
from docpipe.model.distance import normalised
from docpipe.steps.house import House
from docpipe.store import documents, efforts, units
from docpipe.store.efforts import Effort, Mark

MOST_MS = 10 * 60 * 1000
"""Of one report about one row: a page reports every few seconds, so more is a fault of its clock."""
MOST_KEYS = 100_000
ENOUGH_WORDS, ENOUGH_SECONDS = 200, 120.0
"""Less than this says nothing about people's pace."""

UNITS = {
    "rows_seen": "rows on the screen, once a person", "active_seconds": "s with the row in focus and the person moving",
    "words_per_hour": "source words of the rows seen per hour of active_seconds",
    "edit_distance": "changed words per word between the machine's first target and the row now, 0 to 1, mean over rows people decided about",
    "unchanged": "share of those rows whose text is the machine's", "keystrokes": "keys pressed in rows",
}  # fmt: skip


def report(house: House, document_id: str, user: User, marks: Sequence[Mark]) -> int:
    """Takes what a page reports; how many rows it named. Who only reads reviews nothing: then nothing is kept.

    Raises ``UnknownName``.
    """
    require(user.roles, Action.READ)
    if not any(allows(role, a) for role in user.roles for a in (Action.EDIT, Action.APPROVE, Action.REJECT)):
        return 0
    kept = [
        Mark(m.segment, min(max(0, m.active_ms), MOST_MS), min(max(0, m.keystrokes), MOST_KEYS), m.shown) for m in marks
    ]
    with house.store.write() as session:
        documents.get(session, document_id)
        efforts.mark(session, document_id, user.name, kept, house.now())
    return len(kept)


def figures(listed: Sequence[Effort]) -> dict[str, Any]:
    """Rows, time and pace of some effort."""
    seconds, words = sum(e.seconds for e in listed), sum(e.words for e in listed)
    return {
        "rows_seen": sum(e.rows for e in listed),
        "active_seconds": round(seconds, 1),
        "keystrokes": sum(e.keystrokes for e in listed),
        "words_per_hour": round(words / seconds * 3600) if seconds > 0 else 0,
    }


def review_block(house: House, *, batch_id: str = "", document_id: str = "") -> dict[str, Any]:
    """The measures of a batch's or a document's review, by person and together, with units. Raises ``UnknownName``."""
    with house.store.read() as session:
        if document_id:
            ids = [documents.get(session, document_id).id]
            listed = efforts.of_document(session, document_id)
        else:
            ids = [d.id for d in documents.of_batch(session, batch_id)]
            listed = efforts.of_batch(session, batch_id)
        distances = [d for name in ids for d in _distances(session, name)]
    return {
        **figures(listed),
        "edit_distance": round(sum(distances) / len(distances), 4) if distances else None,
        "unchanged": round(sum(d == 0 for d in distances) / len(distances), 4) if distances else None,
        "people": {e.user: figures([e]) for e in listed},
        "units": UNITS,
    }


def _distances(session: Any, document_id: str) -> list[float]:
    """For each row that people decided about and a machine wrote first: how far its text is from the machine's."""
    now = units.decided_texts(session, document_id)
    first = units.first_machine_texts(session, document_id) if now else {}
    return [normalised(first[name], text) for name, text in now.items() if name in first]


def review_pace(house: House) -> float | None:
    """Source words per active hour of people over all that is stored; None while too little is known."""
    with house.store.read() as session:
        listed = efforts.of_house(session)
    seconds, words = sum(e.seconds for e in listed), sum(e.words for e in listed)
    return words / seconds * 3600 if seconds >= ENOUGH_SECONDS and words >= ENOUGH_WORDS else None
