"""Passages of protocols and plans by subject: by headings of any form, by sentences where no heading treats it, without what belongs elsewhere."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docpipe.model import draft
from docpipe.model.canonical import digest_bytes
from docpipe.model.inline import Placeholder, Text
from docpipe.model.source import SourceFile, SourceKind, TextSource
from docpipe.sources.text_passages import TextPassages
from docpipe.writing.book import Book
from docpipe.writing.factstore import FactStore
from docpipe.writing.study import build
from docpipe.writing.topics import abbreviations, contents, references
from docpipe.writing.topics._quoted import Grid, Quoted
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics.abbreviations import long_form
from docpipe.writing.topics.texts import Passages, read

PROTOCOL = """# Clinical Study Protocol ABC-1

## 1. SYNOPSIS

Objective: to be brief.

## 2 Objectives

### 2.1 Primary Objective

| Objective | Endpoint |
|---|---|
| To show that Drugol lowers pain | Pain score at Week 6 |

### 2.2 Secondary Objectives

| Objective | Endpoint |
|---|---|
| To describe safety | Adverse events (AEs) |

## Eligibility

### Inclusion Criteria

1. Adults aged 18 to 75 years
2. Pain score of at least 4 on a visual analogue scale (VAS)

### Exclusion Criteria

- Pregnancy
- [To be assigned]

## Study Design

This is a double-blind study. Subjects will be randomized in a 2:1 ratio, as described in Section 9.1, to two arms.

See Appendix 3.

## RESEARCH ETHICS

The study follows Good Clinical Practice (GCP).

## References

1. Doe J. Pain and its measurement in adults. J Pain. 2001;3:1-9.
"""
PLAN = """STATISTICAL ANALYSIS PLAN

1 General principles

All tests are two-sided at a level of 0.05. Refer to Section 3 for details. Missing data are imputed by last observation carried forward (LOCF).

2 Sample size

With 30 subjects in each arm the power is 80%.

3 Literature

