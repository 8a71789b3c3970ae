"""A row as pages and the JSON API show it: the typed object and how it is made from the store. Imports store and the core.

Wire text is what ``to_wire`` gives; spans of findings count in ``source_plain`` and ``target_plain``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from docpipe.accounts.roles import User
from docpipe.llm.second_look import TITLES
from docpipe.model.batch import Batch
from docpipe.model.draft import row_codes
from docpipe.model.inline import Close, CodedText, Open, Placeholder, code_faults, codes_of, spaced_text, to_wire
from docpipe.model.routing import routed
from docpipe.model.segment import OriginKind, Segment, Unit
from docpipe.registry import checks
from docpipe.steps.answered import CAME_AGAIN
from docpipe.steps.answered import CHECK as FALLBACK
from docpipe.steps.check import merged
from docpipe.steps.layout import OVERFLOW, TITLE
from docpipe.steps.terms import TWO_WAYS
from docpipe.store import comments, drafts, efforts, findings, sections
from docpipe.store.findings import StoredFinding
from docpipe.store.grid import GridRow


class CodeObject(TypedDict):
    """A code of the source. ``code``: as in wire text; ``kind``: open, close or point; ``label``: what it stands for.

    ``native_hint``: what a person would see there. ``deletable``: it may be missing, ``cloneable``: it may stand more than once,
    ``isolated``: its partner lies in another row.
    """

    code: str
    label: str
    kind: str
    native_hint: str
    deletable: bool
    cloneable: bool
    isolated: bool


class OriginObject(TypedDict):
    """Where the target came from; ``percent`` of a match, ``model`` and ``prompt`` of a model's."""

    kind: str
    detail: str
    percent: int | None
    model: str
    prompt: str
    at: str | None


class FindingObject(TypedDict):
    """What a check said of the row, open or dismissed."""

    id: str
    check: str
    title: str
    severity: str
    message: str
    source_span: tuple[int, int] | None
    target_span: tuple[int, int] | None
    suggestion: str
    disposition: str
    dismissed_by: str
    reason: str


class DraftObject(TypedDict):
    """What the person typed here and has not saved."""

    target: str
    revision: int
    at: str


class RowObject(TypedDict):
    """One row of the grid. Times are ISO 8601 in UTC."""

    document: str
    segment: str
    position: int
    ordinal: int
    number: int
    kind: str
    heading: str
    words: int
    source: str
    source_plain: str
    target: str
    target_plain: str
    status: str
    origin: OriginObject
    revision: int
    editor: str
    approver: str
    needs_person: str
    route: str
    displayed: bool
    changed_since: bool
    saved_at: str | None
    saved_by: str
    codes: list[CodeObject]
    missing_codes: list[str]
    findings: list[FindingObject]
    open_comments: int
    open_questions: int
    draft: DraftObject | None


def code_objects(source: CodedText) -> list[CodeObject]:
    """The codes of a text in its order, for chips."""
    opened = {code.id: code for code in codes_of(source) if isinstance(code, Open)}
    found: list[CodeObject] = []

    def add(tag: str, shape: str, label: str, hint: str, rules: Open | Placeholder | None, isolated: bool) -> None:
        found.append(
            {
                "code": tag, "label": label, "kind": shape, "native_hint": hint,
                "deletable": rules is not None and rules.deletable, "cloneable": rules is not None and rules.cloneable,
                "isolated": isolated,
            }
        )  # fmt: skip

    for code in codes_of(source):
        match code:
            case Open(id=n, kind=kind):
                add(f"<{n}>", "open", kind, kind, code, code.isolated)
            case Close(id=n):
                partner = opened.get(n)
                kind = partner.kind if partner else ""
                add(f"</{n}>", "close", kind, kind, partner, code.isolated)
            case Placeholder(id=n, kind=kind, equiv=equiv):
                add(f"<{n}/>", "point", kind, equiv or kind, code, False)
    return found


