"""Reading a model's reply: JSON after the schema, as leniently as is safe, since every answer names its id. Imports nothing of docpipe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Answer", "Reading", "read_items", "read_reply"]

T = TypeVar("T")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered segment: its text, or the id it was merged into."""

    id: str
    text: str = ""
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers of a reply. ``whole``: the reply was complete; if not, ``answers`` are those that were."""

    answers: tuple[Answer, ...]
    whole: bool


def read_reply(text: str) -> Reading:
    """All complete answers of a reply to a translation."""
    return Reading(*read_items(text, "segments", _answer))


def read_items(text: str, key: str, item: Callable[[Any], T | None]) -> tuple[tuple[T, ...], bool]:
    """The complete items of the array under ``key`` of a reply, and whether the reply was whole. ``item``: None for one that is none.

    Chatter and code fences around the JSON are passed over; a cut-off end is noticed.
    """
    start = text.find("{")
    if start < 0:
        return (), False
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return tuple(_salvage(text, key, item)), False
    rows = value.get(key) if isinstance(value, dict) else None
    if not isinstance(rows, list):
        return (), False
    found = [item(row) for row in rows]
    return tuple(f for f in found if f is not None), None not in found


def _salvage(text: str, key: str, item: Callable[[Any], T | None]) -> list[T]:
    """The complete items at the head of a reply that breaks off."""
    match = re.search(rf'"{key}"\s*:\s*\[', text)
    found: list[T] = []
    at = match.end() if match else len(text)
    while at < len(text):
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        try:
            row, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        answer = item(row)
        if answer is None:
            break
        found.append(answer)
    return found


def _answer(row: Any) -> Answer | None:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return None
    text, host = row.get("text"), row.get("merged_into")
    if isinstance(host, str) and host and not text:
        return Answer(row["id"], merged_into=host)
    return Answer(row["id"], text) if isinstance(text, str) else None
