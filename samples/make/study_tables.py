"""The sample study's tables of results, computed from its analysis datasets. Imports this folder and the standard library.

A table is its printed cells: how they look in RTF and DOCX is another module's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from samples.make.study_files import Cell, Data
from samples.make.study_sdtm import DEVIATIONS, deviation
from samples.make.study_statistics import deviation as spread
from samples.make.study_subjects import ARMS, Subject

Record = Mapping[str, Cell]


@dataclass(frozen=True)
class Line:
    """A row: label, depth of indentation, cells (none for a heading)."""

    label: str
    depth: int = 0
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Printed:
    """A table as printed. ``heads``: for each value column its heads from the top; the last line of a head may be its N."""

    number: str
    title: str
    population: str
    heads: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]
    footnotes: tuple[str, ...]
    stub: str = ""

    @property
    def file(self) -> str:
        """``t-14-3-1-2``."""
        return "t-" + self.number.replace(".", "-")


def fixed(value: Fraction | float, places: int) -> str:
    """A number with decimals, halves away from zero."""
    exact = value if isinstance(value, Fraction) else Fraction(repr(value))
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    shown = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format(abs(shown) if shown == 0 else shown, "f")


def share(count: int, whole: int) -> str:
    """``5 (23.8)``; a count of 0 has no percentage."""
    return f"{count} ({fixed(Fraction(100 * count, whole), 1)})" if count else "0"


def p_value(p: float) -> str:
    """With four decimals, small ones as a bound."""
    return "<0.0001" if p < 0.0001 else fixed(p, 4)


class Study:
    """The analysis data by arm."""

    def __init__(self, datasets: Sequence[Data]) -> None:
        self.data = {d.name: d for d in datasets}
        self.level = self.data["ADSL"].records

    def arms(self, flag: str) -> list[list[Record]]:
        """The subjects of a set by arm, then all of them."""
        inside = [r for r in self.level if not flag or r[flag] == "Y"]
        return [[r for r in inside if r["TRT01P"] == arm] for arm in ARMS] + [inside]

    def heads(self, flag: str, total: bool) -> tuple[tuple[str, ...], ...]:
        """Column heads with the set's sizes."""
        names = (*ARMS, "Total") if total else ARMS
        return tuple((f"{n}\n(N={len(g)})",) for n, g in zip(names, self.arms(flag), strict=False))


# ---------------------------------------------------------------- rows


def _counted(groups: Sequence[Sequence[Record]], passes: Callable[[Record], bool]) -> tuple[str, ...]:
    return tuple(share(sum(map(passes, g)), len(g)) for g in groups)


def categories(
    label: str, groups: Sequence[Sequence[Record]], variable: str, words: Mapping[str, str]
) -> Iterator[Line]:
    """A heading and a row a value, in the order of the words."""
    yield Line(f"{label}, n (%)")
    for value, said in words.items():
        yield Line(said, 1, _counted(groups, lambda r, v=value: r[variable] == v))  # type: ignore[misc]


