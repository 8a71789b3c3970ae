"""The ladder of a unit, the ledger of characters, the hash chain, recipes and words."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from docpipe import errors
from docpipe.errors import FourEyes, IllegalMove, NotApprovable
from docpipe.model.audit import GENESIS, AuditEvent, event_hash, first_break
from docpipe.model.canonical import Digest, canonical_json, digest_of, plain
from docpipe.model.codec import dump_extraction, load_extraction, load_recipe
from docpipe.model.document import Address, Block, BlockKind, Coverage, Extraction, count_words
from docpipe.model.finding import Notice, Severity
from docpipe.model.inline import Open, Text
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.model.segment import Origin, OriginKind, SegmentId, Status, Unit, segment_id

ROW = Unit(SegmentId("s"))
MODEL = Origin(OriginKind.MODEL)


def test_a_row_climbs_the_ladder_with_a_revision_each_step() -> None:
    edited = ROW.translated((Text("a"),), MODEL).edited((Text("b"),), "mei")
    approved = edited.approved("jose")
    assert [edited.revision, approved.revision] == [2, 3]
    assert approved.status is Status.APPROVED
    assert approved.approver == "jose"


def test_the_last_editor_does_not_approve() -> None:
    with pytest.raises(FourEyes):
        ROW.edited((Text("b"),), "mei").approved("mei")


def test_untouched_machine_text_needs_one_approver() -> None:
    assert ROW.recalled((Text("a"),), Origin(OriginKind.EXACT)).approved("mei").approver == "mei"


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        ROW.left_to_person("refused by the provider"),
        ROW.translated((Text("⟦a⟧"),), Origin(OriginKind.PSEUDO), "a person must translate it"),
        ROW.edited((Text("b"),), "mei").rejected("jose", "dose unit"),
    ],
)
def test_what_still_needs_a_person_is_not_approved(row: Unit) -> None:
    with pytest.raises(NotApprovable):
        row.approved("jose")


def test_an_edit_after_the_approval_voids_it() -> None:
    again = ROW.edited((Text("b"),), "mei").approved("jose").edited((Text("c"),), "ana")
    assert (again.status, again.approver, again.editor) == (Status.EDITED, "", "ana")


def test_a_machine_never_replaces_a_persons_work() -> None:
    with pytest.raises(IllegalMove):
        ROW.edited((Text("b"),), "mei").translated((Text("x"),), MODEL)
    with pytest.raises(IllegalMove):
        ROW.edited((Text("b"),), "mei").repeats("D1", SegmentId("t"))


def test_a_row_without_a_target_cannot_be_sent_back() -> None:
    with pytest.raises(IllegalMove):
        ROW.rejected("jose", "why")


def test_the_ledger_balances_only_when_every_character_has_a_fate() -> None:
    covered = Coverage.of(10, 7, [("hidden-text", 2), ("hidden-text", 1)])
    assert covered.balanced
    assert covered.skipped == (("hidden-text", 3),)
    assert covered.moved(to_do_not_translate=2, to_skipped=[("not translated", 1)]).balanced
    assert not Coverage.of(10, 7, []).balanced


def _chain(count: int) -> list[AuditEvent]:
    made: list[AuditEvent] = []
    previous, at = GENESIS, datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(1, count + 1):
        at += timedelta(seconds=1)
        values = ("B1", n, at, "mei", "row.edited", f"D1/{n}", "", "x", "")
        made.append(AuditEvent(*values, previous, event_hash(*values, previous)))
        previous = made[-1].hash
    return made


def test_a_whole_chain_verifies_and_every_changed_field_is_found_by_its_number() -> None:
    chain = _chain(5)
    assert first_break(chain) is None
    for field in fields(AuditEvent):
        value = getattr(chain[2], field.name)
        changed = (
            value + 7
            if isinstance(value, int)
            else value + timedelta(days=1)
            if isinstance(value, datetime)
            else f"{value}0"
        )
        broken = [*chain[:2], replace(chain[2], **{field.name: changed}), *chain[3:]]
        assert "event 3" in (first_break(broken) or ""), field.name


def test_missing_swapped_and_doubled_events_are_found() -> None:
    chain = _chain(5)
    assert "event 2" in (first_break([chain[0], *chain[2:]]) or "")
    assert "event 2" in (first_break([chain[0], chain[2], chain[1], *chain[3:]]) or "")
    assert "event 3" in (first_break([*chain[:2], chain[1], *chain[2:]]) or "")


def test_recipes_and_extractions_survive_storage() -> None:
    recipe = Recipe(
        "translate",
        "zh-CN",
        "en",
        "rehearsal",
        assets=(AssetRef("memory", "m.tmx", Digest("a" * 64), 3),),
        prices=(1.0, 0.5, 2.0),
    )
    assert load_recipe(plain(recipe)) == recipe
    blocks = (Block(Address("p[1]"), BlockKind.HEADING, (Open(1), Text("α")), "H1", 1, "en", False, "field"),)
    extraction = Extraction(
        blocks, Coverage.of(1, 0, [("field", 1)]), 3, True, (Notice("x.y", Severity.MAJOR, "m", "a", 2),), "t"
    )
    again = load_extraction(dump_extraction(extraction))
    assert again == extraction
    assert again.digest == extraction.digest


def test_equal_values_have_equal_canonical_json_and_digest() -> None:
    assert canonical_json({"b": (1, 2), "a": {"x", "w"}}) == '{"a":["w","x"],"b":[1,2]}'
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert segment_id("d", "p[1]", 0) != segment_id("d", "p[1]", 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("The 45 patients – all.", 4), ("受试者 12 例", 5), ("ANC ≥1.5", 2), ("- — …", 0), ("QLZ-2417片", 2)],
)
def test_words_are_counted_as_the_trade_counts_them(text: str, words: int) -> None:
    assert count_words(text) == words


def test_every_error_has_its_own_code_a_fix_and_a_documented_exit_code() -> None:
    leaves = errors.walk()
    codes = [c.code for c in leaves]
    assert len(codes) == len(set(codes))
    assert all(c.fix and c.who for c in leaves)
    assert {c.exit_code for c in leaves} <= {2, 3, 5, 6, 7, 70}


def test_what_an_equal_row_was_before_stands_here_and_never_over_a_persons_work() -> None:
    before = Unit(SegmentId("a"), (Text("x"),)).edited((Text("y"),), "mei").approved("jose")
    carried = Unit(SegmentId("b")).carried(before, (Text("y"),), before.origin)
    assert (carried.segment, carried.status, carried.editor, carried.approver) == ("b", Status.APPROVED, "mei", "jose")
    assert carried.revision == 1
    with pytest.raises(IllegalMove):
        carried.carried(before, (Text("z"),), before.origin)
