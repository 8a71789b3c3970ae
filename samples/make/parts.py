"""The parts of a sample document that are the same for all: styles, numbering, settings, properties, relationships.

Imports the standard library only.
"""

from __future__ import annotations

from html import escape

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)

_KINDS = {
    "document": "word/document.xml",
    "styles": "word/styles.xml",
    "numbering": "word/numbering.xml",
    "settings": "word/settings.xml",
    "footnotes": "word/footnotes.xml",
    "header": "word/header1.xml",
    "footer": "word/footer1.xml",
}


def static_parts(
    language: str, title: str, subject: str | None, links: list[str], picture: bool, version: int
) -> dict[str, str | bytes]:
    """Every part but the texts, by name."""
    override = "".join(
        f'<Override PartName="/{name}" ContentType="{_WORD}.{"document.main" if kind == "document" else kind}+xml"/>'
        for kind, name in _KINDS.items()
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f"{override}"
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
        "</Types>"
    )
    root = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    )
    inner = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in (
            ("rId1", "styles", "styles.xml"), ("rId2", "numbering", "numbering.xml"), ("rId3", "settings", "settings.xml"),
            ("rId4", "footnotes", "footnotes.xml"), ("rId10", "header", "header1.xml"), ("rId11", "footer", "footer1.xml"),
            *((("rId12", "image", "media/image1.png"),) if picture else ()),
        )
    )  # fmt: skip
    inner += "".join(
        f'<Relationship Id="rId{100 + n}" Type="{_OFFICE}/hyperlink" Target="{escape(link)}" TargetMode="External"/>'
        for n, link in enumerate(links)
    )
    day = "2026-03-16" if version == 1 else "2026-09-21"
    core = (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>"
        + (f"<dc:subject>{escape(subject)}</dc:subject>" if subject else "")
        + f'<dc:creator>Quelanzhi Biopharma</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">{day}T08:00:00Z</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}T08:00:00Z</dcterms:modified></cp:coreProperties>'
    )
    app = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Microsoft Office Word</Application><AppVersion>16.0000</AppVersion></Properties>"
    )
    return {
        "[Content_Types].xml": types,
        "_rels/.rels": root,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>',
        "word/styles.xml": _styles(language),
        "word/numbering.xml": _numbering(),
        "word/settings.xml": (
            f'<w:settings {NS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
            '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
            '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            f'<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
        ),
        "docProps/core.xml": core,
        "docProps/app.xml": app,
    }


def _style(
    kind: str, name: str, title: str, ppr: str = "", rpr: str = "", based: str = "Normal", more: str = ""
) -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{title}"/>{base}{more}'
        + (f"<w:pPr>{ppr}</w:pPr>" if ppr else "")
        + (f"<w:rPr>{rpr}</w:rPr>" if rpr else "")
        + "</w:style>"
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _heading(level: int, size: int) -> str:
    return _style(
        "paragraph", f"Heading{level}", f"heading {level}",
        f'<w:keepNext/><w:keepLines/><w:numPr><w:ilvl w:val="{level - 1}"/><w:numId w:val="1"/></w:numPr>'
        f'<w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level - 1}"/>',
        f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="SimHei"/><w:b/><w:bCs/>{_size(size)}',
        more='<w:next w:val="Normal"/><w:qFormat/>',
    )  # fmt: skip


