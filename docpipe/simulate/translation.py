"""A faithful simulated translation: codes, numbers, units, dates and given terms as a careful translator would leave them.

Imports the core and its room only. Words that it does not know become pseudo-words of the target's script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from docpipe.errors import UnknownLanguage
from docpipe.model.language import primary, spaceless
from docpipe.simulate.lexicon import date_pattern, grouped, month_name, month_names, phrases, spread, written_date
from docpipe.simulate.words import is_cjk, pseudo_word

__all__ = ["Term", "translate"]

_TO_WIDE = str.maketrans({",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"})
_TO_NARROW = {
    "。": ".", "，": ",", "、": ",", "；": ";", "：": ":", "？": "?", "！": "!", "（": "(", "）": ")", "《": "“", "》": "”",
    "「": "“", "」": "”", "『": "“", "』": "”", "【": "[", "】": "]",
}  # fmt: skip
_UNIT = r"(?:mg|kg|g|µg|μg|mcg|ng|mL|ml|L|l|dL|IU|U|nmol|pmol|µmol|mmol|mol|[µμnm]M|mm|cm|m|h|min|%|‰|°C|℃)(?:/(?:mL|ml|L|kg|m²|m2|day|h|min))?(?![A-Za-z])"
# A decimal is no number of a section, table or version, and does not begin a text.
_NO_NUMBERING = (
    "".join(
        f"(?<!{word} )"
        for word in (
            "ection",
            "able",
            "igure",
            "ersion",
            "ppendix",
            "hapter",
            "odule",
            "art",
            "CTCAE",
            "MedDRA",
            "ICH",
            "see",
            r"\bto",
            r"\band",
            r"\bin",
            "節",
            r"\bv",
        )
    )
    + r"(?<![\w.,/\-])(?<=[ (\[=<>≤≥±~:;])"
)
_BEFORE_FIGURES = frozenset({"above", "below"})
"""Comparators where a figure follows, else words like any other."""
_FIGURE_NEXT = re.compile(r"(?:\s|</?\d+/?>)*\d")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff々〇\uac00-\ud7a3]"
_FIXED = (
    ("tag", r"<\\*/?\d{1,6}/?>"),
    ("url", r"(?<![A-Za-z0-9._%+-])(?=[A-Za-z0-9._%+-])(?:https?://[^\s<>（）。，；]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|www\.[^\s<>（）。，；]+)"),
    ("scaled", r"(?P<figure>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>[万萬亿億])"),
    ("thousands", r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])"),
    ("decimal", rf"(?<![\w.,])\d+\.\d+(?=\s?(?:{_UNIT}|(?:times|hours|days|weeks|months|years)\b))|{_NO_NUMBERING}\d+\.\d+(?![\w%]|[.,]\d)"),
    ("unit", rf"(?:(?<=[\d/])|(?<=\d</\d>)|(?<=\d</\d\d>))\s?{_UNIT}"),
    ("code", r"(?<![A-Za-z])(?=[A-Za-zµμ-]*\d)[A-Za-z0-9µμ]+(?:[.,:/_+\-–][A-Za-z0-9µμ]+)*"),
    ("caps", r"(?<![A-Za-z])[A-Z]{2,}s?(?:[/\-–][A-Z]{2,}s?)*(?![A-Za-z])|(?<![A-Za-z])[A-Za-z]*[a-z][A-Z][A-Za-z]*(?:-[A-Z0-9]+)*|(?<![A-Za-z])[A-Z]{2,}[a-z]+[A-Z]?|(?<![A-Za-z])(?:pH|mRNA|siRNA|eCTD|[nNpPtxzrR])(?![A-Za-z'’])"),
    ("word", r"(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])[^\W\d_])+(?:['’](?![\u3040-\u9fff])[^\W\d_]+)?"),
    ("other", r"."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A term that the request gave: what to write for it. ``keep``: as it stands."""

    source: str
    use: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str


_TAGS = re.compile(r"<\\*/?\d{1,6}/?>")
_LONG_WORDS = re.compile(r"[A-Z]{4,}")


