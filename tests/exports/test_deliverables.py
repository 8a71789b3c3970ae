"""Manifest, report and record: complete, deterministic, and safe whatever the documents hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from docpipe.exports.manifest import ManifestData, PackageFile, Versions, manifest, manifest_bytes
from docpipe.exports.record import DecisionEntry, RecordData, record, record_html, record_json
from docpipe.exports.report import (
    ReportData,
    ReportDocument,
    ReportFigure,
    ReportFinding,
    report,
    report_html,
    report_json,
)
from docpipe.model.audit import GENESIS, AuditEvent, event_hash
from docpipe.model.batch import Batch, Checkpoint, CheckpointState, Document, Signature, State
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import Coverage
from docpipe.model.finding import Disposition, Notice, Severity
from docpipe.model.recipe import AssetRef, Recipe

AT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'&\u202e\x00\ud800"
RECIPE = Recipe(
    "translate", "zh-CN", "en", "openai", "m-1",
    assets=(AssetRef("termbase", "t.csv", digest_bytes(b"t"), 3), AssetRef("memory", "m.tmx", digest_bytes(b"m"), 9)),
)  # fmt: skip
BATCH = Batch("b1", RECIPE, State.RELEASED, AT, "zhou", EVIL)
ONE = Document(
    "d1", "b1", "m5/a.docx", "application/x", digest_bytes(b"a"), 1, State.RELEASED, pages=9,
    output=digest_bytes(b"A"), output_path="m5/a.docx", coverage=Coverage.of(100, 80, [("hidden", 5), ("odd", 5)], 10),
)  # fmt: skip
TWO = Document(
    "d2", "b1", f"m1/{EVIL}.doc", "application/y", digest_bytes(b"b"), 1, State.REFUSED,
    error_code="input.legacy_word", error_message="It is a .doc.",
)  # fmt: skip
SIGNED = Signature("c1", "wu", "Wu Lan", "approval", AT, digest_bytes(b"s"))
VERSIONS = Versions("docpipe 0.1.0", "translate/segments", "v1", digest_bytes(b"p"), ("m-1-2026",))


def data() -> ReportData:
    findings = (
        ReportFinding("s2", "p[2]", "D1.term", Severity.MINOR, EVIL, Disposition.DISMISSED, "Wu Lan", EVIL, EVIL, EVIL),
        ReportFinding("s1", "p[1]", "B3.number-changed", Severity.CRITICAL, "5 became 6."),
    )
    one = ReportDocument(
        ONE, 10, 200, (("approved", 10),), (("model", 3), ("previous", 7)), (), findings,
        (Notice("docx.hidden_text", Severity.MINOR, "Hidden text.", "p[3]", 2),), (("Lin", 3),), (("Wu Lan", 10),),
        (SIGNED,),
    )  # fmt: skip
    return ReportData(
        BATCH, AT, (one, ReportDocument(TWO)), (ReportFigure("words", "1 200", "words/h", "all"),), "DRAFT"
    )


class Tags(HTMLParser):
    """Collects elements and their addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src", "action", "srcset")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_manifest_names_everything_that_went_in_and_came_out() -> None:
    made = ManifestData(
        BATCH, [ONE, TWO], [PackageFile.of("m5/a.docx", b"A", "document", "d1")], VERSIONS, AT, [SIGNED], {"c1": "d1"},
        {"d1": {"segments": 10}}, "DRAFT, NOT REVIEWED",
    )  # fmt: skip
    found = manifest(made)
    assert list(found)[:2] == ["form", "face"]
    assert found["face"] == "DRAFT, NOT REVIEWED"
    assert found["files"] == [
        {"path": "m5/a.docx", "sha256": digest_bytes(b"A"), "size": 1, "role": "document", "document": "d1"}
    ]
    assert [d["source"]["path"] for d in found["documents"]] == [TWO.path, ONE.path]
    assert found["documents"][1]["coverage"]["skipped"] == {"hidden": 5, "odd": 5}
    assert found["documents"][0]["error"]["code"] == "input.legacy_word"
    assert [a["kind"] for a in found["assets"]] == ["memory", "termbase"]
    assert found["model"] == {"provider": "openai", "configured": "m-1", "reported": ["m-1-2026"]}
    assert found["signatures"][0]["at"] == "2026-11-22T13:05:00Z"
    assert found["signatures"][0]["document"] == "d1"
    assert found["recipe"]["sha256"] == RECIPE.digest
    assert "face" not in manifest(replace(made, face=""))


