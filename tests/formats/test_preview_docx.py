"""What previews need of a DOCX: its tables as grids, and a copy that loads nothing from elsewhere."""

from __future__ import annotations

from docx_builder import R, docx, part

from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml.disarm import disarmed
from docpipe.formats.ooxml.grids import grids
from docpipe.model.document import ReadPolicy

MERGED = (
    "xml:<w:tbl><w:tblPr/><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>Arm</w:t></w:r></w:p></w:tc></w:tr>"
    "<w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>Dose</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>10 mg</w:t></w:r></w:p></w:tc></w:tr>"
    "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>"
)


def test_spans_and_nested_tables_are_told_with_the_reader_s_addresses() -> None:
    data = docx("p:Before", MERGED, "p:After")
    found = grids(data)
    outer = "word/document.xml#/body/tbl[1]"
    heading, first = found[outer][0]
    assert heading
    assert first == [(f"{outer}/tr[1]/tc[1]", 2, 1)]
    assert found[outer][1][1][0] == (f"{outer}/tr[2]/tc[1]", 1, 2)
    assert found[outer][2] == (False, [(f"{outer}/tr[3]/tc[2]", 1, 1)])
    inner = f"{outer}/tr[3]/tc[2]/tbl[1]"
    assert found[inner] == [(False, [(f"{inner}/tr[1]/tc[1]", 1, 1)])]
    cells = {a for rows in found.values() for _, row in rows for a, _, _ in row}
    blocks = [b.address for b in FORMAT.read(data, ReadPolicy()).blocks if "/tbl[" in b.address]
    assert len(blocks) == 4
    assert all(any(a.startswith(c + "/") for c in cells) for a in blocks)


def test_a_hostile_span_is_bounded() -> None:
    wide = MERGED.replace("w:val='2'", "w:val='999999999'")
    assert grids(docx(wide))["word/document.xml#/body/tbl[1]"][0][1][0][1] == 1


def test_what_lies_outside_points_nowhere_and_what_lies_inside_stays() -> None:
    outside = (
        f'<Relationship Id="x1" Type="{R}/image" Target="http://evil.example/a.png" TargetMode="External"/>'
        f'<Relationship Id="x2" Type="{R}/attachedTemplate" Target="file:///etc/passwd" TargetMode="External"/>'
        f'<Relationship Id="x3" Type="{R}/subDocument" Target="\\\\host\\share" TargetMode="External"/>'
    )
    data = docx('p:A {INCLUDEPICTURE "http://evil.example/b.png"|x} and {REF "y"|z}', relations=outside)
    safe = disarmed(data)
    relations = part(safe, "word/_rels/document.xml.rels")
    assert "evil.example" not in relations
    assert "passwd" not in relations
    assert "share" not in relations
    assert "styles.xml" in relations
    document = part(safe, "word/document.xml")
    assert "INCLUDEPICTURE" not in document
    assert "REF" in document


def test_a_document_without_anything_outside_is_left_as_it_is() -> None:
    data = docx("p:Plain", parts={"word/_rels/document.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{R}/styles" Target="styles.xml"/></Relationships>'
    )})  # fmt: skip
    assert disarmed(data) == data
