"""Numbers that someone typed into a draft, and why some of them need no fact. Imports the core and its room only.

Every token of digits or number words outside a code is found; ``reason`` names the rule that lets it stand, or "".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from docpipe.model.draft import Plan
from docpipe.model.fact import Fact
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.study_card import Card

_WORDS = {
    w: n for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
} | {w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)} | {
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12, "twice": 2, "double": 2, "triple": 3, "half": None, "both": None,
}  # fmt: skip
_DIGITS = re.compile(
    r"[<>≤≥]?\s?[-−–]?(?<![\d.])\d+(?:[.,·]\d+)*(?:\s?%)?|(?:[<>≤≥]\s?)?(?<![\w.,])\.\d{2,5}\b|[½⅓⅔¼¾]|[⁰¹²³⁴-⁹]+"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD = re.compile(
    rf"\b(?:(?:{_TENS})-(?:one|two|three|four|five|six|seven|eight|nine)|(?:{_TENS})|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundred|thousand|million|dozen|twice|half)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?<!at least )(?<!no )\bone (?=(?:subject|patient|participant|death|event|case|site|cent|arm|group|week|month|day|year|male|female|man|woman)s?\b)",
    re.IGNORECASE,
)
_COMPOUND = re.compile(
    r"(?:one|two|three)-(?:sided|tailed|way)\b|\b(?:one|two|half)-(?:life|lives)\b|\bhalf\b", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"\b(?:Sections?|Tables?|Figures?|Listings?|Appendi(?:x|ces)|Annex(?:es)?|Modules?|Chapters?|Attachments?|Footnotes?|Notes?|Items?|References?)"
    r"(?:\s+(?:and\s+|to\s+|,\s*)?[A-Z]?\d[\w.-]*(?:\s*(?:,|and|to|through|or|–|-)\s*[A-Z]?\d[\w.-]*)*)"
)
_LABEL = re.compile(
    r"^\s*(?:\(?\d{1,2}[.)]|\d{1,2}(?:\.\d{1,2})+)\s|(?<=[:;,]\s)\(\d{1,2}\)(?=\s+[a-z])|\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]"
)
_UNIT_POWER = re.compile(
    r"\b(?:[kcmµμ]?m|[kcm]?g/m|s|min)\^?[23²³]\b|\b10\^?(?:3|6|9|12)/[µμ]?[lL]\b|[²³⁻¹⁰⁴-⁹]+|(?<=[A-Za-z])[₀-₉]+"
)


_STUDY_DAY = re.compile(r"\bstudy\s+day\s+\d+$", re.IGNORECASE)
"""A day of one subject, though a visit may be called so."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number as typed. ``value``: None where it is no plain number; ``reason``: why it may stand, or ""."""

    start: int
    end: int
    text: str
    value: Decimal | None
    percent: bool
    reason: str = ""


def value_of(text: str) -> Decimal | None:
    """The number that a token says; thousands separators, unicode minus, full width and number words count as digits."""
    plain = (
        unicodedata.normalize("NFKC", text)
        .strip()
        .strip("<>≤≥%")
        .strip()
        .casefold()
        .replace("−", "-")
        .replace("–", "-")
    )
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    try:
        return Decimal(plain)
    except InvalidOperation:
        pass
    parts = [p for p in re.split(r"[\s-]+", plain) if p]
    if parts and all(_WORDS.get(p) is not None for p in parts):
        return Decimal(sum(_WORDS[p] or 0 for p in parts))
    return None


def tokens(text: str) -> Iterator[Token]:
    """Every number in a text, in order, without a reason yet."""
    found: list[Token] = []
    for m in _DIGITS.finditer(unicodedata.normalize("NFKC", text) if _same_length(text) else text):
        said = m[0].strip()
        start = m.end() - len(m[0].lstrip())
        if re.match(r"[-–−]\d", said) and start and (text[start - 1].isalnum() or text[start - 1] == "\ue000"):
            start, said = start + 1, said[1:]
        found.append(Token(start, m.end(), text[start : m.end()], value_of(said), "%" in said))
    for pattern in (_WORD, _ONE):
        for m in pattern.finditer(text):
            found.append(Token(m.start(), m.end(), m[0].strip(), value_of(m[0]), False))
    return iter(sorted(found, key=lambda t: t.start))


