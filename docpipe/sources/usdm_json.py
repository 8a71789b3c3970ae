"""Protocols as data: CDISC USDM v3 and v4 in JSON, as a designed trial with its narrative and the pictures in it.

Imports errors, the core, ``safe`` and its own parts. Source: CDISC USDM v4.0 data structure and API (MIT).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from docpipe.errors import DataDamaged, InputRefused
from docpipe.model.finding import Severity
from docpipe.model.source import Figure, Source, SourceFile, SourceKind, SourceNotice
from docpipe.model.trial import Picture
from docpipe.sources._json import load, text_of
from docpipe.sources.pictures import measured
from docpipe.sources.usdm.narrative import text_of as narrative_text
from docpipe.sources.usdm.reading import read_trial
from docpipe.sources.usdm.references import Pictured, Texts

_CAPTION = re.compile(r"^Figure\s+(?:[A-Z]{2,6}[.-])?\d+(?:[.-]\d+)*\s*[:.]?\s*(.{0,200})$", re.IGNORECASE)
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]+:|^//", re.IGNORECASE)
"""An address: nothing is fetched."""


class UsdmSource:
    """See ``docpipe.model.protocols.SourceReader``."""

    name = "usdm"
    kind = SourceKind.PROTOCOL
    media_types: tuple[str, ...] = ("application/json",)

    def score(self, data: bytes, name: str) -> int:
        """By the version that only USDM names, or by what a study version holds; a schema is none."""
        if b'"$schema"' in data or b'"openapi"' in data:
            return 0
        if b'"usdmVersion"' in data:
            return 95
        return 90 if b'"studyDesigns"' in data and b'"studyIdentifiers"' in data else 0

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """The trial, then each document's narrative, then its pictures.

        Raises ``DataDamaged``, ``ProtocolVersion`` and ``ProtocolObservational``.
        """
        given = load(text_of(data), exact=True)
        if not isinstance(given, dict):
            raise DataDamaged("The file is no USDM study: it is no object.")
        trial, texts = read_trial(given, file)
        figures, pictures, notices = _pictures(texts, trial.file)
        told = [narrative_text(d, trial.file, file.sha256) for d in trial.documents if d.sections]
        return (replace(trial, pictures=tuple(pictures), notices=(*trial.notices, *notices)), *told, *figures)


def _pictures(texts: Texts, file: SourceFile) -> tuple[list[Figure], list[Picture], list[SourceNotice]]:
    """Pictures of the texts, each once, and where they stand; a title is a caption right before or after one. Its number there is that
    narrative's own, not that of a display.

    What has no place, is no picture that can be carried over, or lies elsewhere, is told.
    """
    found: dict[str, Figure] = {}
    places: list[Picture] = []
    notices: list[SourceNotice] = []

    def left_out(at: Pictured, why: str) -> None:
        notices.append(SourceNotice("usdm.picture", Severity.MAJOR, why, file.path, at.locator))

    for at in texts.pictures:
        piece = at.piece
        if not at.here:
            left_out(at, "A picture in a table or outside the narrative has no place in the document: it is left out.")
            continue
        if piece.source:
            if _ELSEWHERE.match(piece.source):
                left_out(at, "A picture of the narrative lies at an address outside the file: it is left out.")
            else:
                places.append(Picture(at.locator, "", piece.source, piece.text))
            continue
        try:
            picture = base64.b64decode("".join(piece.data.split()), validate=True) if piece.data else b""
            size = measured(picture)
        except (binascii.Error, InputRefused):
            left_out(at, "A picture of the narrative is none that can be carried over: it is left out.")
            continue
        caption = _CAPTION.match(at.before) or _CAPTION.match(at.after)
        figure = Figure(
            replace(file, kind=SourceKind.FIGURE), len(found) + 1, "", caption[1] if caption else "", "",
            file.study, picture, size.media_type, size.width, size.height, size.dpi,
        )  # fmt: skip
        found.setdefault(figure.digest, figure)
        places.append(Picture(at.locator, figure.digest, "", piece.text))
    return list(found.values()), places, notices


SOURCE = UsdmSource()
