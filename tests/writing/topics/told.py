"""What safety sections say of a study: sections rendered from the checkout's parts, as plain text and with their codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.book import Book
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
_FRONT = """---
id: draft/told
version: 1
why: Sections of the safety parts.
title: Told
parts: [draft/parts/events, draft/parts/measurements, draft/parts/narratives]
---
"""
EVERY = tuple(
    f"{part}.{name}()"
    for part, names in {
        "events": (
            "overview overview_table common common_table organ_classes by_severity related deaths deaths_table serious serious_table special "
            "discontinuations conclusions events_brief deaths_brief serious_brief discontinuations_brief special_brief"
        ),
        "measurements": "laboratory laboratory_table vitals vitals_table ecg other brief",
        "narratives": "listing note missing all main brief",
    }.items()
    for name in names.split()
)


@cache
def part(name: str) -> bytes:
    """The bytes of a part or type, by its name."""
    return (PROMPTS / f"{name}.v1.md").read_bytes()


class Told:
    """Sections of a study by macro."""

    def __init__(self, study: StudyData, macros: Sequence[str] = EVERY) -> None:
        blocks = "".join(f"=== block {m}\nheading: H\nlevel: 1\n---\n{{{{ {m} }}}}\n" for m in macros)
        self.plan, self.book = make_plan(parse_type((_FRONT + blocks).encode(), "draft/told.v1", part), study)

    def lines(self, macro: str) -> list[str]:
        """The section's rows in plain text, without heading, captions and tables."""
        block = next(b for b in self.plan.blocks if b.id == macro)
        return [plain(r.text) for r in block.rows[1:] if r.kind.value not in ("table", "caption")]

    def says(self, macro: str) -> str:
        """The same as one text."""
        return "\n".join(self.lines(macro))

    def table(self, key: str) -> list[list[str]]:
        """A table's rows."""
        return [[plain(c) for c in row.cells] for row in self.plan.table(key).rows]


def plain(text: CodedText) -> str:
    """As people read it."""
    return "".join(p.text if isinstance(p, Text) else p.equiv for p in text if isinstance(p, (Text, Placeholder)))


def bare(text: CodedText) -> str:
    """What stands outside of codes."""
    return "".join(p.text for p in text if isinstance(p, Text))


_NUMBER_WORDS = re.compile(r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|once|twice)\b", re.IGNORECASE)


def unbound(plan: Plan) -> Iterator[str]:
    """Texts with a digit or a number word outside of codes."""
    texts = [r.text for b in plan.blocks for r in b.rows if not (r.kind.value == "heading" and r.fixed)]
    texts += [t for table in plan.tables for t in table.texts()]
    for text in texts:
        if re.search(r"\d", bare(text)) or _NUMBER_WORDS.search(bare(text)):
            yield plain(text)


def narratives(study: StudyData) -> tuple[Plan, Book]:
    """The document of patient narratives."""
    return make_plan(parse_type(part("draft/narratives"), "draft/narratives.v1", part), study)
