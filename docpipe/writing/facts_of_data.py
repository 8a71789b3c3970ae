"""Facts computed from datasets: counts of subjects and events, percentages, summary statistics, each with its formula. Imports the core and its room.

Rows are variable and value (``("SEX", "F")``); the display is the dataset's name. Percentages are of the subjects of the arm in the set.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing import arithmetic
from docpipe.writing.arms import TOTAL
from docpipe.writing.records import SUBJECT, Condition, Frame, Population, Question, Study
from docpipe.writing.sets import ALL, populations

PLACES = 25
"""A count of more records names its dataset and not each record."""
_CODED = re.compile(r"(?:DATE|DATETIME|TIME|YYMMDD|E8601|IS8601)", re.IGNORECASE)
_NEVER = frozenset(("STUDYID", "DOMAIN", "USUBJID", "SUBJID", "VISIT1DT", "VISNUMEN", "INVID", "INVNAM"))
_LEVELS = 40
RELATED = ("RELATED", "POSSIBLE", "PROBABLE", "DEFINITE", "POSSIBLY RELATED", "PROBABLY RELATED", "Y", "YES")
"""Values of AEREL that count as related. Remote and unlikely are not among them: the display's footnote decides."""


def related(frame: Frame) -> Condition:
    """Events called related: those of ``RELATED`` that the data use."""
    used = frame.levels("AEREL") if "AEREL" in frame else {}
    return Condition("AEREL", tuple(v for v in RELATED if v in {u.upper() for u in used}) or RELATED[:1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the data say of a question for one arm of a set: exact values by statistic."""

    question: Question
    population: Population
    arm: str
    n: int
    values: Mapping[str, Decimal]
    records: tuple[int, ...]


def answer(study: Study, question: Question, population: Population, arm: str = TOTAL) -> Answer:
    """Counts (n, pct, events, denominator) or a variable's summary (n, mean, sd, median, q1, q3, min, max) for an arm.

    Subjects of the safety set are counted by their actual arm, all others by the planned one.
    """
    frame = study.frames[question.dataset]
    inside = {s for s, a in study.subjects(population, actual_in(population)).items() if arm in (TOTAL, a)}
    records = tuple(i for i in study.records(question.dataset, question.conditions) if frame.subject[i] in inside)
    if question.variable:
        values = _summary(study.values(question.dataset, records, question.variable))
    else:
        n = len({frame.subject[i] for i in records})
        values = {"n": Decimal(n), "events": Decimal(len(records)), "denominator": Decimal(len(inside))}
        if (share := arithmetic.percentage(n, len(inside))) is not None:
            values["pct"] = share
    return Answer(question, population, arm, len(inside), values, records)


def actual_in(population: Population) -> bool:
    """Arms are the actual ones in this set."""
    return population.condition is not None and population.condition.variable == "SAFFL"


def _summary(values: Sequence[Decimal]) -> dict[str, Decimal]:
    found = {
        "mean": arithmetic.mean(values), "sd": arithmetic.standard_deviation(values),
        "q1": arithmetic.quantile(values, Fraction(1, 4)), "median": arithmetic.quantile(values, Fraction(1, 2)),
        "q3": arithmetic.quantile(values, Fraction(3, 4)),
        "min": min(values, default=None), "max": max(values, default=None),
    }  # fmt: skip
    return {"n": Decimal(len(values)), **{name: v for name, v in found.items() if v is not None}}


# ---------------------------------------------------------------- facts


def facts_for(
    study: Study,
    question: Question,
    row: tuple[str, ...],
    population: Population,
    study_id: str,
    data_version: str,
    window: str = "",
) -> Iterator[Fact]:
    """The answer for each arm and for all together as facts."""
    frame = study.frames[question.dataset]
    most = (
        max(
            (
                _decimals(v)
                for v in study.values(frame.name, study.records(frame.name, question.conditions), question.variable)
            ),
            default=0,
        )
        if question.variable
        else 0
    )
    for arm in (*study.arms.names, TOTAL):
        found = answer(study, question, population, arm)
        places = _places(frame, found)
        for statistic, value in found.values.items():
            if statistic == "denominator":
                continue
            decimals = _printed(statistic, min(most, 2), bool(question.variable))
            shown = arithmetic.rounded(value, decimals)
            yield Fact(
                study_id, data_version, frame.name, row, arm, statistic, arithmetic.plain(value), format(shown, "f"), decimals,
                found.n, population.name, window, places, formula_of(study, found, statistic),
            )  # fmt: skip


def formula_of(study: Study, found: Answer, statistic: str) -> str:
    """How to get the value from the data, in words: ``subjects in ADSL where SEX = 'F' and ITTFL = 'Y' and TRT01P = 'Placebo'``."""
    question, population = found.question, found.population
    parts = [c.said for c in question.conditions]
    base = study.base.name if study.base is not None else ""
    mine = "" if question.dataset == base else base
    if population.condition is not None:
        parts.append(Condition(population.condition.variable, population.condition.values, mine).said)
    variable = study.arm_variable(actual_in(population))
    parts.append(Condition(variable, (found.arm,) if found.arm else study.arms.names, mine).said)
    where = f"{question.dataset} where {' and '.join(parts)}"
    if question.variable:
        return f"{statistic} of {question.dataset}.{question.variable} in {where}"
    if statistic == "p":
        return f"subjects in {where}"
    if statistic == "pct":
        return f"100 * subjects in {where} / {found.n}"
    return f"{'records' if statistic == 'events' else 'subjects'} in {where}"


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent)) if value.is_finite() else 0


def _printed(statistic: str, data: int, summary: bool) -> int:
    """Decimals by the usual rule: means and quartiles one more than the data, deviations two more, percentages one."""
    if statistic == "pct":
        return 1
    if not summary or statistic in ("n", "events"):
        return 0
    return {"mean": data + 1, "median": data + 1, "q1": data + 1, "q3": data + 1, "sd": data + 2}.get(statistic, data)


def _places(frame: Frame, found: Answer) -> tuple[Place, ...]:
    if not 0 < len(found.records) <= PLACES:
        return (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
    last = found.question.variable or next(
        (c.variable for c in reversed(found.question.conditions) if not c.of), SUBJECT
    )
    return tuple(frame.dataset.place(i, last) for i in found.records)


# ---------------------------------------------------------------- what is computed of every study


def facts_of_data(study: Study, study_id: str, data_version: str) -> tuple[Fact, ...]:
    """Sets, disposition, demographics, exposure, adverse events, deaths and times to event of every set where they make sense."""
    found: list[Fact] = []
    sets = populations(study)
    safety = next((p for p in sets if actual_in(p)), ALL)
    main = [p for p in sets if not (p.condition and p.condition.variable.startswith("COMP"))]
    for population in sets:
        found += _sizes(study, population, study_id, data_version)
    for row, question in subject_questions(study):
        for population in main:
            found += facts_for(study, question, row, population, study_id, data_version)
    for row, question in (*event_questions(study), *time_questions(study)):
        found += facts_for(study, question, row, safety, study_id, data_version)
    return tuple(found)


def _sizes(study: Study, population: Population, study_id: str, data_version: str) -> Iterator[Fact]:
    if study.base is None:
        return
    conditions = (population.condition,) if population.condition else ()
    for arm in (*study.arms.names, TOTAL):
        size = answer(study, Question(study.base.name, conditions), population, arm)
        text = str(size.n)
        said = formula_of(study, size, "n")
        place = Place(study.base.dataset.file.sha256, f"dataset:{study.base.dataset.name}")
        yield Fact(
            study_id,
            data_version,
            study.base.name,
            (),
            arm,
            "N",
            text,
            text,
            0,
            size.n,
            population.name,
            "",
            (place,),
            said,
        )


def subject_questions(study: Study) -> Iterator[tuple[tuple[str, ...], Question]]:
    """Of the subject-level data: a summary of every numeric variable, counts of every variable with few values."""
    base = study.base
    if base is None:
        return
    for variable in base.dataset.variables:
        name = variable.name.upper()
        if name in _NEVER or name.endswith(("DTC", "DTM")) or _CODED.match(variable.format):
            continue
        if variable.kind == "number":
            if not (name.endswith("N") and name[:-1] in base):
                yield (name,), Question(base.name, (), name)
            continue
        levels = base.levels(name)
        if len(levels) <= _LEVELS:
            for level in sorted(levels):
                yield (name, level or "missing"), Question(base.name, (Condition(name, (level,)),))


def event_questions(study: Study) -> Iterator[tuple[tuple[str, ...], Question]]:
    """Of adverse events: any, serious, fatal, related, by severity, by organ class and term; treatment-emergent ones where flagged."""
    frame = study.frames.get("ADAE") or study.frames.get("AE")
    if frame is None:
        return
    flagged = (Condition("TRTEMFL", ("Y",)),) if "TRTEMFL" in frame else ()
    name = "TEAE" if flagged else "AE"
    yield (name, "ANY"), Question(frame.name, flagged)
    kinds = [
        ("SERIOUS", "AESER", ("Y",)),
        ("FATAL", "AEOUT", ("FATAL",)),
        ("DEATH", "AESDTH", ("Y",)),
        ("RELATED", "AEREL", RELATED),
    ]
    for label, variable, values in kinds:
        if variable in frame:
            yield (name, label), Question(frame.name, (*flagged, Condition(variable, values)))
    for variable in ("AESEV", "AEREL", "AEACN", "AEOUT", "AETOXGR"):
        for level in sorted(frame.levels(variable)) if variable in frame else ():
            if level:
                yield (name, variable, level), Question(frame.name, (*flagged, Condition(variable, (level,))))
    classes = next((v for v in ("AEBODSYS", "AESOC") if v in frame), "")
    if not classes or "AEDECOD" not in frame:
        return
    terms: dict[str, set[str]] = defaultdict(set)
    for record in frame.dataset.records:
        terms[frame.text(record, classes)].add(frame.text(record, "AEDECOD"))
    for organ in sorted(terms):
        inside = (*flagged, Condition(classes, (organ,)))
        yield (name, organ), Question(frame.name, inside)
        for term in sorted(terms[organ]):
            yield (name, organ, term), Question(frame.name, (*inside, Condition("AEDECOD", (term,))))


def time_questions(study: Study) -> Iterator[tuple[tuple[str, ...], Question]]:
    """Of times to event: subjects with the event and censored ones, and the times' summary."""
    frame = study.frames.get("ADTTE")
    if frame is None or "PARAMCD" not in frame or "CNSR" not in frame:
        return
    for code in sorted(frame.levels("PARAMCD")):
        mine = Condition("PARAMCD", (code,))
        censored = tuple(sorted(v for v in frame.levels("CNSR") if v not in ("0", "")))
        yield (code, "EVENT"), Question(frame.name, (mine, Condition("CNSR", ("0",))))
        if censored:
            yield (code, "CENSORED"), Question(frame.name, (mine, Condition("CNSR", censored)))
        if "AVAL" in frame:
            yield (code,), Question(frame.name, (mine,), "AVAL")
