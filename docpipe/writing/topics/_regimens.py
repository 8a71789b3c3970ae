"""What the subjects of each arm were given, by the exposure records (SDTM EX). Imports its room only."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics._computed import frame

_OFTEN = {"QD": "once daily"}
"""Words without a number; other frequencies print their code, which the list of abbreviations expands."""
_ROUTES = {
    "ORAL": "orally", "TRANSDERMAL": "transdermally", "INTRAVENOUS": "intravenously", "SUBCUTANEOUS": "subcutaneously",
    "INTRAMUSCULAR": "intramuscularly", "TOPICAL": "topically", "INTRANASAL": "intranasally", "SUBLINGUAL": "sublingually",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Regimen:
    """``treatment`` and ``doses`` are values; ``unit``, ``form``, ``often``, ``route`` are for printing, "" where the data do not say."""

    arm: str
    treatment: Value
    doses: tuple[Value, ...]
    unit: str
    form: str
    often: str
    route: str

    @property
    def inactive(self) -> bool:
        """A placebo, a sham or a vehicle."""
        return any(w in self.treatment.text.casefold() for w in ("placebo", "sham", "vehicle"))


def regimens(study: StudyData, book: Book) -> tuple[Regimen, ...]:
    """One for every arm and treatment, in the study's order; a dose of 0 is left out."""
    data = frame(study, "EX", "ADEX")
    if data is None or "EXTRT" not in data:
        return ()
    arms = study.records.arm_of()
    found: dict[tuple[str, str], dict[str, int]] = {}
    for i, record in enumerate(data.dataset.records):
        arm = arms.get(data.subject[i], "")
        if arm and (treatment := data.text(record, "EXTRT")):
            doses = found.setdefault((arm, treatment), {})
            doses.setdefault(data.text(record, "EXDOSE") if "EXDOSE" in data else "", i)

    def said(record: int, variable: str, words: dict[str, str]) -> str:
        value = book.record(data.dataset, record, variable)
        if value is None:
            return ""
        return words.get(value.text.upper()) or str(
            value.lower if value.text.isupper() and len(value.text) > 4 else value
        )

    made = []
    for name in study.arms.names:
        for (given_to, _), doses in found.items():
            if given_to != name:
                continue
            first = next(iter(doses.values()))
            drug = book.record(data.dataset, first, "EXTRT")
            given = [i for dose, i in sorted(doses.items(), key=lambda d: _number(d[0])) if _number(dose)]
            values = tuple(v for i in given if (v := book.record(data.dataset, i, "EXDOSE")) is not None)
            if drug is not None:
                made.append(
                    Regimen(
                        name, drug, values, said(first, "EXDOSU", {}), said(first, "EXDOSFRM", {}),
                        said(first, "EXDOSFRQ", _OFTEN), said(first, "EXROUTE", _ROUTES),
                    )
                )  # fmt: skip
    return tuple(made)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
