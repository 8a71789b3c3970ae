"""The invented subjects of the sample study: who they are and what happened to them. Everything here is fictional.

Imports the standard library only. The same seed gives the same people.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

STUDY = "TVN-4471-204"
SPONSOR = "Thalvorne Therapeutics Ltd"
DRUG = "Corvelast"
CODE = "TVN-4471"
ARMS = ("Placebo", "Corvelast 50 mg", "Corvelast 150 mg")
CODES = ("PBO", "COR50", "COR150")
DOSES = (0, 50, 150)
RANDOMIZED = 66
VISITS = ((1, "Screening", -14), (2, "Baseline", 1), (3, "Week 4", 29), (4, "Week 8", 57), (5, "Week 12", 85))
_SITES = (("101", "POL"), ("102", "POL"), ("201", "CZE"), ("202", "CZE"), ("301", "DEU"), ("302", "DEU"))
_FIRST = date(2024, 3, 4)


@dataclass
class Event:
    """An adverse event; ``start`` and ``end`` are study days, ``end`` None where it went on."""

    term: str
    said: str
    organ: str
    start: int
    end: int | None
    severity: str = "MILD"
    related: bool = False
    action: str = "DOSE NOT CHANGED"
    outcome: str = "RECOVERED/RESOLVED"
    serious: str = ""
    """The variable of the criterion: AESDTH, AESLIFE, AESHOSP; "" for an event that is not serious."""
    special: bool = False


@dataclass
class Subject:
    """A person. ``arm`` is None for a screen failure; ``last`` is the day of the last dose, 0 where none was taken."""

    number: str
    site: str
    country: str
    age: int
    sex: str
    race: str
    hispanic: bool
    consent: date
    arm: int | None
    first: date
    """Day 1."""
    height: float
    weight: float
    smoker: str
    gold: str
    exacerbations: int
    steroids: bool
    last: int = 84
    ended: str = "COMPLETED"
    """COMPLETED, or why the subject left, in the words of controlled terminology."""
    why: str = ""
    died: int = 0
    """Day of death, 0 for none."""
    missed: int = 0
    """Tablets that were dispensed and not taken."""
    visits: dict[str, int] = field(default_factory=dict)
    """Visit -> study day."""
    breath: dict[str, float] = field(default_factory=dict)
    cat: dict[str, int] = field(default_factory=dict)
    worse: int = 0
    """Day of the first moderate or severe exacerbation, 0 for none."""
    laboratory: dict[tuple[str, str], float] = field(default_factory=dict)
    vital: dict[tuple[str, str], float] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    history: list[tuple[str, str, int]] = field(default_factory=list)
    medication: list[tuple[str, str, str]] = field(default_factory=list)
    major: bool = False
    """An important protocol deviation: not in the per-protocol set."""

    @property
    def id(self) -> str:
        """USUBJID."""
        return f"{STUDY}-{self.number}"

    @property
    def treated(self) -> bool:
        """Took at least one dose."""
        return self.last > 0

    def day(self, number: int) -> date:
        """The date of a study day; there is no day 0."""
        return self.first + timedelta(days=number - 1 if number > 0 else number)


_TERMS = (
    ("Nasopharyngitis", "common cold", "Infections and infestations", (0.16, 0.13, 0.15), False),
    ("Upper respiratory tract infection", "upper airway infection", "Infections and infestations", (0.09, 0.06, 0.09), False),
    ("Urinary tract infection", "urinary infection", "Infections and infestations", (0.05, 0.05, 0.03), False),
    ("Headache", "headache", "Nervous system disorders", (0.10, 0.16, 0.26), True),
    ("Dizziness", "dizziness", "Nervous system disorders", (0.05, 0.07, 0.10), True),
    ("Tremor", "trembling hands", "Nervous system disorders", (0.00, 0.05, 0.14), True),
    ("Nausea", "nausea", "Gastrointestinal disorders", (0.05, 0.13, 0.26), True),
    ("Diarrhoea", "loose stools", "Gastrointestinal disorders", (0.06, 0.10, 0.15), True),
    ("Dry mouth", "dry mouth", "Gastrointestinal disorders", (0.01, 0.06, 0.10), True),
    ("Cough", "cough", "Respiratory, thoracic and mediastinal disorders", (0.10, 0.08, 0.05), False),
    ("Oropharyngeal pain", "sore throat", "Respiratory, thoracic and mediastinal disorders", (0.06, 0.03, 0.05), False),
    ("Palpitations", "palpitations", "Cardiac disorders", (0.01, 0.04, 0.09), True),
    ("Back pain", "low back pain", "Musculoskeletal and connective tissue disorders", (0.10, 0.06, 0.05), False),
    ("Muscle spasms", "leg cramps", "Musculoskeletal and connective tissue disorders", (0.02, 0.06, 0.10), True),
    ("Alanine aminotransferase increased", "ALT increased", "Investigations", (0.01, 0.04, 0.06), True),
    ("Rash", "skin rash", "Skin and subcutaneous tissue disorders", (0.05, 0.03, 0.05), True),
)  # fmt: skip
_HISTORY = (
    ("Hypertension", "Vascular disorders", 0.55), ("Type 2 diabetes mellitus", "Metabolism and nutrition disorders", 0.2),
    ("Hypercholesterolaemia", "Metabolism and nutrition disorders", 0.3), ("Coronary artery disease", "Cardiac disorders", 0.15),
    ("Osteoarthritis", "Musculoskeletal and connective tissue disorders", 0.25),
    ("Gastrooesophageal reflux disease", "Gastrointestinal disorders", 0.2), ("Depression", "Psychiatric disorders", 0.1),
)  # fmt: skip
_MEDICINES = (
    ("TIOTROPIUM", "Maintenance treatment of COPD", "ONGOING", 0.8), ("SALBUTAMOL", "Relief of COPD symptoms", "ONGOING", 1.0),
    ("BUDESONIDE/FORMOTEROL", "Maintenance treatment of COPD", "ONGOING", 0.5), ("AMLODIPINE", "Hypertension", "ONGOING", 0.3),
    ("ATORVASTATIN", "Hypercholesterolaemia", "ONGOING", 0.3), ("PARACETAMOL", "Headache", "AS NEEDED", 0.25),
)  # fmt: skip
LABORATORY = (
    ("ALT", "Alanine Aminotransferase", "U/L", 7.0, 45.0, 24.0, 8.0),
    ("AST", "Aspartate Aminotransferase", "U/L", 8.0, 40.0, 23.0, 6.0),
    ("CREAT", "Creatinine", "umol/L", 50.0, 110.0, 82.0, 14.0),
    ("HGB", "Hemoglobin", "g/L", 120.0, 170.0, 144.0, 12.0),
    ("K", "Potassium", "mmol/L", 3.5, 5.1, 4.3, 0.35),
)
VITALS = (
    ("SYSBP", "Systolic Blood Pressure", "mmHg", 132.0, 12.0), ("DIABP", "Diastolic Blood Pressure", "mmHg", 79.0, 8.0),
    ("PULSE", "Pulse Rate", "beats/min", 74.0, 9.0),
)  # fmt: skip


class _Chance:
    """Random draws from the one method of ``random`` that no version of Python changes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def share(self) -> float:
        return self._random.random()

    def whole(self, low: int, high: int) -> int:
        return low + int(self.share() * (high - low + 1))

    def normal(self, middle: float, spread: float) -> float:
        a, b = max(self.share(), 1e-12), self.share()
        return middle + spread * math.sqrt(-2 * math.log(a)) * math.cos(2 * math.pi * b)


