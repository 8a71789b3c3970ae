"""SAS transport files: what is written is read back, damage is refused, real files give what is known of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transport import Cell, Column, Missing, ibm, library, member

from docpipe.errors import DataDamaged, InputRefused
from docpipe.model.canonical import digest_bytes
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, SourceFile, SourceKind
from docpipe.registry import source_for, source_target
from docpipe.safe.child import call
from docpipe.safe.sniff import sniff
from docpipe.sources._ibm import from_ibm
from docpipe.sources.xpt import SOURCE

NAME = Column("USUBJID", length=11, label="Unique Subject Identifier")
AGE = Column("AGE", "number", label="Age", form=("", 8, 1))
DAY = Column("TRTSDT", "number", label="First Exposure", form=("DATE", 9, 0))
RECORDS: list[list[Cell]] = [["01-701-1015", 63.0, 19725.0], ["01-701-1023", Missing(), Missing("A")]]


def read(data: bytes, path: str = "a.xpt") -> tuple[Dataset, ...]:
    file = SourceFile(path, digest_bytes(data), "application/x-sas-xport", SourceKind.DATASET)
    found = SOURCE.read(data, file)
    assert all(isinstance(d, Dataset) for d in found)
    return tuple(d for d in found if isinstance(d, Dataset))


def only(data: bytes) -> Dataset:
    (dataset,) = read(data)
    return dataset


# ---------------------------------------------------------------- numbers


@given(st.floats(min_value=1e-78, max_value=7e75) | st.floats(min_value=-7e75, max_value=-1e-78) | st.just(0.0))
def test_every_double_in_range_comes_back_from_ibm_floating_point_as_it_was(value: float) -> None:
    assert from_ibm(ibm(value)) == value


@given(st.integers(0, 2**64 - 1), st.integers(2, 8))
def test_any_bytes_are_the_nearest_double_to_what_they_say(bits: int, length: int) -> None:
    raw = bits.to_bytes(8, "big")[:length]
    found = from_ibm(raw)
    if found is None:
        assert chr(raw[0]) in "._ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        assert not any(raw[1:])
        return
    exact = Fraction(int.from_bytes(raw[1:].ljust(7, b"\0"), "big")) * Fraction(16) ** ((raw[0] & 0x7F) - 64 - 14)
    assert found == float(-exact if raw[0] & 0x80 else exact)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("4110000000000000", 1.0),
        ("c110000000000000", -1.0),
        ("40c0", 0.75),
        ("4276a00000000000", 118.625),
        ("00" * 8, 0.0),
    ],
)
def test_numbers_known_from_the_book(raw: str, value: float) -> None:
    assert from_ibm(bytes.fromhex(raw)) == value


# ---------------------------------------------------------------- tables


def cells(column: Column) -> st.SearchStrategy[Cell]:
    if column.kind == "number":
        return st.floats(-1e60, 1e60).filter(lambda x: x == 0 or abs(x) > 1e-70) | st.sampled_from(
            [Missing(), Missing("_")]
        )
    text = st.text(st.characters(codec="utf-8", exclude_characters=" \0"), max_size=column.length)
    return text.filter(lambda t: len(t.encode()) <= column.length)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[list[Cell]]]:
    kinds = draw(st.lists(st.tuples(st.sampled_from(["text", "number"]), st.integers(1, 40)), min_size=1, max_size=6))
    columns = [Column("KEY", length=3)]
    columns += [Column(f"V{i}", kind, 8 if kind == "number" else n) for i, (kind, n) in enumerate(kinds)]
    rows = draw(st.lists(st.tuples(*(cells(c) for c in columns[1:])), max_size=8))
    return columns, [["k", *row] for row in rows]


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([5, 8]), st.sampled_from([140, 136]))
def test_what_is_written_is_read_back(table: tuple[list[Column], list[list[Cell]]], version: int, size: int) -> None:
    columns, records = table
    dataset = only(library(member("TAB", columns, records, version=version, size=size), version=version))
    assert [(v.name, v.kind, v.length) for v in dataset.variables] == [(c.name, c.kind, c.length) for c in columns]
    wanted = [tuple(None if isinstance(c, Missing) or c == "" else c for c in r) for r in records]
    assert list(dataset.records) == wanted


def test_names_labels_and_formats_are_kept() -> None:
    dataset = only(library(member("ADSL", [NAME, AGE, DAY], RECORDS, label="Subject-Level Analysis")))
    assert (dataset.name, dataset.label) == ("ADSL", "Subject-Level Analysis")
    assert [(v.name, v.label, v.format) for v in dataset.variables] == [
        ("USUBJID", "Unique Subject Identifier", ""), ("AGE", "Age", "8.1"), ("TRTSDT", "First Exposure", "DATE9."),
    ]  # fmt: skip
    assert dataset.place(1, "AGE").locator == "dataset:ADSL#2/AGE"


def test_missing_for_a_reason_is_told_with_its_letter() -> None:
    dataset = only(library(member("ADSL", [NAME, AGE, DAY], RECORDS)))
    assert dataset.records[1] == ("01-701-1023", None, None)
    (notice,) = dataset.notices
    assert (notice.code, notice.locator) == ("source.special_missing", "dataset:ADSL#2/TRTSDT")
    assert ".A" in notice.message


def test_long_names_and_labels_of_version_8_are_read() -> None:
    column = Column(
        "A_LONG_NAME_OF_A_VARIABLE", "number", label="A label of more than forty characters, as version 8 may have"
    )
    dataset = only(library(member("A_LONG_DATASET", [NAME, column], [["x", 1.5]], version=8, stated=1), version=8))
    assert dataset.name == "A_LONG_DATASET"
    assert (dataset.variables[1].name, dataset.variables[1].label) == (column.name, column.label)
    assert dataset.records == (("x", 1.5),)


def test_all_members_of_a_file_are_read() -> None:
    data = library(
        member("DM", [NAME], [["a"]] * 3), member("AE", [NAME, AGE], [["a", 1.0]] * 40), member("EX", [AGE], [])
    )
    assert [(d.name, len(d.records), len(d.variables)) for d in read(data)] == [
        ("DM", 3, 1),
        ("AE", 40, 2),
        ("EX", 0, 1),
    ]


def test_a_long_dataset_is_read_whole_with_every_missing_letter_counted() -> None:
    columns = [Column("A", "number"), Column("B", length=1)]
    start = library(member("T", columns, []))
    cells = [ibm(float(n)) + b"x" for n in range(120_000)]
    cells[110_000] = ibm(Missing("Z")) + b" "
    dataset = only(start + b"".join(cells) + b" " * (-9 * len(cells) % 80))
    assert len(dataset.records) == 120_000
    assert sum(r[0] for r in dataset.records if isinstance(r[0], float)) == sum(range(120_000)) - 110_000
    assert dataset.records[110_000] == (None, None)
    assert [(n.code, n.locator) for n in dataset.notices] == [("source.special_missing", "dataset:T#110001/A")]


@pytest.mark.parametrize("count", range(12))
def test_padding_is_no_record(count: int) -> None:
    assert len(only(library(member("T", [Column("A", length=7)], [["x"]] * count))).records) == count


def test_blank_records_before_the_last_block_are_records() -> None:
    dataset = only(library(member("T", [Column("A", length=40)], [["x"], [""], [""], ["y"]])))
    assert [r[0] for r in dataset.records] == ["x", None, None, "y"]


@pytest.mark.parametrize(
    ("encoding", "text", "guessed", "severity"),
    [
        ("utf-8", "Größe µg", "utf-8", Severity.MINOR),
        ("cp1252", "Größe – µg", "cp1252", Severity.MAJOR),
        ("latin-1", "a\x81\xb5", "latin-1", Severity.MAJOR),
    ],
)
def test_text_beyond_ascii_is_read_and_the_guess_told(
    encoding: str, text: str, guessed: str, severity: Severity
) -> None:
    column = Column("A", length=20, label="µ")
    dataset = only(library(member("T", [column], [[text], ["plain"]], encoding=encoding)))
    assert dataset.records[0] == (text,)
    assert dataset.variables[0].label == "µ"
    (notice,) = dataset.notices
    assert notice.severity is severity
    assert guessed in notice.message


def test_utf_8_that_is_cut_by_the_length_of_its_field_stays_utf_8_and_is_told() -> None:
    column = Column("A", length=5)
    dataset = only(library(member("T", [column], [["嘔吐".encode()], ["悪心"[:1]], ["x"]])))
    assert [r[0] for r in dataset.records] == ["嘔\ufffd", "悪", "x"]
    assert [(n.code, n.locator) for n in dataset.notices] == [
        ("source.encoding_guessed", "dataset:T"), ("source.text_cut", "dataset:T#1/A"),
    ]  # fmt: skip


# ---------------------------------------------------------------- damage


WHOLE = library(member("ADSL", [NAME, AGE, DAY, Column("SEX", length=1)], [["01-701-1015", 63.0, 1.0, "F"]] * 30))


@pytest.mark.parametrize("cut", [1, 79, 80, 200, 400, 470, 800, 1000, 1100, 1190, 1300, len(WHOLE) - 100])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(DataDamaged):
        read(WHOLE[:cut])


def test_a_cut_at_the_very_end_of_a_record_is_told() -> None:
    start = WHOLE.index(b"OBS     ") + 60
    (dataset,) = read(WHOLE[: start + 28 * 11])
    assert len(dataset.records) == 11
    assert [n.code for n in dataset.notices] == ["source.xpt_unpadded"]


def test_a_count_that_the_file_states_must_be_true() -> None:
    with pytest.raises(DataDamaged):
        read(library(member("T", [NAME], [["a"]] * 3, version=8, stated=4), version=8))


@pytest.mark.parametrize(
    "columns",
    [
        [Column("A", "number", 1)],
        [Column("A", length=0)],
        [Column("A"), Column("a")],
        [],
    ],
)
def test_descriptions_that_cannot_be_are_refused(columns: list[Column]) -> None:
    with pytest.raises(DataDamaged):
        read(library(member("T", columns, [["x"] * len(columns)]) + b"x" * 80))


def test_a_file_changed_by_a_text_mode_transfer_is_refused() -> None:
    with pytest.raises(DataDamaged):
        read(WHOLE.replace(b"  HEADER", b"\r\n  HEADER").replace(b"0  ", b"0 \r\n"))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_bytes_changed_anywhere_are_read_or_refused_by_name(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, byte in changes:
        data[at] = byte
    with contextlib.suppress(InputRefused):
        read(bytes(data))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_after_a_good_beginning_are_refused_by_name(rest: bytes) -> None:
    with pytest.raises(InputRefused):
        read(WHOLE[:240] + rest)


# ---------------------------------------------------------------- real files


PILOT = {
    "adam/adae": (1191, 55), "adam/adqscibc": (730, 36), "adam/adsl": (254, 48), "adam/adtte": (254, 26),
    "sdtm/ae": (1191, 35), "sdtm/dm": (306, 25), "sdtm/ds": (596, 13), "sdtm/ex": (591, 17), "sdtm/mh": (1818, 19),
    "sdtm/relrec": (234, 7), "sdtm/sc": (254, 14), "sdtm/se": (752, 9), "sdtm/suppae": (1191, 10), "sdtm/suppds": (3, 10),
    "sdtm/sv": (3559, 8), "sdtm/ta": (8, 10), "sdtm/te": (7, 7), "sdtm/ti": (31, 6), "sdtm/ts": (33, 6), "sdtm/tv": (21, 9),
}  # fmt: skip
SEND = {"cl": (78, 20), "dm": (18, 12), "ds": (18, 12), "ex": (18, 14), "re": (270, 28), "se": (36, 8), "ta": (6, 9),
        "te": (4, 7), "ts": (69, 8), "tx": (34, 8)}  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "study", "sizes"), [("cdiscpilot01", "CDISCPILOT01", PILOT), ("send-cj16050", "CJ16050", SEND)]
)
def test_real_studies_are_read_whole(
    shared: Callable[[str], Path], folder: str, study: str, sizes: dict[str, tuple[int, int]]
) -> None:
    root = shared(f"data/{folder}")
    assert {str(p.relative_to(root).with_suffix("")) for p in root.rglob("*.xpt")} == set(sizes)
    for name, size in sizes.items():
        dataset = only((root / f"{name}.xpt").read_bytes())
        assert (len(dataset.records), len(dataset.variables)) == size, name
        assert dataset.file.study == study
        assert dataset.name == name.rpartition("/")[2].upper()


def test_known_figures_of_the_pilot_study_come_out_of_its_datasets(shared: Callable[[str], Path]) -> None:
    dataset = only((shared("data/cdiscpilot01") / "adam/adsl.xpt").read_bytes())
    at = {v.name: i for i, v in enumerate(dataset.variables)}
    arms = {
        arm: [r for r in dataset.records if r[at["TRT01A"]] == arm]
        for arm in {r[at["TRT01A"]] for r in dataset.records}
    }
    assert {arm: len(r) for arm, r in arms.items()} == {
        "Placebo": 86,
        "Xanomeline Low Dose": 84,
        "Xanomeline High Dose": 84,
    }
    ages = [r[at["AGE"]] for r in arms["Placebo"]]
    assert round(sum(a for a in ages if isinstance(a, float)) / 86, 1) == 75.2
    assert dataset.variables[at["AGE"]].label == "Age"


def test_the_child_process_gives_the_same_as_the_reader(shared: Callable[[str], Path]) -> None:
    data = (shared("data/cdiscpilot01") / "sdtm/ts.xpt").read_bytes()
    media_type = sniff(data, "ts.xpt")
    reader = source_for(media_type, data, "ts.xpt")
    assert reader is SOURCE
    file = SourceFile("ts.xpt", digest_bytes(data), media_type, reader.kind)
    assert call(source_target(reader), (data, file)) == SOURCE.read(data, file)
