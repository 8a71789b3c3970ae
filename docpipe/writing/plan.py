"""From a document type and a study to the plan: every block rendered by the program, its rows with their facts and passages. Imports its room only.

Templates see the study through topics and print values through the book, so that all values are bound. The lines of a program text:
blank lines part paragraphs; ``- `` begins a list item; ``## `` a subheading; ``[[table:KEY]]`` and ``[[figure:SHA]]`` stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from docpipe.errors import BadSetting
from docpipe.model import draft
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable, TableRow, Unused
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.model.source import Display, Figure, Place
from docpipe.writing import derive
from docpipe.writing.book import Book, Value, mark
from docpipe.writing.doctype import BlockType, DocumentType
from docpipe.writing.drawings import Drawn
from docpipe.writing.factstore import number_of_display
from docpipe.writing.study import StudyData
from docpipe.writing.topics import Topics

_ALONE = re.compile(r"\[\[(table|figure):([^\]]+)\]\]")
LISTS = "displays"
"""The input of a block that lists every display: what it lists is not used by being listed."""
_SHELL = "It holds no values: a table shell."
_UNTITLED = "Nothing gives its title, and a picture without a caption is not carried over."
_NOT_ASKED = "No block of this document type asks for it."
_GAP = re.compile(r"\[GAP: (.*)\]", re.DOTALL)
HINT = "; the text of the section above it may say so"
"""Ends a gap where there is another place to look at first."""
_ITEM = re.compile(r"(-{1,3}) (?=\S)")
"""A list item; ``--`` and ``---`` begin one inside another."""


class Planner:
    """One document being planned."""

    def __init__(self, kind: DocumentType, study: StudyData, proposals: bool = False) -> None:
        self.kind, self.study, self.proposals = kind, study, proposals
        self.book = Book(study.store, study.id, study.version)
        self.tables: dict[str, PlannedTable] = {}
        self.blocks: list[PlannedBlock] = []
        self.captions: dict[str, str] = {}
        self._cited: dict[str, tuple[Place, ...]] = {}
        self.topics = Topics(study, self.book)
        self._environment = _environment(kind.parts)
        self._names: dict[str, Any] = {
            "study": self.topics,
            "arm": self.arm,
            "arms": study.arms.names,
            "ref": self.ref,
            "display": self.display,
            "table": self.table,
            "figure": self.figure,
            "drawing": self.drawing,
            "gap": lambda what: f"[GAP: {what}]",
            "quote": self.book.quote,
            "cite": self.book.cite,
            "value": self.book.value,
            "difference": lambda a, b, decimals=None: self.book.value(derive.difference(a.fact, b.fact, decimals)),
            "total": lambda values, arm="": self.book.value(derive.total([v.fact for v in values], arm)),
            "listed": listed,
            "uses": self.uses,
        }
        self._environment.globals.update(self._names)
        for name in kind.parts:
            self._environment.globals[name] = self._environment.get_template(name).make_module(self._names)

    # ------------------------------------------------------------ what templates call

    def arm(self, name: str, said: str = "") -> str:
        """An arm's name as a code, so that checks know which arm a clause is about."""
        return mark(draft.ARM, name, said or name or "all subjects")

    def ref(self, target: str, said: str = "") -> str:
        """A reference inside the document: ``table:KEY``, ``figure:KEY``, ``section:BLOCK``; its number is filled in by Word's fields."""
        kind, _, key = target.partition(":")
        number = next((b.number or b.id for b in self.kind.blocks if b.id == key), key) if kind == "section" else ""
        return mark(draft.REF, target, said or f"{kind.capitalize()} {number}".strip())

    def figure(self, name: str, caption: object) -> str:
        """A figure carried over, by its number or key: the line that stands for it. Raises ``KeyError``."""
        found = self.study.figure(name)
        if found is None:
            raise KeyError(name)
        self.captions[found.digest] = str(caption)
        return f"\n\n[[figure:{found.digest}]]\n\n"

    def drawing(self, made: Drawn, caption: object) -> str:
        """A picture that the draft makes itself: the line that stands for it."""
        self.book.drawings[made.digest] = made
        self.captions[made.digest] = str(caption)
        return f"\n\n[[figure:{made.digest}]]\n\n"

    def display(self, number: str) -> str:
        """A table or figure among the sources, by its number. Raises ``KeyError``."""
        found: Display | Figure | None = self.study.display(number) or self.study.figure(number)
        if found is None:
            raise KeyError(number)
        return mark(draft.DISPLAY, found.number, found.number)

    def table(
        self, key: str, caption: str, columns: Sequence[object], rows: Sequence[Sequence[object]], notes: Sequence[object] = (),
        displays: Sequence[str] = (), depths: Sequence[int] = (), heads: Sequence[int] = (), lead: int = 0,
    ) -> str:  # fmt: skip
        """Registers an in-text table and gives the line that stands for it. Cells are printed texts (values print themselves).

        ``depths``: indentation by row; ``heads``: indexes of rows that are headings of groups; ``displays``: source displays;
        ``lead``: how many of the first rows belong to the heads of the columns.
        """

        cited: list[Place] = []

        def coded(printed: object) -> Any:
            text, passages = self.book.coded(str(printed))
            cited.extend(passages)
            return text

        made = tuple(
            TableRow(tuple(coded(c) for c in row), depths[i] if i < len(depths) else 0, i in heads)
            for i, row in enumerate(rows)
        )
        self.tables[key] = PlannedTable(
            key,
            coded(caption),
            tuple(coded(c) for c in columns),
            made,
            tuple(coded(n) for n in notes),
            tuple(displays),
            lead,
        )
        self._cited[key] = tuple(dict.fromkeys(cited))
        return f"\n\n[[table:{key}]]\n\n"

    def uses(self, number: str) -> list[str]:
        """Ids of the blocks so far that use a display; blocks that list all displays (input ``displays``) do not count."""
        wanted = number_of_display(number)
        return [b.id for b in self._users() if wanted in map(number_of_display, b.displays)]

    def _users(self) -> list[PlannedBlock]:
        return [b for b in self.blocks if LISTS not in b.inputs]

    # ------------------------------------------------------------ the plan

    def plan(self) -> Plan:
        """All blocks. Raises ``BadSetting`` where a template of the type fails, naming the block."""
        self.blocks.clear()
        for b in self.kind.blocks:
            self.blocks.append(self.block(b))
        blocks = tuple(self.blocks)
        used = {number_of_display(n) for b in self._users() for n in b.displays}
        empty = {id(s.display) for s in self.study.shown if not s.facts}
        unused = tuple(
            Unused(d.number, d.title, _SHELL if id(d) in empty else _NOT_ASKED)
            for d in self.study.displays
            if number_of_display(d.number) not in used
        )
        carried = {c.data for b in blocks for r in b.rows for c in r.text if isinstance(c, Placeholder)}
        unused += tuple(
            Unused(f.number or f.file.path, f.title, _NOT_ASKED if f.title else _UNTITLED)
            for f in self.study.figures
            if f.digest not in carried
        )
        header = tuple((k, self._environment.from_string(v).render()) for k, v in self.kind.header)
        return Plan(
            self.kind.name, self.kind.digest, self.kind.title, self.kind.language, self.study.id, self.study.version, blocks,
            tuple(self.tables.values()), unused, self._glossary(), self.kind.constants,
            tuple((k, _plain(v)) for k, v in header), self.study.every_arm,
        )  # fmt: skip

    def _glossary(self) -> tuple[tuple[str, str], ...]:
        """The type's abbreviations, then those that the study's own texts define."""
        defined = getattr(self.topics, "abbreviations", None)
        own = dict(self.kind.glossary)
        return (*own.items(), *((a.short, a.long) for a in defined or () if a.short not in own))

    def block(self, b: BlockType) -> PlannedBlock:
        """One block rendered."""
        rows: list[PlannedRow] = []
        fate, reason = Fate.DRAFTED, ""
        if b.heading:
            heading = Text(b.heading)
            rows.append(PlannedRow(Address(f"block:{b.id}/0"), BlockKind.HEADING, (heading,), b.level, fixed=True))
        if b.container and not b.text:
            return self._made(b, Fate.CONTAINER, "", rows)
        holds = self._holds(b)
        printed = self._printed(b, b.text) if b.text and holds else ""
        if b.container and not printed.strip():
            return self._made(b, Fate.CONTAINER, "", rows)
        if not printed.strip():
            if b.otherwise and not holds:
                fate, reason = Fate.NOT_APPLICABLE, b.otherwise
                printed = f"Not applicable. {reason}"
            else:
                fate = Fate.GAP
                reason = (b.gap or "None of the sources holds what this section asks for.") + self._above(b)
                printed = f"[GAP: {reason}]"
        rows += self._rows(b, printed, len(rows))
        if fate is Fate.DRAFTED and any(r.gap for r in rows) and all(r.gap or r.fixed for r in rows):
            fate, reason = Fate.GAP, next(r.gap for r in rows if r.gap)
        return self._made(b, fate, reason, rows)

    def _made(self, b: BlockType, fate: Fate, reason: str, rows: list[PlannedRow]) -> PlannedBlock:
        return PlannedBlock(
            b.id, b.number, b.heading, b.level, fate, tuple(rows), b.instruction, b.style or self.kind.style, b.inputs,
            b.checks_off, self._displays(rows), b.disclosure, reason, b.code, self._ground(b) if fate is Fate.GAP else (),
        )  # fmt: skip

    def _above(self, b: BlockType) -> str:
        """Where else to look: a section that only holds others may hold words of the sources for all of them."""
        above = b.id.rpartition(".")[0]
        holds = {x.id for x in self.kind.blocks if x.container and x.level > 1}
        told = any(
            r.passages and r.kind is not BlockKind.HEADING
            for made in self.blocks
            if made.id == above
            for r in made.rows
        )
        return HINT if above in holds and told else ""

    def _ground(self, b: BlockType) -> tuple[CodedText, ...]:
        """What a proposal for this gap may rest on; nothing where none was ordered."""
        if not self.proposals or not b.propose:
            return ()
        printed = str(self._run(b, lambda: self._environment.compile_expression(b.propose)(**self._names)))
        lines = (" ".join(line.split()) for line in printed.splitlines())
        return tuple(self.book.coded(line)[0] for line in dict.fromkeys(lines) if line)

    def _displays(self, rows: Sequence[PlannedRow]) -> tuple[str, ...]:
        """Source displays that the rows use: those they name, those their facts stand in, those their tables were made from."""
        found: dict[str, None] = {}
        numbers = [*(d.number for d in self.study.displays), *(f.number for f in self.study.figures)]
        known = {number_of_display(n): n for n in numbers}
        for row in rows:
            facts = list(row.facts)
            for code in row.text:
                if isinstance(code, Placeholder) and code.kind == draft.DISPLAY:
                    found[code.data] = None
                if isinstance(code, Placeholder) and code.kind == draft.TABLE:
                    table = self.tables[code.data]
                    facts += table.facts
                    found |= dict.fromkeys(known.get(number_of_display(n), n) for n in table.displays)
            for fact_id in facts:
                fact = self.book.get(fact_id)
                for part in (fact, *self.book.facts_behind(fact)) if fact is not None else ():
                    if (number := known.get(number_of_display(part.display))) is not None:
                        found[number] = None
        return tuple(found)

    def _holds(self, b: BlockType) -> bool:
        if not b.when:
            return True
        return bool(self._run(b, lambda: self._environment.compile_expression(b.when)(**self._names)))

    def _printed(self, b: BlockType, template: str) -> str:
        return str(self._run(b, lambda: self._environment.from_string(template).render(**self._names)))

    def _run(self, b: BlockType, does: Any) -> Any:
        from jinja2.exceptions import TemplateError

        try:
            return does()
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise BadSetting(
                f"Document type {self.kind.name}, block {b.id}: the program text does not render ({type(error).__name__}).",
                block=b.id, type=self.kind.name,
            ) from error  # fmt: skip

    def _captioned(self, digest: str) -> tuple[CodedText, tuple[Place, ...]]:
        """A figure's caption, and where it stands. Raises ``KeyError``."""
        caption, cited = self.book.coded(self.captions[digest])
        figure = self.book.drawings.get(digest) or self.study.figure(digest)
        return caption, (*cited, *((figure.place,) if figure is not None else ()))

    def _rows(self, b: BlockType, printed: str, first: int) -> list[PlannedRow]:
        found: list[PlannedRow] = []
        for piece in _pieces(printed):
            address = Address(f"block:{b.id}/{first + len(found)}")
            if alone := _ALONE.fullmatch(piece):
                kind = BlockKind.TABLE if alone[1] == "table" else BlockKind.FIGURE
                if alone[1] == "table":
                    caption, cited = self.tables[alone[2]].caption, self._cited[alone[2]]
                else:
                    caption, cited = self._captioned(alone[2])
                found.append(PlannedRow(address, BlockKind.CAPTION, caption, passages=cited))
                address = Address(f"block:{b.id}/{first + len(found)}")
                code = Placeholder(1, alone[1], alone[2], f"[{alone[1]}]")
                found.append(PlannedRow(address, kind, (code,), passages=cited))
                continue
            kind, level = BlockKind.PARAGRAPH, 0
            if item := _ITEM.match(piece):
                kind, level, piece = BlockKind.LIST_ITEM, len(item[1]) - 1, piece[item.end() :]
            elif piece.startswith("## "):
                kind, piece, level = BlockKind.HEADING, piece[3:], b.level + 1
            gap = _GAP.fullmatch(piece)
            coded, cited = self.book.coded(piece)
            fixed = not cited and not any(isinstance(p, Placeholder) for p in coded)
            found.append(
                PlannedRow(address, kind, coded, level, cited, fixed and not gap, _plain(gap[1]) if gap else "")
            )
        return found


