"""Proposals: a model is asked for text where the sources of a draft hold nothing, if that was ordered. Imports llm, writing and store.

What it answers stands marked as a proposal and blocks its row until a person answers for it. What says more than may be said, by the
judge of answers or by a check of drafts, never comes to stand: the gap stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from docpipe.llm.drafting import Brief
from docpipe.llm.engine import Result, Tally, run
from docpipe.llm.proposing import GapToFill, Proposing, gap_chunk
from docpipe.model.batch import Batch, Document
from docpipe.model.draft import proposal
from docpipe.model.finding import Severity
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.prompts import frozen
from docpipe.steps.draft_book import DraftBook, texts_of
from docpipe.steps.draft_brief import sections_of
from docpipe.steps.draft_records import write_records
from docpipe.steps.house import House
from docpipe.steps.model import access_of, ledger_of, orders_of
from docpipe.steps.progress import Progress, report
from docpipe.writing.checking import DraftText, number, run_draft_checks
from docpipe.writing.plan import HINT

EXPECTED = frozenset({"M6", "M7", "CL1"})
"""Checks that any proposal raises: it is one, and no source carries it."""
NOTHING = "The model proposes nothing."


def gaps_to_fill(
    book: DraftBook, segments: Sequence[Segment], only: Collection[SegmentId] | None = None
) -> dict[SegmentId, GapToFill]:
    """The gaps that a model may fill: of sections whose type says what a proposal may rest on. ``only``: these rows alone."""
    by_address = {s.address: s for s in segments}
    found: dict[SegmentId, GapToFill] = {}
    for block, section in sections_of(book.plan):
        row = next((r for r in block.rows if r.gap), None)
        if not block.ground or row is None:
            continue
        segment = by_address[row.address]
        if only is None or segment.id in only:
            brief = Brief(book.plan.title, section, block.instruction, block.style)
            found[segment.id] = GapToFill.of(segment, brief, row.gap.removesuffix(HINT), block.ground)
    return found


def ask_for_proposals(
    house: House, batch: Batch, document: Document, book: DraftBook, segments: Sequence[Segment],
    current: Mapping[SegmentId, Unit], only: Collection[SegmentId] | None = None,
    complaints: Mapping[SegmentId, str] | None = None,
) -> tuple[dict[SegmentId, Result], Tally]:  # fmt: skip
    """Asks for text for the gaps; each result's target has the marks of a proposal, or there is none and a reason, or neither:
    the model has nothing to propose. Nothing is published. Raises errors of the provider."""
    gaps = gaps_to_fill(book, segments, only)
    results: dict[SegmentId, Result] = {}
    if not gaps or not batch.recipe.proposes:
        return results, Tally()
    recipe = batch.recipe
    ledger = ledger_of(house, batch, document.id)
    orders = orders_of(house, recipe)

    def take(several: list[Result]) -> None:
        results.update({r.segment: r for r in several})
        report(Progress(batch.id, document.id, "propose", len(results), len(gaps), 0, 0.0))

    tally = run(
        [gap_chunk(g) for g in gaps.values()],
        connect=access_of(house, recipe),
        ledger=ledger,
        prompt=frozen(recipe.proposal_prompt, recipe.proposal_prompt_digest, home=house.settings.prompts_folder),
        orders=orders,
        craft=Proposing(gaps),
        on_group=take,
        complaints=complaints,
    )
    results = _marked(book, segments, current, results)
    write_records(house, document, batch, book, segments, results, ledger, orders, proposals=True)
    return results, tally


def _marked(
    book: DraftBook, segments: Sequence[Segment], current: Mapping[SegmentId, Unit], results: Mapping[SegmentId, Result]
) -> dict[SegmentId, Result]:
    """The answers with their marks; those that a check of drafts finds critical are refused."""
    by_id = {s.id: s for s in segments}
    said = {r.segment: proposal(r.target) for r in results.values() if r.target and not r.reason}
    texts = texts_of(segments, current) | {by_id[i].address: text for i, text in said.items()}
    only = {by_id[i].address for i in said}
    draft = DraftText(book.plan, texts, book.facts, book.card, book.sentences, only)
    found = run_draft_checks(draft, only=only)
    out: dict[SegmentId, Result] = {}
    for name, r in results.items():
        if name not in said:
            out[name] = replace(r, target=None, reason=r.reason or NOTHING)
            continue
        against = [
            f
            for f in found.get(by_id[name].address, ())
            if f.severity is Severity.CRITICAL and number(f.check) not in EXPECTED
        ]
        if against:
            why = f"{against[0].check}: {against[0].message}"
            out[name] = replace(r, target=None, reason=why, refused=(*r.refused, why))
        else:
            out[name] = replace(r, target=said[name])
    return out
