"""Answers of the simulated provider, computed from the request alone. Imports the core and its room only."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from docpipe.simulate.briefing import asked_in, brief_of
from docpipe.simulate.drafting import rows_of
from docpipe.simulate.faults import Answers, Drafted, Item, Translated
from docpipe.simulate.looks import looked_at
from docpipe.simulate.proposing import proposals_of
from docpipe.simulate.revising import returned, revised
from docpipe.simulate.translation import Term, translate

__all__ = ["answers_of", "last_user_text", "text_of"]


def text_of(message: dict[str, Any]) -> str:
    """A message's text, whether it is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
    return ""


def last_user_text(messages: list[dict[str, Any]]) -> str:
    """The text of the last message that is not the system's."""
    return next((text_of(m) for m in reversed(messages) if m.get("role") not in ("system", "developer")), "")


def answers_of(text: str) -> Answers | None:
    """The faithful answers to a task, None where the text is no task.

    A task is a JSON object: one to draft has ``rows`` (each with ``sentences``), one to fill gaps ``propose``, one to translate has ``paragraphs`` (each with
    ``segments``) or ``segments``; a segment has ``id`` and ``text``.
    """
    try:
        task = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(task, dict):
        return None
    if (rows := rows_of(task) or proposals_of(task)) is not None:
        return Drafted(rows)
    if (looked := looked_at(task)) is not None:
        return looked
    if (judged := revised(task) or returned(task)) is not None:
        return judged
    if (brief := brief_of(task)) is not None:
        return brief
    items = _translated_items(task)
    return Translated(items) if items else None


def _translated_items(task: dict[str, Any]) -> list[Item]:
    paragraphs = task.get("paragraphs")
    if not isinstance(paragraphs, list):
        paragraphs = [task]
    source, target = str(task.get("from") or "en"), str(task.get("to") or "es")
    terms = tuple(_terms(task.get("terms")))
    items: list[Item] = []
    for number, paragraph in enumerate(paragraphs):
        for name, given in asked_in(paragraph):
            text = _translated(given, source, target, terms)
            items.append(Item(name, given, text, number, languages=(source, target)))
    return items


def _terms(rows: object) -> list[Term]:
    found = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("source"), str) and row["source"]:
            use = row.get("use")
            found.append(Term(row["source"], use if isinstance(use, str) else "", bool(row.get("keep"))))
    return [t for t in found if t.use or t.keep]


@lru_cache(maxsize=4096)
def _translated(text: str, source: str, target: str, terms: tuple[Term, ...]) -> str:
    return translate(text, source, target, terms)
