"""CDISC Dataset-JSON 1.0 and 1.1, as one JSON object or in lines (NDJSON). Imports errors, the core, ``safe`` and its own parts.

Source: CDISC Dataset-JSON v1.0 and v1.1 specifications.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.errors import DataDamaged, TooLarge
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, Source, SourceFile, SourceKind, SourceNotice, Value, Variable
from docpipe.safe.budget import DEFAULT
from docpipe.sources._json import load, text_of
from docpipe.sources._values import study_of

_NUMBERS = {"integer", "decimal", "float", "double"}
_DATES = {"date", "datetime", "time"}
_SEQUENCE = "ITEMGROUPDATASEQ"
"""The first column of early versions, which only counts."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A dataset of either version before its values are looked at."""

    name: str
    label: str
    study: str
    columns: list[dict[str, Any]]
    rows: list[Any]
    stated: Any


class DatasetJsonSource:
    """See ``docpipe.model.protocols.SourceReader``. Empty text and null are None; dates stay ISO 8601 text."""

    name = "dataset-json"
    kind = SourceKind.DATASET
    media_types: tuple[str, ...] = ("application/json", "application/x-ndjson")

    def score(self, data: bytes, name: str) -> int:
        """Sure where the version of Dataset-JSON is stated; early files state none."""
        if b'"datasetJSONVersion"' in data:
            return 95
        return 90 if b'"itemGroupData"' in data and b'"itemData"' in data else 0

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """The datasets, of which version 1.1 has one a file. Raises ``DataDamaged`` or ``TooLarge``."""
        head, rows = _parts(text_of(data))
        tables = _version_1_0(head) if "clinicalData" in head or "referenceData" in head else [_version_1_1(head, rows)]
        return tuple(_dataset(t, file) for t in tables)


def _parts(text: str) -> tuple[dict[str, Any], list[Any]]:
    """The description, and the records: of one JSON object, or of lines of which the first are objects."""
    head, rest = _first_line(text)
    if rest is None:
        if not isinstance(head, dict):
            raise DataDamaged("The file is no Dataset-JSON: it does not begin with an object.")
        lines = "rows" not in head and "columns" in head  # without records
        described = lines or "clinicalData" in head or "referenceData" in head
        return head, [] if described else _list(head, "rows")
    rows: list[Any] = []
    for number, line in enumerate(rest.split("\n"), 2):
        if line.strip():
            value = load(line, line=number)
            if isinstance(value, dict) and not rows:
                head |= value  # early files describe their columns in a line of their own
            else:
                rows.append(value)
    return head, rows


def _first_line(text: str) -> tuple[Any, str | None]:
    """The object in the first line and the lines after it, or the whole file's value and None."""
    line, _, rest = text.partition("\n")
    if rest.strip() and line.rstrip().endswith("}"):
        with contextlib.suppress(DataDamaged):
            head = load(line, line=1)
            if isinstance(head, dict):
                return head, rest
    return load(text), None


def _list(parent: dict[str, Any], key: str) -> list[Any]:
    found = parent.get(key)
    if not isinstance(found, list):
        raise DataDamaged(f"The Dataset-JSON lacks its list of {key}.")
    return found


def _version_1_1(head: dict[str, Any], rows: list[Any]) -> _Table:
    name, label, study = (_text(head, key) for key in ("name", "label", "studyOID"))
    columns, rows = _without_sequence(_objects(_list(head, "columns")), rows)
    return _Table(name, label, study, columns, rows, head.get("records"))


def _version_1_0(head: dict[str, Any]) -> list[_Table]:
    tables = []
    for part in ("clinicalData", "referenceData"):
        data = head.get(part, {})
        groups = data.get("itemGroupData", {}) if isinstance(data, dict) else {}
        for group in groups.values() if isinstance(groups, dict) else ():
            if not isinstance(group, dict):
                raise DataDamaged("A dataset of the Dataset-JSON is no object.")
            columns, rows = _without_sequence(_objects(_list(group, "items")), _list(group, "itemData"))
            name, label = (_text(group, key) for key in ("name", "label"))
            tables.append(_Table(name, label, _text(data, "studyOID"), columns, rows, group.get("records")))
    if not tables:
        raise DataDamaged("The Dataset-JSON holds no dataset.")
    return tables


