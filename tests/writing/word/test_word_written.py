"""Drafts as Word documents: what is written is what is read back, whatever the texts."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from word_reports import FACTS, TABLE, block, plan, ref, report, row, said, table_rows, value

from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedTable, TableRow
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, merge_text, plain_text
from docpipe.writing.word import ReadRow, WordOptions, read_back, verify, write
from docpipe.writing.word.binding import Binder

PLAIN = WordOptions()


def rows_of(
    made: Plan, texts: dict[Address, CodedText] | None = None, options: WordOptions = PLAIN
) -> dict[str, ReadRow]:
    """What comes back, by address."""
    return {r.address: r for r in read_back(write(made, texts or {}, FACTS, options))}


def test_every_row_comes_back_with_its_codes_and_unchanged() -> None:
    made = report()
    back = rows_of(made)
    for _, planned in made.rows():
        assert back[planned.address].text == merge_text(planned.text)
        assert not back[planned.address].changed
    assert list(back) == [r.address for _, r in made.rows()]


def test_a_written_report_verifies_and_is_written_the_same_twice() -> None:
    options = WordOptions(face="DRAFT, NOT REVIEWED", version="0.1", date="1 May 2026", confidentiality="Confidential")
    one, other = (write(report(), {}, FACTS, options) for _ in range(2))
    assert one == other
    assert verify(one, report(), {}, FACTS) == []
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        assert {i.date_time[0] for i in package.infolist()} == {1980}


def test_a_drafted_text_takes_the_place_of_the_programs() -> None:
    made = report()
    address = Address("block:12.2/1")
    texts = {address: said("Few AEs were seen in ", value(7), " subjects.")}
    data = write(made, texts, FACTS, PLAIN)
    assert {r.address: r.text for r in read_back(data)}[address] == texts[address]
    assert verify(data, made, texts, FACTS) == []
    assert verify(data, made, {}, FACTS) == ["Row block:12.2/1 does not say what was approved."]


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
WORDS = st.text(st.one_of(CHARACTERS, st.sampled_from("<>&\"'\\\t\n\u00a0\u2011\u00ad\u200f 1/.,AES()[]")), max_size=40)


@st.composite
def coded_texts(draw: st.DrawFn) -> CodedText:
    parts: list[Text | Open | Close | Placeholder] = []
    for number in range(1, 1 + draw(st.integers(0, 5))):
        what = draw(st.sampled_from(["text", "fact", "styled", "arm", "display", "ref", "bold", "plain"]))
        match what:
            case "fact" | "styled":
                parts.append(value(draw(st.integers(0, 9)), number, "word" if what == "styled" else ""))
            case "arm":
                name = draw(st.text(CHARACTERS, min_size=1, max_size=80))
                parts.append(Placeholder(number, draft.ARM, name, draw(WORDS) or "x", True, True))
            case "display":
                parts.append(Placeholder(number, draft.DISPLAY, "Table 14-1.01", "Table 14-1.01", True, True))
            case "ref":
                parts.append(ref("table:disposition", "Table", number))
            case "bold":
                kind = draw(st.sampled_from(["b", "i", "sup", "link"]))
                parts += [Open(number, kind), Text(draw(WORDS)), Close(number)]
            case "text" | "plain":
                parts.append(Text(draw(WORDS)))
        parts.append(Text(draw(WORDS)))
    return merge_text(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(coded_texts(), min_size=1, max_size=4))
def test_any_texts_survive_writing_and_reading_back(texts: list[CodedText]) -> None:
    made = plan([block("5", "Subjects", 1, *table_rows(), *texts)])
    back = {r.address: r for r in read_back(write(made, {}, FACTS, PLAIN))}
    for n, text in enumerate(texts):
        read = back[Address(f"block:5/{n + 3}")]
        assert read.text == Binder.normal(text)
        assert not read.changed
        assert not read.values


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(coded_texts(), min_size=1, max_size=4), min_size=1, max_size=4), st.text(max_size=60))
def test_any_table_and_any_key_survive(cells: list[list[CodedText]], key: str) -> None:
    columns = tuple(cells[0])
    table = PlannedTable(key, said("Caption"), columns, tuple(TableRow(tuple(c)) for c in cells[1:]))
    made = plan(
        [block("5", "Subjects", 1, said("See ", ref(f"table:{key}", "Table", 1)), *table_rows(key, "Caption"))],
        [table, TABLE],
    )
    data = write(made, {}, FACTS, PLAIN)
    assert not [x for x in verify(data, made, {}, FACTS) if "abbreviations" not in x and "leads to nothing" not in x]
    read = next(r for r in read_back(data) if r.table is not None)
    assert read.table is not None
    assert read.table.key == key
    assert not read.table.changed


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda t: "/" not in t))
def test_any_block_name_comes_back(name: str) -> None:
    made = plan([block(name, "Heading", 1, said("Text."), number="1")])
    assert {r.address for r in read_back(write(made, {}, FACTS, PLAIN))} == {f"block:{name}/0", f"block:{name}/1"}


def test_names_that_differ_in_case_alone_have_bookmarks_of_their_own() -> None:
    made = plan([block("a.1", "One", 1, said("x"), number="1"), block("A.1", "Two", 1, said("y"), number="2")])
    assert verify(write(made, {}, FACTS, PLAIN), made, {}, FACTS) == []


def test_a_character_that_xml_does_not_allow_is_shown_and_reported() -> None:
    made = plan([block("5", "Subjects", 1, said("a\x00b"))])
    data = write(made, {}, FACTS, PLAIN)
    read = next(r for r in read_back(data) if r.address == "block:5/1")
    assert plain_text(read.text) == "a\ufffdb"


def test_values_print_as_the_facts_have_them_and_not_as_a_code_says() -> None:
    wrong = Placeholder(1, draft.FACT, value(0).data, "999", True, True)
    made = plan([block("5", "Subjects", 1, said("There were ", wrong, "."))])
    read = next(r for r in read_back(write(made, {}, FACTS, PLAIN)) if r.address == "block:5/1")
    assert read.shown == "There were 50."
    assert read.text == said("There were ", wrong, ".")


@pytest.mark.parametrize("language", ["en", "en-GB", "ja", "zh-CN", "de"])
def test_the_document_states_its_language(language: str) -> None:
    data = write(plan([block("5", "Subjects", 1)], language=language), {}, FACTS, PLAIN)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        said_there = "en-US" if language == "en" else language
        assert f'w:val="{said_there}"' in package.read("word/styles.xml").decode()
        assert f"<dc:language>{language}</dc:language>" in package.read("docProps/core.xml").decode()


def test_properties_name_no_person_and_no_hour() -> None:
    with zipfile.ZipFile(io.BytesIO(write(report(), {}, FACTS, PLAIN))) as package:
        core = package.read("docProps/core.xml").decode()
        app = package.read("docProps/app.xml").decode()
        assert "docProps/thumbnail.jpeg" not in package.namelist()
    assert "<dc:creator>docpipe</dc:creator>" in core
    assert "Clinical Study Report, S1" in core
    assert "created" not in core
    assert "Manager" not in app


def test_a_list_item_has_a_bullet_and_a_gap_its_own_style() -> None:
    back = rows_of(report())
    assert back["block:10.1/2"].style == "List Bullet"
    assert back["block:12.2/2"].style == "Gap"


def test_an_empty_plan_is_a_document_too() -> None:
    made = plan([block("5", "Subjects", 1, row(BlockKind.PARAGRAPH))])
    assert verify(write(made, {}, FACTS, PLAIN), made, {}, FACTS) == []
