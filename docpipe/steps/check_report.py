"""Checks a report that people wrote against its data: the study read or taken as kept, every number bound, what contradicts the data told. Imports writing.

The report is a stranger's file: it is read, and written with notes, in child processes with limits.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docpipe import __version__
from docpipe.errors import InputEmpty, InputMissing, InputUnsupported, TooLarge, UnknownName
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.report import PieceKind, ReportText
from docpipe.prompts import DRAFTED, names, text_of
from docpipe.safe.budget import DEFAULT
from docpipe.safe.child import call
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX, PDF, sniff
from docpipe.settings import Settings
from docpipe.steps.collect import Submitted
from docpipe.steps.draft_orders import gathered
from docpipe.steps.kept_studies import Said, study_for
from docpipe.steps.reading import limits
from docpipe.steps.report_shown import FindingObject, listed
from docpipe.writing.checking import named
from docpipe.writing.doctype import DocumentType, parse_type

READABLE = (DOCX, DOCM, DOTX, DOTM, PDF)
_WORDS_A_PAGE, _ROWS_A_PAGE = 350, 35
FINDINGS = "findings.jsonl"
"""Among the files that are written of a check."""
_LEAST_FOUND = 0.5
"""Of a report and its own data far more numbers are found; of one with the data of another study, the fewest."""
NUMBERS = ("numbers", "bound", "recomputed", "allowed", "not_found", "contradicted")
"""What is counted of a report's numbers, in the order in which it is told."""


@dataclass(frozen=True)
class CheckedReport:
    """A report as checked. ``pages``: of a PDF, else about how many; ``counts``: its numbers by what became of them (``NUMBERS``).

    ``refused``: sources that say nothing: name, code, why. ``seconds``: for the sources, the report, the check.
    ``doubts``: why the sources may not be those of this report, in sentences.
    """

    name: str
    sha256: str
    media_type: str
    type: str
    title: str
    pages: int
    counted: bool
    study: str
    version: str
    sources: int
    refused: tuple[tuple[str, str, str], ...]
    counts: Mapping[str, int]
    findings: tuple[FindingObject, ...]
    seconds: Mapping[str, float]
    doubts: tuple[str, ...] = ()
    software: str = f"docpipe {__version__}"

    def summary(self) -> dict[str, Any]:
        """Everything but the findings themselves, as JSON types."""
        by_severity = {s: sum(f["severity"] == s for f in self.findings) for s in ("critical", "major", "minor")}
        by_check: dict[str, int] = {}
        for finding in self.findings:
            by_check[finding["check"]] = by_check.get(finding["check"], 0) + 1
        return {
            "file": self.name, "sha256": self.sha256, "media_type": self.media_type, "type": self.type, "title": self.title, "pages": self.pages, "pages_counted": self.counted,
            "study": self.study, "data_version": self.version, "sources": self.sources,
            "refused": [{"file": n, "code": c, "message": m} for n, c, m in self.refused], "numbers": dict(self.counts),
            "findings": by_severity, "checks": dict(sorted(by_check.items())), "doubts": list(self.doubts), "seconds": dict(self.seconds), "software": self.software,
        }  # fmt: skip


def report_type(settings: Settings, given: str) -> DocumentType:
    """The document type that a report is of: by name, or a file of one's own. Raises ``UnknownName``, ``InputMissing``, ``BadSetting``."""

    def part(name: str) -> bytes:
        base, _, version = name.partition(".v")
        return text_of(base, int(version) if version.isdigit() else None, home=settings.prompts_folder).data

    if given.endswith(".md"):
        path = Path(given)
        if not path.is_file():
            raise InputMissing(f"There is no document type {given}.", path=given)
        return parse_type(path.read_bytes(), path.stem, part)
    try:
        released = text_of(DRAFTED + given, home=settings.prompts_folder)
    except UnknownName as error:
        labels = {
            n.rpartition(".v")[0].removeprefix(DRAFTED) for n in names(settings.prompts_folder) if n.startswith(DRAFTED)
        }
        known = ", ".join(sorted(n for n in labels if "/" not in n))
        raise UnknownName(f"There is no document type {given[:40]}: one of {known}.", type=given[:80]) from error
    return parse_type(released.data, released.label, part)


def report_bytes(path: Path) -> bytes:
    """The bytes of the report. Raises ``InputMissing``, ``InputUnsupported`` (a folder), ``InputEmpty``, ``TooLarge``."""
    if path.is_dir():
        raise InputUnsupported(f"{path} is a folder: name the report itself, a DOCX or PDF file.", path=str(path))
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    if path.stat().st_size > DEFAULT.file_size:
        raise TooLarge(f"{path.name} is larger than {DEFAULT.file_size >> 20} MB.", file=path.name)
    data = path.read_bytes()
    if not data:
        raise InputEmpty(f"{path.name} has no bytes.", file=path.name)
    return data


