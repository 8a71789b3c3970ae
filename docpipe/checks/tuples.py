"""Numbers that belong together: dose, frequency and route; n/N (%); mean ± SD, confidence limits, ratios and p-values.

The finding of them is shared (``reading``): each root cause comes once, under one check. Imports this family and the core.
"""

from __future__ import annotations

from docpipe.checks.reading.check import NumberCheck
from docpipe.model.finding import Severity


class DoseTuple(NumberCheck):
    id = "B13.dose-frequency-route"
    severity = Severity.CRITICAL
    title = "Dose frequency or route changed"
    description = "How often a dose is given, or its route, differs: BID, twice daily, 每日两次 and zweimal täglich are equal. A lost route is let pass."


class CountsAndShare(NumberCheck):
    id = "B15.counts-and-percent"
    severity = Severity.CRITICAL
    title = "n/N (%) no longer adds up"
    description = "Counts and percentage agreed in the source and do not in the target, by either rounding."


class StatisticsTuple(NumberCheck):
    id = "B16.statistics-tuple"
    severity = Severity.CRITICAL
    title = "Statistics changed"
    description = "A number of mean ± SD, a confidence interval, a ratio or a p-value differs, or two changed places."
