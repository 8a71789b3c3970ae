"""Sources that must not be drafted from: each is refused with a clear error, or told as a critical notice or finding, by its code."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawn import changed
from rtf_writer import paragraph, rtf
from transport import Column, library, member

from docpipe.errors import DataDamaged, InputRefused, NoTable
from docpipe.model.canonical import digest_bytes
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, Display, Source, SourceFile
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.consistency import set_notices
from docpipe.writing.study import StudyData, build

Give = Callable[[str], bytes]


def read(name: str, data: bytes) -> tuple[Source, ...]:
    media_type = sniff(data, name)
    reader = source_for(media_type, data, name)
    return tuple(reader.read(data, SourceFile(name, digest_bytes(data), media_type, reader.kind)))


@pytest.fixture(scope="module")
def give(samples: Path) -> Give:
    """The bytes of a file of the sample study."""
    return lambda name: (samples / "study" / name).read_bytes()


@pytest.fixture(scope="module")
def made(root: Path) -> Any:
    """What writes the sample study: its tables can be written with other cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        return {
            n: importlib.import_module(f"samples.make.{n}")
            for n in ("study_printed", "study_tables", "study_adam", "study_subjects")
        }


@pytest.fixture(scope="module")
def disposition(made: Any) -> Any:
    study = made["study_tables"].Study(made["study_adam"].adam(made["study_subjects"].subjects()))
    return made["study_tables"].disposition(study)


def study_with(give: Give, *more: Source) -> StudyData:
    sources = [*read("adam/adsl.xpt", give("adam/adsl.xpt")), *read("sdtm/dm.xpt", give("sdtm/dm.xpt")), *more]
    return build(sources, set_notices(sources))


def critical(study: StudyData) -> set[str]:
    """Codes of everything critical."""
    told = {n.code for n in study.notices if n.severity is Severity.CRITICAL}
    return told | {e.finding.check for e in study.evidence if e.finding.severity is Severity.CRITICAL}


def only(sources: tuple[Source, ...], kind: type) -> Any:
    assert len(sources) == 1
    assert isinstance(sources[0], kind)
    return sources[0]


def test_the_sample_itself_has_nothing_critical(give: Give) -> None:
    assert critical(study_with(give, *read("t.rtf", give("tlf/t-14-1-2.rtf")))) == set()


# ---------------------------------------------------------------- datasets


def test_a_subject_level_dataset_without_subjects_is_critical(give: Give) -> None:
    empty = read("adsl.xpt", library(member("ADSL", [Column("USUBJID"), Column("TRT01P")], [])))
    found = build(empty, set_notices(empty))
    assert critical(found) == {"source.dataset_empty"}


def test_a_dataset_without_the_subject_variable_is_critical() -> None:
    sources = read("adsl.xpt", library(member("ADSL", [Column("STUDYID"), Column("AGE", "number")], [["S1", 50.0]])))
    assert "source.subject_missing" in critical(build(sources, set_notices(sources)))


def test_subjects_that_nobody_knows_are_critical(give: Give) -> None:
    (adae,) = read("adam/adae.xpt", give("adam/adae.xpt"))
    assert isinstance(adae, Dataset)
    at = next(i for i, v in enumerate(adae.variables) if v.name == "USUBJID")
    strange = dataclasses.replace(adae, records=tuple((*r[:at], f"X{r[at]}", *r[at + 1 :]) for r in adae.records))
    assert "source.subject_unknown" in critical(study_with(give, strange))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.35, 0.6, 0.9, 0.99])
def test_a_truncated_transport_file_is_refused_or_told(give: Give, share: float) -> None:
    data = give("adam/adsl.xpt")
    cut = data[: int(len(data) * share) | 1]
    with contextlib.suppress(InputRefused):
        sources = read("adam/adsl.xpt", cut)
        assert "source.xpt_unpadded" in {n.code for x in sources if isinstance(x, Dataset) for n in x.notices}


def test_a_transport_file_cut_inside_a_record_is_damaged(give: Give) -> None:
    data = give("adam/adsl.xpt")
    with pytest.raises(DataDamaged):
        read("adam/adsl.xpt", data[: len(data) - 160])


def test_a_transport_file_cut_between_blocks_loses_no_subject_in_silence(give: Give) -> None:
    """Whole blocks may be gone: then fewer subjects than the tabulation data know have analysis data, or the table's N differ."""
    (whole,) = read("adam/adsl.xpt", give("adam/adsl.xpt"))
    assert isinstance(whole, Dataset)
    fewer = dataclasses.replace(whole, records=whole.records[:-5])
    table = read("t.rtf", give("tlf/t-14-1-2.rtf"))
    sources: list[Source] = [fewer, *read("sdtm/dm.xpt", give("sdtm/dm.xpt")), *table]
    found = critical(build(sources, set_notices(sources)))
    assert "P1.set-size" in found
    assert "N2.value-differs" in found


