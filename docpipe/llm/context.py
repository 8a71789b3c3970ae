"""What the model is told beside the text it translates: the document, abbreviations, similar approved texts. Imports the core only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from docpipe.model.brief import Abbreviation, Similar
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment, SegmentId

__all__ = ["Context"]

SIMILAR_SHARE, SIMILAR_ROOM = 0.25, 400
"""Characters of similar pairs that a request shows: this share of the characters that it asks for, and so many for a small one."""
_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9/&.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Context:
    """One document's context. ``document``: the same in all its requests. ``places``: of its segments, in order.

    ``similar``: approved pairs by segment, best first.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    abbreviations: tuple[Abbreviation, ...] = ()
    similar: Mapping[SegmentId, tuple[Similar, ...]] = field(default_factory=dict)
    places: Mapping[SegmentId, int] = field(default_factory=dict)

    def meanings(self, segments: Iterable[Segment]) -> dict[str, str]:
        """Full forms of the abbreviations that occur, as defined last before these segments end; else as they are listed.

        One that the segments themselves spell out is left out.
        """
        some = list(segments)
        text = "\n".join(plain_text(s.source, equiv=True) for s in some)
        words = set(_WORD.findall(text))
        words |= {w[:-1] for w in words if w.endswith("s")} | {p for w in words for p in re.split(r"[-/]", w)}
        end = max((self.places.get(s.id, 0) for s in some), default=0)
        found: dict[str, Abbreviation] = {}
        for a in self.abbreviations:
            if a.short in words and a.at <= end and (a.short not in found or a.at > found[a.short].at):
                found[a.short] = a
        folded = text.casefold()
        return {short: a.long for short, a in sorted(found.items()) if a.long.casefold() not in folded}

    def resembling(self, segments: Mapping[str, Segment]) -> list[dict[str, Any]]:
        """Similar pairs for the segments (by their ids in the request): the best ones first, as many as there is room for.

        Each segment has its best before any has a second; a pair is shown once, with all the ids that it serves.
        """
        room = SIMILAR_ROOM + SIMILAR_SHARE * sum(len(plain_text(s.source)) for s in segments.values())
        ranked = sorted(
            (
                (rank, -m.percent, n, name, m)
                for n, (name, s) in enumerate(segments.items())
                for rank, m in enumerate(self.similar.get(s.id, ()))
            ),
            key=lambda x: x[:3],
        )
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for _, _, _, name, m in ranked:
            row = rows.get((m.source, m.target))
            if row is not None:
                row["for"].append(name)
                continue
            room -= len(m.source) + len(m.target)
            if room < 0:
                break
            rows[m.source, m.target] = {"for": [name], "percent": m.percent, "source": m.source, "target": m.target}
        return list(rows.values())
