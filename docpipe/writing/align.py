"""From a displayed fact to the question to the data that it answers. Imports the core and its own room.

What cannot be told for sure has a reason instead of a question; nothing is compared by resemblance of numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from docpipe.model.fact import Fact
from docpipe.model.source import Definition, Display
from docpipe.writing import event_kinds
from docpipe.writing.align_times import time_row, times_of
from docpipe.writing.labels import clean, key_of, words_of
from docpipe.writing.records import Condition, Frame, Population, Question, Study
from docpipe.writing.sets import population_named
from docpipe.writing.synonyms import value_for

Decodes = Mapping[tuple[str, str], Mapping[str, str]]
"""(Dataset, variable) -> code -> decode."""

_ADVERSE = re.compile(r"adverse event|\bteae|\bsae|\baes?\b", re.IGNORECASE)
_COMPLETED = re.compile(r"complet\w*\b(?: of)? (?:the )?(week) (\d+)", re.IGNORECASE)
_EARLY = re.compile(
    r"(?:early termination|terminat\w+|discontinu\w+|withdr\w+)\b.*\b(?:prior to|before) week (\d+)", re.IGNORECASE
)
_STUDY = re.compile(r"complet\w* (?:the )?study|study complet\w+|completed", re.IGNORECASE)
_LEFT = re.compile(
    r"(?:discontinued|withdrew|withdrawn)(?: from)? (?:the )?study|study discontinuation|discontinued", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^)]*\)")
_SUMMARY = frozenset(("mean", "sd", "median", "min", "max", "q1", "q3"))
_SYNONYMS = {"avg": "average", "wt": "weight", "ht": "height", "tot": "total"}
_LEAST = 0.34


@dataclass(frozen=True, slots=True)
class Aligned:
    """The question whose answer the fact should be."""

    question: Question
    population: Population


def decodes_of(definitions: Iterable[Definition]) -> Decodes:
    """The codelists of define.xml files."""
    return {(v.dataset.upper(), v.name.upper()): v.codes for d in definitions for v in d.variables if v.codes}


class Aligner:
    """The rows of one display against the study's data."""

    def __init__(self, display: Display, facts: Iterable[Fact], study: Study, decodes: Decodes | None = None) -> None:
        self.display, self.study, self.decodes = display, study, decodes or {}
        given = tuple(facts)
        self.rows = tuple(dict.fromkeys(f.row for f in given if f.row and f.statistic != "p"))
        self.summed = frozenset(f.row for f in given if f.statistic in _SUMMARY)
        """Rows of which the display gives a mean or median: their n counts values."""
        self.parts: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in self.rows:
            self.parts[row[:-1]].append(row[-1])
        self.events = self._events()
        self.times = None if self.events is not None else times_of(study, display.title)
        self.findings = self._findings()
        self._event_rows: dict[tuple[str, ...], Question | str] = {}
        self._variables: dict[tuple[str, ...], str] = {}

    def align(self, fact: Fact) -> Aligned | str:
        """The question, or why there is none."""
        if fact.statistic not in _SUMMARY | {"n", "pct", "events", "N", "denominator"}:
            return f"The statistic {fact.statistic} is not recomputed."
        population = population_named(self.study, fact.population)
        if population is None:
            return "The data flag no analysis set of this name."
        if fact.arm not in ("", *self.study.arms.names):
            return "The column is none of the study's arms."
        base = self.study.base
        if base is None:
            return "There is no subject-level dataset."
        if fact.statistic == "N" and not fact.row:
            return Aligned(Question(base.name), population)
        if self.events is not None:
            found = self._event_row(fact.row)
        elif self.times is not None:
            found = time_row(*self.times, fact.row, fact.statistic)
        elif self.findings is not None:
            found = self._finding_row(fact)
        else:
            found = self._subject_row(base, fact)
        return found if isinstance(found, str) else Aligned(found, population)

    def dataset(self) -> str:
        """The dataset that the display is about, "" for none."""
        frame = self.events or (self.times[0] if self.times else None) or self.findings or self.study.base
        return frame.name if frame is not None else ""

    # -- adverse events

    def _events(self) -> Frame | None:
        return (
            (self.study.frames.get("ADAE") or self.study.frames.get("AE"))
            if _ADVERSE.search(self.display.title)
            else None
        )

    def _about_events(self, frame: Frame) -> tuple[Condition, ...] | str:
        return event_kinds.about(frame, self.display.title)

    def event_terms(self) -> tuple[tuple[Condition, ...], str, str] | None:
        """For a display by organ class and term: its conditions and the two variables; None for any other."""
        frame = self.events
        if frame is None or "AEDECOD" not in frame or not any(len(r) > 1 for r in self.rows):
            return None
        conditions, organ = self._about_events(frame), _organ(frame)
        asked = [q for r in self.rows if len(r) > 1 and not isinstance(q := self._event_row(r), str)]
        whole = [q for q in asked if any(c.variable == organ for c in q.conditions)]
        return None if isinstance(conditions, str) or not organ or not whole else (conditions, organ, "AEDECOD")

    def _event_row(self, row: tuple[str, ...]) -> Question | str:
        if row not in self._event_rows:
            self._event_rows[row] = self._asked_of_events(row)
        return self._event_rows[row]

    def _asked_of_events(self, row: tuple[str, ...]) -> Question | str:
        frame = self.events
        if frame is None:
            return "There are no data of adverse events."
        conditions = self._about_events(frame)
        if isinstance(conditions, str):
            return conditions
        if not row:
            return "The row has no label."
        organ = _organ(frame)
        label = clean(row[-1])
        if len(row) == 1 and event_kinds.is_any(label):
            said = event_kinds.about(frame, label)  # a row may say less than its title: serious ones among all
            conditions = tuple(dict.fromkeys((*conditions, *(() if isinstance(said, str) else said))))
            return Question(frame.name, conditions)
        places = [organ, "AEDECOD"] if len(row) == 2 else [organ] if len(row) == 1 else []
        chosen: list[Condition] = []
        for variable, part in zip(places, row, strict=False):
            level = value_for(part, frame.levels(variable)) if variable and variable in frame else None
            if level is None and len(row) == 1 and "AEDECOD" in frame:
                variable, level = "AEDECOD", value_for(part, frame.levels("AEDECOD"))
            if level is None:
                break
            chosen.append(Condition(variable, (level,)))
        if chosen and len(chosen) == len(row):
            return Question(frame.name, (*conditions, *chosen))
        kind = event_kinds.kind(frame, " ".join(row))
        return kind if isinstance(kind, str) else Question(frame.name, tuple(dict.fromkeys((*conditions, *kind))))

    # -- values by parameter and visit

    def _findings(self) -> Frame | None:
        """The one dataset of values by parameter whose parameter the title names."""
        title = set(re.findall(r"[a-z]+", self.display.title.casefold()))
        found = []
        for frame in self.study.frames.values():
            if "PARAM" in frame and "AVAL" in frame and "AVISIT" in frame and self.events is None:
                names = [re.findall(r"[a-z]+", p.casefold())[:1] for p in frame.levels("PARAM") if p]
                if any(n and len(n[0]) > 2 and n[0] in title for n in names):
                    found.append(frame)
        return found[0] if len(found) == 1 else None

    def _finding_row(self, fact: Fact) -> Question | str:
        frame = self.findings
        if frame is None or fact.statistic not in _SUMMARY | {"n"}:
            return "The row is no summary of a parameter's values."
        title = set(re.findall(r"[a-z]+", self.display.title.casefold()))
        names = [
            p
            for p in frame.levels("PARAM")
            if p and re.findall(r"[a-z]+", p.casefold())[:1] and re.findall(r"[a-z]+", p.casefold())[0] in title
        ]
        visit = value_for(fact.window, frame.levels("AVISIT")) if fact.window else None
        if len(names) != 1 or visit is None:
            return "The row names no parameter and visit of the data."
        label = " ".join(fact.row).casefold()
        variable = "CHG" if "change from" in label else "AVAL"
        if variable not in frame:
            return "The data hold no change from baseline."
        flag = (Condition("ANL01FL", ("Y",)),) if "ANL01FL" in frame else ()
        return Question(frame.name, (Condition("PARAM", (names[0],)), Condition("AVISIT", (visit,)), *flag), variable)

    # -- subject-level data

    def _subject_row(self, base: Frame, fact: Fact) -> Question | str:
        row = fact.row
        if not row:
            return "The row has no label."
        outer = [c for part in row[:-1] if (c := self._special(base, part, True)) is not None]
        label = clean(row[-1])
        counted = fact.statistic in ("n", "pct")
        if fact.statistic in _SUMMARY or (fact.statistic == "n" and row in self.summed):
            variable = _numeric(base, label)
            return (
                Question(base.name, tuple(outer), variable)
                if variable
                else "No numeric variable of the data has this label."
            )
        if not counted:
            return "The row is not counted in the subject-level data."
        if len(row) == 1 and key_of(label) in ("total", "all", "overall", "all subjects"):
            return Question(base.name)
        special = self._special(base, label, False)
        if special is not None and not self._variable(base, row[:-1]):
            return Question(base.name, (*outer, special))
        sites = self._sites(base, row)
        if sites:
            return Question(base.name, sites)
        if self.parts.get(row):
            return self._all_of(base, row, tuple(outer))
        conditions = self._level(base, row)
        return Question(base.name, (*outer, *conditions)) if conditions else "No variable of the data has these values."

    def _special(self, base: Frame, label: str, group: bool) -> Condition | None:
        """Conditions that a label states by itself: completion of a week or the study, termination before it, an analysis set."""
        if (early := _EARLY.search(label)) and f"COMP{early.group(1)}FL" in base:
            return Condition(f"COMP{early.group(1)}FL", ("N", ""))
        if (done := _COMPLETED.search(label)) and f"COMP{done.group(2)}FL" in base:
            return Condition(f"COMP{done.group(2)}FL", ("Y",))
        if group:
            return None
        if _STUDY.fullmatch(clean(_BRACKETS.sub("", label))):
            return _ended(base, "completed")
        if _LEFT.fullmatch(clean(_BRACKETS.sub("", label))):
            return _ended(base, "discontinued")
        population = population_named(self.study, label)
        return population.condition if population is not None else None

    def _sites(self, base: Frame, row: tuple[str, ...]) -> tuple[Condition, ...]:
        """Rows of the display by site: one variable for each label, named by the heads of the label columns."""
        heads = [h for h in self.display.row_heads if h.strip()]
        if not any(re.search(r"\b(?:site|cent(?:er|re)|investigator)\b", h, re.IGNORECASE) for h in heads):
            return ()
        pooled = [v for v in ("SITEGR1", "SITEGR2", "POOLID") if v in base]
        single = [v for v in ("SITEID", "SITENO") if v in base]
        order = [pooled if re.search(r"\bpool", h, re.IGNORECASE) else single for h in heads]
        found = []
        for part, variables in zip(row, order[-len(row) :] if len(row) == 1 else order, strict=False):
            variable = next((v for v in variables if part in base.levels(v)), None)
            if variable is None:
                return ()
            found.append(Condition(variable, (part,)))
        return tuple(found) if len(found) == len(row) else ()

    def _all_of(self, base: Frame, row: tuple[str, ...], outer: tuple[Condition, ...]) -> Question | str:
        """The n of a group of categories: the subjects with any value."""
        variable = self._variable(base, row)
        if not variable:
            return "No variable of the data has these values."
        levels = tuple(sorted(v for v in base.levels(variable) if v))
        return Question(base.name, (*outer, Condition(variable, levels)))

    def _variable(self, base: Frame, group: tuple[str, ...]) -> str:
        """The variable whose values the rows under a group are: most values found, then the likest label; "" where none is."""
        if group not in self._variables:
            labels = self.parts.get(group, [])
            ranked = []
            for variable in base.dataset.variables:
                name = variable.name.upper()
                levels = base.levels(name) if variable.kind == "text" else {}
                if not 0 < len(levels) <= 60 or name.endswith("FL"):
                    continue
                hits = sum(value_for(x, levels, self._decode(base, name)) is not None for x in labels)
                likeness = similarity(group[-1], variable.label or name) if group else 0.0
                if hits and (likeness > 0 or hits > 1):
                    ranked.append((hits, likeness, name))
            ranked.sort(reverse=True)
            self._variables[group] = (
                ranked[0][2] if ranked and ranked[0][:2] != (ranked[1:] or [(0, 0.0, "")])[0][:2] else ""
            )
        return self._variables[group]

    def unnamed(self) -> Iterator[tuple[tuple[str, ...], Condition, tuple[Condition, ...]]]:
        """Values of the variables behind groups of categories that no row of the group names: group, value, the group's conditions.

        Groups with a row for all others name every value.
        """
        base = self.study.base
        if base is None or self.events is not None or self.findings is not None:
            return
        for group, labels in self.parts.items():
            variable = self._variable(base, group) if group else ""
            sites = any(self._sites(base, (*group, x)) for x in labels)
            if not variable or sites or any(key_of(x) in ("other", "others") for x in labels):
                continue
            levels, decode = base.levels(variable), self._decode(base, variable)
            named = {value_for(clean(x), levels, decode) for x in labels}
            outer = tuple(c for part in group if (c := self._special(base, part, True)) is not None)
            for level in sorted(v for v in levels if v and v not in named):
                yield group, Condition(variable, (level,)), outer

    def _level(self, base: Frame, row: tuple[str, ...]) -> tuple[Condition, ...]:
        group, label = row[:-1], clean(row[-1])
        variable = self._variable(base, group)
        if not variable:
            if key_of(label) == "missing":
                flags = {c.variable for x in self.parts[group] if (c := self._special(base, x, False)) is not None}
                return (Condition(flags.pop(), ("",)),) if len(flags) == 1 else ()
            return ()
        levels, decode = base.levels(variable), self._decode(base, variable)
        siblings = [clean(x) for x in self.parts[group]]
        origin = variable == "RACE" and "ETHNIC" in base and any(value_for(x, base.levels("ETHNIC")) for x in siblings)
        other = (
            tuple(sorted(v for v in base.levels("ETHNIC") if not v.upper().startswith("HISPANIC"))) if origin else ()
        )
        beside = (Condition("ETHNIC", other),) if origin else ()
        level = value_for(label, levels, decode)
        if level is not None:
            return (Condition(variable, (level,)), *beside)
        if origin and (ethnic := value_for(label, base.levels("ETHNIC"))) is not None:
            return (Condition("ETHNIC", (ethnic,)),)
        if key_of(label) == "missing":
            return (Condition(variable, ("",)),)
        if key_of(label) in ("other", "others"):
            named = {value_for(x, levels, decode) for x in siblings}
            rest = tuple(sorted(v for v in levels if v and v not in named))
            return (Condition(variable, rest or ("OTHER",)), *beside)
        return ()

    def _decode(self, frame: Frame, variable: str) -> Mapping[str, str]:
        return self.decodes.get((frame.name, variable), {})


