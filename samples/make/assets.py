"""What a team brings along with its documents: memories, termbases, and a reviewer's translations of the changed text.

Imports this folder and the standard library. Everything is fictional and made here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from html import escape

from samples.make.content import (
    MARK,
    PAIRED,
    Caption,
    Heading,
    Item,
    Par,
    Picture,
    Sample,
    Table,
    Words,
)  # fmt: skip
from samples.make.terms import MEMORY_EN, MEMORY_ES, TERMS_EN, TERMS_ES, TERMS_ZH


def protocol_assets(documents: Iterable[Sample]) -> dict[str, bytes]:
    """Memory, termbase and edits of the protocol sample, by name."""
    return {
        "assets/memory.tmx": _tmx("zh-CN", "en-GB", MEMORY_EN),
        "assets/termbase.csv": _csv(TERMS_EN),
        "edits/translations.tsv": edits(documents),
    }


def report_assets() -> dict[str, bytes]:
    """Memories and termbases of the report sample, by name."""
    return {
        "assets/memory-es.tmx": _tmx("en-GB", "es-ES", MEMORY_ES),
        "assets/termbase-es.csv": _csv(TERMS_ES),
        "assets/termbase-zh.csv": _csv(TERMS_ZH),
    }


def edits(documents: Iterable[Sample]) -> bytes:
    """``source`` and ``target`` in wire form of every sentence of version 2 that version 1 does not have."""
    rows: dict[str, str] = {}
    for document in documents:
        for source, target in _changed(document):
            if rows.setdefault(source, target) != target:
                raise ValueError(f"two translations in {document.name}")
    lines = ["source\ttarget", *(f"{s}\t{t}" for s, t in rows.items())]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _changed(document: Sample) -> Iterator[tuple[str, str]]:
    for words in (document.header, document.footer, *_texts(document)):
        numbers: dict[tuple[str, str, int], int] = {}
        for source, target in words.sentences or ():
            wire, used = _wire(source, numbers)
            if target is not None:
                yield wire, _translated(target, used)


def _texts(document: Sample) -> Iterator[Words]:
    for block in document.blocks:
        match block:
            case Heading(words=words) | Par(words=words) | Item(words=words) | Caption(words=words):
                yield words
            case Picture(alt=words):
                yield words
            case Table():
                yield from _cells(block)
            case _:
                pass
    yield from document.notes.values()


def _cells(table: Table) -> Iterator[Words]:
    for cells in table.rows:
        for c in cells:
            yield from c.words
            if c.inner:
                yield from _cells(c.inner)


def _wire(text: str, numbers: dict[tuple[str, str, int], int]) -> tuple[str, list[tuple[str, str, int]]]:
    """The sentence with tags numbered through its block, and its codes in order as (kind, what it refers to, number)."""
    whole = MARK.fullmatch(text)
    if whole and whole.group(1) in PAIRED:
        return whole.group(2).rpartition("|")[2], []
    used: list[tuple[str, str, int]] = []

    def tag(kind: str, key: str, shown: str) -> str:
        number = len(numbers) + 1
        numbers[(kind, key, number)] = number
        used.append((kind, key, number))
        return f"<{number}>{shown}</{number}>" if kind in PAIRED else f"<{number}/>"

    return MARK.sub(lambda m: tag(*_parts(m.group(1), m.group(2) or "")), text), used


def _translated(text: str, used: list[tuple[str, str, int]]) -> str:
    """The translation with the tags of its source, by kind and what they refer to, in order."""
    left = list(used)
    whole = MARK.fullmatch(text)
    if whole and not used:
        return whole.group(2).rpartition("|")[2]

    def tag(kind: str, key: str, shown: str) -> str:
        found = next(code for code in left if code[:2] == (kind, key))
        left.remove(found)
        return f"<{found[2]}>{shown}</{found[2]}>" if kind in PAIRED else f"<{found[2]}/>"

    out = MARK.sub(lambda m: tag(*_parts(m.group(1), m.group(2) or "")), text)
    if left:
        raise ValueError(f"codes missing in a translation: {left}")
    return out


def _parts(kind: str, value: str) -> tuple[str, str, str]:
    """Kind, what it refers to, and what is shown."""
    if kind in ("ref", "link"):
        address, _, shown = value.partition("|")
        return kind, address, shown
    return (kind, value, "") if kind == "fn" else (kind, "", value)


def _csv(rows: Iterable[tuple[str, str, str, str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("concept", "source", "target", "status", "note"))
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def _tmx(source: str, target: str, pairs: Iterable[tuple[str, str]]) -> bytes:
    """TMX 1.4b with plain texts; no document type declaration, which many readers refuse."""
    units = "".join(
        f'    <tu tuid="{n}" creationdate="20260316T080000Z" creationid="linguist">\n'
        f'      <tuv xml:lang="{source}"><seg>{escape(a, quote=False)}</seg></tuv>\n'
        f'      <tuv xml:lang="{target}"><seg>{escape(b, quote=False)}</seg></tuv>\n    </tu>\n'
        for n, (a, b) in enumerate(pairs, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        '  <header creationtool="samples" creationtoolversion="1" segtype="sentence" o-tmf="none" adminlang="en" '
        f'srclang="{source}" datatype="plaintext"/>\n  <body>\n{units}  </body>\n</tmx>\n'
    ).encode()
