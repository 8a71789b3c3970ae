"""The state of an installation, for `docpipe doctor`. Imports settings, prompts and store."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.errors import DocpipeError
from docpipe.llm.profiles import table_date
from docpipe.prompts import load
from docpipe.safe.office import find_office
from docpipe.steps.house import House
from docpipe.steps.providers import traits
from docpipe.steps.recipes import PROMPT
from docpipe.store import batches

LEAST_FREE = 2 << 30


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at: what was found, and how to mend it where it is not fine."""

    name: str
    fine: bool
    says: str
    mend: str = ""


def examine(house: House) -> list[Look]:
    """Looks at everything; nothing here costs money or changes anything."""
    return list(_looks(house))


def _looks(house: House) -> Iterator[Look]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Look("python", sys.version_info >= (3, 11), version, "use Python 3.11 or newer")
    home = house.settings.home
    mode = stat.S_IMODE(home.stat().st_mode)
    yield Look("home folder", not mode & 0o077, f"{home}, mode {mode:o}", f"chmod 700 {home}")
    free = shutil.disk_usage(home).free
    yield Look("disk", free > LEAST_FREE, f"{free >> 20} MB free", "free at least 2 GB")
    with house.store.read() as session:
        count = len(batches.listing(session))
    yield Look("database", True, f"{house.store.dialect}, {count} batches")
    try:
        prompt = load(PROMPT, home=house.settings.prompts_folder)
        yield Look("prompts", True, f"{prompt.id} version {prompt.version}, as locked")
    except DocpipeError as error:
        yield Look("prompts", False, error.message, error.fix)
    provider = house.settings.chosen_provider
    model = house.settings.model or "no model named"
    fine = provider == "rehearsal" or bool(house.settings.model)
    yield Look(
        "provider", fine, f"{provider}, {'no network' if provider == 'rehearsal' else model}", "set DOCPIPE_MODEL"
    )
    if provider != "rehearsal" and house.settings.model:
        yield _model(house)
    yield _office(house)


def _model(house: House) -> Look:
    """What is known of the model: prices for limits on spending, traits for the requests."""
    settings = house.settings
    table = settings.models.get(settings.model)
    name = (table.model if table else "") or settings.model
    try:
        found = traits(settings, name, (table.base_url if table else "") or settings.base_url)
    except DocpipeError as error:
        return Look("model", False, error.message, error.fix)
    mend = f"describe it under [models.{settings.model}] in docpipe.toml (docpipe help model)"
    if not found.known:
        return Look("model", True, f"{name} is in no table of models: safe traits, no price, no spending limit; {mend}")
    said = [f"at most {found.max_output} tokens of output" if found.max_output else "output limit not known"]
    said += [f"{found.context} of context"] if found.context else []
    said += (
        [f"prices {', '.join(f'{p:g}' for p in found.prices)} a million as of {table_date()}"] if found.prices else []
    )
    return Look("model", bool(found.prices), f"{name}: {'; '.join(said)}", f"add its prices: {mend}")


def _office(house: House) -> Look:
    chosen = house.settings.office
    if chosen == "off":
        return Look("LibreOffice", True, "switched off (DOCPIPE_OFFICE=off): previews are docpipe's own drawing")
    program = find_office(chosen)
    there = bool(program) and shutil.which(program) is not None
    mend = "install libreoffice-writer to see documents as they will look (optional), or set DOCPIPE_OFFICE to its path or off"
    return Look("LibreOffice", there, program if there else f"not found: {program or 'soffice'}", mend)
