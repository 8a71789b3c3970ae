"""References and tags inside the texts of a USDM file, each replaced by what it refers to. Imports the core and its neighbours' parts.

``<usdm:ref klass id attribute/>`` names an attribute of an object; ``<usdm:tag name/>`` a parameter of a dictionary, whose map is a reference
again. What cannot be resolved stays visible in the text and is told.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from docpipe.model.canonical import Digest
from docpipe.model.finding import Severity
from docpipe.model.source import Passage, Place, SourceNotice
from docpipe.model.trial import NO_WORDS, USDM, Words
from docpipe.sources.usdm.tree import Item, Tree, digits
from docpipe.sources.usdm.xhtml import LOST, PICTURE, Piece, is_markup, pieces, plain

_TAG = re.compile(r"<usdm:(ref|tag)\b([^<>]*?)(?:/>|>(?:\s*</usdm:\1\s*>)?)", re.IGNORECASE)
_STRAY = re.compile(r"</usdm:(?:ref|tag)\s*>", re.IGNORECASE)
_BRACKETED = re.compile(r"\[([A-Za-z_][\w ]{0,60})\]")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MOST_DEEP = 8
_OLD_NAMES = {"text": ("text", "studyIdentifier", "description"), "label": ("label", "name")}
"""Attributes that v3 names differently, and what stands in for an empty label."""


@dataclass(slots=True)
class Pictured:
    """A picture of a text. ``here``: it has a place in the narrative; ``before``, ``after``: the words beside it."""

    locator: str
    piece: Piece
    here: bool
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Texts:
    """Reads text attributes of one file. ``resolved``: references that were resolved; ``unresolved``: pointer and what was looked for."""

    tree: Tree
    sha256: Digest
    dictionaries: list[Item]
    resolved: int = 0
    unresolved: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Pictured] = field(default_factory=list)

    def words(self, item: Item, *keys: str, headings: tuple[str, ...] = ()) -> Words:
        """A text attribute with its references resolved; the first of the keys that the object has. ``headings``: above it, of a narrative."""
        key = item.key(*keys)
        text = item.text(key)
        if not text:
            return NO_WORDS
        pointer = f"{item.pointer}/{key}"
        found: list[Passage] = []
        count, rows, images = 0, 0, 0
        made = pieces(self.resolve(text, item, pointer))
        single = len(made) == 1 and made[0].kind == "paragraph"
        table = 0
        for piece in made:
            if piece.kind in (PICTURE, LOST):
                images += 1
                here = piece.kind == PICTURE and bool(headings)
                locator = f"{USDM}{pointer}#i{images}"
                self.pictures.append(Pictured(locator, piece, here, found[-1].text if found else ""))
                if here:
                    found.append(Passage(Place(self.sha256, locator), "", headings, PICTURE))
                continue
            if found and found[-1].kind == PICTURE:
                self.pictures[-1].after = piece.text
            if piece.kind == "row":
                rows = rows + 1 if piece.table == table else 1
                table = piece.table
                locator = f"{USDM}{pointer}#t{piece.table}/{'h' if piece.head else 'r'}{rows}"
            else:
                count += 1
                locator = f"{USDM}{pointer}" if single else f"{USDM}{pointer}#p{count}"
            found.append(Passage(Place(self.sha256, locator), piece.text, headings, piece.kind, piece.depth))
        return Words(pointer, tuple(found))

    def line(self, item: Item, *keys: str) -> str:
        """A short attribute (name, label) in one line."""
        key = item.key(*keys)
        text = item.text(key)
        return plain(self.resolve(text, item, f"{item.pointer}/{key}")) if text else ""

    def resolve(self, text: str, owner: Item, pointer: str, depth: int = 0) -> str:
        """The text with everything that it refers to in place. What a plain text gets into markup is escaped."""
        if "<usdm:" not in text.lower() and not (owner.ref("dictionaryId") and "[" in text):
            return text

        def put(kind: str, attributes: dict[str, str], shown: str) -> str:
            found = None
            if depth < _MOST_DEEP:
                found = self._referred(attributes, pointer, depth) if kind == "ref" else self._tagged(attributes, owner, pointer, depth)  # fmt: skip
            if found is None:
                asked = " ".join(
                    f"{k}={attributes.get(k, '')}" for k in ("klass", "id", "attribute", "name") if k in attributes
                )
                self.unresolved.append((pointer, asked))
                return html.escape(f"[UNRESOLVED: {shown}]", quote=False)
            if not depth:
                self.resolved += 1
            return found

        def replaced(m: re.Match[str]) -> str:
            attributes = {k.lower(): html.unescape(a or b) for k, a, b in _ATTRIBUTE.findall(m[2])}
            kind = m[1].lower()
            shown = attributes.get("name", "") if kind == "tag" else " ".join(attributes.get(k, "") for k in ("klass", "id", "attribute"))  # fmt: skip
            return put(kind, attributes, shown.strip())

        text = _STRAY.sub("", _TAG.sub(replaced, text))
        if owner.ref("dictionaryId"):
            known = self._maps(owner)
            text = _BRACKETED.sub(lambda m: put("tag", {"name": m[1]}, m[1]) if m[1] in known else m[0], text)
        return text

    def _referred(self, attributes: dict[str, str], pointer: str, depth: int) -> str | None:
        item = self.tree.get(attributes.get("id", ""))
        klass, name = attributes.get("klass", ""), attributes.get("attribute", "")
        if item is None or not name or (klass and item.kind and klass != item.kind):
            return None
        for key in (name, *_OLD_NAMES.get(name, ())):
            if said := item.text(key):
                inner = (
                    self.resolve(said, item, f"{item.pointer}/{key}", depth + 1)
                    if pointer != f"{item.pointer}/{key}"
                    else ""
                )
                return (inner if is_markup(inner) else html.escape(digits(inner), quote=False)) or None
            if (inside := item.one(key)) is not None:
                shown = (inside.one("standardCode") or inside).text("decode", "text", "value", "label", "name")
                return html.escape(digits(shown), quote=False) or None
        return "" if name in item.data else None

    def _maps(self, owner: Item) -> dict[str, Item]:
        """Parameters by tag: those of the text's own dictionary, else those of all."""
        own = self.tree.get(owner.ref("dictionaryId"))
        chosen = [own] if own is not None else self.dictionaries
        return {m.text("tag"): m for d in reversed(chosen) for m in d.many("parameterMaps")}

    def _tagged(self, attributes: dict[str, str], owner: Item, pointer: str, depth: int) -> str | None:
        found = self._maps(owner).get(attributes.get("name", ""))
        if found is None or not (reference := found.text("reference")):
            return None
        before = len(self.unresolved)
        made = self.resolve(reference, found, f"{found.pointer}/reference", depth + 1)
        if len(self.unresolved) > before:
            del self.unresolved[before:]
            return None
        return made

    def notices(self) -> list[SourceNotice]:
        """One critical notice for each reference that leads nowhere."""
        return [
            SourceNotice(
                "usdm.unresolved", Severity.CRITICAL, f"A reference in a text leads nowhere ({asked}).", locator=f"{USDM}{pointer}"
            )
            for pointer, asked in dict.fromkeys(self.unresolved)
        ]  # fmt: skip
