"""The narrative of a trial as it stands in an ICH M11 protocol: paragraphs, list items and tables word by word, section by section. Imports the core and its room.

What the structured parts of the file say already (criteria, objectives, the schedule) is not printed twice; all else has a place, or is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from docpipe.model.source import Passage
from docpipe.model.trial import Section, Trial
from docpipe.writing.m11.links import Links
from docpipe.writing.m11.placing import NOWHERE, TITLE_PAGE, Placed, placed
from docpipe.writing.m11.prescribed import heading_of
from docpipe.writing.m11.printing import is_counted, stands_in

REST = "12.4"
"""Where sections without a place stand."""
GLOSSARY = "13"
_PICTURE = re.compile(r"Figure\s+(?:[A-Z]{2,6}[.-])?\d{1,2}(?:[.-]\d{1,2})*\s*[.:][^.]{0,120}\.?$")
_PICTURED = re.compile(r"^Figure\s+((?:[A-Z]{2,6}[.-])?\d{1,2}(?:[.-]\d{1,2})*)\s*[.:]?\s*(.*?)\.?$", re.DOTALL)
PICTURE = "picture"
"""Kind of the passages that stand for pictures."""
_CAPTION = re.compile(r"^Table\s+((?:[A-Z]{2,6}[.-])?\d{1,2}(?:[.-]\d{1,2})*)\s*[.:]?\s*(.*)$", re.DOTALL)
_LEVEL_WORDS = re.compile(
    r"^(?:primary|secondary|exploratory|tertiary)\b\s*(?:objectives?|endpoints?)?:?\s*", re.IGNORECASE
)
_FILTERED = frozenset(
    {TITLE_PAGE, "1.1", "1.1.1", "1.1.2", "1.2", "1.3", "3", "3.1", "3.2", "3.3", "5.2", "5.3", "12.3", "13"}
)
"""Sections that the structured parts write: only what they do not say is kept of the narrative."""
_ELSEWHERE = frozenset({TITLE_PAGE, "1.1", "1.1.1", "1.3"})
"""What is kept of these stands with what has no place: they hold nothing but the structured parts."""
_ITEM_NUMBER = re.compile(r"(?:^|(?<=\s))(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]\s")
_HEADS = frozenset(
    {
        "objectives", "endpoints", "objectives and endpoints", "objective", "endpoint", "section and name", "section number and name",
        "description of change", "brief rationale", "brief rationale and or clarifications", "brief rationale clarifications",
    }
)  # fmt: skip
"""Heads of tables whose content the structured parts print."""
_HISTORY = "12.3"
"""What was changed was changed in the sections of its time: references stand as they are written, and so does the title page."""
_LISTS = frozenset({"3", "3.1", "3.2", "3.3", "5.2", "5.3"})
_EMPTY_LABEL = re.compile(r"[^:]{1,40}:\s*")
"""A line of a title page whose value the structured parts print, or that has none."""
_SHORT = 40
_LABEL = 60
_MOST_LEFT = 7
"""Words that a text may have beside those that are printed already."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a section. ``kind``: ``head``, ``paragraph``, ``item``, ``table`` or ``picture`` (``key``: digest of its bytes); printing it prints its words bound."""

    kind: str
    said: str = ""
    depth: int = 0
    key: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lead: int = 0
    heads: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.said

    @property
    def bullet(self) -> str:
        """The mark of its list item in a program text."""
        return "-" * (min(self.depth, 2) + 1)


