"""The topic ``protocol``: a trial as it was designed (USDM), told as an ICH M11 protocol tells it. Imports the core and its room.

Everything that prints is bound to an attribute of the file; verbatim texts keep their words, their references become those of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from docpipe.model.source import Figure
from docpipe.model.trial import Abbreviation, Trial, TrialDocument, Words
from docpipe.writing.book import Book
from docpipe.writing.m11 import aims as told
from docpipe.writing.m11 import elements
from docpipe.writing.m11.links import Links
from docpipe.writing.m11.narrative import Known, Narrative, Part, title_passage
from docpipe.writing.m11.pictured import placed_pictures
from docpipe.writing.m11.prescribed import picked
from docpipe.writing.m11.printing import Printer
from docpipe.writing.m11.reporting import Reporting, reporting
from docpipe.writing.study import StudyData
from docpipe.writing.topics.schedule import first_table

NAME = "protocol"
_FEMALE, _MALE, _BOTH = "C16576", "C20197", "C49636"
_RESCUE, _BACKGROUND, _OTHERS = "C165835", "C165822", ("C158128", "C18020", "C207614")


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A section of the source's narrative and where its words stand: ``to`` a section of the document, or "" for the structured parts.

    ``document``: which narrative it is of, printed, where the file holds several; else "".
    """

    number: str
    title: str
    to: str
    document: str = ""


