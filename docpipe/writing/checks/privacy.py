"""Personal data that no report needs: birth dates, initials, names of subjects, ids in versions for the public. Imports its room only."""

from __future__ import annotations

import re

from docpipe.writing.checks.numbers import rows_and_cells
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.words import dates_in, iso_date
from docpipe.writing.checks.subjects import subjects_in

_BORN = re.compile(r"\b(?:born|date of birth|birth ?dates?|DOB)\b", re.IGNORECASE)
_INITIALS = re.compile(r"\binitials?\b\W{0,3}(?:were |was |are |is )?\W{0,2}([A-Z][.-]?(?:[A-Z-][.]?){1,2})(?![a-z])")
_NAMED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Herr|Frau|Monsieur|Madame)\b\.?\s+(?:[A-Z]\.\s*)?[A-Z][\w'’-]+")
_PERSON = re.compile(r"\b(?:medical record|hospital|passport|social security|insurance|health card) (?:no\.?|number)\b")
_PUBLIC = re.compile(r"\b(?:lay|plain[- ]language|public|redacted|anonymi[sz]ed)\b", re.IGNORECASE)
_VARIABLES = frozenset({"BRTHDTC", "BRTHDT", "SUBJINIT", "INITIALS"})


class PersonalData(DraftCheck):
    id = "FL3.personal-data"
    title = "Personal data of a subject"
    description = "A subject's date of birth (a date behind “born”, or the one that the records have), initials, a name with Mr or Mrs, a hospital or insurance number; in documents whose title or type says that they are for the public (lay, plain language, redacted), ids of subjects as well. Years of birth alone and quoted passages are let pass; what becomes of narratives in a redacted copy is the team's rule (`disclosure` in the type)."

    def run(self, draft: DraftText) -> Raised:
        about = draft.about
        public = _PUBLIC.search(f"{draft.plan.title} {draft.kind}") is not None
        for row in rows_and_cells(draft):
            for code in row.values:
                if code.fact is not None and code.fact.statistic.partition(" ")[0] in _VARIABLES:
                    yield self.finding(row, "A birth date or initials are shown.", code.start, code.end)
            subject = draft.card.subjects.get(about.get(row.address, ""))
            born = subject.dates.get("birth", "") if subject is not None else ""
            for start, end, form, parts in dates_in(row.full):
                before = row.full[max(0, start - 40) : start]
                if _BORN.search(before) or (born and iso_date(form, parts) == born):
                    yield self.finding(row, "A subject's date of birth is shown.", start, end)
            for pattern, what in ((_INITIALS, "Initials"), (_NAMED, "The name of a person"), (_PERSON, "A number")):
                for m in pattern.finditer(row.typed):
                    if not row.quoted(m[0]):
                        said = (
                            f"{what} of a subject: “{m[0]}”." if what != "A number" else f"A personal number: “{m[0]}”."
                        )
                        yield self.finding(row, said, m.start(), m.end())
            for m in subjects_in(draft, row.full) if public else ():
                yield self.finding(row, f"“{m[0]}” names a subject in a document for the public.", m.start(), m.end())
