"""Severity of adverse events and their relationship to treatment, as investigators judged them. Imports its room only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from docpipe.writing.book import Value
from docpipe.writing.topics._ae import Events, Said
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import in_cell, in_sentence

_PLAIN = ("RELATED", "Y", "YES")
_SEVERITY = ("MILD", "MODERATE", "SEVERE", "LIFE THREATENING", "LIFE-THREATENING", "FATAL")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table or an item of a list. ``term``: in a sentence; ``Term``: at the beginning; ``tally``: its counts."""

    term: Value
    Term: Value
    tally: Tally


class Judged:
    """What templates say of severity and relationship. Lines are Tally objects by arm; None where neither display nor data tell."""

    def __init__(self, events: Events) -> None:
        self._e = events

    @cached_property
    def severe(self) -> Tally | None:
        """Events recorded as severe, or of toxicity grade 3 and above."""
        e = self._e
        found = e.overview_line("severe")
        if found is not None or e.frame is None:
            return found
        graded = self.graded
        wanted = [v for v in self._levels() if (v.upper() in _SEVERITY[2:] if not graded else _grade(v) >= 3)]
        variable = self._severity_variable
        if not variable:
            return None
        having = e.frame.having(variable)
        quoted = ", ".join(f"'{v}'" for v in wanted)
        records = frozenset().union(*(having[v] for v in wanted)) if wanted else frozenset()
        return e.tally("SEVERE", records, f"{variable} in ({quoted})" if wanted else f"{variable} is severe", variable)

    @property
    def severe_levels(self) -> list[Value]:
        """Grades that count as severe, where severity is told by grades."""
        graded = self.graded and self._e.overview_line("severe") is None
        return [self._e.level(self._severity_variable, v) for v in self._levels() if _grade(v) >= 3] if graded else []

    @property
    def _severity_variable(self) -> str:
        return self._e.variable("AESEV", "ASEV", "AETOXGR", "ATOXGR")

    @property
    def graded(self) -> bool:
        """Severity is told by toxicity grades."""
        return self._severity_variable in ("AETOXGR", "ATOXGR")

    def _levels(self) -> list[str]:
        e, variable = self._e, self._severity_variable
        if e.frame is None or not variable:
            return []
        values = [v for v in e.frame.levels(variable) if v]
        if self.graded:
            return sorted(values, key=_grade)
        return sorted(
            values, key=lambda v: (_SEVERITY.index(v.upper()) if v.upper() in _SEVERITY else len(_SEVERITY), v)
        )

    @cached_property
    def severities(self) -> tuple[Line, ...]:
        """Subjects by their worst severity or grade, mildest first."""
        e, variable, levels = self._e, self._severity_variable, self._levels()
        frame = e.frame
        if frame is None or not levels:
            return ()
        rank = {v: i for i, v in enumerate(levels)}
        worst: dict[str, int] = {}
        for i in e.records:
            value = frame.text(frame.dataset.records[i], variable)
            if value in rank:
                worst[frame.subject[i]] = max(worst.get(frame.subject[i], -1), rank[value])
        found = []
        for value in levels:
            records = (i for i in frame.having(variable)[value] if worst.get(frame.subject[i]) == rank[value])
            tally = e.tally(
                f"WORST {variable}/{value}", records, f"{variable} = '{value}' is the subject's worst", variable
            )
            if tally is not None:
                label = e.level(variable, value)
                found.append(Line(in_sentence(label), in_cell(label), tally))
        return tuple(found)

    @property
    def causality(self) -> bool:
        """The records tell the relationship to treatment."""
        return bool(self._e.variable("AEREL"))

    @cached_property
    def relationships(self) -> tuple[Line, ...]:
        """Events by each recorded relationship, strongest first as far as the words are known."""
        e = self._e
        if e.frame is None or not e.variable("AEREL"):
            return ()
        order = (
            "DEFINITE",
            "RELATED",
            "Y",
            "YES",
            "PROBABLE",
            "PROBABLY RELATED",
            "POSSIBLE",
            "POSSIBLY RELATED",
            "REMOTE",
            "UNLIKELY",
            "UNLIKELY RELATED",
            "NONE",
            "NOT RELATED",
            "N",
            "NO",
        )
        values = sorted(
            (v for v in e.frame.levels("AEREL") if v),
            key=lambda v: (order.index(v.upper()) if v.upper() in order else len(order), v),
        )
        found = []
        for value in values:
            tally = e.tally(f"AEREL/{value}", e.frame.having("AEREL")[value], f"AEREL = '{value}'", "AEREL")
            if tally:
                label = e.level("AEREL", value)
                found.append(Line(in_sentence(label), in_cell(label), tally))
        return tuple(found)

    @property
    def related_words(self) -> list[Value]:
        """The relationships that count as related, as recorded."""
        return [in_sentence(self._e.level("AEREL", v)) for v in self._e.related_levels]

    @cached_property
    def related_terms(self) -> tuple[Line, ...]:
        """Preferred terms of the events that count as related, the largest incidence of any arm first; none where only a display tells."""
        e = self._e
        variable = e.variable("AEDECOD", "AETERM")
        if e.frame is None or not variable or not e.related_levels:
            return ()
        having = e.frame.having("AEREL")
        related = frozenset().union(*(having[v] for v in e.related_levels))
        quoted = ", ".join(f"'{v}'" for v in e.related_levels)
        made = (
            e.tally(f"RELATED/{v}", r & related, f"AEREL in ({quoted}) and {variable} = '{v}'", variable)
            for v, r in e.frame.having(variable).items()
            if v
        )
        found = [
            Line(in_sentence(x), in_cell(x), t)
            for t in made
            if t
            for x in [e.level(variable, t.row[-1].partition("/")[2])]
        ]
        return tuple(sorted(found, key=lambda x: (-x.tally.top, x.term.text)))

    @property
    def plainly_related(self) -> bool:
        """The relationship is recorded as related or not, without degrees."""
        return bool(self._e.related_levels) and all(v.upper() in _PLAIN for v in self._e.related_levels)

    @property
    def related_defined(self) -> Said | None:
        """Where a source says what counts as related."""
        return self._e.related_defined

    @property
    def unrelated_missing(self) -> Value | None:
        """Events counted without a recorded relationship; None where all have one or none is recorded at all."""
        e = self._e
        if e.frame is None or not e.variable("AEREL"):
            return None
        tally = e.tally("AEREL MISSING", e.frame.having("AEREL").get("", frozenset()), "AEREL is missing", "AEREL")
        events = tally.total.events if tally is not None and tally.total is not None else None
        return events if events else None


def _grade(value: str) -> int:
    digits = re.sub(r"\D", "", value)
    return int(digits[:1]) if digits else 0
