"""The files of the sample study. Imports this folder."""

from __future__ import annotations

from collections.abc import Sequence

from samples.make.docx import build
from samples.make.study_adam import adam
from samples.make.study_figure import figure
from samples.make.study_files import dataset_json, define_xml, transport
from samples.make.study_printed import docx, rtf
from samples.make.study_results import by_term, change, first_exacerbation, frequent, overview, serious
from samples.make.study_sdtm import sdtm
from samples.make.study_subjects import STUDY, Subject, subjects
from samples.make.study_tables import Printed, Study, demographics, deviations, disposition, exposure, sets, shifts
from samples.make.study_texts import analysis_plan, protocol_synopsis
from samples.make.study_trial import TITLE, trial

_WORD_ONLY = ("14.2.1", "14.2.2", "14.2.3")
_BOTH = ("14.1.2",)
_JSON = ("ADLB",)


def tables(study: Study, people: Sequence[Subject]) -> tuple[Printed, ...]:
    """Every table in the order of its number."""
    return (
        sets(study), disposition(study), demographics(study), exposure(study), deviations(study, people),
        change(study, "14.2.1", "FEV1", "Trough FEV1 (L)", 2, "Primary Endpoint"),
        change(study, "14.2.2", "CATTOT", "CAT Total Score", 0, "Secondary Endpoint"),
        first_exacerbation(study), overview(study), by_term(study), frequent(study), serious(study), shifts(study),
    )  # fmt: skip


def study_files() -> dict[str, bytes]:
    """Every file of ``samples/study`` by its relative name."""
    people = subjects()
    made: dict[str, bytes] = {}
    for folder, datasets, standard, version in (
        ("sdtm", (*sdtm(people), *trial()), "SDTMIG", "3.4"), ("adam", adam(people), "ADaMIG", "1.3"),
    ):  # fmt: skip
        for data in datasets:
            json = data.name in _JSON
            name = f"{folder}/{data.name.lower()}.{'json' if json else 'xpt'}"
            made[name] = dataset_json(data, STUDY) if json else transport(data)
        made[f"{folder}/define.xml"] = define_xml(datasets, STUDY, TITLE, standard, version)
    analysed = Study(adam(people))
    for table in tables(analysed, people):
        if table.number not in _WORD_ONLY:
            made[f"tlf/{table.file}.rtf"] = rtf(table)
        if table.number in (*_WORD_ONLY, *_BOTH):
            made[f"tlf/{table.file}.docx"] = docx(table)
    made["tlf/f-14-2-3-1.png"] = figure(analysed)
    made["protocol-synopsis.md"] = protocol_synopsis()
    made["sap.docx"] = build(analysis_plan(), 1, False)
    return made
