"""Coded text: what people and models see of formatting, as short numbered tags; native data stays in the file.

Imports errors and the standard library only. After XLIFF 2.1's inline codes (pc, ph, sc, ec).

Wire form, for models, reviewers and memories: a paired code is ``<1>…</1>``, a placeholder ``<2/>``. An isolated start or
end (its partner lies in another sentence) is written as a start or an end alone. Literal text that looks like such a tag
gets a backslash after its ``<`` (``<\\1>``), which ``from_wire`` takes off again, so that any text survives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from docpipe.model.canonical import Digest, digest_of

__all__ = [
    "Close",
    "CodeFault",
    "CodedText",
    "Inline",
    "Open",
    "Placeholder",
    "Text",
    "WireError",
    "code_faults",
    "codes_of",
    "from_wire",
    "has_text",
    "merge_text",
    "plain_text",
    "renumber",
    "renumber_like",
    "spaced_text",
    "text_digest",
    "to_wire",
    "white_space",
    "with_codes_of",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters of the document."""

    text: str


@dataclass(frozen=True, slots=True)
class Open:
    """Start of formatting. ``kind``: b, i, u, sup, sub, link, style, field, ... ``data``: digest or key of what it stands for.

    ``isolated``: its end lies in another segment of the same block.
    """

    id: int
    kind: str = "style"
    data: str = ""
    isolated: bool = False
    deletable: bool = False
    cloneable: bool = False
    reorderable: bool = True


@dataclass(frozen=True, slots=True)
class Close:
    """End of the formatting that ``Open`` with the same id began. ``isolated``: its start lies in another segment."""

    id: int
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something inside the text that is no text: a note mark, a field, a break, a picture.

    ``equiv``: what a person would see there (a field's cached result, a tab), for display and checks; never translated.
    """

    id: int
    kind: str = "object"
    data: str = ""
    equiv: str = ""
    deletable: bool = False
    cloneable: bool = False
    reorderable: bool = True


Inline = Text | Open | Close | Placeholder
CodedText = tuple[Inline, ...]

FaultKind = Literal["missing", "extra", "duplicate", "crossed", "unclosed", "malformed"]


@dataclass(frozen=True, slots=True)
class CodeFault:
    """One thing wrong with a target's codes: which code, and how."""

    kind: FaultKind
    code: int
    tag: str

    def __str__(self) -> str:
        what = {
            "missing": "is missing",
            "extra": "does not belong here",
            "duplicate": "stands more than once",
            "crossed": "crosses another tag",
            "unclosed": "has no matching start or end",
            "malformed": "is not a tag of this segment",
        }[self.kind]
        return f"tag {self.tag} {what}"


class WireError(ValueError):
    """The wire text's codes do not fit the source. ``faults`` names each code; caught by whoever reads replies or imports."""

    def __init__(self, faults: Sequence[CodeFault]) -> None:
        super().__init__("; ".join(str(f) for f in faults))
        self.faults = tuple(faults)


_TAG = re.compile(r"<(\\*)(/?)(\d{1,6})(/?)>")


def plain_text(coded: CodedText, *, equiv: bool = False) -> str:
    """The characters without codes; with ``equiv``, placeholders show what a person sees there."""
    return "".join(
        p.text if isinstance(p, Text) else p.equiv if equiv and isinstance(p, Placeholder) else "" for p in coded
    )


def white_space(code: Placeholder) -> str:
    """The white space that a tab or break stands for; "" for any other placeholder."""
    return code.equiv if code.equiv.isspace() else ""


def spaced_text(coded: CodedText) -> str:
    """The characters without codes, tabs and breaks as the white space that they are: where words end, they end here too."""
    return "".join(
        p.text if isinstance(p, Text) else white_space(p) if isinstance(p, Placeholder) else "" for p in coded
    )


def has_text(coded: CodedText) -> bool:
    """Whether anything but white space and codes is there."""
    return any(isinstance(p, Text) and not p.text.isspace() and p.text for p in coded)


def codes_of(coded: CodedText) -> tuple[Open | Close | Placeholder, ...]:
    """The codes in order."""
    return tuple(p for p in coded if not isinstance(p, Text))


def merge_text(parts: Iterable[Inline]) -> CodedText:
    """Joins neighbouring texts and drops empty ones: the normal form of coded text."""
    if type(parts) is tuple and len(parts) == 1 and isinstance(parts[0], Text) and parts[0].text:
        return parts  # most texts have no codes
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, Text):
            if not part.text:
                continue
            if out and isinstance(out[-1], Text):
                out[-1] = Text(out[-1].text + part.text)
                continue
        out.append(part)
    return tuple(out)


def _escape(text: str) -> str:
    return _TAG.sub(lambda m: "<\\" + m.group(0)[1:], text) if "<" in text else text


def to_wire(coded: CodedText) -> str:
    """The text with short numbered tags. ``from_wire(to_wire(x), x) == merge_text(x)`` for every x."""
    if len(coded) == 1 and isinstance(coded[0], Text):
        return _escape(coded[0].text)
    out: list[str] = []
    for part in merge_text(coded):
        match part:
            case Text(text=text):
                out.append(_escape(text))
            case Open(id=n):
                out.append(f"<{n}>")
            case Close(id=n):
                out.append(f"</{n}>")
            case Placeholder(id=n):
                out.append(f"<{n}/>")
    return "".join(out)


def _key(part: Open | Close | Placeholder) -> tuple[str, int]:
    return ("open" if isinstance(part, Open) else "close" if isinstance(part, Close) else "ph", part.id)


