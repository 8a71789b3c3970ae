"""Comparators and ranges: ≤ ≥ < > in symbols and words, and the two ends of a range.

The finding of them is shared (``reading``): each root cause comes once, under one check. Imports this family and the core.
"""

from __future__ import annotations

from docpipe.checks.reading.check import NumberCheck
from docpipe.model.finding import Severity


class ComparatorChanged(NumberCheck):
    id = "B6.comparator"
    severity = Severity.CRITICAL
    title = "Comparator flipped or lost"
    description = "≤ ≥ < > or their words point the other way, are gone, or (major where words are involved) no longer include the limit. 以上 and 以下 include it. Words with other meanings (over, up to, 内) raise only when the direction is reversed."


class RangeChanged(NumberCheck):
    id = "B7.range"
    severity = Severity.CRITICAL
    title = "Range changed"
    description = "An end of a range differs, the ends changed places, or the dash is lost (2–4 became 24)."
