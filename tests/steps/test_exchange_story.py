"""Round trips for people who stay in their tools: out, edited, shown as a diff, taken; stale rows refused, both texts kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml.parser import parse_xml
from docx_builder import docx as built
from openpyxl import load_workbook

from docpipe.errors import NotReady, ReviewRefused, RoleMissing, UnknownName, UsageError
from docpipe.model.batch import Batch, Document
from docpipe.model.inline import Text, to_wire
from docpipe.safe.package import open_package, rewrite
from docpipe.steps import decide, discuss
from docpipe.steps.exchange import Form, bilingual_archive, bilingual_bytes, export_bilingual, form_of
from docpipe.steps.exchange_import import Plan, Upload, plan_import, take_plans
from docpipe.steps.exchange_staging import (
    discard_import,
    open_imports,
    plan_staged,
    stage_import,
    staged_import,
    take_import,
)
from docpipe.store import comments

if TYPE_CHECKING:
    from translating_story import Story

EDITOR, APPROVER = "mei.lin", "jose.ruiz"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are not what is tried here: their hashes need not be slow."""
    from argon2 import PasswordHasher

    from docpipe.accounts import passwords

    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))


@pytest.fixture
def batch(story: Story) -> Batch:
    given = story.submit({"a.docx": built("h1:Dose", "p:Give *two* tablets daily.", "p:Stop at once.", "p:Call us.")})
    story.run(given)
    story.translate_rows(given)
    return given


def exported(story: Story, batch: Batch, form: Form, path: str = "a.docx") -> bytes:
    return bilingual_bytes(story.house, batch, story.document(batch, path), form)


def plan(story: Story, *data: bytes, who: str = EDITOR) -> list[Plan]:
    return plan_import(story.house, [Upload(f"f{n}", d) for n, d in enumerate(data)], story.team[who])


def in_word(data: bytes, change: Callable[[Any, Any], None]) -> bytes:
    document = docx.Document(io.BytesIO(data))
    change(document, document.tables[0])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def append(row: int, text: str) -> Callable[[Any, Any], None]:
    return lambda document, table: table.rows[row].cells[2].paragraphs[0].add_run(text)


def in_excel(data: bytes, row: int, column: int, text: Any) -> bytes:
    book = load_workbook(io.BytesIO(data))
    book["Review"].cell(row + 1, column).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def in_cat_tool(data: bytes, old: str, new: str) -> bytes:
    text = data.decode()
    assert old in text
    return text.replace(old, new).encode()


def target(story: Story, document: Document, row: int) -> str:
    return to_wire(story.rows(document)[row - 1][1].target)


def test_each_format_goes_out_and_comes_back(story: Story, batch: Batch) -> None:
    document = story.document(batch)
    before = [to_wire(u.target) for _, u in story.rows(document)]
    edited = {
        Form.DOCX: in_word(exported(story, batch, Form.DOCX), append(2, " Dos.")),
        Form.XLSX: in_excel(exported(story, batch, Form.XLSX), 3, 5, before[2] + " Tres."),
        Form.XLIFF: in_cat_tool(
            exported(story, batch, Form.XLIFF), f"<target>{before[3]}", f"<target>Uno. {before[3]}"
        ),
    }
    for n, form in enumerate(edited, 2):
        [one] = plan(story, edited[form])
        [row] = one.changes
        assert (one.format, one.path, row.number, row.revision, row.status) == (form.value, "a.docx", n, 2, "edited")
        assert row.old == before[n - 1]
        assert "".join(c.text for c in row.diff if c.op != "delete") == row.new
        assert (one.unchanged, one.refused, one.comments, one.error) == (3, (), (), None)
        [taken] = take_plans(story.house, [one], story.team[EDITOR], "out of the office")
        assert (taken.taken, taken.unchanged, taken.refused) == (1, 3, ())
        assert target(story, document, n) == row.new
    reasons = [e.reason for e in story.events(batch, "row.edited")]
    assert reasons.count("out of the office") == 3
    for data in edited.values():  # taken already: nothing to do
        assert [(p.changes, p.refused) for p in plan(story, data)] == [((), ())]


def test_a_plan_changes_nothing_and_names_what_is_refused(story: Story, batch: Batch) -> None:
    document = story.document(batch)
    rows = story.rows(document)
    data = exported(story, batch, Form.DOCX)
    stale = rows[2][0].id
    decide.edit(story.house, document.id, {stale: (Text("Suya."),)}, story.team[EDITOR], "meanwhile")

    def change(doc: Any, table: Any) -> None:
        for r in list(table.rows[2].cells[2].paragraphs[0].runs):  # every tag is gone
            r.text = "Sin códigos"
        append(3, " Mía.")(doc, table)
        append(4, " Bien.")(doc, table)
        table.rows[1].cells[1].paragraphs[0].runs[0].text = "Other source"

    [one] = plan(story, in_word(data, change))
    assert [r.number for r in one.changes] == [4]
    assert {(r.number, r.code) for r in one.refused} == {
        (1, "review.broken_row"), (2, "review.broken_row"), (3, "review.stale_row"),
    }  # fmt: skip
    late = next(r for r in one.refused if r.number == 3)
    assert (late.now, late.yours) == ("Suya.", to_wire(rows[2][1].target) + " Mía.")
    assert [to_wire(u.target) for _, u in story.rows(document)][2:] == ["Suya.", to_wire(rows[3][1].target)]


