"""Writes a document's segments and targets as XLIFF 2.1. Imports the core only.

The text is built by hand, escaped at one place, so that every byte is decided here and equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from docpipe.model.batch import Document
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, codes_of, text_digest
from docpipe.model.segment import Segment, SegmentId, Status, Unit

XLIFF = "urn:oasis:names:tc:xliff:document:2.0"
"""Namespace of the core in XLIFF 2.0 and 2.1 alike."""
DOCPIPE = "urn:docpipe:1"
"""Our own namespace: attributes of ``file`` and ``note``, and the ``rows`` element of a unit."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STATES = {
    Status.NEW: "initial",
    Status.RECALLED: "translated",
    Status.TRANSLATED: "translated",
    Status.EDITED: "translated",
    Status.APPROVED: "reviewed",
}
_PRIORITY = {Severity.CRITICAL: 1, Severity.MAJOR: 3, Severity.MINOR: 5}
_TYPES = {"b": "xlf:b", "i": "xlf:i", "u": "xlf:u", "br": "xlf:lb", "page-break": "xlf:pb"}


def write_xliff(
    document: Document,
    batch_id: str,
    source_language: str,
    target_language: str,
    segments: Sequence[Segment],
    units: Mapping[SegmentId, Unit],
    findings: Mapping[SegmentId, Sequence[Finding]] | None = None,
    *,
    signed: bool = False,
    face: str = "",
) -> bytes:
    """One ``file`` of one document in UTF-8: a ``unit`` a block, a ``segment`` a sentence, in the order given.

    ``findings``: the open ones, written as notes. ``signed``: approved rows are ``final``, else ``reviewed``.
    ``face``: words such as DRAFT, NOT REVIEWED, written as a note of the file, or "". Deterministic.
    """
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<xliff xmlns="{XLIFF}" xmlns:dp="{DOCPIPE}" version="2.1" srcLang={_quoted(source_language)}'
        f' trgLang={_quoted(target_language)} xml:space="preserve">\n',
        f'<file id="f1" original={_quoted(document.path)} canResegment="no" dp:batch={_quoted(batch_id)}'
        f" dp:document={_quoted(document.id)} dp:sha256={_quoted(document.sha256)}>\n",
    ]
    if face:
        out.append(f'<notes><note category="face" priority="1">{_note(face)}</note></notes>\n')
    for _, block in groupby(segments, key=lambda s: s.address):
        out += _unit(tuple(block), units, findings or {}, signed)
    if not segments:  # a file without a unit is not valid
        out.append('<unit id="u-none" translate="no"><segment><source/></segment></unit>\n')
    out.append("</file>\n</xliff>\n")
    return "".join(out).encode("utf-8")


def _unit(
    block: tuple[Segment, ...],
    units: Mapping[SegmentId, Unit],
    findings: Mapping[SegmentId, Sequence[Finding]],
    signed: bool,
) -> list[str]:
    first = block[0]
    known = {s.id: units.get(s.id) or Unit(s.id) for s in block}
    sources = _Side(tuple(s.source for s in block), tuple(s.source for s in block))
    targets = _Side(tuple(s.source for s in block), tuple(known[s.id].target for s in block))
    out = [
        f'<unit id="u-{first.id}" name={_quoted(first.address)} type={_quoted("docpipe:" + first.kind.value)}>\n',
        "<dp:rows>\n",
        *(_row(s, known[s.id]) for s in block),
        "</dp:rows>\n",
    ]
    notes = [note for s in block for note in _notes(s, known[s.id], findings.get(s.id, ()))]
    if notes:
        out += ["<notes>\n", *notes, "</notes>\n"]
    for segment in block:
        unit = known[segment.id]
        state = "final" if signed and unit.status is Status.APPROVED else _STATES[unit.status]
        sub = "needs-person" if unit.needs_person else unit.status.value
        source, target = sources.content(segment.source), targets.content(unit.target)
        out += [
            _ignorable(segment.before),
            f'<segment id="{segment.id}" state="{state}" subState="docpipe:{sub}">\n',
            f"<source>{source}</source>\n",
            f"<target>{target}</target>\n" if _has_target(unit) else "",
            "</segment>\n",
            _ignorable(segment.after),
        ]
    out.append("</unit>\n")
    return out


def _has_target(unit: Unit) -> bool:
    """An empty target of a row that was worked on is one: the sentence went into another."""
    return bool(unit.target) or unit.status is not Status.NEW


def _row(segment: Segment, unit: Unit) -> str:
    target = f' target="{text_digest(unit.target)}"' if _has_target(unit) else ""
    return (
        f'<dp:row segment="{segment.id}" source="{segment.digest}"{target} revision="{unit.revision}"'
        f" origin={_quoted(unit.origin.kind.value)} detail={_quoted(unit.origin.detail)}/>\n"
    )


