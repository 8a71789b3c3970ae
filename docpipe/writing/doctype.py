"""Document types to draft: a file with front matter and blocks, and the parts that it shares with others. Imports errors and the core.

A type is ``draft/NAME.vN.md``. Front matter: id, version, why, title, language, parts, style, glossary, constants, header,
checks_off (checks that do not fit any block of the type). A part may bring
glossary and constants, which every type that names it then has. Blocks follow,
each begun by ``=== block ID``, with a YAML head and, after a line ``---``, its program text (a Jinja2 template over the study).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from docpipe.errors import BadSetting
from docpipe.model.canonical import Digest, digest_bytes, digest_of

_BLOCK = re.compile(r"^=== block (\S+)[ \t]*$", re.MULTILINE)
_HEAD = frozenset(
    {"number", "heading", "level", "instruction", "inputs", "when", "otherwise", "gap", "style", "checks_off", "disclosure", "container", "code", "propose"}
)  # fmt: skip
_FRONT = frozenset(
    {"id", "version", "why", "title", "language", "parts", "style", "glossary", "constants", "header", "name", "checks_off"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BlockType:
    """A block of a type. ``text``: the program text's template, "" where there is none.

    ``when``: an expression over the study; where it does not hold, ``otherwise`` is the reason why the block is not applicable, or,
    where that is empty, ``gap`` says what is missing. ``container``: a heading without text of its own. ``number``: the section number
    that is printed, by default the id. ``disclosure``: the block holds what an anonymised copy must not. ``code``: of the section in a terminology.
    ``propose``: an expression that prints, a line each, what a model may rest on to propose a text where there is a gap.
    """

    id: str
    heading: str
    level: int
    text: str = ""
    number: str = ""
    instruction: str = ""
    inputs: tuple[str, ...] = ()
    when: str = ""
    otherwise: str = ""
    gap: str = ""
    style: str = ""
    checks_off: tuple[str, ...] = ()
    disclosure: bool = False
    container: bool = False
    code: str = ""
    propose: str = ""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type as read. ``digest``: over the file and its parts. ``parts``: name -> Jinja2 macros that blocks may call as ``name.macro(…)``.

    ``file``: output file's stem. ``glossary``: abbreviation -> expansion. ``constants``: words with digits that need no fact.
    """

    name: str
    digest: Digest
    title: str
    language: str
    file: str
    blocks: tuple[BlockType, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    style: str = ""
    glossary: tuple[tuple[str, str], ...] = ()
    constants: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()


def parse_type(data: bytes, label: str, part: Callable[[str], bytes]) -> DocumentType:
    """The type of a file. ``label``: ``draft/csr.v1``; ``part``: the bytes of a part by its label. Raises ``BadSetting``."""
    front, body = split(data, label)
    unknown = sorted(set(front) - _FRONT)
    if unknown:
        raise BadSetting(f"Document type {label} has an unknown key: {unknown[0]}.", key=unknown[0])
    pieces = _BLOCK.split(body)
    if len(pieces) < 3:
        raise BadSetting(f"Document type {label} has no block.", type=label)
    off = tuple(map(str, front.get("checks_off") or ()))
    read = (_block(pieces[i], pieces[i + 1], label) for i in range(1, len(pieces), 2))
    blocks = tuple(replace(b, checks_off=(*off, *b.checks_off)) for b in read)
    ids = [b.id for b in blocks]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise BadSetting(f"Document type {label} has block {twice[0]} twice.", type=label)
    parts: dict[str, str] = {}
    digests = [digest_bytes(data)]
    glossary = dict(_pairs(front.get("glossary"), label, "glossary"))
    constants = dict.fromkeys(map(str, front.get("constants") or ()))
    for name in map(str, front.get("parts") or ()):
        given = part(name)
        digests.append(digest_bytes(given))
        own, text = split(given, name)
        glossary = {**dict(_pairs(own.get("glossary"), name, "glossary")), **glossary}
        constants |= dict.fromkeys(map(str, own.get("constants") or ()))
        parts[str(own.get("name") or name.rsplit("/", 1)[-1].partition(".v")[0])] = text
    return DocumentType(
        name=label,
        digest=digest_of(digests),
        title=str(front.get("title") or label),
        language=str(front.get("language") or "en"),
        file=str(front.get("name") or label.rsplit("/", 1)[-1].partition(".v")[0]),
        blocks=blocks,
        parts=parts,
        style=str(front.get("style") or ""),
        glossary=tuple(glossary.items()),
        constants=tuple(constants),
        header=_pairs(front.get("header"), label, "header"),
    )


def split(data: bytes, label: str) -> tuple[dict[str, Any], str]:
    """Front matter and the rest of a file. Raises ``BadSetting``."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
        head = yaml.safe_load(front)
    except (UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        raise BadSetting(f"{label} lacks its front matter.", file=label) from error
    if not isinstance(head, dict):
        raise BadSetting(f"{label} lacks its front matter.", file=label)
    return head, body


def _pairs(given: Any, label: str, key: str) -> tuple[tuple[str, str], ...]:
    if given is None:
        return ()
    if not isinstance(given, dict):
        raise BadSetting(f"Document type {label}: {key} is a table of names and words.", key=key)
    return tuple((str(k), str(v)) for k, v in given.items())


def _block(name: str, text: str, label: str) -> BlockType:
    head_text, _, template = text.partition("\n---\n")
    try:
        head = yaml.safe_load(head_text) or {}
    except yaml.YAMLError as error:
        raise BadSetting(f"Document type {label}, block {name}: the head is not valid YAML.", block=name) from error
    unknown = sorted(set(head) - _HEAD) if isinstance(head, dict) else ["its head"]
    if unknown:
        raise BadSetting(f"Document type {label}, block {name}: unknown key {unknown[0]}.", block=name)
    if not head.get("heading") and not template.strip():
        raise BadSetting(f"Document type {label}, block {name} has neither heading nor text.", block=name)
    return BlockType(
        id=name,
        heading=str(head.get("heading") or ""),
        level=int(head.get("level") or 1),
        text=template.strip("\n"),
        number=str(head["number"]) if head.get("number") is not None else "" if head.get("level") == 0 else name,
        instruction=str(head.get("instruction") or "").strip(),
        inputs=tuple(map(str, head.get("inputs") or ())),
        when=str(head["when"]) if "when" in head else "",
        otherwise=str(head.get("otherwise") or "").strip(),
        gap=str(head.get("gap") or "").strip(),
        style=str(head.get("style") or ""),
        checks_off=tuple(map(str, head.get("checks_off") or ())),
        disclosure=bool(head.get("disclosure")),
        container=bool(head.get("container")),
        code=str(head.get("code") or ""),
        propose=str(head.get("propose") or ""),
    )
