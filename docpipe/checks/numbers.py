"""Numbers: missing, added, changed, separators, signs, exponents, words, numeric cells, precision.

The finding of them is shared (``reading``): each root cause comes once, under one check. Imports this family and the core.
"""

from __future__ import annotations

from docpipe.checks.reading.check import NumberCheck
from docpipe.model.finding import Severity


class NumberMissing(NumberCheck):
    id = "B1.number-missing"
    severity = Severity.CRITICAL
    title = "Number missing"
    description = "A number of the source has no counterpart in the target, in digits, words or numerals. Numbers inside names (COVID-19, CD4) and “one” where an article may stand for it are let pass."


class NumberAdded(NumberCheck):
    id = "B2.number-added"
    severity = Severity.CRITICAL
    title = "Number added"
    description = "A number of the target has no counterpart in the source. Words such as both, twice, decade or 半 count as counterparts."


class NumberChanged(NumberCheck):
    id = "B3.number-changed"
    severity = Severity.CRITICAL
    title = "Number changed"
    description = (
        "A number has another value in the target. Localised separators, number words, 万 and 亿 are no change."
    )


class Separators(NumberCheck):
    id = "B4.separators"
    severity = Severity.CRITICAL
    title = "Decimal or thousands sign wrong for the locale"
    description = "A number has the right value only when read with another locale's separators: 1.5 in German or Spanish, 1,5 in English or Chinese. Section, table and version numbers are let pass."


class Sign(NumberCheck):
    id = "B5.sign"
    severity = Severity.CRITICAL
    title = "Sign or ± lost or added"
    description = "A minus sign or ± of the source is gone, or the target has one more. Minus in words (零下, menos, below zero) counts."


class Exponent(NumberCheck):
    id = "B8.exponent"
    severity = Severity.CRITICAL
    title = "Exponent lost or changed"
    description = "A power (10⁹, 10^9, 10 with raised 9) is a plain number or another power in the target."


class NumberWords(NumberCheck):
    id = "B17.number-words"
    severity = Severity.MAJOR
    title = "Number in words or numerals changed"
    description = "A number written in words (three, drei, 三) has no counterpart, or a scale (万, 亿, million) is wrong by a power of ten; the latter is critical."


class NumericCell(NumberCheck):
    id = "B20.numeric-cell"
    severity = Severity.CRITICAL
    title = "Numeric cell not identical"
    description = "A table cell that holds numbers alone differs in value, precision, sign or order. The locale's separators are no difference."


class Precision(NumberCheck):
    id = "B21.precision"
    severity = Severity.CRITICAL
    title = "Decimals dropped or added"
    description = "The value is the same but the decimals are not: 5.0 and 5 say different things of the precision."
