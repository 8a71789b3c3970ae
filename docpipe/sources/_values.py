"""What readers of data share: encodings of text without a declaration, and the study that a dataset names. Imports the core only."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence

from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice, Value, Variable


def encoding_of(texts: Iterable[bytes]) -> str:
    """The first of ASCII, UTF-8, Windows-1252 and Latin-1 that all texts fit.

    Texts of UTF-8 may be cut inside their last character, as fields of fixed length are, if others are whole: decode them with
    ``errors="replace"``.
    """
    beyond = {t for t in texts if not t.isascii()}
    if not beyond:
        return "ascii"
    cut = {t for t in beyond if not _fits(t, "utf-8")}
    if len(cut) < len(beyond) and all(map(_is_cut_utf_8, cut)):
        return "utf-8"
    return "cp1252" if all(_fits(t, "cp1252") for t in beyond) else "latin-1"


def _is_cut_utf_8(text: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _fits(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def encoding_notice(encoding: str, path: str, locator: str) -> Iterator[SourceNotice]:
    """What to tell when the encoding had to be guessed; nothing for ASCII."""
    if encoding == "ascii":
        return
    severity = Severity.MINOR if encoding == "utf-8" else Severity.MAJOR
    said = f"The file states no encoding: text beyond ASCII was read as {encoding}."
    yield SourceNotice("source.encoding_guessed", severity, said, path, locator)


def study_of(variables: Sequence[Variable], records: Sequence[Sequence[Value]]) -> str:
    """The one study id that the records name in STUDYID, or ""."""
    at = next((i for i, v in enumerate(variables) if v.name.upper() == "STUDYID"), None)
    if at is None:
        return ""
    found = {r[at] for r in records if r[at] is not None}
    only = found.pop() if len(found) == 1 else ""
    return only if isinstance(only, str) else ""
