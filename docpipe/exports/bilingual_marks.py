"""What a bilingual DOCX or XLSX carries beside its texts: mark of the file, key of a row, characters no cell can hold.

Imports the core only. Keys and marks are short plain text, so that office programs carry them through a save unchanged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from docpipe.errors import AssetMalformed, UnknownLanguage
from docpipe.exports.bilingual import RowComment
from docpipe.model.batch import Document
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import text_digest
from docpipe.model.language import right_to_left
from docpipe.model.segment import Segment, SegmentId, Status, Unit

_MARK = "docpipe-bilingual-1 "
_KEY = re.compile(r"dp1 ([0-9a-f]{24}) (\d{1,9}) ([0-9a-f]{64}) ([0-9a-f]{64}|-)")
_BOOKMARK = re.compile(r"dp_([0-9a-f]{24})_(\d{1,9})")
_UNHELD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NAMED = re.compile(r"<(\\*)(U\+[0-9A-F]{4,6})>")


_LRM = "\u200e"
_TAG = re.compile(r"</?\d{1,6}>|<\d{1,6}/>")
_HELD = re.compile(rf"{_LRM}?({_TAG.pattern}){_LRM}?")
_DOUBLED = re.compile(f"{_LRM}(?={_LRM})")


def to_cell(wire: str, *, rtl: bool = False) -> str:
    """Wire text as a cell can hold it: what XML 1.0 or an office program does not carry is named, such as ``<U+0007>``.

    Literal text of that look gets a backslash, as in wire text. ``rtl``: the text runs from right to left; its tags then
    stand between left-to-right marks, so that their brackets keep their places. ``from_cell`` gives the wire text again.
    """
    shielded = _NAMED.sub(lambda m: f"<\\{m[1]}{m[2]}>", wire) if "<" in wire else wire
    cell = _UNHELD.sub(lambda m: f"<U+{ord(m[0]):04X}>", shielded)
    return _TAG.sub(f"{_LRM}\\g<0>{_LRM}", _DOUBLED.sub("<U+200E>", cell)) if rtl else cell


def from_cell(cell: str, *, rtl: bool = False) -> str:
    """The wire text that ``to_cell`` was given. A number beyond Unicode stays as it stands."""

    def character(m: re.Match[str]) -> str:
        if m[1]:
            return f"<{m[1][1:]}{m[2]}>"
        value = int(m[2][2:], 16)
        return chr(value) if value <= 0x10FFFF else m[0]

    if rtl:
        cell = _HELD.sub(r"\1", cell).replace(_LRM + _LRM, "")  # a pair whose tag was moved away goes too
    return _NAMED.sub(character, cell) if "<" in cell else cell


def runs_right_to_left(language: str) -> bool:
    """Whether the language's script does; False for what is no language."""
    try:
        return right_to_left(language)
    except UnknownLanguage:
        return False


class RowKey(NamedTuple):
    """Which row, at which revision, with which source and target. ``target`` is "" where the row had none."""

    segment: SegmentId
    revision: int
    source: str
    target: str


def row_key(segment: Segment, unit: Unit) -> str:
    """The row's identity, revision and digests in one line of text."""
    return f"dp1 {segment.id} {unit.revision} {segment.digest} {text_digest(unit.target) if has_target(unit) else '-'}"


def read_key(text: str) -> RowKey | None:
    """The key that stands in a text, or None."""
    found = _KEY.search(text)
    if found is None:
        return None
    return RowKey(SegmentId(found[1]), int(found[2]), found[3], "" if found[4] == "-" else found[4])


def bookmark(segment: Segment, unit: Unit) -> str:
    """Identity and revision as the name of a bookmark (Word allows 40 characters)."""
    return f"dp_{segment.id}_{unit.revision}"


def read_bookmark(name: str) -> RowKey | None:
    """The key that a bookmark's name carries, without digests; None for other bookmarks."""
    found = _BOOKMARK.fullmatch(name)
    return RowKey(SegmentId(found[1]), int(found[2]), "", "") if found else None


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a bilingual file says of itself."""

    batch: str
    document: str
    sha256: str
    source: str
    target: str
    path: str

    def text(self) -> str:
        """One line of ASCII."""
        values = [self.batch, self.document, self.sha256, self.source, self.target, self.path]
        return _MARK + json.dumps(values, separators=(",", ":"))


def read_mark(text: str) -> FileMark | None:
    """The mark that a text begins with, or None. Raises ``AssetMalformed`` for a damaged one."""
    at = text.find(_MARK)
    if at < 0:
        return None
    try:
        values, _ = json.JSONDecoder().raw_decode(text, at + len(_MARK))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != 6 or not all(isinstance(v, str) for v in values):
        raise AssetMalformed("The hidden line that names document and batch is damaged: export the file again.")
    return FileMark(*values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a bilingual DOCX or XLSX is made of. ``findings``: the open ones. ``comments``: unresolved, oldest first.

    ``face``: words such as DRAFT, NOT REVIEWED, shown on top, or "".
    """

    document: Document
    batch: str
    source_language: str
    target_language: str
    segments: Sequence[Segment]
    units: Mapping[SegmentId, Unit]
    findings: Mapping[SegmentId, Sequence[Finding]] = field(default_factory=dict)
    comments: Mapping[SegmentId, Sequence[RowComment]] = field(default_factory=dict)
    face: str = ""

    def unit(self, segment: Segment) -> Unit:
        """The segment's unit."""
        return self.units.get(segment.id) or Unit(segment.id)

    @property
    def mark(self) -> FileMark:
        """What the file says of itself."""
        d = self.document
        return FileMark(self.batch, d.id, d.sha256, self.source_language, self.target_language, d.path)


def has_target(unit: Unit) -> bool:
    """An empty target of a row that was worked on is one: the sentence went into another."""
    return bool(unit.target) or unit.status is not Status.NEW


def kind_words(segment: Segment) -> str:
    """The kind of block that the row is from, "" for a plain paragraph."""
    if segment.kind is BlockKind.HEADING and segment.level:
        return f"heading {segment.level}"
    return "" if segment.kind is BlockKind.PARAGRAPH else segment.kind.value.replace("-", " ")


def note_lines(unit: Unit, findings: Sequence[Finding]) -> list[str]:
    """Why a person is needed, then the findings, a line each."""
    needed = [f"needs a person: {unit.needs_person}"] if unit.needs_person else []
    return needed + [f"{f.check} ({f.severity.value}): {f.message}" for f in findings]


def most_severe(findings: Sequence[Finding]) -> Severity | None:
    """The worst severity among the findings, or None."""
    return min((f.severity for f in findings), key=list(Severity).index, default=None)
