"""Parts for ``docx_builder``: charts with their workbooks, SmartArt, and what ties them to the document."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from docx_builder import R, docx

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
DSP = "http://schemas.microsoft.com/office/drawing/2008/diagram"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_LARGE = 'sz="4700"'


def relation(identity: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"{more}/>'


def relations(*entries: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(entries)}</Relationships>'


def a_p(*runs: str | tuple[str, str]) -> str:
    """A DrawingML paragraph: plain runs, or (text, attributes and inner elements of ``a:rPr``)."""
    made = []
    for each in runs:
        text, properties = each if isinstance(each, tuple) else (each, "")
        made.append(f'<a:r><a:rPr lang="en-US" {properties}/><a:t>{escape(text)}</a:t></a:r>')
    return f'<a:p><a:pPr/>{"".join(made)}<a:endParaRPr lang="en-US"/></a:p>'


def string_ref(formula: str, texts: Sequence[str]) -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{escape(t)}</c:v></c:pt>' for i, t in enumerate(texts))
    return f'<c:strRef><c:f>{formula}</c:f><c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache></c:strRef>'


def chart(title: str, series: Mapping[str, str], categories: Sequence[str]) -> str:
    """A bar chart: title paragraph(s) as XML, series name by column letter, the same categories for each."""
    end = len(categories) + 1
    made = "".join(
        f"<c:ser><c:tx>{string_ref(f'Sheet1!${column}$1', [name])}</c:tx>"
        f"<c:cat>{string_ref(f'Sheet1!$A$2:$A${end}', categories)}</c:cat></c:ser>"
        for column, name in series.items()
    )
    return (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:chart><c:title><c:tx><c:rich><a:bodyPr/>{title}'
        f"</c:rich></c:tx></c:title><c:plotArea><c:barChart>{made}</c:barChart></c:plotArea></c:chart>"
        '<c:externalData r:id="rId1"/></c:chartSpace>'
    )


def workbook(rows: Sequence[Sequence[object]], table: bool = False) -> bytes:
    """An XLSX file of one sheet, its rows a table where asked."""
    from openpyxl import Workbook
    from openpyxl.worksheet.table import Table

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(list(row))
    if table:
        sheet.add_table(Table(displayName="Data", ref=f"A1:{chr(64 + len(rows[0]))}{len(rows)}"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_chart(xml: str, book: bytes | None, *lines: str) -> bytes:
    """A document with one chart part and, where given, the workbook that it draws from."""
    parts: dict[str, str | bytes] = {"word/charts/chart1.xml": xml}
    if book is not None:
        parts["word/embeddings/book.xlsx"] = book
        parts["word/charts/_rels/chart1.xml.rels"] = relations(relation("rId1", "package", "../embeddings/book.xlsx"))
    return docx(
        *(lines or ("p:Body",)), parts=parts, types={"word/charts/chart1.xml": CHART_TYPE},
        relations=relation("rId40", "chart", "charts/chart1.xml"),
    )  # fmt: skip


def smart_art(texts: Sequence[str], drawn: Sequence[tuple[int, str]]) -> bytes:
    """A document with SmartArt: the points' texts, and the drawing's shapes as (number of the point, text)."""
    points = "".join(
        f'<dgm:pt modelId="{i}"><dgm:t><a:bodyPr/>{a_p(t)}</dgm:t></dgm:pt>'
        f'<dgm:pt modelId="1{i}" type="pres"><dgm:prSet presAssocID="{i}"/></dgm:pt>'
        for i, t in enumerate(texts)
    )
    shapes = "".join(
        f'<dsp:sp modelId="1{i}"><dsp:txBody><a:bodyPr/>{a_p((t, _LARGE))}</dsp:txBody></dsp:sp>' for i, t in drawn
    )
    office = "application/vnd.ms-office.drawingml.diagramDrawing+xml"
    ooxml = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    return docx(
        "p:Body",
        parts={
            "word/diagrams/data1.xml": (
                f'<dgm:dataModel xmlns:dgm="{DGM}" xmlns:a="{A}"><dgm:ptLst>{points}</dgm:ptLst><dgm:extLst><a:ext uri="x">'
                f'<dsp:dataModelExt xmlns:dsp="{DSP}" relId="rId51"/></a:ext></dgm:extLst></dgm:dataModel>'
            ),
            "word/diagrams/drawing1.xml": (
                f'<dsp:drawing xmlns:dsp="{DSP}" xmlns:a="{A}"><dsp:spTree>{shapes}</dsp:spTree></dsp:drawing>'
            ),
        },
        types={"word/diagrams/data1.xml": ooxml, "word/diagrams/drawing1.xml": office},
        relations=relation("rId50", "diagramData", "diagrams/data1.xml")
        + relation("rId51", "diagramDrawing", "diagrams/drawing1.xml"),
    )
