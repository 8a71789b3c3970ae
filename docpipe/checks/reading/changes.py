"""Numbers and events without counterpart: each becomes one issue under the most telling check. Imports this package only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from docpipe.checks.reading.digits import rewritten
from docpipe.checks.reading.issue import Issue, quote
from docpipe.checks.reading.locales import fully_read
from docpipe.checks.reading.matching import Matched
from docpipe.checks.reading.relations import consistent_counts
from docpipe.checks.reading.tokens import Event, Form, Lexed, Number
from docpipe.checks.reading.units import converted
from docpipe.model.finding import Severity

_BY_EVENT = {"date": "C1", "time": "C4", "cycle": "C5", "frequency": "B13", "decade": "C1"}
_BY_ROLE = {
    "mean": "B16",
    "sd": "B16",
    "ci-low": "B16",
    "ci-high": "B16",
    "ratio": "B16",
    "p": "B16",
    "low": "B7",
    "high": "B7",
    "n": "B15",
    "N": "B15",
    "n%": "B15",
}
_DOSED = frozenset(("mass", "volume", "activity", "units", "amount"))
_FREQUENCY_WORDS = re.compile(
    r"每|次|日|天|隔|daily|every|hourly|weekly|monthly|times|once|twice|day|week|täglich|wöchentlich|mal\b|pro tag|alle |jed|día|diari|cada|veces|vez|semana|\bq|\bb\.?i\.?d|\bt\.?i\.?d"
)


def of_leftovers(matched: Matched) -> Iterator[Issue]:
    """Issues of what stands on one side alone."""
    missing, added = list(matched.missing), list(matched.added)
    yield from _events(matched, missing, added)
    yield from _dash_lost(matched, missing, added)
    said: set[tuple[str, int]] = set()
    for source, target in _couples(missing, added):
        issue = _changed(matched, source, target)
        if issue.check == "B8":
            added = [n for n in added if not _mantissa(n, target, source)]
            missing = [n for n in missing if not _mantissa(n, source, target)]
        place = (issue.check, source.group if source.group >= 0 and source.role else source.start)
        if place not in said:
            said.add(place)
            yield issue
    for number in missing:
        check = _label(matched.source, number, "B1")
        if (check, number.group if number.group >= 0 else number.start) not in said:
            said.add((check, number.group if number.group >= 0 else number.start))
            yield Issue(check, f"{_shown(matched.source, number)} is missing from the target.", number.span, None, rewritten(number, matched.target.language))  # fmt: skip
    for number in added:
        check = _label(matched.target, number, "B2")
        check = "B2" if check == "B15" else check
        if (check, number.group if number.group >= 0 else number.start) not in said:
            said.add((check, number.group if number.group >= 0 else number.start))
            yield Issue(check, f"{_shown(matched.target, number)} has no counterpart in the source.", None, number.span)


def _shown(lexed: Lexed, number: Number) -> str:
    if number.event:
        return quote(lexed.shadow[number.event.start : number.event.end].strip())
    return quote(
        lexed.shadow[
            number.start : number.unit.end if number.unit and not number.unit_inherited else number.end
        ].strip()
    )


def _mantissa(number: Number, power: Number, whole: Number) -> bool:
    """Whether a number is the factor before a power that lost its exponent: 5 in ``5 × 109`` for ``5 × 10⁹``."""
    return 0 <= power.start - number.end <= 4 and whole.text.startswith(number.text)


def _label(lexed: Lexed, number: Number, plain: str) -> str:
    if number.event and (number.event.kind != "time" or number.event.sure):
        return _BY_EVENT.get(number.event.kind, plain)
    if number.exponent is not None:
        return "B8"
    if number.role:
        label = _BY_ROLE[number.role]
        return plain if label == "B15" and not consistent_counts(lexed, number.group) else label
    if number.label in ("d", "wk", "mo", "cycle", "visit", "h"):
        return "C5"
    return plain if number.form is Form.DIGITS else "B17"


_MANY = 2000


def _couples(missing: list[Number], added: list[Number]) -> Iterator[tuple[Number, Number]]:
    """Takes from both lists the pairs that most likely are one number that was changed."""
    if len(missing) * len(added) > _MANY:
        for s, t in list(zip(missing, added, strict=False)):
            missing.remove(s)
            added.remove(t)
            yield s, t
        return
    scored = sorted(
        ((_likeness(s, t), -i - j, s, t) for i, s in enumerate(missing) for j, t in enumerate(added)),
        key=lambda x: x[:2],
        reverse=True,
    )
    for _, _, s, t in scored:
        if any(n is s for n in missing) and any(n is t for n in added):
            missing[:] = [n for n in missing if n is not s]
            added[:] = [n for n in added if n is not t]
            yield s, t


def _likeness(s: Number, t: Number) -> float:
    score = 3.0 * bool(s.role and s.role == t.role) + 2.0 * (
        (s.unit.top if s.unit else "") == (t.unit.top if t.unit else "")
    )
    if s.unit and t.unit and _converted(s, t):
        score += 4
    if s.exponent is not None and t.text.startswith("10"):
        score += 2
    left, right = re.sub(r"\D", "", s.text), re.sub(r"\D", "", t.text)
    same = sum(a == b for a, b in zip(left, right, strict=False))
    return score + 2 * same / max(len(left), len(right), 1) + (sorted(left) == sorted(right))


def _converted(s: Number, t: Number) -> bool:
    if not (s.unit and t.unit and s.readings and t.readings):
        return False
    a, b = s.readings[0].value, t.readings[0].value
    return isinstance(a, Decimal) and isinstance(b, Decimal) and converted(a, s.unit.top, b, t.unit.top)


def _changed(matched: Matched, s: Number, t: Number) -> Issue:
    message = f"{_shown(matched.source, s)} became {_shown(matched.target, t)}"
    suggestion = rewritten(s, matched.target.language)
    if s.exponent is not None or t.exponent is not None:
        return Issue(
            "B8", f"{message}: the exponent is not the same.", s.span, t.span, s.text if s.exponent is not None else ""
        )
    if _converted(s, t):
        return Issue("B12", f"{message}: the quantity was converted to another unit.", s.span, t.span, suggestion)
    if (s.scaled or t.scaled) and _power_of_ten(s, t):
        return Issue("B17", f"{message}: wrong by a power of ten.", s.span, t.span, "", Severity.CRITICAL)
    if s.form is not Form.DIGITS and t.form is not Form.DIGITS:
        return Issue("B17", f"{message}.", s.span, t.span)
    check = _label(matched.source, s, "B3")
    if check == "B17":
        check = "B3"
    if check == "B3" and t.event and t.event.sure and s.event:
        check = _BY_EVENT.get(t.event.kind, check)
    return Issue(check, f"{message}.", s.span, t.span, suggestion)


def _power_of_ten(s: Number, t: Number) -> bool:
    a, b = s.readings[0].value, t.readings[0].value
    if not isinstance(a, Decimal) or not isinstance(b, Decimal) or not a or not b:
        return False
    ratio = (a / b).normalize()
    return ratio.as_tuple().digits == (1,)


def _dash_lost(matched: Matched, missing: list[Number], added: list[Number]) -> Iterator[Issue]:
    """``2–4`` that became ``24`` or ``2,4``."""
    for low in [n for n in missing if n.role == "low"]:
        high = next((n for n in missing if n.role == "high" and n.group == low.group), None)
        if high is None:
            continue
        joined = re.sub(r"\D", "", low.text + high.text)
        for t in added:
            if re.sub(r"\D", "", t.text) == joined:
                missing[:] = [n for n in missing if n is not low and n is not high]
                added[:] = [n for n in added if n is not t]
                yield Issue(
                    "B7",
                    f"The range {quote(matched.source.shadow[low.start : high.end])} became {quote(t.text)}.",
                    (low.start, high.end),
                    t.span,
                )
                break


def _events(matched: Matched, missing: list[Number], added: list[Number]) -> Iterator[Issue]:
    for kind, check in _BY_EVENT.items():
        lost = [e for e in matched.lost_events if e.kind == kind]
        new = [e for e in matched.new_events if e.kind == kind]
        if not lost and not new:
            continue
        if kind == "date":
            couples = _dates(matched, lost, new, missing, added)
        elif kind == "time":
            couples = [(a, b) for a, b in zip(lost, new, strict=False) if a.sure or b.sure]
        else:
            couples = list(zip(lost, new, strict=False))
        for a, b in couples:
            missing[:] = [n for n in missing if n.event is not a]
            added[:] = [n for n in added if n.event is not b]
            # The other half of a settled event may have found a partner elsewhere by chance; only its own leftovers matter.
            left, right = matched.source.shadow[a.start : a.end].strip(), matched.target.shadow[b.start : b.end].strip()
            yield Issue(check, f"{quote(left)} became {quote(right)}.", (a.start, a.end), (b.start, b.end))
        if kind == "frequency" and lost and not new:
            yield from _frequency_lost(matched, lost, missing)


def _frequency_lost(matched: Matched, lost: list[Event], missing: list[Number]) -> Iterator[Issue]:
    dosed = any(n.unit and n.unit.dimension in _DOSED for n in matched.source.numbers)
    if dosed and fully_read(matched.target.language) and not _FREQUENCY_WORDS.search(matched.target.low):
        for event in lost:
            missing[:] = [n for n in missing if n.event is not event]
            text = matched.source.shadow[event.start : event.end].strip()
            yield Issue(
                "B13",
                f"How often the dose is given ({quote(text)}) is missing from the target.",
                (event.start, event.end),
            )


def _parts(event: Event, at: int) -> set[int]:
    return {v for k in event.keys if (v := k[at]) is not None}


def _dates(
    matched: Matched, lost: list[Event], new: list[Event], missing: list[Number], added: list[Number]
) -> list[tuple[Event, Event]]:
    """Dates that were changed: one of their numbers is left over, or month or day went to another date."""
    loud = {id(n.event) for n in (*missing, *added)}
    months_there = {m for e in matched.target.events if e.kind == "date" for m in _parts(e, 1)}
    months_here = {m for e in matched.source.events if e.kind == "date" for m in _parts(e, 1)}
    couples = []
    free = list(new)
    dates = [sum(e.kind == "date" for e in lexed.events) for lexed in (matched.source, matched.target)]
    balanced = len(lost) == len(new) and dates[0] == dates[1]
    for a in lost:
        b = max(
            free,
            key=lambda e: (
                bool(_parts(a, 1) & _parts(e, 1))
                + bool(_parts(a, 2) & _parts(e, 2))
                + bool(_parts(a, 0) & _parts(e, 0)),
                e.sure,
            ),
            default=None,
        )
        if b is None:
            break
        strange = not _parts(a, 1) & months_there or not _parts(b, 1) & months_here
        strange = (strange and a.sure and b.sure) or (balanced and _parts(a, 1) != _parts(b, 1))
        crossed = len(lost) == len(new) > 1 and _days(lost) == _days(new) and _days(lost)
        if crossed:
            return [(a, b)]
        if id(a) in loud or id(b) in loud or strange:
            free.remove(b)
            couples.append((a, b))
    return couples


def _days(events: list[Event]) -> list[int]:
    return sorted(d for e in events for d in _parts(e, 2))
