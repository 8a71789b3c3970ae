"""Seeded defects of sets, subjects, design, units, references, terms and claims, as ``draft_mutants`` runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from draft_mutants import (
    Mutant,
    World,
    appended,
    said,
    seeds,
    sentence_added,
    with_part,
    worded,
    words_changed,
)

from docpipe.model.draft import proposal
from docpipe.model.inline import Placeholder, Text, merge_text

sentence_added(
    "N of a set that no set has",
    "P1",
    ("The Safety population (N = 250) was analyzed.", "The Efficacy population (N=199) was used."),
    "N1",
    "CL1",
    "CL2",
    "P2",
)
words_changed(
    "analysis set of another name",
    "P2",
    r"(?<=\()Efficacy(?= set)|\bSafety [Pp]opulation|\bIntent-to-Treat\b",
    lambda m: (
        "Safety" if m[0] == "Efficacy" else "Efficacy population" if "Safety" in m[0] else "Per-Protocol population"
    ),
    "P1",
    "CL2",
    "CL1",
    "AB1",
    "P3",
)
sentence_added(
    "analysis set that the study has not",
    "P2",
    ("Results in the modified intent-to-treat population were alike.", "The mITT population was used."),
    "CL1",
    "CL2",
    "P1",
    "AB1",
)


@seeds("subject id with a changed digit", "P5")
def _subject(world: World) -> Iterator[Mutant]:
    subjects = sorted(world.card.subjects)
    for _, row in world.rows(lambda b, r: r.kind.value == "paragraph" and bool(r.facts)):
        subject = world.random.choice(subjects)
        changed = subject[:-1] + str((int(subject[-1]) + 5) % 10)
        if changed not in world.card.subjects:
            yield Mutant(
                "subject id with a changed digit",
                "P5",
                row.address,
                appended(row.text, f"This was also reported for Subject {changed}."),
                frozenset({"N1", "CL1", "CL2", "P10"}),
            )


words_changed("blinding otherwise", "P9", r"double-blind", "open-label", "CL2", "P10", "P11", "CL1")
words_changed("phase otherwise", "P9", r"Phase (?:2|II)\b", "Phase IV", "N1", "CL2", "P10", "P11")
sentence_added(
    "blinding invented", "P9", ("The study was an open-label study.", "This was a Phase IV study."), "CL1", "CL2", "N1"
)
sentence_added(
    "no deaths",
    "P8",
    ("No deaths were reported.", "No subject died.", "No serious adverse events were reported."),
    "CL1",
    "CL2",
    "CL3",
)


@seeds("dose that the study has not", "U1")
def _dose(world: World) -> Iterator[Mutant]:
    given = " ".join(f"{d.frequency} {d.route}" for d in world.card.doses)
    sentences = ["Subjects received 19 mg of study drug."]
    sentences += [f"Study drug was given {said}." for code, said in OTHERWISE.items() if code not in given]
    for n, (_, row) in enumerate(world.rows(lambda b, r: bool(r.facts) and not r.passages)):
        text = appended(row.text, sentences[n % len(sentences)])
        may = frozenset({"CL1", "CL2", "N1", "P6", "S2"})
        yield Mutant("dose that the study has not", "U1", row.address, text, may)


OTHERWISE = {"BID": "twice daily", "ORAL": "orally", "SUBCUTANEOUS": "subcutaneously", "Q3W": "every 3 weeks"}
words_changed("frequency of another", "U1", r"\bonce daily\b", "twice daily", "CL2", "P10", "P11", "N1")
words_changed(
    "route of another",
    "U1",
    r"\btransdermal(ly)?\b",
    lambda m: "orally" if m[1] else "oral",
    "CL2",
    "CL1",
    "P10",
    "P11",
)
words_changed(
    "unit of another",
    "U2",
    r"^ ?\)?,? (years|days|kg|cm)\b",
    lambda m: m[0].replace(m[1], {"years": "months", "days": "weeks", "kg": "g", "cm": "mm"}[m[1]]),
    "T3",
)
sentence_added(
    "dangerous form",
    "U4",
    ("The dose was 1.0 mg.", "The dose was .5 mg.", "The rescue dose was 5 U."),
    "N1",
    "U1",
    "CL1",
    "CL2",
)
sentence_added(
    "impossible or ambiguous date",
    "T1",
    (
        "The last visit was on 31 February 2014.",
        "The last visit was on 03/04/2014.",
        "The last visit was on UN-JAN-2014.",
    ),
    "N1",
    "CL1",
    "CL2",
    "T2",
    "AB1",
)
sentence_added(
    "reference to nothing",
    "X1",
    ("Details are given in Section 47.3.", "See Table 14-9.99.", "Figure 99 shows the course."),
    "N1",
    "CL1",
    "CL2",
)
sentence_added(
    "abbreviation from nowhere",
    "AB1",
    ("The QXT was assessed.", "The ZRBS was recorded by the site.", "The KLPQ was low."),
    "CL1",
    "CL2",
    "S6",
)
sentence_added(
    "abbreviation with another meaning",
    "AB2",
    (
        "The adverse effect (AE) was recorded.",
        "An assigned evaluation (AE) was made.",
        "The safety action plan (SAP) was followed.",
    ),
    "CL1",
    "CL2",
    "AB3",
    "AB1",
)
sentence_added(
    "placeholder left",
    "M2",
    (
        "The value was [insert value].",
        "As an AI language model, I cannot say more.",
        "The number is TBD.",
        "The dose was <dose>.",
    ),
    "CL1",
    "CL2",
    "S2",
    "N1",
    "AB1",
)
sentence_added("future tense", "S1", ("Subjects will be followed.", "The data will be analyzed."), "CL1", "CL2")
sentence_added(
    "contraction or person",
    "S2",
    ("We observed no other findings.", "The subjects didn't return."),
    "CL1",
    "CL2",
    "CL3",
)
sentence_added(
    "promotional",
    "S3",
    ("The treatment was well tolerated.", "This is an excellent result.", "There was a trend towards benefit."),
    "CL1",
    "CL2",
)
sentence_added(
    "cause from nowhere",
    "S4",
    ("The events were caused by the study drug.", "The rash was due to treatment.", "Treatment led to improvement."),
    "CL1",
    "CL2",
    "N14",
)
sentence_added(
    "sentence without source",
    "CL1",
    (
        "The product may help many families worldwide.",
        "Physicians welcomed this outcome warmly.",
        "Market uptake should follow quickly.",
    ),
    "CL2",
    "CL4",
    "S3",
)
sentence_added(
    "drug of another project",
    "CL5",
    ("Donepezil was given as comparator.", "Subjects switched to adalimumab.", "Pembrolizumab was permitted."),
    "CL1",
    "CL2",
    "S6",
)
sentence_added(
    "study or sponsor of another",
    "CL5",
    (
        "As in study NCT01234567, events were mild.",
        "The study was sponsored by Pfizer.",
        "Acme Pharmaceuticals provided the kits.",
    ),
    "CL1",
    "CL2",
    "N1",
    "AB1",
)
words_changed("people of another name", "S5", r"\bsubjects\b", "volunteers", "N11", "CL2", "P10", "P11")
words_changed(
    "misspelt word",
    "S6",
    r"\b(treatment|randomized|subjects|pruritus|percentage|difference|completed|reported)\b",
    lambda m: m[1][:3] + m[1][4:],
    "CL2",
    "CL1",
    "N12",
    "S5",
    "P10",
    "P11",
    "P8",
)
words_changed(
    "negation dropped",
    "CL3",
    r"\b(?:was|were|did|had) not\b|\bno (?=[a-z])|\bNo (?=[a-z])|\bNone of (?:these|the)\b",
    lambda m: m[0].split()[0] if "not" in m[0] else "" if m[0].casefold() == "no " else "All of these",
    "N8",
    "N11",
    "P8",
    "P10",
    "P11",
    "M4",
    "N1",
)
words_changed(
    "negation added", "CL3", r"\b(was|were|had) (?!not|no)(?=[a-z])", r"\1 not ", "N8", "N11", "P10", "P11", "S2"
)


@seeds("term of another row", "CL2")
def _term(world: World) -> Iterator[Mutant]:
    terms = {t.casefold(): t for t in world.card.terms if len(t) > 6}
    for _, row in world.rows(lambda b, r: not r.passages):
        for i, part in enumerate(row.text):
            shown = part.text if isinstance(part, Text) else getattr(part, "equiv", "")
            hit = next(
                (t for t in terms if t in shown.casefold() and world.fact(part) is not None and shown.casefold() == t),
                None,
            )
            if hit is None:
                continue
            other = world.random.choice([t for t in terms if t not in said(row.text).casefold() and " " not in t])
            yield Mutant(
                "term of another row",
                "CL2",
                row.address,
                with_part(row.text, i, Text(other)),
                frozenset({"CL3", "N13", "S6", "CL5", "N12", "P6"}),
            )
            break


@seeds("heading changed", "M1")
def _heading(world: World) -> Iterator[Mutant]:
    for block, row in world.plan.rows():
        if row.fixed and block.rows and row is block.rows[0] and block.heading and block.id[:1].isdigit():
            yield Mutant("heading changed", "M1", row.address, (Text(block.heading + " and More"),), frozenset({"S6"}))


@seeds("paragraph emptied", "M1")
def _emptied(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        yield Mutant("paragraph emptied", "M1", row.address, (Text(" "),), frozenset({"N13", "P10", "P11"}))


@seeds("not applicable without reason", "M4")
def _inapplicable(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        yield Mutant(
            "not applicable without reason",
            "M4",
            row.address,
            (Text("Not applicable."),),
            frozenset({"N13", "P10", "P11", "CL1", "CL3"}),
        )


@seeds("gap written as text", "M6")
def _gap(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: r.kind.value == "paragraph"):
        yield Mutant(
            "gap written as text",
            "M6",
            row.address,
            (Text("[GAP: the result of the test]"),),
            frozenset({"N13", "CL1", "P10"}),
        )


@seeds("proposal of a model", "M7")
def _proposal(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: r.kind.value == "paragraph"):
        yield Mutant(
            "proposal of a model",
            "M7",
            row.address,
            proposal((Text("The result of the test will be described."),)),
            frozenset({"N13", "CL1", "P10", "S1", "S7"}),
        )


@seeds("objective changed", "P10")
def _objective(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: bool(r.passages) and bool(re.search("objective", b.heading, re.IGNORECASE))):
        changed = worded(
            row.text,
            r"\b(efficacy|safety|cognitive|evaluate|assess|determine|document|compared|change)\b",
            "convenience",
        )
        if changed is not None:
            yield Mutant("objective changed", "P10", row.address, changed, frozenset({"CL2", "CL3"}))


@seeds("criterion changed", "P11")
def _criterion(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(
        lambda b, r: bool(r.passages) and bool(re.search("inclusion|exclusion", b.heading, re.IGNORECASE))
    ):
        changed = worded(
            row.text,
            r"≤|≥|at least|more than|less than|<|>",
            lambda m: {
                "≤": "≥",
                "≥": "≤",
                "at least": "at most",
                "more than": "less than",
                "less than": "more than",
                "<": ">",
                ">": "<",
            }[m[0]],
        )
        numbers = [i for i, p in enumerate(row.text) if isinstance(p, Placeholder)]
        if changed is not None:
            yield Mutant("criterion changed", "P11", row.address, changed, frozenset({"CL2", "CL3"}))
        elif numbers:
            yield Mutant(
                "criterion changed",
                "P11",
                row.address,
                merge_text(p for i, p in enumerate(row.text) if i != numbers[0]),
                frozenset({"CL2", "CL3"}),
            )
