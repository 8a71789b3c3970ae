"""A synopsis as a designed trial: what its labels say, each with the passage that says it. Imports the core and its room.

Nothing is filled in: what the synopsis does not say stays empty, and a protocol of it has a gap there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice, TextSource
from docpipe.model.trial import (
    Abbreviation,
    Address,
    Coded,
    Criterion,
    Design,
    DurationOf,
    Endpoint,
    Identifier,
    Indication,
    Intervention,
    Objective,
    Organization,
    Population,
    Section,
    Timeline,
    Title,
    Trial,
    TrialArm,
    TrialDocument,
    Words,
)
from docpipe.sources.synopsis import values
from docpipe.sources.synopsis.entries import Entries, Entry, Piece, Rows, entries_of
from docpipe.sources.synopsis.labels import level_of
from docpipe.sources.synopsis.visits import visits_of

T = TypeVar("T")
_NAMED = re.compile(r"\bsynops[ie]s\b", re.IGNORECASE)
_REPORT = re.compile(r"\breport\b|\bCSR\b", re.IGNORECASE)
_LEAST, _LONGEST = 5, 400
"""Different labels that a synopsis has at least; passages that it has at most."""
_CORE = {
    "title",
    "identifier",
    "phase",
    "objectives",
    "aims",
    "endpoints",
    "design",
    "population",
    "inclusion",
    "size",
    "intervention",
    "indication",
}
_LEVEL = {
    "primary": ("C85826", "Primary Objective", "C94496", "Primary Endpoint"),
    "secondary": ("C85827", "Secondary Objective", "C139173", "Secondary Endpoint"),
    "exploratory": ("C163559", "Exploratory Objective", "C170559", "Exploratory Endpoint"),
}
_TOLD = ("rationale", "design", "population", "intervention", "reference", "dosage", "allocation", "statistics", "size", "analysis_sets", "safety", "efficacy", "committees", "estimands")  # fmt: skip
"""Entries whose words are a protocol's narrative, under their own label."""
_CRITERION = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[•–-])\s+")
_SWITCH = re.compile(r"\W*(?:(?:main|key)\s+)?(inclusion|exclusion)(?:\s+criteria)?\W*", re.IGNORECASE)
_PLACEBO, _ACTIVE = (
    re.compile(r"\bplacebo\b", re.IGNORECASE),
    re.compile(r"\b(?:active\s+)?comparator\b", re.IGNORECASE),
)
_NCT, _EU = re.compile(r"\bNCT\d{8}\b"), re.compile(r"\b(?:20\d\d-\d{6}-\d\d(?:-\d\d)?)\b")
_ABBREVIATION = re.compile(r"([A-Z][\w/-]{1,12})\s*[:=–-]\s+(.{3,120})")


def calls_itself(words: str, name: str) -> bool:
    """Whether a text calls itself a synopsis in its first words or its name, and not that of a report."""
    said = f"{re.sub(r'[_.-]', ' ', name)} {words}"
    return bool(_NAMED.search(said)) and not _REPORT.search(said)


def is_synopsis(text: TextSource) -> bool:
    """Whether a text calls itself a synopsis and is no longer than one."""
    words = " ".join([text.title, *(p.text for p in text.passages[:4])])[:400]
    return calls_itself(words, text.file.path) and len(text.passages) <= _LONGEST


def trial_of(text: TextSource, rows: Rows) -> Trial | None:
    """The trial that a synopsis designs; None for a text that is no synopsis. ``rows``: see ``entries_of``."""
    if not is_synopsis(text):
        return None
    found = entries_of(text, rows)
    names = {e.name for e in found.entries if e.pieces} | ({"aims"} if found.pairs else set())
    if len(names) < _LEAST or len(names & _CORE) < _LEAST - 2:
        return None
    return _Made(text, found).trial()


