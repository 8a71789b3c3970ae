"""CSV files: datasets by their header, tables of results otherwise; nothing is guessed that may be wrong."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import DataDamaged, InputRefused, NoTable
from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Dataset, Display, Source, SourceFile, SourceKind
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.csv_data import SOURCE


def read(text: str | bytes, path: str = "adam/adsl.csv") -> tuple[Source, ...]:
    data = text.encode() if isinstance(text, str) else text
    media_type = "text/tab-separated-values" if path.endswith(".tsv") else "text/csv"
    return SOURCE.read(data, SourceFile(path, digest_bytes(data), media_type, SourceKind.DATASET))


def dataset(text: str | bytes, path: str = "adam/adsl.csv") -> Dataset:
    (found,) = read(text, path)
    assert isinstance(found, Dataset)
    return found


def test_a_header_of_variable_names_makes_a_dataset() -> None:
    found = dataset("STUDYID,USUBJID,AGE,SITEID,BMI\nS1,S1-001,63,007,25.10\nS1,S1-002,,701,.\n")
    assert (found.name, found.file.study) == ("ADSL", "S1")
    assert [(v.name, v.kind) for v in found.variables] == [
        ("STUDYID", "text"), ("USUBJID", "text"), ("AGE", "number"), ("SITEID", "text"), ("BMI", "number"),
    ]  # fmt: skip
    assert found.records == (("S1", "S1-001", 63.0, "007", 25.1), ("S1", "S1-002", None, "701", None))
    assert [n.code for n in found.notices] == ["source.csv_missing"]


@pytest.mark.parametrize(
    "value", ["1,5", "0123", "1e", ".", "--1", "1 2", "12345678901234567890", "inf", "nan", "1_000", "٣", "1e999"]
)
def test_what_is_no_plain_number_stays_text(value: str) -> None:
    found = dataset(f'USUBJID,A\nx,"{value}"\n')
    assert found.variables[1].kind == "text"
    assert found.records == (("x", value),)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0.0), ("-0.5", -0.5), (".5", 0.5), ("5.", 5.0), ("+1e-3", 0.001), ("999999999999999", 999999999999999.0)],
)
def test_plain_numbers_are_numbers(text: str, value: float) -> None:
    assert dataset(f"USUBJID,A\nx,{text}\n").records == (("x", value),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "USUBJID,NOTE,AGE\nS1-001,a,63\nS1-002,b,64\n".replace(",", delimiter)
    assert dataset(text).records == (("S1-001", "a", 63.0), ("S1-002", "b", 64.0))


def test_decimal_commas_do_not_hide_the_delimiter() -> None:
    assert dataset("USUBJID;AGE\nx;1,5\ny;2,5\n").records == (("x", "1,5"), ("y", "2,5"))


@pytest.mark.parametrize(
    "text",
    [
        "USUBJID,AGE\nx,1\ny\n",
        "USUBJID,AGE\nx,1\ny,2,3\n",
        'USUBJID,AGE\nx,"1\ny,2\n',
        'USUBJID,AGE\nx,"1"2\ny,2\n',
        "USUBJID,A;B\nx,1;2\n",
        "USUBJID,usubjid\nx,y\n",
        "USUBJID\nx\n",
        "just words\nand more\n",
        "\n\n\n",
        "USUBJID,AGE\nx,\x001\n",
    ],
    ids=["short", "long", "open quote", "bad quote", "two ways", "name twice", "one column", "text", "blank", "nul"],
)
def test_what_cannot_be_told_apart_is_refused(text: str) -> None:
    with pytest.raises(DataDamaged):
        read(text)


@pytest.mark.parametrize(
    ("data", "note", "codes"),
    [
        ("USUBJID,A\nx,µg\n".encode(), "µg", ["source.encoding_guessed"]),
        ("USUBJID,A\nx,µg\n".encode("utf-8-sig"), "µg", []),
        ("USUBJID,A\nx,µg\n".encode("utf-16"), "µg", []),
        ("USUBJID,A\nx,µg\n".encode("cp1252"), "µg", ["source.encoding_guessed"]),
        (b"USUBJID,A\r\nx,a", "a", ["source.no_final_newline"]),
    ],
    ids=["utf-8", "marked utf-8", "utf-16", "cp1252", "no end"],
)
def test_encodings_are_taken_from_the_file_or_told(data: bytes, note: str, codes: list[str]) -> None:
    found = dataset(data)
    assert found.records == (("x", note),)
    assert [n.code for n in found.notices] == codes


TABLE = """Protocol: S1,,
Table 14-2.01,,
Summary of Demographics (Safety Population),,
,Placebo (N=86),High Dose (N=84)
Age (y),,
  n,86,84
  Mean (SD),75.2 (8.59),"74.4 (7.89)"
Sex n(%),,
  Female,53 (61.6),40 (47.6)
Note: as randomised.,,
"""


def test_any_other_header_makes_a_table_of_results() -> None:
    (display,) = read(TABLE, "t.csv")
    assert isinstance(display, Display)
    assert (display.number, display.file.kind) == ("Table 14-2.01", SourceKind.DISPLAY)
    assert [(h.path, h.n) for h in display.columns] == [(("Placebo",), 86), (("High Dose",), 84)]
    rows = {r.path: tuple(c.text for c in r.cells) for r in display.rows}
    assert rows["Age (y)", "Mean (SD)"] == ("75.2 (8.59)", "74.4 (7.89)")
    assert rows["Sex n(%)", "Female"] == ("53 (61.6)", "40 (47.6)")
    assert display.footnotes == ("Note: as randomised.",)


def test_the_same_table_without_commas_after_its_titles() -> None:
    (display,) = read(
        "\n".join(line.rstrip(",") if line.endswith(",,") else line for line in TABLE.split("\n")), "t.csv"
    )
    assert isinstance(display, Display)
    assert display.number == "Table 14-2.01"
    assert [r.path for r in display.rows][:2] == [("Age (y)",), ("Age (y)", "n")]


def test_lines_of_text_are_no_table() -> None:
    with pytest.raises(NoTable):
        read("A title,\nA note,\n", "t.csv")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)] * 2),
        min_size=1,
        max_size=6,
    )
)
def test_quoted_text_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("USUBJID", "NAMEID"), *rows])
    found = dataset(out.getvalue().encode("utf-8-sig"))
    assert found.records == tuple(tuple(t if t.strip() else None for t in row) for row in rows)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    with contextlib.suppress(InputRefused):
        read(data)


def test_its_reader_is_found_by_name() -> None:
    data = b"USUBJID\tAGE\nx\t1\n"
    assert source_for(sniff(data, "dm.tsv"), data, "dm.tsv") is SOURCE
    assert dataset(data, "dm.tsv").records == (("x", 1.0),)


def test_real_tables_of_headings_and_terms_are_read_whole(shared: Callable[[str], Path]) -> None:
    rows = {
        "ich-e3-csr-headings": 119, "ich-m11-codelists": 132, "ich-m11-data-elements": 314, "ich-m11-step4-headings": 158,
        "ich-m4e-r2-headings": 65, "tico19.f_en-fr_XX": 306, "tico19.f_en-zh_CN": 306, "tico19.g_en_ja": 337,
        "tico19.g_en_zh-CN": 337,
    }  # fmt: skip
    paths = [*shared("data/template-facts").glob("*.csv"), *shared("data/parallel").glob("*.csv")]
    found = {}
    for path in paths:
        (display,) = read(path.read_bytes(), path.name)
        assert isinstance(display, Display)
        found[path.stem] = len(display.rows)
    assert found == rows
