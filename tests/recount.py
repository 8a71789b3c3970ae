"""Evaluates the formulas of computed facts over the raw records with nothing of the product's own counting: standard library only.

What it cannot count is named by ``why_not``: numbers that no question to the records gives.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from recount_estimates import agrees, kaplan_meier, student_limit

from docpipe.model.source import Dataset, Value

Data = dict[str, Dataset]
Keep = Callable[[int], bool]
"""Whether the record of a number (from 0) of the dataset in question passes."""

_COUNT = re.compile(
    r"(?P<percent>100 \* )?(?P<what>subjects|records) in (?P<data>\w+)(?: where (?P<where>.*?))?(?: / (?P<n>\d+))?"
)
_SUMMARY = re.compile(
    r"(?P<what>mean|sd|median|min|max|n) of (?P<data>\w+)\.(?P<variable>\w+) in \w+ where (?P<where>.*)"
)
_KAPLAN = re.compile(
    r"(?:(?P<side>lower|upper) 95% confidence limit \(log-log\) of the )?Kaplan-Meier median of (?P<data>\w+)\.(?P<variable>\w+) in \w+ where (?P<where>.*?), event where CNSR = 0"
)
_LIMIT = re.compile(
    r"(?P<side>lower|upper) 95% confidence limit of the mean of (?P<data>\w+)\.(?P<variable>\w+) in \w+ where (?P<where>.*)"
)
_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean, "sd": statistics.stdev, "median": statistics.median, "min": min, "max": max, "n": len,
}  # fmt: skip
_END = re.compile(r"(?P<what>min|max) of (?P<data>\w+)\.(?P<variable>\w+)")
_VALUES = re.compile(r"values of (?P<data>\w+)\.(?P<variable>\w+)(?P<arm> of subjects with an arm)?")
_WORST = re.compile(r"(\w+) = '([^']*)' is the subject's worst")
_ATOM = re.compile(
    r"(?:(?P<of>\w+)\.)?(?P<name>\w+) (?:(?P<sign>=|<>) '(?P<one>[^']*)'|in \((?P<some>'[^']*'(?:, '[^']*')*)\)|is (?P<none>missing))"
)
_DEATH = re.compile(r"a death is recorded \((?P<where>[\w.]+(?: or [\w.]+)*)\)")
_FAILURE = re.compile(r"(?P<names>\w+(?: or \w+)*) is a screen failure")
_OUTSIDE = re.compile(r"(?P<name>\w+) is outside the range, after baseline")
_DEAD = {"Y", "FATAL", "DEATH", "DIED", "DEAD"}
_CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
_ORDER = ("MILD", "MODERATE", "SEVERE", "LIFE THREATENING", "FATAL")
_NARRATED = {
    "subjects with a death in demography, disposition, or event records": ("dead",),
    "subjects who died or had a serious event by flag or criteria": ("serious",),
    "subjects who died, had a serious event by flag or criteria, or an event of special interest": (
        "serious",
        "special",
    ),
    "subjects with events of special interest and neither death nor serious event": ("special", "-serious"),
}


def recounts(formula: str, raw: str, data: Data) -> bool | None:
    """Whether a formula comes to a value; None for forms that are not counted here."""
    if end := _END.fullmatch(formula):
        said = [v for v in _column(data[end["data"]], end["variable"]) if v] if end["data"] in data else []
        wanted = min(said) if end["what"] == "min" else max(said)
        return raw in (wanted, wanted.partition("T")[0])
    number = recounted(formula, data)
    return None if number is None else agrees(raw, number)


def why_not(formula: str) -> str:
    """Why a formula is not counted here."""
    if "not narrated here" in formula:
        return "depends on which events the narrative tells"
    if "set by the document type" in formula:
        return "a threshold of the type file, no count"
    if formula == "confidence level of the limits":
        return "a level, no count"
    return "another form"


def recounted(formula: str, data: Data) -> float | None:
    """What a formula comes to, None for forms that are not counted here; infinite where a median or its limit is not reached."""
    if found := _KAPLAN.fullmatch(formula):
        kept = _passing(found["where"], found["data"], data)
        if kept is None:
            return None
        time, censor = _at(data[found["data"]], found["variable"]), _at(data[found["data"]], "CNSR")
        records = data[found["data"]].records
        told = [(float(t), records[i][censor] == 0) for i in kept if isinstance(t := records[i][time], float)]
        return kaplan_meier(told)[{None: 0, "lower": 1, "upper": 2}[found["side"]]]
    if found := _LIMIT.fullmatch(formula):
        kept = _passing(found["where"], found["data"], data)
        if kept is None:
            return None
        at, records = _at(data[found["data"]], found["variable"]), data[found["data"]].records
        numbers = [float(v) for i in kept if isinstance(v := records[i][at], float)]
        return student_limit(numbers, 1 if found["side"] == "upper" else -1) if len(numbers) > 1 else None
    if formula in _NARRATED:
        return float(len(_narrated(_NARRATED[formula], data)))
    if found := _VALUES.fullmatch(formula):
        dataset = data[found["data"]]
        values = zip(_column(dataset, found["variable"]), _arms(dataset), strict=True)
        return float(len({v for v, arm in values if v and (arm or not found["arm"])}))
    if found := _COUNT.fullmatch(formula):
        kept = _passing(found["where"] or "", found["data"], data)
        if kept is None:
            return None
        own = data[found["data"]]
        subjects = _column(own, "USUBJID")
        number = len({subjects[i] for i in kept} - {""}) if found["what"] == "subjects" else len(kept)
        return 100 * number / int(found["n"]) if found["percent"] and found["n"] else float(number)
    if found := _SUMMARY.fullmatch(formula):
        kept = _passing(found["where"], found["data"], data)
        if kept is None:
            return None
        at = _at(data[found["data"]], found["variable"])
        records = data[found["data"]].records
        told_values = [float(v) for i in kept if isinstance(v := records[i][at], float)]
        return float(_STATISTICS[found["what"]](told_values)) if len(told_values) > 1 else None
    return None


# ---------------------------------------------------------------- records


def _at(dataset: Dataset, name: str) -> int:
    return next(i for i, v in enumerate(dataset.variables) if v.name.upper() == name)


def _has(dataset: Dataset, name: str) -> bool:
    return any(v.name.upper() == name for v in dataset.variables)


def _column(dataset: Dataset, name: str) -> list[str]:
    if not _has(dataset, name):
        return [""] * len(dataset.records)
    at = _at(dataset, name)
    return [_text(r[at]) for r in dataset.records]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def _arms(dataset: Dataset) -> list[str]:
    """The planned arm of each record's subject, "" for those who were not assigned."""
    said = _column(dataset, "TRT01P") if _has(dataset, "TRT01P") else _column(dataset, "ARM")
    return ["" if re.search(r"screen fail|not assigned|scrnfail", a, re.IGNORECASE) else a for a in said]