def _notes(segment: Segment, unit: Unit, findings: Sequence[Finding]) -> list[str]:
    out = []
    if unit.needs_person:
        out.append(
            f'<note category="needs-person" priority="1" dp:segment="{segment.id}">{_note(unit.needs_person)}</note>\n'
        )
    for found in findings:
        out.append(
            f'<note appliesTo="target" category={_quoted(found.check)} priority="{_PRIORITY[found.severity]}"'
            f' dp:segment="{segment.id}">{_note(found.message)}</note>\n'
        )
    return out


def _ignorable(space: str) -> str:
    return f"<ignorable><source>{_text(space)}</source></ignorable>\n" if space else ""


class _Side:
    """The sources, or the targets, of a unit's segments: codes are numbered and paired over the whole side."""

    def __init__(self, sources: tuple[CodedText, ...], contents: tuple[CodedText, ...]) -> None:
        self._rules = {c.id: c for s in sources for c in codes_of(s) if not isinstance(c, Close)}
        self._starts = {c.id for s in contents for c in codes_of(s) if isinstance(c, Open)}
        self._ends = {c.id for s in contents for c in codes_of(s) if isinstance(c, Close)}
        self._used: Counter[int] = Counter()
        self._open: dict[int, list[str]] = {}

    def content(self, coded: CodedText) -> str:
        """The inner XML of a source or target. Well-nested pairs become ``pc``, others ``sc`` and ``ec``."""
        paired = _paired(coded)
        out: list[str] = []
        fixed = False
        for index, part in enumerate(coded):
            match part:
                case Text(text=text):
                    out.append(_text(text))
                case Open(id=n):
                    name = self._name(n)
                    self._open.setdefault(n, []).append(name)
                    rules = _rules(part, fixed) + _type(part.kind)
                    fixed = not part.reorderable
                    if index in paired:
                        out.append(f'<pc id="{name}"{self._copy(name, n)}{rules}>')
                    else:
                        alone = "" if n in self._ends else ' isolated="yes"'
                        out.append(f'<sc id="{name}"{self._copy(name, n)}{alone}{rules}/>')
                case Close(id=n):
                    started = self._open.get(n)
                    name = started.pop() if started else ""
                    if index in paired:
                        out.append("</pc>")
                        continue
                    rule = self._rules.get(n)
                    rules = _rules(rule, fixed) if rule else ""
                    where = f'startRef="{name}"' if name else f'id="{self._name(n)}" isolated="yes"'
                    out.append(f"<ec {where}{rules}/>")
                case Placeholder(id=n):
                    name = self._name(n)
                    shown = f" equiv={_quoted(part.equiv)} disp={_quoted(part.equiv)}" if part.equiv else ""
                    rules = _rules(part, fixed) + _type(part.kind)
                    fixed = not part.reorderable
                    out.append(f'<ph id="{name}"{self._copy(name, n)}{shown}{rules}/>')
        return "".join(out)

    def _name(self, number: int) -> str:
        """The id of a code's next appearance: its number, then ``3-2``, ``3-3`` for clones (ids are unique in a side)."""
        self._used[number] += 1
        return str(number) if self._used[number] == 1 else f"{number}-{self._used[number]}"

    @staticmethod
    def _copy(name: str, number: int) -> str:
        return "" if name == str(number) else f' copyOf="{number}"'


def _paired(coded: Sequence[Inline]) -> set[int]:
    """Positions of the starts and ends that nest properly inside this content."""
    stack: list[tuple[int, int]] = []
    pairs: set[int] = set()
    for index, part in enumerate(coded):
        if isinstance(part, Open):
            stack.append((part.id, index))
        elif isinstance(part, Close) and stack and stack[-1][0] == part.id:
            pairs |= {stack.pop()[1], index}
    return pairs


def _rules(code: Open | Placeholder, after_fixed: bool) -> str:
    """What may be done to a code. Fixed codes are neither deleted nor copied; ``firstNo`` begins a fixed sequence."""
    if not code.reorderable:
        return f' canCopy="no" canDelete="no" canReorder="{"no" if after_fixed else "firstNo"}"'
    copy = "" if code.cloneable else ' canCopy="no"'
    return copy + ("" if code.deletable else ' canDelete="no"')


def _type(kind: str) -> str:
    sub = _TYPES.get(kind)
    if sub:
        return f' type="fmt" subType="{sub}"'
    main = "link" if kind == "link" else "image" if kind in ("image", "picture") else "other"
    return f' type="{main}" subType={_quoted("docpipe:" + re.sub(r"[^A-Za-z0-9_.-]", "-", kind or "code"))}'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _text(text: str) -> str:
    """Content of source and target: what XML 1.0 cannot hold becomes ``cp`` elements."""
    return _NOT_XML.sub(lambda m: f'<cp hex="{ord(m.group()):04X}"/>', _escaped(text))


def _note(text: str) -> str:
    return _NOT_XML.sub("\ufffd", _escaped(text))


def _quoted(text: str) -> str:
    safe = _note(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")
    return f'"{safe}"'
