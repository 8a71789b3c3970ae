"""Pages reckoned from lines, rows, pictures and breaks where nothing lays a document out."""

from __future__ import annotations

from typing import Any

import pytest
from docx_builder import docx, run

from docpipe.formats.ooxml.paging import paging
from docpipe.model.document import ReadPolicy
from docpipe.steps.page_counts import laid, whole
from docpipe.steps.reading import plain_policy

LINE = "The quick brown fox jumps over the lazy dog and goes on to the end of its line. "


def reckoned(*blocks: str) -> tuple[list[dict[str, Any]], float]:
    found = paging(docx(*(b if b.startswith("xml:") else f"p:{b}" for b in blocks)), plain_policy(ReadPolicy()))
    return found, laid(found, {})


def entries(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [e for part in found for e in part["entries"]]


def test_a_text_twice_as_long_needs_about_twice_the_pages() -> None:
    found, pages = reckoned(*(LINE * 8 for _ in range(60)))
    doubled = {e["address"]: e["text"] * 2 for e in entries(found)}
    assert laid(found, doubled) == pytest.approx(2 * pages, abs=2)


def test_short_paragraphs_stay_lines_however_much_shorter_they_become() -> None:
    found, pages = reckoned(*("Adverse events of special interest" for _ in range(200)))
    assert laid(found, {e["address"]: "\u4e0d\u826f" for e in entries(found)}) == pytest.approx(pages, abs=1)


def test_chinese_turned_english_is_reckoned_by_widths() -> None:
    found, pages = reckoned(*("\u672c\u7814\u7a76\u65e8\u5728\u8bc4\u4f30" * 30 for _ in range(40)))
    english = {e["address"]: "The purpose of this study is to assess the " * 15 for e in entries(found)}
    assert 0.7 * pages < laid(found, english) < 1.4 * pages


def test_breaks_rows_and_grids_count() -> None:
    _, broken = reckoned("a", 'xml:<w:p><w:r><w:br w:type="page"/></w:r></w:p>', "b")
    assert whole(broken) == 2
    cell = f"<w:tc><w:p>{run('x')}</w:p></w:tc>"
    table = f"xml:<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{cell * 5}</w:tr>' for _ in range(30))}</w:tbl>"
    found, _ = reckoned(table)
    rows = entries(found)
    assert len({e["places"][0][0] for e in rows}) == 30
    assert whole(laid(found, {})) == 1
    assert laid([{**part, "entries": [{**e, "pitch": 40.0} for e in part["entries"]]} for part in found], {}) > 1.5
