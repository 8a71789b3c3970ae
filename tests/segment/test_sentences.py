"""Sentence splitting: rules by example, losslessness by property, editable lists, and a corpus of parallel sentences."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import UnknownLanguage
from docpipe.segment.sentences import split

TABLE = [
    ("en", "The dose was 5 mg.‖ It was well tolerated."),
    ("en", "See Fig. 3 and No. 5 of Vol. II."),
    ("en", "p = .05 was used.‖ N = 12."),
    ("en", "3.1. Objectives"),
    ("en", "a) First item.‖ b) Second item."),
    ("en", "Group A.‖ Patients received placebo."),
    ("en", "He (aged 5 yr. at entry) left...‖ Then he came back."),
    ("en", "The U.S. Food and Drug Administration agreed."),
    ("en", "Done.\n\nNext paragraph without a stop\n\nLast"),
    ("en", "“Stop.”‖ She stopped."),
    ("en", "Patients had MS.‖ They were treated."),
    ("de", "Am 12. Juni begann die 3. Phase.‖ Der Prüfer war Hr. Dr. Weiß."),
    ("es", "Véase p. ej. la tabla 3.‖ ¿Por qué?‖ Porque sí."),
    ("fr", "Il a dit : « Bien. »‖ Puis M. Petit est parti."),
    ("zh", "剂量为0.5 mg；每日一次。‖结果良好！"),
    ("zh", "（一）目的。‖（二）方法（见附件。）。‖完"),
    ("ja", "「はい。」と答えた。‖終了。"),
    ("ko", "환자는 회복되었다.‖ 시험은 종료되었다."),
    ("ru", "Доза составила 5 мг.‖ Пациенты выздоровели."),
    ("ar", "هل هذا آمن؟‖ نعم."),
    ("it", "Il dott. Rossi ha firmato.‖ Lo studio è finito."),
]


@pytest.mark.parametrize(("language", "marked"), TABLE)
def test_sentences_part_where_they_should(language: str, marked: str) -> None:
    text = marked.replace("‖", "")
    wanted = [s.strip() for s in re.split(r"‖|\n\n", marked)]
    assert [text[a:b] for a, b in split(text, language)] == wanted


def test_a_folder_of_ones_own_lists_adds_to_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("# ours\ninvestig.\n", "utf-8")
    text = "The investig. Site was closed. Investig. Brochure was sent."
    assert len(split(text, "en")) > len(split(text, "en", tmp_path)) == 2


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        split("text", "xx")


ALPHABET = st.sampled_from(
    [*"aAbZ19 \t\n.!?…;:,()[]\"'“”«»。！？；（）「」“”．本は研\u00a0\u3000\ufffc😀", "Dr.", "e.g. ", "...", " 1. "]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join), st.sampled_from(["en", "de", "zh", "ja", "fr", "ru", "ar"]))
def test_spans_are_in_order_and_cover_all_but_white_space(text: str, language: str) -> None:
    at = 0
    for start, end in split(text, language):
        assert start >= at
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        at = end
    assert not text[at:].strip()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["en", "zh", "hi", "pl"]))
def test_any_text_is_covered(text: str, language: str) -> None:
    kept = "".join(text[a:b] for a, b in split(text, language))
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


def parallel(path: Path, language: str) -> list[str]:
    found = re.findall(rf'<tuv xml:lang="{language}"><seg>(.*?)</seg>', path.read_text("utf-8"))
    return [s for s in (html.unescape(f).strip() for f in found) if s]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "alarms", "missed"), [("en-zh", "en", 0.01, 0.03), ("en-zh", "zh", 0.1, 0.005)]
)
def test_real_sentences_stay_whole_and_part_from_each_other(
    shared: Callable[[str], Path], name: str, language: str, alarms: float, missed: float
) -> None:
    """Rows of the Chinese side often hold several sentences, so that its alarms are mostly right."""
    sentences = parallel(shared("data/parallel") / f"tico19.{name}.tmx", language)
    single = [s for s in sentences if len(split(s, language)) == 1]
    assert 1 - len(single) / len(sentences) <= alarms
    ended = [s for s in single if s[-1] in ".。!?！？"]
    gap = "" if language == "zh" else " "
    pairs = [a + gap + b for a, b in pairwise(ended)]
    assert sum(len(split(p, language)) != 2 for p in pairs) / len(pairs) <= missed
