"""Headings and pick lists of ICH M11, and values of a file mapped to a pick list by their NCIt codes. Imports the core only.

Source: ICH M11 Step 4 (November 2025), as far as it is facts: numbers, headings, codes and terms.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docpipe.model.trial import Coded

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the template. ``conditional``: it holds only for some trials."""

    number: str
    level: int
    title: str
    code: str
    conditional: bool


@dataclass(frozen=True, slots=True)
class PickList:
    """A pick list: its NCIt code, what it is of, its terms by NCIt code."""

    code: str
    of: str
    terms: Mapping[str, str]

    @property
    def name(self) -> str:
        """What facts call it: ``trial phase (C217045)``."""
        return f"{self.of} ({self.code})"


@cache
def headings() -> tuple[Heading, ...]:
    """Every heading in order."""
    return tuple(Heading(*row) for row in tomllib.loads((_HERE / "sections.toml").read_text("utf-8"))["section"])


@cache
def heading_of() -> Mapping[str, Heading]:
    """Headings by number."""
    return {h.number: h for h in headings()}


@cache
def pick_lists() -> Mapping[str, PickList]:
    """Every pick list by its NCIt code."""
    given = tomllib.loads((_HERE / "lists.toml").read_text("utf-8"))
    return {code: PickList(code, entry["of"], dict(entry["terms"])) for code, entry in given.items()}


def picked(code: str, value: Coded | None) -> tuple[str, str] | None:
    """Code and term of a pick list for a coded value: by its NCIt code, else by its words. None where the list does not hold it.

    Files of before the lists were final have stand-in codes; their words are the lists'.
    """
    if value is None:
        return None
    terms = pick_lists()[code].terms
    if value.code in terms:
        return value.code, terms[value.code]
    said = _plain(value.decode)
    return next(((c, t) for c, t in terms.items() if said and _plain(t) == said), None)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
