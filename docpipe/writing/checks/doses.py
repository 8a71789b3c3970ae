"""Doses, units and ranges in a draft. Imports its room only; units after UCUM, dangerous forms after the ISMP list of error-prone abbreviations."""

from __future__ import annotations

import re
from decimal import Decimal

from docpipe.model.finding import Severity
from docpipe.writing.checks.numbers import is_pct, rows_and_cells
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.evidence import exact_number, said_of
from docpipe.writing.study_card import Card

_UNIT = r"mg/kg|mg/m2|mg/m²|µg/kg|mcg/kg|mg|µg|μg|mcg|ng|kg|g|mL|IU|kIU|units?|mmol|µmol|MBq"
_AMOUNT = re.compile(rf"(?<![\w.])(\d+(?:[.,]\d+)?)\s?({_UNIT})\b(?!/(?:d?L|mL|h)\b)")
_FREQUENCY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("QD", re.compile(r"\bonce[- ](?:daily|a day)\b|\bQD\b|\bq\.?d\.?\b|\bdaily\b", re.IGNORECASE)),
    ("BID", re.compile(r"\btwice[- ](?:daily|a day)\b|\bBID\b|\bb\.i\.d\.?", re.IGNORECASE)),
    ("TID", re.compile(r"\b(?:three|3) times[- ](?:daily|a day)\b|\bTID\b|\bt\.i\.d\.?", re.IGNORECASE)),
    ("QID", re.compile(r"\b(?:four|4) times[- ](?:daily|a day)\b|\bQID\b|\bq\.i\.d\.?", re.IGNORECASE)),
    ("QW", re.compile(r"\bonce[- ](?:weekly|a week)\b|\bweekly\b|\bQW\b", re.IGNORECASE)),
    ("Q2W", re.compile(r"\bevery (?:two|2) weeks\b|\bQ2W\b", re.IGNORECASE)),
    ("Q3W", re.compile(r"\bevery (?:three|3) weeks\b|\bQ3W\b", re.IGNORECASE)),
    ("Q4W", re.compile(r"\bevery (?:four|4) weeks\b|\bmonthly\b|\bQ4W\b|\bQM\b", re.IGNORECASE)),
)
_ROUTE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ORAL", re.compile(r"\boral(?:ly)?\b|\bby mouth\b|\btablets?\b", re.IGNORECASE)),
    ("TRANSDERMAL", re.compile(r"\btransdermal(?:ly)?\b", re.IGNORECASE)),
    ("INTRAVENOUS", re.compile(r"\bintravenous(?:ly)?\b|\bIV infusion\b", re.IGNORECASE)),
    ("SUBCUTANEOUS", re.compile(r"\bsubcutaneous(?:ly)?\b", re.IGNORECASE)),
    ("INTRAMUSCULAR", re.compile(r"\bintramuscular(?:ly)?\b", re.IGNORECASE)),
    ("RESPIRATORY", re.compile(r"\binhal(?:ed|ation)\b", re.IGNORECASE)),
    ("TOPICAL", re.compile(r"\btopical(?:ly)?\b", re.IGNORECASE)),
)
_GIVEN = re.compile(
    r"\b(?:dos(?:e[sd]?|ing|age)|receiv\w+|administ\w+|treat\w+|given|took|appl(?:y|ied)|study (?:drug|medication|treatment))\b",
    re.IGNORECASE,
)


_Known = tuple[set[tuple[Decimal | None, str]], set[str], set[str]]


def _known(card: Card) -> _Known:
    """Amounts, frequencies and routes of the study, by its data and texts."""
    texts = " ".join(
        (*card.passages.values(), *card.design.get("TITLE", ()), *card.arms, *card.design.get("DOSFRQ", ()))
    )
    texts = texts.replace("μ", "µ")
    amounts = {(value_of(d.amount), d.unit.casefold()) for d in card.doses}
    amounts |= {(value_of(m[1]), m[2].casefold()) for m in _AMOUNT.finditer(texts)}
    said = f"{texts} {' '.join(f'{d.frequency} {d.route}' for d in card.doses)}"
    frequencies = {n for n, p in _FREQUENCY if p.search(said)} | {d.frequency.upper() for d in card.doses}
    routes = {n for n, p in _ROUTE if p.search(said)} | {d.route.upper() for d in card.doses}
    return amounts, frequencies, routes


