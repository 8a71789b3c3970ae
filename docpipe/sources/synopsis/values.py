"""Values in the words of a synopsis: phase, blinding, model, ages, sexes, numbers, doses, each with its characters. Imports the core and its room.

A value that the words do not say is None; nothing is taken from what is usual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.trial import Administration, Coded, Quantity, Span
from docpipe.sources.synopsis.entries import Piece

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PHASE = re.compile(
    r"\b(?:phase\s*)?(?P<a>[1-4]|iv|i{1,3})\s?[ab]?(?:\s*(?:/|-|and)\s*(?:phase\s*)?(?P<b>[1-4]|iv|i{1,3})\s?[ab]?)?\b", re.IGNORECASE
)  # fmt: skip
_PHASED = re.compile(r"\bphase\s*" + _PHASE.pattern[2:], re.IGNORECASE)
_BLIND = (
    (re.compile(r"\b(?:double|triple)[- ]blind(?:ed)?\b", re.I), "C15228", "Double Blind"),
    (re.compile(r"\b(?:observer|evaluator|assessor)[- ]blind(?:ed)?\b", re.I), "C187674", "Observer Blind"),
    (re.compile(r"\bsingle[- ]blind(?:ed)?\b", re.I), "C28233", "Single Blind"),
    (re.compile(r"\bopen[- ]label(?:led)?\b|\bunblinded\b", re.I), "C49659", "Open Label"),
)
_MODEL = (
    (re.compile(r"\bparallel(?:[- ]groups?)?\b", re.I), "C82639", "Parallel Group"),
    (re.compile(r"\bcross-?over\b", re.I), "C82637", "Cross-over"),
    (re.compile(r"\bfactorial\b", re.I), "C82638", "Factorial"),
    (re.compile(r"\bsingle[- ](?:group|arm)\b|\bone[- ]arm\b", re.I), "C82640", "Single Group"),
    (re.compile(r"\bsequential\b", re.I), "C142568", "Sequential"),
)
_RANDOM = re.compile(r"(?<!non-)(?<!not )(?<!non)\brandomi[sz](?:ed|ation)\b", re.IGNORECASE)
_ADAPTIVE = re.compile(r"\badaptive\b", re.IGNORECASE)
_ROUTES = (
    ("Oral", r"oral(?:ly)?|by mouth|tablets?|capsules?"), ("Intravenous", r"intravenous(?:ly)?|\biv\b"), ("Subcutaneous", r"subcutaneous(?:ly)?|\bsc\b"),
    ("Intramuscular", r"intramuscular(?:ly)?|\bim\b"), ("Transdermal", r"transdermal(?:ly)?|patch(?:es)?"), ("Inhalation", r"inhal(?:ed|ation)"), ("Topical", r"topical(?:ly)?"),
)  # fmt: skip
_OFTEN = re.compile(r"\b(?:once|twice|three times|four times)\s+(?:a\s+)?(?:daily|day|weekly|week|monthly|month)\b|\b(?:qd|bid|tid|qid)\b|\bevery\s+\w+\s+(?:hours?|days?|weeks?|months?)\b|\bsingle dose\b|\bdaily\b", re.IGNORECASE)  # fmt: skip
_DOSE = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)?)\s?(mg|mcg|µg|μg|g|mL|IU)(?![\w/])")
_UNITS = {
    "mg": ("C28253", "Milligram"), "mcg": ("C48152", "Microgram"), "µg": ("C48152", "Microgram"), "μg": ("C48152", "Microgram"), "g": ("C48155", "Gram"),
    "mL": ("C28254", "Milliliter"), "IU": ("C48579", "International Unit"),
}  # fmt: skip
_N = re.compile(
    r"(?<![\d.,:])(\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+)(?![\d:]|\.\d|\s*(?:%|mg|years?|weeks?|days?|months?|sites?|cent(?:er|re)s?|countries|per\b))"
)
_PEOPLE = re.compile(
    r"participants?|subjects?|patients?|volunteers?|adults?|children|men|women|randomi[sz]ed|enrol", re.IGNORECASE
)
_AGE = re.compile(
    r"(?:\bage[ds]?\b[^.;\d]{0,25}?|\bbetween\s+)(\d{1,3})(?:\s*years?)?\s*(?:to|through|and|-|–)\s*(?:≤\s*|<=\s*)?(\d{1,3})(?=\D)|\b(\d{1,3})\s*(?:to|through|-|–)\s*(\d{1,3})\s*years", re.IGNORECASE
)  # fmt: skip
_FROM = re.compile(r"(?:\bage[ds]?\b[^.;\d]{0,20}?(?:≥|>=|at least|from|over)\s*|(?:at least|≥|>=)\s*)(\d{1,3})(?=\s*years|\D*$)|\b(\d{1,3})\s*years\s*(?:of age\s*)?(?:or|and)\s*(?:older|over|above)", re.IGNORECASE)  # fmt: skip
_TO = re.compile(
    r"(?:\bage[ds]?\b[^.;\d]{0,20}?(?:≤|<=|up to)\s*|(?:up to|≤|<=|not older than)\s*)(\d{1,3})(?=\s*years|\D*$)",
    re.IGNORECASE,
)
_MEN, _WOMEN = re.compile(r"\b(?:males?|men|boys)\b", re.I), re.compile(r"\b(?:females?|women|girls)\b", re.I)
_BOTH = re.compile(r"\b(?:both|either|any|all)\s+(?:sex|gender)(?:es|s)?\b", re.IGNORECASE)
_HEALTHY = re.compile(
    r"\bhealthy\s+(?:(?:adult|male|female|human)\s+)*(?:volunteers?|participants?|subjects?|adults?|men|women)\b", re.I
)
_ILL = re.compile(
    r"\b(?:patients?|participants?|subjects?|adults?|men|women|children)\b[^.;]{0,40}\bwith\b|\bdiagnos", re.IGNORECASE
)


def phase(piece: Piece, *, labelled: bool) -> Coded | None:
    """The phase. ``labelled``: the text stands under that label, so that a number alone is one."""
    m = (_PHASE if labelled else _PHASED).search(piece.text)
    if m is None:
        return None
    one, other = (_ROMAN.get((m[x] or "").casefold(), m[x] or "") for x in ("a", "b"))
    said = f"Phase {one}" + (f"/Phase {other}" if other else "")
    return Coded("", said, piece.part(*m.span()).place.locator)


def blinding(piece: Piece) -> Coded | None:
    """Who is blinded, as the words say it."""
    return next(_coded(piece, _BLIND), None)


def model(piece: Piece) -> Coded | None:
    """The intervention model."""
    return next(_coded(piece, _MODEL), None)


def _coded(piece: Piece, forms: tuple[tuple[re.Pattern[str], str, str], ...]) -> Iterator[Coded]:
    for form, code, decode in forms:
        if m := form.search(piece.text):
            yield Coded(code, decode, piece.part(*m.span()).place.locator, "NCIt")


def characteristics(piece: Piece) -> Iterator[Coded]:
    """Randomised, adaptive."""
    for form, code, decode in ((_RANDOM, "C25196", "Randomized"), (_ADAPTIVE, "C98704", "Adaptive")):
        if m := form.search(piece.text):
            yield Coded(code, decode, piece.part(*m.span()).place.locator, "NCIt")


def size(piece: Piece, *, labelled: bool) -> Quantity | None:
    """How many participants are planned: the largest number of people that the text names."""
    found = [m for m in _N.finditer(piece.text) if labelled or _PEOPLE.search(piece.text[m.end() : m.end() + 40])]
    near = [m for m in found if _PEOPLE.search(piece.text[m.end() : m.end() + 40])] or found[:1]
    best = max(near, key=lambda m: int(re.sub(r"\D", "", m[1])), default=None)
    return Quantity(re.sub(r"\D", "", best[1]), piece.part(*best.span(1)).place.locator) if best else None


def ages(piece: Piece) -> Span | None:
    """The planned ages in years."""
    at = piece.place.locator
    if m := _AGE.search(piece.text):
        low, high = (1, 2) if m[1] else (3, 4)
        return Span(at, _years(piece, m, low), _years(piece, m, high))
    first, last = _FROM.search(piece.text), _TO.search(piece.text)
    low_end = _years(piece, first, 1 if first[1] else 2) if first else None
    high_end = _years(piece, last, 1) if last else None
    return Span(at, low_end, high_end) if low_end or high_end else None


def _years(piece: Piece, m: re.Match[str], group: int) -> Quantity:
    at = piece.part(*m.span(group)).place.locator
    return Quantity(m[group], at, Coded("C29848", "Year", at, "NCIt"))


def sexes(piece: Piece) -> tuple[Coded, ...]:
    """The planned sexes, where the words name them."""
    at = piece.place.locator
    men, women = _MEN.search(piece.text), _WOMEN.search(piece.text)
    if _BOTH.search(piece.text) or (men and women):
        return (Coded("C49636", "Both", at, "NCIt"),)
    if women:
        return (Coded("C16576", "Female", at, "NCIt"),)
    return (Coded("C20197", "Male", at, "NCIt"),) if men else ()


def healthy(piece: Piece) -> bool | None:
    """Whether healthy participants are planned; None where the words do not say."""
    if _HEALTHY.search(piece.text):
        return True
    return False if _ILL.search(piece.text) else None


def administrations(piece: Piece, number: int) -> Iterator[Administration]:
    """Doses with route and frequency, one for each dose that the text names."""
    often, route = _OFTEN.search(piece.text), _route(piece)
    frequency = Coded("", often[0], piece.part(*often.span()).place.locator) if often else None
    seen: set[str] = set()
    for m in _DOSE.finditer(piece.text):
        if m[0] in seen:
            continue
        seen.add(m[0])
        code, decode = _UNITS[m[2]]
        at = piece.part(*m.span(1)).place.locator
        dose = Quantity(m[1].replace(",", "."), at, Coded(code, decode, piece.part(*m.span(2)).place.locator, "NCIt"))
        where = piece.part(*m.span()).place.locator
        yield Administration(
            f"administration.{number}.{len(seen)}", where, label=m[0], dose=dose, frequency=frequency, route=route
        )


def _route(piece: Piece) -> Coded | None:
    for decode, form in _ROUTES:
        if m := re.search(rf"\b(?:{form})\b", piece.text, re.IGNORECASE):
            return Coded("", decode, piece.part(*m.span()).place.locator)
    return None