def test_a_row_changed_between_the_diff_and_the_taking_is_refused_and_both_texts_are_kept(
    story: Story, batch: Batch
) -> None:
    document = story.document(batch)
    row = story.rows(document)[2][0].id
    data = in_word(
        exported(story, batch, Form.DOCX), lambda d, t: (append(3, " Mía.")(d, t), append(4, " Bien.")(d, t))
    )
    plans = plan(story, data)
    staged = stage_import(story.house, [Upload("a.docx", data)], story.team[EDITOR])
    mine = plans[0].changes[0].new
    decide.edit(story.house, document.id, {row: (Text("Suya."),)}, story.team[EDITOR], "meanwhile")
    [taken] = take_plans(story.house, plans, story.team[EDITOR], "why")
    assert taken.taken == 1
    [refused] = taken.refused
    assert (refused.segment, refused.code, refused.now, refused.yours) == (row, "review.stale_row", "Suya.", mine)
    assert target(story, document, 3) == "Suya."
    [again] = take_import(story.house, staged.id, story.team[EDITOR], "why", [document.id])
    assert (again.taken, again.unchanged, [r.code for r in again.refused]) == (0, 3, ["review.stale_row"])
    kept = staged_import(story.house, staged.id, story.team[EDITOR])
    assert kept.files[0].results[0]["refused"][0]["yours"] == mine


def test_tracked_changes_are_taken_as_final_and_their_authors_stand_in_the_audit_trail(
    story: Story, batch: Batch
) -> None:
    def change(document: Any, table: Any) -> None:
        p = table.rows[4].cells[2].paragraphs[0]._p
        p.append(
            parse_xml(
                f'<w:ins {W} w:id="7" w:author="Li Na" w:date="2026-11-20T08:00:00Z"><w:r><w:t> Ya.</w:t></w:r></w:ins>'
            )
        )
        p.append(
            parse_xml(
                f'<w:del {W} w:id="8" w:author="Li Na" w:date="2026-11-20T08:00:00Z"><w:r><w:delText> No.</w:delText></w:r></w:del>'
            )
        )

    [one] = plan(story, in_word(exported(story, batch, Form.DOCX), change))
    assert one.changes[0].by == "Li Na 2026-11-20T08:00:00Z"
    list(take_plans(story.house, [one], story.team[EDITOR], "round 2"))
    assert target(story, story.document(batch), 4).endswith(" Ya.")
    assert story.events(batch, "row.edited")[-1].reason == "round 2 (tracked changes by Li Na 2026-11-20T08:00:00Z)"


def test_comments_go_out_come_back_once_and_say_who_wrote_them(story: Story, batch: Batch) -> None:
    document = story.document(batch)
    row = story.rows(document)[1][0].id
    discuss.comment(story.house, document.id, row, story.team[APPROVER], "Is it two?")

    def change(doc: Any, table: Any) -> None:
        runs = table.rows[3].cells[1].paragraphs[0].runs
        doc.add_comment(runs, text="Too harsh.", author="Li Na", initials="LN")
        doc.add_comment(runs, text="Mine.", author="Mei Lin", initials="ML")
        doc.add_comment(doc.paragraphs[0].runs, text="Fine.", author="Li Na", initials="LN")

    data = in_word(exported(story, batch, Form.DOCX), change)
    sheet = in_excel(exported(story, batch, Form.XLSX), 4, 7, "Who is us?")
    plans = plan(story, data, data, sheet)
    assert [[(c.number, c.author, c.text) for c in p.comments] for p in plans] == [
        [(3, "Li Na", "Too harsh."), (3, "", "Mine.")], [], [(4, "", "Who is us?")],
    ]  # fmt: skip
    assert plans[0].loose == 1
    done = list(take_plans(story.house, plans, story.team[EDITOR], "why"))
    assert [t.comments for t in done] == [2, 0, 1]
    with story.house.store.read() as session:
        said = {(c.user, c.text, c.question) for c in comments.listing(session, document.id)}
    assert said == {
        (APPROVER, "Is it two?", False), (EDITOR, "Li Na (in DOCX): Too harsh.", False), (EDITOR, "Mine.", False),
        (EDITOR, "Who is us?", False),
    }  # fmt: skip
    assert len(story.events(batch, "comment.added")) == 4
    assert [p.comments for p in plan(story, data, sheet, exported(story, batch, Form.DOCX))] == [(), (), ()]


def test_two_files_that_change_one_row_differently_are_told_apart(story: Story, batch: Batch) -> None:
    data = exported(story, batch, Form.DOCX)
    one, other, same = (in_word(data, append(3, text)) for text in (" Uno.", " Otro.", " Uno."))
    plans = plan(story, one, other, same)
    assert [len(p.changes) for p in plans] == [1, 0, 0]
    assert ["f0" in r.message for p in plans for r in p.refused] == [True]
    assert [t.taken for t in take_plans(story.house, plans, story.team[EDITOR], "why")] == [1, 0, 0]