def summary(label: str, groups: Sequence[Sequence[Record]], variable: str, places: int) -> Iterator[Line]:
    """n, mean and standard deviation, median, extremes of a numeric variable."""
    values = [[float(v) for r in g if (v := r[variable]) is not None] for g in groups]
    exact = [[Fraction(repr(v)) for v in column] for column in values]
    yield Line(label)
    yield Line("n", 1, tuple(str(len(v)) for v in values))
    yield Line(
        "Mean (SD)", 1,
        tuple(f"{fixed(sum(e, Fraction(0)) / len(e), places + 1)} ({fixed(spread(v), places + 2)})" for e, v in zip(exact, values, strict=True)),
    )  # fmt: skip
    middles = [[(e := sorted(x))[(len(e) - 1) // 2], e[len(e) // 2]] for x in exact]
    yield Line("Median", 1, tuple(fixed((a + b) / 2, places + 1) for a, b in middles))
    yield Line("Min, Max", 1, tuple(f"{fixed(min(e), places)}, {fixed(max(e), places)}" for e in exact))


# ---------------------------------------------------------------- subjects


def sets(study: Study) -> Printed:
    """Analysis sets."""
    groups = study.arms("")
    flags = (
        ("ITTFL", "Intent-to-treat population"), ("SAFFL", "Safety population"), ("FASFL", "Full analysis set"),
        ("PPROTFL", "Per-protocol population"),
    )  # fmt: skip
    lines = [Line(said, 0, _counted(groups, lambda r, f=flag: r[f] == "Y")) for flag, said in flags]  # type: ignore[misc]
    notes = (
        "Percentages are based on the number of randomized subjects in each treatment group.",
        "The full analysis set holds treated subjects with a baseline and at least one post-baseline value of trough FEV1.",
    )
    return Printed(
        "14.1.1", "Analysis Sets", "All Randomized Subjects", study.heads("", True), tuple(lines), notes, "Analysis set"
    )


def disposition(study: Study) -> Printed:
    """Who completed, who left and why."""
    groups = study.arms("ITTFL")
    lines = [
        Line("Completed study", 0, _counted(groups, lambda r: r["EOSSTT"] == "COMPLETED")),
        Line("Discontinued study", 0, _counted(groups, lambda r: r["EOSSTT"] == "DISCONTINUED")),
        *list(
            categories(
                "Reason for discontinuation from study", groups, "DCSREAS",
                {
                    "ADVERSE EVENT": "Adverse event", "DEATH": "Death", "LACK OF EFFICACY": "Lack of efficacy",
                    "LOST TO FOLLOW-UP": "Lost to follow-up", "PROTOCOL DEVIATION": "Protocol deviation",
                    "WITHDRAWAL BY SUBJECT": "Withdrawal by subject",
                },
            )
        ),
    ]  # fmt: skip
    notes = ("Percentages are based on the number of subjects in the intent-to-treat population.",)
    return Printed("14.1.2", "Subject Disposition", "Intent-to-Treat", study.heads("ITTFL", True), tuple(lines), notes)


def demographics(study: Study) -> Printed:
    """Demographic and baseline characteristics."""
    groups = study.arms("ITTFL")
    lines = [
        *summary("Age (years)", groups, "AGE", 0),
        *categories("Age group", groups, "AGEGR1", {"<65": "<65 years", ">=65": ">=65 years"}),
        *categories("Sex", groups, "SEX", {"M": "Male", "F": "Female"}),
        *categories("Race", groups, "RACE", {"WHITE": "White", "ASIAN": "Asian", "BLACK OR AFRICAN AMERICAN": "Black or African American"}),
        *categories("Ethnicity", groups, "ETHNIC", {"HISPANIC OR LATINO": "Hispanic or Latino", "NOT HISPANIC OR LATINO": "Not Hispanic or Latino"}),
        *summary("Weight at baseline (kg)", groups, "WEIGHTBL", 1),
        *summary("Body mass index at baseline (kg/m2)", groups, "BMIBL", 1),
        *categories("Smoking status", groups, "SMOKSTAT", {"CURRENT": "Current", "FORMER": "Former"}),
        *categories("GOLD grade at baseline", groups, "GOLDGR", {"GOLD 2": "GOLD 2", "GOLD 3": "GOLD 3"}),
        *summary("Exacerbations in the previous year", groups, "EXACPRE", 0),
        *summary("Trough FEV1 at baseline (L)", groups, "FEV1BL", 2),
        *summary("CAT total score at baseline", groups, "CATBL", 0),
    ]  # fmt: skip
    notes = (
        "CAT = COPD Assessment Test; FEV1 = forced expiratory volume in 1 second; GOLD = Global Initiative for Chronic Obstructive Lung Disease; SD = standard deviation.",
    )
    return Printed(
        "14.1.3",
        "Demographic and Baseline Characteristics",
        "Intent-to-Treat",
        study.heads("ITTFL", True),
        tuple(lines),
        notes,
    )


def exposure(study: Study) -> Printed:
    """Duration, doses and compliance."""
    groups = study.arms("SAFFL")[:-1]
    lines = [
        *summary("Treatment duration (days)", groups, "TRTDURD", 0), *summary("Cumulative dose (mg)", groups, "CUMDOSE", 0),
        *summary("Average daily dose (mg)", groups, "AVGDD", 1), *summary("Treatment compliance (%)", groups, "TRTCMP", 1),
    ]  # fmt: skip
    notes = (
        "Compliance is 100 times the number of tablets taken, divided by the days of treatment.",
        "SD = standard deviation.",
    )
    return Printed(
        "14.1.4",
        "Exposure to Study Drug and Treatment Compliance",
        "Safety",
        study.heads("SAFFL", False),
        tuple(lines),
        notes,
    )


def deviations(study: Study, people: Sequence[Subject]) -> Printed:
    """Important protocol deviations."""
    groups = study.arms("ITTFL")
    kinds = {s.id: deviation(people, s) for s in people if s.major}
    lines = [
        Line("Subjects with an important protocol deviation", 0, _counted(groups, lambda r: r["USUBJID"] in kinds)),
        *(
            Line(said, 1, _counted(groups, lambda r, i=i: kinds.get(str(r["USUBJID"])) == i))  # type: ignore[misc]
            for i, (_, said, _) in enumerate(DEVIATIONS)
        ),
    ]
    notes = ("A subject is counted once in each row.",)
    return Printed(
        "14.1.5", "Important Protocol Deviations", "Intent-to-Treat", study.heads("ITTFL", True), tuple(lines), notes
    )


# ---------------------------------------------------------------- laboratory


def shifts(study: Study) -> Printed:
    """Laboratory values by the reference range: baseline against the last value on treatment."""
    sizes = [len(g) for g in study.arms("SAFFL")[:-1]]
    last = [r for r in study.data["ADLB"].records if r["LVOTFL"] == "Y"]
    states = ("Low", "Normal", "High")
    heads = tuple((f"{a}\n(N={n})", s) for a, n in zip(ARMS, sizes, strict=True) for s in states)
    lines: list[Line] = []
    for name in dict.fromkeys(r["PARAM"] for r in last):
        lines.append(Line(str(name)))
        for before in states:
            cells = []
            for arm in ARMS:
                mine = [r for r in last if r["PARAM"] == name and r["TRTA"] == arm]
                cells += [
                    str(sum(r["BNRIND"] == before.upper() and r["ANRIND"] == now.upper() for r in mine))
                    for now in states
                ]
            lines.append(Line(f"{before} at baseline", 1, tuple(cells)))
    notes = (
        "Columns give the category of the last value on treatment, rows that at baseline. Subjects without a value after baseline are not counted.",
    )
    return Printed(
        "14.3.4.1", "Shift in Laboratory Values from Baseline to the Last Value on Treatment", "Safety", heads, tuple(lines), notes,
        "Parameter / category at baseline",
    )  # fmt: skip


__all__ = [
    "Line",
    "Printed",
    "Study",
    "demographics",
    "disposition",
    "exposure",
    "fixed",
    "p_value",
    "sets",
    "share",
    "shifts",
]
