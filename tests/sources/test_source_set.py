"""What the sources of a set say against each other: each contradiction is found, and a sound set is left in peace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from docpipe.model.canonical import digest_bytes, digest_of
from docpipe.model.source import (
    Dataset,
    Definition,
    Results,
    Source,
    SourceFile,
    SourceKind,
    TextSource,
    Value,
    Variable,
    VariableDefinition,
)
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.consistency import set_notices


def data(
    name: str, records: list[tuple[Value, ...]], *, study: str = "S1", path: str = "", kind: str = "text"
) -> Dataset:
    path = path or f"{name.lower()}.xpt"
    variables = (Variable("USUBJID", "Subject"), Variable("SEX", "Sex", kind))
    file = SourceFile(path, digest_of([path, study]), "application/x-sas-xport", SourceKind.DATASET, study)
    return Dataset(file, name, "", variables, tuple(records))


def defined(*datasets: str, study: str = "S1", **changes: str) -> Definition:
    file = SourceFile("define.xml", digest_of(study), "application/xml", SourceKind.DEFINITION, study)
    variables = [VariableDefinition(d, "USUBJID", "Subject", "text") for d in datasets]
    variables += [VariableDefinition(d, "SEX", "Sex", "text", codes={"F": "Female", "M": "Male"}) for d in datasets]
    return Definition(
        file, study, changes.get("protocol", study), "ADaM", dict.fromkeys(datasets, ""), tuple(variables)
    )


def said(*sources: Source) -> list[tuple[str, str, str]]:
    return [(n.code.removeprefix("source."), n.severity.value, n.path) for n in set_notices(sources)]


DM = data("DM", [("1", "F"), ("2", "M"), ("3", "F")])
ADSL = data("ADSL", [("1", "F"), ("2", "M")])
AE = data("AE", [("1", "F"), ("1", "F"), ("3", "F")])


def test_a_sound_set_is_left_in_peace() -> None:
    assert said(DM, ADSL, AE, defined("DM", "ADSL", "AE")) == []
    assert said() == []


def test_two_versions_of_a_dataset_are_critical_and_say_how_they_differ() -> None:
    other = data("DM", [("1", "F"), ("2", "F"), ("3", "F")], path="new/dm.xpt")
    assert said(DM, other) == [("dataset_versions", "critical", "new/dm.xpt")]
    assert "1 values" in set_notices([DM, other])[0].message
    shorter = data("DM", [("1", "F")], path="new/dm.xpt")
    assert "3 and 1 records" in set_notices([DM, shorter])[0].message


def test_the_same_dataset_twice_is_minor() -> None:
    assert said(DM, data("dm", list(DM.records), path="b/dm.json")) == [("dataset_twice", "minor", "b/dm.json")]


def test_the_same_file_twice_is_told_with_its_dataset() -> None:
    copy = replace(DM, file=replace(DM.file, path="z/dm.xpt"))
    assert said(DM, copy) == [("same_file_twice", "minor", "z/dm.xpt"), ("dataset_twice", "minor", "z/dm.xpt")]


def test_a_file_of_another_study_is_critical() -> None:
    assert said(DM, ADSL, data("EX", [("1", "F")], study="S2"))[0] == ("study_differs", "critical", "ex.xpt")
    results = Results(SourceFile("ars.json", digest_of(1), "application/json", SourceKind.RESULTS), "Other", ())
    assert said(DM, results) == [("study_differs", "critical", "dm.xpt")]


def test_a_text_of_another_study_is_told() -> None:
    file = SourceFile("sap.md", digest_of(2), "text/markdown", SourceKind.TEXT, "Other")
    assert said(DM, ADSL, TextSource(file, "", ())) == [("study_differs", "major", "sap.md")]


def test_ways_to_write_a_study_id_and_its_protocol_s_are_one_study() -> None:
    assert said(DM, data("EX", [("1", "F")], study="s-1")) == []
    assert said(DM, data("ADAE", [("1", "F")], study="P1"), defined("DM", "ADAE", protocol="P1")) == []


def test_subjects_that_the_subject_level_data_do_not_know_are_critical() -> None:
    assert said(DM, data("AE", [("9", "F")])) == [("subject_unknown", "critical", "ae.xpt")]
    assert said(DM, ADSL, data("ADAE", [("3", "F")])) == [("subject_unknown", "critical", "adae.xpt")]
    assert said(DM, data("ADSL", [("4", "F")])) == [("subject_unknown", "critical", "adsl.xpt")]


def test_subject_level_data_without_or_with_repeated_subjects_are_critical() -> None:
    assert said(data("ADSL", [])) == [("dataset_empty", "critical", "adsl.xpt")]
    assert said(data("AE", [])) == [("dataset_empty", "major", "ae.xpt")]
    assert said(data("DM", [("1", "F"), ("1", "F"), (None, "M"), (None, "M")])) == [
        ("subject_missing", "critical", "dm.xpt"), ("subject_twice", "critical", "dm.xpt"),
    ]  # fmt: skip
    nameless = replace(ADSL, variables=(Variable("ID"), Variable("SEX")))
    assert said(nameless) == [("subject_missing", "critical", "adsl.xpt")]


def test_data_that_are_not_as_defined_are_told() -> None:
    assert said(DM, ADSL, defined("DM", "AE")) == [
        ("dataset_not_given", "minor", "define.xml"), ("dataset_undefined", "major", "adsl.xpt"),
    ]  # fmt: skip
    assert said(replace(DM, variables=(DM.variables[0], Variable("RACE"))), defined("DM")) == [
        ("variable_not_given", "major", "dm.xpt"), ("variable_undefined", "major", "dm.xpt"),
    ]  # fmt: skip
    assert said(replace(DM, variables=(DM.variables[0], Variable("SEX", "Gender"))), defined("DM")) == [
        ("variable_label", "minor", "dm.xpt")
    ]
    assert said(data("DM", [("1", 1.0)], kind="number"), defined("DM")) == [("variable_kind", "major", "dm.xpt")]
    assert said(data("DM", [("1", "X"), ("2", None)]), defined("DM")) == [("code_unknown", "minor", "dm.xpt")]


def test_messages_hold_no_values_of_the_data() -> None:
    sources = [
        data("DM", [("SECRET", "SECRET"), ("SECRET", "F")]),
        data("AE", [("OTHER", "OTHER")]),
        defined("DM", "AE"),
    ]
    found = set_notices(sources)
    assert found
    assert not [n for n in found if "SECRET" in n.message or "OTHER" in n.message]


# ---------------------------------------------------------------- real sets


def sources_of(root: Path) -> list[Source]:
    found: list[Source] = []
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".xpt", ".xml", ".json")):
        raw = path.read_bytes()
        name = str(path.relative_to(root))
        media_type = sniff(raw, name)
        reader = source_for(media_type, raw, name)
        found += reader.read(raw, SourceFile(name, digest_bytes(raw), media_type, reader.kind))
    return found


def test_the_pilot_study_is_consistent_but_for_one_codelist(shared: Callable[[str], Path]) -> None:
    sources = sources_of(shared("data/cdiscpilot01"))
    assert len(sources) == 24
    notices = set_notices(sources)
    assert [(n.code, n.path, n.locator) for n in notices] == [
        ("source.dataset_not_given", "adam/define.xml", ""),
        ("source.dataset_not_given", "sdtm/define.xml", ""),
        ("source.code_unknown", "adam/adsl.xpt", "dataset:ADSL#1/BMIBLGR1"),
    ]


def test_the_nonclinical_study_is_consistent_but_for_one_label(shared: Callable[[str], Path]) -> None:
    sources = sources_of(shared("data/send-cj16050"))
    assert [(n.code, n.locator) for n in set_notices(sources)] == [("source.variable_label", "dataset:DM#1/AGE")]


def test_a_changed_copy_among_the_pilot_study_s_files_is_found(shared: Callable[[str], Path]) -> None:
    sources = sources_of(shared("data/cdiscpilot01"))
    dm = next(s for s in sources if isinstance(s, Dataset) and s.name == "DM")
    changed = replace(dm, file=replace(dm.file, path="dm-2.xpt", sha256=digest_bytes(b"")), records=dm.records[1:])
    codes = [n.code for n in set_notices([*sources, changed])]
    assert "source.dataset_versions" in codes
    foreign = replace(dm, file=replace(dm.file, path="x.xpt", study="XYZ", sha256=digest_bytes(b"1")))
    assert "source.study_differs" in [n.code for n in set_notices([*sources, foreign])]
