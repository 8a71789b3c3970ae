"""How hard sections of a draft are to read, against what the program wrote and against what lay readers need. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docpipe.model.document import BlockKind
from docpipe.model.finding import Severity
from docpipe.writing.checks.reading.check import WHOLE, DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.figures import language_figures
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.readability import Readability, readability

_LAY = re.compile(r"\b(?:lay|plain[- ]language|patient (?:information|leaflet)|informed consent)\b", re.IGNORECASE)
_LAY_GRADE = 8.0
_LAY_PASSIVE = 0.3
_HARDER, _HARD = 5.0, 16.0
"""Grades above the program's text, and the grade below which a report is easy enough for its readers."""
_MORE_PASSIVE = 0.5
_LEAST_WORDS = 6
"""A passage of fewer words has no grade that tells anything."""


class Readable(DraftCheck):
    id = "S7.readability"
    severity = Severity.MINOR
    title = "Hard to read"
    description = "Documents for lay readers (lay summary, plain language, consent form) with a reading grade above 8 or more than 30% passive sentences, and those of their passages that still stand in the words of a protocol or plan and are harder than that; in other documents a section that a later wording made harder by 5 grades and above grade 16, or passive in half more of its sentences. English only; sections of fewer than three sentences are let pass. The figures of a document (grade, words a sentence, passive and future share) stand in its result and record."

    def run(self, draft: DraftText) -> Raised:
        if not draft.plan.language.casefold().startswith("en"):
            return
        if _LAY.search(f"{draft.plan.title} {draft.kind}"):
            if draft.only is None:
                yield from self._lay(draft)
            return
        for block in dict.fromkeys(r.block.id for r in draft.asked if r.edited):
            rows = [r for r in draft.rows_of[block] if r.prose and not r.planned.passages and not r.heading]
            if any(r.edited for r in rows):
                yield from self._harder(draft, rows)

    def _lay(self, draft: DraftText) -> Raised:
        now = language_figures(draft.rows)
        if now.sentences > 2 and now.grade > _LAY_GRADE:
            yield self.whole(
                f"The reading grade is {now.grade}; lay readers need {_LAY_GRADE:.0f} or less.", address=WHOLE
            )
        if now.sentences > 2 and now.passive_rate > _LAY_PASSIVE:
            yield self.whole(f"{100 * now.passive_rate:.0f}% of the sentences are passive.", address=WHOLE)
        kinds = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
        quoted = [
            r
            for r in draft.rows
            if r.planned.passages and r.planned.kind in kinds and not (r.edited or r.cell or r.planned.gap)
        ]
        hard = [r for r in quoted if len(r.full.split()) >= _LEAST_WORDS and readability([r.full]).grade > _LAY_GRADE]
        if hard:
            grade = readability(r.full for r in hard).grade
            said = "1 passage stands" if len(hard) == 1 else f"{len(hard)} passages stand"
            yield self.whole(
                f"{said} in the words of the study documents, with a reading grade of {grade}; lay readers need {_LAY_GRADE:.0f} or less.",
                address=hard[0].address,
            )  # fmt: skip

    def _harder(self, draft: DraftText, rows: Sequence[Seen]) -> Raised:
        place = next(r for r in rows if r.edited and r in draft.asked)
        now = _figures(rows)
        before = _figures([Seen(r.block, r.planned, r.planned.text, draft.facts) for r in rows])
        if min(now.sentences, before.sentences) < 3:
            return
        if now.grade > max(_HARD, before.grade + _HARDER):
            yield self.finding(place, f"The section's reading grade rose from {before.grade} to {now.grade}.")
        if now.passive_rate > before.passive_rate + _MORE_PASSIVE:
            share = f"{100 * before.passive_rate:.0f}% to {100 * now.passive_rate:.0f}%"
            yield self.finding(place, f"The share of passive sentences of the section rose from {share}.")


def _figures(rows: Sequence[Seen]) -> Readability:
    return readability(r.full[a:b] for r in rows for a, b in r.sentences)
