"""Tabulation datasets (SDTM) of the sample study. Imports this folder and the standard library. Source: CDISC SDTMIG 3.4, names of variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from samples.make.study_files import Cell, Data, variables
from samples.make.study_subjects import (
    ARMS,
    CODES,
    DOSES,
    DRUG,
    LABORATORY,
    STUDY,
    VISITS,
    VITALS,
    Subject,
)  # fmt: skip

_YES = {"Y": "Yes", "N": "No"}


def sdtm(people: Sequence[Subject]) -> tuple[Data, ...]:
    """Every dataset about subjects."""
    found = (_dm(people), _ae(people), _ex(people), _ds(people), _mh(people), _cm(people), _lb(people), _vs(people))
    return (*found, _dv(people))


def domain(
    name: str, label: str, text: str, records: Iterable[Mapping[str, Cell]], codes: Mapping[str, Mapping[str, str]] | None = None
) -> Data:  # fmt: skip
    """A domain: study and domain are the same in every record; the sequence number counts within a subject."""
    made: list[dict[str, Cell]] = []
    counted: dict[str, int] = {}
    for record in records:
        subject = str(record.get("USUBJID", ""))
        counted[subject] = counted.get(subject, 0) + 1
        made.append({"STUDYID": STUDY, "DOMAIN": name, f"{name}SEQ": float(counted[subject]), **record})
    lead = "STUDYID Study Identifier\nDOMAIN Domain Abbreviation\n"
    return Data(name, label, variables(lead + text), tuple(made), codes or {})


def _dm(people: Sequence[Subject]) -> Data:
    def record(s: Subject) -> dict[str, Cell]:
        treated = s.arm is not None and s.treated
        return {
            "USUBJID": s.id, "SUBJID": s.number, "SITEID": s.site, "COUNTRY": s.country, "AGE": float(s.age), "AGEU": "YEARS",
            "SEX": s.sex, "RACE": s.race, "ETHNIC": "HISPANIC OR LATINO" if s.hispanic else "NOT HISPANIC OR LATINO",
            "RFICDTC": s.consent.isoformat(), "RFSTDTC": s.first.isoformat() if treated else None,
            "RFXSTDTC": s.first.isoformat() if treated else None, "RFXENDTC": s.day(s.last).isoformat() if treated else None,
            "RFPENDTC": s.day(end_of(s)).isoformat() if s.arm is not None else s.consent.isoformat(),
            "DTHDTC": s.day(s.died).isoformat() if s.died else None, "DTHFL": "Y" if s.died else None,
            "ARMCD": CODES[s.arm] if s.arm is not None else "SCRNFAIL", "ARM": ARMS[s.arm] if s.arm is not None else "Screen Failure",
            "ACTARMCD": CODES[s.arm or 0] if treated else "NOTTRT" if s.arm is not None else "SCRNFAIL",
            "ACTARM": ARMS[s.arm or 0] if treated else "Not Treated" if s.arm is not None else "Screen Failure",
        }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    SUBJID Subject Identifier for the Study
    RFSTDTC Subject Reference Start Date/Time
    RFXSTDTC Date/Time of First Study Treatment
    RFXENDTC Date/Time of Last Study Treatment
    RFICDTC Date/Time of Informed Consent
    RFPENDTC Date/Time of End of Participation
    DTHDTC Date/Time of Death
    DTHFL Subject Death Flag
    SITEID Study Site Identifier
    AGE:n Age
    AGEU Age Units
    SEX Sex
    RACE Race
    ETHNIC Ethnicity
    ARMCD Planned Arm Code
    ARM Description of Planned Arm
    ACTARMCD Actual Arm Code
    ACTARM Description of Actual Arm
    COUNTRY Country"""
    return domain("DM", "Demographics", text, map(record, people), {"SEX": {"F": "Female", "M": "Male"}})


def end_of(s: Subject) -> int:
    """The study day on which a randomized subject's participation ended."""
    if s.died:
        return s.died
    if s.ended == "COMPLETED":
        return s.visits["Week 12"]
    return max(s.last + 3, *s.visits.values(), *(e.end or e.start for e in s.events), 1)


def _ae(people: Sequence[Subject]) -> Data:
    text = """
    USUBJID Unique Subject Identifier
    AESEQ:n Sequence Number
    AETERM Reported Term for the Adverse Event
    AEDECOD Dictionary-Derived Term
    AEBODSYS Body System or Organ Class
    AESOC Primary System Organ Class
    AESEV Severity/Intensity
    AESER Serious Event
    AEACN Action Taken with Study Treatment
    AEREL Causality
    AEOUT Outcome of Adverse Event
    AESDTH Results in Death
    AESHOSP Requires or Prolongs Hospitalization
    AESLIFE Is Life Threatening
    AESTDTC Start Date/Time of Adverse Event
    AEENDTC End Date/Time of Adverse Event
    AESTDY:n Study Day of Start of Adverse Event
    AEENDY:n Study Day of End of Adverse Event"""
    return domain("AE", "Adverse Events", text, adverse_events(people), {"AESER": _YES})


