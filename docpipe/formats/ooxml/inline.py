"""Reads a paragraph's content into nodes: runs, links, content controls, fields, objects. One pass, nothing is changed.

Imports the other parts of this package only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from docpipe.formats.ooxml.equations import words_of
from docpipe.formats.ooxml.fields import DATES, FieldStack, field_name, field_token, fold, plain_result
from docpipe.formats.ooxml.names import (
    SHORT,
    Element,
    attributes,
    child,
    entry_text,
    r_attr,
    shown_text,
    text_below,
    w_attr,
)
from docpipe.formats.ooxml.nodes import (
    FieldMark,
    Node,
    ObjectNode,
    Skips,
    SpanNode,
    TextNode,
    digest,
    element_token,
    texts_in,
)
from docpipe.formats.ooxml.runprops import RunFormat, RunFormats, scripts_of
from docpipe.formats.ooxml.symbols import symbol_text

Items = list[Node | FieldMark]

_SKIPPED_TEXTS = {"w:delText": "deleted", "m:t": "equation", "a:t": "drawing-text"}
_TRANSPARENT = frozenset({"w:smartTag", "w:customXml", "w:dir", "w:bdo", "w:moveTo", "mc:Choice"})
_NOISE = frozenset({
    "#", "w:pPr", "w:proofErr", "w:bookmarkStart", "w:bookmarkEnd", "w:permStart", "w:permEnd", "w:commentRangeStart",
    "w:commentRangeEnd", "w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd",
    "w:smartTagPr", "w:customXmlPr", "w:sdtPr", "w:sdtEndPr", "w:fldData", "w:rPr", "w:lastRenderedPageBreak",
    "w:commentReference", "w:annotationRef",
})  # fmt: skip
_BLOCKS = frozenset({"w:p", "w:tbl"})
_EDGE_MARKS = frozenset({"w:footnoteRef", "w:endnoteRef", "w:separator", "w:continuationSeparator"})
_SIMPLE = {
    "w:tab": ("tab", "\t"), "w:ptab": ("tab", "\t"), "w:br": ("br", "\n"), "w:cr": ("br", "\n"),
    "w:noBreakHyphen": ("hyphen", "\u2011"), "w:softHyphen": ("hyphen", ""),
}  # fmt: skip
_NOTES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote"}


class InlineReader:
    """Reads paragraphs of one part. ``hidden``: whether the text of a style or run is hidden, by policy to be skipped."""

    def __init__(
        self, fields: FieldStack, formats: RunFormats, skip_hidden: Callable[[RunFormat, str], bool],
        keep_insertions: bool, link_target: Callable[[str], str], math_words: bool = False,
    ) -> None:  # fmt: skip
        self.fields = fields
        self._formats = formats
        self._skip_hidden = skip_hidden
        self._keep_insertions = keep_insertions
        self._link_target = link_target
        self._math_words = math_words
        self._style = ""
        self.skips: Skips = []
        self.skipped: list[tuple[str, str]] = []
        self.forms: list[Element] = []
        """Marks of the paragraph's fields that hold form data."""
        self.noted = {"footnote": 0, "endnote": 0}

    def paragraph(self, p: Element, style: str) -> list[Node]:
        """The nodes of a paragraph. Texts passed over are in ``skips`` and ``skipped``, forms in ``forms``, until the next call."""
        self._style = style
        self.skips = []
        self.skipped = []
        self.forms = []
        items: Items = []
        self._content(p, items)
        return fold(items)

    def _content(self, parent: Element, items: Items) -> None:
        for el in parent:
            name = SHORT[el.tag]
            if name == "w:r":
                self._run(el, items)
            elif name in _NOISE:
                continue
            elif name == "w:hyperlink":
                self._container(el, el, "link", digest("link", self._target(el)), items)
            elif name in _BLOCKS or (name == "w:sdt" and holds_blocks(el)):
                items.append(ObjectNode("block", el, el, digest("block", name), edge=True))
            elif name == "w:sdt":
                self._control(el, items)
            elif name == "w:fldSimple":
                self._simple_field(el, items)
            elif name == "w:ins":
                if self._keep_insertions:
                    token = digest("ins", w_attr(el, "author"), w_attr(el, "date"))
                    self._container(el, el, "ins", token, items)
                else:
                    self._content(el, items)
            elif name in ("w:del", "w:moveFrom"):
                self._pass_over(el, "deleted")
            elif name in _TRANSPARENT:
                self._content(el, items)
            elif name == "mc:AlternateContent":
                self._alternate(el, items)
            elif name == "w:t":
                self._skip("misplaced", shown_text(el))
            elif name.startswith("m:"):
                items.append(self._equation(el))
            elif next(el.iter("{*}r"), None) is not None:
                self._content(el, items)
            else:
                items.append(self._object("object", el, edge=True))

    def _target(self, link: Element) -> str:
        rid = r_attr(link, "id")
        return (self._link_target(rid) if rid else "") + "#" + (w_attr(link, "anchor") or "")

    def _container(self, outer: Element, inner: Element, kind: str, token: str, items: Items) -> None:
        own: Items = []
        self._content(inner, own)
        items.append(SpanNode(kind, inner, outer, outer, token=token, children=fold(own)))

    def _control(self, sdt: Element, items: Items) -> None:
        content = child(sdt, "w:sdtContent")
        properties = child(sdt, "w:sdtPr")
        kinds = {SHORT[e.tag] for e in properties} if properties is not None else set()
        if content is None:
            return
        if kinds & {"w14:checkbox", "w15:checkbox"}:
            items.append(self._object("checkbox", sdt, equiv=text_below(content, "{*}t")))
            return
        identity = child(properties, "w:id") if properties is not None else None
        token = digest("sdt", w_attr(identity, "val") if identity is not None else "")
        own: Items = []
        self._content(content, own)
        items.append(SpanNode("sdt", content, sdt, sdt, token=token, children=fold(own), control=sdt))

    def _simple_field(self, el: Element, items: Items) -> None:
        code = " ".join((w_attr(el, "instr") or "").split())
        own: Items = []
        self._content(el, own)
        children = fold(own)
        kept = self.fields.policy.keeps(code)
        if kept or not any(t.text for t in texts_in(children)):
            skips = [("field-result", len(t.text)) for t in texts_in(children)]
            node = ObjectNode("field", el, el, field_token(code), plain_result(children), skips=skips, inner=children)
            items.append(node)
            return
        kind = "link" if field_name(code) == "HYPERLINK" else "field"
        items.append(SpanNode(kind, el, el, el, token=field_token(code), children=children))

    def _alternate(self, el: Element, items: Items) -> None:
        """An alternative between runs: the choice is read, the fallback stays as it is."""
        for option in el:
            if SHORT[option.tag] == "mc:Choice":
                self._content(option, items)
            else:
                self._pass_over(option, "alternate")

    def _run(self, run: Element, items: Items) -> None:
        properties = None
        fmt: RunFormat | None = None
        hidden = False
        for el in run:
            name = SHORT[el.tag]
            if name == "w:rPr":
                properties = el
                continue
            if fmt is None:
                fmt = self._formats.of(properties)
                hidden = self._skip_hidden(fmt, self._style)
            if name == "w:t":
                text = shown_text(el)
                if self.fields.in_code:
                    self._skip("field-code", text)
                elif hidden:
                    self._skip("hidden", text)
                elif self.fields.kept is not None:
                    items.append(_kept_text(el, text, field_name(self.fields.kept.code) in DATES))
                else:
                    items.append(TextNode(el, text, fmt, scripts_of(text)))
            elif name in _SIMPLE:
                kind, equiv = _SIMPLE[name]
                if not (hidden or self.fields.in_code):
                    items.append(
                        ObjectNode(kind, el, el, digest(name, sorted(attributes(el))), equiv, edge=kind != "hyphen",
                                   deletable=kind == "hyphen")
                    )  # fmt: skip
            elif name in ("w:instrText", "w:delInstrText"):
                if name == "w:instrText":
                    self.fields.instruction(el.text or "")
            elif name == "w:fldChar":
                what = w_attr(el, "fldCharType") or ""
                mark = FieldMark(what, el, None)
                self.fields.mark(what, mark)
                items.append(mark)
                if len(el):
                    self.forms.append(el)
            elif name in _NOTES:
                self._note(el, name, items)
            elif name in _EDGE_MARKS:
                items.append(ObjectNode("mark", el, el, digest(name), edge=True))
            elif name == "w:sym":
                items.append(ObjectNode("symbol", el, el, digest(name, sorted(attributes(el))), symbol_text(el)))
            elif name in _SKIPPED_TEXTS:
                self._skip(_SKIPPED_TEXTS[name], el.text or "")
            elif name in _NOISE:
                continue
            elif name == "w:ruby":
                self._ruby(el, items)
            else:
                items.append(self._object(_object_kind(name), el, edge=True))

    def _ruby(self, el: Element, items: Items) -> None:
        """Annotated text: the base is read like any text, the annotation is a block of its own."""
        base = child(el, "w:rubyBase")
        for part in el:
            if part is not base and (base is None or SHORT[part.tag] != "w:rt"):
                self._pass_over(part, "ruby")
        if base is not None:
            self._container(el, base, "ruby", digest("ruby"), items)

    def _note(self, el: Element, name: str, items: Items) -> None:
        note = _NOTES[name]
        if not is_on_value(w_attr(el, "customMarkFollows")):
            self.noted[note] += 1
        number = self.noted[note]
        equiv = (
            ""
            if is_on_value(w_attr(el, "customMarkFollows"))
            else str(number)
            if note == "footnote"
            else _roman(number)
        )
        items.append(ObjectNode("note", el, el, digest(name, w_attr(el, "id")), equiv))

    def _equation(self, el: Element) -> ObjectNode:
        """Its words are blocks of their own, its symbols stay: what it says is judged apart, since words may become none."""
        words = words_of(el) if self._math_words else []
        silent = list(el.iter("{*}t")) if self._math_words else []
        node = ObjectNode("equation", el, el, element_token(el, silent), _math_text(el))
        node.skips = opaque_texts(el, "equation", words)
        return node

    def _object(self, kind: str, el: Element, equiv: str = "", edge: bool = False) -> ObjectNode:
        node = ObjectNode(kind, el, el, element_token(el), equiv, edge=edge)
        node.skips = opaque_texts(el, kind)
        return node

    def _pass_over(self, el: Element, reason: str) -> None:
        for text in el.iter("{*}t", "{*}delText"):
            self._skip(reason if not SHORT[text.tag].startswith("m:") else "equation", _counted(text))
        for extra in opaque_attributes(el):
            self.skips.append((reason, extra))

    def _skip(self, reason: str, text: str) -> None:
        if text:
            self.skips.append((reason, len(text)))
            self.skipped.append((reason, text))


