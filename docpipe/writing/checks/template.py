"""A draft against its document type: headings, residue, conditions, gaps. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model.draft import PROPOSAL, Fate
from docpipe.model.inline import Placeholder, has_text, plain_text
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.words import RESIDUE

_NA = re.compile(r"^\s*not applicable\b[.:;,]?\s*(.*)$", re.IGNORECASE | re.DOTALL)


class Template(DraftCheck):
    id = "M1.template"
    title = "Heading or required element is not the type's"
    description = "A heading of the document type in other words or with codes lost, a section's heading missing, a paragraph whose text is gone. Subheadings that the program wrote may be worded anew."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            first = row.block.rows[0].address if row.block.rows else ""
            if row.heading and row.address == first and row.block.heading:
                if _plain(row.full) != _plain(row.block.heading):
                    yield self.finding(
                        row, f"The type's heading is “{row.block.heading}”.", 0, len(row.full), row.block.heading
                    )
            elif not row.full.strip() and (
                has_text(row.planned.text) or any(isinstance(p, Placeholder) for p in row.planned.text)
            ):
                yield self.finding(row, "The paragraph has no text any more.")


class Residue(DraftCheck):
    id = "M2.residue"
    title = "Instructions or placeholders left"
    description = "Pick lists and placeholders ([insert …], <…>, TBD, XX), template marks, prompt text, talk of a model (As an AI …), codes that were not resolved. Visible gaps are M6's; comparators and quoted passages are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in (*draft.asked, *draft.cells):
            if row.planned.gap and not row.edited:
                continue
            for m in RESIDUE.finditer(row.typed):
                if "\ue000" in m[0] or (row.planned.passages and not row.edited):
                    continue
                yield self.finding(row, f"“{m[0].strip()[:60]}” was left in the text.", m.start(), m.end())
            for block in (row.block,):
                wanted = " ".join(block.instruction.split())
                if (
                    not row.heading
                    and len(wanted) > 40
                    and wanted[:60].casefold() in " ".join(row.full.split()).casefold()
                ):
                    yield self.finding(row, "The section's instruction stands in the text.", 0, len(row.full))


class Conditional(DraftCheck):
    id = "M4.conditional-section"
    title = "“Not applicable” without reason, or against the type's condition"
    description = "“Not applicable” without a reason behind it; a section that the type has as not applicable with other text; a section with results whose text is “not applicable”."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading:
                continue
            m = _NA.match(row.full)
            if m is not None and len(re.findall(r"\w+", m[1])) < 3:
                yield self.finding(row, "“Not applicable” needs its reason.", 0, len(row.full))
            elif m is not None and row.block.fate is Fate.DRAFTED and row.planned.facts and not row.values:
                yield self.finding(row, "The sources hold results for this paragraph.", 0, len(row.full))
            elif m is None and row.block.fate is Fate.NOT_APPLICABLE and row.edited:
                yield self.finding(row, f"The type's condition does not hold: {row.block.reason}", 0, len(row.full))


class Gap(DraftCheck):
    id = "M6.gap"
    title = "A source is missing"
    description = "A visible gap: what the section needs is in none of the sources. It blocks the release until the source is given, a person writes the text from one, or accepts the gap as not applicable, with a reason."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            m = re.search(r"\[GAP(?::\s*([^\]]*))?\]", row.full)
            if m is not None:
                yield self.finding(row, f"Missing: {(m[1] or row.planned.gap).strip()}", m.start(), m.end())
            elif row.planned.gap and plain_text(row.coded).strip() == plain_text(row.planned.text).strip():
                yield self.finding(row, f"Missing: {row.planned.gap}", 0, len(row.full))


class Proposed(DraftCheck):
    id = "M7.proposal"
    title = "Proposal of a model that no source holds"
    description = "A text that a model proposed where the sources hold nothing. It blocks the release until a person accepts it as their own words, writes it anew, or turns it back to a gap; it cannot be dismissed."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.full.lstrip().startswith(PROPOSAL.split(",")[0]):
                said = f"A model proposed this text; no source holds it. Missing was: {row.planned.gap}"
                yield self.finding(row, said, 0, len(row.full))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