Doe J. Pain and its measurement in adults. J Pain. 2001;3:1-9.
"""


def text(content: str, name: str) -> TextSource:
    file = SourceFile(
        name, digest_bytes(content.encode()), "text/markdown" if name.endswith("md") else "text/plain", SourceKind.TEXT
    )
    return TextPassages().read(content.encode(), file)[0]


def passages(*sources: TextSource) -> tuple[Passages, Book]:
    book = Book(FactStore(), "ABC-1", "v")
    return Passages(sources, book), book


def both() -> tuple[Passages, Book]:
    return passages(text(PROTOCOL, "abc-1.md"), text(PLAN, "sap.txt"))


def words(p: Passages, subject: str) -> list[str]:
    found = p.about(subject)
    return [part.text for part in found] if found else []


def test_the_kind_of_a_text_is_told_by_name_title_or_content() -> None:
    assert role_of(text(PROTOCOL, "x.md")) == "protocol"
    assert role_of(text(PLAN, "x.txt")) == "plan"
    assert role_of(text("# Reviewer's Guide\n\nData.", "sdrg.md")) == "guide"
    assert role_of(text("# Study 1\n\n## Inclusion Criteria\n\n- Adults", "doc.md")) == "protocol"
    assert role_of(text("# Letter\n\nHello there.", "letter.md")) == "other"


def test_criteria_are_found_with_numbers_bound_and_open_places_left_out() -> None:
    p, book = both()
    found = p.about("inclusion")
    assert found is not None
    assert found.by_heading
    assert [i.text for i in found.items] == [
        "Adults aged 18 to 75 years",
        "Pain score of at least 4 on a visual analogue scale (VAS)",
    ]
    coded, cited = book.coded(str(found.parts[0]))
    assert [c.equiv for c in coded if isinstance(c, Placeholder)] == ["18", "75"]
    assert all(c.kind == draft.FACT for c in coded if isinstance(c, Placeholder))
    assert len(cited) == 1
    assert words(p, "exclusion") == ["Pregnancy"]


def test_tables_of_one_form_under_subheadings_become_one() -> None:
    p, _ = both()
    found = p.about("objectives")
    assert found is not None
    (table,) = found.parts
    assert isinstance(table, Grid)
    assert [c.text for c in table.head] == ["Objective", "Endpoint"]
    firsts = [row[0].text if isinstance(row[0], Quoted) else "" for row in table.rows]
    assert firsts == [
        "Primary Objective",
        "To show that Drugol lowers pain",
        "Secondary Objectives",
        "To describe safety",
    ]
    assert table.heads == (0, 2)


def test_what_a_synopsis_repeats_is_not_taken_and_a_title_with_that_word_does_no_harm() -> None:
    p, _ = both()
    assert "brief" not in " ".join(words(p, "objectives"))
    only, _ = passages(text(PROTOCOL.replace("ABC-1\n", "ABC-1: Synopsis\n"), "abc-1.md"))
    assert words(only, "exclusion") == ["Pregnancy"]


def test_references_to_other_sections_are_cut_out() -> None:
    p, _ = both()
    assert words(p, "design") == [
        "This is a double-blind study. Subjects will be randomized in a 2:1 ratio, to two arms."
    ]
    assert words(p, "general_statistics")[0].startswith("All tests are two-sided at a level of 0.05. Missing data")


def test_sentences_are_found_where_no_heading_treats_the_subject() -> None:
    p, _ = both()
    found = p.about("assignment")
    assert found is not None
    assert not found.by_heading
    assert "2:1" in found.text
    assert words(p, "missing") == ["Missing data are imputed by last observation carried forward (LOCF)."]
    assert p.about("dose_selection") is None


def test_any_heading_can_be_asked_for() -> None:
    p, _ = both()
    found = p.headed(r"research ethics")
    assert found is not None
    assert "Good Clinical Practice" in found.text
    assert p.headed("gene therapy") is None
    assert p.mentions("double.blind")
    assert not p.mentions("triple")


def test_the_sample_size_comes_from_the_plan_where_the_protocol_has_none() -> None:
    p, _ = both()
    found = p.about("sample_size")
    assert found is not None
    assert found.role == "plan"


def test_a_study_without_texts_says_nothing() -> None:
    p, _ = passages()
    assert p.about("inclusion") is None
    assert p.roles == ()
    assert not p.mentions(".")
    empty = build([])
    book = Book(FactStore(), "", "")
    assert read(empty, book).about("design") is None
    assert abbreviations.read(empty, book) is None
    assert references.read(empty, book) is None
    assert contents.read(empty, book).of("events") == ()


def test_literature_is_listed_once() -> None:
    study = build([text(PROTOCOL, "abc-1.md"), text(PLAN, "sap.txt")])
    found = references.read(study, Book(study.store, study.id, study.version))
    assert found is not None
    assert [q.text for q in found] == ["Doe J. Pain and its measurement in adults. J Pain. 2001;3:1-9."]


def test_abbreviations_are_read_from_lists_and_brackets() -> None:
    listed = "# Protocol\n\n## Abbreviations\n\n| Term | Meaning |\n|---|---|\n| VAS | visual analogue scale |\n| QoL | quality of life |\n"
    study = build([text(PROTOCOL, "abc-1.md"), text(listed, "p2.md")])
    found = abbreviations.read(study, Book(study.store, study.id, study.version)) or []
    assert {a.short: a.long for a in found} == {
        "GCP": "Good Clinical Practice",
        "QoL": "quality of life",
        "VAS": "visual analogue scale",
    }


def test_a_long_form_fits_its_letters() -> None:
    assert long_form("the statistical analysis plan", "SAP") == "statistical analysis plan"
    assert long_form("by the Transdermal Therapeutic System", "TTS") == "Transdermal Therapeutic System"
    assert long_form("in the United States", "NASA") == ""
    assert long_form("", "AE") == ""


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=2, max_size=5),
    st.from_regex(r"[0-9 ]{0,10}", fullmatch=True),
)
def test_initials_of_the_words_before_always_find_those_words(given_words: list[str], before: str) -> None:
    short = "".join(w[0] for w in given_words).upper()
    assert long_form(f"{before} {' '.join(given_words)}", short) == " ".join(given_words)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=200))
def test_quotes_keep_every_character_and_bind_every_number(said: str) -> None:
    said = re.sub(r"\s+", " ", said.replace("\ufeff", "")).strip()
    content = f"# Protocol\n\n## Inclusion Criteria\n\n- x {said}"
    p, book = passages(text(content, "p.md"))
    found = p.about("inclusion")
    for part in found or ():
        assert isinstance(part, (Quoted, Grid))
        if isinstance(part, Quoted):
            coded, _ = book.coded(str(part))
            shown = "".join(
                c.text if isinstance(c, Text) else c.equiv for c in coded if isinstance(c, (Text, Placeholder))
            )
            assert shown == re.sub("[\ue000-\ue002]", " ", part.text)
            assert not re.search(r"\d", "".join(c.text for c in coded if isinstance(c, Text)))
