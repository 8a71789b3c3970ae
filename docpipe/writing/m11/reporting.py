"""The table of events to be reported that ICH M11 wants in its Section 9.2: which table of the narrative it is, and what it lacks. Imports its room only.

USDM has no class for it: only the narrative can hold it, and it stands there under the words of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.writing.m11.narrative import Narrative, Part

WANTED = {
    "type of event": r"event|type",
    "situational scope": r"scope|situation|population|applies",
    "start of the reportable period": r"start|from|begin|period|when",
    "end of the reportable period": r"\bend|until|\bto\b|period|when",
    "time for reporting to the sponsor": r"timing|within|time ?frame|deadline|hours|report(?:ing|ed) time",
    "method of reporting": r"method|form\b|how|system|crf|telephone|e-?mail",
    "backup method of reporting": r"back-?up|alternative|second",
}
"""The template's elements of a row, in our words, and how column heads of sponsors name them."""
_LEAST = 3
"""Elements that a table must have to be this one."""
_SECTIONS = ("9.2", "9.2.1", "9.2.2", "9.2.3", "9.2.3.1", "9.2.4", "9.1")


@dataclass(frozen=True, slots=True)
class Reporting:
    """``key``: of the table, "" where there is none; ``missing``: elements that it does not have, all of them without a table."""

    key: str
    missing: tuple[str, ...]


def reporting(narrative: Narrative) -> Reporting:
    """The table among the sections on events that has the most of the template's elements."""
    best = Reporting("", tuple(WANTED))
    for number in _SECTIONS:
        for part in narrative.told(number):
            if part.kind == "table":
                missing = _missing(part)
                if len(WANTED) - len(missing) >= _LEAST and len(missing) < len(best.missing):
                    best = Reporting(part.key, missing)
    return best


def _missing(part: Part) -> tuple[str, ...]:
    heads = " | ".join(re.sub("\ue000[^\ue001]*\ue001", " ", c) for c in part.columns).casefold()
    events = re.search(
        r"event|adverse|serious|pregnan|complaint", heads + " " + " ".join(r[0] for r in part.rows).casefold()
    )
    if events is None:
        return tuple(WANTED)
    return tuple(name for name, words in WANTED.items() if not re.search(words, heads))
