"""Figures in Word drafts: their bytes as given, scaled to the page, with caption, list entry, reference and words for those who do not see them."""

from __future__ import annotations

import io
import zipfile

import pytest
from pictures import jpeg, png
from word_reports import FACTS, block, plan, ref, row, said

from docpipe.model import draft
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan
from docpipe.model.inline import Placeholder
from docpipe.safe.package import rewrite
from docpipe.writing.word import Picture, WordOptions, read_back, verify, write

PNG = png(30, 20, Title="Figure 1 Survival")
MM = 36_000
"""English metric units of a millimetre."""


def picture(data: bytes, width: int = 30, height: int = 20, dpi: int = 0) -> Picture:
    return Picture(data, "image/jpeg" if data.startswith(b"\xff") else "image/png", width, height, (dpi, dpi))


def figures(*pictures: Picture) -> tuple[Plan, bytes]:
    """A document with these figures, each with its caption and a reference to it."""
    digests = [digest_bytes(p.data) for p in pictures]
    rows = [
        piece for d in digests for piece in (
            row(BlockKind.CAPTION, "Survival & more"), row(BlockKind.FIGURE, Placeholder(1, draft.FIGURE, d, "[figure]")),
            said("See ", ref(f"figure:{d}", "Figure", 1), "."),
        )
    ]  # fmt: skip
    made = plan([block("11", "Figures", 1, *rows, number="1")])
    return made, write(made, {}, FACTS, WordOptions(figures=dict(zip(digests, pictures, strict=True))))


def body_of(data: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


@pytest.mark.parametrize("data", [PNG, jpeg(30, 20)])
def test_a_figure_is_carried_byte_for_byte_with_caption_list_reference_and_words(data: bytes) -> None:
    made, written = figures(picture(data))
    assert verify(written, made, {}, FACTS) == []
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert [package.read(n) for n in package.namelist() if n.startswith("word/media/")] == [data]
    body = body_of(written)
    assert 'TOC \\h \\z \\c "Figure"' in body
    assert 'descr="Figure 1. Survival &amp; more"' in body
    (figure,) = (r for r in read_back(written) if r.kind == "figure")
    assert figure.pictures == (digest_bytes(data),)
    assert not figure.changed


@pytest.mark.parametrize(
    ("width", "height", "dpi", "expected"),
    [
        (900, 560, 0, (160 * MM, 160 * MM * 560 // 900)),
        (4000, 2000, 300, (160 * MM, 80 * MM)),
        (600, 300, 300, (1_828_800, 914_400)),
        (300, 3000, 0, None),
    ],
)
def test_a_figure_is_as_large_as_it_says_or_as_wide_as_the_text_and_fits_the_page(
    width: int, height: int, dpi: int, expected: tuple[int, int] | None
) -> None:
    body = body_of(figures(picture(PNG, width, height, dpi))[1])
    at = body.index("<wp:extent ")
    wide, high = (int(body[at:].split(f'{n}="')[1].split('"')[0]) for n in ("cx", "cy"))
    assert wide <= 160 * MM + 1_000
    assert high <= 241 * MM * 0.73
    assert wide / high == pytest.approx(width / height, rel=0.01)
    if expected is not None:
        assert (wide, high) == (pytest.approx(expected[0], rel=0.001), pytest.approx(expected[1], rel=0.001))


def test_two_figures_are_numbered_and_another_picture_in_their_place_is_found() -> None:
    made, written = figures(picture(PNG), picture(jpeg(30, 20)))
    assert verify(written, made, {}, FACTS) == []
    name = next(n for n in zipfile.ZipFile(io.BytesIO(written)).namelist() if n.endswith(".png"))
    other = rewrite(written, {name: png(30, 20, Title="Figure 1 Survival of others")})
    assert any("picture is another one" in d for d in verify(other, made, {}, FACTS))
    assert [r.changed for r in read_back(other) if r.kind == "figure"] == [True, False]


def test_a_figure_that_is_not_there_is_a_visible_gap() -> None:
    made = plan(
        [block("11", "Figures", 1, row(BlockKind.FIGURE, Placeholder(1, draft.FIGURE, "abc", "[figure]")), number="1")]
    )
    data = write(made, {}, FACTS, WordOptions())
    assert "[GAP: the figure is not among the sources]" in body_of(data)
    assert any("is not in the document" in d for d in verify(data, made, {}, FACTS))
