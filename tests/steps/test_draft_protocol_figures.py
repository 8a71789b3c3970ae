"""A protocol drafted to its package: the schema in Word and beside it as SVG, the schedule bound cell by cell in the trace."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from designed import changed, usdm
from drafting_story import Drafting
from installation import REVIEWER
from soa_types import TYPE

from docpipe.model.batch import State
from docpipe.safe import xml
from docpipe.settings import load
from docpipe.steps import gates
from docpipe.steps.draft_outcome import study_block
from docpipe.steps.draft_sources import source_set
from docpipe.steps.house import open_house


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drafting]:
    monkeypatch.setenv("DOCPIPE_OFFICE", "off")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    made = Drafting(open_house(load(home=tmp_path / "home")), tmp_path)
    made.people()
    yield made
    made.house.store.close()


def test_a_protocol_of_a_designed_trial_is_packed_with_its_schema(story: Drafting) -> None:
    batch = story.submit({"made.json": json.dumps(usdm()).encode()}, type_text=TYPE.decode(), review="none")
    assert story.run(batch) is State.DRAFT
    folder = Path(batch.out) / "DRAFT"
    svg = (folder / "soa.trial-schema.svg").read_bytes()
    desc = next(e for e in xml.parse(svg).iter() if str(e.tag).endswith("}desc"))
    with zipfile.ZipFile(folder / "soa.docx") as package:
        document = package.read("word/document.xml").decode()
        pictures = [n for n in package.namelist() if n.startswith("word/media/")]
    assert str(desc.text) in document
    assert len(pictures) == 1
    assert 'w:orient="landscape"' in document
    manifest = json.loads((Path(batch.out) / "manifest.json").read_bytes())
    assert "drawing" in json.dumps(manifest)
    trace = json.loads((folder / "soa.trace.json").read_bytes())
    crosses = [e for e in trace if e["text"].startswith("X") and "/r" in e["address"]]
    assert len(crosses) == 19
    assert len({e["sources"][0]["locator"] for e in crosses}) == 19
    assert all(
        e["sources"][0]["locator"].startswith("usdm:/study/versions/0/studyDesigns/0/scheduleTimelines/")
        for e in crosses
    )
    assert all(e["sources"] for e in trace)


FIVE = {
    "design.endpoint_unassessed": {"studyDesigns__0__objectives__0__endpoints__0__text": "Urinary cortisol at Week 8"},
    "design.assessment_unserved": {"studyDesigns__0__activities__7__label": "Hair analysis", "studyDesigns__0__activities__7__name": "Hair analysis"},
    "design.window_overlap": {"studyDesigns__0__scheduleTimelines__0__timings__2__windowUpper": "P4W"},
    "design.criterion_sex": {"eligibilityCriterionItems__1__text": "<p>Male participants only.</p>"},
    "design.estimand_without_events": {"studyDesigns__0__estimands__0__intercurrentEvents": []},
}  # fmt: skip


def test_questions_on_the_design_stand_among_the_findings_that_people_answer(story: Drafting) -> None:
    given: dict[str, object] = {}
    for put in FIVE.values():
        given |= put
    batch = story.submit({"made.json": json.dumps(changed(**given)).encode()}, type_text=TYPE.decode())
    assert story.run(batch) is State.WAITING
    told = {f["check"]: f for f in study_block(story.house, batch.id)["study_findings"]}
    assert set(FIVE) <= set(told)
    for check in FIVE:
        assert (told[check]["stage"], told[check]["disposition"]) == ("sources", "open")
        assert told[check]["locator"].startswith("usdm:/study/versions/0/")
    seen = source_set(story.house, batch.id)
    assert set(FIVE) <= {f.check for f in seen.by_stage["sources"]}, "the page of the source set lists them"
    answered = told["design.window_overlap"]["id"]
    gates.dispose(story.house, batch.id, [answered], story.team[REVIEWER], "visits may be at one day")
    again = {f["check"]: f for f in study_block(story.house, batch.id)["study_findings"]}
    assert again["design.window_overlap"]["reason"] == "visits may be at one day"