class DoseTuple(DraftCheck):
    id = "U1.dose"
    title = "Dose, frequency or route that the study does not have"
    description = "An amount with a unit, a frequency or a route in a sentence about giving the study drug that neither exposure data, trial summary, arms nor protocol have, and sums of strengths (50 mg + 25 mg = 75 mg) that are wrong. Sentences about other drugs and laboratory units are let pass."

    def run(self, draft: DraftText) -> Raised:
        card = draft.card
        if not card.doses:
            return
        amounts, frequencies, routes = kept(_known, card)
        given = " ".join(f"{d.frequency} {d.route}" for d in card.doses)
        drugs = [d for d in card.drugs if d.casefold() != "placebo"]
        named = re.compile(
            "|".join([r"\bstudy (?:drug|medication|treatment)\b", *(re.escape(d) for d in drugs)]), re.IGNORECASE
        )
        for row in draft.asked:
            if row.heading or (row.planned.passages and not row.edited):
                continue
            if row.edited:
                yield from self._new(row, given)
            for start, end in row.sentences:
                text = row.full[start:end]
                about = bool(named.search(text)) or any(m.arm for m in draft.arms.mentions(row, start, end))
                if not about or not _GIVEN.search(text):
                    continue
                for m in _AMOUNT.finditer(text.replace("μ", "µ")):
                    bound = any(c.start <= start + m.start() < c.end for c in row.values)
                    if not bound and (value_of(m[1]), m[2].casefold()) not in amounts:
                        yield self.finding(row, f"The study has no dose of {m[0]}.", start + m.start(), start + m.end())
                for known, table, what in ((frequencies, _FREQUENCY, "frequency"), (routes, _ROUTE, "route")):
                    for name, pattern in table:
                        found = pattern.search(text)
                        inside = found is not None and any(
                            found[0].casefold() in t.casefold() and t.casefold() in text.casefold()
                            for t in (*card.terms, *card.classes)
                        )
                        if known - {""} and found and not inside and name not in known:
                            yield self.finding(
                                row,
                                f"The study has no {what} “{found[0]}”.",
                                start + found.start(),
                                start + found.end(),
                            )
            for m in re.finditer(
                rf"(\d+(?:\.\d+)?)\s*(?:{_UNIT})?\s*\+\s*(\d+(?:\.\d+)?)\s*(?:{_UNIT})?\s*=\s*(\d+(?:\.\d+)?)", row.full
            ):
                if Decimal(m[1]) + Decimal(m[2]) != Decimal(m[3]):
                    yield self.finding(row, f"{m[1]} + {m[2]} is not {m[3]}.", m.start(), m.end())

    def _new(self, row: Seen, given: str) -> Raised:
        """A frequency or route that a later wording brought in and that the study drug was not given by."""
        for table, what in ((_FREQUENCY, "frequency"), (_ROUTE, "route")):
            for name, pattern in table:
                m = pattern.search(row.typed)
                if (
                    m is not None
                    and name not in given.upper()
                    and not pattern.search(given)
                    and not row.has_of_program(pattern)
                ):
                    yield self.finding(row, f"The study drug was not given by the {what} “{m[0]}”.", m.start(), m.end())


