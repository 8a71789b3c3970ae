"""What a document defines and names itself: abbreviations, heads of its tables' cells, entities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.brief import Abbreviation
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text
from docpipe.segment.abbreviations import defined, short_form
from docpipe.segment.entities import entities
from docpipe.segment.segments import segment
from docpipe.segment.tables import heads_of


def segments_of(*texts: str, cells: dict[tuple[int, int], str] | None = None) -> list:
    blocks = [Block(Address(f"a#/body/p[{n}]"), BlockKind.PARAGRAPH, (Text(t),)) for n, t in enumerate(texts, 1)]
    blocks += [
        Block(Address(f"a#/body/tbl[1]/tr[{r}]/tc[{c}]/p[1]"), BlockKind.CELL, (Text(t),))
        for (r, c), t in (cells or {}).items()
    ]
    return segment(blocks, "a" * 64, "en")


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Two serious adverse events (SAEs) were reported.", "SAE", "serious adverse event"),
        ("The area under the concentration-time curve (AUC) was 5.", "AUC", "area under the concentration-time curve"),
        (
            "As the International Council for Harmonisation (ICH) says.",
            "ICH",
            "International Council for Harmonisation",
        ),
        ("A 12-lead electrocardiogram (ECG) was taken.", "ECG", "electrocardiogram"),
        ("报告了不良事件（adverse event，AE）。", "AE", "adverse event"),
    ],
)
def test_a_full_form_before_its_short_form_is_found(text: str, short: str, long: str) -> None:
    found = defined(segments_of(text))
    assert [(a.short, a.long, a.at) for a in found] == [(short, long, 0)]


@pytest.mark.parametrize(
    "text",
    [
        "The mean (SD) was 5.",
        "As shown (Table 3).",
        "Study (QLZ-301) began.",
        "In total (N=20) took part.",
        "See (a) and (B).",
    ],
)
def test_brackets_that_define_nothing_are_let_pass(text: str) -> None:
    assert defined(segments_of(text)) == ()


def test_the_list_of_abbreviations_counts_from_the_start() -> None:
    found = defined(
        segments_of(
            "A text.",
            cells={
                (1, 1): "AE",
                (1, 2): "Adverse event",
                (2, 1): "n",
                (2, 2): "Number",
                (3, 1): "PK",
                (3, 2): "Pharmacokinetics",
            },
        )
    )
    assert found == (Abbreviation("AE", "Adverse event"), Abbreviation("PK", "Pharmacokinetics"))


@given(st.lists(st.from_regex(r"[bcdfghj][aeiou]{2,7}", fullmatch=True), min_size=2, max_size=5))
def test_the_initials_of_any_words_are_their_short_form(words: list[str]) -> None:
    short = "".join(w[0] for w in words).upper()
    found = defined(segments_of(f"We saw the {' '.join(words)} ({short}) twice."))
    assert short_form(short)
    assert all(a.short == short and a.long.split()[-1] == words[-1] and a.long[0].upper() == short[0] for a in found)
    assert found or short.lower() in words


def test_a_cell_knows_the_heads_of_its_column_and_row() -> None:
    cells = {
        (1, 1): "Visit",
        (1, 2): "Dose",
        (1, 3): "Comment",
        (2, 1): "Week 4",
        (2, 2): "high",
        (2, 3): "none given",
        (3, 1): "All visits",
    }
    heads = {
        s.address.rsplit("/tr", 1)[1]: heads_of(segments_of(cells=cells)).get(s.address)
        for s in segments_of(cells=cells)
    }
    assert heads["[2]/tc[2]/p[1]"] == ("Dose", "Week 4")
    assert heads["[2]/tc[3]/p[1]"] == ("Comment", "Week 4")
    assert heads["[1]/tc[2]/p[1]"] is None
    assert heads["[2]/tc[1]/p[1]"] is None
    assert heads["[3]/tc[1]/p[1]"] is None


def test_the_column_of_a_shorter_row_cannot_be_told() -> None:
    cells = {(1, 1): "Visit", (1, 2): "Dose", (1, 3): "Comment", (2, 1): "Week 4", (2, 2): "over two columns"}
    some = segments_of(cells=cells)
    assert heads_of(some)[some[-1].address] == ("Week 4",)


def test_entities_are_written_as_in_the_document() -> None:
    found = entities(
        [
            "Study QLZ-2417-301 (NCT01234567) compares velquotinib 50 mg with placebo.",
            "Patients took velquotinib 50 mg daily; velquotinib 100 mg was not given.",
            "The placebo group and the QLZ-2417 group were alike; the placebo group was older, the QLZ-2417 group larger.",
            "The primary endpoint was progression-free survival by central review. N = 312; 312 patients were randomised.",
        ]
    )
    assert found["study"][:2] == ("NCT01234567", "QLZ-2417-301")
    assert found["product"][0] == "velquotinib"
    assert set(found["arm"]) == {"placebo", "QLZ-2417"}
    assert found["endpoint"] == ("progression-free survival by central review",)
    assert set(found["n"]) == {"N=312", "312 patients randomised"}
