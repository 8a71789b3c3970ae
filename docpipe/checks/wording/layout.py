"""Where codes stand in the plain text, and what paired ones enclose. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.model.finding import Span
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, white_space


@dataclass(frozen=True, slots=True)
class Layout:
    """``pairs``: spans of paired codes by id (first occurrence). ``inside``: ids of placeholders inside a pair.

    ``places``: offset of every code by tag (``<1>``, ``</1>``, ``<2/>``), first occurrence.
    """

    pairs: dict[int, Span] = field(default_factory=dict)
    inside: dict[int, tuple[int, ...]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    opens: dict[int, Open] = field(default_factory=dict)
    placeholders: dict[int, Placeholder] = field(default_factory=dict)

    def span(self, tag: str) -> Span | None:
        """Of the code that a tag stands for: what a pair encloses, or the empty span of a placeholder."""
        number = int(tag.strip("</>"))
        if tag in self.places and "/>" not in tag and number in self.pairs:
            return self.pairs[number]
        at = self.places.get(tag)
        return None if at is None else (at, at)


def layout(coded: CodedText) -> Layout:
    """Reads positions off a coded text; codes without a partner have no pair."""
    out = Layout()
    at = 0
    started: dict[int, int] = {}
    seen: dict[int, list[int]] = {}
    for part in coded:
        match part:
            case Text(text=text):
                at += len(text)
            case Open(id=n):
                out.places.setdefault(f"<{n}>", at)
                out.opens.setdefault(n, part)
                started[n] = at
                seen[n] = []
            case Close(id=n):
                out.places.setdefault(f"</{n}>", at)
                if n in started and n not in out.pairs:
                    out.pairs[n] = (started[n], at)
                    out.inside[n] = tuple(seen[n])
                seen.pop(n, None)
            case Placeholder(id=n):
                out.places.setdefault(f"<{n}/>", at)
                out.placeholders.setdefault(n, part)
                at += len(white_space(part))
                for inner in seen.values():
                    inner.append(n)
    return out