def _same_length(text: str) -> bool:
    return len(unicodedata.normalize("NFKC", text)) == len(text)


def _names(plan: Plan, card: Card) -> re.Pattern[str] | None:
    """Names with digits that the study and the type know: visits, terms, arms, drugs, ids, constants, abbreviations."""
    abbreviations = (word for pair in plan.abbreviations for word in pair)
    of_study = (
        *card.windows,
        *card.terms,
        *card.classes,
        *card.drugs,
        *card.ids,
        *card.parameters,
        *card.sets,
        plan.study,
    )
    names = {*plan.constants, *abbreviations, *plan.arms, *of_study}
    wanted = sorted(
        {n.strip() for n in names if re.search(r"\d", n) and re.search(r"[^\W\d]", n) and len(n) < 80},
        key=lambda n: -len(n),
    )
    if not wanted:
        return None
    return re.compile(
        rf"(?<![\w.])(?:{'|'.join(re.escape(n).replace(chr(92) + ' ', chr(92) + 's+') for n in wanted)})(?![\w]|\.\d)",
        re.IGNORECASE,
    )


class Allowed:
    """Says why a typed number may stand in a draft of this plan and study."""

    def __init__(self, plan: Plan, card: Card) -> None:
        self.card = card
        self.names = kept(_names, plan, card)

    def tokens(self, row: Seen) -> Iterator[Token]:
        """The typed numbers of a row with their reasons."""
        found = list(tokens(row.typed))
        if row.heading and row.planned.fixed and not row.edited:
            found = []
        if not found:
            return
        regions = self._regions(row)
        for token in found:
            reason = next((why for a, b, why in regions if a <= token.start and token.end <= b), "")
            yield Token(
                token.start, token.end, token.text, token.value, token.percent, reason or self._quoted(row, token)
            )

    def _regions(self, row: Seen) -> list[tuple[int, int, str]]:
        text = row.typed
        patterns: Iterable[tuple[re.Pattern[str] | None, str]] = (
            (_REFERENCE, "reference"), (_LABEL, "label of a list or citation"), (_UNIT_POWER, "unit"), (_COMPOUND, "fixed term"),
            (self.names, "name known to the study or the type"),
        )  # fmt: skip
        found = [
            (m.start(), m.end(), why)
            for p, why in patterns
            if p is not None
            for m in p.finditer(text)
            if not _STUDY_DAY.search(text, 0, m.end())
        ]
        for m in re.finditer(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+", text):
            if m[0] in self.card.subjects:
                found.append((m.start(), m.end(), "subject of the study"))
        return found

    def _quoted(self, row: Seen, token: Token) -> str:
        """The token with its neighbours stands in a passage that the row cites."""
        if not row.planned.passages or token.text[:1].isdigit():
            return ""
        before = re.findall(r"\S+", row.full[: token.start])[-2:]
        after = re.findall(r"\S+", row.full[token.end :])[:2]
        window = _plain(" ".join([*before, row.full[token.start : token.end], *after]))
        for place in row.planned.passages:
            if window in _plain(self.card.passages.get(f"{place.sha256}|{place.locator}", "")):
                return "words of the cited passage"
        return ""


def _plain(text: str) -> str:
    return re.sub(r"[\s.,;:()]+", " ", text).strip().casefold()


def same_value(token: Token, fact: Fact) -> bool:
    """A typed number says what a fact says."""
    if token.value is None:
        return False
    other = value_of(fact.formatted) if not fact.formatted[:1].isalpha() else None
    if other is None:
        return False
    return other == token.value and ("<" in token.text) == ("<" in fact.formatted)
