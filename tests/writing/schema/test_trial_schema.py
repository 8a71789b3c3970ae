"""The trial schema: boxes as the design has them, the same bytes twice, text inside its box, words for those who do not see it."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import pytest
from designed import changed, trial_of, usdm
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.trial import Trial
from docpipe.safe import xml
from docpipe.writing.schema.measure import lines, width
from docpipe.writing.schema.pdf import pdf
from docpipe.writing.schema.png import DPI, png
from docpipe.writing.schema.shapes import Box, Disc, Drawing, Path, Words, svg
from docpipe.writing.schema.spans import lengths
from docpipe.writing.schema.trial import WIDTH, drawn, nodes, randomised


def made(**puts: object) -> tuple[Trial, Drawing]:
    """The made trial, changed, and its schema."""
    trial = trial_of(changed(**puts))
    drawing = drawn(trial, trial.design)
    assert drawing is not None
    return trial, drawing


def said(drawing: Drawing) -> list[str]:
    """Its words in the order in which they are drawn."""
    return [s.text for s in drawing.shapes if isinstance(s, Words)]


def test_boxes_are_the_cells_of_the_design() -> None:
    trial, drawing = made()
    _, _, boxes = nodes(trial.design)
    assert [(n.rows, n.columns, [e.label for e in n.elements]) for n in boxes] == [
        ((0, 1), (0, 0), ["Screening"]), ((0, 1), (2, 2), ["Follow-up"]), ((0, 0), (1, 1), ["Placebo"]), ((1, 1), (1, 1), ["Drug"]),
    ]  # fmt: skip
    words = said(drawing)
    assert [w for w in words if w in ("Placebo", "Drug", "10 mg once daily", "Screening", "Treatment", "Follow-up")] == [
        "Screening", "Treatment", "Follow-up", "Placebo", "Screening", "Follow-up", "Placebo", "Drug", "10 mg once daily",
    ]  # fmt: skip
    assert lengths(trial.design) == {"EP_S": "2 weeks", "EP_T": "12 weeks"}
    assert "2 weeks" in words
    assert "12 weeks" in words


def test_randomisation_is_drawn_where_the_design_says_so_and_only_there() -> None:
    trial, drawing = made()
    assert randomised(trial, trial.design)
    assert "R" in said(drawing)
    quiet = {
        "studyDesigns__0__description": "Two arms.", "titles__0__text": "A trial in claudication", "studyDesigns__0__activities__3__label": "Allocation",
        "studyDesigns__0__activities__3__name": "Allocation",
    }  # fmt: skip
    trial, drawing = made(**quiet)
    assert not randomised(trial, trial.design)
    assert "R" not in said(drawing)
    assert any(isinstance(s, Disc) for s in drawing.shapes), "arms part all the same"


def test_an_element_that_goes_on_is_one_box_and_an_empty_cell_is_none() -> None:
    trial, _ = made(studyDesigns__0__studyCells__2__elementIds=["EL_P"], studyDesigns__0__studyCells__5__elementIds=[])
    _, _, boxes = nodes(trial.design)
    assert [(n.rows, n.columns) for n in boxes] == [((0, 1), (0, 0)), ((0, 0), (1, 2)), ((1, 1), (1, 1))]


def test_equal_designs_give_equal_bytes() -> None:
    (_, one), (_, other) = made(), made()
    assert svg(one) == svg(other)
    assert pdf(one) == pdf(other)
    assert png(one) == png(other)


def test_the_svg_is_well_formed_and_says_the_design_in_words() -> None:
    _trial, drawing = made(studyDesigns__0__arms__0__label='Placebo & "sham" <b>')
    root = xml.parse(svg(drawing))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    desc = next(e for e in root.iter() if str(e.tag).endswith("}desc"))
    assert desc.text == drawing.says
    assert drawing.says.startswith("Trial schema: 2 arms over 3 periods. Placebo & ")
    assert drawing.says.endswith("Participants are randomised to the arms after Screening.")


def test_the_png_has_the_size_and_dots_of_the_drawing() -> None:
    _, drawing = made()
    data, wide, high = png(drawing)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (wide, high)
    assert abs(wide - drawing.width * DPI / 72) <= 1
    assert abs(high - drawing.height * DPI / 72) <= 1
    at, idat = 8, b""
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            idat += data[at + 8 : at + 8 + size]
        at += size + 12
    rows = zlib.decompress(idat)
    assert len(rows) % high == 0
    assert len(set(rows)) > 10, "something is drawn"


LABELS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=70)


@given(st.lists(LABELS, min_size=1, max_size=5), st.lists(LABELS, min_size=1, max_size=6))
def test_words_stay_inside_their_boxes_and_boxes_apart(arms: list[str], epochs: list[str]) -> None:
    given_ = usdm()
    design = given_["study"]["versions"][0]["studyDesigns"][0]
    design["arms"] = [{**design["arms"][0], "id": f"A{n}", "label": a} for n, a in enumerate(arms)]
    design["epochs"] = [
        {**design["epochs"][0], "id": f"P{n}", "label": e, "previousId": None, "nextId": None}
        for n, e in enumerate(epochs)
    ]
    design["elements"] = [
        {**design["elements"][0], "id": f"L{n}{m}", "label": f"{a} {e}"}
        for n, a in enumerate(arms)
        for m, e in enumerate(epochs)
    ]
    design["studyCells"] = [
        {"id": f"Z{n}{m}", "armId": f"A{n}", "epochId": f"P{m}", "elementIds": [f"L{n if m else 0}{m}"], "instanceType": "StudyCell"}
        for n in range(len(arms))
        for m in range(len(epochs))
    ]  # fmt: skip
    trial = trial_of(given_)
    drawing = drawn(trial, trial.design)
    assert drawing is not None
    boxes = [s for s in drawing.shapes if isinstance(s, Box)]
    for box in boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y + box.height <= drawing.height
    for text in (
        s
        for s in drawing.shapes
        if isinstance(s, Words) and s.align == "middle" and s.text not in ("R", "Randomisation")
    ):
        half = width(text.text, text.size, bold=text.bold) / 2
        assert any(
            b.x <= text.x - half and text.x + half <= b.x + b.width and b.y <= text.y <= b.y + b.height for b in boxes
        ), text  # fmt: skip
    for one, other in pairwise(sorted((b for b in boxes if b.round), key=lambda b: (b.y, b.x))):
        assert one.y != other.y or one.x + one.width < other.x
    for path in (s for s in drawing.shapes if isinstance(s, Path)):
        assert all(0 <= x <= WIDTH and 0 <= y <= drawing.height for x, y in path.points)


@given(st.text(max_size=60), st.floats(20, 200))
def test_lines_fit_and_keep_every_character(text: str, room: float) -> None:
    found = lines(text, 9, room)
    assert "".join(found).replace(" ", "") == "".join(text.split())
    assert all(width(x, 9) <= room or len(x) == 1 for x in found)


@pytest.mark.parametrize("key", ["arms", "epochs", "studyCells"])
def test_a_design_that_cannot_be_drawn_has_no_schema(key: str) -> None:
    trial = trial_of(changed(**{f"studyDesigns__0__{key}": []}))
    assert drawn(trial, trial.design) is None