def subjects() -> list[Subject]:
    """Everybody who was screened, in the order of their numbers within a site."""
    chance = _Chance(447120426)
    found: list[Subject] = []
    counts: dict[str, int] = {}
    block: list[int] = []
    randomized = 0
    for number in range(74):
        site, country = _SITES[chance.whole(0, len(_SITES) - 1)]
        counts[site] = counts.get(site, 0) + 1
        failure = number % 9 == 4
        if not failure and not block:
            block = [0, 1, 2]
        arm = None if failure or randomized == RANDOMIZED else block.pop(chance.whole(0, len(block) - 1))
        randomized += arm is not None
        found.append(
            _person(chance, f"{site}-{counts[site]:03d}", site, country, _FIRST + timedelta(days=number * 2), arm)
        )
    treated = [[s for s in found if s.arm == k] for k in range(3)]
    _fates(treated)
    for subject in found:
        if subject.arm is not None:
            _course(chance, subject)
    _marked(treated)
    for subject in found:
        subject.events.sort(key=lambda e: (e.start, e.term))
    return sorted(found, key=lambda s: s.number)


def _person(chance: _Chance, number: str, site: str, country: str, consent: date, arm: int | None) -> Subject:
    sex = "M" if chance.share() < 0.58 else "F"
    race = "WHITE" if (x := chance.share()) < 0.88 else "ASIAN" if x < 0.95 else "BLACK OR AFRICAN AMERICAN"
    height = round(chance.normal(175 if sex == "M" else 163, 6))
    subject = Subject(
        number, site, country, min(79, max(42, round(chance.normal(64, 8)))), sex, race, chance.share() < 0.06, consent, arm,
        consent + timedelta(days=14 + chance.whole(-2, 3)), float(height),
        round(max(48.0, chance.normal(82 if sex == "M" else 70, 12)), 1), "CURRENT" if chance.share() < 0.4 else "FORMER",
        "GOLD 2" if chance.share() < 0.6 else "GOLD 3", 1 + (chance.share() < 0.35), chance.share() < 0.5,
    )  # fmt: skip
    subject.missed = chance.whole(0, 7)
    for term, organ, share in _HISTORY:
        if chance.share() < share:
            subject.history.append((term, organ, chance.whole(1998, 2021)))
    subject.history.append(
        (
            "Chronic obstructive pulmonary disease",
            "Respiratory, thoracic and mediastinal disorders",
            chance.whole(2006, 2020),
        )
    )
    subject.medication = [(n, i, f) for n, i, f, share in _MEDICINES if chance.share() < share]
    return subject


