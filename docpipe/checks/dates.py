"""Dates, ambiguous dates, times, cycle days and durations.

The finding of them is shared (``reading``): each root cause comes once, under one check. Imports this family and the core.
"""

from __future__ import annotations

from docpipe.checks.reading.check import NumberCheck
from docpipe.model.finding import Severity


class DateChanged(NumberCheck):
    id = "C1.date-changed"
    severity = Severity.CRITICAL
    title = "Date changed"
    description = "A date has another day, month or year. Localised forms are equal; an all-digit date is equal if one of its readings is."


class DateAmbiguous(NumberCheck):
    id = "C3.date-ambiguous"
    severity = Severity.MAJOR
    title = "Order of day and month ambiguous"
    description = "An all-digit date was copied into a locale that reads day and month the other way round."


class TimeChanged(NumberCheck):
    id = "C4.time-changed"
    severity = Severity.MAJOR
    title = "Clock time changed"
    description = (
        "A time of day differs: 2:30 pm, 14:30, 下午2:30 and 14.30 Uhr are equal. Time zones are not compared."
    )


class CycleOrDuration(NumberCheck):
    id = "C5.cycle-or-duration"
    severity = Severity.CRITICAL
    title = "Cycle day or duration changed"
    description = "A cycle day (C2D1), a study day or week, or the unit of a duration differs."
