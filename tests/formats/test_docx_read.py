"""What a DOCX reads as: blocks, kinds, codes, fields, and the ledger of characters."""

from __future__ import annotations

import pytest
from docx_builder import docx, field, run, textbox

from docpipe.errors import TrackedChangesPolicy
from docpipe.formats.docx import FORMAT
from docpipe.model.document import Block, BlockKind, Extraction, ReadPolicy
from docpipe.model.inline import Open, Placeholder, codes_of, to_wire

EVERYTHING = ReadPolicy(tracked_changes="keep", macros="carry", do_not_translate=False)
FINAL = ReadPolicy(tracked_changes="final")


def read(*lines: str, policy: ReadPolicy = FINAL, **more: str) -> Extraction:
    extraction = FORMAT.read(docx(*lines, **more), policy)  # type: ignore[arg-type]
    assert extraction.coverage.balanced
    assert len({b.address for b in extraction.blocks}) == len(extraction.blocks)
    assert sum(len(b.text) for b in extraction.blocks if b.translatable) == extraction.coverage.translated
    return extraction


def wires(*lines: str, policy: ReadPolicy = FINAL) -> list[str]:
    return [to_wire(b.content) for b in read(*lines, policy=policy).blocks]


def kinds(block: Block) -> list[str]:
    return [c.kind for c in codes_of(block.content) if isinstance(c, Open | Placeholder)]


@pytest.mark.parametrize(
    ("line", "wire", "codes"),
    [
        ("p:Hello world", "Hello world", []),
        ("p:The pro|tocol amend|ment", "The protocol amendment", []),
        ("p:*All of it is bold*", "All of it is bold", []),
        ("p:Hello *bold* world", "Hello <1>bold</1> world", ["b"]),
        ("p:10^9^ cells and H~2~O", "10<1>9</1> cells and H<2>2</2>O", ["sup", "sub"]),
        (
            "p:*bold* [br]_slanted text here_ end",
            "<1>bold </1><2/>slanted text here<3> end</3>",
            ["style", "br", "style"],
        ),
        ("p:A[fn:note] mark.", "A<1/> mark.", ["note"]),
        ("p:See [link:rId9|the site] now", "See <1>the site</1> now", ["link"]),
        ("p:[link:rId9|All a link]", "All a link", []),
        ("p:one[tab]two[tab]", "one<1/>two", ["tab"]),
        ("p:*a* *b* and more text", "<1>a b</1> and more text", ["b"]),
        ("p:double[nbh]blind co[shy]operate", "double<1/>blind co<2/>operate", ["hyphen", "hyphen"]),
        ("p:Dose [sdt:10 mg] daily", "Dose <1>10 mg</1> daily", ["sdt"]),
        ("p:less <1> than", "less <\\1> than", []),
    ],
)
def test_a_paragraph_has_the_fewest_codes_that_tell_its_format(line: str, wire: str, codes: list[str]) -> None:
    block = next(b for b in read(line).blocks if b.kind is BlockKind.PARAGRAPH)
    assert to_wire(block.content) == wire
    assert kinds(block) == codes


def test_noise_in_run_properties_makes_no_codes() -> None:
    noise = (
        run("One ", '<w:lang w:val="en-GB"/>')
        + run("sen", "<w:noProof/>")
        + '<w:proofErr w:type="spellStart"/>'
        + run("tence")
    )
    assert wires(f"xml:<w:p>{noise}</w:p>") == ["One sentence"]


def test_fonts_count_only_for_the_scripts_that_a_run_holds() -> None:
    chinese = run("试验", '<w:rFonts w:hint="eastAsia" w:eastAsia="SimSun"/>')
    latin = run("ABC-123", '<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>')
    assert wires(f"xml:<w:p>{chinese}{latin}{chinese}</w:p>") == ["试验ABC-123试验"]
    other = run("DEF", '<w:rFonts w:ascii="Courier" w:hAnsi="Courier"/>')
    assert wires(f"xml:<w:p>{latin}{other}</w:p>") == ["ABC-123<1>DEF</1>"]


def test_white_space_takes_the_format_beside_it_unless_it_shows() -> None:
    assert wires(f"xml:<w:p>{run('one')}{run(' ', '<w:b/>')}{run('two')}</w:p>") == ["one two"]
    underlined = run("    ", '<w:u w:val="single"/>')
    assert wires(f"xml:<w:p>{run('Name')}{underlined}{run('Date')}</w:p>") == ["Name<1>    </1>Date"]


