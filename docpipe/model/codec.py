"""Core values as JSON and back, for blobs and rows. Imports the core only.

The forms are compact and stable: a change of form needs a new ``FORM`` number, and old ones stay readable.
"""

from __future__ import annotations

from typing import Any

from docpipe.model.canonical import Digest, plain
from docpipe.model.document import Address, Block, BlockKind, Coverage, Extraction, ReadPolicy
from docpipe.model.finding import Notice, Severity
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text
from docpipe.model.recipe import AssetRef, ModelRef, Recipe
from docpipe.model.routing import Gate

FORM = 1
_KINDS = {kind.value: kind for kind in BlockKind}


def dump_coded(coded: CodedText) -> list[Any]:
    """A string for text; ``["o"|"c"|"p", id, …]`` for codes. Flags are a string of letters i, d, c, f (fixed place)."""
    out: list[Any] = []
    for part in coded:
        match part:
            case Text():
                out.append(part.text)
            case Open():
                out.append(["o", part.id, part.kind, part.data, _flags(part)])
            case Close():
                out.append(["c", part.id, "i" if part.isolated else ""])
            case Placeholder():
                out.append(["p", part.id, part.kind, part.data, part.equiv, _flags(part)])
    return out


def _flags(code: Open | Placeholder) -> str:
    return (
        ("i" if isinstance(code, Open) and code.isolated else "")
        + ("d" if code.deletable else "")
        + ("c" if code.cloneable else "")
        + ("" if code.reorderable else "f")
    )


def load_coded(value: list[Any]) -> CodedText:
    """The coded text that ``dump_coded`` wrote."""
    out: list[Inline] = []
    for item in value:
        if isinstance(item, str):
            out.append(Text(item))
        elif item[0] == "o":
            _, number, kind, data, flags = item
            out.append(Open(number, kind, data, "i" in flags, "d" in flags, "c" in flags, "f" not in flags))
        elif item[0] == "c":
            out.append(Close(item[1], "i" in item[2]))
        else:
            _, number, kind, data, equiv, flags = item
            out.append(Placeholder(number, kind, data, equiv, "d" in flags, "c" in flags, "f" not in flags))
    return tuple(out)


def dump_extraction(extraction: Extraction) -> dict[str, Any]:
    """JSON types, losslessly."""
    return {
        "form": FORM,
        "blocks": [
            [b.address, b.kind.value, dump_coded(b.content), b.style, b.level, b.language, b.translatable, b.reason]
            for b in extraction.blocks
        ],
        "coverage": plain(extraction.coverage),
        "pages": extraction.pages,
        "pages_estimated": extraction.pages_estimated,
        "notices": [plain(n) for n in extraction.notices],
        "title": extraction.title,
    }


def load_extraction(value: dict[str, Any]) -> Extraction:
    """The extraction that ``dump_extraction`` wrote."""
    blocks = tuple(
        Block(Address(a), _KINDS[k], load_coded(c), style, level, language, translatable, reason)
        for a, k, c, style, level, language, translatable, reason in value["blocks"]
    )
    notices = tuple(Notice(**{**n, "severity": Severity(n["severity"])}) for n in value["notices"])
    return Extraction(
        blocks, load_coverage(value["coverage"]), value["pages"], value["pages_estimated"], notices, value["title"]
    )


def load_coverage(value: dict[str, Any]) -> Coverage:
    """The coverage that ``plain`` wrote."""
    skipped = tuple((str(r), int(n)) for r, n in value["skipped"])
    return Coverage(value["characters"], value["translated"], value["do_not_translate"], skipped)


def load_recipe(value: dict[str, Any]) -> Recipe:
    """The recipe that ``plain`` wrote."""
    fields = dict(value)
    fields["assets"] = tuple(AssetRef(**{**a, "sha256": Digest(a["sha256"])}) for a in value["assets"])
    policy = dict(value["policy"])
    policy["fields"] = tuple(policy["fields"])
    fields["policy"] = ReadPolicy(**policy)
    gate = dict(value.get("gate", {}))
    fields["gate"] = Gate(**{**gate, "skip": tuple(gate["skip"])}) if gate else Gate()
    links = value.get("fallback", ())
    fields["fallback"] = tuple(ModelRef(**{**link, "prices": tuple(link["prices"])}) for link in links)
    for name in ("checks_off", "sign_roles", "prices"):
        fields[name] = tuple(value[name])
    fields["deliver"] = tuple(value.get("deliver", ("clean",)))
    return Recipe(**fields)
