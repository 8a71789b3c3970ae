"""CSV and TSV: datasets (a header of variable names) and tables of results (anything else). Imports errors, the core, ``safe``.

Source: RFC 4180. The delimiter must be plain from the content; what does not fit the header is refused, not guessed at.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from docpipe.errors import DataDamaged, TooLarge
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, Source, SourceFile, SourceKind, SourceNotice, Value, Variable
from docpipe.safe.budget import DEFAULT
from docpipe.sources._values import encoding_notice, encoding_of, study_of

TSV = "text/tab-separated-values"
_DELIMITERS = ",;\t|"
_WIDTH = 1440
"""What a column counts for where displays measure in twips."""
_LOOKED_AT = 500
"""Rows that decide on the delimiter."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
_KEYS = {"STUDYID", "USUBJID", "SUBJID"}
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?")
_MISSING = {".", "NA"}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class CsvSource:
    """See ``docpipe.model.protocols.SourceReader``. A dataset is named by its file; blank cells are None.

    A column is a number's where all its values are plain numbers (``.`` and ``NA`` are missing then) and it is no identifier.
    """

    name = "csv"
    kind = SourceKind.DATASET
    media_types: tuple[str, ...] = ("text/csv", TSV)

    def score(self, data: bytes, name: str) -> int:
        """No content is surely CSV: whatever knows better comes first."""
        return 40

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """A dataset, or the displays of a table. Raises ``DataDamaged``, ``TooLarge`` or ``NoTable``."""
        if len(data) > DEFAULT.file_size:
            raise TooLarge("The file is larger than the limit.", bytes=len(data), limit=DEFAULT.file_size)
        text, encoding = _decoded(data)
        rows = _rows(text, _delimiter(text, file.media_type))
        notices = list(encoding_notice(encoding, file.path, ""))
        if not text.endswith(("\n", "\r")):
            said = "The last line has no end: the file may be cut off there."
            notices.append(SourceNotice("source.no_final_newline", Severity.MINOR, said, file.path))
        if _is_dataset(rows[0]):
            return (_dataset(rows, file, notices),)
        return _displays(rows, file, notices)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and the encoding where it was guessed ("ascii" where it was stated)."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), "ascii"
            except UnicodeDecodeError:
                raise DataDamaged(
                    "The bytes do not fit the encoding that the file states.", encoding=encoding
                ) from None
    if b"\0" in data:
        raise DataDamaged("The file holds NUL bytes and is no text.")
    encoding = encoding_of([data])
    return data.decode(encoding), encoding


def _delimiter(text: str, media_type: str) -> str:
    """The one delimiter that makes the same columns of all rows, or of all but lines of text. Raises ``DataDamaged``."""
    if media_type == TSV:
        return "\t"
    even, uneven = [], []
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(len(r) for r in islice(_parsed(text, delimiter), _LOOKED_AT))
        except DataDamaged:
            continue
        width = max(widths, default=1)
        if width > 1 and set(widths) == {width}:
            even.append(delimiter)
        elif width > 1 and set(widths) <= {1, width} and widths[width] >= 2:
            uneven.append(delimiter)
    found = even or uneven
    if len(found) != 1:
        raise DataDamaged(
            "The columns of the CSV file cannot be told apart: rows differ in length, or several delimiters would do.",
            delimiters=len(found),
        )
    return found[0]


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from (r for r in rows if r)
    except csv.Error:
        raise DataDamaged("A quoted value of the CSV file is damaged, or cut off.", line=rows.line_num) from None


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in _parsed(text, delimiter):
        cells += len(row)
        if cells > DEFAULT.dataset_cells:
            raise TooLarge("A dataset has too many values.", records=len(rows), limit=DEFAULT.dataset_cells)
        rows.append(row)
    if not rows:
        raise DataDamaged("The CSV file has no rows.")
    return rows


def _is_dataset(header: Sequence[str]) -> bool:
    """Names of variables throughout, and either keys of subjects or studies among them or all in capitals."""
    if not all(_NAME.fullmatch(name) for name in header):
        return False
    return bool(_KEYS & {n.upper() for n in header}) or all(n == n.upper() for n in header)


def _dataset(rows: list[list[str]], file: SourceFile, notices: list[SourceNotice]) -> Dataset:
    header, body = rows[0], rows[1:]
    if len({n.upper() for n in header}) < len(header):
        raise DataDamaged("Two columns of the CSV file have the same name.")
    for number, row in enumerate(body, 1):
        if len(row) != len(header):
            raise DataDamaged("A record of the CSV file has not one value a column.", record=number)
    stem = PurePosixPath(file.path.replace("\\", "/")).stem
    name = stem.upper() if _NAME.fullmatch(stem) else stem
    variables: list[Variable] = []
    columns: list[list[Value]] = []
    for at, title in enumerate(header):
        texts = [row[at] for row in body]
        number = not title.upper().endswith("ID") and _is_number(texts)
        longest = max(map(len, texts), default=0)
        variables.append(Variable(title, "", "number" if number else "text", 8 if number else longest))
        table: dict[str, Value] = {t: _value(t, number) for t in set(texts)}
        columns.append([table[t] for t in texts])
        marked = sum(t.strip() in _MISSING for t in texts) if number else 0
        if marked:
            said = f"{marked} value(s) of {title} stand as . or NA and were read as missing."
            notices.append(SourceNotice("source.csv_missing", Severity.MINOR, said, file.path, f"dataset:{name}"))
    records = tuple(zip(*columns, strict=True))
    study = study_of(variables, records) or file.study
    return Dataset(
        replace(file, kind=SourceKind.DATASET, study=study), name, "", tuple(variables), records, tuple(notices)
    )


def _is_number(texts: Sequence[str]) -> bool:
    """Some value is a number and no value anything else; numbers with leading zeros are codes."""
    found = {t.strip() for t in texts} - _MISSING - {""}
    return bool(found) and all(_NUMBER.fullmatch(t) for t in found)


def _value(text: str, number: bool) -> Value:
    if not text.strip():
        return None
    if not number:
        return text
    return None if text.strip() in _MISSING else float(text)


def _displays(rows: list[list[str]], file: SourceFile, notices: list[SourceNotice]) -> tuple[Source, ...]:
    """Rows with nothing but their first cell before and after the table are lines of text: titles and footnotes."""
    from docpipe.sources.displays import displays_of
    from docpipe.sources.printed.page import Cell, Item, Line, Printed, Row, Section, Table

    wide = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row[1:])]
    first, last = (wide[0], wide[-1] + 1) if wide else (0, 0)
    table = Table(
        tuple(
            Row(tuple(Cell(cell, at * _WIDTH, (at + 1) * _WIDTH) for at, cell in enumerate(row)), head=number == 0)
            for number, row in enumerate(rows[first:last])
        )
    )
    above = tuple(Line(row[0]) for row in rows[:first])
    below = tuple(Line(row[0]) for row in rows[last:])
    body: tuple[Item, ...] = (*above, table, *below) if wide else above + below
    file = replace(file, kind=SourceKind.DISPLAY)
    return displays_of(Printed((Section((), body, ()),), notices=tuple(notices)), file)


SOURCE = CsvSource()
