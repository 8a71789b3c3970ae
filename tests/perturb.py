"""A perturbed copy of the public pilot study: other drug, sponsor, ids, arms, dates, subjects and outcomes by seed, its tables computed anew.

Shows that nothing about the study is remembered anywhere. Never committed: made in a folder of the test run.

Left out of the copy: PDF files (no words can be replaced in them), analysis results and shells of tables (their values belong to the original),
the DOCX versions of tables (the RTF ones are written anew).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from perturb_tables import tables
from transport import Cell, Column, Missing, library, member

from docpipe.model.source import Dataset, Display, Source, Value, Variable

WORDS = (
    (r"CDISC[ -]?PILOT[ -]?(?:01)?|cdiscpilot01", "KRM-2206-03"), (r"CDISC01", "KRM03"), (r"LY246708", "KM206311"), (r"Eli Lilly and Company|Eli Lilly|Lilly", "Karimov"),
    (r"Xanomeline", "Belquorine"), (r"Xan_Hi", "Bel_A"), (r"Xan_Lo", "Bel_B"), (r"\bXan[ -]?High", "Bel A"), (r"\bXan[ -]?Low", "Bel B"), (r"\bXan(?=\b|_)", "Bel"),
    (r"High[ -]Dose", "Regimen A"), (r"Low[ -]Dose", "Regimen B"), (r"High_(?=Start|Middle|End)", "A_"), (r"Alzheimer", "Ostrander"), (r"ADAS", "ODAS"), (r"CIBC", "CIGC"),
    (r"CIBIC", "CIGIC"), (r"\bNPI", "NBI"), (r"ADQSNPIX", "ADQSNBIX"), (r"Neuropsychiatric Inventory", "Neurobehavioral Inventory"), (r"\bTTS\b", "TPS"),
    (r"Therapeutic System", "Patch System"), (r"\b54 ?mg", "60 mg"), (r"\b81 ?mg", "90 mg"), (r"\b75 ?cm", "83 cm"), (r"\b50 ?cm", "56 cm"),
)  # fmt: skip
"""What is replaced in every text, in this order; the case of the first letters is kept."""
PLAIN = (
    "xanomeline",
    "xan_",
    "cdiscpilot",
    "cdisc pilot",
    "cdisc01",
    "lilly",
    "ly246708",
    "alzheimer",
    "cibic",
    "cibc",
    "low dose",
    "high dose",
)
ORIGINAL = re.compile(
    r"xanomeline|\bxan[_ ]|cdisc[ -]?pilot|\blilly\b|LY246708|alzheimer|\badas\b|cibic|cibc|\b\d\d-7[01]\d-\d{4}\b|\b201[1-4]-\d\d(?:-\d\d)?\b|\bTTS\b|low dose|high dose",
    re.IGNORECASE,
)
"""What must not stand anywhere in the copy."""
_DATE = re.compile(r"\b(20[012]\d|19\d\d)(?:-(\d\d)(?:-(\d\d))?)?(T[\d:]+)?\b")
_SUBJECT = re.compile(r"\b01-(7\d\d)-(\d{4})\b")
_CODING = (
    "AETERM", "AELLT", "AELLTCD", "AEDECOD", "AEPTCD", "AEHLT", "AEHLTCD", "AEHLGT", "AEHLGTCD",
)  # fmt: skip
_PERSON = ("AGE", "AGEGR1", "AGEGR1N", "SEX", "RACE", "RACEN", "ETHNIC")
_BODY = ("HEIGHTBL", "WEIGHTBL", "BMIBL", "BMIBLGR1", "EDUCLVL", "MMSETOT")
_LEFT = ("DCDECOD", "DCREASCD", "DISCONFL", "DSRAEFL")
_TEXTS = ("*.md", "*/define.xml")
Record = dict[str, Value]


@dataclass
class Copy:
    """The datasets as records by variable, and how names change."""

    seed: int
    data: dict[str, Dataset]
    rows: dict[str, list[Record]]
    chance: random.Random
    days: int
    sites: dict[str, str]
    numbers: dict[str, str]
    """Last part of a subject's id -> new one."""
    terms: dict[str, str] = field(default_factory=dict)

    def subjects(self, dataset: str) -> dict[str, Record]:
        return {str(r["USUBJID"]): r for r in self.rows[dataset]}


