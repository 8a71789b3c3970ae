"""Dates and times as SAS stores them, rendered by their format to ISO 8601. Imports the core only.

Source: SAS formats and informats reference (days and seconds since 1 January 1960); ISO 8601-1:2019.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from docpipe.model.source import Value

_FORMAT = re.compile(r"([A-Za-z$_]\w*?)\d*\.?\d*")
_DATES = {
    "DATE", "DAY", "DDMMYY", "DDMMYYB", "DDMMYYC", "DDMMYYD", "DDMMYYN", "DDMMYYP", "DDMMYYS", "MMDDYY", "MMDDYYB", "MMDDYYC",
    "MMDDYYD", "MMDDYYN", "MMDDYYP", "MMDDYYS", "YYMMDD", "YYMMDDB", "YYMMDDC", "YYMMDDD", "YYMMDDN", "YYMMDDP", "YYMMDDS",
    "JULIAN", "WEEKDATE", "WEEKDATX", "WORDDATE", "WORDDATX", "E8601DA", "B8601DA", "IS8601DA", "ND8601DA", "NLDATE", "MONYY",
    "YYMON",
}  # fmt: skip
_MOMENTS = {
    "DATETIME", "DATEAMPM", "MDYAMPM", "E8601DT", "B8601DT", "IS8601DT", "E8601DZ", "B8601DZ", "IS8601DZ", "NLDATM",
}  # fmt: skip
_DAYS_OF_MOMENTS = {"DTDATE", "E8601DN", "B8601DN", "IS8601DN"}
_TIMES = {"TIME", "TIMEAMPM", "TOD", "HHMM", "E8601TM", "B8601TM", "IS8601TM", "NLTIME"}
_EPOCH = datetime(1960, 1, 1)


def is_temporal(form: str) -> bool:
    """Whether a format (``DATE9.``) shows numbers as dates, times or both."""
    return _named(form) in _DATES | _MOMENTS | _DAYS_OF_MOMENTS | _TIMES


def iso_of(value: Value, form: str) -> str:
    """Text as it is (datasets that hold text hold ISO 8601); of numbers a date ``2013-12-26``, moment ``2013-12-26T08:05:00`` or time ``08:05:00``; "" where value or format give none.

    Days are counted from 1960-01-01, seconds from its midnight; rounded to microseconds. Times may pass 24 hours (``26:10:00``), as durations do.
    """
    if isinstance(value, str):
        return value
    name = _named(form)
    if not isinstance(value, float) or not math.isfinite(value):
        return ""
    try:
        if name in _DATES:
            return (_EPOCH + timedelta(days=math.floor(value))).date().isoformat()
        if name in _MOMENTS:
            return (_EPOCH + timedelta(seconds=value)).isoformat()
        if name in _DAYS_OF_MOMENTS:
            return (_EPOCH + timedelta(seconds=math.floor(value))).date().isoformat()
        if name in _TIMES and value >= 0:
            return _clock(timedelta(seconds=value))
    except OverflowError:
        return ""
    return ""


def _named(form: str) -> str:
    found = _FORMAT.fullmatch(form.strip())
    return found.group(1).upper() if found else ""


def _clock(span: timedelta) -> str:
    seconds, micro = divmod(span // timedelta(microseconds=1), 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{micro:06}" if micro else "")