def origin_object(unit: Unit, at: datetime | None) -> OriginObject:
    """The origin, its detail taken apart as the steps wrote it."""
    kind, detail = unit.origin.kind, unit.origin.detail
    percent = int(detail) if detail.isdecimal() and kind is not OriginKind.HUMAN else None
    prompt = model = ""
    if kind is OriginKind.MODEL and not merged(unit) and detail.count(" ") >= 2:
        name, digest, model = detail.split(" ", 2)
        prompt = f"{name} {digest}"
    return {
        "kind": kind.value, "detail": detail, "percent": percent, "model": model, "prompt": prompt, "at": _iso(at),
    }  # fmt: skip


def finding_object(f: StoredFinding) -> FindingObject:
    """A stored finding."""
    return {
        "id": f.id, "check": f.check, "title": titles().get(f.check, f.check), "severity": f.severity.value,
        "message": f.message, "source_span": f.source_span, "target_span": f.target_span, "suggestion": f.suggestion,
        "disposition": f.disposition.value, "dismissed_by": f.dismissed_by, "reason": f.reason,
    }  # fmt: skip


def titles() -> dict[str, str]:
    """Short titles of the checks by id."""
    others = {
        TWO_WAYS: "Term rendered in two ways", FALLBACK: "Another model answered",
        CAME_AGAIN: "The model was asked again and kept to its answer", OVERFLOW: TITLE,
    }  # fmt: skip
    return {check.id: check.title for check in checks()} | TITLES | others


def missing_codes(source: Segment, unit: Unit) -> list[str]:
    """The source's codes that the target lacks, in the source's order."""
    gone = {fault.tag for fault in code_faults(source.source, unit.target) if fault.kind == "missing"}
    return [code["code"] for code in code_objects(source.source) if code["code"] in gone]


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows of a document need to become objects: batch, who looks, when the document was last decided about."""

    batch: Batch
    user: User | None
    decided: datetime | None


def row_objects(s: Any, document: str, rows: Sequence[GridRow], setting: Setting) -> list[RowObject]:
    """The objects of some rows of one document."""
    ids = [row.segment.id for row in rows]
    said = findings.of_rows(s, document, ids)
    talk = comments.counts(s, document, ids)
    seen = efforts.displayed(s, document, ids)
    typed = drafts.of_rows(s, setting.user.name, document, ids) if setting.user else {}
    heads = sections.paths(s, document, [row.position for row in rows])
    out: list[RowObject] = []
    for row in rows:
        segment, unit = row.segment, row.unit
        found = said.get(segment.id, [])
        has_open = any(f.disposition.value == "open" for f in found)
        draft = typed.get(segment.id)
        out.append(
            {
                "document": document, "segment": segment.id, "position": row.position, "ordinal": segment.ordinal,
                "number": row.position + 1, "kind": segment.kind.value, "heading": heads[row.position],
                "words": row.words, "source": to_wire(segment.source), "source_plain": spaced_text(segment.source),
                "target": to_wire(unit.target), "target_plain": spaced_text(unit.target), "status": unit.status.value,
                "origin": origin_object(unit, row.at), "revision": unit.revision, "editor": unit.editor,
                "approver": unit.approver, "needs_person": unit.needs_person,
                "route": routed(setting.batch.recipe.gate, document, unit, has_open).value,
                "displayed": segment.id in seen,
                "changed_since": bool(setting.decided and row.at and row.at > setting.decided),
                "saved_at": _iso(row.at), "saved_by": row.actor, "codes": code_objects(row_codes(segment.source, unit.target)),
                "missing_codes": missing_codes(segment, unit), "findings": [finding_object(f) for f in found],
                "open_comments": talk.get(segment.id, (0, 0))[0], "open_questions": talk.get(segment.id, (0, 0))[1],
                "draft": None if draft is None else {"target": draft.target, "revision": draft.revision, "at": draft.at.isoformat()},
            }
        )  # fmt: skip
    return out


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
