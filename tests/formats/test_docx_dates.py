"""Date fields show their date in the target's way, in picture and result; what cannot be read stays, and verify says what is wrong."""

from __future__ import annotations

import pytest
from docx_builder import docx, field, part, run

from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml.localise.pictures import Moment, read, translated_picture, write
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text


def dated(code: str, result: str) -> bytes:
    return docx(f"xml:<w:p>{run('Printed on ')}{field(code, run(result))}{run(' in the evening')}</w:p>")


def written(
    data: bytes, source: str, target: str, policy: ReadPolicy | None = None
) -> tuple[bytes, dict[Address, CodedText], WriteOptions]:
    options = WriteOptions(source, target, policy=policy or ReadPolicy())
    blocks = FORMAT.read(data, options.policy).blocks
    targets = {
        b.address: tuple(Text(p.text + "\u5370") if isinstance(p, Text) else p for p in b.content) for b in blocks
    }
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return output, targets, options


@pytest.mark.parametrize(
    ("code", "result", "source", "target", "picture", "there"),
    [
        ('DATE \\@ "MMMM d, yyyy"', "November 23, 2026", "en", "zh-CN", "yyyy\u5e74M\u6708d\u65e5", "2026\u5e7411\u670823\u65e5"),
        ('SAVEDATE \\@ "dddd, MMMM dd, yyyy"', "Monday, November 23, 2026", "en", "de", "dddd, d. MMMM yyyy", "Montag, 23. November 2026"),
        ('CREATEDATE \\@ "EEEE\u5e74O\u6708A\u65e5"', "\u4e8c\u3007\u4e00\u3007\u5e74\u4e94\u6708\u4e8c\u5341\u56db\u65e5", "zh-CN", "en", "MMMM d, yyyy", "May 24, 2010"),
        ('TIME \\@ "h:mm am/pm"', "4:05 PM", "en", "fr", "HH:mm", "16:05"),
        ('PRINTDATE \\@ "M/d/yyyy h:mm am/pm" \\* MERGEFORMAT', "9/19/2006 4:05 PM", "en", "de", "dd.MM.yyyy HH:mm", "19.09.2006 16:05"),
    ],
)  # fmt: skip
def test_a_date_is_written_in_the_targets_way(
    code: str, result: str, source: str, target: str, picture: str, there: str
) -> None:
    xml = part(written(dated(code, result), source, target)[0], "word/document.xml")
    assert there in xml
    assert picture in xml.replace("&quot;", '"')
    assert result not in xml
    assert ("MERGEFORMAT" in code) == ("MERGEFORMAT" in xml)


@pytest.mark.parametrize(
    ("code", "result"),
    [('DATE \\@ "yyyy-MM-dd"', "2026-11-23"), ("DATE", "11/23/2026"), ('DATE \\@ "MMMM d, yyyy"', "some day soon")],
)
def test_what_means_the_same_everywhere_or_cannot_be_read_stays(code: str, result: str) -> None:
    xml = part(written(dated(code, result), "en", "zh-CN")[0], "word/document.xml")
    assert result in xml
    assert code.partition('"')[2].rstrip('"') in xml


def test_names_of_weekdays_are_asked_for_in_the_target() -> None:
    data = dated('DATE \\@ "dddd, MMMM d, yyyy"', "Monday, November 23, 2026")
    xml = part(written(data, "en", "zh-CN")[0], "word/document.xml")
    assert "\u661f\u671f\u4e00" in xml
    assert xml.count('<w:lang w:val="zh-CN"/>') == 5


def test_dates_are_kept_by_policy() -> None:
    data = dated('DATE \\@ "MMMM d, yyyy"', "November 23, 2026")
    assert "November 23, 2026" in part(
        written(data, "en", "zh-CN", ReadPolicy(numbering="keep"))[0], "word/document.xml"
    )


def test_dates_may_change_places_in_a_sentence() -> None:
    first, last = (field('DATE \\@ "MMMM d, yyyy"', run(day)) for day in ("November 23, 2026", "May 5, 2027"))
    data = docx(f"xml:<w:p>{run('From ')}{first}{run(' to ')}{last}{run(' at most')}</w:p>")
    block = FORMAT.read(data, ReadPolicy()).blocks[0]
    one, other = (p for p in block.content if not isinstance(p, Text))
    targets: dict[Address, CodedText] = {block.address: (Text("Bis "), other, Text(" ab "), one, Text("."))}
    options = WriteOptions("en", "de")
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    xml = part(output, "word/document.xml")
    assert xml.index("5. Mai 2027") < xml.index("23. November 2026")


def test_verify_finds_another_date() -> None:
    data = dated('DATE \\@ "MMMM d, yyyy"', "November 23, 2026")
    output, targets, options = written(data, "en", "zh-CN")
    wrong, _, _ = written(dated('DATE \\@ "MMMM d, yyyy"', "November 24, 2026"), "en", "zh-CN")
    assert output != wrong
    problems = FORMAT.verify(data, wrong, targets, options)
    assert problems == ["word/document.xml: a date field does not show its date"]


@pytest.mark.parametrize(
    "target", ["zh-CN", "ja", "ko", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "pl", "ru", "ar"]
)
@pytest.mark.parametrize("picture", ["dddd, MMMM d, yyyy", "MMMM d, yyyy", "MMMM yyyy", "MMMM d", "M/d/yyyy"])
def test_every_form_of_every_language_can_be_read_back(target: str, picture: str) -> None:
    there = translated_picture(picture, "en-US", target)
    asked = {"year": "y" in picture, "month": True, "day": "d," in picture or "d/" in picture or picture.endswith("d")}
    for month in range(1, 13):
        moment = Moment(
            year=2024 if asked["year"] else None, month=month, day=5 if asked["day"] else None,
            weekday=month % 7 if "dddd" in picture else None,
        )  # fmt: skip
        assert read(write(moment, there, target), there, target) == moment
