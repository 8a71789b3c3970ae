"""What is handed over beside an approved document, from the order to the released package."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from installation import APPROVER

from docpipe.errors import BadSetting
from docpipe.formats.ooxml.columns_read import columns_differences
from docpipe.formats.ooxml.tracked_read import tracked_differences
from docpipe.formats.pdftext.filed import facts_of, settled
from docpipe.model.batch import State
from docpipe.safe.office import FILED, find_office, to_pdf
from docpipe.steps.assets import add_previous
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import deliverables, users

FIRST = (
    "h1:Study Design",
    "p:About 450 participants take part in this study.",
    "tbl:Dose | 10 mg // Rate | 5",
    "p:The end.",
)
SECOND = ("h1:Study Design", "p:About 520 participants take part in this study.", "p:A new sentence of the amendment.",
          "tbl:Dose | 10 mg // Rate | 5", "p:The end.")  # fmt: skip


def files_of(package: Path) -> dict[str, bytes]:
    return {p.relative_to(package).as_posix(): p.read_bytes() for p in package.rglob("*") if p.is_file()}


def test_the_package_holds_what_was_ordered(story: Any) -> None:
    first = story.submit({"m5/r.docx": docx(*FIRST)})
    assert story.release(first) is State.RELEASED
    assert not any(n.startswith(("tracked", "two-column", "pdf")) for n in files_of(story.out(first)))
    previous = add_previous(story.house, story.out(first))
    second = story.submit(
        {"m5/r.docx": docx(*SECOND), "m5/new.docx": docx("p:A document without an earlier one.")},
        assets=(previous,), deliver=("bilingual", "tracked"),
    )  # fmt: skip
    assert second.recipe.deliver == ("clean", "tracked", "bilingual")
    assert story.release(second) is State.RELEASED
    made, before = files_of(story.out(second)), files_of(story.out(first))
    clean = made["target/m5/r.docx"]
    assert tracked_differences(made["tracked/m5/r.docx"], clean, before["target/m5/r.docx"]) == []
    assert tracked_differences(made["tracked/m5/r.docx"], clean, clean) != []
    assert columns_differences(made["two-column/m5/r.docx"], made["source/m5/r.docx"], clean) == []
    with story.house.store.read() as s:
        printed = {u.name: u.printed_name for u in users.listing(s)}[APPROVER]
        told = {d.path: deliverables.of_document(s, d.id) for d in story.documents(second)}
        pages = deliverables.pages_of(s, second.id)
    assert f'w:author="{printed}"'.encode() in _main_part(made["tracked/m5/r.docx"])
    assert "tracked/m5/new.docx" not in made
    missing = next(d for d in told["m5/new.docx"] if d.kind == "tracked")
    assert (missing.sha256, missing.reason) == ("", "no previous version of this document was given")
    assert all(p.target >= 1 and not p.counted for p in pages.values())
    manifest = json.loads(made["manifest.json"])
    roles = {f["path"]: f["role"] for f in manifest["files"]}
    assert roles["tracked/m5/r.docx"] == "tracked"
    assert roles["two-column/m5/r.docx"] == "two-column"
    for line in made["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(made[name]).hexdigest() == digest
    report = json.loads(made["report.json"])
    assert next(d["delivered"] for d in report["documents"] if d["file"] == "m5/new.docx")[1] == {
        "kind": "tracked", "file": "", "note": "no previous version of this document was given",
    }  # fmt: skip


def test_an_unreviewed_draft_says_so_on_every_copy(story: Any) -> None:
    batch = story.submit({"r.docx": docx(*FIRST)}, review="none", deliver=("bilingual",))
    story.run(batch)
    made = files_of(story.out(batch))
    assert b"DRAFT" in _main_part(made["DRAFT-two-column/r.docx"])


def test_a_word_that_names_no_delivery_is_refused(story: Any) -> None:
    with pytest.raises(BadSetting, match="clean, tracked, bilingual, pdf"):
        make_recipe(story.house, Order("en", "es", deliver=("paper",)))


def test_without_libreoffice_the_reason_is_told_and_nothing_waits(story: Any) -> None:
    story.house = replace(story.house, settings=story.house.settings.model_copy(update={"office": "off"}))
    batch = story.submit({"r.docx": docx(*FIRST)}, deliver=("pdf",))
    assert story.release(batch) is State.RELEASED
    (document,) = story.documents(batch)
    with story.house.store.read() as s:
        (pdf,) = deliverables.of_document(s, document.id)
    assert (pdf.sha256, pdf.reason) == ("", "LibreOffice is not installed here or is switched off")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_pdf_has_its_fonts_and_the_same_bytes_again(story: Any) -> None:
    from docpipe.steps import deliver

    batch = story.submit({"r.docx": docx(*FIRST, "p:See [link:rId9|the site] today")}, deliver=("pdf",))
    assert story.release(batch) is State.RELEASED
    pdf = files_of(story.out(batch))["pdf/r.pdf"]
    facts = facts_of(pdf)
    assert facts["pages"] == 1
    assert facts["fonts_missing"] == []
    (document,) = story.documents(batch)
    assert deliver._pdf(story.house, batch, document)[0] == pdf
    with story.house.store.read() as s:
        assert deliverables.pages_of(s, batch.id)[document.id] == deliverables.PageCount(1, 1, counted=True)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_sample_protocol_has_its_headings_as_bookmarks(samples: Path) -> None:
    protocol = next((samples / "protocol-zh/previous/target").rglob("protocol.docx"))
    made = settled(
        to_pdf(find_office(), protocol.read_bytes(), ".docx", seconds=180, options=FILED), "2026-11-23T02:24:14Z"
    )
    facts = facts_of(made)
    assert facts["titles"][:2] == ["1 Protocol Synopsis", "2 Background and Rationale"]
    assert facts["bookmarks"] > 30
    assert facts["links"] > 30
    assert facts["addresses"] == 1
    assert facts["fonts_missing"] == []
    assert b"D:20261123022414" in made


def _main_part(data: bytes) -> bytes:
    from docpipe.safe.package import open_package

    return open_package(data).read("word/document.xml")
