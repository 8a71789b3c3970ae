"""Findings: replaced, fixed, dismissed for exactly what was seen."""

from __future__ import annotations

import pytest
from store_builders import NOW, a_segment

from docpipe.errors import UnknownName
from docpipe.model.finding import Disposition, Finding, Notice, Severity
from docpipe.model.inline import Text, text_digest
from docpipe.model.segment import Origin, OriginKind, SegmentId, Unit
from docpipe.store import findings, units
from docpipe.store.database import Store

ONE = Finding("B3.number-changed", Severity.CRITICAL, "5 became 6", (0, 1), (2, 3), "5")
TWO = Finding("C1.term", Severity.MAJOR, "nul\x00 term", suggestion="x")


@pytest.fixture
def ids(filled: Store) -> list[SegmentId]:
    segs = [a_segment(n) for n in range(4)]
    with filled.write() as s:
        units.put_segments(s, "D1", segs, [Unit(g.id) for g in segs])
    return [g.id for g in segs]


def _replace(store: Store, **found: list[Finding]) -> None:
    with store.write() as s:
        findings.replace(s, "D1", {SegmentId(k): v for k, v in found.items()})


def _listing(store: Store, **more: object) -> list[findings.StoredFinding]:
    with store.read() as s:
        return findings.listing(s, "D1", **more)  # type: ignore[arg-type]


def test_findings_come_back_in_the_documents_order(filled: Store, ids: list[SegmentId]) -> None:
    with filled.write() as s:
        findings.put_notices(s, "D1", [Notice("docx.hidden", Severity.MAJOR, "hidden text", "p[3]", 4)])
        findings.replace(s, "D1", {ids[2]: [ONE], ids[1]: [TWO, ONE], ids[0]: []})
    rows = _listing(filled)
    assert [r.segment for r in rows] == ["", ids[1], ids[1], ids[2]]
    assert (rows[0].count, rows[0].address) == (4, "p[3]")
    assert rows[3].finding == ONE
    assert rows[3].address == "word/document.xml#/body/p[2]"
    assert [r.blocking for r in rows] == [False, True, False, True]
    assert {r.finding for r in _listing(filled, segment=ids[1])} == {ONE, TWO}
    with filled.read() as s:
        assert findings.open_critical(s, "D1") == 2


def test_only_the_segments_named_are_replaced_and_the_gone_ones_are_fixed(filled: Store, ids: list[SegmentId]) -> None:
    _replace(filled, **{ids[0]: [ONE], ids[1]: [ONE]})
    _replace(filled, **{ids[0]: []})
    assert [(r.segment, r.disposition) for r in _listing(filled)] == [
        (ids[0], Disposition.FIXED), (ids[1], Disposition.OPEN),
    ]  # fmt: skip
    _replace(filled, **{ids[0]: [ONE]})
    assert len(_listing(filled, disposition=Disposition.OPEN)) == 2


def test_a_dismissal_holds_for_the_very_pair_and_no_longer(filled: Store, ids: list[SegmentId]) -> None:
    _replace(filled, **{ids[0]: [ONE], ids[1]: [ONE]})
    first = _listing(filled)[0]
    with filled.write() as s:
        done = findings.dismiss(s, first.id, "anna", "a list number", NOW)
    assert (done.disposition, done.dismissed_by, done.reason, done.dismissed_at) == (
        Disposition.DISMISSED, "anna", "a list number", NOW,
    )  # fmt: skip
    _replace(filled, **{ids[0]: [ONE, TWO]})
    again = _listing(filled, segment=ids[0])
    assert [r.disposition for r in again] == [Disposition.DISMISSED, Disposition.OPEN]
    assert again[0].id == first.id
    with filled.write() as s:
        changed = Unit(ids[0]).translated((Text("6"),), Origin(OriginKind.MODEL))
        units.save(s, "D1", [changed], NOW, "docpipe")
    _replace(filled, **{ids[0]: [ONE]})
    assert [r.disposition for r in _listing(filled, segment=ids[0], severity=Severity.CRITICAL)] == [
        Disposition.FIXED, Disposition.OPEN,
    ] or [r.disposition for r in _listing(filled, segment=ids[0], severity=Severity.CRITICAL)] == [
        Disposition.OPEN, Disposition.FIXED,
    ]  # fmt: skip
    with filled.write() as s, pytest.raises(UnknownName):
        findings.dismiss(s, first.id, "anna", "again", NOW)


def test_the_same_said_twice_stays_two(filled: Store, ids: list[SegmentId]) -> None:
    _replace(filled, **{ids[0]: [ONE, ONE]})
    rows = _listing(filled)
    assert len({r.id for r in rows}) == 2
    with filled.write() as s:
        findings.dismiss(s, rows[0].id, "anna", "both", NOW)
        assert findings.open_critical(s, "D1") == 0


def test_the_documents_own_findings_are_added_and_replaced_under_an_empty_segment(
    filled: Store, ids: list[SegmentId]
) -> None:
    _replace(filled, **{"": [TWO]})
    with filled.write() as s:
        findings.add(s, "D1", "", [ONE])
        findings.add(s, "D1", "", [ONE])
        findings.add(s, "D1", ids[0], [TWO])
    assert [r.check for r in _listing(filled, segment="")] == [ONE.check, TWO.check]
    _replace(filled, **{ids[0]: []})
    assert len(_listing(filled, segment="", disposition=Disposition.OPEN)) == 2


def test_a_notice_that_was_dismissed_stays_so(filled: Store) -> None:
    notice = Notice("docx.macros", Severity.CRITICAL, "macros")
    with filled.write() as s:
        findings.put_notices(s, "D1", [notice])
        findings.dismiss(s, findings.listing(s, "D1")[0].id, "anna", "inert", NOW)
        findings.put_notices(s, "D1", [notice])
    assert [r.disposition for r in _listing(filled)] == [Disposition.DISMISSED]


def test_what_is_not_there_is_refused_by_name(filled: Store, ids: list[SegmentId]) -> None:
    with pytest.raises(UnknownName):
        _replace(filled, nobody=[ONE])
    with filled.read() as s, pytest.raises(UnknownName):
        findings.get(s, "nobody")
    with filled.write() as s, pytest.raises(UnknownName):
        findings.dismiss(s, "nobody", "a", "b", NOW)


def test_a_dismissal_of_an_equal_row_elsewhere_holds_here_for_the_very_pair(
    filled: Store, ids: list[SegmentId]
) -> None:
    digests = [text_digest(a_segment(0).source), text_digest(())]
    told = findings.Settled(ids[0], ONE.check, ONE.key(*digests), "anna", "settled before", NOW)
    with filled.write() as s:
        findings.settle(s, "D1", [])
        findings.settle(s, "D1", [told])
    _replace(filled, **{ids[0]: [ONE, TWO], ids[1]: [ONE]})
    by_row = {(r.segment, r.check): r for r in _listing(filled)}
    here = by_row[ids[0], ONE.check]
    assert (here.disposition, here.dismissed_by, here.reason) == (Disposition.DISMISSED, "anna", "settled before")
    assert by_row[ids[0], TWO.check].disposition is Disposition.OPEN
    assert by_row[ids[1], ONE.check].disposition is Disposition.OPEN
