"""Two versions of the public pilot study's data: a few records differ, and every table is computed from its own version. Never committed: made in a folder of the run.

Left out of both: what ``perturb`` leaves out but PDF files, which stay as they are.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perturb_tables import tables
from transport import Cell, Column, Missing, library, member

from docpipe.model.source import Dataset, Display, Source, Value

Record = dict[str, Value]
_LEFT_OUT = re.compile(r"tlf/|ars-.*\.json$|shell-")
_LEFT = ("DCDECOD", "DCREASCD", "DISCONFL", "DSRAEFL")


@dataclass(frozen=True)
class Bump:
    """Folders of both versions, and what was changed: dataset, subject, variable, old and new value."""

    before: Path
    after: Path
    changed: tuple[tuple[str, str, str, Value, Value], ...]


def bump(folder: Path, sources: Sequence[Source], out: Path) -> Bump:
    """Writes both versions of ``folder``, whose sources are read already, below ``out``."""
    data = {s.name.upper(): s for s in sources if isinstance(s, Dataset)}
    rows = {n: [dict(zip((v.name for v in d.variables), r, strict=True)) for r in d.records] for n, d in data.items()}
    shown = [s for s in sources if isinstance(s, Display) and re.fullmatch(r"tlf/.*\.rtf", s.file.path)]
    before, after = out / "v1", out / "v2"
    for place in (before, after):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            if not _LEFT_OUT.match(name):
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place / name)
    changed = _changes(rows)
    for name in dict.fromkeys(c[0] for c in changed):
        (after / data[name].file.path).write_bytes(_written(data[name], rows[name]))
    for place in (before, after):
        tables(shown, place, str)
    return Bump(before, after, tuple(changed))


def _changes(rows: dict[str, list[Record]]) -> list[tuple[str, str, str, Value, Value]]:
    """Two subjects of different arms change places in why they left; one event becomes moderate; one subject is two years older."""
    level = {str(r["USUBJID"]): r for r in rows["ADSL"]}
    ended = {str(r["USUBJID"]): r for r in rows["DS"] if r["DSCAT"] == "DISPOSITION EVENT"}

    def left(reason: str, arm: str) -> str:
        return min(
            s for s, r in level.items() if r["DCDECOD"] == reason and r["COMP24FL"] != "Y" and arm in str(r["TRT01P"])
        )

    one, other = left("ADVERSE EVENT", "High"), left("WITHDRAWAL BY SUBJECT", "Placebo")
    found: list[tuple[str, str, str, Value, Value]] = []

    def put(dataset: str, record: Record, name: str, value: Value) -> None:
        if name in record and record[name] != value:
            found.append((dataset, str(record["USUBJID"]), name, record[name], value))
            record[name] = value

    for dataset, side, names in (("ADSL", level, _LEFT), ("DS", ended, ("DSTERM", "DSDECOD"))):
        for name in names:
            a, b = side[one].get(name), side[other].get(name)
            put(dataset, side[one], name, b)
            put(dataset, side[other], name, a)
    event = next(r for r in rows["ADAE"] if r["AESEV"] == "MILD" and r["TRTEMFL"] == "Y" and r["AESER"] != "Y")
    for dataset in ("AE", "ADAE"):
        for record in rows[dataset]:
            if (record["USUBJID"], record["AESEQ"]) == (event["USUBJID"], event["AESEQ"]):
                put(dataset, record, "AESEV", "MODERATE")
    older = min(
        s
        for s, r in level.items()
        if isinstance(r["AGE"], float) and 66 <= r["AGE"] <= 76 and "Low" in str(r["TRT01P"])
    )
    age = level[older]["AGE"]
    assert isinstance(age, float)
    for dataset in ("ADSL", "DM", "ADAE", "ADQSCIBC", "ADTTE"):
        for record in rows.get(dataset, ()):
            if str(record.get("USUBJID")) == older:
                put(dataset, record, "AGE", age + 2)
    return found


def _written(data: Dataset, rows: list[Record]) -> bytes:
    columns = []
    for v in data.variables:
        width = max([1, *(len(str(r[v.name] or "").encode()) for r in rows)]) if v.kind == "text" else 8
        form = (v.format.rstrip("0123456789."), 9, 0) if v.format.upper().startswith("DATE") else ("", 0, 0)
        columns.append(Column(v.name, v.kind, width, v.label, form))
    cells: list[list[Cell]] = [
        [(Missing() if v.kind == "number" else "") if (x := r[v.name]) is None else x for v in data.variables]
        for r in rows
    ]
    return library(member(data.name, columns, cells, label=data.label))
