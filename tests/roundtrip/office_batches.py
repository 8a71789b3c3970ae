"""Many documents through one LibreOffice: which of them it converts. A document at which it stops is tried again by itself.

Imports docpipe.safe and the standard library only.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from docpipe.errors import OfficeFailed
from docpipe.safe import office

TOGETHER = 25
SECONDS = 90.0
"""For one document; a batch gets a few for each, and what is left over is tried by itself."""

Made = tuple[str, Callable[[], bytes]]
"""A document's suffix, and how to get its bytes."""


def converted(program: str, documents: Sequence[Made]) -> set[int]:
    """The places in ``documents`` of which a PDF comes."""
    done: set[int] = set()
    waiting = list(range(len(documents)))
    while waiting:
        batch, waiting = waiting[:TOGETHER], waiting[TOGETHER:]
        done.update(_together(program, [(at, *documents[at]) for at in batch]))
        left = [at for at in batch if at not in done]
        if left:
            suffix, data = documents[left[0]]
            if converts(program, data(), suffix):
                done.add(left[0])
            waiting = left[1:] + waiting
    return done


def converts(program: str, data: bytes, suffix: str) -> bool:
    """Whether a PDF comes of one document in time."""
    try:
        return office.to_pdf(program, data, suffix, seconds=SECONDS).startswith(b"%PDF")
    except OfficeFailed:
        return False


def _together(program: str, batch: Sequence[tuple[int, str, Callable[[], bytes]]]) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="docpipe-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sources = []
        for at, suffix, data in batch:
            sources.append(folder / f"{at}{suffix}")
            sources[-1].write_bytes(data())
        office._write_profile(folder / "profile")
        command = [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--nodefault", "--nologo", "--nofirststartwizard", "--convert-to", "pdf:writer_pdf_Export",
            "--outdir", str(folder / "out"), *map(str, sources),
        ]  # fmt: skip
        with contextlib.suppress(OfficeFailed):  # whatever came before counts
            office._run(command, folder, SECONDS + 4 * len(batch), office._MEMORY)
        for at, _, _ in batch:
            made = folder / "out" / f"{at}.pdf"
            if made.is_file():
                with made.open("rb") as file:
                    head, size = file.read(4), file.seek(0, 2)
                    file.seek(max(0, size - 64))
                    if head == b"%PDF" and b"%%EOF" in file.read():
                        yield at