def holds_blocks(sdt: Element) -> bool:
    """Whether a content control between runs holds paragraphs or tables: against the standard, and it occurs."""
    content = child(sdt, "w:sdtContent")
    return content is not None and any(SHORT[el.tag] in _BLOCKS for el in content)


def _kept_text(el: Element, text: str, date: bool) -> ObjectNode:
    """Text of a kept result: where the whole field lies in this paragraph it is folded into one object, else it stands alone.

    A date may be written in another way (judged apart).
    """
    skips = [("field-result", len(text))]
    return ObjectNode(
        "field-text", el, el, digest("kept", "" if date else text), text, edge=True, fixed=True, skips=skips
    )


def is_on_value(value: str | None) -> bool:
    """Whether an on-off attribute is on; absent is off."""
    return value is not None and value.lower() not in ("0", "false", "off")


def _object_kind(name: str) -> str:
    return {
        "w:drawing": "drawing", "w:pict": "drawing", "w:object": "embedded", "mc:AlternateContent": "drawing",
    }.get(name, "object")  # fmt: skip


def _math_text(el: Element) -> str:
    return "".join(t.text or "" for t in el.iter("{*}t"))


CARRIERS = frozenset({"drawing", "embedded", "object", "block"})
"""Kinds of objects whose text boxes, paragraphs and alternative texts are blocks of their own."""

