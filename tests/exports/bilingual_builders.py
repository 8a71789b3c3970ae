"""What tests of bilingual files share: a document, segments with any codes and texts, units by people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from docpipe.exports.bilingual import BilingualFile
from docpipe.model.batch import Document, State
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text, text_digest
from docpipe.model.segment import Segment, SegmentId, Unit, segment_id

SHA = digest_bytes(b"source")
DOCUMENT = Document("d1", "b1", 'm5/53-clin-stud-rep/方案 "A" & <b>.docx', "application/x", SHA, 6, State.WAITING)


def segment(address: str, ordinal: int, source: CodedText, before: str = "", after: str = "") -> Segment:
    return Segment(
        segment_id(SHA, address, ordinal), Address(address), ordinal, BlockKind.PARAGRAPH, merge_text(source),
        text_digest(source), text_digest(()), before, after,
    )  # fmt: skip


def human(seg: Segment, target: CodedText) -> Unit:
    return Unit(seg.id).edited(merge_text(target), "lin")


def edited(file: BilingualFile) -> BilingualFile:
    """The file as if every target in it were new since the export."""
    return replace(file, rows=tuple(replace(r, target_digest="") for r in file.rows))


def changed(units: dict[SegmentId, Unit]) -> dict[SegmentId, Unit]:
    """The same rows with other targets at the same revision: so that every row of the file counts as an edit."""
    return {k: replace(u, target=(Text("\u0001 other"),)) for k, u in units.items()}


TEXTS = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "]]>",
        "<1>",
        "</1>",
        "<\\1>",
        "<2/>",
        "&amp;",
        "\x00\x08",
        "\ufffe",
        "\ud800",
        "\u202e abc \u2066",
        "\r\n",
        " ",
        "\t",
    ]
)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[CodedText, tuple[CodedText, ...]]:
    """A well-nested block, and the same cut into sentences, codes that cross a cut being isolated."""
    parts: list[Inline] = []
    number = 0
    stack: list[int] = []
    for _ in range(draw(st.integers(0, 12))):
        match draw(st.sampled_from(["text", "open", "close", "ph"])):
            case "text":
                parts.append(Text(draw(TEXTS)))
            case "open":
                number += 1
                stack.append(number)
                flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
                parts.append(Open(number, draw(st.sampled_from(["b", "sup", "link", "style x"])), "", False, *flags))
            case "close" if stack:
                parts.append(Close(stack.pop()))
            case _:
                number += 1
                parts.append(Placeholder(number, "footnote", "", draw(TEXTS), *draw(st.tuples(*[st.booleans()] * 3))))
    parts += [Close(n) for n in reversed(stack)]
    cuts = sorted(draw(st.sets(st.integers(0, len(parts)), max_size=2)))
    pieces = [parts[a:b] for a, b in zip([0, *cuts], [*cuts, len(parts)], strict=True)]
    return merge_text(parts), tuple(_isolated(piece) for piece in pieces)


def _isolated(piece: list[Inline]) -> CodedText:
    starts = {p.id for p in piece if isinstance(p, Open)}
    ends = {p.id for p in piece if isinstance(p, Close)}
    out: list[Inline] = []
    for p in piece:
        if isinstance(p, Open):
            out.append(replace(p, isolated=p.id not in ends))
        elif isinstance(p, Close):
            out.append(replace(p, isolated=p.id not in starts))
        else:
            out.append(p)
    return merge_text(out)
