"""Tables of pairs that must and must not raise the number, unit and date checks."""

from __future__ import annotations

import re

import pytest
from number_pairs import MUST, MUST_NOT

from docpipe import registry
from docpipe.model.check import Pair
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding
from docpipe.model.inline import Close, CodedText, Inline, Open, Text, merge_text

OURS = tuple(c for c in registry.checks() if re.match(r"B\d+\.|C[1-5]\.", c.id))
MAJOR = {"B17", "C3", "C4"}


def coded(text: str) -> CodedText:
    """Text with ``<sup>`` and ``<sub>`` as codes."""
    parts: list[Inline] = []
    number = 0
    for piece in re.split(r"(</?su[pb]>)", text):
        if piece in ("<sup>", "<sub>"):
            number += 1
            parts.append(Open(number, piece[1:-1]))
        elif piece in ("</sup>", "</sub>"):
            parts.append(Close(number))
        else:
            parts.append(Text(piece))
    return merge_text(parts)


def pair_of(row: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Pair:
    languages, source, target = row.split("|")
    m = re.fullmatch(r"([a-z]{2}(?:-[A-Z]{2})?)-([a-z]{2}(?:-[A-Z]{2})?)", languages)
    assert m
    return Pair(coded(source), coded(target), m[1], m[2], kind)


def findings(pair: Pair) -> list[Finding]:
    return [f for check in OURS for f in check.run(pair)]


def rows(table: str) -> list[str]:
    return [row for row in table.strip().splitlines() if row]


@pytest.mark.parametrize(("check", "row"), [(c, r) for c, t in MUST.items() for r in rows(t)])
def test_a_defect_is_raised_once_by_its_check(check: str, row: str) -> None:
    pair = pair_of(row, BlockKind.CELL if check == "B20" else BlockKind.PARAGRAPH)
    found = findings(pair)
    assert [f.check.split(".")[0] for f in found] == [check], [(f.check, f.message) for f in found]
    for finding in found:
        for span, text in ((finding.source_span, pair.source_text), (finding.target_span, pair.target_text)):
            assert span is None or 0 <= span[0] < span[1] <= len(text)
        assert finding.source_span or finding.target_span


@pytest.mark.parametrize("row", rows(MUST_NOT))
def test_a_legal_variation_raises_nothing(row: str) -> None:
    found = findings(pair_of(row))
    assert not found, [(f.check, f.message) for f in found]


@pytest.mark.parametrize(
    "row",
    [
        "en-de|12.5|12,5",
        "en-de|12 (26.7%)|12 (26,7 %)",
        "en-es|1,234|1.234",
        "en-zh|<0.001|<0.001",
        "de-en|1,20|1.20",
        "en-zh|5.2 ± 1.3|5.2±1.3",
    ],
)
def test_a_numeric_cell_may_differ_in_the_locales_separators_alone(row: str) -> None:
    assert not findings(pair_of(row, BlockKind.CELL))


def test_a_numeric_cell_with_foreign_separators_is_a_matter_of_separators() -> None:
    (finding,) = findings(pair_of("en-de|12.5|12.5", BlockKind.CELL))
    assert finding.check.startswith("B4.")
    assert finding.suggestion == "12,5"


def test_a_changed_number_comes_with_the_localised_suggestion() -> None:
    (finding,) = findings(pair_of("en-de|A total of 1,240.5 mL|Insgesamt 1.420,5 ml"))
    assert finding.suggestion == "1.240,5"


def test_an_empty_target_is_left_to_the_completeness_checks() -> None:
    assert not findings(pair_of("en-zh|A total of 345 patients|"))


def test_every_check_of_the_room_is_there_with_its_severity_and_words() -> None:
    numbers = {c.id.split(".")[0]: c for c in OURS}
    assert set(MUST) <= set(numbers)
    for number, check in numbers.items():
        assert check.title
        assert len(check.description) > 40
        assert check.severity == ("major" if number in MAJOR else "critical")


def test_every_important_table_has_twelve_rows() -> None:
    short = {c for c, t in MUST.items() if len(rows(t)) < 12}
    assert short <= {"C3", "C4"}
    assert len(rows(MUST_NOT)) >= 120
