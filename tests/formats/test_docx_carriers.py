"""Text that is no paragraph, by policy: WordArt, alternative texts, ruby, equations, building blocks, properties, comments, pictures."""

from __future__ import annotations

import pytest
from docx_builder import R, W, docx, field, part, run, textbox
from docx_parts import relation, relations
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import MacrosForbidden
from docpipe.formats.docx import FORMAT
from docpipe.model.document import Address, BlockKind, Extraction, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text
from docpipe.safe.package import open_package, rewrite

_V = (
    '<w:p><w:r><w:pict><v:shape alt="A water mark" type="#t136"><v:textpath style="font-size:1pt" string="DRAFT"/></v:shape>'
    "</w:pict></w:r></w:p>"
)
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


def read(data: bytes, **policy: str) -> Extraction:
    extraction = FORMAT.read(data, ReadPolicy(**policy))  # type: ignore[arg-type]
    assert extraction.coverage.balanced, extraction.coverage
    assert len({b.address for b in extraction.blocks}) == len(extraction.blocks)
    return extraction


def changed(data: bytes, texts: dict[str, str], **policy: str) -> bytes:
    """Written and verified with new plain texts in place of old ones."""
    blocks = [b for b in read(data, **policy).blocks if b.text in texts]
    targets: dict[Address, CodedText] = {b.address: (Text(texts[b.text]),) for b in blocks}
    options = WriteOptions(policy=ReadPolicy(**policy))  # type: ignore[arg-type]
    out = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, out, targets, options) == []
    return out


def texts(data: bytes, **policy: str) -> list[str]:
    return [b.text for b in read(data, **policy).blocks]


def test_word_art_and_the_alternative_text_of_a_shape_are_texts_by_policy() -> None:
    data = docx("p:Body", f"xml:{_V}")
    assert texts(data) == ["Body", "A water mark", "DRAFT"]
    out = part(changed(data, {"DRAFT": "ENTWURF", "A water mark": "Ein Zeichen"}), "word/document.xml")
    assert 'string="ENTWURF"' in out
    assert 'alt="Ein Zeichen"' in out
    assert texts(data, shape_text="skip") == ["Body"]
    assert dict(read(data, shape_text="skip").coverage.skipped) == {"shape-text": len("A water markDRAFT")}


def test_the_alternative_text_of_a_table_is_text() -> None:
    table = (
        '<w:tbl><w:tblPr><w:tblCaption w:val="Doses"/><w:tblDescription w:val="Doses by arm"/></w:tblPr>'
        f"<w:tr><w:tc><w:p>{run('a')}</w:p></w:tc></w:tr></w:tbl>"
    )
    data = docx(f"xml:{table}")
    assert texts(data) == ["Doses", "Doses by arm", "a"]
    assert 'w:val="Dosen"' in part(changed(data, {"Doses": "Dosen"}), "word/document.xml")
    assert texts(data, shape_text="skip") == ["a"]


def test_a_picture_that_says_the_same_twice_is_one_text() -> None:
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="n" descr="A curve"/><a:graphic><a:graphicData>'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="n" descr="A curve" title="T"/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId30"/>'
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    data = docx(
        "p:Body",
        f"xml:{picture}",
        parts={"word/media/a.png": b"x"},
        relations=relation("rId30", "image", "media/a.png"),
    )
    assert texts(data) == ["Body", "A curve", "T"]
    assert part(changed(data, {"A curve": "Eine Kurve"}), "word/document.xml").count('descr="Eine Kurve"') == 2
    alike = {"A curve": "Same", "T": "Same"}
    assert part(changed(data, alike), "word/document.xml").count("Same") == 3
    targets: dict[Address, CodedText] = {
        b.address: (Text("Eine Kurve"),) for b in read(data).blocks if b.text == "A curve"
    }
    half = rewrite(
        data, {"word/document.xml": part(data, "word/document.xml").replace("A curve", "Eine Kurve", 1).encode()}
    )
    assert FORMAT.verify(data, half, targets, WriteOptions()) == [
        "word/document.xml#/body/p[2]/object[1]/shape[1]/@descr: the text differs"
    ]
    named = [n for n in read(data).notices if n.code == "docx.picture"]
    assert [n.address for n in named] == ["word/document.xml#/body/p[2]/object[1]"]
    assert not [n for n in read(data, images="ignore").notices if n.code == "docx.picture"]


