"""A document's rows as what is written: targets by block, the words on its face, how it is written. Imports segment and store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from docpipe.model.batch import Batch
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, Block, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.model.segment import OriginKind, Segment, SegmentId, Status, Unit
from docpipe.segment.segments import join
from docpipe.steps.faces import DRAFT, REHEARSAL
from docpipe.steps.house import House


def face_of(batch: Batch, current: Mapping[SegmentId, Unit], *, preview: bool = False) -> str:
    """The words on a document's face; "" for what people approved."""
    words = []
    if preview or batch.recipe.review == "none":
        words.append(DRAFT)
        if batch.recipe.provider == "rehearsal" and any(u.origin.kind is OriginKind.PSEUDO for u in current.values()):
            words.append(REHEARSAL)
    return " · ".join(words)


def options_of(house: House, batch: Batch, face: str) -> WriteOptions:
    """How this batch's documents are written."""
    recipe = batch.recipe
    fonts = house.store.blobs.get(Digest(recipe.fonts)).decode("utf-8") if recipe.fonts else ""
    return WriteOptions(recipe.source_language, recipe.target_language, face, recipe.policy, fonts)


def targets_of(
    batch: Batch, blocks: Mapping[str, Block], segments: Sequence[Segment], current: Mapping[SegmentId, Unit]
) -> dict[Address, CodedText]:
    """The blocks' new content; rows without a target keep their source text."""
    recipe = batch.recipe
    by_block: dict[Address, list[Segment]] = defaultdict(list)
    for s in segments:
        by_block[s.address].append(s)
    found: dict[Address, CodedText] = {}
    for address, rows in by_block.items():
        done = {s.id: current[s.id].target for s in rows if current[s.id].status is not Status.NEW}
        if done:
            filled = {s.id: done.get(s.id, s.source) for s in rows}
            found[address] = join(blocks[address], rows, filled, recipe.source_language, recipe.target_language)
    return found
