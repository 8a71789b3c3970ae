"""The narrative of a USDM file: documents, their sections in reading order, and each as a text to quote from. Imports the core and its neighbours' parts."""

from __future__ import annotations

from dataclasses import replace

from docpipe.model.canonical import Digest
from docpipe.model.source import Passage, Place, SourceFile, SourceKind, TextSource
from docpipe.model.trial import NO_WORDS, USDM, Section, TrialDocument
from docpipe.sources.usdm.identity import date
from docpipe.sources.usdm.references import Texts
from docpipe.sources.usdm.schedule import names
from docpipe.sources.usdm.tree import Item, coded, ordered
from docpipe.sources.usdm.xhtml import PICTURE


def document(item: Item, texts: Texts) -> TrialDocument:
    """A document in its last version."""
    versions = item.many("versions")
    latest = versions[-1] if versions else item
    return TrialDocument(
        *names(item, texts),
        type=coded(item.one("type")),
        template=texts.line(item, "templateName"),
        language=coded(item.one("language")),
        version=latest.text("version", "protocolVersion"),
        status=coded(latest.one("status", "protocolStatus")),
        dates=tuple(date(d, texts) for d in latest.many("dateValues")),
        sections=tuple(_sections(latest.many("contents"), texts)),
    )


def _sections(items: list[Item], texts: Texts) -> list[Section]:
    inside = {child: i.id for i in items for child in i.ids("childIds", "contentChildIds")}
    chain, _ = ordered(items)
    found: list[Section] = []
    above: dict[str, tuple[int, tuple[str, ...]]] = {}
    for item in chain:
        number, title = item.text("sectionNumber").strip(), texts.line(item, "sectionTitle")
        if not title and not item.text("text") and not item.ref("contentItemId"):
            above[item.id] = (0, ())  # a root that only holds the others
            continue
        holder = texts.tree.get(item.ref("contentItemId")) if item.ref("contentItemId") else item
        depth, path = above.get(inside.get(item.id, ""), (_by_number(number, inside), ()))
        head = heading(number, title)
        above[item.id] = (depth + 1, (*path, head))
        words = texts.words(holder, "text", headings=(*path, head)) if holder is not None else NO_WORDS
        found.append(
            Section(
                item.id, item.pointer, number, title, depth + 1, words, inside.get(item.id, ""),
                item.flag("displaySectionNumber") is not False, item.flag("displaySectionTitle") is not False,
            )
        )  # fmt: skip
    return found


def _by_number(number: str, inside: dict[str, str]) -> int:
    """The depth that a number shows, for files whose sections name no children."""
    return 0 if inside else max(len([p for p in number.strip(".").split(".") if p]) - 1, 0)


def heading(number: str, title: str) -> str:
    """A heading as it is read: its number without a full stop at the end, and its title."""
    return f"{number.rstrip('.')} {title}".strip()


def text_of(found: TrialDocument, file: SourceFile, sha256: Digest) -> TextSource:
    """The document as a text: headings and what stands under them."""
    passages: list[Passage] = []
    path: list[str] = []
    for section in found.sections:
        head = heading(section.number, section.title)
        path = [*path[: section.level - 1], head]
        at = Place(sha256, f"{USDM}{section.at('sectionTitle')}")
        passages.append(Passage(at, head, tuple(path[:-1]), "heading"))
        passages += [p for p in section.text.passages if p.kind != PICTURE]
    title = "Protocol narrative" + (f" ({found.template})" if found.template else "")
    return TextSource(replace(file, kind=SourceKind.TEXT), title, tuple(passages))
