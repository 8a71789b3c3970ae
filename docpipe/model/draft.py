"""What a drafted document is made of before it is Word: planned blocks, their rows with evidence, and tables built from facts. Core only.

A row is a paragraph. Its text is coded: every value is a placeholder that names a fact, so that neither a model nor a typing error
can change a number in silence, and every row says which facts and passages carry it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import Address, BlockKind
from docpipe.model.fact import FactId
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text, white_space
from docpipe.model.source import Place

FACT = "fact"
"""Placeholder kind. ``data``: a fact's id, or ``id:style``; ``equiv``: the value as it is shown."""
ARM = "arm"
"""``data``: the arm's name in the study; ``equiv``: as it is written here. A clause with a value of an arm names that arm."""
REF = "ref"
"""A reference inside the document. ``data``: ``table:KEY``, ``figure:KEY`` or ``section:BLOCK``; ``equiv``: ``Table 3``."""
DISPLAY = "display"
"""A reference to a table or figure among the sources. ``data`` and ``equiv``: its number, such as ``Table 14-5.01``."""
TABLE = "table"
"""An in-text table, alone in its row. ``data``: its key in the plan."""
FIGURE = "figure"
"""A figure carried over, alone in its row. ``data``: digest of the picture's bytes."""


_VALUES = frozenset({FACT, ARM, REF, DISPLAY})


def read_text(coded: CodedText) -> str:
    """The characters as a person reads them, values and references of a draft included: what is searched and measured."""
    return "".join(
        p.text if isinstance(p, Text) else (p.equiv if p.kind in _VALUES else white_space(p)) if isinstance(p, Placeholder) else ""
        for p in coded
    )  # fmt: skip


PROPOSAL = "[PROPOSAL, in no source: "
"""Begins the text of a row that a model proposed where the sources hold nothing; ``]`` ends it."""


def proposal(text: CodedText) -> CodedText:
    """A proposed text with its marks."""
    return merge_text((Text(PROPOSAL), *text, Text("]")))


def proposed(text: CodedText) -> CodedText | None:
    """What a marked proposal says, without its marks; None for any other text."""
    parts = list(merge_text(text))
    first, last = (parts[0], parts[-1]) if parts else (None, None)
    if not isinstance(first, Text) or not isinstance(last, Text):
        return None
    if not first.text.startswith(PROPOSAL) or not last.text.rstrip().endswith("]"):
        return None
    parts[-1] = Text(last.text.rstrip()[:-1])
    parts[0] = Text(parts[0].text[len(PROPOSAL) :]) if isinstance(parts[0], Text) else parts[0]
    return merge_text(parts)


def row_codes(source: CodedText, target: CodedText) -> CodedText:
    """The codes that a row's text may have: those of its source; where that has none, as a gap, the values that its text has.

    Such values name facts of the draft, which the checks of values see to.
    """
    if any(isinstance(p, Placeholder) for p in source):
        return source
    return (*source, *(p for p in target if isinstance(p, Placeholder) and p.kind in _VALUES))


class Fate(StrEnum):
    """What became of a block: it has text, it is a heading for others, a source is missing, or its condition does not hold."""

    DRAFTED = "drafted"
    CONTAINER = "container"
    GAP = "gap"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One paragraph. ``address``: ``block:ID/NUMBER``. ``text``: the program's wording; a model or a person may word it anew.

    ``passages``: text passages that carry it. ``fixed``: the document type's own words (headings, standard sentences): their
    source is the type file. ``gap``: what is missing, where the row says so.
    """

    address: Address
    kind: BlockKind
    text: CodedText
    level: int = 0
    passages: tuple[Place, ...] = ()
    fixed: bool = False
    gap: str = ""

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Facts in the row's own text, in order, each once."""
        return facts_in(self.text)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of an in-text table. ``depth``: indentation of its label; ``head``: a group's heading line."""

    cells: tuple[CodedText, ...]
    depth: int = 0
    head: bool = False


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """An in-text table: ``columns`` heads, ``rows``, ``notes`` below it, ``displays`` it was made from (threshold as stated).

    ``lead``: how many of the first rows belong to the heads: they are repeated on every page, and in them and the heads an empty
    cell continues the one before it.
    """

    key: str
    caption: CodedText
    columns: tuple[CodedText, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[CodedText, ...] = ()
    displays: tuple[str, ...] = ()
    lead: int = 0

    def texts(self) -> Iterator[CodedText]:
        """Every coded text of it."""
        yield self.caption
        yield from self.columns
        for row in self.rows:
            yield from row.cells
        yield from self.notes

    @property
    def facts(self) -> tuple[FactId, ...]:
        """Every fact it shows, each once."""
        return tuple(dict.fromkeys(f for text in self.texts() for f in facts_in(text)))


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """A section of the document. ``id``: stable, in most types the section number. ``rows``: heading first where it has one.

    ``reason``: why it is a gap or not applicable. ``inputs``: what it asked for. ``displays``: numbers of source displays it uses.
    """

    id: str
    number: str
    heading: str
    level: int
    fate: Fate
    rows: tuple[PlannedRow, ...]
    instruction: str = ""
    style: str = ""
    inputs: tuple[str, ...] = ()
    checks_off: tuple[str, ...] = ()
    displays: tuple[str, ...] = ()
    disclosure: bool = False
    reason: str = ""
    code: str = ""
    """Code of the section in a terminology, as NCIt has them for ICH M11."""
    ground: tuple[CodedText, ...] = ()
    """Of a gap that a model may fill with a proposal: what the sources say that it may rest on, a line each."""


@dataclass(frozen=True, slots=True)
class Unused:
    """A display among the sources that the document does not use, and why."""

    display: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The retrieval plan of a document: what each block is made from, in the program's wording.

    ``type``: ``draft/csr.v1``; ``type_digest``: over the file and its parts. ``abbreviations``: the type's glossary, abbreviation
    and expansion. ``constants``: words with digits that need no fact, such as ``ICH E3``. ``header``: name and value for headers and footers.
    """

    type: str
    type_digest: Digest
    title: str
    language: str
    study: str
    data_version: str
    blocks: tuple[PlannedBlock, ...]
    tables: tuple[PlannedTable, ...] = ()
    unused: tuple[Unused, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    constants: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    arms: tuple[str, ...] = ()

    @property
    def digest(self) -> Digest:
        """Digest of the whole plan: what its checkpoint approves."""
        return digest_of(self)

    def rows(self) -> Iterator[tuple[PlannedBlock, PlannedRow]]:
        """Every row with its block, in order."""
        for block in self.blocks:
            for row in block.rows:
                yield block, row

    def table(self, key: str) -> PlannedTable:
        """A table by key. Raises ``KeyError``."""
        return {t.key: t for t in self.tables}[key]


def facts_in(text: CodedText) -> tuple[FactId, ...]:
    """Facts that a coded text shows, in order, each once."""
    codes = (p for p in text if isinstance(p, Placeholder) and p.kind == FACT)
    return tuple(dict.fromkeys(FactId(c.data.partition(":")[0]) for c in codes))
