"""Drafts that come back from Word: what people did to them is seen, and values are bound again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from word_reports import FACTS, block, plan, report, said, value

from docpipe.errors import AssetMalformed
from docpipe.model.document import Address
from docpipe.model.inline import Text, plain_text
from docpipe.safe.package import rewrite
from docpipe.writing.word import ReadRow, WordOptions, read_back, verify, write

ROW = Address("block:5/1")
SENTENCE = said("There were ", value(0), " subjects and ", value(1, 2), " visits.")


def edited(change: Callable[[str], str], *, data: bytes = b"") -> dict[str, ReadRow]:
    """The rows of a document whose body was changed as Word would write it."""
    data = data or write(plan([block("5", "Subjects", 1, SENTENCE, said("Second."))]), {}, FACTS, WordOptions())
    body = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    after = change(body)
    assert after != body
    return {r.address or f"after {r.after}": r for r in read_back(rewrite(data, {"word/document.xml": after.encode()}))}


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replaces one piece of the body."""

    def change(body: str) -> str:
        assert body.count(old) == 1, body.count(old)
        return body.replace(old, new)

    return change


def run(text: str) -> str:
    """A run."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_words_changed_around_a_value_leave_it_bound() -> None:
    read = edited(swap("There were ", "In all, "))[ROW]
    assert read.changed
    assert read.text == said("In all, ", value(0), " subjects and ", value(1, 2), " visits.")
    assert not read.values


def test_a_value_changed_by_hand_is_no_value_any_more_and_is_named() -> None:
    read = edited(swap(">50</w:t>", ">58</w:t>"))[ROW]
    assert plain_text(read.text) == "There were 58 subjects and  visits."
    (change,) = read.values
    assert (change.was, change.now, change.code.data) == ("50", "58", value(0).data)


@pytest.mark.parametrize(
    ("typed", "bound"), [("50 adult", True), ("about 50", True), ("50.1", False), ("150", False), ("50%", False)]
)
def test_words_typed_inside_a_values_control_do_not_unbind_it_but_digits_do(typed: str, bound: bool) -> None:
    read = edited(swap(">50</w:t>", f">{typed}</w:t>"))[ROW]
    assert bool(read.values) is not bound
    assert (value(0) in read.text) is bound
    assert plain_text(read.text, equiv=True) == f"There were {typed} subjects and 51 visits."


def test_values_are_bound_by_their_words_where_an_editor_dropped_its_controls() -> None:
    def drop(body: str) -> str:
        return re.sub(r"</?w:sdt>|<w:sdtPr>.*?</w:sdtPr>|</?w:sdtContent>", "", body)

    kept = edited(drop)
    assert kept[ROW].text == SENTENCE
    assert not kept[ROW].changed
    changed = edited(lambda b: drop(b).replace("visits", "calls").replace(">50<", ">58<"))[ROW]
    assert changed.text == said("There were 58 subjects and ", value(1, 2), " calls.")
    assert [v.was for v in changed.values] == ["50"]
    data = write(report(), {}, FACTS, WordOptions())
    whole = edited(drop, data=data)
    assert not [a for a, r in whole.items() if r.changed or not r.address]
    assert whole["block:2/1"].expanded == ("A serious adverse event (SAE)",)


def test_what_a_document_was_written_with_can_come_from_the_original() -> None:
    data = write(report(), {}, FACTS, WordOptions())
    rels = zipfile.ZipFile(io.BytesIO(data)).read("word/_rels/document.xml.rels").decode()
    bare = rewrite(data, {"word/_rels/document.xml.rels": rels.replace('/customXml"', '/gone"').encode()})
    assert [r.text for r in read_back(bare, data)] == [r.text for r in read_back(data)]
    assert {r.address for r in read_back(bare)} == {r.address for r in read_back(data)}


def test_a_value_deleted_with_its_prompt_left_behind_is_named() -> None:
    read = edited(swap(f'{value(0).data}"/>', f'{value(0).data}"/><w:showingPlcHdr/>'))[ROW]
    assert [(v.was, v.now) for v in read.values] == [("50", "")]


def test_tracked_changes_are_taken_as_accepted_and_kept_with_their_author() -> None:
    inserted = f'<w:ins w:id="1" w:author="A. Writer" w:date="2026-05-01T10:00:00Z">{run("only ")}</w:ins>'
    deleted = (
        '<w:del w:id="2" w:author="A. Writer"><w:r><w:delText xml:space="preserve"> visits.</w:delText></w:r></w:del>'
    )
    read = edited(
        lambda b: b.replace(run("There were "), run("There were ") + inserted).replace(
            run(" visits."), deleted + run(" calls.")
        )
    )[ROW]
    assert plain_text(read.text, equiv=True) == "There were only 50 subjects and 51 calls."
    assert [(t.op, t.author, t.text) for t in read.tracked] == [
        ("insert", "A. Writer", "only "),
        ("delete", "A. Writer", " visits."),
    ]


def test_a_paragraph_split_in_two_is_still_one_row() -> None:
    mark = '</w:p><w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr>'
    read = edited(swap(run(" subjects and "), run(" subjects") + mark + run("and ")))[ROW]
    assert read.text == said("There were ", value(0), " subjects\nand ", value(1, 2), " visits.")


def test_two_paragraphs_made_one_are_still_two_rows() -> None:
    def join(body: str) -> str:
        return re.sub(
            r"(<w:bookmarkEnd [^>]*/>)</w:p><w:p><w:pPr><w:pStyle w:val=\"BodyText\"/></w:pPr>(?=<w:bookmarkStart [^>]*r2\"/>)",
            r"\1",
            body,
        )

    rows = edited(join)
    assert rows[ROW].text == SENTENCE
    assert not rows[ROW].changed
    assert rows["block:5/2"].text == said("Second.")


def test_a_paragraph_that_somebody_added_is_told_with_its_place() -> None:
    def add(body: str) -> str:
        at = body.index("</w:p>", body.index(" visits.")) + len("</w:p>")
        return body[:at] + f"<w:p>{run('A new thought.')}</w:p>" + body[at:]

    read = edited(add)[f"after {ROW}"]
    assert read.text == said("A new thought.")
    assert read.changed


def test_a_deleted_row_is_missing() -> None:
    def cut(body: str) -> str:
        start = body.rindex("<w:p>", 0, body.index("Second."))
        return body[:start] + body[body.index("</w:p>", start) + len("</w:p>") :]

    read = edited(cut)["block:5/2"]
    assert read.missing
    assert read.written == said("Second.")


def test_a_row_whose_paragraph_is_deleted_in_tracked_changes_is_empty() -> None:
    def strike(body: str) -> str:
        gone = '<w:del w:id="7" w:author="B"><w:r><w:delText>Second.</w:delText></w:r></w:del>'
        return body.replace(run("Second."), gone)

    read = edited(strike)["block:5/2"]
    assert read.text == ()
    assert read.changed


def test_a_value_copied_to_another_row_is_bound_there() -> None:
    def copy(body: str) -> str:
        control = re.search(r"<w:sdt>(?:(?!</w:sdt>).)*>51</w:t></w:r></w:sdtContent></w:sdt>", body)
        assert control
        return body.replace(run("Second."), run("Second: ") + control[0] + run("."))

    (head, code, tail) = edited(copy)["block:5/2"].text
    assert (head, tail) == (Text("Second: "), Text("."))
    assert not isinstance(code, Text)
    assert getattr(code, "data", "") == value(1).data


def test_a_changed_cell_of_a_table_is_named() -> None:
    data = write(report(), {}, FACTS, WordOptions())
    read = edited(swap(">54</w:t>", ">55</w:t>"), data=data)["block:10.1/4"]
    assert read.changed
    assert read.table is not None
    (cell,) = read.table.changed
    assert (cell.op, cell.row, cell.column) == ("changed", 3, 2)
    assert plain_text(cell.was, equiv=True).startswith("54")
    assert plain_text(cell.now, equiv=True).startswith("55")
    assert read.table.cells[0][0] == said("Disposition")


def test_a_row_added_to_a_table_or_deleted_is_one_change_and_the_rows_below_it_are_none() -> None:
    data = write(report(), {}, FACTS, WordOptions())

    def rows_of(body: str) -> list[str]:
        table = re.search(r"<w:tbl>(?:(?!</w:tbl>).)*_dp_b_10_1_r4.*?</w:tbl>", body)
        assert table
        return re.findall(r"<w:tr>.*?</w:tr>", table[0])

    def deleted(body: str) -> str:
        return body.replace(rows_of(body)[1], "")

    def added(body: str) -> str:
        new = (
            f"<w:tr><w:tc><w:p>{run('Other')}</w:p></w:tc><w:tc><w:p>{run('9')}</w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
        )
        return body.replace(rows_of(body)[2], new + rows_of(body)[2])

    found = [edited(change, data=data)["block:10.1/4"].table for change in (deleted, added)]
    changed = [(c.op, c.row, c.column, plain_text(c.was or c.now)) for t in found if t is not None for c in t.changed]
    assert [c[:3] for c in changed] == [("deleted", 1, 0), ("added", 1, 0)]
    assert changed[1][3].startswith("Other | 9")


def test_a_table_that_somebody_added_comes_back_row_by_row() -> None:
    def add(body: str) -> str:
        at = body.index("</w:p>", body.index(" visits.")) + len("</w:p>")
        cells = "".join(f"<w:tc><w:p>{run(t)}</w:p></w:tc>" for t in ("Site", "Subjects"))
        return body[:at] + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + body[at:]

    assert edited(add)[f"after {ROW}"].text == said("Site | Subjects")


def test_a_changed_note_of_a_table_is_named_and_a_deleted_one_too() -> None:
    data = write(report(), {}, FACTS, WordOptions())
    read = edited(swap("Percentages are of the subjects randomised.", "Percentages are of all."), data=data)[
        "block:10.1/4"
    ]
    assert read.table is not None
    assert [(c.op, c.row, plain_text(c.was), plain_text(c.now)) for c in read.table.changed] == [
        ("note", 1, "Percentages are of the subjects randomised.", "Percentages are of all.")
    ]

    def cut(body: str) -> str:
        at = body.index("Percentages are of")
        return body[: body.rindex("<w:p>", 0, at)] + body[body.index("</w:p>", at) + len("</w:p>") :]

    gone = edited(cut, data=data)["block:10.1/4"]
    assert gone.table is not None
    assert [(c.row, c.now) for c in gone.table.changed] == [(1, ())]


def test_comments_on_notes_and_lists_stay_with_the_row_before_them() -> None:
    import docx

    document = docx.Document(io.BytesIO(write(report(), {}, FACTS, WordOptions())))
    for words in ("Percentages", "Table of contents"):
        paragraph = next(p for p in _paragraphs(document) if words.casefold() in p.text.casefold())
        document.add_comment(paragraph.runs[-1], text=f"On {words}", author="C. Reviewer", initials="C")
    out = io.BytesIO()
    document.save(out)
    said_ = [c.text for r in read_back(out.getvalue()) for c in r.comments]
    assert sorted(said_) == ["On Percentages", "On Table of contents"]


def _paragraphs(document: Any) -> list[Any]:
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    return [Paragraph(p, document) for p in document.element.body.iter(qn("w:p")) if p.findall(qn("w:r"))]


def test_comments_come_with_their_rows() -> None:
    data = write(plan([block("5", "Subjects", 1, SENTENCE)]), {}, FACTS, WordOptions())
    import docx

    document = docx.Document(io.BytesIO(data))
    paragraph = next(p for p in document.paragraphs if "subjects" in p.text)
    document.add_comment(paragraph.runs[0], text="Is this so?", author="C. Reviewer", initials="C")
    out = io.BytesIO()
    document.save(out)
    read = next(r for r in read_back(out.getvalue()) if r.address == ROW)
    assert [(c.author, c.text) for c in read.comments] == [("C. Reviewer", "Is this so?")]
    assert not read.changed


def test_a_first_use_that_somebody_rewords_is_a_change() -> None:
    data = write(report(), {}, FACTS, WordOptions())
    before = next(r for r in read_back(data) if r.address == "block:12.2/1")
    assert not before.expanded
    read = edited(swap("A serious adverse event (SAE)", "One serious event"), data=data)["block:2/1"]
    assert read.changed
    assert plain_text(read.text).startswith("One serious event was")


def test_verification_names_what_was_done_to_a_document() -> None:
    made = report()
    data = write(made, {}, FACTS, WordOptions())
    body = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()

    def found(old: str, new: str) -> str:
        assert old in body
        return " ".join(verify(rewrite(data, {"word/document.xml": body.replace(old, new).encode()}), made, {}, FACTS))

    assert "does not show value" in found(">54</w:t>", ">55</w:t>")
    assert "column 2 does not say" in found(">54</w:t>", ">55</w:t>")
    assert "not in the document" in found(" REF _dpl_table_disposition ", " REF _dpl_table_nowhere ")
    assert "does not list the headings" in found(
        "Adverse Events</w:t></w:r><w:r><w:tab/>", "Events</w:t></w:r><w:r><w:tab/>"
    )
    assert "shows another number" in found(">5.1</w:t>", ">5.2</w:t>")
    assert "stands 2 times" in found("_dp_b_12_2_r2", "_dp_b_12_2_r1")
    assert "in the style of its heading level" in found('<w:pStyle w:val="Heading2"/>', '<w:pStyle w:val="Heading3"/>')


def test_other_documents_are_refused() -> None:
    import docx

    out = io.BytesIO()
    docx.Document().save(out)
    with pytest.raises(AssetMalformed):
        read_back(out.getvalue())
