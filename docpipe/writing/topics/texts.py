"""Passages of protocols, plans and other texts for the sections of a report, found by headings and by content, quoted with their places. Imports its room only.

Templates say ``study.passages.about("inclusion")`` for the subjects listed in ``_wants``, ``study.passages.headed("gene therapy")`` for any
other heading. What is found prints itself as quotes; its numbers are bound to the passage. The words are the source's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docpipe.model.source import Passage, TextSource
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._cuts import (
    BULLET,
    LEAST_LONG,
    OF_ANALYSIS,
    OPEN,
    bare,
    cells_of,
    joined,
    numbered,
    sentences,
    useless,
    without_asides,
)
from docpipe.writing.topics._quoted import Found, Grid, Quoted, merged, most_of, once
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._wants import GUIDE, PLAN, QUESTIONS, REPORT, SKIPPED, WANTS, Want

NAME = "passages"
_SKIPPED = re.compile(SKIPPED, re.IGNORECASE)
_PRONOUN = re.compile(r"(?:they|it|these|this|those|such|he|she|its|their)\b", re.IGNORECASE)
_MOST_SENTENCES = 3
_LEAST_SAID = 30


@dataclass(slots=True)
class _Section:
    """A heading (None before the first) with the passages right under it. ``path``: the headings above and its own, as they stand."""

    heading: Passage | None
    path: tuple[str, ...]
    body: list[Passage] = field(default_factory=list)

    @property
    def name(self) -> str:
        return bare(self.path[-1]) if self.path else ""

    def below(self, other: _Section) -> bool:
        return len(self.path) > len(other.path) and self.path[: len(other.path)] == other.path

    @property
    def skipped(self) -> bool:
        return any(_SKIPPED.search(bare(p)) for p in self.path)


class Passages:
    """The texts of a study, asked by subject."""

    def __init__(self, texts: Iterable[TextSource], book: Book) -> None:
        self._book = book
        self._texts = [(role_of(t), t, _sections(t)) for t in texts]
        self._known: dict[tuple[str, str], Found | None] = {}

    @property
    def roles(self) -> tuple[str, ...]:
        """What kinds of text there are."""
        return tuple(dict.fromkeys(role for role, _, _ in self._texts))

    def named(self, role: str) -> tuple[TextSource, ...]:
        """The texts of a kind, the richest first."""
        return tuple(t for _, t, _ in self._ordered((role,)))

    def about(self, subject: str, heads: bool = True) -> Found | None:
        """What the texts say of a subject of ``_wants``: of the first kind of text that says anything, its richest text.

        ``heads``: subheadings are kept. None where nothing is found. Raises ``KeyError`` for an unknown subject.
        """
        want = WANTS[subject]
        key = (subject, str(heads))
        if key not in self._known:
            self._known[key] = self._find(want, subject, heads)
        return self._known[key]

    def mentions(self, words: str) -> bool:
        """Whether any protocol, plan or other text says these words (a regular expression), be it in a table or in an aside."""
        wanted = re.compile(words, re.IGNORECASE)
        return any(wanted.search(p.text) for _, text, _ in self._texts for p in text.passages)

    def headed(self, heading: str, *roles: str, never: str = "", most: int = 3000) -> Found | None:
        """What stands under a heading that fits a regular expression. ``roles``: kinds of text, by default any."""
        want = Want((heading,), never=never, roles=roles or ("protocol", "plan", "other"), most=most)
        return self._find(want, re.sub(r"\W+", "-", heading.lower()).strip("-"), True)

    def every(self, subject: str) -> tuple[Found, ...]:
        """What each text says of a subject under a heading of its own, in the order of the kinds of text."""
        want = WANTS[subject]
        made = ((role, t, self._by_heading(want, subject, t, s, False)) for role, t, s in self._ordered(want.roles))
        return tuple(Found(t, role, parts) for role, t, parts in made if parts)

    def _ordered(self, roles: tuple[str, ...]) -> list[tuple[str, TextSource, list[_Section]]]:
        found = []
        for role in roles:
            mine = [t for t in self._texts if t[0] == role]
            found += sorted(mine, key=lambda t: -sum(len(p.text) for s in t[2] if not s.skipped for p in s.body))
        return found

    def _find(self, want: Want, key: str, heads: bool) -> Found | None:
        texts = self._ordered(want.roles)
        for role, text, sections in texts:
            if parts := self._by_heading(want, key, text, sections, heads):
                return Found(text, role, parts)
        for role, text, sections in texts if want.words else ():
            if parts := self._by_words(want, text, sections):
                return Found(text, role, parts, by_heading=False)
        return None

    def _by_heading(
        self, want: Want, key: str, text: TextSource, sections: list[_Section], heads: bool
    ) -> tuple[Quoted | Grid, ...]:
        never = re.compile(want.never, re.IGNORECASE) if want.never else None
        for pattern in want.heads:
            wanted = re.compile(pattern, re.IGNORECASE)
            chosen: list[_Section] = []
            for s in sections:
                if s.skipped or not s.path or any(s.below(c) for c in chosen) or (want.own and not s.body):
                    continue
                if wanted.search(s.name) and not (never and any(never.search(bare(p)) for p in s.path[-2:])):
                    chosen.append(s)
            groups: list[list[tuple[_Section, list[Quoted | Grid]]]] = []
            for c in chosen:
                inner = [] if want.own else [s for s in sections if s.below(c) and not s.skipped]
                inner = [s for s in inner if not (never and never.search(s.name))]
                made = [(s, self._parts(s, key, text, want.tables)) for s in (c, *inner)]
                if any(m for _, m in made):
                    groups.append(made)
            parts: list[Quoted | Grid] = []
            for group in groups:
                for head, said in self._under_heads(group, text, len(groups) > 1):
                    parts += [head, *said] if head is not None and heads else said
            if parts := most_of(_without(want.leave, once(merged(parts))), want.most):
                return tuple(parts)
        return ()

    def _under_heads(
        self, group: list[tuple[_Section, list[Quoted | Grid]]], text: TextSource, several: bool
    ) -> Iterator[tuple[Quoted | None, list[Quoted | Grid]]]:
        """The parts of a section and its subsections, each with the subheading that it needs."""
        full = [(s, made) for s, made in group if made]
        top = group[0][0]
        for s, made in full:
            named = top if len(full) == 1 else s
            needs = several if named is top else True
            yield (self._head(text, named.heading) if needs and named.heading is not None else None), made

    def _by_words(self, want: Want, text: TextSource, sections: list[_Section]) -> tuple[Quoted | Grid, ...]:
        words = re.compile(want.words, re.IGNORECASE)
        never = re.compile(want.never, re.IGNORECASE) if want.never else None
        found: list[Quoted | Grid] = []
        for s in sections:
            if s.skipped or (never and s.name and never.search(s.name)):
                continue
            for passage in s.body:
                if passage.kind not in ("paragraph", "list-item") or useless(passage.text):
                    continue
                every = sentences(passage.text)
                hits = [x for x in every if self._treats(want, words, passage.text[x[0] : x[1]])]
                hits = _with_what_they_mean(passage.text, every, hits)
                spans = joined(passage.text, [x for s in hits for x in without_asides(passage.text, *s)])
                said = Quoted(self._book, text, tuple((passage, a, b) for a, b in spans))
                if len(said.text) < _LEAST_SAID or said.text[-1] not in ".!?:" or len(found) >= _MOST_SENTENCES:
                    continue
                if said.text.endswith(":"):
                    start, end = spans[-1]
                    last = (passage, start, start + len(passage.text[start:end].rstrip()) - 1)
                    said = Quoted(self._book, text, (*said.pieces[:-1], last), tail=".")
                found.append(said)
        return tuple(most_of(found, want.most))

    @staticmethod
    def _treats(want: Want, words: re.Pattern[str], sentence: str) -> bool:
        plain = want.roles[0] == PLAN or not OF_ANALYSIS.search(sentence)
        return bool(plain and words.search(sentence))

    def _head(self, text: TextSource, heading: Passage) -> Quoted:
        return Quoted(self._book, text, ((heading, numbered(heading.text), len(heading.text)),), "head")

    def _parts(self, section: _Section, key: str, text: TextSource, tables: bool) -> list[Quoted | Grid]:
        found: list[Quoted | Grid] = []
        body = [p for p in section.body if not useless(p.text)]
        at = 0
        while at < len(body):
            passage = body[at]
            run = at + 1
            while run < len(body) and body[run].kind == passage.kind:
                run += 1
            if passage.kind == "row":
                if tables:
                    found += self._grids(body[at:run], f"{key}-{passage.place.locator.partition('/')[0][5:]}", text)
                at = run
            elif passage.kind == "cell":
                found += self._defined(body[at:run], text)
                at = run
            else:
                self._prose(passage, text, found)
                at += 1
        return found

    def _prose(self, passage: Passage, text: TextSource, found: list[Quoted | Grid]) -> None:
        if passage.kind not in ("paragraph", "list-item"):
            return
        bullet = BULLET.match(passage.text)
        last = found[-1] if found else None
        if (
            not bullet and passage.kind == "paragraph" and isinstance(last, Quoted) and last.kind != "head"
            and last.text[-1:] not in ".:;!?" and (passage.text[:1].islower() or passage.text[:1] == "(")
        ):  # fmt: skip
            found[-1] = Quoted(self._book, text, (*last.pieces, (passage, 0, len(passage.text))), last.kind)
            return
        if bullet or passage.kind == "list-item":
            start = bullet.end() if bullet and passage.kind != "list-item" else 0
            found.append(Quoted(self._book, text, ((passage, start, len(passage.text)),), "item"))
            return
        announced = isinstance(last, Quoted) and last.kind == "paragraph" and last.text[-1:] not in ".;!?)"
        if passage.text[:1] == "[" or (
            len(passage.text) < LEAST_LONG and passage.text[-1:] not in ".:;!?)" and not announced
        ):
            return  # what a page's layout left over: labels, footnotes of templates
        spans = [x for s in sentences(passage.text) for x in without_asides(passage.text, *s)]
        if pieces := tuple((passage, start, end) for start, end in joined(passage.text, spans)):
            found.append(Quoted(self._book, text, pieces))

    def _grids(self, rows: list[Passage], key: str, text: TextSource) -> list[Quoted | Grid]:
        cells = [tuple(self._cell(text, p, a, b) for a, b in cells_of(p.text)) for p in rows]
        cells = [c for c in cells if not OPEN.search(" ".join(x.text for x in c))]
        width = max(map(len, cells), default=0)
        if len(cells) > 1 and width > 1 and len(cells[0]) == width:
            cells = [(*c, *[self._cell(text, rows[0], 0, 0)] * (width - len(c))) for c in cells]
            return [Grid(f"source-{key}", cells[0], tuple(cells[1:]))]
        if sum(len(x.text) < 2 for c in cells for x in c) * 2 > sum(map(len, cells)):
            return []  # crosses whose columns cannot be told
        return [Quoted(self._book, text, ((p, 0, len(p.text)),), "item") for p in rows if not OPEN.search(p.text)]

    def _defined(self, cells: list[Passage], text: TextSource) -> list[Quoted | Grid]:
        """Cells without rows: terms and what they mean in turn; anything else has lost its order and is left out."""
        pairs = list(zip(cells[::2], cells[1::2], strict=False))
        if len(cells) % 2 or not pairs or not all(len(a.text) < 45 and len(b.text) > len(a.text) for a, b in pairs):
            return []
        if sum(len(b.text) for _, b in pairs) / len(pairs) < 40:
            return []
        return [Grid(f"source-{cells[0].place.locator[5:].partition('/')[0]}-{len(cells)}", (), tuple(
            (self._cell(text, a, 0, len(a.text)), self._cell(text, b, 0, len(b.text))) for a, b in pairs))]  # fmt: skip

    def _cell(self, text: TextSource, passage: Passage, start: int, end: int) -> Quoted:
        return Quoted(self._book, text, ((passage, start, end),), "cell")


def read(study: StudyData, book: Book) -> Passages:
    """The study's texts; there may be none, then nothing is found."""
    return Passages((t for t in study.texts if role_of(t) not in (GUIDE, QUESTIONS, REPORT)), book)


