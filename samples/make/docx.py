"""Builds the sample documents: WordprocessingML by hand, with the noise that Word leaves, and equal bytes for equal content.

Imports this folder and the standard library. Source: ISO/IEC 29500-1 (transitional).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import escape

from samples.make.content import (
    MARK,
    Block,
    Box,
    Break,
    Caption,
    Cell,
    Contents,
    Heading,
    Item,
    Par,
    Picture,
    Sample,
    Table,
    Words,
)  # fmt: skip
from samples.make.parts import NS, static_parts
from samples.make.picture import diagram

_LINK = '<w:rStyle w:val="Hyperlink"/>'
STYLE_OF = {1: "Heading1", 2: "Heading2", 3: "Heading3"}


def build(sample: Sample, version: int, translated: bool) -> bytes:
    """The DOCX of a sample in a version and language."""
    return _Writer(sample, version, translated).package()


class _Writer:
    def __init__(self, sample: Sample, version: int, translated: bool) -> None:
        self.sample, self.version, self.translated = sample, version, translated
        self.notes: list[str] = []
        self.links: list[str] = []
        self.ids = 0
        self.paragraphs = 0
        self.picture = any(isinstance(b, Picture) for b in sample.blocks)
        self.headings = [b for b in sample.blocks if isinstance(b, Heading) and self.shown(b.words) is not None]

    def shown(self, words: Words) -> str | None:
        return words.shown(self.version, self.translated)

    # ------------------------------------------------------------ package

    def package(self) -> bytes:
        body = "".join(x for b in self.sample.blocks for x in self._block(b))
        header = f"<w:hdr {NS}>{self._paragraph(self.shown(self.sample.header) or '', 'Header')}</w:hdr>"
        footer = f"<w:ftr {NS}>{self._footer()}</w:ftr>"
        settings = (
            '<w:sectPr w:rsidR="00A41C07"><w:headerReference w:type="default" r:id="rId10"/>'
            '<w:footerReference w:type="default" r:id="rId11"/><w:pgSz w:w="11906" w:h="16838"/>'
            '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="851" w:footer="992" w:gutter="0"/>'
            '<w:cols w:space="425"/></w:sectPr>'
        )
        document = f"<w:document {NS}><w:body>{body}{settings}</w:body></w:document>"
        language = self.sample.languages[1 if self.translated else 0]
        parts = static_parts(
            language, self.shown(self.sample.title) or "", self.shown(self.sample.subject) if self.sample.subject else "",
            self.links, self.picture, version=self.version,
        )  # fmt: skip
        parts |= {
            "word/document.xml": document,
            "word/header1.xml": header,
            "word/footer1.xml": footer,
            "word/footnotes.xml": self._footnotes(),
        }
        if self.picture:
            parts["word/media/image1.png"] = diagram()
        return _zip(parts)

    # ------------------------------------------------------------ blocks

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(level=level, words=words):
                text = self.shown(words)
                if text is not None:
                    number = self.headings.index(block) + 1
                    marks = [f"_Toc{2417000 + number}"]
                    if words.source == "剂量调整":
                        marks.append("sec_dose")
                    yield self._paragraph(text, STYLE_OF[level], bookmarks=marks)
            case Par(words=words, style=style):
                text = self.shown(words)
                if text is not None:
                    yield self._paragraph(text, style)
            case Item(words=words, numbering=numbering, level=level):
                text = self.shown(words)
                if text is not None:
                    listing = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>'
                    yield self._paragraph(text, "ListParagraph", listing)
            case Caption():
                yield self._caption(block)
            case Table():
                yield (
                    self._table(block)
                    + '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:p>'
                )
            case Box():
                yield self._box(block)
            case Picture():
                yield self._picture(block)
            case Contents():
                yield from self._contents(block)
            case Break():
                yield '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

    def _paragraph(self, text: str, style: str, properties: str = "", bookmarks: list[str] | None = None) -> str:
        self.paragraphs += 1
        ppr = (f'<w:pStyle w:val="{style}"/>' if style else "") + properties
        starts, ends = "", ""
        for name in bookmarks or ():
            number = self._id()
            starts += f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
            ends += f'<w:bookmarkEnd w:id="{number}"/>'
        rsid = f"00{zlib.crc32(text.encode()) % 0xFFFFFF:06X}"
        ppr = f"<w:pPr>{ppr}</w:pPr>" if ppr else ""
        return f'<w:p w:rsidR="{rsid}" w:rsidRDefault="{rsid}">{ppr}{starts}{self._inline(text)}{ends}</w:p>'

    def _caption(self, block: Caption) -> str:
        number = self._id()
        label = (
            f'<w:bookmarkStart w:id="{number}" w:name="{block.bookmark}"/>{_run(self.shown(block.label) or "")}'
            + _field(f" SEQ {block.sequence} \\* ARABIC ", _run(str(block.number), "<w:noProof/>"))
            + f'<w:bookmarkEnd w:id="{number}"/>'
        )
        text = self._inline("\u2003" + (self.shown(block.words) or ""))
        return f'<w:p><w:pPr><w:pStyle w:val="Caption"/><w:keepNext/></w:pPr>{label}{text}</w:p>'

    def _table(self, table: Table) -> str:
        grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in table.widths)
        rows = []
        for index, cells in enumerate(table.rows):
            if all(self._absent(c) for c in cells):
                continue
            at = 0
            made = []
            for c in cells:
                made.append(self._cell(c, sum(table.widths[at : at + c.span]), index < table.head))
                at += c.span
            head = (
                "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
                if index < table.head
                else "<w:trPr><w:cantSplit/></w:trPr>"
            )
            rows.append(f"<w:tr>{head}{''.join(made)}</w:tr>")
        look = '<w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(table.widths)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
        )

    def _absent(self, c: Cell) -> bool:
        return bool(c.words) and all(self.shown(w) is None for w in c.words)

    def _cell(self, c: Cell, width: int, head: bool) -> str:
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if c.span > 1:
            properties += f'<w:gridSpan w:val="{c.span}"/>'
        if c.down:
            properties += '<w:vMerge w:val="restart"/>' if c.down == "restart" else "<w:vMerge/>"
        if head:
            properties += '<w:shd w:val="clear" w:color="auto" w:fill="D9E2F3"/>'
        centre = '<w:jc w:val="center"/>' if c.centre else ""
        style = "TableHead" if head else "TableText"
        content = "".join(self._paragraph(self.shown(w) or "", style, centre) for w in c.words)
        if c.inner:
            content = self._table(c.inner) + '<w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr></w:p>'
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content or '<w:p/>'}</w:tc>"

    def _contents(self, block: Contents) -> Iterator[str]:
        entries = [h for h in self.sample.blocks if isinstance(h, Heading) and h.level < 3]
        counters = [0, 0]
        first = True
        yield self._paragraph(self.shown(block.title) or "", "TOCHeading")
        for position, heading in enumerate(entries):
            text = self.shown(heading.words)
            if text is None:
                continue
            counters = [counters[0] + 1, 0] if heading.level == 1 else [counters[0], counters[1] + 1]
            number = str(counters[0]) if heading.level == 1 else f"{counters[0]}.{counters[1]}"
            anchor = f"_Toc{2417000 + self.headings.index(heading) + 1}"
            page = _field(f" PAGEREF {anchor} \\h ", _run(str(block.pages[position]), "<w:noProof/><w:webHidden/>"))
            start = _begin(' TOC \\o "1-2" \\h \\z \\u ') if first else ""
            first = False
            yield (
                f'<w:p><w:pPr><w:pStyle w:val="TOC{heading.level}"/><w:tabs><w:tab w:val="left" w:pos="840"/>'
                f'<w:tab w:val="right" w:leader="dot" w:pos="9016"/></w:tabs><w:rPr><w:noProof/></w:rPr></w:pPr>{start}'
                f'<w:hyperlink w:anchor="{anchor}" w:history="1">{_run(number, "<w:noProof/>")}<w:r><w:tab/></w:r>'
                f"{_run(text, '<w:noProof/>')}<w:r><w:tab/></w:r>{page}</w:hyperlink></w:p>"
            )
        yield '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'

    def _box(self, block: Box) -> str:
        number = self._id()
        first, *rest = [self.shown(w) or "" for w in block.words]
        inner = self._paragraph("{b:" + first + "}", "TableText") + "".join(
            self._paragraph(x, "TableText") for x in rest
        )
        content = f"<w:txbxContent>{inner}</w:txbxContent>"
        width, height = 5731200, 756000
        drawing = (
            '<w:drawing><wp:anchor distT="45720" distB="45720" distL="114300" distR="114300" simplePos="0" relativeHeight="251659264" '
            'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            '<wp:positionH relativeFrom="margin"><wp:align>center</wp:align></wp:positionH>'
            '<wp:positionV relativeFrom="paragraph"><wp:posOffset>180000</wp:posOffset></wp:positionV>'
            f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>'
            f'<wp:docPr id="{number}" name="Text Box {number}"/><wp:cNvGraphicFramePr/><a:graphic>'
            '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln w="9525"><a:solidFill><a:srgbClr val="1F3864"/></a:solidFill></a:ln>'
            f'</wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr rot="0" vert="horz" wrap="square" anchor="t"/>'
            "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        )
        shape = (
            f'<w:pict><v:rect id="box{number}" style="position:absolute;margin-left:0;margin-top:14.2pt;'
            'width:451.3pt;height:59.5pt;z-index:251659264;mso-position-horizontal:center" strokecolor="#1f3864">'
            f"<v:textbox>{content}</v:textbox></v:rect></w:pict>"
        )
        return (
            "<w:p><w:r><w:rPr><w:noProof/></w:rPr><mc:AlternateContent>"
            f'<mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{shape}</mc:Fallback>'
            "</mc:AlternateContent></w:r></w:p>"
        )

    def _picture(self, block: Picture) -> str:
        number = self._id()
        alt = escape(self.shown(block.alt) or "", quote=True)
        return (
            '<w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="4572000" cy="1143000"/><wp:docPr id="{number}" name="Picture {number}" descr="{alt}"/><a:graphic>'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="image1.png"/><pic:cNvPicPr/></pic:nvPicPr>'
            '<pic:blipFill><a:blip r:embed="rId12"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="4572000" cy="1143000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r></w:p>"
        )

    def _footer(self) -> str:
        text = escape(self.shown(self.sample.footer) or "", quote=False)
        pages = (
            _field(" PAGE ", _run("1", "<w:noProof/>")) + _run(" / ") + _field(" NUMPAGES ", _run("1", "<w:noProof/>"))
        )
        return (
            f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_run(text, escaped=True)}<w:r><w:tab/></w:r>{pages}</w:p>'
        )

    def _footnotes(self) -> str:
        made = (
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
        )
        for number, key in enumerate(self.notes, 1):
            mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
            text = self._inline(" " + (self.shown(self.sample.notes[key]) or ""))
            made += f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>{mark}{text}</w:p></w:footnote>'
        return f"<w:footnotes {NS}>{made}</w:footnotes>"

    # ------------------------------------------------------------ inline

    def _inline(self, text: str) -> str:
        out: list[str] = []
        at = 0
        for m in MARK.finditer(text):
            out.append(_noisy(text[at : m.start()]))
            out.append(self._mark(m.group(1), m.group(2) or ""))
            at = m.end()
        out.append(_noisy(text[at:]))
        return "".join(out)

    def _mark(self, kind: str, value: str) -> str:
        address, _, shown = value.partition("|")
        match kind:
            case "b":
                return _run(value, "<w:b/><w:bCs/>")
            case "i":
                return _run(value, "<w:i/><w:iCs/>")
            case "sup" | "sub":
                return _run(value, f'<w:vertAlign w:val="{"super" if kind == "sup" else "sub"}script"/>')
            case "tab":
                return "<w:r><w:tab/></w:r>"
            case "br":
                return "<w:r><w:br/></w:r>"
            case "fn":
                self.notes.append(value)
                return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{len(self.notes)}"/></w:r>'
            case "ref":
                number = "\\r " if address.startswith("sec_") else ""
                return _field(f" REF {address} {number}\\h ", _run(shown))
            case "link":
                self.links.append(address)
                return f'<w:hyperlink r:id="rId{99 + len(self.links)}" w:history="1">{_run(shown, _LINK)}</w:hyperlink>'
            case "mark":
                number = self._id()
                return f'<w:bookmarkStart w:id="{number}" w:name="{address}"/>{_run(shown)}<w:bookmarkEnd w:id="{number}"/>'
            case "date" | "drop":
                return self._control(kind, value)
        raise ValueError(f"unknown mark {kind}")

    def _control(self, kind: str, shown: str) -> str:
        number = 241700 + self._id()
        if kind == "date":
            digits = re.findall(r"\d+", shown)
            iso = "2026-03-16" if "16" in digits else "2026-09-21"
            detail = f'<w:date w:fullDate="{iso}T00:00:00Z"><w:lid w:val="{self.sample.languages[self.translated]}"/></w:date>'
        else:
            words = ("Phase II", "Phase III") if self.translated else ("II 期", "III 期")
            items = "".join(
                f'<w:listItem w:displayText="{w}" w:value="{v}"/>' for w, v in zip(words, "23", strict=True)
            )
            detail = f"<w:dropDownList>{items}</w:dropDownList>"
        return f'<w:sdt><w:sdtPr><w:id w:val="{number}"/>{detail}</w:sdtPr><w:sdtContent>{_run(shown)}</w:sdtContent></w:sdt>'

    def _id(self) -> int:
        self.ids += 1
        return self.ids


def _run(text: str, properties: str = "", rsid: str = "", *, escaped: bool = False) -> str:
    shown = text if escaped else escape(text, quote=False)
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    mark = f' w:rsidR="{rsid}"' if rsid else ""
    return f'<w:r{mark}>{rpr}<w:t xml:space="preserve">{shown}</w:t></w:r>'


def _noisy(text: str) -> str:
    """Plain text as Word leaves it after edits: now and then split in mid-word, with revision ids and proofing marks."""
    if not text:
        return ""
    seed = zlib.crc32(text.encode())
    if len(text) < 24 or seed % 3:
        return _run(text)
    a = 6 + seed % (len(text) // 2)
    b = a + 1 + (seed >> 8) % 6
    middle = _run(text[a:b], '<w:rFonts w:hint="eastAsia"/>', f"00{seed >> 12 & 0xFFFFF:06X}")
    kind = "spell" if seed % 2 else "gram"
    return (
        _run(text[:a], "", f"00{seed & 0xFFFFF:06X}")
        + f'<w:proofErr w:type="{kind}Start"/>{middle}<w:proofErr w:type="{kind}End"/>'
        + _run(text[b:])
    )


def _begin(code: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{escape(code, quote=False)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def _field(code: str, result: str) -> str:
    return f'{_begin(code)}{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _zip(parts: dict[str, str | bytes]) -> bytes:
    """Fixed order and times. The first entry is the content types, as readers expect."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            data = parts[name]
            if isinstance(data, str):
                data = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + data.encode()
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, data, compresslevel=9)
    return out.getvalue()
