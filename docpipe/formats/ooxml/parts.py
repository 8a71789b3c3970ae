"""Which parts a document has and what each is: found by relationships and content types, never by name (ECMA-376 Part 2).

Imports safe, errors, the core and names. A malformed secondary part is carried as it is and said so.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from docpipe.errors import InputRefused, NotAPackage, XmlMalformed
from docpipe.formats.ooxml.names import SHORT, Element, name_of
from docpipe.formats.ooxml.survey import Survey
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse

STORY_KINDS = {
    "footnotes": "footnote", "endnotes": "endnote", "header": "header", "footer": "footer", "comments": "comment",
}  # fmt: skip
_STORY_ORDER = ("document", "footnote", "endnote", "header", "footer", "comment")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: its type's last word, the part or address it points to, and whether that lies outside."""

    kind: str
    target: str
    external: bool


@dataclass(slots=True)
class Story:
    """A part that holds running text. ``survey``: what is rare in it, as it was when it was first asked for."""

    name: str
    kind: str
    root: Element
    _survey: Survey | None = None

    @property
    def survey(self) -> Survey:
        if self._survey is None:
            self._survey = Survey(self.root)
        return self._survey

    def forget_survey(self) -> None:
        """Because the tree was changed."""
        self._survey = None


@dataclass(slots=True)
class Parts:
    """An opened document. ``stories``: in reading order. ``broken``: parts that could not be parsed."""

    package: Package
    main: str
    relations: dict[str, dict[str, Relation]]
    content_types: dict[str, str]
    stories: list[Story] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    made: dict[str, bytes] = field(default_factory=dict)
    """New bytes of parts that are written as a whole, not from their tree."""
    _trees: dict[str, Element | None] = field(default_factory=dict)

    def tree(self, name: str) -> Element | None:
        """The parsed part, or None where it is absent or malformed (then it is in ``broken``)."""
        if name not in self._trees:
            self._trees[name] = None
            if name in self.package:
                try:
                    self._trees[name] = parse(self.package.read(name))
                except InputRefused as error:
                    if not isinstance(error, XmlMalformed):
                        raise
                    self.broken.append(name)
        return self._trees[name]

    def related(self, source: str, *kinds: str) -> list[str]:
        """Names of the internal parts that ``source`` points to with these relationship types, each once, in order."""
        found: list[str] = []
        for relation in self.relations_of(source).values():
            if relation.kind in kinds and not relation.external and relation.target not in found:
                found.append(relation.target)
        return found

    def relations_of(self, source: str) -> dict[str, Relation]:
        """The relationships of a part by id; "" is the package itself."""
        if source not in self.relations:
            self.relations[source] = _relations(self, source)
        return self.relations[source]

    def reachable(self) -> list[str]:
        """Every part that can be reached from the package by internal relationships, breadth first."""
        seen: dict[str, None] = {}
        todo = [""]
        while todo:
            source = todo.pop(0)
            for relation in self.relations_of(source).values():
                if not relation.external and relation.target not in seen and relation.target in self.package:
                    seen[relation.target] = None
                    todo.append(relation.target)
        return list(seen)

    def content_type(self, name: str) -> str:
        """The media type of a part, lower-case, or ""."""
        types = self.content_types
        return types.get("/" + name.lower()) or types.get(name.rsplit(".", 1)[-1].lower(), "")


def _content_types(package: Package) -> dict[str, str]:
    if "[Content_Types].xml" not in package:
        raise NotAPackage("The package has no list of content types.")
    found: dict[str, str] = {}
    for entry in parse(package.read("[Content_Types].xml")):
        name = name_of(entry)
        if name == "ct:Override":
            found["/" + entry.get("PartName", "").lstrip("/").lower()] = entry.get("ContentType", "").lower()
        elif name == "ct:Default":
            found[entry.get("Extension", "").lower()] = entry.get("ContentType", "").lower()
    return found


def _relations(parts: Parts, source: str) -> dict[str, Relation]:
    folder, base = posixpath.split(source)
    root = parts.tree(posixpath.join(folder, "_rels", base + ".rels"))
    found: dict[str, Relation] = {}
    if root is None:
        return found
    for entry in root.iter():
        if SHORT[entry.tag] != "pr:Relationship":
            continue
        target = entry.get("Target", "")
        external = entry.get("TargetMode", "Internal") == "External"
        if not external:
            joined = posixpath.normpath(posixpath.join("/" + folder, target.split("#")[0].replace("\\", "/")))
            target = parts.package.find(joined.lstrip("/")) or joined.lstrip("/")
        found[entry.get("Id", "")] = Relation(entry.get("Type", "").rsplit("/", 1)[-1], target, external)
    return found


def open_parts(data: bytes) -> Parts:
    """The parts of a document. Raises leaves of ``InputRefused``: not a package, no main part, main part malformed."""
    package = open_package(data)
    parts = Parts(package, "", {}, _content_types(package))
    main = next((n for n in parts.related("", "officeDocument") if n in package), None)
    if main is None:
        raise NotAPackage("The package has no main document part.")
    parts.main = main
    root = parse(package.read(main))
    if name_of(root) != "w:document":
        raise NotAPackage("The main part is no word-processing document.")
    parts._trees[main] = root
    parts.stories.append(Story(main, "document", root))
    for relation_kind, kind in STORY_KINDS.items():
        for name in parts.related(main, relation_kind):
            tree = parts.tree(name)
            if tree is not None and name not in {s.name for s in parts.stories}:
                parts.stories.append(Story(name, kind, tree))
    parts.stories.sort(key=lambda s: _STORY_ORDER.index(s.kind))
    return parts
