"""What a blinded draft must not show. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model import draft as codes
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised

_UNBLIND = re.compile(
    r"\b(?:unblind(?:ed|ing)|code break(?:ing)?|treatment allocation|randomi[sz]ation (?:list|code|schedule)|actual treatment)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:will|would|planned|procedures?|only|emergency|remain(?:ed|s)?|until|not|no)\b", re.IGNORECASE
)


class Blinding(DraftCheck):
    id = "FL4.blinding"
    title = "Treatment revealed in a blinded document"
    description = "In a draft that is marked as blinded: values of a single arm, arms named beside a subject, a dose or drug beside a subject's id, and words of unblinding outside procedures. Arms named as the design has them, without values, are let pass."

    def run(self, draft: DraftText) -> Raised:
        if not draft.card.blinded:
            return
        from docpipe.writing.checks.subjects import subjects_in

        arms = set(draft.plan.arms or draft.card.arms)
        for row in (*draft.asked, *draft.cells):
            for code in row.values:
                if code.fact is not None and code.fact.arm in arms:
                    yield self.finding(row, f"“{code.shown}” is a value of one arm.", code.start, code.end)
                elif code.fact is not None and code.fact.statistic in (
                    "TRT01A",
                    "TRT01P",
                    "TRTA",
                    "TRTP",
                    "ARM",
                    "ACTARM",
                    "ARMCD",
                    "EXTRT",
                    "EXDOSE",
                ):
                    yield self.finding(row, f"“{code.shown}” is a subject's treatment.", code.start, code.end)
            persons = any(m[0] in draft.card.subjects for m in subjects_in(draft, row.full))
            for mention in draft.arms.mentions(row) if persons else ():
                if mention.arm and not any(
                    c.kind == codes.FACT and c.start <= mention.start < c.end for c in row.codes
                ):
                    yield self.finding(
                        row,
                        f"“{row.full[mention.start : mention.end]}” stands beside a subject.",
                        mention.start,
                        mention.end,
                    )
            for start, end in row.sentences:
                m = _UNBLIND.search(row.typed, start, end)
                if m is not None and not _PLANNED.search(row.full[start:end]) and not row.planned.passages:
                    yield self.finding(row, f"“{m[0]}” in a blinded document.", m.start(), m.end())
