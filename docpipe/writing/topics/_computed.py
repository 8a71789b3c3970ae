"""Facts that no display and no standing question has: counts of subjects and values, first and last dates, single values. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from docpipe.model.fact import Fact
from docpipe.model.source import Place
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_data import PLACES
from docpipe.writing.records import SUBJECT, Frame
from docpipe.writing.study import StudyData

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def frame(study: StudyData, *names: str) -> Frame | None:
    """The first of these datasets that is here and has records."""
    found = (study.records.frames.get(n) for n in names)
    return next((f for f in found if f is not None and f.dataset.records), None)


def counted(
    book: Book, frame: Frame, row: tuple[str, ...], records: Collection[int], formula: str, variable: str = SUBJECT,
    arm: str = "", n: int | None = None,
) -> Value:  # fmt: skip
    """How many values of a variable (subjects) some records have, as a fact with its formula."""
    at = frame.index[variable]
    values = {str(frame.dataset.records[i][at]) for i in records if frame.dataset.records[i][at] not in (None, "")}
    places = [frame.dataset.place(i, variable) for i in sorted(records)] if 0 < len(records) <= PLACES else []
    return _made(book, frame, row, "n", str(len(values)), formula, places, arm, n)


def extreme(
    book: Book, frame: Frame, variable: str, latest: bool, keep: Callable[[int], bool] = lambda i: True
) -> Value | None:
    """The first or the last date of a variable; None where it has none that is complete."""
    if variable not in frame:
        return None
    found: list[tuple[str, int]] = []
    for i, record in enumerate(frame.dataset.records):
        said = frame.text(record, variable)
        if _DATE.match(said) and keep(i):
            found.append((said[:10], i))
    if not found:
        return None
    text, i = max(found) if latest else min(found)
    kind = "max" if latest else "min"
    formula = f"{kind} of {frame.name}.{variable}"
    return _made(book, frame, (variable,), kind, text, formula, [frame.dataset.place(i, variable)])


def parameter(study: StudyData, book: Book, *codes: str) -> list[Value]:
    """The values of the first of these parameters that the trial summary (SDTM TS) has."""
    ts = frame(study, "TS")
    if ts is None or "TSPARMCD" not in ts or "TSVAL" not in ts:
        return []
    for code in codes:
        records = ts.having("TSPARMCD").get(code, frozenset())
        values = [book.record(ts.dataset, i, "TSVAL") for i in sorted(records)]
        found = [v for v in values if v is not None]
        if found:
            return found
    return []


def duration(book: Book, value: Value) -> Value:
    """``14 weeks`` for ``P14W`` (ISO 8601); other words as they are."""
    found = re.fullmatch(r"P(?:T(\d+)H|(\d+)([YMWDH]))", value.text.strip().upper())
    if found is None:
        return value
    number, unit = (
        found[1] or found[2],
        {"Y": "year", "M": "month", "W": "week", "D": "day"}.get(found[3] or "", "hour"),
    )
    said = f"{number} {unit}" + ("" if number == "1" else "s")
    return book.value(replace(value.fact, statistic=f"{value.fact.statistic} in words", formatted=said))


def _made(
    book: Book, frame: Frame, row: tuple[str, ...], statistic: str, text: str, formula: str, places: Iterable[Place],
    arm: str = "", n: int | None = None,
) -> Value:  # fmt: skip
    where = tuple(places) or (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
    decimals = 0 if text.isdigit() else None
    return book.value(
        Fact(
            book.study,
            book.data_version,
            frame.name,
            row,
            arm,
            statistic,
            text,
            text,
            decimals,
            n,
            "",
            "",
            where,
            formula,
        )
    )
