"""What a document carries of other files and keeps equal with its text: charts' workbooks, embedded documents, chunks.

Imports the core, errors and the other parts of this package. A carried file that cannot be read stays as it is and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from docpipe.errors import Defect, InputRefused, MacrosForbidden
from docpipe.formats.ooxml.chunks import Chunk, open_chunk
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.records import ChartText, NestedRecord, Reading
from docpipe.formats.ooxml.workbook import Cell, Workbook, open_workbook
from docpipe.model.document import Address, Block, BlockKind, Extraction, ReadPolicy, WriteOptions
from docpipe.model.finding import Notice, Severity
from docpipe.model.inline import CodedText, code_faults

_DEEPEST = 2
"""A document in a document in a document is read; what lies deeper is named only."""
_MOST_DOCUMENTS = 50
_MARK = "!"
"""Stands in addresses between the carried file and the place in it: ``word/embeddings/a.docx!word/document.xml#/body/p[1]``."""


def documents_of(parts: Parts) -> list[str]:
    """Embedded Word documents and chunks, in the order of the relationships: what may be read as a document."""
    found: list[str] = []
    for source in parts.reachable():
        for name in parts.related(source, "package", "aFChunk", "subDocument"):
            if name in parts.package and name not in found and _is_document(parts, name):
                found.append(name)
    return found[:_MOST_DOCUMENTS]


def _is_document(parts: Parts, name: str) -> bool:
    kind = parts.content_type(name)
    return "wordprocessingml" in kind or "ms-word" in kind or name.lower().endswith((".docx", ".docm", ".dotx"))


def read_documents(
    reading: Reading, policy: ReadPolicy, depth: int, extract: Callable[[bytes, ReadPolicy, int], Extraction]
) -> None:
    """Reads carried documents; their blocks get addresses below the carried file's name."""
    if policy.embedded == "keep" or depth >= _DEEPEST:
        return
    for part in documents_of(reading.parts):
        try:
            inner = extract(reading.parts.package.read(part), policy, depth + 1)
        except InputRefused as error:
            severity = Severity.CRITICAL if isinstance(error, MacrosForbidden) else Severity.MAJOR
            message = f"An embedded document is carried as it is, untranslated: {error.code}."
            reading.notices.append(Notice("docx.embedded_unread", severity, message, part))
            continue
        reading.carried.add(part)
        reading.characters += inner.coverage.characters
        reading.translated += inner.coverage.translated
        reading.skips += inner.coverage.skipped
        reading.notices += [
            replace(n, address=f"{part}{_MARK}{n.address}" if n.address else part) for n in inner.notices
        ]
        for block in inner.blocks:
            address = Address(f"{part}{_MARK}{block.address}")
            reading.records.append(
                NestedRecord(part, address, block.kind, replace(block, address=address), block.address)
            )


def read_chunks(reading: Reading, policy: ReadPolicy) -> None:
    """Reads chunks of HTML and plain text; ``open_chunk`` has counted their characters by another way."""
    parts = reading.parts
    names = [n for source in parts.reachable() for n in parts.related(source, "aFChunk") if n in parts.package]
    for part in dict.fromkeys(names) if policy.embedded != "keep" else ():
        chunk = open_chunk(parts.package.read(part), parts.content_type(part).split(";")[0].strip())
        if part in reading.carried or chunk is None:
            continue
        reading.carried.add(part)
        reading.chunks[part] = chunk
        for number, found in enumerate(chunk.blocks, 1):
            inner = Address(f"p[{number}]")
            address = Address(f"{part}{_MARK}{inner}")
            block = Block(address, BlockKind.PARAGRAPH, found.content)
            reading.records.append(NestedRecord(part, address, block.kind, block, inner))
            reading.characters += len(block.text)
            reading.translated += len(block.text)


def _numbered(chunk: Chunk, targets: Mapping[Address, CodedText]) -> dict[int, CodedText]:
    """Targets by the number of their block. Raises ``Defect`` where a target's codes do not fit."""
    blocks = chunk.blocks
    found = {int(address[2:-1]): target for address, target in targets.items()}
    for number, target in found.items():
        if code_faults(blocks[number - 1].content, target):
            raise Defect("A target's codes do not fit its block.", block=number)
    return found


