"""Evaluates the formulas of computed facts over the raw records with nothing of the product's own counting: standard library only."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable
from datetime import date, timedelta

from docpipe.model.source import Dataset, Value

_CONDITION = re.compile(
    r"(?:(?P<of>\w+)\.)?(?P<name>\w+) (?:= '(?P<one>[^']*)'|in \((?P<some>'[^']*'(?:, '[^']*')*)\)|is (?P<none>missing))"
)
_COUNT = re.compile(
    r"(?P<percent>100 \* )?(?P<what>subjects|records) in (?P<data>\w+) where (?P<where>.*?)(?: / (?P<n>\d+))?"
)
_SUMMARY = re.compile(
    r"(?P<what>mean|sd|median|min|max|n) of (?P<data>\w+)\.(?P<variable>\w+) in \w+ where (?P<where>.*)"
)
_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean, "sd": statistics.stdev, "median": statistics.median, "min": min, "max": max, "n": len,
}  # fmt: skip


def recounted(formula: str, data: dict[str, Dataset]) -> float | None:
    """What a formula comes to, None for forms that are not counted here."""
    if found := _COUNT.fullmatch(formula):
        kept = _passing(found["where"], found["data"], data)
        if kept is None:
            return None
        subject = _at(data[found["data"]], "USUBJID")
        number = len({r[subject] for r in kept}) if found["what"] == "subjects" else len(kept)
        return 100 * number / int(found["n"]) if found["percent"] and found["n"] else float(number)
    if found := _SUMMARY.fullmatch(formula):
        kept = _passing(found["where"], found["data"], data)
        if kept is None:
            return None
        at = _at(data[found["data"]], found["variable"])
        values = [float(v) for r in kept if isinstance(v := r[at], float)]
        return float(_STATISTICS[found["what"]](values)) if len(values) > 1 else None
    return None


def _at(dataset: Dataset, name: str) -> int:
    return next(i for i, v in enumerate(dataset.variables) if v.name.upper() == name)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def _passing(where: str, name: str, data: dict[str, Dataset]) -> list[tuple[Value, ...]] | None:
    """The records for which all conditions hold; conditions on another dataset hold for its subjects."""
    found = list(_CONDITION.finditer(where))
    if " and ".join(m.group() for m in found) != where:
        return None
    own = data[name]
    kept = list(own.records)
    for m in found:
        values = {""} if m["none"] else {m["one"]} if m["one"] is not None else set(re.findall(r"'([^']*)'", m["some"]))
        dataset = data[m["of"]] if m["of"] else own
        at = _at(dataset, m["name"])
        if dataset is own:
            kept = [r for r in kept if _text(r[at]) in values]
            continue
        subject, mine = _at(dataset, "USUBJID"), _at(own, "USUBJID")
        people = {r[subject] for r in dataset.records if _text(r[at]) in values}
        kept = [r for r in kept if r[mine] in people]
    return kept


def looked_up(locator: str, data: dict[str, Dataset]) -> set[str]:
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
