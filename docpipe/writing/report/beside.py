"""Records of the data beside a finding that names no fact: the subject's own, those of who died, the doses given. Imports the core and its room.

A finding on a single subject is read against that subject's records; here they are told as a person would look them up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docpipe.model.sastime import iso_of
from docpipe.model.source import Place
from docpipe.writing.narrative_set import events_frame
from docpipe.writing.records import SUBJECT, Frame
from docpipe.writing.study import StudyData

_PERSON = (
    "AGE", "SEX", "RACE", "TRT01A", "TRT01P", "ARM", "RFSTDTC", "TRTSDT", "RFENDTC", "TRTEDT", "DTHDTC", "DTHDT", "DCSREAS",
)  # fmt: skip
_EVENT = ("AEDECOD", "AESTDTC", "ASTDT", "AESTDY", "ASTDY", "AESEV", "AESER", "AEREL", "AEOUT")
_DOSE = ("EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ")
_SAME = (("TRT01A", "TRT01P", "ARM"), ("RFSTDTC", "TRTSDT"), ("RFENDTC", "TRTEDT"), ("DTHDTC", "DTHDT"), ("AESTDTC", "ASTDT"), ("AESTDY", "ASTDY"))  # fmt: skip
"""Variables of which the first that has a value does for all."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """Values of one record in words, such as ``AE: AEDECOD = NAUSEA, AESTDY = 12``, and where it stands."""

    says: str
    place: Place


def beside(study: StudyData, check: str, message: str, text: str) -> list[Beside]:
    """Records that a finding is to be read against. ``text``: the passage it stands in. Nothing where none can be told."""
    number = check.partition(".")[0]
    named = _subject(study, message) or (_subject(study, text) if number in ("P5", "P6", "T3") else "")
    if named:
        return list(_of_subject(study, named, text))[:MOST]
    if number == "P8" and re.search(r"\b(?:died|deaths?)\b", message):
        return list(_deaths(study))[:MOST]
    if number == "U1":
        return list(_doses(study))[:MOST]
    return []


def _subject(study: StudyData, words: str) -> str:
    """The subject whose whole id stands in the words; the longest, where one id is the beginning of another."""
    base = study.records.base
    found = [s for s in base.subjects if s and s in words] if base is not None and SUBJECT in base else []
    return max(found, key=len, default="")


def _of_subject(study: StudyData, subject: str, text: str) -> Iterator[Beside]:
    base = study.records.base
    if base is not None:
        yield _told(base, base.subjects[subject], _PERSON, SUBJECT)
    events = events_frame(study.records)
    if events is None or SUBJECT not in events or "AEDECOD" not in events:
        return
    words = text.casefold()
    for record in sorted(events.having(SUBJECT).get(subject, ())):
        term = events.text(events.dataset.records[record], "AEDECOD")
        if term and term.casefold() in words:
            yield _told(events, record, _EVENT, "AEDECOD")


def _deaths(study: StudyData) -> Iterator[Beside]:
    for name, variable, wanted in (("DM", "DTHFL", "Y"), ("ADSL", "DTHFL", "Y"), ("ADSL", "DCSREAS", "DEATH")):
        frame = study.records.frames.get(name)
        if frame is None or variable not in frame or SUBJECT not in frame:
            continue
        found = [r for value, several in frame.having(variable).items() if value.upper() == wanted for r in several]
        if found:
            for record in sorted(found):
                yield _told(frame, record, (SUBJECT, variable, "DTHDTC", "DTHDT"), variable)
            return


def _doses(study: StudyData) -> Iterator[Beside]:
    frame = study.records.frames.get("EX")
    if frame is None or "EXDOSE" not in frame:
        return
    seen: set[str] = set()
    for record in range(len(frame.dataset.records)):
        one = _told(frame, record, _DOSE, "EXDOSE")
        if one.says not in seen:
            seen.add(one.says)
            yield one


def _told(frame: Frame, record: int, variables: Sequence[str], place: str) -> Beside:
    values = frame.dataset.records[record]
    said: list[str] = []
    told: set[tuple[str, ...]] = set()
    for name in variables:
        alike = next((g for g in _SAME if name in g), (name,))
        if name not in frame or alike in told:
            continue
        described = frame.variable(name)
        raw = values[frame.index[name]]
        value = iso_of(raw, described.format) if described.format and isinstance(raw, float) else ""
        value = value or frame.text(values, name)
        if value:
            told.add(alike)
            said.append(f"{name} = {value}")
    start = f"{frame.name}: {SUBJECT} {frame.text(values, SUBJECT)}: " if SUBJECT in frame and SUBJECT not in variables and frame.name != "EX" else f"{frame.name}: "  # fmt: skip
    return Beside(start + ", ".join(said), frame.dataset.place(record, place))
