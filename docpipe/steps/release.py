"""Release: the package in its folder, written beside it first and moved into place; and the copies for reviewers. Imports store.

A package of drafts holds traces, generation records and facts in place of the bilingual files. A package holds ``target/`` (the documents, under ``DRAFT/`` when nobody reviewed them), ``source/``, ``bilingual/``,
what was ordered beside them in ``tracked/``, ``two-column/`` and ``pdf/``, ``memory.tmx`` and ``.csv``, report, record, ``manifest.json`` and ``SHA256SUMS``: it serves as ``--previous`` of the next version.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from docpipe.errors import DiskFull, StorageError, UsageError
from docpipe.exports.manifest import PackageFile
from docpipe.model.batch import Batch, Document, State
from docpipe.steps import assemble, draft_build, draft_package, package
from docpipe.steps.change_report import report_files
from docpipe.steps.change_tracked import tracked_preview
from docpipe.steps.faces import DRAFT
from docpipe.steps.house import MACHINE, House, record
from docpipe.steps.open_checkpoint import settle
from docpipe.steps.work import held, reached
from docpipe.store import audit, batches, deliverables, documents

Files = Iterable[tuple[str, bytes, str, str]]
"""Relative name, bytes, role in the manifest, document id; made one after the other, so that a large package is never in memory."""


def out_folder(house: House, batch: Batch) -> Path:
    """Where the batch's results go."""
    return Path(batch.out) if batch.out else house.settings.home / "packages" / batch.id


FOLDERS = (
    "target",
    "DRAFT",
    "source",
    "bilingual",
    *(f"{d}{f}" for f in package.FOLDERS.values() for d in ("", "DRAFT-")),
)
"""Top-level folders of a package."""


def _write(root: Path, name: str, data: bytes) -> None:
    """Writes a file durably under a folder of ours. Raises ``DiskFull``, ``StorageError``."""
    try:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        if error.errno in (28, 122):
            raise DiskFull("No space is left where the results go.", folder=str(root)) from error
        raise StorageError("The results cannot be written to their folder.", folder=str(root)) from error


def _move_in(made: Path, root: Path) -> None:
    """Puts each top-level entry in place of its older twin; the manifest comes last, so that it never speaks of what is not there."""
    for entry in sorted(made.iterdir(), key=lambda p: (p.name in ("manifest.json", "SHA256SUMS"), p.name)):
        place = root / entry.name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        elif place.exists():
            place.unlink()
        entry.rename(place)
    made.rmdir()


def refuse_foreign(root: Path, inputs: Iterable[Path] = ()) -> None:
    """Refuses a folder for results where releasing would replace what is not ours (entries with our names without a
    manifest of ours), a released package, or the very files that are handed in. Raises ``UsageError``."""
    places = [root / name for name in (*FOLDERS, "manifest.json")]
    for given in inputs:
        if any(p == q or p in q.parents for p in places for q in (given.absolute(), given.resolve())):
            raise UsageError(f"{given} lies where the results would go: give another --out.", path=str(given))
    there = [p.name for p in places if p.exists()]
    if not there:
        return
    holder = _manifest(root / "manifest.json")
    if "docpipe" not in str(holder.get("software", "")):
        raise UsageError(f"{root} holds {there[0]}, which is not docpipe's: give another --out.", path=str(root))
    if holder.get("batch", {}).get("state") == State.RELEASED.value:
        raise UsageError(f"{root} holds the released package of another batch: give another --out.", path=str(root))


