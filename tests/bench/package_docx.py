"""A quick writer of plain DOCX: headings, paragraphs with runs, notes, tables, header and footer. Imports nothing of docpipe.

Parts are strings and the zip's times are fixed, so that equal calls give equal bytes.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

__all__ = ["Docx"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006"
_NS = f'xmlns:w="{_W}" xmlns:r="{_R}"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_WHEN = (2024, 1, 1, 0, 0, 0)
_MARKS = ("<w:b/>", "<w:i/>", "<w:b/><w:i/>", '<w:u w:val="single"/>')
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
_STYLES = (
    f'{_XML}<w:styles {_NS}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault>'
    '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr><w:keepNext/><w:outlineLvl w:val="{n - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="{34 - 4 * n}"/></w:rPr></w:style>'
        for n in (1, 2, 3)
    )
    + '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/></w:style>'
    '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr><w:vertAlign '
    'w:val="superscript"/></w:rPr></w:style></w:styles>'
)


_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
_SIZE = '<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="en-GB"/>'


def _text(text: str, marks: str = "") -> str:
    return f'<w:r><w:rPr>{_FONT}{marks}{_SIZE}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


_BOUND = frozenset(["than", "more", "less", "later", "longer", "not", "above", "below", "least", "most"])
"""Words of a comparator: nobody puts a part of one in bold."""


def _gap(words: Sequence[str], at: int) -> int:
    """The first place from ``at`` on between two plain words, not within an amount, a date or a comparator; behind all if there is none."""
    while at < len(words):
        if all(len(w) > 2 and w.isalpha() and w.islower() and w not in _BOUND for w in words[at - 1 : at + 1]):
            return at
        at += 1
    return at


@dataclass(slots=True)
class Docx:
    """A document under construction. ``words``: of its body and notes."""

    chance: random.Random
    words: int = 0
    _body: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 to 3."""
        self.words += text.count(" ") + 1
        self._body.append(f'<w:p><w:pPr><w:pStyle w:val="Heading{level}"/></w:pPr>{_text(text)}</w:p>')

    def paragraph(self, sentences: Iterable[str], note: str = "") -> None:
        """A paragraph; some words of it are marked, some runs are split as editors do. ``note``: a footnote at its end."""
        text = " ".join(sentences)
        self.words += text.count(" ") + 1
        dice = self.chance.random()
        if dice < 0.12 and text.count(" ") > 6:
            words = text.split(" ")
            at = _gap(words, 1 + int(self.chance.random() * (len(words) - 4)))
            to = _gap(words, at + 1 + int(self.chance.random() * 3))
            mark = self.chance.choice(_MARKS)
            runs = _text(" ".join(words[:at]) + (" " if at < len(words) else ""))
            runs += _text(" ".join(words[at:to]), mark) if at < len(words) else ""
            runs += _text(" " + " ".join(words[to:])) if to < len(words) else ""
        elif dice < 0.3 and len(text) > 20:
            at = 5 + int(self.chance.random() * (len(text) - 10))
            runs = _text(text[:at]) + _text(text[at:])
        else:
            runs = _text(text)
        if note:
            self._notes.append(note)
            self.words += note.count(" ") + 1
            mark = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
            runs += f'<w:r>{mark}<w:footnoteReference w:id="{len(self._notes)}"/></w:r>'
        session, own = f"{int(self.chance.random() * 64) + 0xA1B2C0:08X}", f"{self.chance.getrandbits(31):08X}"
        self._body.append(
            f'<w:p w:rsidR="{session}" w:rsidRDefault="{session}" w:rsidP="{own}"><w:pPr><w:spacing w:after="120"/></w:pPr>{runs}</w:p>'
        )

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> None:
        """A table with a head row that repeats."""
        if caption:
            self.paragraph((caption,))
        out = [
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tblGrid>',
            '<w:gridCol w:w="1200"/>' * len(head),
        ]
        out += [
            "</w:tblGrid><w:tr><w:trPr><w:tblHeader/></w:trPr>",
            *(self._cell(c, "<w:b/>") for c in head),
            "</w:tr>",
        ]
        for row in rows:
            out += ["<w:tr>", *(self._cell(c) for c in row), "</w:tr>"]
        self._body.append("".join([*out, "</w:tbl>"]))

    def _cell(self, text: str, marks: str = "") -> str:
        self.words += text.count(" ") + 1
        return f'<w:tc><w:tcPr><w:tcW w:w="1200" w:type="dxa"/></w:tcPr><w:p>{_text(text, marks)}</w:p></w:tc>'

    def bytes(self, *, title: str, header: str, pages: int) -> bytes:
        """The file. ``pages``: what it states as its number of pages."""
        links = ["styles", "header", "footer"] + (["footnotes"] if self._notes else [])
        relations = "".join(f'<Relationship Id="r{n}" Type="{_R}/{n}" Target="{n}.xml"/>' for n in links)
        kinds = "".join(f'<Override PartName="/word/{n}.xml" ContentType="{_TYPE}{n}+xml"/>' for n in links)
        section = '<w:sectPr><w:headerReference w:type="default" r:id="rheader"/><w:footerReference w:type="default" r:id="rfooter"/></w:sectPr>'
        notes = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:footnoteRef/></w:r>{_text(" " + text)}</w:p></w:footnote>'
            for n, text in enumerate(self._notes, 1)
        )
        footer = _text("Page ") + _FIELD.format("PAGE") + _text(" of ") + _FIELD.format("NUMPAGES")
        types = f'<Types xmlns="{_P}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{_TYPE}document.main+xml"/>{kinds}<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
        package = f'<Relationships xmlns="{_P}/relationships"><Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="{_R}/extended-properties" Target="docProps/app.xml"/><Relationship Id="r3" Type="{_P}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
        files = {
            "[Content_Types].xml": types,
            "_rels/.rels": package,
            "word/document.xml": f"<w:document {_NS}><w:body>{''.join(self._body)}{section}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_P}/relationships">{relations}</Relationships>',
            "word/styles.xml": _STYLES.removeprefix(_XML),
            "word/header.xml": f"<w:hdr {_NS}><w:p>{_text(header)}</w:p></w:hdr>",
            "word/footer.xml": f"<w:ftr {_NS}><w:p>{footer}</w:p></w:ftr>",
            "docProps/app.xml": f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Pages>{pages}</Pages><Words>{self.words}</Words></Properties>',
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_P}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>',
        }
        if self._notes:
            files["word/footnotes.xml"] = f"<w:footnotes {_NS}>{notes}</w:footnotes>"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, _WHEN)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, _XML + content)
        return out.getvalue()
