"""The trace of a draft: for every sentence and every table cell, its text, its facts and where they stand in which file. Imports the core and its room.

What the document type says of itself (headings, standard sentences) has the type file as its source; words that a model or a person
added beside all facts and passages have none, unless a person answers for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow, PlannedTable, facts_in
from docpipe.model.inline import CodedText, Placeholder, plain_text
from docpipe.model.source import Place
from docpipe.writing.added import added_lines
from docpipe.writing.factstore import FactStore, number_of_display

Sentences = Callable[[CodedText], Sequence[CodedText]]


def trace(
    plan: Plan,
    texts: Mapping[Address, CodedText],
    facts: FactStore,
    files: Mapping[str, str],
    sentences: Sentences,
    displays: Mapping[str, Place] | None = None,
    standing: Mapping[Address, str] | None = None,
) -> list[dict[str, Any]]:
    """Entries ``{block, sentence, text, facts[ids], sources[{file, sha256, locator}]}``, in the document's order.

    ``code``: of the block's section, where its type gives one. ``sentence`` counts from 1 in its block. ``files``: path by digest. ``displays``: place of each source table by its number.
    ``proposal``: of what a model proposed and no source holds.
    ``standing``: by row, who answers for words that no source carries (a person who edited it, or accepted a gap).
    """
    makes = _Trace(plan, facts, files, {number_of_display(n): p for n, p in (displays or {}).items()}, standing or {})
    found: list[dict[str, Any]] = []
    for block in plan.blocks:
        count = 0
        for row in block.rows:
            for entry in makes.row(block, row, texts.get(row.address, row.text), sentences):
                count += 1
                coded = {"code": block.code} if block.code else {}
                found.append({"block": block.id, **coded, "sentence": count, **entry})
    return found


class _Trace:
    def __init__(
        self, plan: Plan, facts: FactStore, files: Mapping[str, str], displays: Mapping[str, Place],
        standing: Mapping[Address, str],
    ) -> None:  # fmt: skip
        self.plan, self.facts, self.files, self.displays, self.standing = plan, facts, files, displays, standing
        self.tables = {t.key: t for t in plan.tables}
        self.type_file = f"{plan.type}.md"

    def row(
        self, block: PlannedBlock, row: PlannedRow, text: CodedText, sentences: Sentences
    ) -> Iterator[dict[str, Any]]:
        if row.kind is BlockKind.TABLE:
            key = next(p.data for p in row.text if isinstance(p, Placeholder) and p.kind == draft.TABLE)
            yield from self.table(block, row, self.tables[key])
            return
        if row.kind is BlockKind.FIGURE:
            sources = [self.source(p) for p in row.passages]
            yield {"address": row.address, "text": "", "facts": [], "sources": sources}
            return
        worded, said = text != row.text, plain_text(text, equiv=True)
        marked = {"proposal": True} if draft.proposed(text) is not None else {}
        added = [said[a:b] for a, b in added_lines(said, plain_text(row.text, equiv=True))] if worded else []
        for sentence in sentences(text) or [text]:
            words = plain_text(sentence, equiv=True).strip()
            if words and any(words in line or line in words for line in added):
                yield self.added(row, sentence)
            else:
                yield {**self.entry(block, row, sentence, worded=worded), **marked}

    def added(self, row: PlannedRow, text: CodedText) -> dict[str, Any]:
        """An entry of words that a person put beside the row's: nothing of the row carries them."""
        places = [p for f in facts_in(text) for p in self.places_of(f)]
        sources = [self.source(p) for p in dict.fromkeys((*places, *filter(None, map(self.display_of, text))))]
        return self._entry(row.address, text, [*sources, *self.person(row)])

    def entry(
        self, block: PlannedBlock, row: PlannedRow, text: CodedText, table: PlannedTable | None = None, cell: str = "",
        worded: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """One entry. ``worded``: the row is not as the program has it: words of its own have the row's facts as their source, if any."""
        shown = facts_in(text)
        places = [p for f in shown for p in self.places_of(f)]
        places += [p for p in map(self.display_of, text) if p is not None]
        sources = [self.source(p) for p in dict.fromkeys(places)]
        if not shown and not table:
            sources += [self.source(p) for p in row.passages]
        if not sources and worded:
            sources += [self.source(p) for p in dict.fromkeys(p for f in row.facts for p in self.places_of(f))]
        if not sources and table:
            sources += [self.source(p) for n in table.displays if (p := self.displays.get(number_of_display(n)))]
        if (not sources and not worded) or row.fixed or (row.gap and not worded):
            sources.append({"file": self.type_file, "sha256": self.plan.type_digest, "locator": f"block:{block.id}"})
        return self._entry(f"{row.address}/{cell}" if cell else row.address, text, [*sources, *self.person(row)])

    def person(self, row: PlannedRow) -> list[dict[str, str]]:
        """Who answers for a row, as a source."""
        who = self.standing.get(row.address)
        return [{"file": "", "sha256": "", "locator": f"person:{who}"}] if who else []

    @staticmethod
    def _entry(address: str, text: CodedText, sources: list[dict[str, str]]) -> dict[str, Any]:
        return {
            "address": address,
            "text": plain_text(text, equiv=True),
            "facts": list(facts_in(text)),
            "sources": sources,
        }

    def table(self, block: PlannedBlock, row: PlannedRow, table: PlannedTable) -> Iterator[dict[str, Any]]:
        for n, head in enumerate(table.columns, 1):
            if plain_text(head, equiv=True).strip():
                yield self.entry(block, row, head, table, f"head/c{n}")
        for r, line in enumerate(table.rows, 1):
            for c, cell in enumerate(line.cells, 1):
                if plain_text(cell, equiv=True).strip():
                    yield self.entry(block, row, cell, table, f"r{r}/c{c}")
        for n, note in enumerate(table.notes, 1):
            yield self.entry(block, row, note, table, f"note/{n}")

    def places_of(self, name: Any) -> Iterable[Place]:
        """Where a fact stands; of a derived one, where what it was made of stands."""
        found: dict[Place, None] = {}
        for fact in self.facts.versions(name):
            found |= dict.fromkeys(fact.places)
            for part in self.facts.inputs_of(fact):
                found |= dict.fromkeys(part.places)
        return found

    def display_of(self, part: object) -> Place | None:
        if isinstance(part, Placeholder) and part.kind == draft.DISPLAY:
            return self.displays.get(number_of_display(part.data))
        return None

    def source(self, place: Place) -> dict[str, str]:
        return {"file": self.files.get(place.sha256, ""), "sha256": place.sha256, "locator": place.locator}
