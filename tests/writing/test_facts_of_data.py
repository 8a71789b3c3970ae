from __future__ import annotations

from drawn import dataset

from docpipe.model.fact import Fact
from docpipe.writing.facts_of_data import facts_of_data
from docpipe.writing.records import Study
from docpipe.writing.sets import population_named, populations

ADSL = dataset(
    "ADSL", "STUDYID USUBJID TRT01P TRT01A TRT01PN:n SAFFL ITTFL COMP24FL AGE:n SEX DTHFL",
    "ST1 01 Placebo Placebo 0 Y Y Y 60 M .",
    "ST1 02 Placebo Placebo 0 Y Y N 70 F Y",
    "ST1 03 Drug Drug 10 Y Y Y 65 F .",
    "ST1 04 Drug Placebo 10 Y Y N 66 F .",
    "ST1 05 Drug Drug 10 N Y N . M .",
)  # fmt: skip
ADAE = dataset(
    "ADAE", "USUBJID AESEQ:n AEBODSYS AEDECOD AESEV AESER AEREL AEOUT TRTEMFL",
    "01 1 SKIN PRURITUS MILD N POSSIBLE RECOVERED Y",
    "01 2 SKIN PRURITUS MILD N NONE RECOVERED Y",
    "02 1 CARDIAC ARREST SEVERE Y NONE FATAL Y",
    "03 1 SKIN RASH MILD N PROBABLE RECOVERED N",
    "04 1 SKIN RASH SEVERE N PROBABLE RECOVERED Y",
)  # fmt: skip
ADTTE = dataset("ADTTE", "USUBJID PARAMCD AVAL:n CNSR:n", "01 TTDE 10 0", "02 TTDE 20 1", "03 TTDE 30 0", "04 TTDE 5 0")


def facts() -> tuple[Fact, ...]:
    return facts_of_data(Study([ADSL, ADAE, ADTTE]), "ST1", "v")


def one(row: tuple[str, ...], arm: str, statistic: str, population: str = "Safety") -> Fact:
    (found,) = [f for f in facts() if (f.row, f.arm, f.statistic, f.population) == (row, arm, statistic, population)]
    return found


def test_sizes_of_sets_count_the_safety_set_by_actual_arm() -> None:
    assert [one((), a, "N", "Intent-to-Treat").raw for a in ("Placebo", "Drug", "")] == ["2", "3", "5"]
    assert [one((), a, "N").raw for a in ("Placebo", "Drug", "")] == ["3", "1", "4"]


def test_events_are_counted_by_subject_and_by_record_among_emergent_ones() -> None:
    assert [one(("TEAE", "ANY"), a, "n").raw for a in ("Placebo", "Drug", "")] == ["3", "0", "3"]
    pruritus = one(("TEAE", "SKIN", "PRURITUS"), "Placebo", "n")
    assert (pruritus.raw, pruritus.n) == ("1", 3)
    assert one(("TEAE", "SKIN", "PRURITUS"), "Placebo", "events").raw == "2"
    assert one(("TEAE", "SKIN", "PRURITUS"), "Placebo", "pct").formatted == "33.3"
    assert one(("TEAE", "SERIOUS"), "Placebo", "n").raw == "1"
    assert one(("TEAE", "FATAL"), "", "n").raw == "1"
    assert one(("TEAE", "RELATED"), "Placebo", "n").raw == "2"


def test_each_fact_names_formula_and_records() -> None:
    found = one(("TEAE", "SKIN", "PRURITUS"), "Placebo", "events")
    assert found.formula == (
        "records in ADAE where TRTEMFL = 'Y' and AEBODSYS = 'SKIN' and AEDECOD = 'PRURITUS' and ADSL.SAFFL = 'Y' and ADSL.TRT01A = 'Placebo'"
    )
    assert [p.locator for p in found.places] == ["dataset:ADAE#1/AEDECOD", "dataset:ADAE#2/AEDECOD"]


def test_summaries_leave_missing_values_out() -> None:
    assert one(("AGE",), "Drug", "n", "Intent-to-Treat").raw == "2"
    assert one(("AGE",), "Drug", "mean", "Intent-to-Treat").formatted == "65.5"
    assert one(("AGE",), "Placebo", "sd", "Intent-to-Treat").formatted == "7.07"
    assert one(("AGE",), "", "median", "Intent-to-Treat").raw == "65.5"


def test_times_to_event_count_events_and_censored_subjects() -> None:
    assert one(("TTDE", "EVENT"), "Placebo", "n").raw == "2"
    assert one(("TTDE", "CENSORED"), "Placebo", "n").raw == "1"


def test_sets_are_found_by_the_names_of_displays() -> None:
    study = Study([ADSL])
    assert [p.name for p in populations(study)] == [
        "All Subjects",
        "Safety",
        "Intent-to-Treat",
        "Completers at Week 24",
    ]
    names = {
        "ITT": "ITTFL",
        "Intent-To-Treat (ITT)": "ITTFL",
        "Safety": "SAFFL",
        "completing Week 24": "COMP24FL",
        "Completers at Week 24": "COMP24FL",
    }
    for name, flag in names.items():
        found = population_named(study, name)
        assert found is not None
        assert found.condition is not None
        assert found.condition.variable == flag
    assert population_named(study, "Per-Protocol") is None
    assert population_named(study, "Completers at Week 8") is None


def test_every_fact_has_an_id_of_its_own() -> None:
    found = facts()
    assert len({f.id for f in found}) == len(found)
