"""Reports that people wrote by hand, with the wrong words beside the right ones: built as DOCX, looked at, and counted what is found and what is said falsely.

A line is a paragraph; ``#T `` is the title, ``# `` and ``## `` headings, ``- `` a list item, ``#TAB `` a caption whose table follows in lines with ``|``. ``[[right||wrong||wrong]]``
holds the words of the correct report and others that the data deny; each wrong one is put in by itself and has to be found in its paragraph or cell by a blocking check.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document

from docpipe.model.finding import Severity
from docpipe.model.report import ReportFinding, ReportText
from docpipe.safe.sniff import DOCX
from docpipe.writing.report.binding import Ready, bind
from docpipe.writing.report.findings import findings
from docpipe.writing.report.reading import read_report
from docpipe.writing.study import StudyData

FOLDER = Path(__file__).parent / "writing" / "reports_of_people"
_CHOICE = re.compile(r"\[\[(.*?)\]\]")
_APART = 2
"""Lines with wrong words in one copy are so far from each other; a table has one a copy."""
_MOST = 14
PAGE = 2500
"""Characters of a page, for rates."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Wrong words: their line, which choice of it, and which of its words."""

    line: int
    choice: int
    option: int


@dataclass(frozen=True, slots=True)
class Written:
    """A report as it was written."""

    name: str
    lines: tuple[str, ...]

    def wrongs(self) -> list[Wrong]:
        """All wrong words."""
        return [
            Wrong(n, i, o)
            for n, line in enumerate(self.lines)
            for i, m in enumerate(_CHOICE.finditer(line))
            for o in range(1, len(m[1].split("||")))
        ]

    def line(self, number: int, chosen: Mapping[tuple[int, int], int]) -> str:
        """A line with the words chosen, the right ones where none are."""
        at = -1

        def pick(m: re.Match[str]) -> str:
            nonlocal at
            at += 1
            return m[1].split("||")[chosen.get((number, at), 0)]

        return _CHOICE.sub(pick, self.lines[number])

    def docx(self, wrong: Sequence[Wrong] = ()) -> bytes:
        """The report as a Word file with some words wrong."""
        chosen = {(w.line, w.choice): w.option for w in wrong}
        document = Document()
        rows: list[list[str]] = []
        for n in range(len(self.lines)):
            text = self.line(n, chosen)
            if "|" in self.lines[n].replace("||", "") and not text.startswith("#"):
                rows.append([c.strip() for c in text.split("|")])
                continue
            _table(document, rows)
            rows = []
            if text.startswith("#TAB "):
                document.add_paragraph(text[5:], style="Caption")
            elif text.startswith("#T "):
                document.add_paragraph(text[3:], style="Title")
            elif text.startswith("#"):
                document.add_heading(text.lstrip("# "), len(text) - len(text.lstrip("#")))
            elif text.startswith("- "):
                document.add_paragraph(text[2:], style="List Bullet")
            elif text:
                document.add_paragraph(text)
        _table(document, rows)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()

    def pages(self) -> float:
        """How long it is."""
        return sum(len(self.line(n, {})) for n in range(len(self.lines))) / PAGE


def _table(document: Any, rows: list[list[str]]) -> None:
    if rows:
        table = document.add_table(len(rows), max(map(len, rows)))
        table.style = "Table Grid"
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text


def written(name: str) -> Written:
    """A report of the folder by its name."""
    return Written(name, tuple((FOLDER / f"{name}.txt").read_text("utf-8").splitlines()))


def together(wrongs: Sequence[Wrong]) -> list[list[Wrong]]:
    """Wrong words that can stand in one copy without hiding each other."""
    groups: list[list[Wrong]] = []
    for wrong in wrongs:
        home = next((g for g in groups if len(g) < _MOST and all(abs(wrong.line - o.line) >= _APART for o in g)), None)
        if home is None:
            groups.append([wrong])
        else:
            home.append(wrong)
    return groups


def measured(
    report: Written, study: StudyData, only: Sequence[Wrong] | None = None, known: Sequence[str] = ()
) -> dict[str, Any]:
    """Recall of blocking findings, false ones on the correct report and what was missed. ``known``: words of messages that are true of the correct report."""
    ready = Ready(study, study.store)

    def look(wrong: Sequence[Wrong]) -> tuple[ReportText, tuple[ReportFinding, ...]]:
        text = read_report(report.docx(wrong), "report", DOCX)
        return text, findings(bind(text, study, ready=ready), study, "csr")

    _, base = look(())
    false = [f for f in base if f.severity is Severity.CRITICAL and not any(k in f.message for k in known)]
    before = {(f.check, f.message, f.text) for f in base}
    wrongs = report.wrongs() if only is None else list(only)
    found: Counter[str] = Counter()
    hits: set[Wrong] = set()
    for group in together(wrongs):
        text, told = look(group)
        new = [f for f in told if f.severity is Severity.CRITICAL and (f.check, f.message, f.text) not in before]
        for wrong in group:
            places = set(_places(report, wrong, text))
            mine = [f.check.partition(".")[0] for f in new if f.piece in places]
            if mine:
                hits.add(wrong)
                found.update(set(mine))
    pages = report.pages()
    return {
        "wrong": len(wrongs), "found": len(hits), "recall": round(len(hits) / max(1, len(wrongs)), 3),
        "false": len(false), "false per 10 pages": round(10 * len(false) / pages, 2), "pages": round(pages, 1), "by check": dict(sorted(found.items())),
        "said falsely": [f"{f.check}: {f.message}" for f in false],
        "missed": [_shown(report, w) for w in wrongs if w not in hits],
    }  # fmt: skip


def _places(report: Written, wrong: Wrong, text: ReportText) -> Iterator[int]:
    """Pieces that hold the wrong words' paragraph, or their cell."""
    line = report.line(wrong.line, {(wrong.line, wrong.choice): wrong.option})
    plain = re.sub(r"^(?:#TAB |#T |#+ |- )", "", line).strip()
    cells = {c.strip() for c in line.split("|")} if "|" in line else set()
    for piece in text.pieces:
        said = piece.text.strip()
        if said and (said == plain or said in cells or (len(said) > 12 and plain.endswith(said))):
            yield piece.id


def _shown(report: Written, wrong: Wrong) -> str:
    m = list(_CHOICE.finditer(report.lines[wrong.line]))[wrong.choice]
    options = m[1].split("||")
    before = _CHOICE.sub(lambda x: x[1].split("||")[0], report.lines[wrong.line][max(0, m.start() - 60) : m.start()])
    return f"{before}[{options[0]} -> {options[wrong.option]}]"
