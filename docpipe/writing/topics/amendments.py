"""The topic ``amendments``: what was amended in a protocol, why, with what impact, and which sections changed. Imports the core and its room.

Reasons and scopes are terms of the pick lists of ICH M11 where the file's codes or words fit one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docpipe.model.trial import Amendment, Change, Coded, Enrollment, Impact, Reason, Scope, Trial, Words
from docpipe.writing.book import Book, Value
from docpipe.writing.m11.prescribed import pick_lists, picked
from docpipe.writing.study import StudyData

NAME = "amendments"
_REASON, _SCOPE, _YES = "C217276", "C217047", "C217046"
_NOT_GLOBAL = "C217026"
_PEOPLE = ("safety", "rights", "right")
_DATA = ("reliability", "robustness")


@dataclass(frozen=True, slots=True)
class Impacted:
    """A question on an amendment's impact. ``answer``: Yes or No as a value, None where the file does not say; ``why``: explanations."""

    answer: Value | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A change, printed: what, why, and the sections with their titles."""

    what: str
    why: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment, printed; what the file does not say is ""."""

    key: str
    number: Value | str
    date: Value | str
    scope: str
    primary: str
    secondary: tuple[str, ...]
    summary: str
    people: Impacted
    data: Impacted
    enrolled: tuple[str, ...]
    changes: tuple[Changed, ...]

    @property
    def substantial(self) -> str:
        """Whether any impact is substantial: Yes or No, "" where none is stated."""
        answers = [a.answer for a in (self.people, self.data) if a.answer is not None]
        return str(next((a for a in answers if a.text == "Yes"), answers[0])) if answers else ""


@dataclass(slots=True)
class Amendments:
    """The amendments of a protocol along their links, the last one that this protocol is; ``prior``: those before it."""

    trial: Trial
    book: Book

    @property
    def all(self) -> list[Amended]:
        """Every amendment from the first on."""
        return [self._amended(a, f"amendment.{n}") for n, a in enumerate(_along(self.trial.amendments), 1)]

    @property
    def current(self) -> Amended | None:
        """The amendment that this version of the protocol is; None where it was not amended."""
        return self.all[-1] if self.trial.amendments else None

    @property
    def prior(self) -> list[Amended]:
        """Those before it."""
        return self.all[:-1]

    def _amended(self, a: Amendment, key: str) -> Amended:
        dated = next((d for d in a.dates if d.date), None)
        return Amended(
            key,
            self._value(a.at("number"), a.number),
            self._value(dated.at("dateValue"), dated.date).date if dated is not None else "",
            self._scopes(a),
            self._reason(a.primary_reason) if a.primary_reason is not None else "",
            tuple(self._reason(r) for r in a.secondary_reasons),
            self._words(a.summary),
            self._impact(i for i in a.impacts if _about(i, _PEOPLE)),
            self._impact(i for i in a.impacts if _about(i, _DATA)),
            tuple(x for e in a.enrollments if (x := self._enrolled(e))),
            tuple(self._change(c) for c in a.changes),
        )

    def _reason(self, reason: Reason) -> str:
        said = str(self._picked(_REASON, reason.code)) if reason.code is not None else ""
        if not reason.other.strip():
            return said
        other = str(self._value(reason.at("otherReason"), reason.other.strip()))
        return f"{said}: {other}" if said else other

    def _scopes(self, a: Amendment) -> str:
        """Global, or Not Global with the places."""
        said = "; ".join(self._scope(s) for s in a.scopes)
        first = next((s for s in a.scopes if s.type is not None and picked(_SCOPE, s.type) is None), None)
        if first is None or first.type is None:
            return said
        term = pick_lists()[_SCOPE].terms[_NOT_GLOBAL]
        value = self.book.element(self.trial.file, first.type.pointer, _NOT_GLOBAL, term, pick_lists()[_SCOPE].name)
        return f"{value} ({said})"

    def _scope(self, scope: Scope) -> str:
        where = str(self._value(f"{scope.code.pointer}/decode", scope.code.decode)) if scope.code is not None else ""
        kind = scope.type
        if kind is None:
            return where
        if picked(_SCOPE, kind) is not None:
            return str(self._picked(_SCOPE, kind))
        said = str(self._value(f"{kind.pointer}/decode", kind.decode))
        return f"{said}: {where}" if where else said

    def _impact(self, impacts: Iterable[Impact]) -> Impacted:
        known = [i for i in impacts if i.substantial is not None]
        if not known:
            return Impacted(None, ())
        yes = next((i for i in known if i.substantial), None)
        of = yes or known[0]
        word, code = ("Yes", "C49488") if yes is not None else ("No", "C49487")
        answer = self.book.element(
            self.trial.file, of.at("isSubstantial"), code, word, pick_lists()[_YES].name
        )  # fmt: skip
        return Impacted(answer, tuple(x for i in known if (x := self._words(i.text))))

    def _enrolled(self, enrolled: Enrollment) -> str:
        quantity = enrolled.quantity
        if quantity is None:
            return ""
        unit = quantity.unit.decode if quantity.unit is not None else ""
        said = str(self.book.element(self.trial.file, quantity.pointer, quantity.value))
        said += (
            "%"
            if unit.casefold() in ("%", "percentage", "percent")
            else f" {unit.lower()}"
            if unit
            else " participants"
        )
        where = self._scope(enrolled.scope) if enrolled.scope is not None else ""
        return f"{said} ({where})" if where else said

    def _change(self, change: Change) -> Changed:
        sections = []
        for s in change.sections:
            number, title = self._value(s.at("sectionNumber"), s.number), self._value(s.at("sectionTitle"), s.title)
            sections.append(f"{number} {title}".strip())
        return Changed(self._words(change.summary), self._words(change.rationale), tuple(sections))

    def _picked(self, code: str, value: Coded) -> Value:
        found = picked(code, value)
        if found is None:
            return self.book.element(self.trial.file, f"{value.pointer}/decode", value.decode)
        return self.book.element(self.trial.file, value.pointer, found[0], found[1], pick_lists()[code].name)

    def _value(self, pointer: str, raw: str) -> Value:
        return self.book.element(self.trial.file, pointer, raw)

    def _words(self, words: Words) -> str:
        return " ".join(self.book.quote(self.trial, p) for p in words.passages)


def _about(impact: Impact, words: tuple[str, ...]) -> bool:
    said = impact.type.decode.casefold().split() if impact.type is not None else []
    return any(w in said for w in words)


def _along(amendments: Iterable[Amendment]) -> list[Amendment]:
    """Amendments from the first on by their links; those that links do not reach as the file has them."""
    waiting = list(amendments)
    known = {a.id for a in waiting}
    found: list[Amendment] = []
    while waiting:
        done = {a.id for a in found}
        following = next((a for a in waiting if a.previous_id not in known or a.previous_id in done), waiting[0])
        waiting.remove(following)
        found.append(following)
    return found


def read(study: StudyData, book: Book) -> Amendments | None:
    """The amendments of the first protocol among the sources; None where no source designs a trial, or only a synopsis does."""
    designed = [t for t in study.trials if t.usdm]
    return Amendments(designed[0], book) if designed else None
