"""The sample study is read without a complaint, and its tables say what its datasets say."""

from __future__ import annotations

import importlib
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from studies import shared_study

from docpipe.model.finding import Severity
from docpipe.model.source import Display
from docpipe.writing.records import Frame
from docpipe.writing.study import StudyData


@pytest.fixture(scope="module")
def study(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


@pytest.fixture(scope="module")
def statistics(root: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        return importlib.import_module("samples.make.study_statistics")


def values(frame: Frame, variable: str, **having: str) -> list[str]:
    records = frame.dataset.records
    return [frame.text(r, variable) for r in records if all(frame.text(r, v) == x for v, x in having.items())]


def test_nothing_critical_or_major_is_found(study: StudyData) -> None:
    assert [e.finding.message for e in study.evidence] == []
    assert [n.message for n in study.notices if n.severity is not Severity.MINOR] == []
    assert [u.reason for d in study.shown for u in d.unread] == []


def test_every_table_has_number_title_population_and_study(study: StudyData) -> None:
    assert len(study.displays) == 13
    for display in study.displays:
        assert display.number.startswith("Table 14.")
        assert display.title
        assert display.population
        assert display.footnotes
        assert display.study == study.id == "TVN-4471-204"
        assert all(head.n for head in display.columns)


def test_most_cells_are_recomputed_from_the_data_and_agree(study: StudyData) -> None:
    pairs = [p for c in study.comparisons for p in c.pairs]
    assert len(pairs) > 850
    assert all(p.agrees for p in pairs)
    compared = {d.display.number for d, c in zip(study.shown, study.comparisons, strict=True) if c.pairs}
    assert {d.number for d in study.displays} - compared == {"Table 14.3.4.1"}


def test_one_dataset_comes_as_json_and_one_table_in_two_formats(study: StudyData) -> None:
    lab = study.dataset("ADLB")
    assert lab is not None
    assert lab.file.path == "adam/adlb.json"
    paths = [s.file.path for s in study.sources if isinstance(s, Display) and s.number == "Table 14.1.2"]
    assert sorted(Path(p).suffix for p in paths) == [".docx", ".rtf"]


def test_the_stories_told_by_hand_are_in_the_data(study: StudyData) -> None:
    events = study.records.frames["ADAE"]
    assert len(values(events, "USUBJID", AESER="Y")) == 5
    assert len(set(values(events, "USUBJID", AESER="Y"))) == 4
    dead = set(values(events, "USUBJID", AEOUT="FATAL"))
    assert dead == set(values(study.records.frames["ADSL"], "USUBJID", DTHFL="Y"))
    assert len(dead) == 2
    assert set(values(events, "AEDECOD", AESIFL="Y")) == {"Pneumonia"}
    assert len(values(events, "USUBJID", TRTEMFL="")) == 1
    assert len(set(values(events, "USUBJID", AEACN="DRUG WITHDRAWN"))) == 5


def test_analysis_and_tabulation_datasets_say_the_same(study: StudyData) -> None:
    frames = study.records.frames
    people = Counter(values(frames["DM"], "ARM"))
    for arm in study.arms.names:
        assert people[arm] == len(values(frames["ADSL"], "USUBJID", TRT01P=arm)) == 22
    assert people["Screen Failure"] == 8
    for variable in ("AETERM", "AEDECOD", "AESEV", "AESER", "AEREL", "AEACN", "AEOUT"):
        assert values(frames["AE"], variable) == values(frames["ADAE"], variable)
    for s, day in zip(values(frames["ADSL"], "USUBJID"), values(frames["ADSL"], "TRTDURD"), strict=True):
        doses = values(frames["EX"], "EXENDY", USUBJID=s)
        assert (str(max(map(int, doses))) if doses else "") == day


def test_first_exacerbations_lie_within_treatment(study: StudyData) -> None:
    frame = study.records.frames["ADTTE"]
    times = [float(v) for v in values(frame, "AVAL", FASFL="Y")]
    assert min(times) >= 1
    assert max(times) <= 84


def test_the_texts_hold_design_sets_criteria_and_abbreviations(study: StudyData) -> None:
    assert len(study.texts) == 2
    for text in study.texts:
        assert text.file.study == "TVN-4471-204"
        headings = " | ".join(h for p in text.passages for h in p.headings)
        assert "Abbreviations" in headings
        assert "Study Design" in headings
    said = " ".join(p.text for t in study.texts for p in t.passages)
    for word in ("Analysis sets", "Inclusion Criteria", "ANCOVA", "1:1:1", "MedDRA"):
        assert word.casefold() in said.casefold() or any(
            word in h for t in study.texts for p in t.passages for h in p.headings
        )


def test_the_statistics_are_those_of_the_literature(statistics: Any) -> None:
    assert statistics.quantile_of_t(10) == pytest.approx(2.228139, abs=1e-6)
    assert statistics.p_of_t(2.0, 30) == pytest.approx(0.054625, abs=1e-6)
    # Freireich et al. 1963, remission on 6-MP and placebo, as printed in textbooks of survival analysis.
    drug = [(t, True) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)]
    drug += [(t, False) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
    placebo = [(t, True) for t in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
    assert statistics.quartile(placebo, 0.5) == 8
    assert statistics.quartile(drug, 0.5) == 23
    assert statistics.share_at(drug, 10)[0] == pytest.approx(0.7529, abs=1e-4)
    assert statistics.log_rank(placebo, drug) == pytest.approx(math.erfc(math.sqrt(16.79 / 2)), rel=0.01)
    assert statistics.hazard_ratio(drug, placebo)[0] == pytest.approx(math.exp(1.509), rel=0.01)


def test_the_figure_names_itself(samples: Path) -> None:
    data = (samples / "study/tlf/f-14-2-3-1.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert b"Title\0Figure 14.2.3.1 Kaplan-Meier" in data