def _styles(language: str) -> str:
    latin = language if language.startswith(("en", "es")) else "en-US"
    return (
        f"<w:styles {NS}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun" w:cs="Times New Roman"/>'
        f'{_size(21)}<w:lang w:val="{latin}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        + '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        + '<w:pPr><w:spacing w:before="60" w:after="60" w:line="312" w:lineRule="auto"/></w:pPr></w:style>'
        + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>'
        + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        + '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        + _heading(1, 28) + _heading(2, 24) + _heading(3, 21)
        + _style("paragraph", "Title", "Title", '<w:spacing w:before="360" w:after="360"/><w:jc w:val="center"/>', f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="SimHei"/><w:b/><w:bCs/>{_size(32)}')
        + _style("paragraph", "Subtitle", "Subtitle", '<w:spacing w:before="480" w:after="120"/><w:jc w:val="center"/>', f'<w:rFonts w:eastAsia="SimHei"/>{_size(28)}')
        + _style("paragraph", "FrontHeading", "Front Heading", '<w:keepNext/><w:spacing w:before="240" w:after="120"/>', f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="SimHei"/><w:b/>{_size(24)}')
        + _style("paragraph", "TOCHeading", "TOC Heading", '<w:spacing w:before="360" w:after="120"/>', f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="SimHei"/><w:b/>{_size(24)}')
        + _style("paragraph", "TOC1", "toc 1", '<w:spacing w:before="40" w:after="20" w:line="240" w:lineRule="auto"/>', "<w:b/>")
        + _style("paragraph", "TOC2", "toc 2", '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:left="210"/>')
        + _style("paragraph", "LabelHeading", "Label Heading", '<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:ind w:left="567" w:hanging="567"/><w:outlineLvl w:val="0"/>', "<w:b/><w:bCs/>")
        + _style("paragraph", "LabelSubheading", "Label Subheading", '<w:keepNext/><w:spacing w:before="180" w:after="60"/><w:ind w:left="567" w:hanging="567"/><w:outlineLvl w:val="1"/>', "<w:b/><w:bCs/>")
        + _style("paragraph", "LabelUnderline", "Label Underline", '<w:keepNext/><w:spacing w:before="120" w:after="40"/>', '<w:u w:val="single"/>')
        + _style("paragraph", "Caption", "caption", '<w:spacing w:before="180" w:after="80"/><w:jc w:val="center"/>', f'<w:rFonts w:eastAsia="SimHei"/><w:b/>{_size(20)}')
        + _style("paragraph", "ListParagraph", "List Paragraph", '<w:spacing w:before="20" w:after="20"/>')
        + _style("paragraph", "TableText", "Table Text", '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>', _size(18))
        + _style("paragraph", "TableHead", "Table Head", "<w:keepNext/>", "<w:b/><w:bCs/>", based="TableText")
        + _style("paragraph", "TableNote", "Table Note", '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>', _size(16))
        + _style("paragraph", "Header", "header", '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr><w:tabs><w:tab w:val="right" w:pos="9026"/></w:tabs>', _size(18))
        + _style("paragraph", "Footer", "footer", '<w:tabs><w:tab w:val="right" w:pos="9026"/></w:tabs>', _size(18))
        + _style("paragraph", "FootnoteText", "footnote text", '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>', _size(18))
        + _style("character", "FootnoteReference", "footnote reference", "", '<w:vertAlign w:val="superscript"/>', based="DefaultParagraphFont")
        + _style("character", "Hyperlink", "Hyperlink", "", '<w:color w:val="0563C1"/><w:u w:val="single"/>', based="DefaultParagraphFont")
        + '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        + "".join(f'<w:{e} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for e in ("top", "left", "bottom", "right", "insideH", "insideV"))
        + "</w:tblBorders></w:tblPr></w:style></w:styles>"
    )  # fmt: skip


def _level(level: int, form: str, text: str, left: int, hanging: int, style: str = "", font: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        + (f'<w:pStyle w:val="{style}"/>' if style else "")
        + f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        + (f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:hint="default"/></w:rPr>' if font else "")
        + "</w:lvl>"
    )


def _numbering() -> str:
    kinds = (
        "".join(
            _level(
                n,
                "decimal",
                ".".join(f"%{i + 1}" for i in range(n + 1)),
                567 + 142 * n,
                567 + 142 * n,
                f"Heading{n + 1}",
            )
            for n in range(3)
        ),
        _level(0, "decimal", "%1.", 567, 425) + _level(1, "lowerLetter", "%2)", 992, 425),
        _level(0, "decimal", "%1.", 567, 425) + _level(1, "lowerLetter", "%2)", 992, 425),
        _level(0, "bullet", "•", 567, 283),
    )
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        for n, levels in enumerate(kinds)
    )
    numbers = "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(kinds)))
    return f"<w:numbering {NS}>{abstract}{numbers}</w:numbering>"
