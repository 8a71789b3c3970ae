"""One reading of a document: its blocks with the elements behind them, and the ledger of what was passed over.

Imports the core and the node parts of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docpipe.formats.ooxml.anchors import Field, Mark
from docpipe.formats.ooxml.chunks import Chunk
from docpipe.formats.ooxml.coding import Coding
from docpipe.formats.ooxml.dropping import Dropped
from docpipe.formats.ooxml.names import Element
from docpipe.formats.ooxml.nodes import Skips, SpanNode
from docpipe.formats.ooxml.parts import Parts
from docpipe.model.document import Address, Block, BlockKind, ReadPolicy, WriteOptions
from docpipe.model.finding import Notice
from docpipe.model.inline import CodedText, Inline, Text


@dataclass(slots=True, eq=False)
class Record:
    """A paragraph that holds text. ``copies``: paragraphs of the VML twin, written with it. ``reason``: why not translatable."""

    part: str
    address: Address
    kind: BlockKind
    paragraph: SpanNode
    coding: Coding | None
    style: str = ""
    level: int = 0
    language: str = ""
    reason: str = ""
    passed_over: str = ""
    unseen: tuple[tuple[str, str], ...] = ()
    """(reason, text) of hidden, deleted and misplaced text, which stays as it is."""
    copies: list[Record] = field(default_factory=list)

    @property
    def content(self) -> CodedText:
        """What the block shows; for a paragraph that is passed over, its plain characters."""
        if self.coding is not None:
            return self.coding.content
        return (Text(self.passed_over),) if self.passed_over else ()


@dataclass(slots=True, eq=False)
class ValueRecord:
    """Text that is no paragraph: alternative text, a list entry's display text, a property. ``put`` writes it."""

    part: str
    address: Address
    kind: BlockKind
    text: str
    put: Callable[[str], None]

    @property
    def content(self) -> CodedText:
        return (Text(self.text),)


@dataclass(slots=True, eq=False)
class NestedRecord:
    """A block of a document that this one carries. ``inner``: its address there. ``target``: what is to be written."""

    part: str
    address: Address
    kind: BlockKind
    block: Block
    inner: Address
    target: CodedText | None = None

    @property
    def content(self) -> CodedText:
        return self.block.content


Entry = Record | ValueRecord | NestedRecord


@dataclass(slots=True, eq=False)
class ChartText:
    """A cached string of a chart: its record, its place in the chart, and the workbook's cell ("", None: there is none)."""

    record: ValueRecord
    element: Element
    number: int
    workbook: str
    cell: tuple[str, int, int] | None


@dataclass(slots=True, eq=False)
class Control:
    """A content control that is bound to a custom XML part (ISO/IEC 29500-1, 17.5.2.6)."""

    part: str
    sdt: Element
    binding: Element


@dataclass(slots=True, eq=False)
class Rebuilt:
    """An entry of a table of contents that repeats a heading: what stands beside its words, and its codes by the heading's."""

    record: Record
    model: Record
    before: CodedText
    after: CodedText
    codes: dict[tuple[type, int], Inline] | None


@dataclass(slots=True, eq=False)
class Live:
    """A field that repeats the text of a bookmark or of a paragraph (``model``). ``code``: its span's, 0 for the whole content."""

    record: Record
    field: Field
    text: str
    mark: Mark | None
    model: Record | None
    code: int


InnerWriter = Callable[[bytes, Mapping[Address, CodedText], WriteOptions], bytes]
InnerJudge = Callable[[bytes, bytes, Mapping[Address, CodedText], WriteOptions], list[str]]


def _no_writer(data: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> bytes:
    return data


def _no_judge(data: bytes, output: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> list[str]:
    return ["a carried document was not judged"]


@dataclass(slots=True, eq=False)
class Reading:
    """Everything that read, write and verify need of a document."""

    parts: Parts
    policy: ReadPolicy = field(default_factory=ReadPolicy)
    records: list[Entry] = field(default_factory=list)
    paragraphs: list[Record] = field(default_factory=list)
    """Every paragraph in order, with or without text, copies too: what verify compares."""
    controls: list[Control] = field(default_factory=list)
    skips: Skips = field(default_factory=list)
    translated: int = 0
    characters: int = 0
    notices: list[Notice] = field(default_factory=list)
    title: str = ""
    hidden_runs: int = 0
    faces: list[Element] = field(default_factory=list)
    rebuilt: list[Rebuilt] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    equations: dict[Address, list[tuple[str, Address | None]]] = field(default_factory=dict)
    """The texts of each equation whose words are translated, each with its own address where it is such a word."""
    echoes: dict[Address, ValueRecord] = field(default_factory=dict)
    """Places that hold the text of another value too, and are written with it."""
    chart_texts: list[ChartText] = field(default_factory=list)
    inner_writer: InnerWriter = field(default=_no_writer)
    inner_judge: InnerJudge = field(default=_no_judge)
    """How carried documents are written and judged: handed in by ``writing`` and ``verify``, which run this package's passes."""
    chunks: dict[str, Chunk] = field(default_factory=dict)
    dropped: Dropped = field(default_factory=Dropped)
    pictures: dict[str, str] = field(default_factory=dict)
    """Pictures of the package by the address of the first object that shows them."""
    carried: set[str] = field(default_factory=set)
    """Parts that are files of their own and were read."""


def is_copy(original: Record, other: Record) -> bool:
    """Whether a target for the one fits the other: same text, same codes in the same places."""
    if original.coding is None or other.coding is None:
        return False
    a, b = original.coding.content, other.coding.content
    if len(a) != len(b):
        return False
    return all(
        type(x) is type(y) and getattr(x, "text", None) == getattr(y, "text", None)
        and getattr(x, "id", None) == getattr(y, "id", None)
        for x, y in zip(a, b, strict=True)
    )  # fmt: skip
