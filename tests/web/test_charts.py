"""Charts drawn on the server: sound XML inside their view box, whatever the numbers are, with a title, an answer and a table."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from docpipe.web.charts import NOTHING, Chart, Series, bars, columns, line, ticks

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = (bars, columns, line)
values = st.floats(allow_nan=True, allow_infinity=True, width=64) | st.floats(0, 1e9) | st.integers(0, 10**12)
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 91))
    rows = draw(st.lists(st.tuples(names, st.lists(values, min_size=0, max_size=count)), min_size=1, max_size=6))
    labels = draw(st.lists(names, min_size=count, max_size=count))
    return Chart(
        "k",
        draw(names),
        draw(names),
        draw(names),
        labels,
        [Series(n, v) for n, v in rows],
        digits=draw(st.integers(0, 2)),
    )


def parsed(made: Markup) -> ElementTree.Element:
    """The figure; the namespace that HTML supplies is written in."""
    return ElementTree.fromstring(str(made).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def image(figure: ElementTree.Element) -> ElementTree.Element:
    found = figure.find(f".//{SVG}svg")
    assert found is not None
    return found


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda f: f.__name__)
@settings(max_examples=60, deadline=None)
@given(chart=charts())
def test_every_number_is_finite_and_every_shape_inside_the_view_box(
    draw: Callable[[Chart], Markup], chart: Chart
) -> None:
    svg = image(parsed(draw(chart)))
    _, _, width, height = (float(n) for n in svg.get("viewBox", "").split())
    for rect in svg.iter(f"{SVG}rect"):
        if rect.get("x") is None:
            continue  # inside a pattern
        x, y, w, h = (float(rect.get(k, "nan")) for k in ("x", "y", "width", "height"))
        assert all(math.isfinite(n) for n in (x, y, w, h))
        assert w >= 0
        assert h >= 0
        assert -0.01 <= x <= x + w <= width + 0.02
        assert -0.01 <= y <= y + h <= height + 0.02
    for path in svg.iter(f"{SVG}path"):
        assert not re.search(r"nan|inf", path.get("d", ""), re.IGNORECASE)
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "nan")) <= width
        assert 0 <= float(text.get("y", "nan")) <= height
        assert float(text.get("font-size", "0")) >= 11


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda f: f.__name__)
@settings(max_examples=30, deadline=None)
@given(chart=charts())
def test_an_image_is_named_described_and_has_its_numbers_as_a_table(
    draw: Callable[[Chart], Markup], chart: Chart
) -> None:
    assume(NOTHING not in repr(chart))  # words of the chart are not to be taken for ours
    figure = parsed(draw(chart))
    svg = image(figure)
    assert svg.get("role") == "img"
    told = {e.get("id"): e.text for e in svg if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [told.get(name) for name in svg.get("aria-labelledby", "").split()] == [chart.title, chart.says]
    rows = figure.findall(".//tbody/tr")
    drawn = NOTHING not in "".join(svg.itertext())
    assert len(rows) == (len(chart.labels) if drawn else 0)


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda f: f.__name__)
def test_nothing_says_so(draw: Callable[[Chart], Markup]) -> None:
    for labels, series in (([], []), (["a"], [Series("s", [0.0])]), (["a"], [Series("s", [float("nan"), -3.0])])):
        assert NOTHING in draw(Chart("k", "T", "S", "words", labels, series))


@pytest.mark.parametrize("draw", DRAWINGS, ids=lambda f: f.__name__)
def test_no_inline_style_and_no_raw_colour(draw: Callable[[Chart], Markup]) -> None:
    made = str(draw(Chart("k", "T", "S", "words", ["a", "b"], [Series("x", [1, 2]), Series("y", [3, 4])])))
    assert " style=" not in made
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", made.replace("url(#k-p", "url("))


def test_series_differ_by_pattern_and_are_named() -> None:
    svg = image(parsed(columns(Chart("k", "T", "S", "words", ["a"], [Series("one", [1]), Series("two", [2])]))))
    fills = {r.get("fill") for r in svg.iter(f"{SVG}rect") if r.get("fill")}
    assert fills == {"url(#k-p0)", "url(#k-p1)"}
    assert {"one", "two"} <= {t.text for t in svg.iter(f"{SVG}text")}


@given(st.floats(1e-6, 1e15))
def test_ticks_are_round_and_reach_the_largest_value(most: float) -> None:
    found = ticks(most)
    step = found[1]
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert round(mantissa, 6) in (1, 2, 5, 10)
    assert found[0] == 0
    assert found[-1] >= most * (1 - 1e-9)
    assert 2 <= len(found) <= 6


def test_text_of_labels_is_escaped() -> None:
    made = str(bars(Chart("k", "<b>T</b>", "a & b", "w", ["<script>x</script>"], [Series('"s"', [1])])))
    assert "<script>" not in made
    assert "<b>" not in made
