"""Pictures of a trial's narrative: those that can be shown in their place, and what is told of the others. Imports the core only.

A picture is in the file itself, or in a file of its own among the sources, which the narrative names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote

from docpipe.model.finding import Severity
from docpipe.model.source import Figure, SourceNotice
from docpipe.model.trial import Picture, Trial


def placed_pictures(trial: Trial, figures: Sequence[Figure]) -> dict[str, str]:
    """Place of a picture's passage -> digest of its bytes, as far as they are among the sources."""
    known = {f.digest for f in figures}
    found: dict[str, str] = {}
    for picture in trial.pictures:
        digest = picture.digest if picture.digest in known else _by_name(picture, figures)
        if digest:
            found[picture.locator] = digest
    return found


def missing_pictures(trial: Trial, figures: Sequence[Figure]) -> list[SourceNotice]:
    """A notice for each picture of the narrative that no source holds."""
    placed = placed_pictures(trial, figures)
    return [
        SourceNotice(
            "usdm.picture", Severity.MAJOR, f"The narrative shows the picture {PurePosixPath(p.source).name[:80]}, which is not among the sources: it is left out.",
            trial.file.path, p.locator,
        )
        for p in trial.pictures if p.locator not in placed
    ]  # fmt: skip


def _by_name(picture: Picture, figures: Sequence[Figure]) -> str:
    """The one figure whose file is called as the narrative names it."""
    name = PurePosixPath(unquote(picture.source.partition("#")[0].partition("?")[0]).replace("\\", "/")).name.casefold()
    fits = [f.digest for f in figures if name and PurePosixPath(f.file.path).name.casefold() == name]
    return fits[0] if len(set(fits)) == 1 else ""