class _Made:
    def __init__(self, text: TextSource, found: Entries) -> None:
        self.text, self.found = text, found
        self.top = text.passages[0].place.locator

    def trial(self) -> Trial:
        found = self.found
        sponsor = list(self._organizations())
        identifiers = list(self._identifiers())
        study = next((i.text for i in identifiers if i.scope_id == "sponsor"), "") or self.text.file.study
        version = found.first("version")
        date = found.first("date")
        notices = [SourceNotice("synopsis.read", Severity.MINOR, "A synopsis was read as the design of a trial; what it does not say is a gap.", self.text.file.path)]  # fmt: skip
        document = TrialDocument("document", self.top, label="Synopsis", sections=tuple(self._sections()))
        return Trial(
            replace(self.text.file, study=study) if study else self.text.file, "", study, "", "",
            version.place.locator if version else self.top, version.text if version else "", Words(), (self._design(),),
            titles=tuple(self._titles()), identifiers=tuple(identifiers), organizations=tuple(sponsor),
            abbreviations=tuple(self._abbreviations()), interventions=tuple(self._interventions()),
            documents=(replace(document, version=date.text if date else ""),) if document.sections else (), notices=tuple(notices),
        )  # fmt: skip

    # ------------------------------------------------------------ title page

    def _titles(self) -> Iterator[Title]:
        for name, code, decode in (
            ("title", "C207616", "Official Study Title"), ("short_title", "C207615", "Brief Study Title"), ("acronym", "C94108", "Study Acronym"),
        ):  # fmt: skip
            for n, entry in enumerate(self.found.of(name)[:1], 1):
                at = entry.pieces[0].place.locator
                yield Title(f"{name}.{n}", at, _words(entry), Coded(code, decode, at))

    def _identifiers(self) -> Iterator[Identifier]:
        own = self.found.first("identifier")
        if own is not None:
            yield Identifier("identifier.sponsor", own.place.locator, own.text, "sponsor")
        for name, scope, form in (
            ("eu_number", "ema", _EU),
            ("nct_number", "ct.gov", _NCT),
            ("ind_number", "fda", None),
        ):
            piece = self.found.first(name)
            if piece is None:
                continue
            m = form.search(piece.text) if form is not None else None
            part = piece.part(*m.span()) if m else piece
            yield Identifier(f"identifier.{name}", part.place.locator, part.text, scope)

    def _organizations(self) -> Iterator[Organization]:
        sponsor, address = self.found.first("sponsor"), self.found.of("address")
        if sponsor is not None:
            kind = Coded("C70793", "Clinical Study Sponsor", sponsor.place.locator)
            where = None
            if address:
                said = ", ".join(p.text for p in address[0].pieces)
                where = Address("address", address[0].pieces[0].place.locator, said)
            yield Organization("sponsor", sponsor.place.locator, label=sponsor.text, type=kind, address=where)
        for name, label in (("ema", "European Medicines Agency"), ("ct.gov", "ClinicalTrials.gov"), ("fda", "FDA")):
            yield Organization(name, self.top, name=label)

    def _abbreviations(self) -> Iterator[Abbreviation]:
        for entry in self.found.of("abbreviations"):
            for n, piece in enumerate(entry.pieces, 1):
                if m := _ABBREVIATION.fullmatch(piece.text):
                    yield Abbreviation(f"abbreviation.{n}", piece.place.locator, m[1], m[2].rstrip(".;"))

    # ------------------------------------------------------------ design

    def _design(self) -> Design:
        phased = self.found.first("phase")
        told = [p for e in self.found.of("design", "model", "title", "allocation") for p in e.pieces]
        blind = [p for e in self.found.of("blinding") for p in e.pieces] + told
        characteristics = {c.code: c for p in reversed(told) for c in values.characteristics(p)}
        visits = visits_of(self.found.grid)
        duration = self.found.first("participation")
        lasting = DurationOf("duration", duration.place.locator, duration.text) if duration else None
        timelines: tuple[Timeline, ...] = ()
        if visits is not None:
            timelines = (replace(visits.timeline, duration=lasting),)
        elif lasting is not None:
            timelines = (Timeline("timeline", lasting.pointer, main=True, duration=lasting),)
        indication = self.found.first("indication")
        return Design(
            "design", told[0].place.locator if told else self.top,
            phase=(values.phase(phased, labelled=True) if phased else None) or _first(values.phase(p, labelled=False) for p in told),
            model=_first(values.model(p) for p in told), blinding=_first(values.blinding(p) for p in blind),
            characteristics=tuple(characteristics[c] for c in sorted(characteristics)), arms=tuple(self._arms()),
            encounters=visits.encounters if visits else (), activities=visits.activities if visits else (), timelines=timelines,
            population=self._population(), criteria=tuple(self._criteria()), objectives=tuple(self._objectives()),
            indications=(Indication("indication", indication.place.locator, label=indication.text),) if indication else (),
        )  # fmt: skip

    def _arms(self) -> Iterator[TrialArm]:
        pieces = [p for e in self.found.of("arms") for p in e.pieces]
        if len(pieces) == 1 and ";" in pieces[0].text:
            begin, several = 0, []
            for part in pieces[0].text.split(";"):
                several.append(pieces[0].part(begin, begin + len(part)))
                begin += len(part) + 1
            pieces = [p for p in several if p.text]
        for n, piece in enumerate(pieces if len(pieces) > 1 else [], 1):
            label = re.split(r":\s|\s\(|\s–\s", _unmarked(piece).text)[0][:120]
            at = piece.place.locator
            kind = Coded("C174268", "Placebo Comparator Arm", at) if _PLACEBO.search(label) else None
            if kind is None and _ACTIVE.search(piece.text):
                kind = Coded("C174267", "Active Comparator Arm", at)
            yield TrialArm(f"arm.{n}", at, label=label, type=kind)

    def _population(self) -> Population:
        told = [
            p for e in self.found.of("age", "sex", "population", "inclusion", "criteria", "title") for p in e.pieces
        ]
        sized = [(p, True) for e in self.found.of("size") for p in e.pieces] + [(p, False) for p in told]
        given = [p for e in self.found.of("sex", "population", "inclusion", "criteria") for p in e.pieces]
        sex = next((s for p in given if (s := values.sexes(p))), ())
        healthy = [(p, h) for p in told if (h := values.healthy(p)) is not None]
        at = healthy[0][0] if healthy else told[0] if told else None
        return Population(
            "population", at.place.locator if at else self.top, sex=sex, healthy=healthy[0][1] if healthy else None,
            age=_first(values.ages(p) for p in told if p.text),
            enrollment=_first(values.size(p, labelled=labelled) for p, labelled in sized),
        )  # fmt: skip

    def _criteria(self) -> Iterator[Criterion]:
        codes = {"inclusion": ("C25532", "Inclusion Criteria"), "exclusion": ("C25370", "Exclusion Criteria")}
        for entry in self.found.of("inclusion", "exclusion", "criteria"):
            kind, number = (entry.name if entry.name in codes else "inclusion"), 0
            for piece in entry.pieces:
                if m := _SWITCH.fullmatch(piece.text):
                    kind, number = m[1].casefold(), 0
                    continue
                if piece.text.endswith(":") and len(piece.text) < 90:
                    continue
                number += 1
                said, at = _unmarked(piece), piece.place.locator
                words = Words(said.place.locator, (said.passage(entry.label),))
                yield Criterion(
                    f"criterion.{kind}.{number}", at, identifier=str(number), category=Coded(*codes[kind], at), text=words
                )  # fmt: skip

    # ------------------------------------------------------------ objectives and interventions

    def _objectives(self) -> Iterator[Objective]:
        aims: dict[str, list[tuple[Piece | None, list[Piece]]]] = {level: [] for level in _LEVEL}
        level = "primary"
        for first, second in self.found.pairs:
            switched, end = level_of(first[0].text) if first else ("", 0)
            level = switched or level
            objective = first[0].part(end) if first and end and end < len(first[0].text) else (first[1] if end and len(first) > 1 else first[0] if first and not end else None)  # fmt: skip
            if objective is not None or second:
                aims[level].append((objective, second))
        for entry in self.found.of("objectives", "aims"):
            for at, piece in _levelled(entry):
                aims[at].append((piece, []))
        endpoints: dict[str, list[Piece]] = {name: [] for name in _LEVEL}
        for entry in self.found.of("endpoints"):
            for at, piece in _levelled(entry):
                endpoints[at].append(piece)
        for name, several in aims.items():
            own = endpoints[name]
            if own and len(own) == len(several):
                aims[name] = [(o, [*e, p]) for (o, e), p in zip(several, own, strict=True)]
            elif own and several:
                aims[name][0] = (several[0][0], [*several[0][1], *own])
            elif own:
                aims[name] = [(None, own)]
        for name, several in aims.items():
            yield from (_objective(name, n, o, e) for n, (o, e) in enumerate(several, 1))

    def _interventions(self) -> Iterator[Intervention]:
        given_for = self.found.first("given_for")
        lasting = DurationOf("given_for", given_for.place.locator, given_for.text) if given_for else None
        more = [p for e in self.found.of("dosage", "arms") for p in e.pieces]
        for number, entry in enumerate(self.found.of("intervention", "reference"), 1):
            piece = entry.pieces[0]
            label = _unmarked(piece)
            told = [a for p in entry.pieces for a in values.administrations(p, number)]
            if not told and entry.name == "intervention":
                told = [a for p in more for a in values.administrations(p, number)]
            several = tuple(replace(a, duration=lasting) for a in {a.label: a for a in told}.values())
            short = re.split(r"[,;(]|\s\d", label.text)[0].strip()[:120] or label.text[:120]
            yield Intervention(f"intervention.{number}", label.place.locator, label=short, administrations=several)

    def _sections(self) -> Iterator[Section]:
        for number, entry in enumerate(self.found.of(*_TOLD), 1):
            words = Words(entry.pieces[0].place.locator, tuple(p.passage(entry.label) for p in entry.pieces))
            yield Section(f"section.{number}", entry.pieces[0].place.locator, "", entry.label, 1, words)


