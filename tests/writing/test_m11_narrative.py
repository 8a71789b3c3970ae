"""Pictures, tables of events and references of a protocol's narrative: where they stand, what is told, what is not printed twice."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from drafted import part, said
from pictures import png
from usdm_sample import as_bytes, sample

from docpipe.model import draft
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan
from docpipe.model.inline import Placeholder
from docpipe.model.source import Figure, Source, SourceFile, SourceKind
from docpipe.sources.usdm_json import SOURCE
from docpipe.steps.read_sources import findings_of_study
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build

PICTURE = png(4, 2)
KIND = parse_type(part("draft/m11"), "draft/m11.v1", part)


def inline(data: bytes = PICTURE) -> str:
    """The picture as a data URI."""
    import base64

    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def told(item: int, text: str, title: str = "") -> dict[str, Any]:
    """The made-up trial with another text of a section."""
    given: dict[str, Any] = deepcopy(sample())
    given["study"]["versions"][0]["narrativeContentItems"][item]["text"] = text
    if title:
        given["study"]["documentedBy"][0]["versions"][0]["contents"][item]["sectionTitle"] = title
    return given


def study_of(given: dict[str, Any], *more: Source) -> StudyData:
    """The study of a made-up file and more sources."""
    data = as_bytes(given)
    file = SourceFile("trial.json", digest_bytes(data), "application/json", SourceKind.PROTOCOL)
    return build((*SOURCE.read(data, file), *more))


def pictures(plan: Plan) -> list[tuple[str, str, str]]:
    """Block, caption and digest of each picture but the schema."""
    found = []
    for block in plan.blocks:
        for n, row in enumerate(block.rows):
            if row.kind is BlockKind.FIGURE:
                (code,) = row.text
                assert isinstance(code, Placeholder)
                found.append((block.id, said(block.rows[n - 1].text), code.data))
    return [f for f in found if f[1] != "Trial schema"]


def codes(study: StudyData) -> list[str]:
    """What is told of pictures."""
    return [f.message for f in findings_of_study(study) if f.check == "usdm.picture"]


def lines(plan: Plan, name: str) -> list[str]:
    """The lines of a block, its heading left out."""
    found = next(b for b in plan.blocks if b.id == name)
    return [said(r.text) for r in found.rows[1:]]


@pytest.mark.parametrize("before", [True, False])
def test_a_picture_stands_in_its_place_under_its_caption_and_is_referred_to(before: bool) -> None:
    caption, picture = "<p>Figure 7: How it flows.</p>", f"<img alt='Boxes and arrows' src='{inline()}'/>"
    text = (
        f"<p>See Figure 7.</p>{caption}{picture}<p>After.</p>"
        if before
        else f"<p>See Figure 7.</p>{picture}{caption}<p>After.</p>"
    )
    study = study_of(told(6, text))
    plan, _ = make_plan(KIND, study)
    ((block, words, digest),) = pictures(plan)
    assert (words, digest) == ("How it flows", digest_bytes(PICTURE))
    rows = next(b for b in plan.blocks if b.id == block).rows
    assert [c.data for r in rows for c in r.text if isinstance(c, Placeholder) and c.kind == draft.REF] == [
        f"figure:{digest}"
    ]
    assert not [r for r in rows if said(r.text).startswith("Figure 7")], "the caption is no paragraph as well"
    assert study.trials[0].pictures[0].alt == "Boxes and arrows"
    assert not codes(study)
    assert not plan.unused


def test_a_picture_that_two_sections_show_stands_once_and_one_without_a_caption_under_its_sections_title() -> None:
    given = told(6, f"<p>Text of it.</p><img alt='Alt text' src='{inline()}'/>", "Kitchen Recipes")
    given["study"]["versions"][0]["narrativeContentItems"][7]["text"] = f"<img src='{inline()}'/><p>More of it.</p>"
    study = study_of(given)
    plan, _ = make_plan(KIND, study)
    assert len(pictures(plan)) == 1
    assert pictures(plan)[0][1]
    assert study.trials[0].pictures[0].alt == ""


def test_a_picture_in_a_file_of_its_own_is_found_by_its_name_or_told() -> None:
    given = told(6, "<p>Text.</p><p>Figure 1: Flow</p><img src='media/flow%201.png'/>")
    file = SourceFile("pics/Flow 1.png", digest_bytes(PICTURE), "image/png", SourceKind.FIGURE)
    beside = Figure(file, 1, "", "", "", "", PICTURE, "image/png", 4, 2, (0, 0))
    plan, _ = make_plan(KIND, study_of(given, beside))
    assert [p[1:] for p in pictures(plan)] == [("Flow", beside.digest)]
    missing = study_of(given)
    assert pictures(make_plan(KIND, missing)[0]) == []
    assert codes(missing) == [
        "The narrative shows the picture flow%201.png, which is not among the sources: it is left out."
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<p>x</p><img src='https://example.org/a.png'/>", "an address outside the file"),
        ("<p>x</p><img src='data:image/png;base64,AAAA'/>", "none that can be carried over"),
        ("<p>x</p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='/>", "none that can be carried over"),
        (
            f"<table><tr><td>a <img src='{inline()}'/></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
            "in a table",
        ),
    ],
)
def test_what_cannot_be_placed_is_told(text: str, why: str) -> None:
    study = study_of(told(6, text))
    (message,) = codes(study)
    assert why in message
    assert pictures(make_plan(KIND, study)[0]) == []


TABLE = "<table><tr><th>Event type</th><th>Reportable period</th><th>Report within</th><th>Method</th></tr><tr><td>{}</td><td>Consent to end</td><td>24 hours</td><td>E-mail</td></tr></table>"


def test_the_table_of_events_stands_where_the_narrative_has_it_and_the_gap_says_what_it_lacks() -> None:
    plan, _ = make_plan(
        KIND, study_of(told(6, TABLE.format("Serious adverse event"), "Timing of Adverse Event Reporting"))
    )
    (gap,) = [x for x in lines(plan, "9.2") if x.startswith("[GAP")]
    assert gap.endswith("the events to be reported: situational scope and backup method of reporting]")
    without, _ = make_plan(KIND, study_of(told(6, TABLE.format("Soup"), "Kitchen Recipes")))
    (gap,) = [x for x in lines(without, "9.2") if x.startswith("[GAP")]
    assert gap.startswith("[GAP: table of the events to be reported, for each type of event: type of event, ")
    assert "backup method of reporting" in gap


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("as described in 3.2.1 (Rules)", "section:5.6"), ("as described in 9.1.2 (Rules)", ""), ("in 3.2 of 10", ""),
        ("see the SoA (Table 2)", "table:soa"), ("see the SoA (Table 1)", "table:n-0-5-1"),
    ],
)  # fmt: skip
def test_references_without_the_word_or_to_the_schedules_own_table_are_turned(written: str, target: str) -> None:
    given = told(0, f"<p>It goes {written}.</p>")
    given["study"]["documentedBy"][0]["versions"][0]["contents"][4]["sectionNumber"] = "3.2.1"
    plan, _ = make_plan(KIND, study_of(given))
    row = next(r for _, r in plan.rows() if said(r.text).startswith("It goes"))
    refs = [c.data for c in row.text if isinstance(c, Placeholder) and c.kind == draft.REF]
    assert refs == ([target] if target else [])


def test_conditions_of_rationales_and_analyses_follow_the_design() -> None:
    plan, _ = make_plan(KIND, study_of(deepcopy(sample())))
    assert lines(plan, "10.6") == ["Not applicable. The trial has no exploratory objective."]
    assert lines(plan, "4.2.6") == ["Not applicable. The sources do not provide for an interim analysis."]
    assert lines(plan, "4.2.5")[0].startswith(("Not applicable. The design is not adaptive.", "[GAP:"))


def test_a_gap_below_a_section_with_words_says_where_to_look_first() -> None:
    plan, _ = make_plan(KIND, study_of(told(6, "<p>No soup before visits./p></p>", "Lifestyle Restrictions")))
    assert lines(plan, "5.5") == ["No soup before visits."], "what is left of a broken tag is no text"
    assert lines(plan, "5.5.1") == [
        "[GAP: restrictions of meals and diet; the text of the section above it may say so]"
    ]
    assert lines(plan, "11.2.1") == ["[GAP: what the investigator is responsible for]"]
