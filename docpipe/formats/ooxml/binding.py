"""Keeps a bound custom XML part equal to what its content control shows; Word would else put the old value back on opening.

Imports names and records. Only plain absolute paths are followed (``/ns0:root[1]/ns0:item[1]``, last step maybe ``@name``).
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.names import SHORT, Element, attributes, child, shown_text, w_attr
from docpipe.formats.ooxml.records import Control, Reading

_CORE_PROPERTIES = "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"
_EXTENDED_PROPERTIES = "{6668398D-A668-4E3E-A5EB-62B293D839F1}"
_STEP = re.compile(r"(?:([\w.-]+):)?([\w.-]+)(?:\[(\d{1,4})\])?$")
_MAPPING = re.compile(r"""xmlns:([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

Value = tuple[Element, str]
"""The node that holds the bound value, and the attribute's name, or "" for its text."""


def shown(control: Control) -> str:
    """The text that a content control shows, paragraphs joined by nothing."""
    content = child(control.sdt, "w:sdtContent")
    if content is None:
        return ""
    return "".join(shown_text(t) for t in content.iter("{*}t") if SHORT[t.tag] == "w:t")


def bound_values(reading: Reading) -> list[tuple[Control, str, Value]]:
    """(control, part, value node) of the bound controls that show exactly the bound value now.

    By policy custom XML parts are left out; properties of the document, which people read, never are.
    """
    stores: dict[str, str] = {}
    follow = reading.policy.bound_data != "keep"
    for name in reading.parts.related(reading.parts.main, "customXml") if follow else ():
        for properties in reading.parts.related(name, "customXmlProps"):
            root = reading.parts.tree(properties)
            for key, identity in attributes(root) if root is not None else ():
                if key.endswith("}itemID"):
                    stores[identity.upper()] = name
    for store, kind in ((_CORE_PROPERTIES, "core-properties"), (_EXTENDED_PROPERTIES, "extended-properties")):
        for name in reading.parts.related("", kind):
            stores[store] = name
    found = []
    for control in reading.controls:
        part = stores.get((w_attr(control.binding, "storeItemID") or "").upper(), "")
        root = reading.parts.tree(part) if part else None
        value = _follow(root, control) if root is not None else None
        if _is_entry(control, value):
            continue
        if value is not None and _value(value) == shown(control) != "":
            found.append((control, part, value))
    return found


def follow_bindings(reading: Reading, values: list[tuple[Control, str, Value]]) -> set[str]:
    """Writes what each control shows now into its bound node; returns the parts that changed."""
    changed = set()
    for control, part, value in values:
        text = shown(control)
        if _value(value) != text:
            node, attribute = value
            if attribute:
                node.set(attribute, text)
            else:
                node.text = text
            changed.add(part)
    return changed


def _is_entry(control: Control, value: Value | None) -> bool:
    """Whether the value is one of a list control's own: then it is data, and Word shows the entry's display text for it."""
    if value is None:
        return False
    return any(
        SHORT[el.tag] == "w:listItem" and w_attr(el, "value") == _value(value) for el in control.sdt.iter("{*}listItem")
    )


def _value(value: Value) -> str:
    node, attribute = value
    return node.get(attribute, "") if attribute else node.text or ""


def _follow(root: Element, control: Control) -> Value | None:
    path = w_attr(control.binding, "xpath") or ""
    mappings = {m[1]: m[2] or m[3] or "" for m in _MAPPING.finditer(w_attr(control.binding, "prefixMappings") or "")}
    steps = path.split("/")
    if len(steps) < 2 or steps[0] or len(steps) > 50:
        return None
    node: Element | None = None
    for step in steps[1:]:
        attribute = step.startswith("@")
        found = _STEP.match(step.lstrip("@"))
        if found is None or (found[1] is not None and found[1] not in mappings):
            return None
        name = f"{{{mappings[found[1]]}}}{found[2]}" if found[1] else found[2]
        if attribute:
            return (node, name) if node is not None and node.get(name) is not None else None
        wanted = int(found[3] or 1)
        same = [root] if node is None else list(node)
        same = [e for e in same if e.tag == name]
        if not 1 <= wanted <= len(same):
            return None
        node = same[wanted - 1]
    return (node, "") if node is not None and len(node) == 0 else None
