"""The CDISC pilot's tables: every RTF and DOCX of one display give the same rows, columns and cells, and what their headers say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from docpipe.model.canonical import Digest
from docpipe.model.source import Display, SourceFile, SourceKind
from docpipe.sources.displays import versions
from docpipe.sources.docx_tables import SOURCE as DOCX
from docpipe.sources.rtf_tables import SOURCE as RTF

Shared = Callable[[str], Path]

N3 = (86, 84, 84)
PILOT = {  # rows, value columns, values, N of each column, population, title
    "14-1.01": (5, 4, 20, (*N3, 254), "All Subjects", "Summary of Populations"),
    "14-1.02": (15, 5, 55, (*N3, 254, None), "Intent-to-Treat", "Summary of End of Study Data"),
    "14-1.03": (18, 12, 216, (86, 86, 86, 84, 84, 84, 84, 84, 84, 254, 254, 254), "All Subjects", "Summary of Number of Subjects By Site"),
    "14-2.01": (58, 5, 244, (*N3, 254, None), "Intent-to-Treat", "Summary of Demographic and Baseline Characteristics"),
    "14-3.01": (19, 3, 37, (79, 81, 74), "Efficacy", "Primary Endpoint Analysis: ADAS Cog (11) - Change from Baseline to Week 24 - LOCF"),
    "14-3.02": (11, 3, 19, (79, 81, 74), "Efficacy", "Primary Endpoint Analysis: CIBIC+ - Summary at Week 24 - LOCF"),
    "14-4.01": (12, 6, 72, (60, 28, 30, *N3), "Safety", "Summary of Planned Exposure to Study Drug, as of End of Study"),
    "14-5.01": (254, 8, 1592, (86, 86, 84, 84, 84, 84, None, None), "Safety", "Incidence of Treatment Emergent Adverse Events by Treatment Group"),
    "14-5.02": (4, 8, 26, (86, 86, 84, 84, 84, 84, None, None), "Safety", "Incidence of Treatment Emergent Serious Adverse Events by Treatment Group"),
}  # fmt: skip
KNOWN = {("14-2.01", ("Duration of disease", "Mean"), 0): ("42.6", "42.7")}
"""Where the two files of a display really differ: RTF, DOCX."""


def display(path: Path) -> Display:
    data = path.read_bytes()
    file = SourceFile(path.name, Digest(hashlib.sha256(data).hexdigest()), "", SourceKind.DISPLAY)
    (found,) = (RTF if path.suffix == ".rtf" else DOCX).read(data, file)
    return found


def values(found: Display) -> dict[tuple[tuple[str, ...], int], str]:
    return {(row.path, cell.column): cell.text for row in found.rows for cell in row.cells}


@pytest.mark.parametrize("name", PILOT)
def test_what_a_table_and_its_header_say_is_read(name: str, shared: Shared) -> None:
    found = display(shared("data/cdiscpilot01/tlf") / f"{name}.rtf")
    rows, columns, cells, ns, population, title = PILOT[name]
    assert (found.number, found.title, found.population, found.study) == (
        f"Table {name}",
        title,
        population,
        "CDISCPILOT01",
    )
    assert (len(found.rows), len(found.columns), sum(len(r.cells) for r in found.rows)) == (rows, columns, cells)
    assert tuple(c.n for c in found.columns) == ns
    assert found.produced.startswith(f"Source: programs/t-{name.replace('.', '-')}.R")
    assert found.footnotes
    assert {n.code for n in found.notices} <= {"display.spacers"}


@pytest.mark.parametrize("name", [n for n in PILOT if n != "14-5.01"])
def test_rtf_and_docx_give_the_same_display(name: str, shared: Shared) -> None:
    same_from_both(shared("data/cdiscpilot01/tlf"), name)


@pytest.mark.slow
def test_rtf_and_docx_of_the_longest_table_give_the_same_display(shared: Shared) -> None:
    same_from_both(shared("data/cdiscpilot01/tlf"), "14-5.01")


def same_from_both(folder: Path, name: str) -> None:
    a, b = display(folder / f"{name}.rtf"), display(folder / f"{name}.docx")
    assert (a.number, a.title, a.population, a.study) == (b.number, b.title, b.population, b.study)
    assert (a.columns, a.row_heads, a.footnotes, a.produced) == (b.columns, b.row_heads, b.footnotes, b.produced)
    assert [(r.path, r.depth) for r in a.rows] == [(r.path, r.depth) for r in b.rows]
    left, right = values(a), values(b)
    assert left.keys() == right.keys()
    found = {(name, *at): (left[at], right[at]) for at in left if left[at] != right[at]}
    assert found == {at: both for at, both in KNOWN.items() if at[0] == name}


def test_rows_have_the_paths_that_a_person_sees(shared: Shared) -> None:
    folder = shared("data/cdiscpilot01/tlf")
    events = display(folder / "14-5.01.rtf")
    nausea = next(r for r in events.rows if r.path[-1] == "NAUSEA")
    assert nausea.path == ("GASTROINTESTINAL DISORDERS", "NAUSEA")
    assert [c.text for c in nausea.cells] == [
        "3 ( 3.5%)",
        "[3]",
        "3 ( 3.6%)",
        "[5]",
        "6 ( 7.1%)",
        "[13]",
        ">.99",
        "0.326",
    ]
    assert events.columns[4].path == ("Xanomeline High Dose", "n(%)")
    efficacy = display(folder / "14-3.01.rtf")
    assert ("p-value(Dose Response) [1][2]",) in [r.path for r in efficacy.rows]
    assert ("p-value(Xan - Placebo) [1][3]", "95% CI") in [r.path for r in efficacy.rows]
    sites = display(folder / "14-1.03.rtf")
    assert sites.row_heads == ("Pooled Id", "Site Id")
    assert ("900", "717") in [r.path for r in sites.rows]
    ages = display(folder / "14-2.01.rtf")
    assert ("Age (y)", "<65 yrs") in [r.path for r in ages.rows]


def test_titles_agree_with_the_index_of_titles(shared: Shared) -> None:
    import openpyxl

    folder = shared("data/cdiscpilot01/tlf")
    sheet = openpyxl.load_workbook(folder / "titles.xlsx", read_only=True).worksheets[0]
    texts = {str(v).strip() for row in sheet.iter_rows(values_only=True) for v in row if v is not None}
    for name in PILOT:
        found = display(folder / f"{name}.rtf")
        assert found.title in texts
        assert found.number in texts


def test_versions_of_a_table_are_told(shared: Shared) -> None:
    folder = shared("data/cdiscpilot01/tlf")
    pairs = [display(folder / f"{name}{suffix}") for name in ("14-1.01", "14-2.01") for suffix in (".rtf", ".docx")]
    assert [(n.code, n.path) for n in versions(pairs)] == [
        ("display.same_twice", "14-1.01.docx"), ("display.two_versions", "14-2.01.docx"),
    ]  # fmt: skip
    other = replace(pairs[0], study="ANOTHER", file=replace(pairs[0].file, path="x.rtf"))
    assert not versions([pairs[0], other])


@pytest.mark.parametrize(
    ("name", "number", "title", "shapes"),
    [
        ("shell-demog.rtf", "Table 14.1.1", "Summary of Demographics", [(15, 4), (16, 4)]),
        ("shell-ae-soc-pt.rtf", "Table 14.3.1.1", "Summary of TEAE by System Organ Class and Preferred Term", [(9, 5)]),
    ],
)
def test_shells_are_read_and_called_shells(
    name: str, number: str, title: str, shapes: list[tuple[int, int]], shared: Shared
) -> None:
    path = shared("data/cdiscpilot01") / name
    found = RTF.read(path.read_bytes(), SourceFile(name, Digest("0" * 64), "", SourceKind.DISPLAY))
    assert {(d.number, d.title, d.population, d.study) for d in found} == {(number, title, "Safety", "CDISC 360")}
    assert [(len(d.rows), len(d.columns)) for d in found] == shapes
    assert all("display.shell" in {n.code for n in d.notices} for d in found)
