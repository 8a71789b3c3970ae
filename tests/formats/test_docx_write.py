"""Writing a DOCX: only text changes, runs keep their properties, codes may move, what is untouched stays byte for byte."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

import pytest
from docx_builder import docx, part, run, textbox
from docx_targets import PIECES, scrambled
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import RULES, pseudo_targets
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import (
    CodedText,
    Text,
    from_wire,
    merge_text,
    plain_text,
    to_wire,
)
from docpipe.safe.package import open_package

POLICY = ReadPolicy(tracked_changes="final")
OPTIONS = WriteOptions(policy=POLICY)
LINES = (
    "h1:Title of *it*", "p:Hello *bold* and _slanted_ and 10^9^ end[fn:A note *here*].", "p:[tab]See [link:rId9|the *site* now] today",
    'p:By {REF _a|Section 2} on {PAGEREF _a|12} and {HYPERLINK "x"|the site}.', "tbl:a | *b* // c | d", "box:Inside the *box*",
    "p:Old [del:gone ][ins:new ]text [hid:hidden] end", "p:Dose [sdt:10 mg] daily, double[nbh]blind", "p:A [mark:_Ref1|marked] place",
)  # fmt: skip
RICH = docx(*LINES, header="Head *er*", footer="Foot", title="The title")


def write(data: bytes, wires: Mapping[int, str], options: WriteOptions = OPTIONS) -> bytes:
    """Writes wire texts by the block's ordinal, and verifies."""
    blocks = FORMAT.read(data, options.policy).blocks
    targets = {blocks[i].address: from_wire(w, blocks[i].content) for i, w in wires.items()}
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return output


def body(line: str, wire: str) -> str:
    """The paragraph's XML after its one block was given the wire text."""
    output = part(write(docx(line), {0: wire}), "word/document.xml")
    found = re.search(r"<w:p>.*</w:p>", output)
    assert found is not None
    return re.sub(r' xml:space="preserve"', "", found[0])


def test_an_identity_write_changes_no_part() -> None:
    blocks = FORMAT.read(RICH, POLICY).blocks
    output = FORMAT.write(RICH, {b.address: b.content for b in blocks if b.translatable}, OPTIONS)
    before, after = open_package(RICH), open_package(output)
    assert before.names == after.names
    assert [n for n in before.names if before.read(n) != after.read(n)] == []


def test_only_the_parts_that_changed_are_written() -> None:
    blocks = FORMAT.read(RICH, POLICY).blocks
    header = next(b for b in blocks if b.address.startswith("word/header"))
    output = FORMAT.write(RICH, {header.address: from_wire("KOPF <1>ZEILE</1>", header.content)}, OPTIONS)
    before, after = open_package(RICH), open_package(output)
    assert [n for n in before.names if before.read(n) != after.read(n)] == ["word/header1.xml"]


def test_the_longest_run_of_a_split_sentence_takes_the_text_and_the_others_stay_empty() -> None:
    assert (
        body("p:The pro|tocol", "Das Protokoll")
        == "<w:p><w:r><w:t>Das Protokoll</w:t></w:r><w:r><w:t></w:t></w:r></w:p>"
    )


def test_text_before_a_leading_code_gets_a_run_of_the_base_format() -> None:
    assert body("p:*Bold* and more text", "Nun <1>fett</1> und mehr") == (
        "<w:p><w:r><w:t>Nun </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>fett</w:t></w:r><w:r><w:t> und mehr</w:t></w:r></w:p>"
    )


def test_codes_that_change_places_move_their_runs() -> None:
    assert body("p:One *two* three _four_", "<2>vier</2> drei <1>zwei</1> eins") == (
        "<w:p><w:r><w:rPr><w:i/></w:rPr><w:t>vier</w:t></w:r><w:r><w:t> drei </w:t></w:r>"
        "<w:r><w:rPr><w:b/></w:rPr><w:t>zwei</w:t></w:r><w:r><w:t> eins</w:t></w:r></w:p>"
    )


def test_a_bookmark_goes_with_its_text() -> None:
    written = body("p:A [mark:_Ref1|marked] *place*", "<1>Ort</1> markiert")
    assert written.index("bookmarkStart") < written.index("markiert") < written.index("bookmarkEnd")


def test_a_soft_hyphen_may_be_dropped() -> None:
    assert "softHyphen" not in body("p:co[shy]operate", "kooperieren")


def test_both_forms_of_a_text_box_are_written() -> None:
    output = write(docx("box:Inside the *box*"), {1: "In der <1>Kiste</1>"})
    assert part(output, "word/document.xml").count("Kiste") == 2


