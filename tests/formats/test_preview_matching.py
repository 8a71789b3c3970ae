"""Texts found again in a stream of page characters: in order, through interruptions, repetitions and generated text."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.formats.pdftext.matching import Wanted, everywhere, locate, normal

WORDS = st.lists(
    st.sampled_from(["patient", "dose", "visit", "safety", "placebo", "week", "baseline", "受试者", "给药", "随访"]),
    min_size=1,
    max_size=9,
)
NOISE = st.text("0123456789.()§• ", max_size=12)


def found(stream: str, item: Wanted) -> str:
    return "".join(stream[a:b] for a, b in item.spans)


@given(st.lists(st.tuples(WORDS, NOISE), min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_texts_with_generated_text_between_them_are_all_found_and_stay_in_order(
    rows: list[tuple[list[str], str]],
) -> None:
    texts = [f"{' '.join(words)} r{n:03d}x" for n, (words, _) in enumerate(rows)]
    stream = normal("".join(noise + text for text, (_, noise) in zip(texts, rows, strict=True)))
    items = [Wanted.of([t]) for t in texts]
    locate(stream, items)
    assert [found(stream, i) for i in items] == [normal(t) for t in texts]
    places = [span for i in items for span in i.spans]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))


@given(st.lists(WORDS, min_size=1, max_size=12), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_no_two_texts_share_a_character_and_none_is_given_what_it_does_not_say(rows: list[list[str]], cut: int) -> None:
    texts = [" ".join(words) for words in rows]
    whole = normal(" ".join(texts))
    at = cut % (len(whole) + 1)
    stream = whole[:at] + "footnotetextofanotherkind" + whole[at:]
    items = [Wanted.of([t]) for t in texts]
    locate(stream, items)
    taken = [n for i in items for a, b in i.spans for n in range(a, b)]
    assert len(taken) == len(set(taken))
    for text, item in zip(texts, items, strict=True):
        for a, b in item.spans:
            assert stream[a:b] in normal(text) + "footnotetextofanotherkind" + normal(text)


def test_a_sentence_that_a_page_end_interrupts_has_both_its_parts() -> None:
    text = "Treatment was given on the first day of each cycle until progression of disease."
    stream = (
        normal("Before it. Treatment was given on the first")
        + normal("12 of 40 Protocol QLZ")
        + normal("day of each cycle until progression of disease. After it.")
    )
    items = [Wanted.of([t]) for t in ("Before it.", text, "After it.")]
    locate(stream, items)
    assert len(items[1].spans) == 2
    assert found(stream, items[1]) == normal(text)


def test_equal_cells_take_their_places_in_order() -> None:
    stream = normal("Age 42 Yes No Yes Sex F No No Yes End of table")
    items = [Wanted.of([t]) for t in ["Age", "Yes", "No", "Yes", "Sex", "No", "No", "Yes", "End of table"]]
    locate(stream, items)
    starts = [i.spans[0][0] for i in items]
    assert starts == sorted(starts)
    assert len(set(starts)) == len(starts)
    assert all(found(stream, i) == "".join(i.pieces) for i in items)


def test_fields_and_note_marks_inside_a_text_do_not_hide_it() -> None:
    stream = normal("1.2 See Section 6.2.1 on page 14 for details.7 Next")
    item = Wanted.of(["See Section ", " on page ", " for details."])
    locate(stream, [item])
    assert found(stream, item) == normal("See Section 6.2.1 on page 14 for details")


def test_hyphenation_ligatures_case_and_marks_do_not_matter() -> None:
    assert normal("E\ufb03cacy\u00adana-\nlysis") == normal("EFFICACY analysis")
    assert normal("Lösung") == normal("Lo\u0308sung")
    assert normal("ＡＢＣ１２３") == "abc123"


def test_everything_that_repeats_is_found_everywhere_and_bounded() -> None:
    stream = normal("Protocol A") * 30
    assert len(everywhere(stream, Wanted.of(["Protocol A"]))) == 30
    assert len(everywhere(stream, Wanted.of(["Protocol A"]), 5)) == 5
    assert everywhere(stream, Wanted.of([""])) == []


def test_ten_thousand_texts_are_placed_in_seconds() -> None:
    import time

    texts = [f"Subject {n * 7919 % 10007:05d} received the dose in cycle {n % 12}." for n in range(10_000)]
    stream = normal(" ".join(f"{t} {'Yes' if n % 3 else 'No'}" for n, t in enumerate(texts)))
    items = [i for n, t in enumerate(texts) for i in (Wanted.of([t]), Wanted.of(["Yes" if n % 3 else "No"]))]
    start = time.perf_counter()
    locate(stream, items)
    assert time.perf_counter() - start < 15
    assert sum(1 for i in items if i.spans) == len(items)
