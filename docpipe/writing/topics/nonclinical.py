"""Studies in animals as their SEND datasets and plans tell them: what was tested, in which animals, at which doses, and what was found. Imports its room only.

A set of sources holds any number of them, alone or beside a study in people. Each is told by its trial summary (TS): a species, or a SEND
implementation guide version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from docpipe.writing.book import CITE, Book, Value, mark
from docpipe.writing.study import StudyData
from docpipe.writing.topics import trial
from docpipe.writing.topics._computed import duration
from docpipe.writing.topics._findings import Findings, Measured, Sign
from docpipe.writing.topics._terms import in_cell, in_sentence
from docpipe.writing.topics.texts import Passages

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
_OFTEN = {
    "ONCE": "once", "QD": "once daily", "BID": "twice daily", "TID": "three times daily", "QW": "once weekly", "BIW": "twice weekly",
    "Q2D": "every other day", "QOD": "every other day", "QM": "once monthly", "CONTINUOUS": "continuously",
}  # fmt: skip
"""SEND frequency -> words."""
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
    """A dose group. ``dose`` and ``unit`` of the first exposure record, None where there is none; ``sexes``: ("males", 6).

    ``treatment``: what was given; at a dose of nothing that is the vehicle.
    """

    arm: str
    treatment: Value | None
    dose: Value | None
    unit: Value | None
    sexes: tuple[tuple[str, Value], ...]


class Nonclinical:
    """A study in animals. Attributes are values to print, None or empty where the sources hold nothing. ``key``: what keys of its tables begin with."""

    def __init__(self, study: StudyData, book: Book, key: str = "") -> None:
        self._study, self._book, self.key = study, book, key
        self._trial = trial.read(study, book)
        self._found = Findings(study, book, key, sexed=True)
        self.passages = Passages(study.texts, book)
        self.title = self._one("STITLE")
        self.id = self._one("SPREFID", "STUDYID")
        self.type = self._term("SSTYP")
        self.species = self._term("SPECIES")
        self.strain = self._term("STRAIN")
        self.drug = self._one("TRT")
        self.route = self._term("ROUTE")
        self.vehicle = self._one("TRTV") or self._first("EX", "EXTRTV")
        self.form = self._of_record("EX", "EXDOSFRM")
        self.often = self._frequency()
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
    def glp_said(self) -> str:
        """``conducted in compliance`` or ``not conducted in compliance``, bound to the flag; "" where the data say nothing."""
        if self.glp is None:
            return ""
        place = self.glp.fact.places[0]
        key = f"{place.sha256}|{place.locator}"
        self._book.passages[key] = place
        return mark(CITE, key) + ("conducted in compliance" if self.in_glp else "not conducted in compliance")

    @property
    def length(self) -> Value | None:
        """How long dosing lasted, in words (``28 days``); None where the data say nothing, and for a study of one dose."""
        once = self.often is not None and self.often.text.lower() == "once"
        found = None if once else self._one("DOSDUR", "TRTDUR")
        return duration(self._book, found) if found is not None else None

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

    def _frequency(self) -> Value | None:
        """How often animals were dosed, in words; a code without words as it is."""
        found = self._of_record("EX", "EXDOSFRQ")
        said = _OFTEN.get(found.text.upper()) if found is not None else None
        if found is None or said is None:
            return found
        return self._book.value(replace(found.fact, statistic="EXDOSFRQ in words", formatted=said))

    def _group(self, arm: str) -> Group:
        frame = self._study.records.frames.get("EX")
        mine = self._study.records.arm_of()
        at = next((i for i, s in enumerate(frame.subject) if mine.get(s) == arm), None) if frame is not None else None
        if frame is None or at is None:
            return Group(arm, None, None, None, self._found.by_sex(arm))
        of = self._book.record
        dose = of(frame.dataset, at, "EXDOSE")
        nothing = dose is not None and dose.number == 0
        treatment = (of(frame.dataset, at, "EXTRTV") or self.vehicle if nothing else None) or of(
            frame.dataset, at, "EXTRT"
        )
        return Group(
            arm, in_cell(treatment) if treatment is not None else None, dose, of(frame.dataset, at, "EXDOSU"),
            self._found.by_sex(arm),
        )  # fmt: skip


class Animals:
    """The studies in animals of a set, in the order of the sources. ``alone``: there is no study in people beside them."""

    def __init__(self, studies: Iterable[Nonclinical], alone: bool) -> None:
        self._studies, self.alone = tuple(studies), alone

    def __iter__(self) -> Iterator[Nonclinical]:
        return iter(self._studies)

    def __len__(self) -> int:
        return len(self._studies)

    @property
    def names(self) -> str:
        """The studies' ids, for headers of pages; "" where the only study is the set's own."""
        if self.alone and len(self._studies) == 1:
            return ""
        return ", ".join(x.id.text for x in self._studies if x.id is not None)

    def of(self, kinds: Iterable[str], section: str = "") -> tuple[Nonclinical, ...]:
        """The studies of some kinds (``safety``, ``toxicity``, ``kinetics``, ``dynamics``) and, of toxicity, of a section."""
        wanted = set(kinds)
        return tuple(x for x in self._studies if x.kind in wanted and (not section or x.section == section))

    def shared(self, name: str) -> Value | None:
        """An attribute that the first study with it gives: ``drug``, ``sponsor``."""
        return next((v for x in self._studies if (v := getattr(x, name)) is not None), None)


def read(study: StudyData, book: Book) -> Animals | None:
    """The studies in animals; None where no trial summary names a species or a SEND implementation guide."""
    alone = _of_animals(study, book)
    several = study.animals or ((study,) if alone else ())
    made = (Nonclinical(s, replace(book, study=s.id), f"s{n}-" if n > 1 else "") for n, s in enumerate(several, 1))
    return Animals(made, alone) if several else None


def _of_animals(study: StudyData, book: Book) -> bool:
    return bool(trial.read(study, book).parameter("SPECIES", "SNDIGVER"))
