"""What runs inside the child process: reading, writing and comparing documents of others. Imports registry and the core.

Everything that goes in or out is bytes and plain JSON; nothing slow is imported before it is needed.
"""

from __future__ import annotations

import json
from typing import Any

from docpipe.model.codec import dump_extraction, load_coded
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.registry import format_for


def read(media_type: str, data: bytes, policy: dict[str, Any]) -> bytes:
    """The extraction as JSON."""
    policy["fields"] = tuple(policy["fields"])
    extraction = format_for(media_type).read(data, ReadPolicy(**policy))
    return json.dumps(dump_extraction(extraction), ensure_ascii=False).encode("utf-8", "surrogatepass")


def write(media_type: str, data: bytes, targets: bytes, options: dict[str, Any]) -> bytes:
    """The written document."""
    return format_for(media_type).write(data, _targets(targets), _options(options))


def verify(media_type: str, data: bytes, output: bytes, targets: bytes, options: dict[str, Any]) -> list[str]:
    """What differs between the output and what it should be."""
    return format_for(media_type).verify(data, output, _targets(targets), _options(options))


def _targets(targets: bytes) -> dict[Address, CodedText]:
    return {Address(a): load_coded(c) for a, c in json.loads(targets.decode("utf-8", "surrogatepass")).items()}


def _options(options: dict[str, Any]) -> WriteOptions:
    policy = dict(options["policy"])
    policy["fields"] = tuple(policy["fields"])
    return WriteOptions(**{**options, "policy": ReadPolicy(**policy)})
