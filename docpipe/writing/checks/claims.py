"""Claims of a draft and what carries them: sentences without source, terms from nowhere, lost negations, foreign names. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from docpipe.model import draft as codes
from docpipe.model.document import BlockKind
from docpipe.model.finding import Severity
from docpipe.writing.added import added_lines
from docpipe.writing.checks.reading.check import WHOLE, DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.foreign import COMPANIES, DRUGS, STEMS
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import HIDDEN_NEGATION, NEGATION

_CONTENT = re.compile(r"[^\W\d_]{4,}")
_PLAIN_WORDS = frozenset(
    (
        "with", "were", "that", "this", "from", "have", "been", "each", "which", "than", "they", "their", "there", "these", "those", "most", "more",
        "also", "into", "over", "such", "other", "after", "before", "during", "among", "between", "study", "subject", "patient", "participant",
        "group", "treatment", "reported", "table", "section", "presented", "summarized", "summarised", "shown", "respectively", "overall",
    )
)  # fmt: skip


def stems(text: str) -> set[str]:
    """Content words, cut so that inflection does not count."""
    found = set()
    for word in _CONTENT.findall(text.casefold()):
        if word not in _PLAIN_WORDS and word.rstrip("s") not in _PLAIN_WORDS:
            found.add(word[:6] if len(word) > 7 else word[:5])
    return found


def of_program(draft: DraftText, row: Seen) -> Seen:
    """The row as the program wrote it."""
    return Seen(row.block, row.planned, row.planned.text, draft.facts)


def passages_of(draft: DraftText, row: Seen) -> str:
    """The text of the passages that a row cites."""
    return " ".join(draft.card.passages.get(f"{p.sha256}|{p.locator}", "") for p in row.planned.passages)


class NoSource(DraftCheck):
    id = "CL1.no-source"
    title = "Sentence without source"
    description = "A sentence with no value, no cited table and no passage that the program did not write and whose words are not those of the row's own facts and passages. Headings, gaps and the type's own sentences have the type file as their source while they stand unchanged."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading or not row.edited or row.planned.kind in (BlockKind.TABLE, BlockKind.FIGURE):
                continue
            program = of_program(draft, row)
            known = {_plain(program.full[a:b]) for a, b in program.sentences}
            ground = stems(
                " ".join(
                    (
                        program.full,
                        passages_of(draft, row),
                        *(" ".join((*c.fact.row, c.fact.population)) for c in row.values if c.fact),
                    )
                )
            )
            added = added_lines(row.full, program.full)
            for start, end in added:
                if not any(c.kind in (codes.FACT, codes.DISPLAY) for c in row.within(start, end)):
                    said = "A person added this paragraph; no fact and no passage carries it."
                    yield self.finding(row, said, start, end)
            for start, end in row.sentences:
                text = row.full[start:end]
                if any(a < end and start < b for a, b in added):
                    continue
                if _plain(text) in known or any(c.kind in (codes.FACT, codes.DISPLAY) for c in row.within(start, end)):
                    continue
                words = stems(text)
                if not words:
                    continue
                if len(words & ground) < 0.6 * len(words):
                    yield self.finding(row, "No fact and no passage carries this sentence.", start, end)


@lru_cache(maxsize=8)
def _terms(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    wanted = sorted({t for t in terms if len(t) > 3}, key=lambda t: -len(t))
    return re.compile(rf"\b(?:{'|'.join(re.escape(t) for t in wanted)})\b", re.IGNORECASE) if wanted else None


class UnsupportedTerm(DraftCheck):
    id = "CL2.unsupported-term"
    severity = Severity.MAJOR
    title = "The source does not say this"
    description = "A preferred term, system organ class or parameter in a reworded sentence that neither its facts, the program's text nor the cited passages have; a reworded quotation that shares less than half of its words with the passage."

    def run(self, draft: DraftText) -> Raised:
        pattern = _terms((*draft.card.terms, *draft.card.classes, *draft.card.parameters))
        for row in draft.asked:
            if row.heading or not row.edited:
                continue
            passages = passages_of(draft, row)
            facts = " ".join(" ".join(c.fact.row) for c in row.values if c.fact is not None)
            ground = " ".join((of_program(draft, row).full, passages, facts, row.block.heading)).casefold()
            for m in pattern.finditer(row.typed) if pattern is not None else ():
                if m[0].casefold() not in ground:
                    yield self.finding(
                        row, f"“{m[0]}” stands in no fact or passage of this paragraph.", m.start(), m.end()
                    )
            if passages and not row.values:
                words = stems(row.full)
                if len(words) > 3 and len(words & stems(f"{passages} {of_program(draft, row).full}")) < 0.5 * len(
                    words
                ):
                    yield self.finding(row, "The cited passage says something else.", 0, len(row.full))


class Negation(DraftCheck):
    id = "CL3.negation"
    title = "Negation lost or added"
    description = "No, not, none, without and the like in the program's sentence or cited passage and not in the wording of it, or the other way. A negation that moved into a word (did not complete: discontinued; no: absence of, 0) is let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading or not row.edited or not row.full.strip():
                continue
            program = of_program(draft, row)
            if program.planned.gap or _weight(program.full) == _weight(row.full):
                continue
            kept_words = {_plain(row.full[a:b]) for a, b in row.sentences}
            for start, end in row.sentences:
                other = _partner(row, program, start, end)
                if other is None or _plain(program.full[slice(*other)]) in kept_words:
                    continue
                mine, theirs = row.full[start:end], program.full[other[0] : other[1]]
                a, b = len(NEGATION.findall(mine)), len(NEGATION.findall(theirs))
                if a != b and _weight(mine) != _weight(theirs):
                    m = NEGATION.search(row.full, start, end)
                    span = (m.start(), m.end()) if m and a > b else (start, end)
                    yield self.finding(
                        row,
                        "A negation was added." if a > b else "A negation of the program's sentence is gone.",
                        *span,
                    )


def _weight(text: str) -> int:
    return len(NEGATION.findall(text)) + len(HIDDEN_NEGATION.findall(text))


def _partner(row: Seen, program: Seen, start: int, end: int) -> tuple[int, int] | None:
    """The program's sentence that this one words: by shared values, else by shared words."""
    keys = {c.data for c in row.within(start, end)}
    words = stems(row.full[start:end])
    best: tuple[float, tuple[int, int]] | None = None
    for a, b in program.sentences:
        theirs = {c.data for c in program.within(a, b)}
        other = stems(program.full[a:b])
        score = len(keys & theirs) / max(1, len(keys | theirs)) * 2 + len(words & other) / max(1, len(words | other))
        if score > 0.35 and (best is None or score > best[0]):
            best = (score, (a, b))
    return best[1] if best else None


