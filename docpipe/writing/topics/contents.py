"""What a report lists at its end: the displays by the section of ICH E3 14 that they belong to, the sources by the appendix of E3 16 that they fill.

Imports its room only. Displays are told by the words of their titles, datasets by their names in CDISC SDTM and ADaM and their labels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from docpipe.model.canonical import Digest
from docpipe.model.fact import Fact
from docpipe.model.source import Dataset, Figure, Place, SourceFile
from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics._find import subject_of
from docpipe.writing.topics._roles import role_of

NAME = "contents"
_T = TypeVar("_T")
DEMOGRAPHIC, EFFICACY, EVENTS, SERIOUS, LABORATORY, SAFETY = (
    "demographic",
    "efficacy",
    "events",
    "serious",
    "laboratory",
    "safety",
)
_SERIOUS = re.compile(
    r"serious|\bsaes?\b|death|\bfatal|discontinu|withdraw|special interest|significant adverse", re.IGNORECASE
)
_SAFETY_WORDS = re.compile(r"safety|exposure|toxicit|tolerab|concomitant", re.IGNORECASE)
_SUBJECTS = frozenset({"sets", "disposition", "deviations", "demographics", "sites", "history", "medication"})
_DATA: Mapping[str, re.Pattern[str]] = {
    "discontinued": re.compile(r"DS|SUPPDS|ADDS"),
    "deviations": re.compile(r"DV|SUPPDV|ADDV|ADPD"),
    "demographic": re.compile(r"DM|SUPPDM|SC|MH|SUPPMH|ADSL|ADMH"),
    "compliance": re.compile(r"EX|EC|SUPPEX|DA|PC|PP|ADEX\w*|ADPC|ADPP"),
    "events": re.compile(r"AE|SUPPAE|CE|ADAE\w*"),
    "laboratory": re.compile(r"LB|SUPPLB|ADLB\w*"),
    "efficacy": re.compile(r"QS|SUPPQS|RS|TU|TR|FT|ADQS\w*|ADTTE\w*|ADRS\w*|ADEFF\w*|ADTR\w*|ADFT\w*|ADADAS"),
}  # fmt: skip
_NO_EFFICACY = re.compile(r"adverse|safety|derm|laborator|\becg\b", re.IGNORECASE)
_FORMS = re.compile(r"\ba?crf\b|case report form|\becrf\b", re.IGNORECASE)
_CONSENT = re.compile(r"consent", re.IGNORECASE)
_RANDOM = re.compile(r"randomi[sz]ation (?:list|scheme|code|schedule)", re.IGNORECASE)

_CALLED = {
    "protocol": "Protocol", "plan": "Statistical analysis plan", "forms": "Case report form", "consent": "Information and consent form",
    "randomization": "Randomization scheme",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A display: ``number`` for ``display()``, ``title``, ``population`` where it states one; ``empty``: a shell without values."""

    number: str
    title: Value
    population: Value | None
    empty: bool


@dataclass(frozen=True, slots=True)
class Pictured:
    """A figure that can be carried over. ``key``: for ``figure()`` and ``ref("figure:…")``; ``number``: for ``display()``, "" for none;
    ``notes``: lines below it; ``path``: of its file."""

    key: Digest
    number: str
    title: Value
    population: Value | None
    notes: tuple[Value, ...]
    path: Value


@dataclass(frozen=True, slots=True)
class Filed:
    """A source file. ``name``: of the dataset, or what the text is; ``label`` of a dataset; ``path`` as given; ``records``."""

    name: Value | str
    label: Value | None
    path: Value
    records: Value | None


@dataclass(frozen=True, slots=True)
class Contents:
    """``displays``, ``pictures``: group -> displays and figures; ``files``: appendix -> sources."""

    displays: Mapping[str, tuple[Listed, ...]]
    pictures: Mapping[str, tuple[Pictured, ...]]
    files: Mapping[str, tuple[Filed, ...]]

    def of(self, *groups: str) -> tuple[Listed, ...]:
        """The displays of some groups: demographic, efficacy, events, serious, laboratory, safety."""
        return tuple(d for g in groups for d in self.displays.get(g, ()))

    def title(self, number: str) -> Value | str:
        """The title of a display; "" for one that is not here."""
        return next((d.title for several in self.displays.values() for d in several if d.number == number), "")

    def figures(self, *groups: str) -> tuple[Pictured, ...]:
        """The figures of some groups, which are those of displays."""
        return tuple(f for g in groups for f in self.pictures.get(g, ()))

    def filed(self, *appendices: str) -> tuple[Filed, ...]:
        """The sources that fill an appendix: protocol, plan, forms, consent, randomization, discontinued, deviations, excluded,
        demographic, compliance, efficacy, events, laboratory."""
        return tuple(f for a in appendices for f in self.files.get(a, ()))


