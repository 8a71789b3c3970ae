"""Blocks into segments (sentences with their inline codes), and targets back into blocks. Imports the core only.

Every character and every code of a block lies in exactly one segment or in the white space around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from docpipe.model import language as languages
from docpipe.model.canonical import digest_of
from docpipe.model.document import Block
from docpipe.model.inline import (
    Close,
    CodedText,
    Inline,
    Open,
    Placeholder,
    Text,
    codes_of,
    merge_text,
    plain_text,
    text_digest,
)
from docpipe.model.segment import Segment, SegmentId, segment_id
from docpipe.segment.sentences import split
from docpipe.segment.spaced import OBJECT

__all__ = ["has_words", "join", "segment", "spaceless"]

_BREAKS = frozenset({"br", "cr", "line-break", "page-break", "column-break"})
_LIST_STARTS = "•·–—-*▪◦●○■□➢✓"
_ENDS = ".!?…:;。！？：；"


def spaceless(language: str) -> bool:
    """Whether sentences of the language follow each other without a space. Raises ``UnknownLanguage``."""
    return languages.spaceless(language)


def has_words(coded: CodedText) -> bool:
    """Whether a letter or digit is there; text without one needs no translation."""
    return any(ch.isalnum() for ch in plain_text(coded))


@dataclass(frozen=True, slots=True)
class _Atom:
    """A code, or one character of text; ``shown``: what the splitter sees of it, one character or nothing."""

    part: Inline
    shown: str


def _stand_in(code: Placeholder) -> str:
    if code.kind in _BREAKS or code.equiv == "\n":
        return "\n"
    if code.kind == "tab" or code.equiv == "\t":
        return "\t"
    if any(word in code.kind for word in ("note", "comment", "annotation")):
        return OBJECT
    return next((ch for ch in code.equiv if ch.isalnum()), OBJECT)


@lru_cache(maxsize=4096)
def _letter(ch: str) -> _Atom:
    return _Atom(Text(ch), ch)


def _atoms(content: CodedText) -> list[_Atom]:
    out: list[_Atom] = []
    for part in content:
        match part:
            case Text(text=text):
                out += map(_letter, text)
            case Placeholder():
                out.append(_Atom(part, _stand_in(part)))
            case _:
                out.append(_Atom(part, ""))
    return out


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
    merged: list[tuple[int, int]] = []
    for a, b in spans:
        wordless = not any(ch.isalnum() for ch in shown[a:b])
        if merged and (wordless or not any(ch.isalnum() for ch in shown[merged[-1][0] : merged[-1][1]])):
            merged[-1] = (merged[-1][0], b)
        else:
            merged.append((a, b))
    return merged


def _breaks(atoms: Sequence[_Atom]) -> list[int]:
    """Offsets in the shown text of the placeholders that break a line."""
    at = 0
    found = []
    for atom in atoms:
        if atom.shown == "\n" and isinstance(atom.part, Placeholder):
            found.append(at)
        at += len(atom.shown)
    return found


def _cuts(atoms: Sequence[_Atom], spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Indices into the atoms at which the sentences part.

    In the gap between two sentences the cut comes after the last end of formatting that began before the gap and after
    the last break or tab; what opens later goes with the sentence that follows.
    """
    offset = index = 0
    for (_, end), (following, _) in pairwise(spans):
        while offset < end:
            offset += len(atoms[index].shown)
            index += 1
        cut = index
        opened: set[int] = set()
        while index < len(atoms) and offset + len(atoms[index].shown) <= following:
            part = atoms[index].part
            offset += len(atoms[index].shown)
            index += 1
            if isinstance(part, Open):
                opened.add(part.id)
            elif isinstance(part, Placeholder) or (isinstance(part, Close) and part.id not in opened):
                cut = index
        yield cut


def _isolate(piece: CodedText) -> CodedText:
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
    atoms = _atoms(content)
    shown = "".join(a.shown for a in atoms)
    cuts = [0, *_cuts(atoms, _spans(shown, _breaks(atoms), language, extra)), len(atoms)]
    parts = [tuple(a.part for a in atoms[a:b]) for a, b in pairwise(cuts)]
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
    found: list[tuple[Block, int, bool, tuple[str, CodedText, str]]] = []
    for block in blocks:
        if block.translatable and has_words(block.content):
            own = pieces(block.content, language, extra)
            found += [(block, ordinal, ordinal == len(own) - 1, piece) for ordinal, piece in enumerate(own)]
    texts = [text_digest(body) for _, _, _, (_, body, _) in found]
    digests = ["", *texts, ""]
    return tuple(
        Segment(
            segment_id(document_sha256, block.address, ordinal),
            block.address,
            ordinal,
            block.kind,
            body,
            texts[at],
            digest_of([digests[at], digests[at + 2]]),
            before,
            after,
            block.level,
            last,
        )
        for at, (block, ordinal, last, (before, body, after)) in enumerate(found)
    )


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
    originals = {(type(p), p.id): p for p in codes_of(block.content)}
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
    return merge_text(out)


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
