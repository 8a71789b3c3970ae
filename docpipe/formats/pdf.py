"""PDF with a text layer: read in order into headings and paragraphs, written as a rebuilt DOCX.

Imports errors, the core, ``safe`` and its own parts; the PDF libraries are loaded when a file is read. ``read`` is meant to
run in a child process (``docpipe.safe.child``): the libraries are C code that hostile files may crash.

Characters, for the coverage ledger: those that the pages show. White space, control and format characters do not count,
Latin ligatures count as their letters, and a hyphen at a line end counts as one. The total is taken from pdfium's whole text
of each page; the fates are counted on the blocks. Glyphs that the file maps to no character are told in a notice instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from docpipe.errors import NoText, TooLarge
from docpipe.model.document import Address, Block, BlockKind, Coverage, Extraction, ReadPolicy, WriteOptions
from docpipe.model.finding import Notice, Severity
from docpipe.model.inline import CodedText, Text, plain_text
from docpipe.model.report import Item
from docpipe.safe.budget import DEFAULT

if TYPE_CHECKING:
    from docpipe.formats.pdftext.pages import Source

_KINDS = {
    "paragraph": BlockKind.PARAGRAPH, "heading": BlockKind.HEADING, "cell": BlockKind.CELL,
    "header": BlockKind.HEADER, "footer": BlockKind.FOOTER,
}  # fmt: skip
PAGE_NUMBER = "page number"
LINE_END_HYPHEN = "line-end hyphen"


class PdfFormat:
    """See ``docpipe.model.protocols.Format``. Blocks hold plain text, without inline codes."""

    name = "pdf"
    media_types: tuple[str, ...] = ("application/pdf",)
    suffixes: tuple[str, ...] = (".pdf",)
    output_suffix = ".docx"

    def read(self, data: bytes, policy: ReadPolicy) -> Extraction:
        """Blocks in reading order with addresses such as ``page[3]/p[4]``, numbered by the page where they begin.

        Raises ``NotAPackage``, ``DamagedPackage``, ``Encrypted``, ``TooLarge``, or ``NoText`` when no page has text.
        """
        from docpipe.formats.pdftext.furniture import set_apart
        from docpipe.formats.pdftext.pages import open_pdf
        from docpipe.formats.pdftext.paragraphs import joined, paragraphs
        from docpipe.formats.pdftext.structure import notices

        source = open_pdf(data, DEFAULT)
        characters = sum(page.characters for page in source.pages)
        told = list(_page_notices(source))
        if not characters:
            raise NoText("No page of the PDF has a text layer.", pages=len(source.pages))
        running = set_apart(source.pages)
        found = paragraphs(source.pages, source.outline)
        skipped: list[tuple[str, int]] = []
        blocks: list[Block] = []
        for number, items in running.items():
            ordinals = {"header": 0, "footer": 0}
            for item in items:
                text, hyphens = joined([item.line.text], Counter())
                skipped.append((LINE_END_HYPHEN, hyphens))
                if item.repeats:
                    skipped.append((f"repeated page {item.where}", _visible(text)))
                    continue
                ordinals[item.where] += 1
                address = Address(f"page[{number}]/{item.where}[{ordinals[item.where]}]")
                reason = PAGE_NUMBER if item.only_number else ""
                blocks.append(Block(address, _KINDS[item.where], (Text(text),), translatable=not reason, reason=reason))
        page, ordinal = 0, 0
        for paragraph in found:
            ordinal = ordinal + 1 if paragraph.page == page else 1
            page = paragraph.page
            skipped.append((LINE_END_HYPHEN, paragraph.hyphens))
            address = Address(f"page[{page}]/p[{ordinal}]")
            blocks.append(Block(address, _KINDS[paragraph.kind], (Text(paragraph.text),), level=paragraph.level))
        if len(blocks) > DEFAULT.document_blocks:
            raise TooLarge("The document has too many blocks.", blocks=len(blocks), limit=DEFAULT.document_blocks)
        skipped += [(b.reason, _visible(b.text)) for b in blocks if not b.translatable]
        translated = sum(_visible(b.text) for b in blocks if b.translatable)
        told += notices(data)
        coverage = Coverage.of(characters, translated, skipped)
        return Extraction(tuple(blocks), coverage, len(source.pages), False, tuple(told), source.title)

    def report(self, data: bytes) -> tuple[list[Item], int]:
        """See ``docpipe.model.report.ReportReader``. Raises as ``read`` does."""
        from docpipe.formats.pdftext.furniture import set_apart
        from docpipe.formats.pdftext.pages import open_pdf
        from docpipe.formats.pdftext.report import report_items, running_items

        source = open_pdf(data, DEFAULT)
        if not any(page.characters for page in source.pages):
            raise NoText("No page of the PDF has a text layer.", pages=len(source.pages))
        running = {
            number: [running_items(i.where, i.line.text, number, i.line) for i in items if not i.repeats]
            for number, items in set_apart(source.pages).items()
        }
        return report_items(source, running), len(source.pages)

    def write(self, data: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> bytes:
        """A DOCX rebuilt from the PDF's blocks, with the targets in their places; the same arguments give the same bytes."""
        from docpipe.formats.pdftext.rebuilt import build

        extraction = self.read(data, options.policy)
        items = [(b.kind, b.level, _target(b, targets)) for b in extraction.blocks]
        return build(items, face=options.face, language=options.target_language, title=extraction.title)

    def verify(
        self, data: bytes, output: bytes, targets: Mapping[Address, CodedText], options: WriteOptions
    ) -> list[str]:
        """What in the output is not as ``write`` must make it, each named by its block's address, without text."""
        from docpipe.formats.pdftext.rebuilt import shown, texts

        body, headers, footers, face = texts(output)
        found = {BlockKind.HEADER: headers, BlockKind.FOOTER: footers}
        wanted: dict[BlockKind, list[tuple[Address, str]]] = {}
        for block in self.read(data, options.policy).blocks:
            kind = block.kind if block.kind in found else BlockKind.PARAGRAPH
            text = shown(_target(block, targets))
            if text or kind is BlockKind.PARAGRAPH:
                wanted.setdefault(kind, []).append((block.address, text))
        found[BlockKind.PARAGRAPH] = body
        faults = [] if face == shown(options.face) else ["face: the banner differs"]
        for kind, there in found.items():
            meant = wanted.get(kind, [])
            faults += [
                f"{address}: text differs" for (address, text), got in zip(meant, there, strict=False) if text != got
            ]
            faults += [f"{address}: missing" for address, _ in meant[len(there) :]]
            if len(there) > len(meant):
                faults.append(f"{kind.value}: {len(there) - len(meant)} more than in the source")
        return faults


def _target(block: Block, targets: Mapping[Address, CodedText]) -> str:
    return plain_text(targets.get(block.address, block.content), equiv=True)


def _page_notices(source: Source) -> Iterator[Notice]:
    for page in source.pages:
        place = f"page[{page.number}]"
        if page.number in source.broken_pages:
            yield Notice(
                "pdf.page_unreadable", Severity.CRITICAL, f"Page {page.number} is damaged and was not read.", place
            )
        elif not page.characters:
            yield Notice("pdf.page_without_text", Severity.MAJOR, f"Page {page.number} has no text layer.", place)
        if page.unmapped:
            said = f"Page {page.number} shows glyphs that the file maps to no character; they were not read."
            yield Notice("pdf.unmapped_characters", Severity.MAJOR, said, place, page.unmapped)


def _visible(text: str) -> int:
    from docpipe.formats.pdftext.glyphs import visible

    return visible(text)


FORMAT = PdfFormat()
