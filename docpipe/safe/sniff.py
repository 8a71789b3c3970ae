"""What a file is, by its content; its name only says what was meant. Imports errors and its neighbours in ``safe`` only.

Source: ECMA-376 part 2 (content types, relationships); MS-CFB and MS-OFFCRYPTO for old and encrypted Office files.
"""

from __future__ import annotations

from docpipe.errors import (
    DamagedPackage,
    Encrypted,
    InputEmpty,
    InputUnsupported,
    LegacyWord,
    NotAPackage,
    XmlMalformed,
)
from docpipe.safe.budget import DEFAULT, Budget
from docpipe.safe.package import Package, open_package
from docpipe.safe.xml import parse

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOTX = "application/vnd.openxmlformats-officedocument.wordprocessingml.template"
DOCM = "application/vnd.ms-word.document.macroEnabled.12"
DOTM = "application/vnd.ms-word.template.macroEnabled.12"
PDF = "application/pdf"
ZIP = "application/zip"
XPORT = "application/x-sas-xport"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml": DOTX,
    "application/vnd.ms-word.document.macroenabled.main+xml": DOCM,
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": DOTM,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml":
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}  # fmt: skip
"""Content type of the main part, in lower case, to media type of the file."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"HEADER RECORD*******LIB", XPORT),
)
_BY_SUFFIX = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".tmx": "application/x-tmx+xml", ".json": "application/json",
    ".xlf": "application/xliff+xml", ".xliff": "application/xliff+xml", ".tbx": "application/x-tbx+xml",
    ".ndjson": "application/x-ndjson", ".html": "text/html", ".htm": "text/html", ".xml": "application/xml", ".md": "text/markdown",
    ".svg": "image/svg+xml",
}  # fmt: skip
_PROMISES = (".docx", ".docm", ".dotx", ".dotm", ".xlsx", ".pptx", ".pdf", ".zip")
"""Suffixes that promise a format with a signature: other content under them is damaged or mislabelled."""

_MARKED = (".rtf", ".xpt", ".v5xpt", ".v8xpt")
"""As ``_PROMISES``, for formats that one of ``_MAGIC`` begins."""


def sniff(data: bytes, name: str, budget: Budget = DEFAULT) -> str:
    """The media type by content; ``name`` decides between kinds of plain text only.

    Raises ``InputEmpty``, ``LegacyWord``, ``Encrypted`` (Office files; an encrypted PDF is found by its reader),
    ``NotAPackage`` (content that is not what the name promises), ``InputUnsupported``, and what ``open_package`` raises.
    """
    if not data:
        raise InputEmpty("The file has no bytes.")
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if data.startswith(_OLE):
        raise _ole(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _package(open_package(data, budget), suffix)
    if suffix in _PROMISES:
        raise NotAPackage("The file's content is not what its name says.", suffix=suffix)
    for start, media_type in _MAGIC:
        if data.startswith(start):
            return media_type
    if data[40:44] == b" EMF":
        return "image/emf"
    if suffix in _MARKED:
        raise NotAPackage("The file's content is not what its name says.", suffix=suffix)
    return _text(data, suffix)


def _ole(data: bytes) -> Encrypted | LegacyWord | InputUnsupported:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Encrypted("The file is protected by a password.")
    if "WordDocument".encode("utf-16-le") in data:
        return LegacyWord("The file is in the old Word format (.doc).")
    return InputUnsupported("The file is in an old Office format.")


def _package(package: Package, suffix: str) -> str:
    if "[Content_Types].xml" not in package:
        if suffix in _PROMISES and suffix != ".zip":
            raise DamagedPackage("The package states no content types.")
        return ZIP
    types = _content_types(package)
    for part in _main_parts(package):
        stated = types.get("/" + part.casefold()) or types.get(part.rsplit(".", 1)[-1].casefold(), "")
        if stated in _MAIN:
            return _MAIN[stated]
    for stated in types.values():
        if stated in _MAIN:
            return _MAIN[stated]
    if any(n.casefold().startswith("word/") for n in package.names):
        raise DamagedPackage("The package names no main document.")
    raise InputUnsupported("The package holds no document of a kind that is taken in.")


def _content_types(package: Package) -> dict[str, str]:
    """Part name with leading slash, or suffix without dot, both case-folded, to content type in lower case."""
    found: dict[str, str] = {}
    for element in parse(package.read("[Content_Types].xml")):
        key = element.get("PartName") or element.get("Extension")
        if isinstance(key, str):
            found[key.casefold()] = str(element.get("ContentType", "")).lower()
    return found


def _main_parts(package: Package) -> list[str]:
    if "_rels/.rels" not in package:
        return []
    try:
        root = parse(package.read("_rels/.rels"))
    except XmlMalformed:
        return []
    return [
        str(r.get("Target", "")).lstrip("/").removeprefix("./")
        for r in root
        if str(r.get("Type", "")).endswith("/officeDocument")
    ]


def _text(data: bytes, suffix: str) -> str:
    head = data[:4096]
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head[: len(head) // 4 * 4].decode(encoding, "replace").lstrip("\ufeff")
    if b"\x00" in head and encoding == "utf-8":
        raise InputUnsupported("The file is of an unknown binary kind.")
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    start = text.lstrip()[:200].lower()
    if start.startswith("<?xml"):
        return "application/xml"
    if start.startswith("{") and '"' in start and suffix != ".txt":
        return "application/json"
    if start.startswith(("<!doctype html", "<html")):
        return "text/html"
    return "text/plain"
