"""Figures of a text in a form that survives translation: for a light invariant, not for judging. Imports nothing of docpipe.

The checks of numbers proper live in ``checks``; here only clear losses and changes count, so that faithful replies pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

__all__ = ["clear_loss", "figures"]

_NUMBER = re.compile(r"\d+(?:[.,'’ \u00a0\u202f]\d{3}(?!\d))*(?:[.,·]\d+)*")
_DIGIT = re.compile(r"[\d²³¹⁰-⁹₀-₉①-⑳]")
_SCALE = re.compile(
    r"[万亿萬億兆千百]|\b(?:thousand|million|billion|hundred|mil|mill[oó]n(?:es)?|Million(?:en)?|Milliarden?|Tausend|"
    r"tausend|mille|millions?|milliards?)\b"
)
_WORDS = re.compile(
    r"[一二三四五六七八九十两零〇]|"
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|first|second|third|fourth|half|"
    r"single|double|both|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|primer[ao]?|segund[ao]|tercer[ao]?|"
    r"ein|eine[mnrs]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|erste[nrs]?|zweite[nrs]?|dritte[nrs]?|"
    r"un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|premi[eè]re?|deuxième|troisième)\b|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|enero|febr|märz|mai|okt|dez|janv|févr|avr|juin|"
    r"juil|août|déc)[a-zäéûñ]*|(?<![A-Za-z])[IVX]{1,5}(?![A-Za-z])",
    re.IGNORECASE,
)

# Decades and centuries are counted differently from language to language: 1930s, 20世纪30年代, années 30.
_ERA = re.compile(
    r"\d{2,4}s\b|\d{1,4}\s*(?:世纪|世紀|年代)|\b(?:années|años|Jahre[ns]?|anni|anos)\s+(?:de\s+)?\d{2}(?:er)?\b|\d{2,4}er[\s-]Jahre|"
    r"\d{1,2}(?:st|nd|rd|th)[\s-]century|\bsiglo\s+\w+|\d{1,2}\.\s*Jahrhundert"
)


_ERA_HINT = re.compile(r"世纪|世紀|年代|\ds\b|année|año|Jahr|anni|anos|century|siglo")


def _normal(text: str) -> str:
    # A full-width comma parts figures, it does not group them.
    text = unicodedata.normalize("NFKC", text.replace("，", "， ").replace("、", "、 "))
    return _ERA.sub(" ", text) if _ERA_HINT.search(text) else text


@lru_cache(maxsize=4096)
def figures(text: str) -> Counter[str]:
    """Numbers without separators and without zeros at their ends: ``1.5万``, ``15,000`` and ``15 000`` are all ``15``.

    The counter is kept for the next asker: read it only.
    """
    found: Counter[str] = Counter()
    if not _DIGIT.search(text):
        return found
    for match in _NUMBER.finditer(_normal(text)):
        digits = re.sub(r"\D", "", match.group(0))
        found[digits.strip("0") or "0"] += 1
    return found


def _digits(text: str, *, zeros: bool) -> Counter[str]:
    found = Counter(str(unicodedata.digit(c)) for c in _normal(text) if c.isdigit())
    if not zeros:
        del found["0"]
    return found


def clear_loss(source: str, target: str) -> tuple[str, ...]:
    """Figures of the source that the target clearly lost or changed, in order of size; none where it may be a wording.

    Number words, months in words, scales (万, million) and localised signs are no loss. Added figures alone are none either.
    """
    here, there = figures(source), figures(target)
    if here == there:
        return ()
    lost, added = here - there, there - here
    if not lost:
        return ()
    zeros = not (_SCALE.search(source) or _SCALE.search(target))
    if _digits(source, zeros=zeros) == _digits(target, zeros=zeros) and lost.total() != added.total():
        return ()  # a list written with other separators
    wordable = {n for n in lost if len(n) <= 2 and int(n) <= 31}
    if added and not (zeros and wordable == set(lost) and _WORDS.search(source) and _WORDS.search(target)):
        return tuple(sorted(lost, key=lambda n: (-len(n), n)))
    clear = set(lost) - wordable if zeros else set()
    if not _WORDS.search(target):
        clear |= wordable
    return tuple(sorted(clear, key=lambda n: (-len(n), n)))
