"""Direction of writing: paragraphs, runs, tables and sections of a target that is written from right to left, and back.

Imports names and this package. Source: ISO/IEC 29500-1, 17.3.1.6 (``w:bidi``), 17.3.2.30 (``w:rtl``), 17.4.1 (``w:bidiVisual``), 17.6.1.
Left and right of a paragraph's indents and alignment mean its leading and trailing edge in Word, so they turn by themselves.
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.localise.order import drop, ensure, properties_of
from docpipe.formats.ooxml.localise.reach import Reach
from docpipe.formats.ooxml.names import SHORT, Element, child, is_on, set_w_attr, w_attr

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u07c0-\u07ff\ufb1d-\ufdff\ufe70-\ufefc]")
_COMPLEX_TWINS = (("b", "bCs"), ("i", "iCs"), ("sz", "szCs"))


def redirect(reach: Reach, aim: Aim) -> bool:
    """Turns a story; returns whether anything changed."""
    if aim.rtl:
        return _turn(reach)
    return turn_back(reach, aim)


def twin(reach: Reach, aim: Aim) -> bool:
    """Bold, italic and size for the target's letters: complex scripts have their own, which must say what Latin ones said."""
    if not aim.complex or aim.from_rtl:
        return False
    changed = False
    for el in list(reach.each("rPr")):
        parent = el.getparent()
        if parent is not None and SHORT[parent.tag] != "w:pPr":
            changed |= _copy_twins(el)
    return changed


def _turn(reach: Reach) -> bool:
    changed = False
    for p in list(reach.each("p")):
        changed |= _switch_on(properties_of(p, "pPr"), "bidi")
    for t in list(reach.each("t")):
        run, text = t.getparent(), t.text or ""
        if run is not None and not text.isascii() and RIGHT_TO_LEFT.search(text) and SHORT[run.tag] == "w:r":
            changed |= _switch_on(properties_of(run, "rPr"), "rtl")
    for table in list(reach.each("tblPr")):
        changed |= _switch_on(table, "bidiVisual")
    for section in list(reach.each("sectPr")):
        changed |= _switch_on(section, "bidi")
    return changed


def turn_back(reach: Reach, aim: Aim) -> bool:
    """A story or styles from right to left no longer say so when the target runs from left to right."""
    if aim.rtl or not aim.from_rtl:
        return False
    changed = False
    for local, gone in (("pPr", ("bidi",)), ("sectPr", ("bidi", "rtlGutter")), ("tblPr", ("bidiVisual",))):
        for el in list(reach.each(local)):
            changed |= drop(el, *gone)
    for el in list(reach.each("rPr")):
        if is_on(child(el, "w:rtl")) or is_on(child(el, "w:cs")):
            _latin_twins(el)
            drop(el, "rtl", "cs")
            changed = True
    return changed


def _switch_on(properties: Element, local: str) -> bool:
    found = child(properties, f"w:{local}")
    if is_on(found):
        return False
    if found is not None:
        properties.remove(found)
    ensure(properties, local)
    return True


def _copy_twins(properties: Element) -> bool:
    """What Latin letters look like, for complex scripts."""
    changed = False
    for plain, complex_ in _COMPLEX_TWINS:
        changed |= _same(properties, plain, complex_)
    return changed


def _latin_twins(properties: Element) -> None:
    """What letters from right to left looked like, for Latin ones."""
    for plain, complex_ in _COMPLEX_TWINS:
        _same(properties, complex_, plain)


def _same(properties: Element, model: str, other: str) -> bool:
    """Makes the property ``other`` say what ``model`` says."""
    stated, twin_ = child(properties, f"w:{model}"), child(properties, f"w:{other}")
    if stated is None:
        return drop(properties, other)
    if twin_ is not None and w_attr(twin_, "val") == w_attr(stated, "val"):
        return False
    drop(properties, other)
    made = ensure(properties, other)
    value = w_attr(stated, "val")
    if value is not None:
        set_w_attr(made, "val", value)
    return True