def _ended(base: Frame, how: str) -> Condition | None:
    """How the study ended for a subject, by the first variable that knows the word."""
    for variable in ("DCDECOD", "DCSREAS", "DSDECOD", "EOSSTT"):
        if variable in base and (level := value_for(how, base.levels(variable))) is not None:
            return Condition(variable, (level,))
    return None


def similarity(label: str, other: str) -> float:
    """How far two labels share their words, from 0 to 1; units and what stands in brackets do not count."""
    a, b = _bare(label), _bare(other)
    shared = sum(
        1 for w in a if any(w == x or (min(len(w), len(x)) > 3 and (w.startswith(x) or x.startswith(w))) for x in b)
    )
    return shared / max(1, len(a) + len(b) - shared)


def _bare(label: str) -> frozenset[str]:
    words = words_of(_BRACKETS.sub(" ", label)) or words_of(label)
    return frozenset(_SYNONYMS.get(w, w) for w in words)


def _numeric(frame: Frame, label: str) -> str:
    """The numeric variable with the likest label; "" where none is like it or two are alike."""
    ranked = sorted(
        (
            (similarity(label, v.label or v.name), v.name.upper())
            for v in frame.dataset.variables
            if v.kind == "number" and not v.format.upper().startswith(("DATE", "TIME", "E8601"))
            and not (v.name.upper().endswith("N") and v.name.upper()[:-1] in frame)
        ),
        reverse=True,
    )  # fmt: skip
    if not ranked or ranked[0][0] < _LEAST or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return ""
    return ranked[0][1]


def _organ(frame: Frame) -> str:
    return next((v for v in ("AEBODSYS", "AESOC") if v in frame), "")
