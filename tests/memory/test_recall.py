"""What a memory offers: in context before previous version before exact, and only targets whose codes fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from docpipe.memory.recall import recall, repetitions
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Close, CodedText, Open, Text, text_digest
from docpipe.model.segment import OriginKind, Segment, segment_id
from docpipe.model.terms import TmEntry


class Shelf:
    """A memory in a dictionary."""

    def __init__(self, *entries: tuple[CodedText, TmEntry]) -> None:
        self.entries: dict[Digest, list[TmEntry]] = {}
        for source, entry in entries:
            self.entries.setdefault(text_digest(source), []).append(entry)

    def exact(self, digests: Sequence[Digest]) -> Mapping[Digest, Sequence[TmEntry]]:
        return {d: self.entries[d] for d in digests if d in self.entries}


def make(source: CodedText, ordinal: int = 0, context: str = "c") -> Segment:
    return Segment(
        segment_id("0", "p", ordinal),
        Address("p"),
        ordinal,
        BlockKind.PARAGRAPH,
        source,
        text_digest(source),
        Digest(context),
    )


HELLO: CodedText = (Text("Hello."),)


def entry(target: str, context: str = "", approved: bool = True) -> TmEntry:
    return TmEntry("Hello.", target, "en", "de", context, approved)


def test_in_context_comes_before_previous_before_exact() -> None:
    s = make(HELLO)
    shelf = Shelf((HELLO, entry("exakt")), (HELLO, entry("im Kontext", "c")))
    assert recall([s], shelf, {s.id: "früher"})[s.id].kind is OriginKind.IN_CONTEXT
    elsewhere = replace(s, context=Digest("other"))
    assert recall([elsewhere], shelf, {s.id: "früher"})[s.id].target == "früher"
    assert recall([elsewhere], shelf, {})[s.id] == recall([elsewhere], Shelf((HELLO, entry("exakt"))), {})[s.id]
    assert recall([elsewhere], Shelf(), {}) == {}


def test_an_approved_entry_comes_before_a_newer_one_that_is_not() -> None:
    s = make(HELLO)
    assert recall([s], Shelf((HELLO, entry("neu", approved=False)), (HELLO, entry("alt"))), {})[s.id].target == "alt"


def test_a_target_whose_codes_do_not_fit_is_passed_over() -> None:
    bold: CodedText = (Open(7, "b"), Text("Hello."), Close(7))
    s = make(bold)
    shelf = Shelf((bold, entry("<1>Hallo.")), (bold, entry("<1>Hallo.</1>")))
    assert recall([s], shelf, {})[s.id].target == "<1>Hallo.</1>"
    assert recall([s], Shelf((bold, entry("Hallo."))), {s.id: "nichts"}) == {}


def test_a_later_equal_text_repeats_the_first() -> None:
    a, b, c = make(HELLO, 0), make((Text("Other."),), 1), make(HELLO, 2)
    assert repetitions([a, b, c]) == {c.id: a.id}
    assert repetitions([c], {c.digest: a.id}) == {c.id: a.id}