_ALIASES = {
    "µ": "u",
    "μ": "u",
    "mcg": "ug",
    "micrograms": "ug",
    "milligrams": "mg",
    "kilograms": "kg",
    "centimeters": "cm",
    "centimetres": "cm",
    "year": "years",
    "yrs": "years",
    "y": "years",
    "yr": "years",
    "day": "days",
    "week": "weeks",
    "hour": "hours",
    "hr": "hours",
    "hrs": "hours",
    "min": "minutes",
    "h": "hours",
    "%": "percent",
    "m2": "m²",
    "m^2": "m²",
}
_BEHIND = re.compile(
    r"^[)\]]?\s?(kg/m[2²]|mg/dL|g/dL|mmol/L|µmol/L|umol/L|U/L|IU/L|10\^?9/L|mmHg|mm Hg|beats/min|bpm|msec|ms|kg|cm|mm|mg|µg|mcg|ng|g|mL|years?|yrs?|months?|weeks?|days?|hours?|minutes?|%)(?![\w/])",
    re.IGNORECASE,
)
_LABEL_UNIT = re.compile(
    r"[\[(,]\s*(kg/m[2²^]+2?|mg/dL|g/dL|mmol/L|µmol/L|umol/L|U/L|IU/L|mmHg|mm Hg|beats/min|bpm|msec|ms|kg|cm|mm|mg|µg|mcg|ng|g|mL|years?|yrs?|y|months?|weeks?|days?|hours?|minutes?)\s*[\])]?$",
    re.IGNORECASE,
)
_SUMMARY = ("mean", "median", "min", "max", "q1", "q3", "sd", "se", "estimate", "lower", "upper", "lsmean", "geomean")


def _unit(text: str) -> str:
    low = text.strip().casefold().replace(" ", "")
    low = _ALIASES.get(low, low).replace("µ", "u").replace("μ", "u").replace("^2", "²")
    low = re.sub(r"(?<=m)2$", "²", low)
    return low if low.endswith(("²", "s")) or low + "s" not in _ALIASES.values() else low + "s"


class UnitOfValue(DraftCheck):
    id = "U2.unit"
    title = "Unit is not that of the parameter"
    description = "A unit behind a bound mean, median, minimum or such that is another than the one in the label of the fact's row or the parameter's unit. Values without a known unit are let pass."

    def run(self, draft: DraftText) -> Raised:
        parameters = {k.casefold(): v for k, v in draft.card.parameters.items() if v}
        for row in draft.asked:
            if row.edited:
                yield from self._changed(draft, row)
            for code in row.values:
                fact = code.fact
                m = _BEHIND.match(row.typed[code.end :])
                if fact is None or m is None:
                    continue
                if is_pct(code) or fact.statistic in ("n", "N", "p", "events"):
                    if m[1] != "%" and fact.statistic != "events" and (is_pct(code) or fact.statistic == "p"):
                        yield self.finding(
                            row,
                            f"“{code.shown} {m[1]}”: the value is a {fact.statistic}.",
                            code.start,
                            code.end + m.end(),
                        )
                    continue
                if fact.statistic not in _SUMMARY:
                    continue
                own = next((u[1] for part in reversed(fact.row) if (u := _LABEL_UNIT.search(part))), "") or next(
                    (parameters[p.casefold()] for p in fact.row if p.casefold() in parameters), ""
                )
                if own and _unit(own) != _unit(m[1]):
                    yield self.finding(
                        row,
                        f"“{code.shown} {m[1]}”: the unit is {own} ({said_of(fact)}).",
                        code.start,
                        code.end + m.end(),
                        own,
                    )

    def _changed(self, draft: DraftText, row: Seen) -> Raised:
        """The program's text has another unit behind the same value."""
        theirs = _units_behind(Seen(row.block, row.planned, row.planned.text, draft.facts))
        for key, (end, unit) in _units_behind(row).items():
            if key in theirs and _unit(theirs[key][1]) != _unit(unit):
                yield self.finding(
                    row, f"The unit was {theirs[key][1]}, not {unit}.", end, end + len(unit) + 2, theirs[key][1]
                )


def _units_behind(row: Seen) -> dict[str, tuple[int, str]]:
    """Value -> where it ends and the unit typed behind it, for values with one such unit."""
    found: dict[str, tuple[int, str]] = {}
    for code in row.values:
        m = _BEHIND.match(row.typed[code.end :])
        if m is not None:
            found.setdefault(code.key, (code.end, m[1]))
    return found


