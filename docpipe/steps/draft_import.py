"""Drafts that come back from Word: every difference from what was written, as a plan that a person takes or leaves. Imports safe and store.

Tracked changes count as accepted. Nothing that a reviewer did is lost: what cannot be taken is in the plan with its words and the reason.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from docpipe.accounts.roles import User
from docpipe.errors import AssetMalformed, BrokenRow, DocpipeError, StaleRow, UnknownName
from docpipe.exports.bilingual import TrackedChange
from docpipe.model.batch import Batch, Document
from docpipe.model.codec import load_coded
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import PlannedRow, row_codes
from docpipe.model.inline import CodedText, Text, codes_of, merge_text, plain_text, text_digest
from docpipe.model.segment import Segment
from docpipe.safe.child import call
from docpipe.steps.desk import under_review
from docpipe.steps.draft_build import Standing, build
from docpipe.steps.exchange_plan import Plan, PlannedComment, RefusedRow, Upload
from docpipe.steps.exchange_plan import PlannedRow as ChangedRow
from docpipe.steps.house import House
from docpipe.store import batches, comments, documents
from docpipe.writing import amended

FORMAT = "word"
_ADDED, _DELETED, _MOVED, _PICTURE = "review.added", "review.deleted", "review.moved", "review.picture"
_WORDS = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)


@dataclass(frozen=True, slots=True)
class Cell:
    """A change in a table: see ``docpipe.writing.word.cells.ChangedCell``. ``was`` and ``now`` as they are read."""

    op: str
    row: int
    column: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A row as it came back. ``after``: of a paragraph that somebody added, the row before it. ``comments``, ``tracked``: author, time, text."""

    address: Address
    kind: str
    text: CodedText
    written: CodedText
    changed: bool
    missing: bool
    after: Address
    shown: str
    comments: tuple[tuple[str, str, str], ...]
    tracked: tuple[tuple[str, str, str], ...]
    cells: tuple[Cell, ...]


