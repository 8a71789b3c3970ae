"""Figures: pictures as they are with what names them, pages of DOCX and RTF that hold one, damaged and foreign pictures refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import jpeg, png
from rtf_writer import paragraph, rtf, rtf_rows, w_paragraph

from docpipe.errors import DataDamaged, FigureUnsupported, InputRefused, NoFigure, TooLarge
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.source import Display, Figure, Passage, Place, SourceFile, SourceKind, TextSource
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.consistency import set_notices, with_sidecars
from docpipe.sources.figure import SOURCE

PICTURE = (
    "<w:drawing><a:blip xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' r:embed='rId9'/></w:drawing>"
)


def a_file(path: str, data: bytes) -> SourceFile:
    return SourceFile(path, digest_bytes(data), sniff(data, path), SourceKind.FIGURE)


def read(path: str, data: bytes) -> Figure:
    """The one figure of a file, by the reader that the registry chooses."""
    (found,) = every(path, data)
    assert isinstance(found, Figure)
    return found


def every(path: str, data: bytes) -> tuple[object, ...]:
    file = a_file(path, data)
    return tuple(source_for(file.media_type, data, path).read(data, file))


def codes(figure: Figure) -> set[str]:
    return {n.code for n in figure.notices}


def docx(*body: str, picture: bytes = b"", suffix: str = "png") -> bytes:
    """A document of paragraphs; ``PICTURE`` in one shows the picture."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    listing = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    one = '<Relationship Id="{}" Type="' + rel + '/{}" Target="{}"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr("_rels/.rels", listing.format(one.format("rId1", "officeDocument", "word/document.xml")))
        package.writestr(
            "word/_rels/document.xml.rels", listing.format(one.format("rId9", "image", f"media/i.{suffix}"))
        )
        package.writestr(f"word/media/i.{suffix}", picture)
        package.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}" xmlns:r="{rel}"><w:body>{"".join(body)}</w:body></w:document>',
        )
    return out.getvalue()


SHOWN = f"<w:p><w:r>{PICTURE}</w:r></w:p>"


def rtf_picture(data: bytes, kind: str = "pngblip") -> str:
    digits = data.hex()
    lines = "\n".join(digits[n : n + 80] for n in range(0, len(digits), 80))
    return f"\\pard{{\\*\\shppict{{\\pict{{\\*\\picprop}}\\{kind}\\picw10\\pich10 {lines}}}}}{{\\nonshppict{{\\pict\\wmetafile8 0100}}}}\\par\n"


# ---------------------------------------------------------------- pictures as they are


def test_the_samples_figure_says_what_it_is() -> None:
    path = Path(__file__).parents[2] / "samples/study/tlf/f-14-2-3-1.png"
    data = path.read_bytes()
    figure = read("tlf/f-14-2-3-1.png", data)
    assert figure.number == "Figure 14.2.3.1"
    assert figure.title.startswith("Kaplan-Meier Estimates of the Time to First")
    assert (figure.population, figure.study) == ("Full Analysis Set", "TVN-4471-204")
    assert (figure.width, figure.height) == (900, 560)
    assert figure.picture == data
    assert figure.digest == digest_bytes(data)
    assert not figure.notices


@pytest.mark.parametrize(
    ("name", "number", "title"),
    [
        ("Figure 14-1.png", "Figure 14-1", ""),
        ("out/f-14-1-km.png", "Figure 14-1", ""),
        ("fig_14_2_1 Kaplan-Meier curves.png", "Figure 14.2.1", "Kaplan-Meier curves"),
        ("Figure 14.2.1a - Mean change.png", "Figure 14.2.1a", "Mean change"),
        ("flow.png", "", ""),
        ("f1572.png", "", ""),
    ],
)
def test_a_picture_without_words_is_named_by_its_file(name: str, number: str, title: str) -> None:
    figure = read(name, png(4, 3))
    assert (figure.number, figure.title) == (number, title)
    assert ("figure.no_number" in codes(figure)) is not bool(number)
    assert ("figure.no_title" in codes(figure)) is not bool(title)


def test_comments_of_programs_are_no_titles() -> None:
    assert read("a.jpg", jpeg(4, 3, comment="Created with a program")).title == ""
    assert read("a.png", png(4, 3, Comment="Created with a program", Title="Response")).title == "Response"


