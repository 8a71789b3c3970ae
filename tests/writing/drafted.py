"""Document types of this checkout, read and rendered for tests: plans, their plain text, what they leave open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docpipe.model import draft
from docpipe.model.document import BlockKind
from docpipe.model.draft import Fate, Plan
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.book import Book
from docpipe.writing.doctype import DocumentType, parse_type
from docpipe.writing.factstore import number_of_display
from docpipe.writing.plan import make_plan
from docpipe.writing.shown import shown
from docpipe.writing.study import StudyData

PROMPTS = Path(__file__).resolve().parent.parent.parent / "prompts"
TYPES = ("csr", "synopsis", "m2-7-3", "m2-7-4", "m2-7-6")
SUBMISSION = ("m2-5", "m2-7-1", "m2-7-2", "lay-summary", "icf", "ib", "smpc", "response")
NONCLINICAL = ("m2-6-2", "m2-6-4", "m2-6-6")


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


def assert_sound(name: str, study: StudyData) -> None:
    """What holds for every plan of every type and study."""
    plan, book = planned(name, study)
    tables = {t.key for t in plan.tables}
    blocks = {b.id for b in plan.blocks}
    figures = {c.data for _, r in plan.rows() for c in r.text if isinstance(c, Placeholder) and c.kind == draft.FIGURE}
    for where, text in every_text(plan):
        own = bare_of_constants(typed(text), plan)
        assert not re.search(r"[0-9]", own), (where, own)
        for code in (p for p in text if isinstance(p, Placeholder)):
            if code.kind == draft.FACT:
                fact_id, _, style = code.data.partition(":")
                fact = book.get(fact_id)  # type: ignore[arg-type]
                assert fact is not None, (where, code)
                assert code.equiv == shown(fact, style), where
            elif code.kind == draft.REF:
                kind, _, key = code.data.partition(":")
                assert key in {"table": tables, "figure": figures, "section": blocks}[kind], (where, code.data)
            elif code.kind == draft.ARM:
                assert code.data in (*study.every_arm, ""), (where, code.data)
            elif code.kind == draft.DISPLAY:
                assert study.display(code.data) or study.figure(code.data), (where, code.data)
    standing = [r.text[0].data for _, r in plan.rows() if r.kind is BlockKind.TABLE]  # type: ignore[union-attr]
    assert sorted(standing) == sorted(tables)
    used = {number_of_display(n) for b in plan.blocks if "displays" not in b.inputs for n in b.displays}
    unused = {number_of_display(u.display) for u in plan.unused}
    carried = {number_of_display(f.number) for f in study.figures if f.digest in figures}
    every = [*(d.number for d in study.displays), *(f.number for f in study.figures)]
    assert used | unused | carried == set(map(number_of_display, every))
    assert not carried & unused
    assert not used & unused
    assert all(u.reason for u in plan.unused)
    for b in plan.blocks:
        assert b.fate is not Fate.GAP or (
            b.reason and b.reason != "None of the sources holds what this section asks for."
        ), b.id


def assert_rows_read_well(name: str, study: StudyData) -> None:
    """Rows of a program text: no holes, no marks of templates, sentences that begin and end."""
    plan, _ = planned(name, study)
    for b, row in plan.rows():
        text = said(row.text)
        assert text.strip(), (b.id, row.address)
        assert not re.search(r"\{\{|\}\}|\{%|\bNone\b(?! of)|Undefined|\ue000|  | ,|\(\)|\.\.", text), (b.id, text)
        if row.kind is BlockKind.PARAGRAPH and not row.gap and not row.passages:
            assert text[-1] in ".:”)", (b.id, text)
    for b in plan.blocks:
        texts = [r.text for r in b.rows if r.kind is BlockKind.PARAGRAPH and not r.fixed]
        assert len(texts) == len(set(texts)), b.id


def gaps_by_section(name: str, study: StudyData) -> Counter[str]:
    plan, _ = planned(name, study)
    return Counter(b.id for b, row in plan.rows() if row.gap)