def _fates(arms: list[list[Subject]]) -> None:
    """Who left, when and why. The stories of those who died or were harmed are told in ``_marked``."""
    fates = (
        (0, 4, 46, "DEATH", "", 47), (0, 11, 33, "ADVERSE EVENT", "", 0), (0, 7, 52, "WITHDRAWAL BY SUBJECT", "Moved abroad", 0),
        (0, 16, 58, "LACK OF EFFICACY", "", 0), (1, 9, 58, "DEATH", "", 61), (1, 2, 41, "WITHDRAWAL BY SUBJECT", "", 0),
        (1, 14, 30, "LOST TO FOLLOW-UP", "", 0), (1, 17, 0, "WITHDRAWAL BY SUBJECT", "", 0), (2, 3, 40, "ADVERSE EVENT", "", 0),
        (2, 8, 22, "ADVERSE EVENT", "", 0), (2, 13, 61, "PROTOCOL DEVIATION", "", 0), (2, 19, 12, "WITHDRAWAL BY SUBJECT", "", 0),
    )  # fmt: skip
    for arm, position, last, reason, why, died in fates:
        subject = arms[arm][position]
        subject.last, subject.ended, subject.why, subject.died = last, reason, why, died
        subject.missed = min(subject.missed, max(0, last // 14))
        subject.major = reason == "PROTOCOL DEVIATION"
    for arm, position in ((0, 13), (1, 5), (2, 10)):
        arms[arm][position].major = True


def _course(chance: _Chance, s: Subject) -> None:
    """Visits, measurements and ordinary adverse events of a randomized subject."""
    assert s.arm is not None
    stay = s.died or s.last
    s.visits = {"Screening": -13 + chance.whole(-2, 1), "Baseline": 1}
    for _, name, day in VISITS[2:]:
        if s.treated and day <= stay + 1:
            s.visits[name] = day + (chance.whole(-2, 2) if name != "Week 12" else chance.whole(0, 2))
    if s.ended == "COMPLETED":
        s.last = s.visits["Week 12"] - 1
    gain, relief, hazard = ((0.005, -0.8, 0.0048), (0.055, -1.9, 0.0034), (0.125, -3.4, 0.0016))[s.arm]
    base = max(0.7, chance.normal(1.62 if s.gold == "GOLD 2" else 1.18, 0.2))
    score = min(36, max(10, round(chance.normal(20, 4.5))))
    own, ease = chance.normal(gain, 0.09), chance.normal(relief, 2.6)
    for name in s.visits:
        if name == "Screening":
            continue
        part = {"Baseline": 0.0, "Week 4": 0.7, "Week 8": 0.9, "Week 12": 1.0}[name]
        s.breath[name] = round(base + part * own + (chance.normal(0, 0.03) if part else 0.0), 2)
        s.cat[name] = min(40, max(0, round(score + part * ease + (chance.normal(0, 0.8) if part else 0.0))))
    time = -math.log(max(chance.share(), 1e-12)) / hazard
    s.worse = int(time) + 2 if s.treated and time + 2 <= min(stay, 84) else 0
    _measured(chance, s)
    for term, said, organ, shares, related in _TERMS:
        if s.treated and chance.share() < shares[s.arm] * (0.4 + 0.6 * s.last / 84):
            start = chance.whole(2, max(3, s.last - 4))
            length = chance.whole(1, 12)
            severity = "MILD" if (x := chance.share()) < 0.68 else "MODERATE" if x < 0.96 else "SEVERE"
            again = related and chance.share() < 0.6
            end = start + length if start + length <= stay else None
            outcome = "RECOVERED/RESOLVED" if end else "NOT RECOVERED/NOT RESOLVED"
            s.events.append(Event(term, said, organ, start, end, severity, again, outcome=outcome))
            if chance.share() < 0.12 and start + length + 9 < stay:
                s.events.append(Event(term, said, organ, start + length + 6, start + length + 8, "MILD", again))


def _measured(chance: _Chance, s: Subject) -> None:
    for code, _, _, low, high, middle, spread in LABORATORY:
        level = chance.normal(middle, spread)
        for name in ("Baseline", "Week 4", "Week 12"):
            if name in s.visits:
                value = (
                    level
                    + chance.normal(0, spread * 0.55)
                    + (6 if code == "ALT" and s.arm == 2 and name != "Baseline" else 0)
                )
                value = min(max(value, low * 0.8), high * 1.9)
                s.laboratory[code, name] = round(value, 1 if code == "K" else 0)
    for code, _, _, middle, spread in VITALS:
        level = chance.normal(middle, spread)
        for name in s.visits:
            rise = 4 if code == "PULSE" and s.arm == 2 and name.startswith("Week") else 0
            s.vital[code, name] = float(round(level + rise + chance.normal(0, spread * 0.4)))


def _marked(arms: list[list[Subject]]) -> None:
    """Two deaths, five serious events in four subjects, pneumonia as the event of special interest, and an event before treatment."""
    heart, chest, skin = "Cardiac disorders", "Infections and infestations", "Nervous system disorders"
    lungs = "Respiratory, thoracic and mediastinal disorders"
    died, failed, ill, shaken = arms[0][4], arms[1][9], arms[2][3], arms[2][8]
    for subject in (died, failed, ill, shaken):
        subject.events = [e for e in subject.events if e.end is not None and e.end < 30 and e.severity != "SEVERE"][:1]
    died.history.append(("Myocardial ischaemia", heart, 2017))
    died.events.append(
        Event(
            "Myocardial infarction",
            "acute myocardial infarction",
            heart,
            46,
            47,
            "SEVERE",
            False,
            "DRUG WITHDRAWN",
            "FATAL",
            "AESDTH",
        )
    )
    failed.events += [
        Event(
            "Chronic obstructive pulmonary disease", "severe exacerbation of COPD", lungs, 55, 61, "SEVERE", False, "DRUG INTERRUPTED",
            "NOT RECOVERED/NOT RESOLVED", "AESHOSP",
        ),
        Event("Respiratory failure", "acute respiratory failure", lungs, 58, 61, "SEVERE", False, "DRUG WITHDRAWN", "FATAL", "AESDTH"),
    ]  # fmt: skip
    failed.worse = 55
    ill.events.append(
        Event(
            "Pneumonia", "community-acquired pneumonia", chest, 37, 52, "SEVERE", True, "DRUG WITHDRAWN", "RECOVERED/RESOLVED", "AESHOSP",
            True,
        )
    )  # fmt: skip
    shaken.events.append(
        Event("Tremor", "trembling hands", skin, 15, 27, "MODERATE", True, "DRUG WITHDRAWN", "RECOVERED/RESOLVED")
    )
    stopped = arms[0][11]
    stopped.events = [e for e in stopped.events if e.term != "Dizziness"]
    stopped.events.append(Event("Dizziness", "dizziness", skin, 28, 36, "MODERATE", True, "DRUG WITHDRAWN"))
    fallen = arms[2][15]
    fallen.missed = 10
    fallen.events.append(
        Event("Hip fracture", "broken left hip", "Injury, poisoning and procedural complications", 62, 83, "SEVERE", False,
              "DRUG INTERRUPTED", "RECOVERED/RESOLVED", "AESHOSP")
    )  # fmt: skip
    for subject, start, end in ((arms[0][6], 24, 35), (arms[2][17], 49, 60)):
        subject.events.append(
            Event("Pneumonia", "pneumonia", chest, start, end, "MODERATE", False, "DRUG INTERRUPTED", special=True)
        )
    before = arms[1][12]
    before.events.append(Event("Headache", "headache", skin, -6, -5))