def _without(leave: str, parts: list[Quoted | Grid]) -> list[Quoted | Grid]:
    """The parts without the sentences that another section tells; as they are where nothing else would remain."""
    if not leave:
        return parts
    told = re.compile(leave, re.IGNORECASE)
    found: list[Quoted | Grid] = []
    for part in parts:
        if isinstance(part, Quoted) and part.kind == "paragraph":
            kept = [
                (passage, start + a, start + b)
                for passage, start, end in part.pieces
                for a, b in sentences(passage.text[start:end])
                if not told.search(passage.text[start + a : start + b])
            ]
            if not kept:
                continue
            part = Quoted(part.book, part.source, tuple(kept), part.kind, part.tail)
        found.append(part)
    return found if any(not isinstance(p, Quoted) or p.kind != "head" for p in found) else parts


def _with_what_they_mean(text: str, every: list[tuple[int, int]], hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences, those that begin with a pronoun with the one before; without one before they are left out."""
    found: list[tuple[int, int]] = []
    for hit in hits:
        at = every.index(hit)
        if _PRONOUN.match(text[hit[0] : hit[1]]):
            if not at:
                continue
            found.append(every[at - 1])
        found.append(hit)
    return sorted(set(found))


def _sections(text: TextSource) -> list[_Section]:
    """The sections of a text; a heading above most of them is the document's own title, and heads none of them."""
    found = [_Section(None, ())]
    for passage in text.passages:
        if passage.kind == "heading":
            found.append(_Section(passage, (*passage.headings, passage.text)))
        elif passage.kind != "contents":
            found[-1].body.append(passage)
    tops = Counter(s.path[0] for s in found if s.path)
    title, most = tops.most_common(1)[0] if tops else ("", 0)
    if most * 2 > len(found) > 3:
        for s in found:
            s.path = s.path[1:] if s.path[:1] == (title,) else s.path
    return found