def follow_embedded(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Writes carried documents that have targets, and gives workbook cells the text that their charts show now."""
    done: set[str] = set()
    for part, targets in _nested_targets(reading, {r.address: r.target for r in _nested(reading) if r.target}).items():
        if part in reading.chunks:
            inner = reading.chunks[part].written(_numbered(reading.chunks[part], targets))
        else:
            inner = reading.inner_writer(reading.parts.package.read(part), targets, replace(options, face=""))
        if inner != reading.parts.package.read(part):
            reading.parts.made[part] = inner
            done.add(part)
    for part, texts in _by_workbook(reading).items():
        workbook = open_workbook(reading.parts.package.read(part))
        if workbook is None:
            continue
        for cell, old, new in _moves(workbook, texts):
            text = new
            while not workbook.free_heading(cell, text):  # two columns of a table never have one name
                text += " "
            if text != old:
                workbook.put(cell, text)
        content = workbook.data()
        if workbook.changed:
            reading.parts.made[part] = content
            done.add(part)
    return done


def embedded_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The workbooks of charts that may have changed; carried documents stand with their blocks already."""
    return {t.workbook for t in source.chart_texts if t.workbook and t.record.part in changed}


def judge_embedded(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Carried documents hold their targets; each workbook cell shows what its chart shows, and no other cell has changed."""
    problems: list[str] = []
    for part, inner in _nested_targets(source, targets).items():
        before, after = source.parts.package.read(part), found.parts.package.read(part)
        if part in source.chunks:
            other = found.chunks.get(part)
            wanted = source.chunks[part].row({int(a[2:-1]): t for a, t in inner.items()})
            if other is None or other.row({}) != wanted:
                problems.append(f"{part}: the chunk is not the source with its targets")
            continue
        problems += [f"{part}: {p}" for p in source.inner_judge(before, after, inner, replace(options, face=""))]
    after_texts = _by_workbook(found)
    for part, texts in _by_workbook(source).items():
        workbook, after_book = (open_workbook(r.parts.package.read(part)) for r in (source, found))
        if workbook is None:
            continue
        if after_book is None:
            problems.append(f"{part}: the workbook cannot be read back")
            continue
        shown = {t.cell: (t.element.text or "").rstrip() for t in after_texts.get(part, ())}
        linked = {cell for cell, _, _ in _moves(workbook, texts)}
        expected = {c: shown.get(c, "") if c in linked else t for c, t in workbook.texts.items()}
        there = {c: t.rstrip() if c in linked else t for c, t in after_book.texts.items()}
        if expected != there:
            problems.append(f"{part}: the workbook's cells are not those that the chart shows")
        if not after_book.headings_agree():
            problems.append(f"{part}: a table's heading is not named as its cell")
    return problems


def _nested(reading: Reading) -> list[NestedRecord]:
    return [r for r in reading.records if isinstance(r, NestedRecord)]


def _nested_targets(reading: Reading, targets: Mapping[Address, CodedText]) -> dict[str, dict[Address, CodedText]]:
    """Targets by carried document, under the addresses that they have in it."""
    found: dict[str, dict[Address, CodedText]] = {}
    for record in _nested(reading):
        if record.address in targets:
            found.setdefault(record.part, {})[record.inner] = targets[record.address]
    return found


def _by_workbook(reading: Reading) -> dict[str, list[ChartText]]:
    found: dict[str, list[ChartText]] = {}
    for text in reading.chart_texts:
        if text.workbook and text.cell is not None:
            found.setdefault(text.workbook, []).append(text)
    return found


def _moves(workbook: Workbook, texts: list[ChartText]) -> list[tuple[Cell, str, str]]:
    """Cell, old and new text where the chart's string was the cell's own; others were apart before and stay so."""
    found: dict[Cell, tuple[str, str]] = {}
    for text in texts:
        if text.cell is not None and workbook.texts.get(text.cell) == text.record.text:
            found[text.cell] = (text.record.text, text.element.text or "")
    return [(cell, old, new) for cell, (old, new) in found.items()]