@lru_cache(maxsize=256)
def _pattern(source: str, terms: tuple[Term, ...]) -> re.Pattern[str]:
    fixed = dict(_FIXED)
    known = sorted(phrases(source, "en" if source != "en" else "zh"), key=len, reverse=True)
    given = sorted({t.source for t in terms if t.source}, key=len, reverse=True)
    groups = [f"(?P<unit>{fixed['unit']})", r"(?P<space>\s+)", f"(?P<tag>{fixed['tag']})", f"(?P<url>{fixed['url']})"]
    groups += [f"(?P<term>{_any_of(given)})"] if given else []
    if date := date_pattern(source):
        groups.append(f"(?P<date>(?i:{date}))")
    groups += [f"(?P<{name}>{fixed[name]})" for name in ("scaled", "thousands", "decimal")]
    groups += [f"(?P<phrase>{_any_of(known)})"] if known else []
    groups += [f"(?P<{name}>{fixed[name]})" for name in ("code", "caps")]
    # A run of ideographs has no spaces to stop at: it ends before a term or phrase.
    stops = [w for w in (*given, *known) if is_cjk(w[0])]
    guard = f"(?!{_any_of(stops)})" if stops else ""
    groups.append(f"(?P<cjk>{_CJK}(?:{guard}{_CJK})*)")
    groups += [f"(?P<{name}>{fixed[name]})" for name in ("word", "other")]
    return re.compile("|".join(groups), re.DOTALL)


def _any_of(words: list[str]) -> str:
    """Any of the phrases, without regard to case, between word boundaries where its ends are no ideographs."""
    starts = "".join(sorted({re.escape(c) for w in words for c in (w[0].lower(), w[0].upper()) if len(c) == 1}))
    latin = [w for w in words if not is_cjk(w[0])]
    wide = [w for w in words if is_cjk(w[0])]
    bodies = [f"(?<![^\\W\\d_])(?i:{'|'.join(_with_end(w) for w in latin)})"] if latin else []
    bodies += ["|".join(_with_end(w) for w in wide)] if wide else []
    return f"(?=[{starts}])(?:{'|'.join(bodies)})"


def _with_end(words: str) -> str:
    return re.escape(words) + ("" if is_cjk(words[-1]) else r"(?![^\W_])")


def translate(text: str, source: str, target: str, terms: Iterable[Term] = ()) -> str:
    """The text (wire form) in the target language: every tag kept once and in order, numbers kept, given terms used.

    Languages that are not known fall back to Latin script. Equal arguments give equal results in every process.
    """
    source, target = _known(source, "en"), _known(target, "es")
    given = tuple(terms)
    by_source = {t.source.lower(): t for t in given}
    wide = spaceless(target)
    pieces: list[_Piece] = []
    for match in _pattern(source, given).finditer(text):
        pieces += _render(match, source, target, by_source, wide)
    return _capital(_join(pieces, spaceless(source), wide), text, source, wide)


def _known(code: str, otherwise: str) -> str:
    try:
        return primary(code)
    except UnknownLanguage:
        return otherwise


def _render(match: re.Match[str], source: str, target: str, terms: dict[str, Term], wide: bool) -> list[_Piece]:
    kind, text = str(match.lastgroup), match.group(0)
    if kind == "phrase" and text.lower() in _BEFORE_FIGURES and not _FIGURE_NEXT.match(match.string, match.end()):
        kind = "word"
    if kind == "word" and len(text) > 3 and text[0].isupper() and (month := month_names(source).get(text.lower())):
        # Its day or year stands beyond a tag.
        return [_Piece("word", month_name(target, month))]
    if kind == "caps" and len(text) > 3 and text.isalpha() and text.isupper() and _in_capitals(match.string):
        return [_Piece("word", w.upper()) for w in _words(text.lower(), target, False)]
    if kind in ("word", "cjk"):
        return [_Piece("word", w) for w in _words(text, target, kind == "cjk" and not wide)]
    if kind == "other":
        return [_punctuation(text, wide)]
    if kind == "term":
        term = terms[text.lower()]
        return [_Piece("code", text) if term.keep else _Piece("word", term.use or text)]
    if kind == "date":
        return [_Piece("word", _date(match, source, target))]
    if kind == "scaled":
        return [_Piece("code", text if wide else spread(match["figure"], match["scale"], target))]
    if kind == "phrase":
        return [_Piece("word", phrases(source, target).get(text.lower()) or pseudo_word(text, target))]
    if kind in ("thousands", "decimal"):
        whole, _, decimals = text.replace(",", "").partition(".")
        return [_Piece("code", grouped(whole, decimals, target, thousands=kind == "thousands"))]
    return [_Piece({"url": "code", "caps": "code"}.get(kind, kind), text)]


