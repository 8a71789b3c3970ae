"""Names of bookmarks and content controls: the same for the same row, table or fact in every draft. Imports the core only.

Word allows 40 letters, digits and underscores; names that begin with an underscore are hidden from its lists. Source: ECMA-376 part 1, 17.13.6.
"""

from __future__ import annotations

import hashlib
import re

from docpipe.model.document import Address
from docpipe.model.inline import Placeholder

FURNITURE = "_dpf_"
"""Paragraphs that are no rows: the words on the face, table notes, sources."""
NOTE = f"{FURNITURE}note_"
"""Notes and sources below tables, numbered from 1 through the document."""
LABEL = "_dpl_"
"""Caption labels with their number, and heading numbers that no list prints."""
SECTION = "_dps_"
"""Headings that references point to."""
ROW = "_dp_"
NAMESPACE = "urn:docpipe:draft:1"
"""Of the XML part that travels inside the document."""
FRONT = "docpipe front"
"""Tag of block controls whose content is generated: contents, lists, abbreviations."""
TAG_LENGTH = 64
_PLAIN = re.compile(r"block:([a-z0-9]+(?:\.[a-z0-9]+)*)/(\d+)", re.ASCII)
_READ = re.compile(r"_dp_b_([a-z0-9]+(?:_[a-z0-9]+)*)_r(\d+)", re.ASCII)
_KEY = re.compile(r"(?=.{1,18}$)[a-z0-9]+(?:\.[a-z0-9]+)*")
"""Small letters only: Word takes names that differ in case for the same."""


def row_name(address: Address) -> str:
    """The bookmark of a row; ``address_of`` reads it again where the address is a plain one, else the part inside the document does."""
    plain = _PLAIN.fullmatch(address)
    if plain:
        name = f"{ROW}b_{plain[1].replace('.', '_')}_r{plain[2]}"
        if len(name) <= 40:
            return name
    return f"{ROW}h_{_hash(address, 24)}"


def address_of(name: str) -> Address | None:
    """The plain address that a bookmark's name says."""
    found = _READ.fullmatch(name)
    return Address(f"block:{found[1].replace('_', '.')}/{found[2]}") if found else None


def label_name(kind: str, key: str) -> str:
    """The bookmark of a caption's label: ``kind`` is table or figure."""
    return f"{LABEL}{kind}_{_short(key)}"


def section_name(block: str) -> str:
    """The bookmark of a section's heading."""
    return SECTION + _short(block)


def number_name(block: str) -> str:
    """The bookmark of a heading number that stands in the text."""
    return f"{LABEL}number_{_short(block)}"


def contents_name(number: int) -> str:
    """The bookmark that an entry of the contents links to, as Word names them."""
    return f"_Toc{100_000_000 + number}"


def tag_of(code: Placeholder) -> str:
    """What a content control carries through every edit: number, kind and what the code stands for, or its digest where that is long."""
    said = f"dp|{code.id}|{code.kind}|{code.data}"
    fits = len(said) <= TAG_LENGTH and said.replace("\u00a0", " ").isprintable()
    return said if fits else f"dp|{code.id}|{code.kind}|#{_hash(code.data, 16)}"


def parse_tag(tag: str) -> tuple[int, str, str] | None:
    """Number, kind and data (or ``#`` and its digest) of a tag; None for controls of others."""
    parts = tag.split("|", 3)
    if len(parts) != 4 or parts[0] != "dp" or not parts[1].isdigit():
        return None
    return int(parts[1]), parts[2], parts[3]


def same_data(tagged: str, data: str) -> bool:
    """Whether a tag's data is this data."""
    return tagged in (data, f"#{_hash(data, 16)}")


def _short(key: str) -> str:
    plain = _KEY.fullmatch(key) is not None
    return key.replace(".", "_") if plain else _hash(key, 20)


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
