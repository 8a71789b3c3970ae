"""Displays against each other: two files of one display, sizes of one set in several displays. Imports the core and its own room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.writing.evidence import Evidence, evidence, number_of, said_of
from docpipe.writing.labels import key_of


def same_display(first: Sequence[Fact], second: Sequence[Fact]) -> Iterator[Evidence]:
    """R2: what two versions of one display (RTF and DOCX of a table) do not both say alike."""
    one, other = {f.key: f for f in first}, {f.key: f for f in second}
    for key in dict.fromkeys((*one, *other)):
        a, b = one.get(key), other.get(key)
        if a is None or b is None:
            alone = a or b
            if alone is not None:
                message = f"{said_of(alone)}: {alone.formatted} stands in one version of the table only."
                yield evidence("R2.in-one-version", Severity.CRITICAL, message, (alone,))
        elif number_of(a) != number_of(b) or a.n != b.n or (number_of(a) is None and a.raw != b.raw):
            message = f"{said_of(a)}: one version of the table says {a.formatted} (N={a.n}), the other {b.formatted} (N={b.n})."
            yield evidence("R2.versions-differ", Severity.CRITICAL, message, (a, b), b.formatted)
        elif a.decimals != b.decimals:
            message = f"{said_of(a)}: printed as {a.formatted} and as {b.formatted}."
            yield evidence("R2.printed-differently", Severity.MINOR, message, (a, b), b.formatted)


def sizes(facts: Iterable[Fact], same_set: Callable[[str], str] = key_of) -> Iterator[Evidence]:
    """P1: column Ns of one set and arm that differ between displays; ``same_set`` gives one name to all names of a set."""
    groups: dict[tuple[str, str, str, tuple[str, ...], str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.statistic == "N":
            groups[fact.study, same_set(fact.population), fact.arm, fact.row, ""].append(fact)
    for (_, name, arm, _, _), found in groups.items():
        if len({f.raw for f in found}) > 1:
            said = "; ".join(f"{f.display} says {f.formatted}" for f in found)
            message = f"The size of the set {name or 'of all subjects'} for {arm or 'all arms'} differs: {said}."
            yield evidence("P1.set-size-differs", Severity.CRITICAL, message, found)
