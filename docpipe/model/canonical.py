"""Digests: SHA-256 over canonical JSON, the one way in which docpipe says that two things are the same.

Imports the standard library only.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from enum import Enum
from typing import Any, NewType

Digest = NewType("Digest", str)
"""Lower-case hexadecimal SHA-256."""


_AS_IT_IS = frozenset({str, int, float, bool, type(None)})
_quoted = json.encoder.encode_basestring
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    """Dataclasses, enums, tuples and sets as JSON types; sets become sorted lists."""
    if type(value) in _AS_IT_IS:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(v) for v in value)
    return value


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces, non-ASCII kept: equal values give equal text (after RFC 8785's idea)."""
    return _ENCODER.encode(plain(value))


def digest_bytes(data: bytes) -> Digest:
    """SHA-256 of bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def digest_of(value: Any) -> Digest:
    """SHA-256 of the canonical JSON of a value. Lone surrogates are kept apart from what they resemble."""
    if type(value) is str:
        return _digest(_quoted(value))
    return _digest(canonical_json(value))


def digest_of_row(*values: str | int) -> Digest:
    """As ``digest_of`` of a list of these, without setting up an encoder: documents have tens of thousands of such rows."""
    return _digest(f"[{','.join([_quoted(v) if type(v) is str else str(v) for v in values])}]")


def _digest(text: str) -> Digest:
    return Digest(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
