"""Rows of tables of times to an event against the time-to-event dataset. Imports its own room only."""

from __future__ import annotations

import re

from docpipe.writing.labels import words_of
from docpipe.writing.records import Condition, Frame, Question, Study

_TIME_TO = re.compile(r"\btime to\b|\btime until\b|\b(?:event|progression)[- ]free\b", re.IGNORECASE)
_CENSORED = re.compile(r"\bcensored\b", re.IGNORECASE)
_WITH = re.compile(r"^(?:number of )?(?:subjects|patients|participants) with\b|^events?\b", re.IGNORECASE)


def times_of(study: Study, title: str) -> tuple[Frame, str] | None:
    """The time-to-event dataset and the parameter that a title names; None for any other table."""
    frame = study.frames.get("ADTTE")
    if frame is None or not _TIME_TO.search(title) or "PARAM" not in frame or "CNSR" not in frame:
        return None
    said = words_of(title)
    ranked = sorted(((len(words_of(p) & said), p) for p in frame.levels("PARAM") if p), reverse=True)
    if not ranked or ranked[0][0] < 2 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    return frame, ranked[0][1]


def time_row(frame: Frame, parameter: str, row: tuple[str, ...], statistic: str) -> Question | str:
    """Subjects with the event and censored ones; estimates are not recomputed."""
    label = " ".join(row)
    mine = Condition("PARAM", (parameter,))
    if statistic not in ("n", "pct"):
        return f"The statistic {statistic} of a time to event is not recomputed."
    if _CENSORED.search(label):
        return Question(
            frame.name, (mine, Condition("CNSR", tuple(sorted(v for v in frame.levels("CNSR") if v not in ("0", "")))))
        )
    if _WITH.search(label):
        return Question(frame.name, (mine, Condition("CNSR", ("0",))))
    return "The row counts neither events nor censored subjects."
