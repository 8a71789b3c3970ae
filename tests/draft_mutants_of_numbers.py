"""Seeded defects of numbers, arms, directions and lists, as ``draft_mutants`` runs them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from draft_mutants import (
    FactStore,
    Mutant,
    World,
    other_digit,
    said,
    seeds,
    sentence_added,
    with_part,
    words_changed,
)

from docpipe.model import draft as codes
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.evidence import exact_number

NUMBERS = frozenset({"N1", "CL1", "CL2", "S6"})


def _numeric(world: World, text: CodedText) -> Iterator[tuple[int, Placeholder]]:
    found = [
        (i, p)
        for i, p in enumerate(text)
        if isinstance(p, Placeholder) and p.kind == codes.FACT and re.fullmatch(r"[<>]?-?[\d.]+%?", p.equiv)
    ]
    world.random.shuffle(found)
    yield from found


@seeds("typed number with a changed digit", "N1")
def _digit(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, code in _numeric(world, row.text):
            yield Mutant(
                "typed number with a changed digit",
                "N1",
                row.address,
                with_part(row.text, i, Text(other_digit(code.equiv, world.random))),
                frozenset({"N13", "N3", "N4", "P6", "P10", "P11", "T2", "T3", "U3", "N7", "P1"}),
            )
            break


@seeds("code removed, number typed", "N1")
def _typed(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, code in _numeric(world, row.text):
            yield Mutant(
                "code removed, number typed",
                "N1",
                row.address,
                with_part(row.text, i, Text(code.equiv)),
                frozenset({"N13"}),
            )
            break


sentence_added(
    "number in words",
    "N1",
    (
        "A further seven subjects were affected.",
        "Twenty-three events were recorded.",
        "This was seen in twelve subjects.",
    ),
    "CL1",
    "CL2",
)
sentence_added(
    "invented result",
    "N1",
    ("In addition, 17 subjects (20.2%) in the {arm} group had headache.", "The difference was 3.7 points (p=0.012)."),
    "CL1",
    "CL2",
    "N3",
    "N8",
    "P6",
)


@seeds("value shown otherwise than its fact", "N2")
def _shown(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, code in _numeric(world, row.text):
            changed = replace(code, equiv=other_digit(code.equiv, world.random))
            yield Mutant(
                "value shown otherwise than its fact",
                "N2",
                row.address,
                with_part(row.text, i, changed),
                frozenset({"N3", "N4", "N5", "N6", "N7", "N11", "P6", "T2", "T3", "P4", "P10", "P11", "U1", "P1"}),
            )
            break


@seeds("value of a fact that is not there", "N2")
def _nowhere(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, code in _numeric(world, row.text):
            yield Mutant(
                "value of a fact that is not there",
                "N2",
                row.address,
                with_part(row.text, i, replace(code, data="F000000000000")),
                frozenset({"N13", "N12", "N14", "CL2"}),
            )
            break


def _twins(world: World, text: CodedText, statistics: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Values of one row and statistic of two arms, in one sentence."""
    facts = [
        (i, f)
        for i, p in enumerate(text)
        if (f := world.fact(p)) is not None and f.arm in world.plan.arms and f.statistic in statistics
    ]
    for n, (i, a) in enumerate(facts):
        for j, b in facts[n + 1 :]:
            between = said(text[i:j])
            if (
                a.row == b.row
                and a.statistic == b.statistic
                and a.arm != b.arm
                and ". " not in between
                and text[i].equiv != text[j].equiv
            ):  # type: ignore[union-attr]
                yield i, j
                return


def _swapped(text: CodedText, i: int, j: int) -> CodedText:
    parts = list(text)
    parts[i], parts[j] = parts[j], parts[i]
    return tuple(parts)


