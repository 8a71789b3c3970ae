"""Words of displays for coded values of the data: sex, race, ethnicity, reasons for leaving. Imports labels only.

Codes are those of CDISC controlled terminology; the words are what tables usually print. Decodes of a define.xml come on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docpipe.writing.labels import key_of

_WORDS: dict[str, tuple[str, ...]] = {
    "m": ("male", "men"),
    "f": ("female", "women"),
    "u": ("unknown",),
    "y": ("yes",),
    "n": ("no",),
    "white": ("caucasian", "white or caucasian"),
    "black or african american": ("african descent", "black", "african american", "black/african american"),
    "hispanic or latino": ("hispanic", "latino", "hispanic/latino"),
    "not hispanic or latino": ("not hispanic", "non-hispanic", "not hispanic/latino"),
    "american indian or alaska native": ("american indian", "alaska native", "american indian/alaska native"),
    "withdrawal by subject": ("withdrew consent", "subject decided to withdraw", "consent withdrawn", "subject withdrawal", "withdrawal of consent"),
    "physician decision": ("physician decided to withdraw subject", "investigator decision", "physicians decision"),
    "i/e not met": ("protocol criteria not met", "protocol entry criteria not met", "inclusion/exclusion criteria not met"),
    "sponsor decision": ("study terminated by sponsor", "termination by sponsor", "sponsor's decision"),
    "lost to follow-up": ("lost to follow up",),
    "protocol deviation": ("protocol violation", "major protocol deviation"),
}  # fmt: skip
_HOME = {key_of(w): key_of(code) for code, words in _WORDS.items() for w in (code, *words)}


def same_value(label: str, level: str, decodes: Mapping[str, str] | None = None) -> bool:
    """The label of a row says this value of a variable: the same words, a synonym, or the value's decode."""
    a, b = key_of(label), key_of(level)
    if not a or not b:
        return False
    if a == b or _HOME.get(a, a) == _HOME.get(b, b):
        return True
    decode = (decodes or {}).get(level)
    return decode is not None and a == key_of(decode)


def value_for(label: str, levels: Iterable[str], decodes: Mapping[str, str] | None = None) -> str | None:
    """The one value that a label says; exact words before synonyms. None where none or several fit."""
    usable = [v for v in levels if v]
    exact = [v for v in usable if key_of(v) == key_of(label)]
    found = exact or [v for v in usable if same_value(label, v, decodes)]
    return found[0] if len(found) == 1 else None
