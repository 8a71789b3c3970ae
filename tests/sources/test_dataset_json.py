"""Dataset-JSON in both versions and in lines: read as it is, refused where it contradicts itself."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import DataDamaged, InputRefused
from docpipe.model.canonical import digest_bytes
from docpipe.model.sastime import iso_of
from docpipe.model.source import Dataset, SourceFile, SourceKind
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.dataset_json import SOURCE

COLUMNS = [
    {"itemOID": "IT.DM.STUDYID", "name": "STUDYID", "label": "Study Identifier", "dataType": "string", "length": 12},
    {"itemOID": "IT.DM.USUBJID", "name": "USUBJID", "label": "Unique Subject Identifier", "dataType": "string"},
    {"itemOID": "IT.DM.AGE", "name": "AGE", "label": "Age", "dataType": "integer"},
    {"itemOID": "IT.DM.BMI", "name": "BMI", "label": "BMI", "dataType": "decimal", "targetDataType": "decimal"},
    {"itemOID": "IT.DM.RFSTDT", "name": "RFSTDT", "label": "Start", "dataType": "date", "targetDataType": "integer",
     "displayFormat": "E8601DA."},
]  # fmt: skip
ROWS: list[list[Any]] = [["S1", "S1-001", 63, "25.10", "2014-01-02"], ["S1", "S1-002", None, None, ""]]


def version_1_1(**changes: Any) -> dict[str, Any]:
    return {
        "datasetJSONCreationDateTime": "2026-01-01T00:00:00", "datasetJSONVersion": "1.1.0", "studyOID": "O.S1",
        "itemGroupOID": "IG.DM", "records": len(ROWS), "name": "DM", "label": "Demographics", "columns": COLUMNS, "rows": ROWS,
    } | changes  # fmt: skip


def version_1_0() -> dict[str, Any]:
    items = [{"OID": "ITEMGROUPDATASEQ", "name": "ITEMGROUPDATASEQ", "label": "Record", "type": "integer"}]
    items += [{"OID": c["itemOID"], "type": c["dataType"], **c} for c in COLUMNS]
    group = {"records": 2, "name": "DM", "label": "Demographics", "items": items,
             "itemData": [[n, *row] for n, row in enumerate(ROWS, 1)]}  # fmt: skip
    data = {"studyOID": "O.S1", "itemGroupData": {"IG.DM": group}}
    return {"datasetJSONVersion": "1.0.0", "fileOID": "x", "clinicalData": data}


def lines(head: dict[str, Any]) -> bytes:
    rest = {k: v for k, v in head.items() if k != "rows"}
    return "\n".join([json.dumps(rest), *(json.dumps(r) for r in head["rows"])]).encode() + b"\n"


def read(data: bytes | dict[str, Any]) -> Dataset:
    raw = json.dumps(data).encode() if isinstance(data, dict) else data
    (dataset,) = SOURCE.read(raw, SourceFile("dm.json", digest_bytes(raw), "application/json", SourceKind.DATASET))
    assert isinstance(dataset, Dataset)
    return dataset


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(version_1_1()).encode(),
        json.dumps(version_1_1(), indent=2).encode(),
        lines(version_1_1()),
        lines(version_1_1()).replace(b"\n", b"\r\n"),
        json.dumps(version_1_0()).encode(),
    ],
    ids=["1.1", "1.1 indented", "lines", "lines of Windows", "1.0"],
)
def test_all_forms_give_the_same_dataset(data: bytes) -> None:
    dataset = read(data)
    assert (dataset.name, dataset.label, dataset.file.study) == ("DM", "Demographics", "S1")
    assert [(v.name, v.kind) for v in dataset.variables] == [
        ("STUDYID", "text"), ("USUBJID", "text"), ("AGE", "number"), ("BMI", "number"), ("RFSTDT", "text"),
    ]  # fmt: skip
    assert dataset.records == (("S1", "S1-001", 63.0, 25.1, "2014-01-02"), ("S1", "S1-002", None, None, None))
    assert dataset.notices == ()
    assert iso_of(dataset.records[0][4], dataset.variables[4].format) == "2014-01-02"


@pytest.mark.parametrize(
    ("name", "media_type"), [("dm.json", "application/json"), ("dm.ndjson", "application/x-ndjson")]
)
def test_both_kinds_of_file_find_their_reader(name: str, media_type: str) -> None:
    data = lines(version_1_1()) if name.endswith("ndjson") else json.dumps(version_1_1()).encode()
    assert sniff(data, name) == media_type
    assert source_for(media_type, data, name) is SOURCE


def test_the_study_is_the_data_s_own_or_else_the_file_s() -> None:
    columns, rows = COLUMNS[1:], [r[1:] for r in ROWS]
    assert read(version_1_1(columns=columns, rows=rows)).file.study == "O.S1"


def test_values_of_another_type_are_kept_and_told() -> None:
    dataset = read(version_1_1(rows=[["S1", 7, "old", True, None], ROWS[1]]))
    assert dataset.records[0] == ("S1", "7", "old", "true", None)
    assert [(n.code, n.locator) for n in dataset.notices] == [
        ("source.value_type", "dataset:DM#1/USUBJID"),
        ("source.value_type", "dataset:DM#1/AGE"),
        ("source.value_type", "dataset:DM#1/BMI"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"records": 3},
        {"records": 1},
        {"rows": [["S1"], ["S1"]]},
        {"rows": [[["S1"], 1, 2, 3, 4], ROWS[1]]},
        {"rows": {}},
        {"rows": None},
        {"columns": "all"},
        {"columns": [1]},
        {"columns": [COLUMNS[0]] * 5},
        {"name": ""},
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DataDamaged):
        read(version_1_1(**changes))


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(version_1_1()).encode()[:-20],
        lines(version_1_1())[:-10],
        b"[" * 100_000,
        json.dumps(version_1_1()).replace("63", "NaN").encode(),
        json.dumps(version_1_1()).replace("63", "9" * 5000).encode(),
        b'{"datasetJSONVersion": "1.1.0", "name": "A", "name": "B"}',
        b'{"datasetJSONVersion": "1.0.0"}',
        json.dumps(version_1_1()).replace("S1", "\xe9").encode("latin-1").replace(b"\\u00e9", b"\xe9"),
        b"[]",
    ],
    ids=["cut", "cut line", "deep", "NaN", "long number", "key twice", "no data", "latin-1", "list"],
)
def test_what_is_no_json_or_hostile_is_refused(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        read(data)


TEXT = json.dumps(version_1_1())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.binary(min_size=1, max_size=3))
def test_changed_bytes_are_read_or_refused_by_name(at: int, change: bytes) -> None:
    data = TEXT.encode()[:at] + change + TEXT.encode()[at + len(change) :]
    with contextlib.suppress(InputRefused):
        read(data)
