"""House templates keep their look, and a new draft shows what it changed in the one before."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from word_reports import FACTS, block, plan, report, said, value

from docpipe.errors import AssetMalformed, DamagedPackage, MacrosForbidden, NotAPackage
from docpipe.model.document import Address
from docpipe.model.inline import CodedText
from docpipe.safe.package import rewrite
from docpipe.writing.word import WordOptions, read_back, verify, write
from docpipe.writing.word.tokens import Tracked


def house(*, numbered: bool = False, header: str = "ACME Pharma") -> Any:
    """A template with its own look and instruction text."""
    made = docx.Document()
    made.styles["Heading 1"].font.name = "Courier New"
    made.styles["Heading 1"].font.size = Pt(33)
    made.sections[0].page_width, made.sections[0].page_height = Mm(216), Mm(279)
    made.add_heading("Instruction: delete this", 1)
    made.add_paragraph("<Insert the title here>")
    made.add_comment(made.paragraphs[0].runs[0], text="secret", author="Jane Doe", initials="JD")
    made.core_properties.author = "Jane Doe"
    made.core_properties.last_modified_by = "Jane Doe"
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if numbered:
        _numbers(made)
    return made


def _numbers(made: Any) -> None:
    numbering = made.part.numbering_part.element
    make = numbering.makeelement
    abstract = make(qn("w:abstractNum"), {qn("w:abstractNumId"): "77"})
    for level in range(3):
        lvl = make(qn("w:lvl"), {qn("w:ilvl"): str(level)})
        for tag, said_there in (
            ("start", "1"),
            ("numFmt", "decimal"),
            ("lvlText", ".".join(f"%{n + 1}" for n in range(level + 1))),
        ):
            lvl.append(make(qn(f"w:{tag}"), {qn("w:val"): said_there}))
        abstract.append(lvl)
    numbering.insert(0, abstract)
    num = make(qn("w:num"), {qn("w:numId"): "77"})
    num.append(make(qn("w:abstractNumId"), {qn("w:val"): "77"}))
    numbering.append(num)
    for level in range(3):
        of = made.styles[f"Heading {level + 1}"].element.get_or_add_pPr().get_or_add_numPr()
        of.get_or_add_ilvl().val = level
        of.get_or_add_numId().val = 77


def saved(made: Any) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def parts(data: bytes) -> dict[str, str]:
    """Every XML part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n).decode() for n in package.namelist() if n.endswith((".xml", ".rels"))}


def test_a_template_keeps_styles_page_and_header_and_loses_text_and_names() -> None:
    made = report()
    data = write(made, {}, FACTS, WordOptions(template=saved(house()), face="DRAFT"))
    assert verify(data, made, {}, FACTS) == []
    document = docx.Document(io.BytesIO(data))
    assert document.styles["Heading 1"].font.name == "Courier New"
    assert round((document.sections[0].page_width or 0) / Mm(1)) == 216
    assert [p.text for p in document.sections[0].header.paragraphs] == ["DRAFT", "ACME Pharma"]
    every = "".join(parts(data).values())
    for gone in ("Instruction", "Insert the title", "Jane Doe", "secret"):
        assert gone not in every


def test_a_template_without_header_gets_ours() -> None:
    data = write(
        report(),
        {},
        FACTS,
        WordOptions(template=saved(house(header="")), version="0.3", confidentiality="Confidential"),
    )
    section = docx.Document(io.BytesIO(data)).sections[0]
    assert [p.text for p in section.header.paragraphs] == ["S1\tVersion 0.3", "Clinical Study Report"]
    assert section.footer.paragraphs[0].text.startswith("Confidential\tPage 1 of ")


def test_a_templates_own_heading_numbers_are_used_where_they_print_the_plans() -> None:
    blocks = [block("1", "One", 1), block("1.1", "Two", 2), block("2", "Three", 1), block("4", "Four", 1)]
    made = plan(blocks)
    data = write(made, {}, FACTS, WordOptions(template=saved(house(numbered=True))))
    assert verify(data, made, {}, FACTS) == []
    document = docx.Document(io.BytesIO(data))
    assert document.styles["Heading 1"].element.pPr.numPr.numId.val == 77
    shifted = plan([block("x", "One", 1, number="7.1"), block("y", "Two", 1, number="7.2")])
    data = write(shifted, {}, FACTS, WordOptions(template=saved(house(numbered=True))))
    assert verify(data, shifted, {}, FACTS) == []


