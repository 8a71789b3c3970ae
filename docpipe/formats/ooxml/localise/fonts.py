"""Fonts of translated text: each script's slot gets a font that has its letters. Imports names and this package.

Source: ISO/IEC 29500-1, 17.3.2.26: ``ascii`` and ``hAnsi`` govern Latin, ``eastAsia`` and ``cs`` the others; the theme's form of an
attribute is stronger; ``hint`` says where signs belong that occur in Latin and East Asian fonts alike. A level (run, style,
defaults) that says nothing of fonts is left saying nothing.
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.localise.fonttable import FontTable
from docpipe.formats.ooxml.localise.order import ensure, properties_of
from docpipe.formats.ooxml.localise.reach import Reach
from docpipe.formats.ooxml.names import SHORT, W_STRICT, Element, W, child, set_w_attr, w_attr

_LATIN = (("ascii", "asciiTheme"), ("hAnsi", "hAnsiTheme"))
_THEME_OF_SLOT = {"eastAsia": ("eastAsiaTheme", "EastAsia"), "bidi": ("cstheme", "Bidi")}
_SHARED_SIGNS = re.compile("[\u2018\u2019\u201c\u201d\u2026\u2014]")
_EAST_ASIAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_SCRIPT_CODES = {
    "hans": "Hans", "hant": "Hant", "japanese": "Jpan", "korean": "Hang", "arabic": "Arab", "hebrew": "Hebr", "thai": "Thai",
    "devanagari": "Deva", "bengali": "Beng", "tamil": "Taml", "telugu": "Telu", "gujarati": "Gujr", "gurmukhi": "Guru",
    "kannada": "Knda", "malayalam": "Mlym", "odia": "Orya", "sinhala": "Sinh", "lao": "Laoo", "khmer": "Khmr",
    "burmese": "Mymr", "tibetan": "Tibt", "thaana": "Thaa",
}  # fmt: skip


def reface(reach: Reach, aim: Aim, table: FontTable) -> bool:
    """Fits every stated set of fonts of a part; returns whether anything changed."""
    changed = False
    fitting: set[tuple[object, ...]] = set()
    for el in reach.each("rFonts"):
        stated = tuple(el.items())
        if stated not in fitting:
            if _fit(el, aim, table):
                changed = True
            else:
                fitting.add(stated)
    if aim.east_asian:
        for text in list(reach.each("t")):
            changed |= _hint(text)
    return changed


def reface_defaults(properties: Element, aim: Aim, table: FontTable) -> bool:
    """Fits the default fonts of the document, naming one for the target's script where none is named."""
    changed = False
    if aim.slot in _THEME_OF_SLOT:
        fonts = ensure(properties, "rFonts")
        attribute = "eastAsia" if aim.east_asian else "cs"
        default = table.default(aim.fonts)
        stated = [w_attr(fonts, a) for pair in _LATIN for a in pair]
        if default and not any(stated) and not any(w_attr(fonts, a) for a in (attribute, _THEME_OF_SLOT[aim.slot][0])):
            set_w_attr(fonts, attribute, default)
            changed = True
    fonts_there = child(properties, "w:rFonts")
    return (_fit(fonts_there, aim, table) if fonts_there is not None else False) or changed


def reface_theme(theme: Element, aim: Aim, table: FontTable) -> bool:
    """Fits the fonts that a theme gives to headings and body (ISO/IEC 29500-1, 20.1.4.1.24)."""
    changed = False
    for group in theme.iter("{*}majorFont", "{*}minorFont"):
        faces = {SHORT[el.tag]: el for el in group if SHORT[el.tag] in ("a:latin", "a:ea", "a:cs")}
        latin = faces["a:latin"].get("typeface", "") if "a:latin" in faces else ""
        if not aim.east_asian and latin:
            changed |= _set(faces["a:latin"], "typeface", table.instead(latin, "latin"))
        if aim.slot in _THEME_OF_SLOT:
            changed |= _theme_script(group, faces.get("a:ea" if aim.east_asian else "a:cs"), latin, aim, table)
    return changed


def reface_drawing(root: Element, aim: Aim, table: FontTable) -> bool:
    """Fits fonts and language of drawn text: charts, SmartArt (``a:rPr`` and its like, 21.1.2.3.9)."""
    changed = False
    for el in root.iter("{*}rPr", "{*}defRPr", "{*}endParaRPr", "{*}latin", "{*}ea", "{*}cs", "{*}pPr"):
        name, face = SHORT[el.tag], el.get("typeface", "")
        if name in ("a:rPr", "a:defRPr", "a:endParaRPr"):
            if el.get("lang") is not None and not aim.keeps(el.get("lang", "")):
                changed |= _set(el, "lang", aim.tag)
        elif name == "a:pPr" and aim.rtl != aim.from_rtl and (_runs(el) if aim.rtl else el.get("rtl") is not None):
            changed |= _set(el, "rtl", "1" if aim.rtl else "0")
        elif not face or face.startswith("+"):
            continue
        elif name == "a:latin" and not aim.east_asian:
            changed |= _set(el, "typeface", table.instead(face, "latin"))
        elif name == ("a:ea" if aim.east_asian else "a:cs" if aim.complex else ""):
            changed |= _set(el, "typeface", table.instead(face, aim.fonts))
    return changed


