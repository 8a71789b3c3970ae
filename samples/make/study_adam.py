"""Analysis datasets (ADaM) of the sample study. Imports this folder and the standard library. Source: CDISC ADaMIG 1.3, names of variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from samples.make.study_files import Cell, Data, Variable, sas_date, variables
from samples.make.study_sdtm import VISIT_NUMBERS, adverse_events, end_of, indicator
from samples.make.study_subjects import ARMS, DOSES, LABORATORY, STUDY, Subject

_LEVEL = """
    STUDYID Study Identifier
    USUBJID Unique Subject Identifier
    SUBJID Subject Identifier for the Study
    SITEID Study Site Identifier
    """
_FLAGS = {"Y": "Yes", "N": "No"}
_CODES = {"SEX": {"F": "Female", "M": "Male"}, "SAFFL": _FLAGS, "ITTFL": _FLAGS, "FASFL": _FLAGS, "PPROTFL": _FLAGS}


def adam(people: Sequence[Subject]) -> tuple[Data, ...]:
    """ADSL, ADAE, ADEFF, ADTTE and ADLB."""
    randomized = [s for s in people if s.arm is not None]
    return _adsl(randomized), _adae(randomized), _adeff(randomized), _adtte(randomized), _adlb(randomized)


def in_full_set(s: Subject) -> bool:
    """Treated, with a baseline and a later value of the primary variable."""
    return s.treated and len(s.breath) > 1


def _level(s: Subject) -> dict[str, Cell]:
    assert s.arm is not None
    taken = max(0, s.last - s.missed)
    full = in_full_set(s)
    group = "<65" if s.age < 65 else ">=65"
    bmi = round(s.weight / (s.height / 100) ** 2, 1)
    return {
        "STUDYID": STUDY, "USUBJID": s.id, "SUBJID": s.number, "SITEID": s.site, "COUNTRY": s.country,
        "ARM": ARMS[s.arm], "TRT01P": ARMS[s.arm], "TRT01PN": float(s.arm), "TRT01A": ARMS[s.arm] if s.treated else None,
        "TRT01AN": float(s.arm) if s.treated else None, "AGE": float(s.age), "AGEU": "YEARS", "AGEGR1": group, "SEX": s.sex, "RACE": s.race,
        "ETHNIC": "HISPANIC OR LATINO" if s.hispanic else "NOT HISPANIC OR LATINO", "ITTFL": "Y", "SAFFL": "Y" if s.treated else "N",
        "FASFL": "Y" if full else "N", "PPROTFL": "Y" if full and not s.major else "N", "RANDDT": sas_date(s.first),
        "TRTSDT": sas_date(s.first) if s.treated else None, "TRTEDT": sas_date(s.day(s.last)) if s.treated else None,
        "TRTDURD": float(s.last) if s.treated else None, "CUMDOSE": float(taken * DOSES[s.arm]) if s.treated else None,
        "AVGDD": round(taken * DOSES[s.arm] / s.last, 1) if s.treated else None,
        "TRTCMP": round(100 * taken / s.last, 1) if s.treated else None,
        "EOSSTT": "COMPLETED" if s.ended == "COMPLETED" else "DISCONTINUED", "DCSREAS": None if s.ended == "COMPLETED" else s.ended,
        "EOSDT": sas_date(s.day(end_of(s))), "DTHFL": "Y" if s.died else None, "DTHDT": sas_date(s.day(s.died)) if s.died else None,
        "HEIGHTBL": s.height, "WEIGHTBL": s.weight, "BMIBL": bmi, "SMOKSTAT": s.smoker, "GOLDGR": s.gold, "FEV1BL": s.breath.get("Baseline"),
        "CATBL": float(s.cat["Baseline"]) if "Baseline" in s.cat else None, "EXACPRE": float(s.exacerbations),
        "ICSFL": "Y" if s.steroids else "N",
    }  # fmt: skip


def _adsl(people: Sequence[Subject]) -> Data:
    text = """
    COUNTRY Country
    ARM Description of Planned Arm
    TRT01P Planned Treatment for Period 01
    TRT01PN:n Planned Treatment for Period 01 (N)
    TRT01A Actual Treatment for Period 01
    TRT01AN:n Actual Treatment for Period 01 (N)
    AGE:n Age
    AGEU Age Units
    AGEGR1 Pooled Age Group 1
    SEX Sex
    RACE Race
    ETHNIC Ethnicity
    ITTFL Intent-To-Treat Population Flag
    SAFFL Safety Population Flag
    FASFL Full Analysis Set Population Flag
    PPROTFL Per-Protocol Population Flag
    RANDDT:d Date of Randomization
    TRTSDT:d Date of First Exposure to Treatment
    TRTEDT:d Date of Last Exposure to Treatment
    TRTDURD:n Total Treatment Duration (Days)
    CUMDOSE:n Cumulative Dose (mg)
    AVGDD:n Average Daily Dose (mg)
    TRTCMP:n Treatment Compliance (%)
    EOSSTT End of Study Status
    DCSREAS Reason for Discontinuation from Study
    EOSDT:d End of Study Date
    DTHFL Subject Death Flag
    DTHDT:d Date of Death
    HEIGHTBL:n Height at Baseline (cm)
    WEIGHTBL:n Weight at Baseline (kg)
    BMIBL:n Body Mass Index at Baseline (kg/m2)
    SMOKSTAT Smoking Status
    GOLDGR GOLD Grade at Baseline
    FEV1BL:n Trough FEV1 at Baseline (L)
    CATBL:n CAT Total Score at Baseline
    EXACPRE:n Exacerbations in the Previous Year
    ICSFL Inhaled Corticosteroid Use Flag"""
    derivations = {
        "TRTDURD": "TRTEDT - TRTSDT + 1", "AVGDD": "Tablets taken times dose, divided by TRTDURD", "TRTCMP": "100 times tablets taken, divided by TRTDURD",
        "FASFL": "Y for treated subjects with a baseline and at least one post-baseline value of trough FEV1",
        "SAFFL": "Y for subjects who took at least one dose of study drug",
        "PPROTFL": "Y for subjects of the full analysis set without an important protocol deviation",
        "BMIBL": "WEIGHTBL / (HEIGHTBL / 100) ** 2",
    }  # fmt: skip
    return Data(
        "ADSL",
        "Subject-Level Analysis Dataset",
        variables(_LEVEL + text),
        tuple(map(_level, people)),
        _CODES,
        derivations,
    )


def _part(s: Subject, names: Sequence[str]) -> dict[str, Cell]:
    level = _level(s)
    return {n: level[n] for n in ("STUDYID", "USUBJID", "SUBJID", "SITEID", *names)}


def _adae(people: Sequence[Subject]) -> Data:
    shared = ("AGE", "SEX", "RACE", "SAFFL", "TRTSDT", "TRTEDT")

    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            for number, (e, raw) in enumerate(zip(s.events, adverse_events([s]), strict=True), 1):
                emergent = e.start >= 1
                yield {
                    **_part(s, shared), **{k: v for k, v in raw.items() if k in _AE}, "TRTA": ARMS[s.arm or 0], "TRTAN": float(s.arm or 0),
                    "AESEQ": float(number), "ASTDT": sas_date(s.day(e.start)), "ASTDY": float(e.start),
                    "AENDT": sas_date(s.day(e.end)) if e.end else None, "AENDY": float(e.end) if e.end else None,
                    "ADURN": float(e.end - e.start + 1) if e.end else None, "ADURU": "DAYS" if e.end else None,
                    "TRTEMFL": "Y" if emergent else None, "CQ01NAM": "PNEUMONIA" if e.special else None,
                    "AESIFL": "Y" if e.special else None,
                }  # fmt: skip

    derivations = {
        "ASTDY": "ASTDT - TRTSDT, plus 1 on and after TRTSDT", "TRTEMFL": "Y if ASTDT is on or after TRTSDT",
        "CQ01NAM": "PNEUMONIA for the preferred term Pneumonia", "AESIFL": "Y if CQ01NAM is not missing",
    }  # fmt: skip
    codes = {k: v for k, v in _CODES.items() if k in ("SEX", "SAFFL")}
    return Data(
        "ADAE", "Adverse Event Analysis Dataset", variables(_LEVEL + _AE_TEXT), tuple(records()), codes, derivations
    )


_AE_TEXT = """
    TRTA Actual Treatment
    TRTAN:n Actual Treatment (N)
    AGE:n Age
    SEX Sex
    RACE Race
    SAFFL Safety Population Flag
    TRTSDT:d Date of First Exposure to Treatment
    TRTEDT:d Date of Last Exposure to Treatment
    AESEQ:n Sequence Number
    AETERM Reported Term for the Adverse Event
    AEDECOD Dictionary-Derived Term
    AEBODSYS Body System or Organ Class
    AESOC Primary System Organ Class
    AESEV Severity/Intensity
    AESER Serious Event
    AESDTH Results in Death
    AESHOSP Requires or Prolongs Hospitalization
    AESLIFE Is Life Threatening
    AEACN Action Taken with Study Treatment
    AEREL Causality
    AEOUT Outcome of Adverse Event
    ASTDT:d Analysis Start Date
    ASTDY:n Analysis Start Relative Day
    AENDT:d Analysis End Date
    AENDY:n Analysis End Relative Day
    ADURN:n Analysis Duration (N)
    ADURU Analysis Duration Units
    TRTEMFL Treatment Emergent Analysis Flag
    CQ01NAM Customized Query 01 Name
    AESIFL Adverse Event of Special Interest Flag"""
_AE = frozenset(v.name for v in variables(_AE_TEXT))


# ---------------------------------------------------------------- efficacy

_BASIC = """
    TRTP Planned Treatment
    TRTPN:n Planned Treatment (N)
    ITTFL Intent-To-Treat Population Flag
    FASFL Full Analysis Set Population Flag
    """
_FINDING = """
    PARAMCD Parameter Code
    PARAM Parameter
    AVISIT Analysis Visit
    AVISITN:n Analysis Visit (N)
    ADT:d Analysis Date
    ADY:n Analysis Relative Day
    AVAL:n Analysis Value
    BASE:n Baseline Value
    CHG:n Change from Baseline
    """
PARAMETERS = (("FEV1", "Trough FEV1 (L)"), ("CATTOT", "CAT Total Score"))
_WEEKS = ("Baseline", "Week 4", "Week 8", "Week 12")


def _adeff(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            for code, name in PARAMETERS:
                values: Mapping[str, float] = s.breath if code == "FEV1" else s.cat
                base = values.get("Baseline")
                last, seen = base, ""
                for visit in _WEEKS:
                    own = values.get(visit)
                    if own is not None:
                        last, seen = own, visit
                    elif visit != "Week 12" or base is None or seen == "Baseline":
                        continue  # only the value at Week 12 is carried forward
                    at = s.visits[visit if own is not None else seen]
                    yield {
                        **_part(s, ("ITTFL", "FASFL")), "TRTP": ARMS[s.arm or 0], "TRTPN": float(s.arm or 0), "PARAMCD": code, "PARAM": name,
                        "AVISIT": visit, "AVISITN": VISIT_NUMBERS[visit], "ADT": sas_date(s.day(at)), "ADY": float(at), "AVAL": last,
                        "BASE": base, "CHG": round(last - base, 2) if visit != "Baseline" and last is not None and base is not None else None,
                        "DTYPE": None if own is not None else "LOCF", "ANL01FL": "Y" if in_full_set(s) else None,
                    }  # fmt: skip

    more = "DTYPE Derivation Type\nANL01FL Analysis Flag 01"
    derivations = {
        "CHG": "AVAL - BASE after baseline", "DTYPE": "LOCF where the last value after baseline was carried forward to Week 12",
        "ANL01FL": "Y for the records of the full analysis set",
    }  # fmt: skip
    codes = {"ITTFL": _FLAGS, "FASFL": _FLAGS}
    return Data(
        "ADEFF",
        "Efficacy Analysis Dataset",
        variables(_LEVEL + _BASIC + _FINDING + more),
        tuple(records()),
        codes,
        derivations,
    )


def time_to_event(s: Subject) -> tuple[int, bool]:
    """Days from the first dose to the first exacerbation, or to the end of observation."""
    return (s.worse, True) if s.worse else (min(s.last or 1, 84), False)


def _adtte(people: Sequence[Subject]) -> Data:
    def record(s: Subject) -> dict[str, Cell]:
        days, happened = time_to_event(s)
        return {
            **_part(s, ("ITTFL", "FASFL")), "TRTP": ARMS[s.arm or 0], "TRTPN": float(s.arm or 0), "PARAMCD": "TTEXAC",
            "PARAM": "Time to First Moderate or Severe COPD Exacerbation (Days)", "AVAL": float(days), "STARTDT": sas_date(s.first),
            "ADT": sas_date(s.day(days)), "CNSR": 0.0 if happened else 1.0,
            "EVNTDESC": "First exacerbation" if happened else "Last day of observation on treatment",
        }  # fmt: skip

    text = """
    PARAMCD Parameter Code
    PARAM Parameter
    AVAL:n Analysis Value
    STARTDT:d Time-to-Event Origin Date for Subject
    ADT:d Analysis Date
    CNSR:n Censor
    EVNTDESC Event or Censoring Description"""
    derivations = {"AVAL": "ADT - STARTDT + 1", "CNSR": "0 for an exacerbation, 1 for the end of observation"}
    codes = {"ITTFL": _FLAGS, "FASFL": _FLAGS}
    return Data(
        "ADTTE",
        "Time to Event Analysis Dataset",
        variables(_LEVEL + _BASIC + text),
        tuple(map(record, people)),
        codes,
        derivations,
    )


def _adlb(people: Sequence[Subject]) -> Data:
    def records() -> Iterator[dict[str, Cell]]:
        for s in people:
            if not s.treated:
                continue
            for code, name, unit, low, high, _, _ in LABORATORY:
                visits = [v for v in _WEEKS if (code, v) in s.laboratory]
                base = s.laboratory.get((code, "Baseline"))
                for visit in visits:
                    value = s.laboratory[code, visit]
                    now = indicator(value, low, high)
                    before = indicator(base, low, high) if base is not None else None
                    last = visit == visits[-1] and visit != "Baseline"
                    yield {
                        **_part(s, ("SAFFL",)), "TRTA": ARMS[s.arm or 0], "TRTAN": float(s.arm or 0), "PARAMCD": code, "PARAM": f"{name} ({unit})",
                        "AVISIT": visit, "AVISITN": VISIT_NUMBERS[visit], "ADT": sas_date(s.day(s.visits[visit])),
                        "ADY": float(s.visits[visit]), "AVAL": value, "BASE": base,
                        "CHG": round(value - base, 1) if base is not None and visit != "Baseline" else None, "ANRLO": low, "ANRHI": high,
                        "ANRIND": now, "BNRIND": before, "SHIFT1": f"{before} to {now}" if visit != "Baseline" else None,
                        "LVOTFL": "Y" if last else None,
                    }  # fmt: skip

    lead = """
    TRTA Actual Treatment
    TRTAN:n Actual Treatment (N)
    SAFFL Safety Population Flag
    """
    more = """
    ANRLO:n Analysis Normal Range Lower Limit
    ANRHI:n Analysis Normal Range Upper Limit
    ANRIND Analysis Reference Range Indicator
    BNRIND Baseline Reference Range Indicator
    SHIFT1 Shift from Baseline to Analysis Value
    LVOTFL Last Value on Treatment Record Flag"""
    derivations = {"LVOTFL": "Y for the last value after baseline", "SHIFT1": "BNRIND to ANRIND"}
    return Data(
        "ADLB",
        "Laboratory Analysis Dataset",
        variables(_LEVEL + lead + _FINDING + more),
        tuple(records()),
        {"SAFFL": _FLAGS},
        derivations,
    )


def variable(data: Data, name: str) -> Variable:
    """A variable of a dataset by name."""
    return next(v for v in data.variables if v.name == name)
