"""The preview's pages: links on every place, hostile text escaped, the reason where there are no pages, pictures kept by browsers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pdf_builder import At, Sheet, pdf
from web_builders import ClockHouse, World, application, signed_in

from docpipe.model.inline import Text
from docpipe.model.segment import Origin, OriginKind, SegmentId
from docpipe.settings import load
from docpipe.steps import admit, extract
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import documents, units

HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "javascript:alert(1)",
    "</a></svg><iframe src=//evil.example>", "{{ 7 * 7 }}{% raw %}", "&lt;b&gt;", "' onmouseover='alert(1)",
]  # fmt: skip


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser reads the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    @staticmethod
    def of(page: str) -> list[tuple[str, dict[str, str]]]:
        parser = Tags()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))


def served(world: World, folder: Path, office: str = "off") -> FastAPI:
    """The application with another office program: ``off``, or a stand-in that always gives the same pages."""
    if office != "off":
        (folder / "pages.pdf").write_bytes(pdf(*(Sheet([At(72, 700, line)]) for line in office.split("|"))))
        program = folder / "office"
        find = 'while [ $# -gt 0 ]; do case "$1" in --outdir) out="$2"; shift;; esac; shift; done'
        program.write_text(f'#!/bin/sh\n{find}\ncp {folder}/pages.pdf "$out/document.pdf"\n')
        program.chmod(0o700)
        office = str(program)
    settings = load(home=world.house.settings.home, office=office)
    return application(replace(world.house, settings=settings))


def admitted(house: ClockHouse, folder: Path, data: bytes) -> tuple[str, list[str]]:
    """A document that was read, and its rows' ids."""
    source = folder / "in"
    source.mkdir()
    (source / "hostile.docx").write_bytes(data)
    batch = admit.admit(
        house, [source], make_recipe(house, Order("en", "es")), actor="local:test", out=str(folder / "o")
    )
    with house.store.read() as s:
        [document] = documents.of_batch(s, batch.id)
    extract.extract(house, document.id)
    extract.make_segments(house, document.id)
    with house.store.read() as s:
        return document.id, [g.id for g in units.segments(s, document.id)]


def translated(house: ClockHouse, document: str, targets: dict[SegmentId, str]) -> None:
    """Rows get these targets, as from a model."""
    with house.store.write() as s:
        current = units.units(s, document)
        made = [current[g].translated((Text(t),), Origin(OriginKind.MODEL, "test")) for g, t in targets.items()]
        units.save(s, document, made, house.now(), "docpipe")


def ready(client: TestClient, document: str) -> dict[str, Any]:
    for _ in range(200):
        found: dict[str, Any] = client.get(f"/api/v1/documents/{document}/preview").json()
        if found["state"] != "rendering":
            return found
        time.sleep(0.05)
    raise AssertionError("still rendering")


def test_without_libreoffice_the_text_stands_with_a_link_on_every_row_and_the_reason(
    world: World, tmp_path: Path
) -> None:
    client = signed_in(served(world, tmp_path), "auditor.one")
    row = world.segments[2]
    answer = client.get(f"/documents/{world.document}/preview", params={"row": row})
    assert answer.status_code == 200
    assert "usage.office_failed" in answer.text
    assert f'id="at-{row}"' in answer.text
    assert f'href="/documents/{world.document}/rows/{row}"' in answer.text
    assert re.search(rf'class="run[^"]*here"[^>]*data-row="{row}"', answer.text)
    for other in world.segments:
        assert answer.text.count(f'id="at-{other}"') == 1
    assert "<table" in answer.text
    assert 'aria-label="Notes"' in answer.text or "kind-footnote" not in answer.text


