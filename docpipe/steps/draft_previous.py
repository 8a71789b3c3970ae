"""The draft before this one, and calls to the child that writes and reads Word documents. Imports safe and its room.

A draft's previous version is a file that was given with the order: of the document's name, or the only one.
"""

from __future__ import annotations

import json
from typing import Any

from docpipe.errors import Defect, ParserKilled
from docpipe.model.batch import Batch
from docpipe.model.document import Address
from docpipe.model.inline import CodedText
from docpipe.safe.child import call
from docpipe.steps.draft_orders import FOLLOWS, PREVIOUS, TYPE
from docpipe.steps.house import House
from docpipe.steps.word_child import load_texts


def previous_bytes(house: House, batch: Batch, path: str) -> bytes | None:
    """The texts of the previous draft of a document, as ``dump_texts`` gives them; None without one. Raises ``AssetMalformed``."""
    given = {a.name.rpartition("/")[2]: a.sha256 for a in batch.recipe.assets if a.kind == PREVIOUS}
    alone = (
        next(iter(given.values()))
        if len(given) == 1 and sum(a.kind == TYPE for a in batch.recipe.assets) == 1
        else None
    )
    digest = given.get(path, alone)
    return None if digest is None else bytes(word_called(house, "texts_in", (house.store.blobs.get(digest),)))


def previous_texts(house: House, batch: Batch, path: str) -> dict[Address, CodedText]:
    """The same as texts by row, or those of the batch that this one follows; empty for a first version."""
    found = previous_bytes(house, batch, path) or _followed(house, batch, path)
    return load_texts(found) if found else {}


def _followed(house: House, batch: Batch, path: str) -> bytes | None:
    frozen = next((a.sha256 for a in batch.recipe.assets if a.kind == FOLLOWS), None)
    if frozen is None:
        return None
    told = json.loads(house.store.blobs.get(frozen).decode("utf-8", "surrogatepass"))["documents"]
    shown = next((d["shown"] for d in told if d["path"] == path), "")
    return house.store.blobs.get(shown) if shown else None


def word_called(house: House, what: str, args: tuple[Any, ...]) -> Any:
    """The child's answer. Where it fails on our own document, that is ours (``Defect``): nothing that was submitted is refused for it."""
    limits = {"seconds": house.settings.child_seconds, "memory": house.settings.child_memory_mb << 20}
    try:
        return call(f"docpipe.steps.word_child:{what}", args, **limits)
    except ParserKilled as error:
        reason = str(error.details.get("reason", ""))
        raise Defect("The Word document could not be made or read back.", step=what, reason=reason) from error
