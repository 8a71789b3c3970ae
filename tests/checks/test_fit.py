"""Lines reckoned from widths: what fits its place, and how many characters must go where it does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docpipe.checks.fit import Look, Space, line_ends, too_long, width_of

LOOK = Look(size=10, face="sans", line=12)
WORDS = "The quick brown fox jumps over the lazy dog and runs away"


def test_widths_are_those_of_the_face() -> None:
    assert width_of("A", Look(size=10, face="sans")) == 6.67
    assert width_of("A", Look(size=10, face="serif")) == 7.22
    assert width_of("剂量", LOOK) == 20
    assert width_of("é", LOOK) == width_of("e", LOOK)
    assert width_of("e\u0301", LOOK) == width_of("e", LOOK)


def test_lines_end_between_words_and_between_wide_characters() -> None:
    ends = line_ends(WORDS, 60, LOOK)
    starts = [0, *ends[:-1]]
    assert all(width_of(WORDS[a:b].rstrip(), LOOK) <= 60 for a, b in zip(starts, ends, strict=True))
    assert all(WORDS[b - 1] == " " for b in ends[:-1])
    assert line_ends("剂量剂量剂量", 35, LOOK) == [3, 6]
    assert line_ends("Donaudampfschifffahrt", 40, LOOK)[-1] == 21
    assert line_ends("", 40, LOOK) == [0]


def test_a_box_says_how_many_characters_are_too_many() -> None:
    box = Space("box", "a", 60, 36, (("a", LOOK),))
    assert too_long(box, {"a": "Short"}, {"a": "Short too"}) == 0
    lost = too_long(box, {"a": "Short"}, {"a": WORDS})
    assert lost == len(WORDS) - line_ends(WORDS, 60, LOOK)[2]
    assert too_long(box, {"a": "Short"}, {"a": WORDS[:-lost].rstrip()}) == 0


def test_a_source_fits_its_own_place_whatever_is_reckoned() -> None:
    box = Space("box", "a", 60, 12, (("a", LOOK),))
    assert too_long(box, {"a": WORDS}, {"a": WORDS}) == 0


def test_a_header_has_as_many_lines_as_before() -> None:
    line = Space("line", "a", 100, 0, (("a", LOOK),))
    assert too_long(line, {"a": "One line"}, {"a": "Another line"}) == 0
    assert too_long(line, {"a": "One line"}, {"a": WORDS}) > 0


def test_a_cell_is_as_wide_as_its_widest_word_allows() -> None:
    cell = Space("cell", "a", 50, 0, (("a", LOOK),))
    assert too_long(cell, {"a": "Dose"}, {"a": WORDS}) == 0
    assert 8 <= too_long(cell, {"a": "Dose"}, {"a": "Donaudampfschifffahrt"}) <= 14
    assert too_long(cell, {"a": "Donaudampfschifffahrt"}, {"a": "Donaudampfschifffahrten"}) == 0


TEXTS = st.text(st.sampled_from("ab cdé剂量，. -\n"), max_size=60)


@given(TEXTS, TEXTS, st.floats(12, 200), st.floats(5, 100))
def test_cutting_what_is_too_long_always_helps(source: str, target: str, width: float, height: float) -> None:
    box = Space("box", "a", width, height, (("a", LOOK),))
    lost = too_long(box, {"a": source}, {"a": target})
    assert 0 <= lost <= len(target)
    ends = line_ends(target, width, LOOK)
    assert ends[-1] == len(target)
    assert ends == sorted(ends)
    if lost:
        assert too_long(box, {"a": source}, {"a": target[: len(target) - lost]}) <= lost
