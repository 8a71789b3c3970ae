"""Each check of drafts flags what it must and keeps quiet where it must."""

from __future__ import annotations

from dataclasses import replace

import pytest
from draft_pairs import MUST, MUST_NOT, Case
from small_draft import FACTS, small

from docpipe.registry import draft_checks
from docpipe.writing.checking import number, run_draft_checks

DOCUMENT_WIDE = {"N5", "N6", "N9", "P3", "T5", "X2", "X4"}
"""Checks whose defects need more than one row: tested on their own."""


def raised(case: Case) -> dict[str, list[str]]:
    _, program, text, settings = case
    given = dict(settings)
    changed = given.pop("facts_changed", None)
    facts = dict(FACTS)
    if changed is not None:
        facts[changed[0]] = replace(facts[changed[0]], raw=changed[1], formatted=changed[1])
        program = program.replace("{discontinued.hi}", "{discontinued.all}")
    draft = small(program, text, facts=facts, **given)
    found: dict[str, list[str]] = {}
    for findings in run_draft_checks(draft).values():
        for finding in findings:
            found.setdefault(number(finding.check), []).append(finding.message)
    return found


@pytest.mark.parametrize("case", MUST, ids=lambda c: f"{c[0]}: {(c[2] if c[2] is not None else c[1])[-60:]}")
def test_a_check_flags_what_it_must(case: Case) -> None:
    assert case[0] in raised(case)


@pytest.mark.parametrize("case", MUST_NOT, ids=lambda c: f"{c[0]}: {(c[2] if c[2] is not None else c[1])[-60:]}")
def test_a_check_keeps_quiet_where_it_must(case: Case) -> None:
    found = raised(case)
    assert case[0] not in found, found.get(case[0])


def test_every_check_has_both_kinds_of_cases() -> None:
    ids = {number(c.id) for c in draft_checks()}
    assert ids - DOCUMENT_WIDE <= {c[0] for c in MUST}
    assert ids - DOCUMENT_WIDE <= {c[0] for c in MUST_NOT}
