"""What of an earlier document must come along for its deleted text to be whole: pictures, links, notes. Imports safe and its neighbours.

Source: ECMA-376 Part 2 (relationships, content types); ISO/IEC 29500-1, 17.11 (notes).
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

from docpipe.formats.ooxml.names import SHORT, Element, attributes, set_w_attr, w_attr
from docpipe.formats.ooxml.parts import Parts, Relation
from docpipe.formats.ooxml.tracked_row import Bit
from docpipe.safe.xml import parse, serialise

_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
_RELATIONSHIP = "}id", "}embed", "}link", "}pict", "}href"
_FIRST_NOTE = 9000
_NOTHING = Relation("", "", external=False)


@dataclass(slots=True)
class Carrier:
    """Brings objects of the old document over. ``seen``: notes that were compared already."""

    new: Parts
    old: Parts
    seen: set[Element] = field(default_factory=set)
    _added: dict[str, bytes] = field(default_factory=dict)
    _rels: dict[str, Element] = field(default_factory=dict)
    _types: Element | None = None
    _touched: set[str] = field(default_factory=set)
    _digests: dict[tuple[int, str], str] = field(default_factory=dict)
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    # ------------------------------------------------------------ what a relationship stands for

    def digest(self, parts: Parts, part: str, identity: str) -> str:
        """What a relationship's id stands for: digest of the part, or the address outside; the id itself for none."""
        relation = parts.relations_of(part).get(identity)
        if relation is None:
            return identity
        if relation.external:
            return relation.target
        key = (id(parts), relation.target)
        if key not in self._digests:
            there = relation.target in parts.package
            content = parts.package.read(relation.target) if there else relation.target.encode()
            self._digests[key] = hashlib.sha256(content).hexdigest() if relation.kind == "image" else relation.kind
        return self._digests[key]

    # ------------------------------------------------------------ old objects

    def admitted(self, bit: Bit, part: str) -> Bit | None:
        """A bit of the old document as it may stand in ``part`` of the new one; None for an object that cannot come along."""
        if bit.text or bit.opens or bit.closes:
            return bit
        if bit.key in _NOTES:
            return self._note_carried(bit)
        if not any(str(v) in self.old.relations_of(part) for v in _needs(bit.element)):
            return bit
        copy = deepcopy(bit.element)
        return replace(bit, element=copy) if self.adopt(copy, part) else None

    def adopt(self, copy: Element, part: str) -> bool:
        """Lets the relationships of an element from the old document's part hold in the new one's; False where they cannot."""
        known = self.old.relations_of(part)
        for el in copy.iter():
            for key, value in attributes(el):
                if _is_relationship(key) and value in known:
                    identity = self._carried(part, value)
                    if not identity:
                        return False
                    el.set(key, identity)
        return True

    def _carried(self, part: str, identity: str) -> str:
        """The id in the new part of what an id of the old one stands for; "" where it cannot come along."""
        if (part, identity) in self._ids:
            return self._ids[part, identity]
        relation = self.old.relations_of(part)[identity]
        wanted = self.digest(self.old, part, identity)
        for own, other in self.new.relations_of(part).items():
            if other.kind == relation.kind and self._same(
                relation.target, other.target, relation.external, wanted, own, part
            ):
                self._ids[part, identity] = own
                return own
        outside = relation.external
        if (outside and relation.kind != "hyperlink") or (not outside and relation.target not in self.old.package):
            return ""
        made = f"rIdPrevious{len(self._ids) + 1}"
        original = next(e for e in rels_tree(self.old, part).iter() if e.get("Id") == identity)
        target = relation.target if outside else "/" + self._part(relation.target)
        _relate(self._rels_of(part), made, original, target)
        self._ids[part, identity] = made
        return made

    def _same(self, one: str, other: str, outside: bool, wanted: str, own: str, part: str) -> bool:
        """Whether two relationships of one kind lead to the same thing."""
        there = one in self.old.package, other in self.new.package
        if outside or not any(there):
            return one == other
        if not all(there):
            return False
        if self.digest(self.new, part, own) != wanted:
            return False
        return self.old.package.read(one) == self.new.package.read(other)

    def _part(self, name: str) -> str:
        """Takes a part of the old package along with all that hangs on it; returns its new name."""
        if name in self._names:
            return self._names[name]
        folder, base = posixpath.split(name)
        made = f"{folder}/previous_{hashlib.sha256(name.encode()).hexdigest()[:8]}_{base}"
        self._names[name] = made
        self._added[made] = self.old.package.read(name)
        self._type(name, made)
        rels = rels_tree(self.old, name)
        if len(rels):
            for entry, relation in zip(list(rels), self.old.relations_of(name).values(), strict=False):
                if not relation.external and relation.target in self.old.package:
                    entry.set("Target", "/" + self._part(relation.target))
            self._added[rels_name(made)] = serialise(rels)
        return made

    def _rels_of(self, part: str) -> Element:
        if part not in self._rels:
            self._rels[part] = rels_tree(self.new, part)
        return self._rels[part]

    def _type(self, old: str, made: str) -> None:
        """States the media type of a part that came along."""
        self._state(made, self.old.content_type(old) or "application/octet-stream")

    def _state(self, made: str, kind: str) -> None:
        if self._types is None:
            self._types = parse(self.new.package.read("[Content_Types].xml"))
        space = self._types.tag.rpartition("}")[0]
        fields = {"PartName": "/" + made, "ContentType": kind}
        self._types.append(self._types.makeelement(space + "}Override", fields))

    # ------------------------------------------------------------ notes

    def note(self, parts: Parts, bit: Bit) -> tuple[str, Element] | None:
        """The part and the note behind a note's mark."""
        wanted = w_attr(bit.element, "id")
        for name in parts.related(parts.main, _NOTES[bit.key]):
            root = parts.tree(name)
            for el in root if root is not None else ():
                if SHORT[el.tag] in ("w:footnote", "w:endnote") and w_attr(el, "id") == wanted:
                    return name, el
        return None

    def _note_carried(self, bit: Bit) -> Bit | None:
        found = self.note(self.old, bit)
        home = next(iter(self.new.related(self.new.main, _NOTES[bit.key])), None)
        root = self.new.tree(home) if home else None
        if found is not None and home is None:
            self._notes_carried(found[0])
            return bit
        if found is None or root is None or home is None:
            return None
        copy = deepcopy(found[1])
        if _needs(copy):
            return None
        taken = {w_attr(el, "id") for el in root}
        number = _FIRST_NOTE
        while str(number) in taken:
            number += 1
        set_w_attr(copy, "id", str(number))
        root.append(copy)
        self._touched.add(home)
        mark = deepcopy(bit.element)
        set_w_attr(mark, "id", str(number))
        return replace(bit, element=mark)

    def _notes_carried(self, part: str) -> None:
        """Takes the whole part of notes along, for a document that has none itself."""
        if part not in self._names:
            made = self._part(part)
            original = next(
                e for e in rels_tree(self.old, self.old.main).iter()
                if self.old.relations_of(self.old.main).get(e.get("Id", ""), _NOTHING).target == part
            )  # fmt: skip
            _relate(self._rels_of(self.new.main), f"rIdNotes{len(self._names)}", original, "/" + made)

    # ------------------------------------------------------------ the package

    def new_part(self, name: str, content: bytes, kind: str, part: str, relation: str) -> str:
        """Adds a part of our own, related to ``part``; returns the relationship's id. ``kind``: its media type."""
        self._added[name] = content
        self._state(name, kind)
        made = f"rIdDocpipe{len(self._added)}"
        rels = self._rels_of(part)
        fields = {"Id": made, "Type": relation, "Target": "/" + name}
        rels.append(rels.makeelement(rels.tag.rpartition("}")[0] + "}Relationship", fields))
        return made

    def written(self, replaced: Mapping[str, bytes]) -> bytes:
        """The new package with these parts and with everything that came along."""
        whole = dict(replaced)
        for name in self._touched - set(whole):
            if (root := self.new.tree(name)) is not None:
                whole[name] = serialise(root)
        for part, rels in self._rels.items():
            name = rels_name(part)
            (whole if name in self.new.package else self._added)[name] = serialise(rels)
        if self._types is not None:
            whole["[Content_Types].xml"] = serialise(self._types)
        return self.new.package.rewritten(whole, self._added)


def rels_name(part: str) -> str:
    """The name of the part that holds another part's relationships."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def rels_tree(parts: Parts, part: str) -> Element:
    """The relationships of a part as a tree of their own; an empty one where it has none."""
    name = rels_name(part)
    if name in parts.package:
        return parse(parts.package.read(name))
    return parse(b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>')


def _relate(rels: Element, identity: str, like: Element, target: str) -> None:
    """Adds a relationship of another one's type and mode."""
    fields = {"Id": identity, "Type": like.get("Type", ""), "Target": target}
    if mode := like.get("TargetMode"):
        fields["TargetMode"] = mode
    rels.append(rels.makeelement(rels.tag.rpartition("}")[0] + "}Relationship", fields))


def _needs(element: Element) -> set[str]:
    """Ids of the relationships that an element refers to."""
    return {value for el in element.iter() for key, value in attributes(el) if _is_relationship(key)}


def _is_relationship(name: str) -> bool:
    return "/relationships}" in name and name.endswith(_RELATIONSHIP)
