"""A synopsis in Word as a designed trial: labels in many words, rows and headings, values with their characters, and nothing that is not there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.canonical import digest_bytes
from docpipe.model.source import SourceFile, TextSource
from docpipe.model.trial import Quantity, Trial
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.synopsis.entries import Piece
from docpipe.sources.synopsis.labels import label_of, level_of
from docpipe.sources.synopsis.values import ages, blinding, phase, size

SAMPLE = "synopsis-en/protocol-synopsis.docx"


def read(data: bytes, name: str = "protocol-synopsis.docx") -> tuple[Trial | None, TextSource]:
    """The trial and the text of a file."""
    kind = sniff(data, name)
    reader = source_for(kind, data, name)
    found = reader.read(data, SourceFile(name, digest_bytes(data), kind, reader.kind))
    text = next(s for s in found if isinstance(s, TextSource))
    return next((s for s in found if isinstance(s, Trial)), None), text


def document(rows: Sequence[tuple[str, str]], title: str = "Protocol Synopsis") -> bytes:
    """A synopsis of our own: a title and a table of two columns, lines of a cell parted by bars."""
    made = docx.Document()
    made.add_paragraph(title)
    table = made.add_table(rows=0, cols=2)
    for label, text in rows:
        cells = table.add_row().cells
        cells[0].text = label
        cells[1].text, *more = text.split("|")
        for line in more:
            cells[1].add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


ROWS = (
    ("Study title", "A phase II study of drug A in patients with gout"), ("Protocol No.", "A-201"), ("Name of Sponsor/Company", "Sponsor Ltd"),
    ("Phase of development", "IIa"), ("Primary objective(s):", "To show that drug A lowers urate."), ("Methodology", "Open-label, single-arm study."),
    ("Diagnosis and main criteria for inclusion", "Men and women with gout, aged 18 years or older|Serum urate above 6 mg/dL"),
    ("Number of patients (planned)", "N = 40 patients at 5 sites"),
)  # fmt: skip


def test_the_sample_is_read_whole(samples: Path) -> None:
    trial, text = read((samples / SAMPLE).read_bytes())
    assert trial is not None
    design = trial.design
    assert trial.name == "TVN-4471-301"
    assert trial.file.study == text.file.study == "TVN-4471-301"
    assert trial.usdm == ""
    assert [t.type.decode for t in trial.titles if t.type] == ["Official Study Title", "Brief Study Title"]
    assert [(i.text, i.scope_id) for i in trial.identifiers] == [("TVN-4471-301", "sponsor"), ("2099-510001-11-00", "ema")]  # fmt: skip
    assert [c.decode for c in (design.phase, design.model, design.blinding) if c] == ["Phase 3", "Parallel Group", "Double Blind"]  # fmt: skip
    assert [c.decode for c in design.characteristics] == ["Randomized"]
    assert [(o.level.decode.split()[0], len(o.endpoints)) for o in design.objectives if o.level] == [
        ("Primary", 1), ("Secondary", 1), ("Secondary", 1), ("Exploratory", 1),
    ]  # fmt: skip
    assert design.objectives[2].endpoints[0].text.text == "Change from baseline in CAT total score at Week 52."
    assert [len([c for c in design.criteria if c.category and c.category.decode.startswith(k)]) for k in ("Incl", "Excl")] == [4, 3]  # fmt: skip
    assert design.criteria[0].text.text == "Age 40 to 80 years at screening."
    population = design.population
    assert population is not None
    assert isinstance(population.enrollment, Quantity)
    assert population.enrollment.value == "860"
    assert population.age is not None
    assert [q.value for q in (population.age.low, population.age.high) if q] == ["40", "80"]
    assert population.healthy is False
    assert [a.label for a in design.arms] == ["Corvelast 150 mg", "Placebo"]


def test_visits_are_a_timeline_cell_by_cell(samples: Path) -> None:
    from samples.make.trial_synopsis import _VISITS

    trial, _ = read((samples / SAMPLE).read_bytes())
    assert trial is not None
    design = trial.design
    head, *lines = [line.split("|") for line in _VISITS]
    assert [e.label for e in design.encounters] == head[1:]
    assert [a.label for a in design.activities] == [line[0] for line in lines]
    (timeline,) = design.timelines
    for n, instance in enumerate(timeline.instances, 1):
        wanted = [a.id for a, line in zip(design.activities, lines, strict=True) if line[n] == "X"]
        assert list(instance.activity_ids) == wanted


def test_every_value_stands_where_its_place_says(samples: Path) -> None:
    trial, text = read((samples / SAMPLE).read_bytes())
    assert trial is not None
    passages = {p.place.locator.partition("/")[0]: p for p in text.passages}

    def at(pointer: str) -> str:
        found = re.fullmatch(r"(text:p\d+)/(\d+)-(\d+)", pointer)
        assert found, pointer
        return passages[found[1]].text[int(found[2]) : int(found[3])]

    design = trial.design
    population = design.population
    assert population is not None
    assert isinstance(population.enrollment, Quantity)
    assert at(population.enrollment.pointer) == "860"
    assert population.age is not None
    assert population.age.low is not None
    assert at(population.age.low.pointer) == "40"
    for criterion in design.criteria:
        assert at(criterion.text.pointer) == criterion.text.text
    for objective in design.objectives:
        assert at(objective.text.pointer) == objective.text.text
        assert all(at(e.text.pointer) == e.text.text for e in objective.endpoints)
    for one in (*design.encounters, *design.activities, *trial.identifiers):
        assert at(one.pointer) == getattr(one, "label", "") or getattr(one, "text", "")
    assert trial.place(population.enrollment.pointer).locator == population.enrollment.pointer


def test_other_labels_say_the_same_and_what_is_missing_is_empty() -> None:
    trial, _ = read(document(ROWS))
    assert trial is not None
    design = trial.design
    assert design.phase is not None
    assert design.phase.decode == "Phase 2"
    assert design.blinding is not None
    assert design.blinding.decode == "Open Label"
    assert [c.text.text for c in design.criteria] == ["Men and women with gout, aged 18 years or older", "Serum urate above 6 mg/dL"]  # fmt: skip
    assert design.objectives[0].endpoints == ()
    assert design.population is not None
    assert isinstance(design.population.enrollment, Quantity)
    assert design.population.enrollment.value == "40"
    assert design.population.age is not None
    assert design.population.age.high is None
    assert design.arms == ()
    assert design.timelines == ()
    assert trial.interventions == ()


def test_headings_serve_as_labels_too() -> None:
    made = docx.Document()
    made.add_paragraph("Synopsis")
    for label, text in ROWS:
        made.add_heading(label.rstrip(":"), 2)
        for line in text.split("|"):
            made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    trial, _ = read(out.getvalue(), "gout.docx")
    assert trial is not None
    assert trial.name == "A-201"
    assert trial.design.objectives[0].text.text == "To show that drug A lowers urate."


def test_pairs_of_objectives_and_endpoints_stand_side_by_side() -> None:
    pairs = (("Objectives", "Endpoints"), ("Primary", ""), ("To lower urate", "Urate at Week 4|Urate at Week 8"), ("Secondary: to describe safety", "Adverse events"))  # fmt: skip
    trial, _ = read(document((*ROWS[:4], *pairs, *ROWS[5:])))
    assert trial is not None
    told = [(o.level.decode.split()[0] if o.level else "", o.text.text, [e.text.text for e in o.endpoints]) for o in trial.design.objectives]  # fmt: skip
    assert told == [
        ("Primary", "To lower urate", ["Urate at Week 4", "Urate at Week 8"]), ("Secondary", "to describe safety", ["Adverse events"]),
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["Clinical Study Report: Synopsis", "Statistical Analysis Plan", "Protocol"])
def test_other_documents_are_texts_alone(title: str) -> None:
    made = docx.Document()
    made.add_paragraph(title)
    for label, text in ROWS:
        made.add_paragraph(f"{label.rstrip(':')}: {text}")
    out = io.BytesIO()
    made.save(out)
    trial, text = read(out.getvalue(), "a.docx")
    assert trial is None
    assert text.passages


@pytest.mark.parametrize(
    ("label", "name", "level"),
    [
        ("Title of Study", "title", ""), ("Sponsor’s protocol number:", "identifier", ""), ("EudraCT No.", "eu_number", ""), ("Study Phase", "phase", ""),
        ("Secondary Objectives", "objectives", "secondary"), ("1.2 Primary Endpoint:", "endpoints", "primary"), ("Key exclusion criteria", "exclusion", ""),
        ("Test product, dose and mode of administration", "intervention", ""), ("Duration of treatment", "given_for", ""), ("Statistical Methods", "statistics", ""),
        ("Number of subjects", "size", ""), ("Results", "", ""), ("The primary objective was to compare both arms.", "", ""),
    ],
)  # fmt: skip
def test_labels_are_known_by_many_words(label: str, name: str, level: str) -> None:
    assert label_of(label) == (name, level)


def piece(text: str) -> Piece:
    """A piece of a passage."""
    from docpipe.model.canonical import Digest
    from docpipe.model.source import Place

    return Piece(text, Place(Digest("0"), f"text:p1/0-{len(text)}"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", "Phase 3"),
        ("IIb", "Phase 2"),
        ("Phase 1/2", "Phase 1/Phase 2"),
        ("Phase II/III", "Phase 2/Phase 3"),
        ("not stated", None),
    ],
)
def test_phases_are_read_in_any_writing(text: str, said: str | None) -> None:
    found = phase(piece(text), labelled=True)
    assert (found.decode if found else None) == said


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Approximately 120 participants (60 in each group)", "120"), ("1,250 patients at 90 sites", "1250"), ("40", "40"), ("About 30% of 200 patients", "200"),
        ("To be determined", None),
    ],
)  # fmt: skip
def test_numbers_of_participants_are_told_from_others(text: str, number: str | None) -> None:
    found = size(piece(text), labelled=True)
    assert (found.value if found else None) == number


@given(st.text(max_size=80))
def test_any_text_is_read_without_fault(text: str) -> None:
    label_of(text)
    level_of(text)
    for read_value in (ages, blinding):
        read_value(piece(text))
    size(piece(text), labelled=True)
    part = piece(text).part(1, 5)
    assert json.dumps(part.text) is not None
