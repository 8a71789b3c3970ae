"""Which subjects a report must narrate: every death, every other serious event, every event of special interest. Imports its own room only.

ICH E3 12.3.2. A death is serious by logic, and so is an event that meets a criterion of ICH E2A, whatever its seriousness flag says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from docpipe.writing.event_logic import CRITERIA
from docpipe.writing.records import Frame, Study

_DEATH = frozenset(("DEATH", "DIED", "DEAD", "FATAL"))
_NAMED = re.compile(r"(?:CQ|SMQ)\d+NAM")
_FLAGS = ("AESI", "AESIFL", "AESIFN", "AEOFINT", "AESPINT")


@dataclass(frozen=True, slots=True)
class NarrativeSet:
    """Subjects by what makes them narrated, each in the order of their ids; ``subjects``: all of them."""

    deaths: tuple[str, ...]
    serious: tuple[str, ...]
    special: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Deaths, then subjects with other serious events, then those with events of special interest alone."""
        return tuple(dict.fromkeys((*self.deaths, *self.serious, *self.special)))


def narrative_set(study: Study) -> NarrativeSet:
    """The set as the records have it, whatever any table says."""
    frame = events_frame(study)
    serious = fatal = frozenset[int]()
    special: set[int] = set()
    if frame is not None:
        serious, fatal = serious_records(frame), fatal_records(frame)
        special = {i for records in special_records(frame).values() for i in records}
    deaths = dead_subjects(study)
    return NarrativeSet(
        tuple(sorted(deaths)),
        tuple(sorted({frame.subject[i] for i in serious | fatal} if frame is not None else ())),
        tuple(sorted({frame.subject[i] for i in special} if frame is not None else ())),
    )


def events_frame(study: Study) -> Frame | None:
    """The records of adverse events: the analysis dataset before the tabulation."""
    return study.frames.get("ADAE") or study.frames.get("AE")


def fatal_records(frame: Frame) -> frozenset[int]:
    """Events that resulted in death: by their outcome, by the criterion, or by a toxicity grade of 5 (CTCAE)."""
    found: set[int] = set()
    for variable, values in (("AEOUT", ("FATAL",)), ("AESDTH", ("Y",)), ("AETOXGR", ("5", "GRADE 5"))):
        if variable in frame:
            for value in values:
                found |= frame.having(variable).get(value, frozenset())
    return frozenset(found)


def flagged_records(frame: Frame) -> frozenset[int]:
    """Events that the data flag as serious."""
    return frame.having("AESER").get("Y", frozenset()) if "AESER" in frame else frozenset()


def serious_records(frame: Frame) -> frozenset[int]:
    """Events flagged as serious, those that meet a criterion of seriousness, and those that resulted in death."""
    met = (frame.having(v).get("Y", frozenset()) for v in CRITERIA if v in frame)
    return flagged_records(frame).union(*met) | fatal_records(frame)


def special_records(frame: Frame) -> Mapping[str, tuple[int, ...]]:
    """Events of special interest by the variable that tells them: customised or standardised queries, or a flag."""
    found: dict[str, tuple[int, ...]] = {}
    for variable in frame.index:
        having: frozenset[int] = frozenset()
        if _NAMED.fullmatch(variable):
            having = frozenset().union(*(r for name, r in frame.having(variable).items() if name))
        elif variable in _FLAGS:
            having = frame.having(variable).get("Y", frozenset())
        if having:
            found[variable] = tuple(sorted(having))
    return found


def dead_subjects(study: Study) -> Mapping[str, tuple[tuple[str, int, str], ...]]:
    """Subjects who died, and every record (dataset, number from 0, variable) that says so: demography, disposition, adverse events."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for name in ("ADSL", "DM"):
        frame = study.frames.get(name)
        if frame is None:
            continue
        for variable in ("DTHFL", "DTHDTC", "DTHDT"):
            for value, records in frame.having(variable).items() if variable in frame else ():
                if value and (variable != "DTHFL" or value == "Y"):
                    for i in records:
                        found.setdefault(frame.subject[i], []).append((name, i, variable))
    disposition = study.frames.get("DS")
    if disposition is not None and "DSDECOD" in disposition:
        for value, records in disposition.having("DSDECOD").items():
            if value.upper() in _DEATH:
                for i in records:
                    found.setdefault(disposition.subject[i], []).append(("DS", i, "DSDECOD"))
    frame = events_frame(study)
    if frame is not None:
        for i in fatal_records(frame):
            variable = next(
                (
                    v
                    for v in ("AEOUT", "AESDTH")
                    if v in frame and frame.text(frame.dataset.records[i], v) in ("FATAL", "Y")
                ),
                "AETOXGR",
            )
            found.setdefault(frame.subject[i], []).append((frame.name, i, variable))
    return {s: tuple(sorted(records)) for s, records in sorted(found.items())}


__all__ = [
    "NarrativeSet", "dead_subjects", "events_frame", "fatal_records", "flagged_records", "narrative_set", "serious_records",
    "special_records",
]  # fmt: skip