# ---------------------------------------------------------------- conditions


def _passing(where: str, name: str, data: Data) -> list[int] | None:
    """Numbers of the records for which all conditions hold, None where one is of a form that is not known here."""
    own = data[name]
    kept: Iterable[int] = range(len(own.records))
    worst = None
    for part in _parts(where, " and "):
        if found := _WORST.fullmatch(part):
            worst = (found[1], found[2])
            continue
        keep = _condition(part, name, data)
        if keep is None:
            return None
        kept = [i for i in kept if keep(i)]
    return _at_worst(own, list(kept), *worst) if worst else list(kept)


def _at_worst(own: Dataset, kept: list[int], name: str, value: str) -> list[int]:
    """Records with a value that is the worst of their subject's among those that pass."""
    said, subjects = _column(own, name), _column(own, "USUBJID")
    order = {v: n for n, v in enumerate(_ORDER)} | {str(n): n for n in range(1, 6)}
    top: dict[str, int] = {}
    for i in kept:
        top[subjects[i]] = max(top.get(subjects[i], -1), order.get(said[i].upper(), -1))
    return [i for i in kept if said[i] == value and top[subjects[i]] == order[value.upper()]]


def _parts(where: str, between: str) -> list[str]:
    """The text parted at a word outside brackets and quotes."""
    found, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(where):
        quoted ^= c == "'" and not (where[i : i + 2] == "'s" and where[i - 7 : i] == "subject")
        depth += 0 if quoted else (c == "(") - (c == ")")
        if not depth and not quoted and where.startswith(between, i) and i >= start:
            found.append(where[start:i])
            start = i + len(between)
    return [p for p in (*found, where[start:]) if p]


