"""What a reviewer or operator must know of a document: macros, external links, embedded files, tracked changes, hidden text.

Imports the core and the parts of this package. Found by relationships and content types, so that renamed parts do not hide.
"""

from __future__ import annotations

from collections import Counter

from docpipe.formats.ooxml.fields import field_name
from docpipe.formats.ooxml.names import Element, w_attr
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.survey import Survey
from docpipe.model.finding import Notice, Severity

_ACTIVE_FIELDS = frozenset({"DDE", "DDEAUTO", "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "LINK", "DATABASE"})

_EXTERNAL = {
    "attachedTemplate": ("docx.external_template", Severity.CRITICAL, "An external template is attached."),
    "image": ("docx.external_image", Severity.CRITICAL, "A picture lies outside the document."),
    "frame": ("docx.external_frame", Severity.CRITICAL, "A frame loads an outside document."),
    "subDocument": ("docx.external_subdocument", Severity.CRITICAL, "A subdocument lies outside the document."),
    "oleObject": ("docx.external_object", Severity.CRITICAL, "A linked object lies outside the document."),
}
_INTERNAL = {
    "vbaProject": ("docx.macros", Severity.CRITICAL, "The document holds macros."),
    "oleObject": ("docx.embedded_object", Severity.MAJOR, "An embedded object is carried as it is, untranslated."),
    "package": ("docx.embedded_file", Severity.MAJOR, "An embedded file is carried as it is, untranslated."),
    "aFChunk": (
        "docx.foreign_chunk",
        Severity.CRITICAL,
        "A chunk of another format is carried as it is, untranslated.",
    ),
    "subDocument": ("docx.subdocument", Severity.CRITICAL, "A subdocument is carried as it is, untranslated."),
    "control": ("docx.active_control", Severity.CRITICAL, "An active control is carried as it is."),
}


def tracked_changes(root: Element) -> int:
    """How many tracked changes, of text or of formatting, a part holds."""
    return Survey(root).tracked


def has_macros(parts: Parts) -> bool:
    """Whether a VBA project hangs on the document, or its main part is of a macro-enabled type."""
    if "macroenabled" in parts.content_type(parts.main):
        return True
    return any("vbaproject" in parts.content_type(n) for n in parts.reachable()) or any(
        r.kind == "vbaProject" for n in parts.reachable() for r in parts.relations_of(n).values()
    )


def notices_of(parts: Parts, read: set[str]) -> list[Notice]:
    """Notices from relationships and active fields, one a code and part, with counts. ``read``: carried files that are read."""
    found: Counter[tuple[str, Severity, str, str]] = Counter()
    for source in ["", *parts.reachable()]:
        for relation in parts.relations_of(source).values():
            if relation.external:
                entry = _EXTERNAL.get(relation.kind)
                if entry is None and relation.kind == "hyperlink" and _is_local(relation.target):
                    entry = ("docx.local_link", Severity.MAJOR, "A hyperlink points to a local or network file.")
                elif entry is None and relation.kind != "hyperlink":
                    entry = ("docx.external", Severity.MAJOR, "A relationship points outside the document.")
            else:
                entry = _INTERNAL.get(relation.kind) if relation.target not in read else None
            if entry is not None:
                found[(*entry, source)] += 1
    for name in parts.reachable():
        if name != parts.main and "macroenabled" in parts.content_type(name):
            found[
                (
                    "docx.embedded_macros",
                    Severity.CRITICAL,
                    "An embedded file may hold macros: it is carried as it is.",
                    name,
                )
            ] += 1
    for story in parts.stories:
        for el in story.survey.each("w:instrText", "w:fldSimple"):
            name = field_name(el.text or w_attr(el, "instr") or "")
            if name in _ACTIVE_FIELDS:
                found[("docx.active_field", Severity.CRITICAL, "A field fetches data from outside.", story.name)] += 1
    for name in parts.broken:
        found[("docx.broken_part", Severity.MAJOR, "A part is malformed and is carried as it is.", name)] += 1
    return [Notice(code, severity, message, place, count) for (code, severity, message, place), count in found.items()]


def _is_local(target: str) -> bool:
    return target.lower().startswith("file:") or target.startswith(("\\\\", "//"))
