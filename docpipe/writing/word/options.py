"""What a draft's Word document is made with besides its plan and texts: template, words on its face, figures, the draft before. Imports the core only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docpipe.model.document import Address
from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure carried over byte for byte: PNG or JPEG. ``width``, ``height``: dots; ``dpi``: dots an inch across and down, 0 for unstated.

    ``alt``: what it shows, in words, where more is known than its caption; ``wide``: it belongs on a page in landscape.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    dpi: tuple[int, int] = (0, 0)
    alt: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class WordOptions:
    """How a draft is written.

    ``template``: bytes of a house template (DOCX or DOTX). ``face``: words on the document's face, such as DRAFT, NOT REVIEWED.
    ``date``: as it is to be printed. ``figures``: by the digest of the picture's bytes. ``confidentiality``: line of the footer. ``previous``: texts of the previous draft in its order:
    what differs is a tracked change, dated ``changed_at`` (ISO 8601) where given; so it is in tables and what stands around them where ``previous_plan``
    has them, and in figures where ``figures`` has the former ones too. ``pages``: page of each heading's or caption's row,
    where they are known; otherwise they are estimated. ``toc_levels``: heading levels that the table of contents lists.
    """

    template: bytes | None = None
    face: str = ""
    study: str = ""
    version: str = ""
    date: str = ""
    confidentiality: str = ""
    figures: Mapping[str, Picture] = field(default_factory=dict)
    previous: Mapping[Address, CodedText] | None = None
    changed_at: str = ""
    previous_plan: Plan | None = None
    pages: Mapping[Address, int] | None = None
    toc_levels: int = 3
