"""Accepting or refusing the wording of one row: which sentences it words, its tags, and what it claims. Imports the core and its room only.

What is accepted says what the program text says: the same values in the same order with the same groups, the same words that claim
something, the same negations. Everything else is refused with one sentence that says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.llm.claims import Grounds, complaint
from docpipe.llm.verdict import useless
from docpipe.llm.wording import Sort, Token, joined, lexicon, read, stem
from docpipe.model.fact import FactId
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text, parse_wire, plain_text, to_wire
from docpipe.model.segment import Segment

__all__ = ["Datum", "RowToWord", "Worded", "judge_row"]

_ENDS = ".!?:;"
_CLOSERS = ")”\"'’"


@dataclass(frozen=True, slots=True)
class Datum:
    """What a fact is, for the model and its judge. ``label``: for reading; ``arm``: "" for all; ``quoted``: a number in a passage."""

    label: str
    arm: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class RowToWord:
    """A row for the model. ``segment.source``: the program text; ``sentences``: the same, parted; ``passages``: texts it cites.

    ``before`` and ``after``: rows beside it that the model does not word, as plain text.
    """

    segment: Segment
    sentences: tuple[CodedText, ...]
    facts: Mapping[FactId, Datum] = field(default_factory=dict)
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence of a reply. ``of``: the numbers, from 1, of the given sentences that it words."""

    of: tuple[int, ...]
    text: str


def judge_row(row: RowToWord, answer: Sequence[Worded], arms: Sequence[str] = ()) -> tuple[CodedText | None, str]:
    """The row's new text, or None and why it is refused. ``arms``: names of the study's arms."""
    source = row.segment.source
    plain = plain_text(source, equiv=True)
    if not answer:
        return None, "The row has no sentence."
    if fault := useless(plain, " ".join(w.text for w in answer)):
        return None, fault
    groups, fault = _grouped(answer, len(row.sentences))
    if fault:
        return None, fault
    texts: list[CodedText] = []
    for worded in answer:
        text, faults = parse_wire(worded.text.strip(), source)
        if faults:
            return None, f"Tags do not fit: {faults[0]}."
        if not text:
            return None, "A sentence is empty."
        texts.append(text)
    said = _said(row, arms)
    at = 0
    for numbers, count in groups:
        several = texts[at : at + count]
        at += count
        if fault := _group(row, said, numbers, several):
            return None, fault
    parts = [part for n, text in enumerate(texts) for part in ((Text(" "),) if n else ()) + text]
    return merge_text(parts), ""


def _grouped(answer: Sequence[Worded], count: int) -> tuple[list[tuple[tuple[int, ...], int]], str]:
    """Which given sentences each run of answered ones words: one, one in several, or several in one; in the given order."""
    groups: list[tuple[tuple[int, ...], int]] = []
    done = 0
    for worded in answer:
        of = worded.of
        if not of or of != tuple(range(of[0], of[0] + len(of))) or of[0] < 1 or of[-1] > count:
            return (
                [],
                "Each sentence names the given sentence that it words, or several neighbouring ones that it merges.",
            )
        if groups and len(of) == 1 and groups[-1][0] == of:
            groups[-1] = (of, groups[-1][1] + 1)
            continue
        if of[0] != done + 1:
            return [], "The given sentences are worded in their order, each once."
        done = of[-1]
        groups.append((of, 1))
    return groups, "" if done == count else f"Given sentence {done + 1} is not worded."


@dataclass(frozen=True, slots=True)
class _Said:
    """What the whole row may draw on."""

    program: tuple[tuple[Token, ...], ...]
    row: frozenset[str]
    passages: frozenset[str]
    capitals: frozenset[str]
    names: frozenset[str]


def _said(row: RowToWord, arms: Sequence[str]) -> _Said:
    program = tuple(read(s) for s in row.sentences)
    passages = [t for p in row.passages for t in read((Text(p),)) if t.word]
    words = [t for s in program for t in s if t.word]
    capitals = frozenset(t.text for t in (*words, *passages) if t.text[0].isupper())
    names = frozenset(stem(t.text) for a in arms for t in read((Text(a),)) if t.word) - lexicon().free
    return _Said(program, frozenset(t.key for t in words), frozenset(t.key for t in passages), capitals, names)


def _group(row: RowToWord, said: _Said, numbers: tuple[int, ...], several: Sequence[CodedText]) -> str:
    each = tuple(said.program[n - 1] for n in numbers)
    grounds = Grounds(
        program=joined(each), each=each, row=said.row, passages=said.passages, capitals=said.capitals, names=said.names,
        arm_of={f: d.arm for f, d in row.facts.items() if d.arm}, quoted={f for f, d in row.facts.items() if d.quoted},
    )  # fmt: skip
    tokens = [read(text) for text in several]
    if fault := complaint(grounds, joined(tokens)):
        return fault
    coded = any(t.tag for t in grounds.program)
    for sentence in tokens:
        if not _supported(sentence, grounds, coded):
            return "A sentence has no tag and no words of a cited passage: it has no source."
        if len(several) > 1 and not any(t.sort is Sort.CONTENT for t in sentence):
            return "A sentence was parted so that one part does not say what its values mean."
    given = [row.sentences[n - 1] for n in numbers]
    return _ends(given[-1], several) or _begins(given, several)


def _supported(sentence: Sequence[Token], grounds: Grounds, coded: bool) -> bool:
    if any(t.tag for t in sentence):
        return True
    own = {t.key for t in sentence if t.sort is Sort.CONTENT}
    return len(own & grounds.passages) >= 2 or (not coded and bool(own & {t.key for t in grounds.program}))


def _ends(given: CodedText, several: Sequence[CodedText]) -> str:
    """A sentence ends as the given one does; one that was parted from it ends with a full stop."""
    wanted = _last(given)
    for n, text in enumerate(several):
        mark = wanted if n == len(several) - 1 else "."
        if _last(text) != mark:
            return (
                f"A sentence must end with “{mark}”."
                if mark
                else "The text takes no mark at its end, as the given one."
            )
    return ""


def _last(text: CodedText) -> str:
    final = to_wire(text).rstrip().rstrip(_CLOSERS)[-1:]
    return final if final in _ENDS else ""


def _begins(given: Sequence[CodedText], several: Sequence[CodedText]) -> str:
    """Values that are written for the beginning of a sentence stay there, and no others come to stand there."""
    first = [_first(s) for s in given]
    begun = {f.data for f in first if isinstance(f, Placeholder)}
    for text in several:
        head = _first(text)
        if isinstance(head, Placeholder):
            if head.data not in begun and not head.equiv[:1].isupper():
                return f"<{head.id}/> cannot begin a sentence."
        elif head[:1].islower() and not any(isinstance(f, str) and f[:1].islower() for f in first):
            return "A sentence begins with a capital letter."
        for part in text:
            if (
                isinstance(part, Placeholder)
                and part != head
                and part.data.endswith((":Word", ":sentence"))
                and part.data in begun
            ):
                return f"<{part.id}/> must begin its sentence, as in the given text."
    return ""


def _first(text: CodedText) -> Placeholder | str:
    for part in text:
        if isinstance(part, Placeholder):
            return part
        if isinstance(part, Text) and part.text.strip(" “\"'("):
            return part.text.strip(" “\"'(")
    return ""
