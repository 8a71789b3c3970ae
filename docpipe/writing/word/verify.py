"""Verifies a written draft: reads the document back and compares every row, number, table cell, field and list with the plan. Imports the core, safe and its room."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import docpipe.writing.word.names as names
from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan
from docpipe.model.fact import FactId
from docpipe.model.inline import CodedText, Placeholder
from docpipe.safe import xml
from docpipe.safe.package import Package, open_package
from docpipe.writing.amended import table_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.shown import styled
from docpipe.writing.word.abbreviations import used
from docpipe.writing.word.binding import Binder
from docpipe.writing.word.package import attribute, local, main_part, related
from docpipe.writing.word.printed import Lists
from docpipe.writing.word.read import ReadRow, read_back
from docpipe.writing.word.tokens import Line, Token, line_of
from docpipe.writing.word.tree import clean

_LEVELS = re.compile(r'TOC \\o "1-(\d)"')
_LIST_OF = re.compile(r'TOC \\h \\z \\c "(\w+)"')
_HEADING = re.compile(r"heading ([1-9])")
_Lines = Mapping[Any, Line]
_SHORT = re.compile(r"\s+")


@dataclass(slots=True)
class _Found:
    """What stands in the body. ``headings``: level, number, text; ``entries`` of each generated list by its instruction's target."""

    headings: list[tuple[int, str, str]] = field(default_factory=list)
    captions: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    levels: int = 0
    abbreviations: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)


def verify(data: bytes, plan: Plan, texts: Mapping[Address, CodedText], facts: FactStore) -> list[str]:
    """What is wrong with a document, each in a sentence without text of the document; an empty list where all is right.

    Raises ``AssetMalformed`` where it is no draft of docpipe's.
    """
    package = open_package(data)
    main = main_part(package)
    root: Any = xml.parse(package.read(main))
    body = next(e for e in root if local(e) == "body")
    lists = Lists(_part(package, main, "numbering"), _part(package, main, "styles"))
    lines = {p: line_of(p) for p in body.iter() if local(p) == "p"}
    found = _walked(body, lists, lines)
    rows = read_back(data)
    return [
        *_rows(rows, plan, texts),
        *_headings(found, plan),
        *_tables(rows, plan),
        *_figures(body, rows, plan),
        *_values(lines, facts),
        *_bookmarks(body, found, lines),
        *_captions(found),
        *_contents(found),
        *_abbreviations(found, plan),
        *(["A field shows an error instead of its result."] if any("Error!" in t for t in found.texts) else []),
    ]


def _part(package: Package, main: str, kind: str) -> Any:
    parts = related(package, main, kind)
    return xml.parse(package.read(parts[0])) if parts else []


def _rows(rows: Sequence[ReadRow], plan: Plan, texts: Mapping[Address, CodedText]) -> Iterator[str]:
    there = {r.address: r for r in rows if r.address and not r.missing}
    counts = Counter(r.address for r in rows if r.address)
    for address, count in counts.items():
        if count > 1:
            yield f"Row {address} stands {count} times in the document."
    planned = [row for _, row in plan.rows()]
    for row in planned:
        read = there.get(row.address)
        if read is None:
            yield f"Row {row.address} is not in the document."
        elif read.text != Binder.normal(texts.get(row.address, row.text)):
            yield f"Row {row.address} does not say what was approved."
        if (
            read is not None
            and row.kind is BlockKind.HEADING
            and row.level > 0
            and read.style.casefold() != f"heading {min(row.level, 9)}"
        ):
            yield f"Row {row.address} is not in the style of its heading level."
    order = [r.address for r in rows if r.address in {p.address for p in planned}]
    if not any(n > 1 for n in counts.values()) and len(there) == len(planned) and order != [p.address for p in planned]:
        yield "The rows do not stand in the order of the plan."
    for address in counts.keys() - {p.address for p in planned}:
        yield f"Row {address} is not in the plan."
    if any(not r.address for r in rows):
        yield f"{sum(not r.address for r in rows)} paragraphs of the document belong to no row."


def _headings(found: _Found, plan: Plan) -> Iterator[str]:
    wanted = [
        (min(row.level, 9), block.number if at == 0 else "", row.address)
        for block in plan.blocks
        for at, row in enumerate(block.rows)
        if row.kind is BlockKind.HEADING and row.level > 0
    ]
    if len(wanted) != len(found.headings):
        yield f"The document has {len(found.headings)} headings, the plan {len(wanted)}."
        return
    for (level, number, address), (read_level, read_number, _) in zip(wanted, found.headings, strict=True):
        if level != read_level:
            yield f"The heading of {address} has level {read_level} instead of {level}."
        if number != read_number:
            yield f"The heading of {address} is numbered {read_number or 'not at all'} instead of {number or 'not at all'}."


