"""Pictures that a draft makes itself: a trial schema, with its drawing as SVG and what it shows in words. Imports the core only.

They stand in the document like figures of the sources, named by the digest of their bytes, and their SVG lies beside the document.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.source import Place


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of our own (PNG). ``name``: stem of its SVG's name; ``width``, ``height``: dots; ``place``: what it was drawn from.

    ``wide``: it belongs on a page in landscape.
    """

    name: str
    title: str
    alt: str
    picture: bytes = field(repr=False)
    width: int
    height: int
    dpi: tuple[int, int]
    svg: bytes = field(repr=False)
    place: Place
    wide: bool = False

    @property
    def digest(self) -> Digest:
        """Digest of the picture's bytes: what a document names it by."""
        return digest_bytes(self.picture)
