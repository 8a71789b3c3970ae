"""A study in animals as its SEND datasets and its plan tell it: what was tested, in which animals, at which doses, and what was found. Imports its room only.

A set of sources holds one such study. It is told by its trial summary (TS): a species, or a SEND implementation guide version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics import trial
from docpipe.writing.topics._findings import Findings, Measured, Sign
from docpipe.writing.topics._terms import in_cell, in_sentence

NAME = "nonclinical"
SAFETY, TOXICITY, KINETICS, DYNAMICS = "safety", "toxicity", "kinetics", "dynamics"
_KINDS = (
    (KINETICS, r"pharmacokinetic|toxicokinetic|absorption|distribution|metaboli[sc]|excretion|\badme\b"),
    (SAFETY, r"(?:respiratory|cardiovascular|neuro\w*|cns|safety|renal|gastrointestinal|core battery)[\w\s-]*pharmacolog|safety pharmacolog|herg"),
    (TOXICITY, r"tox|carcinogen|mutagen|micronucleus|ames|fertility|embryo|local tolerance|phototox|immunotox|reproduct|developmental"),
    (DYNAMICS, r"pharmacolog|pharmacodynamic"),
)  # fmt: skip
_TOXICITY = (
    ("genotoxicity", r"genotox|mutagen|micronucleus|ames|chromosom"),
    ("carcinogenicity", r"carcinogen"),
    ("reproduction", r"fertility|embryo|f(?:o)?etal|natal|reproduct|developmental|juvenile"),
    ("tolerance", r"local tolerance|irritation"),
    ("single", r"single|acute"),
    ("repeat", r"repeat|subacute|subchronic|chronic|\bweeks?\b|\bmonths?\b"),
)  # fmt: skip
_WEIGHTS = (("BW", "body weight"), ("BG", "body weight gain"), ("FW", "food and water consumption"))
_PHYSIOLOGY = (
    ("RE", "respiratory function"),
    ("CV", "cardiovascular function"),
    ("EG", "electrocardiograms"),
    ("VS", "vital signs"),
)
_LABORATORY = (("LB", "clinical pathology"),)
_PATHOLOGY = (("OM", "organ weights"),)
_KINETIC = (("PP", "pharmacokinetic parameters"), ("PC", "concentrations"))


@dataclass(frozen=True, slots=True)
class Group:
    """A dose group. ``dose`` and ``unit`` of the first exposure record, None where there is none; ``sexes``: ("males", 6)."""

    arm: str
    treatment: Value | None
    dose: Value | None
    unit: Value | None
    sexes: tuple[tuple[str, Value], ...]


class Nonclinical:
    """A study in animals. Attributes are values to print, None or empty where the sources hold nothing."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book
        self._trial = trial.read(study, book)
        self._found = Findings(study, book)
        self.title = self._one("STITLE")
        self.id = self._one("SPREFID", "STUDYID")
        self.type = self._term("SSTYP")
        self.species = self._term("SPECIES")
        self.strain = self._term("STRAIN")
        self.drug = self._one("TRT")
        self.route = self._term("ROUTE")
        self.vehicle = self._one("TRTV") or self._first("EX", "EXTRTV")
        self.form = self._of_record("EX", "EXDOSFRM")
        self.often = self._of_record("EX", "EXDOSFRQ")
        self.sponsor = self._one("SSPONSOR")
        self.director = self._one("STDIR")
        self.glp = self._one("GLPFL")
        self.glp_type = self._one("GLPTYP")
        self.start, self.end = self._one("EXPSTDTC", "STSTDTC"), self._one("EXPENDTC", "STENDTC")
        self.age, self.age_unit = self._one("AGE", "AGETXT"), self._term("AGEU")
        self.planned = self._one("SPLANSUB")
        self.design = self._term("SDESIGN")
        self.guide = self._one("SNDIGVER")
        said = " ".join(v.text for v in (self.type, self.title) if v is not None)
        self.kind = next((k for k, words in _KINDS if re.search(words, said, re.IGNORECASE)), "")
        self.section = (
            next((k for k, words in _TOXICITY if re.search(words, said, re.IGNORECASE)), "")
            if self.kind == TOXICITY
            else ""
        )

    @property
    def in_glp(self) -> bool | None:
        """The study says that it follows good laboratory practice; None where it says nothing."""
        return None if self.glp is None else self.glp.text.upper() in ("Y", "YES")

    @property
    def groups(self) -> tuple[Group, ...]:
        """Dose groups in the study's order."""
        return tuple(self._group(arm) for arm in self._study.arms.names)

    @property
    def deaths(self) -> tuple[Sign, ...] | None:
        """Deaths that were not planned; None where no dataset tells how animals left the study."""
        return self._found.died()

    @property
    def endings(self) -> tuple[Sign, ...]:
        """How the animals left the study."""
        return self._found.ended()

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Clinical signs that were not normal."""
        return self._found.signs("CL")

    @property
    def observed(self) -> Value | None:
        """How many animals were looked at for clinical signs; None without the dataset."""
        return self._found.looked_at("CL")

    @property
    def lesions(self) -> tuple[tuple[str, tuple[Sign, ...], Value | None], ...]:
        """Gross and microscopic findings: what they are, the findings, how many animals were examined. Only domains that are there."""
        several = (("MA", "macroscopic"), ("MI", "microscopic"), ("TF", "tumor"))
        made = ((what, self._found.signs(d), self._found.looked_at(d)) for d, what in several)
        return tuple(x for x in made if x[2] is not None)

    @property
    def weights(self) -> tuple[Measured, ...]:
        """Body weights and consumption."""
        return self._measured(_WEIGHTS)

    @property
    def physiology(self) -> tuple[Measured, ...]:
        """Measurements of function: respiration, heart, ECG."""
        return self._measured(_PHYSIOLOGY)

    @property
    def laboratory(self) -> tuple[Measured, ...]:
        """Clinical pathology."""
        return self._measured(_LABORATORY)

    @property
    def organs(self) -> tuple[Measured, ...]:
        """Organ weights."""
        return self._measured(_PATHOLOGY)

    @property
    def kinetics(self) -> tuple[Measured, ...]:
        """Concentrations and pharmacokinetic parameters."""
        return self._measured(_KINETIC)

    # ------------------------------------------------------------ where the values come from

    def _measured(self, domains: tuple[tuple[str, str], ...]) -> tuple[Measured, ...]:
        return self._found.all_measured(domains)

    def _one(self, *codes: str) -> Value | None:
        found = self._trial.parameter(*codes)
        return found[0] if found else None

    def _term(self, code: str) -> Value | None:
        found = self._one(code)
        return in_sentence(found) if found is not None else None

    def _first(self, dataset: str, variable: str) -> Value | None:
        frame = self._study.records.frames.get(dataset)
        if frame is None or variable not in frame:
            return None
        made = (self._book.record(frame.dataset, i, variable) for i in range(len(frame.dataset.records)))
        return next((v for v in made if v is not None), None)

    def _of_record(self, dataset: str, variable: str) -> Value | None:
        """A value that all records share, in the words of a sentence."""
        frame = self._study.records.frames.get(dataset)
        if frame is None or variable not in frame or len([v for v in frame.levels(variable) if v]) != 1:
            return None
        found = self._first(dataset, variable)
        return in_sentence(found) if found is not None else None

    def _group(self, arm: str) -> Group:
        frame = self._study.records.frames.get("EX")
        mine = self._study.records.arm_of()
        at = next((i for i, s in enumerate(frame.subject) if mine.get(s) == arm), None) if frame is not None else None
        if frame is None or at is None:
            return Group(arm, None, None, None, self._found.by_sex(arm))
        of = self._book.record
        treatment = of(frame.dataset, at, "EXTRT")
        return Group(
            arm, in_cell(treatment) if treatment is not None else None, of(frame.dataset, at, "EXDOSE"),
            of(frame.dataset, at, "EXDOSU"), self._found.by_sex(arm),
        )  # fmt: skip


def read(study: StudyData, book: Book) -> Nonclinical | None:
    """The study in animals; None where the trial summary names neither a species nor a SEND implementation guide."""
    asked = trial.read(study, book)
    return Nonclinical(study, book) if asked.parameter("SPECIES", "SNDIGVER") else None
