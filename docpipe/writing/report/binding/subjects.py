"""The records of single subjects as narratives state them: dates, ages, doses, days. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation

from docpipe.model.fact import Fact
from docpipe.model.sastime import iso_of
from docpipe.writing.arithmetic import rounded
from docpipe.writing.checks.reading.numbers import Token
from docpipe.writing.checks.reading.words import dates_in, iso_date
from docpipe.writing.factstore import FactStore
from docpipe.writing.records import SUBJECT, Frame
from docpipe.writing.report.binding.words import stems
from docpipe.writing.study import StudyData

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"\bstudy day\W*$", re.IGNORECASE)
_ONSET = re.compile(r"\b(?:onset|began|started|occurred)\b[^.;]{0,40}$", re.IGNORECASE)
_AGE = re.compile(r"\bage\b[^.;\d]{0,30}$", re.IGNORECASE)
_SITE = re.compile(r"\b(?:site|cent(?:er|re))\s*(?:number|no\.?)?\s*$", re.IGNORECASE)
_FIRST = re.compile(
    r"\b(?:first (?:subject|patient|participant|dose|visit)|initiation|start of (?:the )?study|study start)\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:last (?:subject|patient|participant|dose|visit)|completion|end of (?:the )?study|study end)\b", re.IGNORECASE
)
_PERIOD = re.compile(r"\b(?:study|trial) (?:period|dates?|duration)\b", re.IGNORECASE)
_EDGES = frozenset(("RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC", "TRTSDT", "TRTEDT"))
_SEQUENCE = re.compile(r"\bsequence (?:number|no\.?)\s*$", re.IGNORECASE)
_UNIT = re.compile(r"\s?(?:mg|mcg|µg|g|mL|IU)\b(?!/)")
_TAKEN = re.compile(r"\b(?:exposure|received|took|dose|given|administered|regimen|treated)\b", re.IGNORECASE)
_LASTED = re.compile(r"\bduration\W*(?:of\s*)?$|\blasted\s*$", re.IGNORECASE)
_SINCE = re.compile(r"\s*days?\s+((?:after|before) the (?:last|first))\s+dose\b", re.IGNORECASE)
_ROLES = (
    (re.compile(r"\b(?:onset|began|started|occurred)\b(?:\s+(?:on|was))?\s*$", re.IGNORECASE), "onset"),
    (re.compile(r"\bevent (?:ended|resolved)\b(?:\s+on)?\s*$", re.IGNORECASE), "end of an event"),
    (
        re.compile(r"\b(?:exposure|mg|mcg|patch|tablets?)\b[^.;]{0,60}\b(?:from|to|until)\s*$", re.IGNORECASE),
        "exposure",
    ),
)
_CONDUCT = re.compile(r"(?:STDTC|ENDTC|ICDTC|STDT|SDT|EDT|ENDT|PENDTC|EOSDT|SVSTDTC)$")


class Records:
    """Values of each subject, from all datasets, and facts that state them."""

    def __init__(self, study: StudyData, facts: FactStore) -> None:
        self._values: dict[str, set[Decimal]] = defaultdict(set)
        self._dates: dict[str, set[str]] = defaultdict(set)
        self._days: dict[str, set[Decimal]] = defaultdict(set)
        self._facts: dict[str, dict[Decimal, Fact]] = defaultdict(dict)
        self._dated: dict[str, dict[str, Fact]] = defaultdict(dict)
        self._every: set[str] = set()
        self._onsets: dict[str, set[Decimal]] = defaultdict(set)
        self._kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._numbered: dict[tuple[str, str], set[Decimal]] = defaultdict(set)
        self._labelled: dict[str, list[tuple[frozenset[str], Decimal]]] = defaultdict(list)
        self._ages: dict[str, set[Decimal]] = defaultdict(set)
        self._events: dict[str, list[tuple[frozenset[str], Decimal]]] = defaultdict(list)
        self._drugs: set[str] = set()
        self._spent: dict[str, set[int]] = defaultdict(set)
        self._gaps: dict[str, set[int]] = defaultdict(set)
        self._edges: dict[str, set[str]] = defaultdict(set)
        self._sites: dict[str, str] = {}
        self._spans: dict[str, tuple[str, str]] = {}
        self._read(study)
        for fact in facts:
            owner = fact.row[0] if fact.row and fact.row[0] in self._values else ""
            if (m := _ISO.match(fact.raw)) is not None:
                self._dated[owner].setdefault(m[0], fact)
                self._every.add(m[0])
            elif owner and (number := _number(fact.raw)) is not None:
                self._facts[owner].setdefault(number, fact)

    def _read(self, study: StudyData) -> None:
        for frame in study.records.frames.values():
            if SUBJECT not in frame:
                continue
            self._span(frame)
            base = frame.name in ("ADSL", "DM")
            labels = {
                i: label
                for i, v in enumerate(frame.dataset.variables)
                if len(label := stems(re.sub(r"\([^)]*\)", "", v.label))) > 1 and not re.search(r"N$|DY$|FL$", v.name)
            }
            variables = [(v.name.upper(), i, v.kind, v.format) for i, v in enumerate(frame.dataset.variables)]
            for record, subject in zip(frame.dataset.records, frame.subject, strict=True):
                mine: list[str] = []
                for name, i, kind, form in variables:
                    raw = record[i]
                    if raw is None or raw == "":
                        continue
                    if name == "EXTRT":
                        self._drugs |= stems(str(raw))
                    if name == "SITEID":
                        self._sites[subject] = str(raw).strip()
                    if isinstance(raw, float):
                        if name.endswith("DT") or "DATE" in form.upper():
                            mine.append(iso_of(raw, "DATE9."))
                            self._kind(frame.name, name, mine[-1], subject)
                            if name in _EDGES:
                                self._edges[subject].add(mine[-1])
                        else:
                            number = Decimal(repr(raw)).normalize()
                            self._values[subject].add(number)
                            if name == "AGE":
                                self._ages[subject].add(number)
                            if name in ("AESTDY", "ASTDY") and "AEDECOD" in frame:
                                self._events[subject].append((stems(frame.text(record, "AEDECOD")), number))
                            if base and i in labels:
                                self._labelled[subject].append((labels[i], number))
                            kind = (
                                "SEQ"
                                if name.endswith("SEQ")
                                else "DUR"
                                if "DUR" in name
                                else name
                                if name == "EXDOSE"
                                else ""
                            )
                            if name in ("ADURN", "AEDUR"):
                                self._numbered[subject, "ADURN"].add(number)
                            if kind:
                                self._numbered[subject, kind].add(number)
                            if name.endswith("DY"):
                                self._days[subject].add(number)
                                if name in ("AESTDY", "ASTDY"):
                                    self._onsets[subject].add(number)
                    elif (m := _ISO.match(raw)) is not None:
                        mine.append(m[0])
                        self._kind(frame.name, name, m[0], subject)
                        if name in _EDGES:
                            self._edges[subject].add(m[0])
                    elif (found := _number(raw)) is not None:
                        self._values[subject].add(found)
                self._dates[subject] |= set(mine)
                if 1 < len(mine) < 6:
                    days = [d for x in mine if (d := _day(x)) is not None]
                    gaps = {abs((a - b).days) for a in days for b in days}
                    self._gaps[subject] |= gaps
                    self._spent[subject] |= gaps
        for subject, dates in self._dates.items():
            self._every |= dates
            edges = [d for x in self._edges[subject] if (d := _day(x)) is not None]
            days = [d for x in dates if (d := _day(x)) is not None]
            self._gaps[subject] |= {abs((a - b).days) for a in edges for b in days}

    def _kind(self, frame: str, name: str, iso: str, subject: str) -> None:
        if name in ("AESTDTC", "ASTDT") and frame in ("AE", "ADAE"):
            self._kinds[subject, "onset"].add(iso)
        elif name in ("AEENDTC", "AENDT") and frame in ("AE", "ADAE"):
            self._kinds[subject, "end of an event"].add(iso)
        elif name in ("EXSTDTC", "EXENDTC"):
            self._kinds[subject, "exposure"].add(iso)

    def _span(self, frame: Frame) -> None:
        """First and last date over subjects of each variable that dates the conduct of the study."""
        if frame.name not in ("DM", "ADSL", "EX", "SV", "DS", "SE"):
            return
        for i, variable in enumerate(frame.dataset.variables):
            name = variable.name.upper()
            if not _CONDUCT.search(name):
                continue
            said = [
                iso_of(r[i], "DATE9.") if isinstance(r[i], float) else str(r[i])[:10]
                for r in frame.dataset.records
                if r[i] not in (None, "")
            ]
            dates = [d for d in said if _ISO.fullmatch(d)]
            if dates:
                self._spans[f"{frame.name}.{name}"] = (min(dates), max(dates))

    def date(self, form: str, parts: tuple[str, ...], subject: str) -> Fact | None:
        """The fact of a date, of the subject where one is meant."""
        return self._dated[subject].get(iso_date(form, parts)) if subject in self._dated or not subject else None

    def dated(self, form: str, parts: tuple[str, ...]) -> bool:
        """Some record of the study has the date."""
        return iso_date(form, parts) in self._every

    def nearest(self, form: str, parts: tuple[str, ...], subject: str) -> str:
        """The subject's date that looks most like another."""
        iso = iso_date(form, parts)
        known = sorted(self._dates[subject])
        best = max(known, key=lambda d: sum(a == b for a, b in zip(d, iso, strict=False)), default="")
        return best if best and sum(a == b for a, b in zip(best, iso, strict=False)) >= 8 else ""

    def owns(self, form: str, parts: tuple[str, ...], subject: str) -> bool:
        """Some record of the subject has the date."""
        return iso_date(form, parts) in self._dates[subject]

    def value(self, number: Decimal, subject: str) -> Fact | None:
        """A fact of the subject with this value."""
        return self._facts[subject].get(number.normalize())

    def has(self, number: Decimal, subject: str) -> bool:
        """Some record of the subject has this value, or it is the number of days between two of its dates."""
        plain = number.normalize()
        if plain in self._values[subject]:
            return True
        if plain != plain.to_integral_value() or not 0 <= plain < 3000:
            return False
        return int(plain) in self._gaps[subject] or int(plain) - 1 in self._gaps[subject]

    def role(self, before: str, form: str, parts: tuple[str, ...], subject: str) -> tuple[str, str] | None:
        """What the words before a date say it is, and the subject's dates of this kind, where it is none of them."""
        near = re.split(r"[.;]\s|\)", before[-90:])[-1]
        for pattern, kind in _ROLES:
            known = self._kinds[subject, kind]
            if pattern.search(near) and known and iso_date(form, parts) not in known:
                return kind, " or ".join(sorted(known)[:3])
        return None

    def against(self, before: str, after: str, token: Token, subject: str) -> tuple[str, str, tuple[Fact, ...]] | None:
        """What a number that the records do not have is said to be, and what they say of it."""
        value = token.value or Decimal(0)
        plain = value.normalize()
        if _AGE.search(before) and re.match(r"\s*(?:/|$|years?\b)", after) and self._ages[subject]:
            ages = self._ages[subject]
            return None if plain in ages else ("age", " or ".join(format(a, "f") for a in sorted(ages)), ())
        if _DAY.search(before):
            said = stems(before[-160:])
            mine = {d for term, d in self._events[subject] if term and term <= said}
            if _ONSET.search(before) and mine and plain not in mine:
                return "study day of this event", " or ".join(format(d, "f") for d in sorted(mine)), ()
            known = self._onsets[subject] if _ONSET.search(before) and self._onsets[subject] else self._days[subject]
            if known and value.normalize() not in known:
                near = sorted(known, key=lambda d: abs(d - value))[:1]
                return "study day", format(near[0], "f"), ()
        if _SEQUENCE.search(before) and self._numbered[subject, "SEQ"] and plain not in self._numbered[subject, "SEQ"]:
            return "sequence number", "", ()
        if (
            _UNIT.match(after)
            and (doses := self._numbered[subject, "EXDOSE"])
            and (_TAKEN.search(before[-60:]) or stems(before[-16:]) & self._drugs)
            and plain not in doses
        ):
            return "dose", " or ".join(format(d, "f") for d in sorted(doses)), ()
        if _LASTED.search(before) and re.match(r"\s*days\b", after) and plain not in self._numbered[subject, "DUR"]:
            days = int(value) if value == value.to_integral_value() else -1
            if days not in self._spent[subject] and days - 1 not in self._spent[subject]:
                return "duration", "", ()
        if (
            _LASTED.search(before)
            and (m := re.match(r"\s*(weeks|months)\b", after))
            and plain in self._numbered[subject, "ADURN"]
        ):
            return f"duration is in days, not {m[1]}: it", "", ()
        since = self._since(before, subject) if (m := _SINCE.match(after)) is not None else set()
        if m is not None and since and plain not in since:
            return f"number of days {m[1]} dose", "", ()
        words = stems(f"{before[-90:]} {after[:14]}")
        named = [(label, number) for label, number in self._labelled[subject] if label <= words]
        if (
            named
            and all(plain != n and rounded(n, max(0, -int(plain.as_tuple().exponent))) != value for _, n in named)
            and len({n for _, n in named}) == 1
            and plain not in self._values[subject]
        ):
            return "value", format(named[0][1], "f"), ()
        if _SITE.search(before) and (site := self._sites.get(subject)) and token.text.strip() != site:
            return "site", site, ()
        return None

    def _since(self, before: str, subject: str) -> set[Decimal]:
        """Days from the subject's doses to the date that stands before, counted from nought or from one."""
        told = dates_in(before[-90:])
        day = _day(iso_date(*told[-1][2:])) if told else None
        doses = [d for x in self._kinds[subject, "exposure"] | self._edges[subject] if (d := _day(x)) is not None]
        return {Decimal(abs((day - d).days) + more) for d in doses for more in (0, 1)} if day is not None else set()

    def conduct(self, before: str, form: str, parts: tuple[str, ...]) -> str | None:
        """First or last dates of the subjects, where the words before a date name such a date and none is it; None otherwise."""
        first = [m.start() for m in _FIRST.finditer(before)]
        last = [m.start() for m in _LAST.finditer(before)]
        if not first and not last and _PERIOD.search(before):
            known = {d for span in self._spans.values() for d in span}
            return (
                None
                if not known or iso_date(form, parts) in known
                else " or ".join(sorted(known)[:1] + sorted(known)[-1:])
            )
        if not first and not last:
            return None
        side = 0 if max(first, default=-1) > max(last, default=-1) else 1
        known = {s[side] for s in self._spans.values()}
        if not known or iso_date(form, parts) in known:
            return None
        return " or ".join(sorted(known))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number.normalize() if number.is_finite() else None


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
