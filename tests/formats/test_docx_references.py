"""References that repeat a heading or caption follow its translation, and are not translated a second time."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx_builder import docx, field, run

from docpipe.formats.docx import FORMAT
from docpipe.model.document import Address, Block, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text, from_wire, to_wire

POLICY = ReadPolicy()
TO_GERMAN = WriteOptions("en", "de")


def entry(words: str, anchor: str, page: str = "3", number: str = "", begin: str = "") -> str:
    """A line of a table of contents as Word writes it."""
    inner = (
        (run(number) + "<w:r><w:tab/></w:r>" if number else "")
        + words
        + "<w:r><w:tab/></w:r>"
        + field(f"PAGEREF {anchor} \\h", run(page))
    )
    return f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{begin}<w:hyperlink w:anchor="{anchor}">{inner}</w:hyperlink></w:p>'


BEGIN = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" \\h </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
END = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def heading(words: str, anchor: str, number: int) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:bookmarkStart w:id="{number}" w:name="{anchor}"/>{words}'
        f'<w:bookmarkEnd w:id="{number}"/></w:p>'
    )


def blocks(data: bytes) -> dict[str, Block]:
    return {to_wire(b.content): b for b in FORMAT.read(data, POLICY).blocks}


def written(data: bytes, words: dict[str, str], options: WriteOptions = TO_GERMAN) -> bytes:
    """The document with targets for the blocks of these wire texts; verify passes."""
    found = blocks(data)
    targets: dict[Address, CodedText] = {found[k].address: from_wire(v, found[k].content) for k, v in words.items()}
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return output


def text_of(output: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(output)) as z:
        return z.read(part).decode()


CONTENTS = docx(
    f'xml:{entry(run("Study design"), "_Toc1", "3", "1", BEGIN)}', f'xml:{entry(run("Effects ") + run("in vivo", "<w:i/>"), "_Toc2", "4", "2")}',
    f'xml:{entry(run("Old words"), "_Toc3", "9")}', f"xml:{END}", f'xml:{heading(run("Study design"), "_Toc1", 1)}',
    f'xml:{heading(run("Effects ") + run("in vivo", "<w:i/>"), "_Toc2", 2)}', f'xml:{heading(run("New words"), "_Toc3", 3)}',
)  # fmt: skip


def test_an_entry_that_repeats_its_heading_is_not_offered_and_the_ledger_says_why() -> None:
    found = FORMAT.read(CONTENTS, POLICY)
    kept = [to_wire(b.content) for b in found.blocks if b.reason == "rebuilt-reference"]
    assert kept == ["1<1/>Study design<2/><3/>", "2<1/>Effects <2>in vivo</2><3/><4/>"]
    assert dict(found.coverage.skipped)["rebuilt-reference"] == len("1Study design2Effects in vivo")
    assert found.coverage.balanced


def test_an_entry_whose_words_are_others_is_translated_by_itself() -> None:
    assert blocks(CONTENTS)["Old words<1/><2/>"].translatable


def test_pseudo_translation_takes_every_entry_for_text() -> None:
    found = FORMAT.read(CONTENTS, ReadPolicy(do_not_translate=False))
    assert all(b.translatable for b in found.blocks)


def test_entries_get_the_words_of_the_translated_heading_with_its_formats() -> None:
    output = written(CONTENTS, {"Study design": "Studiendesign", "Effects <1>in vivo</1>": "<1>In-vivo</1>-Wirkungen"})
    after = [to_wire(b.content) for b in FORMAT.read(output, POLICY).blocks]
    assert after[:2] == ["1<1/>Studiendesign<2/><3/>", "2<1/><2>In-vivo</2>-Wirkungen<3/><4/>"]


def test_page_numbers_are_marked_for_word_where_the_language_changed() -> None:
    assert 'w:dirty="true"' in text_of(written(CONTENTS, {"Study design": "Studiendesign"}))
    assert "w:dirty" not in text_of(written(CONTENTS, {"Study design": "Studiendesign"}, WriteOptions()))


def test_an_entry_that_says_something_else_than_its_heading_is_found() -> None:
    found = blocks(CONTENTS)
    targets: dict[Address, CodedText] = {found["Study design"].address: (Text("Studiendesign"),)}
    output = FORMAT.write(CONTENTS, targets, TO_GERMAN)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(output)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name,
                data.replace(b"Studiendesign", b"Studienplan", 1) if name == "word/document.xml" else data,
            )
    problems = FORMAT.verify(CONTENTS, out.getvalue(), targets, TO_GERMAN)
    assert any("does not say what its heading says" in p for p in problems)
    assert not any("Studien" in p for p in problems)


def test_a_note_in_a_heading_is_not_repeated_in_its_entry() -> None:
    with_note = heading(run("Design") + '<w:r><w:footnoteReference w:id="1"/></w:r>', "_Toc1", 1)
    data = docx(f"xml:{entry(run('Design'), '_Toc1', begin=BEGIN)}", f"xml:{END}", f"xml:{with_note}", "p:x[fn:note]")
    output = written(data, {"Design<1/>": "Entwurf<1/>"})
    assert to_wire(FORMAT.read(output, POLICY).blocks[0].content) == "Entwurf<1/><2/>"


def test_a_number_with_words_is_put_in_the_targets_way() -> None:
    data = docx(
        f"xml:{entry(run('概述'), '_Toc1', '3', '第十二章', BEGIN)}",
        f"xml:{END}",
        f"xml:{heading(run('概述'), '_Toc1', 1)}",
    )
    output = written(data, {"概述": "Overview"}, WriteOptions("zh", "en"))
    assert to_wire(FORMAT.read(output, POLICY).blocks[0].content) == "Chapter 12<1/>Overview<2/><3/>"


CAPTION = '<w:p><w:pPr><w:pStyle w:val="Caption"/></w:pPr><w:bookmarkStart w:id="5" w:name="_Ref5"/>{label}<w:bookmarkEnd w:id="5"/>{rest}</w:p>'


def caption(label: str, rest: str) -> str:
    return CAPTION.format(label=run(label) + field("SEQ Table \\* ARABIC", run("1")), rest=run(rest))


def test_a_reference_to_a_caption_says_what_the_caption_says() -> None:
    data = docx(f"xml:{caption('Table ', ': Doses')}", "p:See {REF _Ref5 \\h|Table 1} for doses.")
    output = written(
        data, {"Table <1/>: Doses": "Tabelle <1/>: Dosen", "See <1>Table 1</1> for doses.": "Dosen in <1>Tab. 1</1>."}
    )
    assert to_wire(FORMAT.read(output, POLICY).blocks[1].content) == "Dosen in <1>Tabelle 1</1>."


def test_a_reference_keeps_its_own_words_where_the_bookmark_holds_only_a_number_then() -> None:
    data = docx(f"xml:{caption('Table ', ': Doses')}", "p:See {REF _Ref5 \\h|Table 1} now.")
    output = written(
        data, {"Table <1/>: Doses": "<1/>. táblázat: Adagok", "See <1>Table 1</1> now.": "Lásd: <1>1. táblázat</1>."}, WriteOptions("en", "hu")
    )  # fmt: skip
    assert to_wire(FORMAT.read(output, POLICY).blocks[1].content) == "Lásd: <1>1. táblázat</1>."


def test_a_header_that_repeats_a_heading_follows_it_untranslated() -> None:
    data = docx("h1:Introduction", "p:Text", header='{STYLEREF "heading 1"|Introduction}')
    found = FORMAT.read(data, POLICY)
    assert [b.reason for b in found.blocks] == ["", "", "rebuilt-reference"]
    assert found.coverage.balanced
    targets: dict[Address, CodedText] = {found.blocks[0].address: (Text("Einleitung"),)}
    output = FORMAT.write(data, targets, TO_GERMAN)
    assert FORMAT.verify(data, output, targets, TO_GERMAN) == []
    assert ">Einleitung<" in text_of(output, "word/header1.xml")


def test_a_result_of_several_formats_is_judged_as_it_is_written() -> None:
    header = 'Part 2: {STYLEREF "heading 1"|Introduction to *dosing*}'
    data = docx("h1:Introduction to *dosing*", "p:Text", header=header)
    heading, _, shown = FORMAT.read(data, POLICY).blocks
    targets: dict[Address, CodedText] = {
        b.address: tuple(Text(words) if isinstance(p, Text) else p for p in b.content)
        for b, words in ((heading, "längere Wörter"), (shown, "etwas"))
    }
    output = FORMAT.write(data, targets, TO_GERMAN)
    assert FORMAT.verify(data, output, targets, TO_GERMAN) == []
    assert "längere Wörterlängere Wörter" in text_of(output, "word/header1.xml")


@pytest.mark.parametrize(
    ("number", "there"),
    [("第一章", "Chapter 1"), ("第二十三节", "Section 23"), ("附录A", "Appendix A"), ("（三）", "(3)"), ("1.2", "1.2"), ("一、", "1."), ("  ", "  ")],
)  # fmt: skip
def test_written_numbers(number: str, there: str) -> None:
    from docpipe.formats.ooxml.localise.aim import aim_of
    from docpipe.formats.ooxml.localise.numbering import is_number, written_label

    aim = aim_of(WriteOptions("zh-CN", "en-US"))
    assert aim is not None
    assert is_number(number)
    assert written_label(number, aim) == there
