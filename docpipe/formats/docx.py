"""The DOCX format (ISO/IEC 29500, transitional and strict; also templates and macro-enabled files). Parts lie in ``ooxml``.

Imports the core and ``docpipe.formats.ooxml``.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.formats.ooxml.kept import keep
from docpipe.formats.ooxml.reading import extraction_of, read_document
from docpipe.formats.ooxml.verify import verify_document
from docpipe.formats.ooxml.writing import write_document
from docpipe.model.collector import collector_paused
from docpipe.model.document import Address, Extraction, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.model.protocols import Format


class Docx:
    """Reader, writer and verifier of word-processing documents."""

    name = "docx"
    media_types: tuple[str, ...] = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        "application/vnd.ms-word.document.macroEnabled.12",
        "application/vnd.ms-word.template.macroEnabled.12",
    )
    suffixes: tuple[str, ...] = (".docx", ".docm", ".dotx", ".dotm")
    output_suffix = ""

    def read(self, data: bytes, policy: ReadPolicy) -> Extraction:
        """Blocks, coverage and notices. Raises leaves of ``InputRefused``."""
        with collector_paused():
            reading = read_document(data, policy)
            extraction = extraction_of(reading)
            keep(data, policy, reading, extraction)
            return extraction

    def write(self, data: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> bytes:
        """The document with the targets in place. Raises ``Defect`` for targets that fit no block."""
        with collector_paused():
            return write_document(data, targets, options)

    def verify(
        self, data: bytes, output: bytes, targets: Mapping[Address, CodedText], options: WriteOptions
    ) -> list[str]:
        """Where the output is not the source with these targets; an empty list is a pass. Places are named, no text."""
        return verify_document(data, output, targets, options)


FORMAT: Format = Docx()
