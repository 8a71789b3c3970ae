"""What labels and heads of result tables say: statistics, time windows, comparable words. Imports the standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_TERMS: dict[str, tuple[str, ...]] = {
    "n": ("n", "number", "no.", "count", "number of subjects", "number of patients", "number of participants", "subjects", "no. of subjects"),
    "pct": ("%", "percent", "percentage", "pct"),
    "mean": ("mean", "arithmetic mean"),
    "sd": ("sd", "s.d.", "std", "std dev", "std. dev.", "stddev", "std dev.", "standard deviation"),
    "se": ("se", "s.e.", "sem", "std err", "std. err.", "standard error", "standard error of the mean"),
    "median": ("median",),
    "min": ("min", "min.", "minimum"),
    "max": ("max", "max.", "maximum"),
    "range": ("range",),
    "q1": ("q1", "25th percentile", "25%", "p25", "lower quartile"),
    "q3": ("q3", "75th percentile", "75%", "p75", "upper quartile"),
    "iqr": ("iqr", "interquartile range"),
    "cv": ("cv", "cv%", "cv %", "coefficient of variation"),
    "geomean": ("geometric mean", "geo mean", "geo. mean", "gmean"),
    "lsmean": ("ls mean", "lsmean", "least squares mean", "least-squares mean", "adjusted mean"),
    "events": ("aes", "ae", "events", "event", "number of events", "no. of events", "e"),
    "estimate": (
        "diff of ls means", "difference of ls means", "difference in ls means", "ls mean difference", "treatment difference",
        "difference", "hazard ratio", "hr", "odds ratio", "or", "risk ratio", "relative risk", "risk difference", "estimate",
    ),
    "p": ("p-value", "p value", "p-values", "p values", "pvalue", "p"),
    "ci": ("ci", "confidence interval", "cl", "confidence limits"),
}  # fmt: skip
_STATISTIC = {term: name for name, terms in _TERMS.items() for term in terms}
_CI = re.compile(r"(?:two-sided |2-sided )?\d\d(?:\.\d+)? ?% ?(?:ci|cl|confidence interval|confidence limits)")
_MARK = re.compile(r"\[\d{1,2}\]|\[[a-z]\]|[*\u2020\u2021\u00a7\u00b6\u00b9\u00b2\u00b3]+$")
_N = re.compile(r"\(?\s*\bN\s*=\s*[\d, ]*\d\s*\)?")
_EFFECT = re.compile(r"\b(?:hazard|odds|risk) ratio\b|\bdifference\b")
_SPACE = re.compile(r"\s+")
_PARTS = re.compile(r"[()\[\],;/\u00b1]|\s-\s|\s\u2013\s|\s\+/-\s|\band\b")
_P = re.compile(r"\bp[ -]?values?\b")
_UNITS = re.compile(r"\b(?:yrs?|years?|months?|weeks?|days?|kg/m\^?2|kg|cm|mg|y)\b")

DESCRIPTIVE = frozenset(
    ("n", "pct", "mean", "sd", "se", "median", "min", "max", "range", "q1", "q3", "iqr", "cv", "geomean", "events")
)
"""Statistics whose label adds nothing to the fact's own ``statistic``: a row's path ends before it."""

_POINT = r"(?:baseline|screening|(?:week|day|month|visit|cycle|year)s? \d+(?:\.\d+)?|end of (?:study|treatment|trial)|follow-up visit \d+)"
_WINDOW = re.compile(
    rf"\b(?:(prior to|before|after|up to|through|until|by) )?({_POINT})(?:(?: to | - |-)({_POINT}))?", re.IGNORECASE
)
_CHANGE = re.compile(r"\bchange from baseline\b(?: to\b| at\b)?|\b(?:post-?|non-)baseline\b", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def clean(text: str) -> str:
    """A label on one line, without its ``(N=86)``, footnote marks at its end and a closing colon."""
    text = _SPACE.sub(" ", _N.sub(" ", text)).strip()
    while (
        shorter := re.sub(r"(?:\s*(?:\[\d{1,2}\]|[*\u2020\u2021\u00a7\u00b6\u00b9\u00b2\u00b3]))+$|\s*:$", "", text)
    ) != text:
        text = shorter
    return text.strip()


@lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """A label for comparing: lower case, words and numbers apart by one blank, comparators kept, marks and units dropped."""
    text = clean(_MARK.sub("", text)).casefold().replace("\u2265", ">=").replace("\u2264", "<=").replace("\u2013", "-")
    kept = _SPACE.sub(" ", re.sub(r"[^\w<>=+.%-]+", " ", text)).strip(" .")
    less = _SPACE.sub(" ", _UNITS.sub(" ", kept)).strip(" .")
    return less if less else kept


def words_of(text: str) -> frozenset[str]:
    """The words of a label that tell it from others."""
    small = (
        "the",
        "of",
        "at",
        "in",
        "to",
        "by",
        "and",
        "or",
        "for",
        "as",
        "with",
        "number",
        "subjects",
        "a",
        "an",
        "from",
        "n",
    )
    return frozenset(w for w in re.findall(r"[a-z0-9<>=.]+", key_of(text).replace("-", " ")) if w not in small)


def statistics_of(label: str) -> tuple[tuple[str, ...], bool]:
    """The statistics that a label or head names, in order, and whether it says nothing else.

    ``Mean (SD)`` gives mean and sd; ``95% CI`` gives ci, which stands for two limits, as range and iqr may.
    """
    if _SPACE.sub(" ", label.strip()) == "N":
        return ("N",), True
    text = clean(_MARK.sub("", label) if not re.fullmatch(r"\s*\[.*\]\s*", label) else label).casefold()
    text = _CI.sub("ci", text).replace("ls means", "ls means")
    parts = [p.strip() for p in _PARTS.split(text) if p and p.strip()]
    names = [_STATISTIC.get(p) or _STATISTIC.get(p.rstrip("s")) for p in parts]
    if parts and all(names):
        return tuple(n for n in names if n), True
    if _P.search(text):
        return ("p",), False
    if parts and names[0] and (first := names[0]) in ("mean", "median", "lsmean", "geomean", "estimate", "ci"):
        return tuple(n for n in (first, *names[1:]) if n), False
    if parts and names[0] is None and any(names[1:]) and _EFFECT.search(parts[0]):
        return ("estimate", *(n for n in names[1:] if n)), False
    if re.search(r"\bci\b", text):
        return ("ci",), False
    if _EFFECT.search(text):
        return ("estimate",), False
    trailing = re.search(r"[,(-]\s*(n ?\(? ?%\)?|%|n|mean ?\(sd\)|median)\)*$", text)
    if trailing:
        return statistics_of(trailing.group(1).strip())[0], False
    return (), False


def window_of(texts: Iterable[str]) -> str:
    """The time window that the first telling text names: ``Week 24``, ``prior to Week 24``, ``Baseline``; "" where none does.

    A text that names several windows tells none; the baseline of a change from baseline is not its window.
    """
    for text in texts:
        found: dict[str, None] = {}
        for hit in _WINDOW.finditer(_CHANGE.sub(" ", _SPACE.sub(" ", text))):
            before, point, end = hit.groups()
            said = f"{before.lower()} " if before else ""
            found[said + _named(point) + (f" to {_named(end)}" if end else "")] = None
        if len(found) == 1:
            return next(iter(found))
    return ""


def _named(point: str) -> str:
    words = point.lower().split(" ")
    return " ".join(w if w == "of" else w.capitalize() for w in words)