def _without_sequence(columns: list[dict[str, Any]], rows: list[Any]) -> tuple[list[dict[str, Any]], list[Any]]:
    if columns and _text(columns[0], "name") == _SEQUENCE:
        return columns[1:], [r[1:] if isinstance(r, list) else r for r in rows]
    return columns, rows


def _objects(items: list[Any]) -> list[dict[str, Any]]:
    if not all(isinstance(i, dict) for i in items):
        raise DataDamaged("A column of the Dataset-JSON is no object.")
    return items


def _text(parent: dict[str, Any], key: str) -> str:
    found = parent.get(key)
    return found if isinstance(found, str) else ""


def _dataset(table: _Table, file: SourceFile) -> Dataset:
    variables = tuple(_variable(c, at, table.rows) for at, c in enumerate(table.columns))
    if not table.name or not all(v.name for v in variables):
        raise DataDamaged("The Dataset-JSON does not name its dataset or one of its columns.")
    if len({v.name.upper() for v in variables}) < len(variables):
        raise DataDamaged("Two columns of the Dataset-JSON have the same name.")
    if len(table.rows) * len(variables) > DEFAULT.dataset_cells:
        raise TooLarge("A dataset has too many values.", records=len(table.rows), limit=DEFAULT.dataset_cells)
    if type(table.stated) is int and table.stated != len(table.rows):
        raise DataDamaged(
            "A dataset has fewer or more records than it states.", stated=table.stated, found=len(table.rows)
        )
    odd: dict[int, list[int]] = {}
    records = tuple(_record(row, number, variables, odd) for number, row in enumerate(table.rows, 1))
    notices = tuple(_odd(odd, variables, table.name, file.path))
    study = study_of(variables, records) or table.study
    return Dataset(
        replace(file, kind=SourceKind.DATASET, study=study), table.name, table.label, variables, records, notices
    )


def _variable(column: dict[str, Any], at: int, rows: list[Any]) -> Variable:
    """Dates are text in ISO 8601, or the numbers that they are in SAS where a file gives them so."""
    stated = _text(column, "dataType") or _text(column, "type")
    number = stated in _NUMBERS
    if stated in _DATES:
        number = any(type(r[at]) in (int, float) for r in rows if isinstance(r, list) and at < len(r))
    kind = "number" if number else "text"
    length = column.get("length")
    form = _text(column, "displayFormat")
    return Variable(
        _text(column, "name"), _text(column, "label"), kind, length if type(length) is int and length > 0 else 0, form
    )


def _record(row: Any, number: int, variables: Sequence[Variable], odd: dict[int, list[int]]) -> tuple[Value, ...]:
    if not isinstance(row, list) or len(row) != len(variables):
        raise DataDamaged("A record of the Dataset-JSON has not one value a column.", record=number)
    values: list[Value] = []
    for at, (value, variable) in enumerate(zip(row, variables, strict=True)):
        found, fits = _value(value, variable.kind)
        if not fits:
            odd.setdefault(at, []).append(number)
        values.append(found)
    return tuple(values)


def _value(value: Any, kind: str) -> tuple[Value, bool]:
    """The value, and whether it is of the kind that its column states. Decimals come as text, by the standard."""
    if value is None or value == "":
        return None, True
    if isinstance(value, bool):
        return ("true" if value else "false"), kind == "text"
    if isinstance(value, (list, dict)):
        raise DataDamaged("A value of the Dataset-JSON is neither text nor number.")
    if kind == "text":
        return (value, True) if isinstance(value, str) else (str(value), False)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return str(value), False
    return (number, True) if math.isfinite(number) else (str(value), False)


def _odd(odd: dict[int, list[int]], variables: Sequence[Variable], dataset: str, path: str) -> Iterator[SourceNotice]:
    for at, records in sorted(odd.items()):
        name = variables[at].name
        said = f"{len(records)} value(s) of {name} are not of the type that the column states."
        place = f"dataset:{dataset}#{records[0]}/{name}"
        yield SourceNotice("source.value_type", Severity.MAJOR, said, path, place)


SOURCE = DatasetJsonSource()
