"""What is written down of each block that a model worded, and what checks are told of wordings that were refused. Imports llm and store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docpipe.llm.orders import Orders, Result
from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import digest_of
from docpipe.model.chunk import Reply, Usage
from docpipe.model.draft import facts_in
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import plain_text
from docpipe.model.protocols import Ledger
from docpipe.model.segment import Segment, SegmentId
from docpipe.steps.draft_book import DraftBook
from docpipe.steps.draft_brief import by_block
from docpipe.steps.house import House
from docpipe.store import calls, generations
from docpipe.store.generations import Generation

REFUSED = "CL7.wording-refused"
"""Check id of what tells that answers of the model for a row were refused."""


def write_records(
    house: House, document: Document, batch: Batch, book: DraftBook, segments: Sequence[Segment],
    results: Mapping[SegmentId, Result], ledger: Ledger, orders: Orders, *, proposals: bool = False,
) -> None:  # fmt: skip
    """One generation record a block: prompt, model, facts and passages with digests, tokens, and each answer that was refused.

    ``proposals``: the rows are gaps that a model was asked to fill.
    """
    replies: dict[str, Reply] = {}
    for key in dict.fromkeys(k for r in results.values() for k in r.asked):
        if (reply := ledger.stored(key)) is not None:
            replies[key] = reply
    places = {row.address: row.passages for _, row in book.plan.rows()}
    made: list[tuple[str, dict[str, Any]]] = []
    for block, rows in by_block(results, segments).items():
        mine = [results[s.id] for s in rows]
        given = [replies[k] for k in dict.fromkeys(k for r in mine for k in r.asked) if k in replies]
        made.append((block, _record(batch, book, rows, mine, given, places, orders, proposals)))
    with house.store.write() as session:
        at = house.now()
        for block, record in made:
            generations.add(session, document.id, block, record, at)


def _record(
    batch: Batch, book: DraftBook, rows: Sequence[Segment], results: Sequence[Result], replies: Sequence[Reply],
    places: Mapping[Any, Any], orders: Orders, proposals: bool,
) -> dict[str, Any]:  # fmt: skip
    texts = [
        r.target if r.target is not None and not r.reason else s.source for s, r in zip(rows, results, strict=True)
    ]
    facts = dict.fromkeys(
        f for s, text in zip(rows, texts, strict=True) for f in (*facts_in(s.source), *facts_in(text))
    )
    usage = sum((r.usage for r in replies), Usage())
    return {
        "proposal": proposals,
        "prompt": batch.recipe.proposal_prompt if proposals else batch.recipe.prompt,
        "prompt_sha256": batch.recipe.proposal_prompt_digest if proposals else batch.recipe.prompt_digest,
        "provider": batch.recipe.provider,
        "model": batch.recipe.model,
        "reported_model": sorted({r.model for r in replies}),
        "temperature": orders.temperature,
        "seed": None,
        "spend_keys": list(dict.fromkeys(k for r in results for k in r.asked)),
        "facts": [{"id": i, "sha256": digest_of(list(book.facts.versions(i)))} for i in facts],
        "passages": [
            {"sha256": p.sha256, "locator": p.locator}
            for p in dict.fromkeys(p for s in rows for p in places.get(s.address, ()))
        ],
        "output_sha256": digest_of(
            [[s.address, plain_text(t, equiv=True)] for s, t in zip(rows, texts, strict=True)]
        ),
        "tokens": {"input": usage.input_tokens, "cached": usage.cached_tokens, "output": usage.output_tokens},
        "latency_ms": round(1000 * sum(r.latency_seconds for r in replies)),
        "retries": sum(max(0, len(r.asked) - 1) for r in results),
        "cost": round(calls.cost_of(usage, batch.recipe.prices), 6),
        "verdict": ("gap" if proposals else "program text") if any(r.reason for r in results) else "accepted",
        "rows": [
            {
                "row": s.address, "segment": s.id, "worded": not r.reason and r.target is not None,
                "answers": len(r.refused) + (not r.reason), "refused": list(r.refused),
            }
            for s, r in zip(rows, results, strict=True)
        ],
    }  # fmt: skip


def refusals(records: Iterable[Generation]) -> dict[SegmentId, list[Finding]]:
    """A finding for each row of which the newest drafting had an answer refused; graver where the program text had to stand."""
    newest: dict[SegmentId, dict[str, Any]] = {}
    for one in records:
        for row in one.record.get("rows") or ():
            newest[SegmentId(row["segment"])] = row | {"proposal": one.record.get("proposal", False)}
    found: dict[SegmentId, list[Finding]] = {}
    for segment, row in newest.items():
        if not row["refused"]:
            continue
        kept = "the gap stays" if row["proposal"] else "the program text stands"
        stands = "a later answer stands" if row["worded"] else kept
        for said in dict.fromkeys(row["refused"]):
            severity = Severity.MINOR if row["worded"] else Severity.MAJOR
            message = f"An answer of the model was refused, {stands}: {said}"
            found.setdefault(segment, []).append(Finding(REFUSED, severity, message))
    return found
