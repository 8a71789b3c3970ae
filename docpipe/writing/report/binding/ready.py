"""What binding needs of a study, made once for many reports. Imports the core and its room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.writing.arithmetic import percentage, rounded
from docpipe.writing.card import card_of
from docpipe.writing.checks.reading.arms import ArmNames
from docpipe.writing.checks.reading.ids import id_pattern
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.report.binding.frames import COUNTED, RULES, Frames
from docpipe.writing.report.binding.groups import Groups
from docpipe.writing.report.binding.quotes import Quotes
from docpipe.writing.report.binding.resolve import Resolver
from docpipe.writing.report.binding.subjects import Records
from docpipe.writing.study import StudyData
from docpipe.writing.study_card import Card

_CODED = (
    ("PARAMCD", "PARAM"),
    ("VSTESTCD", "VSTEST"),
    ("LBTESTCD", "LBTEST"),
    ("EGTESTCD", "EGTEST"),
    ("QSTESTCD", "QSTEST"),
)


class Ready:
    """What binding needs of a study, made once for many reports. ``facts``: more than the study's own, such as those of a type's plan."""

    def __init__(self, study: StudyData, facts: FactStore | None = None) -> None:
        self.study = study
        self.card: Card = card_of(study)
        self.facts = (facts if facts is not None else study.store).with_facts(_counted(self.card))
        titles = {d.number: d.title for d in study.displays}
        variables = {
            v.name.upper(): v.label for f in study.records.frames.values() for v in f.dataset.variables if v.label
        }
        named = {**_tests(study), **variables}
        self.frames = Frames(self.facts, titles, named, self.card.subjects)
        self.resolver = Resolver(self.frames, study.arms.names)
        self.arms = ArmNames(study.arms.names)
        self.groups = Groups(study.arms.names)
        self.ids = id_pattern(self.card.subjects)
        self.records = Records(study, self.facts)
        self.quotes = Quotes(self.card.passages)
        self.planned = " ".join(self.card.passages.values()).casefold()
        """Words of protocol and analysis plan in small letters."""
        self.displays = {number_of_display(d) for d in self.frames.titles}
        self.labels = _labels(self.frames)
        self.terms = frozenset(t.casefold() for t in (*self.card.terms, *self.card.classes))
        self.sizes: dict[str, set[int]] = defaultdict(set)
        for frame in self.frames.all:
            for arm, n in frame.sizes.items():
                self.sizes[arm].add(n)
        arms = study.arms.names
        kept = {tuple(f.sizes.get(a) for a in arms): f.sizes for f in self.frames.all if len(f.sizes) > 1}
        kept |= {tuple(x.get(a) for a in arms): dict(x) for x in self.card.sets.values()}
        self.together = tuple(kept.values())
        """Sizes by arm that stand together, each once."""
        self._said: dict[str, set[tuple[int, Decimal]]] = {}

    def has(self, statistic: str) -> bool:
        """Some fact of the study is of this statistic."""
        return any(statistic in frame.told for frame in self.frames.all)

    def says(self, statistic: str, value: Decimal, decimals: int) -> bool:
        """Some fact of the study, of this statistic or of any, is the number at so many decimals, its sign left out."""
        known = self._said.get(statistic)
        if known is None:
            known = self._said[statistic] = set()
            for frame in self.frames.all:
                for name, told in frame.told.items():
                    if statistic in ("", name):
                        for t in told:
                            known |= {
                                (d, abs(rounded(t.number, d, r))) for d in range(min(t.places, 4) + 1) for r in RULES
                            }
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return any((d, abs(value)) in known for d in range(places, decimals + 1))


def _tests(study: StudyData) -> dict[str, str]:
    """Names of parameters and tests by their codes."""
    found: dict[str, str] = {}
    for frame in study.records.frames.values():
        for code, name in _CODED:
            if code in frame and name in frame:
                seen: set[str] = set()
                for record in frame.dataset.records:
                    said = frame.text(record, code)
                    if said and said not in seen:
                        seen.add(said)
                        found.setdefault(said, re.sub(r"\s*\([^()]*\)\s*$", "", frame.text(record, name)))
    return {code: name for code, name in found.items() if name}


def _counted(card: Card) -> Iterator[Fact]:
    """Subjects by disposition and analysis set, and with events, as the card counts them."""
    tables = [
        (kind, {a: c[kind] for a, c in card.counts.items() if kind in c})
        for kind in ("randomised", "screened", "screen failures", "completed", "discontinued")
    ]
    tables += [(f"{name} set", dict(sizes)) for name, sizes in card.sets.items()]
    tables += [
        (label, {a: c.get(kind, 0) for a, c in card.events.items()})
        for kind, label in (("any", "adverse events"), ("serious", "serious adverse events"), ("deaths", "deaths"))
    ]
    for label, sizes in tables:
        for arm, size in sizes.items():
            whole = card.counts.get(arm, {}).get("randomised")
            yield Fact(
                card.study, card.data_version, COUNTED, (label,), arm, "n", str(size), str(size), 0, whole, "", "", (),
                f"subjects counted in the data: {label}",
            )  # fmt: skip
            if whole and label != "screened" and label != "screen failures":
                share = percentage(size, whole) or Decimal(0)
                yield Fact(
                    card.study,
                    card.data_version,
                    COUNTED,
                    (label,),
                    arm,
                    "pct",
                    format(share, "f"),
                    format(rounded(share, 1), "f"),
                    1,
                    whole,
                    "",
                    "",
                    (),
                    f"100 * {size} / {whole}",
                )


def _labels(frames: Frames) -> dict[str, list[str]]:
    """Labels of rows and words of titles with digits, by their numbers."""
    index: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for frame in frames.all:
        for part in frame.row:
            if (
                part not in seen
                and 2 < len(part) < 40
                and re.search(r"\d", part)
                and re.search(r"[^\W\d]|[<>=-]", part)
            ):
                seen.add(part)
                for n in set(re.findall(r"\d+(?:\.\d+)?", part)):
                    index[n].append(part)
    for title in frames.titles.values():
        for m in re.finditer(r"[\w-]+ ?\(?(\d+(?:\.\d+)?)\)?", title):
            if re.search(r"[^\W\d]", m[0]):
                index[m[1]].append(m[0])
    return dict(index)