@lru_cache(maxsize=256)
def _in_capitals(text: str) -> bool:
    """Whether a text is set in capitals throughout, as headings are: then words of capitals are no names."""
    bare = _TAGS.sub("", text)
    return bare.isupper() and len(_LONG_WORDS.findall(bare)) > 1


def _date(match: re.Match[str], source: str, target: str) -> str:
    named = match.groupdict()
    day, month, year = (named[g] or named.get(g + "2") or "" for g in "dmy")
    number = int(month) if month.isdigit() else month_names(source)[month.lower()]
    return written_date(target, int(day) if day else None, number, year)


def _words(text: str, target: str, split: bool) -> list[str]:
    if split:
        return [pseudo_word(text[i : i + 2], target) for i in range(0, len(text), 2)]
    word = pseudo_word(text, target)
    if word.lower() == text.lower():
        word = pseudo_word(text + "'", target)
    if text[0].isupper() and word[0].isalpha():
        word = word[0].upper() + word[1:]
    return [word]


def _punctuation(text: str, wide: bool) -> _Piece:
    text = text.translate(_TO_WIDE) if wide else _TO_NARROW.get(text, text)
    if text in "(（[“‘¿¡":
        return _Piece("open", text)
    if text in ")）]”’,.;:?!，。；：？！、…":
        return _Piece("close", text)
    return _Piece("sign", text)


def _join(pieces: list[_Piece], from_wide: bool, to_wide: bool) -> str:
    """Text of the pieces with the spaces of the target's script; tags are transparent to spacing."""
    out: list[str] = []
    last: _Piece | None = None
    tags: list[str] = []
    spaced = False
    for index, piece in enumerate(pieces):
        if piece.kind == "tag":
            tags.append((" " if spaced and not tags else "") + piece.text if not to_wide else piece.text)
            spaced = spaced and to_wide
            continue
        if piece.kind == "space":
            if tags and not to_wide:
                tags.append(piece.text)
            else:
                spaced = True
            continue
        text = piece.text
        if piece.text == "." and to_wide and _ends(pieces, index):
            text = "。"
        if to_wide:
            gap = spaced and bool(last) and not (_is_wide(last.text[-1:]) or _is_wide(text[:1])) if last else False
        else:
            gap = spaced or (from_wide and last is not None and _apart(last, piece, bool(tags)))
        out += _gap(tags, gap)
        out.append(text)
        last, tags, spaced = piece, [], False
    out += tags
    return "".join(out)


def _gap(tags: list[str], gap: bool) -> list[str]:
    if not gap:
        return tags
    for i, tag in enumerate(tags):
        if not tag.startswith("</") and not tag.endswith("/>"):
            return [*tags[:i], " ", *tags[i:]]
    return [*tags, " "]


def _apart(last: _Piece, piece: _Piece, tagged: bool) -> bool:
    """Whether a script with spaces wants one here although the spaceless source has none."""
    if last.kind in ("code", "unit") and piece.kind in ("code", "unit"):
        return False
    if piece.kind in ("word", "code", "open"):
        return last.kind in ("word", "code", "unit") or (
            last.kind == "close" and last.text in ".,;:?!)”" and piece.kind != "close"
        )
    return False


def _is_wide(char: str) -> bool:
    return is_cjk(char) or char in "，。；：？！（）、“”"


def _ends(pieces: list[_Piece], index: int) -> bool:
    """Whether a full stop ends a sentence: nothing but tags, space or the next sentence after it, and text before it."""
    if index == 0 or not any(p.kind == "word" for p in pieces[:index]):
        return False
    after = next((p for p in pieces[index + 1 :] if p.kind != "tag"), None)
    return after is None or after.kind in ("space", "close")


def _capital(out: str, text: str, source: str, wide: bool) -> str:
    """A capital at the start where the script has them and the source has none to show."""
    if wide or not spaceless(source):
        return out
    match = re.match(r"(?:<\\*/?\d{1,6}/?>|[\s“(\[])*", out)
    at = match.end() if match else 0
    return out[:at] + out[at : at + 1].upper() + out[at + 1 :]
