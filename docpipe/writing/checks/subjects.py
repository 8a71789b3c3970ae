"""Single subjects in a draft: their ids, age, sex, arm and dates, who must be narrated, and what is said of deaths. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.writing.checks.reading.check import WHOLE, DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.study_card import Subject

_AGE = re.compile(r"(?<![\w.])(\d{1,3})[- ]years?[- ]old\b|\baged (\d{1,3})\b|\bage(?: of)? (\d{1,3})\b", re.IGNORECASE)
_SEX = (
    ("F", re.compile(r"\b(?:female|woman|she|her|hers)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:male|man|he|his|him)\b", re.IGNORECASE)),
)
_SEXES = (
    ("F", re.compile(r"\b(?:females?|women)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:males?|men)\b", re.IGNORECASE)),
)
_SEX_ROW = (
    ("F", re.compile(r"(?:f|females?|women)\b", re.IGNORECASE)),
    ("M", re.compile(r"(?:m|males?|men)\b", re.IGNORECASE)),
)
_NARRATIVE = re.compile(r"\bnarratives?\b", re.IGNORECASE)


def subjects_in(draft: DraftText, text: str) -> Iterator[re.Match[str]]:
    """Ids of the study's form in a text."""
    if draft.ids is not None:
        yield from draft.ids.finditer(text)


class SubjectId(DraftCheck):
    id = "P5.subject-id"
    title = "No such subject"
    description = "A token of the form of the study's subject ids that no subject has, or whose site is not the subject's. Ids of another form are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            for m in subjects_in(draft, row.full):
                if m[0] not in draft.card.subjects and m[0] not in draft.card.ids:
                    near = [
                        s
                        for s in draft.card.subjects
                        if len(s) == len(m[0]) and sum(a != b for a, b in zip(s, m[0], strict=True)) == 1
                    ]
                    yield self.finding(
                        row,
                        f"The study has no subject {m[0]}.",
                        m.start(),
                        m.end(),
                        f"Perhaps {near[0]}." if len(near) == 1 else "",
                    )
                elif (subject := draft.card.subjects.get(m[0])) is not None and subject.site:
                    parts = re.split(r"[^\w]", m[0])
                    if len(parts) > 2 and subject.site not in parts:
                        yield self.finding(row, f"{m[0]} belongs to site {subject.site}.", m.start(), m.end())


class SubjectFacts(DraftCheck):
    id = "P6.subject-facts"
    title = "Fact of a subject is not that of the records"
    description = "Counts of one sex said of the other; age, sex or treatment in a narrative that differ from the subject's records, and values of another subject's records. Rows that speak of several subjects are let pass; so are arms that are only mentioned (placebo-controlled)."

    def run(self, draft: DraftText) -> Raised:
        about = draft.about
        for row in draft.asked:
            subject = draft.card.subjects.get(about.get(row.address, ""))
            if subject is None:
                yield from self._groups(row)
                continue
            if not row.heading:
                yield from self._person(row, subject)
            yield from self._arm(draft, row, subject)
            for code in row.values:
                other = code.fact.row[0] if code.fact is not None and code.fact.row else ""
                if other in draft.card.subjects and other != subject.id:
                    yield self.finding(
                        row,
                        f"“{code.shown}” is a value of {other}, the text is about {subject.id}.",
                        code.start,
                        code.end,
                    )

    def _groups(self, row: Seen) -> Raised:
        """Counts of one sex in a sentence that names only the other."""
        for start, end in row.sentences:
            rows = {f.row for c in row.within(start, end) if (f := c.fact) is not None and f.row}
            counted = {s for path in rows for s, pattern in _SEX_ROW if pattern.match(path[-1])}
            said = [(s, m) for s, pattern in _SEXES if (m := pattern.search(row.typed, start, end))]
            if len(counted) == 1 and said and counted.isdisjoint(s for s, _ in said):
                m = said[0][1]
                yield self.finding(row, f"“{m[0]}” is said of values of the other sex.", m.start(), m.end())

    def _person(self, row: Seen, subject: Subject) -> Raised:
        for m in _AGE.finditer(row.full):
            said = next(g for g in m.groups() if g)
            if subject.age and said != subject.age.partition(".")[0]:
                yield self.finding(
                    row, f"{subject.id} was {subject.age} years old, not {said}.", m.start(), m.end(), subject.age
                )
        for sex, pattern in _SEX:
            found = pattern.search(row.typed) or pattern.search(row.full)
            if found and subject.sex[:1].upper() in ("F", "M") and subject.sex[:1].upper() != sex:
                mother = re.search(
                    r"\b(?:wife|husband|mother|father|daughter|son|caregiver|sister|brother|spouse)\b",
                    row.full,
                    re.IGNORECASE,
                )
                if not mother:
                    yield self.finding(
                        row,
                        f"“{found[0]}” is said of {subject.id}, whose sex is {subject.sex}.",
                        found.start(),
                        found.end(),
                    )

    def _arm(self, draft: DraftText, row: Seen, subject: Subject) -> Raised:
        named = [m for m in draft.arms.mentions(row) if m.arm and row.full[m.end : m.end + 11] != "-controlled"]
        allowed = {subject.arm, subject.actual}
        if named and allowed & set(draft.arms.names):
            for m in named:
                if m.arm not in allowed and not (
                    named[0].arm in allowed and re.search(r"\b(?:instead of|rather than|not)\s+$", row.full[: m.start])
                ):
                    yield self.finding(
                        row, f"{subject.id} was in {subject.actual or subject.arm}, not {m.arm}.", m.start, m.end
                    )


