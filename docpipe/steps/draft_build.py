"""Assemble and verify for drafts: the texts as they stand become a Word document and its trace. Imports writing and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from docpipe.errors import OfficeFailed, VerifyFailed
from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import canonical_json
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedTable
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, Placeholder
from docpipe.model.plan_codec import plan_bytes
from docpipe.model.segment import OriginKind, Segment, SegmentId, Unit
from docpipe.safe.office import find_office, to_pdf
from docpipe.steps.draft_book import DraftBook, draft_of, texts_of
from docpipe.steps.draft_checks import accepted_gaps, final_texts
from docpipe.steps.draft_orders import MEDIA_TYPE, PREVIOUS, TEMPLATE
from docpipe.steps.draft_previous import previous_bytes
from docpipe.steps.draft_previous import word_called as _called
from docpipe.steps.faces import DRAFT
from docpipe.steps.house import House, record
from docpipe.steps.preview_cache import WORK
from docpipe.steps.word_child import dump_texts
from docpipe.steps.work import Work
from docpipe.store import findings, generations, units
from docpipe.writing.amended import amended
from docpipe.writing.trace import trace

__all__ = ["MEDIA_TYPE", "Standing", "build", "face_of_draft", "trace_bytes", "trace_name", "trace_of", "verify"]


def face_of_draft(batch: Batch, *, preview: bool = False) -> str:
    """The words on a draft's face; "" for what people approved."""
    return DRAFT if preview or batch.recipe.review == "none" else ""


class Standing:
    """A draft as its rows stand: book, segments, units, and the texts and tables as the document shows them.

    ``rows``: the rows' own texts; ``tables``: by row, as planned and as amended.
    """

    def __init__(self, house: House, document: Document) -> None:
        planned = draft_of(house, document)
        self.extraction, self.path = document.extraction, document.path
        with house.store.read() as session:
            self.segments: list[Segment] = units.segments(session, document.id)
            self.current: dict[SegmentId, Unit] = units.units(session, document.id)
            self.accepted = accepted_gaps(session, document)
        self.rows: dict[Address, CodedText] = texts_of(self.segments, self.current)
        plan, texts = amended(planned.plan, self.rows)
        self.book: DraftBook = replace(planned, plan=plan)
        self.texts = final_texts(self.book, texts, self.accepted)
        self._planned = planned.plan

    @property
    def tables(self) -> dict[Address, tuple[PlannedTable, PlannedTable]]:
        """Tables by row: as planned, and as they stand."""
        first, now = ({t.key: t for t in plan.tables} for plan in (self._planned, self.book.plan))
        codes = (
            (row.address, row.text[0]) for _, row in self._planned.rows() if row.kind is BlockKind.TABLE and row.text
        )
        keys = [(a, c.data) for a, c in codes if isinstance(c, Placeholder) and c.data in first]
        return {a: (first[key], now[key]) for a, key in keys}

    @property
    def answered(self) -> dict[Address, str]:
        """Who answers for the words of a row: whoever wrote it, or accepted its gap."""
        by_hand = {
            s.address: self.current[s.id].editor
            for s in self.segments
            if self.current[s.id].editor and self.current[s.id].origin.kind is OriginKind.HUMAN
        }
        return by_hand | {a: who for a, (_, who) in self.accepted.items()}


def build(house: House, batch: Batch, document: Document, *, preview: bool = False) -> bytes:
    """The document as its rows stand now. A final one has the page numbers of its lists where LibreOffice can lay it out."""
    now = Standing(house, document)
    facts = now.book.facts.to_json().encode("utf-8", "surrogatepass")
    args = (plan_bytes(now.book.plan), dump_texts(now.texts), facts)
    options = word_options(house, batch, now, preview=preview)
    written = bytes(_called(house, "write", (*args, options)))
    if preview or options.get("previous") or not (program := find_office(house.settings.office)):
        return written
    pages = _pages(house, document, program, written, (*args, options))
    return bytes(_called(house, "write", (*args, options | {"pages": pages}))) if pages else written


def word_options(house: House, batch: Batch, now: Standing, *, preview: bool) -> dict[str, Any]:
    """How the document is written: the fields of ``WordOptions``."""
    plan = now.book.plan
    options: dict[str, Any] = {
        "template": next((house.store.blobs.get(a.sha256) for a in batch.recipe.assets if a.kind == TEMPLATE), None),
        "face": face_of_draft(batch, preview=preview), "study": plan.study, "version": plan.data_version[:12],
        "figures": pictures_of(house, plan, now.book.figures),
    }  # fmt: skip
    if (previous := previous_bytes(house, batch, now.path)) is not None:
        options["previous"] = previous
        options["changed_at"] = batch.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    return options


