"""What a draft looks like before it is Word: numbers of tables and headings, the texts of references, first uses, pages. Imports the core and its room.

Numbers of headings are the plan's; tables and figures count from 1 through the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import docpipe.writing.word.names as names
from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow, PlannedTable
from docpipe.model.fact import FactId
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, plain_text
from docpipe.model.trial import USDM
from docpipe.writing.amended import table_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.shown import styled
from docpipe.writing.word.abbreviations import FirstUses, used
from docpipe.writing.word.options import WordOptions

_LINES, _WIDTH = 49, 98
"""Lines of a page and characters of a line, for page numbers until Word counts them."""


_DATASET = re.compile(r"[A-Z][A-Z0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the contents. ``level``: 1 to 9; ``number``: the plan's, "" where it has none; ``anchor``: its bookmark."""

    address: Address
    block: str
    level: int
    number: str
    text: str
    anchor: str
    page: int


@dataclass(frozen=True, slots=True)
class Caption:
    """A numbered caption. ``kind``: table or figure; ``key``: what references name."""

    address: Address
    kind: str
    key: str
    number: int
    text: CodedText
    anchor: str
    page: int

    @property
    def label(self) -> str:
        """``Table 3``."""
        return f"{self.kind.capitalize()} {self.number}"


@dataclass(slots=True)
class Layout:
    """A plan laid out with its texts. ``text``: the text of a row as it is to be written, first uses as placeholders."""

    plan: Plan
    facts: FactStore
    options: WordOptions
    headings: list[Heading] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    texts: dict[Address, CodedText] = field(default_factory=dict)
    originals: dict[Address, CodedText] = field(default_factory=dict)
    abbreviations: tuple[tuple[str, str], ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    _sections: dict[str, Heading] = field(default_factory=dict)

    @property
    def levels(self) -> int:
        """The deepest heading level of the contents: as many levels as asked for, from the document's highest one."""
        highest = min((h.level for h in self.headings), default=1)
        return min(9, self.options.toc_levels + highest - 1)

    def said(self, code: Placeholder) -> str:
        """What a placeholder prints: a fact's value from the store, a reference with its number, anything else as it says itself."""
        if code.kind == draft.FACT:
            name, _, style = code.data.partition(":")
            fact = self.facts.get(FactId(name))
            if fact is not None:
                return styled(fact.formatted, style)
        if code.kind == draft.REF and (target := self.target(code)) is not None:
            return target.said
        return code.equiv

    def shown(self, coded: CodedText) -> str:
        """The text as it is read."""
        return "".join(
            p.text if isinstance(p, Text) else self.said(p) if isinstance(p, Placeholder) else "" for p in coded
        )

    def target(self, code: Placeholder) -> Target | None:
        """Where a reference points to, None where the document has no such place."""
        kind, _, key = code.data.partition(":")
        if kind == "section":
            if len(self._sections) == 0:
                self._sections.update((h.block, h) for h in self.headings if h.block)
            heading = self._sections.get(key)
            if heading is None:
                return None
            ahead = code.equiv.removesuffix(heading.number) if heading.number else code.equiv
            numbered = bool(heading.number) and ahead != code.equiv
            return Target(code.equiv, ahead, heading.number if numbered else "", names.section_name(key), heading)
        label = self.labels.get(code.data)
        if label is None:
            return None
        usual = code.equiv.strip() in ("", kind.capitalize(), label)
        return Target(label if usual else code.equiv, "", label if usual else "", names.label_name(kind, key), None)


@dataclass(frozen=True, slots=True)
class Target:
    """A reference as it is written. ``said``: all of it; ``ahead``: words before the field; ``number``: the field's result."""

    said: str
    ahead: str
    number: str
    bookmark: str
    heading: Heading | None


def is_title(block: PlannedBlock) -> bool:
    """Whether a block is (part of) the title page: of no level, or with neither heading nor number, or called so."""
    heading = block.heading.casefold().strip()
    return block.level == 0 or heading == "title page" or not (heading or block.number.strip())


def is_contents(block: PlannedBlock) -> bool:
    """Whether a block is where the table of contents belongs."""
    return "table of contents" in block.heading.casefold()


def is_abbreviations(block: PlannedBlock) -> bool:
    """Whether a block is where the list of abbreviations belongs."""
    return "abbreviation" in block.heading.casefold()


def is_synopsis(block: PlannedBlock) -> bool:
    """Whether a block is the synopsis, which is read by itself."""
    return block.heading.casefold().strip() == "synopsis"


def text_of(row: PlannedRow, texts: Mapping[Address, CodedText]) -> CodedText:
    """A row's text: the drafted one, or the program's."""
    return texts.get(row.address, row.text)


def laid_out(plan: Plan, texts: Mapping[Address, CodedText], facts: FactStore, options: WordOptions) -> Layout:
    """The plan with its texts, numbered and read through once."""
    made = Layout(plan, facts, options)
    made.originals = {row.address: text_of(row, texts) for _, row in plan.rows()}
    pager = _Pager(made)
    lead = next((n for n, b in enumerate(plan.blocks) if not is_title(b)), 0)
    for n, block in enumerate(plan.blocks):
        if n == lead:
            pager.turn()
        for at, row in enumerate(block.rows):
            pager.row(block, at, row)
    _first_uses(made)
    made.abbreviations = used(_readable(made), plan.abbreviations)
    return made


def source_line(table: PlannedTable, facts: FactStore) -> CodedText:
    """``Source: Table 14-5.01; Table 14-5.02``: what the table was made from, by its displays or, where none is named, its facts.

    Nothing where a note of the table says it.
    """
    if any(plain_text(n, equiv=True).casefold().startswith("source") for n in table.notes):
        return ()
    known = list(dict.fromkeys(table.displays))
    if not known:
        found = (facts.get(f) for f in table.facts)
        known = list(dict.fromkeys(f.display for f in found if f is not None and f.display))
    parts: list[Inline] = [Text("Source: ")]
    for number, name in enumerate(known, 1):
        ahead = "; " if number > 1 else ""
        parts.append(Text(ahead + ("dataset " if _DATASET.fullmatch(name) else "")))
        parts.append(Placeholder(number, draft.DISPLAY, name, name))
    return tuple(p for p in parts if not isinstance(p, Text) or p.text) if known else ()


def _first_uses(made: Layout) -> None:
    """Expansions at first use; the words of a designed trial, and of sources where a block's type wants no abbreviation changed, stay."""
    uses = FirstUses(made.plan.abbreviations)
    inside = 0
    for block in made.plan.blocks:
        if inside and block.level <= inside:
            uses.begin()
            inside = 0
        if is_synopsis(block):
            uses.begin()
            inside = max(block.level, 1)
        apart = is_title(block) or is_contents(block) or is_abbreviations(block)
        kept = "AB" in block.checks_off
        for row in block.rows:
            text = made.originals[row.address]
            verbatim = bool(row.passages) and (kept or all(p.locator.startswith(USDM) for p in row.passages))
            body = row.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) and not (apart or row.gap or verbatim)
            made.texts[row.address] = uses.expanded(text) if body else text


