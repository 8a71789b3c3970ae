"""Texts that overflow their place become findings with the characters to lose, and are gone once a person shortened them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pytest
from docx_builder import docx
from installation import REVIEWER

from docpipe.model.finding import Disposition
from docpipe.model.inline import Text, plain_text
from docpipe.model.segment import Origin, OriginKind
from docpipe.safe.package import open_package, rewrite
from docpipe.steps import decide, layout, propagate
from docpipe.store import findings, units

MAIN = "word/document.xml"
LONG = "The participants who were randomised to the experimental arm of this study received the investigational product once daily"
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'


def boxed(text: str, *, grows: bool = False) -> str:
    """A text box of 150 by 34 points."""
    fit = f"<wps:bodyPr {A}><a:spAutoFit/></wps:bodyPr>" if grows else "<wps:bodyPr/>"
    return (
        f'<w:p><w:r><w:drawing><wp:inline {WP}><wp:extent cx="1905000" cy="431800"/><wp:docPr id="1" name="b"/><a:graphic {A}>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<wps:wsp {WPS}><wps:cNvSpPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1905000" cy="431800"/></a:xfrm>'
        f'<a:prstGeom prst="rect"/></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx>'
        f"{fit}</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def rowed(text: str) -> str:
    """A table row of exactly 30 points."""
    return (
        '<w:tbl><w:tblPr><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="3000"/></w:tblGrid><w:tr><w:trPr>'
        '<w:trHeight w:val="600" w:hRule="exact"/></w:trPr><w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr>'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>"
    )


def document(*inside: str) -> bytes:
    data = docx("p:Start of the text.")
    xml = open_package(data).read(MAIN).decode()
    at = xml.index("<w:body>") + len("<w:body>")
    return rewrite(data, {MAIN: (xml[:at] + "".join(inside) + xml[at:]).encode()})


def overflowing(story: Any, batch: Any) -> dict[str, str]:
    """Message by the source of its row."""
    (found,) = story.documents(batch)
    sources = {s.id: plain_text(s.source) for s, _ in story.rows(found)}
    with story.house.store.read() as s:
        listed = findings.listing(s, found.id, disposition=Disposition.OPEN)
    return {sources[f.segment]: f.message for f in listed if f.check == layout.OVERFLOW}


def shorten(story: Any, batch: Any, words: dict[str, str]) -> None:
    (found,) = story.documents(batch)
    targets = {
        s.id: (Text(words[plain_text(s.source)]),) for s, _ in story.rows(found) if plain_text(s.source) in words
    }
    assert targets
    decide.edit(story.house, found.id, targets, story.team[REVIEWER], "shortened")


@pytest.fixture
def without_office(story: Any) -> Any:
    story.house = replace(story.house, settings=story.house.settings.model_copy(update={"office": "off"}))
    return story


def test_places_that_are_too_small_are_told_and_forgotten_once_they_fit(without_office: Any) -> None:
    story = without_office
    batch = story.submit(
        {"r.docx": document(boxed("A short text"), rowed("Another short text"), boxed("Box that grows", grows=True))}
    )
    story.run(batch)
    assert overflowing(story, batch) == {}
    shorten(story, batch, {"A short text": LONG, "Another short text": LONG, "Box that grows": LONG})
    told = overflowing(story, batch)
    assert set(told) == {"A short text", "Another short text"}
    assert "must lose about" in told["A short text"]
    assert "text box" in told["A short text"]
    assert "row of fixed height" in told["Another short text"]
    shorten(story, batch, {"A short text": "Un texto", "Another short text": "Otro texto"})
    assert overflowing(story, batch) == {}


def test_a_row_that_is_filled_later_is_held_against_its_place(without_office: Any) -> None:
    story = without_office
    batch = story.submit({"r.docx": document(boxed("A short text"))})
    story.run(batch)
    (found,) = story.documents(batch)
    ((place, unit),) = [(s, u) for s, u in story.rows(found) if plain_text(s.source) == "A short text"]
    late = unit.recalled((Text(LONG),), Origin(OriginKind.REPETITION, f"{found.id}:{place.id}"))
    propagate._publish(story.house, batch, found, [late])
    assert set(overflowing(story, batch)) == {"A short text"}


def test_the_check_can_be_switched_off(without_office: Any) -> None:
    story = without_office
    batch = story.submit({"r.docx": document(boxed("A short text"))}, values={"checks_off": ["layout"]})
    story.run(batch)
    shorten(story, batch, {"A short text": LONG})
    assert overflowing(story, batch) == {}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_decides_where_a_place_is_nearly_full(story: Any) -> None:
    batch = story.submit({"r.docx": document(boxed("A short text"), rowed("Another short text"))})
    story.run(batch)
    (found,) = story.documents(batch)
    shorten(story, batch, {"A short text": LONG, "Another short text": LONG})
    with story.house.store.read() as s:
        segments, current = units.segments(s, found.id), units.units(s, found.id)
    told = layout.overflowing(story.house, batch, found, segments, current)
    messages = [f.message for f in told.values()]
    assert len(messages) == 2
    assert all("by LibreOffice's layout" in m for m in messages)
    assert all(20 < int(m.split("must lose ")[1].split()[0]) < len(LONG) for m in messages)