def _pieces(printed: str) -> list[str]:
    """The rows of a program text: one line each, white space inside made single blanks."""
    found: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", printed):
        lines: list[str] = []
        for line in (x.strip() for x in paragraph.splitlines()):
            if _ITEM.match(line) or line.startswith("## ") or not lines:
                lines.append(line)
            else:
                lines[-1] = f"{lines[-1]} {line}"
        found += [re.sub(r"[ \t]+", " ", x).strip() for x in lines]
    return [x for x in found if x]


def _plain(printed: str) -> str:
    return re.sub("\ue000[^\ue001]*\ue002([^\ue002\ue001]*)\ue001", r"\1", printed)


def listed(words: Sequence[object], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b, and c``: printed values keep their marks."""
    said = [str(w) for w in words]
    if len(said) < 3:
        return f" {last} ".join(said)
    return f"{', '.join(said[:-1])}, {last} {said[-1]}"


@cache
def _compiled() -> Any:
    """Parts compiled once a process: every document of a study shares them. Kept by name and digest of their text."""
    from jinja2.bccache import Bucket, BytecodeCache

    kept: dict[tuple[str, str], Any] = {}

    class Kept(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = kept.get((bucket.key, bucket.checksum))

        def dump_bytecode(self, bucket: Bucket) -> None:
            kept[bucket.key, bucket.checksum] = bucket.code

    return Kept()


def _environment(parts: Mapping[str, str]) -> Any:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    # No autoescape: a program text is plain text, and escaping would change the study's characters. Not the immutable sandbox:
    # macros gather rows in lists of their own with ``do``; what they are given is frozen.
    environment = SandboxedEnvironment(
        undefined=jinja2.StrictUndefined, loader=jinja2.DictLoader(dict(parts)), trim_blocks=True, lstrip_blocks=True,
        extensions=["jinja2.ext.do"], bytecode_cache=_compiled(),
    )  # fmt: skip
    environment.filters["listed"] = listed
    return environment


def make_plan(kind: DocumentType, study: StudyData, proposals: bool = False) -> tuple[Plan, Book]:
    """The plan of a document, and the book with the facts that it made. ``proposals``: a model may propose text for gaps. Raises ``BadSetting``."""
    planner = Planner(kind, study, proposals)
    return planner.plan(), planner.book


__all__ = ["Planner", "Value", "listed", "make_plan"]
