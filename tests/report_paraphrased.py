"""The same report in other words: other sentence patterns, another order, other roundings, numbers in words, other synonyms; still correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from docpipe.model.report import PieceKind, ReportText

_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SYNONYMS: tuple[tuple[str, str], ...] = (
    (r"\bTreatment-emergent adverse events were reported for\b", "At least one treatment-emergent event occurred in"),
    (r"\bwere reported for\b", "were seen in"),
    (r"\bwas reported for\b", "was seen in"),
    (r"\bwere recorded for\b", "were noted in"),
    (r"\bsubjects\b", "patients"),
    (r"\bsubject\b(?! -)", "patient"),
    (r"\bSubjects\b", "Patients"),
    (r"\bwere female\b", "were women"),
    (r"\bdiscontinued\b(?! prior)", "withdrew"),
    (r"\brandomized\b(?=[:;.,])", "allocated at random"),
    (r"\bOverall, ", "In total, "),
    (r"\bA total of (\d+)", r"\1"),
)


def paraphrased(report: ReportText, arms: Sequence[str]) -> ReportText:
    """The report with its prose reworded; quotations, headings, captions and tables stay. Narratives of subjects keep their dates."""
    pieces = list(report.pieces)
    for piece in report.pieces:
        if (
            piece.kind in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM)
            and not piece.text.startswith("[GAP")
            and re.search(r"\d", piece.text)
        ):
            pieces[piece.id] = replace(piece, text=reworded(piece.text, arms))
    return replace(report, pieces=tuple(pieces))


def reworded(text: str, arms: Sequence[str]) -> str:
    """A paragraph in other words."""
    if not any(a in text for a in arms):
        return _plain(text)
    return _plain(_lists(_counts(_whole(text), arms), arms))


def _plain(text: str) -> str:
    for old, new in _SYNONYMS:
        text = re.sub(old, new, text)
    text = re.sub(rf"\b(\d{{1,2}}) ({_MONTHS}) (\d{{4}})\b", r"\2 \1, \3", text)
    return re.sub(
        r"(?<![\w.,/:(\[=-])([2-9])(?= (?:patients|women|men|events|deaths)\b)", lambda m: _WORDS[int(m[1])], text
    )


def _whole(text: str) -> str:
    """Percentages of a sentence without decimals, all of them."""

    def sentence(m: re.Match[str]) -> str:
        said = m[0]
        if re.search(r"difference|points|p[=<]|CI\b|\d\.5%", said):
            return said
        return re.sub(
            r"(?<![\w.])(\d+\.[0-46-9])(?=%)", lambda n: str(Decimal(n[1]).quantize(Decimal(1), ROUND_HALF_UP)), said
        )

    return re.sub(r"[^.!?]+(?:[.!?](?!\s+[A-Z])[^.!?]*)*[.!?]?", sentence, text)


def _counts(text: str, arms: Sequence[str]) -> str:
    """``65 of 86 (76%) in the A group, 77 of 84 (92%) in the B group`` with the arm in front."""
    arm = "|".join(map(re.escape, sorted(arms, key=len, reverse=True)))
    one = rf"(\d+) of (\d+)(?: subjects)? \(([\d.]+%)\) in the ({arm}) group"
    text = re.sub(one, r"\1/\2 (\3) of those on \4", text)
    return re.sub(rf"(\d+) \(([\d.]+%)\) in the ({arm}) group", r"\3 \1 (\2)", text)


def _lists(text: str, arms: Sequence[str]) -> str:
    """``x, y, and z in the A, B, and C groups, respectively`` as ``A x, B y, C z``."""
    if len(arms) < 2:
        return text
    value = r"-?\d[\d.]*%?(?: \([^()]*\))?"
    values = r",? (?:and )?".join(rf"({value})" for _ in arms)
    names = ", ".join(map(re.escape, arms[:-1])) + ("," if len(arms) > 2 else "") + " and " + re.escape(arms[-1])

    def turned(m: re.Match[str]) -> str:
        groups = m.groups()
        unit = groups[len(arms)] or ""
        pairs = [f"{groups[i]}{unit} for {a}" for i, a in enumerate(arms)]
        return "; ".join(pairs)

    return re.sub(rf"{values}( [a-z%]+)?,? in the {names} groups(?:, respectively)?", turned, text)
