"""Reports written by hand in several styles: nothing false is said of the correct ones, and most of the wrong words put into them are found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from report_of_people import FOLDER, Wrong, measured, together, written
from studies import shared_study

from docpipe.writing.study import StudyData

KNOWN = ("NPI-X has no result",)
"""True of the reports on the pilot: its second endpoint is in the protocol and not in the data."""
RECALL = {"pilot_plain": 0.9, "pilot_wordy": 0.9, "sample_terse": 0.8, "pilot_apart": 0.62, "sample_apart": 0.64}
"""As it is reached, rounded down (0.97 is meant). Of those apart only the false findings and the classes of what was missed were known when rules were made."""


@pytest.fixture(scope="module")
def sample(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


@pytest.fixture(scope="module")
def pilot(shared: Callable[[str], Path], run_folder: Path) -> StudyData:
    return shared_study(shared("data/cdiscpilot01"), run_folder / "pilot.study")


def test_every_report_has_words_to_get_wrong_and_keeps_its_right_ones() -> None:
    for path in FOLDER.glob("*.txt"):
        report = written(path.stem)
        wrongs = report.wrongs()
        assert len(wrongs) > 40 if path.stem in RECALL else not wrongs
        assert all("[[" not in report.line(n, {}) for n in range(len(report.lines)))
        for w in wrongs:
            assert report.line(w.line, {(w.line, w.choice): w.option}) != report.line(w.line, {})


def test_wrong_words_of_one_copy_stand_apart() -> None:
    for group in together(written("sample_terse").wrongs()):
        lines = sorted(w.line for w in group)
        assert all(b - a > 1 for a, b in pairwise(lines))


def test_nothing_false_is_said_of_a_terse_report_and_a_sample_of_its_wrong_words_is_found(sample: StudyData) -> None:
    report = written("sample_terse")
    only: list[Wrong] = together(report.wrongs())[0]
    told = measured(report, sample, only)
    assert told["said falsely"] == []
    assert told["recall"] >= 0.7, told["missed"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["sample_free", "pilot_free", "pilot_lists"])
def test_nothing_false_is_said_of_reports_in_free_words(name: str, request: pytest.FixtureRequest) -> None:
    study: StudyData = request.getfixturevalue(name.partition("_")[0])
    assert measured(written(name), study, known=KNOWN)["said falsely"] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", sorted(RECALL))
def test_wrong_words_are_found_and_nothing_false_is_said(name: str, request: pytest.FixtureRequest) -> None:
    study: StudyData = request.getfixturevalue(name.partition("_")[0])
    told = measured(written(name), study, known=KNOWN)
    assert told["said falsely"] == []
    assert told["recall"] >= RECALL[name], told["missed"]
