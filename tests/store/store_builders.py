"""Builders of core values for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime

from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import CodedText, Text, text_digest
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment, segment_id

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def a_batch(name: str = "B1", **recipe: object) -> Batch:
    """A batch from English to German."""
    chosen = {"kind": "translate", "source_language": "en", "target_language": "de", "provider": "openai", **recipe}
    return Batch(name, Recipe(**chosen), State.ADMITTED, NOW, "anna")  # type: ignore[arg-type]


def a_document(name: str = "D1", batch: str = "B1", path: str = "m1/protocol.docx") -> Document:
    return Document(name, batch, path, "application/x-test", digest_bytes(name.encode()), 10, State.ADMITTED)


def a_segment(n: int, source: CodedText | str = "", document: str = "D1") -> Segment:
    """The n-th sentence of a document, one to a paragraph."""
    coded = (Text(source or f"Sentence {n}."),) if isinstance(source, str) else source
    address = Address(f"word/document.xml#/body/p[{n}]")
    return Segment(
        segment_id(digest_bytes(document.encode()), address, 0), address, 0, BlockKind.PARAGRAPH, coded,
        text_digest(coded), Digest("c" * 64), after=" ",
    )  # fmt: skip