def test_a_bound_value_follows_its_control() -> None:
    item = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
    relations = f'<Relationship Id="rC" Type="{item}" Target="../customXml/item1.xml"/>'
    store = "{11111111-2222-3333-4444-555555555555}"
    props = f'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{store}"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    rels = f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{item}Props" Target="itemProps1.xml"/></Relationships>'
    parts = {
        "customXml/item1.xml": "<r xmlns='urn:x'><drug>Aspirin</drug></r>", "customXml/itemProps1.xml": props,
        "customXml/_rels/item1.xml.rels": rels,
    }  # fmt: skip
    binding = (
        f'<w:dataBinding w:prefixMappings="xmlns:n=\'urn:x\'" w:xpath="/n:r[1]/n:drug[1]" w:storeItemID="{store}"/>'
    )
    sdt = f"<w:sdt><w:sdtPr>{binding}</w:sdtPr><w:sdtContent>{run('Aspirin')}</w:sdtContent></w:sdt>"
    data = docx(f"xml:<w:p>{run('Drug: ')}{sdt}</w:p>", relations=relations, parts=parts)
    output = write(data, {0: "Mittel: <1>ASS</1>"})
    assert "<drug>ASS</drug>" in part(output, "customXml/item1.xml")


def test_the_words_on_the_face_are_seen_and_passed_over_when_read() -> None:
    data = docx("p:Text", header="Head")
    output = write(data, {0: "Neu"}, WriteOptions(face="DRAFT, NOT REVIEWED", policy=POLICY))
    for name in ("word/document.xml", "word/header1.xml"):
        assert part(output, name).index("DRAFT, NOT REVIEWED") < part(output, name).index(
            "Neu" if "document" in name else "Head"
        )
    found = FORMAT.read(output, POLICY)
    assert [b.text for b in found.blocks] == ["Neu", "Head"]
    assert found.coverage.balanced


def test_strict_documents_get_runs_in_their_own_namespace() -> None:
    output = write(docx("p:*Bold* and more text", strict=True), {0: "Nun <1>fett</1> und mehr"})
    assert "schemas.openxmlformats.org/wordprocessingml" not in part(output, "word/document.xml")
    assert FORMAT.read(output, POLICY).blocks[0].text == "Nun fett und mehr"


def test_objects_that_carry_blocks_may_change_places() -> None:
    boxes = [textbox(f"<w:p>{run(f'Box {i}')}</w:p>", f"<w:p>{run(f'Box {i}')}</w:p>", f"Alt {i}") for i in (1, 2)]
    data = docx(f"xml:<w:p>{run('A ')}{boxes[0]}{run(' B ')}{boxes[1]}{run(' C')}</w:p>")
    write(data, {0: "x <2/> y <1/> z", 1: "eins"})


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_pseudo_rule_writes_and_verifies(rule: str) -> None:
    policy = ReadPolicy(tracked_changes="keep", macros="carry", do_not_translate=False)
    targets = pseudo_targets(FORMAT.read(RICH, policy), rule)
    options = WriteOptions(policy=policy)
    output = FORMAT.write(RICH, targets, options)
    assert FORMAT.verify(RICH, output, targets, options) == []
    assert output == FORMAT.write(RICH, targets, options)


# ---------------------------------------------------------------- any legal target survives


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(PIECES, max_size=6))
def test_any_legal_target_of_any_block_reads_back_as_written(draw: random.Random, texts: list[str]) -> None:
    blocks = FORMAT.read(RICH, POLICY).blocks
    targets: dict[Address, CodedText] = {
        b.address: scrambled(b.content, draw, texts) for b in blocks if b.translatable and draw.random() < 0.7
    }
    output = FORMAT.write(RICH, targets, OPTIONS)
    assert FORMAT.verify(RICH, output, targets, OPTIONS) == []
    found = {b.address: b for b in FORMAT.read(output, POLICY).blocks}
    for address, target in targets.items():
        if not plain_text(target).isspace() and plain_text(target):
            assert found[address].text == plain_text(target)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
            max_size=12,
        ),
        min_size=7,
        max_size=7,
    )
)
def test_any_text_between_codes_in_order_reads_back(texts: list[str]) -> None:
    data = docx("p:Aaaaaaaa *bbb* ccccccc[fn:n] ddddddd 10^9^ e")
    block = FORMAT.read(data, POLICY).blocks[0]
    assert to_wire(block.content) == "Aaaaaaaa <1>bbb</1> ccccccc<2/> ddddddd 10<3>9</3> e"
    source = [p for p in block.content if not isinstance(p, Text)]
    target = merge_text(
        [Text(texts[0])] + [p for code, text in zip(source, texts[1:], strict=False) for p in (code, Text(text))]
    )
    output = FORMAT.write(data, {block.address: target}, OPTIONS)
    assert FORMAT.verify(data, output, {block.address: target}, OPTIONS) == []
