"""What of a run's properties a reader of the page could see: the ground for merging runs and for inline codes.

Imports names only. Noise (language, proofing) is left out; fonts count for the scripts that a text really holds.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from docpipe.formats.ooxml.names import SHORT, Element, w_attr
from docpipe.formats.ooxml.names import attributes as attributes_of

_NOISE = frozenset(
    {"w:lang", "w:noProof", "w:webHidden", "w:rPrChange", "w:ins", "w:del", "w:moveFrom", "w:moveTo", "#"}
)
_COMPLEX = frozenset({"w:bCs", "w:iCs", "w:szCs"})
_ON_SPACES = frozenset({"w:u", "w:strike", "w:dstrike", "w:highlight", "w:shd", "w:bdr", "w:vanish", "w:fitText"})
_TOGGLES = frozenset({
    "w:b", "w:i", "w:strike", "w:dstrike", "w:caps", "w:smallCaps", "w:vanish", "w:outline", "w:shadow", "w:emboss",
    "w:imprint", "w:rtl", "w:cs", "w:bCs", "w:iCs", "w:specVanish", "w:snapToGrid",
})  # fmt: skip
_FONT_SLOTS = (
    ("ascii", ("asciiTheme", "ascii")),
    ("hAnsi", ("hAnsiTheme", "hAnsi")),
    ("eastAsia", ("eastAsiaTheme", "eastAsia")),
    ("cs", ("cstheme", "cs")),
)

_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_COMPLEX_SCRIPT = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]"
)
_ASCII = re.compile(r"[!-~]")
_ASCII_ALONE = ("ascii",)
_OTHER = re.compile(
    "[^\x00-\x7f\u00a0-\u00bf\u00d7\u00f7\u2000-\u206f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff"
    "\u1780-\u17ff\u2e80-\u2fdf\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe30-\ufe4f\ufe70-\ufeff"
    "\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)

Prop = tuple[str, tuple[tuple[str, str], ...]]
View = tuple[tuple[Prop, ...], dict[str, str]]
"""The properties and fonts that show on a text; a script without a stated font has ""."""


def scripts_of(text: str) -> tuple[str, ...]:
    """Which of the four font slots govern characters of the text; punctuation of no script governs nothing."""
    if text.isascii():
        return _ASCII_ALONE if _ASCII.search(text) else ()
    found = ["ascii"] if _ASCII.search(text) else []
    if _OTHER.search(text):
        found.append("hAnsi")
    if _EAST_ASIAN.search(text):
        found.append("eastAsia")
    if _COMPLEX_SCRIPT.search(text):
        found.append("cs")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RunFormat:
    """A run's direct properties, sorted by what they govern. ``key`` is equal for equal properties, noise included."""

    key: str
    props: tuple[Prop, ...] = ()
    complex_props: tuple[Prop, ...] = ()
    on_spaces: tuple[Prop, ...] = ()
    fonts: dict[str, str] = field(default_factory=dict)
    hidden: bool | None = None
    style: str = ""
    right_to_left: bool = False
    languages: dict[str, str] = field(default_factory=dict)
    views: dict[tuple[str, ...], View] = field(default_factory=dict, compare=False, repr=False)

    def view(self, scripts: tuple[str, ...]) -> View:
        """What of the format governs a text of these scripts; the same object for the same scripts."""
        found = self.views.get(scripts)
        if found is None:
            found = self.views[scripts] = (self.seen_on(scripts), {s: self.fonts.get(s, "") for s in scripts})
        return found

    def seen_on(self, scripts: tuple[str, ...]) -> tuple[Prop, ...]:
        """The properties other than fonts that show on text of these scripts."""
        if self.complex_props and (self.right_to_left or "cs" in scripts):
            return self.props + self.complex_props
        return self.props


PLAIN = RunFormat("")


class RunFormats:
    """Reads run properties, each distinct set once."""

    def __init__(self) -> None:
        self._known: dict[object, RunFormat] = {}

    def of(self, properties: Element | None) -> RunFormat:
        """The format that a ``w:rPr`` element states; None is plain."""
        if properties is None or len(properties) == 0:
            return PLAIN
        key = tuple([(c.tag, *c.items(), _below(c) if len(c) else "") for c in properties])
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _parse(properties)
        return found


def _below(element: Element) -> bytes:
    """What nested elements add to the identity of a property; of noise, nothing."""
    return b"" if SHORT[element.tag] in _NOISE else etree.tostring(element, with_tail=False)


def _parse(properties: Element) -> RunFormat:
    props: list[Prop] = []
    complex_props: list[Prop] = []
    fonts: dict[str, str] = {}
    languages: dict[str, str] = {}
    hidden: bool | None = None
    style = ""
    rtl = False
    for element in properties:
        name = SHORT[element.tag]
        if name == "w:lang":
            languages = {k: v for k in ("val", "eastAsia", "bidi") if (v := w_attr(element, k))}
        if name in _NOISE:
            continue
        if name == "w:rFonts":
            for slot, keys in _FONT_SLOTS:
                for k in keys:
                    if value := w_attr(element, k):
                        fonts[slot] = f"{k}:{value}"
                        break
            continue
        attributes = tuple(sorted((_local(k), v) for k, v in attributes_of(element) if "rsid" not in k))
        if name in _TOGGLES:
            on = (w_attr(element, "val") or "1").lower() not in ("0", "false", "off")
            attributes = (("val", "1" if on else "0"),)
            if name == "w:vanish":
                hidden = on
            elif name in ("w:rtl", "w:cs"):
                rtl = rtl or on
        elif len(element):
            attributes += (("content", hashlib.sha256(etree.tostring(element, with_tail=False)).hexdigest()[:12]),)
        if name == "w:rStyle":
            style = w_attr(element, "val") or ""
        (complex_props if name in _COMPLEX else props).append((name, attributes))
    props.sort()
    complex_props.sort()
    spaces = tuple(p for p in props if p[0] in _ON_SPACES)
    identity = repr((props, complex_props, sorted(fonts.items())))
    return RunFormat(
        hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16] if props or complex_props or fonts else "",
        tuple(props), tuple(complex_props), spaces, fonts, hidden, style, rtl, languages,
    )  # fmt: skip


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


_SINGLE = {"w:b": "b", "w:i": "i", "w:u": "u", "w:strike": "strike"}


@lru_cache(maxsize=4096)
def kind_of_change(base: tuple[Prop, ...], other: tuple[Prop, ...]) -> str:
    """The kind of an inline code that turns the base format into the other: b, i, u, strike, sup, sub, or style."""
    added = dict(set(other) - set(base))
    removed = {name for name, _ in base} - {name for name, _ in other}
    position = dict(added.get("w:vertAlign", ())).get("val", "")
    if position in ("superscript", "subscript"):
        return "sup" if position == "superscript" else "sub"
    if not removed and len(added) == 1:
        name, attributes = next(iter(added.items()))
        if name in _SINGLE and dict(attributes).get("val") not in ("0", "none"):
            return _SINGLE[name]
    return "style"
