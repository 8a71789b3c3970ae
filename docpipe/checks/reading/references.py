"""Tells section, table and version numbers, which keep their point in every language. Imports this package only."""

from __future__ import annotations

import re

from docpipe.checks.reading.tokens import Lexed, Number

_REFERENCE = re.compile(
    r"(?:\b(?:sections?|tables?|figures?|figs?\.?|listings?|append(?:ix|ices)|chapters?|versions?|v\.?|ver\.?|ann?ex(?:es)?|parts?|items?|modules?|edition|see|"
    r"abschnitte?n?|abschnitts|tabellen?|abb\.?|abbildung(?:en)?|anh[aä]nge?|kapiteln?|moduls?|punkte?|ziffer|siehe|vgl\.?|nummer|nr\.?|no\.?|"
    r"secci[oó]n(?:es)?|tablas?|figuras?|apartados?|anexos?|apéndices?|capítulos?|módulos?|versi[oó]n|véase|"
    r"meddra|ctcae|sas|recist|spss|whodrug|stata|nonmem|winnonlin|excel|windows|ich|iso|e\d|rev\.?|level|ctd|sdtm|adam|send|define)"
    r"|[节章表图版录]|附录|版本|部分|模块|第|见)[\s\u00a0]*(?:[vV]\.?)?(?:\d++(?:\.\d++)*+[\s,、/]*+(?:and|und|y|和|or|至|to|-|–)?+\s*+)*+$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^[(\[]?\d++(?:\.\d++)*+\.?[)\]]?[\s\u00a0]+[^\W\d]")


def is_reference(lexed: Lexed, number: Number) -> bool:
    """Whether a number is a section, table or version number (asked only where a decimal sign is in doubt: it is slow)."""
    text = lexed.shadow
    if number.text.count(".") > 1 or _REFERENCE.search(text[max(0, number.start - 40) : number.start]):
        return True
    return number.start == 0 and number.unit is None and bool(_HEADING.match(text))
