"""Word drafts in LibreOffice: it opens them, prints their numbers and saves them without loss; a long one is written quickly."""

from __future__ import annotations

import io
import subprocess
import time
from pathlib import Path

import pypdf
import pytest
from word_reports import FACTS, TABLE, block, plan, ref, report, said, table_rows, value

from docpipe.model.document import Address
from docpipe.model.inline import merge_text
from docpipe.safe.office import find_office, to_pdf
from docpipe.writing.word import WordOptions, pages_of, read_back, verify, write

OPTIONS = WordOptions(face="DRAFT, NOT REVIEWED", version="0.1", date="1 May 2026", confidentiality="Confidential")


@pytest.fixture(scope="module")
def office() -> str:
    """LibreOffice, or a skip."""
    program = find_office()
    if not program:
        pytest.skip("LibreOffice is not installed: opening and converting is not shown")
    return program


def test_libreoffice_prints_numbers_fields_headers_and_lists(office: str, tmp_path: Path) -> None:
    made = report()
    pdf = to_pdf(office, write(made, {}, FACTS, OPTIONS), ".docx", seconds=120, work=tmp_path)
    text = " ".join("\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    for wanted in (
        "5 STUDY SUBJECTS", "5.1 Disposition", "6.2 Adverse Events", "A.1 LISTS", "Table 1. Disposition of subjects", "(Table 1); see Section 6.2.",
        "as in Section 5.1.", "See Section A.1.", "Page 1 of", "Confidential", "DRAFT, NOT REVIEWED", "Version 0.1, 1 May 2026",
        "intent-to-treat (ITT)", "LIST OF TABLES", "Source: Table 14-1.01",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert "Error!" not in text
    pages = pages_of(pdf, made, {}, FACTS, OPTIONS)
    headings = [r.address for _, r in made.rows() if r.kind == "heading"]
    assert [a for a in headings if a in pages] == headings
    assert pages[Address("block:10.1/3")] == pages[Address("block:10.1/0")]
    assert pages_of(b"%PDF-1.4 nothing", made, {}, FACTS, OPTIONS) == {}
    again = write(made, {}, FACTS, WordOptions(pages=pages))
    assert verify(again, made, {}, FACTS) == []


@pytest.mark.slow
def test_a_draft_saved_by_libreoffice_comes_back_with_every_row(office: str, tmp_path: Path) -> None:
    made = report()
    data = write(made, {}, FACTS, OPTIONS)
    (tmp_path / "draft.docx").write_bytes(data)
    command = [
        office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "docx", "--outdir", str(tmp_path / "out"),
        str(tmp_path / "draft.docx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    rows = {r.address: r for r in read_back((tmp_path / "out" / "draft.docx").read_bytes(), data)}
    for _, planned in made.rows():
        assert rows[planned.address].text == merge_text(planned.text), planned.address
        assert not rows[planned.address].changed
    assert len(rows) == len(list(made.rows()))


@pytest.mark.slow
def test_three_hundred_pages_are_written_in_seconds() -> None:
    blocks = []
    for n in range(1, 101):
        words = " ".join(f"word{i}" for i in range(60))
        rows = [
            said(
                f"An AE of kind {k} was seen in ",
                value(k % 40),
                " of ",
                value(7, 2),
                f" subjects. {words} (",
                ref("table:t1", "Table", 3),
                ").",
            )
            for k in range(18)
        ]
        blocks.append(block(str(n), f"Section {n}", 1, *rows, *table_rows(f"t{n}", f"Table of section {n}")))
    tables = [
        type(TABLE)(f"t{n}", TABLE.caption, TABLE.columns, TABLE.rows * 8, TABLE.notes, TABLE.displays)
        for n in range(1, 101)
    ]
    made = plan(blocks, tables)
    begun = time.process_time()
    data = write(made, {}, FACTS, OPTIONS)
    assert time.process_time() - begun < 10
    assert len(read_back(data)) == 100 * 21
