"""Blocks into segments (sentences with their inline codes), and targets back into blocks. Imports the core only.

Every character and every code of a block lies in exactly one segment or in the white space around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from docpipe.model import language as languages
from docpipe.model.canonical import Digest, digest_of_row
from docpipe.model.collector import collector_paused
from docpipe.model.document import Block
from docpipe.model.inline import (
    Close,
    CodedText,
    Inline,
    Open,
    Placeholder,
    Text,
    merge_text,
    text_digest,
)
from docpipe.model.segment import Segment, SegmentId, segment_id
from docpipe.segment.sentences import split
from docpipe.segment.spaced import OBJECT

__all__ = ["has_words", "join", "segment", "spaceless"]

_BREAKS = frozenset({"br", "cr", "line-break", "page-break", "column-break"})
_LIST_STARTS = "•·–—-*▪◦●○■□➢✓"
_WORDY = re.compile(r"[^\W_]")
_ENDS = ".!?…:;。！？：；"


def spaceless(language: str) -> bool:
    """Whether sentences of the language follow each other without a space. Raises ``UnknownLanguage``."""
    return languages.spaceless(language)


def has_words(coded: CodedText) -> bool:
    """Whether a letter or digit is there; text without one needs no translation."""
    return any(isinstance(p, Text) and _WORDY.search(p.text) for p in coded)


def _stand_in(code: Placeholder) -> str:
    if code.kind in _BREAKS or code.equiv == "\n":
        return "\n"
    if code.kind == "tab" or code.equiv == "\t":
        return "\t"
    if any(word in code.kind for word in ("note", "comment", "annotation")):
        return OBJECT
    return next((ch for ch in code.equiv if ch.isalnum()), OBJECT)


def _shown(content: CodedText) -> list[str]:
    """What the splitter sees of each part: a text's characters, of a code one character or nothing."""
    return [
        p.text if isinstance(p, Text) else _stand_in(p) if isinstance(p, Placeholder) else "" for p in content
    ]  # fmt: skip


def _line_breaks(shown: str, breaks: Sequence[int]) -> list[int]:
    """Offsets after those line breaks that part sentences: after a stop, colon or semicolon, before a list item, doubled."""
    found = []
    for at in breaks:
        before, after = shown[:at].rstrip(" \t\u00a0"), shown[at + 1 :].lstrip(" \t\u00a0")
        if not before or not after:
            continue
        item = after[0] in _LIST_STARTS or _numbered(after)
        if before[-1] in _ENDS or after[0] == "\n" or before[-1] == "\n" or item:
            found.append(at + 1)
    return found


def _numbered(text: str) -> bool:
    """Whether it starts like a list item: ``2.``, ``b)``, ``(iv)``."""
    head = text[:8].lstrip("(（")
    mark = next((i for i, ch in enumerate(head) if not ch.isalnum()), len(head))
    if not 0 < mark <= 4 or mark >= len(head):
        return False
    if head[mark] in ")）、":
        return True
    return head[mark] in ".．" and head[:mark].isdigit() and not head[mark + 1 : mark + 2].isdigit()


