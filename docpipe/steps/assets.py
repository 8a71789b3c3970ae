"""Memories, termbases and previous versions that come with a batch: checked, stored, named in the recipe. Imports families and store.

An asset that cannot be read stops the submission: the batch would not be what its submitter wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from docpipe.errors import AssetMalformed, InputMissing
from docpipe.memory.csvmemory import read_csv_memory
from docpipe.memory.termbase import read_termbase
from docpipe.memory.tmx import read_tmx
from docpipe.model.canonical import Digest, canonical_json
from docpipe.model.language import normal
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.model.terms import Term, TmEntry
from docpipe.steps.collect import Submitted, collect
from docpipe.steps.house import House
from docpipe.store import memory

MEMORY, TERMBASE, PREVIOUS = "memory", "termbase", "previous"


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    data = path.read_bytes()
    if not data:
        raise AssetMalformed(f"{path.name} has no bytes.", file=path.name)
    return data


def add_memory(house: House, path: Path, source_language: str, target_language: str) -> AssetRef:
    """Takes in a TMX or CSV memory for a language pair. Raises ``AssetMalformed``."""
    return memory_from(house, path.name, _bytes(path), source_language, target_language)


def memory_from(house: House, name: str, data: bytes, source_language: str, target_language: str) -> AssetRef:
    """As ``add_memory``, from bytes."""
    entries: list[TmEntry] = (
        read_csv_memory(data, source_language, target_language)
        if name.lower().endswith(".csv")
        else read_tmx(data, source_language, target_language)
    )
    digest = house.store.blobs.put(data)
    with house.store.write() as session:
        memory.put_entries(session, _memory_name(digest, normal(source_language), normal(target_language)), entries)
    return AssetRef(MEMORY, name, digest, len(entries))


def _memory_name(digest: str, source_language: str, target_language: str) -> str:
    """A file's entries for one language pair: the same file may serve several."""
    return f"{digest}:{source_language}:{target_language}"


def memory_names(recipe: Recipe) -> list[str]:
    """The memories of a recipe as the store knows them, the first ones preferred."""
    return [
        _memory_name(a.sha256, recipe.source_language, recipe.target_language)
        for a in recipe.assets
        if a.kind == MEMORY
    ]


def add_termbase(house: House, path: Path) -> AssetRef:
    """Takes in a termbase CSV. Raises ``AssetMalformed``."""
    return termbase_from(house, path.name, _bytes(path))


def termbase_from(house: House, name: str, data: bytes) -> AssetRef:
    """As ``add_termbase``, from bytes."""
    terms = read_termbase(data)
    return AssetRef(TERMBASE, name, house.store.blobs.put(data), len(terms))


def terms_of(house: House, assets: Iterable[AssetRef]) -> list[Term]:
    """The terms of all termbases of a recipe, in order."""
    return [t for a in assets if a.kind == TERMBASE for t in read_termbase(house.store.blobs.get(a.sha256))]


def _sides(folder: Path) -> tuple[Path, Path]:
    for source, target in (("source", "target"), ("sources", "targets")):
        if (folder / source).is_dir() and (folder / target).is_dir():
            return folder / source, folder / target
    raise AssetMalformed(
        f"{folder.name} holds no previous version: it needs the folders source and target.", folder=folder.name
    )


def add_previous(house: House, folder: Path) -> AssetRef:
    """Takes in a previous version: ``source/`` and ``target/`` of equal relative names (a released package has both)."""
    if not folder.is_dir():
        raise InputMissing(f"There is no folder {folder}.", path=str(folder))
    source, target = _sides(folder)
    return _previous(house, folder.name, _kept(house, collect([source])), _kept(house, collect([target])))


def previous_from(house: House, name: str, files: Iterable[tuple[str, Digest]]) -> AssetRef:
    """As ``add_previous``, from stored files by their relative names; a folder round the two sides does not matter."""
    sides: dict[str, dict[str, Digest]] = {"source": {}, "target": {}}
    for path, digest in files:
        parts = path.split("/")
        at = next((n for n, part in enumerate(parts[:2]) if part in ("source", "target", "sources", "targets")), None)
        if at is not None and len(parts) > at + 1:
            sides[parts[at].removesuffix("s")]["/".join(parts[at + 1 :])] = digest
    return _previous(house, name, sides["source"], sides["target"])


def _kept(house: House, files: Iterable[Submitted]) -> dict[str, Digest]:
    return {f.path: house.store.blobs.put(f.data) for f in files if f.error is None}


def _previous(house: House, name: str, sources: dict[str, Digest], targets: dict[str, Digest]) -> AssetRef:
    pairs: dict[str, dict[str, Digest]] = {}
    for path, digest in sources.items():
        match = targets.get(path)
        if match is None and path.lower().endswith(".pdf"):
            match = targets.get(path[:-4] + ".docx")
        if match is not None:
            pairs[path] = {"source": digest, "target": match}
    if not pairs:
        raise AssetMalformed(f"No file of {name}/source has its twin under target.", folder=name)
    return AssetRef(PREVIOUS, name, house.store.blobs.put(canonical_json(pairs).encode()), len(pairs))


def previous_pairs(house: House, assets: Iterable[AssetRef]) -> dict[str, tuple[Digest, Digest]]:
    """Relative name -> (digest of the old source, digest of the old target); later assets win."""
    found: dict[str, tuple[Digest, Digest]] = {}
    for asset in assets:
        if asset.kind == PREVIOUS:
            for name, pair in json.loads(house.store.blobs.get(asset.sha256)).items():
                found[name] = (Digest(pair["source"]), Digest(pair["target"]))
    return found
