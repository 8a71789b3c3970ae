"""The facts of a study, immutable: look-up by id and by what they are about, contradictions, JSON out and in. Imports the core and its room.

Facts with one key, value and N are one fact, printed as the first of them, with all places; with different values they contradict each other and both stay.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.model.canonical import Digest, canonical_json, digest_of
from docpipe.model.fact import Fact, FactId
from docpipe.model.source import Place, SourceFile
from docpipe.writing.evidence import number_of
from docpipe.writing.labels import key_of

VERSION = 1


def data_version(files: Iterable[SourceFile]) -> str:
    """Digest over the files that the study's data consist of: their contents, whatever their order and names."""
    return digest_of(sorted({f.sha256 for f in files}))


class FactStore:
    """Facts in the order given. Nothing is ever changed: ``with_facts`` gives a new store."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        merged: dict[tuple[Any, ...], Fact] = {}
        for fact in facts:
            same = (fact.key, _value(fact), fact.n)
            known = merged.get(same)
            if known is None:
                merged[same] = fact
            elif not set(fact.places) <= set(known.places):
                merged[same] = replace(known, places=tuple(dict.fromkeys((*known.places, *fact.places))))
        self._facts = tuple(merged.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __contains__(self, fact_id: FactId) -> bool:
        return fact_id in self._by_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FactStore) and self._facts == other._facts

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def _by_id(self) -> Mapping[FactId, tuple[Fact, ...]]:
        found: dict[FactId, list[Fact]] = defaultdict(list)
        for fact in self._facts:
            found[fact.id].append(fact)
        return {i: tuple(facts) for i, facts in found.items()}

    @cached_property
    def _by_display(self) -> Mapping[str, tuple[Fact, ...]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._facts:
            found[fact.display].append(fact)
        return {d: tuple(facts) for d, facts in found.items()}

    @cached_property
    def digest(self) -> Digest:
        """Of all facts, whatever their order."""
        return digest_of(sorted(digest_of(f) for f in self._facts))

    @cached_property
    def displays(self) -> tuple[str, ...]:
        """Every display or dataset that facts stand in, in order."""
        return tuple(self._by_display)

    def get(self, fact_id: FactId) -> Fact | None:
        """The fact of an id; None where there is none, and where its facts contradict each other (see ``versions``)."""
        found = self._by_id.get(fact_id, ())
        return found[0] if len(found) == 1 else None

    def versions(self, fact_id: FactId) -> tuple[Fact, ...]:
        """All facts of an id: several where they contradict each other."""
        return self._by_id.get(fact_id, ())

    def find(
        self, *, display: str | None = None, row: tuple[str, ...] | None = None, contains: str = "", arm: str | None = None,
        statistic: str | None = None, population: str | None = None, window: str | None = None,
    ) -> tuple[Fact, ...]:  # fmt: skip
        """Facts that fit all that is given, in the store's order.

        ``display``: its number, with or without the word Table; ``row``: the whole path; ``contains``: words that stand in the
        path, whatever case; ``arm``: "" is all arms together.
        """
        pool: Iterable[Fact] = self._facts
        if display is not None:
            wanted = number_of_display(display)
            pool = (f for d in self._by_display if number_of_display(d) == wanted for f in self._by_display[d])
        words = key_of(contains) if contains else ""
        return tuple(
            f for f in pool
            if (row is None or f.row == row)
            and (not words or any(words in key_of(part) for part in f.row))
            and (arm is None or f.arm == arm)
            and (statistic is None or f.statistic == statistic)
            and (population is None or f.population == population)
            and (window is None or f.window == window)
        )  # fmt: skip

    def one(self, **pattern: Any) -> Fact | None:
        """The only fact that fits (see ``find``); None where none or several do."""
        found = self.find(**pattern)
        return found[0] if len(found) == 1 else None

    def contradictions(self) -> tuple[tuple[Fact, ...], ...]:
        """Groups of facts with one key that differ in value or N."""
        return tuple(facts for facts in self._by_id.values() if len(facts) > 1)

    def inputs_of(self, fact: Fact) -> tuple[Fact, ...]:
        """What a derived fact was made of, as far as it is here, down to facts that are not derived."""
        found: dict[FactId, Fact] = {}
        waiting = list(fact.inputs)
        while waiting:
            name = waiting.pop(0)
            for input_fact in self.versions(name):
                if name not in found:
                    found[name] = input_fact
                    waiting += input_fact.inputs
        return tuple(found.values())

    def with_facts(self, facts: Iterable[Fact]) -> FactStore:
        """A store that holds these as well."""
        return FactStore((*self._facts, *facts))

    def to_json(self) -> str:
        """Canonical JSON: equal stores give equal text."""
        return canonical_json({"version": VERSION, "digest": self.digest, "facts": list(self._facts)})

    @classmethod
    def from_json(cls, text: str | bytes) -> FactStore:
        """The store of ``to_json``. Raises ``AssetMalformed`` where the text is another or was changed."""
        try:
            given = json.loads(text)
            store = cls(_fact(f) for f in given["facts"])
            fine = given["version"] == VERSION and given["digest"] == store.digest
        except (ValueError, KeyError, TypeError) as e:
            raise AssetMalformed("The facts are not in the form that docpipe writes.") from e
        if not fine:
            raise AssetMalformed("The facts are of another version, or were changed after they were written.")
        return store


def number_of_display(text: str) -> str:
    """``14-5.01`` for ``Table 14-5.01``; a figure keeps its word, for it may share its number with a table."""
    words = text.split()
    if len(words) > 1 and words[0].casefold() in ("figure", "exhibit"):
        return f"figure {words[-1].casefold()}"
    return words[-1].casefold() if words else ""


def _value(fact: Fact) -> object:
    """What makes two values the same: relation and number, whatever the printed decimals; the word where it is none."""
    said = number_of(fact)
    return fact.raw if said is None else (said[0], said[1] + 0)


def _fact(given: Mapping[str, Any]) -> Fact:
    fields = dict(given)
    fields["row"] = tuple(fields["row"])
    fields["inputs"] = tuple(FactId(i) for i in fields["inputs"])
    fields["places"] = tuple(Place(Digest(p["sha256"]), p["locator"]) for p in fields["places"])
    return Fact(**fields)
