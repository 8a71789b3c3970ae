"""Adverse events of a study for the topics that speak of them: records, displays about them, and lines of counts. Imports its room only.

A line is taken from a display where one has it, else counted in the records; displays are found by what their titles say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from docpipe.model.fact import Fact
from docpipe.model.source import Display, Passage, Place, TextSource
from docpipe.writing.arms import TOTAL
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_data import RELATED
from docpipe.writing.narrative_set import events_frame
from docpipe.writing.study import StudyData
from docpipe.writing.topics._tally import Counter, Tally

_ADVERSE = re.compile(r"adverse event|adverse experience|\bt?e?aes?\b|\bsaes?\b", re.IGNORECASE)
_ABOUT = (
    ("deaths", re.compile(r"\bdeaths?\b|\bfatal", re.IGNORECASE)),
    ("withdrawal", re.compile(r"leading to|discontinu|withdraw|permanent", re.IGNORECASE)),
    ("special", re.compile(r"special interest|\baesis?\b", re.IGNORECASE)),
    ("serious", re.compile(r"\bserious\b|\bsaes?\b", re.IGNORECASE)),
    ("related", re.compile(r"\brelated\b|relationship|causal", re.IGNORECASE)),
    ("severity", re.compile(r"severity|intensity|toxicity|\bgrade\b|\bsevere\b", re.IGNORECASE)),
    ("time", re.compile(r"time to|kaplan|first occurrence", re.IGNORECASE)),
    ("overview", re.compile(r"overview|overall summary|summary of (?:all )?(?:treatment[- ]emergent )?(?:adverse events|t?e?aes?)\W*$", re.IGNORECASE)),
)  # fmt: skip
_EMERGENT = re.compile(r"treatment[- ]emergent|\bte?aes?\b", re.IGNORECASE)
_ANY = re.compile(
    r"^(?:any|all)\b|at least (?:one|1)|^total$|^overall$|^(?:number of )?(?:subjects|patients|participants) with\b",
    re.IGNORECASE,
)
_LINE = {
    "serious": re.compile(r"\bserious\b|\bsaes?\b", re.IGNORECASE),
    "withdrawal": re.compile(r"leading to.*(?:discontinu|withdraw)|discontinu|withdraw", re.IGNORECASE),
    "deaths": re.compile(r"\bdeaths?\b|\bfatal|\bdied\b", re.IGNORECASE),
    "related": re.compile(r"(?<!un)\brelated\b", re.IGNORECASE),
    "severe": re.compile(r"\bsevere\b|grade (?:>=|\u2265|3)", re.IGNORECASE),
    "special": re.compile(r"special interest", re.IGNORECASE),
}  # fmt: skip
_DEFINES = re.compile(r"treatment[- ]emergent[^.]{0,80}\b(?:defined|start|onset|occur)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A passage of a source that states something: print it with ``quote(s.source, s.passage)``."""

    source: TextSource
    passage: Passage
    start: int = 0
    end: int | None = None
    """The characters meant, by default all."""


