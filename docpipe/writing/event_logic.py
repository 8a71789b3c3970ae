"""Adverse-event records against themselves and the subject-level data: seriousness, deaths, study days. Imports the core and its room.

These are faults of the data and not of displays; a draft would repeat them, so they are told before anything is drafted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docpipe.model.finding import Finding, Severity
from docpipe.writing.evidence import Evidence
from docpipe.writing.records import Frame, Study

CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
"""What makes an event serious by ICH E2A."""
_SHOWN = 50


def event_logic(study: Study) -> tuple[Evidence, ...]:
    """Every contradiction among the records of adverse events; one finding a kind, with the places of its records."""
    frame = study.frames.get("ADAE") or study.frames.get("AE")
    if frame is None:
        return ()
    return (*_seriousness(frame), *_deaths(study, frame), *_study_days(study, frame))


def _found(
    check: str, severity: Severity, message: str, frame: Frame, records: Iterable[int], variable: str, formula: str
) -> Evidence:
    places = tuple(frame.dataset.place(i, variable) for i in sorted(records)[:_SHOWN])
    return Evidence(Finding(check, severity, message), (), "", formula, places)


def _seriousness(frame: Frame) -> Iterator[Evidence]:
    """P8: an event that meets a criterion of seriousness is serious, and a serious event meets one."""
    if "AESER" not in frame:
        return
    serious = frame.having("AESER").get("Y", frozenset())
    met: set[int] = set()
    for variable in CRITERIA:
        records = frame.having(variable).get("Y", frozenset()) if variable in frame else frozenset()
        met |= records
        if wrong := records - serious:
            message = f"{len(wrong)} events of {len({frame.subject[i] for i in wrong})} subjects have {variable} = Y and are not serious (AESER)."
            yield _found(
                "P8.serious-not-flagged",
                Severity.CRITICAL,
                message,
                frame,
                wrong,
                variable,
                f"{variable} = 'Y' and AESER <> 'Y'",
            )
    if any(v in frame for v in CRITERIA) and (bare := serious - met):
        message = f"{len(bare)} serious events meet no criterion of seriousness."
        formula = "AESER = 'Y' and no criterion = 'Y'"
        yield _found("P8.serious-without-criterion", Severity.MAJOR, message, frame, bare, "AESER", formula)


def _deaths(study: Study, frame: Frame) -> Iterator[Evidence]:
    """P8: subjects with a fatal event are dead in the subject-level data."""
    base = study.base
    if base is None or "DTHFL" not in base or "AEOUT" not in frame:
        return
    dead = {base.subject[i] for i in base.having("DTHFL").get("Y", frozenset())}
    wrong = {i for i in frame.having("AEOUT").get("FATAL", frozenset()) if frame.subject[i] not in dead}
    if wrong:
        message = f"{len(wrong)} fatal events are of subjects who are not dead in {base.name}."
        yield _found(
            "P8.death-not-flagged",
            Severity.CRITICAL,
            message,
            frame,
            wrong,
            "AEOUT",
            f"AEOUT = 'FATAL' and {base.name}.DTHFL <> 'Y'",
        )


def _study_days(study: Study, frame: Frame) -> Iterator[Evidence]:
    """T3: the study day is the date less the first dose, plus one on and after it."""
    names = ("ASTDT", "ASTDY", "TRTSDT")
    if any(n not in frame for n in names):
        return
    a, d, t = (frame.index[n] for n in names)
    wrong = set()
    for i, record in enumerate(frame.dataset.records):
        start, day, first = record[a], record[d], record[t]
        if (
            start is None
            or day is None
            or first is None
            or isinstance(start, str)
            or isinstance(day, str)
            or isinstance(first, str)
        ):
            continue
        if day != start - first + (1 if start >= first else 0):
            wrong.add(i)
    if wrong:
        message = f"{len(wrong)} events have a study day that is not their date less that of the first dose."
        formula = "ASTDY = ASTDT - TRTSDT + (1 if ASTDT >= TRTSDT)"
        yield _found("T3.study-day", Severity.CRITICAL, message, frame, wrong, "ASTDY", formula)
