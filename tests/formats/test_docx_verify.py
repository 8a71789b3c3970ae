"""The verify step finds what was done wrong, names the place, and never quotes text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from docx_builder import docx

from docpipe.formats.docx import FORMAT
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.model.inline import from_wire

POLICY = ReadPolicy(tracked_changes="final")
OPTIONS = WriteOptions(policy=POLICY)
DATA = docx(
    "p:Hello *bold* world[fn:note] and [link:rId9|the site] here", "p:Second [hid:secret] paragraph", "p:Third {PAGE|7} [del:gone]",
    header="Head",
)  # fmt: skip


def tampered(output: bytes, name: str, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(output)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == name:
                changed = change(content.decode()).encode()
                assert changed != content
                content = changed
            new.writestr(entry, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("word/document.xml", "fett", "fetter", "p[1]: the text"),
        ("word/document.xml", "<w:b/>", "<w:i/>", "p[1]: text has another format"),
        ("word/document.xml", "<w:b/>", "", "p[1]: text has another format"),
        ("word/document.xml", '<w:footnoteReference w:id="1"/>', "", "p[1]: the text or its objects"),
        ("word/document.xml", 'r:id="rId9"', 'r:id="rX"', "p[1]: text or objects lie in another link"),
        ("word/document.xml", "Second ", "Zweiter ", "p[2]: the text"),
        ("word/document.xml", "secret", "secrets", "p[2]: hidden or deleted"),
        ("word/document.xml", "gone", "went", "p[3]: hidden or deleted"),
        ("word/document.xml", "<w:t>7</w:t>", "<w:t>8</w:t>", "p[3]: the text or its objects"),
        ("word/document.xml", "<w:sectPr/>", "<w:p/><w:sectPr/>", "another number of paragraphs"),
        ("word/header1.xml", "Head", "Kopf", "word/header1.xml: a part that nothing was written to"),
        ("word/styles.xml", "heading 1", "heading 3", "word/styles.xml: a part that nothing was written to"),
        ("word/document.xml", "</w:body>", "", "cannot be read back"),
    ],
)
def test_a_change_behind_our_back_is_found(name: str, old: str, new: str, place: str) -> None:
    block = FORMAT.read(DATA, POLICY).blocks[0]
    targets = {block.address: from_wire("Hallo <1>fett</1> Welt<2/> und <3>die Seite</3> hier", block.content)}
    output = FORMAT.write(DATA, targets, OPTIONS)
    assert FORMAT.verify(DATA, output, targets, OPTIONS) == []

    def change(text: str) -> str:
        text = text.replace('<w:t xml:space="preserve">7</w:t>', "<w:t>7</w:t>")
        return text.replace(old, new, 1)

    problems = FORMAT.verify(DATA, tampered(output, name, change), targets, OPTIONS)
    assert any(place in p for p in problems), problems
    assert not any("fett" in p or "secret" in p for p in problems)


def test_a_part_that_is_gone_is_found() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(DATA)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            if "header" not in entry:
                new.writestr(entry, old.read(entry))
    assert "the package has other parts, or in another order" in FORMAT.verify(DATA, out.getvalue(), {}, OPTIONS)
