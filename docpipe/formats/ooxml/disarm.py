"""A copy of a document for programs that draw it: whatever would make them load something from elsewhere is taken out.

Imports safe, names and parts. Source: ECMA-376 Part 2, 6.5 (relationships); records.md of the design, attack A9.
"""

from __future__ import annotations

from docpipe.formats.ooxml.names import SHORT
from docpipe.safe.package import open_package
from docpipe.safe.xml import parse, serialise

_NOWHERE = "about:blank"
_LOADED_FIELDS = ("INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD")


def disarmed(data: bytes, *, links: bool = False) -> bytes:
    """The package with every external relationship pointing nowhere and every field that loads a file made inert.

    Pictures, frames, templates, subdocuments and OLE links that lie outside are not there any more; what the package
    holds itself is untouched. ``links``: hyperlinks stay, which nothing follows by itself. Raises leaves of ``InputRefused``.
    """
    package = open_package(data)
    replaced: dict[str, bytes] = {}
    for name in package.names:
        if name.lower().endswith(".rels"):
            content = package.read(name)
            if b"External" not in content:
                continue
            root = parse(content)
            for entry in root.iter():
                if SHORT[entry.tag] == "pr:Relationship" and entry.get("TargetMode") == "External":
                    if links and entry.get("Type", "").endswith("/hyperlink"):
                        continue
                    entry.set("Target", _NOWHERE)
            replaced[name] = serialise(root)
        elif name.lower().endswith(".xml"):
            content = package.read(name)
            if not any(word.encode() in content.upper() for word in _LOADED_FIELDS):
                continue
            if (made := _without_loading_fields(content)) is not None:
                replaced[name] = made
    return package.rewritten(replaced) if replaced else data


def _without_loading_fields(content: bytes) -> bytes | None:
    root = parse(content)
    changed = False
    for el in root.iter():
        name = SHORT[el.tag]
        if name == "w:instrText" and _loads(el.text or ""):
            el.text, changed = " QUOTE ", True
        elif name == "w:fldSimple":
            for key, value in el.items():
                if str(key).endswith("}instr") and _loads(str(value)):
                    el.set(key, " QUOTE ")
                    changed = True
    return serialise(root) if changed else None


def _loads(code: str) -> bool:
    words = code.replace("\\", " ").split()
    return bool(words) and words[0].upper() in _LOADED_FIELDS
