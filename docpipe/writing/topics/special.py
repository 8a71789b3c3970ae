"""Adverse events of special interest: those that a query or a flag of the data marks, or that displays name. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from docpipe.writing.book import Book, Value
from docpipe.writing.narrative_set import special_records
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events, Said
from docpipe.writing.topics._judged import Line
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

NAME = "special"
_TERMS = 10
"""Terms that are counted for each kind, the commonest first."""
_SPECIAL = re.compile(r"events? of special interest|special events|\baesis?\b", re.IGNORECASE)
_PLANS = re.compile(r"\bsap\b|analysis plan|protocol", re.IGNORECASE)
_SENTENCE = re.compile(r"[A-Z][^.!?]*(?:\.(?=\S)[^.!?]*)*[.!?]")


@dataclass(frozen=True, slots=True)
class Interest:
    """One kind of event of special interest. ``name``: as the data name it, None for a mere flag; ``terms``: its terms, commonest first."""

    name: Value | None
    tally: Tally
    serious: Tally | None
    terms: tuple[Line, ...]


class Special:
    """Kinds of events of special interest. ``lines``: rows of a display that names them, where there is one."""

    def __init__(self, study: StudyData, book: Book, events: Events) -> None:
        self._e, self._study = events, study
        displays = events.displays("special")
        self.display = displays[0].number if displays else ""
        self.shown = events.first_line("special", "special")
        self.lines = tuple(
            Line(in_sentence(v), in_cell(v), t) for d in displays[:1] for t in events.lines(d, 2) or events.lines(d, 1) if t
            for v in [events.term(t.row, d.number)]
        )  # fmt: skip
        self.kinds = tuple(self._kinds())

    def _kinds(self) -> list[Interest]:
        e, frame = self._e, self._e.frame
        found: list[Interest] = []
        told: set[frozenset[int]] = set()
        for variable, records in sorted(special_records(frame).items(), key=_named_first) if frame is not None else ():
            assert frame is not None
            values = {v for i in records if (v := frame.text(frame.dataset.records[i], variable))}
            for value in sorted(values):
                mine = frame.having(variable)[value]
                if mine in told:
                    continue
                told.add(mine)
                said = f"{variable} = '{value}'"
                tally = e.tally(f"{variable}/{value}", mine, said, variable)
                if not tally:
                    continue
                serious = (
                    e.tally(f"{variable}/{value}/SERIOUS", mine & frame.having("AESER").get("Y", frozenset()), f"{said} and AESER = 'Y'", variable)
                    if "AESER" in frame else None
                )  # fmt: skip
                name = in_sentence(e.level(variable, value)) if variable.endswith("NAM") else None
                found.append(Interest(name, tally, serious, self._terms(mine, variable, value)))
        return found

    def _terms(self, records: frozenset[int], variable: str, value: str) -> tuple[Line, ...]:
        e, frame = self._e, self._e.frame
        term = e.variable("AEDECOD", "AETERM")
        if frame is None or not term:
            return ()
        made = []
        words = {w: mine for w, having in frame.having(term).items() if w and (mine := having & records & e.records)}
        ranked = sorted(words, key=lambda w: (-e.count.top_share(frame, words[w]), w))
        for word in ranked[:_TERMS]:
            tally = e.tally(
                f"{variable}/{value}/{word}", words[word], f"{variable} = '{value}' and {term} = '{word}'", term
            )
            if word and tally:
                label = e.level(term, word)
                made.append(Line(in_sentence(label), in_cell(label), tally))
        return tuple(sorted(made, key=lambda x: (-x.tally.top, x.term.text)))

    @cached_property
    def defined(self) -> Said | None:
        """The sentence of a text that speaks of events of special interest: protocol and analysis plan before other texts."""
        found: list[tuple[bool, Said]] = []
        for source in self._study.texts:
            planned = bool(_PLANS.search(source.file.path) or _PLANS.search(source.title))
            for passage in source.passages:
                for hit in _SENTENCE.finditer(passage.text) if passage.kind in ("paragraph", "list-item") else ():
                    if _SPECIAL.search(hit[0]) and 40 < len(hit[0]) < 400:
                        found.append((not planned, Said(source, passage, hit.start(), hit.end())))
        return min(found, key=lambda f: f[0])[1] if found else None

    @property
    def opening(self) -> str:
        """How the sentence is introduced."""
        said = self.defined
        name = f"{said.source.file.path} {said.source.title}" if said is not None else ""
        if re.search(r"protocol", name, re.IGNORECASE):
            return "The protocol states"
        return "The statistical analysis plan states" if _PLANS.search(name) else "The study documents state"


def _named_first(found: tuple[str, tuple[int, ...]]) -> tuple[bool, str]:
    """Queries with a name before mere flags."""
    return not found[0].endswith("NAM"), found[0]


def read(study: StudyData, book: Book) -> Special | None:
    """The topic; None where nothing marks an event as of special interest."""
    found = Special(study, book, Events(study, book))
    return found if found.kinds or found.shown is not None or found.lines else None
