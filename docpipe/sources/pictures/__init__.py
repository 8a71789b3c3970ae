"""What a picture says of itself, read without decoding more than it takes to know that it is whole. Imports errors and its parts."""

from __future__ import annotations

from docpipe.errors import FigureUnsupported
from docpipe.sources.pictures import jpeg, png
from docpipe.sources.pictures.measured import Measured

__all__ = ["JPEG", "PNG", "Measured", "kind_of", "measured"]

PNG, JPEG = "image/png", "image/jpeg"
_KINDS = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"), (0, b"\xff\xd8\xff", "JPEG"), (40, b" EMF", "EMF"), (0, b"\xd7\xcd\xc6\x9a", "WMF"), (0, b"\x01\x00\x09\x00", "WMF"),
    (0, b"GIF8", "GIF"), (0, b"II*\x00", "TIFF"), (0, b"MM\x00*", "TIFF"), (0, b"%PDF-", "PDF"), (0, b"BM", "BMP"), (0, b"<svg", "SVG"),
)  # fmt: skip


def kind_of(data: bytes) -> str:
    """``PNG``, ``JPEG`` or another kind by its name, "" for what is no known picture."""
    return next((name for at, sign, name in _KINDS if data[at : at + len(sign)] == sign), "")


def measured(data: bytes) -> Measured:
    """A picture's measures and words. Raises ``DataDamaged``, ``TooLarge``, or ``FigureUnsupported`` for other kinds than PNG and JPEG."""
    kind = kind_of(data)
    if kind == "PNG":
        return png.measured(data)
    if kind == "JPEG":
        return jpeg.measured(data)
    raise FigureUnsupported(f"A picture of the kind {kind or 'unknown'} cannot be carried over as it is.", kind=kind)
