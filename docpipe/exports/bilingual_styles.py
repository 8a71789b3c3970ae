"""How a bilingual DOCX looks: page, styles, fonts and languages by script, footer. Imports the core and python-docx."""

from __future__ import annotations

from typing import Any

from docpipe.exports.bilingual_marks import Sheet, to_cell
from docpipe.model.language import primary, right_to_left, script

TAG = "docpipe tag"
"""Name of the character style of tags."""
INK, BAND, GREY = "1F3A5F", "F3F5F8", "B8C2CF"
"""Heading row, cells that are not to be edited, lines."""

_LATIN = "Arial"
_EAST = {"Japanese": "Yu Gothic", "Korean": "Malgun Gothic"}
_COMPLEX = {
    "Thai": "Tahoma", "Lao": "Leelawadee UI", "Khmer": "Leelawadee UI", "Burmese": "Myanmar Text", "Tibetan": "Microsoft Himalaya",
    "Devanagari": "Nirmala UI", "Bengali": "Nirmala UI", "Tamil": "Nirmala UI", "Telugu": "Nirmala UI", "Gujarati": "Nirmala UI",
    "Gurmukhi": "Nirmala UI", "Malayalam": "Nirmala UI", "Kannada": "Nirmala UI", "Odia": "Nirmala UI", "Sinhala": "Nirmala UI",
    "Ethiopic": "Ebrima", "Thaana": "MV Boli", "N'Ko": "Ebrima",
}  # fmt: skip


def face(language: str) -> dict[str, str]:
    """Attributes of ``w:rFonts``: a face for every kind of character, the language's own for its script."""
    written = script(language)
    east = _EAST.get(written, "")
    if not east:
        old = any(part in language.split("-") for part in ("Hant", "TW", "HK", "MO"))
        east = "Microsoft JhengHei" if written == "Han" and old else "Microsoft YaHei"
    chosen = {"ascii": _LATIN, "hAnsi": _LATIN, "eastAsia": east, "cs": _COMPLEX.get(written, _LATIN)}
    if written in ("Han", "Japanese", "Korean"):
        chosen["hint"] = "eastAsia"
    return chosen


def language_of(language: str) -> dict[str, str]:
    """Attributes of ``w:lang``: the language at the place where Word looks for it."""
    written = script(language)
    if written in ("Han", "Japanese", "Korean"):
        return {"eastAsia": language}
    if right_to_left(language) or written in _COMPLEX:
        return {"bidi": language}
    return {"val": language}


def styled(document: Any, sheet: Sheet) -> None:
    """Page, properties, styles and footer of a new document."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin, section.bottom_margin = Mm(14), Mm(14)
    section.footer_distance = section.header_distance = Mm(7)
    properties = document.core_properties
    properties.author = "docpipe"
    properties.title = f"Bilingual review: {to_cell(sheet.document.path)}"[:255]
    properties.language = sheet.target_language
    properties.comments = ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(9)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    _set(fonts, face(sheet.target_language if primary(sheet.target_language) != "en" else sheet.source_language))
    _styles(document)
    _footer(section, to_cell(sheet.document.path), sheet.batch)


def _set(element: Any, attributes: dict[str, str]) -> None:
    from docx.oxml.ns import qn

    for name in list(element.attrib):
        del element.attrib[name]
    for name, value in attributes.items():
        element.set(qn("w:" + name), value)


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    grey, ink = RGBColor.from_string("4A5563"), RGBColor.from_string(INK)

    def paragraph(
        name: str, size: float, after: float = 0, *, bold: bool = False, colour: RGBColor | None = None
    ) -> Any:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size, style.font.bold = Pt(size), bold or None
        if colour is not None:
            style.font.color.rgb = colour
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(0), Pt(after)
        style.paragraph_format.line_spacing = 1.1
        return style

    title = document.styles["Title"]
    title.font.size, title.font.bold, title.font.color.rgb = Pt(16), True, ink
    _set(title.element.get_or_add_rPr().get_or_add_rFonts(), face("en"))
    title.paragraph_format.space_after = Pt(2)
    frame = title.element.pPr.find("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}pBdr")
    if frame is not None:
        title.element.pPr.remove(frame)
    paragraph("docpipe about", 9, 4, colour=grey)
    paragraph("docpipe face", 10, 4, bold=True, colour=RGBColor.from_string("A61B1B"))
    step = paragraph("docpipe step", 8.5, 1, colour=grey)
    step.paragraph_format.left_indent, step.paragraph_format.first_line_indent = Pt(14), Pt(-14)
    step.paragraph_format.tab_stops.add_tab_stop(Pt(14))
    paragraph("docpipe heading", 9, bold=True, colour=RGBColor(0xFF, 0xFF, 0xFF))
    paragraph("docpipe source", 9.5)
    paragraph("docpipe target", 9.5)
    paragraph("docpipe note", 7.5, colour=grey)
    tag = document.styles.add_style(TAG, WD_STYLE_TYPE.CHARACTER)
    tag.font.name, tag.font.size, tag.font.color.rgb = "Courier New", Pt(8), RGBColor.from_string("7B2D8B")
    tag.font.no_proof = True
    _shade(tag, "F1E6F4")
    key = document.styles.add_style("docpipe key", WD_STYLE_TYPE.CHARACTER)
    key.font.hidden, key.font.size, key.font.no_proof = True, Pt(2), True


def _shade(style: Any, fill: str) -> None:
    from docx.oxml.parser import OxmlElement

    shading = OxmlElement("w:shd")
    _set(shading, {"val": "clear", "color": "auto", "fill": fill})
    style.element.get_or_add_rPr().append(shading)


def _footer(section: Any, path: str, batch: str) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm, Pt

    paragraph = section.footer.paragraphs[0]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(267), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.style.font.size = Pt(7.5)
    paragraph.style.paragraph_format.tab_stops.clear_all()
    paragraph.add_run(f"{path[:120]}  ·  {batch}\tPage ")
    for name, between in (("PAGE", " of "), ("NUMPAGES", "")):
        field = OxmlElement("w:fldSimple")
        _set(field, {"instr": name})
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)
        if between:
            paragraph.add_run(between)
