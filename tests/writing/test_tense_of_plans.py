"""What protocols and plans say will be done, told as what was to be done: the subject decides, numbers stay, what is unsafe is left to be quoted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.canonical import digest_bytes
from docpipe.model.inline import Placeholder, Text
from docpipe.model.source import SourceFile, SourceKind
from docpipe.sources.text_passages import TextPassages
from docpipe.writing.book import Book
from docpipe.writing.factstore import FactStore
from docpipe.writing.topics._quoted import Quoted
from docpipe.writing.topics._tense import plural, reported, turns
from docpipe.writing.topics.texts import Passages


def told(sentence: str) -> str | None:
    """The sentence turned; None where it cannot be."""
    made = turns(sentence)
    if made is None:
        return None
    said, at = "", 0
    for t in made:
        said, at = said + sentence[at : t.start] + t.said, t.end
    return said + sentence[at:]


@pytest.mark.parametrize(
    ("plan", "report"),
    [
        ("Eligible subjects will be randomized in a 1:1:1 ratio.", "Eligible subjects were to be randomized in a 1:1:1 ratio."),
        ("Each kit will be labeled with its number.", "Each kit was to be labeled with its number."),
        ("Interaction terms will not be investigated.", "Interaction terms were not to be investigated."),
        ("Interim analyses will not be performed.", "Interim analyses were not planned."),
        ("The follow-up will not be carried out.", "The follow-up was not planned to be carried out."),
        ("The board will review safety data.", "The board was to review safety data."),
        ("A sample of 100 subjects will provide a power of 80%.", "A sample of 100 subjects would provide a power of 80%."),
        ("This protocol must be approved first.", "This protocol had to be approved first."),
        ("Subjects may be discontinued for any reason.", "Subjects could be discontinued for any reason."),
        ("This is a prospective, double-blind study.", "This was a prospective, double-blind study."),
        ("The study is conducted in two parts.", "The study was conducted in two parts."),
        ("Data are entered electronically and checked.", "Data were entered electronically and checked."),
        ("If the test is significant, pairs will be compared.", "If the test was significant, pairs were to be compared."),
        ("A value will be missing if more than 4 items are missing.", "A value was to be missing if more than 4 items were missing."),
        ("For this endpoint, a model will be used with 3 terms.", "For this endpoint, a model was to be used with 3 terms."),
        ("Sites that enroll fewer than 3 patients will be pooled.", "Sites that enrolled fewer than 3 patients were to be pooled."),
        ("Hematology, and chemistry will be summarized.", "Hematology, and chemistry were to be summarized."),
        ("Urinalysis and other data will not be listed, but will be kept.", "Urinalysis and other data were not to be listed, but were to be kept."),
        ("Treatment will be a factor, and results for it will be shown.", "Treatment was to be a factor, and results for it were to be shown."),
        ("Values collected after the last dose will be used.", "Values collected after the last dose were to be used."),
        ("One-sided p-values will not be reported.", "One-sided p-values were not to be reported."),
        ("There will be 2 endpoints.", "There would be 2 endpoints."),
        ("The procedures that will be used are listed.", "The procedures that would be used were listed."),
        ("The number of subjects in each set will be given.", "The number of subjects in each set was to be given."),
        ("Total scores range from 0 to 70.", "Total scores range from 0 to 70."),
        ("The analyses are described below.", "The analyses are described below."),
        ("They are stored below 25 °C.", "They were stored below 25 °C."),
        ("An event is a worsening that is treated.", "An event is a worsening that is treated."),
        ("It is measured daily; the highest value counts.", "It was measured daily; the highest value counted."),
    ],
)  # fmt: skip
def test_plain_constructions_are_turned(plan: str, report: str) -> None:
    assert told(plan) == report


@pytest.mark.parametrize(
    "plan",
    [
        "Store at controlled room temperature (15-30 °C).",
        "If this still results in a small group, it will be combined with the next.",
        "The sponsor should be told within 24 hours.",
        "It should be noted that analyses will be repeated.",
        "Free will is no endpoint.",
    ],
)
def test_what_is_not_plain_is_left_to_be_quoted(plan: str) -> None:
    assert turns(plan) is None


@pytest.mark.parametrize(
    ("subject", "many"),
    [
        ("All statistical tests ", True), ("The analysis of the data ", False), ("Data for subjects who left ", True), ("Each of the groups ", False),
        ("In this analysis, the null hypothesis ", False), ("Age, sex, and race ", True), ("Statistics ", True), ("The basis ", False),
        ("For example, if it is low, then ", None), ("Either the site or the sponsor ", None), ("", None), ("None of them ", None),
        ("Criteria for stopping ", True), ("A list of terms ", False), ("No adjustments ", True), ("The effect of age, or of sex, ", None),
    ],
)  # fmt: skip
def test_the_number_of_a_subject_is_read_off_or_not_told(subject: str, many: bool | None) -> None:
    assert plural(subject) is many


@given(
    st.text(alphabet="aeiou bcdst,.:;()“”0123456789", max_size=80),
    st.sampled_from(["will be", "will not be", "must be", "is used", "may", "can", "will"]),
)
def test_turns_never_touch_a_number_and_never_overlap(around: str, modal: str) -> None:
    sentence = f"{around} subjects {modal} assessed {around}".strip()
    at = 0
    for t in turns(sentence) or ():
        assert at <= t.start <= t.end <= len(sentence)
        assert not re.search(r"\d", sentence[t.start : t.end] + t.said)
        at = t.end


def test_neighbours_that_cannot_be_turned_make_one_quotation() -> None:
    text = "Tests will be done. Store below 25 °C. Keep it dry. It will be counted."
    ends = [m.end() for m in re.finditer(r"\.(?= |$)", text)]
    spans = list(zip([0, *(e + 1 for e in ends[:-1])], ends, strict=True))
    made = reported(text, spans)
    assert [text[r.start : r.end] for r in made if r.quoted] == ["Store below 25 °C. Keep it dry."]
    assert [bool(r.turned) for r in made] == [True, False, True]


def test_a_quote_is_told_with_its_numbers_bound_to_their_places() -> None:
    content = "# Protocol\n\n## Storage of study drug\n\nAt most 12 kits will be kept. Store below 25 °C.\n"
    file = SourceFile("protocol.md", digest_bytes(content.encode()), "text/markdown", SourceKind.TEXT)
    book = Book(FactStore(), "ABC-1", "v")
    found = Passages(TextPassages().read(content.encode(), file), book).about("product")
    assert found is not None
    part = found.parts[0]
    assert isinstance(part, Quoted)
    coded, cited = book.coded(part.told)
    shown = "".join(c.text if isinstance(c, Text) else c.equiv for c in coded if isinstance(c, (Text, Placeholder)))
    assert shown == "At most 12 kits were to be kept. The protocol states: “Store below 25 °C.”"
    whole, _ = book.coded(str(part))
    assert [c.data for c in coded if isinstance(c, Placeholder)] == [
        c.data for c in whole if isinstance(c, Placeholder)
    ]
    assert len(cited) == 1