def _readable(made: Layout) -> list[str]:
    """All that a reader of the document meets: what the list of abbreviations must explain."""
    keys = {c.key for c in made.captions if c.kind == draft.TABLE}
    tables = [t for t in made.plan.tables if t.key in keys]
    texts = [made.plan.title, *(made.shown(t) for t in made.texts.values())]
    texts += [made.shown(t) for table in tables for t in (*table.texts(), source_line(table, made.facts))]
    return texts + [made.shown(c.text) for c in made.captions]


@dataclass(slots=True)
class _Pager:
    """Numbers headings and captions, and counts lines for the pages."""

    made: Layout
    lines: float = 0
    page: int = 1
    counts: dict[str, int] = field(default_factory=lambda: {"table": 0, "figure": 0})

    def row(self, block: PlannedBlock, at: int, row: PlannedRow) -> None:
        """Counts one row."""
        coded = self.made.originals[row.address]
        if row.kind is BlockKind.HEADING:
            self.heading(block, at, row, coded)
        elif row.kind is BlockKind.CAPTION:
            code = alone(block.rows[at + 1]) if at + 1 < len(block.rows) else None
            if code is not None:
                self.caption(row.address, code, coded)
        elif row.kind is BlockKind.FIGURE:
            self.add(24)
        elif row.kind is BlockKind.TABLE:
            table = table_of(self.made.plan, row)
            self.add((len(table.rows) * 1.05 + len(table.notes) + 3) if table else 1)
        else:
            self.add(len(plain_text(coded, equiv=True)) // _WIDTH + 1.6)

    def heading(self, block: PlannedBlock, at: int, row: PlannedRow, coded: CodedText) -> None:
        """Counts a heading; the contents, abbreviations and what follows the title begin a page."""
        if row.level < 1:
            self.add(3)
            return
        special = at == 0 and (is_contents(block) or is_abbreviations(block))
        if special or self.lines > _LINES - 5:
            self.turn()
        made = self.made
        page = self.page if made.options.pages is None else made.options.pages.get(row.address, self.page)
        made.headings.append(
            Heading(
                row.address, block.id if at == 0 else "", min(row.level, 9), block.number if at == 0 else "",
                " ".join(made.shown(coded).split()), names.contents_name(len(made.headings) + 1), page,
            )
        )  # fmt: skip
        self.add(2.4)
        if special:
            rows = [r for _, r in made.plan.rows()]
            listed = sum(r.kind is BlockKind.HEADING and r.level <= made.options.toc_levels for r in rows)
            listed += sum(r.kind in (BlockKind.TABLE, BlockKind.FIGURE) for r in rows)
            entries = listed if is_contents(block) else len(made.plan.abbreviations)
            self.add(entries)
            self.turn()

    def caption(self, address: Address, code: Placeholder, text: CodedText) -> None:
        """Counts a caption."""
        self.counts[code.kind] += 1
        made, number = self.made, self.counts[code.kind]
        if self.lines > _LINES - 8:
            self.turn()
        page = self.page if made.options.pages is None else made.options.pages.get(address, self.page)
        anchor = names.contents_name(500_000 + len(made.captions) + 1)
        caption = Caption(address, code.kind, code.data, number, text, anchor, page)
        made.captions.append(caption)
        made.labels.setdefault(f"{code.kind}:{code.data}", caption.label)
        self.add(2)

    def add(self, lines: float) -> None:
        """Moves down the page."""
        self.lines += lines
        while self.lines >= _LINES:
            self.lines -= _LINES
            self.page += 1

    def turn(self) -> None:
        """Begins a page where the present one has been begun."""
        if self.lines:
            self.page, self.lines = self.page + 1, 0


def alone(row: PlannedRow) -> Placeholder | None:
    """The table or figure that a row stands for."""
    code = row.text[0] if row.text else None
    return code if isinstance(code, Placeholder) and code.kind in (draft.TABLE, draft.FIGURE) else None
