"""A copy of the pilot study with other names, ids, dates and outcomes is read as well as the original, and nothing of the original is left in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from drafted import every_text, planned, said
from perturb import ORIGINAL, PLAIN, moved, perturb
from recount import looked_up, recounts, why_not
from studies import study_of

from docpipe.model import draft
from docpipe.model.fact import FactId
from docpipe.model.finding import Severity
from docpipe.model.inline import Placeholder
from docpipe.model.source import Dataset, Display
from docpipe.writing.study import StudyData

pytestmark = [pytest.mark.xdist_group("perturbed"), pytest.mark.slow]
"""The copy is made once: by one process."""


@pytest.fixture(scope="module")
def folder(pilot: StudyData, shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("perturbed") / "study"
    return perturb(shared("data/cdiscpilot01"), pilot.sources, out)


@pytest.fixture(scope="module")
def perturbed(folder: Path) -> StudyData:
    return study_of(folder)


def words(study: StudyData, pattern: str) -> set[str]:
    """The values of the variables whose name fits, of every dataset."""
    found = set()
    for frame in study.records.frames.values():
        for variable in frame.dataset.variables:
            if re.fullmatch(pattern, variable.name) and variable.kind == "text":
                found |= set(frame.levels(variable.name)) - {""}
    return found


def column(study: StudyData, dataset: str, variable: str) -> list[str]:
    frame = study.records.frames[dataset]
    return [frame.text(r, variable) for r in frame.dataset.records]


def test_no_name_id_or_date_of_the_original_is_left_in_any_byte(folder: Path, pilot: StudyData) -> None:
    ids = words(pilot, "USUBJID")
    dates = {d[:10] for d in words(pilot, r".*DTC") if d >= "2012-01-01"}
    seen = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        assert not ORIGINAL.search(path.name), path.name
        text = path.read_bytes().decode("latin-1")
        low = text.lower()
        assert [w for w in PLAIN if w in low] == [], path.name
        tokens = set(re.findall(r"\d\d-\d{3}-\d{4}|\d{4}-\d\d-\d\d", text))
        assert not tokens & (ids | dates), path.name
        seen += 1
    assert seen > 30


def test_what_the_readers_see_holds_nothing_of_the_original_either(perturbed: StudyData, pilot: StudyData) -> None:
    for source in perturbed.sources:
        assert not ORIGINAL.search(repr(source)), source.file.path
    assert not words(perturbed, "USUBJID|SITEID|SUBJID|STUDYID") & words(pilot, "USUBJID|SITEID|SUBJID|STUDYID")
    old, new = (set(column(s, "ADSL", "TRTSDT")) for s in (pilot, perturbed))
    assert not old & new
    assert set(perturbed.arms.names) & set(pilot.arms.names) == {"Placebo"}


def test_ages_sexes_outcomes_and_events_have_changed(perturbed: StudyData, pilot: StudyData) -> None:
    for dataset, variable in (
        ("ADSL", "AGE"), ("ADSL", "SEX"), ("ADSL", "DCDECOD"), ("ADSL", "TRT01P"), ("ADSL", "WEIGHTBL"), ("ADSL", "CUMDOSE"),
        ("ADAE", "AEDECOD"), ("ADAE", "AESEV"), ("ADAE", "AEREL"), ("ADAE", "AEOUT"), ("ADAE", "TRTA"), ("EX", "EXDOSE"),
    ):  # fmt: skip
        old, new = column(pilot, dataset, variable), column(perturbed, dataset, variable)
        assert len(old) == len(new)
        assert sum(a != b for a, b in zip(old, new, strict=True)) > len(old) / 20, variable
    at = [[i for i, v in enumerate(column(s, "ADSL", "DTHFL")) if v == "Y"] for s in (pilot, perturbed)]
    assert len(at[0]) == len(at[1]) == 3
    assert len(set(at[0]) & set(at[1])) == 2


def test_the_datasets_of_the_copy_agree_with_each_other(perturbed: StudyData) -> None:
    for variable in ("AETERM", "AEDECOD", "AESEV", "AESER", "AEREL", "AEOUT", "AESDTH"):
        one, other = (
            dict(
                zip(
                    zip(column(perturbed, d, "USUBJID"), column(perturbed, d, "AESEQ"), strict=True),
                    column(perturbed, d, variable),
                    strict=True,
                )
            )
            for d in ("AE", "ADAE")
        )
        assert one == other, variable
    level = dict(zip(column(perturbed, "ADSL", "USUBJID"), column(perturbed, "ADSL", "TRT01A"), strict=True))
    for s, arm in zip(column(perturbed, "ADAE", "USUBJID"), column(perturbed, "ADAE", "TRTA"), strict=True):
        assert level[s] == arm
    ages = dict(zip(column(perturbed, "DM", "USUBJID"), column(perturbed, "DM", "AGE"), strict=True))
    for s, age in zip(column(perturbed, "ADSL", "USUBJID"), column(perturbed, "ADSL", "AGE"), strict=True):
        assert ages[s] == age
    dead = {s for s, f in zip(level, column(perturbed, "ADSL", "DTHFL"), strict=True) if f == "Y"}
    fatal = column(perturbed, "AE", "AEOUT")
    assert dead == {s for s, o in zip(column(perturbed, "AE", "USUBJID"), fatal, strict=True) if o == "FATAL"}


def test_nothing_critical_is_found_that_the_original_does_not_have(perturbed: StudyData, pilot: StudyData) -> None:
    assert {e.finding.check for e in perturbed.evidence} <= {"N6.parts-do-not-add-up", "P8.serious-not-flagged"}
    assert {n.code for n in perturbed.notices if n.severity is Severity.CRITICAL} == set()
    old = [e for e in pilot.evidence if e.finding.check.startswith(("N6", "P8"))]
    assert len(perturbed.evidence) <= len(old)


def test_every_table_is_there_and_its_cells_agree_with_the_perturbed_data(
    perturbed: StudyData, pilot: StudyData
) -> None:
    tables = {d.number for d in pilot.displays if d.file.path.startswith("tlf/")}
    assert {d.number for d in perturbed.displays} == tables
    pairs = [p for c in perturbed.comparisons for p in c.pairs]
    assert len(pairs) > 2800
    assert all(p.agrees for p in pairs)
    assert [u.reason for d in perturbed.shown for u in d.unread] == []


def test_the_tables_keep_the_originals_structure(perturbed: StudyData, pilot: StudyData) -> None:
    for number in ("14-1.02", "14-2.01", "14-3.01", "14-4.01"):
        old, new = pilot.display(number), perturbed.display(number)
        assert isinstance(old, Display)
        assert isinstance(new, Display)
        assert [r.depth for r in old.rows] == [r.depth for r in new.rows]
        assert [len(c.path) for c in old.columns] == [len(c.path) for c in new.columns]
        assert len(old.footnotes) == len(new.footnotes)
        assert old.rows != new.rows


def test_another_seed_gives_another_study(
    pilot: StudyData, shared: Callable[[str], Path], tmp_path: Path, perturbed: StudyData
) -> None:
    only = [s for s in pilot.sources if isinstance(s, Dataset)]
    out = perturb(shared("data/cdiscpilot01"), only, tmp_path / "other", 6)
    other = study_of(out)
    assert column(other, "ADSL", "AGE") != column(perturbed, "ADSL", "AGE")
    assert not words(other, "USUBJID") & words(perturbed, "USUBJID")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2013-07-19", "2005-04-23"),
        ("2013-07-19T09:30", "2005-04-23T09:30"),
        ("2013-07", "2005-04"),
        ("2013", "2005"),
        ("soon", "soon"),
    ],
)
def test_dates_move_whole_or_partial(text: str, wanted: str) -> None:
    assert moved(text, -3009) == wanted


@pytest.mark.parametrize("name", ["csr", "narratives"])
def test_a_draft_of_the_copy_names_nothing_of_the_original_and_recounts_right(
    perturbed: StudyData, pilot: StudyData, name: str
) -> None:
    """The original's arms, ids and dates stand in no text of the plan; every computed fact is counted again from the records."""
    plan, book = planned(name, perturbed)
    used = {
        p.data.partition(":")[0]
        for _, t in every_text(plan)
        for p in t
        if isinstance(p, Placeholder) and p.kind == draft.FACT
    }
    facts = [f for u in sorted(used) if (f := book.get(FactId(u))) is not None]
    assert len(facts) == len(used)
    text = "\n".join(said(t) for _, t in every_text(plan))
    assert len(text) > 10_000
    assert ORIGINAL.search(text) is None
    assert not words(pilot, "USUBJID") & set(re.findall(r"\d\d-\d{3}-\d{4}", text))
    assert perturbed.id in text or name == "narratives"
    data = {n: f.dataset for n, f in perturbed.records.frames.items()}
    asked = [f for f in facts if f.formula and not f.inputs]
    found = [(f, same) for f in asked if (same := recounts(f.formula, f.raw, data)) is not None]
    assert [(f.formula, f.raw) for f, same in found if not same] == []
    rest = [f.formula for f in asked if recounts(f.formula, f.raw, data) is None]
    assert [f for f in rest if why_not(f) == "another form"] == []
    assert sum("narrated" not in f for f in rest) <= 2
    own = [
        (f, x) for f in facts if not f.formula and len(f.places) == 1 and (x := looked_up(f.places[0].locator, data))
    ]
    assert [(f.raw, x) for f, x in own if f.raw not in x and f.formatted not in x] == []
    assert len(found) > 100 or name == "narratives"
    assert len(own) > 1000
