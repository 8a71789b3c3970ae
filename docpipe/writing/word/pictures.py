"""Figures: their bytes as they were given, as wide as the text at most, with words for those who do not see them. Imports python-docx and its room."""

from __future__ import annotations

from typing import Any

from docpipe.writing.word.options import Picture
from docpipe.writing.word.tree import Change, Tree, clean

_EMU = 914_400
"""English metric units of an inch."""
_TWIP = 635
_HEIGHT = 0.72
"""The share of the text's height that a figure may take: its caption, notes and source stand on the same page."""
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpeg"}
_FIRST = 1_000
"""Numbers of drawings, above those that a template's own have."""


class PictureWriter:
    """Puts figures into one document of a text ``width`` (twentieths of a point)."""

    def __init__(self, document: Any, tree: Tree, width: int) -> None:
        section = document.sections[0]
        self._document, self._tree, self._count = document, tree, 0
        self.height = int(section.page_height - section.top_margin - section.bottom_margin)
        self.room(width, self.height)

    def room(self, width: int, height: int) -> None:
        """The text from now on: its ``width`` in twentieths of a point, its ``height`` in English metric units."""
        self._width, self._height = width * _TWIP, int(height * _HEIGHT)

    def put(self, paragraph: Any, digest: str, picture: Picture, alt: str, change: Change = "") -> None:
        """The picture in a run of its own; ``alt``: what it shows, in words."""
        from docx.opc.constants import RELATIONSHIP_TYPE as RT
        from docx.opc.packuri import PackURI
        from docx.oxml.shape import CT_Inline
        from docx.parts.image import ImagePart
        from docx.shared import Emu

        self._count += 1
        name = f"{digest[:24]}.{_SUFFIXES[picture.media_type]}"
        part = ImagePart(PackURI(f"/word/media/{name}"), picture.media_type, picture.data)
        relation = self._document.part.relate_to(part, RT.IMAGE)
        width, height = self._size(picture)
        inline = CT_Inline.new_pic_inline(_FIRST + self._count, relation, name, Emu(width), Emu(height))
        for side in ("distT", "distB", "distL", "distR"):  # missing ones are an eighth of an inch to LibreOffice
            inline.set(side, "0")
        inline.docPr.set("name", f"Figure {self._count}")
        inline.docPr.set("descr", clean(" ".join(alt.split()))[:1_000])
        self._tree.new("w:drawing", self._tree.holder(paragraph, change)).append(inline)

    def _size(self, picture: Picture) -> tuple[int, int]:
        """Width and height: as the picture states them, or the text's width; never wider or higher than the page has room."""
        across, down = (d or 1 for d in picture.dpi)
        wide, high = picture.width / across, picture.height / down
        scale = _EMU if all(picture.dpi) else self._width / wide
        scale = min(scale, self._width / wide, self._height / high)
        return max(1, int(wide * scale)), max(1, int(high * scale))
