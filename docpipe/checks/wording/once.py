"""What several checks ask of one pair is found out once and kept with the pair. Imports the core and its own folder only.

Kept in the pair's own ``__dict__``, where its cached properties live too: to hash a pair would cost more than most answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from docpipe.checks.wording.identifiers import identifiers
from docpipe.checks.wording.layout import Layout, layout
from docpipe.model.check import Pair
from docpipe.model.inline import CodeFault, Text, code_faults

T = TypeVar("T")


def once(answer: Callable[[Pair], T]) -> Callable[[Pair], T]:
    """Makes a pure function of a pair answer each pair once."""
    key = f"_once_{answer.__module__}.{answer.__qualname__}"

    @wraps(answer)
    def kept(pair: Pair) -> T:
        try:
            found: T = pair.__dict__[key]
        except KeyError:
            found = pair.__dict__[key] = answer(pair)
        return found

    return kept


def has_codes(pair: Pair) -> bool:
    """Whether a code stands in source or target."""
    for coded in (pair.source, pair.target):
        for part in coded:
            if not isinstance(part, Text):
                return True
    return False


def has_terms(pair: Pair) -> bool:
    """Whether the termbase knows a term of the source."""
    return bool(pair.terms)


def has_identifiers(pair: Pair) -> bool:
    """Whether the source holds an identifier."""
    return bool(identifiers(pair.source_text))


@once
def layouts(pair: Pair) -> tuple[Layout, Layout]:
    """Where the codes of source and target stand."""
    return layout(pair.source), layout(pair.target)


@once
def faults(pair: Pair) -> tuple[CodeFault, ...]:
    """What is wrong with the target's codes."""
    return code_faults(pair.source, pair.target)
