"""References inside a draft and to its sources: targets, uncited tables, citations, order of headings and captions. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model import draft as codes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Fate
from docpipe.model.finding import Severity
from docpipe.writing.checks.reading.check import WHOLE, DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.factstore import number_of_display

_TYPED = re.compile(
    r"\b(Section|Table|Figure|Listing|Appendix|Sections|Tables|Figures|Listings|Appendices)\s+([A-Z]?\d[\w]*(?:[.-]\d+[\w]*)*)"
)
_MARK = re.compile(r"\[(\d{1,3}(?:\s?[,–-]\s?\d{1,3})*)\]")
_OTHER = re.compile(
    r"\b(?:of (?:the |ICH )|protocol|SAP|analysis plan|ICH|guideline|CFR|Annex|Directive|Regulation)\b", re.IGNORECASE
)


class DanglingReference(DraftCheck):
    id = "X1.dangling-reference"
    title = "Reference to nothing"
    description = "A table, figure, section or appendix that the document and its sources do not have, by code or typed. References to sections of protocol, analysis plan or guidelines and those inside quoted passages are let pass; appendices are those that the document names in its headings, or E3's 16.1 to 16.4."

    def run(self, draft: DraftText) -> Raised:
        shown = {p.data for r in draft.rows for p in r.codes if p.kind in (codes.TABLE, codes.FIGURE)}
        sections = {b.number for b in draft.plan.blocks} | {b.id for b in draft.plan.blocks}
        displays = {number_of_display(d) for d in draft.card.displays}
        appendices = {
            m[1]
            for b in draft.plan.blocks
            for m in re.finditer(r"\b(1[5-7](?:\.\d+)+|[A-Z]\d?)\b", f"{b.number} {b.heading}")
        }
        numbered = sum(1 for r in draft.rows for p in r.codes if p.kind == codes.TABLE)
        for row in draft.asked:
            for code in row.codes:
                if code.kind == codes.REF:
                    kind, _, key = code.data.partition(":")
                    if key not in (sections if kind == "section" else shown):
                        yield self.finding(
                            row, f"“{code.shown}” refers to nothing in this document.", code.start, code.end
                        )
                elif code.kind == codes.DISPLAY and number_of_display(code.data) not in displays:
                    yield self.finding(row, f"“{code.shown}” is not among the sources.", code.start, code.end)
            if row.planned.passages and not row.edited:
                continue
            for m in _TYPED.finditer(row.typed):
                kind, number = m[1].rstrip("s").replace("Appendice", "Appendix"), m[2].rstrip(".")
                after = row.full[m.end() : m.end() + 45]
                if _OTHER.match(after.strip()) or _OTHER.search(row.full[max(0, m.start() - 30) : m.start()]):
                    continue
                if kind == "Section":
                    fine = number in sections or any(s.startswith(number + ".") for s in sections)
                elif kind == "Appendix":
                    fine = (
                        number in appendices
                        or bool(re.fullmatch(r"16\.[1-4](\.\d{1,2}){0,2}", number))
                        or number in sections
                    )
                else:
                    plain = number.isdigit() and 0 < int(number) <= numbered
                    fine = number_of_display(number) in displays or plain
                    fine = fine or any(d.endswith(number.casefold()) for d in displays if number.casefold() == d)
                if not fine:
                    yield self.finding(row, f"There is no {m[0]}.", m.start(), m.end())


class UncitedDisplay(DraftCheck):
    id = "X2.uncited-display"
    severity = Severity.MAJOR
    title = "Table among the sources not cited"
    description = "In a report with section 14, a display that a section draws on and no text names; in any document one that is neither used nor listed as unused with a reason."

    def run(self, draft: DraftText) -> Raised:
        if draft.only is not None:
            return
        seen: dict[str, None] = {}
        for row in draft.rows:
            texts = [row.full]
            cited = [c.data for c in row.codes if c.kind == codes.DISPLAY]
            for table in draft.tables_of(row):
                cited += table.displays
                inside = [Seen(row.block, row.planned, t, draft.facts) for t in table.texts()]
                texts += [s.full for s in inside]
                cited += [c.data for s in inside for c in s.codes if c.kind == codes.DISPLAY]
            seen |= dict.fromkeys(number_of_display(d) for d in cited)
            for m in (m for t in texts for m in re.finditer(r"\bTables?\s+([\w][\w.-]*\d)", t)):
                seen[m[1].casefold()] = None
        report = any(b.number.startswith("14") for b in draft.plan.blocks)
        unused = {number_of_display(u.display) for u in draft.plan.unused}
        used = {number_of_display(d) for b in draft.plan.blocks for d in b.displays}
        for number in draft.card.displays:
            key = number_of_display(number)
            if key in seen:
                continue
            if key in used and not report:
                continue
            if key in used:
                block = next(b for b in draft.plan.blocks if key in map(number_of_display, b.displays))
                place = block.rows[0].address if block.rows else WHOLE
                yield self.whole(
                    f"Section {block.number or block.id} draws on {number} and does not cite it.", address=place
                )
            elif key not in unused:
                yield self.whole(f"{number} is neither used nor listed as unused.")


class Citations(DraftCheck):
    id = "X3.citations"
    title = "Citations and list of references do not match"
    description = "A citation mark [n] without an entry, an entry that nothing cites, marks out of the order of first use, a malformed DOI. Documents without a list of references have no citation marks."

    def run(self, draft: DraftText) -> Raised:
        listing = [
            b
            for b in draft.plan.blocks
            if re.search(r"\breferences?(?: list)?$|\bbibliography\b", b.heading, re.IGNORECASE)
        ]
        inside = {b.id for b in listing}
        entries: dict[int, Seen] = {}
        for row in (r for b in listing for r in draft.rows_of.get(b.id, ())):
            if m := re.match(r"\[?(\d{1,3})[\].]\s", row.full):
                entries[int(m[1])] = row
            for m in re.finditer(r"\bdoi:?\s*(\S+)", row.full, re.IGNORECASE):
                if not re.match(r"(?:https?://doi\.org/)?10\.\d{4,9}/\S+", m[1]):
                    yield self.finding(row, f"“{m[1][:40]}” is no DOI.", m.start(), m.end())
        first: list[int] = []
        for row in draft.rows:
            if row.block.id in inside or row.planned.passages:
                continue
            for m in _MARK.finditer(row.typed):
                numbers = [int(n) for n in re.findall(r"\d+", m[1])]
                for n in numbers:
                    if n not in entries:
                        yield self.finding(row, f"The citation [{n}] has no entry.", m.start(), m.end())
                    elif n not in first:
                        if first and n < max(first):
                            yield self.finding(
                                row,
                                f"[{n}] comes after [{max(first)}]: citations are numbered by first use.",
                                m.start(),
                                m.end(),
                            )
                        first.append(n)
        for n, row in entries.items():
            if n not in first:
                yield self.finding(row, f"Nothing cites reference {n}.")


class Sequence(DraftCheck):
    id = "X4.sequence"
    title = "Headings or captions out of order"
    description = "Section numbers that go back, a heading more than one level below the one before it, a table or figure without a caption, one that stands twice. Whether the file's table of contents equals its headings is checked on the finished file."

    def run(self, draft: DraftText) -> Raised:
        level = 0
        last: tuple[int, ...] = (0,)
        shown: set[str] = set()
        before: Seen | None = None
        for row in draft.rows:
            if row.heading and row.planned.level:
                if level and row.planned.level > level + 1:
                    yield self.finding(
                        row, f"The heading lies {row.planned.level - level} levels below the one before it."
                    )
                level = row.planned.level
            if (
                row.heading
                and row.planned.address == row.block.rows[0].address
                and re.fullmatch(r"\d+(?:\.\d+)*", row.block.number)
            ):
                number = tuple(int(n) for n in row.block.number.split("."))
                if number <= last:
                    yield self.finding(
                        row, f"Section {row.block.number} comes after section {'.'.join(map(str, last))}."
                    )
                last = number
            for code in row.codes:
                if code.kind in (codes.TABLE, codes.FIGURE):
                    if code.data in shown:
                        yield self.finding(row, f"The {code.kind} {code.data} stands twice.")
                    shown.add(code.data)
                    if before is None or before.planned.kind is not BlockKind.CAPTION or not before.full.strip():
                        yield self.finding(row, f"The {code.kind} has no caption.")
            before = row
        for table in draft.plan.tables:
            if table.key not in shown and any(b.fate is Fate.DRAFTED for b in draft.plan.blocks):
                yield self.whole(f"The table “{table.key}” was made and stands nowhere.")
