"""Charts as SVG, drawn on the server: bars, stacked bars and lines, each with its numbers as a table. Imports markupsafe only.

An image has a title and a description, differs by pattern and label and not by colour alone, and takes its colours from classes, so
that it works in light and dark and under a content policy without inline styles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

WIDTH, LABEL_SIZE = 320, 12
"""Units of the view box: on a phone of 390 px a unit is a pixel or more, so that no text is smaller than 12 px."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 10.0, 26.0, 34.0
_ROW, _BAR = 40.0, 14.0
NOTHING = "No data yet"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers under a name; ``values`` stand beside the chart's labels. What is not a finite number counts as 0."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is shown. ``unit`` follows every number; ``says``: the answer in a sentence, the image's description.

    ``key``: a name for ids, unique on its page. ``labels``: periods or categories, in order.
    """

    key: str
    title: str
    says: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    label_title: str = "Period"
    digits: int = 0
    notes: Sequence[str] = field(default=())


def sound(value: float) -> float:
    """The value, or 0 for one that cannot be drawn (not a number, infinite, negative); beyond 1e15 it is cut."""
    return min(float(value), 1e15) if math.isfinite(value) and value > 1e-9 else 0.0


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to at least ``most``: steps of 1, 2 or 5 times a power of ten, three to six of them."""
    if not math.isfinite(most) or most <= 1e-9:
        return [0.0, 1.0]
    rough = most / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999999)
    count = max(1, math.ceil(most / step - 1e-9))
    return [step * n for n in range(count + 1)]


def short(value: float) -> str:
    """A number for an axis: 12 k, 3.4 M; plain below a thousand."""
    for size, mark in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{mark}"
    return f"{value:.3g}"


def exact(value: float, digits: int = 0) -> str:
    """A number for tables, with thin spaces between thousands."""
    return f"{sound(value):,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def empty(chart: Chart) -> bool:
    """Whether there is nothing to draw."""
    return not chart.labels or not any(sound(v) for s in chart.series for v in s.values)


def _value(series: Series, at: int) -> float:
    return sound(series.values[at]) if at < len(series.values) else 0.0


def _text(x: float, y: float, text: str, anchor: str = "start", name: str = "chart-text") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{name}" font-size="{LABEL_SIZE}">{escape(text)}</text>'


def _cut(label: str, most: int = 32) -> str:
    """A label that fits; its whole text stands in the table."""
    return label if len(label) <= most else label[: most - 1] + "…"


def _rect(x: float, y: float, width: float, height: float, name: str, tip: str) -> str:
    """A rectangle with its tooltip; nothing where it has no area."""
    if width <= 0 or height <= 0:
        return ""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" class="{name}">'
        f"<title>{escape(tip)}</title></rect>"
    )


def _patterns(key: str, count: int) -> str:
    """Fills that differ by pattern: plain, stripes one way, dots, stripes the other way, rings, level stripes."""
    drawn = (
        "", '<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" class="chart-mark"/>', '<circle cx="4" cy="4" r="1.6" class="chart-dot"/>',
        '<path d="M0 0L8 8M-2 6L2 10M6 -2L10 2" class="chart-mark"/>', '<circle cx="4" cy="4" r="2.2" class="chart-ring"/>',
        '<path d="M0 2H8M0 6H8" class="chart-mark"/>',
    )  # fmt: skip
    made = [
        f'<pattern id="{key}-p{n}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" class="chart-fill c{n % 6}"/>{drawn[n % 6]}</pattern>'
        for n in range(count)
    ]
    return f"<defs>{''.join(made)}</defs>"


def _fill(key: str, n: int) -> str:
    return f'fill="url(#{key}-p{n})"'


def _filled(x: float, y: float, width: float, height: float, key: str, n: int, tip: str) -> str:
    shape = _rect(x, y, width, height, "chart-shape", tip)
    return shape.replace("<rect ", f"<rect {_fill(key, n)} ", 1)


def _frame(chart: Chart, height: float, body: str) -> Markup:
    """The image with its title, its answer and its numbers."""
    key = escape(chart.key)
    image = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="{key}-t {key}-d" '
        f'preserveAspectRatio="xMinYMin meet"><title id="{key}-t">{escape(chart.title)}</title>'
        f'<desc id="{key}-d">{escape(chart.says)}</desc>{body}</svg>'
    )
    notes = "".join(f'<p class="hint">{escape(note)}</p>' for note in chart.notes)
    return Markup(
        f'<figure class="chart-figure"><figcaption><strong>{escape(chart.title)}</strong>'
        f"<span> {escape(chart.says)}</span></figcaption>{image}{notes}{_table(chart)}</figure>"
    )