def group_of(title: str) -> str:
    """The section of E3 14 that a display or figure belongs to, told by its title."""
    subject = subject_of(title)
    if _SAFETY_WORDS.search(title) and subject not in ("events", "measurements"):
        return SAFETY
    if subject == "events":
        return SERIOUS if _SERIOUS.search(title) else EVENTS
    if subject == "measurements":
        return LABORATORY
    if subject in _SUBJECTS:
        return DEMOGRAPHIC
    return SAFETY if subject else EFFICACY


def read(study: StudyData, book: Book) -> Contents:
    """Every display and every source, each where it belongs; groups without any are missing."""
    made = _Maker(study, book)
    displays: dict[str, list[Listed]] = {}
    empty = {id(s.display) for s in study.shown if not s.facts}
    for display in study.displays:
        place = Place(display.file.sha256, f"display:{display.index}/title")
        title = made.value(display.number, "title", display.title, place)
        population = made.value(display.number, "population", display.population, place) if display.population else None
        displays.setdefault(group_of(display.title), []).append(
            Listed(display.number, title, population, id(display) in empty)
        )
    pictures: dict[str, list[Pictured]] = {}
    for figure in study.figures:
        if figure.title:
            pictures.setdefault(group_of(figure.title), []).append(made.figure(figure))
    files: dict[str, list[Filed]] = {}
    for text in study.texts:
        if appendix := _appendix_of_text(text.file.path, text.title, role_of(text)):
            files.setdefault(appendix, []).append(Filed(_CALLED[appendix], None, made.file(text.file), None))
    for frame in study.records.frames.values():
        for appendix in _appendices_of(frame.dataset):
            files.setdefault(appendix, []).append(made.dataset(frame.dataset))
    return Contents(_frozen(displays), _frozen(pictures), _frozen(files))


def _frozen(groups: Mapping[str, list[_T]]) -> dict[str, tuple[_T, ...]]:
    return {k: tuple(v) for k, v in groups.items()}


def _appendix_of_text(path: str, title: str, role: str) -> str:
    said = f"{re.sub(r'[_.-]+', ' ', path)} {title}"
    for appendix, sign in (("forms", _FORMS), ("randomization", _RANDOM), ("consent", _CONSENT)):
        if sign.search(said):
            return appendix
    return role if role in ("protocol", "plan") else ""


def _appendices_of(dataset: Dataset) -> list[str]:
    name = dataset.name.upper()
    found = [k for k, names in _DATA.items() if names.fullmatch(name)]
    if "efficacy" in found and _NO_EFFICACY.search(_about(dataset)):
        found.remove("efficacy")
    if name == "ADSL":
        found.append("excluded")
    return found


def _about(dataset: Dataset) -> str:
    """Label, and what the parameters are about."""
    at = next((i for i, v in enumerate(dataset.variables) if v.name.upper() == "PARAM"), None)
    first = {str(r[at]) for r in dataset.records[:50]} if at is not None else set()
    return f"{dataset.label} {' '.join(sorted(first))}"


class _Maker:
    """Words about sources as values, each with its place."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book

    def value(self, about: str, statistic: str, said: str, place: Place) -> Value:
        return self._book.value(
            Fact(
                self._study.id, self._study.version, about, (), "", statistic, said, said, None, None, "", "", (place,)
            )
        )

    def figure(self, figure: Figure) -> Pictured:
        place = Place(figure.file.sha256, f"{figure.place.locator}/title")
        name = figure.number or figure.file.path
        population = self.value(name, "population", figure.population, place) if figure.population else None
        notes = tuple(
            self.value(name, f"note {n}", said, Place(figure.file.sha256, f"{figure.place.locator}/footnote:{n}"))
            for n, said in enumerate(figure.footnotes, 1)
        )
        title = self.value(name, "title", figure.title, place)
        return Pictured(figure.digest, figure.number, title, population, notes, self.file(figure.file))

    def file(self, file: SourceFile) -> Value:
        return self.value(file.path, "file", file.path, Place(file.sha256, "file"))

    def dataset(self, dataset: Dataset) -> Filed:
        place = Place(dataset.file.sha256, f"dataset:{dataset.name}")
        said = dataset.label
        for definition in self._study.definitions:
            if not said and (said := definition.datasets.get(dataset.name, "")):
                place = Place(definition.file.sha256, f"dataset:{dataset.name}")
        label = self.value(dataset.name, "label", said, place) if said else None
        place = Place(dataset.file.sha256, f"dataset:{dataset.name}")
        records = self.value(dataset.name, "records", str(len(dataset.records)), place)
        return Filed(self.value(dataset.name, "name", dataset.name, place), label, self.file(dataset.file), records)
