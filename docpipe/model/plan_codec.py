"""Plans of drafts as JSON and back: equal plans give equal bytes. Imports the core only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from docpipe.model.canonical import Digest, canonical_json
from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable, TableRow, Unused
from docpipe.model.inline import CodedText
from docpipe.model.source import Place

FORM = 1


def plan_bytes(plan: Plan) -> bytes:
    """The plan as canonical JSON."""
    return canonical_json({"form": FORM, **_plan(plan)}).encode("utf-8", "surrogatepass")


def plan_from(stored: bytes) -> Plan:
    """The plan that ``plan_bytes`` wrote. Raises ``KeyError``, ``ValueError`` for anything else."""
    given = json.loads(stored.decode("utf-8", "surrogatepass"))
    return Plan(
        type=given["type"],
        type_digest=Digest(given["type_digest"]),
        title=given["title"],
        language=given["language"],
        study=given["study"],
        data_version=given["data_version"],
        blocks=tuple(map(_block_from, given["blocks"])),
        tables=tuple(map(_table_from, given["tables"])),
        unused=tuple(Unused(*u) for u in given["unused"]),
        abbreviations=_pairs(given["abbreviations"]),
        constants=tuple(given["constants"]),
        header=_pairs(given["header"]),
        arms=tuple(given["arms"]),
    )


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "type": plan.type, "type_digest": plan.type_digest, "title": plan.title, "language": plan.language,
        "study": plan.study, "data_version": plan.data_version, "blocks": [_block(b) for b in plan.blocks],
        "tables": [_table(t) for t in plan.tables], "unused": [[u.display, u.title, u.reason] for u in plan.unused],
        "abbreviations": [list(p) for p in plan.abbreviations], "constants": list(plan.constants),
        "header": [list(p) for p in plan.header], "arms": list(plan.arms),
    }  # fmt: skip


def _block(b: PlannedBlock) -> dict[str, Any]:
    return {
        "id": b.id, "number": b.number, "heading": b.heading, "level": b.level, "fate": b.fate.value,
        "rows": [_row(r) for r in b.rows], "instruction": b.instruction, "style": b.style, "inputs": list(b.inputs),
        "checks_off": list(b.checks_off), "displays": list(b.displays), "disclosure": b.disclosure, "reason": b.reason,
        **({"code": b.code} if b.code else {}),
        **({"ground": _texts(b.ground)} if b.ground else {}),
    }  # fmt: skip


def _block_from(b: dict[str, Any]) -> PlannedBlock:
    fields = dict(b)
    fields["fate"] = Fate(b["fate"])
    fields["rows"] = tuple(map(_row_from, b["rows"]))
    for name in ("inputs", "checks_off", "displays"):
        fields[name] = tuple(b[name])
    fields["ground"] = _coded(b.get("ground", []))
    return PlannedBlock(**fields)


def _row(r: PlannedRow) -> list[Any]:
    passages = [[p.sha256, p.locator] for p in r.passages]
    return [r.address, r.kind.value, dump_coded(r.text), r.level, passages, r.fixed, r.gap]


def _row_from(r: list[Any]) -> PlannedRow:
    address, kind, text, level, passages, fixed, gap = r
    places = tuple(Place(Digest(d), locator) for d, locator in passages)
    return PlannedRow(Address(address), BlockKind(kind), load_coded(text), level, places, fixed, gap)


def _table(t: PlannedTable) -> dict[str, Any]:
    rows = [[_texts(r.cells), r.depth, r.head] for r in t.rows]
    return {
        "key": t.key, "caption": dump_coded(t.caption), "columns": _texts(t.columns), "rows": rows,
        "notes": _texts(t.notes), "displays": list(t.displays), "lead": t.lead,
    }  # fmt: skip


def _table_from(t: dict[str, Any]) -> PlannedTable:
    rows = tuple(TableRow(_coded(cells), depth, head) for cells, depth, head in t["rows"])
    return PlannedTable(
        t["key"],
        load_coded(t["caption"]),
        _coded(t["columns"]),
        rows,
        _coded(t["notes"]),
        tuple(t["displays"]),
        t.get("lead", 0),
    )


def _texts(several: Sequence[CodedText]) -> list[Any]:
    return [dump_coded(c) for c in several]


def _coded(several: list[Any]) -> tuple[CodedText, ...]:
    return tuple(load_coded(c) for c in several)


def _pairs(given: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(a), str(b)) for a, b in given)