def perturb(folder: Path, sources: Sequence[Source], out: Path, seed: int = 5) -> Path:
    """Writes the copy of ``folder``, whose sources are read already, to ``out``."""
    read = [s for s in sources if isinstance(s, Dataset)]
    data = {d.name.upper(): d for d in read}
    rows = {n: [dict(zip((v.name for v in d.variables), r, strict=True)) for r in d.records] for n, d in data.items()}
    chance = random.Random(seed)
    sites = sorted({str(r["SITEID"]) for r in rows["DM"]} | {"900"})
    new = chance.sample(range(310, 660), len(sites))
    last = sorted({str(r["SUBJID"]) for r in rows["DM"]})
    copy = Copy(
        seed, data, rows, chance, -chance.randint(4600, 5100), dict(zip(sites, map(str, sorted(new)), strict=True)),
        dict(zip(last, map(str, chance.sample(range(2000, 9999), len(last))), strict=True)),
    )  # fmt: skip
    for change in (_arms, _people, _leaving, _deaths, _events, _scores, _doses):
        change(copy)
    out.mkdir(parents=True, exist_ok=True)
    for name in data:
        _written(copy, name, out)
    for pattern in _TEXTS:
        for path in sorted(folder.glob(pattern)):
            target = out / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            text, encoding = _decoded(path.read_bytes())
            target.write_bytes(copy_text(copy, text).encode(encoding))
    shown = [s for s in sources if isinstance(s, Display) and re.fullmatch(r"tlf/.*\.rtf", s.file.path)]
    tables(shown, out, lambda text: copy_label(copy, text))
    return out


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252"), "cp1252"


# ---------------------------------------------------------------- outcomes


def _pairs(copy: Copy, one: list[str], other: list[str], count: int) -> list[tuple[str, str]]:
    return list(zip(copy.chance.sample(one, count), copy.chance.sample(other, count), strict=True))


def _arms(copy: Copy) -> None:
    """Fourteen subjects of placebo and of the lower dose change places."""
    level = copy.subjects("ADSL")
    arm = {s: str(r["TRT01P"]) for s, r in level.items()}
    low = next(a for a in arm.values() if "Low" in a)
    pairs = _pairs(copy, [s for s in arm if arm[s] == "Placebo"], [s for s in arm if arm[s] == low], 14)
    moved = {s: low for s, _ in pairs} | {s: "Placebo" for _, s in pairs}
    codes = {str(r["ARM"]): str(r["ARMCD"]) for r in copy.rows["TA"]}
    elements = {"Placebo": ("PBO", "Placebo"), low: ("LO", "Low")}
    for rows in copy.rows.values():
        for r in rows:
            to = moved.get(str(r.get("USUBJID")))
            if to is None:
                continue
            dose = 0.0 if to == "Placebo" else 54.0
            said: Record = {v: to for v in ("ARM", "ACTARM", "TRT01P", "TRT01A", "TRTP", "TRTA") if v in r}
            said |= {v: dose for v in ("TRT01PN", "TRT01AN", "TRTPN", "TRTAN", "AVGDD") if v in r}
            said |= {v: codes[to] for v in ("ARMCD", "ACTARMCD") if v in r}
            if "CUMDOSE" in r:
                said["CUMDOSE"] = dose * _number(r["TRTDUR"])
            if "EXDOSE" in r:
                said |= {"EXDOSE": dose, "EXTRT": "XANOMELINE" if dose else "PLACEBO"}
            if r.get("ETCD") in ("PBO", "LO"):
                said["ETCD"], said["ELEMENT"] = elements[to]
            r.update(said)


def _number(value: Value) -> float:
    return value if isinstance(value, float) else 0.0


def _people(copy: Copy) -> None:
    """Age, sex and race, and separately the measurements at baseline, go to other subjects; ages change by up to three years."""
    level = copy.subjects("ADSL")
    for names in (_PERSON, _BODY):
        order = list(level)
        copy.chance.shuffle(order)
        bundles = [{n: level[s][n] for n in names} for s in order]
        for record, bundle in zip(level.values(), bundles, strict=True):
            record.update(bundle)
    for record in level.values():
        age = _number(record["AGE"]) + copy.chance.randint(-2, 3)
        group = ("<65", 1.0) if age < 65 else ("65-80", 2.0) if age <= 80 else (">80", 3.0)
        record.update({"AGE": age, "AGEGR1": group[0], "AGEGR1N": group[1]})
    for rows in copy.rows.values():
        for r in rows:
            own = level.get(str(r.get("USUBJID")))
            if own is not None and "AGE" in r:
                r.update({n: own[n] for n in _PERSON if n in r})
            if own is not None and r.get("SCTESTCD") == "EDLEVEL":
                years = _number(own["EDUCLVL"])
                r.update({"SCORRES": f"{years:g}", "SCSTRESC": f"{years:g}", "SCSTRESN": years})