def _spans(shown: str, breaks: Sequence[int], language: str, extra: Path | None) -> list[tuple[int, int]]:
    """Sentence spans in the shown text, cut at parting line breaks; sentences without letter or digit join a neighbour."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*_line_breaks(shown, breaks), len(shown)]:
        spans += [(start + a, start + b) for a, b in split(shown[start:end], language, extra)]
        start = end
    if len(spans) < 2:
        return spans
    merged: list[tuple[int, int]] = []
    wordless_before = False
    for a, b in spans:
        wordless = _WORDY.search(shown, a, b) is None
        if merged and (wordless or wordless_before):
            merged[-1] = (merged[-1][0], b)
            wordless_before = wordless_before and wordless
        else:
            merged.append((a, b))
            wordless_before = wordless
    return merged


Place = tuple[int, int]
"""A part of coded text, and for a text the characters of it that lie before."""


def _breaks(content: CodedText, shown: Sequence[str]) -> list[int]:
    """Offsets in the shown text of the placeholders that break a line."""
    at = 0
    found = []
    for part, seen in zip(content, shown, strict=True):
        if seen == "\n" and isinstance(part, Placeholder):
            found.append(at)
        at += len(seen)
    return found


def _cuts(content: CodedText, shown: Sequence[str], spans: Sequence[tuple[int, int]]) -> Iterator[Place]:
    """Places at which the sentences part.

    In the gap between two sentences the cut comes after the last end of formatting that began before the gap and after
    the last break or tab; what opens later goes with the sentence that follows.
    """
    index = offset = inside = 0
    """The part, where it begins in the shown text, and how much of it is passed."""
    for (_, end), (following, _) in pairwise(spans):
        while offset + inside < end:
            inside = min(len(shown[index]), end - offset)
            if inside == len(shown[index]):
                index, offset, inside = index + 1, offset + inside, 0
        cut = index, inside
        opened: set[int] = set()
        while index < len(content):
            part, size = content[index], len(shown[index])
            if isinstance(part, Text):
                inside = min(size, following - offset)
                if inside < size:
                    break
            elif offset + size > following:
                break
            index, offset, inside = index + 1, offset + size, 0
            if isinstance(part, Open):
                opened.add(part.id)
            elif isinstance(part, Placeholder) or (isinstance(part, Close) and part.id not in opened):
                cut = index, 0
        yield cut


def _between_places(content: CodedText, start: Place, stop: Place) -> CodedText:
    """The parts from one place to another, texts cut there."""
    out = list(content[start[0] : stop[0]])
    if stop[1]:
        part = content[stop[0]]
        assert isinstance(part, Text)
        out.append(Text(part.text[: stop[1]]))
    if start[1]:
        part = out[0]
        assert isinstance(part, Text)
        out[0] = Text(part.text[start[1] :])
    return tuple(out)


def _isolate(piece: CodedText) -> CodedText:
    if len(piece) == 1 and isinstance(piece[0], Text):
        return piece
    opens = {p.id for p in piece if isinstance(p, Open)}
    closes = {p.id for p in piece if isinstance(p, Close)}
    return tuple(
        replace(p, isolated=True)
        if (isinstance(p, Open) and p.id not in closes) or (isinstance(p, Close) and p.id not in opens)
        else p
        for p in piece
    )


def _strip(piece: CodedText) -> tuple[str, CodedText, str]:
    """White space at the ends of a piece, apart from the rest. Only text is stripped, never past a code."""
    if len(piece) == 1 and isinstance(piece[0], Text):
        text = piece[0].text
        body = text.strip()
        left = len(text) - len(text.lstrip())
        return text[:left], (Text(body),) if body else (), text[left + len(body) :]
    parts = list(merge_text(piece))
    before = after = ""
    if parts and isinstance(parts[0], Text):
        kept = parts[0].text.lstrip()
        before = parts[0].text[: len(parts[0].text) - len(kept)]
        parts[0] = Text(kept)
    if parts and isinstance(parts[-1], Text):
        kept = parts[-1].text.rstrip()
        after = parts[-1].text[len(kept) :]
        parts[-1] = Text(kept)
    return before, merge_text(parts), after


def pieces(content: CodedText, language: str, extra: Path | None = None) -> list[tuple[str, CodedText, str]]:
    """The sentences of coded text as (white space before, text, white space after); joined they are the text again."""
    if len(content) == 1 and isinstance(content[0], Text):
        whole = content[0].text
        return _plain_pieces(whole, _spans(whole, (), language, extra))
    shown = _shown(content)
    spans = _spans("".join(shown), _breaks(content, shown), language, extra)
    cuts = [(0, 0), *_cuts(content, shown, spans), (len(content), 0)]
    parts = [_between_places(content, a, b) for a, b in pairwise(cuts)]
    stripped = [_strip(part) for part in parts]
    out: list[tuple[str, CodedText, str]] = []
    for before, body, after in stripped:
        if out and before:
            out[-1] = (out[-1][0], out[-1][1], out[-1][2] + before)
            before = ""
        out.append((before, _isolate(body), after))
    return out


def _plain_pieces(whole: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, CodedText, str]]:
    """The sentences of text without codes: white space between two goes with the first."""
    if len(spans) == 1 and spans[0] == (0, len(whole)):
        return [("", (Text(whole),), "")]
    cuts = [0, *(b for _, b in spans[:-1]), len(whole)]
    out: list[tuple[str, CodedText, str]] = []
    for a, b in pairwise(cuts):
        piece = whole[a:b]
        body = piece.strip()
        left = len(piece) - len(piece.lstrip())
        before, after = piece[:left], piece[left + len(body) :]
        if out and before:
            out[-1] = (out[-1][0], out[-1][1], out[-1][2] + before)
            before = ""
        out.append((before, (Text(body),) if body else (), after))
    return out


def segment(
    blocks: Iterable[Block], document_sha256: str, language: str, extra: Path | None = None
) -> tuple[Segment, ...]:
    """The segments of a document's translatable blocks that hold a letter or digit, in order.

    ``extra``: folder of no-break lists of one's own. A code that crosses sentences becomes an isolated start in the one
    and an isolated end in the other. Raises ``UnknownLanguage``.
    """
    with collector_paused():
        return _segments(blocks, document_sha256, language, extra)


def _segments(blocks: Iterable[Block], document_sha256: str, language: str, extra: Path | None) -> tuple[Segment, ...]:
    known: dict[str, list[_Piece]] = {}
    """Texts without codes that repeat, as cells do, are cut once."""
    found: list[tuple[Block, list[_Piece]]] = []
    digests = [""]
    for block in blocks:
        if not block.translatable:
            continue
        content = block.content
        if len(content) == 1 and isinstance(content[0], Text):
            text = content[0].text
            own = known.get(text)
            if own is None:
                own = known[text] = _with_digests(content, language, extra)
        else:
            own = _with_digests(content, language, extra)
        if own:
            found.append((block, own))
            digests += [piece[3] for piece in own]
    digests.append("")
    out: list[Segment] = []
    for block, own in found:
        last = len(own) - 1
        address, kind, level, at = block.address, block.kind, block.level, len(out)
        for ordinal, (before, body, after, digest) in enumerate(own):
            out.append(
                Segment(
                    segment_id(document_sha256, address, ordinal), address, ordinal, kind, body, digest,
                    digest_of_row(digests[at + ordinal], digests[at + ordinal + 2]), before, after, level, ordinal == last,
                )
            )  # fmt: skip
    return tuple(out)


_Piece = tuple[str, CodedText, str, Digest]


def _with_digests(content: CodedText, language: str, extra: Path | None) -> list[_Piece]:
    """The sentences of a block's content, none where it holds no letter or digit."""
    if not has_words(content):
        return []
    return [(before, body, after, text_digest(body)) for before, body, after in pieces(content, language, extra)]


