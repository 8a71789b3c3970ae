"""A study as lay readers are told of it: who took part by country and age, what happens in plain words, who runs it. Imports the core and its room.

A trial designed as data (USDM) is asked first, then the trial summary, texts and data. Plain words stand in ``_plain``; every row that has them is
bound to the passage or the activity that they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from docpipe.model import draft
from docpipe.model.source import Place
from docpipe.model.trial import Trial, locator_of
from docpipe.writing.book import CITE, Book, Value, mark
from docpipe.writing.evidence import exact_number
from docpipe.writing.m11.aims import CriterionTold
from docpipe.writing.m11.elements import Element
from docpipe.writing.records import Frame
from docpipe.writing.study import StudyData
from docpipe.writing.topics import design, protocol, texts
from docpipe.writing.topics._computed import counted, frame, parameter
from docpipe.writing.topics._countries import country
from docpipe.writing.topics._plain import PROCEDURES, ROUTES, STOPS, UNION
from docpipe.writing.topics._quoted import Grid, Quoted
from docpipe.writing.topics.protocol import Protocol

NAME = "lay"
_REGISTERS = (
    ("EU CT Number", "EU trial number"), ("NCT Number", "ClinicalTrials.gov number"), ("jRCT Number", "Japanese register number"),
    ("WHO/UTN Number", "WHO trial number"),
)  # fmt: skip
_AGES = (
    (0, 17, "under 18 years"),
    (18, 64, "18 to 64 years"),
    (65, 84, "65 to 84 years"),
    (85, 200, "85 years or older"),
)
"""Age groups as the EU register has them."""
_ELSEWHERE = re.compile(
    r"^abbreviations?:|following (?:sub)?sections?|(?:see|in) (?:section|table|appendix|attachment)\b|investigator['’]s brochure|\bIB\b",
    re.IGNORECASE,
)
_BLIND = (
    ("double", r"double|triple|quadruple"), ("single", r"single"), ("open", r"open"),
)  # fmt: skip


class Lay:
    """Everything is for printing, "" or empty where no source says it."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book
        self._design = design.read(study, book)
        self._protocol: Protocol | None = protocol.read(study, book)
        self._passages = texts.read(study, book)
        self.trial: Trial | None = study.trials[0] if study.trials else None

    # ------------------------------------------------------------ what the study is

    @property
    def title(self) -> str:
        """The full title."""
        return (self._protocol.title if self._protocol else "") or self._design.title

    @property
    def number(self) -> str:
        """The sponsor's number of the study."""
        return self._element("Sponsor Protocol Identifier") or (
            str(self._design.id) if self._design.id is not None else ""
        )

    @property
    def registers(self) -> list[tuple[str, str]]:
        """Numbers in registers: what each is called, and the number."""
        found = [(said, v) for name, said in _REGISTERS if (v := self._element(name))]
        return found or [("Number in a register", str(v)) for v in parameter(self._study, self._book, "REGID")]

    @property
    def european(self) -> bool:
        """A number of the EU register is known."""
        return any(said.startswith("EU") for said, _ in self.registers)

    @property
    def sponsor(self) -> str:
        """The sponsor's name."""
        return self._element("Sponsor Name") or ("" if self._protocol else self._design.sponsor)

    @property
    def address(self) -> str:
        """The sponsor's address."""
        return self._element("Sponsor Legal Address")

    @property
    def medicine(self) -> str:
        """What is studied: the interventions that are not placebo, else the product of the trial summary."""
        if self.trial is None:
            return self._design.product
        said: dict[str, str] = {}
        for i in self.trial.interventions:
            for a in i.administrations:
                product = next((p for p in self.trial.products if p.id == a.product_id), None)
                if product is not None and product.called:
                    said.setdefault(
                        product.called, str(self._book.element(self.trial.file, product.called_at, product.called))
                    )
            if not i.administrations or not said:
                said.setdefault(i.called, str(self._book.element(self.trial.file, i.called_at, i.called)))
        return next((v for k, v in said.items() if not re.search("placebo", k, re.IGNORECASE)), "")

    @property
    def condition(self) -> str:
        """The disease or condition."""
        return self._overall("Population Diagnosis or Condition") or self._design.indication

    @property
    def planned(self) -> str:
        """How many people are planned."""
        said = self._overall("Number of Participants")
        return said or (str(self._design.planned) if self._design.planned is not None else "")

    @property
    def length(self) -> str:
        """How long each person takes part."""
        said = self._overall("Total Planned Duration of Trial Participation")
        return _lower(said) or (str(self._design.length) if self._design.length is not None else "")

    @property
    def treated(self) -> str:
        """How long the treatment lasts."""
        said = self._overall("Total Planned Duration of Trial Intervention")
        return _lower(said) if _ONE.fullmatch(said) else ""

    @property
    def arms(self) -> list[str]:
        """The groups."""
        return [label for label, _, _ in self._protocol.arms] if self._protocol else []

    @property
    def blinded(self) -> str:
        """``double``, ``single`` or ``open``; "" where no source says it."""
        said = self._overall("Trial Blind Schema") or self._design.blinding
        return next((kind for kind, words in _BLIND if re.search(words, said, re.IGNORECASE)), "")

    @property
    def blinding(self) -> str:
        """The source's word for it."""
        return self._overall("Trial Blind Schema") or self._design.blinding

    @property
    def placebo(self) -> bool:
        """Some people get a placebo."""
        named = [*self._study.arms.names, *(a.called for a in (self.trial.design.arms if self.trial else ()))]
        return any(re.search("placebo", n, re.IGNORECASE) for n in named)

    @property
    def randomized(self) -> bool:
        """Chance decides who gets which treatment."""
        return self._protocol.randomised if self._protocol else self._design.randomized

    def criteria(self, kind: str) -> list[CriterionTold]:
        """Criteria of a designed trial: ``inclusion``, ``exclusion``."""
        told = self._protocol.criteria(kind) if self._protocol else []
        return [replace(c, first=_here(c.first), more=tuple((b, _here(words)) for b, words in c.more)) for c in told]

    def aims(self, level: str) -> list[str]:
        """Objectives of a designed trial."""
        return [_here(a.text) for a in self._protocol.aims(level)] if self._protocol else []

    def _element(self, name: str) -> str:
        """An element of a designed trial's title page."""
        return _of(self._protocol.title_page, name) if self._protocol else ""

    def _overall(self, name: str) -> str:
        """An element of its overall design."""
        return _of(self._protocol.synopsis, name) if self._protocol else ""

    # ------------------------------------------------------------ who took part

    @cached_property
    def countries(self) -> list[tuple[str, Value]]:
        """People of each country, most first."""
        found = [(country(code), n) for code, n in self._by_country()]
        return sorted(found, key=lambda f: (-(exact_number(f[1].fact) or 0), f[0]))

    @cached_property
    def union(self) -> tuple[Value, Value] | None:
        """People in the European Union and outside it; None where no data tell the country."""
        dm = self._people("COUNTRY")
        if dm is None:
            return None
        inside = [i for code, several in dm.having("COUNTRY").items() if code in UNION for i in several]
        outside = [i for code, several in dm.having("COUNTRY").items() if code not in UNION for i in several]
        return (
            self._count(dm, inside, ("COUNTRY", "European Union"), "COUNTRY of a member state of the European Union"),
            self._count(dm, outside, ("COUNTRY", "elsewhere"), "COUNTRY of no member state of the European Union"),
        )

    @cached_property
    def ages(self) -> list[tuple[str, Value]]:
        """People by age group, groups without anybody left out."""
        base = self._people("AGE")
        if base is None:
            return []
        at, found = base.index["AGE"], []
        for low, high, said in _AGES:
            mine = [
                i for i in base.subjects.values()
                if isinstance(age := base.dataset.records[i][at], float) and low <= age < high + 1
            ]  # fmt: skip
            if value := self._count(base, mine, ("AGE", said), f"AGE {said}"):
                found.append((said, value))
        return found

    @cached_property
    def span(self) -> tuple[Value, Value] | None:
        """The ages of the youngest and the oldest, as their records have them."""
        base = self._people("AGE")
        arms = self._study.records.arm_of()
        if base is None:
            return None
        at = base.index["AGE"]
        ages = [
            (age, i)
            for s, i in base.subjects.items()
            if s in arms and isinstance(age := base.dataset.records[i][at], float)
        ]
        if not ages:
            return None
        low, high = (self._book.record(base.dataset, i, "AGE") for _, i in (min(ages), max(ages)))
        return (low, high) if low is not None and high is not None else None

    def _by_country(self) -> Iterator[tuple[str, Value]]:
        dm = self._people("COUNTRY")
        if dm is None:
            return
        for code, several in dm.having("COUNTRY").items():
            if code and (n := self._count(dm, several, ("COUNTRY", code), f"COUNTRY = '{code}'")):
                yield code, n

    def _people(self, variable: str) -> Frame | None:
        found = (self._study.records.base, frame(self._study, "DM"))
        return next((f for f in found if f is not None and variable in f), None)

    def _count(self, data: Frame, records: Iterable[int], row: tuple[str, ...], said: str) -> Value:
        arms = self._study.records.arm_of()
        kept = [i for i in records if data.subject[i] in arms]
        return counted(self._book, data, row, kept, f"subjects with an arm in {data.name} where {said}")

    # ------------------------------------------------------------ what happens

    @cached_property
    def steps(self) -> list[str]:
        """What happens to a person, in plain sentences, each bound to what it is about."""
        return self._told(PROCEDURES, self._about("procedures", r"procedures?|assessments?|schedule"))

    @cached_property
    def stops(self) -> list[str]:
        """Why somebody's part may be ended, in plain words for after "if"."""
        return self._told(STOPS, self._about("removal", r"discontinu|withdraw"), activities=False)

    def _told(
        self, words: Iterable[tuple[re.Pattern[str], str]], said: list[tuple[str, str]], activities: bool = True
    ) -> list[str]:
        every = [*(self._activities() if activities else ()), *said]
        found: dict[str, str] = {}
        for sign, sentence in words:
            if (hit := next((key for key, text in every if sign.search(text)), None)) is not None:
                found.setdefault(sentence, mark(CITE, hit) + sentence)
        return list(found.values())

    def _activities(self) -> list[tuple[str, str]]:
        if self.trial is None:
            return []
        return [
            (self._key(Place(self.trial.file.sha256, locator_of(a.called_at))), a.called)
            for a in self.trial.design.activities
        ]

    def _about(self, subject: str, heading: str) -> list[tuple[str, str]]:
        """Passages of a subject, with the keys that bind to them."""
        asked = (self._passages.about(subject), self._passages.headed(heading, most=9000)) if self._passages else ()
        parts = [part for found in asked for part in found or ()]
        pieces = [piece for part in parts if isinstance(part, Quoted) for piece in part.pieces]
        designed = [
            (p.place, p.text)
            for words in (self.trial.words() if self.trial is not None else ())
            for p in words.passages
            if any(re.search(heading, h, re.IGNORECASE) for h in p.headings[-1:])
        ]
        return [(self._key(at), said) for at, said in [*((p.place, p.text[a:b]) for p, a, b in pieces), *designed]]

    def _key(self, place: Place) -> str:
        key = f"{place.sha256}|{place.locator}"
        self._book.passages[key] = place
        return key

    def fit(self, found: Iterable[Quoted | Grid] | None) -> list[Quoted]:
        """Paragraphs and items that tell a reader something: no notes on abbreviations, no references to other places."""
        parts = [p for p in found or () if isinstance(p, Quoted) and p.kind in ("paragraph", "item")]
        return [p for p in parts if not _ELSEWHERE.search(p.text)]

    # ------------------------------------------------------------ words

    @staticmethod
    def route(said: str) -> str:
        """A route in plain words; its own where none are known."""
        return ROUTES.get(said.casefold(), said)

    @staticmethod
    def control(arm: str) -> bool:
        """The group is one without the study medicine."""
        return re.search(r"placebo|control|sham|vehicle", arm, re.IGNORECASE) is not None

    def by(self, value: Value) -> str:
        """Binds a row to where a value stands without printing it."""
        return "".join(mark(CITE, self._key(p)) for p in value.fact.places[:1])


_ONE = re.compile(f"\ue000{draft.FACT}\ue002([^:\ue000-\ue002]+)\ue002(\\d+ [A-Z][a-z]+)\ue001")


def _of(elements: Iterable[Element], name: str) -> str:
    return next((e.value for e in elements if e.name == name and e.value), "")


_LINK = re.compile(f"(?:[Ss]ections? )?\ue000{draft.REF}\ue002[^\ue000\ue001]*\ue001")


def _here(printed: str) -> str:
    """Without references to sections that only the protocol has."""
    return _LINK.sub("the study plan", printed)


def _lower(printed: str) -> str:
    """``24 weeks`` for the term ``24 Weeks``."""
    return _ONE.sub(lambda m: mark(draft.FACT, f"{m[1]}:lower", m[2].lower()), printed)


def read(study: StudyData, book: Book) -> Lay:
    """The view; a study always has one, be it empty."""
    return Lay(study, book)
