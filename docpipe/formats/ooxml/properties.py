"""Document properties: those that are translated, and those that a field of the page shows and that follow it.

Imports the core and the parts of this package. Sources: ECMA-376 Part 2, 11; ISO/IEC 29500-1, 22.2, 22.3, 17.16.5.16 (DOCPROPERTY).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.formats.ooxml.binding import bound_values
from docpipe.formats.ooxml.names import SHORT, Element, shown_text, w_attr
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.records import Reading, ValueRecord
from docpipe.model.document import Address, BlockKind, ReadPolicy

_NAMED = re.compile(r'\s*DOCPROPERTY\s+(?:"([^"]+)"|([^\s\\"]+))', re.IGNORECASE)
_TITLES = ("title", "subject")
_OTHERS = ("description", "keywords", "category")
_CORE_NAMES = {"comments": "description", "keywords": "keywords", "category": "category"}
_EXTENDED_NAMES = {"company": "Company", "manager": "Manager"}


def local(el: Element) -> str:
    """An element's name without its namespace; "" for comments."""
    return el.tag.rsplit("}", 1)[-1] if isinstance(el.tag, str) else ""


def read_properties(reading: Reading, policy: ReadPolicy) -> None:
    """Title and subject (``all``: also description, keywords, category); one that a control shows follows the control."""
    parts = reading.parts
    bound = {value[0] for _, _, value in bound_values(reading)}
    wanted = {"keep": (), "title": _TITLES, "all": _TITLES + _OTHERS}.get(policy.properties, _TITLES)
    for name in parts.related("", "core-properties"):
        root = parts.tree(name)
        for el in root if root is not None else ():
            key = local(el)
            if not el.text:
                continue
            if key == "title" and SHORT[el.tag] == "dc:title":
                reading.title = el.text.strip()
            if key not in (_TITLES if policy.properties != "all" else wanted):
                continue
            reading.characters += len(el.text)
            reason = "bound-to-control" if el in bound else "white-space" if el.text.isspace() else ""
            reason = reason or ("property" if key not in wanted else "")
            if reason:
                reading.skips.append((reason, len(el.text)))
                continue
            reading.records.append(_property(name, key, el))
            reading.translated += len(el.text)


def _property(part: str, key: str, el: Element) -> ValueRecord:
    def put(text: str) -> None:
        el.text = text

    return ValueRecord(part, Address(f"{part}#/{key}"), BlockKind.PROPERTY, el.text or "", put)


def shown_properties(reading: Reading) -> list[tuple[int, str, Element]]:
    """(number of the field, part, element that holds the value) where a DOCPROPERTY field shows exactly the value."""
    if reading.policy.bound_data == "keep":
        return []
    values = _values(reading.parts, reading.policy)
    found = []
    for number, (name, text) in enumerate(_fields(reading.parts)):
        place = values.get(name)
        if place is not None and text and place[1].text == text:
            found.append((number, *place))
    return found


def follow_fields(reading: Reading, before: list[tuple[int, str, Element]]) -> set[str]:
    """Gives each such property what its first field shows now; returns the parts that changed."""
    now = [text for _, text in _fields(reading.parts)]
    changed: set[str] = set()
    done: set[Element] = set()
    for number, part, el in before:
        if el not in done and number < len(now) and now[number] and el.text != now[number]:
            el.text = now[number]
            changed.add(part)
        done.add(el)
    return changed


def judge_properties(source: Reading, found: Reading) -> list[str]:
    """Of the fields that show one property at least one shows its value still."""
    groups: dict[Element, list[int]] = {}
    places: dict[Element, str] = {}
    for number, part, el in shown_properties(source):
        groups.setdefault(el, []).append(number)
        places[el] = part
    after = {number for number, _, _ in shown_properties(found)}
    empty = {number for number, (_, text) in enumerate(_fields(found.parts)) if not text}
    return [
        f"{places[el]}: a property is not what its field shows"
        for el, numbers in groups.items()
        if not any(n in after or n in empty for n in numbers)
    ]


def _values(parts: Parts, policy: ReadPolicy) -> dict[str, tuple[str, Element]]:
    """Property names in lower case to part and value element; those that are blocks of their own are left out."""
    found: dict[str, tuple[str, Element]] = {}
    for name in parts.related("", "custom-properties"):
        root = parts.tree(name)
        for el in root if root is not None else ():
            value = next((v for v in el if local(v) in ("lpwstr", "lpstr", "bstr")), None)
            if local(el) == "property" and value is not None:
                found[el.get("name", "").lower()] = name, value
    if policy.properties == "keep":
        return found
    for kind, names in (("core-properties", _CORE_NAMES), ("extended-properties", _EXTENDED_NAMES)):
        if kind == "core-properties" and policy.properties == "all":
            continue
        for name in parts.related("", kind):
            root = parts.tree(name)
            by_local = {local(el): el for el in root if len(el) == 0} if root is not None else {}
            for shown, key in names.items():
                if key in by_local:
                    found.setdefault(shown, (name, by_local[key]))
    return found


def _fields(parts: Parts) -> Iterator[tuple[str, str]]:
    """Name in lower case and shown text of every DOCPROPERTY field of the stories, in order."""
    for story in parts.stories:
        if not story.survey.each("w:fldChar", "w:fldSimple"):
            continue
        stack: list[tuple[list[str], list[str], list[bool]]] = []
        done: list[tuple[str, str]] = []
        for el in story.root.iter("{*}fldChar", "{*}instrText", "{*}t", "{*}fldSimple"):
            name = SHORT[el.tag]
            if name == "w:fldSimple" and (found := _NAMED.match(w_attr(el, "instr") or "")):
                done.append(((found[1] or found[2]).lower(), "".join(map(_shown, el.iter("{*}t")))))
            elif name == "w:instrText" and stack and not stack[-1][2]:
                stack[-1][0].append(el.text or "")
            elif name == "w:t":
                for _, result, in_result in stack:
                    if in_result:
                        result.append(shown_text(el))
            elif name == "w:fldChar":
                kind = w_attr(el, "fldCharType")
                if kind == "begin":
                    stack.append(([], [], []))
                elif kind == "separate" and stack:
                    stack[-1][2].append(True)
                elif kind == "end" and stack:
                    code, result, _ = stack.pop()
                    if found := _NAMED.match("".join(code)):
                        done.append(((found[1] or found[2]).lower(), "".join(result)))
        yield from done


def _shown(t: Element) -> str:
    return shown_text(t) if SHORT[t.tag] == "w:t" else ""
