"""Reads DrawingML paragraphs (``a:p``: charts, SmartArt, shapes outside Word's own text boxes) into nodes and run formats.

Imports the node parts of this package only. Source: ISO/IEC 29500-1, 21.1.2.
"""

from __future__ import annotations

import hashlib

from lxml import etree

from docpipe.formats.ooxml.coding import encode
from docpipe.formats.ooxml.names import SHORT, Element, attributes, child
from docpipe.formats.ooxml.nodes import Node, ObjectNode, Skips, SpanNode, TextNode, digest, element_token, texts_in
from docpipe.formats.ooxml.records import Reading, Record
from docpipe.formats.ooxml.runprops import PLAIN, Prop, RunFormat, scripts_of
from docpipe.model.document import Address, BlockKind

_NOISE = frozenset({"lang", "altLang", "dirty", "err", "smtClean", "smtId", "noProof", "bmk", "kumimoji", "normalizeH"})
_FONTS = {"a:latin": ("ascii", "hAnsi"), "a:ea": ("eastAsia",), "a:cs": ("cs",)}
_OFF = frozenset({"0", "false", "none", "noStrike"})
_NAMES = {"b": "w:b", "i": "w:i", "u": "w:u", "strike": "w:strike"}
_LIVE_TEXT = frozenset({"TXLINK"})
"""Fields that show a worksheet cell's text, which is translated with the workbook; others show numbers, dates, names."""


class DrawingReader:
    """Reads the DrawingML paragraphs of one document into its ``Reading``. ``everything``: fields' texts are text too."""

    def __init__(self, reading: Reading, everything: bool) -> None:
        self._reading = reading
        self._everything = everything
        self._formats: dict[object, RunFormat] = {}

    def read(self, p: Element, part: str, path: str, kind: BlockKind, reason: str = "") -> Record:
        """Reads one paragraph and enters it in the ledger; ``reason``: why nothing here is translated."""
        skips: Skips = []
        nodes = self._nodes(p, skips)
        root = SpanNode("paragraph", p, p, p, children=nodes)
        record = Record(part, Address(path), kind, root, None)
        reading = self._reading
        reading.paragraphs.append(record)
        texts = list(texts_in(nodes))
        if not reason:
            record.coding = encode(root)
        if record.coding is not None:
            reading.translated += sum(len(t.text) for t in texts)
            example = max(texts, key=lambda t: len(t.text))
            record.language = example.format.languages.get("val", "")
            reading.records.append(record)
        else:
            skips += [(reason or "white-space", len(t.text)) for t in texts]
            shown = "".join(t.text for t in texts)
            if reason and shown.strip():
                record.reason, record.passed_over = reason, shown
                reading.records.append(record)
        reading.skips += skips
        return record

    def _nodes(self, p: Element, skips: Skips) -> list[Node]:
        found: list[Node] = []
        for el in p:
            name = SHORT[el.tag]
            if name == "a:r":
                found += self._texts(el)
            elif name == "a:br":
                found.append(ObjectNode("br", el, el, digest("a:br"), "\n", edge=True))
            elif name == "a:fld":
                found.append(self._field(el, skips))
            elif name not in ("#", "a:pPr", "a:endParaRPr"):
                node = ObjectNode("equation", el, el, element_token(el), "".join(t.text or "" for t in el.iter("{*}t")))
                node.skips = [("equation", len(t.text)) for t in el.iter("{*}t") if t.text and is_text(t)]
                skips += node.skips
                found.append(node)
        return found

    def _texts(self, run: Element) -> list[Node]:
        fmt = self._format(child(run, "a:rPr"))
        return [
            TextNode(t, t.text or "", fmt, scripts_of(t.text or "")) for t in run if SHORT[t.tag] == "a:t"
        ]  # fmt: skip

    def _field(self, el: Element, skips: Skips) -> Node:
        kind = el.get("type", "")
        texts = self._texts(el)
        token = digest("a:fld", kind)
        if self._everything or kind.upper() in _LIVE_TEXT:
            return SpanNode("field", el, el, el, token=token, children=texts)
        shown = "".join(t.text for t in texts_in(texts))
        node = ObjectNode("field", el, el, token, shown, skips=[("field-result", len(shown))] if shown else [])
        skips += node.skips
        return node

    def _format(self, properties: Element | None) -> RunFormat:
        if properties is None:
            return PLAIN
        key = etree.tostring(properties, with_tail=False)
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = _parse(properties)
        return found


def is_text(el: Element) -> bool:
    """Whether a ``t`` element is one whose characters the ledger counts."""
    return SHORT[el.tag] in ("w:t", "m:t", "a:t")


def _parse(properties: Element) -> RunFormat:
    props: list[Prop] = []
    fonts: dict[str, str] = {}
    for key, value in attributes(properties):
        if key in _NOISE:
            continue
        if key in _NAMES:
            if value not in _OFF:
                props.append((_NAMES[key], (("val", value),)))
            else:
                props.append((_NAMES[key], (("val", "0"),)))
        elif key == "baseline":
            raised = not value.startswith("-") and value not in ("0", "0%")
            where = "superscript" if raised else "subscript" if value.startswith("-") else "baseline"
            props.append(("w:vertAlign", (("baseline", value), ("val", where))))
        else:
            props.append((f"a:{key}", (("val", value),)))
    for el in properties:
        name = SHORT[el.tag]
        if name in _FONTS:
            fonts |= dict.fromkeys(_FONTS[name], el.get("typeface", ""))
        elif name not in ("#", "a:extLst"):
            content = hashlib.sha256(etree.tostring(el, with_tail=False, method="c14n")).hexdigest()[:12]
            props.append((name, (("content", content),)))
    props.sort()
    language = properties.get("lang")
    languages = {"val": language} if language else {}
    if not props and not fonts:
        return RunFormat("", languages=languages)
    key = digest(props, sorted(fonts.items()))
    return RunFormat(key, tuple(props), fonts=fonts, languages=languages)