def test_blocks_have_kinds_levels_and_structural_addresses() -> None:
    found = read(
        "h1:Title", "p:Text[fn:A note]", "li:Item", "cap:Table one", "tbl:a | b // c | d",
        header="Head", footer="Foot", title="The title",
    )  # fmt: skip
    seen = [(b.kind.value, b.level, b.text, b.address) for b in found.blocks]
    body = "word/document.xml#/body"
    assert seen == [
        ("heading", 1, "Title", f"{body}/p[1]"),
        ("paragraph", 0, "Text", f"{body}/p[2]"),
        ("list-item", 0, "Item", f"{body}/p[3]"),
        ("caption", 0, "Table one", f"{body}/p[4]"),
        ("cell", 0, "a", f"{body}/tbl[1]/tr[1]/tc[1]/p[1]"),
        ("cell", 0, "b", f"{body}/tbl[1]/tr[1]/tc[2]/p[1]"),
        ("cell", 0, "c", f"{body}/tbl[1]/tr[2]/tc[1]/p[1]"),
        ("cell", 0, "d", f"{body}/tbl[1]/tr[2]/tc[2]/p[1]"),
        ("footnote", 0, "A note", "word/footnotes.xml#/footnote[1]/p[1]"),
        ("header", 0, "Head", "word/header1.xml#/p[1]"),
        ("footer", 0, "Foot", "word/footer1.xml#/p[1]"),
        ("property", 0, "The title", "docProps/core.xml#/title"),
    ]
    assert found.title == "The title"


def test_the_vml_copy_of_a_text_box_is_no_block_of_its_own() -> None:
    found = read("box:In the *box*")
    assert [(b.kind.value, b.text) for b in found.blocks] == [("paragraph", "Before "), ("text-box", "In the box")]
    assert found.blocks[1].address == "word/document.xml#/body/p[1]/object[1]/alternate[1]/box[1]/p[1]"
    assert dict(found.coverage.skipped) == {"copy-of-text-box": 10}


def test_a_copy_that_says_something_else_is_a_block_of_its_own() -> None:
    boxes = textbox(f"<w:p>{run('New text')}</w:p>", f"<w:p>{run('Old text')}</w:p>")
    assert [b.text for b in read(f"xml:<w:p>{boxes}</w:p>").blocks] == ["New text", "Old text"]


def test_field_results_follow_the_policy_of_their_code() -> None:
    line = 'p:See {REF _a|Section 2} on page {PAGEREF _a|12} of {HYPERLINK "x"|the site}.'
    block = read(line).blocks[0]
    assert to_wire(block.content) == "See <1>Section 2</1> on page <2/> of <3>the site</3>."
    assert kinds(block) == ["field", "field", "link"]
    assert next(c for c in codes_of(block.content) if isinstance(c, Placeholder)).equiv == "12"
    assert dict(read(line).coverage.skipped) == {"field-result": 2}
    assert wires(line, policy=EVERYTHING) == ["See <1>Section 2</1> on page <2>12</2> of <3>the site</3>."]


def test_text_between_nested_fields_is_told_apart() -> None:
    inner = field("PAGEREF _b", run("7"))
    whole = field('HYPERLINK "y"', run("Go to page ") + inner + run(" now"))
    assert wires(f"xml:<w:p>{run('A ')}{whole}{run(' Z')}</w:p>") == ["A <1>Go to page <2/> now</1> Z"]


def test_a_field_may_begin_in_the_run_where_another_ends() -> None:
    begin, end = '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>'
    code, split = "<w:instrText>REF {}</w:instrText>", '<w:fldChar w:fldCharType="separate"/>'
    dense = begin + code.format("a") + split + "<w:t>one</w:t>" + end + "<w:t>-mid-</w:t>" + begin + code.format("b")
    dense += split + "<w:t>two</w:t>" + end
    assert wires(f"xml:<w:p><w:r><w:t>x</w:t>{dense}</w:r></w:p>") == ["x<1>one</1>-mid-<2>two</2>"]


def test_a_table_of_contents_crosses_paragraphs() -> None:
    entry = (
        '<w:hyperlink w:anchor="_T{}">'
        + run("Entry {}")
        + "<w:r><w:tab/></w:r>"
        + field("PAGEREF _T{}", run("3"))
        + "</w:hyperlink>"
    )
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    found = read(
        f"xml:<w:p>{begin}{entry.format(1, 1, 1)}</w:p><w:p>{entry.format(2, 2, 2)}</w:p>"
        '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
        "p:After",
    )
    assert [(to_wire(b.content), b.kind.value) for b in found.blocks] == [
        ("Entry 1<1/><2/>", "paragraph"), ("Entry 2<1/><2/>", "field-result"), ("After", "paragraph"),
    ]  # fmt: skip


def test_a_kept_result_that_crosses_paragraphs_is_shown_and_not_translatable() -> None:
    found = read(
        '{}<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>BIBLIOGRAPHY</w:instrText><w:fldChar w:fldCharType="separate"/>'
        '</w:r>{}</w:p><w:p>{}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'.format(
            "xml:", run("Smith 2001"), run("Jones 2002")
        )
    )
    assert [(b.text, b.translatable, b.reason) for b in found.blocks] == [
        ("Smith 2001", False, "field-result"), ("Jones 2002", False, "field-result"),
    ]  # fmt: skip