class NarrativeCoverage(DraftCheck):
    id = "P7.narrative-coverage"
    title = "Subject without narrative, or with one too many"
    description = "In the sections that hold narratives, a subject who died, had a serious event or one of special interest, and is not there; and a narrative of a subject with none of these. In a study report the narratives of special interest may stand in a document of their own."

    def run(self, draft: DraftText) -> Raised:
        own = draft.kind == "narratives" or "narrative" in draft.plan.title.casefold()
        blocks = [b for b in draft.plan.blocks if own or _NARRATIVE.search(b.heading)]
        rows = [r for b in blocks for r in draft.rows_of.get(b.id, ())]
        if draft.ids is None or (
            draft.only is not None and not any(r.heading and r.address in draft.only for r in rows)
        ):
            return
        told: set[str] = set().union(*(r.named(draft.ids) for r in rows if not r.planned.gap))
        if not own and not told:
            return
        for table in (t for r in rows for t in draft.tables_of(r)):
            told |= (
                {
                    m[0]
                    for t in table.texts()
                    for m in subjects_in(draft, Seen(rows[0].block, rows[0].planned, t, draft.facts).full)
                }
                if own
                else set()
            )
        card = draft.card
        written = set().union(*(r.named(draft.ids) for r in rows if r.heading)) or told
        groups = (
            ("died", card.deaths),
            ("had a serious event", card.serious),
            ("had an event of special interest", card.special if own else ()),
        )
        place = next((r.address for r in rows if r.heading), WHOLE)
        seen: set[str] = set()
        for why, subjects in groups:
            for subject in subjects:
                if subject not in written and subject not in seen:
                    seen.add(subject)
                    yield self.whole(f"{subject} {why} and has no narrative.", address=place)
        every = {*card.deaths, *card.serious, *card.special}
        for row in rows:
            for m in subjects_in(draft, row.full) if row.heading else ():
                if m[0] in card.subjects and m[0] not in every:
                    yield self.finding(
                        row,
                        f"{m[0]} has a narrative without a death, serious event or event of special interest.",
                        m.start(),
                        m.end(),
                    )


class Seriousness(DraftCheck):
    id = "P8.seriousness"
    title = "No deaths or serious events are said where the data have some"
    description = "“No deaths”, “none died”, “no serious adverse events” of all subjects or of an arm that has such records, and the opposite: deaths or serious events of an arm that has none. Sentences that limit what they say (related, other, during a period, in a subgroup) are let pass."

    NONE = (
        ("deaths", re.compile(r"\b(?:no (?:subject|patient|participant)s? (?:died|deaths)|no deaths?|there were no deaths?|none (?:of the \w+ )?died|no fatal (?:adverse )?events?)\b", re.IGNORECASE)),
        ("serious", re.compile(r"\bno (?:treatment-emergent )?(?:serious adverse events?|SAEs?|(?:subject|patient|participant)s? (?:had|reported|experienced) (?:a |any )?serious)\b", re.IGNORECASE)),
    )  # fmt: skip
    _LIMITED = re.compile(
        r"\b(?:related|other|further|additional|during|after|before|considered|due to|within|until|among|female|male|aged|unexpected|non-fatal|new)\b",
        re.IGNORECASE,
    )

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.planned.passages and not row.edited:
                continue
            for start, end in row.sentences:
                for a, b in row.clauses(start, end):
                    for kind, pattern in self.NONE:
                        m = pattern.search(row.full, a, b)
                        if m is None or self._LIMITED.search(row.full[a:b].replace("treatment-emergent", "")):
                            continue
                        arms = [x.arm for x in draft.arms.mentions(row, a, b) if x.arm] or [""]
                        had = [x for x in arms if draft.card.events.get(x, {}).get(kind, 0)]
                        if had:
                            number = draft.card.events[had[0]][kind]
                            yield self.finding(
                                row,
                                f"“{m[0]}” is said where the data have {number} ({had[0] or 'all arms'}).",
                                m.start(),
                                m.end(),
                            )
