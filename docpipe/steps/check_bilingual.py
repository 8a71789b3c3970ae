"""The checks over bilingual files that others made: TSV, XLIFF, TMX. Imports checks, memory and exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from docpipe.checks.runner import pairs, run_checks
from docpipe.errors import AssetMalformed, InputMissing
from docpipe.exports.xliff import read_xliff_files
from docpipe.memory.termbase import Termbase, read_termbase
from docpipe.memory.tmx import read_tmx
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.finding import Finding
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text
from docpipe.model.language import normal
from docpipe.model.segment import Segment, SegmentId
from docpipe.registry import checks

Row = tuple[str, CodedText, CodedText]


def wire_alone(wire: str) -> CodedText:
    """Wire text read without a source to compare with: its tags are codes of no stated kind."""
    import re

    parts: list[Inline] = []
    at = 0
    for m in re.finditer(r"<(/?)(\d{1,6})(/?)>", wire):
        parts.append(Text(wire[at : m.start()]))
        at = m.end()
        number = int(m.group(2))
        parts.append(Close(number) if m.group(1) else Placeholder(number) if m.group(3) else Open(number))
    return merge_text([*parts, Text(wire[at:])])


def _tsv(data: bytes, name: str) -> Iterator[Row]:
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise AssetMalformed(f"{name} is not UTF-8.", file=name) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != 3:
            raise AssetMalformed(f"{name}, line {number}: three columns are needed (id, source, target).", line=number)
        if number == 1 and cells[1].lower() == "source" and cells[2].lower() == "target":
            continue
        yield cells[0], (Text(cells[1]),) if cells[1] else (), (Text(cells[2]),) if cells[2] else ()


def read_bilingual(path: Path, source: str, target: str) -> list[Row]:
    """Id, source and target of each row. Raises ``InputMissing``, ``AssetMalformed``."""
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    data = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix in (".xlf", ".xliff"):
        return [
            (row.segment_id, wire_alone(row.source), wire_alone(row.target or ""))
            for file in read_xliff_files(data)
            for row in file.rows
        ]
    if suffix == ".tmx":
        entries = read_tmx(data, source, target)
        return [(str(n), wire_alone(e.source), wire_alone(e.target)) for n, e in enumerate(entries, 1)]
    return list(_tsv(data, path.name))


def check_bilingual(
    path: Path, source: str, target: str, termbase: Path | None, off: Collection[str]
) -> Iterator[tuple[str, Finding]]:
    """Findings row by row, each with its row's id. Raises ``UnknownLanguage`` and what ``read_bilingual`` raises."""
    source, target = normal(source), normal(target)
    terms = Termbase(read_termbase(termbase.read_bytes()) if termbase else [], source)
    rows = read_bilingual(path, source, target)
    segments = [
        Segment(SegmentId(str(n)), Address(name), 0, BlockKind.PARAGRAPH, s, Digest(""), Digest(""))
        for n, (name, s, _) in enumerate(rows)
    ]
    targets = {SegmentId(str(n)): t for n, (_, _, t) in enumerate(rows)}
    for segment, pair in pairs(segments, targets, source, target, hits=terms.hits):
        for finding in run_checks(checks(), pair, off):
            yield segment.address, finding