_RANGES: tuple[tuple[re.Pattern[str], Decimal, Decimal], ...] = (
    (re.compile(r"^age\b", re.IGNORECASE), Decimal(0), Decimal(120)),
    (re.compile(r"\b(?:bmi|body mass index)\b", re.IGNORECASE), Decimal(8), Decimal(90)),
    (re.compile(r"^(?:baseline )?weight\b.*\bkg\b", re.IGNORECASE), Decimal("0.3"), Decimal(400)),
    (re.compile(r"^(?:baseline )?height\b.*\bcm\b", re.IGNORECASE), Decimal(20), Decimal(260)),
    (re.compile(r"\bsystolic\b", re.IGNORECASE), Decimal(30), Decimal(320)),
    (re.compile(r"\bdiastolic\b", re.IGNORECASE), Decimal(15), Decimal(220)),
    (re.compile(r"\b(?:pulse|heart) rate\b", re.IGNORECASE), Decimal(15), Decimal(350)),
    (re.compile(r"\btemperature\b.*\bC\b", re.IGNORECASE), Decimal(25), Decimal(45)),
)


class OutOfRange(DraftCheck):
    id = "U3.out-of-range"
    severity = Severity.MAJOR
    title = "Value that cannot be"
    description = "A percentage above 100 or below 0, a p value outside 0 to 1, and ages, body measures and vital signs that no person has. Changes, differences and spreads are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in rows_and_cells(draft):
            for code in row.values:
                fact = code.fact
                number = exact_number(fact)
                if fact is None or number is None:
                    continue
                label = " ".join(fact.row)
                if is_pct(code) and not 0 <= number <= 100:
                    yield self.finding(row, f"{code.shown.rstrip(' %')}% is no share.", code.start, code.end)
                elif fact.statistic == "p" and not 0 <= number <= 1:
                    yield self.finding(row, f"{code.shown} is no p value.", code.start, code.end)
                elif fact.statistic in ("mean", "median", "min", "max", "AGE") and not re.search(
                    r"change|difference|ratio|gain|loss", label, re.IGNORECASE
                ):
                    for pattern, low, high in _RANGES:
                        if pattern.search(label or fact.statistic) and not low <= number <= high:
                            yield self.finding(
                                row,
                                f"{code.shown} is out of the range of {label or fact.statistic}.",
                                code.start,
                                code.end,
                            )
            for m in re.finditer(r"(?<![\w.])(\d{3,}(?:\.\d+)?)\s?%", row.typed):
                if Decimal(m[1]) > 100 and not re.search(
                    r"\b(?:increase|change|fold|rise|ratio)\b", row.full, re.IGNORECASE
                ):
                    yield self.finding(row, f"{m[0]} is no share.", m.start(), m.end())


_DANGEROUS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"(?<![\w.])\d+\.0\s?(?:{_UNIT})\b(?!/)"),
        "a trailing zero in a dose can be read as ten times as much",
    ),
    (re.compile(rf"(?<![\w\d])\.\d+\s?(?:{_UNIT})\b"), "a leading zero is missing"),
    (re.compile(r"(?<![\w.])\d+\s?U\b(?!/)"), "U can be read as 0; write units"),
    (re.compile(r"(?<![\w.])\d[\d.,]*\s?[µμ]g\b"), "µg can be read as mg; write mcg or microgram"),
    (re.compile(r"\b(?:QOD|q\.o\.d\.|MSO4|MgSO4)(?![\w])"), "an abbreviation that has led to medication errors"),
)


class DangerousForm(DraftCheck):
    id = "U4.dangerous-form"
    severity = Severity.MAJOR
    title = "Dangerous form of a dose"
    description = "A trailing zero (1.0 mg), a missing leading zero (.5 mg), U for units, µg for mcg, QOD. Concentrations and bound values of tables are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            for pattern, why in _DANGEROUS:
                for m in pattern.finditer(row.typed):
                    yield self.finding(row, f"“{m[0]}”: {why}.", m.start(), m.end())