@seeds("values of two arms swapped", "N14")
def _arms(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, j in _twins(world, row.text, ("n", "N", "mean", "median")):
            text = _swapped(row.text, i, j)
            yield Mutant(
                "values of two arms swapped", "N14", row.address, text, frozenset({"N4", "N10", "N12", "P1", "N6"})
            )


@seeds("arms named the other way round", "N14")
def _names(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        arms = [i for i, p in enumerate(row.text) if isinstance(p, Placeholder) and p.kind == codes.ARM]
        values = [
            f
            for p in row.text
            if (f := world.fact(p)) is not None
            and f.arm in world.plan.arms
            and f.statistic in ("n", "N", "mean", "pct")
        ]
        for i, j in itertools.pairwise(arms):
            a, b = row.text[i], row.text[j]
            near = [
                f
                for p in row.text[max(0, i - 7) : j + 8]
                if (f := world.fact(p)) is not None
                and f.statistic in ("n", "N", "mean", "pct")
                and f.arm in (a.data, b.data)
            ]  # type: ignore[union-attr]
            if a.data != b.data and values and len({f.arm for f in near}) > 1 and ". " not in said(row.text[i:j]):  # type: ignore[union-attr]
                yield Mutant(
                    "arms named the other way round",
                    "N14",
                    row.address,
                    _swapped(row.text, i, j),
                    frozenset({"N10", "N12", "P1", "P6", "N8"}),
                )
                break


@seeds("percentages of two arms swapped", "N4")
def _shares(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, j in _twins(world, row.text, ("pct",)):
            if world.fact(row.text[i - 2]) is not None and world.fact(row.text[j - 2]) is not None:
                yield Mutant(
                    "percentages of two arms swapped",
                    "N4",
                    row.address,
                    _swapped(row.text, i, j),
                    frozenset({"N14", "N10", "N11", "N12"}),
                )


@seeds("percentage of another row", "N4")
def _other_row(world: World) -> Iterator[Mutant]:
    pool = [f for f in world.facts if f.statistic == "pct" and f.n and (exact_number(f) or 0) > 3]
    for _, row in world.rows():
        for i, part in enumerate(row.text):
            fact = world.fact(part)
            before = world.fact(row.text[i - 2]) if i > 1 else None
            if (
                fact is None
                or before is None
                or fact.statistic != "pct"
                or before.statistic != "n"
                or before.arm != fact.arm
            ):
                continue
            others = [
                f
                for f in pool
                if f.display == fact.display
                and f.arm == fact.arm
                and f.formatted != fact.formatted
                and f.row != fact.row
            ]
            if others:
                new = world.random.choice(others)
                yield Mutant(
                    "percentage of another row",
                    "N4",
                    row.address,
                    with_part(row.text, i, replace(part, data=new.id, equiv=new.formatted)),
                    frozenset({"N5", "N11", "N12", "N13"}),
                )  # type: ignore[type-var]
                break


words_changed(
    "direction word flipped",
    "N10",
    r"\b(higher|lower|exceeded|more frequent|less frequent|longer|shorter|fewer)\b(?=[^.;]*$|[^.;]* (?:than|in))",
    lambda m: {
        "higher": "lower",
        "lower": "higher",
        "exceeded": "was lower than",
        "more frequent": "less frequent",
        "less frequent": "more frequent",
        "longer": "shorter",
        "shorter": "longer",
        "fewer": "more",
    }[m[1]],
    "N12",
    "CL2",
    "CL3",
    where=r"^1[0-2]|^2$|14\.",
)


@seeds("comparison against the values", "N10")
def _compare(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, j in _twins(world, row.text, ("pct", "mean")):
            a, b = world.fact(row.text[i]), world.fact(row.text[j])
            if a is None or b is None:
                continue
            x, y = exact_number(a), exact_number(b)
            if x is None or y is None or x == y:
                continue
            word = "lower" if x > y else "higher"
            sentence: CodedText = (
                Text(f" The value was {word} in the {a.arm} group ("), row.text[i], Text(f") than in the {b.arm} group ("), row.text[j], Text(")."),
            )  # fmt: skip
            yield Mutant(
                "comparison against the values",
                "N10",
                row.address,
                merge_text((*row.text, *sentence)),
                frozenset({"N13"}),
            )


@seeds("quantifier against the share", "N11")
def _quantifier(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _i, part in enumerate(row.text):
            fact = world.fact(part)
            number = exact_number(fact) if fact is not None and fact.statistic == "pct" else None
            if number is None:
                continue
            word = "The majority of subjects" if number < 45 else "Few subjects" if number > 30 else ""
            if word:
                tail = "" if part.equiv.endswith("%") else "%"  # type: ignore[union-attr]
                text = merge_text((*row.text, Text(f" {word} ("), part, Text(f"{tail}) were affected.")))
                yield Mutant("quantifier against the share", "N11", row.address, text, frozenset({"N14", "CL1", "N13"}))
                break


@seeds("most frequent without the most frequent", "N12")
def _most(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: "most frequent" in said(r.text) or "most common" in said(r.text)):
        whole = said(row.text)
        at = whole.find("most ")
        if re.search(r"\b(?:among|of) (?:them|these|those)", whole):
            continue
        first = None
        offset = 0
        for part in row.text:
            offset += len(part.text if isinstance(part, Text) else getattr(part, "equiv", ""))
            fact = world.fact(part)
            if offset > at and fact is not None and fact.statistic in ("n", "pct"):
                first = first or fact
                if fact.row != first.row:
                    break
        if first is None:
            continue
        low = [
            f
            for f in world.facts.find(display=first.display, statistic=first.statistic)
            if len(f.row) == len(first.row) and f.row != first.row and (exact_number(f) or 9) < 3
        ]
        if not low:
            continue
        target = min(low, key=lambda f: exact_number(f) or 0).row
        parts = list(row.text)
        for i, part in enumerate(parts):
            fact = world.fact(part)
            if fact is not None and fact.row == first.row:
                other = world.facts.one(display=fact.display, row=target, arm=fact.arm, statistic=fact.statistic)
                if other is not None:
                    parts[i] = replace(part, data=other.id, equiv=other.formatted)  # type: ignore[type-var]
        yield Mutant(
            "most frequent without the most frequent",
            "N12",
            row.address,
            tuple(parts),
            frozenset({"N4", "N5", "N10", "N11", "N13", "CL2", "P2", "N2", "S6"}),
        )


@seeds("item of a list dropped", "N13")
def _dropped(world: World) -> Iterator[Mutant]:
    for block, row in world.rows():
        seen = Seen(block, row, row.text, world.facts)
        for start, end in seen.sentences:
            facts = [
                c.fact
                for c in seen.within(start, end)
                if c.fact is not None and c.fact.row and c.fact.statistic in ("n", "pct") and not c.fact.inputs
            ]
            rows = list(dict.fromkeys(f.row for f in facts))
            if len(rows) < 3:
                continue
            kept = tuple(p for p in row.text if (f := world.fact(p)) is None or f.row != rows[1])
            yield Mutant(
                "item of a list dropped",
                "N13",
                row.address,
                merge_text(kept),
                frozenset({"N4", "N11", "N12", "N14", "N6", "CL3", "N10", "M2"}),
            )
            break


words_changed(
    "significance turned round",
    "N8",
    r"was not statistically significant|were statistically significant|was statistically significant|(?:None|Neither) of these comparisons was statistically significant",
    lambda m: (
        "was statistically significant"
        if "not" in m[0]
        else "was not statistically significant"
        if not m[0].startswith(("None", "Neither"))
        else "These comparisons were statistically significant"
    ),
    "CL3",
)
sentence_added(
    "significance without a p value",
    "N8",
    ("The difference was statistically significant.", "The incidence was significantly higher in the {arm} group."),
    "CL1",
    "CL2",
    "N14",
    "P6",
)


@seeds("derived number off its formula", "N9")
def _derived(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for part in row.text:
            fact = world.fact(part)
            number = exact_number(fact) if fact is not None else None
            if (
                fact is None
                or number is None
                or not fact.inputs
                or not re.search(r" [-+/*] |^(?:min|max)\(", fact.formula)
            ):
                continue
            new = other_digit(fact.formatted, world.random)
            changed = replace(fact, raw=new, formatted=new)
            facts = FactStore(changed if f.id == fact.id else f for f in world.facts)
            text = tuple(
                replace(p, equiv=new) if isinstance(p, Placeholder) and p.data.partition(":")[0] == fact.id else p
                for p in row.text
            )
            yield Mutant(
                "derived number off its formula",
                "N9",
                row.address,
                text,
                frozenset({"N2", "N3", "N10", "N4", "N6", "N11", "P4"}),
                facts,
            )
            break


@seeds("source replaced since", "N15")
def _stale(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: bool(r.facts)):
        fact = next((f for p in row.text if (f := world.fact(p)) is not None and f.places), None)
        if fact is not None:
            card = replace(world.card, files=tuple(f for f in world.card.files if f != fact.places[0].sha256))
            yield Mutant("source replaced since", "N15", row.address, row.text, NUMBERS, None, card)


@seeds("limits of an interval swapped", "N7")
def _interval(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: "CI" in said(r.text)):
        lower = [i for i, p in enumerate(row.text) if (f := world.fact(p)) is not None and f.statistic == "lower"]
        upper = [i for i, p in enumerate(row.text) if (f := world.fact(p)) is not None and f.statistic == "upper"]
        for i, j in zip(lower, upper, strict=False):
            yield Mutant(
                "limits of an interval swapped", "N7", row.address, _swapped(row.text, i, j), frozenset({"N14", "N8"})
            )


@seeds("total that is not the sum", "N6")
def _total(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _i, part in enumerate(row.text):
            fact = world.fact(part)
            if (
                fact is None
                or fact.arm
                or fact.statistic not in ("n", "N")
                or fact.formula
                or not fact.display.startswith("Table")
            ):
                continue
            new = other_digit(fact.formatted, world.random)
            if not new.isdigit():
                continue
            facts = FactStore(replace(f, raw=new, formatted=new) if f is fact else f for f in world.facts)
            text = tuple(
                replace(p, equiv=new) if isinstance(p, Placeholder) and p.data.partition(":")[0] == fact.id else p
                for p in row.text
            )
            yield Mutant(
                "total that is not the sum",
                "N6",
                row.address,
                text,
                frozenset({"N2", "N4", "P4", "N9", "P1", "N12", "N11"}),
                facts,
            )
            break


@seeds("percentage that no count gives", "N3")
def _unattainable(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for part in row.text:
            fact = world.fact(part)
            if fact is None or fact.statistic != "pct" or not fact.n or fact.decimals != 1 or "%" in fact.formatted:
                continue
            new = f"{(int(exact_number(fact) or 0) + 3) % 97}.5"
            from decimal import Decimal

            from docpipe.writing.arithmetic import attainable

            if attainable(Decimal(new), fact.n, 1):
                continue
            facts = FactStore(replace(f, raw=new, formatted=new) if f is fact else f for f in world.facts)
            text = tuple(
                replace(p, equiv=new) if isinstance(p, Placeholder) and p.data.partition(":")[0] == fact.id else p
                for p in row.text
            )
            yield Mutant(
                "percentage that no count gives",
                "N3",
                row.address,
                text,
                frozenset({"N2", "N4", "N9", "N10", "N11", "N12", "N13", "U3"}),
                facts,
            )
            break
