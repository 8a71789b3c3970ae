"""Which rows of a plan are others in the next version of their document, and which are the same whatever their numbers. Pure; imports the core and its room.

Two rows are the same where kind, words, values and what they are about, tables, and words of the cited passages are. Ids of facts, places of
passages, row numbers and file digests may differ: they do whenever anything else in a file does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from docpipe.model import draft
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedRow, PlannedTable
from docpipe.model.fact import Fact, FactId
from docpipe.model.inline import CodedText, Placeholder, Text, plain_text
from docpipe.writing.changes.facts import QUOTED, identity, value_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.word.changes import alike

SAME, VALUES, WORDS, NEW = "same", "values", "words", "new"
"""What became of a row: ``values``: other values in the same words; ``words``: other words, tables or passages."""


@dataclass(frozen=True, slots=True)
class Version:
    """A document in one version: its plan, its facts, and the words of its passages by ``sha256|locator``."""

    plan: Plan
    facts: FactStore
    passages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row of the new version with its former self, if it had one. ``kind``: see above."""

    new: Address
    old: Address | None
    kind: str


@dataclass(frozen=True, slots=True)
class Paired:
    """Every row of the new version, and the rows that it has no more."""

    rows: tuple[RowPair, ...]
    gone: tuple[Address, ...]


class Essence:
    """What rows of a version say, apart from ids and places."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._tables = {t.key: t for t in version.plan.tables}
        self._known: dict[Address, Digest] = {}

    def of(self, row: PlannedRow) -> Digest:
        """Equal for rows that say the same of the same."""
        found = self._known.get(row.address)
        if found is None:
            said = self._text(row.text, values=True)
            parts = [row.kind.value, row.level, row.fixed, row.gap, said, self._cited(row)]
            found = self._known[row.address] = digest_of(parts)
        return found

    def frame(self, row: PlannedRow) -> Digest:
        """Equal for rows that differ in values alone."""
        return digest_of([row.kind.value, row.level, self._text(row.text, values=False), self._cited(row)])

    def _cited(self, row: PlannedRow) -> list[str]:
        return sorted(self._passage(p.sha256, p.locator) for p in row.passages)

    def _text(self, text: CodedText, *, values: bool) -> list[object]:
        return [part.text if isinstance(part, Text) else self.code(part, values=values) for part in text]

    def code(self, part: object, *, values: bool = False) -> list[object]:
        """What a code stands for."""
        if not isinstance(part, Placeholder):
            return []
        if part.kind == draft.TABLE:
            return ["table", part.data, self._table(self._tables[part.data], values=values)]
        if part.kind == draft.FACT:
            name, _, style = part.data.partition(":")
            found = self._version.facts.versions(FactId(name))
            about: object = "quoted" if found and found[0].statistic == QUOTED else _about(found)
            said = [part.equiv, sorted(repr(value_of(f)) for f in found)] if values else []
            return ["fact", about, style, *said]
        return [part.kind, part.data, *([part.equiv] if values else [])]

    def _table(self, table: PlannedTable, *, values: bool) -> list[object]:
        def several(texts: Iterable[CodedText]) -> list[list[object]]:
            return [self._text(t, values=values) for t in texts]

        rows = [[several(r.cells), r.depth, r.head] for r in table.rows]
        return [
            self._text(table.caption, values=values),
            several(table.columns),
            rows,
            several(table.notes),
            table.displays,
        ]

    def _passage(self, sha256: str, locator: str) -> str:
        return self._version.passages.get(f"{sha256}|{locator}", locator)


def _about(found: Sequence[Fact]) -> object:
    return list(identity(found[0])) if found else ""


def paired(old: Version, new: Version) -> Paired:
    """Pairs the rows block by block: equal ones first, in order; then those that say nearly the same; then equal ones anywhere."""
    before, after = Essence(old), Essence(new)
    earlier = {b.id: b.rows for b in old.plan.blocks}
    pairs: dict[Address, RowPair] = {}
    left: dict[Address, PlannedRow] = {r.address: r for _, r in old.plan.rows()}
    for block in new.plan.blocks:
        for one, other in _in_block(earlier.get(block.id, ()), block.rows, before, after):
            same = before.of(one) == after.of(other)
            kind = SAME if same else VALUES if before.frame(one) == after.frame(other) else WORDS
            pairs[other.address] = RowPair(other.address, one.address, kind)
            left.pop(one.address)
    spare: dict[Digest, list[Address]] = defaultdict(list)
    for address, row in left.items():
        spare[before.of(row)].append(address)
    rows: list[RowPair] = []
    for _, row in new.plan.rows():
        found = pairs.get(row.address)
        if found is None and (elsewhere := spare.get(after.of(row))):
            moved = elsewhere.pop(0)
            left.pop(moved)
            found = RowPair(row.address, moved, SAME)
        rows.append(found or RowPair(row.address, None, NEW))
    return Paired(tuple(rows), tuple(left))


def _in_block(
    old: Sequence[PlannedRow], new: Sequence[PlannedRow], before: Essence, after: Essence
) -> list[tuple[PlannedRow, PlannedRow]]:
    found: list[tuple[PlannedRow, PlannedRow]] = []
    matcher = SequenceMatcher(None, [before.of(r) for r in old], [after.of(r) for r in new], autojunk=False)
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            found += zip(old[i:j], new[k:m], strict=True)
            continue
        for kinds in (_TEXT, _OBJECT):
            one, other = ([r for r in rows if r.kind in kinds] for rows in (old[i:j], new[k:m]))
            if kinds is _OBJECT:
                found += [(a, b) for b in other for a in one if _key(a) == _key(b)][: len(other)]
            else:
                found += [(one[a], other[b]) for a, b in alike([_said(r) for r in one], [_said(r) for r in other])]
    return found


_OBJECT = (BlockKind.TABLE, BlockKind.FIGURE)
_TEXT = tuple(k for k in BlockKind if k not in _OBJECT)


def _key(row: PlannedRow) -> str:
    code = row.text[0] if row.text else None
    return f"{code.kind}:{code.data}" if isinstance(code, Placeholder) and code.kind == draft.TABLE else row.kind.value


def _said(row: PlannedRow) -> str:
    return plain_text(row.text, equiv=True)


def facts_of_rows(plan: Plan) -> dict[FactId, list[Address]]:
    """The rows that show each fact, tables included."""
    tables = {t.key: t for t in plan.tables}
    found: dict[FactId, list[Address]] = defaultdict(list)
    for _, row in plan.rows():
        shown = list(row.facts)
        for code in row.text:
            if isinstance(code, Placeholder) and code.kind == draft.TABLE and code.data in tables:
                shown += tables[code.data].facts
        for name in dict.fromkeys(shown):
            found[name].append(row.address)
    return dict(found)


def passages_of_rows(plan: Plan) -> dict[str, list[Address]]:
    """The rows that quote or cite each passage, by ``sha256|locator``."""
    found: dict[str, list[Address]] = defaultdict(list)
    for _, row in plan.rows():
        for place in dict.fromkeys(row.passages):
            found[f"{place.sha256}|{place.locator}"].append(row.address)
    return dict(found)
