"""Proposals as a craft: text for a gap of a draft, resting on what the sources say of the study. Imports the core and its room only.

A proposal holds no number but bound values and no name, result or feature of the design that the given lines do not have. What it
says beyond that is its writer's idea: it stands marked until a person answers for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.llm.accept import Worded
from docpipe.llm.claims import STEMS
from docpipe.llm.craft import Accepted, Assessment, Fault
from docpipe.llm.drafting import BADLY_FORMED, MISSING, TWICE, Brief, answered, tag_of
from docpipe.llm.reply import read_items
from docpipe.llm.task import Task
from docpipe.llm.wording import Sort, Token, read
from docpipe.model.canonical import canonical_json
from docpipe.model.chunk import Chunk, Paragraph
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text, parse_wire, plain_text, to_wire
from docpipe.model.segment import Segment, SegmentId

__all__ = ["GapToFill", "Proposing", "gap_chunk", "judge_proposal"]

MOST_SENTENCES, MOST_CHARACTERS = 8, 1500
MOST_OF = 0.7
"""From this share of a line's words on, a sentence says the line."""
_REPLY_TOKENS = 700
_LETTERS = 3.2
_MARKS = re.compile(r"[\[\]{}<>*#_|`]|https?:")
_PAST = frozenset(["was", "were", "had", "did", "became", "showed", "gave", "began", "underwent"])
_ORDINARY = (
    "line",
    "accept",
    "except",
    "concept",
    "guideline",
    "baseline",
    "timeline",
    "outline",
    "online",
    "discipline",
    "pipeline",
)
"""Plain words with an ending that medicines have."""
_OPEN = frozenset(
    {"is", "are", "be", "the", "a", "an", "of", "in", "for", "to", "with", "and", "or", "by", "at", "from", "on"}
)
"""Words that no sentence ends with."""
_TOLD = re.compile(
    r"\bhas been|\bhave been|\bwell[- ]tolerated|\bsafe and effective|\bsafety (?:signal|profile)|\b(?:previous|earlier|published|prior)"
    r" (?:stud|trial|data|result|experience|evidence)|\bliterature|\bguid(?:ance|eline)|\baccording to\b|\bknown to\b|\bevidence\b",
    re.IGNORECASE,
)
"""Results, earlier studies and guidelines: a proposal has none to tell of."""
_CLAIMS = re.compile(
    r"\b(?:because of|as a result|due to|owing to|caused? by|leads? to|led to|results? in|resulting|attribut\w+|associated with|related to|thanks to|induc\w+)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(?:notabl\w+|significant\w*|remarkab\w+|clear|clearly|only|important\w*|excellent|favou?rabl\w+|promising|robust|superior\w*"
    r"|convincing\w*|substantial\w*|obvious\w*|ideal\w*|optimal\w*|strong\w*)\b",
    re.IGNORECASE,
)
_DESIGN = re.compile(
    r"random|blind|mask|placebo|cross-?over|parallel|open-?label|adaptive|interim|p(?:a)?ediatric|child|pregnan|committee|monitoring board"
    r"|insur|compensat|reimburs|biobank|genet|genom|escalat|rescue|stratif|wash-?out|run-?in|titrat|taper|in-?patient|hospital"
    r"|overnight|fast(?:ing|ed)|sub-?study|unblind|dechallenge|rechallenge|biops|imaging|telephone|remote|diary|e-?consent",
    re.IGNORECASE,
)
"""Features of a design: one that is in no given line would be a new decision on the study."""


@dataclass(frozen=True, slots=True)
class GapToFill:
    """A gap for the model. ``ground``: the lines it may rest on, their codes numbered through; ``missing``: what the section asks for."""

    segment: Segment
    brief: Brief
    missing: str
    ground: tuple[CodedText, ...]

    @staticmethod
    def of(segment: Segment, brief: Brief, missing: str, ground: Sequence[CodedText]) -> GapToFill:
        """The same with the codes of its lines numbered through."""
        count = 0
        lines: list[CodedText] = []
        for line in ground:
            parts: list[Inline] = []
            for part in line:
                if isinstance(part, Placeholder):
                    count += 1
                    part = replace(part, id=count)
                parts.append(part)
            lines.append(tuple(parts))
        return GapToFill(segment, brief, missing, tuple(lines))


