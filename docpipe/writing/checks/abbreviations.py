"""Abbreviations of a draft: defined, used, defined once. Imports its room only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from docpipe.model.draft import Plan
from docpipe.model.finding import Severity
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.study_card import Card

_ABBREVIATION = re.compile(r"(?<![\w/.-])([A-Z][A-Za-z]{0,2}[A-Z]{1,6}[A-Za-z]?s?|[A-Z]{2,7}s?)(?![\w/]|\.\w)")
_DEFINED = re.compile(r"[(\[]([A-Z][A-Za-z]{0,2}[A-Z]{1,6}[a-z]?)s?[)\]]")
_WHOLE = re.compile(r"\w+(?:-[\w+]+)+")
_KNOWN = frozenset(
    (
        "DNA", "RNA", "USA", "US", "UK", "EU", "ID", "IDS", "AM", "PM", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "OK", "CD", "PDF",
        "GAP", "ICH", "FDA", "EMA", "CDISC", "SAS", "TV", "NA", "ND", "NE", "NR", "II-III",
    )
)  # fmt: skip


Definitions = tuple[tuple[re.Match[str], str, str], ...]
"""Match, abbreviation, long form."""


def defined(row: Seen) -> Definitions:
    """``Long form (ABC)`` or, inside brackets, ``long form [ABC]`` in a row; the long form as far as its initials reach."""
    return tuple(_defined(row))


def _defined(row: Seen) -> Iterator[tuple[re.Match[str], str, str]]:
    for m in _DEFINED.finditer(row.full):
        words = re.findall(r"[\w'’-]+(?=\s)", row.full[max(0, m.start() - 120) : m.start()])
        letters = [c for c in m[1] if c.isupper()]
        tail = words[-len(letters) - 2 :]
        start = next((i for i, w in enumerate(tail) if w[:1].upper() == letters[0]), None)
        if start is not None and len(tail) - start <= len(letters) + 2:
            yield m, m[1], " ".join(tail[start:])


def meanings(row: Seen) -> Definitions:
    """As ``defined``, where the letters are the initials of the words in order: surely a definition."""
    return tuple(_meanings(row))


def _meanings(row: Seen) -> Iterator[tuple[re.Match[str], str, str]]:
    for m, short, long in row.once(defined):
        letters = [c.casefold() for c in short if c.isupper()]
        words = [w for w in re.split(r"[\s/-]+", long.casefold()) if w]
        if len(words) == 1:
            letters, words = letters[1:], list(long.casefold()[1:])
        for word in words:
            if letters and word.startswith(letters[0]):
                letters.pop(0)
        if not letters:
            yield m, short, long


def _names(plan: Plan, card: Card) -> frozenset[str]:
    """Words in capitals that need no definition: of the glossary, the type's constants, the study's names and its displays."""
    names = (
        *plan.constants, plan.study, card.sponsor, *card.ids, *card.arms, *card.drugs, *card.parameters, *card.terms, *card.classes,
        *card.sets, *card.windows, *card.variables, *(t for pair in card.displays.values() for t in pair),
    )  # fmt: skip
    patterns = (
        re.compile(r"\b[A-Za-z]*[A-Z]{2,}\w*"),
        re.compile(r"[A-Za-z]*[A-Z]{2,}[A-Za-z]*"),
        re.compile(r"[A-Z]{2,}"),
    )
    found = {w for name in names for pattern in patterns for w in pattern.findall(name)}
    return _KNOWN | frozenset(dict(plan.abbreviations)) | found


class UndefinedAbbreviation(DraftCheck):
    id = "AB1.undefined-abbreviation"
    severity = Severity.MAJOR
    title = "Abbreviation that nothing defines"
    description = "An abbreviation that neither the type's glossary nor an earlier “long form (ABC)” defines. Let pass: names of the sources (study ids, parameters, drugs, sponsor), words in capitals that the sources write so (preferred terms), units and a few that need no definition (DNA, ICH), headings, tables and quoted passages. Definitions from the glossary are written out at first use in the file."

    def run(self, draft: DraftText) -> Raised:
        known = set(kept(_names, draft.plan, draft.card))
        told: set[str] = set()
        for row in draft.rows:
            for _, short, _ in row.once(defined):
                known.add(short)
            if not row.prose or not (draft.only is None or row.address in draft.only):
                continue
            capitals = sum(c.isupper() for c in row.typed)
            if capitals > 0.6 * max(1, sum(c.isalpha() for c in row.typed)):
                continue
            for m in _ABBREVIATION.finditer(row.typed):
                word = m[1]
                base = word[:-1] if word.endswith("s") else word
                whole = _WHOLE.match(row.typed, m.start())
                if (
                    (whole and whole[0] in known)
                    or base in known
                    or word in known
                    or base in told
                    or len(base) < 2
                    or row.quoted(base)
                ):
                    continue
                told.add(base)
                yield self.finding(row, f"{base} is defined nowhere.", m.start(), m.end())


class AbbreviationMeanings(DraftCheck):
    id = "AB2.abbreviation-meanings"
    severity = Severity.MAJOR
    title = "Two meanings of one abbreviation"
    description = "An abbreviation with two long forms in the document, or another than the type's glossary gives. Case, plural and hyphens are no difference; the file's list holds what is used."

    def run(self, draft: DraftText) -> Raised:
        first: dict[str, str] = dict(draft.plan.abbreviations)
        for row in (r for r in draft.rows if r.prose):
            for m, short, long in row.once(meanings):
                if row.quoted(m[0]):
                    continue
                known = first.setdefault(short, long)
                if (
                    _plain(known) != _plain(long)
                    and not _plain(long).endswith(_plain(known))
                    and not _plain(known).endswith(_plain(long))
                ):
                    yield self.finding(row, f"{short} is “{known}” elsewhere.", m.start(), m.end(), known)


class DefinedAgain(DraftCheck):
    id = "AB3.defined-again"
    severity = Severity.MINOR
    title = "Abbreviation defined again, or long form after it"
    description = "“Long form (ABC)” a second time in the document, and a long form where the program's text has the abbreviation. The synopsis defines for itself and is let pass, as are quoted passages."

    def run(self, draft: DraftText) -> Raised:
        counts: dict[tuple[str, bool], int] = defaultdict(int)
        for row in (r for r in draft.rows if r.prose and not r.planned.passages):
            for m, short, _ in row.once(meanings):
                if re.search(r"“[^”]*$", row.full[: m.start()]):
                    continue
                counts[(short, row.brief)] += 1
                if counts[(short, row.brief)] > 1:
                    yield self.finding(row, f"{short} was defined before.", m.start(), m.end(), short)
        for row in (r for r in draft.asked if r.edited and r.prose):
            for short, long in draft.plan.abbreviations:
                defines = rf"(?!\s*\({re.escape(short)})"
                whole = re.compile(rf"\b{re.escape(long)}s?\b{defines}", re.IGNORECASE).search(row.typed)
                program = re.compile(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])")
                if whole and row.has_of_program(program, case=True) and not program.search(row.full):
                    said = f"“{whole[0]}” stands for {short}, which is defined."
                    yield self.finding(row, said, whole.start(), whole.end(), short)


def _plain(text: str) -> str:
    return re.sub(r"s\b|\band ", "", re.sub(r"[\W_]+", " ", text.casefold())).strip()
