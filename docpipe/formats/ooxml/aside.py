"""Texts without codes that lie beside or inside paragraphs: alternative texts, WordArt, list entries, annotations, words of equations.

Imports the core and the other parts of this package.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

from docpipe.formats.ooxml.equations import words_of
from docpipe.formats.ooxml.names import SHORT, Element, child, r_attr, set_text, set_w_attr, shown_text, w_attr
from docpipe.formats.ooxml.records import Reading, ValueRecord
from docpipe.model.document import Address, BlockKind, ReadPolicy

FORM_HELP = ("w:helpText", "w:statusText")
"""What Word says of an old form field when somebody fills it in (17.16.21, 17.16.34)."""
_NAME = re.compile(r"[A-Za-z_]\w{0,40}")
SMALL_CARRIERS = ("equation", "ruby")
"""Objects with texts of their own that are counted apart, so that the addresses below other objects stay as they were."""


class AsideReader:
    """Reads such texts into a ``Reading``. ``part``: where they lie; ``quiet``: why nothing there is translated, or ""."""

    def __init__(self, reading: Reading, policy: ReadPolicy) -> None:
        self._reading = reading
        self._words = policy.equations != "keep"
        self._shapes = "shape-text" if policy.shape_text == "skip" else ""
        self.part = ""
        self.quiet = ""
        self._said: dict[str, ValueRecord] = {}
        """Alternative texts of the object that is being read."""

    def value(self, address: str, kind: BlockKind, text: str, el: Element, attribute: str, word: bool = False) -> None:
        def put(new: str) -> None:
            if word:
                set_w_attr(el, attribute, new)
            else:
                el.set(attribute, new)

        self._plain(address, kind, text, put)

    def _plain(self, address: str, kind: BlockKind, text: str, put: Callable[[str], None], reason: str = "") -> None:
        """A text without codes, or (``reason``) one that stays as it is."""
        if not text:
            return
        reason = self.quiet or reason or ("white-space" if text.isspace() else "")
        if reason:
            self._reading.skips.append((reason, len(text)))
            return
        record = ValueRecord(self.part, Address(address), kind, text, put)
        if kind is BlockKind.ALT_TEXT:
            self._said[text] = record
        self._reading.records.append(record)
        self._reading.translated += len(text)

    def _repeated(self, address: str, text: str, put: Callable[[str], None]) -> bool:
        """Whether the object's alternative text says this already: then it is written with it."""
        record = self._said.get(text) if text and not self.quiet else None
        if record is not None:
            first = record.put

            def both(new: str) -> None:
                first(new)
                put(new)

            record.put = both
            self._reading.echoes[Address(address)] = record
            self._reading.skips.append(("copy-of-alternative-text", len(text)))
        return record is not None

    def forms(self, marks: list[Element], path: str) -> None:
        """Entries of old drop-down fields (17.16.9), which show one of them without any text of their own; help for those who fill in."""
        seen: set[str] = set()
        for number, mark in enumerate(marks, 1):
            entries = [el for el in mark.iter("{*}listEntry") if SHORT[el.tag] == "w:listEntry"]
            named = next((w_attr(el, "val") or "" for el in mark.iter("{*}name") if SHORT[el.tag] == "w:name"), "")
            named = named if _NAME.fullmatch(named) and named not in seen else str(number)
            seen.add(named)
            for at, el in enumerate(entries, 1):
                put = partial(set_w_attr, el, "val")
                address = f"{path}/form[{named}]/entry[{at}]"
                self._plain(address, BlockKind.LIST_ENTRY, w_attr(el, "val") or "", put, self._shapes)
            for el in mark.iter("{*}helpText", "{*}statusText"):
                if SHORT[el.tag] in FORM_HELP and w_attr(el, "type") == "text":
                    address = f"{path}/form[{named}]/@{SHORT[el.tag][2:]}"
                    put = partial(set_w_attr, el, "val")
                    self._plain(address, BlockKind.ALT_TEXT, w_attr(el, "val") or "", put, self._shapes)

    def small(self, kind: str, el: Element, path: str) -> None:
        """The annotation of a ruby, the words of an equation."""
        if kind == "equation":
            self._equation(el, path)
            return
        texts = [t for part in el if SHORT[part.tag] == "w:rt" for t in part.iter("{*}t") if SHORT[t.tag] == "w:t"]

        def put(new: str) -> None:
            for number, t in enumerate(texts):
                set_text(t, new if number == 0 else "")

        self._plain(f"{path}/annotation", BlockKind.PARAGRAPH, "".join(map(shown_text, texts)), put)

    def _equation(self, el: Element, path: str) -> None:
        words = {t: Address(f"{path}/text[{n}]") for n, t in enumerate(words_of(el) if self._words else (), 1)}
        for t, address in words.items():
            self._plain(address, BlockKind.PARAGRAPH, t.text or "", partial(set_text, t))
        if self._words:
            row = [(t.text or "", words.get(t)) for t in el.iter("{*}t")]
            self._reading.equations[Address(path)] = row

    def _alternative(self, el: Element, path: str, reason: str = "") -> None:
        for attribute in ("title", "descr"):
            text = el.get(attribute) or ""
            if SHORT[el.tag] == "wp:docPr" or not self._repeated(
                f"{path}/@{attribute}", text, partial(el.set, attribute)
            ):
                self._plain(f"{path}/@{attribute}", BlockKind.ALT_TEXT, text, partial(el.set, attribute), reason)

    def table(self, table: Element, path: str) -> None:
        """A table's alternative text (17.4.41, 17.4.44)."""
        properties = child(table, "w:tblPr")
        for el in properties if properties is not None else ():
            if SHORT[el.tag] in ("w:tblCaption", "w:tblDescription"):
                address = f"{path}/@{SHORT[el.tag][2:]}"
                put = partial(set_w_attr, el, "val")
                self._plain(address, BlockKind.ALT_TEXT, w_attr(el, "val") or "", put, self._shapes)

    def picture(self, el: Element, name: str, path: str) -> None:
        """Remembers where a picture of the package is shown first: a person looks whether it holds text."""
        if name in ("a:blip", "v:imagedata"):
            identity = r_attr(el, "embed") or r_attr(el, "id") or ""
            relation = self._reading.parts.relations_of(self.part).get(identity)
            if relation is not None and not relation.external and relation.target in self._reading.parts.package:
                self._reading.pictures.setdefault(relation.target, path)

    def drawn(self, el: Element, name: str, path: str, counts: Counter[str]) -> None:
        """What an element of a drawing says in its attributes (20.4.2.5, 20.1.2.2.8; VML 19.1.2.19, 19.1.2.23)."""
        if name == "wp:docPr":
            counts["picture"] += 1
            self._said.clear()
            self._alternative(el, f"{path}/picture[{counts['picture']}]")
        elif name.endswith("cNvPr"):
            counts["shape"] += 1
            self._alternative(el, f"{path}/shape[{counts['shape']}]", self._shapes)
        self.picture(el, name, path)
        if name.startswith("v:"):
            counts["vml"] += 1
            here = f"{path}/vml[{counts['vml']}]"
            text = el.get("alt") or ""
            if self._shapes or not self._repeated(f"{here}/@alt", text, partial(el.set, "alt")):
                self._plain(f"{here}/@alt", BlockKind.ALT_TEXT, text, partial(el.set, "alt"), self._shapes)
            if name == "v:textpath":
                text = el.get("string") or ""
                self._plain(f"{here}/@string", BlockKind.TEXT_BOX, text, partial(el.set, "string"), self._shapes)