@dataclass(frozen=True, slots=True)
class Proposing:
    """The craft for the gaps of one document. ``gaps`` by segment; a reply without a sentence says that nothing can be proposed."""

    gaps: Mapping[SegmentId, GapToFill]
    stage: str = "propose"

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """One gap with what is known."""
        segment = chunk.wanted[0]
        gap = self.gaps[segment.id]
        task: dict[str, Any] = {"document": gap.brief.document, "section": gap.brief.section}
        if gap.brief.instruction:
            task["instruction"] = gap.brief.instruction
        if gap.brief.style:
            task["style"] = gap.brief.style
        task["known"] = [{"n": n, "text": to_wire(line)} for n, line in enumerate(gap.ground, 1)]
        if tags := [tag_of(p, {}) for line in gap.ground for p in line if isinstance(p, Placeholder)]:
            task["tags"] = tags
        task["propose"] = [{"id": "r1", "missing": gap.missing}]
        if segment.id in complaints:
            task["asked_again"] = [{"id": "r1", "fault": complaints[segment.id]}]
        return Task(chunk, canonical_json(task), {"r1": segment})

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """The proposal accepted as a proposal, or refused with the reason; an empty one where the model has none."""
        answers, whole = read_items(reply, "rows", answered)
        result = Assessment(whole=whole)
        segment = task.segments["r1"]
        mine = [a for a in answers if a.id == "r1"]
        result.stray = len(answers) - len(mine)
        if not mine:
            result.faults[segment.id] = Fault(MISSING)
        elif any(a != mine[0] for a in mine):
            result.faults[segment.id] = Fault(TWICE)
        elif mine[0].sentences is None:
            result.faults[segment.id] = Fault(BADLY_FORMED)
        else:
            target, fault = judge_proposal(self.gaps[segment.id], mine[0].sentences)
            if fault:
                result.faults[segment.id] = Fault(fault)
            else:
                result.accepted[segment.id] = Accepted(target)
        return result


def gap_chunk(gap: GapToFill) -> Chunk:
    """A gap alone in its request: no other section's lines tempt the model."""
    size = sum(len(to_wire(line)) for line in gap.ground) + 600
    paragraph = Paragraph((gap.segment,), frozenset({gap.segment.id}))
    return Chunk((paragraph,), tokens=round(size / _LETTERS), output_tokens=_REPLY_TOKENS)


def judge_proposal(gap: GapToFill, answer: Sequence[Worded]) -> tuple[CodedText, str]:
    """The proposed text, its codes numbered from 1, or why it is refused; no text where nothing is proposed."""
    if not answer:
        return (), ""
    if len(answer) > MOST_SENTENCES or sum(len(w.text) for w in answer) > MOST_CHARACTERS:
        return (), f"A proposal has at most {MOST_SENTENCES} sentences and {MOST_CHARACTERS} characters."
    known = _Known.of(gap)
    texts: list[CodedText] = []
    for worded in answer:
        text, fault = _sentence(gap, known, worded)
        if fault:
            return (), fault
        texts.append(text)
        # What one sentence brought in, the next may go on about.
        known = replace(known, about=known.about | {t.key for t in read(text) if t.sort is Sort.CONTENT})
    parts = [part for n, text in enumerate(texts) for part in ((Text(" "),) if n else ()) + text]
    return merge_text(_renumbered(parts)), ""


def _renumbered(parts: Sequence[Inline]) -> list[Inline]:
    """A value that is told twice is two codes."""
    count = 0
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, Placeholder):
            count += 1
            part = replace(part, id=count)
        out.append(part)
    return out


@dataclass(frozen=True, slots=True)
class _Known:
    """What all lines say together. ``words``, ``stems``: of the lines and of what the section is about; ``about``: stems of the latter and of the
    sentences before; ``line_of``: the line of each tag; ``plain``: all of it as a person reads it."""

    lines: tuple[tuple[Token, ...], ...]
    words: frozenset[str]
    stems: frozenset[str]
    about: frozenset[str]
    line_of: Mapping[int, int]
    plain: str

    @staticmethod
    def of(gap: GapToFill) -> _Known:
        lines = tuple(read(line) for line in gap.ground)
        said = (gap.missing, gap.brief.instruction, gap.brief.document, *gap.brief.section)
        own = [t for text in said for t in read((Text(text),)) if t.word]
        shown = [t for line in gap.ground for t in read((Text(plain_text(line, equiv=True)),)) if t.word]
        places = {p.id: n for n, line in enumerate(gap.ground) for p in line if isinstance(p, Placeholder)}
        plain = " ".join((*(plain_text(line, equiv=True) for line in gap.ground), *said)).casefold()
        return _Known(
            lines, frozenset(t.text.casefold() for t in (*own, *shown)), frozenset(t.key for t in (*own, *shown)),
            frozenset(t.key for t in own if t.sort is Sort.CONTENT), places, plain,
        )  # fmt: skip


