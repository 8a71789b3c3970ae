"""A person's wording of a row with the values of the next version in it, where its codes still fit. Pure; imports the core and its room."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from docpipe.model.inline import CodedText, Placeholder
from docpipe.writing.changes.rows import Essence


def refilled(target: CodedText, old: CodedText, new: CodedText, before: Essence, after: Essence) -> CodedText | None:
    """``target``, worded over ``old``, with the codes of ``new``; None where a code has no counterpart or a new value no place.

    Codes are paired by what they are about, equal ones in their order.
    """
    waiting: dict[str, deque[Placeholder]] = defaultdict(deque)
    for code in placeholders(new):
        waiting[repr(after.code(code))].append(code)
    given: dict[int, Placeholder] = {}
    for code in placeholders(old):
        places = waiting[repr(before.code(code))]
        if not places:
            return None
        given[code.id] = places.popleft()
    if any(waiting.values()) or not {c.id for c in placeholders(target)} <= given.keys():
        return None
    return _with(target, given)


def carried(target: CodedText, old: CodedText, new: CodedText) -> CodedText:
    """``target``, worded over ``old``, with the codes of ``new``, which says the same: ids of facts may be others. Own codes of ``target`` stay."""
    return _with(target, {a.id: b for a, b in zip(placeholders(old), placeholders(new), strict=True)})


def placeholders(text: CodedText) -> list[Placeholder]:
    """The codes of a drafted text, in order."""
    return [p for p in text if isinstance(p, Placeholder)]


def _with(target: CodedText, given: Mapping[int, Placeholder]) -> CodedText:
    return tuple(given.get(p.id, p) if isinstance(p, Placeholder) else p for p in target)
