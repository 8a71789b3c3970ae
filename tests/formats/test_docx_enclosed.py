"""Workbooks and slides that a document carries are named with the number of their texts, for they stay as they are."""

from __future__ import annotations

import io
import zipfile

from docx_builder import docx
from docx_parts import chart, relation, with_chart, workbook

from docpipe.formats.docx import FORMAT
from docpipe.model.document import ReadPolicy
from docpipe.model.finding import Notice, Severity

_OFFICE = "application/vnd.openxmlformats-officedocument"


def slides(*texts: str) -> bytes:
    a, p = (
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://schemas.openxmlformats.org/presentationml/2006/main",
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for n, text in enumerate(texts, 1):
            made.writestr(
                f"ppt/slides/slide{n}.xml",
                f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><a:p><a:r><a:t>{text}</a:t></a:r><a:r><a:t> more</a:t></a:r></a:p><a:p/></p:sld>',
            )
    return out.getvalue()


def enclosing(name: str, content: bytes, kind: str) -> bytes:
    return docx(
        "p:Body", parts={f"word/embeddings/{name}": content}, types={f"word/embeddings/{name}": f"{_OFFICE}.{kind}"},
        relations=relation("rId40", "package", f"embeddings/{name}"),
    )  # fmt: skip


def told(data: bytes) -> list[Notice]:
    return [n for n in FORMAT.read(data, ReadPolicy()).notices if n.code == "docx.embedded_texts"]


def test_texts_of_an_embedded_workbook_are_counted() -> None:
    data = enclosing("a.xlsx", workbook([["Site", "Patients"], ["Berlin", 12], ["7", 8]]), "spreadsheetml.sheet")
    (notice,) = told(data)
    assert (notice.count, notice.severity, notice.address) == (3, Severity.MAJOR, "word/embeddings/a.xlsx")


def test_paragraphs_of_embedded_slides_are_counted() -> None:
    (notice,) = told(enclosing("a.pptx", slides("Results", "Safety"), "presentationml.presentation"))
    assert notice.count == 2


def test_cells_that_a_chart_shows_are_not_counted_and_others_are() -> None:
    xml = chart("Sales", {"B": "North"}, ["2024"])
    assert told(with_chart(xml, workbook([["", "North"], ["2024", 2]]))) == []
    (notice,) = told(with_chart(xml, workbook([["", "North", "Source: registry"], ["2024", 2]])))
    assert (notice.count, notice.severity) == (1, Severity.MINOR)


def test_what_cannot_be_read_is_only_carried() -> None:
    assert told(enclosing("a.xlsx", b"no zip", "spreadsheetml.sheet")) == []