def test_a_template_file_of_word_is_taken_too() -> None:
    data = saved(house())
    types = parts(data)["[Content_Types].xml"].replace("document.main+xml", "template.main+xml")
    dotx = rewrite(data, {"[Content_Types].xml": types.encode()})
    made = report()
    assert verify(write(made, {}, FACTS, WordOptions(template=dotx)), made, {}, FACTS) == []


def test_a_template_without_numbering_and_styles_of_ours_is_completed() -> None:
    template = house()
    for name in ("Body Text", "Caption", "List Bullet", "Heading 5", "TOC Heading", "Title"):
        element = template.styles[name].element
        element.getparent().remove(element)
    for number, rel in list(template.part.rels.items()):
        if rel.reltype.endswith("/numbering"):
            del template.part.rels[number]
    made = report()
    assert verify(write(made, {}, FACTS, WordOptions(template=saved(template))), made, {}, FACTS) == []


def test_templates_that_are_none_are_refused() -> None:
    with pytest.raises(NotAPackage):
        write(report(), {}, FACTS, WordOptions(template=b"no package"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.xml", "<a/>")
    with pytest.raises(DamagedPackage):
        write(report(), {}, FACTS, WordOptions(template=out.getvalue()))
    other = parts(saved(house()))["[Content_Types].xml"].replace("document.main+xml", "other.main+xml")
    with pytest.raises(AssetMalformed):
        write(
            report(), {}, FACTS, WordOptions(template=rewrite(saved(house()), {"[Content_Types].xml": other.encode()}))
        )
    out = io.BytesIO(saved(house()))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(MacrosForbidden):
        write(report(), {}, FACTS, WordOptions(template=out.getvalue()))


# ------------------------------------------------------------ tracked changes

BEFORE: dict[Address, CodedText] = {
    Address("block:5/0"): said("Subjects"),
    Address("block:5/1"): said("There were ", value(0), " subjects in all."),
    Address("block:5/2"): said("This sentence goes away."),
    Address("block:5/3"): said("This one stays with ", value(1), "."),
    Address("block:6/0"): said("A section that goes"),
}
NOW = plan([
    block("5", "Subjects", 1, said("A new sentence."), said("There were ", value(2), " subjects."), said("This one stays with ", value(1), "."), number="1"),
])  # fmt: skip


def test_what_changed_since_the_previous_draft_is_tracked() -> None:
    data = write(NOW, {}, FACTS, WordOptions(previous=BEFORE, changed_at="2026-05-01T00:00:00Z"))
    assert verify(data, NOW, {}, FACTS) == []
    rows = {r.address: r for r in read_back(data)}
    new, changed, kept = (rows[Address(f"block:5/{n}")] for n in (1, 2, 3))
    assert new.tracked == (Tracked("insert", "docpipe", "2026-05-01T00:00:00Z", "A new sentence."),)
    assert [(t.op, t.text) for t in changed.tracked] == [("delete", "50"), ("insert", "52"), ("delete", " in all")]
    assert not kept.tracked
    body = parts(data)["word/document.xml"]
    assert re.search(r"<w:delText[^>]*>This sentence goes away\.</w:delText>", body)
    assert re.search(r"<w:delText[^>]*>A section that goes</w:delText>", body)
    assert "trackRevisions" in parts(data)["word/settings.xml"]
    assert not any(r.changed for r in rows.values())


def test_an_equal_previous_draft_leaves_no_change() -> None:
    made = report()
    before = {r.address: r.text for _, r in made.rows()}
    body = parts(write(made, {}, FACTS, WordOptions(previous=before)))["word/document.xml"]
    assert "<w:ins " not in body
    assert "<w:del " not in body
