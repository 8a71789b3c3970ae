"""Line breaking and spacing rules that belong to a script: switched off for one, they are wrong for another. Imports names and this package.

Source: ISO/IEC 29500-1, 17.3.1.45 (``w:wordWrap``), 17.3.1.16 (``w:kinsoku``), 17.3.1.2 (``w:autoSpaceDE``), 17.18.44 (``ST_Jc``),
17.3.2.14 (``w:fitText``).
"""

from __future__ import annotations

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.localise.order import drop
from docpipe.formats.ooxml.localise.reach import Reach
from docpipe.formats.ooxml.names import Element, child, is_on, set_w_attr, w_attr

_EAST_ASIAN_RULES = ("kinsoku", "autoSpaceDE", "autoSpaceDN", "overflowPunct")
_STRETCHED = ("distribute", "thaiDistribute")
_KASHIDA = ("lowKashida", "mediumKashida", "highKashida")
"""Justification by longer strokes of Arabic letters."""


def respace(reach: Reach, aim: Aim) -> bool:
    """Takes away what would break lines or set letters wrongly in the target; returns whether anything changed.

    Latin letters: words broken anywhere (``wordWrap`` off), letters distributed over the line. East Asian ones: line-start
    rules and the space beside Latin letters and figures switched off. All of them are on where nothing is said. Lines filled by
    longer strokes of Arabic letters are filled by spaces in any other script.
    """
    changed = False
    stretched = (() if aim.east_asian else _STRETCHED) + (() if aim.fonts == "arabic" else _KASHIDA)
    for el in list(reach.each("pPr")):
        align = child(el, "w:jc")
        if align is not None and w_attr(align, "val") in stretched:
            set_w_attr(align, "val", "both")
            changed = True
        if aim.east_asian:
            for rule in _EAST_ASIAN_RULES:
                if (found := child(el, f"w:{rule}")) is not None and not is_on(found):
                    changed |= drop(el, rule)
            continue
        if (wrap := child(el, "w:wordWrap")) is not None and not is_on(wrap):
            changed |= drop(el, "wordWrap")
    for fitted in list(reach.each("fitText")):  # a width measured for the source's characters
        parent = fitted.getparent()
        if parent is not None:
            parent.remove(fitted)
            changed = True
    return changed


def compress(settings: Element, aim: Aim) -> bool:
    """East Asian punctuation may be set close in Chinese and Japanese."""
    rule = child(settings, "w:characterSpacingControl")
    if rule is None or aim.fonts not in ("hans", "hant", "japanese") or w_attr(rule, "val") != "doNotCompress":
        return False
    set_w_attr(rule, "val", "compressPunctuation")
    return True
