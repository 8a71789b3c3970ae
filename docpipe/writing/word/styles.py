"""Styles of a draft: those of the house template where it has them, our own otherwise; also language and compatibility. Imports python-docx alone and its room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docpipe.writing.word.tree import Tree

FACE_NAME = "Times New Roman"
_EAST = {"zh": "SimSun", "ja": "MS Mincho", "ko": "Batang"}


@dataclass(frozen=True, slots=True)
class Style:
    """A style: sizes in half points, spaces and indents in twentieths of a point. ``tabs``: position, kind and leader."""

    name: str
    base: str = "Normal"
    after: str = ""
    size: int = 22
    bold: bool = False
    italic: bool = False
    caps: bool = False
    color: str = ""
    shade: str = ""
    space: tuple[int, int] = (0, 0)
    line: int = 0
    keep: bool = False
    outline: int = -1
    align: str = ""
    left: int = 0
    hanging: int = 0
    tabs: tuple[tuple[int, str, str], ...] = ()
    lines: bool = False


def _own(width: int) -> tuple[Style, ...]:
    sizes = (28, 26, 24, 22, 22, 22, 22, 22, 22)
    headings = tuple(
        Style(
            f"heading {n + 1}", after="Body Text", size=size, bold=True, italic=n > 3, caps=n == 0, keep=True, outline=n,
            space=(360 if n == 0 else 240, 120),
        )
        for n, size in enumerate(sizes)
    )  # fmt: skip
    contents = tuple(
        Style(
            f"toc {n + 1}", after="Normal", space=(60 if n == 0 else 20, 20), bold=n == 0, left=(0, 440, 880, 1320)[min(n, 3)] + (440, 600, 820, 960)[min(n, 3)],
            hanging=(440, 600, 820, 960)[min(n, 3)],
            tabs=((((0, 440, 880, 1320)[min(n, 3)] + (440, 600, 820, 960)[min(n, 3)]), "left", ""), (width, "right", "dot")),
        )
        for n in range(9)
    )  # fmt: skip
    return (
        Style("Normal", base="", line=264),
        Style("Body Text", space=(0, 160)),
        *headings,
        Style("Title", after="Body Text", size=40, bold=True, space=(1200, 480), align="center"),
        Style("TOC Heading", after="Normal", size=28, bold=True, caps=True, keep=True, space=(360, 160)),
        *contents,
        Style(
            "table of figures",
            space=(20, 20),
            left=1100,
            hanging=1100,
            tabs=((1100, "left", ""), (width, "right", "dot")),
        ),
        Style("caption", after="Body Text", size=22, bold=True, keep=True, space=(240, 100)),
        *[Style(f"List Bullet{n}", space=(0, 80)) for n in ("", " 2", " 3")],
        Style("header", size=18, color="404040", tabs=((width, "right", ""),)),
        Style("footer", size=18, color="404040", tabs=((width, "right", ""),)),
        Style("Title Page", after="Title Page", size=24, space=(0, 160)),
        Style("Table Text", size=19, space=(30, 30), line=240),
        Style(
            "Table Heading",
            base="Table Text",
            after="Table Text",
            size=19,
            bold=True,
            space=(40, 40),
            line=240,
            keep=True,
        ),
        Style("Table Text Small", base="Table Text", size=15, space=(14, 14), line=240),
        Style("Table Heading Small", base="Table Text", size=15, bold=True, space=(14, 14), line=240, keep=True),
        Style("Table Note", after="Body Text", size=17, space=(30, 0), line=240),
        Style("Figure", after="Body Text", align="center", space=(60, 160)),
        Style("Gap", base="Body Text", after="Body Text", bold=True, color="A61B00", space=(0, 160)),
        Style("Proposal", base="Body Text", after="Body Text", italic=True, shade="FFF2CC", space=(0, 160)),
        Style("Draft Face", after="Normal", size=28, bold=True, color="A61B00", align="center", space=(0, 120)),
    )


class Styles:
    """Ids of the styles by name. A template's own styles are left as they are; missing ones are added."""

    def __init__(self, document: Any, tree: Tree, *, house: bool, width: int) -> None:
        self._tree = tree
        self._element = document.styles.element
        self._ids: dict[str, str] = {}
        self._found: dict[str, Any] = {}
        for style in list(self._element):
            if style.tag.endswith("}style"):
                self._known(style, house)
        for wanted in _own(width):
            key = wanted.name.casefold()
            if not house or key not in self._found:
                self._define(wanted)
        self._table()

    def __getitem__(self, name: str) -> str:
        """The id of a style. Raises ``KeyError``."""
        return self._ids[name.casefold()]

    def element(self, name: str) -> Any:
        """The style itself. Raises ``KeyError``."""
        return self._found[name.casefold()]

    def _known(self, style: Any, house: bool) -> None:
        from docx.oxml.ns import qn

        name = style.find(qn("w:name"))
        if name is None:
            return
        if not house and style.get(qn("w:type")) == "table" and style.get(qn("w:default")) != "1":
            self._element.remove(style)
            return
        key = name.get(qn("w:val")).casefold()
        self._ids[key], self._found[key] = style.get(qn("w:styleId")), style

    def _define(self, wanted: Style) -> None:
        from docx.oxml.ns import qn

        new, key = self._tree.new, wanted.name.casefold()
        identity = self._ids.get(key) or self._free(wanted.name)
        old = self._found.get(key)
        made = new("w:style", type="paragraph", styleId=identity)
        if key == "normal":
            made.set(qn("w:default"), "1")
        if old is not None:
            self._element.replace(old, made)
        else:
            self._element.append(made)
        self._ids[key], self._found[key] = identity, made
        new("w:name", made, val=wanted.name)
        if wanted.base:
            new("w:basedOn", made, val=self._ids.get(wanted.base.casefold(), self._ids.get("normal", "Normal")))
        if wanted.after:
            new("w:next", made, val=self._ids.get(wanted.after.casefold(), self._free(wanted.after)))
        new("w:uiPriority", made, val="39" if wanted.name.startswith("toc") else "9")
        new("w:qFormat", made)
        self._paragraph(made, wanted)
        self._characters(made, wanted)

    def _paragraph(self, made: Any, wanted: Style) -> None:
        new = self._tree.new
        of = new("w:pPr", made)
        if wanted.keep:
            new("w:keepNext", of)
            new("w:keepLines", of)
        if wanted.name.startswith("List Bullet"):
            bullet = new("w:numPr", of)
            new("w:numId", bullet, val="0")
        if wanted.name == "header":
            self._line(of, "bottom")
        if wanted.name == "footer":
            self._line(of, "top")
        if wanted.shade:
            new("w:shd", of, val="clear", color="auto", fill=wanted.shade)
        if wanted.tabs:
            tabs = new("w:tabs", of)
            for position, kind, leader in wanted.tabs:
                tab = new("w:tab", tabs, val=kind, pos=str(position))
                if leader:
                    from docx.oxml.ns import qn

                    tab.set(qn("w:leader"), leader)
        spacing = {"before": str(wanted.space[0]), "after": str(wanted.space[1])}
        if wanted.line:
            spacing |= {"line": str(wanted.line), "lineRule": "auto"}
        new("w:spacing", of, **spacing)
        if wanted.left or wanted.hanging:
            new("w:ind", of, left=str(wanted.left), hanging=str(wanted.hanging))
        if wanted.align:
            new("w:jc", of, val=wanted.align)
        if wanted.outline >= 0:
            new("w:outlineLvl", of, val=str(wanted.outline))

    def _line(self, of: Any, side: str) -> None:
        self._tree.new(f"w:{side}", self._tree.new("w:pBdr", of), val="single", sz="4", space="4", color="808080")

    def _characters(self, made: Any, wanted: Style) -> None:
        new = self._tree.new
        of = new("w:rPr", made)
        if wanted.name == "Normal":
            new("w:rFonts", of, ascii=FACE_NAME, hAnsi=FACE_NAME, cs=FACE_NAME, eastAsia=FACE_NAME)
        if wanted.bold:
            new("w:b", of)
        if wanted.italic:
            new("w:i", of)
        if wanted.caps:
            new("w:caps", of)
        if wanted.color:
            new("w:color", of, val=wanted.color)
        new("w:sz", of, val=str(wanted.size))
        new("w:szCs", of, val=str(wanted.size))

    def _table(self) -> None:
        if "docpipe table" in self._ids:
            return
        new = self._tree.new
        made = new("w:style", self._element, type="table", styleId=self._free("docpipe table"))
        new("w:name", made, val="docpipe table")
        new("w:uiPriority", made, val="59")
        of = new("w:tblPr", made)
        borders = new("w:tblBorders", of)
        for side in ("top", "bottom"):
            new(f"w:{side}", borders, val="single", sz="8", space="0", color="000000")
        new("w:insideH", borders, val="single", sz="4", space="0", color="BFBFBF")
        margins = new("w:tblCellMar", of)
        for side in ("left", "right"):
            new(f"w:{side}", margins, w="80", type="dxa")
        self._ids["docpipe table"], self._found["docpipe table"] = "docpipetable", made

    def _free(self, name: str) -> str:
        return (
            "".join(x.capitalize() if n else x[:1].upper() + x[1:] for n, x in enumerate(name.split()))
            if name != "docpipe table"
            else "docpipetable"
        )

    def language(self, tag: str) -> None:
        """The document's language for spelling, in the default character properties and the normal style."""
        from docx.oxml.ns import qn

        east = tag if tag.partition("-")[0] in _EAST else "zh-CN"
        for of in self._element.iter(qn("w:rPrDefault"), qn("w:style")):
            normal = of.tag == qn("w:rPrDefault") or of is self._found.get("normal")
            if not normal:
                continue
            properties = of.find(qn("w:rPr"))
            if properties is None:
                properties = self._tree.new("w:rPr", of)
            for old in properties.findall(qn("w:lang")):
                properties.remove(old)
            self._tree.new("w:lang", properties, val=tag if tag != "en" else "en-US", eastAsia=east)
            if of is self._found.get("normal") and tag.partition("-")[0] in _EAST:
                fonts = properties.find(qn("w:rFonts"))
                if fonts is not None and fonts.get(qn("w:eastAsia")) == FACE_NAME:
                    fonts.set(qn("w:eastAsia"), _EAST[tag.partition("-")[0]])