def _tables(rows: Sequence[ReadRow], plan: Plan) -> Iterator[str]:
    there = {r.address: r for r in rows if r.address}
    for _, row in plan.rows():
        table = table_of(plan, row)
        if table is None or not (table.columns or table.rows):
            continue
        read = there.get(row.address)
        if read is None or read.table is None:
            yield f"The table of {row.address} is not in the document."
            continue
        lines = [table.columns, *(r.cells for r in table.rows)]
        most = max(len(line) for line in lines)
        if len(lines) != len(read.table.cells) or any(len(line) != most for line in read.table.cells):
            yield f"The table of {row.address} has another number of rows or columns than the plan."
            continue
        for n, (line, cells) in enumerate(zip(lines, read.table.cells, strict=True)):
            for m, cell in enumerate(cells):
                if cell != Binder.normal(line[m] if m < len(line) else ()):
                    yield f"Table of {row.address}: row {n}, column {m + 1} does not say what the plan says."


def _figures(body: Any, rows: Sequence[ReadRow], plan: Plan) -> Iterator[str]:
    there = {r.address: r for r in rows if r.address}
    for _, row in plan.rows():
        code = row.text[0] if row.kind is BlockKind.FIGURE and row.text else None
        read = there.get(row.address)
        if isinstance(code, Placeholder) and (read is None or read.pictures != (code.data,)):
            yield f"The figure of {row.address} is not in the document, or its picture is another one."
    for drawing in body.iter():
        if local(drawing) == "docPr" and not attribute(drawing, "descr").strip():
            yield "A picture has no words for those who do not see it."


def _values(lines: _Lines, facts: FactStore) -> Iterator[str]:
    for line in lines.values():
        for token in line.tokens:
            tag = names.parse_tag(token.name) if token.kind == "control" else None
            if tag is not None and tag[1] == draft.REF:
                yield f"A reference to {tag[2]} leads to nothing in the document."
            if tag is None or tag[1] != draft.FACT:
                continue
            name, _, style = tag[2].partition(":")
            fact = facts.get(FactId(name))
            if fact is None and not facts.versions(FactId(name)):
                yield f"The document shows value {name}, which is not among the facts."
            elif fact is not None and clean(styled(fact.formatted, style)) != token.text:
                yield f"The document does not show value {name} as the fact has it."


def _bookmarks(body: Any, found: _Found, lines: _Lines) -> Iterator[str]:
    starts = [(attribute(e, "name"), attribute(e, "id")) for e in body.iter() if local(e) == "bookmarkStart"]
    ends = Counter(attribute(e, "id") for e in body.iter() if local(e) == "bookmarkEnd")
    for what, counts in (("name", Counter(n.casefold() for n, _ in starts)), ("number", Counter(i for _, i in starts))):
        for said, count in counts.items():
            if count > 1:
                yield f"Bookmark {what} {said} stands {count} times."
    for name, number in starts:
        if ends[number] != 1:
            yield f"Bookmark {name} has no end of its own."
    there = {n for n, _ in starts}
    labels = {name: text for line in lines.values() for name, text in _labels(line.tokens).items()}
    for paragraph in lines:
        for instruction, result in _fields(paragraph):
            words = instruction.split()
            if words[:1] in (["REF"], ["PAGEREF"]):
                if words[1] not in there:
                    yield f"A field refers to {words[1]}, which is not in the document."
                elif words[0] == "REF":
                    wanted = found.numbers.get(words[1]) if "\\r" in words else labels.get(words[1])
                    if wanted is not None and wanted != result:
                        yield f"A reference to {words[1]} shows another number than its target has."
        for link in paragraph.iter():
            if local(link) == "hyperlink" and attribute(link, "anchor") not in {"", *there}:
                yield f"A link leads to {attribute(link, 'anchor')}, which is not in the document."


def _fields(paragraph: Any) -> Iterator[tuple[str, str]]:
    """Instruction and result of each field, nested ones by themselves."""
    stack: list[list[Any]] = []
    for element in paragraph.iter():
        kind = local(element)
        if kind == "fldChar" and attribute(element, "fldCharType") == "begin":
            stack.append(["", "", False])
        elif kind == "instrText" and stack and not stack[-1][2]:
            stack[-1][0] += element.text or ""
        elif kind == "fldChar" and attribute(element, "fldCharType") == "separate" and stack:
            stack[-1][2] = True
        elif kind == "fldChar" and stack:
            done = stack.pop()
            yield done[0].strip(), done[1]
        elif kind == "t":
            for one in stack:
                if one[2]:
                    one[1] += element.text or ""


