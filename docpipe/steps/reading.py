"""Reading, writing and comparing documents of others, each in a child process with limits. Imports safe, settings and the core."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from docpipe.model.codec import dump_coded, load_extraction
from docpipe.model.document import Address, Extraction, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.safe.child import call
from docpipe.settings import Settings

_PER_100_PAGES = 5
_BYTES_A_PAGE = 3000


def limits(settings: Settings, data: bytes) -> dict[str, int]:
    """What a child may use for a document of this size: seconds, and bytes of memory."""
    seconds = settings.child_seconds + _PER_100_PAGES * (len(data) // (_BYTES_A_PAGE * 100))
    return {"seconds": seconds, "memory": settings.child_memory_mb << 20}


def plain_policy(policy: ReadPolicy) -> dict[str, Any]:
    return dataclasses.asdict(policy) | {"fields": list(policy.fields)}


def _plain_options(options: WriteOptions) -> dict[str, Any]:
    return {
        "source_language": options.source_language, "target_language": options.target_language,
        "face": options.face, "policy": plain_policy(options.policy),
    }  # fmt: skip


def _plain_targets(targets: dict[Address, CodedText]) -> bytes:
    value = {a: dump_coded(c) for a, c in targets.items()}
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read(settings: Settings, media_type: str, data: bytes, policy: ReadPolicy) -> bytes:
    """The extraction of a document as stored JSON, read in a child process. Raises leaves of ``InputRefused``."""
    found = call("docpipe.steps.reading_child:read", (media_type, data, plain_policy(policy)), **limits(settings, data))
    return bytes(found)


def load(stored: bytes) -> Extraction:
    """The extraction that ``read`` gave."""
    return load_extraction(json.loads(stored.decode("utf-8", "surrogatepass")))


def write(
    settings: Settings, media_type: str, data: bytes, targets: dict[Address, CodedText], options: WriteOptions
) -> bytes:
    """The document with its targets, written in a child process."""
    args = (media_type, data, _plain_targets(targets), _plain_options(options))
    return bytes(call("docpipe.steps.reading_child:write", args, **limits(settings, data)))


def verify(
    settings: Settings,
    media_type: str,
    data: bytes,
    output: bytes,
    targets: dict[Address, CodedText],
    options: WriteOptions,
) -> list[str]:
    """Differences between output and approved targets, found in a child process; empty when all is as approved."""
    args = (media_type, data, output, _plain_targets(targets), _plain_options(options))
    return [str(d) for d in call("docpipe.steps.reading_child:verify", args, **limits(settings, data))]
