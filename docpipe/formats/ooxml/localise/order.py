"""Properties put where the schema wants them. Imports names only.

Source of the orders: ISO/IEC 29500-1, A.1 (CT_PPr, CT_RPr, CT_TblPr, CT_SectPr, CT_Settings).
"""

from __future__ import annotations

from docpipe.formats.ooxml.names import SHORT, Element, child, same_flavour

_PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid "
    "spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl "
    "divId cnfStyle rPr sectPr pPrChange"
)
_RUN = (
    "ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath rPrChange"
)
_TABLE = (
    "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders "
    "shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange"
)
_SECTION = (
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols "
    "formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"
)
_AFTER_THEME_LANGUAGE = (
    "clrSchemeMapping doNotIncludeSubdocsInStats doNotAutoCompressPictures forceUpgrade captions readModeInkLockDown "
    "smartTagType schemaLibrary shapeDefaults doNotEmbedSmartTags decimalSymbol listSeparator"
)
_ORDER = {
    "w:pPr": _PARAGRAPH, "w:rPr": _RUN, "w:tblPr": _TABLE, "w:sectPr": _SECTION,
    "w:settings": f"themeFontLang {_AFTER_THEME_LANGUAGE}",
}  # fmt: skip
_PLACES = {
    parent: {f"w:{name}": i for i, name in enumerate(names.split())} for parent, names in _ORDER.items()
}  # fmt: skip


def ensure(parent: Element, local: str) -> Element:
    """The property of that name, made at its place where it is not there."""
    short = f"w:{local}"
    found = child(parent, short)
    if found is not None:
        return found
    made = parent.makeelement(same_flavour(parent, local))
    places = _PLACES[SHORT[parent.tag]]
    mine = places[short]
    for el in parent:
        if places.get(SHORT[el.tag], -1) > mine:
            el.addprevious(made)
            return made
    parent.append(made)
    return made


def properties_of(element: Element, local: str) -> Element:
    """The ``w:pPr`` or ``w:rPr`` of a paragraph, run or style, made as first child where it is not there."""
    found = child(element, f"w:{local}")
    if found is None:
        found = element.makeelement(same_flavour(element, local))
        element.insert(0, found)
    return found


def drop(parent: Element, *locals_: str) -> bool:
    """Takes away properties of these names; returns whether one was there."""
    gone = [el for el in parent if SHORT[el.tag] in {f"w:{name}" for name in locals_}]
    for el in gone:
        parent.remove(el)
    return bool(gone)
