"""Places and pictures of a PDF's pages."""

from __future__ import annotations

import struct
import zlib

import pytest
from pdf_builder import At, Sheet, pdf

from docpipe.errors import DamagedPackage, UnknownName
from docpipe.formats.pdftext.drawing import page_image, places


def test_a_row_stands_where_its_text_is_drawn() -> None:
    data = pdf(Sheet([At(72, 700, "The first sentence stands here."), At(72, 650, "A second one.")]))
    found = places(data, [("a", "body", ["The first sentence stands here."]), ("b", "body", ["A second one."])])
    assert found["pages"] == [[595.0, 842.0]]
    (_, first, [one]), (_, second, [two]) = found["places"]
    assert (first, second) == ("a", "b")
    assert one[0] == pytest.approx(72, abs=2)
    assert 842 - 700 - 12 < one[1] < 842 - 700 + 2
    assert one[1] + one[3] < two[1]


def test_a_page_that_is_turned_gives_places_as_it_is_shown() -> None:
    data = pdf(Sheet([At(72, 500, "Turned about and shown upright.")], rotate=90))
    found = places(data, [("a", "body", ["Turned about and shown upright."])])
    width, height = found["pages"][0]
    [(_, _, boxes)] = found["places"]
    assert all(min(x, y) >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    assert boxes[0][2] > boxes[0][3]


def test_a_header_has_its_place_on_every_page_and_does_not_take_the_title_s() -> None:
    sheets = [
        Sheet([At(72, 800, "Clinical overview"), At(72, 700 - n, f"Body text of page number {n}."), At(72, 30, f"{n}")])
        for n in range(4)
    ]
    sheets[0].lines = [*sheets[0].lines, At(72, 600, "Clinical overview", size=20)]
    rows = [
        ("t", "body", ["Clinical overview"]),
        *((f"b{n}", "body", [f"Body text of page number {n}."]) for n in range(4)),
    ]
    found = places(pdf(*sheets), [*rows, ("h", "edge", ["Clinical overview"])])
    assert [page for page, segment, _ in found["places"] if segment == "h"] == [1, 2, 3, 4]
    [title] = [boxes for _, segment, boxes in found["places"] if segment == "t"]
    assert title[0][3] > 15


def test_a_word_divided_at_a_line_end_is_one_text_with_two_boxes() -> None:
    data = pdf(Sheet([At(72, 700, "The effi-"), At(72, 686, "cacy was shown.")]))
    [(_, _, boxes)] = places(data, [("a", "body", ["The efficacy was shown."])])["places"]
    assert len(boxes) == 2


def test_a_cell_that_goes_on_over_a_page_s_end_beside_another_is_found_whole() -> None:
    data = pdf(
        Sheet([At(72, 100, "Before it"), At(72, 80, "The population was assessed in"), At(400, 80, "3.1 %")]),
        Sheet([At(72, 700, "four groups and at every later visit of the study."), At(72, 600, "After it")]),
    )
    texts = [
        "Before it",
        "The population was assessed in four groups and at every later visit of the study.",
        "3.1 %",
        "After it",
    ]
    found = places(data, [(str(n), "body", [t]) for n, t in enumerate(texts)])
    assert [page for page, segment, _ in found["places"] if segment == "1"] == [1, 2]
    assert {segment for _, segment, _ in found["places"]} == {"0", "1", "2", "3"}


def test_what_is_not_on_the_pages_has_no_place() -> None:
    data = pdf(Sheet([At(72, 700, "Something else altogether.")]))
    assert (
        places(data, [("a", "body", ["Not one word of this."]), ("b", "body", ["受试者"]), ("c", "box", [""])])[
            "places"
        ]
        == []
    )


def test_a_page_is_a_sound_png_grey_where_it_has_no_colour() -> None:
    data = pdf(Sheet([At(72, 700, "Black on white.")]))
    image = page_image(data, 1, 72)
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colour = struct.unpack(">2I2B", image[16:26])
    assert (width, height, depth, colour) == (595, 842, 8, 0)
    at = image.index(b"IDAT")
    size = struct.unpack(">I", image[at - 4 : at])[0]
    pixels = zlib.decompress(image[at + 4 : at + 4 + size])
    assert len(pixels) == 842 * (595 + 1)
    assert min(pixels[1:]) < 90


def test_a_page_that_is_not_there_and_a_file_that_is_no_pdf_are_refused() -> None:
    with pytest.raises(UnknownName):
        page_image(pdf(Sheet([At(1, 1, "x")])), 2, 72)
    with pytest.raises(DamagedPackage):
        places(b"no pdf", [])
