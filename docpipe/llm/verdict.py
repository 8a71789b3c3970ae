"""Judging one answered segment: can it stand, must it be asked again, or is it of no use. Imports the core and its room only.

These are tripwires against a model that misbehaves; the judgement of translations belongs to ``checks`` and people.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.llm.blanks import with_blanks
from docpipe.llm.figures import clear_loss
from docpipe.model.inline import Close, CodedText, Open, Text, WireError, from_wire, has_text, plain_text
from docpipe.model.language import primary, script
from docpipe.model.terms import TermHit, TermStatus

__all__ = ["Verdict", "judge", "useless", "weight"]

_META = re.compile(
    r"^\W*(?:here(?:'s| is| are) (?:the|your|my) (?:translat|revised|correct|answer)|sure[,!.]|certainly[,!.]|of course[,!.]|"
    r"translation\s*:|as an ai\b|i(?:'m| am) (?:sorry|unable|an ai)|i (?:cannot|can't|can not) (?:assist|help|translate|comply|fulfil)|"
    r"(?:以下|下面)是.{0,8}(?:翻译|译文)|(?:译文|翻译)(?:如下)?\s*[:：]|作为(?:一个|一名)?\s*(?:AI|人工智能)|对不起，我|抱歉，我|"
    r"aquí (?:está|tiene) la traducción|traducción\s*:|hier ist die übersetzung|übersetzung\s*:|voici la traduction|traduction\s*:|"
    r"以下(?:が|は)翻訳|翻訳\s*[:：])",
    re.IGNORECASE,
)
_LEAK = re.compile(
    r"```|\"(?:id|text|merged_into|segments|asked_again)\"\s*:|</?(?:system|assistant|user|source|target|translation)>",
    re.IGNORECASE,
)
_LOOP = re.compile(r"(.{1,40}?)\1{9,}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PLAIN_WORD = re.compile(r"(?<![\w@./-])[a-zà-ÿ]{3,}(?![\w@/]|\.\w)")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ]")
_LETTER = re.compile(r"[^\W\d_]")
_SYLLABLE = re.compile(r"[\u3040-\u30ff\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_STOP = {
    "en": "the of and to in is was were with for that be or by this are from not should",
    "es": "el la los las de del y en que se con por para una es fue no como más al",
    "de": "der die das und den von zu mit ist im nicht des auf für eine ein dem werden wurde oder",
    "fr": "le la les des et du dans est pour que une sur par avec pas au qui sont ou ce",
    "it": "il lo gli di e che della per con non una del le sono nella dei è al da",
    "pt": "o os as de e que da do para com não uma em dos por ser das no na é",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om die bij",
}
_STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP.items()}

_DENSE = ("Han", "Japanese", "Korean")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``fault`` "" means that the answer can stand. ``target``: also with a fault, where a person may start from it."""

    target: CodedText | None
    fault: str = ""


def judge(
    source: CodedText, wire: str, source_language: str, target_language: str, terms: Sequence[TermHit] = ()
) -> Verdict:
    """The verdict on one answer. The fault is one sentence, for the model that is asked again and for the person."""
    try:
        target = with_blanks(source, from_wire(wire, source))
    except WireError as error:
        return Verdict(None, f"Tags do not fit: {error}.")
    if not has_text(target) and has_text(source):
        return Verdict(None, "The translation is empty.")
    before, after = plain_text(source), plain_text(target)
    if fault := useless(before, after):
        return Verdict(None, fault)
    fault = (
        _untranslated(before, after, source_language, target_language, terms)
        or _wrong_language(before, after, source_language, target_language)
        or _length(before, after)
        or _emptied(source, target)
    )
    if not fault and (lost := clear_loss(_with_marks(source), _with_marks(target))):
        fault = f"Figures differ from the source; look for {', '.join(lost[:5])}."
    return Verdict(target, fault)


def _with_marks(coded: CodedText) -> str:
    """Plain text with a mark in place of each code, so that ``10`` and a superscript ``9`` stay two figures."""
    return "".join(p.text if isinstance(p, Text) else "\u2063" for p in coded)