def _ruby(base: str, annotation: str) -> str:
    return f"<w:r><w:ruby><w:rubyPr/><w:rt>{run(annotation)}</w:rt><w:rubyBase>{run(base)}</w:rubyBase></w:ruby></w:r>"


def test_annotations_are_texts_also_when_their_words_change_places() -> None:
    data = docx(f"xml:<w:p>{run('a ')}{_ruby('東', 'tou')}{run(' b ')}{_ruby('京', 'kyou')}</w:p>")
    blocks = read(data).blocks
    assert [b.text for b in blocks] == ["a 東 b 京", "tou", "kyou"]
    first, second = blocks[0].content[1:4], blocks[0].content[5:8]
    targets: dict[Address, CodedText] = {
        blocks[0].address: (*second, Text(" und "), *first), blocks[1].address: (Text("T"),), blocks[2].address: (Text("K"),),
    }  # fmt: skip
    out = FORMAT.write(data, targets, WriteOptions())
    assert FORMAT.verify(data, out, targets, WriteOptions()) == []
    xml = part(out, "word/document.xml")
    assert xml.index(">K<") < xml.index("京") < xml.index(">T<") < xml.index("東")


def test_words_of_an_equation_are_texts_and_its_symbols_stay() -> None:
    plain = "<m:r><m:rPr><m:nor/></m:rPr><m:t xml:space='preserve'> if dose </m:t></m:r>"
    math = f"<m:oMath><m:r><m:t>x=1</m:t></m:r>{plain}<m:r><m:t>剂量</m:t></m:r><m:r><m:t>sin</m:t></m:r><m:r><m:t>AUC</m:t></m:r></m:oMath>"
    data = docx(f"xml:<w:p>{run('Where ')}{math}{run(' holds')}</w:p>")
    assert texts(data) == ["Where  holds", " if dose ", "剂量"]
    assert read(data).blocks[1].address == "word/document.xml#/body/p[1]/equation[1]/text[1]"
    out = part(changed(data, {" if dose ": " wenn Dosis ", "剂量": "Dosis"}), "word/document.xml")
    assert "> wenn Dosis <" in out
    assert ">Dosis<" in out
    assert texts(data, equations="keep") == ["Where  holds"]


def _with_blocks() -> bytes:
    blocks = f'<w:glossaryDocument xmlns:w="{W}"><w:docParts><w:docPart><w:docPartBody><w:p>{run("Click here")}</w:p></w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>'
    return docx(
        "p:Body", parts={"word/glossary/document.xml": blocks}, relations=relation("rId31", "glossaryDocument", "glossary/document.xml"),
        types={"word/glossary/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.glossary+xml"},
    )  # fmt: skip


def test_building_blocks_are_translated_by_policy_only() -> None:
    data = _with_blocks()
    assert texts(data) == ["Body"]
    assert dict(read(data).coverage.skipped) == {"building-blocks": len("Click here")}
    out = changed(data, {"Click here": "Hier klicken"}, glossary="translate")
    assert "Hier klicken" in part(out, "word/glossary/document.xml")


def _with_property(value: str, shown: str) -> bytes:
    custom = (
        f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="{_VT}">'
        f'<property fmtid="x" pid="2" name="Study"><vt:lpwstr>{value}</vt:lpwstr></property></Properties>'
    )
    root = relations(
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>',
        f'<Relationship Id="rId3" Type="{R}/custom-properties" Target="docProps/custom.xml"/>',
    )
    shows = field("DOCPROPERTY Study \\* MERGEFORMAT", run(shown))
    return docx(f"xml:<w:p>{run('The ')}{shows}</w:p>", parts={"docProps/custom.xml": custom, "_rels/.rels": root})


