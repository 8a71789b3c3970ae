"""The rehearsal: no model and no network. What memory, previous version and termbase do not cover is pseudo-translated here.

Imports the core and its room only. Pseudo text is always visibly pseudo (inside ``⟦`` and ``⟧``) and never approved or released.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from docpipe.llm.provider import Plugin
from docpipe.model.inline import CodedText, Inline, Text, has_text, merge_text
from docpipe.model.language import script
from docpipe.model.terms import TermHit, TermStatus

__all__ = ["PROVIDER", "rehearse"]

PROVIDER = Plugin("rehearsal", None)

_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçđéƒğĥíĵķļḿñóṕɋŕšťúṽŵẋýžÁɃÇĐÉƑĞĤÍĴĶĻḾÑÓṔɊŔŠŤÚṼŴẊÝŽ"
)
_DENSE = ("Han", "Japanese", "Korean")
# Left as they are, for readers and for checks: numbers with their units, identifiers, addresses, abbreviations.
_KEPT = re.compile(
    r"https?://\S+|[\w.+-]+@[\w-]+\.\w+|(?:(?<=\d)|(?<=\d\s)|(?<=/))(?:mg|kg|g|µg|μg|mcg|ng|mL|ml|L|dL|IU|U|mmol|mol|mm|cm|m|h|min)"
    r"(?:/(?:mL|ml|L|kg|m²|m2|day|h|min))?(?![A-Za-z])|[A-Za-z]*\d[A-Za-z\d]*(?:[-_/.][A-Za-z\d]+)*|(?<![A-Za-z])[A-Z]{2,}(?![a-z])"
)


def rehearse(source: CodedText, source_language: str, target_language: str, terms: Sequence[TermHit] = ()) -> CodedText:
    """Pseudo text for a source: codes in order, numbers kept, terms of the termbase in the target language.

    Latin text is accented; other scripts stay as they are between the marks. Text without a letter or digit comes back as it is.
    """
    if not has_text(source):
        return source
    accent = script(source_language) not in _DENSE
    replaced = _spans(terms)
    out: list[Inline] = [Text("⟦")]
    at = 0
    for part in source:
        if isinstance(part, Text):
            out.append(Text(_pseudo(part.text, at, replaced, accent)))
            at += len(part.text)
        else:
            out.append(part)
    out.append(Text("⟧"))
    return merge_text(out)


def _spans(terms: Sequence[TermHit]) -> list[tuple[int, int, str]]:
    """Start, end and replacement of the hits that do not overlap: the first, and of those the longest."""
    chosen: list[tuple[int, int, str]] = []
    for hit in sorted(terms, key=lambda h: (h.span[0], -h.span[1])):
        start, end = hit.span
        target = _target(hit)
        if target and end > start and (not chosen or start >= chosen[-1][1]):
            chosen.append((start, end, target))
    return chosen


def _target(hit: TermHit) -> str:
    by_status = {status: [t.target for t in hit.terms if t.status is status and t.target] for status in TermStatus}
    if any(t.status is TermStatus.DO_NOT_TRANSLATE for t in hit.terms):
        return hit.source
    return next((t for s in (TermStatus.PREFERRED, TermStatus.ALLOWED) for t in by_status[s]), "")


def _pseudo(text: str, offset: int, replaced: Sequence[tuple[int, int, str]], accent: bool) -> str:
    """One stretch of text. A term that a code cuts in two is left as it is."""
    out: list[str] = []
    at = 0
    for start, end, target in replaced:
        first, last = start - offset, end - offset
        if first < at or last > len(text):
            continue
        out += [_accented(text[at:first], accent), target]
        at = last
    out.append(_accented(text[at:], accent))
    return "".join(out)


def _accented(text: str, accent: bool) -> str:
    if not accent:
        return text
    out: list[str] = []
    at = 0
    for match in _KEPT.finditer(text):
        out += [text[at : match.start()].translate(_ACCENTS), match.group(0)]
        at = match.end()
    out.append(text[at:].translate(_ACCENTS))
    return "".join(out)