def planned(house: House, upload: Upload, user: User, batch_id: str) -> Plan | None:
    """What taking a Word document of a drafting batch would change; None where the file is none (or the batch translates)."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
    if not batch.recipe.drafts or upload.data[:2] != b"PK":
        return None
    try:
        rows, whole = _read(house, upload.data, b"")
    except AssetMalformed:
        return None  # another kind of file: whoever reads those says what is wrong
    except DocpipeError as error:
        return Plan(upload.name, FORMAT, error=error)
    try:
        document = _document(found, upload.name)
        under_review(document)
        if not whole:
            rows, _ = _read(house, upload.data, build(house, batch, document, preview=True))
        now = Standing(house, document)
        if not any(r.address in now.rows and not r.missing for r in rows):
            raise AssetMalformed(f"{upload.name} is no copy of {document.path}: it holds none of its rows.")
    except DocpipeError as error:
        return Plan(upload.name, FORMAT, error=error)
    taking = _Taking(now, user)
    taking.all(rows)
    with house.store.read() as session:
        there = {(c.segment, c.text) for c in comments.listing(session, document.id)}
    said = tuple(c for c in taking.comments if not {(c.segment, c.text), (c.segment, c.kept(FORMAT))} & there)
    return Plan(
        upload.name, FORMAT, document.id, batch.id, document.path, _language(batch), tuple(taking.changes()), taking.unchanged,
        tuple(taking.refused), said, sum(bool(r.comments) for r in rows if r.address not in now.rows),
    )  # fmt: skip


def _language(batch: Batch) -> str:
    return batch.recipe.target_language


def _read(house: House, data: bytes, original: bytes) -> tuple[list[ReadBack], bool]:
    """Rows, and whether the file knows what was written. Raises what hostile files raise, ``AssetMalformed`` for other documents."""
    limits = {"seconds": house.settings.child_seconds, "memory": house.settings.child_memory_mb << 20}
    told = json.loads(bytes(call("docpipe.steps.word_child:rows_in", (data, original), **limits)))
    return [_row(r) for r in told["rows"]], bool(told["whole"])


def _row(given: dict[str, Any]) -> ReadBack:
    fields = dict(given)
    fields["text"], fields["written"] = (load_coded(list(given[n])) for n in ("text", "written"))
    fields["comments"], fields["tracked"] = (tuple(tuple(c) for c in given[n]) for n in ("comments", "tracked"))
    fields["cells"] = tuple(Cell(*c) for c in given["cells"])
    return ReadBack(**fields)


def _document(found: list[Document], name: str) -> Document:
    base = name.rpartition("/")[2]
    fitting = [d for d in found if d.path == base] or (found if len(found) == 1 else [])
    if not fitting:
        raise UnknownName("No document of the batch has this file's name.", name=base[:80])
    return fitting[0]


@dataclass(slots=True)
class _Taking:
    """What can be taken of a document, row by row."""

    now: Standing
    user: User
    texts: dict[Address, CodedText] = field(default_factory=dict)
    tracked: dict[Address, list[TrackedChange]] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)
    comments: list[PlannedComment] = field(default_factory=list)
    unchanged: int = 0
    _segments: dict[Address, Segment] = field(default_factory=dict)
    _places: dict[Address, int] = field(default_factory=dict)
    _planned: dict[Address, PlannedRow] = field(default_factory=dict)

    def all(self, rows: Sequence[ReadBack]) -> None:
        """Takes every row in; rows first, then what was added beside them."""
        self._segments = {s.address: s for s in self.now.segments}
        self._places = {s.address: n for n, s in enumerate(self.now.segments, 1)}
        self._planned = {r.address: r for _, r in self.now.book.plan.rows()}
        known = [r for r in rows if r.address in self._segments]
        for row in known:
            self._row(row)
        for row in rows:
            if row.address not in self._segments and not row.missing:
                self._added(row)
        for row in _moved([r for r in known if not r.missing], self._places):
            self._refuse(
                row.address,
                _MOVED,
                "The paragraph stands elsewhere in Word: rows keep their place in the plan.",
                row.shown,
            )

    def changes(self) -> Iterable[ChangedRow]:
        """The rows that would change, in the document's order."""
        for address in sorted(self.texts, key=self._places.__getitem__):
            unit, text = self.now.current[self._segments[address].id], self.texts[address]
            yield ChangedRow(
                unit.segment, self._places[address], unit.revision, unit.status.value,
                plain_text(self.now.rows[address], equiv=True), plain_text(text, equiv=True), text,
                tuple(self.tracked.get(address, ())),
            )  # fmt: skip

    # ------------------------------------------------------------ rows

    def _row(self, row: ReadBack) -> None:
        segment = self._segments[row.address]
        author = {self.user.name, self.user.printed_name}
        self.comments += [
            PlannedComment(segment.id, self._places[row.address], "" if who in author else who, said)
            for who, _, said in row.comments
        ]
        if row.missing or (
            row.changed and row.kind not in ("table", "figure") and not plain_text(row.text, equiv=True).strip()
        ):
            said = "The paragraph was deleted in Word. It stays here: empty the row on the page, or send it back with a reason."
            self._refuse(row.address, _DELETED, said)
        elif row.kind == "figure" and row.changed:
            self._refuse(
                row.address,
                _PICTURE,
                "The picture was changed in Word: figures are carried over as the sources have them.",
            )
        elif row.kind == "table":
            self._cells(row)
        elif not row.changed:
            self.unchanged += 1
        elif (error := self._fault(row)) is not None:
            self._refuse(row.address, error.code, error.message, row.shown)
        elif row.text == self.now.rows[row.address]:
            self.unchanged += 1
        else:
            self._take(row, row.address, row.text)

    def _fault(self, row: ReadBack) -> DocpipeError | None:
        """Why an edit of a row cannot be taken; None where it can."""
        segment, here = self._segments[row.address], self.now.rows[row.address]
        if row.written and text_digest(row.written) not in (
            text_digest(self.now.texts[row.address]),
            text_digest(here),
        ):
            return (
                None
                if row.text == here
                else StaleRow("The row was changed since this document was written.", segment=segment.id)
            )
        known = {(type(c), c.id) for c in codes_of(row_codes(segment.source, here))}
        if any((type(c), c.id) not in known for c in codes_of(row.text)):
            return BrokenRow("The row holds a value that is not its own.")
        return None

    def _take(self, row: ReadBack, address: Address, text: CodedText) -> None:
        self.texts[address] = text
        self.tracked.setdefault(address, []).extend(TrackedChange(who, at) for who, at, _ in row.tracked)

    def _refuse(self, address: Address, code: str, message: str, yours: str = "") -> None:
        segment = self._segments[address]
        now = plain_text(self.now.texts[address], equiv=True)
        self.refused.append(RefusedRow(segment.id, self._places[address], code, message, now, yours))

    # ------------------------------------------------------------ tables

    def _cells(self, row: ReadBack) -> None:
        planned, table = self.now.tables.get(row.address, (None, None))
        taken: dict[amended.Place, str] = {}
        for cell in row.cells:
            place = (cell.row, cell.column)
            if planned is None or table is None:
                why, code, now = "The table is not in the plan.", BrokenRow.code, cell.was
            elif cell.op == "note":
                why, code, now = (
                    f"Line {cell.row} below it was changed: notes come from the document type and the sources.",
                    BrokenRow.code,
                    cell.was,
                )
            elif cell.op != "changed":
                why = f"A row was {cell.op} {'after' if cell.op == 'added' else 'at'} row {cell.row}: rows are made from the sources."
                code, now = BrokenRow.code, cell.was
            else:
                now = plain_text(amended.cell_of(table, place) or (), equiv=True)
                if now == cell.now:
                    continue
                why = amended.fault_of(planned, place, cell.now)
                code = BrokenRow.code
                if not why and now != cell.was:
                    why, code = "The cell was changed since this document was written.", StaleRow.code
            if why:
                said = f"{amended.said(place)} of the table: {why}" if cell.column else f"Table: {why}"
                segment = self._segments[row.address]
                self.refused.append(RefusedRow(segment.id, self._places[row.address], code, said, now, cell.now))
            else:
                taken[place] = cell.now
        if taken and planned is not None:
            self._take(row, row.address, amended.with_amendments(self.now.rows[row.address], taken, planned))
        self.unchanged += not row.cells

    # ------------------------------------------------------------ what was added

    def _added(self, row: ReadBack) -> None:
        """A paragraph that a person added becomes a line of the row beside it, as this person's words."""
        said = " ".join(plain_text(row.text, equiv=True).split())
        address, ahead = self._beside(row.after)
        if address is None:
            where = self._segments.get(row.after)
            message = "A paragraph was added where the plan has no paragraph that could take it: write it into a row of its section."
            number = self._places.get(row.after, 0)
            self.refused.append(RefusedRow(where.id if where else "", number, _ADDED, message, "", said))  # type: ignore[arg-type]
            return
        text = self.texts.get(address, self.now.rows[address])
        if said in plain_text(text, equiv=True).split("\n"):
            self.unchanged += 1
            return
        line = (Text(f"{said}\n"), *text) if ahead else (*text, Text(f"\n{said}"))
        self._take(row, address, merge_text(line))

    def _beside(self, after: Address) -> tuple[Address | None, bool]:
        """The row of the section that takes a paragraph added after another row, and whether it goes ahead of it."""
        order = [s.address for s in self.now.segments]
        at = order.index(after) if after in self._segments else 0
        block = (order[at] if order else "").rpartition("/")[0]
        own = [a for a in order if a.rpartition("/")[0] == block]
        words = [a for a in own if self._planned[a].kind in _WORDS]
        full = [a for a in words if not self._planned[a].gap]
        if after in full:
            return after, False
        here = own.index(after) if after in own else -1
        following = next((a for a in own[here + 1 : here + 2] if a in full), None)
        if following is not None:
            return following, True
        before = [a for a in full if own.index(a) < here]
        if before:
            return before[-1], False
        return (words[0], False) if words else (None, False)


def _moved(rows: Sequence[ReadBack], places: dict[Address, int]) -> list[ReadBack]:
    """Rows that do not stand in the plan's order: those outside the longest run that does."""
    ends: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for n, row in enumerate(rows):
        at = bisect_left(ends, places[row.address])
        before.append(chain[at - 1] if at else -1)
        ends[at : at + 1] = [places[row.address]]
        chain[at : at + 1] = [n]
    kept: set[int] = set()
    n = chain[-1] if chain else -1
    while n >= 0:
        kept.add(n)
        n = before[n]
    return [row for n, row in enumerate(rows) if n not in kept]
