"""Uploaded files laid out as a folder, so that orders of the page go the way that a command's files go. Imports errors, safe and its room."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from docpipe.errors import SameNameTwice
from docpipe.safe.names import display, safe_relative
from docpipe.steps.submissions import Upload


def laid_out(uploads: Iterable[Upload], folder: Path, apart: Collection[str] = ()) -> list[tuple[Upload, Path]]:
    """Copies uploads into a folder under their own names; those of a role in ``apart`` are given back with where they lie.

    Uploads that never arrived are passed over. Raises ``SameNameTwice``, and what an upload's arrival raised.
    """
    kept: list[tuple[Upload, Path]] = []
    folder.mkdir()
    for upload in uploads:
        if upload.error is not None:
            raise upload.error
        if upload.path is None:
            continue
        if upload.role in apart:
            kept.append((upload, upload.path))
            continue
        target = folder / safe_relative(upload.name)
        if target.exists():
            raise SameNameTwice(f"{display(upload.name)} was given twice.", path=display(upload.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(upload.path, target)
    return kept
