"""What readers of data share: encodings of text without a declaration, and the study that a dataset names. Imports the core only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice, Value, Variable

_GUESSES = ("ascii", "utf-8", "cp1252", "latin-1")


def encoding_of(texts: Iterable[bytes]) -> str:
    """The first of ASCII, UTF-8, Windows-1252 and Latin-1 that all texts fit."""
    at = 0
    seen: list[bytes] = []
    for text in texts:
        if text.isascii():
            continue
        seen.append(text)
        while not _fits(text, _GUESSES[at]):
            at += 1
            while at < len(_GUESSES) - 1 and not all(_fits(t, _GUESSES[at]) for t in seen):
                at += 1
    return _GUESSES[at]


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
