"""What a draft's document carries inside for the day it comes back: every row and table as written, by bookmark. Imports the core and docpipe.safe only.

It is a custom XML part, which Word keeps through every edit. Source: ECMA-376 part 1, 15.2.4.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.document import Address
from docpipe.model.inline import CodedText
from docpipe.safe import xml
from docpipe.writing.word.names import NAMESPACE

PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="no"?><ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"'
    b' ds:itemID="{6E6F7420-616E-4F66-8669-63652D696400}"><ds:schemaRefs><ds:schemaRef ds:uri="urn:docpipe:draft:1"/></ds:schemaRefs></ds:datastoreItem>'
)
"""Names the part for Word, which makes a new name otherwise."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A row as written. ``shown``: what its values print where that is not what the codes say; ``cells``: of a table, its heads first,
    then its rows; ``notes``: what stands below it; ``firsts``: abbreviations written out here, as the text has them and as they are printed."""

    name: str
    address: Address
    kind: str
    text: CodedText
    shown: tuple[tuple[int, str], ...] = ()
    cells: tuple[tuple[CodedText, ...], ...] = ()
    firsts: tuple[tuple[str, str], ...] = ()
    notes: tuple[CodedText, ...] = ()


@dataclass(frozen=True, slots=True)
class Memo:
    """The whole part. ``targets``: bookmark of a table, figure or section -> what references to it say."""

    type: str
    study: str
    rows: tuple[Carried, ...]
    targets: tuple[tuple[str, str], ...] = ()


def dumped(memo: Memo) -> bytes:
    """The part's bytes: one JSON text a row, in ASCII, so that any character survives."""
    lines = [f'<d:draft xmlns:d="{NAMESPACE}">', _element("about", [memo.type, memo.study])]
    lines += [_element("target", list(pair)) for pair in memo.targets]
    for row in memo.rows:
        cells = [[dump_coded(c) for c in line] for line in row.cells]
        said = [row.name, row.address, row.kind, dump_coded(row.text), [list(p) for p in row.shown], cells]
        lines.append(_element("row", [*said, [list(p) for p in row.firsts], [dump_coded(n) for n in row.notes]]))
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + "".join([*lines, "</d:draft>"])).encode("ascii")


def _element(name: str, value: Sequence[Any]) -> str:
    said = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return f"<d:{name}>{said.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</d:{name}>"


def loaded(parts: Iterable[bytes]) -> Memo | None:
    """What the first of the parts that is ours says; None where there is none. Raises ``AssetMalformed`` where somebody changed it."""
    for data in parts:
        root = xml.parse(data)
        if root.tag != f"{{{NAMESPACE}}}draft":
            continue
        found: dict[str, list[Any]] = {"about": [], "target": [], "row": []}
        try:
            for element in root:
                found.setdefault(str(element.tag).rpartition("}")[2], []).append(json.loads(element.text or ""))
            rows = tuple(
                Carried(
                    str(name), Address(str(address)), str(kind), load_coded(text), tuple((int(n), str(s)) for n, s in shown),
                    tuple(tuple(load_coded(c) for c in line) for line in cells), tuple((str(a), str(b)) for a, b in firsts),
                    tuple(load_coded(n) for n in notes),
                )
                for name, address, kind, text, shown, cells, firsts, notes in found["row"]
            )  # fmt: skip
            about = found["about"][0]
            return Memo(str(about[0]), str(about[1]), rows, tuple((str(a), str(b)) for a, b in found["target"]))
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise AssetMalformed("The part of the document that says what docpipe wrote was changed.") from error
    return None