class Protocol:
    """A designed trial for templates. Conditions are truth values; texts print themselves bound."""

    def __init__(self, trial: Trial, book: Book, figures: Sequence[Figure] = ()) -> None:
        self.trial, self.design = trial, trial.design
        self._links = Links(trial, book, schedule=first_table(trial, self.design))
        self._printer = Printer(trial, book, self._links)
        everything = Known(p.text for w in trial.words() for p in w.passages)
        self._unsaid = [w for w in (trial.rationale, self.design.rationale) if not everything.covers_all(w.passages)]
        self.narrative = Narrative(
            trial,
            self._links,
            list(self._structured()),
            any(t.instances for t in self.design.timelines),
            placed_pictures(trial, figures),
        )
        self.narrative.has("")  # places the narrative, so that texts outside it can refer to it

    # ------------------------------------------------------------ elements

    @cached_property
    def title(self) -> str:
        """The full title, printed; "" where there is none."""
        found = elements.full_title(self.trial)
        return self._printer.words(found.text) if found is not None else ""

    @cached_property
    def title_page(self) -> list[elements.Element]:
        """Elements of the title page: ``name``, ``code``, ``value``, ``gap``."""
        return elements.title_page(self._printer)

    @cached_property
    def synopsis(self) -> list[elements.Element]:
        """Elements of Overall Design."""
        return elements.synopsis(self._printer)

    # ------------------------------------------------------------ objectives, criteria, interventions

    def aims(self, level: str) -> list[told.Aim]:
        """Objectives of a level: ``primary``, ``secondary``, ``exploratory``."""
        return told.aims(self._printer, level)

    def criteria(self, kind: str) -> list[told.CriterionTold]:
        """Criteria of a kind: ``inclusion``, ``exclusion``."""
        return told.criteria(self._printer, kind)

    @cached_property
    def interventions(self) -> told.InterventionTable | None:
        """The overview of interventions."""
        return told.interventions(self._printer)

    @cached_property
    def arms(self) -> list[tuple[str, str, str]]:
        """Label, type and description of each arm."""
        return told.arms(self._printer)

    # ------------------------------------------------------------ narrative

    def section(self, number: str) -> list[Part]:
        """What the narrative says for a section of the template."""
        return self.narrative.told(number)

    def has(self, number: str) -> bool:
        """Whether the narrative says anything there."""
        return self.narrative.has(number)

    def under(self, number: str) -> bool:
        """Whether it says anything there or below."""
        return self.narrative.under(number)

    @cached_property
    def rationale(self) -> str:
        """Why this version of the study was made, printed, unless the narrative says it."""
        return self._printer.words(self.trial.rationale) if self.trial.rationale in self._unsaid else ""

    @cached_property
    def design_rationale(self) -> str:
        """Why the design, where that is another text than the study's rationale and the narrative does not say it."""
        same = self.design.rationale.text == self.trial.rationale.text
        return self._printer.words(self.design.rationale) if self.design.rationale in self._unsaid and not same else ""

    @cached_property
    def concordance(self) -> list[Correspondence]:
        """Every section of the source's narrative that has words."""
        found = []
        listed = self.narrative.concordance()
        several = len({p.document.pointer for p, _ in listed}) > 1
        for p, to in listed:
            title = self._links.quote(title_passage(p.section, self.trial), document=p.document.pointer)
            number = p.section.number.rstrip(".")
            said = self._printer.value(p.section.at("sectionNumber"), number) if number else ""
            found.append(Correspondence(said, title, to, self._document(p.document) if several else ""))
        return found

    def _document(self, document: TrialDocument) -> str:
        """What a narrative is called, with the template that it follows."""
        template = self._printer.value(document.at("templateName"), document.template)
        return f"{self._printer.label(document)}{f' ({template})' if template else ''}"

    @cached_property
    def abbreviations(self) -> tuple[Abbreviation, ...]:
        """Abbreviations that the file lists."""
        return self.trial.abbreviations

    @cached_property
    def reporting(self) -> Reporting:
        """The table of events to be reported that the narrative holds, and what it lacks."""
        return reporting(self.narrative)

    # ------------------------------------------------------------ conditions

    @property
    def adaptive(self) -> bool:
        """Whether the design is adaptive; unknown counts as adaptive, so that nothing is left out."""
        return elements.is_adaptive(self.trial) is not False

    @property
    def randomised(self) -> bool:
        """Whether participants are assigned at random: by the file's code, else by what its design section says of several arms."""
        if elements.randomised(self.design) is not None:
            return True
        return len(self.design.arms) > 1 and self._says(r"(?<!non-)(?<!not )\brandomi[sz](?:ed|ation)\b")

    @property
    def blinded(self) -> bool:
        """Whether the trial is not open label; unknown counts as blinded, so that nothing is left out."""
        return not elements.open_label(self.design)

    @property
    def female(self) -> bool:
        """Whether women may take part; so where nothing is said."""
        return self._sexes(_FEMALE)

    @property
    def male(self) -> bool:
        """Whether men may take part; so where nothing is said."""
        return self._sexes(_MALE)

    def _sexes(self, code: str) -> bool:
        population = self.design.population
        said = {c.code for c in population.sex} if population is not None else set()
        return not said or bool(said & {code, _BOTH})

    @property
    def devices(self) -> bool:
        """Whether a medical device is among the products."""
        return any(p.device for p in self.trial.products)

    def uses(self, kind: str) -> bool:
        """Whether an intervention is of a kind: ``rescue``, ``background``, ``other`` (challenge agent, diagnostic, additional)."""
        wanted = {"rescue": (_RESCUE,), "background": (_BACKGROUND,), "other": _OTHERS}[kind]
        found = (picked("C217285", i.role) for i in self.trial.interventions)
        return any(f is not None and f[0] in wanted for f in found)

    def does(self, words: str) -> bool:
        """Whether an activity, procedure or concept of the schedule is called so (a regular expression)."""
        wanted = re.compile(words, re.IGNORECASE)
        return any(wanted.search(n) for n in self._activities)

    @cached_property
    def _activities(self) -> list[str]:
        concepts = {c.id: c for c in self.trial.concepts}
        found: list[str] = []
        for a in self.design.activities:
            found += [a.name, a.label, *(n for p in a.procedures for n in (p.name, p.label))]
            found += [n for i in a.concept_ids if i in concepts for n in (concepts[i].name, concepts[i].label)]
        return [n for n in found if n]

    def _says(self, words: str) -> bool:
        wanted = re.compile(words, re.IGNORECASE)
        return any(wanted.search(w.text) for w in self.trial.words())

    def says(self, words: str) -> bool:
        """Whether the narrative says these words (a regular expression) anywhere."""
        return self._says(words)

    @property
    def retained(self) -> bool | None:
        """Whether samples are kept; None where the file does not say."""
        return self.design.specimens_retained

    # ------------------------------------------------------------ what is printed elsewhere

    def _structured(self) -> Iterator[str]:
        """Texts that the structured parts print, so that the narrative need not repeat them."""
        trial, design = self.trial, self.design
        every: list[Words] = [*self._unsaid, *(t.text for t in trial.titles)]
        every += [o.text for o in design.objectives] + [e.text for o in design.objectives for e in o.endpoints]
        every += [c.text for c in design.criteria] + [c.text for c in trial.conditions]
        every += [e.summary for e in design.estimands]
        every += [a.summary for a in trial.amendments]
        every += [w for a in trial.amendments for c in a.changes for w in (c.summary, c.rationale)]
        for a in trial.amendments:
            for change in a.changes:
                told_in = [f"Section {s.number} {s.title}" for s in change.sections]
                yield from (*told_in, " ".join(told_in), *(s.title for s in change.sections))
        for words in every:
            yield words.text
            yield from (p.text for p in words.passages)
        yield from (i.text for i in (*trial.identifiers, *trial.references))
        yield " ".join(i.text for i in trial.identifiers)
        yield ", ".join(i.text for i in trial.identifiers[1:])
        for o in trial.organizations:
            yield from (o.label, o.name)
            if o.address is not None:
                yield o.address.text
                yield f"{o.label}, {o.address.text}"
        for named in (*design.arms, *design.epochs, *design.encounters, *design.activities, *design.elements):
            yield from (named.label, named.name, named.description)
        for t in design.timelines:
            yield f"Timeline: {t.called}, {t.entry_condition}"
            for timing in t.timings:
                yield from (timing.label, timing.value_label, timing.window_label)
        for c in design.criteria:
            yield c.identifier
        if design.phase is not None:
            yield design.phase.decode
        yield from (trial.version_identifier, *(a.number for a in trial.amendments))
        dates = [
            *trial.dates,
            *(d for a in trial.amendments for d in a.dates),
            *(d for x in trial.documents for d in x.dates),
        ]
        yield from (d.date for d in dates)
        yield from (s.type.decode for a in trial.amendments for s in a.scopes if s.type is not None)


def read(study: StudyData, book: Book) -> Protocol | None:
    """The first designed trial among the sources; None without one."""
    return Protocol(study.trials[0], book, study.figures) if study.trials else None
