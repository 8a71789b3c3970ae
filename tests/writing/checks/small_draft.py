"""A small invented study and drafts of it, written in one line: ``{n.hi}`` prints a fact, ``{arm:Placebo}`` an arm, ``{display:Table 14-1}`` a display."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from docpipe.model import draft as codes
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text
from docpipe.model.source import Place
from docpipe.writing import derive
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.factstore import FactStore
from docpipe.writing.shown import shown
from docpipe.writing.study_card import Card, Dose, Endpoint, Subject

ARMS = ("Placebo", "Alphadrug Low Dose", "Alphadrug High Dose")
FILE = Digest("f" * 64)
SIZE = {"Placebo": 50, "Alphadrug Low Dose": 48, "Alphadrug High Dose": 52, "": 150}
PASSAGE = "To show that alphadrug lowers the pain score at Week 12, measured in two sessions."
CRITERION = "Age at least 18 years and no more than 75 years, without a history of seizures"


def fact(
    row: str,
    statistic: str,
    arm: str,
    value: str,
    display: str = "Table 14-5",
    population: str = "Safety",
    window: str = "",
    n: int | None = None,
) -> Fact:
    """A fact of the small study."""
    decimals = len(value.partition(".")[2]) if re.fullmatch(r"-?[\d.]+", value) else None
    path = tuple(p.strip() for p in row.split("/")) if row else ()
    size = SIZE.get(arm) if n is None else n
    return Fact(
        "ALPHA-1",
        "v",
        display,
        path,
        arm,
        statistic,
        value,
        value,
        decimals,
        size,
        population,
        window,
        (Place(FILE, "display:1/r1/c1"),),
    )


def _facts() -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    short = {"pbo": ARMS[0], "lo": ARMS[1], "hi": ARMS[2], "all": ""}
    events = {
        "nausea": ("Gut / NAUSEA", {"pbo": 5, "lo": 12, "hi": 26}),
        "headache": ("Nerves / HEADACHE", {"pbo": 4, "lo": 6, "hi": 13}),
        "rash": ("Skin / RASH", {"pbo": 1, "lo": 3, "hi": 8}),
        "cough": ("Chest / COUGH", {"pbo": 1, "lo": 1, "hi": 1}),
    }
    for name, (row, counts) in events.items():
        for arm, n in {**counts, "all": sum(counts.values())}.items():
            size = SIZE[short[arm]]
            found[f"{name}.{arm}"] = fact(row, "n", short[arm], str(n))
            found[f"{name}%.{arm}"] = fact(row, "pct", short[arm], f"{100 * n / size:.1f}")
    for arm, name in short.items():
        found[f"N.{arm}"] = fact("", "N", name, str(SIZE[name]), "Table 14-1", "Safety")
        found[f"eff.{arm}"] = fact("", "N", name, str(SIZE[name] - 2 if name else 144), "Table 14-3", "Efficacy")
    disposition = {"randomised": (50, 48, 52), "completed": (40, 38, 41), "discontinued": (10, 10, 11)}
    for name, counts3 in disposition.items():
        row = {"randomised": "Randomized", "completed": "Completed", "discontinued": "Discontinued"}[name]
        for arm, n in zip(("pbo", "lo", "hi", "all"), (*counts3, sum(counts3)), strict=True):
            found[f"{name}.{arm}"] = fact(row, "n", short[arm], str(n), "Table 14-2", "All Subjects")
    for arm, mean in (("pbo", "61.2"), ("lo", "60.4"), ("hi", "62.9")):
        found[f"age.{arm}"] = fact("Age (years)", "mean", short[arm], mean, "Table 14-1", "Safety")
    mass = fact("", "mean", ARMS[2], "26.1", "Table 14-1", "Safety")
    found["bmi.hi"] = replace(mass, row=("Body mass index (kg/m2)",))
    for name, statistic, value in (
        ("diff", "estimate", "-2.1"),
        ("lower", "lower", "-3.9"),
        ("upper", "upper", "-0.3"),
        ("p", "p", "0.021"),
    ):
        found[name] = fact("Pain score / Difference", statistic, "", value, "Table 14-3", "Efficacy", "Week 12", 144)
    found["p.other"] = fact("Pain score / Trend", "p", "", "0.410", "Table 14-3", "Efficacy", "Week 12", 144)
    found["change.hi"] = fact("Change in pain score", "mean", ARMS[2], "-4.2", "Table 14-3", "Efficacy", "Week 12", 50)
    found["change.pbo"] = fact("Change in pain score", "mean", ARMS[0], "-2.1", "Table 14-3", "Efficacy", "Week 12", 48)
    found["gap"] = derive.difference(found["nausea%.hi"], found["nausea%.pbo"])
    found["quoted.12"] = fact("text:p1 / 12", "quoted", "", "12", "Protocol", "", "", 0)
    for name, value in (("18", "18"), ("75", "75")):
        found[f"quoted.{name}"] = fact(f"text:p2 / {name}", "quoted", "", value, "Protocol", "", "", 0)
    found["id.1"] = fact("S-101-0001 / record 1", "USUBJID", "", "S-101-0001", "ADSL", "", "", 0)
    found["sage.1"] = fact("S-101-0001 / record 1", "AGE", "", "64", "ADSL", "", "", 0)
    found["sage.2"] = fact("S-102-0002 / record 2", "AGE", "", "55", "ADSL", "", "", 0)
    found["start.1"] = fact("S-101-0001 / record 1", "TRTSDT", "", "2014-03-05", "ADSL", "", "", 0)
    found["onset.1"] = fact("S-101-0001 / record 1", "ASTDT", "", "2014-03-14", "ADAE", "", "", 0)
    found["severity.1"] = fact("S-101-0001 / record 1", "AESEV", "", "MILD", "ADAE", "", "", 0)
    found["sex.1"] = replace(fact("S-101-0001 / record 1", "SEX decode", "", "M", "ADSL", "", "", 0), formatted="male")
    found["day.1"] = fact("S-101-0001 / record 1", "ASTDY", "", "10", "ADAE", "", "", 0)
    return found


FACTS = _facts()
CARD = Card(
    study="ALPHA-1",
    data_version="v",
    files=(FILE,),
    subjects={
        "S-101-0001": Subject("S-101-0001", "101", "64", "M", "WHITE", ARMS[2], ARMS[2], {"first dose": "2014-03-05", "last dose": "2014-06-01", "death": "2014-06-03"}),
        "S-102-0002": Subject("S-102-0002", "102", "55", "F", "ASIAN", ARMS[0], ARMS[0], {"first dose": "2014-03-07"}),
    },
    arms=ARMS,
    sets={"Safety": SIZE, "Efficacy": {"": 144, ARMS[0]: 48, ARMS[1]: 46, ARMS[2]: 50}, "All Subjects": SIZE},
    drugs=("ALPHADRUG", "Placebo"),
    doses=(Dose("ALPHADRUG", "10", "mg", "QD", "ORAL"), Dose("ALPHADRUG", "20", "mg", "QD", "ORAL")),
    sponsor="Example Sponsor",
    ids=("ALPHA-1",),
    deaths=("S-101-0001",),
    serious=("S-101-0001",),
    terms=("NAUSEA", "HEADACHE", "RASH", "COUGH", "DIZZINESS"),
    windows=("Week 12", "Week 4"),
    endpoints=(Endpoint("primary", "Change from baseline to Week 12 in PAIN-X score"),),
    displays={"Table 14-1": ("Demographics", "Safety"), "Table 14-2": ("Disposition", "All Subjects"), "Table 14-3": ("PAIN-X at Week 12", "Efficacy"), "Table 14-5": ("Adverse events", "Safety")},
    passages={f"{FILE}|text:p1": PASSAGE, f"{FILE}|text:p2": CRITERION},
    design={"TBLIND": ("DOUBLE BLIND",), "TPHASE": ("Phase II Trial",)},
    events={"": {"any": 60, "serious": 1, "deaths": 1}, ARMS[0]: {"any": 5, "serious": 0, "deaths": 0}, ARMS[1]: {"any": 12, "serious": 0, "deaths": 0}, ARMS[2]: {"any": 26, "serious": 1, "deaths": 1}},
    codelists={"AESEV": {"MILD": "MILD", "MODERATE": "MODERATE", "SEVERE": "SEVERE"}, "SEX": {"F": "Female", "M": "Male"}},
    vocabulary=tuple(re.findall(r"[a-z]+", "alphadrug nausea headache rash cough placebo pain score treatment reported subjects group frequent percentage randomized completed protocol synopsis")),
)  # fmt: skip


def coded(line: str, facts: Mapping[str, Fact] = FACTS) -> CodedText:
    """A line of the little language as coded text."""
    parts: list[Inline] = []
    at = 0
    for number, m in enumerate(re.finditer(r"\{([^{}]+)\}", line), 1):
        parts.append(Text(line[at : m.start()]))
        at = m.end()
        kind, _, data = m[1].partition(":")
        if kind in (codes.ARM, codes.REF, codes.DISPLAY, codes.TABLE):
            parts.append(Placeholder(number, kind, data, data))
            continue
        name, _, style = m[1].partition("|")
        name, _, wrong = name.partition("=")
        made = facts.get(name)
        if made is None:
            parts.append(Placeholder(number, codes.FACT, name, wrong or "?"))
        else:
            parts.append(
                Placeholder(number, codes.FACT, f"{made.id}:{style}" if style else made.id, wrong or shown(made, style))
            )
    parts.append(Text(line[at:]))
    return merge_text(parts)


def small(
    program: str, text: str | None = None, *, heading: str = "Results", block: str = "12.2", passages: Sequence[str] = (), gap: str = "", fixed: bool = False,
    kind: BlockKind = BlockKind.PARAGRAPH, before: Sequence[str] = (), tables: Sequence[PlannedTable] = (), facts: Mapping[str, Fact] = FACTS, type: str = "draft/csr.v1",
    fate: Fate = Fate.DRAFTED, instruction: str = "", **card: object,
) -> DraftText:  # fmt: skip
    """A draft of one section: its heading, the rows ``before`` (``## `` a subheading), and the row in question, as ``row`` has its address."""
    places = tuple(Place(FILE, p) for p in passages)
    rows = [PlannedRow(Address(f"block:{block}/0"), BlockKind.HEADING, (Text(heading),), 2, fixed=True)]
    for line in before:
        sub = line.startswith("## ")
        what = BlockKind.HEADING if sub else BlockKind.CAPTION if line.startswith("Caption: ") else BlockKind.PARAGRAPH
        rows.append(
            PlannedRow(
                Address(f"block:{block}/{len(rows)}"),
                what,
                coded(line.removeprefix("## ").removeprefix("Caption: "), facts),
                3 if sub else 0,
            )
        )
    rows.append(PlannedRow(Address(f"block:{block}/{len(rows)}"), kind, coded(program, facts), 0, places, fixed, gap))
    planned = PlannedBlock(block, block, heading, 2, fate, tuple(rows), instruction)
    plan = Plan(
        type, Digest("0" * 64), "Report", "en", "ALPHA-1", "v", (planned,), tuple(tables), (), (("AE", "adverse event"), ("CI", "confidence interval")), ("ICH E3",), (), ARMS
    )  # fmt: skip
    texts = {} if text is None else {rows[-1].address: coded(text, facts)}
    return DraftText(plan, texts, FactStore(facts.values()), replace(CARD, **card))  # type: ignore[arg-type]
