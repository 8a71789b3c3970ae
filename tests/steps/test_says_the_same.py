"""Which rows are carried over as they are: those that say the same in both languages."""

from __future__ import annotations

import pytest

from docpipe.steps.extract import says_the_same


@pytest.mark.parametrize(
    ("text", "target", "same"),
    [
        ("−28 – −1", "en", True), ("5.0 (3–7)", "de", True), ("±5", "en", True), ("", "en", True), ("−28～−1", "en", False), ("（1）", "de", False),
        ("12。", "en", False), ("３", "en", False), ("−28～−1", "ja", True), ("（1）", "ko", True), ("5 mg", "en", False), ("■", "en", True), ("○ × △", "en", True),
    ],
)  # fmt: skip
def test_a_text_says_the_same_without_letters_and_without_signs_that_the_target_lacks(
    text: str, target: str, same: bool
) -> None:
    assert says_the_same(text, target) is same
