"""Parts of an Office package and their relations, as the readers of bilingual files need them. Imports docpipe.safe only.

Source: ECMA-376 part 2 (relationships).
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.safe import xml
from docpipe.safe.package import Package

__all__ = ["local", "main_part", "related", "relations"]


def local(element: Any, spaces: tuple[str, ...]) -> str:
    """The element's name in one of the vocabularies, "" for another one's and for comments."""
    tag = element.tag
    return _name(tag, spaces) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _name(tag: str, spaces: tuple[str, ...]) -> str:
    return next((tag[len(space) :] for space in spaces if tag.startswith(space)), "")


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Of a part ("" for the package): relation id -> last word of its type, and the part it leads to. None leads outside."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if listing not in package:
        return found
    for relation in xml.parse(package.read(listing)):
        target = str(relation.get("Target", ""))
        if relation.get("TargetMode") == "External" or not target:
            continue
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if path in package:
            found[str(relation.get("Id", ""))] = (str(relation.get("Type", "")).rpartition("/")[2], path)
    return found


def related(package: Package, part: str, kind: str) -> list[str]:
    """The parts of this kind that a part leads to, in its order."""
    return [path for word, path in relations(package, part).values() if word == kind]


def main_part(package: Package) -> str:
    """The part that holds the document. Raises ``AssetMalformed`` if the package names none."""
    found = related(package, "", "officeDocument")
    if not found:
        raise AssetMalformed("The file names no main document: save it anew in the program that made it.")
    return found[0]
