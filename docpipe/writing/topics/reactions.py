"""Adverse reactions: related events by organ class and frequency band, as product information and lay summaries list them. Imports its room only.

Organ classes stand in the internationally agreed order of MedDRA, as the EU guideline on the SmPC asks. Bands are those of the EU guideline on the SmPC (revision 2): very common from 10 %, common from 1 %, uncommon from 0.1 %, rare from 0.01 %.
The largest share of an arm that is not the control decides. Where no record tells the relationship, there are no reactions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics._ae import Events
from docpipe.writing.topics._plain import plain_term
from docpipe.writing.topics._tally import Tally
from docpipe.writing.topics._terms import in_cell, in_sentence
from docpipe.writing.topics.adverse_events import AdverseEvents

NAME = "reactions"
_BANDS = (("very common", "10"), ("common", "1"), ("uncommon", "0.1"), ("rare", "0.01"), ("very rare", "0"))

_ORGANS = (
    "infections", "neoplasms", "blood", "immune", "endocrine", "metabolism", "psychiatric", "nervous", "eye", "ear", "cardiac", "vascular",
    "respiratory", "gastrointestinal", "hepatobiliary", "skin", "musculoskeletal", "renal", "pregnancy", "reproductive", "congenital",
    "general", "investigations", "injury", "surgical", "social", "product",
)  # fmt: skip
"""First words of the 27 system organ classes in the internationally agreed order of MedDRA."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """A term. ``band``: its frequency in words; ``tally``: by arm, the control's among them; ``top``: the share that decides.

    ``alone``: a single subject outside the control arm had it; ``serious``: those of its events that are flagged as serious, by arm.
    """

    term: Value
    Term: Value
    band: str
    tally: Tally
    top: Decimal
    alone: bool = False
    serious: Tally | None = None

    @property
    def plain(self) -> str:
        """The term in everyday words; "" where none are known."""
        return plain_term(self.term.text)


@dataclass(frozen=True, slots=True)
class Organ:
    """A system organ class with its reactions, most frequent first."""

    name: Value
    reactions: tuple[Reaction, ...]

    @property
    def bands(self) -> tuple[tuple[str, tuple[Reaction, ...]], ...]:
        """Reactions by band, the most frequent band first."""
        found = ((band, tuple(r for r in self.reactions if r.band == band)) for band, _ in _BANDS)
        return tuple(x for x in found if x[1])


@dataclass(frozen=True, slots=True)
class Reactions:
    """``organs`` in MedDRA's order; ``control``: the control arm's name, "" without one; ``arms``: all others."""

    organs: tuple[Organ, ...]
    control: str
    arms: tuple[str, ...]

    @property
    def most(self) -> tuple[Reaction, ...]:
        """All reactions, the most frequent first."""
        every = [r for o in self.organs for r in o.reactions]
        return tuple(sorted(every, key=lambda r: (-r.top, r.Term.text)))

    @property
    def serious(self) -> tuple[Organ, ...]:
        """The reactions with serious events, in the same order."""
        kept = (Organ(o.name, tuple(r for r in o.reactions if r.serious)) for o in self.organs)
        return tuple(o for o in kept if o.reactions)

    def from_share(self, least: float) -> tuple[Reaction, ...]:
        """Reactions with at least so many percent of an arm, the most frequent first."""
        return tuple(r for r in self.most if r.top >= Decimal(str(least)))


def read(study: StudyData, book: Book) -> Reactions | None:
    """The reactions; None where no record of adverse events tells relationship, term and organ class."""
    events = Events(study, book)
    frame, organ, term = events.frame, events.variable("AEBODSYS", "AESOC"), events.variable("AEDECOD", "AETERM")
    if frame is None or not organ or not term or not events.related_levels:
        return None
    control = AdverseEvents(events).control
    arms = tuple(a for a in study.arms.names if a != control)
    related = events.records & frozenset().union(*(frame.having("AEREL")[v] for v in events.related_levels))
    quoted = ", ".join(f"'{v}'" for v in events.related_levels)
    made: dict[str, list[Reaction]] = defaultdict(list)
    for level, records in frame.having(term).items():
        mine = records & related
        if not level or not any(events.count.inside[frame.subject[i]] in arms for i in mine):
            continue
        tally = events.tally(f"REACTION {term}/{level}", mine, f"{term} = '{level}' and AEREL in ({quoted})", term)
        if tally is None:
            continue
        top = max(c.percent for c in tally.cells if c.arm in arms)
        label = events.level(term, level)
        organs = {frame.text(frame.dataset.records[i], organ) for i in mine}
        grave = mine & frame.having("AESER").get("Y", frozenset()) if "AESER" in frame else frozenset()
        said = f"{term} = '{level}' and AEREL in ({quoted}) and AESER = 'Y'"
        exposed = {frame.subject[i] for i in mine if events.count.inside.get(frame.subject[i]) in arms}
        made[min(organs)].append(
            Reaction(
                in_sentence(label), in_cell(label), band_of(top), tally, top, len(exposed) == 1,
                events.tally(f"REACTION {term}/{level}/SERIOUS", grave, said, term) if grave else None,
            )
        )  # fmt: skip
    found = [
        Organ(in_cell(events.level(organ, name)), tuple(sorted(several, key=lambda r: (-r.top, r.Term.text))))
        for name, several in sorted(made.items(), key=lambda m: (place_of(m[0]), m[0]))
    ]
    return Reactions(tuple(found), control, arms)


def place_of(organ: str) -> int:
    """The place of a system organ class in MedDRA's order, from 0; unknown ones stand last."""
    said = organ.strip().casefold()
    return next((i for i, name in enumerate(_ORGANS) if said.startswith(name)), len(_ORGANS))


def band_of(share: Decimal) -> str:
    """The band of a percentage: ``common`` for 1 up to, but not including, 10."""
    return next(name for name, least in _BANDS if share >= Decimal(least))