def test_a_name_that_says_another_number_than_the_picture_is_told() -> None:
    figure = read("f-14-9.png", png(4, 3, Title="Figure 14.1 Mean Change"))
    assert figure.number == "Figure 14.1"
    assert "figure.number_differs" in codes(figure)


@given(
    st.integers(1, 60), st.integers(1, 60), st.sampled_from([0, 2, 3, 4, 6]), st.integers(0, 1), st.integers(72, 1200)
)
def test_size_and_resolution_of_a_png_are_those_it_was_written_with(
    width: int, height: int, colour: int, interlaced: int, dpi: int
) -> None:
    figure = read("Figure 1.png", png(width, height, colour=colour, interlaced=interlaced, dpi=dpi))
    assert (figure.width, figure.height) == (width, height)
    assert all(abs(d - dpi) <= 1 for d in figure.dpi)


@given(st.integers(1, 5000), st.integers(1, 5000), st.booleans())
def test_size_and_resolution_of_a_jpeg_are_those_it_was_written_with(width: int, height: int, several: bool) -> None:
    figure = read("Figure 1.jpg", jpeg(width, height, dpi=300, comment="Figure 2.1 Response", scans=1 + several))
    assert (figure.width, figure.height, figure.dpi) == (width, height, (300, 300))
    assert (figure.number, figure.title) == ("Figure 2.1", "Response")


@given(st.data())
def test_a_picture_that_is_cut_off_is_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([png(9, 7), jpeg(9, 7)]))
    kept = data.draw(st.integers(20, len(whole) - 2))
    with pytest.raises(InputRefused):
        read("Figure 1.png", whole[:kept])


@given(st.integers(8, 10_000), st.integers(1, 255))
def test_a_png_with_a_changed_byte_is_refused(at: int, change: int) -> None:
    data = bytearray(png(9, 7, Title="Figure 1 A"))
    at = 8 + at % (len(data) - 8)
    data[at] ^= change
    if data[-8:-4] == b"IEND":
        with pytest.raises(InputRefused):
            read("Figure 1.png", bytes(data))


def test_a_png_with_too_little_or_too_much_image_data_is_refused() -> None:
    for rows in (6, 8, 4000):
        with pytest.raises(DataDamaged):
            read("Figure 1.png", png(9, 7, rows=rows))


def test_a_png_of_too_many_dots_is_refused_before_its_data_are_unpacked() -> None:
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(TooLarge):
        read("Figure 1.png", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Figure 1.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("Figure 1.svg", b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("Figure 1.emf", b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(60)),
        ("Figure 1.wmf", b"\xd7\xcd\xc6\x9a" + bytes(40)),
        ("Figure 1.tif", b"II*\0" + bytes(40)),
        ("Figure 1.gif", b"GIF89a" + bytes(40)),
        ("f-14-1.pdf", b"%PDF-1.4\n" + bytes(40)),
    ],
)
def test_a_figure_of_another_kind_is_refused_with_what_to_do(name: str, data: bytes) -> None:
    with pytest.raises(FigureUnsupported) as caught:
        read(name, data)
    assert "PNG or JPEG" in caught.value.fix


def test_a_pdf_that_is_no_figure_by_name_is_read_as_text() -> None:
    assert source_for("application/pdf", b"%PDF-1.4", "protocol.pdf").kind is SourceKind.TEXT


# ---------------------------------------------------------------- in documents


def test_a_page_of_rtf_gives_its_picture_with_title_and_notes() -> None:
    data = png(30, 20)
    body = (
        paragraph("Protocol: ABC-123") + paragraph("Figure 14-1.2") + paragraph("Mean Change Over Time") + paragraph("(Safety Population)")
        + rtf_picture(data) + paragraph("Note: bars are standard errors.")
    )  # fmt: skip
    figure = read("f.rtf", rtf(body))
    assert (figure.number, figure.title, figure.population) == ("Figure 14-1.2", "Mean Change Over Time", "Safety")
    assert figure.picture == data
    assert figure.footnotes == ("Note: bars are standard errors.",)
    assert figure.place == Place(digest_bytes(rtf(body)), "figure:1")