def _labels(tokens: Sequence[Token]) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, token in enumerate(tokens):
        if token.kind == "start" and token.name.startswith(names.LABEL):
            to = next((m for m, t in enumerate(tokens) if t.kind == "end" and t.name == token.number), n)
            found[token.name] = "".join(t.text for t in tokens[n:to])
    return found


def _captions(found: _Found) -> Iterator[str]:
    for kind, captions in found.captions.items():
        for n, (number, _) in enumerate(captions, 1):
            if number != str(n):
                yield f"{kind} {n} of the document is numbered {number or 'not at all'}."


def _contents(found: _Found) -> Iterator[str]:
    wanted = [_even(f"{n} {t}") for level, n, t in found.headings if level <= found.levels]
    if "contents" not in found.lists:
        yield "The document has no table of contents."
    elif found.lists["contents"] != wanted:
        yield "The table of contents does not list the headings as they stand."
    for kind, captions in found.captions.items():
        listed = found.lists.get(kind)
        if listed != [_even(f"{kind} {number} {text}") for number, text in captions]:
            yield f"The list of {kind.casefold()}s does not list the captions as they stand."


def _abbreviations(found: _Found, plan: Plan) -> Iterator[str]:
    if found.abbreviations != list(used(found.texts, plan.abbreviations)):
        yield "The list of abbreviations is not that of the abbreviations in the text."


def _walked(body: Any, lists: Lists, lines: _Lines) -> _Found:
    found = _Found()

    def block(parent: Any, *, front: bool, cell: bool) -> None:
        listing = ""
        for child in parent:
            kind = local(child)
            if kind == "p" and front:
                for instruction, _ in _fields_begun(child):
                    if levels := _LEVELS.search(instruction):
                        listing, found.levels = "contents", int(levels[1])
                    elif of := _LIST_OF.search(instruction):
                        listing = of[1]
                if listing:
                    _entry(child, found.lists.setdefault(listing, []))
            elif kind == "p":
                _paragraph(child, lines[child], lists, found, cell=cell)
            elif kind == "tbl" and front:
                cells = [[_words(c) for c in row if local(c) == "tc"] for row in child if local(row) == "tr"]
                found.abbreviations += [(c[0], c[1]) for c in cells[1:] if len(c) == 2]
            elif kind == "sdt":
                tags = [attribute(e, "val") for p in child if local(p) == "sdtPr" for e in p if local(e) == "tag"]
                for content in child:
                    if local(content) == "sdtContent":
                        block(content, front=front or names.FRONT in tags, cell=cell)
            elif kind in ("tbl", "tr", "tc"):
                block(child, front=front, cell=True)

    block(body, front=False, cell=False)
    return found


def _fields_begun(paragraph: Any) -> Iterator[tuple[str, str]]:
    for element in paragraph.iter():
        if local(element) == "instrText":
            yield element.text or "", ""


def _entry(paragraph: Any, entries: list[str]) -> None:
    for link in paragraph:
        if local(link) == "hyperlink":
            words = "".join(
                "\t" if local(e) == "tab" else e.text or "" for e in link.iter() if local(e) in ("t", "tab")
            )
            entries.append(_even(words.rpartition("\t")[0]))


def _words(cell: Any) -> str:
    return "\n".join(line_of(p).text() for p in cell if local(p) == "p")


def _paragraph(paragraph: Any, line: Line, lists: Lists, found: _Found, *, cell: bool) -> None:
    number = lists.number(paragraph)
    text = line.text()
    style = lists.style_name(line.style).casefold()
    if line.mark_deleted:
        return
    heading = _HEADING.fullmatch(style)
    labels = _labels(line.tokens)
    own = next((v for k, v in labels.items() if k.startswith(names.LABEL + "number_")), "")
    said = next((v for k, v in labels.items() if not k.startswith(names.LABEL + "number_")), "")
    if heading and not cell:
        found.headings.append((int(heading[1]), own or number, _even(text[len(own) :])))
        for token in line.tokens:
            if token.kind == "start" and token.name.startswith(names.SECTION):
                found.numbers[token.name] = number
    if style == "caption" and said:
        kind = said.split()[0]
        sequence = next((r for i, r in _fields(paragraph) if i.startswith(f"SEQ {kind} ")), "")
        found.captions.setdefault(kind, []).append((sequence, _even(text[len(said) :].removeprefix(". "))))
    if not any(t.kind == "start" and t.name.startswith(names.FURNITURE + "face") for t in line.tokens):
        found.texts.append(text)


def _even(text: str) -> str:
    return _SHORT.sub(" ", text).strip()
