"""The runner: what is silenced by what, what is switched off, and the pairs of a document."""

from __future__ import annotations

import time

from text_pairs import coded, pair

from docpipe.checks.document import document_findings, parity, shifted
from docpipe.checks.runner import pairs, run_checks
from docpipe.model.canonical import digest_of
from docpipe.model.document import Address, Block, BlockKind, Coverage
from docpipe.model.segment import OriginKind, Segment, SegmentId
from docpipe.registry import checks


def numbers(found: list) -> list[str]:  # type: ignore[type-arg]
    return [f.check.partition(".")[0] for f in found]


def segment(n: int, text: str, address: str = "body#/p") -> Segment:
    digest = digest_of(text)
    return Segment(SegmentId(f"s{n}"), Address(f"{address}[{n}]"), 0, BlockKind.PARAGRAPH, coded(text), digest, digest)


def test_every_check_has_its_number_title_and_description() -> None:
    for check in checks():
        letter, rest = check.id[0], check.id[1:]
        assert letter.isupper()
        assert rest.partition(".")[0].isdigit()
        assert check.title
        assert len(check.description) > 40


def test_an_empty_target_silences_everything_else() -> None:
    given = pair("受试者<1>2</1>：NCT01234567，10 mg。", "", "zh-en", kinds={1: "sup"})
    assert numbers(run_checks(checks(), given)) == ["A3"]


def test_the_wrong_language_silences_what_follows_from_it() -> None:
    text = "患者每日一次接受试验药物治疗。"
    assert numbers(run_checks(checks(), pair(text, text, "zh-en"))) == ["A18"]


def test_families_numbers_and_ids_can_be_switched_off() -> None:
    given = pair("受试者<1/>", "受试者", "zh-en")
    assert "D1" in numbers(run_checks(checks(), given))
    for off in (["D"], ["D1"], ["D1.tag-missing"]):
        assert "D1" not in numbers(run_checks(checks(), given, off))
    assert "D1" in numbers(run_checks(checks(), given, ["D10", "A"]))


def test_pseudo_text_is_asked_for_its_codes_alone() -> None:
    given = pair("受试者<1/> NCT01234567", "ŞŨḂĴ", "zh-en", origin=OriginKind.PSEUDO)
    assert {n[0] for n in numbers(run_checks(checks(), given))} == {"D"}


def test_a_sound_pair_has_no_findings() -> None:
    for source, target, languages in (
        ("受试者<1>2</1>接受了治疗。", "Subjects<1>2</1> were treated.", "zh-en"),
        ("The primary endpoint was met.", "达到了主要终点。", "en-zh"),
        ("The primary endpoint was met.", "Se alcanzó el criterio principal.", "en-es"),
        ("The primary endpoint was met.", "Der primäre Endpunkt wurde erreicht.", "en-de"),
    ):
        assert run_checks(checks(), pair(source, target, languages)) == []


def test_pairs_have_their_neighbours() -> None:
    segments = [segment(1, "一"), segment(2, "二"), segment(3, "三")]
    targets = {SegmentId("s1"): coded("one"), SegmentId("s3"): coded("three")}
    made = list(pairs(segments, targets, "zh", "en", origins={SegmentId("s1"): OriginKind.EXACT}))
    assert [s.id for s, _ in made] == ["s1", "s2", "s3"]
    middle = made[1][1]
    assert (middle.previous_source, middle.next_source, middle.previous_target, middle.next_target) == (
        "一",
        "三",
        "one",
        "three",
    )
    assert middle.target_text == ""
    assert [p.origin for _, p in made] == [OriginKind.EXACT, OriginKind.NONE, OriginKind.NONE]
    assert made[0][1].previous_source == made[2][1].next_target == ""


def test_missing_and_extra_segments_and_a_ledger_that_does_not_balance_are_found() -> None:
    segments = [segment(1, "一"), segment(2, "二"), segment(3, "<1/>")]
    targets = {SegmentId("s1"): coded("one"), SegmentId("zz"): coded("x")}
    found = list(document_findings(segments, targets, Coverage(10, 8)))
    assert [(s, f.check[:3]) for s, f in found] == [("s2", "A1."), ("zz", "A2."), (None, "A16")]
    assert next(iter(document_findings(segments, targets, Coverage(10, 8, 2), merged=["s2"])))[0] == "zz"


def block(address: str, kind: BlockKind = BlockKind.CELL) -> Block:
    return Block(Address(address), kind, coded("x"))


def test_a_lost_cell_row_or_list_item_is_found() -> None:
    table = [block(f"word/document.xml#/body/tbl[1]/tr[{r}]/tc[{c}]/p[1]") for r in (1, 2) for c in (1, 2)]
    items = [block("word/document.xml#/body/p[9]", BlockKind.LIST_ITEM)]
    assert list(parity(table + items, table + items)) == []
    assert len(list(parity(table, table[:-1]))) == 1
    assert len(list(parity(table, table[:-2]))) == 2
    assert len(list(parity(table + items, table))) == 1


def test_targets_shifted_by_one_are_found() -> None:
    segments = [segment(n, f"第{n}0周共{n}7例受试者") for n in range(1, 7)]
    right = {s.id: coded(f"{i}7 subjects at week {i}0") for i, s in enumerate(segments, 1)}
    shift = {s.id: coded(f"{i + 1}7 subjects at week {i + 1}0") for i, s in enumerate(segments, 1)}
    assert list(shifted(segments, right)) == []
    assert [s for s, _ in shifted(segments, shift)] == [s.id for s in segments[:-1]]


def test_hostile_texts_are_checked_in_linear_time() -> None:
    mine = [c for c in checks() if c.id[0] in "ADE" or (c.id[0] == "C" and int(c.id[1:].split(".")[0]) >= 6)]
    for unit in (
        "a",
        "A-1-",
        "1-",
        "a/",
        "(",
        "<",
        "{",
        "药",
        "a@",
        "+1 2",
        "Aa1 药,",
        "protocol no ",
        "et al ",
        "<b ",
    ):
        text = unit * (8000 // len(unit))
        started = time.perf_counter()
        run_checks(mine, pair(text, text + "x", "en-zh", before=("x", text)))
        assert time.perf_counter() - started < 5, unit
