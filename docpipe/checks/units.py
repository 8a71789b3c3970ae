"""Units behind numbers: lost, changed, prefix drift, lost micro sign, conversion.

The finding of them is shared (``reading``): each root cause comes once, under one check. Imports this family and the core.
"""

from __future__ import annotations

from docpipe.checks.reading.check import NumberCheck
from docpipe.model.finding import Severity


class UnitChanged(NumberCheck):
    id = "B9.unit-changed"
    severity = Severity.CRITICAL
    title = "Unit changed or lost"
    description = "A number has another unit in the target, has lost its unit or a “per” part, or got one. Unit words and symbols of one unit are equal. Units of time are left to C5."


class UnitPrefix(NumberCheck):
    id = "B10.unit-prefix"
    severity = Severity.CRITICAL
    title = "Unit prefix changed"
    description = "The number is the same, the unit's prefix is not: µg and mg, IU and kIU."


class MicroSign(NumberCheck):
    id = "B11.micro-sign"
    severity = Severity.CRITICAL
    title = "Micro sign lost"
    description = "µg became g, or the micro sign is a private-use or replacement character. U+00B5, U+03BC, mcg and 微克 are equal."


class UnitConverted(NumberCheck):
    id = "B12.unit-converted"
    severity = Severity.CRITICAL
    title = "Unit converted"
    description = "A quantity was converted to another unit (0.5 g to 500 mg, 6 feet to 1.8 m): translation keeps units as they are."
