"""A small writer of RTF and DOCX tables for the tests of their readers: what it writes must be read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docpipe.model.canonical import Digest
from docpipe.model.source import SourceFile, SourceKind

HEAD = r"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\fcharset0 Courier New;}{\f1\fcharset2 Symbol;}}" + "\n"


@dataclass(frozen=True)
class C:
    """A cell: text, columns that it spans, indent in twips, merged with the cell above."""

    text: str
    span: int = 1
    indent: int = 0
    above: bool = False


Rows = Sequence[Sequence[str | C]]


def a_file(path: str = "t.rtf") -> SourceFile:
    return SourceFile(path, Digest("0" * 64), "", SourceKind.DISPLAY)


def rtf_text(text: str) -> str:
    """Text in RTF's own writing: ASCII as it is, other characters as \\u with a fall-back."""
    out: list[str] = []
    for character in text:
        if character in "\\{}":
            out.append("\\" + character)
        elif character == "\n":
            out.append("\\line ")
        elif character == "\t":
            out.append("\\tab ")
        elif " " <= character <= "~":
            out.append(character)
        else:
            units = character.encode("utf-16-le")
            for at in range(0, len(units), 2):
                code = int.from_bytes(units[at : at + 2], "little")
                out.append(f"\\u{code - 65536 if code > 32767 else code}?")
    return "".join(out)


def paragraph(text: str) -> str:
    return f"\\pard\\plain {rtf_text(text)}\\par\n"


def rtf_rows(rows: Rows, heads: int = 0, width: int = 1000, merged: bool = False, wrap: str = "{}") -> str:
    """Rows; ``merged``: spans as \\clmgf and \\clmrg, else as wide cells."""
    out: list[str] = []
    for number, row in enumerate(rows):
        definition, content, at = "\\trowd" + ("\\trhdr" if number < heads else ""), "", 0
        for cell in row:
            cell = cell if isinstance(cell, C) else C(cell)
            flags = "\\clvmrg" if cell.above else ""
            pieces = cell.span if merged else 1
            for piece in range(pieces):
                merge = "" if pieces == 1 else "\\clmgf" if piece == 0 else "\\clmrg"
                at += width * (1 if merged else cell.span)
                definition += f"{flags}{merge}\\cellx{at}"
                content += f"\\pard\\intbl\\li{cell.indent} {rtf_text(cell.text) if piece == 0 else ''}\\cell\n"
        out.append(
            wrap.replace("{}", definition + "\n" + content + "\\row\n", 1)
            if wrap != "{}"
            else definition + "\n" + content + "\\row\n"
        )
    return "".join(out)


def rtf(*body: str, header: str = "", footer: str = "") -> bytes:
    """A whole file; ``header`` and ``footer`` are RTF."""
    parts = [HEAD]
    if header:
        parts.append("{\\header " + header + "}\n")
    if footer:
        parts.append("{\\footer " + footer + "}\n")
    return ("".join(parts) + "".join(body) + "}").encode("ascii")


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def w_paragraph(text: str, indent: int = 0) -> str:
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(t)}</w:t>' for t in text.split("\n"))
    properties = f'<w:pPr><w:ind w:left="{indent}"/></w:pPr>' if indent else ""
    return f"<w:p>{properties}<w:r>{runs}</w:r></w:p>"


def w_table(rows: Rows, heads: int = 0, width: int = 1000) -> str:
    columns = max(sum(c.span if isinstance(c, C) else 1 for c in row) for row in rows)
    out = ["<w:tbl><w:tblGrid>", f'<w:gridCol w:w="{width}"/>' * columns, "</w:tblGrid>"]
    for number, row in enumerate(rows):
        out.append("<w:tr>" + ("<w:trPr><w:tblHeader/></w:trPr>" if number < heads else ""))
        for cell in row:
            cell = cell if isinstance(cell, C) else C(cell)
            merge = "<w:vMerge/>" if cell.above else ""
            out.append(
                f'<w:tc><w:tcPr><w:gridSpan w:val="{cell.span}"/>{merge}</w:tcPr>{w_paragraph(cell.text, cell.indent)}</w:tc>'
            )
        out.append("</w:tr>")
    return "".join(out) + "</w:tbl>"


def docx(*body: str, header: str = "", footer: str = "", sections: Sequence[str] = ()) -> bytes:
    """A package; ``header`` and ``footer`` are WordprocessingML; ``sections``: further header parts, rHeader1, rHeader2 ..."""
    parts = {"header1.xml": ("hdr", header), "footer1.xml": ("ftr", footer)}
    parts |= {f"header{n + 2}.xml": ("hdr", text) for n, text in enumerate(sections)}
    kinds = {"hdr": "header", "ftr": "footer"}
    relations = "".join(
        f'<Relationship Id="r{name.split(".")[0]}" Type="{_TYPES}/{kinds[kind]}" Target="{name}"/>'
        for name, (kind, text) in parts.items()
        if text
    )
    last = "".join(
        f'<w:{kinds[kind]}Reference w:type="default" r:id="r{name.split(".")[0]}"/>'
        for name, (kind, text) in parts.items()
        if text and name in ("header1.xml", "footer1.xml")
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        types = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="{types}"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="{_TYPES}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        package.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        )
        package.writestr(
            "word/document.xml",
            f"<w:document {_W} {_R}><w:body>{''.join(body)}<w:sectPr>{last}</w:sectPr></w:body></w:document>",
        )
        for name, (kind, text) in parts.items():
            if text:
                package.writestr(f"word/{name}", f"<w:{kind} {_W}>{text}</w:{kind}>")
    return made.getvalue()
