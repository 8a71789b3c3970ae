"""The package's manifest: what went in, what came out, made with what, reviewed by whom. Imports the core only.

Digests are SHA-256 (FIPS 180-4), paths are relative to the package with POSIX separators, times are UTC in ISO 8601.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from docpipe.model.batch import Batch, Document, Signature
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.document import POLICY_CHOICES, ReadPolicy
from docpipe.model.recipe import Recipe

FORM = 1
"""Number of the manifest's form; it rises with each change of meaning."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of the package. ``role``: document, source, tracked, two-column, pdf, bilingual, memory, report, record. ``document``: id, or "" for the batch."""

    path: str
    sha256: Digest
    size: int
    role: str
    document: str = ""

    @staticmethod
    def of(path: str, data: bytes, role: str, document: str = "") -> PackageFile:
        """The entry of a file with these bytes."""
        return PackageFile(path, digest_bytes(data), len(data), role, document)


@dataclass(frozen=True, slots=True)
class Versions:
    """What the texts were made with. ``prompt_version`` as in the prompt's front matter; ``models_reported`` by the provider."""

    software: str
    prompt: str = ""
    prompt_version: str = ""
    prompt_digest: str = ""
    models_reported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManifestData:
    """All that the manifest says. ``counts``: document id to counts by name (segments by status and origin, findings).

    ``face``: words such as DRAFT, NOT REVIEWED or REHEARSAL, or "". ``made``: when the package was put together.
    """

    batch: Batch
    documents: Sequence[Document]
    files: Sequence[PackageFile]
    versions: Versions
    made: datetime
    signatures: Sequence[Signature] = ()
    checkpoint_documents: Mapping[str, str] = field(default_factory=dict)
    """Checkpoint id to document id."""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    face: str = ""
    audit_head: str = ""
    """Hash of the batch's last audit event when the package was made."""


def manifest(data: ManifestData) -> dict[str, Any]:
    """The manifest as JSON types in a fixed order: documents and files by path, signatures by time."""
    recipe = data.batch.recipe
    return {
        "form": FORM,
        **({"face": data.face} if data.face else {}),
        "batch": {
            "id": data.batch.id,
            "name": data.batch.name,
            "state": data.batch.state.value,
            "submitted": utc(data.batch.created),
            "submitter": data.batch.submitter,
            "made": utc(data.made),
            "audit_head": data.audit_head,
        },
        "languages": {"source": recipe.source_language, "target": recipe.target_language},
        "review": recipe.review,
        "software": data.versions.software,
        "prompt": {
            "id": data.versions.prompt,
            "version": data.versions.prompt_version,
            "sha256": data.versions.prompt_digest,
        },
        "model": {
            "provider": recipe.provider,
            "configured": recipe.model,
            "reported": sorted(set(data.versions.models_reported)),
        },
        "assets": [
            {"kind": a.kind, "name": a.name, "sha256": a.sha256, "rows": a.rows}
            for a in sorted(recipe.assets, key=lambda a: (a.kind, a.name, a.sha256))
        ],
        "recipe": {"sha256": recipe.digest, "policy": _policy(recipe), "checks_off": list(recipe.checks_off)},
        "documents": [_document(d, data) for d in sorted(data.documents, key=lambda d: d.path)],
        "files": [
            {"path": f.path, "sha256": f.sha256, "size": f.size, "role": f.role, "document": f.document}
            for f in sorted(data.files, key=lambda f: f.path)
        ],
        "signatures": [
            signature_entry(s, data.checkpoint_documents.get(s.checkpoint, ""))
            for s in sorted(data.signatures, key=lambda s: (s.at, s.checkpoint, s.user))
        ],
    }


def manifest_bytes(data: ManifestData) -> bytes:
    """The manifest as indented JSON in UTF-8 with a last line end; equal data gives equal bytes."""
    return json_bytes(manifest(data))


def json_bytes(value: Any) -> bytes:
    """Indented JSON in UTF-8 with a last line end. Lone surrogates, which UTF-8 cannot hold, stand as JSON escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m.group()):04x}", text).encode("utf-8")


def utc(at: datetime) -> str:
    """ISO 8601 in UTC with ``Z``; a time without a zone is taken as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def signature_entry(signature: Signature, document: str = "") -> dict[str, Any]:
    """A signature with all that 21 CFR 11.50 asks to be shown: printed name, time, meaning; and what was signed."""
    return {
        "printed_name": signature.printed_name,
        "user": signature.user,
        "meaning": signature.meaning,
        "at": utc(signature.at),
        "sha256": signature.digest,
        "checkpoint": signature.checkpoint,
        "document": document,
        "void": signature.void,
    }


def _policy(recipe: Recipe) -> dict[str, Any]:
    policy: ReadPolicy = recipe.policy
    return {name: getattr(policy, name) for name in POLICY_CHOICES} | {"fields": sorted(policy.fields)}


def _document(document: Document, data: ManifestData) -> dict[str, Any]:
    output = {"path": document.output_path or document.path, "sha256": document.output} if document.output else None
    error = {"code": document.error_code, "message": document.error_message} if document.error_code else None
    return {
        "id": document.id,
        "source": {
            "path": document.path,
            "sha256": document.sha256,
            "size": document.size,
            "media_type": document.media_type,
        },
        "output": output,
        "state": document.state.value,
        "error": error,
        "pages": document.pages,
        "counts": dict(sorted(data.counts.get(document.id, {}).items())),
        "coverage": document.coverage.as_dict() if document.coverage else None,
    }
