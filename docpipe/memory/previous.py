"""Carries the approved translation of a previous version over to unchanged segments. Pure; imports the core only.

Only sure pairs are carried: blocks that align, sentences one to one, codes that map, one meaning of a repeated text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from docpipe.memory.alignment import align_blocks, align_sentences, plausible
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import (
    Close,
    CodedText,
    Inline,
    Open,
    Placeholder,
    Text,
    code_faults,
    codes_of,
    plain_text,
    renumber_like,
    text_digest,
    to_wire,
)
from docpipe.model.segment import Segment, SegmentId

__all__ = ["Alignment", "Carried", "Left", "OldSegment", "Pieces", "align", "carry"]

Pieces = Callable[[CodedText, str], Sequence[tuple[str, CodedText, str]]]
"""Sentences of coded text in a language, as (white space before, sentence, white space after)."""


@dataclass(frozen=True, slots=True)
class Left:
    """A place of the previous version that cannot be carried. ``reason``: not-aligned | sentences | codes | empty | ambiguous."""

    address: Address
    ordinal: int
    reason: str


@dataclass(frozen=True, slots=True)
class OldSegment:
    """A sentence of the old source. ``target``: wire form numbered as ``renumber(source)``, or "" where none is sure."""

    address: Address
    kind: BlockKind
    style: str
    digest: Digest
    target: str
    before: str
    after: str
    """Digests of the neighbouring sentences ("" at the document's ends)."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The previous version, sentence by sentence, and what of it could not be paired."""

    segments: tuple[OldSegment, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """``targets``: of unchanged segments. ``left``: places of the previous version that no target could be taken from, those
    of the alignment and repeated texts with several translations. ``changed``: new segments that the old source does not have."""

    targets: Mapping[SegmentId, str]
    left: tuple[Left, ...]
    changed: tuple[SegmentId, ...]


def _workable(blocks: Sequence[Block]) -> list[Block]:
    return [b for b in blocks if b.translatable and any(ch.isalnum() for ch in b.text)]


def align(
    old_source: Sequence[Block], old_target: Sequence[Block], source_language: str, target_language: str, pieces: Pieces
) -> Alignment:
    """Pairs the sentences of an old source and its approved target, both read by the same reader.

    ``pieces``: the splitter that makes the new document's segments. Raises ``UnknownLanguage``.
    """
    sources, targets = _workable(old_source), _workable(old_target)
    partner = dict(align_blocks(sources, targets))
    drafts: list[OldSegment] = []
    left: list[Left] = []
    for i, block in enumerate(sources):
        sentences = [body for _, body, _ in pieces(block.content, source_language)]
        found = [""] * len(sentences)
        reasons = ["not-aligned"] * len(sentences)
        if i in partner:
            other = targets[partner[i]]
            others = [body for _, body, _ in pieces(other.content, target_language)]
            found, reasons = _targets(block, sentences, other, others)
        for n, (body, target, reason) in enumerate(zip(sentences, found, reasons, strict=True)):
            drafts.append(OldSegment(block.address, block.kind, block.style, text_digest(body), target, "", ""))
            if not target:
                left.append(Left(block.address, n, reason))
    digests = ["", *(d.digest for d in drafts), ""]
    neighbours = zip(drafts, digests, digests[2:], strict=False)
    return Alignment(tuple(replace(d, before=b, after=a) for d, b, a in neighbours), tuple(left))


def _targets(
    block: Block, sentences: Sequence[CodedText], other: Block, others: Sequence[CodedText]
) -> tuple[list[str], list[str]]:
    """Target of each sentence ("" for none) and why there is none."""
    found, reasons = [""] * len(sentences), ["sentences"] * len(sentences)
    one_kind, other_kind = _kinds(block.content), _kinds(other.content)
    beads = align_sentences([plain_text(s) for s in sentences], [plain_text(s) for s in others])
    for left, right in beads:
        if (
            len(left) != 1
            or len(right) != 1
            or not plausible(plain_text(sentences[left[0]]), plain_text(others[right[0]]))
        ):
            continue
        source = sentences[left[0]]
        target = _recoded(source, others[right[0]], one_kind, other_kind)
        reasons[left[0]] = "codes"
        if target is not None:
            found[left[0]] = to_wire(renumber_like(target, source))
    return found, reasons


def _kinds(content: CodedText) -> dict[int, tuple[str, str]]:
    """Kind and data of every pair by its number, so that an end alone knows what it ends."""
    return {c.id: (c.kind, c.data) for c in codes_of(content) if isinstance(c, Open)}


def _recoded(
    source: CodedText, target: CodedText, one: Mapping[int, tuple[str, str]], other: Mapping[int, tuple[str, str]]
) -> CodedText | None:
    """The target with the source's codes in place of its own; None where they do not map one to one."""
    wanted, given = _described(source, one), _described(target, other)
    if len(wanted) != len(given):
        return None
    map_: dict[tuple[str, int], int] = {}
    for exact in (True, False):
        for key, number in given:
            if (key[0], number) in map_:
                continue
            for there, its in wanted:
                same = there == key if exact else there[:2] == key[:2]
                if same and its not in {v for (t, _), v in map_.items() if t == key[0]}:
                    map_[key[0], number] = its
                    break
    if len(map_) != len(given):
        return None
    originals = {(type(c), c.id): c for c in codes_of(source)}
    out: list[Inline] = []
    for part in target:
        if isinstance(part, Text):
            out.append(part)
            continue
        role = "p" if isinstance(part, Placeholder) else "c" if isinstance(part, Close) and part.isolated else "o"
        original = originals.get((type(part), map_.get((role, part.id), -1)))
        if original is None:
            return None
        out.append(original)
    recoded = tuple(out)
    return None if code_faults(source, recoded) else recoded


def _described(coded: CodedText, kinds: Mapping[int, tuple[str, str]]) -> list[tuple[tuple[str, str, str, bool], int]]:
    """(role, kind, data, isolated) and number of each code; the end of a whole pair goes with its start."""
    found = []
    for code in codes_of(coded):
        match code:
            case Placeholder():
                found.append((("p", code.kind, code.data or code.equiv, False), code.id))
            case Open():
                found.append((("o", code.kind, code.data, code.isolated), code.id))
            case Close(isolated=True):
                found.append((("c", *kinds.get(code.id, ("", "")), True), code.id))
    return found


def carry(alignment: Alignment, new_segments: Sequence[Segment], new_blocks: Iterable[Block]) -> Carried:
    """The old targets of the segments whose text and codes are unchanged.

    Where the old version has a text several times with different targets, equal neighbours decide, then equal kind and
    style of the block; what stays undecided is left.
    """
    styles = {b.address: b.style for b in new_blocks}
    old: dict[Digest, list[OldSegment]] = {}
    for o in alignment.segments:
        old.setdefault(o.digest, []).append(o)
    digests = ["", *(s.digest for s in new_segments), ""]
    targets: dict[SegmentId, str] = {}
    changed: list[SegmentId] = []
    ambiguous: dict[tuple[Address, int], Left] = {}
    for i, s in enumerate(new_segments):
        same = old.get(s.digest)
        if same is None:
            changed.append(s.id)
            continue
        with_target = [o for o in same if o.target]
        target = _decided(with_target, digests[i], digests[i + 2], s.kind, styles.get(s.address, ""))
        if target:
            targets[s.id] = target
        elif with_target:
            ambiguous[s.address, s.ordinal] = Left(s.address, s.ordinal, "ambiguous")
    return Carried(targets, (*alignment.left, *ambiguous.values()), tuple(changed))


def _decided(same: Sequence[OldSegment], before: str, after: str, kind: BlockKind, style: str) -> str:
    """The one target, narrowed step by step; "" where several remain."""
    narrowings: tuple[Callable[[OldSegment], bool], ...] = (
        lambda o: True,
        lambda o: o.before == before and o.after == after,
        lambda o: o.before == before or o.after == after,
        lambda o: o.kind == kind and o.style == style,
    )
    for fits in narrowings:
        found = {o.target for o in same if fits(o)}
        if len(found) == 1:
            return found.pop()
    return ""
