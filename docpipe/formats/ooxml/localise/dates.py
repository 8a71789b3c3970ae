"""Date controls: the language and the way in which Word writes a bound date anew when it opens the file. Imports names and this package.

Source: ISO/IEC 29500-1, 17.5.2 (``w:date`` with ``w:dateFormat`` and ``w:lid``). What a control shows is text
like any other and is translated; of a control that is bound Word shows the bound date, in this format, whatever stands there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.names import SHORT, Element, child, set_w_attr, w_attr
from docpipe.model.language import primary

_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_SIGNS = re.compile(r"d+|M+|y+|[hHmst]|am/pm", re.IGNORECASE)
_NO_LANGUAGE = re.compile(r"y+-M+(-d+)?|y+")
"""Formats that mean the same everywhere: 2024-03-05, 2024."""


def redate(root: Element, aim: Aim) -> bool:
    """Gives date controls the target's language and way of writing; returns whether anything changed."""
    changed = False
    for date in _dates(root):
        language = child(date, "w:lid")
        if language is None or aim.keeps(w_attr(language, "val") or ""):
            continue
        set_w_attr(language, "val", aim.tag)
        changed = True
        form = child(date, "w:dateFormat")
        if form is not None and (wanted := written_as(w_attr(form, "val") or "", aim.tag)):
            set_w_attr(form, "val", wanted)
    return changed


def foreign_dates(root: Element, aim: Aim) -> int:
    """How many date controls would be written in another language than the target's."""
    languages = (child(date, "w:lid") for date in _dates(root))
    return sum(el is not None and not aim.keeps(w_attr(el, "val") or "") for el in languages)


def written_as(form: str, language: str) -> str:
    """A date format as the language has it; "" where it has none or the format is to stay (times of day, ISO 8601, a year)."""
    signs = _SIGNS.findall(_LITERAL.sub("", form))
    letters = {sign[0] for sign in signs}
    if not letters <= {"d", "M", "y"} or "M" not in letters or _NO_LANGUAGE.fullmatch(form):
        return ""
    named = any(sign.startswith("MMM") for sign in signs) or not form.isascii()
    days = [sign for sign in signs if sign[0] == "d"]
    if any(len(sign) > 2 for sign in days):
        kind = "weekday"
    elif not days:
        kind = "month"
    elif named:
        kind = "long"
    else:
        kind = "figures"
    return str(dates_of(language).get(kind, ""))


def _dates(root: Element) -> Iterator[Element]:
    for el in root.iter("{*}date"):
        parent = el.getparent()
        if SHORT[el.tag] == "w:date" and parent is not None and SHORT[parent.tag] == "w:sdtPr":
            yield el


def dates_of(language: str) -> dict[str, Any]:
    """What the table has of a language; a region's own entries stand before those of the language."""
    return {**_table().get(primary(language), {}), **_table().get(language, {})}


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("docpipe.formats.ooxml.localise") / "dates.toml").read_text("utf-8"))
