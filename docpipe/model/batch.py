"""Batches, documents, checkpoints, decisions, signatures and their states. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from docpipe.model.canonical import Digest
from docpipe.model.document import Coverage
from docpipe.model.recipe import Recipe


class State(StrEnum):
    """Of a batch and of a document; ``refused`` is for documents alone."""

    ADMITTED = "admitted"
    RUNNING = "running"
    WAITING = "waiting"
    RELEASING = "releasing"
    RELEASED = "released"
    DRAFT = "draft"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself or by a decision."""
        return self in (State.RELEASED, State.DRAFT, State.CANCELLED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Batch:
    """A submission. ``id``: short, sortable by time. ``out``: folder for results, absolute, or "" for the store's own."""

    id: str
    recipe: Recipe
    state: State
    created: datetime
    submitter: str
    name: str = ""
    out: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a batch. ``path``: relative name as given, POSIX separators, shown and re-created, never opened by us.

    ``extraction``: digest of the blob with the stored extraction, or "". ``output``: digest of the assembled file, or "".
    ``error_*``: code and sentence of a refusal or failure. ``stage``: last finished step.
    """

    id: str
    batch: str
    path: str
    media_type: str
    sha256: Digest
    size: int
    state: State
    format: str = ""
    pages: int = 0
    stage: str = ""
    extraction: str = ""
    output: str = ""
    output_path: str = ""
    error_code: str = ""
    error_message: str = ""
    coverage: Coverage | None = None


class CheckpointState(StrEnum):
    OPEN = "open"
    SENT_BACK = "sent-back"
    SIGNED = "signed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a document waits for people. ``digest``: over what is under review (sources, targets, findings' keys, recipe)."""

    id: str
    batch: str
    document: str
    stage: str
    role: str
    digest: Digest
    state: CheckpointState
    opened: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's signature under a checkpoint (21 CFR 11.50): printed name, meaning, UTC time, digest of what was signed."""

    checkpoint: str
    user: str
    printed_name: str
    meaning: str
    at: datetime
    digest: Digest
    void: bool = False