def _end(copy: Copy) -> dict[str, Record]:
    """The disposition event of each subject."""
    return {str(r["USUBJID"]): r for r in copy.rows["DS"] if r["DSCAT"] == "DISPOSITION EVENT"}


def _swapped(copy: Copy, a: str, b: str) -> None:
    level, ended = copy.subjects("ADSL"), _end(copy)
    for one, other, names in ((level[a], level[b], _LEFT), (ended[a], ended[b], ("DSTERM", "DSDECOD"))):
        for n in names:
            one[n], other[n] = other[n], one[n]


def _leaving(copy: Copy) -> None:
    """Twelve subjects each who left because of an event, or by their own decision, change reasons."""
    level = copy.subjects("ADSL")

    def left(reason: str) -> list[str]:
        return [s for s, r in level.items() if r["DCDECOD"] == reason and r["COMP24FL"] != "Y"]

    for a, b in _pairs(copy, left("ADVERSE EVENT"), left("WITHDRAWAL BY SUBJECT"), 12):
        _swapped(copy, a, b)


def _deaths(copy: Copy) -> None:
    """One of the dead lives, and another subject dies of the last event."""
    level, people = copy.subjects("ADSL"), copy.subjects("DM")
    dead = sorted(s for s, r in level.items() if r["DTHFL"] == "Y")
    saved = copy.chance.choice(dead)
    events: dict[str, list[int]] = defaultdict(list)
    for i, r in enumerate(copy.rows["ADAE"]):
        if r["TRTEMFL"] == "Y" and r["ASTDT"] is not None:
            events[str(r["USUBJID"])].append(i)
    able = sorted(s for s, r in level.items() if r["DCDECOD"] == "ADVERSE EVENT" and r["COMP24FL"] != "Y" and events[s])
    lost = copy.chance.choice(able)
    _swapped(copy, saved, lost)
    level[saved]["DTHFL"], level[lost]["DTHFL"] = None, "Y"
    people[lost].update({"DTHFL": "Y", "DTHDTC": level[lost]["RFENDTC"]})
    people[saved].update({"DTHFL": None, "DTHDTC": None})
    last = max(events[lost], key=lambda i: (_number(copy.rows["ADAE"][i]["ASTDT"]), i))
    fatal = (lost, copy.rows["ADAE"][last]["AESEQ"])
    for name in ("AE", "ADAE"):
        for r in copy.rows[name]:
            if (r["USUBJID"], r["AESEQ"]) == fatal:
                r.update({"AEOUT": "FATAL", "AESDTH": "Y", "AESER": "Y", "AESEV": "SEVERE"})
            elif r["USUBJID"] == saved and r["AEOUT"] == "FATAL":
                r.update({"AEOUT": "NOT RECOVERED/NOT RESOLVED", "AESDTH": "N"})


def _events(copy: Copy) -> None:
    """Terms change places within their class; severity, relationship and outcome of some events change."""
    by_class: dict[str, dict[str, Record]] = defaultdict(dict)
    for r in copy.rows["AE"]:
        by_class[str(r["AEBODSYS"])].setdefault(str(r["AEDECOD"]), {n: r[n] for n in _CODING})
    for organ in sorted(by_class):
        names = sorted(by_class[organ])
        others = copy.chance.sample(names, len(names))
        copy.terms |= dict(zip(names, others, strict=True))
        coded = {n: by_class[organ][o] for n, o in zip(names, others, strict=True)}
        for name in ("AE", "ADAE"):
            for r in copy.rows[name]:
                if r["AEBODSYS"] == organ:
                    r.update({n: v for n, v in coded[str(r["AEDECOD"])].items() if n in r})
    relations = sorted({str(r["AEREL"]) for r in copy.rows["AE"] if r["AEREL"]})
    changes: dict[tuple[Value, Value], Record] = {}
    for r in copy.rows["AE"]:
        said: Record = {}
        if r["AESEV"] in ("MILD", "MODERATE") and copy.chance.random() < 0.25:
            said["AESEV"] = "MODERATE" if r["AESEV"] == "MILD" else "MILD"
        if copy.chance.random() < 0.25:
            said["AEREL"] = copy.chance.choice(relations)
        if r["AEOUT"] == "NOT RECOVERED/NOT RESOLVED" and copy.chance.random() < 0.3:
            said["AEOUT"] = "RECOVERED/RESOLVED"
        changes[r["USUBJID"], r["AESEQ"]] = said
    for name in ("AE", "ADAE"):
        for r in copy.rows[name]:
            r.update(changes[r["USUBJID"], r["AESEQ"]])


