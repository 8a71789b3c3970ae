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
from docpipe.model.trial import USDM
from docpipe.sources._json import load, text_of
from docpipe.sources.pictures import measured
from docpipe.sources.usdm.narrative import text_of as narrative_text
from docpipe.sources.usdm.reading import read_trial
from docpipe.sources.usdm.references import Texts

_CAPTION = re.compile(r"^(Figure\s+\d+(?:[.-]\d+)*)\s*[:.]?\s*(.{0,200})$", re.IGNORECASE)


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
        figures, notices = _pictures(texts, trial.file)
        told = [narrative_text(d, trial.file, file.sha256) for d in trial.documents if d.sections]
        return (replace(trial, notices=(*trial.notices, *notices)), *told, *figures)


def _pictures(texts: Texts, file: SourceFile) -> tuple[list[Figure], list[SourceNotice]]:
    """Pictures of the narrative, each once; its title is a caption right before it."""
    found: dict[str, Figure] = {}
    notices: list[SourceNotice] = []
    for pointer, piece, before in texts.pictures:
        where = f"{USDM}{pointer}"
        try:
            picture = base64.b64decode(piece.data, validate=True) if piece.data else b""
            size = measured(picture)
        except (binascii.Error, InputRefused):
            said = "A picture of the narrative is none that can be carried over."
            notices.append(SourceNotice("usdm.picture", Severity.MAJOR, said, file.path, where))
            continue
        caption = _CAPTION.match(before)
        figure = Figure(
            replace(file, kind=SourceKind.FIGURE), len(found) + 1, caption[1] if caption else "", caption[2] if caption else "", "",
            file.study, picture, size.media_type, size.width, size.height, size.dpi,
        )  # fmt: skip
        found.setdefault(figure.digest, figure)
    return list(found.values()), notices


SOURCE = UsdmSource()
