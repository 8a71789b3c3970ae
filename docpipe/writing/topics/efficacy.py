"""The topic ``efficacy``: endpoints by what titles, plans and trial summary call primary and secondary. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from docpipe.writing.book import Book
from docpipe.writing.evidence import number_of
from docpipe.writing.facts_of_display import DisplayFacts
from docpipe.writing.study import StudyData
from docpipe.writing.topics._compared import Comparison
from docpipe.writing.topics._computed import parameter
from docpipe.writing.topics._copied import Copy, copied
from docpipe.writing.topics._design_texts import plans
from docpipe.writing.topics._endpoints import Endpoint, of_data, of_display
from docpipe.writing.topics._find import has_numbers, subject_of
from docpipe.writing.topics._labelled import excerpt

NAME = "efficacy"
_ABOUT = re.compile(
    r"efficacy|end ?point|primary|secondary|exploratory|change from|respon[ds]|surviv|\bscores?\b|time to|ancova|anova|mmrm|remission|"
    r"progression|relapse",
    re.IGNORECASE,
)
_ALPHA = re.compile(
    r"(?:significance level|level of significance|\balpha\b|\u03b1)[^\d.]{0,30}(0?\.\d{1,3})(?!\d)|(?<![\d.])(0?\.\d{1,3})(?!\d)[^\d.]{0,15}(?:significance level|level of significance)",
    re.IGNORECASE,
)
_OTHER_DATA = re.compile(r"^(?:ADSL|ADLB|ADVS|ADEG|ADAE|ADCM|ADMH|ADEX|ADPC|ADPP|ADDV|ADTTE|LB|VS|EG)")
_PARAMETERS = 6
_GENERIC = frozenset(
    ["change", "from", "baseline", "week", "total", "score", "analysis", "summary", "primary", "secondary", "endpoint", "efficacy", "time", "with", "that", "this", "subjects", "patients", "treatment", "both", "scores", "and", "the", "study", "dose", "group", "groups", "at", "end", "visit"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Efficacy:
    """Endpoints by rank. ``alpha``: the significance level of the plan, for printing, "" where no plan states one."""

    primary: tuple[Endpoint, ...]
    secondary: tuple[Endpoint, ...]
    other: tuple[Endpoint, ...]
    alpha: str
    level: Decimal | None
    copy: Callable[[Endpoint, Callable[[str], str]], Copy | None]

    def significant(self, comparison: Comparison) -> bool | None:
        """Whether a comparison's p-value is below the level; None where one of them is not known."""
        said = number_of(comparison.p.fact) if comparison.p is not None else None
        if said is None or self.level is None:
            return None
        relation, number = said
        if relation in ("<", "<="):
            return number <= self.level or None
        return number < self.level if not relation else False if number >= self.level else None


def read(study: StudyData, book: Book) -> Efficacy | None:
    """Displays that are about an endpoint; datasets of values by visit where no display is."""
    rank = ranks(study, book)
    found: dict[str, list[Endpoint]] = {"primary": [], "secondary": [], "other": []}
    for shown in study.shown:
        if not has_numbers(shown) or subject_of(shown.display.title):
            continue
        title = shown.display.title
        compared = any(f.statistic in ("estimate", "lower", "lsmean") for f in shown.facts)
        if _ABOUT.search(title) or compared:
            found[rank(title)].append(of_display(study, book, shown))
    if not any(found.values()):
        for frame in study.records.frames.values():
            if _OTHER_DATA.match(frame.name) or "CNSR" in frame or "PARAM" not in frame or "USUBJID" not in frame:
                continue
            for name in [p for p in frame.levels("PARAM") if p][:_PARAMETERS]:
                endpoint = of_data(study, book, frame, name)
                if endpoint is not None:
                    found[rank(name)].append(endpoint)
    if not any(found.values()):
        return None
    alpha, level = _alpha(study, book)

    def copy(endpoint: Endpoint, arm: Callable[[str], str]) -> Copy | None:
        return copied(study, book, endpoint.shown, arm) if isinstance(endpoint.shown, DisplayFacts) else None

    return Efficacy(tuple(found["primary"]), tuple(found["secondary"]), tuple(found["other"]), alpha, level, copy)


def ranks(study: StudyData, book: Book) -> Callable[[str], str]:
    """Tells ``primary``, ``secondary`` or ``other`` of an endpoint by its title, and by what plans and trial summary say."""
    first, second = _planned(study, book, "primary"), _planned(study, book, "secondary")
    return lambda title: _rank(title, first, second)


def _rank(title: str, first: str, second: str) -> str:
    if re.search(r"sensitivity|subgroup|exploratory|supportive|post[- ]hoc", title, re.IGNORECASE):
        return "other"
    if re.search(r"\bsecondary\b", title, re.IGNORECASE):
        return "secondary"
    if re.search(r"\bprimary\b", title, re.IGNORECASE):
        return "primary"
    words = [w for w in re.findall(r"[a-z0-9+-]{3,}", title.casefold()) if w not in _GENERIC and not w.isdigit()]
    in_first, in_second = sum(w in first for w in words), sum(w in second for w in words)
    if in_first and in_first >= in_second:
        return "primary"
    return "secondary" if in_second else "other"


def _planned(study: StudyData, book: Book, rank: str) -> str:
    """The words in which plans and trial summary describe the endpoints of a rank."""
    codes = {"primary": ("OUTMSPRI", "OBJPRIM"), "secondary": ("OUTMSSEC", "OBJSEC")}[rank]
    said = [v.text for code in codes for v in parameter(study, book, code)]
    for source in plans(study):
        for passage in source.passages:
            above = " ".join(passage.headings[-1:])
            named = re.search(
                rf"\b{rank}\b.*\b(?:end ?point|objective|variable|outcome|measure)",
                f"{above} {passage.text[:80]}",
                re.I,
            )
            if named and len(passage.text) < 600:
                said.append(passage.text)
    return " ".join(said).casefold()


def _alpha(study: StudyData, book: Book) -> tuple[str, Decimal | None]:
    """The significance level for the primary analysis; "" where plans give none or different ones."""
    found = []
    for source in plans(study):
        for passage in source.passages:
            m = _ALPHA.search(passage.text)
            if m is not None and "interim" not in passage.text.casefold():
                found.append((Decimal("0" + g if (g := m[1] or m[2]).startswith(".") else g), source, passage, g))
    if not found or len({f[0] for f in found}) > 1:
        return "", None
    level, source, passage, said = max(
        found, key=lambda f: bool(re.search(r"\btests?\b|-sided", f[2].text, re.IGNORECASE))
    )
    return excerpt(book, source, passage, said), level
