"""What drafting reads: datasets, displays (tables of results), figures, result files and text passages, each with its place in a file. Core only.

A place is exact enough for a person to open the file and find it, and for a program to read the same thing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.finding import Severity


class SourceKind(StrEnum):
    DATASET = "dataset"
    DEFINITION = "definition"
    DISPLAY = "display"
    RESULTS = "results"
    TEXT = "text"
    FIGURE = "figure"
    PROTOCOL = "protocol"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as given: relative name, digest, what it is. ``study``: the study id that it names, or ""."""

    path: str
    sha256: Digest
    media_type: str
    kind: SourceKind
    study: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file's digest and a locator inside it.

    Locators, one form a kind: ``dataset:ADAE#12/AESEQ`` (record from 1, variable), ``display:1/r5/c3`` (table of the file, body
    row and column from 1), ``figure:1`` (picture of the file), ``header:1``, ``footnote:2``, ``text:p4/120-240`` (page or
    paragraph, characters), ``result:<id>``, ``usdm:/study/…`` (JSON pointer of an attribute, ``#p2`` its second paragraph).
    """

    sha256: Digest
    locator: str


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """What a reader noticed about a source: damaged, contradictory, duplicate, left out. ``code`` is dotted; no source text."""

    code: str
    severity: Severity
    message: str
    path: str = ""
    locator: str = ""


# ---------------------------------------------------------------- datasets

Value = str | float | None
"""A cell of a dataset: text, number, or missing."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of a dataset. ``kind``: ``text`` or ``number``; ``format``: as the file names it (``DATE9.``), or ""."""

    name: str
    label: str = ""
    kind: str = "text"
    length: int = 0
    format: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset (SDTM, ADaM, SEND). ``records``: one tuple a record, in the order of ``variables``."""

    file: SourceFile
    name: str
    label: str
    variables: tuple[Variable, ...]
    records: tuple[tuple[Value, ...], ...]
    notices: tuple[SourceNotice, ...] = ()

    def place(self, record: int, variable: str) -> Place:
        """The place of a value; ``record`` counts from 0."""
        return Place(self.file.sha256, f"dataset:{self.name}#{record + 1}/{variable}")

    @property
    def of_animals(self) -> bool:
        """The trial summary (TS) of a study in animals: it names a species or a SEND implementation guide."""
        at = next((i for i, v in enumerate(self.variables) if v.name.upper() == "TSPARMCD"), None)
        return at is not None and any(str(r[at]).strip().upper() in ("SPECIES", "SNDIGVER") for r in self.records)


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """A variable as define.xml defines it; ``codes``: code -> decode of its codelist; ``derivation``: its method's text."""

    dataset: str
    name: str
    label: str = ""
    kind: str = ""
    origin: str = ""
    derivation: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """A define.xml: the study's ids and what each dataset and variable is."""

    file: SourceFile
    study_name: str
    protocol: str
    standard: str
    datasets: Mapping[str, str]
    """Name -> label."""
    variables: tuple[VariableDefinition, ...] = ()
    notices: tuple[SourceNotice, ...] = ()


# ---------------------------------------------------------------- displays


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A column's head: its spanning heads first. ``n``: the N that the head states (``(N=84)``), None where it states none."""

    path: tuple[str, ...]
    n: int | None = None


@dataclass(frozen=True, slots=True)
class DisplayCell:
    """A cell of the body as it is printed. ``column``: index into the heads of value columns."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class DisplayRow:
    """A body row: its label's path from the outermost group, the depth that the indentation shows, its cells."""

    path: tuple[str, ...]
    depth: int
    cells: tuple[DisplayCell, ...]
    number: int
    """Body row in the file, from 1."""


@dataclass(frozen=True, slots=True)
class Display:
    """A table of results as it is printed, with what its headers, title and footnotes say."""

    file: SourceFile
    index: int
    """Which table of the file, from 1."""
    number: str
    title: str
    population: str
    study: str
    columns: tuple[ColumnHead, ...]
    rows: tuple[DisplayRow, ...]
    footnotes: tuple[str, ...] = ()
    row_heads: tuple[str, ...] = ()
    """Heads of the label columns."""
    produced: str = ""
    """Programme and date lines, as printed."""
    notices: tuple[SourceNotice, ...] = ()

    def place(self, row: int, column: int) -> Place:
        """The place of a cell: body row number and value column from 0."""
        return Place(self.file.sha256, f"display:{self.index}/r{row}/c{column + 1}")


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of results as it is given, with what its title says. ``picture``: its bytes, never changed.

    ``index``: which figure of the file, from 1. ``width``, ``height``: dots; ``dpi``: dots an inch across and down, 0 where the
    picture does not say.
    """

    file: SourceFile
    index: int
    number: str
    title: str
    population: str
    study: str
    picture: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    dpi: tuple[int, int] = (0, 0)
    footnotes: tuple[str, ...] = ()
    produced: str = ""
    notices: tuple[SourceNotice, ...] = ()

    @property
    def digest(self) -> Digest:
        """Digest of the picture's bytes: what a document names it by."""
        return digest_bytes(self.picture)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file.sha256, f"figure:{self.index}")


# ---------------------------------------------------------------- results and text


@dataclass(frozen=True, slots=True)
class Result:
    """One value of an analysis-results file (CDISC ARS): groups as (factor, level) pairs, raw and formatted value."""

    id: str
    analysis: str
    operation: str
    groups: tuple[tuple[str, str], ...]
    raw: str
    formatted: str
    display: str = ""
    population: str = ""
    variable: str = ""
    """What was analysed: ``ADSL.AGE``."""
    subset: str = ""
    """Name of the subset of records that was analysed, "" for all."""


@dataclass(frozen=True, slots=True)
class Results:
    """An analysis-results file."""

    file: SourceFile
    study: str
    results: tuple[Result, ...]
    notices: tuple[SourceNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text of a document (a paragraph, list item or cell) with the headings above it. ``depth``: of a list item inside another, from 0."""

    place: Place
    text: str
    headings: tuple[str, ...] = ()
    kind: str = "paragraph"
    depth: int = 0


@dataclass(frozen=True, slots=True)
class TextSource:
    """A protocol, SAP, previous report or any other text, in reading order."""

    file: SourceFile
    title: str
    passages: tuple[Passage, ...]
    notices: tuple[SourceNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class Designed:
    """A study as it was designed: ``docpipe.model.trial.Trial`` is all that is one."""

    file: SourceFile
    notices: tuple[SourceNotice, ...] = field(default=(), kw_only=True)


Source = Dataset | Definition | Display | Figure | Results | TextSource | Designed
"""What a reader gives for one file; a file with several tables gives several displays, a trial's file its narrative as well."""
