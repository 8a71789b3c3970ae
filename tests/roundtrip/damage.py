"""Damages packages in the ways that transports, hands and other programs do: each damage is a function of package and chance.

Imports the standard library only.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

Parts = list[tuple[str, bytes]]


def unpacked(data: bytes) -> Parts:
    """Names and bytes of a package's files, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(i.filename, package.read(i)) for i in package.infolist() if not i.is_dir()]


def packed(parts: Parts) -> bytes:
    """A package of these files; one name may stand twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.filelist = []
        for name, content in parts:
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _flip_bits(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _hole(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 2000) :]


def _rename(data: bytes, chance: random.Random) -> bytes:
    parts = unpacked(data)
    at = chance.randrange(len(parts))
    name = parts[at][0]
    wild = ["../" + name, name.upper(), "x/" + name, name + "x", "\\" + name, "/" + name, "", "C:" + name, name[:-1]]
    parts[at] = (chance.choice(wild), parts[at][1])
    return packed(parts)


def _double(data: bytes, chance: random.Random) -> bytes:
    parts = unpacked(data)
    name, content = chance.choice(parts)
    other = chance.choice(parts)[1]
    parts.insert(chance.randrange(len(parts) + 1), (chance.choice([name, name.upper()]), other or content))
    return packed(parts)


def _drop(data: bytes, chance: random.Random) -> bytes:
    parts = unpacked(data)
    for _ in range(chance.randint(1, 2)):
        if len(parts) > 1:
            parts.pop(chance.randrange(len(parts)))
    return packed(parts)


def _swap(data: bytes, chance: random.Random) -> bytes:
    parts = unpacked(data)
    a, b = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[a], parts[b] = (parts[a][0], parts[b][1]), (parts[b][0], parts[a][1])
    return packed(parts)


def _in_xml(change: Callable[[str, random.Random], str], names: str = ".") -> Callable[[bytes, random.Random], bytes]:
    def damage(data: bytes, chance: random.Random) -> bytes:
        parts = unpacked(data)
        places = [i for i, (n, c) in enumerate(parts) if n.endswith((".xml", ".rels")) and c and re.search(names, n)]
        at = chance.choice(places)
        text = parts[at][1].decode("utf-8", "replace")
        parts[at] = (parts[at][0], change(text, chance).encode("utf-8", "replace"))
        return packed(parts)

    return damage


_ELEMENT = re.compile(r"<[\w:]+(?:\s[^<>]*)?/>|<([\w:]+)(?:\s[^<>]*)?>[^<>]*</\1>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_WILD = (
    "", "0", "-1", "99999999999999999999", "begin", "end", "separate", "\u0661", "rId999", "#", "..", "true", "a:b", "\ud7ff",
)  # fmt: skip


def _drop_elements(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        found = list(_ELEMENT.finditer(text))
        if found:
            m = chance.choice(found)
            text = text[: m.start()] + text[m.end() :]
    return text


def _double_elements(text: str, chance: random.Random) -> str:
    found = list(_ELEMENT.finditer(text))
    if not found:
        return text
    m = chance.choice(found)
    places = [f.start() for f in found]
    at = chance.choice(places)
    return text[:at] + m.group(0) * chance.randint(1, 3) + text[at:]


def _wild_attributes(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        found = list(_ATTRIBUTE.finditer(text))
        if found:
            m = chance.choice(found)
            text = text[: m.start(2)] + chance.choice(_WILD) + text[m.end(2) :]
    return text


def _rename_tags(text: str, chance: random.Random) -> str:
    names = sorted(set(re.findall(r"<([\w]+:[\w]+)[\s/>]", text)))
    if len(names) < 2:
        return text
    a, b = chance.sample(names, 2)
    return re.sub(rf"(</?){re.escape(a)}(?=[\s/>])", rf"\g<1>{b}", text)


def _wild_text(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(["<", "&", "]]>", "\x00", "<!DOCTYPE a>", "&x;", "\ufffe", "<w:p>"]) + text[at:]


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bits": _flip_bits,
    "cut": _cut,
    "hole": _hole,
    "rename": _rename,
    "double": _double,
    "drop": _drop,
    "swap": _swap,
    "relationships": _in_xml(_drop_elements, r"\.rels$"),
    "types": _in_xml(_wild_attributes, r"Content_Types|\.rels$"),
    "elements": _in_xml(_drop_elements),
    "double elements": _in_xml(_double_elements, "word/"),
    "attributes": _in_xml(_wild_attributes),
    "tags": _in_xml(_rename_tags, "word/"),
    "text": _in_xml(_wild_text),
}
