"""One fact in documents of every type: a value that differs in one of them is told at both places; an untouched set raises nothing."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from drafted import PROMPTS, type_named
from small_draft import CARD, FACTS, small
from studies import sources_of

from docpipe.model import draft as codes
from docpipe.model.document import Address
from docpipe.model.fact import FactId
from docpipe.model.inline import Placeholder, Text, merge_text
from docpipe.sources.consistency import set_notices
from docpipe.writing.across import Across, differences
from docpipe.writing.card import card_of
from docpipe.writing.checking import DraftText
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.cross_checks import run_cross_checks
from docpipe.writing.factstore import FactStore
from docpipe.writing.plan import make_plan
from docpipe.writing.study import build

PLAIN = "Nausea was reported for {nausea.hi} subjects ({nausea%.hi}%) in the {arm:Alphadrug High Dose} group."
EACH = 2
"""Seeds of each kind in each document."""
Shown = Mapping[str, Mapping[str, list[tuple[Seen, Code]]]]


def shown_in(drafts: Mapping[str, DraftText]) -> Shown:
    """Fact -> document -> rows that show it."""
    found: dict[str, dict[str, list[tuple[Seen, Code]]]] = defaultdict(lambda: defaultdict(list))
    for name, draft in drafts.items():
        for row in draft.rows:
            for code in row.values:
                found[code.key][name].append((row, code))
    return found


def other_value(draft: DraftText, key: str) -> DraftText:
    """The document over facts of which one has another value."""
    facts = FactStore(
        replace(f, raw=f"{f.raw}9", formatted=f"{f.formatted}9") if f.id == key else f for f in draft.facts
    )
    return DraftText(draft.plan, draft.texts, facts, draft.card)


def typed_over(draft: DraftText, row: Seen, code: Code) -> DraftText:
    """The document with a number typed over one of its values."""
    wrong = code.shown[:-1] + str((int(code.shown[-1]) + 3) % 10)
    text = merge_text(Text(wrong) if isinstance(p, Placeholder) and p.id == code.number else p for p in row.coded)
    return DraftText(draft.plan, {**draft.texts, row.address: text}, draft.facts, draft.card)


def told_at(found: Across, name: str, rows: set[Address]) -> bool:
    return any(n == name and address in rows for n, address in (found.place, *found.others))


def test_a_value_that_differs_in_one_of_three_documents_is_told_there_alone() -> None:
    drafts = {"protocol": small(PLAIN), "report": small(PLAIN), "summary": small(PLAIN)}
    assert run_cross_checks(drafts) == {}
    key = FACTS["nausea.hi"].id
    rows = {row.address for row, _ in shown_in(drafts)[key]["protocol"]}
    for name in drafts:
        (found,) = differences({**drafts, name: other_value(drafts[name], key)})
        assert (found.check, found.place[0]) == ("R2", name)
        assert found.place[1] in rows
        assert found.facts[0].id == key
        row, code = shown_in(drafts)[key][name][0]
        found, *more = (
            d for d in differences({**drafts, name: typed_over(drafts[name], row, code)}) if d.check == "R2"
        )
        assert not more
        assert found.place == (name, row.address)
        assert "typed by hand" in found.message


def test_what_a_protocol_plans_is_told_at_the_document_that_is_alone_with_it() -> None:
    def drafts(*planned: str) -> dict[str, DraftText]:
        one = small(PLAIN)
        return {f"d{n}": DraftText(one.plan, {}, one.facts, replace(CARD, planned={"PLANSUB": (p,)})) for n, p in enumerate(planned)}  # fmt: skip

    assert not list(differences(drafts("300", "300", "300")))
    for wrong in range(3):
        (found,) = differences(drafts(*("320" if n == wrong else "300" for n in range(3))))
        assert (found.check, found.place[0]) == ("R7", f"d{wrong}")


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_every_type_of_one_study_agrees_and_a_seeded_value_is_found_in_each(shared: Callable[[str], Path]) -> None:
    sources = sources_of(shared("data/cdiscpilot01"))
    sources += [s for s in sources_of(shared("data/usdm")) if s.file.path.startswith("CDISC_Pilot")]
    study = build(sources, set_notices(sources))
    card, drafts = card_of(study), {}
    for name in sorted(p.name.partition(".")[0] for p in (PROMPTS / "draft").glob("*.v1.md")):
        plan, book = make_plan(type_named(name), study)
        drafts[name] = DraftText(plan, {}, book.facts(), card)
    assert run_cross_checks(drafts) == {}, "false alarms"
    shown, chance = shown_in(drafts), random.Random(5)
    missed, made = [], 0
    for name in drafts:
        several = sorted(k for k, there in shown.items() if name in there and len(there) > 1)
        for key in chance.sample(several, min(EACH, len(several))):
            rows = {row.address for row, _ in shown[key][name]}
            made += 1
            found = differences({**drafts, name: other_value(drafts[name], key)})
            if not any(f.check == "R2" and told_at(f, name, rows) for f in found):
                missed.append((name, "value", key))
        typed = [
            (row, code) for key in several for row, code in shown[FactId(key)][name]
            if code.kind == codes.FACT and code.shown.replace(".", "").isdigit() and code.fact and code.fact.statistic != "quoted"
        ]  # fmt: skip
        for row, code in chance.sample(typed, min(EACH, len(typed))):
            made += 1
            found = differences({**drafts, name: typed_over(drafts[name], row, code)})
            if not any(f.check == "R2" and f.place == (name, row.address) for f in found):
                missed.append((name, "typed", row.address))
    assert made > 40
    assert missed == []
