"""What goes to a model in one request, and what comes back. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NewType

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.segment import Segment, SegmentId

SpendKey = NewType("SpendKey", str)
"""Digest of everything that could change a reply, the purpose of the attempt included: paid for once."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block's segments that go to the model together; only those in ``wanted`` are to be answered.

    ``heads``: of a table's cell, texts of the heads of its column and of its row, where it has them.
    """

    segments: tuple[Segment, ...]
    wanted: frozenset[SegmentId]
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Paragraphs that share a request. ``heading_path``, ``before`` and ``after`` are context, not to be translated.

    ``tokens``: estimate of the request's document part (source text with scaffolding), ``output_tokens`` of the reply.
    """

    paragraphs: tuple[Paragraph, ...]
    heading_path: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tokens: int = 0
    output_tokens: int = 0

    @property
    def wanted(self) -> tuple[Segment, ...]:
        """The segments to be answered, in order."""
        return tuple(s for p in self.paragraphs for s in p.segments if s.id in p.wanted)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider reports them. ``cached_tokens`` is a part of ``input_tokens``."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model, complete: equal requests have equal spend keys.

    ``purpose``: first | re-ask | second-look | brief. ``schema``: JSON schema of the reply, as canonical JSON. ``max_output``: tokens.
    """

    provider: str
    model: str
    prompt: str
    prompt_digest: Digest
    system: str
    user: str
    schema: str
    purpose: Literal["first", "re-ask", "second-look", "brief"] = "first"
    attempt: int = 0
    max_output: int = 0
    temperature: float = 0.0

    @property
    def spend_key(self) -> SpendKey:
        """See ``SpendKey``. ``attempt`` counts re-asks of the same chunk, so that each has its own key."""
        return SpendKey(digest_of(self))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider said of its rate limits with one answer; None where it said nothing. ``reset_s``: seconds until full again.

    ``requests_minute`` and ``tokens_minute`` are whole limits, ``left`` what may be sent at once. A limit that holds for a day
    gives no rate a minute.
    """

    requests_minute: float | None = None
    tokens_minute: float | None = None
    requests_left: float | None = None
    tokens_left: float | None = None
    requests_reset_s: float | None = None
    tokens_reset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered. ``finish``: stop | length | filter. ``model``: as the provider reports it.

    ``limits``: of this answer only; a stored reply has none. ``fallback``: why another model than the recipe's first answered,
    as an error's code, or "".
    """

    text: str
    finish: str
    model: str
    usage: Usage = field(default_factory=Usage)
    latency_seconds: float = 0.0
    request_id: str = ""
    limits: Limits | None = field(default=None, compare=False)
    fallback: str = ""