def join(
    block: Block,
    segments: Sequence[Segment],
    targets: Mapping[SegmentId, CodedText],
    source_language: str,
    target_language: str,
) -> CodedText:
    """The block's content in the target language; ``segments``: the block's own, in order (other blocks' are ignored).

    A segment without a target keeps its source. An empty target (a sentence merged into another) takes its white space
    with it. Between sentences a space is added or dropped as the target language has it; white space at the block's
    ends, tabs and line breaks stay. With the sources as targets and one language it is the block's content again.
    """
    own = [s for s in segments if s.address == block.address]
    if not own:
        return block.content
    originals = {(type(p), p.id): p for p in block.content if not isinstance(p, Text)}
    if len(own) == 1 and not originals:
        target = targets.get(own[0].id, own[0].source)
        if len(target) == 1 and isinstance(target[0], Text) and target[0].text:
            text = own[0].before + target[0].text + own[0].after
            return target if text == target[0].text else (Text(text),)
    out: list[Inline] = [Text(own[0].before)]
    gap = ""
    for part in own:
        target = targets.get(part.id, part.source)
        if not target:
            continue
        if len(out) > 1:
            out.append(Text(_between(out, gap + part.before, target, source_language, target_language)))
        out += [p if isinstance(p, Text) else originals.get((type(p), p.id), p) for p in target]
        gap = part.after
    out.append(Text(own[-1].after))
    return _joined(out)


def _joined(parts: list[Inline]) -> CodedText:
    """As ``merge_text``, at less cost where there are no codes."""
    texts = [p.text for p in parts if isinstance(p, Text)]
    if len(texts) < len(parts):
        return merge_text(parts)
    whole = "".join(texts)
    return (Text(whole),) if whole else ()


def _between(done: Sequence[Inline], gap: str, following: CodedText, source_language: str, target_language: str) -> str:
    """The white space between two sentences of the target."""
    was, will = spaceless(source_language), spaceless(target_language)
    if was == will:
        return gap
    left, right = _edge(reversed(done), -1), _edge(following, 0)
    if was:
        if gap:
            return gap.replace("\u3000", " ")
        return "" if not left or not right or left.isspace() or right.isspace() else " "
    if gap.strip(" \u00a0\u202f\u2009") or (left.isascii() and right.isascii()):
        return gap
    return ""


def _edge(parts: Iterable[Inline], index: int) -> str:
    """The outermost visible character; a tab or break counts as white space."""
    for part in parts:
        shown = part.text if isinstance(part, Text) else _stand_in(part) if isinstance(part, Placeholder) else ""
        if shown:
            return shown[index]
    return ""
