"""The preview of a document: rendered once however many ask, stale after an edit, plain where there is no LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx, part
from pdf_builder import At, Sheet, pdf

from docpipe.errors import UnknownName
from docpipe.model.batch import Document
from docpipe.model.inline import Text
from docpipe.settings import load
from docpipe.steps import decide, preview
from docpipe.steps.house import House
from docpipe.steps.preview import Preview, Side
from docpipe.steps.preview_blocks import Paragraph, Part, Table

REAL = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
DOCUMENT = docx(
    "h1:Study report", "p:The *dose* was given.[fn:A note on doses.] It was well tolerated.", "tbl:Arm | Value // Active | 10 mg", "li:One item",
    "cap:Table 1", "box:Boxed words", header="Protocol QLZ", footer="Confidential words",
)  # fmt: skip
PAGES = pdf(
    Sheet([At(72, 700, "Study report"), At(72, 650, "The dose was given. It was well tolerated.")]),
    Sheet([At(72, 700, "Active 10 mg"), At(72, 600, "One item")]),
)


def office(folder: Path, script: str = "") -> tuple[str, Path]:
    """A stand-in for the outside program that always gives the same pages, and the file where it counts its runs."""
    (folder / "pages.pdf").write_bytes(PAGES)
    count, program = folder / "count", folder / "office"
    script = script or f'sleep 0.3; cp {folder}/pages.pdf "$out/document.pdf"'
    find = 'while [ $# -gt 0 ]; do case "$1" in --outdir) out="$2"; shift;; esac; shift; done'
    program.write_text(f"#!/bin/sh\necho run >> {count}\n{find}\n{script}\n")
    program.chmod(0o700)
    return str(program), count


def with_settings(house: House, **settings: Any) -> House:
    return House(load(home=house.settings.home, **settings), house.store)


def waited(house: House, document: str, side: Side = "target", seconds: float = 60) -> Preview:
    end = time.monotonic() + seconds
    while (seen := preview.preview(house, document, side)).state == "rendering" and time.monotonic() < end:
        time.sleep(0.05)
    return seen


def text_of(parts: list[Part], title: str = "") -> str:
    def below(node: Paragraph | Table) -> str:
        if isinstance(node, Table):
            return "|".join(below(n) for row in node.rows for cell in row.cells for n in cell.nodes)
        return "".join(r.text for r in node.runs)

    return "\n".join(below(n) for p in parts if p.title == title for n in p.nodes)


def made(story: Any, files: dict[str, bytes] | None = None, **order: Any) -> Document:
    batch = story.submit(files or {"report.docx": DOCUMENT}, **order)
    story.run(batch)
    found: Document = story.document(batch)
    return found


def test_the_first_look_begins_the_rendering_and_the_next_ones_cost_nothing(story: Any, tmp_path: Path) -> None:
    program, count = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    assert preview.preview(house, document.id).state == "rendering"
    seen = waited(house, document.id)
    assert (seen.state, len(seen.pages)) == ("ready", 2)
    assert preview.preview(house, document.id) == seen
    assert count.read_text().count("run") == 1
    again = House(house.settings, house.store)
    assert preview.preview(again, document.id) == seen


def test_twenty_people_who_look_at_once_start_one_rendering(story: Any, tmp_path: Path) -> None:
    program, count = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    with ThreadPoolExecutor(20) as people:
        states = list(people.map(lambda _: preview.preview(house, document.id).state, range(20)))
        list(people.map(lambda _: preview.render(house, document.id), range(20)))
    assert set(states) <= {"rendering", "ready"}
    assert waited(house, document.id).state == "ready"
    assert count.read_text().count("run") == 1


def test_an_edit_makes_it_stale_until_somebody_asks_and_approvals_do_not(story: Any, tmp_path: Path) -> None:
    program, count = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    first = waited(house, document.id)
    segment, _ = story.rows(document)[0]
    decide.edit(house, document.id, {segment.id: (Text("Informe del estudio"),)}, story.team["mei.lin"], "by hand")
    stale = preview.preview(house, document.id)
    assert (stale.state, stale.shown) == ("stale", first.shown)
    assert count.read_text().count("run") == 1
    assert preview.render(house, document.id)
    second = waited(house, document.id)
    assert second.state == "ready"
    assert second.shown != first.shown
    decide.approve(house, document.id, [segment.id], story.team["jose.ruiz"])
    assert preview.preview(house, document.id).state == "ready"
    assert count.read_text().count("run") == 2
    assert preview.page_image(house, document.id, "target", first.shown, 1).startswith(b"\x89PNG")


@pytest.mark.parametrize(("script", "said"), [("sleep 60", "too long"), ("exit 1", "without a result")])
def test_a_rendering_that_fails_leaves_the_plain_one_with_the_reason(
    story: Any, tmp_path: Path, script: str, said: str
) -> None:
    program, count = office(tmp_path, script)
    house, document = with_settings(story.house, office=program, office_seconds=5), made(story)
    seen = waited(house, document.id, seconds=20)
    assert (seen.state, seen.code, seen.pages) == ("html", "usage.office_failed", ())
    assert said in seen.reason
    assert preview.preview(house, document.id).state == "html"
    assert count.read_text().count("run") == 1, "it is not tried again by looking"
    assert "Study" in text_of(preview.plain(house, document.id)) or text_of(preview.plain(house, document.id))


def test_without_libreoffice_the_reason_is_said_and_nothing_is_started(story: Any) -> None:
    house, document = with_settings(story.house, office="off"), made(story)
    seen = preview.preview(house, document.id)
    assert (seen.state, seen.code) == ("html", "usage.office_failed")
    assert not preview.render(house, document.id)


def test_the_plain_rendering_shows_headings_tables_notes_boxes_headers_and_who_each_word_belongs_to(story: Any) -> None:
    document = made(story)
    parts = preview.plain(story.house, document.id, "source")
    assert [p.title for p in parts] == ["Header", "", "Notes", "Footer"]
    assert text_of(parts, "Notes").strip() == "A note on doses."
    body = text_of(parts)
    for words in (
        "Study report",
        "The dose was given.1 It was well tolerated.",
        "Arm|Value|Active|10 mg",
        "Boxed words",
    ):
        assert words in body
    nodes = next(p.nodes for p in parts if not p.title)
    heading = nodes[0]
    assert isinstance(heading, Paragraph)
    assert (heading.kind, heading.level) == ("heading", 1)
    table = next(n for n in nodes if isinstance(n, Table))
    assert [len(r.cells) for r in table.rows] == [2, 2]
    runs = [r for n in nodes if isinstance(n, Paragraph) for r in n.runs]
    assert any(r.text == "dose" and r.marks == ("b",) for r in runs)
    known = {g.id for g, _ in story.rows(document)}
    assert {r.segment for r in runs if r.segment} <= known
    starts = [r.segment for r in runs if r.first]
    assert len(starts) == len(set(starts))


def test_what_another_process_renders_is_not_rendered_here_and_its_death_frees_it(story: Any, tmp_path: Path) -> None:
    program, count = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    folder = house.settings.home / "previews" / document.id / "target"
    folder.mkdir(parents=True)
    code = f"import fcntl,time;h=open({str(folder / 'lock')!r},'w');fcntl.flock(h,fcntl.LOCK_EX);print('held',flush=True);time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert preview.preview(house, document.id).state == "rendering"
        assert not count.exists()
        other.kill()
        other.wait()
    assert waited(house, document.id).state == "ready"
    assert count.read_text().count("run") == 1


def test_a_preview_that_was_deleted_or_damaged_is_made_again(story: Any, tmp_path: Path) -> None:
    program, count = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    first = waited(house, document.id)
    folder = house.settings.home / "previews" / document.id / "target"
    (folder / first.shown / "places.json").write_text("{")
    (folder / "current").write_text(first.shown)
    assert waited(house, document.id).state == "ready"
    shutil.rmtree(folder.parent)
    assert waited(house, document.id).state == "ready"
    assert count.read_text().count("run") == 3


def test_what_was_released_is_shown_as_it_was_released(story: Any, tmp_path: Path) -> None:
    seen = tmp_path / "seen.docx"
    program, _ = office(
        tmp_path, f'for f in "$out"/../document.*; do cp "$f" {seen}; done; cp {tmp_path}/pages.pdf "$out/document.pdf"'
    )
    house = with_settings(story.house, office=program)
    batch = story.submit({"report.docx": DOCUMENT})
    story.run(batch)
    document = story.document(batch)
    waited(house, document.id)
    assert "DRAFT" in part(seen.read_bytes(), "word/document.xml")
    story.release(batch)
    assert preview.preview(house, document.id).state == "stale"
    preview.render(house, document.id)
    assert waited(house, document.id).state == "ready"
    assert "DRAFT" not in part(seen.read_bytes(), "word/document.xml")


def test_pages_of_another_document_or_of_nothing_are_refused(story: Any, tmp_path: Path) -> None:
    program, _ = office(tmp_path)
    house, document = with_settings(story.house, office=program), made(story)
    waited(house, document.id)
    for pages in ("", "0" * 64, "../../secret", "current"):
        with pytest.raises(UnknownName):
            preview.page_image(house, document.id, "target", pages, 1)
    with pytest.raises(UnknownName):
        preview.preview(house, "D-unknown")


def test_a_pdf_shows_its_own_pages_as_source_without_libreoffice(story: Any) -> None:
    text = "The patient received the first dose on day one."
    data = pdf(Sheet([At(72, 700, "Study report", size=18, bold=True), At(72, 650, text)]))
    house = with_settings(story.house, office="off")
    document = made(story, {"report.pdf": data})
    seen = waited(house, document.id, "source")
    assert seen.state == "ready"
    assert seen.located == seen.rows == 2
    row = next(g.id for g, _ in story.rows(document) if "patient" in g.wire)
    assert seen.page_of(row) == 1
    assert preview.preview(house, document.id, "target").state == "html"


@REAL
@pytest.mark.parametrize(
    ("pattern", "source", "target"),
    [("protocol-zh/submission/m1/**/*.docx", "zh-CN", "en"), ("report-en/submission/m5/**/*.docx", "en", "zh-CN")],
)
def test_the_rows_of_the_samples_are_found_on_the_pages_that_libreoffice_makes(
    story: Any, samples: Path, pattern: str, source: str, target: str
) -> None:
    data = next(samples.glob(pattern)).read_bytes()
    document = made(story, {"sample.docx": data}, source=source, target=target)
    seen = waited(story.house, document.id)
    assert seen.state == "ready"
    assert seen.rows > 10
    assert seen.located >= 0.98 * seen.rows
    for sheet in seen.pages:
        for place in sheet.places:
            assert all(
                x >= -1 and y >= -1 and x + w <= sheet.width + 1 and y + h <= sheet.height + 1
                for x, y, w, h in place.boxes
            )


@REAL
@pytest.mark.slow
def test_the_rows_of_foreign_documents_are_found_on_their_pages(shared: Callable[[str], Path]) -> None:
    from docpipe.formats.docx import FORMAT
    from docpipe.formats.ooxml.disarm import disarmed
    from docpipe.formats.pdftext.drawing import places
    from docpipe.model.document import ReadPolicy
    from docpipe.safe.office import find_office, to_pdf
    from docpipe.segment.segments import segment
    from docpipe.steps.preview_blocks import shown_texts, standing

    found = wanted = 0
    for name in ("stress019", "SAP_Template", "complex0", "bug59058", "HC031", "endnote"):
        path = next(shared("corpus/docx").glob(f"*{name}*"))
        blocks = FORMAT.read(path.read_bytes(), ReadPolicy(tracked_changes="final")).blocks
        rows = [(s.id, "body", shown_texts(s.source)) for s in segment(blocks, "x", "en") if standing(s) == "body"]
        pages = to_pdf(find_office(), disarmed(path.read_bytes()), ".docx", seconds=120)
        found += len({s for _, s, _ in places(pages, rows)["places"]})
        wanted += len(rows)
    assert found >= 0.98 * wanted
