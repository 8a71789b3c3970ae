"""What a draft takes over from the protocol word by word: objectives, endpoints, criteria. Imports its room only."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from docpipe.model.document import BlockKind
from docpipe.writing.checks.claims import of_program, passages_of
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised

_TENSE = {
    "is": "be", "are": "be", "was": "be", "were": "be", "be": "be", "been": "be", "will": "", "shall": "", "would": "", "has": "have", "had": "have",
    "have": "have", "must": "", "should": "",
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")
_AIMS = re.compile(r"\b(?:objective|endpoint|hypothes|criteria for evaluation|efficacy variable)", re.IGNORECASE)
CRITERIA = re.compile(
    r"\b(?:inclusion|exclusion|eligib\w*|selection criteria|selection of (?:the )?(?:study )?(?:population|subjects|patients))",
    re.IGNORECASE,
)
_OPERATORS = (
    (
        "≥",
        re.compile(
            r"≥|>=|\bat least\b|\bno(?:t)? less than\b|\bor (?:more|older|greater|above)\b|\bminimum of\b",
            re.IGNORECASE,
        ),
    ),
    (
        "≤",
        re.compile(
            r"≤|<=|\bat most\b|\bno(?:t)? more than\b|\bor (?:less|younger|fewer|below)\b|\bmaximum of\b|\bup to\b",
            re.IGNORECASE,
        ),
    ),
    (">", re.compile(r"(?<!=)>(?!=)|(?<!no )(?<!not )\b(?:more|greater|older|higher) than\b|\babove\b", re.IGNORECASE)),
    ("<", re.compile(r"(?<!=)<(?!=)|(?<!no )(?<!not )\b(?:less|fewer|younger|lower) than\b|\bbelow\b", re.IGNORECASE)),
)


def words(text: str) -> list[str]:
    """Words with tense taken out."""
    found = []
    for word in re.findall(r"[\w+%]+(?:[-.][\w+]+)*", text.casefold()):
        plain = _TENSE.get(word, word)
        if plain:
            found.append(plain)
    return found


def operators(text: str) -> list[str]:
    """Comparators of a text, in signs or words, in order."""
    found: list[tuple[int, str]] = []
    for sign, pattern in _OPERATORS:
        found += [(m.start(), sign) for m in pattern.finditer(text)]
    return [s for _, s in sorted(found)]


class Verbatim(DraftCheck):
    id = "P10.objectives-verbatim"
    title = "Objective or endpoint is not the protocol's"
    description = "In sections on objectives or endpoints, a quoted paragraph that a later wording changed in more than tense. Paragraphs that the program itself words around quotations are measured against the program's words."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading or not row.edited or not row.planned.passages:
                continue
            if not _AIMS.search(draft.section(row)):
                continue
            program = words(of_program(draft, row).full)
            mine = words(row.full)
            there = set(words(passages_of(draft, row)))
            if sum(w in there for w in program) < 0.9 * len(program):
                continue
            if mine == program or " ".join(mine) in " ".join(words(passages_of(draft, row))):
                continue
            changes = [
                op for op in SequenceMatcher(None, program, mine, autojunk=False).get_opcodes() if op[0] != "equal"
            ]
            gone = " ".join(w for op in changes for w in program[op[1] : op[2]])[:80]
            new = " ".join(w for op in changes for w in mine[op[3] : op[4]])[:80]
            yield self.finding(
                row,
                f"The protocol's words were changed: “{gone}” to “{new}”.",
                0,
                len(row.full),
                of_program(draft, row).full,
            )


class Criteria(DraftCheck):
    id = "P11.criteria"
    title = "Criteria are not the protocol's"
    description = "Inclusion or exclusion criteria that a later wording dropped, put in another order, or changed in thresholds, comparators or negations. Other words of the same criterion are CL2's."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading or not row.edited or not CRITERIA.search(draft.section(row)):
                continue
            if row.planned.kind is not BlockKind.LIST_ITEM and not row.planned.passages:
                continue
            program = of_program(draft, row)
            numbers, theirs = (_NUMBER.findall(r.full.casefold()) for r in (row, program))
            if not row.full.strip():
                yield self.finding(row, "A criterion of the protocol is gone.")
            elif numbers != theirs:
                yield self.finding(
                    row, f"The criterion's numbers were {', '.join(theirs) or 'none'}.", 0, len(row.full), program.full
                )
            elif operators(row.full) != operators(program.full):
                yield self.finding(
                    row,
                    f"The criterion's comparators were {', '.join(operators(program.full)) or 'none'}.",
                    0,
                    len(row.full),
                    program.full,
                )