_LADDER: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"\b(?:suggest(?:s|ed|ing)?|may|might|appear(?:s|ed)? to)\b", re.IGNORECASE)),
    (2, re.compile(r"\b(?:indicat(?:es|ed|ing)|show(?:s|ed|n)|support(?:s|ed))\b", re.IGNORECASE)),
    (3, re.compile(r"\b(?:demonstrat(?:es|ed|ing)|confirm(?:s|ed|ing))\b", re.IGNORECASE)),
    (4, re.compile(r"\b(?:establish(?:es|ed)|prov(?:es|ed|en)|conclusively|definitive(?:ly)?)\b", re.IGNORECASE)),
)
_CONCLUDES = re.compile(r"\b(?:synopsis|conclusions?|discussion|clinical overview)\b", re.IGNORECASE)


class Strength(DraftCheck):
    id = "CL4.strength"
    severity = Severity.MAJOR
    title = "Conclusion stronger than the results"
    description = "Demonstrated, confirmed, established or proved in synopsis, discussion or conclusions where no sentence of the results says as much. Quoted passages are let pass."

    def run(self, draft: DraftText) -> Raised:
        body = max(
            (
                r.once(_rank)
                for r in draft.rows
                if not _CONCLUDES.search(r.block.heading) and not r.heading and not r.planned.passages
            ),
            default=0,
        )
        for row in draft.asked:
            if row.heading or row.planned.passages or not _CONCLUDES.search(row.block.heading):
                continue
            for rank, pattern in _LADDER[2:]:
                m = pattern.search(row.typed)
                if m and rank > body:
                    yield self.finding(row, f"“{m[0]}” is stronger than what the results say.", m.start(), m.end())


def _rank(row: Seen) -> int:
    return max((rank for rank, pattern in _LADDER if pattern.search(row.typed)), default=0)


_STUDY_ID = re.compile(
    r"\bNCT\d{8}\b|\b\d{4}-\d{6}-\d{2}(?:-\d{2})?\b|\b(?:study|protocol|trial)\s+(?:no\.?\s+|number\s+)?([A-Z][A-Z0-9]*[-_]?[A-Z0-9-]*\d[A-Z0-9-]*)\b"
)
_COMPANY = re.compile(
    r"\b((?:[A-Z][\w&-]+\s){1,3}(?:Inc|Ltd|LLC|GmbH|AG|S\.?A|plc|Corp|Pharmaceuticals?|Pharma|Therapeutics|Biotech|Laboratories))\b\.?"
)