def test_files_that_cannot_be_read_or_placed_do_not_stop_the_others(story: Story, batch: Batch) -> None:
    good = in_word(exported(story, batch, Form.DOCX), append(3, " Uno."))
    other = story.submit({"b.docx": built("p:Other.")})
    plans = plan(story, b"%PDF-1.4", b"", built("p:plain"), b"<xliff/>", good[:900], b"<!DOCTYPE a><a/>", good)
    assert [p.error.code if p.error else "" for p in plans] == [
        "input.asset_malformed", "input.empty", "input.asset_malformed", "input.asset_malformed", "input.damaged",
        "input.dtd_forbidden", "",
    ]  # fmt: skip
    assert len(plans[-1].changes) == 1
    [wrong] = plan_import(story.house, [Upload("x", good)], story.team[EDITOR], other.id)
    assert isinstance(wrong.error, UnknownName)
    [early] = plan_import(
        story.house, [Upload("x", _of_another(good, story.document(batch).sha256))], story.team[EDITOR]
    )
    assert early.error is not None
    assert early.error.code == "review.stale_row"


def _of_another(data: bytes, sha: str) -> bytes:
    """The file as if it were exported from another version of the document."""
    text = open_package(data).read("word/document.xml").decode()
    assert sha in text
    return rewrite(data, {"word/document.xml": text.replace(sha, "0" * 64).encode()})


def test_a_zip_of_files_is_taken_apart_and_a_batch_goes_out_as_one(story: Story) -> None:
    batch = story.submit({"m1/a.docx": built("p:One."), "m5/b.docx": built("p:Two.")})
    story.run(batch)
    story.translate_rows(batch)
    data = bilingual_archive(story.house, batch.id, Form.XLSX)
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["m1/a.docx.bilingual.xlsx", "m5/b.docx.bilingual.xlsx"]
    assert data == bilingual_archive(story.house, batch.id, Form.XLSX)
    assert [(p.path, p.unchanged, p.error) for p in plan(story, data)] == [
        ("m1/a.docx", 1, None),
        ("m5/b.docx", 1, None),
    ]
    paths = list(export_bilingual(story.house, batch.id, story.folder / "ex", Form.DOCX, "m5/b.docx"))
    assert paths == [story.folder / "ex" / "m5/b.docx.bilingual.docx"]


def test_two_documents_of_the_same_bytes_are_not_taken_for_each_other(story: Story) -> None:
    same = built("p:One.")
    batch = story.submit({"a.docx": same, "b.docx": same})
    story.run(batch)
    story.translate_rows(batch)
    data = exported(story, batch, Form.DOCX, "b.docx")
    [one] = plan_import(story.house, [Upload("x", data)], story.team[EDITOR], batch.id)
    assert one.path == "b.docx"


def test_a_staged_import_waits_is_its_owners_alone_and_ends_once(story: Story, batch: Batch, tmp_path: Path) -> None:
    user = story.team[EDITOR]
    data = in_word(exported(story, batch, Form.DOCX), append(3, " Uno."))
    staged = stage_import(story.house, [Upload("a.docx", data)], user, batch.id)
    story.house.store.blobs.get(staged.files[0].sha256)
    assert [i.id for i in open_imports(story.house, user)] == [staged.id]
    [one] = plan_staged(story.house, staged, user)
    assert len(one.changes) == 1
    with pytest.raises(ReviewRefused):
        take_import(story.house, staged.id, user, "  ")
    with pytest.raises(RoleMissing):
        stage_import(story.house, [Upload("a", data)], story.team[APPROVER])
    with pytest.raises(UnknownName):
        staged_import(story.house, staged.id, story.team["admin"])
    with pytest.raises(UsageError):
        stage_import(story.house, [], user)
    [unseen] = take_import(story.house, stage_import(story.house, [Upload("a", data)], user).id, user, "why", [])
    assert isinstance(unseen.error, NotReady)
    [taken] = take_import(story.house, staged.id, user, "why", [one.document])
    assert taken.taken == 1
    with pytest.raises(NotReady):
        take_import(story.house, staged.id, user, "why")
    other = stage_import(story.house, [Upload("a.docx", data)], user)
    discard_import(story.house, other.id, user)
    assert open_imports(story.house, user) == []


def test_a_signed_document_is_void_after_an_import(story: Story, batch: Batch) -> None:
    assert story.approve(batch) == {}
    story.sign(batch)
    data = in_word(exported(story, batch, Form.DOCX), append(3, " Uno."))
    list(take_plans(story.house, plan(story, data), story.team[EDITOR], "late"))
    assert story.events(batch, "signature.voided")


def test_formats_have_names() -> None:
    assert form_of("DOCX") is Form.DOCX
    with pytest.raises(UsageError):
        form_of("odt")