class Events:
    """Everything about adverse events that several topics need. ``abbr``: TEAE where the records or displays say so, else AE."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self.study, self.book, self.count = study, book, Counter(study, book)
        self.frame = events_frame(study.records)

    # ------------------------------------------------------------ records

    @cached_property
    def emergent(self) -> bool:
        """The events counted are treatment-emergent ones."""
        return (self.frame is not None and "TRTEMFL" in self.frame) or (
            self.frame is None
            and any(_EMERGENT.search(d.title) for d in self.displays("all") + self.displays("overview"))
        )

    @property
    def name(self) -> str:
        """First part of the rows of facts computed from the records."""
        return "TEAE" if self.frame is not None and "TRTEMFL" in self.frame else "AE"

    @cached_property
    def records(self) -> frozenset[int]:
        """Records of the events counted: treatment-emergent where flagged, of subjects in the set."""
        if self.frame is None:
            return frozenset()
        kept = (
            self.frame.having("TRTEMFL").get("Y", frozenset())
            if "TRTEMFL" in self.frame
            else range(len(self.frame.dataset.records))
        )
        return frozenset(i for i in kept if self.frame.subject[i] in self.count.inside)

    @property
    def said(self) -> str:
        """The condition on the records counted, in words."""
        return "TRTEMFL = 'Y'" if self.name == "TEAE" else ""

    def where(self, condition: str) -> str:
        """The condition together with that of all records counted."""
        return " and ".join(p for p in (self.said, condition) if p)

    def tally(self, key: str, records: Iterable[int], condition: str, variable: str) -> Tally | None:
        """A line counted in the records."""
        if self.frame is None:
            return None
        return self.count.of_records(
            self.frame, (self.name, key), self.records & frozenset(records), self.where(condition), variable
        )

    def variable(self, *names: str) -> str:
        """The first of some variables that the records have with any value; "" where none."""
        frame = self.frame
        return next((n for n in names if frame is not None and n in frame and set(frame.levels(n)) - {""}), "")

    # ------------------------------------------------------------ displays

    @cached_property
    def _about(self) -> Mapping[str, tuple[Display, ...]]:
        found: dict[str, list[Display]] = {}
        for shown in self.study.shown:
            title = shown.display.title
            if not shown.facts or not _ADVERSE.search(title):
                continue
            kind = next((k for k, words in _ABOUT if words.search(title)), "all")
            if kind == "all" and not any(len(f.row) > 1 for f in shown.facts):
                kind = "overview"
            found.setdefault(kind, []).append(shown.display)
        return {k: tuple(sorted(v, key=lambda d: -len(d.rows))) for k, v in found.items()}

    def displays(self, kind: str) -> tuple[Display, ...]:
        """Displays by kind: all, overview, serious, related, severity, withdrawal, special, deaths, time; the longest first."""
        return self._about.get(kind, ())

    def facts(self, display: Display) -> tuple[Fact, ...]:
        """What a display says."""
        return next(s.facts for s in self.study.shown if s.display is display)

    def lines(self, display: Display, depth: int) -> list[Tally]:
        """The display's rows of a depth, 1 for organ classes and 2 for terms, without the line for any event."""
        rows: dict[tuple[str, ...], list[Fact]] = {}
        for fact in self.facts(display):
            if len(fact.row) == depth and not (depth == 1 and _ANY.search(fact.row[0])):
                rows.setdefault(fact.row, []).append(fact)
        found = (self.count.of_display(display.number, row, facts) for row, facts in rows.items())
        return [t for t in found if t is not None]

    def any_line(self, display: Display) -> Tally | None:
        """The display's line for any event."""
        rows = dict.fromkeys(f.row for f in self.facts(display) if len(f.row) == 1 and _ANY.search(f.row[0]))
        return next((t for r in rows if (t := self.count.of_display(display.number, r)) is not None), None)

    def first_line(self, key: str, kind: str) -> Tally | None:
        """A line of an overview display, else the line for any event of the displays of a kind."""
        found = self.overview_line(key)
        return (
            found
            if found is not None
            else next((t for d in self.displays(kind) if (t := self.any_line(d)) is not None), None)
        )

    def overview_line(self, key: str) -> Tally | None:
        """A line of an overview display: any, serious, withdrawal, deaths, related, severe or special."""
        for display in self.displays("overview"):
            for row in dict.fromkeys(f.row for f in self.facts(display) if f.row):
                kinds = [k for k, words in _LINE.items() if words.search(row[-1])]
                fits = kinds == [key] if key != "any" else not kinds and _ADVERSE.search(row[-1])
                found = self.count.of_display(display.number, row) if fits else None
                if found is not None:
                    return found
        return None

    # ------------------------------------------------------------ values

    def term(self, row: tuple[str, ...], display: str = "", of: tuple[str, ...] = ()) -> Value:
        """The last label of a row as a fact bound to where it stands; ``of``: a row of values below it, where it has none itself."""
        places = [
            p for f in self._row_facts(display or (self.frame.name if self.frame else ""), of or row) for p in f.places
        ]
        made = Fact(
            self.study.id, self.study.version, display or (self.frame.name if self.frame else ""), row, TOTAL, "term", row[-1], row[-1],
            None, None, "", "", tuple(dict.fromkeys(places))[:1],
        )  # fmt: skip
        return self.book.value(made)

    def _row_facts(self, display: str, row: tuple[str, ...]) -> tuple[Fact, ...]:
        return self.study.store.find(display=display, row=row)

    def level(self, variable: str, value: str) -> Value:
        """A value of a variable as a fact bound to a record that has it."""
        frame = self.frame
        assert frame is not None
        return self.book.record(frame.dataset, min(frame.having(variable)[value]), variable) or self.term(
            (variable, value)
        )

    # ------------------------------------------------------------ what the sources define

    @cached_property
    def related_levels(self) -> tuple[str, ...]:
        """Values of AEREL that count as related: those that a source names where it defines it, else possible and stronger."""
        if self.frame is None or "AEREL" not in self.frame:
            return ()
        used = [v for v in self.frame.levels("AEREL") if v]
        stated = self.related_defined
        if stated is not None:
            words = set(re.findall(r"[a-z]+", stated.passage.text.casefold()))
            named = tuple(v for v in used if v.upper() in RELATED and set(re.findall(r"[a-z]+", v.casefold())) <= words)
            if named:
                return named
        return tuple(v for v in used if v.upper() in RELATED)

    @cached_property
    def related_defined(self) -> Said | None:
        """Where a source says which relationships count as related."""
        frame = self.frame
        used = (
            [v.casefold() for v in frame.levels("AEREL") if v.upper() in RELATED]
            if frame is not None and "AEREL" in frame
            else []
        )
        strong = [v for v in used if v not in ("y", "yes", "related")]
        for said in self._passages():
            text = said.passage.text.casefold()
            if (
                "related" in text
                and re.search(r"defin|consider|includ|count|classif", text)
                and strong
                and all(v in text for v in strong)
            ):
                return said
        return None

    @cached_property
    def emergent_defined(self) -> Said | None:
        """Where a source says what treatment-emergent means: footnotes of the displays first, then texts."""
        for said in self._passages():
            if _DEFINES.search(said.passage.text) and len(said.passage.text) < 400 and said.passage.kind != "contents":
                return said
        return None

    @cached_property
    def dictionary(self) -> Said | None:
        """Where a source says that events were coded with MedDRA; ``start`` and ``end`` are those of the version, where it names one."""
        found = [
            s
            for s in self._passages()
            if re.search(r"\bcod(?:ed|ing)\b.*meddra", s.passage.text, re.IGNORECASE) and len(s.passage.text) < 250
        ]
        for said in found:
            hit = re.search(r"version\s+(\d+(?:\.\d+)?)", said.passage.text, re.IGNORECASE)
            if hit:
                return Said(said.source, said.passage, hit.start(1), hit.end(1))
        return found[0] if found else None

    def _passages(self) -> Iterable[Said]:
        for kind in ("all", "overview", "related", "serious"):
            for display in self.displays(kind):
                source = TextSource(display.file, display.number, ())
                for i, note in enumerate(display.footnotes):
                    text = re.sub(r"^\s*(?:notes?:|\[\w+\])\s*", "", note, flags=re.IGNORECASE)
                    yield Said(source, Passage(Place(display.file.sha256, f"footnote:{i + 1}"), text))
        for text_source in self.study.texts:
            for passage in text_source.passages:
                yield Said(text_source, passage)
