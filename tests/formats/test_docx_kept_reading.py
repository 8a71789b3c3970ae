"""The reading that is kept between reading and writing a document."""

from __future__ import annotations

import gc
import io
import zipfile

from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml import kept
from docpipe.formats.ooxml.reading import read_document
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import ReadPolicy, WriteOptions

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)


def _document(words: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>",
        )
    return out.getvalue()


POLICY = ReadPolicy()


def test_a_kept_reading_is_handed_out_once() -> None:
    data = _document("Dose")
    extraction = FORMAT.read(data, POLICY)
    assert kept.take(data, POLICY) is not None
    assert kept.take(data, POLICY) is None
    assert extraction.blocks


def test_other_bytes_or_another_policy_get_none() -> None:
    data = _document("Dose")
    for asked, policy in ((_document("Other"), POLICY), (data, ReadPolicy(comments="translate"))):
        extraction = FORMAT.read(data, POLICY)
        assert kept.take(asked, policy) is None
        assert extraction.blocks


def test_nothing_is_kept_when_the_extraction_is_gone() -> None:
    data = _document("Dose")
    extraction = FORMAT.read(data, POLICY)
    del extraction
    gc.collect()
    assert kept.take(data, POLICY) is None


def test_writing_twice_gives_the_same_as_writing_from_a_reading_of_its_own() -> None:
    data = _document("Dose of study drug")
    extraction = FORMAT.read(data, POLICY)
    targets = pseudo_targets(extraction, "upper")
    options = WriteOptions(policy=POLICY)
    first, second = FORMAT.write(data, targets, options), FORMAT.write(data, targets, options)
    assert first == second
    assert [b.text for b in FORMAT.read(first, POLICY).blocks] == ["DOSE OF STUDY DRUG"]
    assert read_document(data, POLICY).records[0].content == extraction.blocks[0].content
