"""The grid's filters: what SQL gives is what a plain reading of the rows gives, on both databases."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_builders import NOW, a_batch, a_document, a_segment

from docpipe.model.batch import Checkpoint, CheckpointState
from docpipe.model.canonical import Digest
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Text
from docpipe.model.routing import Gate, Route, routed
from docpipe.model.segment import Origin, OriginKind, Segment, Status, Unit
from docpipe.store import (
    batches,
    checkpoints,
    comments,
    documents,
    efforts,
    findings,
    grid,
    grid_risk,
    second_looks,
    sections,
    units,
)  # fmt: skip
from docpipe.store.database import Store
from docpipe.store.efforts import Mark
from docpipe.store.grid import Filter, View
from docpipe.store.second_looks import SecondLook

WORDS = ("Dose", "dose", "100%", "a_b", "Über", "über", "ÜBER", "剂量", "\\", "placebo", "'quoted'", "<1>")
CHECKS = (("B3.number-changed", Severity.CRITICAL), ("B12.unit", Severity.MAJOR), ("D1.tag-missing", Severity.MINOR))
DOCUMENTS = ("D1", "D2")
TRIES = max(15, int(os.environ.get("PROPERTY_EXAMPLES", "0")) // 2)


@dataclass
class Plain:
    """A row as the test knows it."""

    document: str
    position: int
    segment: Segment
    unit: Unit
    source: str
    target: str
    found: list[tuple[str, str]]
    asked: bool
    shown: bool
    at: datetime
    actor: str
    section: str
    risk: float


@dataclass
class World:
    store: Store
    rows: list[Plain]
    decided: datetime


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=3))


@pytest.fixture
def world(store: Store) -> World:
    rng = random.Random(11)
    rows: list[Plain] = []
    decided = NOW + timedelta(hours=1)
    with store.write() as s:
        batches.add(s, a_batch())
        for name in DOCUMENTS:
            documents.add(s, a_document(name, path=f"m1/{name}.docx"))
            rows += _fill(s, name, rng)
        checkpoint = Checkpoint("C1", "B1", "D1", "review", "approver", Digest("d" * 64), CheckpointState.OPEN, NOW)
        checkpoints.open(s, checkpoint)
        checkpoints.add_decision(s, "C1", "jose", "sent-back", "why", decided)
    return World(store, rows, decided)


def _fill(s: object, name: str, rng: random.Random) -> list[Plain]:
    segs = []
    for n in range(30):
        segment = a_segment(n, _text(rng), name)
        segs.append(replace(segment, kind=BlockKind.HEADING, level=1 + n % 2) if n % 7 == 3 else segment)
    units.put_segments(s, name, segs, [Unit(g.id) for g in segs])  # type: ignore[arg-type]
    made: list[Plain] = []
    heading = ""
    for n, g in enumerate(segs):
        heading = g.id if g.kind is BlockKind.HEADING else heading
        unit, at, actor = (
            Unit(g.id),
            NOW + timedelta(minutes=rng.choice((10, 50, 70, 90))),
            rng.choice(("mei", "docpipe")),
        )
        target = _text(rng)
        kind = rng.choice((OriginKind.MODEL, OriginKind.IN_CONTEXT, OriginKind.EXACT, OriginKind.PREVIOUS))
        lot = rng.random()
        if lot > 0.1:
            origin = Origin(kind, "100")
            coded = (Text(target),)
            unit = unit.translated(coded, origin) if kind is OriginKind.MODEL else unit.recalled(coded, origin)
        if lot > 0.6:
            unit = unit.edited((Text(target),), "mei")
        if lot > 0.75:
            unit = unit.approved("jose")
        if 0.1 < lot < 0.2:
            unit = unit.rejected("jose", "wrong")
        if unit.revision:
            units.save(s, name, [unit], at, actor)  # type: ignore[arg-type]
        found = [c for c in CHECKS if rng.random() < 0.2]
        findings.replace(s, name, {g.id: [Finding(c, severity, "said") for c, severity in found]})  # type: ignore[arg-type]
        asked, shown = rng.random() < 0.1, rng.random() < 0.4
        risk = rng.choice((0.0, 0.0, 0.35, 0.75, 1.0))
        if risk:
            look = SecondLook(g.id, unit.revision, "d", risk, (), "fine", (), "review/second_look.v1", "m", "k")
            second_looks.save(s, name, [look], NOW)  # type: ignore[arg-type]
        if asked:
            comments.add(s, name, g.id, "mei", "why?", True, NOW)  # type: ignore[arg-type]
        elif rng.random() < 0.2:
            comments.add(s, name, g.id, "mei", "note", False, NOW)  # type: ignore[arg-type]
            done = comments.add(s, name, g.id, "mei", "solved?", True, NOW)  # type: ignore[arg-type]
            comments.resolve(s, done.id, "jose", NOW)  # type: ignore[arg-type]
        if shown:
            efforts.mark(s, name, "mei", [Mark(g.id, 10, 1, True)], NOW)  # type: ignore[arg-type]
        source = "".join(p.text for p in g.source if isinstance(p, Text))
        made.append(
            Plain(
                name, n, g, unit, source, target if unit.target else "", [(c, v.value) for c, v in found], asked, shown,
                at if unit.revision else NOW, actor if unit.revision else "", heading, risk,
            )
        )  # fmt: skip
    return made


def _folded(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _has(text: str, q: str) -> bool:
    return any(_folded(form) in _folded(text) for form in grid.spellings(q))


def _named(check: str, wanted: str) -> bool:
    number = check.partition(".")[0]
    return wanted in (check, number) or (len(wanted) == 1 and number.startswith(wanted))


def _needs(row: Plain, gate: Gate) -> bool:
    route = routed(gate, row.document, row.unit, bool(row.found))
    wants = route is Route.EYES or (route is Route.SAMPLED and not row.shown)
    return row.unit.status is not Status.APPROVED and wants


def _matches(row: Plain, f: Filter, world: World, gate: Gate) -> bool:
    kinds = {kind for name in f.origins for kind in grid.ORIGINS.get(name, (name,))}
    texts = ([row.source] if f.where != "target" else []) + ([row.target] if f.where != "source" else [])
    hits = [
        (not f.checks or any(_named(c, w) for w in f.checks)) and (not f.severities or v in f.severities)
        for c, v in row.found
    ]
    changed = row.document == "D1" and row.unit.revision > 0 and row.at > world.decided
    return (
        (not f.statuses or row.unit.status.value in f.statuses)
        and (not kinds or row.unit.origin.kind.value in kinds)
        and (not (f.checks or f.severities) or any(hits))
        and (not f.sections or any(_under(row, name, world) for name in f.sections))
        and (not f.q or any(_has(t, f.q) for t in texts))
        and (not f.changed or changed)
        and (not f.eyes or _needs(row, gate))
        and (not f.questions or row.asked)
        and (not f.mine or f.mine in (row.unit.editor, row.unit.approver, row.actor))
    )


def _under(row: Plain, name: str, world: World) -> bool:
    mates = [r for r in world.rows if r.document == row.document]
    head = next((r for r in mates if r.segment.id == name), None)
    if head is None or row.position < head.position:
        return False
    between = mates[head.position + 1 : row.position + 1]
    return not any(r.segment.kind is BlockKind.HEADING and r.segment.level <= head.segment.level for r in between)


def _wanted(world: World) -> st.SearchStrategy[Filter]:
    heads = [r.segment.id for r in world.rows if r.segment.kind is BlockKind.HEADING]

    def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)

    rarely = st.sampled_from((False, False, False, True))
    return st.builds(
        Filter,
        statuses=some(*(x.value for x in Status)),
        checks=some("B3.number-changed", "B3", "B1", "B", "D1", "Z9"),
        severities=some("critical", "major", "minor"),
        origins=some("tm", "llm", "model", "human", "exact"),
        sections=some(*heads),
        q=st.one_of(
            st.just(""), st.sampled_from(("dose", "100%", "_b", "über", "量", "\\", "o", "'", "1>", "PLACEBO"))
        ),
        where=st.sampled_from(("source", "target", "both")),
        changed=rarely,
        eyes=rarely,
        questions=rarely,
        mine=st.sampled_from(("", "", "mei", "jose", "nobody")),
    )


GATES = (Gate(), Gate(sample=50.0), Gate(skip=("exact", "model"), sample=100.0), Gate(skip=(), displayed=True))


@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_filter_gives_what_a_plain_reading_of_the_rows_gives(world: World, data: st.DataObject) -> None:
    wanted, gate = data.draw(_wanted(world)), data.draw(st.sampled_from(GATES))
    view = View(DOCUMENTS, gate, {"D1": world.decided})
    expected = {
        d: [r.position for r in world.rows if r.document == d and _matches(r, wanted, world, gate)] for d in DOCUMENTS
    }
    with world.store.read() as s:
        assert grid.counts(s, view, wanted) == {d: len(found) for d, found in expected.items()}
        for d, found in expected.items():
            assert [p for p, _, _ in grid.positions(s, view, wanted, d)] == found
            assert [p for p, _, _ in grid.positions(s, view, wanted, d, 2, 3)] == found[2:5]
            after = data.draw(st.integers(-1, 30))
            behind = [p for p in found if p > after] + [p for p in found if p < after]
            following = grid.next_after(s, view, wanted, d, after)
            mates = {r.segment.id: r.position for r in world.rows if r.document == d}
            assert (None if following is None else mates[following]) == (behind[0] if behind else None)
            for place, position in enumerate(found[:3]):
                name = next(i for i, p in mates.items() if p == position)
                assert grid.before(s, view, wanted, d, name) == place


def _score(row: Plain) -> int:
    """The order of risk, told plainly."""
    worst = max([{"critical": 400, "major": 200, "minor": 100}[v] for _, v in row.found], default=0)
    if worst < 400 and row.unit.needs_person and row.unit.status is not Status.APPROVED:
        worst = 300
    return worst + (int(row.risk * 99) if not row.unit.editor else 0)


@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_riskiest_come_first_and_the_next_one_is_the_next_in_that_order(world: World, data: st.DataObject) -> None:
    wanted = replace(data.draw(_wanted(world)), order="risk")
    view = View(DOCUMENTS, Gate(), {"D1": world.decided})
    fits = [r for r in world.rows if _matches(r, wanted, world, view.gate)]
    done = {True: -1}
    expected = sorted(
        fits, key=lambda r: (-done.get(r.unit.status is Status.APPROVED, _score(r)), r.document, r.position)
    )
    places = [(r.document, r.position) for r in expected]
    with world.store.read() as s:
        assert grid_risk.ordered(s, view, wanted) == places
        assert grid_risk.ordered(s, view, wanted, 2, 3) == places[2:5]
        alone = View(("D1",), view.gate, view.decided)
        here = [r for r in expected if r.document == "D1"]
        for n, row in enumerate(here[:4]):
            assert grid_risk.before(s, alone, wanted, row.segment.id) == n
        open_ones = sorted((r for r in here if _needs(r, view.gate)), key=lambda r: (-_score(r), r.position))
        seen: list[str] = []
        at = ""
        for _ in open_ones:
            following = grid_risk.next_after(s, alone, replace(wanted, eyes=True), at)
            if following is None:
                break
            seen.append(following)
            at = following
        assert seen == [r.segment.id for r in open_ones], "from the first on, one after the other"


@pytest.mark.parametrize("gate", GATES)
def test_progress_counts_what_the_rows_say(world: World, gate: Gate) -> None:
    with world.store.read() as s:
        p = grid.progress(s, View(DOCUMENTS, gate))
        unseen = grid.count_unseen(s, View(DOCUMENTS, gate))
    approved = [r for r in world.rows if r.unit.status is Status.APPROVED]
    assert (p.rows, p.approved) == (len(world.rows), len(approved))
    assert p.needing == sum(_needs(r, gate) for r in world.rows)
    assert p.open_questions == sum(r.asked for r in world.rows)
    assert p.open_findings == {
        v: sum(w == v for r in world.rows for _, w in r.found) for v in ("critical", "major", "minor")
    }
    with world.store.read() as s:
        words = {(d, r.position): r.words for d in DOCUMENTS for r in grid.load(s, d, places=range(30))}
    assert p.words == sum(words.values())
    assert p.approved_words == sum(words[r.document, r.position] for r in approved)
    assert p.needing_words == sum(words[r.document, r.position] for r in world.rows if _needs(r, gate))
    routes = [(r, routed(gate, r.document, r.unit, bool(r.found))) for r in world.rows]
    must = [r for r, route in routes if route is Route.SAMPLED or (route is Route.EYES and gate.displayed)]
    assert unseen == sum(not r.shown for r in must)


def test_rows_come_with_their_texts_and_who_changed_them_last(world: World) -> None:
    with world.store.read() as s:
        loaded = grid.load(s, "D1", ids=[world.rows[5].segment.id, world.rows[2].segment.id, "nothing"])
        around = grid.window(s, "D1", 0, 2)
    assert [r.position for r in loaded] == [2, 5]
    for row in loaded:
        plain = world.rows[row.position]
        assert (row.segment, row.unit) == (plain.segment, plain.unit)
    assert [r.position for r in around] == [0, 1, 2]


def test_when_a_document_was_last_decided_about(world: World) -> None:
    with world.store.read() as s:
        assert grid.decided_at(s, DOCUMENTS) == {"D1": world.decided}


def test_sections_reach_to_the_next_heading_of_their_level_and_paths_name_what_stands_above(store: Store) -> None:
    made = [
        (1, "Safety"),
        (0, "text"),
        (2, "Deaths"),
        (0, "text"),
        (3, "Detail"),
        (2, "Others"),
        (1, "Efficacy"),
        (0, "text"),
    ]
    segs = [
        replace(a_segment(n, title), kind=BlockKind.HEADING if level else BlockKind.PARAGRAPH, level=level)
        for n, (level, title) in enumerate(made, 1)
    ]
    first = a_segment(0, "cover")
    with store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
        units.put_segments(s, "D1", [first, *segs], [Unit(g.id) for g in (first, *segs)])
        found = sections.of_document(s, "D1")
    assert [(x.path, x.first, x.last) for x in found] == [
        ("Safety", 1, 6), ("Safety › Deaths", 3, 5), ("Safety › Deaths › Detail", 5, 5), ("Safety › Others", 6, 6),
        ("Efficacy", 7, 8),
    ]  # fmt: skip
    with store.read() as s:
        paths = sections.paths(s, "D1", (0, 1, 4, 8))
        assert list(paths.values()) == ["", "Safety", "Safety › Deaths", "Efficacy"]
        assert sections.ranges(s, "D1", [found[1].id, "Efficacy"]) == [(3, 5), (7, 8)]


def test_a_heading_of_several_sentences_is_one_section(store: Store) -> None:
    one = replace(a_segment(0, "Results."), kind=BlockKind.HEADING, level=1)
    two = replace(a_segment(1, "Part two."), kind=BlockKind.HEADING, level=1, address=one.address, ordinal=1)
    with store.write() as s:
        batches.add(s, a_batch())
        documents.add(s, a_document())
        units.put_segments(s, "D1", [one, two], [Unit(one.id), Unit(two.id)])
        found = sections.of_document(s, "D1")
    assert [(x.title, x.id, x.first, x.last) for x in found] == [("Results. Part two.", one.id, 0, 1)]