@dataclass
class Narrative:
    """The narrative by M11 section. ``known``: texts that the structured parts print; ``pictures``: by the place of its passage, the digest of the
    picture to stand there."""

    trial: Trial
    links: Links
    known: Iterable[str]
    has_schedule: bool
    pictures: Mapping[str, str] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)
    """Digest of a picture -> the passage where it stands."""

    @cached_property
    def _places(self) -> list[Placed]:
        found = placed(self.trial)
        home = self.trial.protocol
        self.links.home = home.pointer if home is not None else ""
        for document in self.trial.documents:
            mine = [p for p in found if p.document is document]
            known = {p.section.number.rstrip("."): self._target(p) for p in mine if re.match(r"\d", p.section.number)}
            self.links.sections[document.pointer] = {n: t for n, t in known.items() if t}
        return found

    @staticmethod
    def _target(p: Placed) -> str:
        if p.to == TITLE_PAGE:
            return ""
        if p.section.level == 1:
            return p.to.partition(".")[0]
        return p.to or (REST if p.section.text else "")

    @cached_property
    def _parts(self) -> dict[str, list[tuple[Placed, list[list[Passage]]]]]:
        """Groups of passages (a run of table rows is one) by M11 section."""
        places = self._places
        said = Known(self.known)
        richest = places[0].document if places else None
        mine = [p for p in places if p.document is richest]
        elsewhere = Known([*self.known, *_texts(p for p in mine if p.to not in _FILTERED)])
        whole = Known([*self.known, *_texts(mine)])
        found: dict[str, list[tuple[Placed, list[list[Passage]]]]] = {}
        for p in places:
            groups = list(_groups(p.section))
            if p.to in _FILTERED or p.document is not richest:
                other = whole if p.document is not richest else elsewhere if p.to in _ELSEWHERE else said
                told = [self._told(g, other, p) for g in groups]
                kept = [g for g, gone in zip(groups, told, strict=True) if not gone]
                if p.to == _HISTORY:
                    kept = _without_heads(groups, told)
                elif len(kept) < len(groups):
                    kept = [g for g in kept if g[0].kind == "row" or not _label(g[0].text, p.to)]
                groups = [g for g in kept if p.to != TITLE_PAGE or not _EMPTY_LABEL.fullmatch(g[0].text)]
                if p.document is not richest and not any(len(x.text) >= _SHORT for g in groups for x in g):
                    groups = []
            groups = [
                g for g in groups if g[0].kind == PICTURE or not all(stands_in(x.text) or self._layout(x) for x in g)
            ]
            if groups:
                to = p.to if p.to and p.to not in _ELSEWHERE else REST
                found.setdefault(to, []).append((p, groups))
        for to in sorted(found, key=_order):
            found[to] = [(p, kept) for p, groups in found[to] if (kept := [g for g in groups if self._stands(g, to)])]
        found = {to: entries for to, entries in found.items() if entries}
        for entries in found.values():
            for p, groups in entries:
                self._name_tables(p, groups)
                self._name_pictures(p, groups)
        return found

    def _name_pictures(self, p: Placed, groups: list[list[Passage]]) -> None:
        for group in groups:
            if group[0].kind == PICTURE and (caption := self._caption(p, group[0])) is not None:
                digest = self.pictures[group[0].place.locator]
                self.links.figures.setdefault(p.document.pointer, {}).setdefault(caption[1][1], digest)

    def _stands(self, group: list[Passage], to: str) -> bool:
        """Whether a picture stands here: in the first section of the document that has it. All else does."""
        if group[0].kind != PICTURE:
            return True
        digest = self.pictures.get(group[0].place.locator, "")
        return bool(digest) and self._shown.setdefault(digest, group[0].place.locator) == group[0].place.locator

    def _layout(self, passage: Passage) -> bool:
        """What a page's layout left over: the header with the trial's id, the caption of a picture (pictures are listed apart)."""
        text = passage.text.strip()
        return text in (self.trial.file.study, self.trial.name) or _PICTURE.match(text) is not None

    def _told(self, group: list[Passage], known: Known, p: Placed) -> bool:
        if group[0].kind == PICTURE:
            return False
        if p.to == "1.3" and self.has_schedule and group[0].kind == "row":
            return True
        if p.to == GLOSSARY:
            return group[0].kind == "row" or "abbreviation" in group[0].text.casefold()
        return all(known.covers(x) for x in group)

    def _name_tables(self, p: Placed, groups: list[list[Passage]]) -> None:
        for number, group in enumerate(groups):
            caption = caption_of(groups, number)
            if caption is not None and len(group) > 1:
                said = _CAPTION.match(caption.text)
                key = table_key(group[0])
                self.links.tables.setdefault(p.document.pointer, {}).setdefault(
                    said[1] if said is not None else "", key
                )

    def has(self, to: str) -> bool:
        """Whether anything stands there."""
        return to in self._parts

    def under(self, to: str) -> bool:
        """Whether anything stands there or below."""
        return any(t == to or t.startswith(f"{to}.") for t in self._parts)

    def told(self, to: str) -> list[Part]:
        """The parts of a section in order."""
        entries = self._parts.get(to, [])
        return [part for p, groups in entries for part in self._told_section(p, groups, to, len(entries))]

    def concordance(self) -> list[tuple[Placed, str]]:
        """Each section of the narrative that has words, and where they stand in the protocol; "" where the structured parts say all of it."""
        where: dict[str, str] = {}
        for to, entries in self._parts.items():
            for p, _ in entries:
                where[p.section.pointer] = to
        return [(p, where.get(p.section.pointer, "")) for p in self._places if p.section.text]

    def unplaced(self) -> list[Placed]:
        """Sections that no rule gives a place."""
        return [p for p in self._places if p.to == NOWHERE and p.section.text]

    def _told_section(self, p: Placed, groups: list[list[Passage]], to: str, siblings: int) -> Iterator[Part]:
        as_written = to == _HISTORY or p.to == TITLE_PAGE
        document = "" if as_written else p.document.pointer
        if self._needs_head(p, to, siblings):
            yield Part("head", self.links.quote(title_passage(p.section, self.trial), document=document))
        captions = {id(c): n for n in range(len(groups)) if (c := caption_of(groups, n)) is not None}
        by_table = {n: c for n in range(len(groups)) if (c := caption_of(groups, n)) is not None}
        for number, group in enumerate(groups):
            first = group[0]
            if first.kind == "row" and len(group) == 1:
                yield from self._lines(first, document)
            elif first.kind == "row":
                yield self._table(p, group, by_table.get(number), document)
            elif first.kind == PICTURE:
                yield self._picture(p, first, document)
            elif id(first) in captions and len(groups[captions[id(first)]]) > 1:
                continue
            else:
                said = self.links.quote(first, document=document)
                numbered = not first.depth and is_counted(first.text)
                kind = "item" if first.kind == "list-item" and not numbered else "paragraph"
                yield Part(kind, said, first.depth)

    def _picture(self, p: Placed, passage: Passage, document: str) -> Part:
        """A picture under the words of its own caption, else under the title of its section."""
        digest = self.pictures[passage.place.locator]
        if (found := self._caption(p, passage)) is not None:
            beside, caption = found
            said = self.links.quote(beside, caption.start(2), caption.end(2), document=document)
            return Part(PICTURE, said, 0, digest)
        return Part(PICTURE, self.links.quote(title_passage(p.section, self.trial), document=document), 0, digest)

    @staticmethod
    def _caption(p: Placed, picture: Passage) -> tuple[Passage, re.Match[str]] | None:
        """The line right before or after a picture that names it as a figure with a title."""
        around = p.section.text.passages
        at = next(n for n, x in enumerate(around) if x is picture)
        for beside in (*around[max(0, at - 1) : at], *around[at + 1 : at + 2]):
            caption = _PICTURED.match(beside.text)
            if caption is not None and caption[2]:
                return beside, caption
        return None

    @staticmethod
    def _needs_head(p: Placed, to: str, siblings: int) -> bool:
        above = {".".join(to.split(".")[:n]) for n in range(1, to.count(".") + 2)}
        titles = {_words(h.title) for n in above if (h := heading_of().get(n)) is not None}
        own = _words(p.section.title) in titles
        return not own and (siblings > 1 or not p.own or to == REST)

    def _lines(self, row: Passage, document: str) -> Iterator[Part]:
        """A table of one row is layout: its cells as paragraphs, what is listed in them as items."""
        at = 0
        for cell in row.text.split(" | "):
            for number, item in enumerate(re.finditer(r"[^•]+", cell)):
                said = item[0].strip()
                start = at + item.start() + item[0].index(said) if said else 0
                if said:
                    kind = "item" if number or cell.lstrip().startswith("•") else "paragraph"
                    yield Part(kind, self.links.quote(row, start, start + len(said), document))
            at += len(cell) + 3

    def _table(self, p: Placed, rows: list[Passage], before: Passage | None, document: str) -> Part:
        caption = _CAPTION.match(before.text) if before is not None else None
        if caption is not None and before is not None and caption[2]:
            said = self.links.quote(before, caption.start(2), document=document)
        else:
            said = self.links.quote(title_passage(p.section, self.trial), document=document)
        cells = [self.links.cells(r, document) for r in rows]
        width = max(map(len, cells))
        cells = [(*c, *[""] * (width - len(c))) for c in cells]
        heads = sum("/h" in r.place.locator.rpartition("#")[2] for r in rows)
        lead = max(heads - 1, 0)
        body = cells[1:]
        alone = tuple(i for i, c in enumerate(body) if i >= lead and width > 1 and c[0] and not any(c[1:]))
        return Part("table", said, 0, table_key(rows[0]), cells[0], tuple(body), lead, alone)


