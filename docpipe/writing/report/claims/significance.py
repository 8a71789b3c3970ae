"""Significance and effects that are claimed or denied, against the p values of the sentence or of the primary endpoint. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from docpipe.model.report import ReportFinding
from docpipe.writing.checks.reading.words import NEGATION
from docpipe.writing.report.binding.frames import Frame
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.claims.sentences import Sentence, finding

_P = re.compile(
    r"\bp(?:[- ]values?)?\s*(?:(?P<is>=|of|was|is|:)|(?P<below><|≤|<=|less than|below)|(?P<above>>|≥|>=|above))\s*(?P<value>0?\.\d+|1\.0+|\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?P<un>insignificant|non-?significant)\b|\b(?:statistical(?:ly)? significan(?:t(?:ly)?|ce)|significan(?:t(?:ly)?|ce)|superior(?:ity)?|dose[- ]response|show(?:ed|n)? (?:an? )?(?:effect|benefit|difference)|evidence of (?:an? )?(?:effect|benefit|difference|dose))\b",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"\b(?P<verb>superior to|improv(?:e[sd]?|ing)|more effective than|better than|benefit(?:s|ed)? (?:over|compared)|primary endpoint (?:was )?(?:met|reached|achieved))\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:level|alpha|defined|test(?:ed|s|ing)?|threshold|clinical(?:ly)? significan\w+|power|if|would|assum\w+|non-?inferior\w*|criteri\w+|significan\w+ (?:medical|illness|disease|history))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(rf"(?:{NEGATION.pattern}|\b(?:fail(?:ed|ure)? to|lack(?:ed)?|without|little)\b)", re.IGNORECASE)
_SPLIT = re.compile(r";\s|,\s+(?:but|while|whereas|although)\s|\bwhereas\b|\bwhile\b", re.IGNORECASE)


def significance(ledger: Ledger, told: Sequence[Sentence]) -> Iterator[ReportFinding]:
    """Claims of an effect where no p value is below the level, denials where each is, and conclusions on the primary endpoint."""
    alpha = ledger.card.alpha or Decimal("0.05")
    alpha = Decimal(str(alpha))
    for s in told:
        if s.planned or _OTHER.search(s.text, s.start, s.end):
            continue
        yield from _beside(s, alpha)
        yield from _concluded(ledger, s, alpha)
        yield from _turned(ledger, s)


def _clauses(s: Sentence) -> Iterator[tuple[int, int]]:
    at = s.start
    for m in _SPLIT.finditer(s.text, s.start, s.end):
        if s.text.count("(", at, m.start()) == s.text.count(")", at, m.start()):
            yield at, m.start()
            at = m.end()
    yield at, s.end


def _below(m: re.Match[str], alpha: Decimal) -> bool | None:
    """Whether a stated p value is below the level; None where it cannot be told."""
    value = Decimal(m["value"] if not m["value"].startswith(".") else f"0{m['value']}")
    if value > 1:
        return None
    if m["below"]:
        return True if value <= alpha else None
    if m["above"]:
        return False if value >= alpha else None
    return value < alpha


def _beside(s: Sentence, alpha: Decimal) -> Iterator[ReportFinding]:
    for start, end in _clauses(s):
        ps = [x for m in _P.finditer(s.text, start, end) if (x := _below(m, alpha)) is not None]
        claim = next(_CLAIM.finditer(s.text, start, end), None)
        if claim is None or not ps:
            continue
        before = s.text[start : claim.start()]
        denied = _DENIED.search(before) is not None or bool(claim["un"])
        if denied and claim["un"] and _DENIED.search(before[-12:]):
            continue
        if not denied and re.search(r"\b(?:no|neither|none)\b", s.text[start:end], re.IGNORECASE):
            continue
        if denied and all(ps):
            said = "is denied where p is below the level"
        elif not denied and not any(ps):
            said = "is said where p is not below the level"
        else:
            continue
        yield finding("N8.p-against-claim", f"“{claim[0]}” {said}.", s.piece, claim.start(), claim.end())


def _concluded(ledger: Ledger, s: Sentence, alpha: Decimal) -> Iterator[ReportFinding]:
    """``improved X``, ``was superior to placebo`` without a p value, against all comparisons of the primary endpoint with the control."""
    m = _EFFECT.search(s.text, s.start, s.end)
    if m is not None and re.match(r"[^.;]{0,80}?\bby\s+(?:a mean of\s+)?[-−]?\d", s.text[m.end() : s.end]):
        return
    if m is None or _P.search(s.text, s.start, s.end) or not _speaks_of_arms(ledger, s):
        return
    results = list(_primary(ledger, stems(s.text[s.start : s.end])))
    below = [_fact_below(f, alpha) for f in results]
    if not below or None in below or len(set(below)) > 1:
        return
    before = s.text[s.start : m.start()]
    denied = _DENIED.search(before[-60:]) is not None
    if denied == below[0]:
        said = (
            "is denied where every comparison of the endpoint is significant"
            if denied
            else "is said where no comparison of the endpoint is significant"
        )
        yield finding("N8.p-against-claim", f"“{m[0]}” {said}.", s.piece, m.start(), m.end())


def _speaks_of_arms(ledger: Ledger, s: Sentence) -> bool:
    drug = any(
        d in s.text[s.start : s.end].casefold()
        for d in (*ledger.groups.drugs, *(d.casefold() for d in ledger.card.drugs))
    )
    return bool(s.named) or drug


def _primary(ledger: Ledger, words: frozenset[str]) -> Iterator[Frame]:
    """Rows with p values of comparisons with the control in the display of the primary endpoint; in all efficacy displays where the words name none."""
    wanted = frozenset().union(
        *(stems(e.text) for e in ledger.card.endpoints if e.kind == "primary" and not e.objective)
    )
    others = frozenset().union(
        *(stems(e.text) for e in ledger.card.endpoints if e.kind != "primary" and not e.objective)
    )
    own = wanted - others
    if (others - wanted) & words:
        return
    by_display: dict[str, list[Frame]] = {}
    for frame in ledger.frames.all:
        if frame.printed and "p" in frame.told and _with_control(ledger, frame):
            by_display.setdefault(frame.display, []).append(frame)
    titled = {d: stems(ledger.frames.titles.get(f[0].number, "")) for d, f in by_display.items()}
    efficacy = {d for d, t in titled.items() if t & (wanted | others) or "endpoint" in t}
    primary = {d for d in efficacy if "primary" in titled[d] or titled[d] & own}
    first = {d for d in primary if titled[d] & own} or primary
    for display in first if own & words else primary:
        yield from by_display[display]


def _with_control(ledger: Ledger, frame: Frame) -> bool:
    said = " ".join(frame.row).casefold()
    control = [w for a in ledger.groups.control for w in stems(a)]
    return any(w in stems(said) for w in control) and not re.search(r"dose[- ]response|trend", said)


def _fact_below(frame: Frame, alpha: Decimal) -> bool | None:
    found = {t.number < alpha if not t.bound else t.number <= alpha for t in frame.told["p"] if ">" not in t.bound}
    return next(iter(found)) if len(found) == 1 else None


def _turned(ledger: Ledger, s: Sentence) -> Iterator[ReportFinding]:
    """``p > 0.0001`` where the study has p < 0.0001."""
    for m in _P.finditer(s.text, s.start, s.end):
        value = Decimal(m["value"] if not m["value"].startswith(".") else f"0{m['value']}")
        if not m["above"] or value > Decimal("0.05"):
            continue
        if any(t.number == value and "<" in t.bound for f in ledger.frames.all for t in f.told.get("p", ())):
            yield finding(
                "N8.p-against-claim",
                f"p is below {m['value']} in the data, not above.",
                s.piece,
                m.start(),
                m.end(),
                f"< {m['value']}",
            )
