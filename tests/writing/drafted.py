"""Document types of this checkout, read and rendered for tests: plans, their plain text, what they leave open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.book import Book
from docpipe.writing.doctype import DocumentType, parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData

PROMPTS = Path(__file__).resolve().parent.parent.parent / "prompts"
TYPES = ("csr", "synopsis", "m2-7-3", "m2-7-4", "m2-7-6")


def part(name: str) -> bytes:
    """The bytes of a part as it lies in the checkout."""
    return (PROMPTS / f"{name}.v1.md").read_bytes()


@cache
def type_named(name: str) -> DocumentType:
    """A document type of the checkout."""
    return parse_type((PROMPTS / f"draft/{name}.v1.md").read_bytes(), f"draft/{name}.v1", part)


_made: dict[tuple[str, str], tuple[Plan, Book]] = {}


def planned(name: str, study: StudyData) -> tuple[Plan, Book]:
    """The plan of a type for a study, made once."""
    key = (name, study.version)
    if key not in _made:
        _made[key] = make_plan(type_named(name), study)
    return _made[key]


def said(text: CodedText) -> str:
    """The words as they are read."""
    return "".join(p.text if isinstance(p, Text) else p.equiv if isinstance(p, Placeholder) else "" for p in text)


def typed(text: CodedText) -> str:
    """The words that stand outside codes, one code a blank."""
    return " ".join(p.text for p in text if isinstance(p, Text))


def every_text(plan: Plan) -> Iterator[tuple[str, CodedText]]:
    """Every coded text that is not the type's own fixed words, with where it stands."""
    for block, row in plan.rows():
        if not row.fixed:
            yield f"{block.id}: {row.address}", row.text
    for table in plan.tables:
        for text in table.texts():
            yield f"table {table.key}", text


def bare_of_constants(words: str, plan: Plan) -> str:
    """The words without the type's constants and the headings of sections."""
    for constant in sorted(plan.constants, key=len, reverse=True):
        words = words.replace(constant, " ")
    return re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]", "", words)