def test_two_versions_of_a_dataset_are_critical(give: Give) -> None:
    (adsl,) = read("old/adsl.xpt", give("adam/adsl.xpt"))
    assert isinstance(adsl, Dataset)
    other = dataclasses.replace(adsl, records=adsl.records[1:])
    assert "source.dataset_versions" in critical(study_with(give, other))


# ---------------------------------------------------------------- tables


def test_an_rtf_without_a_table_is_refused() -> None:
    with pytest.raises(NoTable):
        read("letter.rtf", rtf(paragraph("Dear reader,"), paragraph("there is no table here.")))


def with_cell(table: Any, made: Any, row: int, column: int, text: str) -> Any:
    line = table.lines[row]
    cells = (*line.cells[:column], text, *line.cells[column + 1 :])
    lines = (*table.lines[:row], dataclasses.replace(line, cells=cells), *table.lines[row + 1 :])
    return dataclasses.replace(table, lines=lines)


def test_columns_that_do_not_add_up_are_critical(give: Give, made: Any, disposition: Any) -> None:
    wrong = with_cell(disposition, made, 0, 3, "55 (83.3)")
    found = critical(study_with(give, *read("t.rtf", made["study_printed"].rtf(wrong))))
    assert {"N6.arms-do-not-add-up", "N2.value-differs"} <= found


def test_columns_that_do_not_add_up_are_critical_without_any_data(made: Any, disposition: Any) -> None:
    wrong = with_cell(disposition, made, 3, 3, "4 (6.1)")
    display = only(read("t.rtf", made["study_printed"].rtf(wrong)), Display)
    found = build([display], set_notices([display]))
    assert "N6.arms-do-not-add-up" in critical(found)


def test_a_percentage_that_is_not_that_of_its_count_is_critical(give: Give, made: Any, disposition: Any) -> None:
    wrong = with_cell(disposition, made, 1, 0, "4 (19.2)")
    assert "N4.percentage-differs" in critical(study_with(give, *read("t.rtf", made["study_printed"].rtf(wrong))))


def test_columns_in_each_others_place_are_critical(give: Give, made: Any, disposition: Any) -> None:
    lines = tuple(
        dataclasses.replace(x, cells=(x.cells[1], x.cells[0], *x.cells[2:])) if x.cells else x
        for x in disposition.lines
    )
    wrong = dataclasses.replace(disposition, lines=lines)
    assert "N14.arm-swap" in critical(study_with(give, *read("t.rtf", made["study_printed"].rtf(wrong))))


def test_two_versions_of_a_table_are_critical(give: Give, made: Any, disposition: Any) -> None:
    other = with_cell(disposition, made, 0, 0, "17 (77.3)")
    sources = [
        *read("a/t.rtf", made["study_printed"].rtf(disposition)),
        *read("b/t.docx", made["study_printed"].docx(other)),
    ]
    found = critical(study_with(give, *sources))
    assert {"display.two_versions", "R2.versions-differ"} <= found


def test_a_table_that_says_two_sizes_of_a_set_is_critical(give: Give, made: Any, disposition: Any) -> None:
    heads = (("Placebo\n(N=23)",), *disposition.heads[1:])
    wrong = dataclasses.replace(disposition, number="14.1.9", heads=heads)
    right = made["study_printed"].rtf(disposition)
    found = critical(study_with(give, *read("a.rtf", right), *read("b.rtf", made["study_printed"].rtf(wrong))))
    assert {"P1.set-size", "P1.set-size-differs"} <= found


# ---------------------------------------------------------------- sets of files


def test_the_same_file_twice_is_told_and_used_once(give: Give) -> None:
    data = give("tlf/t-14-1-2.rtf")
    found = study_with(give, *read("a/t.rtf", data), *read("b/t.rtf", data))
    assert {"source.same_file_twice", "display.same_twice"} <= {n.code for n in found.notices}
    assert critical(found) == set()
    assert len(found.displays) == 1


def test_a_file_of_another_study_is_critical(give: Give, made: Any, disposition: Any) -> None:
    data = made["study_printed"].rtf(disposition).replace(b"TVN-4471-204", b"TVN-4471-205")
    found = study_with(give, *read("a.rtf", give("tlf/t-14-1-1.rtf")), *read("b.rtf", data))
    assert "source.study_differs" in critical(found)


def test_a_dataset_of_another_study_is_critical(give: Give) -> None:
    data = give("adam/adae.xpt").replace(b"TVN-4471-204", b"TVN-4471-999")
    assert "source.study_differs" in critical(study_with(give, *read("adam/adae.xpt", data)))


def test_an_unknown_kind_of_file_is_refused() -> None:
    with pytest.raises(InputRefused):
        read("notes.xyz", b"\x00\x01\x02\x03 nothing that anybody knows")


def test_a_swapped_value_is_found_in_every_numeric_cell_of_a_column(give: Give) -> None:
    display = only(read("t.rtf", give("tlf/t-14-1-2.rtf")), Display)
    for row in display.rows:
        for cell in row.cells[:1]:
            wrong = changed(display, row.path, cell.column, "20 (90.9)")
            assert "N2.value-differs" in critical(study_with(give, wrong)), row.path