def pictures_of(house: House, plan: Plan, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The figures that a plan carries, by their digests."""
    carried = {code.data for _, row in plan.rows() for code in row.text if isinstance(code, Placeholder)}
    return {
        digest: {
            "data": house.store.blobs.get(digest), "media_type": figure["media_type"], "width": figure["width"],
            "height": figure["height"], "dpi": tuple(figure["dpi"]), "alt": figure.get("alt", ""),
            "wide": figure.get("wide", False),
        }
        for digest, figure in figures.items() if digest in carried
    }  # fmt: skip


def _pages(house: House, document: Document, program: str, written: bytes, args: tuple[Any, ...]) -> dict[str, int]:
    """Pages of headings and captions as LibreOffice lays the document out; empty where it cannot."""
    settings = house.settings
    safe = bytes(_called(house, "disarmed", (written,)))
    try:
        pdf = to_pdf(program, safe, ".docx", seconds=settings.office_seconds, work=settings.home / "previews" / WORK)
    except OfficeFailed as error:
        record("draft.pages_unknown", document=document.id, reason=str(error.details.get("reason", "")))
        return {}
    return dict(_called(house, "pages_in", (pdf, *args)))


def verify(house: House, job: Work) -> None:
    """Reads the Word document back, compares it with what was approved, and sees that every sentence and every number has a source.

    The numbers are counted by code that shares nothing with what drafts. Raises ``VerifyFailed``; an unreviewed draft may hold
    sentences and numbers without a source, which its findings name.
    """
    document = job.document
    now = Standing(house, document)
    plan, facts = plan_bytes(now.book.plan), now.book.facts.to_json().encode("utf-8", "surrogatepass")
    output = house.store.blobs.get(document.output)
    args = (output, plan, dump_texts(now.texts), facts)
    differences = [str(d) for d in _called(house, "verify", args)]
    if job.batch.recipe.review != "none":
        bare = [e for e in _trace(now) if not e["sources"]]
        differences += [f"A sentence of block {e['block']} has no source ({e['address']})." for e in bare]
    differences += _counted(house, job, now, output, facts)
    if differences:
        with house.store.write() as session:
            found = [Finding("verify.differs", Severity.CRITICAL, d) for d in differences[:50]]
            findings.add(session, document.id, "", found)
        raise VerifyFailed(
            f"The result differs from what was approved in {len(differences)} places.", document=document.id
        )
    job.tally.pages = document.pages


def _counted(house: House, job: Work, now: Standing, output: bytes, facts: bytes) -> list[str]:
    """The independent counter and the checks of the file: kept with the generation records; of a reviewed document, what stops it."""
    final = job.batch.recipe.review != "none" and not any(a.kind == PREVIOUS for a in job.batch.recipe.assets)
    args = (output, trace_bytes(_trace(now)), facts, list(now.book.plan.constants), final, job.document.path)
    told = dict(_called(house, "counted", args))
    kept = {k: told[k] for k in ("numbers", "bound", "allowed")} | {"unbound": len(told["unbound"])}
    with house.store.write() as session:
        generations.add(session, job.document.id, COUNTED, kept, house.now())
    if job.batch.recipe.review == "none":
        return []
    wrong = [f"A number in {u['place']} is bound to no fact." for u in told["unbound"]]
    return wrong + [f"{check}: {message}" for check, severity, message in told["file"] if severity == "critical"]


COUNTED = "counted numbers"
"""Block name of the record of the independent counter."""


def _trace(now: Standing) -> list[dict[str, Any]]:
    book = now.book
    key = (now.extraction, *((u.segment, u.revision) for u in now.current.values()), *sorted(now.accepted.items()))
    found = _TRACES.get(key)
    if found is None:
        found = trace(
            book.plan, now.texts, book.facts, book.files, book.sentences, displays=book.displays, standing=now.answered
        )
        while len(_TRACES) >= KEPT:
            _TRACES.pop(next(iter(_TRACES)), None)
        _TRACES[key] = found
    return found


_TRACES: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
KEPT = 8


def trace_of(house: House, document: Document) -> list[dict[str, Any]]:
    """The trace of a document as it stands; the last few are kept."""
    return _trace(Standing(house, document))


def trace_bytes(entries: list[dict[str, Any]]) -> bytes:
    """One JSON array, an entry a line."""
    lines = ",\n".join(canonical_json(e) for e in entries)
    return f"[\n{lines}\n]\n".encode("utf-8", "surrogatepass")


def trace_name(path: str) -> str:
    """``csr.trace.json`` beside ``csr.docx``."""
    return path.removesuffix(".docx") + ".trace.json"