def _table(chart: Chart) -> str:
    """The numbers, beside every image."""
    if empty(chart):
        return ""
    unit = f", {chart.unit}" if chart.unit else ""
    heads = "".join(f'<th scope="col" class="n">{escape(s.name)}{escape(unit)}</th>' for s in chart.series)
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(f'<td class="n">{exact(_value(s, n), chart.digits)}</td>' for s in chart.series)
        + "</tr>"
        for n, label in enumerate(chart.labels)
    )
    return (
        f'<details class="chart-numbers"><summary>Show the numbers<span class="visually-hidden"> of {escape(chart.title)}</span></summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Numbers: {escape(chart.title)}"><table>'
        f'<thead><tr><th scope="col">{escape(chart.label_title)}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _nothing(chart: Chart) -> Markup:
    return _frame(chart, 60, _text(WIDTH / 2, 36, NOTHING, "middle", "chart-text soft"))


def _legend(chart: Chart, top: float) -> tuple[str, float]:
    """Patterns with names, in as many lines as they need; the height they take. None for a single series."""
    if len(chart.series) < 2:
        return "", 0.0
    parts, x, y = [], 4.0, top + 12
    for n, series in enumerate(chart.series):
        wide = 22 + 6.8 * len(_cut(series.name))
        if x > 4 and x + wide > WIDTH:
            x, y = 4.0, y + 20
        parts.append(_filled(x, y - 10, 14, 12, chart.key, n, series.name) + _text(x + 18, y, _cut(series.name)))
        x += wide + 8
    return "".join(parts), y - top + 12


def _axis(chart: Chart, most: float, top: float, height: float) -> tuple[str, float]:
    """Lines at round numbers with their labels; the number that the top stands for."""
    marks = ticks(most)
    parts = [_text(0, top - 10, chart.unit)]
    for mark in marks:
        y = top + height - height * mark / marks[-1]
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" class="chart-grid"/>')
        parts.append(_text(_LEFT - 6, y + 4, short(mark), "end"))
    return "".join(parts), marks[-1]


def _periods(chart: Chart, bottom: float) -> str:
    """As many labels as fit side by side, the first and the last among them."""
    count = len(chart.labels)
    slot = (WIDTH - _LEFT - _RIGHT) / count
    longest = max((len(label) for label in chart.labels), default=1)
    every = max(1, math.ceil((longest * 7.0 + 10) / slot))
    parts = []
    for n in range(count - 1, -1, -every):
        middle = _LEFT + slot * (n + 0.5)
        half = longest * 3.5
        place = min(max(middle, half), WIDTH - half)
        parts.append(_text(place, bottom + 18, chart.labels[n], "middle"))
    return "".join(parts)


def columns(chart: Chart, height: float = 150.0) -> Markup:
    """Columns over periods, their series stacked."""
    if empty(chart):
        return _nothing(chart)
    count = len(chart.labels)
    legend, taken = _legend(chart, 0)
    top = _TOP + taken
    totals = [sum(_value(s, n) for s in chart.series) for n in range(count)]
    axis, most = _axis(chart, max(totals), top, height)
    slot = (WIDTH - _LEFT - _RIGHT) / count
    wide = max(slot * 0.72, min(slot, 1.5))
    parts = [_patterns(chart.key, len(chart.series)), legend, axis]
    for n, label in enumerate(chart.labels):
        y = top + height
        for at, series in enumerate(chart.series):
            value = _value(series, n)
            tall = height * value / most
            y -= tall
            named = f"{label}, {series.name}" if len(chart.series) > 1 else label
            tip = f"{named}: {exact(value, chart.digits)} {chart.unit}"
            parts.append(_filled(_LEFT + slot * n + (slot - wide) / 2, y, wide, tall, chart.key, at, tip))
    parts.append(_periods(chart, top + height))
    return _frame(chart, top + height + _BOTTOM, "".join(parts))


def line(chart: Chart, height: float = 150.0) -> Markup:
    """A stepped line with points over periods; a period without a value (0) has no point."""
    if empty(chart):
        return _nothing(chart)
    count = len(chart.labels)
    legend, taken = _legend(chart, 0)
    top = _TOP + taken
    axis, most = _axis(chart, max(_value(s, n) for s in chart.series for n in range(count)), top, height)
    slot = (WIDTH - _LEFT - _RIGHT) / count
    parts = [_patterns(chart.key, len(chart.series)), legend, axis]
    for at, series in enumerate(chart.series):
        places = [(_LEFT + slot * (n + 0.5), top + height - height * _value(series, n) / most, n) for n in range(count)]
        drawn = [p for p in places if _value(series, p[2])]
        path = " ".join(f"{'M' if i == 0 else 'L'}{x:.2f} {y:.2f}" for i, (x, y, _) in enumerate(drawn))
        parts.append(f'<path d="{path}" class="chart-line c{at % 6} d{at % 6}"/>')
        for x, y, n in drawn:
            tip = f"{chart.labels[n]}, {series.name}: {exact(_value(series, n), chart.digits)} {chart.unit}"
            parts.append(_filled(x - 3, y - 3, 6, 6, chart.key, at, tip))
    parts.append(_periods(chart, top + height))
    return _frame(chart, top + height + _BOTTOM, "".join(parts))


def bars(chart: Chart) -> Markup:
    """A bar a label, lying, each with its name and number written at it; of several series, stacked."""
    if empty(chart):
        return _nothing(chart)
    totals = [sum(_value(s, n) for s in chart.series) for n in range(len(chart.labels))]
    legend, taken = _legend(chart, 0)
    whole, most = sum(totals), max(totals)
    parts = [_patterns(chart.key, len(chart.series)), legend]
    y = taken + 4
    for n, label in enumerate(chart.labels):
        share = 100 * totals[n] / whole if whole else 0.0
        parts.append(_text(0, y + 12, _cut(label)))
        parts.append(
            _text(
                WIDTH,
                y + 12,
                f"{exact(totals[n], chart.digits)} {chart.unit} · {share:.0f} %".replace("  ", " "),
                "end",
            )
        )
        parts.append(f'<path d="M0 {y + 18 + _BAR:.1f}H{WIDTH}" class="chart-grid"/>')
        x = 0.0
        for at, series in enumerate(chart.series):
            wide = WIDTH * _value(series, n) / most
            named = f"{label}, {series.name}" if len(chart.series) > 1 else label
            tip = f"{named}: {exact(_value(series, n), chart.digits)} {chart.unit}"
            parts.append(_filled(x, y + 18, min(wide, WIDTH - x), _BAR, chart.key, at, tip))
            x += wide
        y += _ROW
    return _frame(chart, y + 4, "".join(parts))
