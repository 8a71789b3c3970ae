"""The sample study's tables of efficacy and adverse events, computed from its analysis datasets.

Imports this folder and the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from samples.make.study_statistics import Estimate, ancova, hazard_ratio, log_rank, quartile, share_at
from samples.make.study_subjects import ARMS
from samples.make.study_tables import Line, Printed, Record, Study, fixed, p_value, share, summary

_FULL = "Full Analysis Set"
DAYS = 84


# ---------------------------------------------------------------- efficacy


def change(study: Study, number: str, code: str, name: str, places: int, lead: str) -> Printed:
    """Analysis of covariance of the change from baseline to Week 12 of a parameter."""
    records = [r for r in study.data["ADEFF"].records if r["PARAMCD"] == code and r["ANL01FL"] == "Y"]

    def at(visit: str) -> list[list[Record]]:
        return [[r for r in records if r["AVISIT"] == visit and r["TRTP"] == arm] for arm in ARMS]

    final = at("Week 12")
    pairs = [[(float(r["BASE"] or 0), float(r["CHG"] or 0)) for r in g] for g in final]
    means, differences = ancova(pairs)
    more = places + 1
    lines = [
        *summary("Baseline", at("Baseline"), "AVAL", places),
        *summary("Week 12 (LOCF)", final, "AVAL", places),
        *summary("Change from baseline at Week 12 (LOCF)", final, "CHG", places),
        Line("Analysis of covariance"),
        Line("LS mean (SE)", 1, tuple(f"{fixed(e.value, more)} ({fixed(e.error, more + 1)})" for e in means)),
        Line("95% CI of LS mean", 1, tuple(_limits(e, more) for e in means)),
        Line("Comparison with placebo"),
        Line("Difference in LS means (SE)", 1, ("", *(f"{fixed(e.value, more)} ({fixed(e.error, more + 1)})" for e in differences))),
        Line("95% CI", 1, ("", *(_limits(e, more) for e in differences))),
        Line("p-value", 1, ("", *(p_value(e.p) for e in differences))),
    ]  # fmt: skip
    notes = (
        "Analysis of covariance with treatment as factor and the baseline value as covariate.",
        "Missing values at Week 12 were replaced by the last value after baseline (LOCF).",
        "CI = confidence interval; LOCF = last observation carried forward; LS = least squares; SD = standard deviation; SE = standard error.",
    )
    title = f"{lead}: Change from Baseline in {name} at Week 12"
    return Printed(number, title, _FULL, study.heads("FASFL", False), tuple(lines), notes)


def _limits(e: Estimate, places: int) -> str:
    return f"({fixed(e.lower, places)}, {fixed(e.upper, places)})"


def first_exacerbation(study: Study) -> Printed:
    """Time to the first exacerbation."""
    records = [r for r in study.data["ADTTE"].records if r["FASFL"] == "Y"]
    arms = [[(float(r["AVAL"] or 0), r["CNSR"] == 0) for r in records if r["TRTP"] == arm] for arm in ARMS]
    events = [sum(happened for _, happened in times) for times in arms]
    free = [share_at(times, DAYS) for times in arms]
    ratios = [hazard_ratio(arms[0], times) for times in arms[1:]]
    early = [quartile(times, 0.75) for times in arms]
    lines = (
        Line("Subjects with an exacerbation, n (%)", 0, tuple(share(e, len(t)) for e, t in zip(events, arms, strict=True))),
        Line("Censored subjects, n (%)", 0, tuple(share(len(t) - e, len(t)) for e, t in zip(events, arms, strict=True))),
        Line("Time to first exacerbation (days)"),
        Line("25th percentile", 1, tuple("NE" if q is None else fixed(q, 0) for q in early)),
        Line("Median", 1, tuple("NE" if q is None else fixed(q, 0) for q in (quartile(t, 0.5) for t in arms))),
        Line(f"Kaplan-Meier estimate without exacerbation at Day {DAYS}"),
        Line("Percentage", 1, tuple(fixed(100 * s, 1) for s, _ in free)),
        Line("Comparison with placebo"),
        Line("Hazard ratio", 1, ("", *(fixed(r, 2) for r, _, _ in ratios))),
        Line("95% CI", 1, ("", *(f"({fixed(a, 2)}, {fixed(b, 2)})" for _, a, b in ratios))),
        Line("p-value", 1, ("", *(p_value(log_rank(arms[0], t)) for t in arms[1:]))),
    )  # fmt: skip
    notes = (
        "Hazard ratios from Cox regression with treatment as covariate; p-values from the log-rank test.",
        "CI = confidence interval; NE = not estimable.",
    )
    title = "Secondary Endpoint: Time to First Moderate or Severe COPD Exacerbation"
    return Printed("14.2.3", title, _FULL, study.heads("FASFL", False), lines, notes)


# ---------------------------------------------------------------- adverse events


class _Events:
    """Treatment-emergent events of treated subjects."""

    def __init__(self, study: Study) -> None:
        self.sizes = [len(g) for g in study.arms("SAFFL")[:-1]]
        self.records = [r for r in study.data["ADAE"].records if r["TRTEMFL"] == "Y"]

    def subjects(self, passes: Callable[[Record], bool]) -> list[int]:
        """How many subjects of each arm have such an event."""
        return [len({r["USUBJID"] for r in self.records if r["TRTA"] == arm and passes(r)}) for arm in ARMS]

    def row(self, label: str, depth: int, passes: Callable[[Record], bool]) -> Line:
        counts = self.subjects(passes)
        return Line(label, depth, tuple(share(c, n) for c, n in zip(counts, self.sizes, strict=True)))

    def tree(self, passes: Callable[[Record], bool], least: float = 0.0) -> list[Line]:
        """Organ classes and terms by falling count; with a threshold in percent, terms that reach it in an arm."""
        found: list[Line] = []
        chosen = [r for r in self.records if passes(r)]
        for organ in self._ranked("AEBODSYS", chosen):
            mine = [r for r in chosen if r["AEBODSYS"] == organ]
            terms = [t for t in self._ranked("AEDECOD", mine) if self._reaches(t, passes, least)]
            if terms:
                found.append(self.row(organ, 0, lambda r, o=organ: passes(r) and r["AEBODSYS"] == o))  # type: ignore[misc]
                found += [
                    self.row(t, 1, lambda r, o=organ, t=t: passes(r) and r["AEBODSYS"] == o and r["AEDECOD"] == t)  # type: ignore[misc]
                    for t in terms
                ]
        return found

    def _reaches(self, term: str, passes: Callable[[Record], bool], least: float) -> bool:
        counts = self.subjects(lambda r: passes(r) and r["AEDECOD"] == term)
        return any(100 * c >= least * n for c, n in zip(counts, self.sizes, strict=True))

    def _ranked(self, variable: str, records: Sequence[Record]) -> list[str]:
        having: dict[str, set[object]] = {}
        for r in records:
            having.setdefault(str(r[variable]), set()).add(r["USUBJID"])
        return sorted(having, key=lambda name: (-len(having[name]), name))


_NOTES = (
    "A subject is counted once in each row. Treatment-emergent: begun on or after the first dose.",
    "TEAE = treatment-emergent adverse event.",
)


def _any(_: Record) -> bool:
    return True


def _serious(r: Record) -> bool:
    return r["AESER"] == "Y"


def overview(study: Study) -> Printed:
    """Kinds of events."""
    events = _Events(study)
    worst = ("MILD", "MODERATE", "SEVERE")
    highest = {
        s: max((worst.index(str(r["AESEV"])) for r in events.records if r["USUBJID"] == s), default=-1)
        for s in {r["USUBJID"] for r in events.records}
    }
    lines = (
        events.row("Subjects with at least one TEAE", 0, _any),
        events.row("Subjects with at least one treatment-related TEAE", 0, lambda r: r["AEREL"] == "RELATED"),
        events.row("Subjects with at least one serious TEAE", 0, _serious),
        events.row("Subjects with at least one serious treatment-related TEAE", 0, lambda r: _serious(r) and r["AEREL"] == "RELATED"),
        events.row("Subjects with a TEAE leading to discontinuation of study drug", 0, lambda r: r["AEACN"] == "DRUG WITHDRAWN"),
        events.row("Subjects with a TEAE leading to death", 0, lambda r: r["AEOUT"] == "FATAL"),
        events.row("Subjects with a TEAE of special interest (pneumonia)", 0, lambda r: r["AESIFL"] == "Y"),
        Line("Maximum severity of TEAEs"),
        *(
            events.row(name.capitalize(), 1, lambda r, i=i: highest[r["USUBJID"]] == i)  # type: ignore[misc]
            for i, name in enumerate(worst)
        ),
    )  # fmt: skip
    return Printed(
        "14.3.1.1",
        "Overview of Treatment-Emergent Adverse Events",
        "Safety",
        study.heads("SAFFL", False),
        lines,
        _NOTES,
    )


def by_term(study: Study) -> Printed:
    """All events by organ class and term."""
    events = _Events(study)
    lines = (events.row("Subjects with at least one TEAE", 0, _any), *events.tree(_any))
    title = "Treatment-Emergent Adverse Events by System Organ Class and Preferred Term"
    return Printed(
        "14.3.1.2", title, "Safety", study.heads("SAFFL", False), lines, _NOTES, "System organ class / preferred term"
    )


def frequent(study: Study) -> Printed:
    """Terms that at least 5 % of an arm's subjects have."""
    events = _Events(study)
    title = "Treatment-Emergent Adverse Events Reported by >=5 % of Subjects in Any Treatment Group by System Organ Class and Preferred Term"
    notes = (
        *_NOTES,
        "Rows of organ classes count all subjects with an event of the class, also of terms that are not listed.",
    )
    return Printed(
        "14.3.1.3", title, "Safety", study.heads("SAFFL", False), tuple(events.tree(_any, 5.0)), notes,
        "System organ class / preferred term",
    )  # fmt: skip


def serious(study: Study) -> Printed:
    """Serious events by organ class and term."""
    events = _Events(study)
    lines = (events.row("Subjects with at least one serious TEAE", 0, _serious), *events.tree(_serious))
    title = "Serious Treatment-Emergent Adverse Events by System Organ Class and Preferred Term"
    return Printed(
        "14.3.2.1", title, "Safety", study.heads("SAFFL", False), lines, _NOTES, "System organ class / preferred term"
    )