def test_a_custom_property_follows_the_field_that_shows_it() -> None:
    data = _with_property("Long study", "Long study")
    block = read(data).blocks[0]
    targets: dict[Address, CodedText] = {
        block.address: tuple(Text("Lange Studie") if p == Text("Long study") else p for p in block.content)
    }
    for bound, wanted in (("follow", "Lange Studie"), ("keep", "Long study")):
        options = WriteOptions(policy=ReadPolicy(bound_data=bound))
        out = FORMAT.write(data, targets, options)
        assert FORMAT.verify(data, out, targets, options) == []
        assert f">{wanted}<" in part(out, "docProps/custom.xml")
    problems = FORMAT.verify(
        data, FORMAT.write(data, targets, WriteOptions(policy=ReadPolicy(bound_data="keep"))), targets, WriteOptions()
    )
    assert any("not what its field shows" in p for p in problems)


def test_a_custom_property_that_its_field_does_not_show_stays() -> None:
    data = _with_property("Other", "Long study")
    block = read(data).blocks[0]
    target = tuple(Text("Studie") if p == Text("Long study") else p for p in block.content)
    out = FORMAT.write(data, {block.address: target}, WriteOptions())
    assert FORMAT.verify(data, out, {block.address: target}, WriteOptions()) == []
    assert ">Other<" in part(out, "docProps/custom.xml")


@pytest.mark.parametrize(("policy", "wanted"), [("keep", []), ("title", ["A title"]), ("all", ["A title", "A note"])])
def test_properties_are_translated_by_policy(policy: str, wanted: list[str]) -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A title</dc:title><dc:description>A note</dc:description></cp:coreProperties>'
    )
    found = read(docx("p:Body", title="A title", parts={"docProps/core.xml": core}), properties=policy)
    assert [b.text for b in found.blocks if b.kind is BlockKind.PROPERTY] == wanted
    assert found.title == "A title"


def _with_comment() -> bytes:
    note = f'<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="A"><w:p>{run("A remark")}</w:p></w:comment></w:comments>'
    body = f'<w:p><w:commentRangeStart w:id="0"/>{run("Text")}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>'
    return docx(
        f"xml:{body}", parts={"word/comments.xml": note}, relations=relation("rId32", "comments", "comments.xml")
    )


def test_comments_are_taken_out_by_policy_and_counted() -> None:
    data = _with_comment()
    assert dict(read(data, comments="drop").coverage.skipped) == {"comment-dropped": len("A remark")}
    out = changed(data, {"Text": "Wort"}, comments="drop")
    assert "comment" not in part(out, "word/document.xml")
    assert "A remark" not in part(out, "word/comments.xml")
    kept = FORMAT.write(data, {}, WriteOptions())
    assert FORMAT.verify(data, kept, {}, WriteOptions(policy=ReadPolicy(comments="drop"))) != []
    assert (
        part(FORMAT.write(data, {}, WriteOptions(policy=ReadPolicy(comments="drop"))), "word/document.xml").count(
            "w:comment"
        )
        == 0
    )


@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
    ).filter(str.strip)
)
def test_any_text_goes_into_attributes_and_comes_back(text: str) -> None:
    inner = f"<w:p>{run('In')}</w:p>"
    data = docx("p:Body", f"xml:{_V}", f"xml:<w:p>{textbox(inner, inner, 'Alt')}</w:p>")
    out = changed(data, {"DRAFT": text, "Alt": text})
    assert texts(out).count(text) == 2


def _with_macros() -> bytes:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    office = "http://schemas.microsoft.com/office/2006/relationships"
    data = docx(
        "p:Body", relations=f'<Relationship Id="rId33" Type="{office}/vbaProject" Target="vbaProject.bin"/>',
        parts={
            "word/vbaProject.bin": b"\xd0\xcf", "word/vbaData.xml": "<x/>",
            "word/_rels/vbaProject.bin.rels": relations(
                f'<Relationship Id="rId1" Type="{office}/wordVbaData" Target="vbaData.xml"/>'
            ),
        },
        types={
            "word/vbaProject.bin": "application/vnd.ms-office.vbaProject",
            "word/vbaData.xml": "application/vnd.ms-word.vbaData+xml",
        },
    )  # fmt: skip
    listed = part(data, "[Content_Types].xml").replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", kind
    )
    return rewrite(data, {"[Content_Types].xml": listed.encode()})


