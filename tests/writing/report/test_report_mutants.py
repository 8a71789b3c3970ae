"""Defects typed into reports without bindings: edited exactly where they are meant to be, found by the check of reports, and nothing said of correct ones."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from draft_mutants import World
from drafted import planned
from perturb import perturb
from report_measure import BLOCKING, Bench, measure, table, together
from report_mutants import MUST, Desk, Edit, every
from report_paraphrased import paraphrased
from report_written import after, as_people_have_it, edited, words_of
from studies import shared_study, study_of

from docpipe.model.finding import Severity
from docpipe.writing.card import card_of
from docpipe.writing.report.binding import bind
from docpipe.writing.report.findings import findings
from docpipe.writing.study import StudyData
from docpipe.writing.word.options import WordOptions
from docpipe.writing.word.write import write

SMALL = (
    "count off by one", "percentage beside its count off", "values of two arms swapped in the text", "death told otherwise", "dose in another unit",
    "p value on the other side of 5 %", "table that is not there", "harmless: percent spelled with a space", "harmless: week in small letters",
)  # fmt: skip
RECALL, OWN, HELD_OUT, FALSE = 0.96, 0.91, 0.95, 0.2
"""Recall of blocking checks and by the own check as they are reached, of blocking checks on a copy with other names and outcomes, blocking false alarms per 10 pages."""


@pytest.fixture(scope="module")
def sample(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


def bench(study: StudyData, kind: str) -> Bench:
    """The correct report of a study, as people have it."""
    plan, book = planned(kind, study)
    facts = study.store.with_facts(book.made.values())
    report = as_people_have_it(
        write(plan, {}, facts, WordOptions(study=plan.study)), {f.id: f for f in facts}, plan.arms
    )
    return Bench(Desk(report, World(plan, facts, card_of(study))), study, facts, kind)


@pytest.fixture(scope="module")
def synopsis(sample: StudyData) -> Bench:
    return bench(sample, "synopsis")


def test_a_report_as_people_have_it_holds_no_binding_and_no_gap(synopsis: Bench) -> None:
    with zipfile.ZipFile(BytesIO(synopsis.desk.report.data)) as z:
        names = z.namelist()
        body = z.read("word/document.xml").decode()
    assert not [n for n in names if n.startswith("customXml")]
    assert not [w for w in ("w:sdt", "bookmarkStart", "fldChar", "[GAP", "dp|") if w in body]
    assert words_of(synopsis.desk.report.data) == [p.text for p in synopsis.desk.report.paras]


def test_an_edit_changes_the_words_it_names_and_no_others(synopsis: Bench) -> None:
    report = synopsis.desk.report
    random = Random(5)
    for _ in range(25):
        para = random.choice([p for p in report.paras if len(p.text) > 3])
        start = random.randrange(len(para.text))
        edits = [Edit(para.index, start, random.randrange(start, len(para.text)) + 1, "so")]
        words = [p.text for p in report.paras]
        words[para.index] = after(para, edits)
        assert words_of(edited(report, edits)) == words


def test_defects_in_one_copy_stand_apart_and_each_table_has_one_at_the_most(synopsis: Bench) -> None:
    paras = synopsis.desk.report.paras
    for group in together(synopsis, every(synopsis.desk, 2, SMALL)):
        boxes = [{(paras[i].cell or (-1,))[0] for i in m.places} - {-1} for m in group]
        cells = [table for tables in boxes for table in tables]
        assert len(cells) == len(set(cells))
        texts = sorted(i for m in group for i in m.places if paras[i].cell is None)
        assert all(b - a > 2 for a, b in pairwise(texts))
        anywhere = [check for m in group if m.whole for check in m.must]
        assert len(anywhere) == len(set(anywhere))


def test_a_sample_of_defects_is_found_and_the_correct_synopsis_raises_nothing(synopsis: Bench) -> None:
    told = measure(synopsis, 1, SMALL, show=True)
    result = table([told])
    assert result["mutants"] >= 6
    assert result["recall of blocking checks"] >= 0.7, told["examples"]
    assert result["false alarms per 10 pages"] == 0, told["examples"]
    assert result["harmless edits spoken of"] == 0, told["examples"]


def test_most_checks_have_defects_to_find(synopsis: Bench) -> None:
    assert len({m[0] for m in MUST.values() if m}) >= 24


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_recall_and_false_alarms_on_the_reports_of_both_studies(sample: StudyData, pilot: StudyData) -> None:
    told = [measure(bench(study, "csr"), 12, show=True) for study in (sample, pilot)]
    result = table(told)
    missed = {k: v for one in told for k, v in one["examples"].items()}
    seeded = Counter({c: r["mutants"] for c, r in result["checks"].items()})
    assert sum(n >= 20 for n in seeded.values()) >= 25, seeded
    assert sum(n >= 20 for c, n in seeded.items() if c in BLOCKING) >= 18, seeded
    assert result["recall of blocking checks"] >= RECALL, missed
    assert result["recall by the own check"] >= OWN, missed
    assert result["false alarms per 10 pages"] <= FALSE, missed


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_recall_and_false_alarms_on_a_study_that_no_rule_was_made_on(
    pilot: StudyData, shared: Callable[[str], Path], tmp_path: Path
) -> None:
    other = study_of(perturb(shared("data/cdiscpilot01"), pilot.sources, tmp_path / "study", 2027))
    told = measure(bench(other, "csr"), 6, show=True)
    result = table([told])
    assert result["recall of blocking checks"] >= HELD_OUT, told["examples"]
    assert result["false alarms per 10 pages"] <= FALSE, told["examples"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["m2-7-4", "synopsis", "narratives"])
def test_correct_documents_of_other_types_raise_nothing_that_blocks(sample: StudyData, kind: str) -> None:
    given = bench(sample, kind)
    report, found = given.look(given.desk.report.data)
    assert [(f.check, f.message) for f in found if f.severity is Severity.CRITICAL] == []
    reworded = paraphrased(report, given.desk.report.arms)
    again = findings(bind(reworded, sample, ready=given.ready), sample, kind)
    assert [(f.check, f.message) for f in again if f.severity is Severity.CRITICAL] == []
