"""What differs between two numbers of equal value: separators, sign, precision, comparator, unit. Imports this package only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.checks.reading import compare_words
from docpipe.checks.reading.digits import rewritten
from docpipe.checks.reading.issue import Issue, quote
from docpipe.checks.reading.locales import base, fully_read
from docpipe.checks.reading.matching import Matched
from docpipe.checks.reading.references import is_reference
from docpipe.checks.reading.tokens import Comparator, Form, Lexed, Number
from docpipe.checks.reading.units import mentions
from docpipe.model.finding import Severity

_BELOW_ZERO = re.compile(r"below zero|bajo cero|unter null|零下|负|minus|negativ|menos")
_STRONG = frozenset(
    (
        "mass",
        "volume",
        "amount",
        "molarity",
        "activity",
        "equivalent",
        "pressure",
        "ratio",
        "temperature",
        "energy",
        "dose",
        "radiation",
    )
)
_LOST_GLYPH = re.compile(r"\s?[\uf000-\uf0ff\ufffd□■▯?]\s?(g|m|L|l|mol|U|IU|M)\b")
_SAME_UNITS = ({"U", "IU"}, {"%", "ppt"}, {"m", ""})


def of_pairs(matched: Matched) -> Iterator[Issue]:
    """Issues of numbers whose values agree."""
    for source, target in matched.foreign:
        yield Issue(
            "B4",
            f"{quote(target.text)} is not written with the separators of {matched.target.language}: it stands for {quote(source.text)}.",
            source.span,
            target.span,
            rewritten(source, matched.target.language),
        )
    for source, target in (*matched.pairs, *matched.foreign):
        if source.form is Form.NAME or target.form is Form.NAME:
            continue
        yield from _sign(matched, source, target)
        yield from _precision(matched, source, target)
        yield from _comparator(matched, source, target)
        yield from _unit(matched, source, target)


def _sign(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    if source.form is not Form.DIGITS or target.form is not Form.DIGITS:
        return
    if source.plus_minus != target.plus_minus:
        if (matched.source.shadow.count("±") == matched.target.shadow.count("±")) and "±" in matched.source.shadow:
            return
        what = "lost" if source.plus_minus else "added"
        yield Issue("B5", f"± before {quote(source.text)} was {what}.", source.span, target.span, "±" + rewritten(source, matched.target.language) if source.plus_minus else "")  # fmt: skip
    elif source.sign < 0 and source.sign_sure and target.sign >= 0 and not _BELOW_ZERO.search(matched.target.low):
        yield Issue("B5", f"The minus sign of {quote(source.text)} was lost.", source.span, target.span, "−" + rewritten(source, matched.target.language))  # fmt: skip
    elif target.sign < 0 and target.sign_sure and source.sign >= 0 and not _BELOW_ZERO.search(matched.source.low):
        yield Issue("B5", f"{quote(target.text)} has a minus sign that the source has not.", source.span, target.span)


def _precision(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    if source.form is not Form.DIGITS or target.form is not Form.DIGITS or source.scaled or target.scaled:
        return
    if source.readings == target.readings or is_reference(matched.source, source):
        return
    both = {(s.decimals, t.decimals) for s in source.readings for t in target.readings if s.value == t.value}
    if both and all(s != t for s, t in both):
        yield Issue(
            "B21",
            f"{quote(source.text)} became {quote(target.text)}: the decimals tell the precision and must stay.",
            source.span,
            target.span,
            rewritten(source, matched.target.language),
        )


def _shown(comparator: Comparator) -> str:
    return {(1, True): "≥", (1, False): ">", (-1, True): "≤", (-1, False): "<"}[
        (comparator.direction, comparator.inclusive)
    ]


def _comparator(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    left, right = source.comparator, target.comparator
    if not source.weight or not target.weight or (not left and not right):
        return
    if left and right:
        if left.direction != right.direction:
            loose = (matched.target, left) if not right.sure else (matched.source, right) if not left.sure else None
            if loose is None or not compare_words.mentions(loose[0].low, loose[1].direction, base(loose[0].language)):
                yield Issue("B6", f"{_shown(left)} {source.text} became {_shown(right)} {target.text}.", source.span, target.span, f"{_shown(left)} {target.text}")  # fmt: skip
        elif left.inclusive != right.inclusive and left.sure and right.sure:
            yield Issue(
                "B6",
                f"{_shown(left)} {source.text} became {_shown(right)} {target.text}: whether the limit itself counts has changed.",
                source.span,
                target.span,
                f"{_shown(left)} {target.text}",
                None if left.symbol and right.symbol else Severity.MAJOR,
            )
        return
    given = left or right
    other = matched.target if left else matched.source
    if given is None or not given.sure or not (given.symbol or fully_read(other.language)):
        return
    if not fully_read(other.language) and not _symbols_alone(matched):
        return
    if compare_words.mentions(other.low, given.direction, base(other.language)):
        return
    if left:
        yield Issue("B6", f"{_shown(left)} before {quote(source.text)} was lost.", source.span, target.span, f"{_shown(left)} {target.text}")  # fmt: skip
    else:
        yield Issue("B6", f"{_shown(given)} stands with {quote(target.text)} but not in the source.", source.span, target.span)  # fmt: skip


def _symbols_alone(matched: Matched) -> bool:
    return not re.search(r"[^\W\d_]{2}", matched.source.shadow)


def _unit(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    if not source.weight and not target.weight:
        return
    left, right = source.unit, target.unit
    spans = source.span, target.span
    if source.time_unit and target.time_unit:
        if source.time_unit != target.time_unit:
            yield Issue(
                "C5",
                f"{_phrase(matched.source, source)} became {_phrase(matched.target, target)}: another unit of time.",
                *spans,
            )
        elif left and right:
            yield from _denominators(matched, source, target)
        return
    top, other = (left.top if left else ""), (right.top if right else "")
    if source.event or target.event or ((source.time_unit or target.time_unit) and not (top and other)):
        return
    if top == other:
        if left and right:
            yield from _denominators(matched, source, target)
        return
    if left and right and top and other:
        if {top, other} in _SAME_UNITS:
            return
        yield _changed(matched, source, target)
    elif left and top and left.dimension in _STRONG:
        yield from _lost(matched, source, target)
    elif (
        right
        and other
        and right.dimension in _STRONG
        and source.form is Form.DIGITS
        and not target.unit_inherited
        and _unheard(matched.source, other)
    ):
        yield Issue(
            "B9",
            f"{_phrase(matched.target, target)} has a unit that {quote(source.text)} has not in the source.",
            *spans,
        )


def _unheard(lexed: Lexed, top: str) -> bool:
    """Whether a text whose units can all be read names a unit nowhere."""
    name = base(lexed.language)
    return fully_read(lexed.language) and not mentions(lexed.shadow, top, name) and not mentions(lexed.low, top, name)


def _changed(matched: Matched, source: Number, target: Number) -> Issue:
    assert source.unit is not None
    assert target.unit is not None
    left, right = source.unit, target.unit
    message = f"{_phrase(matched.source, source)} became {_phrase(matched.target, target)}"
    if left.dimension != right.dimension:
        return Issue("B9", f"{message}: another unit.", source.span, target.span, f"{target.text} {left.top}")
    if left.top == "µ" + right.top:
        return Issue(
            "B11", f"{message}: the micro sign is gone.", source.span, target.span, f"{target.text} {left.top}"
        )
    return Issue("B10", f"{message}: another prefix.", source.span, target.span, f"{target.text} {left.top}")


def _lost(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    assert source.unit is not None
    top = source.unit.top
    if top.startswith("µ") and _LOST_GLYPH.match(matched.target.shadow, target.end):
        yield Issue("B11", f"The micro sign of {_phrase(matched.source, source)} is no readable character in the target.", source.span, target.span, f"{target.text} {top}")  # fmt: skip
        return
    if source.unit_inherited or (not fully_read(matched.target.language) and top == "%"):
        return
    attached = sum(1 for n in matched.source.numbers if n.unit and n.unit.top == top and not n.unit_inherited)
    there = mentions(matched.target.shadow, top, base(matched.target.language)) + mentions(
        matched.target.low, top, base(matched.target.language)
    )
    if there == 0 or (
        there < attached
        and target.form is Form.DIGITS
        and len(matched.target.numbers) > 1
        and there // 2 < attached
        and _alone(matched, target)
    ):
        if target.form is not Form.DIGITS and source.unit.dimension == "ratio":
            return
        yield Issue(
            "B9", f"{_phrase(matched.source, source)} lost its unit.", source.span, target.span, f"{target.text} {top}"
        )


def _alone(matched: Matched, target: Number) -> bool:
    """Whether no unit follows the number or its neighbours in a list or range."""
    return target.group < 0 and not re.match(r"\s?[,、/–-]", matched.target.shadow[target.end : target.end + 2])


def _denominators(matched: Matched, source: Number, target: Number) -> Iterator[Issue]:
    assert source.unit is not None
    assert target.unit is not None
    if source.unit.below == target.unit.below:
        return
    for names, own, other, lexed in (
        (source.unit.below, source.unit, target.unit, matched.target),
        (target.unit.below, target.unit, source.unit, matched.source),
    ):
        if not fully_read(lexed.language) and own.dimension == "time":
            continue
        for name in names:
            if (
                name not in other.below
                and not mentions(lexed.shadow, name, base(lexed.language))
                and not mentions(lexed.low, name, base(lexed.language))
            ):
                yield Issue("B9", f"{_phrase(matched.source, source)} became {_phrase(matched.target, target)}: “per {name}” differs.", source.span, target.span)  # fmt: skip
                return


def _phrase(lexed: Lexed, number: Number) -> str:
    end = number.unit.end if number.unit and not number.unit_inherited else number.end
    start = number.start
    if number.label and number.unit is None:
        m = re.search(r"[^\W\d_]+[\s-]*$", lexed.shadow[max(0, start - 14) : start])
        start = start - len(m.group()) if m else start
    return quote(lexed.shadow[start:end].strip())
