"""Rows of a draft written by hand: program text with values, groups and references as codes. For the tests of drafting in every room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from docpipe.llm.drafting import Datum, RowToWord
from docpipe.model import draft
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import Address, BlockKind
from docpipe.model.fact import FactId
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text, text_digest
from docpipe.model.segment import Segment, segment_id

ARMS = ("Placebo", "Olvexin Low Dose", "Olvexin High Dose")
_SLOT = re.compile(r"\{(\w+):([^|}]*)(?:\|([^}]*))?\}")


def coded(text: str, start: int = 0) -> tuple[CodedText, dict[FactId, Datum]]:
    """``{arm:Placebo}``, ``{ref:table:x|Table 1}``, ``{display:Table 14-1}``, ``{f:12|Placebo/died}`` as codes.

    A value's part after the bar is its arm and what it is; ``quoted`` there makes it a number of a passage.
    """
    parts: list[Inline] = []
    facts: dict[FactId, Datum] = {}
    at, number = 0, start
    for m in _SLOT.finditer(text):
        parts.append(Text(text[at : m.start()]))
        at = m.end()
        number += 1
        kind, data, more = m[1], m[2], m[3] or ""
        if kind == "f":
            value, _, style = data.partition("~")
            arm, _, label = more.partition("/")
            name = FactId("F" + digest_of([value, more])[:12])
            facts[name] = Datum(label or "n", arm if arm in ARMS else "", quoted=label == "quoted")
            parts.append(_code(number, draft.FACT, f"{name}:{style}" if style else name, value))
        else:
            kind_of = {"arm": draft.ARM, "ref": draft.REF, "display": draft.DISPLAY}[kind]
            parts.append(_code(number, kind_of, data, more or data))
    parts.append(Text(text[at:]))
    return merge_text(parts), facts


def _code(number: int, kind: str, data: str, equiv: str) -> Placeholder:
    return Placeholder(number, kind, data, equiv, deletable=True, cloneable=True)


def row(
    *sentences: str,
    kind: BlockKind = BlockKind.PARAGRAPH,
    passages: Sequence[str] = (),
    at: int = 1,
    block: str = "12.1",
) -> RowToWord:
    """A row of these sentences."""
    made: list[CodedText] = []
    facts: dict[FactId, Datum] = {}
    count = 0
    for s in sentences:
        text, more = coded(s, count)
        count += sum(isinstance(p, Placeholder) for p in text)
        made.append(text)
        facts |= more
    whole = merge_text(p for n, s in enumerate(made) for p in (*((Text(" "),) if n else ()), *s))
    address = Address(f"block:{block}/{at}")
    segment = Segment(segment_id("d" * 64, address, 0), address, 0, kind, whole, text_digest(whole), Digest("c"))
    return RowToWord(segment, tuple(made), facts, tuple(passages))


ROWS = (
    row(
        "In the {arm:Placebo} group, {f:58|Placebo/completed} of {f:86|Placebo/N} patients ({f:67.4|Placebo/pct}%) completed the study ({display:Table 14-1.02}).",
        "In the {arm:Olvexin Low Dose} group, {f:25|Olvexin Low Dose/completed} of {f:84|Olvexin Low Dose/N} patients ({f:29.8|Olvexin Low Dose/pct}%) completed the study.",
        "The difference between {arm:Placebo} and {arm:Olvexin Low Dose} was {f:37.6|/difference} percentage points.",
    ),
    row(
        "Adverse events were reported for {f:65|Placebo/ae} of {f:86|Placebo/N} patients in the {arm:Placebo} group, {f:77|Olvexin Low Dose/ae} in the {arm:Olvexin Low Dose} group, and {f:76|Olvexin High Dose/ae} in the {arm:Olvexin High Dose} group ({display:Table 14-5.01}).",
        "Serious adverse events occurred in {f:3~word|all/serious} patients; none of these was fatal.",
    ),
    row(
        "{f:Two~Word|Placebo/deaths} patients in the {arm:Placebo} group and {f:1~word|Olvexin Low Dose/deaths} patient in the {arm:Olvexin Low Dose} group died.",
        "No deaths were reported in the {arm:Olvexin High Dose} group.",
    ),
    row("No serious adverse events were reported.", "{ref:table:ae|Table 3} gives an overview."),
    row(
        "The mean age was {f:75.2|Placebo/mean} years (SD {f:8.59|Placebo/sd}) in the {arm:Placebo} group and {f:74.4|Olvexin High Dose/mean} years (SD {f:7.89|Olvexin High Dose/sd}) in the {arm:Olvexin High Dose} group.",
        "In the {arm:Placebo} group, {f:33|Placebo/male} patients were male and {f:53|Placebo/female} were female.",
    ),
    row(
        "Common adverse events were pruritus ({f:8|Placebo/pruritus} patients), application site erythema ({f:14|Placebo/erythema}), and dizziness ({f:9|Placebo/dizziness}).",
        kind=BlockKind.LIST_ITEM,
    ),
    row(
        "Patient {f:01-701-1015|/USUBJID} experienced a myocardial infarction on {f:2 July 2014|/AESTDTC} (Day {f:23|/AESTDY}).",
        "The event was not considered related to study drug and its outcome was {f:fatal|/AEOUT}.",
        "The patient had not received concomitant medication.",
    ),
    row(
        "The primary analysis compared {arm:Olvexin High Dose} with {arm:Placebo} (p={f:0.0123|/p}).",
        "The adjusted mean changes from baseline to Week {f:24|/window} were {f:-1.3|Olvexin High Dose/mean} and {f:2.5|Placebo/mean} in the {arm:Olvexin High Dose} and {arm:Placebo} groups, respectively.",
    ),
    row(
        "Randomization was stratified by site.",
        "Patients without a measurement after baseline were excluded from {f:2~word|/quoted} analyses.",
        passages=("Randomization will be stratified by site. Patients without a post-baseline measurement are excluded from two analyses of efficacy.",),
    ),
    row(
        "There were {f:10|Placebo/events} events in {f:4|Placebo/subjects} patients in the {arm:Placebo} group and {f:31|Olvexin High Dose/events} events in {f:12|Olvexin High Dose/subjects} patients in the {arm:Olvexin High Dose} group.",
        "Reasons for discontinuation were adverse event ({f:8|Placebo/ae}), death ({f:1|Placebo/death}), and lack of efficacy ({f:3|Placebo/lack}) in the {arm:Placebo} group; no patient was lost to follow-up.",
    ),
)  # fmt: skip


def numbered(rows: Sequence[RowToWord]) -> list[RowToWord]:
    """The same rows with addresses of their own."""
    out = []
    for n, r in enumerate(rows, 1):
        address = Address(f"block:12.{1 + n // 100}/{n}")
        segment = replace(r.segment, id=segment_id("e" * 64, address, 0), address=address)
        out.append(replace(r, segment=segment))
    return out
