"""What differs between a study and its version before, and which rows of which documents that touches: the list as JSON. Imports writing and store.

It is made once, when the sources of a batch that follows another have been read; what is carried over is carried by this list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from docpipe.errors import NotReady, UnknownName
from docpipe.model.batch import Document
from docpipe.model.canonical import canonical_json
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan
from docpipe.model.fact import Fact
from docpipe.model.inline import plain_text
from docpipe.model.segment import SegmentId
from docpipe.steps.draft_book import block_of, draft_of
from docpipe.steps.draft_sources import blob, facts_of, study_of
from docpipe.steps.follow import Former, FormerDocument, former
from docpipe.steps.house import MACHINE, House
from docpipe.steps.study_names import CARD, CHANGES, DISPLAYS, SOURCE_LIST
from docpipe.store import audit, batches, documents, studies
from docpipe.writing.changes.facts import ADDED, GONE, NAMED, FactChange, fact_changes, renumbered
from docpipe.writing.changes.passages import PassageChange, passage_changes
from docpipe.writing.changes.rows import NEW, SAME, Paired, Version, facts_of_rows, paired, passages_of_rows
from docpipe.writing.evidence import exact_number
from docpipe.writing.factstore import FactStore

VERSION = 1
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Side:
    """A study in one version. ``titles``: of displays by number; ``files``: path by digest; ``documents``: by path."""

    study: str
    version: str
    facts: FactStore
    titles: Mapping[str, str]
    passages: Mapping[str, str]
    files: Mapping[str, str]
    documents: Mapping[str, Version]


def side_of(house: House, batch_id: str, found: Iterable[Document]) -> Side:
    """A batch's study as it was read, with the plans of these documents. Raises ``NotReady``."""
    read = study_of(house, batch_id)
    passages: dict[str, str] = blob(house, read.blobs[CARD]).get("card", {}).get("passages", {})
    books = {d.path: draft_of(house, d) for d in found}
    return Side(
        read.study, read.version, facts_of(house, batch_id),
        {d["number"]: d["title"] for d in blob(house, read.blobs[DISPLAYS]) if d["number"]}, passages,
        {s["sha256"]: s["file"] for s in blob(house, read.blobs[SOURCE_LIST])},
        {path: Version(book.plan, book.facts, passages) for path, book in books.items()},
    )  # fmt: skip


def note_changes(house: House, batch_id: str) -> None:
    """Makes and keeps the list of a batch that follows another, unless that is done; nothing for others."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = [d for d in documents.of_batch(session, batch_id) if d.extraction]
        read = studies.get(session, batch_id)
    before = former(house, batch.recipe)
    if before is None or read is None or CHANGES in read.blobs or not found:
        return
    told = compared(former_side(house, before), side_of(house, batch_id, found), before)
    kept = {"batch": batch_id, "follows": before.batch, **told}
    digest = house.store.blobs.put(canonical_json(kept).encode("utf-8", "surrogatepass"))
    with house.store.write() as session:
        several = studies.findings(session, batch_id)
        studies.put(session, replace(read, blobs={**read.blobs, CHANGES: digest}), several)
        audit.append(session, batch_id, MACHINE, "study.compared", batch_id, old=before.batch, new=digest)


def former_side(house: House, before: Former) -> Side:
    """The study of the former batch with the plans that were frozen."""
    with house.store.read() as session:
        found = [documents.get(session, d.id) for d in before.documents.values()]
    return side_of(house, before.batch, found)


def change_list(house: House, batch_id: str) -> dict[str, Any]:
    """The list of a batch: not to be changed. Raises ``NotReady`` before its sources were read, ``UnknownName`` where it follows none."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    if former(house, batch.recipe) is None:
        raise UnknownName(f"Batch {batch.id} follows no other: docpipe change makes one that does.", name=batch_id)
    read = study_of(house, batch_id)
    if CHANGES not in read.blobs:
        raise NotReady("The sources of this batch have not been compared yet.", batch=batch_id)
    found: dict[str, Any] = blob(house, read.blobs[CHANGES])
    return found