def adverse_events(people: Sequence[Subject]) -> Iterator[dict[str, Cell]]:
    """The records of adverse events."""
    for s in people:
        for e in s.events:
            criteria = {v: "Y" if e.serious == v else "N" for v in ("AESDTH", "AESHOSP", "AESLIFE")}
            yield {
                "USUBJID": s.id, "AETERM": e.said.upper(), "AEDECOD": e.term, "AEBODSYS": e.organ, "AESOC": e.organ, "AESEV": e.severity,
                "AESER": "Y" if e.serious else "N", "AEACN": e.action, "AEREL": "RELATED" if e.related else "NOT RELATED",
                "AEOUT": e.outcome, **criteria, "AESTDTC": s.day(e.start).isoformat(), "AESTDY": float(e.start),
                "AEENDTC": s.day(e.end).isoformat() if e.end else None, "AEENDY": float(e.end) if e.end else None,
            }  # fmt: skip


def _ex(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            if s.arm is None or not s.treated:
                continue
            starts = [1, *(s.visits[n] for n in ("Week 4", "Week 8") if n in s.visits and s.visits[n] <= s.last)]
            for name, start, end in zip(
                ("Baseline", "Week 4", "Week 8"), starts, [*(d - 1 for d in starts[1:]), s.last], strict=False
            ):
                yield {
                    "USUBJID": s.id, "EXTRT": DRUG.upper() if DOSES[s.arm] else "PLACEBO", "EXDOSE": float(DOSES[s.arm]), "EXDOSU": "mg",
                    "EXDOSFRM": "TABLET", "EXDOSFRQ": "QD", "EXROUTE": "ORAL", "VISIT": name, "EXSTDTC": s.day(start).isoformat(),
                    "EXENDTC": s.day(end).isoformat(), "EXSTDY": float(start), "EXENDY": float(end),
                }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    EXSEQ:n Sequence Number
    EXTRT Name of Treatment
    EXDOSE:n Dose
    EXDOSU Dose Units
    EXDOSFRM Dose Form
    EXDOSFRQ Dosing Frequency per Interval
    EXROUTE Route of Administration
    VISIT Visit Name
    EXSTDTC Start Date/Time of Treatment
    EXENDTC End Date/Time of Treatment
    EXSTDY:n Study Day of Start of Treatment
    EXENDY:n Study Day of End of Treatment"""
    return domain("EX", "Exposure", text, records())


def _ds(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            consent = {"USUBJID": s.id, "DSTERM": "INFORMED CONSENT OBTAINED", "DSDECOD": "INFORMED CONSENT OBTAINED"}
            yield {**consent, "DSCAT": "PROTOCOL MILESTONE", "DSSTDTC": s.consent.isoformat()}
            if s.arm is None:
                yield {
                    "USUBJID": s.id, "DSTERM": "SCREEN FAILURE", "DSDECOD": "SCREEN FAILURE", "DSCAT": "DISPOSITION EVENT",
                    "DSSTDTC": s.consent.isoformat(),
                }  # fmt: skip
                continue
            yield {
                "USUBJID": s.id, "DSTERM": "RANDOMIZED", "DSDECOD": "RANDOMIZED", "DSCAT": "PROTOCOL MILESTONE",
                "DSSTDTC": s.first.isoformat(), "DSSTDY": 1.0,
            }  # fmt: skip
            yield {
                "USUBJID": s.id, "DSTERM": (s.why or s.ended).upper(), "DSDECOD": s.ended, "DSCAT": "DISPOSITION EVENT",
                "DSSTDTC": s.day(end_of(s)).isoformat(), "DSSTDY": float(end_of(s)),
            }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    DSSEQ:n Sequence Number
    DSTERM Reported Term for the Disposition Event
    DSDECOD Standardized Disposition Term
    DSCAT Category for Disposition Event
    DSSTDTC Start Date/Time of Disposition Event
    DSSTDY:n Study Day of Start of Disposition Event"""
    return domain("DS", "Disposition", text, records())


DEVIATIONS = (
    ("PROHIBITED MEDICATION", "Prohibited medication", "Systemic corticosteroid without an exacerbation"),
    ("STUDY DRUG", "Study drug", "More than 7 consecutive days without study drug"),
    ("ASSESSMENT", "Assessment", "Spirometry after the morning dose at the visit at Week 12"),
    ("ELIGIBILITY", "Eligibility", "Exacerbation within 4 weeks before randomization"),
)
"""Category, its words, and the term; subjects with an important deviation have these in turn."""


def deviation(people: Sequence[Subject], s: Subject) -> int:
    """Which of ``DEVIATIONS`` a subject with an important deviation has."""
    return [x.id for x in people if x.major].index(s.id) % len(DEVIATIONS)


def _dv(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            if s.major:
                category, _, term = DEVIATIONS[deviation(people, s)]
                at = 1 if category == "ELIGIBILITY" else min(s.last, 40)
                yield {
                    "USUBJID": s.id, "DVTERM": term.upper(), "DVDECOD": category, "DVCAT": "IMPORTANT", "DVSTDTC": s.day(at).isoformat(),
                    "DVSTDY": float(at),
                }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    DVSEQ:n Sequence Number
    DVTERM Protocol Deviation Term
    DVDECOD Protocol Deviation Coded Term
    DVCAT Category for Protocol Deviation
    DVSTDTC Start Date/Time of Deviation
    DVSTDY:n Study Day of Start of Deviation"""
    return domain("DV", "Protocol Deviations", text, records())


def _mh(people: Sequence[Subject]) -> Data:
    records = (
        {"USUBJID": s.id, "MHTERM": term.upper(), "MHDECOD": term, "MHBODSYS": organ, "MHSTDTC": str(year)}
        for s in people
        for term, organ, year in s.history
    )
    text = """
    USUBJID Unique Subject Identifier
    MHSEQ:n Sequence Number
    MHTERM Reported Term for the Medical History
    MHDECOD Dictionary-Derived Term
    MHBODSYS Body System or Organ Class
    MHSTDTC Start Date/Time of Medical History Event"""
    return domain("MH", "Medical History", text, records)


def _cm(people: Sequence[Subject]) -> Data:
    records = (
        {"USUBJID": s.id, "CMTRT": name, "CMDECOD": name, "CMINDC": reason.upper(), "CMENRTPT": often}
        for s in people
        for name, reason, often in s.medication
    )
    text = """
    USUBJID Unique Subject Identifier
    CMSEQ:n Sequence Number
    CMTRT Reported Name of Drug, Med, or Therapy
    CMDECOD Standardized Medication Name
    CMINDC Indication
    CMENRTPT End Relative to Reference Time Point"""
    return domain("CM", "Concomitant/Prior Medications", text, records)


def _lb(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        tests = {code: (name, unit, low, high) for code, name, unit, low, high, _, _ in LABORATORY}
        for s in people:
            for (code, visit), value in s.laboratory.items():
                name, unit, low, high = tests[code]
                yield {
                    "USUBJID": s.id, "LBTESTCD": code, "LBTEST": name, "LBORRES": f"{value:g}", "LBSTRESN": value, "LBSTRESU": unit,
                    "LBSTNRLO": low, "LBSTNRHI": high, "LBNRIND": indicator(value, low, high), "VISIT": visit,
                    "LBDTC": s.day(s.visits[visit]).isoformat(), "LBDY": float(s.visits[visit]),
                }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    LBSEQ:n Sequence Number
    LBTESTCD Lab Test or Examination Short Name
    LBTEST Lab Test or Examination Name
    LBORRES Result or Finding in Original Units
    LBSTRESN:n Numeric Result/Finding in Standard Units
    LBSTRESU Standard Units
    LBSTNRLO:n Reference Range Lower Limit-Std Units
    LBSTNRHI:n Reference Range Upper Limit-Std Units
    LBNRIND Reference Range Indicator
    VISIT Visit Name
    LBDTC Date/Time of Specimen Collection
    LBDY:n Study Day of Specimen Collection"""
    return domain("LB", "Laboratory Test Results", text, records())


def indicator(value: float, low: float, high: float) -> str:
    """LOW, NORMAL or HIGH by the reference range."""
    return "LOW" if value < low else "HIGH" if value > high else "NORMAL"


def _vs(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        tests = {code: (name, unit) for code, name, unit, _, _ in VITALS}
        for s in people:
            for (code, visit), value in s.vital.items():
                name, unit = tests[code]
                yield {
                    "USUBJID": s.id, "VSTESTCD": code, "VSTEST": name, "VSSTRESN": value, "VSSTRESU": unit, "VISIT": visit,
                    "VSDTC": s.day(s.visits[visit]).isoformat(), "VSDY": float(s.visits[visit]),
                }  # fmt: skip

    text = """
    USUBJID Unique Subject Identifier
    VSSEQ:n Sequence Number
    VSTESTCD Vital Signs Test Short Name
    VSTEST Vital Signs Test Name
    VSSTRESN:n Numeric Result/Finding in Standard Units
    VSSTRESU Standard Units
    VISIT Visit Name
    VSDTC Date/Time of Measurements
    VSDY:n Study Day of Vital Signs"""
    return domain("VS", "Vital Signs", text, records())


VISIT_NUMBERS = {name: float(number) for number, name, _ in VISITS}