def sources_given(paths: Sequence[Path], written: Path | None = None) -> list[Submitted]:
    """The files of the sources, without those that an earlier check wrote into the folder ``written``.

    Raises ``InputMissing`` where there is none, ``SameNameTwice``.
    """
    known = written_before(written)
    found = [s for s in gathered(paths) if not known or digest_bytes(s.data) not in known]
    if not found:
        raise InputMissing("There is no source to check the report against.")
    return found


def written_before(folder: Path | None) -> set[Digest]:
    """The digests of what an earlier check wrote into a folder: none of it is a source, also where the folder lies among them."""
    if folder is None or not (folder / FINDINGS).is_file():
        return set()
    return {digest_bytes(p.read_bytes()) for p in folder.iterdir() if p.is_file() and p.stat().st_size}


def read(settings: Settings, data: bytes, name: str) -> ReportText:
    """The report's text with its places, read in a child process. Raises leaves of ``InputRefused``."""
    media_type = sniff(data, name)
    if media_type not in READABLE:
        raise InputUnsupported("A report to check is a DOCX or a PDF file.", file=name, media_type=media_type)
    found = call("docpipe.writing.report.reading:read_report", (data, name, media_type), **limits(settings, data))
    assert isinstance(found, ReportText)
    return found


def check_report(
    settings: Settings,
    data: bytes,
    name: str,
    kind: DocumentType,
    given: Sequence[Submitted],
    off: Collection[str] = (),
    said: Said | None = None,
) -> CheckedReport:
    """The findings on a report, ranked. ``off``: check ids, numbers or families to leave out. ``said``: told of progress.

    Raises leaves of ``InputRefused`` for the report, ``NothingReadable`` where no source says anything.
    """
    from docpipe.writing.report.binding import bind
    from docpipe.writing.report.findings import findings

    tell = said or _silent
    began = time.monotonic()
    tell("read report", 0, 1)
    report = read(settings, data, name)
    tell("read report", 1, 1)
    at_report = time.monotonic()
    kept = study_for(settings, [_not_itself(s, data) for s in given], kind, tell)
    at_study = time.monotonic()
    tell("bind numbers", 0, 1)
    checked = bind(report, kept.study, kept.facts)
    tell("check", 0, 1)
    several = [f for f in findings(checked, kept.study, kind.file) if not named(f.check, off)]
    shown = listed(report, several, kept.study, kept.facts)
    tell("check", 1, 1)
    pages = report.pages or _about(report)
    counts = {k: int(checked.counts.get(k, 0)) for k in NUMBERS}
    seconds = {"report": at_report - began, "sources": at_study - at_report, "check": time.monotonic() - at_study}
    refused = tuple((n, r.code, r.message) for n, r in zip(kept.names, kept.refused, strict=True))
    return CheckedReport(
        name, digest_bytes(data), report.media_type, kind.name, kind.title, pages, bool(report.pages), kept.study.id, kept.study.version,
        len(given), refused, counts, tuple(shown), {k: round(v, 3) for k, v in seconds.items()}, tuple(_doubts(report, kept.study.id, counts)),
    )  # fmt: skip


def _not_itself(source: Submitted, data: bytes) -> Submitted:
    """A source, refused where it is the report: it says nothing against itself."""
    if source.error is not None or source.data != data:
        return source
    return Submitted(source.path, b"", InputUnsupported("This is the report that is checked: no source of it."))


def _doubts(report: ReportText, study: str, counts: Mapping[str, int]) -> Iterator[str]:
    """Why the sources may not be those of this report: silence would look like a report without a mistake."""
    if study and _plain(study) not in _plain(" ".join(p.text for p in report.pieces)):
        yield f"The report does not name the study of the sources, {study}."
    found = counts["bound"] + counts["recomputed"]
    wanted = found + counts["not_found"] + counts["contradicted"]
    if found < wanted * _LEAST_FOUND:
        yield f"{found} of the {wanted} numbers that need a source were found in the data: are these the data of this report?"


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", text.casefold())


def _silent(stage: str, done: int, total: int) -> None:
    return None


def _about(report: ReportText) -> int:
    """About how many pages a Word file has: words of text and rows of tables."""
    words = sum(
        len(p.text.split()) for p in report.pieces if p.kind not in (PieceKind.CELL, PieceKind.HEADER, PieceKind.FOOTER)
    )
    rows = sum(len(t.rows) + 3 for t in report.tables)
    return max(1, round(words / _WORDS_A_PAGE + rows / _ROWS_A_PAGE))
