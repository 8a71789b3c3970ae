"""Words of sentences and labels in one form, so that a row of a table is found in prose. Imports its room only."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|\d+(?:\.\d+)?")
_SMALL = frozenset((
    "the", "a", "an", "of", "in", "to", "and", "or", "for", "with", "at", "by", "on", "from", "as", "was", "were", "is", "are", "had", "has", "have", "be",
    "been", "that", "this", "these", "those", "which", "who", "whom", "it", "its", "than", "not", "no", "did", "their", "there", "group", "groups", "arm",
    "respectively", "subject", "patient", "participant", "people", "number", "mean", "sd", "se", "median", "range", "min", "max", "n", "reported", "recorded", "table", "yr", "year",
    "respective", "compared", "all", "total", "overall", "each", "any", "study", "during", "most", "common", "frequent", "between", "value", "values", "s", "ci", "least", "one",
))  # fmt: skip
_SAME = {
    "women": "female", "woman": "female", "females": "female", "men": "male", "man": "male", "males": "male", "f": "female", "m": "male",
    "died": "death", "deaths": "death", "fatal": "death", "dead": "death", "dying": "death", "mortality": "death",
    "withdrew": "discontin", "withdrawn": "discontin", "withdrawal": "discontin", "withdraw": "discontin", "terminated": "discontin", "termination": "discontin",
    "stopped": "discontin", "dropouts": "discontin", "dropped": "discontin", "left": "discontin", "completers": "complet", "finished": "complet",
    "caucasian": "white", "teae": "adverse", "teaes": "adverse", "ae": "adverse", "aes": "adverse", "sae": "serious", "saes": "serious", "aefl": "adverse",
    "bmi": "bmi", "old": "age", "aged": "age", "ages": "age", "older": "age", "younger": "age", "youngest": "age", "oldest": "age", "heavy": "weight", "weighed": "weight", "tall": "height",
    "allocated": "random", "assigned": "random", "randomised": "random", "randomized": "random", "enrolled": "enrol", "enroled": "enrol",
    "centres": "site", "centers": "site", "centre": "site", "center": "site", "sites": "site", "pts": "patient", "itching": "pruritus",
    "itt": "intent", "treat": "treat", "black": "african", "drug": "treat", "medication": "treat", "weeks": "week", "months": "month", "days": "day",
}  # fmt: skip


_PHRASES = tuple(
    (re.compile(rf"\b{said}\b", re.IGNORECASE), short)
    for said, short in (
        (r"body[- ]mass index", "bmi"), (r"side[- ]effects?", "adverse event"), (r"(?:adverse|untoward) (?:effects?|reactions?|experiences?)", "adverse event"),
        (r"mini[- ]mental state(?: examination)?", "mmse"), (r"serious events?", "serious adverse event"),
    )
)  # fmt: skip
"""Terms of several words that rows have in one, or in other words."""


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A word without its inflection, in the form of its synonyms."""
    lower = word.casefold()
    if lower in _SAME:
        return _SAME[lower]
    if lower.endswith(("'s", "’s")):
        lower = lower[:-2]
    if lower.isalpha() and len(lower) > 3:
        if lower.endswith("ies"):
            lower = lower[:-3] + "y"
        elif lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
            lower = lower[:-1]
        lower = (
            lower.replace("isation", "ization").replace("haem", "hem").replace("oed", "ed").replace("rrhoea", "rrhea")
        )
        for end in ("ization", "ations", "ation", "ized", "ised", "izing", "ing", "ed", "ion", "ly"):
            if lower.endswith(end) and len(lower) - len(end) >= 4:
                lower = lower[: -len(end)]
                break
        lower = lower[:9]
    return _SAME.get(lower, lower)


@lru_cache(maxsize=100_000)
def stems(text: str) -> frozenset[str]:
    """The telling words of a text."""
    for pattern, short in _PHRASES:
        if pattern.search(text):
            text = pattern.sub(short, text)
    found = {s for w in _WORD.findall(text) if w.casefold() not in _SMALL and (s := stem(w)) not in _SMALL}
    return frozenset(found | {"event"}) if "adverse" in found else frozenset(found)


def spaced(variable: str) -> str:
    """Words of a name of a variable such as ``AGE, FEMALE``."""
    return variable.replace("_", " ")
