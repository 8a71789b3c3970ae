"""Language tags: of runs, styles and defaults, and the language that theme fonts are chosen by. Imports names and this package."""

from __future__ import annotations

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.localise.order import ensure
from docpipe.formats.ooxml.localise.reach import Reach
from docpipe.formats.ooxml.names import Element, child, set_w_attr, w_attr


def retag(reach: Reach, aim: Aim) -> bool:
    """Sets the target's tag wherever the part states one for the target's script; returns whether anything changed.

    A tag of the target's own language with another region stays where the target names none (``en-GB`` for ``en``).
    """
    changed = False
    for el in reach.each("lang"):
        changed |= _set(el, aim)
    return changed


def tag_defaults(properties: Element, aim: Aim) -> bool:
    """Sets the tag in the document's default run properties, where everything without one of its own inherits it."""
    before = child(properties, "w:lang")
    lang = ensure(properties, "lang")
    if w_attr(lang, aim.slot) is None:
        set_w_attr(lang, aim.slot, aim.tag)
        return True
    return _set(lang, aim) or before is None


def tag_theme_fonts(settings: Element, aim: Aim) -> bool:
    """Sets the language by which a theme's font is chosen for a script (``w:themeFontLang``)."""
    lang = ensure(settings, "themeFontLang")
    if w_attr(lang, aim.slot) is None or not aim.keeps(w_attr(lang, aim.slot) or ""):
        set_w_attr(lang, aim.slot, aim.tag)
        return True
    return False


def _set(lang: Element, aim: Aim) -> bool:
    stated = w_attr(lang, aim.slot)
    if stated is None or aim.keeps(stated):
        return False
    set_w_attr(lang, aim.slot, aim.tag)
    return True
