"""Writes the sample study's tables as RTF and DOCX, as programs of statisticians do: title and study in the page header, footnotes in the footer.

Imports this folder and the standard library. Sources: RTF 1.9.1, ISO/IEC 29500-1.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from itertools import groupby

from samples.make.study_subjects import STUDY
from samples.make.study_tables import Printed

_WIDTH = 12960
_STEP = 240
_FACE = r"\f0\fs18"


def _widths(table: Printed) -> list[int]:
    count = len(table.heads)
    label = 5400 if count <= 4 else 3240
    return [label, *([(_WIDTH - label) // count] * count)]


def _levels(table: Printed) -> list[list[tuple[str, int]]]:
    """The rows of heads: texts and how many columns each spans; equal neighbours of an upper row are one."""
    depth = max(map(len, table.heads))
    rows: list[list[tuple[str, int]]] = []
    for level in range(depth):
        texts = [h[level] for h in table.heads]
        last = level == depth - 1
        spans = [(t, 1) for t in texts] if last else [(t, len(list(g))) for t, g in groupby(texts)]
        rows.append([(table.stub if last else "", 1), *spans])
    return rows


def _above(table: Printed) -> tuple[str, str, str, str]:
    return f"Protocol: {STUDY}", f"Population: {table.population}", f"Table {table.number}", table.title


def _below(table: Printed) -> tuple[str, ...]:
    return (*table.footnotes, f"Source: programs/{table.file}.sas          Date: 15JAN2025 09:00")


# ---------------------------------------------------------------- RTF


def _rtf_text(text: str) -> str:
    made = "".join("\\" + c if c in "\\{}" else c for c in text.replace("\n", "\0")).replace("\0", r"\line ")
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in made)


def _rtf_row(cells: Sequence[tuple[str, int]], widths: Sequence[int], head: bool, depth: int = 0) -> str:
    at, column, edges, texts = 0, 0, "", ""
    border = r"\clbrdrb\brdrs\brdrw10" if head else ""
    for number, (text, span) in enumerate(cells):
        at += sum(widths[column : column + span])
        column += span
        edges += f"{border}\\cellx{at}"
        place = rf"\ql\li{depth * _STEP}" if number == 0 else r"\qc"
        bold = r"\b " if head else " "
        texts += f"\\pard\\intbl{place}{{{_FACE}{bold}{_rtf_text(text)}}}\\cell\n"
    flag = r"\trhdr" if head else ""
    return rf"{{\trowd\trqc{flag} {edges}" + "\n" + texts + "\\row}\n"


def rtf(table: Printed) -> bytes:
    """The table as RTF."""
    widths = _widths(table)
    study, population, number, title = map(_rtf_text, _above(table))
    header = (
        rf"{{\header\pard\ql\tqr\tx{_WIDTH}{{{_FACE} {study}}}\tab{{{_FACE} Page }}{{\field{{\*\fldinst PAGE}}}}\par"
        + "\n"
        rf"\pard\ql{{{_FACE} {population}}}\par" + "\n" + rf"\pard\qc{{{_FACE}\b {number}}}\par" + "\n"
        rf"\pard\qc{{{_FACE}\b {title}}}\par}}" + "\n"
    )
    footer = (
        r"{\footer "
        + "".join(rf"\pard\ql\fi-180\li180{{{_FACE} {_rtf_text(x)}}}\par" + "\n" for x in _below(table))
        + "}\n"
    )
    body = "".join(_rtf_row(row, widths, True) for row in _levels(table))
    for line in table.lines:
        cells = line.cells or ("",) * len(table.heads)
        body += _rtf_row([(line.label, 1), *((c, 1) for c in cells)], widths, False, line.depth)
    lead = r"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\fmodern Courier New;}}" + "\n"
    page = r"\paperw15840\paperh12240\margl1440\margr1440\margt1440\margb1440\landscape\sectd\lndscpsxn" + "\n"
    return (lead + page + header + footer + body + r"\pard\par}").encode("ascii")


# ---------------------------------------------------------------- DOCX

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NS = f'xmlns:w="{_W}" xmlns:r="{_R}"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def _paragraph(text: str, place: str = "left", indent: int = 0, bold: bool = False) -> str:
    pieces = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(t, quote=False)}</w:t>' for t in text.split("\n"))
    face = f'<w:rPr><w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/>{"<w:b/>" if bold else ""}<w:sz w:val="18"/></w:rPr>'
    left = f'<w:ind w:left="{indent}"/>' if indent else ""
    return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/>{left}<w:jc w:val="{place}"/></w:pPr><w:r>{face}{pieces}</w:r></w:p>'


def _row(cells: Sequence[tuple[str, int]], widths: Sequence[int], head: bool, depth: int = 0) -> str:
    out, column = "", 0
    for number, (text, span) in enumerate(cells):
        width = sum(widths[column : column + span])
        column += span
        spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        place = "left" if number == 0 else "center"
        inner = _paragraph(text, place, depth * _STEP if number == 0 else 0, head)
        out += f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}</w:tcPr>{inner}</w:tc>'
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if head else ''}{out}</w:tr>"


def docx(table: Printed) -> bytes:
    """The table as DOCX."""
    widths = _widths(table)
    study, population, number, title = _above(table)
    header = "".join(
        (
            _paragraph(study),
            _paragraph(population),
            _paragraph(number, "center", 0, True),
            _paragraph(title, "center", 0, True),
        )
    )
    rows = "".join(_row(row, widths, True) for row in _levels(table))
    for line in table.lines:
        cells = line.cells or ("",) * len(table.heads)
        rows += _row([(line.label, 1), *((c, 1) for c in cells)], widths, False, line.depth)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/>'
        '<w:pgSz w:w="15840" w:h="12240" w:orient="landscape"/>'
        '<w:pgMar w:top="2160" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    )
    properties = f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
    body = f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{_paragraph('')}{section}"
    kinds = (("document", "document.main"), ("header1", "header"), ("footer1", "footer"))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="/word/{n}.xml" ContentType="{_KIND}.{k}+xml"/>' for n, k in kinds)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_R}/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/header" Target="header1.xml"/><Relationship Id="rId2" Type="{_R}/footer" Target="footer1.xml"/>'
        "</Relationships>",
        "word/document.xml": f"<w:document {_NS}><w:body>{body}</w:body></w:document>",
        "word/header1.xml": f"<w:hdr {_NS}>{header}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {_NS}>{''.join(map(_paragraph, _below(table)))}</w:ftr>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(
                info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + text, compresslevel=9
            )
    return made.getvalue()