def _manifest(path: Path) -> dict[str, Any]:
    """The manifest that lies there; empty where none can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_review_copies(house: House, batch_id: str) -> int:
    """``_review/``: a preview of each waiting document, marked on its face, with its XLIFF or what changed; returns the number of files."""
    with held(house, f"release:{batch_id}"):
        return _write_review_copies(house, batch_id)


def _write_review_copies(house: House, batch_id: str) -> int:
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        waiting = [d for d in documents.of_batch(session, batch_id) if d.state is State.WAITING]
    root = out_folder(house, batch)
    made = root / f".review-{batch.id}"
    shutil.rmtree(made, ignore_errors=True)
    count = 0
    for name, data in _review_files(house, batch, waiting):
        _write(made / "_review", name, data)
        count += 1
    if count:
        _move_in(made, root)
    return count


def _review_files(house: House, batch: Batch, waiting: list[Document]) -> Iterator[tuple[str, bytes]]:
    yield from report_files(house, batch, DRAFT).items()
    for document in waiting:
        yield f"preview/{assemble.output_path(document)}", assemble.build(house, batch, document, preview=True)
        if batch.recipe.drafts:
            trace = draft_build.trace_bytes(draft_build.trace_of(house, document))
            yield f"preview/{draft_build.trace_name(document.path)}", trace
            if (changed := tracked_preview(house, batch, document)) is not None:
                yield f"tracked/{document.path}", changed
        else:
            yield f"xliff/{document.path}.xlf", package.bilingual(house, batch, document)


def _documents(house: House, batch: Batch, found: list[Document]) -> Files:
    folder = "DRAFT" if batch.recipe.review == "none" else "target"
    if batch.recipe.drafts:
        for name, (data, role, document) in draft_package.draft_files(house, batch, found, folder).items():
            yield name, data, role, document
        for d in found:
            yield from _copies(house, batch, d)
        return
    for d in found:
        if not d.output or not reached(d, "verified"):
            continue
        yield f"{folder}/{d.output_path or d.path}", house.store.blobs.get(d.output), "document", d.id
        yield f"source/{d.path}", house.store.blobs.get(d.sha256), "source", d.id
        yield f"bilingual/{d.path}.xlf", package.bilingual(house, batch, d), "bilingual", d.id
        yield from _copies(house, batch, d)


def _copies(house: House, batch: Batch, document: Document) -> Files:
    with house.store.read() as session:
        copies = deliverables.of_document(session, document.id)
    for copy in (c for c in copies if c.sha256):
        name = package.delivered_name(copy, package.face_of_batch(batch))
        role = copy.kind if copy.kind != "bilingual" else "two-column"
        yield name, house.store.blobs.get(copy.digest), role, document.id


def _all_files(house: House, batch: Batch, found: list[Document]) -> Files:
    yield from _documents(house, batch, found)
    if batch.recipe.review != "none" and not batch.recipe.drafts:
        for name, data in package.memories(house, batch).items():
            yield name, data, "memory", ""
    for name, data in package.pages(house, batch).items():
        yield name, data, "record" if name.startswith("record") else "report", ""


def release(house: House, batch_id: str) -> int:
    """Makes the package once every document is verified or refused; returns its number of files. Repeating it changes nothing."""
    with held(house, f"release:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = documents.of_batch(session, batch_id)
        if batch.state.ended or settle(house, batch_id) is not State.RELEASING:
            return 0
        draft = batch.recipe.review == "none"
        with house.store.write() as session:
            found = documents.of_batch(session, batch_id)
            if any(d.state is State.WAITING for d in found):  # a signature became void since the look above
                return 0
            for d in found:
                if reached(d, "verified") and d.state is State.RELEASING:
                    documents.update(session, d.id, state=State.DRAFT if draft else State.RELEASED, stage="released")
            audit.append(session, batch_id, MACHINE, "batch.packaged", batch_id)
            found = documents.of_batch(session, batch_id)
        state = State.DRAFT if draft else State.RELEASED
        batch = replace(batch, state=state)
        root = out_folder(house, batch)
        made = root / f".package-{batch.id}"
        shutil.rmtree(made, ignore_errors=True)
        files: list[PackageFile] = []
        for name, data, role, document in _all_files(house, batch, found):
            _write(made, name, data)
            files.append(PackageFile.of(name, data, role, document))
        manifest = package.manifest(house, batch, files)
        digest = hashlib.sha256(manifest).hexdigest()
        sums = sorted([*((f.path, str(f.sha256)) for f in files), ("manifest.json", digest)])
        _write(made, "manifest.json", manifest)
        _write(made, "SHA256SUMS", "".join(f"{value}  {name}\n" for name, value in sums).encode())
        _move_in(made, root)
        shutil.rmtree(root / "_review", ignore_errors=True)
        with house.store.write() as session:
            batches.set_state(session, batch_id, state)
            audit.append(session, batch_id, MACHINE, f"batch.{state.value}", batch_id, new=digest)
            audit.seal(session)
        record(f"batch.{state.value}", batch=batch_id, files=len(files) + 1)
        return len(files) + 2