def test_the_manifests_bytes_do_not_depend_on_the_order_of_what_is_given() -> None:
    files = [PackageFile.of(n, b"x", "report") for n in ("b", "a")]
    plain = replace(TWO, path="m1/b.doc")
    one = ManifestData(BATCH, [ONE, plain], files, VERSIONS, AT, counts={"d1": {"b": 1, "a": 2}})
    other = ManifestData(BATCH, [plain, ONE], files[::-1], VERSIONS, AT, counts={"d1": {"a": 2, "b": 1}})
    clean = replace(BATCH, name="n")
    assert manifest_bytes(replace(one, batch=clean)) == manifest_bytes(replace(other, batch=clean))


def test_a_lone_surrogate_in_a_name_does_not_stop_the_manifest() -> None:
    made = ManifestData(BATCH, [TWO], [], VERSIONS, AT)
    assert json.loads(manifest_bytes(made))["batch"]["id"] == "b1"


def test_the_report_lists_critical_and_open_findings_first_and_says_why_text_was_skipped() -> None:
    found = report(data())
    document = found["documents"][1]
    assert [f["check"] for f in document["findings"]] == ["B3.number-changed", "D1.term"]
    assert found["totals"]["findings"]["critical"] == {"open": 1, "fixed": 0, "dismissed": 0}
    assert found["totals"]["origins"] == {"model": 3, "previous": 7}
    assert document["coverage"]["balanced"]
    text = report_html(data()).decode()
    assert "hidden text, by policy not translated" in text
    assert "(balanced)" in text
    assert "Wu Lan" in text
    assert '<p class="face">DRAFT</p>' in text
    unbalanced = replace(data().documents[0], document=replace(ONE, coverage=Coverage(100, 80)))
    assert "NOT BALANCED" in report_html(replace(data(), documents=(unbalanced,))).decode()


def event(number: int, previous: str, reason: str = "") -> AuditEvent:
    fields = ("b1", number, AT, "wu", "approve", "s1", "", "", reason, previous)
    return AuditEvent(*fields, event_hash(*fields))  # type: ignore[arg-type]


def records() -> RecordData:
    first = event(1, GENESIS)
    return RecordData(
        BATCH, AT, (ONE, TWO), (Checkpoint("c1", "b1", "d1", "review", "approver", digest_bytes(b"s"), CheckpointState.SIGNED, AT),),
        (DecisionEntry(AT, "wu", "Wu Lan", "approve", "d1", "c1", "s1", EVIL, 10),), (SIGNED, replace(SIGNED, void=True)),
        (first, event(2, first.hash, EVIL.replace("\ud800", ""))), {"wu": "Wu Lan"}, "REHEARSAL",
    )  # fmt: skip


def test_the_record_shows_each_signature_with_name_meaning_time_and_digest() -> None:
    text = record_html(records()).decode()
    row = re.search(r"<tr><td><bdi>Wu Lan</bdi> \(wu\)</td>.*?</tr>", text)
    assert row
    assert "approval" in row.group()
    assert "2026-11-22T13:05:00Z" in row.group()
    assert SIGNED.digest in row.group()
    assert "VOID" in text
    assert "2 events, chain whole" in text


def test_a_broken_chain_is_said_on_the_record() -> None:
    broken = replace(records(), events=(event(1, GENESIS), event(3, GENESIS)))
    assert record(broken)["audit"]["verified"] == "chain b1: event 2 is missing"
    assert "BROKEN: chain b1: event 2 is missing" in record_html(broken).decode()


@pytest.mark.parametrize("page", [report_html(data()), record_html(records())], ids=["report", "record"])
def test_a_page_holds_no_foreign_markup_and_asks_for_nothing_elsewhere(page: bytes) -> None:
    tags = Tags()
    tags.feed(page.decode("utf-8"))
    assert not tags.open
    assert not {"script", "link", "img", "iframe", "object"} & set(tags.names)
    assert all(link.startswith("#") for link in tags.links)
    assert b"url(" not in page
    assert b"@import" not in page
    assert b"\x00" not in page


def test_the_json_twins_are_deterministic_and_carry_the_face() -> None:
    assert report_json(data()) == report_json(data())
    assert record_json(records()) == record_json(records())
    assert json.loads(report_json(data()))["face"] == "DRAFT"
    assert json.loads(record_json(records()))["face"] == "REHEARSAL"
