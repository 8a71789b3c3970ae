"""Finds plug-ins by walking their folder: a new file is found without a list to edit. Imports model and errors only.

``tests/test_registry.py`` pins what is found, so that nothing disappears in silence.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from docpipe.errors import InputUnsupported, SourceUnsupported
from docpipe.model.check import Check
from docpipe.model.protocols import Format, SourceReader


def _modules(package: str) -> list[Any]:
    """The public modules directly in a package (folders are parts of plug-ins, not plug-ins), by name."""
    home = importlib.import_module(package)
    return [
        importlib.import_module(f"{package}.{info.name}")
        for info in sorted(pkgutil.iter_modules(home.__path__), key=lambda i: i.name)
        if not info.name.startswith("_")
    ]


@cache
def checks() -> tuple[Check, ...]:
    """One instance of every check, ordered by family and number."""
    found: dict[str, Check] = {}
    for module in _modules("docpipe.checks"):
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, Check) and cls.id and cls.__module__ == module.__name__:
                found[cls.id] = cls()
    return tuple(sorted(found.values(), key=lambda c: (c.id[0], int(c.id[1:].split(".")[0]), c.id)))


@cache
def draft_checks() -> tuple[Any, ...]:
    """One instance of every check of drafts (``docpipe/writing/checks``), ordered by family and number."""
    found: dict[str, Any] = {}
    for module in _modules("docpipe.writing.checks"):
        for _, cls in inspect.getmembers(module, inspect.isclass):
            name = getattr(cls, "id", "")
            if isinstance(name, str) and name and hasattr(cls, "run") and cls.__module__ == module.__name__:
                found[name] = cls()
    return tuple(sorted(found.values(), key=lambda c: _place(c.id)))


def _place(check: str) -> tuple[str, int]:
    family, number = re.match(r"([A-Z]+)(\d+)", check).groups()  # type: ignore[union-attr]
    return family, int(number)


@cache
def formats() -> tuple[Format, ...]:
    """Every document format: the ``FORMAT`` of each module in ``docpipe/formats``."""
    return tuple(m.FORMAT for m in _modules("docpipe.formats") if hasattr(m, "FORMAT"))


@cache
def sources() -> tuple[SourceReader, ...]:
    """Every reader of sources for drafting: the ``SOURCE`` of each module in ``docpipe/sources``."""
    return tuple(m.SOURCE for m in _modules("docpipe.sources") if hasattr(m, "SOURCE"))


@cache
def providers() -> Mapping[str, Any]:
    """Every model provider's ``Plugin`` (``docpipe/llm/provider.py``) by name: the ``PROVIDER`` of each module in ``docpipe/llm``."""
    return {m.PROVIDER.name: m.PROVIDER for m in _modules("docpipe.llm") if hasattr(m, "PROVIDER")}


def format_for(media_type: str) -> Format:
    """The format that reads a media type. Raises ``InputUnsupported``."""
    for candidate in formats():
        if media_type in candidate.media_types:
            return candidate
    raise InputUnsupported(f"No reader for {media_type} files.", media_type=media_type)


def source_for(media_type: str, data: bytes, name: str) -> SourceReader:
    """The reader that is surest of a file; of equals the first by name. Raises ``SourceUnsupported``."""
    scores = [(r.score(data, name), r) for r in sources() if media_type in r.media_types]
    best = max((score for score, _ in scores), default=0)
    if best <= 0:
        raise SourceUnsupported(f"No reader for {media_type} files of this kind as sources.", media_type=media_type)
    return next(reader for score, reader in scores if score == best)


def source_target(reader: SourceReader) -> str:
    """How ``docpipe.safe.child.call`` names a reader's ``read``: ``"docpipe.sources.xpt:SOURCE.read"``."""
    return f"{type(reader).__module__}:SOURCE.read"
