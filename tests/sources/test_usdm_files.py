"""USDM files: the trial with its places, references in texts, v3 and v4 alike, and everything that a file may have wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from usdm_sample import as_bytes, observational, sample, sample_v3

from docpipe.errors import DataDamaged, ProtocolObservational, ProtocolVersion
from docpipe.model.canonical import digest_bytes
from docpipe.model.finding import Severity
from docpipe.model.source import Figure, Source, SourceFile, SourceKind, TextSource
from docpipe.model.trial import Trial
from docpipe.registry import source_for
from docpipe.sources.consistency import with_sidecars
from docpipe.sources.usdm.xhtml import is_markup, pieces
from docpipe.sources.usdm_json import SOURCE

Shared = Callable[[str], Path]
STUDIES = ("CDISC_Pilot_Study.json", "Alexion_NCT04573309_Wilsons.json")


def read(data: bytes, name: str = "trial.json") -> tuple[Source, ...]:
    """What the reader gives."""
    return SOURCE.read(data, SourceFile(name, digest_bytes(data), "application/json", SourceKind.PROTOCOL))


def trial_of(data: bytes) -> Trial:
    """The trial alone."""
    found = read(data)[0]
    assert isinstance(found, Trial)
    return found


def at(data: Any, pointer: str) -> Any:
    """What stands at a JSON pointer."""
    for part in pointer.split("/")[1:]:
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def codes(trial: Trial) -> set[str]:
    """Codes of its notices."""
    return {n.code for n in trial.notices}


# ------------------------------------------------------------ what is read


def test_a_trial_is_read_with_its_parts_and_their_places() -> None:
    given = sample()
    trial = trial_of(as_bytes(given))
    design = trial.design
    assert (trial.file.study, trial.usdm, trial.version_identifier) == ("DX-01", "4.0.0", "2")
    assert [e.label for e in design.epochs] == ["Screening", "Treatment"]
    assert design.population is not None
    assert design.population.age is not None
    low = design.population.age.low
    assert low is not None
    assert (low.value, low.unit and low.unit.decode) == ("18", "Year")
    for named in (*design.arms, *design.activities, *design.epochs):
        assert at(given, named.called_at) == named.called
    for text in (design.objectives[0].text, trial.titles[0].text, design.criteria[1].text):
        assert at(given, text.pointer)
    assert [p.place.locator.rpartition("#")[2] for p in design.criteria[1].text.passages] == ["p1", "p2", "p3"]
    assert not trial.notices


def test_references_and_tags_are_resolved_through_one_another() -> None:
    trial = trial_of(as_bytes(sample()))
    assert trial.design.criteria[0].text.text == "At least 18 years old."
    sections = {s.number: s for s in trial.documents[0].sections}
    assert sections["2"].text.text == "The dose of 10 mg/m² is tested in Long Disease."
    assert [p.text for p in sections["3.1"].text.passages] == ["All of these must hold:", "1 | At least 18 years old."]
    assert trial.resolved == 3


def test_sections_are_ordered_and_nested_and_read_as_a_text() -> None:
    _, text = read(as_bytes(sample()))
    assert isinstance(text, TextSource)
    heads = [(len(p.headings), p.text) for p in text.passages if p.kind == "heading"]
    assert heads[2:5] == [(0, "3 Study Population"), (1, "3.1 Inclusion Criteria"), (1, "3.2 Screen Failures")]
    below = next(p for p in text.passages if p.text.startswith("a. They may"))
    assert below.headings == ("3 Study Population", "3.2 Screen Failures")
    assert below.kind == "list-item"


def test_version_3_reads_as_the_same_trial() -> None:
    old, new = trial_of(as_bytes(sample_v3())), trial_of(as_bytes(sample()))
    assert old.usdm == "3.0.0"
    assert not old.notices
    assert old.file.study == new.file.study
    for a, b in ((old, new),):
        assert [c.text.text for c in a.design.criteria] == [c.text.text for c in b.design.criteria]
        assert [(o.label, o.address and o.address.city) for o in a.organizations] == [
            (o.label, o.address and o.address.city) for o in b.organizations
        ]
        assert [s.text.text for s in a.documents[0].sections] == [s.text.text for s in b.documents[0].sections]
        assert [(e.endpoint_id, e.intervention_ids, e.population_id, e.summary.text) for e in a.design.estimands] == [
            (e.endpoint_id, e.intervention_ids, e.population_id, e.summary.text) for e in b.design.estimands
        ]
        assert [p.text.text for p in a.design.analysis_populations] == [
            p.text.text for p in b.design.analysis_populations
        ]
        for value in ("phase", "model", "blinding", "study_type"):
            assert getattr(a.design, value).code == getattr(b.design, value).code
        assert [i.label for i in a.interventions] == [i.label for i in b.interventions]
        assert a.interventions[0].administrations[0].duration is not None


def test_a_bare_study_reads_as_a_wrapped_one() -> None:
    wrapped = sample()
    bare = trial_of(as_bytes(wrapped["study"]))
    assert bare.pointer == "/versions/0"
    assert trial_of(as_bytes(wrapped)).pointer == "/study/versions/0"
    assert [c.text.text for c in bare.design.criteria] == [
        "At least 18 years old.",
        "Any of these: pregnant ill within 3 months",
    ]


def test_the_reader_is_chosen_for_usdm_and_not_for_its_schema() -> None:
    data = as_bytes(sample())
    assert source_for("application/json", data, "x.json") is SOURCE
    assert SOURCE.score(data.replace(b'"usdmVersion"', b'"other"'), "x.json") == 90
    assert SOURCE.score(b'{"openapi": "3.1", "usdmVersion": 1}', "x.json") == 0


# ------------------------------------------------------------ what may be wrong


def test_an_observational_study_is_refused_with_the_reason() -> None:
    with pytest.raises(ProtocolObservational, match="observational"):
        read(as_bytes(observational()))


@pytest.mark.parametrize("version", ["1.9", "2.6.0", "5.0"])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(ProtocolVersion):
        read(as_bytes({**sample(), "usdmVersion": version}))


@pytest.mark.parametrize(
    "data",
    [b"{", b"[]", b'"usdmVersion"', b'{"usdmVersion": "4.0.0"}', b'{"study": {"versions": []}}', b'{"study": {"versions": [1]}}',
     b'{"study": {"versions": [{"studyDesigns": []}]}}', b'{"study": {"versions": [{"studyDesigns": [3]}]}}', b'{"a": 1, "a": 2}'],
)  # fmt: skip
def test_what_is_no_usdm_is_damaged(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        read(data)


def test_a_reference_that_leads_nowhere_is_critical_and_names_its_place() -> None:
    given = sample()
    items = given["study"]["versions"][0]["narrativeContentItems"]
    items[0]["text"] = (
        "<p><usdm:ref klass='Endpoint' id='NONE' attribute='text'/> <usdm:tag name='who'/> <usdm:ref klass='StudyArm' id='E1' attribute='text'/>"
        "<usdm:ref klass='Endpoint' id='E1' attribute='height'/></p>"
    )
    trial = trial_of(as_bytes(given))
    found = [n for n in trial.notices if n.code == "usdm.unresolved"]
    assert len(found) == 4
    assert {n.severity for n in found} == {Severity.CRITICAL}
    assert {n.locator for n in found} == {"usdm:/study/versions/0/narrativeContentItems/0/text"}
    assert "[UNRESOLVED: Endpoint NONE text]" in trial.documents[0].sections[0].text.text


def test_texts_that_refer_to_each_other_in_a_ring_are_unresolved() -> None:
    given = sample()
    items = given["study"]["versions"][0]["narrativeContentItems"]
    items[0]["text"] = "<p><usdm:ref klass='NarrativeContentItem' id='NI2' attribute='text'/></p>"
    items[1]["text"] = "<p><usdm:ref klass='NarrativeContentItem' id='NI1' attribute='text'/></p>"
    assert "usdm.unresolved" in codes(trial_of(as_bytes(given)))


def test_an_empty_attribute_resolves_to_nothing() -> None:
    given = sample()
    items = given["study"]["versions"][0]["narrativeContentItems"]
    items[0]["text"] = "<p>Seen <usdm:ref klass='Activity' id='AC1' attribute='description'/> here</p>"
    trial = trial_of(as_bytes(given))
    assert trial.documents[0].sections[0].text.text == "Seen here"
    assert not trial.notices


def test_dangling_ids_unknown_classes_and_ids_given_twice_are_told() -> None:
    given = sample()
    design = given["study"]["versions"][0]["studyDesigns"][0]
    design["studyCells"][0]["armId"] = "GONE"
    design["arms"][0]["instanceType"] = "Leg"
    design["arms"].append({**deepcopy(design["arms"][1]), "name": "other"})
    design["epochs"][0]["nextId"] = "EP1"
    told = {n.code: n for n in trial_of(as_bytes(given)).notices}
    assert set(told) == {"usdm.dangling", "usdm.unknown_class", "usdm.same_id", "usdm.order"}
    assert told["usdm.dangling"].locator == "usdm:/study/versions/0/studyDesigns/0/studyCells/0/armId"


def test_several_versions_and_designs_are_told() -> None:
    given = sample()
    versions = given["study"]["versions"]
    versions.insert(0, {"id": "OLD", "studyDesigns": [], "instanceType": "StudyVersion"})
    versions[1]["studyDesigns"].append(
        {**deepcopy(observational()["study"]["versions"][0]["studyDesigns"][0]), "id": "SD2"}
    )
    trial = trial_of(as_bytes(given))
    assert {"usdm.several_versions", "usdm.several_designs"} <= codes(trial)
    assert trial.pointer == "/study/versions/1"
    assert len(trial.designs) == 1


# ------------------------------------------------------------ XHTML


def test_tables_lists_and_marks_become_pieces() -> None:
    found = pieces(
        "<div><p>A<br/>b &amp; c</p><ul><li>one<ol><li>two</li><li>b) three</li></ol></li></ul><p>x<sup>10</sup> <del>30</del><ins>21</ins> days</p>"
        "<table><tr><th>H</th><th colspan='2'>I</th></tr><tr><td rowspan='2'>r</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4 | 5</td></tr></table>"
        "<style>p {color: red}</style></div>"
    )
    assert [(p.text, p.kind, p.depth) for p in found[:5]] == [
        ("A b & c", "paragraph", 0), ("one", "list-item", 0), ("1. two", "list-item", 1), ("b) three", "list-item", 1),
        ("x¹⁰ [deleted: 30] [added: 21] days", "paragraph", 0),
    ]  # fmt: skip
    assert [(p.text, p.head) for p in found[5:]] == [("H | I | ", True), ("r | 1 | 2", False), (" | 3 | 4 ¦ 5", False)]


def test_lists_inside_cells_keep_their_items_apart_from_what_follows() -> None:
    (row,) = pieces(
        "<table><tr><td><p>Blood:</p><ul><li>one</li><li>two</li></ul><p>Urine:</p><ul><li>three</li></ul></td><td>x</td></tr></table>"
    )
    assert row.cells == ("Blood: • one • two • Urine: • three", "x")


@given(st.text(alphabet="abc <>/pultdri='\"&;1", max_size=80))
def test_any_text_has_pieces_and_plain_text_loses_nothing(text: str) -> None:
    found = pieces(text)
    if not is_markup(text) and "&" not in text:
        assert " ".join(p.text for p in found).split() == text.split()


def test_pictures_of_the_narrative_come_along_under_their_captions() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    given = sample()
    items = given["study"]["versions"][0]["narrativeContentItems"]
    items[0]["text"] = f"<p>Figure 2: The design</p><img src='data:image/png;base64,{dot}'/><img src='http://x/y.png'/>"
    found = read(as_bytes(given))
    figures = [s for s in found if isinstance(s, Figure)]
    assert [(f.number, f.title, f.width) for f in figures] == [("", "The design", 1)]
    assert codes(found[0]) == {"usdm.picture"}  # type: ignore[arg-type]
    assert [s.title for s in with_sidecars(found) if isinstance(s, Figure)] == ["The design"]


# ------------------------------------------------------------ real studies


@pytest.mark.parametrize("name", STUDIES)
def test_real_studies_are_read_with_every_reference_resolved(shared: Shared, name: str) -> None:
    data = (shared("data/usdm") / name).read_bytes()
    given = json.loads(data)
    trial = trial_of(data)
    assert not trial.notices
    assert trial.resolved > 300
    version = given["study"]["versions"][0]
    design = version["studyDesigns"][0]
    assert [len(x) for x in (trial.design.arms, trial.design.activities, trial.design.criteria, trial.design.objectives)] == [
        len(design[k]) for k in ("arms", "activities", "eligibilityCriteria", "objectives")
    ]  # fmt: skip
    words = [p.text for w in trial.words() for p in w.passages] + [c.text.text for c in trial.design.criteria]
    assert not [w for w in words if "usdm:" in w or "UNRESOLVED" in w]
    for document, raw in zip(trial.documents, given["study"]["documentedBy"], strict=True):
        assert [s.title.split() for s in document.sections] == [
            c["sectionTitle"].split() for c in raw["versions"][0]["contents"]
        ]
