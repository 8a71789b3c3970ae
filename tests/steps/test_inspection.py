"""What the checks say of an answer before it is accepted, and what is told of an answer that came again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.finding import Severity
from docpipe.model.inline import Text, text_digest
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Origin, OriginKind, Segment, segment_id
from docpipe.model.terms import Term, TermHit, TermStatus
from docpipe.steps.answered import CAME_AGAIN, CHECK, oddities, told
from docpipe.steps.inspection import LANGUAGE, SAME, inspector


def segment(text: str) -> Segment:
    address, source = Address("doc#/p[1]"), (Text(text),)
    name = segment_id("e" * 64, address, 0)
    return Segment(name, address, 0, BlockKind.PARAGRAPH, source, text_digest(source), Digest("c"))


def said(source: str, target: str, to: str, language: str = "en", **given: object) -> str:
    recipe = replace(Recipe("translate", language, to, "openai"), **given)
    return inspector(recipe, {})(segment(source), (Text(target),))


@pytest.mark.parametrize(
    ("source", "target", "to", "what"),
    [
        ("The dose was 5 mg.", "Die Dosis betrug 6 mg.", "de", "5"),
        ("Do not crush.", "Zerdrücken.", "de", "denies"),
        ("Subjects with NCT01234567", "Probanden mit NCT01234568", "de", "NCT01234567"),
        ("Authors:", "Authors:", "zh", SAME),
        ("Placebo", "Placebo", "de", SAME),
        ("医学联系人", "Medical und contact", "en", LANGUAGE),
    ],
)
def test_what_a_model_can_mend_is_said(source: str, target: str, to: str, what: str) -> None:
    assert what in said(source, target, to, "zh" if to == "en" else "en")


@pytest.mark.parametrize(
    ("source", "target", "to"),
    [
        ("The dose was 5 mg.", "Die Dosis betrug 5 mg.", "de"),
        ("CYP3A4", "CYP3A4", "zh"),
        ("5 mg/kg", "5 mg/kg", "de"),
        ("Visit la Paz today", "Besuchen Sie heute la Paz", "de"),
        ("April 20, 2021", "2021年4月20日", "ja"),
        ("Samples at C1D1, C1D8, C2D1, C4D1", "Samples at C1D1, C1D8, C2D1, C4D1 drawn", "en"),
    ],
)
def test_what_is_right_passes(source: str, target: str, to: str) -> None:
    assert said(source, target, to) == ""


def test_a_check_that_is_off_says_nothing() -> None:
    assert said("The dose was 5 mg.", "Die Dosis betrug 6 mg.", "de", checks_off=("B",)) == ""


def test_a_term_that_must_stay_may_stay() -> None:
    row = segment("Placebo")
    hit = TermHit((0, 7), "Placebo", (Term("c1", "Placebo", "", TermStatus.DO_NOT_TRANSLATE),))
    inspect = inspector(Recipe("translate", "en", "zh", "openai"), {row.id: (hit,)})
    assert inspect(row, (Text("Placebo"),)) == ""


def test_an_answer_that_came_again_is_told_beside_another_models() -> None:
    origin = Origin(OriginKind.MODEL, "translate/segments abc sim")
    assert oddities(origin) == []
    both = oddities(told(origin, "provider.refused", SAME))
    assert [f.check for f in both] == [CHECK, CAME_AGAIN]
    assert {f.severity for f in both} == {Severity.MINOR}
    assert "(sim)" in both[0].message
    assert "same as the source" in both[1].message
    assert told(origin, "", "“5” became “6”.") == origin, "what a check finds in the stored text is found there anew"
