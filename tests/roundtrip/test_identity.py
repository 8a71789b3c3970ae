"""What is not translated is not touched: other parts byte for byte, and of a touched part all but its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_documents import FULL, documents, read_ones, sample, written
from lxml import etree

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.model.document import Block
from docpipe.model.inline import Text, codes_of
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse, serialise

SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def canonical(root: etree._Element) -> bytes:
    """Canonical XML with comments: 1.0, or 2.0 where a namespace is a relative address, which 1.0 does not allow."""
    try:
        return etree.tostring(root, method="c14n", with_comments=True)
    except etree.C14NError:
        return etree.tostring(root, method="c14n2", with_comments=True)


def wordless(data: bytes) -> bytes:
    """Canonical XML with the words of texts taken out."""
    root = parse(data)
    for t in root.iter("{*}t"):
        t.text = None
        if SPACE in t.attrib:
            del t.attrib[SPACE]
    return canonical(root)


def changed_when_rewritten(package: Package) -> list[str]:
    """Parts whose canonical form is another one after parsing and writing."""
    changed = []
    for name in package.names:
        if not name.endswith((".xml", ".rels")):
            continue
        data = package.read(name)
        try:
            root = parse(data)
        except InputRefused:
            continue
        if canonical(parse(serialise(root))) != canonical(root):
            changed.append(name)
    return changed


def plain_block(blocks: tuple[Block, ...]) -> Block | None:
    """The first block of the body that is text alone."""
    for block in blocks:
        part, _, below = block.address.partition("#")
        simple = (
            not any(sign in below for sign in ("/object[", "/sdt[", "/@"))
            and part.endswith(".xml")
            and below.startswith("/body")
        )
        if block.translatable and simple and not codes_of(block.content):
            return block
    return None


def touched(data: bytes, output: bytes) -> set[str]:
    """Parts whose bytes differ. The lists of parts must be equal."""
    before, after = open_package(data), open_package(output)
    assert before.names == after.names
    return {n for n in before.names if before.read(n) != after.read(n)}


def faults(files: list[Path]) -> list[str]:
    """What is touched though nothing was to be written there."""
    found = []
    for path, data, extraction in read_ones(files, FULL):
        package = open_package(data)
        found += [f"{path.name}: {n} is another document when rewritten" for n in changed_when_rewritten(package)]
        same = {b.address: b.content for b in extraction.blocks if b.translatable}
        if touched(data, FORMAT.write(data, same, FULL)):
            found.append(f"{path.name}: touched though every target is its source")
        block = plain_block(extraction.blocks)
        if block is None:
            continue
        output = FORMAT.write(data, {block.address: (Text("Other words"),)}, FULL)
        part = block.address.partition("#")[0]
        if touched(data, output) - {part}:
            found.append(f"{path.name}: another part was touched than the one written to")
        if wordless(package.read(part)) != wordless(open_package(output).read(part)):
            found.append(f"{path.name}: more than words changed in {part}")
    return found


def test_a_sample_of_documents_keeps_what_is_not_written(shared: Callable[[str], Path]) -> None:
    assert faults(sample(documents(shared), 40, largest=40_000)) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_document_keeps_what_is_not_written(shared: Callable[[str], Path]) -> None:
    assert faults(documents(shared)) == []


def test_equal_input_gives_equal_bytes(shared: Callable[[str], Path]) -> None:
    for _, data, extraction in read_ones(sample(documents(shared), 10, largest=40_000)):
        assert written(data, extraction, "upper") == written(data, extraction, "upper")
