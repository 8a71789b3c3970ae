"""The file that a draft is written into: an empty document, or the house template without its own text. Imports errors, safe and python-docx.

A template keeps its styles, page set-up, headers and footers; its body, comments, names of people and outside links go.
"""

from __future__ import annotations

import io
from typing import Any

from docpipe.errors import AssetMalformed, MacrosForbidden
from docpipe.safe import xml
from docpipe.safe.package import Package, open_package
from docpipe.writing.word.tree import Tree

_TYPES = "[Content_Types].xml"
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.%s.main+xml"
_KEPT = frozenset(
    {"styles", "stylesWithEffects", "theme", "numbering", "settings", "webSettings", "fontTable", "header", "footer", "footnotes", "endnotes"}
)  # fmt: skip
"""Parts of a template that stay, by the last word of their relationship's type."""
_AHEAD_OF_TRACKING = (
    "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime", "doNotDisplayPageBoundaries", "displayBackgroundShape",
    "printPostScriptOverText", "printFractionalCharacterWidth", "printFormsData", "embedTrueTypeFonts", "embedSystemFonts", "saveSubsetFonts",
    "saveFormsData", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter", "gutterAtTop",
    "hideSpellingErrors", "hideGrammaticalErrors", "activeWritingStyle", "proofState", "formsDesign", "linkStyles", "stylePaneFormatFilter",
    "stylePaneSortMethod", "documentType", "revisionView",
)  # fmt: skip
_BEHIND_COMPATIBILITY = frozenset({
    "docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures",
    "forceUpgrade", "captions", "readModeInkLockDown", "smartTagType", "schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol",
    "listSeparator", "docId", "chartTrackingRefBased",
})  # fmt: skip
"""The order of the settings. Source: ECMA-376 part 1, A.1, CT_Settings."""


def opened(template: bytes | None) -> Any:
    """An empty document of python-docx.

    Raises ``AssetMalformed`` for a template that is no Word document, ``MacrosForbidden``, and what ``open_package`` raises.
    """
    import docx
    from docx.opc.exceptions import OpcError

    if template is None:
        document = docx.Document()
        _emptied(document)
        return document
    package = open_package(template)
    _vet(package)
    try:
        document = docx.Document(io.BytesIO(_as_document(package)))
        sections = [s for s in document.sections if s.page_width]
        if not sections:
            raise AssetMalformed("The house template states no page size.")
    except (OpcError, KeyError, ValueError, AttributeError) as error:
        raise AssetMalformed("The house template is not a Word document (DOCX or DOTX).") from error
    _emptied(document)
    return document


def _vet(package: Package) -> None:
    for name in package.names:
        if name.casefold().endswith("vbaproject.bin"):
            raise MacrosForbidden("The house template holds macros.")
        if name.casefold().endswith((".xml", ".rels")):
            xml.parse(package.read(name))


def _as_document(package: Package) -> bytes:
    types = package.read(_TYPES)
    plain = types.replace(_MAIN % b"template", _MAIN % b"document")
    return package.rewritten({_TYPES: plain})


def _emptied(document: Any) -> None:
    """Takes out everything but styles, the page set-up and what stands in headers and footers."""
    from docx.oxml.ns import qn

    body = document.element.body
    sections = [e for e in body.iter(qn("w:sectPr")) if not _inside_change(e)]
    kept = next((s for s in reversed(sections) if not _landscape(s)), sections[-1])
    for child in list(body):
        body.remove(child)
    body.append(kept)
    for gone in kept.findall(qn("w:type")):
        kept.remove(gone)
    used = {e.get(qn("r:id")) for e in kept if e.tag in (qn("w:headerReference"), qn("w:footerReference"))}
    part = document.part
    for number, rel in list(part.rels.items()):
        kind = rel.reltype.rsplit("/", 1)[-1]
        if kind not in _KEPT or rel.is_external or (kind in ("header", "footer") and number not in used):
            del part.rels[number]
    for rel in part.rels.values():
        kind = rel.reltype.rsplit("/", 1)[-1]
        if kind in ("footnotes", "endnotes"):
            _without_notes(rel.target_part)
        for number, own in list(rel.target_part.rels.items()):
            if own.is_external:
                _unlink(rel.target_part, number)
                del rel.target_part.rels[number]


def _inside_change(section: Any) -> bool:
    return any(a.tag.endswith("}sectPrChange") for a in section.iterancestors())


def _landscape(section: Any) -> bool:
    from docx.oxml.ns import qn

    size = section.find(qn("w:pgSz"))
    return size is not None and int(size.get(qn("w:w")) or 0) > int(size.get(qn("w:h")) or 0)


def _without_notes(part: Any) -> None:
    """Keeps the separators alone. python-docx holds such a part as bytes."""
    root = xml.parse(part.blob)
    for note in list(root):
        kind = next((v for k, v in note.attrib.items() if str(k).endswith("}type")), "")
        if not kind:
            root.remove(note)
    part._blob = xml.serialise(root)


def _unlink(part: Any, number: str) -> None:
    """Takes out what refers to a relationship that goes; a link's words stay."""
    root = getattr(part, "element", None)
    if root is None:
        tree = xml.parse(part.blob)
        for element in [e for e in tree.iter() if number in e.attrib.values()]:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        part._blob = xml.serialise(tree)
        return
    for element in [e for e in root.iter() if number in e.attrib.values()]:
        if str(element.tag).endswith("}hyperlink"):
            for child in list(element):
                element.addprevious(child)
        if element.getparent() is not None:
            element.getparent().remove(element)


def settle(document: Any, tree: Tree, *, house: bool, tracked: bool) -> None:
    """Settings: today's layout rules of Word, no link to a template file, no names; tracking on where there are tracked changes."""
    from docx.oxml.ns import qn

    settings = document.settings.element
    for name in ("w:attachedTemplate", "w:docVars", "w:mailMerge", "w:trackRevisions"):
        for old in settings.findall(qn(name)):
            settings.remove(old)
    if tracked:
        ahead = {qn(f"w:{n}") for n in _AHEAD_OF_TRACKING}
        at = max((n + 1 for n, e in enumerate(settings) if e.tag in ahead), default=0)
        settings.insert(at, tree.new("w:trackRevisions"))
    compat = settings.find(qn("w:compat"))
    if compat is None:
        compat = tree.new("w:compat")
        follower = next((e for e in settings if str(e.tag).rpartition("}")[2] in _BEHIND_COMPATIBILITY), None)
        if follower is None:
            settings.append(compat)
        else:
            follower.addprevious(compat)
    mode = next((e for e in compat if e.get(qn("w:name")) == "compatibilityMode"), None)
    if mode is None:
        mode = tree.new(
            "w:compatSetting", compat, name="compatibilityMode", uri="http://schemas.microsoft.com/office/word"
        )
        mode.set(qn("w:val"), "15")
    elif not house:
        mode.set(qn("w:val"), "15")
