"""A check that follows another: the corrected report beside the former one, what is gone, what is new, and decisions that go on. Imports store.

A finding is the same where the check, the words and those around them, the section and what the data say are the same, wherever in the file it
stands by now. A dismissal goes on with it; what was confirmed and is still there is open again, and says so.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.errors import NotReady, UnknownName
from docpipe.model.batch import Batch
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Disposition
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.steps.draft_orders import FOLLOWS, LEFT_OUT, SOURCE
from docpipe.steps.house import House
from docpipe.steps.report_shown import FindingObject
from docpipe.store import batches, studies
from docpipe.store.studies import StudyFinding

_AROUND = 30
"""So many characters on each side of the words in question make them the same words."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The findings of a check beside those of the former. ``carried``: ids of findings now -> the dismissal that goes on.

    ``told``: batch, gone (findings of the former that are no more), again (id now -> who confirmed it, why), carried and new as counts.
    """

    carried: Mapping[str, StudyFinding]
    told: Mapping[str, Any]


def earlier_check(house: House, batch_id: str, kind: str, details: str) -> tuple[AssetRef, tuple[AssetRef, ...]]:
    """The asset that names the former check, and the sources that it had. Raises ``UnknownName`` (no check), ``NotReady`` (not made yet)."""
    with house.store.read() as session:
        batch: Batch = batches.get(session, batch_id)
        if batch.recipe.kind != kind:
            raise UnknownName("This batch checks no report.", name=batch_id)
        read = studies.get(session, batch_id)
    if read is None or details not in read.blobs:
        raise NotReady("The earlier check has not been made yet.", batch=batch_id)
    return AssetRef(FOLLOWS, batch.id, read.blobs[details]), tuple(
        a for a in batch.recipe.assets if a.kind in (SOURCE, LEFT_OUT)
    )


def compared(house: House, recipe: Recipe, now: Sequence[FindingObject], stage: str) -> Compared | None:
    """The findings beside those of the check that the recipe names; None where it names none."""
    asset = next((a for a in recipe.assets if a.kind == FOLLOWS), None)
    if asset is None:
        return None
    with house.store.read() as session:
        stored = {f.locator: f for f in studies.findings(session, asset.name) if f.stage == stage}
    before: list[FindingObject] = json.loads(house.store.blobs.get(asset.sha256).decode("utf-8", "surrogatepass"))[
        "findings"
    ]
    then, here = _by_likeness(before), _by_likeness(now)
    carried: dict[str, StudyFinding] = {}
    again: dict[str, dict[str, str]] = {}
    gone: list[FindingObject] = []
    fresh = 0
    for key in dict.fromkeys([*then, *here]):
        old, new = then.get(key, []), here.get(key, [])
        if len(old) != len(new):  # which of them is gone, or new, is told by number alone
            gone += old[len(new) :]
            fresh += max(0, len(new) - len(old))
            continue
        for a, b in zip(old, new, strict=True):
            decided = stored.get(a["id"])
            if decided is None:
                continue
            if decided.disposition is Disposition.DISMISSED:
                carried[b["id"]] = decided
            elif decided.disposition is Disposition.CONFIRMED:
                again[b["id"]] = {
                    "user": decided.user,
                    "reason": decided.reason,
                    "at": decided.at.isoformat() if decided.at else "",
                }
    told = {
        "batch": asset.name, "new": fresh, "carried": len(carried), "again": again,
        "gone": [
            {
                "check": f["check"], "severity": f["severity"], "message": f["message"], "location": f["location"], "text": f["text"],
                "disposition": stored[f["id"]].disposition.value if f["id"] in stored else "open",
            }
            for f in gone
        ],
        "severities": dict(Counter(f["severity"] for f in gone)),
    }  # fmt: skip
    return Compared(carried, told)


def _by_likeness(several: Sequence[FindingObject]) -> dict[Digest, list[FindingObject]]:
    found: dict[Digest, list[FindingObject]] = defaultdict(list)
    for finding in several:
        found[likeness(finding)].append(finding)
    return found


def likeness(f: FindingObject) -> Digest:
    """What stays of a finding while its place in the file moves: check, words, a few around them, heading, and what the data say."""
    heading = re.sub(r"^[\dA-Z]?[\d.]*\s+", "", f["section"])
    before, after = (re.sub(r"\s+", " ", f[side]).strip("… ") for side in ("before", "after"))
    evidence = [[e["file"], e["locator"], e["value"], e["says"]] for e in f["evidence"]]
    return digest_of(
        [f["check"], f["message"], f["text"], f["expected"], heading, before[-_AROUND:], after[:_AROUND], evidence]
    )
