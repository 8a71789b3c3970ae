"""What the templates of the review grid are given: words and shapes, the filter's choices, the data for the script. Imports steps.

The words stand here once: the templates show them and the script gets them as data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import Action, User
from docpipe.errors import UnknownLanguage
from docpipe.model.language import right_to_left
from docpipe.model.recipe import Recipe
from docpipe.steps.row_objects import RowObject, titles
from docpipe.steps.rows import MOST_ROWS, Filter, Page
from docpipe.web.filters import query_of
from docpipe.web.grid_keys import KEYS, groups
from docpipe.web.marks import pattern
from docpipe.web.render import may, url

STATUSES: Mapping[str, tuple[str, str]] = {
    "new": ("No translation", "○"),
    "recalled": ("Pre-filled", "◔"),
    "translated": ("Machine", "◑"),
    "edited": ("Edited", "✎"),
    "sent-back": ("Sent back", "◀"),
    "approved": ("Approved", "●"),
}
SEVERITIES: Mapping[str, str] = {"critical": "▲▲", "major": "▲", "minor": "△"}
ORIGINS: Mapping[str, str] = {
    "none": "nothing yet", "previous": "previous version", "in-context": "in-context match", "exact": "exact match",
    "fuzzy": "fuzzy match", "repetition": "repetition", "pseudo": "pseudo-translation", "model": "language model",
    "engine": "translation engine", "program": "program text", "human": "person", "same": "carried over",
}  # fmt: skip
SIZES = ("25", "50", "100", "250", "all")
"""Rows on a page, as a person chooses; ``all`` is for print and for the browser's own search."""


def per_page(given: str) -> int:
    """The number behind a choice of ``SIZES``; 100 for anything else, 0 for all."""
    return 0 if given == "all" else int(given) if given in SIZES else 100


def status_name(row: RowObject) -> str:
    """The row's status as the page names it: what was sent back is told apart from what was edited."""
    return "sent-back" if row["status"] == "edited" and row["needs_person"] else row["status"]


def needs_review(row: RowObject) -> bool:
    """Whether the gate wants a person to look at the row: as the filter ``eyes``."""
    return row["status"] != "approved" and (
        row["route"] == "eyes" or (row["route"] == "sampled" and not row["displayed"])
    )


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    try:
        return "rtl" if right_to_left(language) else "ltr"
    except UnknownLanguage:
        return "ltr"


def languages(recipe: Recipe) -> dict[str, str]:
    """Languages and directions of both sides."""
    source, target = recipe.source_language, recipe.target_language
    return {"source": source, "target": target, "source_dir": direction(source), "target_dir": direction(target)}


def parsed(iso: str | None) -> datetime | None:
    """A time of a row object."""
    return datetime.fromisoformat(iso) if iso else None


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filter form offers: value and words."""
    return {
        "status": [(name, word) for name, (word, _) in STATUSES.items() if name != "sent-back"],
        "severity": [(name, name) for name in SEVERITIES],
        "origin": [("tm", "memory or repetition"), ("llm", "model or engine"), ("human", "person"), ("same", "carried over"), ("pseudo", "pseudo")],
        "check": sorted(titles().items(), key=lambda pair: _check_key(pair[0])),
    }  # fmt: skip


def _check_key(name: str) -> tuple[str, int, str]:
    digits = "".join(c for c in name.split(".")[0] if c.isdigit())
    return name[:1], int(digits or 0), name


def active_filters(wanted: Filter, sections: Sequence[Any], base: str, per: str) -> list[tuple[str, str]]:
    """Each part of the filter in words, with the address without it."""
    query = query_of(wanted)
    names = {s["segment"]: s["title"] for s in sections}
    out: list[tuple[str, str]] = []

    def words(key: str, value: str) -> str:
        if key == "status":
            return STATUSES.get(value, (value, ""))[0]
        if key == "section":
            return f"section {names.get(value, value)}"
        if key == "check":
            return titles().get(value, f"check {value}")
        return {"q": f"text “{value}”", "origin": f"origin {value}", "severity": f"{value} finding"}.get(key, value)

    flags = {
        "changed": "changed since the last round",
        "eyes": "needs review",
        "questions": "open question",
        "mine": "mine",
    }
    for key, value in query.items():
        if key in ("in", "order"):
            continue
        if key in flags:
            rest = {k: v for k, v in query.items() if k != key}
            out.append((flags[key], url(base, per="" if per == "100" else per, **rest)))
            continue
        for one in value if isinstance(value, list) else [value]:
            kept = [v for v in value if v != one] if isinstance(value, list) else ""
            rest = {k: v for k, v in (query | {key: kept}).items() if v}
            out.append((words(key, one), url(base, per="" if per == "100" else per, **rest)))
    return out


def script_data(
    page: Page, recipe: Recipe, user: User, wanted: Filter, per: str, *, under_review: bool
) -> dict[str, Any]:
    """What the script is given with the page; see ``static/grid.js``."""
    return {
        "document": page["document"], "batch": page["batch"], "user": user.name, "page": page["page"],
        "pages": page["pages"], "per": per, "total": page["total"], "matching": page["matching"],
        "query": url("", **query_of(wanted)).removeprefix("?"), "rows": page["rows"], "progress": page["progress"],
        "can": {
            "edit": under_review and may(user, Action.EDIT), "approve": under_review and may(user, Action.APPROVE),
            "reject": under_review and may(user, Action.REJECT), "dismiss": under_review and may(user, Action.DISMISS),
            "comment": any(may(user, a) for a in (Action.EDIT, Action.APPROVE, Action.REJECT)),
        },
        "marks": {"source": pattern(recipe.source_language), "target": pattern(recipe.target_language)},
        "words": {"status": STATUSES, "severity": SEVERITIES, "origin": ORIGINS},
        "keys": [(key.keys, key.action) for key in KEYS],
    }  # fmt: skip


def whole(pages: Sequence[Page]) -> Page:
    """Several pages as one."""
    first = pages[0]
    rows = [row for page in pages for row in page["rows"]]
    return {**first, "rows": rows, "page": 1, "pages": 1, "per": max(len(rows), 1)}


__all__ = [
    "KEYS", "MOST_ROWS", "ORIGINS", "SEVERITIES", "SIZES", "STATUSES", "active_filters", "choices", "groups", "languages",
    "needs_review", "parsed", "per_page", "script_data", "status_name", "whole",
]  # fmt: skip