def useless(source: str, target: str) -> str:
    """Why a text is no answer at all: an assistant's talk, markup, a loop; "" where it may be one."""
    if _META.search(target) and not _META.search(source):
        return "The text holds words of an assistant that are not in the source."
    if _LEAK.search(target) and not _LEAK.search(source):
        return "The text holds markup or JSON that is not in the source."
    if len(target) > 120:
        loop = _LOOP.search(target[-400:])
        if loop and loop.group(1).strip(" .…_-—·*=") and loop.group(1) * 6 not in source:
            return "The text repeats itself without end."
        if len(target) > max(400, len(source)) and _squeezed(target) < 0.12 and _squeezed(source) > 0.2:
            return "The text repeats itself without end."
    return ""


def _squeezed(text: str) -> float:
    data = text.encode("utf-8", "replace")
    return len(zlib.compress(data)) / max(1, len(data))


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _untranslated(
    source: str, target: str, source_language: str, target_language: str, terms: Sequence[TermHit]
) -> str:
    if _bare(source) != _bare(target) or primary(source_language) == primary(target_language):
        return ""
    rest = source
    for hit in terms:
        if any(t.status is TermStatus.DO_NOT_TRANSLATE for t in hit.terms):
            rest = rest.replace(hit.source, " ")
    own = script(source_language)
    if own in _DENSE:
        # Japanese and Chinese share words; whole sentences they do not.
        limit = 8 if script(target_language) in _DENSE else 1
        standing = len(_IDEOGRAPH.findall(rest)) + len(_KANA.findall(rest)) >= limit
    elif own == "Latin":
        standing = len(_PLAIN_WORD.findall(rest)) >= (4 if script(target_language) == "Latin" else 2)
    else:
        standing = len(_WORD.findall(rest)) >= 2
    return "The text is still in the source language." if standing else ""


def _wrong_language(source: str, target: str, source_language: str, target_language: str) -> str:
    wanted, own = script(target_language), script(source_language)
    letters = len(_LETTER.findall(target))
    ideographs, kana = len(_IDEOGRAPH.findall(target)), len(_KANA.findall(target))
    fault = f"The text is not in the target language ({target_language})."
    if wanted in ("Han", "Japanese"):
        if ideographs + kana == 0 and len(_PLAIN_WORD.findall(target)) >= 4:
            return fault
        if wanted == "Japanese" and kana == 0 and ideographs >= 25:
            return fault
        return fault if wanted == "Han" and kana > 4 and kana > len(_KANA.findall(source)) else ""
    if letters and ideographs + kana > max(2, 0.25 * letters) and own in _DENSE:
        return fault
    if wanted != "Latin" and own == "Latin":
        return fault if len(_PLAIN_WORD.findall(target)) >= 6 and 2 * _latin(target) > letters * 1.7 else ""
    mine, theirs = _STOP_WORDS.get(primary(source_language)), _STOP_WORDS.get(primary(target_language))
    if mine and theirs and primary(source_language) != primary(target_language):
        words = [w.lower() for w in _WORD.findall(target)]
        if sum(w in mine - theirs for w in words) >= 4 and not any(w in theirs - mine for w in words):
            return fault
    return ""


def _latin(text: str) -> int:
    return len(_LATIN.findall(text))


def _length(source: str, target: str) -> str:
    here, there = weight(source), weight(target)
    if there > 4.5 * here + 60:
        return "The text is far longer than the source."
    if here > 24 and there < 0.22 * here:
        return "The text is far shorter than the source."
    return ""


def weight(text: str) -> float:
    """Length in characters of Latin script: an ideograph counts 2.8, kana and Hangul 1.8."""
    if text.isascii():
        return float(len(text))
    return len(text) + 1.8 * len(_IDEOGRAPH.findall(text)) + 0.8 * len(_SYLLABLE.findall(text))


def _emptied(source: CodedText, target: CodedText) -> str:
    """A pair of tags that held words holds none now."""
    held, holds = _inside(source), _inside(target)
    lost = sorted(n for n, full in held.items() if full and holds.get(n) is False)
    return f"The tags <{lost[0]}>…</{lost[0]}> hold no words any more." if lost else ""


def _inside(coded: CodedText) -> dict[int, bool]:
    open_: set[int] = set()
    found: dict[int, bool] = {}
    for part in coded:
        if isinstance(part, Open) and not part.isolated:
            open_.add(part.id)
            found.setdefault(part.id, False)
        elif isinstance(part, Close):
            open_.discard(part.id)
        elif isinstance(part, Text) and part.text.strip():
            found.update(dict.fromkeys(open_, True))
    return found