def _objective(level: str, number: int, objective: Piece | None, endpoints: Sequence[Piece]) -> Objective:
    code, decode, own_code, own = _LEVEL[level]
    at = (objective or endpoints[0]).place.locator
    made = tuple(
        Endpoint(f"endpoint.{level}.{number}.{n}", e.place.locator, text=_one(_unmarked(e)), level=Coded(own_code, own, e.place.locator))
        for n, e in enumerate(endpoints, 1)
    )  # fmt: skip
    text = _one(_unmarked(objective)) if objective is not None else Words()
    return Objective(f"objective.{level}.{number}", at, text=text, level=Coded(code, decode, at), endpoints=made)


def _levelled(entry: Entry) -> Iterator[tuple[str, Piece]]:
    """Pieces with their level, by the entry's label, lines that only name one, and words before a colon."""
    level = entry.level or "primary"
    for piece in entry.pieces:
        found, end = level_of(piece.text)
        if found:
            level = found
            piece = piece.part(end)
        if piece.text and level in _LEVEL:
            yield level, piece


def _unmarked(piece: Piece) -> Piece:
    m = _CRITERION.match(piece.text)
    return piece.part(m.end()) if m else piece


def _one(piece: Piece) -> Words:
    return Words(piece.place.locator, (piece.passage(""),))


def _words(entry: Entry) -> Words:
    return Words(entry.pieces[0].place.locator, tuple(p.passage(entry.label) for p in entry.pieces))


def _first(found: Iterable[T | None]) -> T | None:
    return next((x for x in found if x is not None), None)