_OPAQUE = {"equation": "equation", "checkbox": "checkbox"}


def _counted(el: Element) -> str:
    return shown_text(el) if SHORT[el.tag] == "w:t" else el.text or ""


def opaque_texts(el: Element, kind: str, silent: Collection[Element] = ()) -> Skips:
    """The texts inside an object that are no blocks (as those of text boxes are), each with the reason it is passed over."""
    skips: Skips = []
    stack = [el]
    while stack:
        node = stack.pop()
        name = SHORT[node.tag]
        if name == "w:txbxContent" or (name == "a:p" and kind in CARRIERS):
            continue
        if name in ("w:t", "m:t", "a:t", "w:delText"):
            if (text := _counted(node)) and node not in silent:
                skips.append((_OPAQUE.get(kind) or _SKIPPED_TEXTS.get(name) or "object-text", len(text)))
        elif name.startswith("v:") and kind not in CARRIERS:
            if name == "v:textpath" and (text := node.get("string") or ""):
                skips.append(("word-art", len(text)))
            if text := node.get("alt") or "":
                skips.append(("vml-alt-text", len(text)))
        stack.extend(node)
    return skips


def opaque_attributes(el: Element) -> list[int]:
    """Lengths of the visible or spoken texts held in attributes below an element that is passed over as a whole."""
    found = []
    for node in el.iter(
        "{*}docPr", "{*}cNvPr", "{urn:schemas-microsoft-com:vml}*", "{*}listItem", "{*}listEntry", "{*}helpText", "{*}statusText",
    ):  # fmt: skip
        name = SHORT[node.tag]
        if name == "wp:docPr" or name.endswith("cNvPr"):
            found += [len(v) for k in ("descr", "title") if (v := node.get(k))]
        elif name.startswith("v:"):
            found.append(len(node.get("alt", "")) + (len(node.get("string", "")) if name == "v:textpath" else 0))
        elif name == "w:listItem":
            found.append(len(entry_text(node)))
        elif name == "w:listEntry" or (name in ("w:helpText", "w:statusText") and w_attr(node, "type") == "text"):
            found.append(len(w_attr(node, "val") or ""))
    return found


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
                        (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while number >= value:
            out, number = out + sign, number - value
    return out