def _sentence(gap: GapToFill, known: _Known, worded: Worded) -> tuple[CodedText, str]:
    written = worded.text.strip()
    if not worded.of or any(not 1 <= n <= len(gap.ground) for n in worded.of):
        return (), "Each sentence names the known lines that it rests on."
    text, faults = parse_wire(written, tuple(p for line in gap.ground for p in line))
    if faults:
        return (), f"Tags do not fit: {faults[0]}."
    typed = plain_text(text)
    if not typed.strip() or typed.rstrip()[-1:] not in ".;:":
        return (), "A sentence ends with a full stop."
    if mark := _MARKS.search(typed):
        return (), f"The sign {mark[0]} has no place in a proposal."
    tokens = read(text)
    return text, next(
        (f for rule in (_numbers, _words, _phrases, _rests, _quotes) if (f := rule(known, worded, text, tokens))), ""
    )


def _numbers(known: _Known, worded: Worded, text: CodedText, tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.sort is Sort.DIGITS:
            return f"A number outside tags: {token.text}. Numbers are only told by tags."
        if token.sort is Sort.NUMBER and token.text.casefold() not in known.words:
            return f"A number in words that no known line has: {token.text}."
    return ""


def _words(known: _Known, worded: Worded, text: CodedText, tokens: Sequence[Token]) -> str:
    for n, token in enumerate(tokens):
        if not token.word:
            continue
        form = token.text.casefold()
        if form in _PAST:
            return f"“{token.text}” tells what happened; a proposal says what will be done."
        if form in known.words or token.key in known.stems:
            continue
        starts = n == 0 or (tokens[n - 1].sort is Sort.MARK and tokens[n - 1].text in ".;:")
        if any(c.isupper() for c in (token.text[1:] if starts else token.text)):
            return f"The name “{token.text}” is in no known line."
        if form.endswith(STEMS) and form not in _ORDINARY and token.sort is Sort.CONTENT:
            return f"“{token.text}” looks like the name of a medicine and is in no known line."
    return ""


def _phrases(known: _Known, worded: Worded, text: CodedText, tokens: Sequence[Token]) -> str:
    typed = plain_text(text)
    if told := _TOLD.search(typed):
        return f"“{told[0]}” tells of results, other studies or rules that no known line holds."
    if (claim := _CLAIMS.search(typed)) and claim[0].casefold() not in known.plain:
        return f"“{claim[0]}” states a cause or a connection that no known line states."
    if (praise := _PRAISE.search(typed)) and praise[0].casefold() not in known.plain:
        return f"“{praise[0]}” judges; no known line does."
    for found in _DESIGN.finditer(typed):
        if found[0].casefold() not in known.plain:
            return f"“{found[0]}” is a feature of the design that no known line has."
    return ""


def _rests(known: _Known, worded: Worded, text: CodedText, tokens: Sequence[Token]) -> str:
    """A sentence shares words with the lines that it names, what the section is about or the sentences before it; a value stands with words of its line."""
    own = {t.key for t in tokens if t.sort in (Sort.CONTENT, Sort.CARRIER)}
    content = {t.key for t in tokens if t.sort is Sort.CONTENT}
    for part in text:
        if not isinstance(part, Placeholder):
            continue
        at = known.line_of[part.id]
        if at + 1 not in worded.of:
            return f"<{part.id}/> stands in line {at + 1}, which the sentence does not name."
        words = {t.key for t in known.lines[at] if t.sort in (Sort.CONTENT, Sort.CARRIER)}
        if words and not words & own:
            return f"<{part.id}/> stands without a word of its line that says what it is."
    for n in set(worded.of):
        given = [t.tag for t in known.lines[n - 1] if t.tag]
        told = [t.tag for t in tokens if t.tag in given]
        if told != [t for t in given if t in told]:
            return "The tags of a line stand in another order than in the line."
    lines = {t.key for n in worded.of for t in known.lines[n - 1] if t.sort is Sort.CONTENT}
    tagged = any(isinstance(p, Placeholder) for p in text)
    if not tagged and not content & (lines | known.about):
        return "A sentence has no word of the lines that it names."
    return ""


def _quotes(known: _Known, worded: Worded, text: CodedText, tokens: Sequence[Token]) -> str:
    """A sentence that says most of a line says all its values, and denies what the line denies."""
    if len(tokens) > 1 and tokens[-2].text.casefold() in _OPEN and tokens[-1].sort is Sort.MARK:
        return f"A sentence ends with “{tokens[-2].text}”: something is missing."
    own = {t.key for t in tokens if t.word}
    tags = {t.tag for t in tokens if t.tag}
    for n in worded.of:
        line = known.lines[n - 1]
        content = {t.key for t in line if t.sort is Sort.CONTENT}
        if not content or len(content & own) < MOST_OF * len(content):
            continue
        if lost := [t.tag for t in line if t.tag and t.tag not in tags]:
            return f"The sentence says line {n} without its value {lost[0]}."
        if any(t.sort is Sort.NEGATION for t in line) != any(t.sort is Sort.NEGATION for t in tokens):
            return f"A negation of line {n} is lost, or one was added to it."
    return ""
