"""Small invented studies about safety: two arms without deaths, one arm with a death and toxicity grades, tables alone, contradictions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from small_studies import data, study, table, text

from docpipe.model.source import Dataset, Value
from docpipe.writing.study import StudyData

EVENTS = "USUBJID AETERM AEDECOD AEBODSYS AESEV AESER AEREL AEOUT AEACN TRTEMFL ASTDY:n"
_HEADACHE = ("head ache", "Headache", "Nervous system disorders")
_NAUSEA = ("NAUSEA", "Nausea", "Gastrointestinal disorders")


def subjects(arms: tuple[str, ...] = ("Placebo", "Zelanib 10 mg"), each: int = 4) -> Dataset:
    """The subject-level data: ``S-0`` .. by turns in the arms."""
    made: list[tuple[Value, ...]] = []
    for i in range(each * len(arms)):
        arm = arms[i % len(arms)]
        made.append((f"S-{i}", "01", arm, arm, "Y", 40.0 + i, "F" if i % 3 else "M", "ASIAN"))
    return data("ADSL", "USUBJID SITEID TRT01P TRT01A SAFFL AGE:n SEX RACE", made)


def two_arms() -> StudyData:
    """No death and no serious event; one event led to withdrawal."""
    events = [
        ("S-0", *_HEADACHE, "MILD", "N", "NOT RELATED", "RECOVERED/RESOLVED", "DOSE NOT CHANGED", "Y", 3.0),
        ("S-1", *_NAUSEA, "SEVERE", "N", "RELATED", "RECOVERED/RESOLVED", "DRUG WITHDRAWN", "Y", 5.0),
        ("S-3", *_NAUSEA, "MILD", "N", "RELATED", "NOT RECOVERED/NOT RESOLVED", "DOSE NOT CHANGED", "Y", 9.0),
        ("S-2", *_HEADACHE, "MILD", "N", "NOT RELATED", "RECOVERED/RESOLVED", "DOSE NOT CHANGED", "N", -3.0),
    ]
    died = data("DM", "USUBJID ARM DTHFL", [(f"S-{i}", "Placebo", "") for i in range(8)])
    return study(subjects(), died, data("ADAE", EVENTS, events))


def nothing_happened() -> StudyData:
    """Two arms, records of events that all began before treatment."""
    events = [("S-0", *_HEADACHE, "MILD", "N", "NOT RELATED", "RECOVERED/RESOLVED", "DOSE NOT CHANGED", "N", -3.0)]
    return study(subjects(), data("ADAE", EVENTS, events))


def subjects_alone() -> StudyData:
    """No records of events, no tables."""
    return study(subjects())


def one_death(measured: bool = True) -> StudyData:
    """One arm, tabulation data alone, toxicity grades, one death; laboratory, vital signs and medication where ``measured``."""
    people = [
        ("A-001", "7", "Test", "Test", 81.0, "YEARS", "M", "Y", "2020-03-09", "2020-02-01", "2020-03-01"),
        ("A-002", "7", "Test", "Test", 18.0, "YEARS", "F", "", "", "2020-02-02", "2020-04-01"),
    ]
    cold = ("cold", "Nasopharyngitis", "Infections and infestations")
    events = [
        ("A-001", 1.0, "Heart stopped", "Cardiac arrest", "Cardiac disorders", "5", "Y", "Y", "N", "Y", "FATAL", "NOT APPLICABLE", "Y",
         "2020-03-09", "2020-03-09", 38.0),
        ("A-001", 2.0, *cold, "1", "N", "N", "N", "N", "RECOVERED/RESOLVED", "DOSE NOT CHANGED", "N", "2020-02", "", None),
        ("A-002", 1.0, *cold, "2", "N", "N", "N", "N", "UNKNOWN", "DOSE REDUCED", "N", "2020-02-10", "2020-02-12", 9.0),
    ]  # fmt: skip
    sources = [
        data("DM", "USUBJID SITEID ARM ACTARM AGE:n AGEU SEX DTHFL DTHDTC RFXSTDTC RFXENDTC", people),
        data(
            "AE",
            "USUBJID AESEQ:n AETERM AEDECOD AESOC AETOXGR AESER AESDTH AESHOSP AEREL AEOUT AEACN AECONTRT AESTDTC AEENDTC AESTDY:n",
            events,
        ),
        data("MH", "USUBJID MHTERM MHDECOD MHSTDTC", [("A-001", "HYPERTENSION", "Hypertension", "2010")]),
        data(
            "EX",
            "USUBJID EXTRT EXDOSE:n EXDOSU EXDOSFRQ EXROUTE EXSTDTC EXENDTC EXSTDY:n EXENDY:n",
            [
                ("A-001", "TESTOL", 10.0, "mg", "BID", "ORAL", "2020-02-01", "2020-02-14", 1.0, 14.0),
                ("A-001", "TESTOL", 20.0, "mg", "BID", "ORAL", "2020-02-15", "2020-03-01", 15.0, 30.0),
            ],
        ),
    ]
    return study(*sources, *(_measured() if measured else ()))


def _measured() -> Iterable[Dataset]:
    yield data(
        "CM",
        "USUBJID CMTRT CMDECOD CMSTDTC CMENDTC",
        [
            ("A-001", "Aspirin", "ACETYLSALICYLIC ACID", "2019-01-01", ""),
            ("A-001", "Adrenalin", "EPINEPHRINE", "2020-03-09", "2020-03-09"),
        ],
    )
    alt = ("ALT", "Alanine Aminotransferase")
    yield data(
        "LB",
        "USUBJID LBTESTCD LBTEST LBSTRESC LBSTRESN:n LBSTRESU LBSTNRLO:n LBSTNRHI:n LBNRIND LBDTC LBBLFL VISIT VISITNUM:n",
        [
            ("A-001", *alt, "20", 20.0, "U/L", 5.0, 40.0, "NORMAL", "2020-02-01", "Y", "BASELINE", 1.0),
            ("A-001", *alt, "90", 90.0, "U/L", 5.0, 40.0, "HIGH", "2020-03-01", "", "WEEK 4", 2.0),
            ("A-001", "K", "Potassium", "2.9", 2.9, "mmol/L", 3.5, 5.1, "LOW", "2020-03-01", "", "WEEK 4", 2.0),
            ("A-002", *alt, "30", 30.0, "U/L", 5.0, 40.0, "NORMAL", "2020-02-02", "Y", "BASELINE", 1.0),
            ("A-002", *alt, "92", 92.0, "U/L", 5.0, 40.0, "HIGH", "2020-03-01", "", "WEEK 4", 2.0),
        ],
    )
    yield data(
        "VS",
        "USUBJID VSTESTCD VSTEST VSSTRESC VSORRES VSORRESU VSDTC",
        [
            ("A-001", "SYSBP", "Systolic Blood Pressure", "150", "150", "mmHg", "2020-03-01"),
            ("A-001", "PULSE", "Pulse Rate", "88", "88", "beats/min", "2020-03-01"),
        ],
    )


def contradicted() -> StudyData:
    """Two deaths: one that only disposition knows, one fatal event of a subject who is not flagged; an event of a flag of interest."""
    people = [("B-1", "X", "X", 50.0, "M", ""), ("B-2", "X", "X", 60.0, "F", ""), ("B-3", "Y", "Y", 70.0, "F", "")]
    events = [
        ("B-1", "Stroke", "Cerebrovascular accident", "SEVERE", "N", "FATAL", "2021-05-06", ""),
        ("B-3", "ALT up", "Alanine aminotransferase increased", "MILD", "N", "UNKNOWN", "2021-05-07", "Y"),
    ]
    return study(
        data("DM", "USUBJID ARM ACTARM AGE:n SEX DTHFL", people),
        data("AE", "USUBJID AETERM AEDECOD AESEV AESER AEOUT AESTDTC AESI", events),
        data("DS", "USUBJID DSCAT DSDECOD DSSTDTC", [("B-2", "DISPOSITION EVENT", "DEATH", "2021-06-01")]),
    )


def tables_alone() -> StudyData:
    """Tables by arm, and a plan that states its threshold."""
    columns = "Placebo >> n (%) N=50 | Zelanib 10 mg >> n (%) N=52"
    terms = """
        Any adverse event | 20 (40.0%) | 30 (57.7%)
        GASTROINTESTINAL DISORDERS | 5 (10.0%) | 12 (23.1%)
        GASTROINTESTINAL DISORDERS >> NAUSEA | 2 (4.0%) | 10 (19.2%)
        GASTROINTESTINAL DISORDERS >> VOMITING | 1 (2.0%) | 1 (1.9%)
        NERVOUS SYSTEM DISORDERS | 3 (6.0%) | 2 (3.8%)
        NERVOUS SYSTEM DISORDERS >> HEADACHE | 3 (6.0%) | 2 (3.8%)
    """
    lines = """
        Subjects with any adverse event | 20 (40.0%) | 30 (57.7%)
        Subjects with any serious adverse event | 0 | 1 (1.9%)
        Subjects with any related adverse event | 4 (8.0%) | 0
        Subjects with any severe adverse event | 0 | 0
        Subjects with any adverse event leading to discontinuation | 2 (4.0%) | 0
        Deaths | 0 | 0
    """
    title = "Treatment-Emergent Adverse Events by System Organ Class and Preferred Term"
    overview = table("8.1", "Overview of Adverse Events", "Safety", columns, lines)
    return study(
        overview,
        replace(table("8.2", title, "Safety", columns, terms), footnotes=()),
        text("Plan", "Adverse events reported for at least 4% of the subjects in any treatment group are listed."),
    )


EVERY = {
    "two arms": two_arms,
    "nothing happened": nothing_happened,
    "subjects alone": subjects_alone,
    "one death": one_death,
    "one death, unmeasured": lambda: one_death(False),
    "contradicted": contradicted,
    "tables alone": tables_alone,
}
