"""Figures of drafts: sentences, facts bound, gaps, findings, tokens, cost, minutes of people a page. Imports store.

They are added to what every batch has (``measure``); units are in the names.
"""

from __future__ import annotations

from typing import Any

from docpipe.model.batch import Batch, Document, State
from docpipe.model.document import Address
from docpipe.model.draft import Fate, Plan, proposed
from docpipe.model.finding import Disposition
from docpipe.model.inline import CodedText, plain_text
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import COUNTED, Standing, trace_of
from docpipe.steps.draft_checks import GAP
from docpipe.steps.house import House
from docpipe.steps.work import reached
from docpipe.store import findings, generations, studies
from docpipe.writing.checking import DraftText
from docpipe.writing.checks.reading.figures import language_figures

UNITS = {
    "sentences": "sentences and table cells with text", "facts_bound": "values shown that name a fact, each place counted",
    "facts": "different facts shown", "unsourced": "sentences without a source", "gaps": "rows that say what is missing",
    "proposals": "gaps that hold a proposal of a model which nobody has answered for",
    "counted": "numbers in the finished documents by the independent counter: bound to a fact, allowed with a reason, unbound",
    "minutes_per_page": "minutes of people per page",
}  # fmt: skip


def draft_block(house: House, batch: Batch, found: list[Document], people_seconds: float) -> dict[str, Any]:
    """The figures of a drafting batch beside those of every batch."""
    ready = [d for d in found if reached(d, "segmented") and d.state not in (State.REFUSED, State.CANCELLED)]
    sums = {
        "sentences": 0,
        "facts_bound": 0,
        "facts": 0,
        "unsourced": 0,
        "gaps": 0,
        "gaps_accepted": 0,
        "proposals": 0,
        "rows": 0,
    }
    facts: set[str] = set()
    numbers = {"numbers": 0, "bound": 0, "allowed": 0, "unbound": 0}
    for document in ready:
        for name, count in counted_numbers(house, document).items():
            numbers[name] += count
        entries = trace_of(house, document)
        now = Standing(house, document)
        sums["rows"] += len(now.segments)
        sums["sentences"] += len(entries)
        sums["unsourced"] += sum(not e["sources"] for e in entries)
        sums["facts_bound"] += sum(len(e["facts"]) for e in entries)
        facts |= {name for e in entries for name in e["facts"]}
        sums["gaps"] += sum(bool(r.gap) for _, r in now.book.plan.rows())
        sums["gaps_accepted"] += len(now.accepted)
        sums["proposals"] += sum(proposed(text) is not None for text in now.rows.values())
    sums["facts"] = len(facts)
    with house.store.read() as session:
        several = studies.findings(session, batch.id)
    pages = sum(d.pages for d in ready)
    return {
        **sums,
        "counted": numbers,
        "study_findings": len(several),
        "study_findings_open": sum(f.disposition is Disposition.OPEN for f in several),
        "minutes_per_page": round(people_seconds / 60 / pages, 3) if pages else 0.0,
        "units": UNITS,
    }


def counted_numbers(house: House, document: Document) -> dict[str, int]:
    """What the independent counter found in the finished document; empty before it was verified."""
    with house.store.read() as session:
        records = [g for g in generations.of_document(session, document.id) if g.block == COUNTED]
    if not records:
        return {}
    last = records[-1].record
    return {name: sum(v.values()) if isinstance(v, dict) else int(v) for name, v in last.items()}


def gaps_of(plan: Plan) -> list[dict[str, str]]:
    """What is missing, by section: every gap of a block that has one."""
    found: list[dict[str, str]] = []
    for block in plan.blocks:
        said = [(r.address, r.gap) for r in block.rows if r.gap]
        if block.fate is Fate.GAP and not said:
            said = [(block.rows[0].address, block.reason)] if block.rows else []
        found += [{"block": block.id, "heading": block.heading, "row": row, "gap": gap} for row, gap in said]
    return found


def _language(now: Standing) -> dict[str, float]:
    """How hard the running text is to read: words a sentence, passive and future share, reading grade."""
    draft = DraftText(now.book.plan, now.texts, now.book.facts, now.book.card)
    return language_figures(draft.rows).as_json()


def document_figures(house: House, document: Document) -> dict[str, Any]:
    """What `docpipe draft --json` says of a document beside its findings: gaps by section, unused tables with reasons, language."""
    book = draft_of(house, document)
    fates = [b.fate for b in book.plan.blocks]
    with house.store.read() as session:
        listed = findings.listing(session, document.id, disposition=Disposition.DISMISSED)
    accepted = {f.address: f.reason for f in listed if f.check.startswith(GAP)}
    now = Standing(house, document)
    said = {r.address: text for _, r in book.plan.rows() if (text := now.rows[r.address]) != r.text}
    gaps = [
        g
        | {
            "accepted": g["row"] in accepted,
            "reason": accepted.get(g["row"], ""),
            **_standing(said.get(Address(g["row"]))),
        }
        for g in gaps_of(book.plan)
    ]
    return {
        "gaps": [g for g in gaps if g["state"] != "proposed"],
        "proposals": [g for g in gaps if g["state"] == "proposed"],
        "unused": [{"display": u.display, "title": u.title, "reason": u.reason} for u in book.plan.unused],
        "blocks": {fate.value: fates.count(fate) for fate in Fate},
        "language": _language(now),
    }


def _standing(text: CodedText | None) -> dict[str, str]:
    """What became of a gap: ``open``, ``proposed`` (with the model's text, unanswered) or ``written`` by a person."""
    if text is None:
        return {"state": "open"}
    idea = proposed(text)
    return {"state": "written"} if idea is None else {"state": "proposed", "text": plain_text(idea, equiv=True)}