def test_stored_scripts_do_not_run_on_any_of_its_pages(world: World, tmp_path: Path) -> None:
    data = docx(
        *(f"p:{h.replace('_', '')} some words" for h in HOSTILE if "|" not in h and "{" not in h),
        "p:Plain [fn:<script>x</script>]",
    )
    document, _ = admitted(world.house, tmp_path, data)
    house = world.house
    with house.store.read() as s:
        rows = units.segments(s, document)
    translated(house, document, {g.id: h for g, h in zip(rows, HOSTILE, strict=False)})
    client = signed_in(served(world, tmp_path), "reviewer.one")
    for path in (
        "preview",
        "preview?side=source",
        "preview/panel",
        f"preview?row={HOSTILE[0]}",
        f"preview/panel?row={HOSTILE[1]}",
    ):
        answer = client.get(f"/documents/{document}/{path}")
        assert answer.status_code == 200
        for tag, attributes in Tags.of(answer.text):
            assert tag not in ("iframe", "object", "base")
            assert tag != "script" or attributes["src"].startswith("/static/")
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            for name in ("href", "src", "action"):
                assert attributes.get(name, "/").startswith(("/", "#"))
                assert not attributes.get(name, "/").startswith("//")
        assert ">49<" not in answer.text


def test_pages_have_links_in_an_overlay_and_pictures_that_browsers_keep(world: World, tmp_path: Path) -> None:
    document, rows = admitted(
        world.house, tmp_path, docx("p:The first row of it.", "p:The second row of it.", "p:Nowhere at all.")
    )
    client = signed_in(served(world, tmp_path, "The first row of it.|The second row of it."), "reviewer.one")
    assert client.get(f"/documents/{document}/preview").text.count('data-state="rendering"') == 1
    found = ready(client, document)
    assert (found["state"], found["located"], found["rows"]) == ("ready", 2, 3)
    assert [p["places"][0]["segment"] for p in found["pages"]] == rows[:2]
    page = client.get(f"/documents/{document}/preview", params={"row": rows[1]}).text
    assert page.count("<rect") == 2
    assert 'loading="lazy"' in page
    assert re.search(rf'id="at-{rows[1]}" class="place here" href="/documents/{document}/rows/{rows[1]}"', page)
    assert "has no place" in client.get(f"/documents/{document}/preview/panel", params={"row": rows[2]}).text
    image = client.get(found["pages"][0]["image"])
    assert image.headers["content-type"] == "image/png"
    assert "immutable" in image.headers["cache-control"]
    again = client.get(found["pages"][0]["image"], headers={"if-none-match": image.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/documents/{document}/preview/pages/1").headers["cache-control"] == "private, no-cache"
    assert client.get(f"/documents/{document}/preview/pages/9").status_code == 404


def test_an_edit_shows_as_stale_and_the_button_lays_out_again(world: World, tmp_path: Path) -> None:
    document, rows = admitted(world.house, tmp_path, docx("p:The first row of it."))
    client = signed_in(served(world, tmp_path, "The first row of it."), "reviewer.one")
    ready(client, document)
    with world.house.store.read() as s:
        [segment] = units.segments(s, document)
    translated(world.house, document, {segment.id: "Otra frase."})
    page = client.get(f"/documents/{document}/preview").text
    assert 'data-state="stale"' in page
    assert "Lay out again" in page
    answer = client.post(f"/documents/{document}/preview/render", data={"side": "target", "row": rows[0]})
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"#at-{rows[0]}")
    assert ready(client, document)["state"] == "ready"


@pytest.mark.parametrize("path", ["preview", "preview/panel", "preview/pages/1"])
def test_nobody_sees_a_preview_without_signing_in(
    client_as: Callable[..., TestClient], world: World, path: str
) -> None:
    answer = client_as().get(f"/documents/{world.document}/{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert client_as().get(f"/api/v1/documents/{world.document}/preview").status_code == 401


def test_a_document_that_is_not_there_is_not_found(world: World, tmp_path: Path) -> None:
    client = signed_in(served(world, tmp_path), "reviewer.one")
    assert client.get("/documents/D-none/preview").status_code == 404
    assert client.get("/api/v1/documents/D-none/preview").status_code == 404
    assert client.get(f"/documents/{world.document}/preview?side=else").status_code == 422
