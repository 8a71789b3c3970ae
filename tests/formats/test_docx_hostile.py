"""Damaged, hostile and odd packages: refused by name or carried as they are, never a traceback."""

from __future__ import annotations

import random

import pytest
from docx_builder import docx, part

from docpipe.errors import Defect, DocpipeError, DtdForbidden, InputRefused, MacrosForbidden, NotAPackage, XmlMalformed
from docpipe.formats.docx import FORMAT
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import Text

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relation(kind: str, target: str, external: bool = True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rX{kind}" Type="{R}/{kind}" Target="{target}"{mode}/>'


@pytest.mark.parametrize(
    ("content", "error"),
    [("<w:document", XmlMalformed), ("<x/>", NotAPackage), ('<!DOCTYPE d [<!ENTITY e "x">]><d/>', DtdForbidden)],
)
def test_a_bad_main_part_is_refused(content: str, error: type[InputRefused]) -> None:
    with pytest.raises(error):
        FORMAT.read(docx("p:x", parts={"word/document.xml": content}), ReadPolicy())


def test_a_malformed_header_is_carried_and_said() -> None:
    data = docx("p:Text", header="x", parts={"word/header1.xml": "<broken"})
    found = FORMAT.read(data, ReadPolicy())
    assert [(n.code, n.address) for n in found.notices] == [("docx.broken_part", "word/header1.xml")]
    output = FORMAT.write(data, {found.blocks[0].address: (Text("Neu"),)}, WriteOptions())
    assert part(output, "word/header1.xml") == "<broken"


def test_a_document_type_declaration_in_any_part_that_is_read_is_refused() -> None:
    with pytest.raises(DtdForbidden):
        FORMAT.read(docx("p:Text", header="x", parts={"word/header1.xml": "<!DOCTYPE a><a/>"}), ReadPolicy())


def test_macros_are_refused_or_carried_by_policy() -> None:
    data = docx("p:x", relations=relation("vbaProject", "odd.bin", external=False), parts={"word/odd.bin": b"\0"})
    with pytest.raises(MacrosForbidden):
        FORMAT.read(data, ReadPolicy())
    assert "docx.macros" in [n.code for n in FORMAT.read(data, ReadPolicy(macros="carry")).notices]


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("attachedTemplate", "http://x.example/t.dotm", "docx.external_template"),
        ("image", "http://x.example/i.png", "docx.external_image"),
        ("hyperlink", "file:///etc/passwd", "docx.local_link"),
        ("hyperlink", "\\\\server\\share\\x.docx", "docx.local_link"),
        ("subDocument", "http://x.example/d.docx", "docx.external_subdocument"),
        ("oleObject", "file:///c:/x.xls", "docx.external_object"),
    ],
)
def test_relationships_to_the_outside_are_noticed(kind: str, target: str, code: str) -> None:
    found = FORMAT.read(docx("p:Text", relations=relation(kind, target)), ReadPolicy())
    assert code in [n.code for n in found.notices]


def test_fields_that_fetch_data_are_noticed() -> None:
    found = FORMAT.read(docx("p:x {DDEAUTO excel a b|y}"), ReadPolicy())
    assert "docx.active_field" in [n.code for n in found.notices]


def test_targets_that_fit_no_block_are_refused() -> None:
    data = docx("p:Hello *bold* there")
    with pytest.raises(Defect):
        FORMAT.write(data, {Address("word/document.xml#/body/p[9]"): (Text("x"),)}, WriteOptions())
    with pytest.raises(Defect):
        FORMAT.write(data, {Address("word/document.xml#/body/p[1]"): (Text("x"),)}, WriteOptions())


def test_a_character_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(DocpipeError, match="cannot hold"):
        FORMAT.write(docx("p:Hello"), {Address("word/document.xml#/body/p[1]"): (Text("a\x00b"),)}, WriteOptions())


def test_stray_field_marks_do_no_harm() -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    body = "".join(
        f"<w:p>{mark.format(m)}<w:r><w:t>text {m}</w:t></w:r></w:p>" for m in ("end", "separate", "begin", "odd")
    )
    found = FORMAT.read(docx(f"xml:{body}"), ReadPolicy())
    assert found.coverage.balanced
    assert [b.text for b in found.blocks if b.translatable] == ["text end", "text separate"]


def test_flipped_and_cut_bytes_give_only_errors_of_the_tree() -> None:
    rng = random.Random(7)
    codes: list[str] = []
    data = docx("h1:Title", "p:Hello *bold* world[fn:note]", "box:Inside", header="Head", title="T")
    for _ in range(150):
        hurt = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            hurt[rng.randrange(len(hurt))] = rng.randrange(256)
        mutant = bytes(hurt[: rng.randrange(len(hurt))] if rng.random() < 0.2 else hurt)
        try:
            found = FORMAT.read(mutant, ReadPolicy())
            FORMAT.write(mutant, {b.address: b.content for b in found.blocks if b.translatable}, WriteOptions())
        except DocpipeError as error:
            codes.append(error.code)
    assert all(code.startswith("input.") for code in codes)