def test_a_page_of_docx_gives_its_picture_with_title_above_or_below() -> None:
    data = jpeg(30, 20)
    above = docx(w_paragraph("Figure 3: Survival"), SHOWN, w_paragraph("* Log-rank test"), picture=data, suffix="jpg")
    below = docx(w_paragraph("As planned."), SHOWN, w_paragraph("Figure 3: Survival"), picture=data, suffix="jpg")
    for given_ in (above, below):
        figure = read("x.docx", given_)
        assert (figure.number, figure.title, figure.picture) == ("Figure 3", "Survival", data)
    assert read("x.docx", above).footnotes == ("* Log-rank test",)


def test_tables_and_figures_of_one_file_come_apart() -> None:
    rows = [["", "Placebo (N=10)", "Active (N=12)"], ["Heart", "1", "2"], ["Liver", "3", "4"]]
    body = (
        paragraph("Figure 1 Course") + rtf_picture(png(5, 5)) + paragraph("Table 2 Events") + rtf_rows(rows, heads=1)
        + paragraph("Figure 3 End") + rtf_picture(png(6, 6))
    )  # fmt: skip
    found = every("both.rtf", rtf(body))
    assert [(type(s), s.number) for s in found] == [(Figure, "Figure 1"), (Figure, "Figure 3"), (Display, "Table 2")]  # type: ignore[attr-defined]
    table = found[2]
    assert isinstance(table, Display)
    assert table.title == "Events"


def test_pictures_that_nothing_names_are_left_out_and_told() -> None:
    with pytest.raises(NoFigure):
        SOURCE.read(rtf(paragraph("Logo") + rtf_picture(png(5, 5))), a_file("x.rtf", rtf("")))
    rows = [["", "A (N=10)", "B (N=12)"], ["Heart", "1", "2"], ["Liver", "3", "4"]]
    (table,) = every("x.rtf", rtf(rtf_picture(png(5, 5)) + paragraph("Table 2 Events") + rtf_rows(rows, heads=1)))
    assert isinstance(table, Display)
    assert "source.picture_skipped" in {n.code for n in table.notices}


def test_a_figure_that_cannot_be_taken_is_a_critical_notice_beside_others_and_an_error_alone() -> None:
    bad = paragraph("Figure 1 Course") + rtf_picture(b"\x01\0\0\0" + bytes(36) + b" EMF", "emfblip")
    with pytest.raises(FigureUnsupported):
        read("x.rtf", rtf(bad))
    figure = read("x.rtf", rtf(bad + paragraph("Figure 2 End") + rtf_picture(png(5, 5))))
    assert ("figure.unsupported", "critical") in {(n.code, n.severity.value) for n in figure.notices}
    with pytest.raises(DataDamaged):
        read("x.rtf", rtf(paragraph("Figure 1 Course") + rtf_picture(png(5, 5)[:-20])))


# ---------------------------------------------------------------- beside each other


def text(path: str, *lines: str) -> TextSource:
    file = SourceFile(path, Digest("1" * 64), "text/plain", SourceKind.TEXT)
    return TextSource(file, "", tuple(Passage(Place(file.sha256, f"text:p{n}"), t) for n, t in enumerate(lines)))


def test_a_text_of_the_same_name_gives_number_title_and_notes() -> None:
    picture = read("tlf/f-14-1-km.png", png(4, 3))
    (figure, _) = with_sidecars([
        picture, text("tlf/f-14-1-km.txt", "Figure 14.1 Time to Event", "Safety Population", "Note: + censored")
    ])  # fmt: skip
    assert isinstance(figure, Figure)
    assert (figure.number, figure.title, figure.population) == ("Figure 14.1", "Time to Event", "Safety")
    assert figure.footnotes == ("Note: + censored",)
    assert not figure.notices
    assert with_sidecars([picture, text("tlf/other.txt", "Figure 14.1 Time to Event")])[0] == picture


def test_two_pictures_of_one_number_are_told() -> None:
    one, other = (read(n, png(4, 3, Title="Figure 1 A", Comment=c)) for n, c in (("a.png", "x"), ("b.png", "y")))
    photo = read("c.jpg", jpeg(4, 3, comment="Figure 1 A"))
    assert [n.code for n in set_notices([one, other, photo])] == ["figure.two_versions", "figure.two_kinds"]
    copy = replace(one, file=replace(one.file, path="copy.png"))
    assert "figure.same_twice" in {n.code for n in set_notices([one, copy])}
