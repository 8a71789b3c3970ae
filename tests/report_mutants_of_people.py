"""Seeded defects of reports that people write, in words and in tables, as ``report_mutants`` runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from report_mutants import Desk, Edit, Para, Typed, added, other_digit, put, replaced, types
from report_written import Span

_PLAIN = re.compile(r"[-−<]?\d+(?:\.\d+)?%?")
_COUNTED = ("n", "N")
_MEASURED = ("mean", "sd", "median", "min", "max", "estimate", "lower", "upper", "se", "p")
_RESULTS = re.compile(
    r"Objectives|Plan|Ethic|Introduction|Variables|Statistical Methods|Abbreviations|Contents|Appendic", re.IGNORECASE
)


def _values(desk: Desk, para: Para, *statistics: str) -> list[tuple[Span, Any]]:
    """Values of a paragraph that are plain numbers, with their facts; what is a label or was quoted is none."""
    found = []
    for span in para.spans:
        fact = desk.report.facts.get(span.data) if span.kind == "fact" else None
        said = para.text[span.start : span.end]
        if (
            fact is not None
            and fact.statistic in statistics
            and _PLAIN.fullmatch(said)
            and any(c.isdigit() for c in said)
        ):
            found.append((span, fact))
    return found


def _results(desk: Desk) -> list[Para]:
    return desk.prose(lambda p: not _RESULTS.search(p.heads[0] if p.heads else ""))


# ---------------------------------------------------------------- numbers


@types("number in the text off by a digit", "N2", "N1", "N3", "N4", "N6", "P4")
def _digit(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        for span, fact in _values(desk, para, *_COUNTED, *_MEASURED, "pct")[:6:5]:
            said = para.text[span.start : span.end]
            if len([c for c in said if c.isdigit()]) > 1 and fact.statistic != "p":
                yield put(
                    "number in the text off by a digit", para, span.start, span.end, other_digit(said, desk.random)
                )


@types("number in a table off by a digit", "N2", "N1", "N3", "N4", "N6", "P4")
def _digit_in_cell(desk: Desk) -> Iterator[Typed]:
    for para in desk.boxes(lambda p: p.style == "TableText"):
        for span, _ in _values(desk, para, *_COUNTED, *_MEASURED)[:1]:
            said = para.text[span.start : span.end]
            if len([c for c in said if c.isdigit()]) > 1:
                yield put(
                    "number in a table off by a digit", para, span.start, span.end, other_digit(said, desk.random)
                )


@types("two digits of a number swapped", "N2", "N1", "N3", "N4", "N6", "P4")
def _swapped_digits(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        for span, _ in _values(desk, para, *_COUNTED, *_MEASURED, "pct")[1:2]:
            said = para.text[span.start : span.end]
            turned = re.sub(r"(\d)(\d)(?=\D*$)", lambda m: m[2] + m[1], said, count=1)
            if turned != said:
                yield put("two digits of a number swapped", para, span.start, span.end, turned)


@types("count off by one", "N2", "N1", "N4", "N6", "P4")
def _off_by_one(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        for span, _ in _values(desk, para, "n")[:1]:
            said = para.text[span.start : span.end]
            if said.isdigit() and int(said) > 4:
                yield put("count off by one", para, span.start, span.end, str(int(said) + desk.random.choice((-1, 1))))


_FRACTION = re.compile(r"(\d+) (?:of \d+ )?(?:subjects )?([(\[])(\d+(?:\.\d+)?)%([)\]])")


@types("percentage beside its count off", "N4", "N3", "N2", "N1")
def _share(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        if m := _FRACTION.search(para.text):
            places = len(m[3].partition(".")[2])
            new = float(m[3]) + desk.random.choice((-4, -3, -2, 2, 3, 4, 10))
            if 0 < new < 100:
                yield put("percentage beside its count off", para, m.start(3), m.end(3), f"{new:.{places}f}")


@types("percentage in a table off", "N4", "N3", "N2", "N1")
def _share_in_cell(desk: Desk) -> Iterator[Typed]:
    for para in desk.boxes(lambda p: bool(re.fullmatch(r"\d+ \(\s*\d+(?:\.\d+)?\s*%?\s*\)", p.text))):
        m = re.search(r"\(\s*(\d+(?:\.\d+)?)", para.text)
        assert m is not None
        places = len(m[1].partition(".")[2])
        new = float(m[1]) + desk.random.choice((-3, -2, 2, 3, 10))
        if 0 < new < 100:
            yield put("percentage in a table off", para, m.start(1), m.end(1), f"{new:.{places}f}")


@types("percentage with its digits swapped", "N3", "N4", "N2", "N1")
def _share_turned(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        for m in re.finditer(r"(?<![\d.])([1-9])(\d)((?:\.\d+)?)%", para.text):
            if m[1] != m[2] and m[2] != "0":
                yield put("percentage with its digits swapped", para, m.start(1), m.end(2), m[2] + m[1])
                break


@types("total of a row that is not the sum", "N6", "N2", "N1", "N4")
def _total(desk: Desk) -> Iterator[Typed]:
    tables = {p.cell[0] for p in desk.report.paras if p.cell is not None}
    for table in desk.random.sample(sorted(tables), len(tables)):
        cells = {p.cell[1:]: p for p in desk.report.cells(table) if p.cell is not None}
        heads = {c: p.text for (r, c), p in cells.items() if r == 0}
        totals = [c for c, said in heads.items() if re.match(r"(?:Total|All|Overall)\b", said)]
        for (_, column), para in cells.items():
            if column in totals and (m := re.match(r"\d{2,}", para.text)) and _values(desk, para, "n"):
                yield put(
                    "total of a row that is not the sum",
                    para,
                    0,
                    m.end(),
                    str(int(m[0]) + desk.random.choice((-7, -2, 3, 9))),
                )


@types("randomised by arm do not add up", "N6", "P4", "N2", "P1", "N1")
def _parts(desk: Desk) -> Iterator[Typed]:
    for para in desk.prose(lambda p: bool(re.search(r"\brandomi[sz]ed\b|\bcompleted\b|\bdiscontinu", p.text))):
        for span, _ in _values(desk, para, "n", "N")[:5]:
            said = para.text[span.start : span.end]
            if said.isdigit() and int(said) > 10:
                new = str(int(said) + desk.random.choice((-9, -4, 5, 11)))
                yield put("randomised by arm do not add up", para, span.start, span.end, new)


_INTERVAL = re.compile(
    r"(?:95%\s*(?:CI|confidence interval)[^\d\-−]{0,12})([-−]?\d+(?:\.\d+)?)(\s*(?:,|;|to)\s*)([-−]?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


@types("limits of an interval the other way round", "N7", "N2")
def _limits(desk: Desk) -> Iterator[Typed]:
    for para in [*desk.prose(), *desk.boxes()]:
        for m in _INTERVAL.finditer(para.text):
            if m[1] != m[3]:
                yield put("limits of an interval the other way round", para, m.start(1), m.end(3), m[3] + m[2] + m[1])


@types("limit of an interval without its sign", "N7", "N2", "N1", "N8")
def _sign(desk: Desk) -> Iterator[Typed]:
    for para in [*desk.prose(), *desk.boxes()]:
        for m in _INTERVAL.finditer(para.text):
            if m[1][0] in "-−":
                yield put("limit of an interval without its sign", para, m.start(1), m.start(1) + 1, "")


@types("p value on the other side of 5 %", "N8", "N2", "N1")
def _p(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        if m := re.search(r"\bp\s*([=<])\s*(0?\.\d+)", para.text):
            new = "=0.412" if m[1] == "<" or float(m[2]) < 0.05 else "=0.012"
            yield put("p value on the other side of 5 %", para, m.start(1), m.end(2), new)


@types("difference off its parts", "N9", "N2", "N1")
def _difference(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        for m in re.finditer(r"\bdifference[^.;]{0,160}?\b(?:was|of|is)\s+([-−]?\d+\.\d+)", para.text):
            new = f"{float(m[1].replace('−', '-')) + desk.random.choice((-1.3, 0.7, 1.1, 2.4)):.{len(m[1].partition('.')[2])}f}"
            yield put("difference off its parts", para, m.start(1), m.end(1), new)
            break


_ITEM = re.compile(r"(?:(?<= were )|(?<=\), ))([a-z][a-z /-]{3,40}) \((?:[^()\[\]]|\[[^\]]*\])+\), ")
_LISTED = re.compile(r"\bmost (?:frequent|common)|\bat least \d+|\bmore than \d+|≥")


_NAMED = re.compile(
    r"(?:(?<= were )|(?<=, ))([a-z][a-z -]{3,50})(?: \((?:[^()\[\]]|\[[^\]]*\])+\))?, (?!and (?:mediastinal|metabolism))"
)
_ALL = re.compile(r"\bat least \d+(?:\.\d+)?\s?%|≥|\bmore than \d+ (?:subjects|patients)|\bother reasons, in order")
_BY_ORDER = re.compile(r"\border of the highest incidence in any group")


@types("item of a list left out", "N13", "N12", "N2")
def _item(desk: Desk) -> Iterator[Typed]:
    """Only where the rule of the list is stated and takes the item in; the last item of a list in order may be left out."""
    for para in desk.prose(lambda p: bool(_LISTED.search(p.text) or _BY_ORDER.search(p.text))):
        for m in _items(desk, para):
            if _ruled(desk, para, m):
                yield put("item of a list left out", para, m.start(), m.end(), "")


@types("item of a list without a rule left out", "N13 (no rule)", "N13", "N12", "N2")
def _unruled_item(desk: Desk) -> Iterator[Typed]:
    """What nobody can know: the list may be any choice."""
    for para in desk.prose(lambda p: bool(_LISTED.search(p.text))):
        for m in _items(desk, para):
            if not _ruled(desk, para, m):
                yield put("item of a list without a rule left out", para, m.start(), m.end(), "")


def _items(desk: Desk, para: Para) -> list[re.Match[str]]:
    """Some items of a list in a paragraph that are labels of rows; each leaves two others behind."""
    labels = {f.row[-1].casefold() for f in desk.world.facts if f.row and f.statistic in ("n", "pct")}
    found = [m for m in _NAMED.finditer(para.text) if m[1] in labels]
    return desk.random.sample(found, min(5, len(found))) if len(found) > 1 else []


def _ruled(desk: Desk, para: Para, m: re.Match[str]) -> bool:
    """A rule is stated before the item, in its sentence or in the one before that it goes back to."""
    start = para.text.rfind(". ", 0, m.start()) + 1
    before = para.text.rfind(". ", 0, max(0, start - 1)) + 1
    said = para.text[start : m.start()]
    return bool(_ALL.search(said) or _BY_ORDER.search(said)) or (
        "these terms" in said and _ALL.search(para.text[before:start]) is not None
    )


@types("most common is another", "N12", "N13", "N2", "N14")
def _common(desk: Desk) -> Iterator[Typed]:
    for para in desk.prose(lambda p: bool(_LISTED.search(p.text))):
        terms = [t.casefold() for t in desk.world.card.terms if t.casefold() not in para.text.casefold() and len(t) > 5]
        if (m := _ITEM.search(para.text)) and terms:
            yield put("most common is another", para, m.start(1), m.end(1), desk.random.choice(terms))


# ---------------------------------------------------------------- arms, sets, people


@types("values of two arms swapped in the text", "N14", "N2", "N4")
def _arms(desk: Desk) -> Iterator[Typed]:
    for para in _results(desk):
        values = [
            (s, f)
            for s, f in _values(desk, para, "n", "mean", "median", "pct", "estimate")
            if f.arm in desk.report.arms
        ]
        for (a, f), (b, g) in combinations(values, 2):
            one, two = para.text[a.start : a.end], para.text[b.start : b.end]
            if (
                f.arm != g.arm
                and f.row == g.row
                and f.statistic == g.statistic
                and f.window == g.window
                and one != two
                and b.start - a.end < 160
            ):
                yield put(
                    "values of two arms swapped in the text",
                    para,
                    a.start,
                    a.end,
                    two,
                    Edit(para.index, b.start, b.end, one),
                )
                break


@types("columns of two arms swapped in a row", "N14", "N2", "N4")
def _columns(desk: Desk) -> Iterator[Typed]:
    rows: dict[tuple[int, int], list[Para]] = {}
    for para in desk.boxes(lambda p: bool(_values(desk, p, "n", "mean", "median"))):
        assert para.cell is not None
        rows.setdefault(para.cell[:2], []).append(para)
    for cells in rows.values():
        given = [
            (p, next(f.arm for _, f in _values(desk, p, "n", "mean", "median")))
            for p in sorted(cells, key=lambda p: p.index)
        ]
        for (a, one), (b, two) in combinations(given, 2):
            if one != two and {one, two} <= set(desk.report.arms) and a.text != b.text:
                yield put(
                    "columns of two arms swapped in a row",
                    a,
                    0,
                    len(a.text),
                    b.text,
                    Edit(b.index, 0, len(b.text), a.text),
                )
                break


@types("N of a column off", "P1", "N2", "N1", "N4")
def _head(desk: Desk) -> Iterator[Typed]:
    for para in desk.boxes(lambda p: bool(re.search(r"\(N\s*=\s*\d+\)", p.text))):
        m = re.search(r"\(N\s*=\s*(\d+)\)", para.text)
        assert m is not None
        yield put("N of a column off", para, m.start(1), m.end(1), str(int(m[1]) + desk.random.choice((-6, -2, 3, 10))))


replaced(
    "size of a population off", r"\b(\d{2,3})(?= subjects (?:were|was) (?:randomi[sz]ed|in the|included|treated))",
    lambda m: str(int(m[1]) + 7), "P1", "N2", "N1", "P4", "N6",
)  # fmt: skip


@types("narrative left out", "P7")
def _narrative(desk: Desk) -> Iterator[Typed]:
    groups: dict[str, list[Para]] = {}
    for para in desk.report.paras:
        if (
            para.cell is None
            and any("arrative" in h for h in para.heads[:-1])
            and re.search(r"\d{2,}-\d", para.heading)
        ):
            groups.setdefault(para.heading, []).append(para)
    for paras in desk.random.sample(list(groups.values()), len(groups)):
        yield Typed("narrative left out", ("P7",), tuple(Edit(p.index, 0, len(p.text), "", True) for p in paras), True)


@types("death told otherwise", "P8", "N2", "CL3", "N1")
def _deaths(desk: Desk) -> Iterator[Typed]:
    said = {
        "One": "Four",
        "Two": "Four",
        "Three": "Two",
        "Four": "Two",
        "one": "four",
        "two": "four",
        "three": "two",
        "four": "two",
        "No": "Two",
        "no": "two",
    }
    for para in desk.prose(lambda p: bool(re.search(r"\b(?:died|deaths?)\b", p.text))):
        if m := re.search(
            r"\b(One|Two|Three|Four|No|one|two|three|four|no)\b(?= (?:subjects?|deaths?|patients?|events?)\b[^.]{0,60}(?:died|death)?)",
            para.text,
        ):
            yield put("death told otherwise", para, m.start(), m.end(), said[m[1]])


added(
    "deaths denied",
    (
        "No deaths occurred during the study.",
        "There were no deaths in the {arm} group or any other.",
        "No subject died.",
    ),
    "P8",
    "CL3",
    "N2",
)
added(
    "serious events denied",
    ("No serious adverse events were reported.", "None of the subjects had a serious adverse event."),
    "P8",
    "CL3",
    "N2",
)
added(
    "causality invented", ("None of the adverse events was considered related to study treatment.",), "P8", "CL3", "N2"
)
replaced(
    "sex of a subject",
    r"\b(male|female)\b(?= (?:subject|patient|participant))",
    lambda m: "female" if m[1] == "male" else "male",
    "P6",
    where="arrative",
)
replaced(
    "age of a subject",
    r"\b(\d\d)(?=-year-old| years (?:old|of age))",
    lambda m: str(int(m[1]) + 3),
    "P6",
    "N2",
    "N1",
    where="arrative",
)
replaced(
    "subject who is not there",
    r"\b(\d\d-7\d\d)-(\d{4})\b",
    lambda m: f"{m[1]}-9{m[2][1:]}",
    "P5",
    "P6",
    "N1",
    where="arrative",
)

# ---------------------------------------------------------------- dose, time, references, terms

replaced("dose in another unit", r"(?<=\d )mg\b(?!/)", lambda m: "g", "U2", "U1")
replaced(
    "dose of another number",
    r"\b(54|81|75|50|25|100|200|10|20|40|60|120)(?= mg\b)",
    lambda m: str(int(m[1]) + 9),
    "U1",
    "N2",
    "N1",
)
replaced(
    "day that no month has",
    r"\b\d{1,2}(?= (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})",
    lambda m: "32",
    "T1",
    "T2",
    "N1",
)
replaced(
    "week of another result", r"\bWeek (8|16|24|26|12)\b", lambda m: f"Week { {'8': '16', '16': '8', '24': '16', '26': '8', '12': '24'}[m[1]] }",
    "T4", "N2", "N1", where="Results|Efficacy Evaluation|Safety Evaluation|Study Patients",
)  # fmt: skip
replaced(
    "study day off",
    r"\bDay (\d{2,3})\b",
    lambda m: f"Day {int(m[1]) + 4}",
    "T3",
    "P6",
    "T2",
    "N2",
    "N1",
    where="arrative",
)
replaced(
    "year of a date off", r"\b(20\d\d)(?=[ ,.;)])", lambda m: str(int(m[1]) - 9), "T2", "P6", "N2", "N1", "T3", "T1"
)
replaced("table that is not there", r"\bTable (1[0-9]-\d|\d{1,2})(?=[ ,.;)\d-])", lambda m: "Table 97", "X1", "X4")
replaced("section that is not there", r"\b(Section|Appendix) (\d+(?:\.\d+)+)", lambda m: f"{m[1]} {m[2]}.77", "X1")
added(
    "reference to what is not there",
    (
        "See Section 19.7.3.",
        "The details are in Table 96.",
        "Figure 88 shows this.",
        "They are listed in Appendix 16.2.99.",
    ),
    "X1",
)


@types("caption out of its order", "X4", "X1")
def _caption(desk: Desk) -> Iterator[Typed]:
    captions = [p for p in desk.report.paras if p.style == "Caption" and re.match(r"Table \d+", p.text)]
    for para in desk.random.sample(captions, len(captions)):
        m = re.match(r"Table (\d+)", para.text)
        assert m is not None
        yield put("caption out of its order", para, m.start(1), m.end(1), str(int(m[1]) + 40), whole=True)


@types("heading other than in the contents", "X4", "M1")
def _contents(desk: Desk) -> Iterator[Typed]:
    lines = [p for p in desk.report.paras if p.style.startswith("Toc") and re.search(r"[a-z]{4}", p.text)]
    for para in desk.random.sample(lines, len(lines)):
        if m := re.search(r"\b[A-Za-z]{5,}\b", para.text):
            yield put("heading other than in the contents", para, m.start(), m.end(), "Matters", whole=True)


@types("abbreviation listed with another meaning", "AB2", "AB1")
def _meaning(desk: Desk) -> Iterator[Typed]:
    for para in desk.prose(lambda p: bool(re.search(r"[a-z]{4,} \([A-Z][A-Za-z-]*[A-Z][\w+-]*\)", p.text))):
        if m := re.search(r"([A-Za-z]{5,})(?= \([A-Z][A-Za-z-]*[A-Z][\w+-]*\))", para.text):
            yield put("abbreviation listed with another meaning", para, m.start(), m.end(), "Quorum", whole=True)


replaced(
    "threshold of a criterion",
    r"(?<![\w.])(\d+)(?= (?:to \d+ years|weeks|months|days)\b|-\d+ inclusive)",
    lambda m: str(int(m[1]) + 5),
    "P11",
    "P10",
    "N1",
    "N2",
    where="Criteria|Inclusion|Exclusion|criteria",
)
replaced("operator of a criterion", r"≤|≥", lambda m: "≥" if m[0] == "≤" else "≤", "P11", "P10", where="riteria")
replaced(
    "mean told as median",  # not where no value follows: that neither was estimable stays true
    r"\b(mean|median)(?= \(|s? was (?!not )| change)",
    lambda m: "median" if m[1] == "mean" else "mean",
    "N2",
    "N1",
    "CL2",
    "N9",
    where="Results|Evaluation|Patients",
)
replaced(
    "most for few",
    r"\b(Most|Majority|most subjects)\b",
    lambda m: "Few" if m[1][0].isupper() else "few subjects",
    "N11",
    "CL2",
)
added(
    "result of nobody",
    (
        "A total of 137 subjects (41.3%) had a positive rechallenge.",
        "The mean exposure was 412.7 days in the {arm} group.",
    ),
    "N1",
    "N2",
    "N3",
)
added(
    "left in the text",
    ("TBD.", "[insert text here].", "XX subjects were excluded.", "<to be completed by the medical writer>."),
    "M2",
    "N1",
)


@types("endpoint's results taken out", "CL6", "X1")
def _endpoint(desk: Desk) -> Iterator[Typed]:
    names = {
        w
        for e in desk.world.card.endpoints
        if e.kind == "primary"
        for w in re.findall(r"\b[A-Z][A-Za-z]*[A-Z][\w+-]*", e.text)
    }
    for name in sorted(names):
        squeezed = re.sub(r"[\s-]", "", name.casefold())
        told = [p for p in desk.report.paras if squeezed in re.sub(r"[\s-]", "", p.text.casefold())]
        if told:
            edits = tuple(Edit(p.index, 0, len(p.text), "No statement." if p.cell is None else "") for p in told)
            yield Typed("endpoint's results taken out", ("CL6", "X1"), edits, True)


replaced(
    "harmless: patients for subjects", r"\bsubjects\b", lambda m: "participants", where="Results|Evaluation|Patients"
)
replaced("harmless: percent spelled with a space", r"(?<=\d)%", lambda m: " %", where="Results|Evaluation|Patients")
replaced(
    "harmless: 2 decimals rounded to 1",
    r"(?<![\d.-])(\d+\.\d)([0-4])(?![\d%])(?=\))",  # not a table's number
    lambda m: m[1],
    where="Results|Evaluation",
)
replaced(
    "harmless: number of the day in front",
    r"\b(\d{1,2}) (January|March|May|June|July|August|September|October|November|December) (\d{4})\b",
    lambda m: f"{int(m[1]):02d} {m[2][:3]} {m[3]}",
)
replaced("harmless: week in small letters", r"\bWeek (?=\d)", lambda m: "week ", where="Results|Evaluation|Patients")
replaced(
    "harmless: thousand with a comma or digits as a word",
    r"(?<=[a-z] )(three|two|four)(?= treatment| subjects)",
    lambda m: {"three": "3", "two": "2", "four": "4"}[m[1]],
)
