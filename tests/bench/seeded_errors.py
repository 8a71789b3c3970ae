"""Wrong targets of known kinds: the faithful simulated translation of a source that was altered, so that the target tells something else.

Imports the simulated translator only. The alterations are of English sources; every language that is translated into gets its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from docpipe.simulate.translation import translate

__all__ = ["KINDS", "altered", "wrong"]

_TAG = re.compile(r"<\\*/?\d{1,6}/?>")
_DRUGS = re.compile(
    r"\b(?:\w{3,}(?:limab|tinib|gliptin|sartan|zolam)|ranitidine|famotidine|cimetidine|nizatidine|omeprazole|metformin|placebo)\b",
    re.IGNORECASE,
)
_OTHER_DRUG = ("warfarin", "digoxin", "insulin", "methotrexate", "lithium")
_UNITS = {
    "mg": "g", "g": "mg", "kg": "g", "µg": "mg", "mcg": "mg", "mL": "L", "ng": "mg", "days": "weeks", "weeks": "months", "hours": "days",
    "months": "years", "years": "months", "minutes": "hours",
}  # fmt: skip
_UNIT = re.compile(r"(?<=\d)( ?)(mg|kg|µg|mcg|ng|g|mL|days|weeks|hours|months|years|minutes)\b(?!/)")
_FREQUENCIES = {
    "once daily": "twice daily", "twice daily": "once daily", "three times daily": "once daily", "once weekly": "once daily",
    "twice a day": "once a day", "once a day": "twice a day", "every other day": "every day", "every 2 weeks": "every 4 weeks",
    "every 4 weeks": "every 2 weeks", "once a week": "once a day",
}  # fmt: skip
_FREQUENCY = re.compile(r"\b(?:" + "|".join(_FREQUENCIES) + r")\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r",? (?:if|unless|when|who|which|and|or|because|as|for|in|with|until|after|before)\b[^,.;:<>()]{15,}(?=[,.;])"
)


def _number(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r"(?<![\w<./,\-])\d+(?:\.\d+)?(?![\w>/\-])", text))
    if not found:
        return text
    m = chance.choice(found)
    digits = m[0]
    at = chance.randrange(len(digits))
    while digits[at] == ".":
        at = chance.randrange(len(digits))
    changed = digits[:at] + str((int(digits[at]) + chance.randint(1, 7)) % 9 + 1) + digits[at + 1 :]
    return text[: m.start()] + changed + text[m.end() :]


def _negation(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r"\b(?:not|never) |\bwithout\b|\bno (?=[a-z])|\bcannot\b", text))
    found = [
        m for m in found if not text[m.end() :].startswith(("more than", "later than", "less than", "longer than"))
    ]
    if not found:
        return text
    m = chance.choice(found)
    instead = {"without": "with", "cannot": "can"}.get(m[0], "")
    return text[: m.start()] + instead + text[m.end() :]


def _unit(text: str, chance: random.Random) -> str:
    found = list(_UNIT.finditer(text))
    if not found:
        return text
    m = chance.choice(found)
    return text[: m.start()] + m[1] + _UNITS[m[2]] + text[m.end() :]


def _drug(text: str, chance: random.Random) -> str:
    found = list(_DRUGS.finditer(text))
    if not found:
        return text
    m = chance.choice(found)
    other = chance.choice([d for d in _OTHER_DRUG if d != m[0].casefold()])
    return text[: m.start()] + (other.capitalize() if m[0][0].isupper() else other) + text[m.end() :]


def _clause(text: str, chance: random.Random) -> str:
    found = [m for m in _CLAUSE.finditer(text) if len(m[0].split()) >= 4 and m.start() > 15]
    if not found:
        return text
    m = chance.choice(found)
    return text[: m.start()] + text[m.end() :]


def _frequency(text: str, chance: random.Random) -> str:
    found = list(_FREQUENCY.finditer(text))
    if not found:
        return text
    m = chance.choice(found)
    return text[: m.start()] + _FREQUENCIES[m[0].lower()] + text[m.end() :]


KINDS: Mapping[str, Callable[[str, random.Random], str]] = {
    "number": _number, "negation": _negation, "unit": _unit, "drug": _drug, "clause": _clause, "frequency": _frequency,
}  # fmt: skip
"""Another number, a missing not, another unit, another medicine, an omitted clause, another dose frequency."""


def altered(kind: str, wire: str, chance: random.Random) -> str:
    """The source (wire text) with the error in it; as it was where it has nothing of that kind."""
    return KINDS[kind](wire, chance)


def wrong(kind: str, wire: str, languages: tuple[str, str], chance: random.Random) -> str:
    """A wrong target with every code of the source, "" where the source has nothing of that kind or the target would be right."""
    given = altered(kind, wire, chance)
    if given == wire or _TAG.findall(given) != _TAG.findall(wire):
        return ""
    target = translate(given, *languages)
    return target if target != translate(wire, *languages) else ""