def test_hidden_text_is_passed_over_or_read_by_policy() -> None:
    found = read("p:Seen [hid:unseen] text")
    assert found.blocks[0].text == "Seen  text"
    assert dict(found.coverage.skipped) == {"hidden": 6}
    assert [n.code for n in found.notices] == ["docx.hidden_text"]
    taken = read("p:Seen [hid:unseen] text", policy=ReadPolicy(hidden_text="translate"))
    assert taken.blocks[0].text == "Seen unseen text"
    assert [n.code for n in taken.notices] == ["docx.hidden_text"]


def test_tracked_changes_are_refused_read_as_accepted_or_carried() -> None:
    line = "p:Old [del:gone ][ins:new ]text"
    with pytest.raises(TrackedChangesPolicy):
        FORMAT.read(docx(line), ReadPolicy())
    found = read(line)
    assert to_wire(found.blocks[0].content) == "Old new text"
    assert dict(found.coverage.skipped) == {"deleted": 5}
    assert wires(line, policy=EVERYTHING) == ["Old <1>new </1>text"]


def test_alternative_text_and_list_entries_are_blocks() -> None:
    drop = (
        '<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="Yes" w:value="y"/><w:listItem w:displayText="No" w:value="n"/>'
        f"</w:dropDownList></w:sdtPr><w:sdtContent>{run('Yes')}</w:sdtContent></w:sdt>"
    )
    picture = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="P" descr="A flow chart"/></wp:inline></w:drawing></w:r>'
    )
    found = read(f"xml:<w:p>{picture}{run('Answer: ')}{drop}</w:p>")
    assert [(b.kind.value, b.text) for b in found.blocks] == [
        ("paragraph", "Answer: Yes"), ("alt-text", "A flow chart"), ("list-entry", "Yes"), ("list-entry", "No"),
    ]  # fmt: skip


def test_the_base_of_annotated_text_and_its_annotation_are_texts() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"
    found = read(f"xml:<w:p>{run('a ')}{ruby}{run(' b')}</w:p>")
    assert to_wire(found.blocks[0].content) == "a <1>漢</1> b"
    assert [b.address.split("/")[-2:] for b in found.blocks][1] == ["ruby[1]", "annotation"]
    assert found.coverage.balanced
    assert not found.coverage.skipped


def test_equations_and_symbols_are_opaque() -> None:
    math = "<m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath>"
    sign = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    found = read(f"xml:<w:p>{run('If ')}{math}{run(' is ')}{sign}{run(' 5')}</w:p>")
    assert to_wire(found.blocks[0].content) == "If <1/> is <2/> 5"
    assert [c.equiv for c in codes_of(found.blocks[0].content) if isinstance(c, Placeholder)] == ["x+y", "≥"]
    assert dict(found.coverage.skipped) == {"equation": 3}


def test_comments_are_passed_over_or_read_by_policy() -> None:
    relation = '<Relationship Id="rC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/>'
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    comments = f'<w:comments xmlns:w="{w}"><w:comment w:id="1"><w:p>{run("Check this")}</w:p></w:comment></w:comments>'
    data = docx("p:Text", relations=relation, parts={"word/comments.xml": comments})
    assert dict(FORMAT.read(data, ReadPolicy()).coverage.skipped) == {"comment": 10}
    found = FORMAT.read(data, ReadPolicy(comments="translate"))
    assert [(b.kind, b.translatable) for b in found.blocks][1] == (BlockKind.COMMENT, True)


def test_strict_documents_read_like_transitional_ones() -> None:
    lines = ("h1:Title", "p:Hello *bold* world[fn:note]", 'p:{HYPERLINK "x"|go} now')
    strict, usual = FORMAT.read(docx(*lines, strict=True), ReadPolicy()), FORMAT.read(docx(*lines), ReadPolicy())
    assert [to_wire(b.content) for b in strict.blocks] == [to_wire(b.content) for b in usual.blocks]
    assert strict.coverage == usual.coverage


def test_white_space_at_the_ends_counts_only_where_it_is_preserved() -> None:
    assert wires("xml:<w:p><w:r><w:t> a </w:t></w:r><w:r><w:t xml:space='preserve'> b </w:t></w:r></w:p>") == ["a b "]


def test_a_second_body_has_addresses_of_its_own() -> None:
    again = "<w:p/></w:body><w:body><w:p>" + run("Two") + "</w:p>"
    assert [b.address for b in read("p:One", f"xml:{again}").blocks] == [
        "word/document.xml#/body/p[1]", "word/document.xml#/body[2]/p[1]",
    ]  # fmt: skip
