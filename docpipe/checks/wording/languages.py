"""Guesses the language of a text in Latin letters from its function words. Imports the core and its own folder only.

Words that several languages share ("de", "a", "in") count for each of them, so that a guess needs words of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from docpipe.checks.wording.scripts import latin_words

_TEXT = {
    "en": "the of and to in is was were that for with as be by on are or an from at this which not have has had been it "
    "their these than between after during who will may should must if when each all any other no but there into such "
    "you i we they he she my your our his her do did does can could would about what how some only also both through",
    "es": "el la los las de del y a en que se un una por con para es son fue fueron al o como su sus no más lo este esta estos "
    "estas entre después durante si cuando cada todos todas otro otra pero hasta desde sin sobre ser ha han había deben "
    "debe puede pueden muy también le les nos me mi tu usted qué cómo cuál donde ya e u ni fuera sido está están hay",
    "de": "der die das den dem des und zu in ist war waren dass für mit als bei auf sind oder ein eine einer eines einem einen "
    "aus an von nach nicht hat haben hatte wurde wurden werden wird es ihre ihr diese dieser dieses zwischen während wenn "
    "jede jeder alle andere kein keine aber sie ich wir er im am zum zur vom durch sowie auch nur noch vor über unter um "
    "soll sollte muss müssen kann können bis man sich so wie was sein ohne gegen",
    "fr": "le la les de du des et à en est était étaient que qui pour avec dans par sur sont ou un une au aux ce cette ces "
    "son sa ses leur leurs ne pas plus se il elle ils elles nous vous je on été être a ont avait entre après pendant si "
    "chaque tous toutes autre autres mais sans comme dont où doit doivent peut peuvent très aussi y mon ma mes votre vos "
    "d l s n qu j c m",
    "it": "il lo la i gli le di del della dei delle e a in che è era erano un una per con da dal dalla non si sono come più "
    "al alla ai alle nel nella nei questo questa questi tra fra dopo durante se quando ogni tutti altro ma anche stato "
    "stati essere ha hanno deve devono può possono su sul sulla o ed cui",
    "pt": "o a os as de do da dos das e em no na nos nas que se um uma por com para é são foi foram ao aos à às ou como seu "
    "sua não mais este esta estes entre após durante quando cada todos outro outra mas até sem sobre ser tem têm deve "
    "devem pode podem muito também pelo pela você ele ela isso já está estão",
    "nl": "de het een van en in is was waren dat voor met als bij op zijn of uit aan na niet heeft hebben had werd werden "
    "worden wordt deze dit tussen tijdens elke alle andere geen maar ze ik wij hij door ook nog om over onder tot naar "
    "moet moeten kan kunnen zal er die dan te",
}
FUNCTION_WORDS = {language: frozenset(text.split()) for language, text in _TEXT.items()}
"""Function words by primary language, lower case."""

OWN_WORDS = {
    language: words - frozenset().union(*(w for other, w in FUNCTION_WORDS.items() if other != language))
    for language, words in FUNCTION_WORDS.items()
}
"""Those of them that no other language of the list has."""


_ASCII_WORD = re.compile("[a-z]+")
_CODE = re.compile(r"[A-Za-z]+\d\w*")
_KNOWN_IN = {
    word: tuple(language for language, words in FUNCTION_WORDS.items() if word in words)
    for word in frozenset().union(*FUNCTION_WORDS.values())
}


@lru_cache(maxsize=4096)
def _parts(text: str) -> list[str]:
    """Words in lower case, cut at apostrophes. The letters of a code (C1D8) are no words, though French has c and d."""
    text = _CODE.sub(" ", text)
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return [part for word in latin_words(text) for part in word.lower().replace("’", "'").split("'")]


def reads_as(text: str, language: str) -> bool:
    """Whether so many words are function words of the language that ``guess`` could not clearly find another. Quick."""
    parts, known = _parts(text), FUNCTION_WORDS[language]
    return len(parts) < 2.5 * sum([part in known for part in parts]) + 1


@lru_cache(maxsize=4096)
def guess(text: str) -> tuple[str, int, dict[str, int]]:
    """The likeliest language, by how many function words it leads the next one, and the hits of each language."""
    hits = dict.fromkeys(FUNCTION_WORDS, 0)
    for part in _parts(text):
        for language in _KNOWN_IN.get(part, ()):
            hits[language] += 1
    ranked = sorted(hits, key=lambda language: -hits[language])
    return ranked[0], hits[ranked[0]] - hits[ranked[1]], hits
