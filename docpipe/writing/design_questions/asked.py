"""A question on a design, and the words that its checks compare. Imports the core only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.model.finding import Severity
from docpipe.model.trial import Named


@dataclass(frozen=True, slots=True)
class Question:
    """A question. ``pointers``: JSON pointers of what it is about, the first where it is shown; ``other``: what the other side says."""

    check: str
    severity: Severity
    message: str
    pointers: tuple[str, ...]
    other: str = ""


def major(check: str, message: str, *pointers: str, other: str = "") -> Question:
    """A contradiction, or something without which the design cannot be carried out as written."""
    return Question(f"design.{check}", Severity.MAJOR, message, pointers, other)


def minor(check: str, message: str, *pointers: str, other: str = "") -> Question:
    """Something that is likely an oversight."""
    return Question(f"design.{check}", Severity.MINOR, message, pointers, other)


def named(thing: Named) -> str:
    """What a message calls a thing, shortened."""
    return short(thing.called or thing.id)


def short(text: str, most: int = 90) -> str:
    """A text for a message."""
    said = " ".join(text.split())
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


_WORD = re.compile(r"[^\W_]+(?:[-+/][^\W_]+)*\+?")
_EMPTY = frozenset(
    re.findall(
        r"\w+",
    "a an and any are as at be been by during each for from has have in into is its it mean no not of on or other over per than that the their this to total "
    "under until upon up was were which while will with within without change changes changed day days week weeks month months year years hour hours visit "
    "baseline score scores scale item items value values time point points first last end assess assessed assessment assessments assessing evaluate evaluated "
    "evaluation evaluations measure measured measures measurement measurements determine determined effect effects study trial treatment subject subjects "
    "participant participants patient patients dose doses dosing based focusing compared including using number proportion percent percentage rate rates response "
    "test tests testing level levels group groups use used new record recorded result results parameter parameters data performed following",
    )
)  # fmt: skip
_SAME = (
    ("adverse", "ae", "aes", "sae", "saes", "teae", "teaes", "tolerability"),
    ("laboratory", "lab", "labs", "chemistry", "hematology", "haematology", "urinalysis", "uninalysis", "coagulation"),
    ("ecg", "electrocardiogram", "electrocardiograms", "electrocardiographic"),
    ("vital", "vitals", "blood pressure", "pulse", "heart", "temperature", "respiratory"),
    ("pk", "pharmacokinetic", "pharmacokinetics", "concentration", "concentrations", "auc", "cmax"),
    ("pd", "pharmacodynamic", "pharmacodynamics"),
    ("physical",), ("weight", "bmi", "height"),
    ("feces", "faeces", "fecal", "faecal", "stool"), ("urine", "urinary"), ("plasma", "serum"), ("copper", "cu"), ("molybdenum", "mo"),
    ("mri", "ct", "imaging", "scan", "radiographic", "tumour", "tumor", "recist"),
    ("death", "deaths", "mortality", "survival"), ("immunogenicity", "ada", "antibody", "antibodies"), ("genotype", "genotyping", "genetic", "genetics"),
    ("tolerated", "safety"),
    ("spirometry", "fev1", "fvc", "pef", "lung function", "pulmonary function"), ("hba1c", "a1c", "glycated", "glycosylated"),
    ("walk", "walking", "6mwt", "6mwd"), ("creatinine", "egfr", "renal function"), ("echocardiography", "echocardiogram", "lvef", "ejection"),
    ("dxa", "dexa", "bmd", "bone mineral"), ("viral load", "rna", "viraemia", "viremia"), ("visual acuity", "bcva", "etdrs"), ("oct", "retinal"),
    ("quality of life", "qol", "eq-5d", "eq-5d-5l", "sf-36", "questionnaire", "questionnaires"), ("pain", "nrs", "vas"), ("depression", "madrs", "hamd", "phq-9"),
    ("cgm", "glucose", "glycaemic", "glycemic"), ("cholesterol", "ldl", "lipid", "lipids", "triglycerides"), ("biopsy", "histology", "histological"),
)  # fmt: skip
_ROOT = {word: group[0] for group in _SAME for word in group}


def words(text: str) -> frozenset[str]:
    """The words of a text that carry its subject, names of one thing brought to one, plural endings off."""
    return frozenset(_words(text))


def _words(text: str) -> Iterator[str]:
    lower = text.casefold()
    for pair in (w for w in _ROOT if " " in w):
        if pair in lower:
            yield _ROOT[pair]
    for word in _WORD.findall(lower):
        for part in (word, *re.split(r"[-/]", word)) if re.search(r"[-/]", word) else (word,):
            if len(part) < 2 or part in _EMPTY or part.isdigit():
                continue
            root = _ROOT.get(part) or _ROOT.get(part.removesuffix("s"))
            yield root or (part[:-1] if len(part) > 4 and part.endswith("s") and not part.endswith("ss") else part)
