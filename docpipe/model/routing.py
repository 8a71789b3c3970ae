"""Which rows need a person's eyes: the gate of a batch and what it says of one row. Imports the core only.

The sample is chosen by digest: it looks random, is the same for everybody, and nobody can choose it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docpipe.model.canonical import digest_of
from docpipe.model.segment import OriginKind, Unit


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be seen before a document is signed.

    ``skip``: origins whose rows need no eyes while they have no open finding. ``sample``: percent of those rows that must be
    displayed to a person all the same. ``displayed``: whether every other row must have been displayed.
    """

    skip: tuple[str, ...] = (OriginKind.IN_CONTEXT.value, OriginKind.PREVIOUS.value)
    sample: float = 0.0
    displayed: bool = False


class Route(StrEnum):
    EYES = "eyes"
    SAMPLED = "sampled"
    NO_EYES = "none"


def routed(gate: Gate, document: str, unit: Unit, has_finding: bool) -> Route:
    """Where the gate sends a row. ``has_finding``: whether any finding of the row is open."""
    skips = unit.origin.kind.value in gate.skip and not has_finding and not unit.needs_person and not unit.editor
    if not skips:
        return Route.EYES
    chance = int(digest_of(["gate", document, unit.segment])[:12], 16) / float(1 << 48)
    return Route.SAMPLED if chance * 100 < gate.sample else Route.NO_EYES