def _condition(part: str, name: str, data: Data) -> Keep | None:
    own = data[name]
    if part.startswith("(") and part.endswith(")"):
        several = [_condition(p, name, data) for p in _parts(part[1:-1], " or ")]
        return None if None in several else lambda i: any(k(i) for k in several if k is not None)
    if found := _DEATH.fullmatch(part):
        return _of_subjects(own, _dead(found["where"].split(" or "), data))
    if found := _FAILURE.fullmatch(part):
        columns = [_column(own, n) for n in found["names"].split(" or ")]
        return lambda i: any(re.search(r"screen ?fail|scrnfail", c[i], re.IGNORECASE) for c in columns)
    if found := _OUTSIDE.fullmatch(part):
        return _outside(own, found["name"])
    found = _ATOM.fullmatch(part)
    if found is None or (found["of"] or name) not in data:
        return None
    values = {""} if found["none"] else {found["one"]}
    if found["some"]:
        values = set(re.findall(r"'([^']*)'", found["some"]))
    dataset = data[found["of"]] if found["of"] else own
    said = _column(dataset, found["name"])
    holds = [(v in values) != (found["sign"] == "<>") for v in said]
    if dataset is own:
        return lambda i: holds[i]
    subjects = _column(dataset, "USUBJID")
    return _of_subjects(own, {s for s, h in zip(subjects, holds, strict=True) if h})


def _of_subjects(own: Dataset, people: set[str]) -> Keep:
    subjects = _column(own, "USUBJID")
    return lambda i: subjects[i] in people


def _dead(names: Iterable[str], data: Data) -> set[str]:
    """Subjects for whom one of the variables tells a death: a date of it, a flag, an outcome, a disposition."""
    people: set[str] = set()
    for variable in names:
        dataset, _, column = variable.partition(".")
        said = _column(data[dataset], column)
        dated = column.startswith("DTHD")
        subjects = _column(data[dataset], "USUBJID")
        people |= {s for s, v in zip(subjects, said, strict=True) if (v if dated else v.upper() in _DEAD)}
    return people


def _outside(own: Dataset, name: str) -> Keep:
    said = _column(own, name)
    flags = [
        _column(own, v.name.upper()) for v in own.variables if re.fullmatch(r"ABLFL|..(?:BL|LOBX)FL", v.name.upper())
    ]
    visits = [_column(own, v) for v in ("AVISIT", "VISIT") if _has(own, v)]
    days = [_column(own, v.name.upper()) for v in own.variables if re.fullmatch(r"ADY|[A-Z]{2}DY", v.name.upper())]

    def keep(i: int) -> bool:
        before = any(f[i] == "Y" for f in flags) or any(
            re.search("baseline|screen", v[i], re.IGNORECASE) for v in visits
        )
        early = any(d[i] and float(d[i]) <= 1 for d in days[:1])
        return bool(said[i]) and said[i].upper() != "NORMAL" and not before and not early

    return keep


def _narrated(groups: Iterable[str], data: Data) -> set[str]:
    """Subjects that a report narrates: deaths and serious events, events of special interest."""
    events = data.get("ADAE") or data["AE"]
    subjects = _column(events, "USUBJID")
    serious: set[str] = set()
    for name in ("AESER", *_CRITERIA, "AEOUT"):
        said = _column(events, name)
        serious |= {s for s, v in zip(subjects, said, strict=True) if v in ("Y", "FATAL")}
    variables = [f"{d}.{v}" for d in ("ADSL", "DM") if d in data for v in ("DTHFL", "DTHDTC", "DTHDT")]
    dead = _dead([*variables, *(["DS.DSDECOD"] if "DS" in data else [])], data)
    for name in ("AESDTH", "AEOUT"):
        dead |= {s for s, v in zip(subjects, _column(events, name), strict=True) if v in ("Y", "FATAL")}
    serious |= dead
    special: set[str] = set()
    for variable in events.variables:
        if re.fullmatch(r"(?:CQ|SMQ)\d+NAM", variable.name.upper()):
            said = _column(events, variable.name.upper())
            special |= {s for s, v in zip(subjects, said, strict=True) if v}
    kinds = {"serious": serious, "special": special, "dead": dead}
    found = set[str]().union(*(kinds[g] for g in groups if g in kinds))
    return found - serious if "-serious" in groups else found


def looked_up(locator: str, data: Data) -> set[str]:
    """How the value at a place of a dataset may be written: as text or plain number, a number of days also as its date."""
    found = re.fullmatch(r"dataset:(\w+)#(\d+)/(\w+)", locator)
    if found is None or found[1] not in data:
        return set()
    dataset = data[found[1]]
    value = dataset.records[int(found[2]) - 1][_at(dataset, found[3])]
    said = {_text(value)}
    if isinstance(value, float) and value == int(value) and abs(value) < 100_000:
        said.add((date(1960, 1, 1) + timedelta(days=int(value))).isoformat())
    return said
