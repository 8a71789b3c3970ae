"""How attributes of a designed trial are printed: bound to their places, coded values as terms of pick lists, stand-ins as nothing. Imports the core and its room."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.model.trial import Address, Coded, DurationOf, Named, Quantity, Span, Trial, Words
from docpipe.writing.book import Book
from docpipe.writing.m11.links import Links
from docpipe.writing.m11.prescribed import pick_lists, picked

UNITS = "C217048"
NO_YES = "C217046"
_SYMBOLS = {
    "C28253": "mg", "C28254": "mL", "C48155": "g", "C28252": "kg", "C48152": "µg", "C48153": "µL", "C25613": "%", "C48579": "IU",
    "C49668": "cm", "C28251": "mm",
}  # fmt: skip
"""Symbols of units by their NCIt codes."""
_STAND_IN = re.compile(
    r"\W*(?:tb[dca]\b.*|to be (?:determined|confirmed|defined|added|decided|provided|completed)\b.*|need reason|x{2,}|n\.?a\.?|"
    r"(?:something|text|insert|enter) (?:goes )?here|placeholder)\W*",
    re.IGNORECASE | re.DOTALL,
)


_COUNTED = re.compile(r"(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]\s")


def stands_in(text: str) -> bool:
    """Whether a text only holds the place of one: ``TBD``, ``*** To be determined from protocol ***``."""
    return not re.search(r"[^\W_]", text) or _STAND_IN.fullmatch(text.strip()) is not None


def is_counted(text: str) -> bool:
    """Whether a text begins with the number or letter of a list item: ``1. ``, ``b. ``, ``iv. ``."""
    return _COUNTED.match(text) is not None


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints attributes of one trial into a book. Everything gives "" for what is not there."""

    trial: Trial
    book: Book
    links: Links

    def value(self, pointer: str, said: str) -> str:
        """A plain attribute as one value."""
        return "" if stands_in(said) else str(self.book.element(self.trial.file, pointer, said))

    def date(self, pointer: str, said: str) -> str:
        """A date as people write it: 1 June 2006."""
        return "" if stands_in(said) else str(self.book.element(self.trial.file, pointer, said).date)

    def words(self, words: Words) -> str:
        """A text attribute word for word, its numbers bound; list items of it begin with a dash."""
        if not words or stands_in(words.text):
            return ""
        parts = []
        for p in words.passages:
            said = self.links.quote(p)
            parts.append(f"– {said}" if p.kind == "list-item" and len(words.passages) > 1 else said)
        return " ".join(parts)

    def label(self, named: Named) -> str:
        """What something is called."""
        return self.value(named.called_at, named.called)

    def description(self, named: Named) -> str:
        """Its description, where that says more than its name."""
        plain = {named.label.casefold(), named.name.casefold()}
        return "" if named.description.casefold() in plain else self.value(named.at("description"), named.description)

    def decode(self, value: Coded | None) -> str:
        """A coded value in the file's own words."""
        return self.value(f"{value.pointer}/decode", value.decode) if value is not None else ""

    def route(self, value: Coded | None) -> str:
        """A route as people say it: ``Oral`` for ``Oral Route of Administration``."""
        if value is None or stands_in(value.decode):
            return ""
        shown = value.decode.removesuffix(" Route of Administration")
        return str(self.book.element(self.trial.file, f"{value.pointer}/decode", value.decode, shown))

    def pick(self, code: str, value: Coded | None) -> str:
        """A coded value as the term of a pick list; one that the list does not hold in the file's words, which a check then tells."""
        if value is None or stands_in(value.decode or value.code):
            return ""
        term = picked(code, value) or (value.decode, value.decode)
        return self._of_list(code, f"{value.pointer}/decode", *term)

    def yes(self, said: bool, pointer: str) -> str:
        """Yes or No."""
        code = "C49488" if said else "C49487"
        return self._of_list(NO_YES, pointer, code, pick_lists()[NO_YES].terms[code])

    def term(self, code: str, term: str, pointer: str) -> str:
        """A term of a pick list that follows from an attribute that is no code of the list itself."""
        return self._of_list(code, pointer, term, pick_lists()[code].terms[term])

    def _of_list(self, code: str, pointer: str, raw: str, shown: str) -> str:
        return str(self.book.element(self.trial.file, pointer, raw, shown, pick_lists()[code].name))

    def number(self, pointer: str, count: int) -> str:
        """How many objects a list of the file has."""
        return str(self.book.element(self.trial.file, pointer, str(count), statistic="count"))

    def order(self, pointer: str, number: int) -> str:
        """Which one of a list it is, from 1."""
        return str(self.book.element(self.trial.file, pointer, str(number), statistic="order"))

    def quantity(self, q: Quantity | Span | None) -> str:
        """``300``, ``24 Weeks``, ``50 to 100 Years``."""
        if isinstance(q, Span):
            ends = [self.quantity(e) for e in (q.low, q.high)]
            same = q.low is not None and q.high is not None and q.low.value == q.high.value
            return ends[0] if same else " to ".join(e for e in ends if e)
        if q is None or not q.value:
            return ""
        return f"{self.book.element(self.trial.file, q.pointer, q.value)}{self._unit(q)}"

    def _unit(self, q: Quantity) -> str:
        if q.unit is None:
            return ""
        found = picked(UNITS, q.unit)
        shown = found[1] if found is not None else _SYMBOLS.get(q.unit.code, q.unit.decode)
        if found is not None and q.value == "1":
            shown = shown.removesuffix("s")
        return (
            f" {self.book.element(self.trial.file, f'{q.unit.pointer}/decode', q.unit.code, shown, 'unit')}"
            if shown
            else ""
        )

    def duration(self, d: DurationOf | None) -> str:
        """A duration in words, as a quantity, or why it varies."""
        if d is None:
            return ""
        said = self.value(d.at("text"), d.text) or self.quantity(d.quantity)
        why = self.value(d.at("reasonDurationWillVary"), d.reason) if d.varies else ""
        return "; ".join(x for x in (said, why) if x)

    def address(self, a: Address | None) -> str:
        """An address without its empty parts."""
        if a is None:
            return ""
        parts = [(f"lines/{n}", line) for n, line in enumerate(a.lines)]
        parts += [("city", a.city), ("district", a.district), ("state", a.state), ("postalCode", a.postal_code)]
        said = [self.value(a.at(key), x) for key, x in parts if x and not stands_in(x)]
        if a.country is not None:
            said.append(self.decode(a.country))
        return ", ".join(x for x in said if x) or self.value(a.at("text"), a.text)
