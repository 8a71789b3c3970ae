"""Drafts that come back from Word, and blocks that a plan file leaves out."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import docx
import pypdf
import pytest
from drafting_story import APPROVER, REVIEWER, Drafting, sources

from docpipe.errors import BadSetting, UnknownName
from docpipe.model.batch import Batch, State
from docpipe.model.draft import Fate
from docpipe.model.inline import Text, plain_text
from docpipe.safe.office import find_office, to_pdf
from docpipe.safe.package import rewrite
from docpipe.settings import load
from docpipe.steps import decide
from docpipe.steps import draft_orders as orders
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import build, trace_of
from docpipe.steps.exchange_import import plan_import, take_plans
from docpipe.steps.exchange_plan import Plan, Taken, Upload
from docpipe.steps.house import open_house
from docpipe.store import findings
from docpipe.store.findings import StoredFinding


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drafting]:
    monkeypatch.setenv("DOCPIPE_OFFICE", "off")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    made = Drafting(open_house(load(home=tmp_path / "home")), tmp_path)
    made.people()
    yield made
    made.house.store.close()


def body(data: bytes, change: Callable[[str], str]) -> bytes:
    """The document with its body changed."""
    before = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    after = change(before)
    assert after != before
    return rewrite(data, {"word/document.xml": after.encode()})


def edited(data: bytes, old: str, new: str) -> bytes:
    """The document with words of its text replaced."""
    return body(data, lambda text: re.sub(old, new, text) if len(re.findall(old, text)) == 1 else text)


def added(data: bytes, after: str, *words: str) -> bytes:
    """The document with paragraphs behind the one that holds some words."""

    def change(text: str) -> str:
        at = text.index("</w:p>", text.rindex(after)) + len("</w:p>")
        return text[:at] + "".join(f"<w:p><w:r><w:t>{w}</w:t></w:r></w:p>" for w in words) + text[at:]

    return body(data, change)


def deleted(data: bytes, words: str) -> bytes:
    """The document without the paragraph that holds some words."""

    def change(text: str) -> str:
        at = text.rindex(words)
        return text[: text.rindex("<w:p>", 0, at)] + text[text.index("</w:p>", at) + len("</w:p>") :]

    return body(data, change)


@dataclass
class Round:
    """A draft that waits for its reviewers, and what comes back of it."""

    story: Drafting
    batch: Batch

    @property
    def written(self) -> bytes:
        """The document as it stands."""
        return build(self.story.house, self.batch, self.story.document(self.batch), preview=True)

    def plan(self, data: bytes, name: str = "back.docx") -> Plan:
        (plan,) = plan_import(self.story.house, [Upload(name, data)], self.story.team[REVIEWER], self.batch.id)
        return plan

    def take(self, data: bytes) -> Taken:
        (taken,) = take_plans(self.story.house, [self.plan(data)], self.story.team[REVIEWER], "edited in Word")
        return taken

    def text(self, address: str) -> str:
        """A row as it stands."""
        return next(
            plain_text(u.target, equiv=True)
            for s, u in self.story.rows(self.story.document(self.batch))
            if s.address == address
        )

    def said(self, check: str) -> list[StoredFinding]:
        """Open findings of a check."""
        with self.story.house.store.read() as session:
            listed = findings.listing(session, self.story.document(self.batch).id)
        return [f for f in listed if f.check.startswith(check)]


@pytest.fixture
def back(story: Drafting) -> Round:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    return Round(story, batch)


def codes(plan: Plan | Taken) -> list[str]:
    return [r.code for r in plan.refused]


def test_an_edit_made_in_word_comes_back_to_its_row_and_a_stale_one_does_not(back: Round) -> None:
    story, data = back.story, edited(back.written, "The study was completed by", "Completed by")
    plan = back.plan(data)
    assert (plan.error, plan.refused, plan.document) == (None, (), story.document(back.batch).id)
    (change,) = plan.changes
    assert "".join(c.text for c in change.diff if c.op == "delete").strip() == "The study was completed"
    assert back.take(data).taken == 1
    now = next(u for s, u in story.rows(story.document(back.batch)) if s.id == change.segment)
    assert plain_text(now.target).startswith("Completed by")
    assert now.editor == REVIEWER
    assert back.plan(data).changes == (), "taken already"
    decide.reject(story.house, plan.document, [change.segment], story.team[APPROVER], "say it fully")
    decide.edit(story.house, plan.document, {change.segment: change.target[1:]}, story.team[REVIEWER], "other")
    assert codes(back.plan(data, "mini.docx")) == ["review.stale_row"]


def test_a_paragraph_added_in_word_is_this_persons_and_stands_until_somebody_answers_for_it(back: Round) -> None:
    data = added(back.written, "who took part", "Recruitment was slower than foreseen.")
    plan = back.plan(data)
    assert plan.refused == ()
    assert back.take(data).taken == 1
    assert back.text("block:1/1") == "This section says who took part.\nRecruitment was slower than foreseen."
    (finding,) = back.said("CL1.")
    assert finding.blocking
    assert back.story.house is not None
    document, who = back.story.document(back.batch).id, back.story.team[APPROVER]
    left = decide.approve(back.story.house, document, [finding.segment], who)
    assert [e.code for e in left.refused.values()] == ["review.not_approvable"]
    decide.dismiss(back.story.house, finding.id, who, "known from the site visits")
    assert decide.approve(back.story.house, document, [finding.segment], who).changed == [finding.segment]
    assert back.take(data).taken == 0, "what was taken once is not added again"
    again = back.plan(back.written)
    assert (again.changes, again.refused) == ((), ())
    trace = [e for e in trace_of(back.story.house, back.story.document(back.batch)) if "Recruitment" in e["text"]]
    assert [[s["locator"] for s in e["sources"]] for e in trace] == [[f"person:{REVIEWER}"]]


def test_paragraphs_added_after_headings_tables_and_gaps_are_not_lost(back: Round) -> None:
    data = added(back.written, ">Patients<", "First words.")
    data = added(data, "Source: ", "After the table, a.", "After the table, b.")
    data = added(data, "approval of the ethics committee", "The committee agreed.")
    assert back.take(data).refused == ()
    assert back.text("block:1/1") == "First words.\nThis section says who took part."
    assert back.text("block:3/1").endswith("After the table, a.\nAfter the table, b.")
    assert back.text("block:2/1").endswith("\nThe committee agreed.")


def test_a_deleted_paragraph_a_moved_one_and_one_emptied_are_stated(back: Round) -> None:
    written = back.written
    plan = back.plan(deleted(written, "who took part"))
    assert [(r.code, r.now) for r in plan.refused] == [("review.deleted", "This section says who took part.")]
    tracked = '<w:del w:id="7" w:author="B"><w:r><w:delText>This section says who took part.</w:delText></w:r></w:del>'
    plan = back.plan(edited(written, r"<w:r><w:t[^>]*>This section says who took part.</w:t></w:r>", tracked))
    assert codes(plan) == ["review.deleted"]

    def move(text: str) -> str:
        at = text.rindex("who took part")
        start, end = text.rindex("<w:p>", 0, at), text.index("</w:p>", at) + len("</w:p>")
        to = text.index("</w:p>", text.index("The counts stand")) + len("</w:p>")
        return text[:start] + text[end:to] + text[start:end] + text[to:]

    assert codes(back.plan(body(written, move))) == ["review.moved"]


def test_words_of_a_table_are_taken_and_its_values_are_not(back: Round) -> None:
    def change(text: str) -> str:
        table = text[text.rindex("<w:tbl>") :]
        value = re.findall(r"<w:t[^>]*>(\d+)</w:t>", table)[-1]
        return text.replace(
            table, re.sub(f">{value}</w:t>", ">999</w:t>", table).replace(">Group<", ">Treatment group<")
        )

    data = body(back.written, change)
    plan = back.plan(data)
    assert [c.new.split("\n")[1:] for c in plan.changes] == [["Head, column 1: Treatment group"]]
    assert {(r.code, r.message[6:29], r.yours) for r in plan.refused} == {
        ("review.broken_row", " column 2 of the table: "[:23], "999")
    }
    assert back.take(data).taken == 1
    now = back.written
    assert b"Treatment group" in zipfile.ZipFile(io.BytesIO(now)).read("word/document.xml")
    assert set(codes(back.plan(data))) == {"review.broken_row"}
    assert back.plan(data).changes == (), "the words were taken already"
    assert back.plan(now).changes == ()
    table = next(s.id for s, _ in back.story.rows(back.story.document(back.batch)) if s.kind == "table")
    document = back.story.document(back.batch).id
    code = next(s.source for s, _ in back.story.rows(back.story.document(back.batch)) if s.id == table)
    decide.edit(
        back.story.house, document, {table: (*code, Text("\nRow 1, column 2: 12"))}, back.story.team[REVIEWER], "typed"
    )
    assert [f.blocking for f in back.said("table.words")] == [True]


def test_comments_come_with_who_wrote_them(back: Round) -> None:
    document = docx.Document(io.BytesIO(back.written))
    paragraph = next(p for p in document.paragraphs if "who took part" in p.text)
    document.add_comment(paragraph.runs[0], text="Is this so?", author="C. Reviewer", initials="C")
    out = io.BytesIO()
    document.save(out)
    plan = back.plan(out.getvalue())
    assert [(c.author, c.text) for c in plan.comments] == [("C. Reviewer", "Is this so?")]
    assert back.take(out.getvalue()).comments == 1
    assert back.plan(out.getvalue()).comments == ()


@pytest.mark.slow
def test_edits_come_back_through_libreoffice(back: Round, tmp_path: Path) -> None:
    office = find_office()
    if not office:
        pytest.skip("LibreOffice is not installed: saving by it is not shown")
    data = added(
        edited(back.written, "The study was completed by", "Completed by"), "who took part", "A thought of mine."
    )
    (tmp_path / "mini.docx").write_bytes(data)
    command = [
        office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "docx", "--outdir",
        str(tmp_path / "out"), str(tmp_path / "mini.docx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    saved = (tmp_path / "out" / "mini.docx").read_bytes()
    plan = back.plan(saved)
    assert plan.refused == ()
    assert [c.new.split("\n")[-1][:18] for c in plan.changes] == [
        "A thought of mine.",
        "Completed by " + plan.changes[1].new[13:18],
    ]
    bare = rewrite(saved, {"word/_rels/document.xml.rels": _without_memo(saved)})
    assert [c.new for c in back.plan(bare).changes] == [c.new for c in plan.changes]


def _without_memo(data: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read("word/_rels/document.xml.rels").replace(b'/customXml"', b'/gone"')


def test_a_foreign_document_or_name_is_refused(story: Drafting) -> None:
    batch = story.submit(sources())
    story.run(batch)
    story.through_gates(batch)
    foreign = (Path(__file__).parents[2] / "samples" / "study" / "sap.docx").read_bytes()
    (plan,) = plan_import(story.house, [Upload("mini.docx", foreign)], story.team[REVIEWER], batch.id)
    assert plan.error is not None
    assert plan.error.code == "input.asset_malformed"
    with pytest.raises(UnknownName):
        plan_import(story.house, [Upload("mini.docx", foreign)], story.team[REVIEWER], "B000000-XXXXX")


def test_a_plan_file_leaves_blocks_out_with_its_reasons(story: Drafting) -> None:
    plan = b'[leave_out]\n"2" = "The study needed no vote."\n'
    asset = orders.AssetRef(orders.PLAN, "plan.toml", story.house.store.blobs.put(plan))
    batch = story.submit(sources(), review="none", assets=(asset,))
    assert story.run(batch) is State.DRAFT
    block = next(b for b in draft_of(story.house, story.document(batch)).plan.blocks if b.id == "2")
    assert (block.fate, block.reason) == (Fate.NOT_APPLICABLE, "The study needed no vote.")
    kind = orders.type_of(story.house, batch.recipe, story.document(batch).format)
    orders.check_plan(plan, [kind])
    for wrong in (b'[leave_out]\n"99" = "x"', b"other = 1", b'[leave_out]\n"2" = ""', b"\xff"):
        with pytest.raises(BadSetting):
            orders.check_plan(wrong, [kind])


@pytest.mark.slow
def test_the_lists_of_a_final_draft_have_the_pages_that_libreoffice_shows(story: Drafting) -> None:
    office = find_office()
    if not office:
        pytest.skip("LibreOffice is not installed: pages are estimated")
    batch = story.submit(sources(), review="none")
    assert story.run(batch) is State.DRAFT
    with_office = replace(story.house, settings=story.house.settings.model_copy(update={"office": office}))
    for house, known in ((story.house, False), (with_office, True)):
        data = build(house, batch, story.document(batch))
        text = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
        assert ("w:dirty" in text) is not known
        pdf = pypdf.PdfReader(io.BytesIO(to_pdf(office, data, ".docx", seconds=120)))
        entries = re.findall(r"<w:instrText[^>]*> PAGEREF (\w+) .*?<w:t[^>]*>(\d+)</w:t>", text)
        if known:
            headings = [e.title for e in pdf.outline if not isinstance(e, list)]
            pages = [pdf.get_destination_page_number(e) + 1 for e in pdf.outline if not isinstance(e, list)]
            assert len(headings) == 3
            assert [int(page) for _, page in entries[:3]] == pages
            assert "COUNTS" in pdf.pages[int(entries[2][1]) - 1].extract_text()