def _scores(copy: Copy) -> None:
    """The score of a third of the subjects is one point higher."""
    higher = {s for s in sorted(copy.subjects("ADQSCIBC")) if copy.chance.random() < 0.33}
    for r in copy.rows["ADQSCIBC"]:
        if r["USUBJID"] in higher and r["AVAL"] is not None:
            r["AVAL"] = min(7.0, _number(r["AVAL"]) + 1)


def _doses(copy: Copy) -> None:
    """54 mg become 60 mg and 81 mg become 90 mg."""
    new = {54.0: 60.0, 81.0: 90.0}
    for rows in copy.rows.values():
        for r in rows:
            for name in ("TRT01PN", "TRT01AN", "TRTPN", "TRTAN", "EXDOSE"):
                if name in r:
                    r[name] = new.get(_number(r[name]), r[name])
            if "CUMDOSE" in r:
                r["CUMDOSE"] = float(round(_number(r["CUMDOSE"]) * 10 / 9))
                r["AVGDD"] = round(_number(r["AVGDD"]) * 10 / 9, 1)
            if r.get("TSPARMCD") == "DOSE":
                r["TSVAL"] = {"54": "60", "81": "90"}[str(r["TSVAL"])]


# ---------------------------------------------------------------- names and dates


def _cased(said: str) -> Callable[[re.Match[str]], str]:
    def new(found: re.Match[str]) -> str:
        old = found.group()
        letters = [c for c in old if c.isalpha()]
        if letters and all(c.isupper() for c in letters) and len(letters) > 3:
            return said.upper()
        return said[0].lower() + said[1:] if old[0].islower() else said

    return new


_REPLACED = [(re.compile(pattern, re.IGNORECASE), _cased(said)) for pattern, said in WORDS]


def copy_text(copy: Copy, text: str) -> str:
    """A text with every name, id and date changed."""
    for pattern, said in _REPLACED:
        text = pattern.sub(said, text)
    text = _SUBJECT.sub(lambda m: _subject(copy, m.group()), text)
    return re.sub(r"\b20[012]\d-\d\d(?:-\d\d)?\b|\b201[1-4]\b", lambda m: moved(m.group(), copy.days), text)


def copy_label(copy: Copy, text: str) -> str:
    """A label of a table: as ``copy_text``, and a site or a term by itself."""
    return copy.sites.get(text) or copy.terms.get(text) or copy_text(copy, text)


def _subject(copy: Copy, old: str) -> str:
    _, site, last = old.split("-")
    return f"46-{copy.sites[site]}-{copy.numbers[last]}"


def moved(text: str, days: int) -> str:
    """An ISO date, whole or partial, moved by some days."""
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    year, month, day, time = found.groups()
    new = date(int(year), int(month or 7), int(day or 1)) + timedelta(days=days)
    return (f"{new:%Y-%m-%d}" if day else f"{new:%Y-%m}" if month else f"{new:%Y}") + (time or "")


def _value(copy: Copy, variable: Variable, value: Value) -> Value:
    name = variable.name
    if value is None:
        return None
    if isinstance(value, float):
        return value + copy.days if variable.format.upper().startswith("DATE") else value
    if name.endswith("DTC"):
        return moved(value, copy.days)
    if name in ("SITEID", "SITEGR1"):
        return copy.sites[value]
    if name == "SUBJID":
        return copy.numbers[value]
    if name == "STUDYID":
        return "KRM-2206-03"
    return copy_text(copy, value)


def _written(copy: Copy, name: str, out: Path) -> None:
    data = copy.data[name]
    records = [[_value(copy, v, r[v.name]) for v in data.variables] for r in copy.rows[name]]
    new = copy_text(copy, name)
    columns = []
    for i, v in enumerate(data.variables):
        width = max([1, *(len(str(r[i] or "").encode()) for r in records)]) if v.kind == "text" else 8
        form = (v.format.rstrip("0123456789."), 9, 0) if v.format.upper().startswith("DATE") else ("", 0, 0)
        columns.append(Column(v.name, v.kind, width, copy_text(copy, v.label), form))
    cells: list[list[Cell]] = [[_cell(x, v) for x, v in zip(r, data.variables, strict=True)] for r in records]
    path = out / Path(data.file.path).with_name(f"{new.lower()}.xpt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(library(member(new, columns, cells, label=copy_text(copy, data.label))))


def _cell(value: Value, variable: Variable) -> Cell:
    return (Missing() if variable.kind == "number" else "") if value is None else value