def test_macros_are_taken_out_by_policy_and_told() -> None:
    data = _with_macros()
    with pytest.raises(MacrosForbidden):
        FORMAT.read(data, ReadPolicy())
    assert "docx.macros_dropped" in {n.code for n in read(data, macros="drop").notices}
    out = changed(data, {"Body": "Text"}, macros="drop")
    names = open_package(out).names
    assert not [n for n in names if "vba" in n]
    assert "vba" not in part(out, "[Content_Types].xml") + part(out, "word/_rels/document.xml.rels")
    carried = FORMAT.write(data, {}, WriteOptions(policy=ReadPolicy(macros="carry")))
    assert FORMAT.verify(data, carried, {}, WriteOptions(policy=ReadPolicy(macros="drop"))) != []


def test_entries_of_an_old_drop_down_field_are_texts() -> None:
    form = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Sex"/><w:ddList><w:listEntry w:val="Female"/>'
        '<w:listEntry w:val="Male"/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    data = docx("p:Body", f"xml:{form}")
    found = read(data).blocks
    assert [(b.text, b.kind) for b in found[1:]] == [("Female", BlockKind.LIST_ENTRY), ("Male", BlockKind.LIST_ENTRY)]
    assert found[1].address == "word/document.xml#/body/p[2]/form[Sex]/entry[1]"
    assert 'w:val="Weiblich"' in part(changed(data, {"Female": "Weiblich"}), "word/document.xml")


def test_help_for_those_who_fill_in_a_form_is_a_text_and_help_from_auto_text_is_none() -> None:
    form = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Sex"/><w:helpText w:type="text" w:val="As in the passport"/>'
        '<w:statusText w:type="autoText" w:val="Entry7"/></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    data = docx("p:Body", f"xml:{form}")
    found = read(data)
    assert [(b.text, b.kind) for b in found.blocks[1:]] == [("As in the passport", BlockKind.ALT_TEXT)]
    assert found.blocks[1].address == "word/document.xml#/body/p[2]/form[Sex]/@helpText"
    assert found.coverage.balanced
    assert 'w:val="Wie im Pass"' in part(changed(data, {"As in the passport": "Wie im Pass"}), "word/document.xml")
    assert read(data, shape_text="skip").coverage.balanced


def test_a_bound_list_control_keeps_its_value_and_shows_another_text() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><cp:category>Yes</cp:category></cp:coreProperties>'
    )
    binding = (
        "<w:dataBinding w:prefixMappings=\"xmlns:a='http://schemas.openxmlformats.org/package/2006/metadata/core-properties'\" "
        'w:xpath="/a:coreProperties[1]/a:category[1]" w:storeItemID="{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"/>'
    )
    entries = '<w:dropDownList><w:listItem w:value="Yes"/><w:listItem w:value="n" w:displayText="No"/></w:dropDownList>'
    control = f"<w:sdt><w:sdtPr>{binding}{entries}</w:sdtPr><w:sdtContent>{run('Yes')}</w:sdtContent></w:sdt>"
    data = docx(f"xml:<w:p>{run('Answer: ')}{control}</w:p>", title="T", parts={"docProps/core.xml": core})
    assert [b.text for b in read(data).blocks] == ["Answer: Yes", "Yes", "No"]
    blocks = read(data).blocks
    targets: dict[Address, CodedText] = {
        blocks[0].address: tuple(Text("Ja") if p == Text("Yes") else p for p in blocks[0].content),
        blocks[1].address: (Text("Ja"),),
    }
    out = FORMAT.write(data, targets, WriteOptions())
    assert FORMAT.verify(data, out, targets, WriteOptions()) == []
    assert "<cp:category>Yes</cp:category>" in part(out, "docProps/core.xml")
    assert 'w:value="Yes" w:displayText="Ja"' in part(out, "word/document.xml")