def _tag(part: Open | Close | Placeholder) -> str:
    return {"open": "<{}>", "close": "</{}>", "ph": "<{}/>"}[_key(part)[0]].format(part.id)


def parse_wire(wire: str, source: CodedText) -> tuple[CodedText, tuple[CodeFault, ...]]:
    """Reads wire text leniently: codes known from the source become codes, faults are listed, nothing is raised."""
    known = {_key(p): p for p in codes_of(source)}
    parts: list[Inline] = []
    faults: list[CodeFault] = []
    at = 0
    for m in _TAG.finditer(wire):
        parts.append(Text(wire[at : m.start()]))
        at = m.end()
        slashes, lead, number, trail = m.groups()
        if slashes:
            parts.append(Text("<" + slashes[1:] + lead + number + trail + ">"))
            continue
        key = ("ph" if trail else "close" if lead else "open", int(number))
        code = None if lead and trail else known.get(key)
        if code is None:
            faults.append(CodeFault("malformed" if lead and trail else "extra", int(number), m.group(0)))
        else:
            parts.append(code)
    parts.append(Text(wire[at:]))
    return merge_text(parts), tuple(faults)


def code_faults(source: CodedText, target: CodedText) -> tuple[CodeFault, ...]:
    """What is wrong with the target's codes against the source's: missing, extra, duplicate, crossed, unclosed.

    Legal reordering is no fault. Deletable codes may be missing, cloneable ones may repeat.
    """
    faults: list[CodeFault] = []
    known = {_key(p): p for p in codes_of(source)}
    seen: dict[tuple[str, int], int] = {}
    stack: list[int] = []
    for part in codes_of(target):
        key = _key(part)
        seen[key] = seen.get(key, 0) + 1
        if key not in known:
            faults.append(CodeFault("extra", part.id, _tag(part)))
            continue
        original = known[key]
        if isinstance(original, Open) and not original.isolated:
            stack.append(part.id)
        elif isinstance(original, Close) and not original.isolated:
            if stack and stack[-1] == part.id:
                stack.pop()
            elif part.id in stack:
                faults.append(CodeFault("crossed", part.id, _tag(part)))
                stack.remove(part.id)
            else:
                faults.append(CodeFault("unclosed", part.id, _tag(part)))
    faults += [CodeFault("unclosed", n, f"<{n}>") for n in stack]
    openers = {p.id: p for p in codes_of(source) if isinstance(p, Open)}
    for key, part in known.items():
        rules = openers.get(part.id) if isinstance(part, Close) else part
        deletable = isinstance(rules, Open | Placeholder) and rules.deletable
        cloneable = isinstance(rules, Open | Placeholder) and rules.cloneable
        count = seen.get(key, 0)
        if count == 0 and not deletable:
            faults.append(CodeFault("missing", part.id, _tag(part)))
        elif count > 1 and not cloneable:
            faults.append(CodeFault("duplicate", part.id, _tag(part)))
    return tuple(faults)


def from_wire(wire: str, source: CodedText) -> CodedText:
    """The coded text that the wire text stands for, with the source's codes.

    Raises ``WireError`` naming every missing, extra, duplicate, crossed or malformed code.
    """
    target, faults = parse_wire(wire, source)
    faults += code_faults(source, target)
    if faults:
        raise WireError(faults)
    return target


def renumber(coded: CodedText) -> CodedText:
    """Codes numbered 1, 2, … by first appearance: the form in which memories and digests compare texts."""
    numbers: dict[int, int] = {}
    out: list[Inline] = []
    for part in coded:
        if isinstance(part, Text):
            out.append(part)
        else:
            out.append(replace(part, id=numbers.setdefault(part.id, len(numbers) + 1)))
    return merge_text(out)


def renumber_like(target: CodedText, source: CodedText) -> CodedText:
    """The target with its codes numbered as ``renumber(source)`` numbers them: the target side of a memory's pair.

    Codes that the source does not have keep numbers above the source's.
    """
    numbers: dict[int, int] = {}
    for part in (*codes_of(source), *codes_of(target)):
        numbers.setdefault(part.id, len(numbers) + 1)
    return merge_text(p if isinstance(p, Text) else replace(p, id=numbers[p.id]) for p in target)


def with_codes_of(wire: str, source: CodedText) -> CodedText:
    """Reads wire text whose codes are numbered as in ``renumber(source)`` and gives it the source's own codes and numbers.

    Raises ``WireError`` as ``from_wire`` does.
    """
    numbers: dict[int, int] = {}
    for part in codes_of(source):
        numbers.setdefault(part.id, len(numbers) + 1)
    back = {new: old for old, new in numbers.items()}
    parsed = from_wire(wire, renumber(source))
    originals = {_key(p): p for p in codes_of(source)}
    out: list[Inline] = []
    for piece in parsed:
        if isinstance(piece, Text):
            out.append(piece)
        else:
            out.append(originals[(_key(piece)[0], back[piece.id])])
    return merge_text(out)


BOUND = frozenset({"fact", "arm", "ref", "display", "table", "figure"})
"""Kinds of placeholders (``docpipe.model.draft``) that say something by what they stand for."""


def text_digest(coded: CodedText) -> Digest:
    """Digest of the renumbered wire form: equal for texts that differ only in code numbers and native data.

    Of drafted texts it covers what their placeholders are bound to as well: two values that change places are another text.
    """
    if len(coded) == 1 and isinstance(coded[0], Text):
        return digest_of(_escape(coded[0].text))
    bound = [[p.kind, p.data, p.equiv] for p in coded if isinstance(p, Placeholder) and p.kind in BOUND]
    wire = to_wire(renumber(coded))
    return digest_of([wire, bound] if bound else wire)
