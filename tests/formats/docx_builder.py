"""A tiny language that writes a DOCX in a line: ``docx("h1:Title", "p:Hello *bold* world[fn:A note]", header="Protocol")``.

Blocks: ``p:``, ``h1:``, ``li:``, ``cap:``, ``tbl:a | b // c | d``, ``box:text`` (DrawingML and VML copy), ``xml:`` (raw body XML).
Inline: ``*bold*`` ``_italic_`` ``^sup^`` ``~sub~`` ``{HYPERLINK "x"|text}`` (complex field) ``[link:rId9|text]`` ``[fn:text]`` ``[tab]``
``[br]`` ``[nbh]`` ``[shy]`` ``[hid:text]`` ``[ins:text]`` ``[del:text]`` ``[sdt:text]`` ``[mark:name|text]`` (bookmark) ``|`` splits a run.
``[cm:text]`` (a comment at this place) ``[alt:text]`` (a picture's alternative text).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NS = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_TOKEN = re.compile(
    r"\*(?P<b>[^*]+)\*|_(?P<i>[^_]+)_|\^(?P<sup>[^^]+)\^|~(?P<sub>[^~]+)~|\{(?P<code>[^|{}]+)\|(?P<result>[^{}]*)\}"
    r"|\[(?P<name>[a-z]+)(?::(?P<arg>[^\]]*))?\]|(?P<split>\|)"
)
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{i}"><w:name w:val="{n}"/></w:style>'
    for i, n in (("Heading1", "heading 1"), ("Heading2", "heading 2"), ("Caption", "caption"))
)


def t(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{t(text)}</w:r>"


def field(code: str, result: str, before: str = "") -> str:
    return (
        f'<w:r>{before}<w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> {escape(code)} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


class _Writer:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.comments: list[str] = []
        self.marks = 0

    def inline(self, text: str) -> str:
        out, at = [], 0
        for m in _TOKEN.finditer(text):
            if m.start() > at:
                out.append(run(text[at : m.start()]))
            at = m.end()
            out.append(self._token(m))
        if at < len(text):
            out.append(run(text[at:]))
        return "".join(out)

    def _token(self, m: re.Match[str]) -> str:
        for key, properties in (
            ("b", "<w:b/>"), ("i", "<w:i/>"), ("sup", '<w:vertAlign w:val="superscript"/>'), ("sub", '<w:vertAlign w:val="subscript"/>'),
        ):  # fmt: skip
            if m[key] is not None:
                return run(m[key], properties)
        if m["code"] is not None:
            return field(m["code"], self.inline(m["result"]))
        if m["split"]:
            return ""
        return self._named(m["name"], m["arg"] or "")

    def _named(self, name: str, arg: str) -> str:
        if name == "fn":
            self.notes.append(arg)
            return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{len(self.notes)}"/></w:r>'
        if name == "cm":
            self.comments.append(arg)
            number = len(self.comments)
            return f'<w:commentRangeStart w:id="{number}"/><w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'
        if name == "alt":
            self.marks += 1
            quoted = escape(arg, {'"': "&quot;"})
            return f'<w:r><w:drawing><wp:inline><wp:docPr id="{900 + self.marks}" name="P" descr="{quoted}"/></wp:inline></w:drawing></w:r>'
        if name == "link":
            rid, text = arg.split("|", 1)
            return f'<w:hyperlink r:id="{rid}">{self.inline(text)}</w:hyperlink>'
        if name == "mark":
            self.marks += 1
            bookmark, text = arg.split("|", 1)
            start = f'<w:bookmarkStart w:id="{self.marks}" w:name="{bookmark}"/>'
            return f'{start}{run(text)}<w:bookmarkEnd w:id="{self.marks}"/>'
        who = 'w:id="90" w:author="A" w:date="2026-01-01T00:00:00Z"'
        return {
            "tab": "<w:r><w:tab/></w:r>",
            "br": "<w:r><w:br/></w:r>",
            "nbh": "<w:r><w:noBreakHyphen/></w:r>",
            "shy": "<w:r><w:softHyphen/></w:r>",
            "hid": run(arg, "<w:vanish/>"),
            "ins": f"<w:ins {who}>{run(arg)}</w:ins>",
            "del": f"<w:del {who}><w:r><w:delText>{escape(arg)}</w:delText></w:r></w:del>",
            "sdt": f'<w:sdt><w:sdtPr><w:id w:val="77"/></w:sdtPr><w:sdtContent>{run(arg)}</w:sdtContent></w:sdt>',
        }[name]

    def paragraph(self, text: str, style: str = "", extra: str = "") -> str:
        properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + extra
        return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{self.inline(text)}</w:p>"

    def block(self, line: str) -> str:
        kind, text = line.split(":", 1)
        if kind == "xml":
            return text
        if kind == "tbl":
            rows = [r.split(" | ") for r in text.split(" // ")]
            cells = ["".join(f"<w:tc>{self.paragraph(c)}</w:tc>" for c in row) for row in rows]
            return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{c}</w:tr>' for c in cells)}</w:tbl><w:p/>"
        if kind == "box":
            return f"<w:p>{run('Before ')}{textbox(self.paragraph(text), self.paragraph(text))}</w:p>"
        if kind == "li":
            return self.paragraph(text, extra='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
        return self.paragraph(text, {"h1": "Heading1", "h2": "Heading2", "cap": "Caption", "p": ""}[kind])


def textbox(choice: str, fallback: str, descr: str = "") -> str:
    """A run with a text box in both forms."""
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        f'<wp:docPr id="4" name="Box"{f" descr={descr!r}" if descr else ""}/><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{choice}'
        "</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:shape><v:textbox><w:txbxContent>{fallback}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def docx(
    *lines: str, header: str = "", footer: str = "", title: str = "", parts: Mapping[str, str | bytes] | None = None,
    relations: str = "", strict: bool = False, main_type: str = "document.main+xml", types: Mapping[str, str] | None = None,
) -> bytes:  # fmt: skip
    """The package. ``parts``: further entries, or others in place of those made; ``relations``: of the main part;
    ``types``: content types of further parts."""
    w = _Writer()
    body = "".join(w.block(line) for line in lines)
    files: dict[str, str | bytes] = {"word/styles.xml": f"<w:styles {_NS}>{_STYLES}</w:styles>"}
    kinds = {"styles": "styles"}
    if header:
        files["word/header1.xml"] = f"<w:hdr {_NS}>{w.paragraph(header)}</w:hdr>"
        kinds["header1"] = "header"
    if footer:
        files["word/footer1.xml"] = f"<w:ftr {_NS}>{w.paragraph(footer)}</w:ftr>"
        kinds["footer1"] = "footer"
    if w.notes:
        mark = "<w:r><w:footnoteRef/></w:r>"
        notes = "".join(
            f'<w:footnote w:id="{i}"><w:p>{mark}{w.inline(n)}</w:p></w:footnote>' for i, n in enumerate(w.notes, 1)
        )
        files["word/footnotes.xml"] = f"<w:footnotes {_NS}>{notes}</w:footnotes>"
        kinds["footnotes"] = "footnotes"
    if w.comments:
        said = "".join(
            f'<w:comment w:id="{i}" w:author="A"><w:p>{run(c)}</w:p></w:comment>' for i, c in enumerate(w.comments, 1)
        )
        files["word/comments.xml"] = f"<w:comments {_NS}>{said}</w:comments>"
        kinds["comments"] = "comments"
    document = f"<w:document {_NS}><w:body>{body}<w:sectPr/></w:body></w:document>"
    links = "".join(f'<Relationship Id="r{k}" Type="{R}/{v}" Target="{k}.xml"/>' for k, v in kinds.items())
    links += (
        f'<Relationship Id="rId9" Type="{R}/hyperlink" Target="https://example.org" TargetMode="External"/>{relations}'
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    overrides = "".join(f'<Override PartName="/word/{k}.xml" ContentType="{_TYPES}{v}+xml"/>' for k, v in kinds.items())
    overrides += "".join(f'<Override PartName="/{k}" ContentType="{v}"/>' for k, v in (types or {}).items())
    core = "" if not title else (
        f'<Relationship Id="rId2" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    )  # fmt: skip
    if title:
        files["docProps/core.xml"] = (
            f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(title)}</dc:title></cp:coreProperties>"
        )
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPES}{main_type}"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{R}/officeDocument" '
            f'Target="word/document.xml"/>{core}</Relationships>'
        ),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        **files,
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            if strict and isinstance(content, str):
                content = content.replace(W, STRICT_W).replace(R, STRICT_R)
            z.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> str:
    """The text of one part."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return z.read(name).decode("utf-8")
