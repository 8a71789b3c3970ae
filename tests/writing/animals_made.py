"""A study of toxicity in animals made up for tests: four weeks, both sexes, three doses and a control, as SEND datasets."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from transport import Column, library, member

from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Dataset, SourceFile, SourceKind, Value, Variable

STUDY = "TX-2207"
GROUPS = (
    ("1", "Control", 0.0),
    ("2", "10 mg/kg/day", 10.0),
    ("3", "30 mg/kg/day", 30.0),
    ("4", "100 mg/kg/day", 100.0),
)
EACH = 5
_SUMMARY = {
    "STITLE": "A 4-Week Oral Toxicity Study of Compound A in Rats", "SPREFID": STUDY, "SSTYP": "REPEAT DOSE TOXICITY", "SPECIES": "RAT", "STRAIN": "WISTAR HAN",
    "TRT": "Compound A", "TRTV": "water", "ROUTE": "ORAL GAVAGE", "GLPFL": "Y", "EXPSTDTC": "2017-03-06", "EXPENDTC": "2017-04-04", "SNDIGVER": "SEND IMPLEMENTATION GUIDE VERSION 3.1",
    "DOSDUR": "P28D", "AGE": "7", "AGEU": "WEEKS", "SSPONSOR": "Kaku Pharmaceuticals Co., Ltd., Japan",
}  # fmt: skip
Record = dict[str, Value]


def animals() -> list[tuple[str, str, str, float]]:
    """Animal, sex, arm, dose."""
    return [
        (f"{STUDY}-{code}{sex}{n}", sex, arm, dose)
        for code, arm, dose in GROUPS
        for sex in "MF"
        for n in range(1, EACH + 1)
    ]


def _tables(study: str) -> dict[str, list[Record]]:
    chance = random.Random(7)
    found: dict[str, list[Record]] = {name: [] for name in ("TS", "DM", "EX", "DS", "BW", "CL", "LB", "OM", "MI")}
    found["TS"] = [
        {"TSPARMCD": k, "TSPARM": k.capitalize(), "TSVAL": study if v == STUDY else v} for k, v in _SUMMARY.items()
    ]
    for animal, sex, arm, dose in animals():
        who: Record = {"USUBJID": animal.replace(STUDY, study)}
        code = next(c for c, a, _ in GROUPS if a == arm)
        found["DM"].append({**who, "SEX": sex, "ARMCD": code, "ARM": arm})
        found["EX"].append({**who, "EXTRT": "Compound A", "EXDOSE": dose, "EXDOSU": "mg/kg/day", "EXDOSFRQ": "QD"})
        dead = arm.startswith("100") and animal.endswith("M1")
        found["DS"].append(
            {
                **who,
                "DSTERM": "Found" if dead else "Sacrifice",
                "DSDECOD": "FOUND DEAD" if dead else "TERMINAL SACRIFICE",
            }
        )
        start = 180.0 if sex == "M" else 140.0
        for day in (1.0, 8.0, 28.0):
            weight = round(start + day * (2.2 - dose / 100) + chance.uniform(-6, 6), 1)
            found["BW"].append(
                {**who, "BWTESTCD": "BW", "BWTEST": "Body Weight", "BWSTRESN": weight, "BWSTRESU": "g", "BWNOMDY": day}
            )
        sign = "SALIVATION" if arm.startswith("100") and sex == "M" else "NORMAL"
        found["CL"].append({**who, "CLTESTCD": "CS", "CLTEST": "Clinical Signs", "CLSTRESC": sign, "CLNOMDY": 14.0})
        for code, name, level, unit in (
            ("ALT", "Alanine Aminotransferase", 40.0 + dose / 4, "U/L"),
            ("ALB", "Albumin", 4.1, "g/dL"),
            ("GLUC", "Glucose", 110.0, "mg/dL"),
            ("UREAN", "Urea Nitrogen", 16.0, "mg/dL"),
        ):
            found["LB"].append(
                {
                    **who,
                    "LBTESTCD": code,
                    "LBTEST": name,
                    "LBSPEC": "SERUM",
                    "LBSTRESN": round(level * chance.uniform(0.9, 1.1), 1),
                    "LBSTRESU": unit,
                    "LBNOMDY": 29.0,
                }
            )
        for organ, grams in (("LIVER", 9.0 + dose / 25), ("KIDNEY", 2.1)):
            found["OM"].append(
                {
                    **who,
                    "OMTESTCD": "WEIGHT",
                    "OMTEST": "Weight",
                    "OMSPEC": organ,
                    "OMSTRESN": round(grams * chance.uniform(0.9, 1.1), 2),
                    "OMSTRESU": "g",
                    "OMNOMDY": 29.0,
                }
            )
            seen = organ == "LIVER" and dose >= 30 and not animal.endswith("5")
            vacuoles = organ == "KIDNEY" and animal.endswith("2")
            said = "HYPERTROPHY" if seen else "VACUOLATION" if vacuoles else "UNREMARKABLE"
            if organ == "LIVER" and animal.endswith("4") and dose == 100:
                said = "VACUOLATION"
            found["MI"].append(
                {
                    **who,
                    "MITESTCD": "GHISTXQL",
                    "MITEST": "General Histopathology",
                    "MISPEC": organ,
                    "MISTRESC": said,
                    "MINOMDY": 29.0,
                }
            )
    return {name: [{"STUDYID": study, "DOMAIN": name, **r} for r in records] for name, records in found.items()}


def toxicity(study: str = STUDY, folder: str = "toxicity") -> list[Dataset]:
    """The datasets, as a reader gives them."""
    return [_dataset(name, records, study, folder) for name, records in _tables(study).items()]


def _dataset(name: str, records: Sequence[Record], study: str, folder: str) -> Dataset:
    variables = [
        Variable(k, k.capitalize(), "number" if any(isinstance(r[k], float) for r in records) else "text")
        for k in records[0]
    ]
    path = f"{folder}/{name.lower()}.xpt"
    file = SourceFile(
        path, digest_bytes(f"{study}/{path}".encode()), "application/x-sas-xport", SourceKind.DATASET, study
    )
    return Dataset(file, name, name, tuple(variables), tuple(tuple(r.values()) for r in records))


def write(folder: Path, study: str = STUDY) -> None:
    """The datasets as SAS transport files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in _tables(study).items():
        columns = [_column(k, [r[k] for r in records]) for k in records[0]]
        rows = [tuple("" if v is None else v for v in r.values()) for r in records]
        (folder / f"{name.lower()}.xpt").write_bytes(library(member(name, columns, rows)))


def _column(name: str, values: Iterable[Value]) -> Column:
    given = list(values)
    if any(isinstance(v, float) for v in given):
        return Column(name, "number", 8, name.capitalize())
    return Column(name, "text", max(1, *(len(str(v or "")) for v in given)), name.capitalize())