class Foreign(DraftCheck):
    id = "CL5.foreign-name"
    title = "Drug, study or company that is not of this project"
    description = "A word with the stem of an international nonproprietary name, a well-known drug or company, a registry or study number, or a name that ends as companies' names do, which no source has. Stems and lists are those of the WHO and of public company names; other names without such a form are let pass."

    def run(self, draft: DraftText) -> Raised:
        words = draft.card.words
        own = {i.casefold() for i in (*draft.card.ids, draft.plan.study)}
        known = " ".join(
            (
                *draft.card.passages.values(),
                draft.card.sponsor,
                *draft.card.drugs,
                *(v for vs in draft.card.design.values() for v in vs),
                *draft.card.terms,
            )
        ).casefold()
        for row in (*draft.asked, *draft.cells):
            for m in STEMS.finditer(row.typed):
                if m[0].casefold() not in words and m[0].casefold() not in known:
                    yield self.finding(row, f"No source has the drug {m[0]}.", m.start(), m.end())
            for pattern, what in ((DRUGS, "drug"), (COMPANIES, "company")):
                for m in pattern.finditer(row.typed):
                    if m[0].casefold() not in words and m[0].casefold() not in known and not STEMS.fullmatch(m[0]):
                        yield self.finding(row, f"No source has the {what} {m[0]}.", m.start(), m.end())
            for m in _STUDY_ID.finditer(row.typed):
                said = (m[1] or m[0]).casefold()
                if said not in own and said not in known and said not in {i.casefold() for i in draft.plan.constants}:
                    yield self.finding(row, f"{m[1] or m[0]} is not this study.", m.start(), m.end())
            for m in _COMPANY.finditer(row.typed):
                if m[1].casefold() not in known:
                    yield self.finding(row, f"No source has the company {m[1]}.", m.start(), m.end())


class Endpoints(DraftCheck):
    id = "CL6.endpoints"
    title = "Pre-specified endpoint without a result"
    description = "A primary or key secondary endpoint of protocol or analysis plan for which no paragraph or table of the report states a value, and no gap says that the result is missing. Secondary endpoints in full reports only. Endpoints are told apart by their instruments' names."

    def run(self, draft: DraftText) -> Raised:
        heading = next((b for b in draft.plan.blocks if re.search(r"\befficacy\b", b.heading, re.IGNORECASE)), None)
        if heading is None or draft.only is not None or not re.search(r"csr|report|synopsis|2-?7-?3", draft.kind):
            return
        said: list[str] = []
        for row in draft.rows:
            tables = draft.tables_of(row)
            facts = [c.fact for c in row.values if c.fact is not None] + [
                f for t in tables for i in t.facts if (f := draft.facts.get(i)) is not None
            ]
            if facts or row.planned.gap:
                titles = {draft.card.displays.get(f.display, ("", ""))[0] for f in facts}
                said.append(
                    " ".join((row.full, row.planned.gap, *titles, *(" ".join(f.row) for f in facts))).casefold()
                )
        place = heading.rows[0].address if heading.rows else WHOLE
        report = any(b.number.startswith("11") for b in draft.plan.blocks)
        for kind, names in dict.fromkeys(_named(draft)):
            if (kind == "primary" or report) and not any(_holds(text, name) for text in said for name in names):
                yield self.whole(f"The {kind} endpoint {names[0]} has no result.", address=place)


def _named(draft: DraftText) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Names of instruments in endpoints: words with capitals inside, such as ADAS-Cog or HbA1c."""
    design = draft.card.design
    disease = " ".join(v for code in ("INDIC", "TITLE", "TDIGRP") for v in design.get(code, ()))
    for endpoint in draft.card.endpoints:
        if endpoint.objective:
            continue
        for item in re.split(r"\s+-\s+|;\s+", endpoint.text):
            names = re.findall(r"(?<![\w-])(?=[\w+-]*[A-Za-z])[A-Za-z]*[A-Z][\w]*[A-Z+-][\w+-]*", item)
            names = [n for n in names if n not in disease]
            if names:
                yield endpoint.kind, tuple(names)


def _holds(text: str, name: str) -> bool:
    plain = re.sub(r"[\s-]+", "", text)
    return re.sub(r"[\s-]+", "", name.casefold()) in plain


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


__all__: Sequence[str] = (
    "Endpoints",
    "Foreign",
    "Negation",
    "NoSource",
    "Strength",
    "UnsupportedTerm",
    "passages_of",
    "stems",
)