def caption_of(groups: list[list[Passage]], number: int) -> Passage | None:
    """The caption of a table: a line ``Table 3: …`` right above it, or one line further up."""
    if groups[number][0].kind != "row":
        return None
    for group in reversed(groups[max(0, number - 2) : number]):
        if group[0].kind == "row":
            return None
        if group[0].kind == "paragraph" and _CAPTION.match(group[0].text):
            return group[0]
    return None


def title_passage(section: Section, trial: Trial) -> Passage:
    """The title of a section as a passage, to quote it as a subheading or caption."""
    return Passage(trial.place(section.at("sectionTitle")), section.title, (), "heading")


def table_key(row: Passage) -> str:
    """The key of a table of the narrative."""
    return "n" + re.sub(r"\D+", "-", row.place.locator.rpartition("/")[0])


def _groups(section: Section) -> Iterator[list[Passage]]:
    """Passages one by one, the rows of a table together."""
    rows: list[Passage] = []
    for passage in section.text.passages:
        if passage.kind == "row" and (not rows or table_key(rows[0]) == table_key(passage)):
            rows.append(passage)
            continue
        if rows:
            yield rows
        rows = [passage] if passage.kind == "row" else []
        if passage.kind != "row":
            yield [passage]
    if rows:
        yield rows


class Known:
    """Texts that are printed already; a long text counts where it is a part of one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = {_words(t) for t in texts}
        self._all = " | ".join(sorted(self._texts))
        self._long = sorted((f" {t} " for t in self._texts if len(t) >= _SHORT), key=len, reverse=True)

    def covers_all(self, passages: Iterable[Passage]) -> bool:
        """Whether all of them are."""
        return all(self.covers(p) for p in passages)

    def covers(self, passage: Passage) -> bool:
        """Whether a paragraph, or each cell of a row, is printed already. Crosses and the like count for nothing."""
        if passage.kind != "row":
            return self._has(passage.text)
        cells = [c for c in passage.text.split(" | ") if c.strip()]
        named = len(cells) > 1 and cells[0].rstrip().endswith(":")
        return all(self._has(c) or len(c) < 3 for c in cells[named:]) or (
            len(cells) == 1 and cells[0].rstrip().endswith(":")
        )

    def _has(self, text: str) -> bool:
        said = _words(text)
        forms = [said, _words(_LEVEL_WORDS.sub("", text))]
        if 0 < text.find(":") < _LABEL:
            forms.append(_words(text.partition(":")[2]) or " ")
        if any(not f or f in self._texts or f in _HEADS or (len(f) >= _SHORT and f in self._all) for f in forms):
            return True
        rest = f" {said} "
        for known in self._long:
            if known in rest:
                rest = rest.replace(known, " ")
        return len(rest.split()) <= _MOST_LEFT and len(rest) < len(said)


def _label(text: str, to: str) -> bool:
    """Whether a line only labels what stood beside it: short (among objectives and criteria of any length), and no sentence."""
    return (len(text) < _SHORT or to in _LISTS) and to != _HISTORY and text.rstrip()[-1:] not in ".:;?!"


def _without_heads(groups: Sequence[list[Passage]], told: Sequence[bool]) -> list[list[Passage]]:
    """What is left of a history of changes: a short line that only headed what is printed elsewhere goes with it."""
    kept: list[list[Passage]] = []
    below = False
    for group, gone in zip(reversed(groups), reversed(told), strict=True):
        head = group[0].kind != "row" and len(group[0].text) < _SHORT and group[0].text.rstrip()[-1:] not in ".:;?!"
        if gone:
            below = True
        elif not (head and below):
            kept.append(group)
            below = False
    return kept[::-1]


def _texts(places: Iterable[Placed]) -> Iterator[str]:
    return (x.text for p in places for x in p.section.text.passages)


def _order(to: str) -> list[int]:
    return [int(n) for n in to.split(".") if n.isdigit()]


def _words(text: str) -> str:
    """Letters and digits alone; numbers of list items are layout."""
    return " ".join(re.findall(r"[^\W_]+", _ITEM_NUMBER.sub(" ", text).casefold()))
