"""The book of a draft: values that templates print, the facts behind them, and the way from printed marks to coded text. Imports its room only.

A template prints a value as a mark with the fact's id inside; ``coded`` turns marks into placeholders. So every value in a
program text is bound by construction, and a number typed into a template is seen to be bound to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from docpipe.model import draft
from docpipe.model.fact import Fact, FactId
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text
from docpipe.model.source import Dataset, Passage, Place, SourceFile, TextSource
from docpipe.model.trial import Trial, locator_of
from docpipe.writing.drawings import Drawn
from docpipe.writing.evidence import exact_number
from docpipe.writing.factstore import FactStore
from docpipe.writing.shown import shown

_START, _END, _BAR = "\ue000", "\ue001", "\ue002"
_PRIVATE = re.compile(f"[{_START}{_END}{_BAR}]")
_MARK = re.compile(f"{_START}([^{_START}{_END}]*){_END}")
_NUMBER = re.compile(
    r"\d+(?:[.,:/-]\d+)*|[¼½¾⅓⅔⅛⅜⅝⅞]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|hundred|thousand|once|twice)\b",
    re.IGNORECASE,
)
CITE = "cite"
OPEN, CLOSE = "open", "close"


def mark(kind: str, data: str, equiv: str = "") -> str:
    """A code as it is printed by a template."""
    return f"{_START}{kind}{_BAR}{data}{_BAR}{equiv}{_END}"


@dataclass(frozen=True, slots=True)
class Value:
    """A fact as templates see it. Printing it prints its mark; ``n.word``, ``n.Word``, ``d.date`` … print it in a style."""

    fact: Fact
    style: str = ""

    def __str__(self) -> str:
        data = f"{self.fact.id}:{self.style}" if self.style else self.fact.id
        return mark(draft.FACT, data, shown(self.fact, self.style))

    def __bool__(self) -> bool:
        """Whether there is something: a number other than zero, or a text."""
        return bool(self.number) if self.number is not None else bool(self.fact.raw)

    @property
    def number(self) -> Decimal | None:
        """The exact number; None for words and bounds. For conditions, never for printing."""
        return exact_number(self.fact)

    @property
    def text(self) -> str:
        """The value as printed, for conditions: printing it in a template would leave it unbound."""
        return self.fact.formatted

    @property
    def word(self) -> Value:
        """Below ten as a word."""
        return Value(self.fact, "word")

    @property
    def Word(self) -> Value:
        """As a capitalised word, for the beginning of a sentence."""
        return Value(self.fact, "Word")

    @property
    def lower(self) -> Value:
        """In small letters."""
        return Value(self.fact, "lower")

    @property
    def sentence(self) -> Value:
        """First letter large, the others small."""
        return Value(self.fact, "sentence")

    @property
    def Name(self) -> Value:
        """Each word capitalised."""
        return Value(self.fact, "Name")

    @property
    def date(self) -> Value:
        """2 July 2014."""
        return Value(self.fact, "date")


@dataclass(slots=True)
class Book:
    """Facts of a draft beyond those of the sources: derived ones, values of single records, numbers inside quoted passages."""

    store: FactStore
    study: str
    data_version: str
    made: dict[FactId, Fact] = field(default_factory=dict)
    passages: dict[str, Place] = field(default_factory=dict)
    drawings: dict[str, Drawn] = field(default_factory=dict)

    def value(self, fact: Fact) -> Value:
        """A fact for printing; one that the store does not hold is kept with the draft."""
        if fact.id not in self.store:
            self.made[fact.id] = fact
        return Value(fact)

    def values(self, facts: Iterable[Fact]) -> list[Value]:
        """Several."""
        return [self.value(f) for f in facts]

    def get(self, fact_id: FactId) -> Fact | None:
        """A fact of the store or of the book."""
        return self.made.get(fact_id) or self.store.get(fact_id)

    def facts_behind(self, fact: Fact) -> tuple[Fact, ...]:
        """What a derived fact was made of, down to facts that are not derived."""
        found: dict[FactId, Fact] = {}
        waiting = list(fact.inputs)
        while waiting:
            part = self.get(waiting.pop(0))
            if part is not None and part.id not in found:
                found[part.id] = part
                waiting += part.inputs
        return tuple(found.values())

    def facts(self) -> FactStore:
        """The store with all that was made."""
        return self.store.with_facts(self.made.values())

    def record(self, dataset: Dataset, record: int, variable: str) -> Value | None:
        """A value of one record (from 0) as a fact; None where it is missing or the dataset has no such variable.

        Numbers print as plain digits. Its row is the subject and the record, its statistic the variable.
        """
        names = [v.name.upper() for v in dataset.variables]
        if variable.upper() not in names:
            return None
        raw = dataset.records[record][names.index(variable.upper())]
        said = "" if raw is None else raw.strip() if isinstance(raw, str) else _digits(raw)
        if not said:
            return None
        subject = dataset.records[record][names.index("USUBJID")] if "USUBJID" in names else ""
        row = (str(subject), f"record {record + 1}")
        decimals = len(said.partition(".")[2]) if re.fullmatch(r"-?\d+(\.\d+)?", said) else None
        place = dataset.place(record, variable.upper())
        return self.value(
            Fact(
                self.study,
                self.data_version,
                dataset.name.upper(),
                row,
                "",
                variable.upper(),
                said,
                said,
                decimals,
                None,
                "",
                "",
                (place,),
            )
        )

    def element(
        self, source_file: SourceFile, pointer: str, raw: str, formatted: str = "", statistic: str = "value"
    ) -> Value:
        """An attribute of a designed trial as a fact. ``pointer``: its JSON pointer; ``formatted``: as printed, by default as it is.

        ``statistic``: the pick list that the value is one of, where there is one; ``raw`` is then the code.
        """
        row = tuple(part for part in pointer.split("/") if part)
        decimals = len(raw.partition(".")[2]) if re.fullmatch(r"-?\d+(\.\d+)?", raw) else None
        place = Place(source_file.sha256, locator_of(pointer))
        return self.value(
            Fact(
                self.study, self.data_version, source_file.path, row, "", statistic, raw, formatted or raw, decimals, None, "",
                "", (place,),
            )
        )  # fmt: skip

    def quote(self, source: TextSource | Trial, passage: Passage, start: int = 0, end: int | None = None) -> str:
        """The passage's words for printing, its numbers bound to the passage itself, the row bound to it as well.

        ``start`` and ``end``: the characters of the passage to quote, by default all. Number words are bound like digits.
        """
        self.passages[f"{passage.place.sha256}|{passage.place.locator}"] = passage.place
        title = (source.title if isinstance(source, TextSource) else "") or source.file.path

        def bound(m: re.Match[str]) -> str:
            at = start + m.start()
            place = Place(passage.place.sha256, f"{passage.place.locator}/{at}-{start + m.end()}")
            row = (source.file.path, *passage.headings, passage.place.locator, f"{at}")
            fact = Fact(
                self.study, self.data_version, title, row, "", "quoted", m[0], m[0], None, None, "", "", (place,)
            )
            return str(self.value(fact))

        return self.cite(passage) + _NUMBER.sub(bound, _PRIVATE.sub(" ", passage.text[start:end]))

    def cite(self, passage: Passage) -> str:
        """Binds the row to a passage without printing anything."""
        key = f"{passage.place.sha256}|{passage.place.locator}"
        self.passages[key] = passage.place
        return mark(CITE, key)

    @staticmethod
    def raised(*letters: str) -> str:
        """Letters of footnotes, raised; nothing for none."""
        return f"{mark(OPEN, 'sup')}{','.join(letters)}{mark(CLOSE, '')}" if letters else ""

    def coded(self, printed: str) -> tuple[CodedText, tuple[Place, ...]]:
        """What a template printed as coded text, codes numbered from 1, and the passages that it cites."""
        parts: list[Inline] = []
        cited: list[Place] = []
        at = 0
        number = 0
        opened: list[int] = []
        for m in _MARK.finditer(printed):
            parts.append(Text(printed[at : m.start()]))
            at = m.end()
            kind, data, equiv = m[1].split(_BAR)
            if kind == CITE:
                cited.append(self.passages[data])
                continue
            if kind == CLOSE:
                parts.append(Close(opened.pop()))
                continue
            number += 1
            if kind == OPEN:
                opened.append(number)
                parts.append(Open(number, data, deletable=True))
                continue
            parts.append(Placeholder(number, kind, data, equiv, deletable=True, cloneable=True))
        parts.append(Text(printed[at:]))
        return merge_text(parts), tuple(dict.fromkeys(cited))


def _digits(number: float) -> str:
    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")
