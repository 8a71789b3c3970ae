"""D12: mentions of tables and figures against the captions of the target. Imports the core only.

A caption tells what its kind of thing is called in either language (``Table 3`` and ``Tabelle 3``); a sentence that mentions
it must call it so and by that number. Mentions inside a live reference are left out: those follow the caption by themselves.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text
from docpipe.model.segment import Segment, SegmentId

MENTION = "D12.mention-numbering"

_NUMBER = r"\d+(?:[.\-–]\d+)*"
_BEFORE = re.compile(rf"\s*(?P<word>[^\W\d_]+)\.?[\s\u00a0]*(?P<number>{_NUMBER})(?!\d)")
_AFTER = re.compile(rf"\s*(?P<number>{_NUMBER})\.?[\s\u00a0]*(?P<word>[^\W\d_]+)")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SHORTEST_STEM = 3
_ENDING = 3
"""Letters that a case ending may change: ``Tabelle``, ``Tabellen``; ``таблица``, ``таблице``."""


@dataclass(frozen=True, slots=True)
class _Named:
    """How a caption names its thing: the word in source and target, and the number in the target."""

    word: str
    there: str
    number: str


def mentions(
    segments: Sequence[Segment], targets: Mapping[SegmentId, CodedText]
) -> Iterator[tuple[SegmentId, Finding]]:
    """Mentions whose word or number is not the target caption's, and captions of one kind that are named in two ways."""
    captions = dict(_captions(segments, targets))
    if not captions:
        return
    usual: dict[str, Counter[str]] = defaultdict(Counter)
    for named in captions.values():
        usual[named.word][named.there] += 1
    for identity, named in captions.items():
        (most, count), *_ = usual[named.word].most_common()
        if named.there != most and usual[named.word][named.there] < count and _stem(named.there) != _stem(most):
            yield identity, Finding(MENTION, Severity.MAJOR, "Other captions of this kind are named by another word.")
    by_mention: dict[tuple[str, str], _Named] = {}
    for segment in segments:
        if segment.id in captions and (found := _BEFORE.match(_shown(segment.source))):
            by_mention.setdefault((captions[segment.id].word, found["number"]), captions[segment.id])
    for segment in segments:
        target = targets.get(segment.id)
        if target and segment.kind is not BlockKind.CAPTION:
            yield from _of_segment(segment, target, by_mention)


def _captions(
    segments: Sequence[Segment], targets: Mapping[SegmentId, CodedText]
) -> Iterator[tuple[SegmentId, _Named]]:
    for segment in segments:
        target = targets.get(segment.id)
        if segment.kind is not BlockKind.CAPTION or segment.ordinal or not target:
            continue
        here, there = _BEFORE.match(_shown(segment.source)), _shown(target)
        after = _BEFORE.match(there) or _AFTER.match(there)
        if here is not None and after is not None:
            yield segment.id, _Named(here["word"].casefold(), after["word"].casefold(), after["number"])


def _of_segment(
    segment: Segment, target: CodedText, by_mention: Mapping[tuple[str, str], _Named]
) -> Iterator[tuple[SegmentId, Finding]]:
    here, there = _shown(segment.source, live=False), _shown(target).casefold()
    seen: set[tuple[str, str]] = set()
    for word in sorted({w for w, _ in by_mention}):
        for found in _mention(word).finditer(here):
            named = by_mention.get((word, found["number"]))
            if named is None or (word, found["number"]) in seen:
                continue
            seen.add((word, found["number"]))
            number = rf"(?<![\d.]){re.escape(named.number)}(?!\d)"
            if not re.search(number, there):  # a number that is gone altogether is told of by the checks of numbers
                continue
            stem = re.escape(_stem(named.there))
            if not re.search(rf"{stem}.{{0,60}}{number}|{number}\.?[\s\u00a0]*{stem}", there, re.DOTALL):
                message = (
                    "What a caption names is mentioned by another word or number than the caption has in the target."
                )
                yield segment.id, Finding(MENTION, Severity.MAJOR, message, found.span())


@lru_cache(maxsize=256)
def _mention(word: str) -> re.Pattern[str]:
    """The word with a number, its plural too; in scripts without spaces wherever it stands."""
    start = "" if _CJK.search(word) else r"(?<!\w)"
    plural = "" if _CJK.search(word) else "(?:s|es|n|en)?"
    return re.compile(rf"{start}{re.escape(word)}{plural}\.?[\s\u00a0]*(?P<number>{_NUMBER})(?!\d)", re.IGNORECASE)


def _stem(word: str) -> str:
    if _CJK.search(word):
        return word
    return word[: max(_SHORTEST_STEM, len(word) - _ENDING)]


def _shown(coded: CodedText, live: bool = True) -> str:
    """The characters with what placeholders show; without ``live`` those inside fields are left out, their length kept."""
    out: list[str] = []
    fields: set[int] = set()
    for part in coded:
        if isinstance(part, Open) and part.kind == "field":
            fields.add(part.id)
        elif isinstance(part, Close):
            fields.discard(part.id)
        elif isinstance(part, Text):
            out.append(part.text if live or not fields else "\0" * len(part.text))
        elif isinstance(part, Placeholder):
            out.append(part.equiv)
    return "".join(out)
