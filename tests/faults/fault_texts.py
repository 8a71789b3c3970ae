"""Real texts for the fault table: samples of ours, protocols of the shared corpus, sentences of a parallel text; as chunks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docpipe.llm.context import Context
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Chunk
from docpipe.model.document import Address, BlockKind, ReadPolicy
from docpipe.model.inline import Text, plain_text, text_digest
from docpipe.model.segment import Segment, segment_id
from docpipe.registry import format_for
from docpipe.safe.xml import parse
from docpipe.segment.chunks import pack
from docpipe.segment.segments import segment
from docpipe.steps.context import LEAST, MOST

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SAMPLE_ZH = next((ROOT / "samples/protocol-zh/submission").rglob("protocol.docx"), ROOT)
TICO = SHARED / "data/parallel/tico19.en-zh.tmx"
PROTOCOL = SHARED / "corpus/docx/448ccc85a221__H2RACancerRisk_Protocol_V0.5.1.docx"


@dataclass(frozen=True, slots=True)
class TextSet:
    """Segments of one language with the languages they are translated into."""

    name: str
    language: str
    targets: tuple[str, ...]
    segments: tuple[Segment, ...]

    @property
    def asked(self) -> tuple[Segment, ...]:
        """Those that go to the model: of equal texts the first, as in a batch."""
        first = {s.digest: s for s in reversed(self.segments)}
        return tuple(s for s in self.segments if first[s.digest] is s)

    @property
    def context(self) -> Context:
        """As of a document of which nothing is known."""
        return Context(places={s.id: n for n, s in enumerate(self.segments)})

    def chunks(self, target: str) -> tuple[Chunk, ...]:
        """As the steps pack them."""
        return pack(
            self.segments, {s.id for s in self.asked}, source_language=self.language, target_language=target,
            output_tokens=16_384, most=MOST, least=LEAST,
        )  # fmt: skip


@cache
def document(path: Path, language: str) -> tuple[Segment, ...]:
    """The segments of a DOCX that hold a letter."""
    data = path.read_bytes()
    extraction = format_for(DOCX).read(data, ReadPolicy(tracked_changes="final"))
    found = segment(extraction.blocks, "f" * 64, language)
    return tuple(s for s in found if any(c.isalpha() for c in plain_text(s.source)))


@cache
def sentences(path: Path, figures: bool, most: int) -> tuple[Segment, ...]:
    """The English sides of a TMX, four to a paragraph; without ``figures`` only those that hold no digit."""
    texts = [
        "".join(next(unit.iter("seg")).itertext()).strip()
        for unit in parse(path.read_bytes()).iter("tu")
    ]  # fmt: skip
    kept = [t for t in texts if t and (figures or not any(c.isdigit() for c in t))][:most]
    made = []
    for n, text in enumerate(kept):
        address, source = Address(f"doc#/p[{n // 4}]"), (Text(text),)
        made.append(
            Segment(
                segment_id("e" * 64, address, n % 4), address, n % 4, BlockKind.PARAGRAPH, source, text_digest(source),
                Digest("c"), after=" ", last=n % 4 == 3,
            )
        )  # fmt: skip
    return tuple(made)


def sample() -> TextSet:
    """Our own protocol, Chinese to English and German."""
    return TextSet("protocol-zh", "zh", ("en", "de"), document(SAMPLE_ZH, "zh"))


def shared_sets(most: int = 720) -> list[TextSet]:
    """A real protocol and sentences without any figure, English to German, Chinese and Japanese."""
    targets = ("de", "zh", "ja")
    return [
        TextSet("h2ra-protocol", "en", targets, document(PROTOCOL, "en")[:most]),
        TextSet("sentences without figures", "en", targets, sentences(TICO, False, most)),
    ]