def compared(old: Side, new: Side, before: Former | None = None) -> dict[str, Any]:
    """The whole list. ``before``: who edited the rows of the former version, where it is known."""
    changes = fact_changes(old.facts, new.facts, renumbered(old.titles, new.titles))
    passages = passage_changes(old.passages, new.passages, old.files, new.files)
    pairs = {path: paired(old.documents[path], v) for path, v in new.documents.items() if path in old.documents}
    uses = _Uses(old, new)
    facts = sorted((_fact(c, uses.of_fact(c)) for c in changes), key=_rank)
    texts = [_passage(c, uses.of_passage(c)) for c in passages]
    return {
        "version": VERSION,
        "study": new.study,
        "data_version": {"old": old.version, "new": new.version},
        "files": _files(old.files, new.files),
        "facts": facts,
        "tables": _tables(facts, {**old.titles, **new.titles}),
        "passages": texts,
        "documents": [_rows(path, pairs.get(path), old, new, facts, texts, before) for path in new.documents],
    }


class _Uses:
    """Where facts and passages are used: file and row, of the new version, else of the old one."""

    def __init__(self, old: Side, new: Side) -> None:
        sides = (old, new)
        self._shown = [{p: facts_of_rows(v.plan) for p, v in s.documents.items()} for s in sides]
        self._cited = [{p: passages_of_rows(v.plan) for p, v in s.documents.items()} for s in sides]

    def of_fact(self, change: FactChange) -> list[dict[str, Any]]:
        at, fact = (1, change.new) if change.new is not None else (0, change.old)
        return [] if fact is None else self._places(at, self._shown[at], fact.id)

    def of_passage(self, change: PassageChange) -> list[dict[str, Any]]:
        at, key = (1, change.new_key) if change.new_key else (0, change.old_key)
        return self._places(at, self._cited[at], key)

    def _places(self, at: int, known: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        return [
            {"file": path, "block": block_of(a), "row": a, "was": at == 0}
            for path, rows in known.items()
            for a in rows.get(key, ())
        ]


def _fact(change: FactChange, uses: list[dict[str, Any]]) -> dict[str, Any]:
    fact, old, new = change.fact, change.old, change.new
    return {
        "kind": change.kind, "display": fact.display, "row": list(fact.row), "arm": fact.arm, "statistic": fact.statistic,
        "population": fact.population, "window": fact.window, "old": _shown(old), "new": _shown(new),
        "old_n": old.n if old else None, "new_n": new.n if new else None, "ids": list(change.ids),
        "difference": _difference(old, new), "uses": uses,
    }  # fmt: skip


def _difference(old: Fact | None, new: Fact | None) -> str:
    """New less old, of the numbers as they are printed; "" where one is none or they are the same."""
    printed = [_PLAIN.fullmatch(_shown(f).strip().removesuffix("%")) for f in (old, new)]
    a, b = (Decimal(m[0]) if m else exact_number(f) for m, f in zip(printed, (old, new), strict=True))
    return "" if a is None or b is None or a == b else format(b - a, "+f")


def _shown(fact: Fact | None) -> str:
    return "" if fact is None else fact.formatted or fact.raw


def _rank(fact: dict[str, Any]) -> tuple[bool, bool, int]:
    """What documents show comes first, most used before; what is but named otherwise comes last."""
    return (fact["kind"] == NAMED, not fact["uses"], -len(fact["uses"]))


def _tables(facts: list[dict[str, Any]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Counts by table or dataset, those that documents use most first."""
    found: dict[str, dict[str, Any]] = {}
    for fact in facts:
        one = found.setdefault(
            fact["display"],
            {
                "display": fact["display"],
                "title": titles.get(fact["display"], ""),
                "changed": 0,
                "added": 0,
                "gone": 0,
                "used": 0,
            },
        )
        one[fact["kind"] if fact["kind"] in (ADDED, GONE) else "changed"] += 1
        one["used"] += bool(fact["uses"])
    return sorted(found.values(), key=lambda t: -int(t["used"]))


def _passage(change: PassageChange, uses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": change.kind, "file": change.file, "old": change.old, "new": change.new,
        "keys": [k for k in (change.old_key, change.new_key) if k], "uses": uses,
    }  # fmt: skip


def _files(old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, str]]:
    """Files by path: changed, added, gone; the same bytes under another name are the same file."""
    before, after = {p: d for d, p in old.items()}, {p: d for d, p in new.items()}
    found = [
        {"file": path, "kind": "changed" if path in before else "added", "old": before.get(path, ""), "new": digest}
        for path, digest in sorted(after.items())
        if digest not in old
    ]
    gone = [p for p, digest in sorted(before.items()) if digest not in new and p not in after]
    return found + [{"file": p, "kind": "gone", "old": before[p], "new": ""} for p in gone]


def _rows(
    path: str, pairs: Paired | None, old: Side, new: Side, facts: list[dict[str, Any]], passages: list[dict[str, Any]],
    before: Former | None,
) -> dict[str, Any]:  # fmt: skip
    """Rows of a document: how many of each kind, and every touched one with the changes that touch it."""
    plan = new.documents[path].plan
    earlier = old.documents[path].plan if path in old.documents else None
    was = _texts(earlier)
    by_row: dict[str, dict[str, list[int]]] = defaultdict(lambda: {"facts": [], "passages": []})
    for name, several in (("facts", facts), ("passages", passages)):
        for number, one in enumerate(several):
            for use in one["uses"]:
                if use["file"] == path and not use["was"]:
                    by_row[use["row"]][name].append(number)
    kinds = {p.new: p for p in pairs.rows} if pairs else {}
    edited = (
        {a: u.editor for a, u in before.documents[path].rows.items() if u.editor}
        if before and path in before.documents
        else {}
    )
    touched: list[dict[str, Any]] = []
    counted: dict[str, int] = {"rows": 0, "same": 0, "values": 0, "words": 0, "new": 0}
    for block, row in plan.rows():
        pair = kinds.get(row.address)
        kind = pair.kind if pair else NEW
        counted["rows"] += 1
        counted[kind] += 1
        if kind == SAME:
            continue
        former_row = pair.old if pair else None
        touched.append(
            {
                "row": row.address, "was": former_row or "", "block": block.id,
                "heading": f"{block.number} {block.heading}".strip() or block.id, "kind": kind, "table": row.kind is BlockKind.TABLE,
                "old": was.get(former_row, "") if former_row else "", "new": plain_text(row.text, equiv=True),
                "edited_by": edited.get(former_row, "") if former_row else "", **by_row[row.address],
            }
        )  # fmt: skip
    gone = [{"row": a, "block": block_of(a), "old": was.get(a, "")} for a in (pairs.gone if pairs else ())]
    return {
        "file": path, "counted": {**counted, "gone": len(gone)}, "touched": touched, "gone": gone,
        "pairs": [[p.new, p.old or "", p.kind] for p in pairs.rows] if pairs else [],
        "comments": _comments(before.documents.get(path) if before else None, pairs, was),
    }  # fmt: skip


def _comments(before: FormerDocument | None, pairs: Paired | None, was: Mapping[Address, str]) -> dict[str, Any]:
    """How many comments go with their rows, how many questions among them are open, and those whose rows are gone."""
    said = before.comments if before is not None else ()
    if before is None or not said:
        return {"carried": 0, "questions": 0, "left": []}
    rows = {u.segment: a for a, u in before.rows.items()}
    kept = {p.old for p in pairs.rows if p.old} if pairs else set()
    gone = [c for c in said if rows[SegmentId(c.segment)] not in kept]
    left = [
        {"block": block_of(a), "old": was.get(a, ""), "user": c.user, "text": c.text, "question": c.open}
        for c in gone if (a := rows[SegmentId(c.segment)])
    ]  # fmt: skip
    return {"carried": len(said) - len(gone), "questions": sum(c.open for c in said if c not in gone), "left": left}


def _texts(plan: Plan | None) -> dict[Address, str]:
    return {r.address: plain_text(r.text, equiv=True) for _, r in plan.rows()} if plan is not None else {}
