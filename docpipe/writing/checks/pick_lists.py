"""Values of codelists in a draft: in their list, code and decode alike. Imports its room only; codelists after CDISC Define-XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from docpipe.writing.checks.numbers import rows_and_cells
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Code, Seen

_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]\ue000]{1,60})[)\]]")
_DECODED = " decode"
"""Ends the statistic of a fact that shows the decode of a variable's code."""


class PickList(DraftCheck):
    id = "M3.pick-list"
    title = "Not the value of the codelist"
    description = "A value of a variable with a codelist (define.xml; without one, the values that the data have) that the list does not hold, a code beside another code's decode (M (female)), and a value of a list that a later wording replaced by another of the same list (mild typed over by severe). Values of one or two letters, yes and no typed in words are let pass."

    def run(self, draft: DraftText) -> Raised:
        lists = draft.card.codelists
        for row in rows_and_cells(draft):
            for code in row.values:
                own = code.fact is None or not draft.card.study or code.fact.study == draft.card.study
                codes = lists.get(_variable(code)) if own else None
                said = self._said(row, code, codes) if codes else ""
                if said:
                    yield self.finding(row, said, code.start, code.end)
            if row.edited:
                yield from self._replaced(draft, row)

    @staticmethod
    def _said(row: Seen, code: Code, codes: Mapping[str, str]) -> str:
        fact, variable = code.fact, _variable(code)
        if fact is None or not fact.raw:
            return ""
        own = _terms(codes, fact.raw)
        if not own:
            return f"“{fact.raw}” is not in the codelist of {variable}."
        if fact.statistic.endswith(_DECODED) and len(own) > 1 and code.shown.casefold() not in own:
            return f"{variable} {fact.raw} means {codes.get(fact.raw, fact.raw)}, not {code.shown}."
        m = _BRACKETED.match(row.typed, code.end)
        beside = m[1].strip() if m is not None else ""
        if beside and beside.casefold() not in own and _terms(codes, beside):
            return f"“{code.shown}” and “{beside}” are two values of {variable}."
        return ""

    def _replaced(self, draft: DraftText, row: Seen) -> Raised:
        """A value that the program showed is gone, and another of its list was typed."""
        here = {c.key for c in row.codes}
        program = Seen(row.block, row.planned, row.planned.text, draft.facts)
        for code in program.values:
            codes = draft.card.codelists.get(_variable(code))
            if code.key in here or not codes or code.fact is None:
                continue
            own = _terms(codes, code.fact.raw)
            for term in sorted(_others(codes, own)):
                m = re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE).search(row.typed)
                if m is not None and term not in program.full.casefold():
                    message = f"“{m[0]}” stands where the record has {code.fact.raw} ({_variable(code)})."
                    yield self.finding(row, message, m.start(), m.end(), code.shown)
                    break


def _variable(code: Code) -> str:
    return code.fact.statistic.removesuffix(_DECODED) if code.fact is not None else ""


def _terms(codes: Mapping[str, str], said: str) -> set[str]:
    """How a list writes a value, by its code or its decode; empty where it does not hold it."""
    wanted = said.casefold()
    return {t.casefold() for pair in codes.items() for t in pair if wanted in (pair[0].casefold(), pair[1].casefold())}


def _others(codes: Mapping[str, str], own: set[str]) -> Iterator[str]:
    return (t for t in {x.casefold() for pair in codes.items() for x in pair} - own if len(t) > 3)
