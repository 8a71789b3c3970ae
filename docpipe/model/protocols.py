"""What families need of the store, as protocols: implemented by ``store``, handed in by ``steps``. Imports the core only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from docpipe.errors import DocpipeError
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request, SpendKey
from docpipe.model.document import Address, Extraction, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.model.source import Source, SourceFile, SourceKind
from docpipe.model.terms import TmEntry


class Ledger(Protocol):
    """The spending ledger: reserve, send, receive; each call commits before it returns. Source: records.md, decision 3."""

    def stored(self, key: SpendKey) -> Reply | None:
        """The accepted reply of this key, if it was paid for already."""

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        """Opens an attempt (state ``reserved``) and returns its call id. ``estimate``: tokens. Raises ``BudgetSpent``.

        ``twin``: a second attempt beside one of ours that is slow.
        """

    def sent(self, call: str) -> None:
        """The request is about to leave the process: from now on it may have been paid for."""

    def received(self, call: str, reply: Reply) -> None:
        """Stores reply, usage and cost; the key is paid for."""

    def failed(self, call: str, error: DocpipeError, *, maybe_paid: bool) -> None:
        """The attempt ended without a usable reply: ``failed``, or ``unknown`` when it may have been paid for."""


@dataclass(frozen=True, slots=True)
class Share:
    """A process's part of a limit that several share, of 1. ``hold``: seconds for which the provider asked all to send nothing.

    ``requests_minute`` and ``tokens_minute``: the whole limits as the provider told them lately, 0 where it did not.
    """

    part: float = 1.0
    hold: float = 0.0
    requests_minute: float = 0.0
    tokens_minute: float = 0.0


class RateShares(Protocol):
    """How processes share one provider's limits: by leases that end with the process."""

    def renew(self, scope: str, demand: float, requests_minute: float, tokens_minute: float, hold: float) -> Share:
        """This process's part from now on. ``demand``: the part of the whole that it could use now; limits 0: not known yet."""

    def release(self, scope: str) -> None:
        """This process needs nothing of it any more."""


class MemoryLookup(Protocol):
    """Exact look-up by source digest, in one call for many."""

    def exact(self, digests: Sequence[Digest]) -> Mapping[Digest, Sequence[TmEntry]]:
        """Entries whose renumbered source has the digest, newest first."""


Progress: TypeAlias = Callable[[str, int, int], None]
"""``progress(what, done, total)``: called now and then by long work; ``what`` is a stage name, never document text."""


class Format(Protocol):
    """A document format: one file in ``formats/`` offers ``FORMAT``. All methods are deterministic and touch no disk."""

    name: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    output_suffix: str
    """Suffix of what ``write`` makes, or "" to keep the source's."""

    def read(self, data: bytes, policy: ReadPolicy) -> Extraction:
        """Blocks, coverage and notices. Raises leaves of ``InputRefused``."""

    def write(self, data: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> bytes:
        """The document with the targets in place of their blocks' content; blocks without a target stay as they are."""

    def verify(
        self, data: bytes, output: bytes, targets: Mapping[Address, CodedText], options: WriteOptions
    ) -> list[str]:
        """Reads ``output`` back: every difference from the source ``data`` with these targets, places named, no text."""


class SourceReader(Protocol):
    """A kind of source for drafting: one file in ``sources/`` offers ``SOURCE``. Deterministic, touches no disk."""

    name: str
    kind: SourceKind
    """What its files mostly are; each source says for itself what it is."""
    media_types: tuple[str, ...]

    def score(self, data: bytes, name: str) -> int:
        """How surely the file is this reader's, from 0 (it is not) to 100; ``name`` is its relative path.

        Only asked for files of ``media_types``. Looks at bytes, parses nothing: it runs outside the child process.
        """

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """Every source in the file, each with its notices. Meant for a child process. Raises leaves of ``InputRefused``."""


Outcome: TypeAlias = Literal["reserved", "sent", "twin", "received", "failed", "unknown"]
"""States of an ``llm_calls`` row. ``twin``: sent beside another open attempt of the same request."""
