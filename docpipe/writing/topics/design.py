"""The topic ``design``: what kind of study it was - title, product, phase, blinding, control, arms, doses, centers, dates. Imports its room only.

The trial summary (SDTM TS) comes first, then what protocols and plans say, then what the data show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing import derive
from docpipe.writing.book import CITE, Book, Value, mark
from docpipe.writing.labels import key_of
from docpipe.writing.study import StudyData
from docpipe.writing.topics._asked import randomized
from docpipe.writing.topics._computed import counted, duration, extreme, frame, parameter
from docpipe.writing.topics._countries import country
from docpipe.writing.topics._design_texts import labelled, passage_with, worded
from docpipe.writing.topics._find import displays_about
from docpipe.writing.topics._labelled import bound, running
from docpipe.writing.topics._regimens import Regimen, regimens
from docpipe.writing.topics._sheet import sheets_of

NAME = "design"
_NO_PATIENTS = re.compile(r"prevent|prophyla|contracept|vaccin|healthy|anesth|anaesth", re.IGNORECASE)
_INDICATION = ("indication", "condition", "disease", "indication studied")
_MODELS = {
    "PARALLEL": "parallel-group", "CROSSOVER": "crossover", "CROSS-OVER": "crossover", "FACTORIAL": "factorial",
    "SINGLE GROUP": "single-group", "SEQUENTIAL": "sequential",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Design:
    """Texts are for printing, "" where the sources do not say; numbers and dates are values or None. ``kind``: the adjectives in order.

    ``generic``: the drug's name is written in small letters; ``drug``: as it stands in a sentence.
    """

    id: Value | None
    title: str
    sponsor: str
    sponsor_is_id: bool
    phase: str
    indication: str
    product: str
    drug: str
    generic: bool
    comparator: str
    population: str
    kind: tuple[str, ...]
    blinding: str
    control: str
    randomized: bool
    length: Value | None
    planned: Value | None
    arms: Value | None
    regimens: tuple[Regimen, ...]
    sites: Value | None
    countries: tuple[str, ...]
    country_count: Value | None
    per_site: tuple[Value, Value] | None
    sites_number: str
    first_consent: Value | None
    first_dose: Value | None
    last_dose: Value | None
    first_contact: Value | None
    last_contact: Value | None

    @property
    def article(self) -> str:
        """``an`` before a vowel at the beginning of the adjectives."""
        words = re.sub("\ue000[^\ue001]*\ue001", "", self.kind[0]) if self.kind else ""
        return "an" if not self.phase and words[:1].lower() in tuple("aeiou") else "a"

    @property
    def compared_with(self) -> str:
        """The comparator where the words for the control do not name it already."""
        words = re.sub("\ue000[^\ue001]*?\ue002([^\ue001\ue002]*)\ue001", r"\1", self.comparator).casefold()
        return "" if not words or words == "none" or words in self.control else self.comparator

    @property
    def first(self) -> Value | None:
        """The earliest date of the study that the data have."""
        found = [v for v in (self.first_consent, self.first_contact, self.first_dose) if v is not None]
        return min(found, key=lambda v: v.text, default=None)

    @property
    def last(self) -> Value | None:
        """The latest date of the study that the data have."""
        found = [v for v in (self.last_contact, self.last_dose) if v is not None]
        return max(found, key=lambda v: v.text, default=None)


def read(study: StudyData, book: Book) -> Design:
    """Whatever the sources tell; a study always has a design, be it unknown."""
    sponsor = parameter(study, book, "SPONSOR")
    same = bool(sponsor) and key_of(sponsor[0].text) == key_of(study.id)
    title = parameter(study, book, "TITLE", "STITLE")
    drug = parameter(study, book, "TRT")
    generic = _generic(study, drug)
    product = _product(drug) or labelled(
        study, book, "investigational product", "study drug", "test product", "product", "study treatment", "test drug"
    )
    indication = parameter(study, book, "INDIC")
    comparator = parameter(study, book, "COMPTRT", "CURTRT")
    group = parameter(study, book, "TDIGRP")
    count = parameter(study, book, "PLANSUB", "PLSUBNUM")
    length = parameter(study, book, "LENGTH")
    blinding, control = _blinding(study, book), _control(study, book)
    sites, per_site, number = _sites(study, book)
    places, how_many = _countries(study, book)
    dm = frame(study, "DM")
    base = study.records.base

    def date(latest: bool, *variables: str) -> Value | None:
        frames = [f for f in (dm, base) if f is not None]
        pairs = ((f, v) for v in variables for f in frames if v in f)
        return next((d for f, v in pairs if (d := extreme(book, f, v, latest)) is not None), None)

    return Design(
        _id(study, book),
        str(title[0]).rstrip(". ") if title else labelled(study, book, "study title", "title", "protocol title", "full title"),
        str(sponsor[0]) if sponsor and not same else labelled(study, book, "sponsor", "sponsor name", "study sponsor"),
        same,
        _phase(study, book),
        cited(book, indication[0], running(indication[0].text)) if indication else labelled(study, book, *_INDICATION, small=True),
        product, str(drug[0].lower) if generic else product, generic,
        str(comparator[0].lower) if comparator else labelled(study, book, "comparator", "reference product", "control"),
        _patients(book, group, indication) or _patients_of_text(labelled(study, book, *_INDICATION, small=True)),
        _kind(study, book, blinding, control),
        blinding, control, randomized(study),
        duration(book, length[0]) if length else None,
        count[0] if count else None,
        _arms(study, book), regimens(study, book), sites, places, how_many, per_site, number,
        date(False, "RFICDTC"), date(False, "RFXSTDTC", "RFSTDTC"), date(True, "RFXENDTC", "RFENDTC"),
        _parameter_date(study, book, "SSTDTC"), _parameter_date(study, book, "SENDTC") or date(True, "RFPENDTC", "EOSDTC"),
    )  # fmt: skip


def cited(book: Book, value: Value, text: str) -> str:
    """Words bound to where a value stands, numbers in them bound as well."""
    for place in value.fact.places[:1]:
        key = f"{place.sha256}|{place.locator}"
        book.passages[key] = place
        return mark(CITE, key) + bound(book, text, value.fact.display, value.fact.row, value.fact.places)
    return text


def _id(study: StudyData, book: Book) -> Value | None:
    for name in ("TS", "DM", "ADSL"):
        found = frame(study, name)
        if found is not None and "STUDYID" in found:
            return book.record(found.dataset, 0, "STUDYID")
    for display in study.displays:
        if display.study and display.study == study.id:
            where = (Place(display.file.sha256, "header:1"),)
            said = display.study
            return book.value(
                Fact(book.study, book.data_version, display.number, ("study",), "", "quoted", said, said, None, None, "", "", where)
            )  # fmt: skip
    return None


def _patients(book: Book, group: list[Value], indication: list[Value]) -> str:
    """``patients with probable mild to moderate …``; with only an indication, ``subjects with`` it; a prevention has no patients."""
    if group:
        return cited(book, group[0], running(group[0].text))
    if indication and not _NO_PATIENTS.search(indication[0].text):
        return "{who} with " + cited(book, indication[0], running(indication[0].text))
    return ""


def _patients_of_text(said: str) -> str:
    return "{who} with " + said if said and not _NO_PATIENTS.search(said) else ""


def _generic(study: StudyData, drug: list[Value]) -> bool:
    """The study's texts write the drug's name in small letters in the middle of a sentence, as generic names are."""
    name = re.escape(drug[0].text) if drug else ""
    small = large = 0
    for source in study.texts if name else ():
        for passage in source.passages:
            if passage.kind in ("paragraph", "list-item"):
                small += len(re.findall(rf"(?<=[a-z,] ){name.lower()}\b", passage.text))
                large += len(re.findall(rf"(?<=[a-z,] ){name.lower().capitalize()}\b", passage.text))
    return small > large


def _product(values: list[Value]) -> str:
    if not values:
        return ""
    return str(values[0].Name if values[0].text.isupper() else values[0])


def _phase(study: StudyData, book: Book) -> str:
    found = parameter(study, book, "TPHASE")
    if found:
        said = re.sub(r"\s*\b(?:trial|study)\b\s*$", "", found[0].text, flags=re.IGNORECASE)
        said = re.sub(r"\bphase\b", "Phase", said, flags=re.IGNORECASE)
        return cited(book, found[0], said if said.startswith("Phase") else f"Phase {said}")
    said = labelled(study, book, "phase", "study phase", "trial phase", "development phase", "phase of development")
    return said if not said or re.search(r"phase", said, re.IGNORECASE) else f"Phase {said}"


def _blinding(study: StudyData, book: Book) -> str:
    found = parameter(study, book, "TBLIND")
    if found:
        said = re.sub(r"[ -]+(?=blind|label|mask|dummy)", "-", found[0].text.lower())
        return cited(book, found[0], said)
    for pattern, said in (
        (r"\bdouble[- ]blind", "double-blind"), (r"\bsingle[- ]blind", "single-blind"), (r"\btriple[- ]blind", "triple-blind"),
        (r"\bopen[- ]label", "open-label"),
    ):  # fmt: skip
        if text := worded(study, book, pattern, said):
            return text
    return ""


def _control(study: StudyData, book: Book) -> str:
    found = parameter(study, book, "TCNTRL")
    if found:
        said = found[0].text.lower()
        if said in ("none", "no control"):
            return cited(book, found[0], "uncontrolled")
        return cited(book, found[0], f"{said.split(' control')[0].replace(' ', '-')}-controlled")
    for pattern, said in (
        (r"\bplacebo[- ]controlled", "placebo-controlled"), (r"\bactive[- ]controlled", "active-controlled"),
        (r"\buncontrolled", "uncontrolled"),
    ):  # fmt: skip
        if text := worded(study, book, pattern, said):
            return text
    return ""


def _kind(study: StudyData, book: Book, blinding: str, control: str) -> tuple[str, ...]:
    """``randomized``, ``double-blind``, ``placebo-controlled``, ``parallel-group``, ``multicenter``, as far as the sources say so."""
    model = parameter(study, book, "INTMODEL")
    modelled = cited(book, model[0], _MODELS.get(model[0].text.upper(), model[0].text.lower())) if model else ""
    for pattern, said in (
        (r"\bparallel[- ](?:group|design|arm)", "parallel-group"), (r"\bcross-?over\b", "crossover"),
        (r"\bsingle[- ](?:arm|group)\b", "single-arm"),
    ):  # fmt: skip
        modelled = modelled or worded(study, book, pattern, said)
    chance = parameter(study, book, "RANDOM")
    drawn = ""
    if randomized(study):
        drawn = cited(book, chance[0], "randomized") if chance else (
            worded(study, book, r"\brandomi[sz]ed", "randomized") or "randomized"
        )  # fmt: skip
    sites = worded(study, book, r"\bmulti-?\s?cent(?:er|re)\b", "multicenter")
    return tuple(x for x in (drawn, blinding, control, modelled, sites) if x)


def _arms(study: StudyData, book: Book) -> Value | None:
    found = parameter(study, book, "NARMS")
    if found:
        return found[0]
    for name, variable in (("TA", "ARMCD"), ("ADSL", "TRT01P"), ("DM", "ARMCD")):
        data = frame(study, name)
        if data is not None and variable in data:
            label = "ARM" if name == "DM" and "ARM" in data else variable
            kept = [
                i for i, r in enumerate(data.dataset.records)
                if name == "TA" or data.text(r, label) in study.arms.names
            ]  # fmt: skip
            return counted(book, data, ("arms",), kept, f"values of {name}.{variable}", variable) if kept else None
    return None


def _sites(study: StudyData, book: Book) -> tuple[Value | None, tuple[Value, Value] | None, str]:
    """How many centers, the fewest and most subjects of one, and the display of subjects by center."""
    base = frame(study, "ADSL", "DM")
    number = ""
    facts: list[Fact] = []
    for shown in displays_about(study, "sites"):
        for sheet in sheets_of(study, book, shown)[:1]:
            lines = [
                x for x in sheet.lines if key_of(x.plain) not in ("total", "all", "overall") and x.total is not None
            ]
            facts = [x.total.n.fact for x in lines if x.total is not None and x.total.n is not None]
            number = shown.display.number
        break
    if base is None or "SITEID" not in base:
        return None, _span(book, facts), number
    arms = study.records.arm_of()
    kept = [i for i, s in enumerate(base.subject) if s in arms]
    count = counted(book, base, ("centers",), kept, f"values of {base.name}.SITEID of subjects with an arm", "SITEID")
    if not facts:
        facts = [
            f for f in study.store.find(display=base.name, arm="", statistic="n", population="All Subjects") if f.row[:1] == ("SITEID",)
        ]  # fmt: skip
    return count, _span(book, facts), number


def _span(book: Book, facts: list[Fact]) -> tuple[Value, Value] | None:
    try:
        low, high = derive.span(facts) if len(facts) > 1 else (None, None)
    except NotDerivable:
        return None
    return (book.value(low), book.value(high)) if low is not None and high is not None else None


def _countries(study: StudyData, book: Book) -> tuple[tuple[str, ...], Value | None]:
    dm = frame(study, "DM", "ADSL")
    if dm is None or "COUNTRY" not in dm:
        return (), None
    levels = dm.having("COUNTRY")
    codes = sorted((c for c in levels if c), key=lambda c: (-len(levels[c]), c))
    if not codes:
        return (), None
    count = counted(book, dm, ("countries",), range(len(dm.dataset.records)), f"values of {dm.name}.COUNTRY", "COUNTRY")
    return tuple(country(c) for c in codes), count


def _parameter_date(study: StudyData, book: Book, code: str) -> Value | None:
    found = parameter(study, book, code)
    return found[0] if found and re.match(r"\d{4}", found[0].text) else None


__all__ = ["Design", "cited", "passage_with", "read"]