def _runs(properties: Element) -> bool:
    """Whether the paragraph has text of its own; labels that a chart draws of its data find their direction themselves."""
    p = properties.getparent()
    return p is not None and any(SHORT[el.tag] in ("a:r", "a:fld") for el in p)


def _theme_script(group: Element, face: Element | None, latin: str, aim: Aim, table: FontTable) -> bool:
    """The theme's font for the target's script: the slot's own, else that of the list by scripts."""
    if face is not None and (stated := face.get("typeface", "")):
        return _set(face, "typeface", table.instead(stated, aim.fonts))
    code = _SCRIPT_CODES.get(aim.fonts, "")
    if not code or any(el.get("script") == code and el.get("typeface") for el in group):
        return False
    font = table.instead(latin, aim.fonts) if latin else table.default(aim.fonts)
    if face is None or not font:
        return False
    face.set("typeface", font)
    return True


def _fit(fonts: Element, aim: Aim, table: FontTable) -> bool:
    changed = False
    for plain, themed in _LATIN:
        theme, face = w_attr(fonts, themed), w_attr(fonts, plain)
        if theme and not aim.east_asian and not theme.endswith("HAnsi") and not theme.endswith("Ascii"):
            set_w_attr(fonts, themed, theme[:5] + "HAnsi")
            changed = True
        if face:
            changed |= _fit_latin(fonts, plain, face, aim, table)
    if aim.slot in _THEME_OF_SLOT:
        changed |= _fit_script(fonts, aim, table)
    elif face := w_attr(fonts, "cs"):
        changed |= _put(
            fonts, "cs", face if table.suits(face, "latin") or _complex(face, table) else table.instead(face, "latin")
        )
    if not aim.east_asian and w_attr(fonts, "hint") == "eastAsia":
        _take(fonts, "hint")
        changed = True
    return changed


def _complex(font: str, table: FontTable) -> bool:
    return not any(table.suits(font, s) for s in ("hans", "hant", "japanese", "korean"))


def _fit_latin(fonts: Element, slot: str, face: str, aim: Aim, table: FontTable) -> bool:
    """Latin letters of an East Asian document: a font made for Chinese characters stays only for such a target's own."""
    if table.suits(face, "latin"):
        return False
    if aim.east_asian:
        return _put(fonts, slot, table.instead(face, aim.fonts))
    return _put(fonts, slot, table.instead(face, "latin"))


def _fit_script(fonts: Element, aim: Aim, table: FontTable) -> bool:
    """The slot of the target's own script, from what the level says of it or else of Latin letters."""
    attribute = "eastAsia" if aim.east_asian else "cs"
    themed, ending = _THEME_OF_SLOT[aim.slot]
    if w_attr(fonts, themed):
        return False
    latin = next((f for a, _ in _LATIN if (f := w_attr(fonts, a))), "")
    if face := w_attr(fonts, attribute):
        if table.suits(face, aim.fonts) or _governed(attribute, aim):
            return _put(fonts, attribute, table.instead(face, aim.fonts))
        _take(
            fonts, attribute
        )  # it governed nothing yet: the font of the source's letters is asked, here or further up
        if not latin:
            return True
    theme = next((t for _, a in _LATIN if (t := w_attr(fonts, a))), "")
    if theme:
        set_w_attr(fonts, themed, theme[:5] + ending)
        return True
    fitting = table.instead(latin, aim.fonts) if latin else ""
    return bool(fitting) and table.suits(fitting, aim.fonts) and _put(fonts, attribute, fitting)


def _governed(attribute: str, aim: Aim) -> bool:
    """Whether the slot governed letters of the source."""
    return attribute == (
        "eastAsia"
        if aim.own_fonts in ("hans", "hant", "japanese", "korean")
        else "cs"
        if aim.own_fonts != "latin"
        else ""
    )


def _hint(t: Element) -> bool:
    """Quotes, dashes and dots among Chinese characters are to be those of the East Asian font."""
    text, run = t.text or "", t.getparent()
    if text.isascii() or not (_SHARED_SIGNS.search(text) and _EAST_ASIAN.search(text)):
        return False
    if run is None or SHORT[run.tag] != "w:r":
        return False
    fonts = ensure(properties_of(run, "rPr"), "rFonts")
    return _put(fonts, "hint", "eastAsia")


def _put(el: Element, attribute: str, value: str) -> bool:
    if w_attr(el, attribute) == value:
        return False
    set_w_attr(el, attribute, value)
    return True


def _set(el: Element, attribute: str, value: str) -> bool:
    if el.get(attribute) == value:
        return False
    el.set(attribute, value)
    return True


def _take(el: Element, attribute: str) -> None:
    for key in (W + attribute, W_STRICT + attribute):
        if key in el.attrib:
            del el.attrib[key]
