"""What a document is made of for docpipe: blocks with their addresses, and the ledger of every visible character.

Imports the core only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Notice
from docpipe.model.inline import CodedText, plain_text

Address = NewType("Address", str)
"""Part and structural path inside a document, such as ``word/document.xml#/body/p[3]``; stable for the same bytes."""


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    CELL = "cell"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    CAPTION = "caption"
    TEXT_BOX = "text-box"
    COMMENT = "comment"
    FIELD_RESULT = "field-result"
    ALT_TEXT = "alt-text"
    PROPERTY = "property"
    PLACEHOLDER = "placeholder-text"
    LIST_ENTRY = "list-entry"
    CHART_TEXT = "chart-text"
    PDF_REGION = "pdf-region"
    TABLE = "table"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece of a document. ``reason`` says why it is not translatable ("" if it is).

    ``language``: BCP 47 as the file states it, or "" where it states none. ``level``: 1.. for headings, else 0.
    """

    address: Address
    kind: BlockKind
    content: CodedText
    style: str = ""
    level: int = 0
    language: str = ""
    translatable: bool = True
    reason: str = ""

    @property
    def text(self) -> str:
        """The characters without codes."""
        return plain_text(self.content)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger of a document's visible characters. ``characters`` is counted independently of the other three.

    ``translated`` counts characters of blocks that go (extraction) or went (later) through translation;
    ``skipped`` maps a reason to characters. ``balanced`` is check A16.
    """

    characters: int
    translated: int = 0
    do_not_translate: int = 0
    skipped: tuple[tuple[str, int], ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether every character has a fate."""
        return self.characters == self.translated + self.do_not_translate + sum(n for _, n in self.skipped)

    @staticmethod
    def of(characters: int, translated: int, skipped: Iterable[tuple[str, int]], do_not_translate: int = 0) -> Coverage:
        """Sums the skips by reason."""
        total: Counter[str] = Counter()
        for reason, count in skipped:
            if count:
                total[reason] += count
        return Coverage(characters, translated, do_not_translate, tuple(sorted(total.items())))

    def moved(self, *, to_do_not_translate: int = 0, to_skipped: Iterable[tuple[str, int]] = ()) -> Coverage:
        """The ledger after some characters that were to be translated had another fate."""
        skipped = [*self.skipped, *to_skipped]
        gone = to_do_not_translate + sum(n for _, n in skipped) - sum(n for _, n in self.skipped)
        return Coverage.of(
            self.characters, self.translated - gone, skipped, self.do_not_translate + to_do_not_translate
        )

    def as_dict(self) -> dict[str, object]:
        """The fields of `docpipe translate --json`."""
        return {
            "characters": self.characters,
            "translated": self.translated,
            "do_not_translate": self.do_not_translate,
            "skipped": dict(self.skipped),
        }


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """How a document is read: the recipe's policies for what is not plain text.

    ``tracked_changes``: refuse | final (as if accepted) | keep (insertions stay marked, deletions stay as they are).
    ``comments``: skip | translate | drop (taken out of the output). ``hidden_text``: skip | translate. ``macros``: refuse | drop | carry (`pseudo` only).
    ``do_not_translate``: False reads everything as translatable text (`pseudo`).
    ``fields``: field codes whose cached result is translated; every other result is kept.
    ``properties``: keep | title (title and subject) | all (also description, keywords, category).
    ``glossary``: skip | translate (building blocks, which no page shows).
    ``embedded``: translate | keep. Charts' data with their worksheets, and the files a document carries (documents, chunks).
    ``bound_data``: follow | keep. Whether custom XML and custom properties are given what the page shows of them.
    ``shape_text``: translate | skip. WordArt, alternative text of VML shapes, of pictures in shapes
    and of tables, entries of old form fields.
    ``equations``: text | keep. Words in equations (normal text); symbols always stay.
    ``images``: list | ignore. Whether pictures, which may hold text, are named for a person.
    """

    tracked_changes: str = "refuse"
    comments: str = "skip"
    hidden_text: str = "skip"
    macros: str = "refuse"
    properties: str = "title"
    glossary: str = "skip"
    embedded: str = "translate"
    bound_data: str = "follow"
    shape_text: str = "translate"
    equations: str = "text"
    images: str = "list"
    do_not_translate: bool = True
    fields: tuple[str, ...] = (
        "HYPERLINK", "REF", "STYLEREF", "TOC", "QUOTE", "TITLE", "SUBJECT", "DOCPROPERTY", "INDEX", "TOA", "FILLIN",
        "MACROBUTTON", "FORMTEXT", "FORMDROPDOWN", "IF", "INCLUDETEXT", "ASK", "AUTOTEXT", "GLOSSARY", "MERGEFIELD",
    )  # fmt: skip
    numbering: str = "localise"


POLICY_CHOICES: dict[str, tuple[str, ...]] = {
    "tracked_changes": ("refuse", "final", "keep"), "comments": ("skip", "translate", "drop"),
    "hidden_text": ("skip", "translate"), "properties": ("title", "all", "keep"), "glossary": ("skip", "translate"),
    "embedded": ("translate", "keep"), "bound_data": ("follow", "keep"), "shape_text": ("translate", "skip"),
    "equations": ("text", "keep"), "images": ("list", "ignore"), "macros": ("refuse", "drop"),
    "numbering": ("localise", "keep"),
}  # fmt: skip
"""What a recipe may say of each policy of reading; ``fields`` is a list of field codes."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Extraction:
    """All that a reader says of a document. ``pages``: as the file states or as counted, else an estimate."""

    blocks: tuple[Block, ...]
    coverage: Coverage
    pages: int
    pages_estimated: bool = False
    notices: tuple[Notice, ...] = ()
    title: str = ""

    @property
    def digest(self) -> Digest:
        """Digest over blocks and coverage: equal for equal readings."""
        return digest_of((self.blocks, self.coverage))


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a document is written. ``face``: words put visibly on the document (DRAFT, NOT REVIEWED; REHEARSAL), or "".

    ``fonts``: one's own table of fonts by script (TOML), or "".
    """

    source_language: str = ""
    target_language: str = ""
    face: str = ""
    policy: ReadPolicy = field(default_factory=ReadPolicy)
    fonts: str = ""


_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORDS = re.compile(rf"[{_CJK}]|[^\W_](?:(?![{_CJK}])\S)*")
_ASCII_WORDS = re.compile(r"[^\W_]\S*")


def count_words(text: str) -> int:
    """Words as the trade counts them: runs between white space that hold a letter or digit; each CJK character is one."""
    return len((_ASCII_WORDS if text.isascii() else _WORDS).findall(text))
