"""A translated document is one of its target language: tags, fonts, direction, line breaking, numbers; and verify says where not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import pytest
from docx_builder import docx, part, run
from docx_parts import chart, relation, with_chart

from docpipe.errors import BadSetting
from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml.localise.aim import aim_of
from docpipe.formats.ooxml.localise.dates import written_as
from docpipe.formats.ooxml.localise.fonttable import font_table
from docpipe.formats.ooxml.localise.numbering import counted, label
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = (
    f'<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{{latin}}" w:hAnsi="{{latin}}" w:eastAsia="{{asian}}"/>'
    '<w:lang w:val="en-US" w:eastAsia="{tag}"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:rPr><w:b/>{style}</w:rPr></w:style></w:styles>'
)
CHINESE = STYLES.format(
    latin="宋体", asian="宋体", tag="zh-CN", style='<w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体"/>'
)
ENGLISH = STYLES.format(
    latin="Times New Roman", asian="Times New Roman", tag="en-US", style='<w:rFonts w:ascii="Arial"/>'
)


def paragraph(text: str, properties: str) -> str:
    return f"xml:<w:p>{run(text, properties)}</w:p>"


def translated(data: bytes, source: str, target: str, words: str, fonts: str = "") -> bytes:
    """The document with every block saying ``words``; verify passes."""
    options = WriteOptions(source, target, fonts=fonts)
    targets = _targets(data, words)
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return output


def _targets(data: bytes, words: str) -> dict[Address, CodedText]:
    found = FORMAT.read(data, ReadPolicy()).blocks
    return {
        b.address: tuple(Text(words) if isinstance(p, Text) else p for p in b.content) for b in found if b.translatable
    }


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as z, zipfile.ZipFile(out, "w") as made:
        for entry in z.namelist():
            content = z.read(entry).decode()
            assert entry != name or old in content
            made.writestr(entry, content.replace(old, new) if entry == name else content)
    return out.getvalue()


def tags(xml: str) -> set[str]:
    return set(re.findall(r"<w:lang [^/]*/>", xml))


def test_a_chinese_document_turned_english_has_latin_fonts_and_english_tags() -> None:
    body = paragraph("你好", '<w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:hint="eastAsia"/><w:lang w:val="zh-CN"/>')
    output = translated(docx("h1:标题", body, parts={"word/styles.xml": CHINESE}), "zh", "en-GB", "Hello")
    document, styles = part(output, "word/document.xml"), part(output, "word/styles.xml")
    assert 'w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>' in document
    assert "hint" not in document
    assert tags(document) == {'<w:lang w:val="en-GB"/>'}
    assert tags(styles) == {'<w:lang w:val="en-GB" w:eastAsia="zh-CN"/>'}
    assert 'w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"' in styles


def test_an_english_document_turned_chinese_has_fonts_with_glyphs() -> None:
    body = paragraph("Code", '<w:rFonts w:ascii="Courier New"/>')
    output = translated(docx("h1:Title", body, parts={"word/styles.xml": ENGLISH}), "en", "zh-Hans", "“你好”…")
    document, styles = part(output, "word/document.xml"), part(output, "word/styles.xml")
    assert 'w:ascii="Courier New" w:eastAsia="NSimSun" w:hint="eastAsia"' in document
    assert tags(styles) == {'<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'}
    assert 'w:ascii="Arial" w:eastAsia="SimHei"' in styles
    assert 'w:eastAsia="SimSun"' in styles


def test_a_font_that_governed_nothing_does_not_decide() -> None:
    body = paragraph("Text", '<w:rFonts w:eastAsia="Malgun Gothic"/>')
    assert "Malgun" not in part(translated(docx(body), "en", "zh", "你好"), "word/document.xml")


def test_traditional_characters_have_fonts_and_a_tag_of_their_own() -> None:
    output = translated(docx("p:Text", parts={"word/styles.xml": ENGLISH}), "en", "zh-Hant", "你好")
    styles = part(output, "word/styles.xml")
    assert 'w:eastAsia="zh-TW"' in styles
    assert 'w:eastAsia="PMingLiU"' in styles


def test_a_theme_gets_fonts_of_the_target() -> None:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    theme = f'<a:theme {a}><a:minorFont><a:latin typeface="等线"/><a:ea typeface=""/><a:cs typeface=""/></a:minorFont></a:theme>'
    link = '<Relationship Id="rT" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme" Target="theme1.xml"/>'
    data = docx("p:你好", parts={"word/theme1.xml": theme}, relations=link)
    assert '<a:latin typeface="Arial"/>' in part(translated(data, "zh", "en", "Hello"), "word/theme1.xml")
    assert '<a:ea typeface="MS Gothic"/>' in part(translated(data, "zh", "ja", "こんにちは"), "word/theme1.xml")
    assert '<a:cs typeface="Arial"/>' in part(translated(data, "zh", "ar", "مرحبا"), "word/theme1.xml")


def test_a_document_turned_arabic_runs_from_right_to_left_and_stays_bold() -> None:
    data = docx("p:Hello *bold* world", "tbl:a | b", header="Head")
    output = translated(data, "en", "ar", "مرحبا")
    document = part(output, "word/document.xml")
    assert document.count("<w:bidi/>") == document.count("<w:p>") + 1  # the section too
    assert "<w:b/><w:bCs/><w:rtl/>" in document
    assert "<w:bidiVisual/>" in document
    assert "<w:bidi/>" in part(output, "word/header1.xml")


def test_a_hebrew_document_turned_english_runs_from_left_to_right_and_stays_bold() -> None:
    hebrew = run("שלום", "<w:bCs/><w:rtl/>")
    data = docx(f"xml:<w:p><w:pPr><w:bidi/></w:pPr>{hebrew}</w:p>")
    document = part(translated(data, "he", "en", "Hello"), "word/document.xml")
    assert "bidi" not in document
    assert "rtl" not in document
    assert re.search(r"<w:rPr><w:b/><w:bCs/></w:rPr>", document)


def test_words_are_no_longer_broken_anywhere_nor_letters_distributed() -> None:
    data = docx('xml:<w:p><w:pPr><w:wordWrap w:val="0"/><w:jc w:val="distribute"/></w:pPr>' + run("你好") + "</w:p>")
    document = part(translated(data, "zh", "en", "Hello"), "word/document.xml")
    assert "wordWrap" not in document
    assert 'w:jc w:val="both"' in document


def test_checkboxes_equations_and_signs_keep_every_byte() -> None:
    mark = run("☐", '<w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/>')
    box = (
        '<w:sdt><w:sdtPr><w14:checkbox xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"/></w:sdtPr><w:sdtContent>'
        f"{mark}</w:sdtContent></w:sdt>"
    )
    sign = run("\uf0b7", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>')
    document = part(
        translated(docx(f"xml:<w:p>{box}{run('はい')}{sign}</w:p>"), "ja", "en", "Yes"), "word/document.xml"
    )
    assert document.count("MS Gothic") == 3
    assert document.count("Symbol") == 2


@pytest.mark.parametrize(("source", "target"), [("", ""), ("en", "en"), ("en", "")])
def test_without_two_languages_nothing_is_localised(source: str, target: str) -> None:
    data = docx("p:你好", parts={"word/styles.xml": CHINESE})
    targets = _targets(data, "Hello")
    output = FORMAT.write(data, targets, WriteOptions(source, target))
    assert part(output, "word/styles.xml") == CHINESE


def test_a_document_in_which_no_text_changes_is_left_alone() -> None:
    data = docx("p:A-17", parts={"word/styles.xml": CHINESE})
    assert part(FORMAT.write(data, _targets(data, "A-17"), WriteOptions("zh", "en")), "word/styles.xml") == CHINESE


@pytest.mark.parametrize(
    ("target", "words", "old", "new", "what"),
    [
        ("de", "Hallo", '<w:lang w:val="de-DE"/>', '<w:lang w:val="fr-FR"/>', "tagged as another language"),
        ("de", "Hallo", 'w:ascii="Arial"', 'w:ascii="SimSun"', "no letters for it"),
        ("ar", "مرحبا", "<w:rtl/>", "", "runs from left to right"),
        ("ar", "مرحبا", "<w:bCs/>", "", "looks another way"),
        ("de", "Hallo", "<w:b/>", "", "another format"),
    ],
)
def test_what_is_not_of_the_target_is_found(target: str, words: str, old: str, new: str, what: str) -> None:
    data = docx("xml:<w:p>" + run("Hello", '<w:rFonts w:ascii="Arial"/><w:b/><w:lang w:val="en-US"/>') + "</w:p>")
    options, targets = WriteOptions("en", target), _targets(data, words)
    output = changed(FORMAT.write(data, targets, options), "word/document.xml", old, new)
    problems = FORMAT.verify(data, output, targets, options)
    assert any(what in p for p in problems), problems
    assert not any(words in p for p in problems)


def test_the_default_language_is_judged_too() -> None:
    data = docx("p:Hello", parts={"word/styles.xml": ENGLISH})
    options, targets = WriteOptions("en", "de"), _targets(data, "Hallo")
    output = changed(FORMAT.write(data, targets, options), "word/styles.xml", 'w:val="de-DE"', 'w:val="en-US"')
    assert FORMAT.verify(data, output, targets, options) == [
        "word/styles.xml: the default language is of another language"
    ]


ZH, EN = "zh-CN", "en"
LABELS: Mapping[tuple[str, str, str], str] = {
    ("第%1章", ZH, EN): "Chapter %1", ("Chapter %1", EN, ZH): "第%1章", ("第 %1.%2 节：", ZH, EN): "Section %1.%2:", ("（%1）", ZH, EN): "(%1)",
    ("%1、", ZH, EN): "%1.", ("Table %1", EN, "de"): "Tabelle %1", ("Chapter %1", EN, "sw"): "Chapter %1", ("%1.", EN, ZH): "%1.",
    ("Appendix %1:", EN, "zh-Hant"): "附錄%1:", ("My %1", EN, "de"): "My %1",
}  # fmt: skip


@pytest.mark.parametrize(("text", "source", "target", "there"), [(*k, v) for k, v in LABELS.items()])
def test_labels_of_automatic_numbers(text: str, source: str, target: str, there: str) -> None:
    aim = aim_of(WriteOptions(source, target))
    assert aim is not None
    assert label(text, aim) == there


@pytest.mark.parametrize(
    ("format", "target", "there"),
    [("chineseCounting", "en", "decimal"), ("chineseCounting", "zh", "chineseCounting"), ("ganada", "de", "lowerLetter"),
     ("lowerRoman", "zh", "lowerRoman"), ("russianUpper", "en", "upperLetter"), ("bullet", "ja", "bullet")],
)  # fmt: skip
def test_counting_of_another_language_becomes_figures_or_letters(format: str, target: str, there: str) -> None:
    assert counted(format, target) == there


def test_numbering_is_kept_by_policy() -> None:
    numbering = f'<w:numbering {W}><w:abstractNum><w:lvl><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1章"/></w:lvl></w:abstractNum></w:numbering>'
    link = '<Relationship Id="rN" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>'
    data = docx("p:你好", parts={"word/numbering.xml": numbering}, relations=link)
    assert '"Chapter %1"' in part(translated(data, "zh", "en", "Hello"), "word/numbering.xml")
    kept = FORMAT.write(data, _targets(data, "Hello"), WriteOptions("zh", "en", policy=ReadPolicy(numbering="keep")))
    assert "第%1章" in part(kept, "word/numbering.xml")


def test_ones_own_table_of_fonts_stands_before_the_shipped_one() -> None:
    own = '[serif]\nlatin = ["House Serif"]\n'
    output = translated(docx("p:你好", parts={"word/styles.xml": CHINESE}), "zh", "en", "Hello", own)
    assert 'w:ascii="House Serif"' in part(output, "word/styles.xml")


@pytest.mark.parametrize("own", ["[serif", 'serif = "x"', "[serif]\nlatin = 3", "[serif]\nlatin = [1]"])
def test_a_table_of_fonts_that_cannot_be_read_is_refused(own: str) -> None:
    with pytest.raises(BadSetting):
        font_table(own)


@pytest.mark.parametrize(
    ("font", "script", "there"),
    [("ＭＳ 明朝", "latin", "Times New Roman"), ("@SimHei", "latin", "Arial"), ("方正大黑体", "latin", "Arial"), ("Frutiger", "latin", "Frutiger"),
     ("Frutiger Mono", "hans", "NSimSun"), ("MS Mincho", "hans", "SimSun"), ("Symbol", "hans", "Symbol"), ("Batang", "korean", "Batang"),
     ("Arial", "arabic", "Arial"), ("SimSun", "ethiopic", "SimSun")],
)  # fmt: skip
def test_the_font_in_place_of_another(font: str, script: str, there: str) -> None:
    assert font_table().instead(font, script) == there


@pytest.mark.parametrize(
    ("target", "tag", "slot"),
    [("en", "en-US", "val"), ("zh-Hant", "zh-TW", "eastAsia"), ("zh-Hans", "zh-CN", "eastAsia"), ("pt-BR", "pt-BR", "val"), ("ar", "ar-SA", "bidi"),
     ("th", "th-TH", "bidi"), ("sr-Latn", "sr-Latn-RS", "val"), ("ru", "ru-RU", "val")],
)  # fmt: skip
def test_what_word_calls_a_language(target: str, tag: str, slot: str) -> None:
    aim = aim_of(WriteOptions("cs", target))
    assert aim is not None
    assert (aim.tag, aim.slot) == (tag, slot)


@pytest.mark.parametrize(
    ("form", "language", "wanted"),
    [
        ("MMMM d, yyyy", "de-DE", "d. MMMM yyyy"), ("dddd, MMMM dd, yyyy", "zh-CN", "yyyy年M月d日dddd"),
        ("yyyy年M月d日", "en-US", "MMMM d, yyyy"), ("yyyy'年'M'月'", "en-GB", "MMMM yyyy"), ("M/d/yyyy", "fr-FR", "dd/MM/yyyy"),
        ("d 'de' MMMM 'de' yyyy", "en-US", "MMMM d, yyyy"), ("yyyy-MM-dd", "de-DE", ""), ("yyyy", "zh-CN", ""),
        ("M/d/yyyy h:mm am/pm", "de-DE", ""), ("MMMM d, yyyy", "cy-GB", ""),
    ],
)  # fmt: skip
def test_a_date_format_is_that_of_the_language(form: str, language: str, wanted: str) -> None:
    assert written_as(form, language) == wanted


def test_date_controls_are_written_anew_in_the_target_language() -> None:
    control = (
        '<w:sdt><w:sdtPr><w:id w:val="7"/><w:date w:fullDate="2008-08-20T00:00:00Z"><w:dateFormat w:val="MMMM d, yyyy"/>'
        '<w:lid w:val="en-US"/><w:storeMappedDataAs w:val="dateTime"/><w:calendar w:val="gregorian"/></w:date></w:sdtPr>'
        f"<w:sdtContent>{run('August 20, 2008')}</w:sdtContent></w:sdt>"
    )
    source = docx(f"xml:<w:p>{control}</w:p>", "p:Text")
    output = translated(source, "en", "de", "20. August 2008")
    assert '<w:dateFormat w:val="d. MMMM yyyy"/><w:lid w:val="de-DE"/>' in part(output, "word/document.xml")
    options = WriteOptions("en", "de", policy=ReadPolicy(numbering="keep"))
    kept = FORMAT.write(source, targets := _targets(source, "20. August 2008"), options)
    assert '<w:dateFormat w:val="MMMM d, yyyy"/><w:lid w:val="en-US"/>' in part(kept, "word/document.xml")
    assert FORMAT.verify(source, kept, targets, options) == []
    spoilt = changed(output, "word/document.xml", '<w:lid w:val="de-DE"/>', '<w:lid w:val="en-US"/>')
    assert FORMAT.verify(source, spoilt, targets, WriteOptions("en", "de")) == [
        "word/document.xml: a date control is of another language"
    ]


def test_drawn_text_within_the_running_text_and_charts_alone_are_of_the_target_language() -> None:
    bold = '<a:r><a:rPr lang="en-AU" sz="2000" b="1"/><a:t>Important</a:t></a:r>'
    canvas = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><a:graphic '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><a:sp><a:txSp><a:txBody>'
        f"<a:lstStyle/><a:p>{bold}</a:p></a:txBody></a:txSp></a:sp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    for target, words in (("de", "Wichtig"), ("ar", "جرعة الدواء")):
        output = translated(docx(f"xml:{canvas}"), "en", target, words)
        aim = aim_of(WriteOptions("en", target))
        assert aim is not None
        assert f'<a:rPr lang="{aim.tag}" sz="2000" b="1"/>' in part(output, "word/document.xml")
    drawn = chart(f"<a:p>{bold}</a:p>", {}, [])
    translated(with_chart(drawn, None, "xml:<w:p/>"), "en", "ar", "جرعة الدواء")


def test_building_blocks_are_of_the_target_language_too() -> None:
    tagged = run("Click", '<w:lang w:val="en-US"/>')
    blocks = (
        f"<w:glossaryDocument {W}><w:docParts><w:docPart><w:docPartBody><w:p>{tagged}</w:p></w:docPartBody></w:docPart>"
        "</w:docParts></w:glossaryDocument>"
    )
    source = docx(
        "p:Body", parts={"word/glossary/document.xml": blocks}, relations=relation("rId31", "glossaryDocument", "glossary/document.xml"),
        types={"word/glossary/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.glossary+xml"},
    )  # fmt: skip
    options = WriteOptions("en", "ar", policy=ReadPolicy(glossary="translate"))
    targets = {b.address: (Text("جرعة"),) for b in FORMAT.read(source, options.policy).blocks}
    output = FORMAT.write(source, targets, options)
    assert FORMAT.verify(source, output, targets, options) == []
    assert "<w:bidi/>" in part(output, "word/glossary/document.xml")


def test_a_width_measured_for_chinese_characters_does_not_squeeze_english_words() -> None:
    fitted = '<w:fitText w:val="1260" w:id="1"/>'
    data = docx("p:x", paragraph("\u63d0\u51fa\u5148", fitted), parts={"word/styles.xml": CHINESE})
    out = part(translated(data, "zh-CN", "en", "Submission address"), "word/document.xml")
    assert "fitText" not in out
    assert "fitText" in part(data, "word/document.xml")


def test_lines_filled_by_longer_arabic_letters_are_filled_by_spaces() -> None:
    justified = f'xml:<w:p><w:pPr><w:jc w:val="lowKashida"/></w:pPr>{run("نص", "<w:rtl/>")}</w:p>'
    out = part(translated(docx("p:x", justified), "ar", "en", "Text"), "word/document.xml")
    assert '<w:jc w:val="both"/>' in out


def test_a_header_without_words_turns_with_the_document() -> None:
    data = docx("p:Some words", header="12")
    options = WriteOptions("en", "ar")
    targets = {a: t for a, t in _targets(data, "\u0646\u0635").items() if "header" not in a}
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    assert "<w:bidi/>" in part(output, "word/header1.xml")
    assert part(FORMAT.write(data, targets, WriteOptions("en", "de")), "word/header1.xml") == part(
        data, "word/header1.xml"
    )


def test_a_font_that_no_table_lists_is_of_the_kind_that_the_document_states() -> None:
    stated = f'<w:fonts {W}><w:font w:name="Hausschrift"><w:family w:val="swiss"/></w:font></w:fonts>'
    link = relation("rId77", "fontTable", "fontTable.xml")
    said = paragraph("x", '<w:rFonts w:ascii="Hausschrift" w:hAnsi="Hausschrift"/>')
    plain, known = docx("p:y", said), docx("p:y", said, parts={"word/fontTable.xml": stated}, relations=link)
    assert 'w:eastAsia="SimSun"' in part(translated(plain, "en", "zh-CN", "\u6587"), "word/document.xml")
    assert 'w:eastAsia="SimHei"' in part(translated(known, "en", "zh-CN", "\u6587"), "word/document.xml")
