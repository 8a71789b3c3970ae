"""Finds the parts of a Word package by their relationships. Imports errors and docpipe.safe only. Source: ECMA-376 part 2 (OPC)."""

from __future__ import annotations

import posixpath
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.safe import xml
from docpipe.safe.package import Package


def local(element: Any) -> str:
    """The element's name without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An attribute by its local name, "" where there is none."""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def related(package: Package, part: str, kind: str) -> list[str]:
    """Parts that ``part`` ("" for the package) names with a relationship whose type ends in ``kind``."""
    return [path for said, path in relations(package, part).values() if said == kind]


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relationships of ``part`` to parts that are there: id -> the end of its type, and the part."""
    folder, name = posixpath.split(part)
    listing = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if listing is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for rel in xml.parse(package.read(listing)):
        if attribute(rel, "TargetMode") == "External":
            continue
        target = attribute(rel, "Target")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if (known := package.find(path)) is not None:
            found[attribute(rel, "Id")] = (attribute(rel, "Type").rpartition("/")[2], known)
    return found


def main_part(package: Package) -> str:
    """The part that holds the document. Raises ``AssetMalformed`` if the package names none."""
    found = related(package, "", "officeDocument")
    if not found:
        raise AssetMalformed("The file names no main document: save it anew in the program that made it.")
    return found[0]
