"""A draft ordered with uploaded files: sources and house template go the way that a command's files go. Imports accounts, safe and store."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import InputMissing
from docpipe.model.batch import Batch
from docpipe.prompts import DRAFTED, text_of
from docpipe.safe.names import display
from docpipe.steps import draft_orders as orders
from docpipe.steps.house import House
from docpipe.steps.submissions import Upload
from docpipe.steps.uploaded import laid_out
from docpipe.writing.doctype import split


def offered_types(house: House) -> list[tuple[str, str]]:
    """The document types that can be drafted: name and title."""
    folder = house.settings.prompts_folder
    found = []
    for name in orders.type_names(house):
        head, _ = split(text_of(DRAFTED + name, home=folder).data, name)
        found.append((name, str(head.get("title") or name)))
    return found


def order_draft(
    house: House, user: User, types: Sequence[str], uploads: Iterable[Upload], *, name: str = "", review: str = "",
    provider: str = "", blinded: bool = False, proposals: bool = False,
) -> Batch:  # fmt: skip
    """Takes a drafting batch in. ``types``: names of document types. Uploads of role ``template`` are the house template.
    ``proposals``: a model proposes marked text for gaps.

    Raises ``RoleMissing``, ``UnknownName`` (no such type), ``InputMissing``, ``SameNameTwice``, and what an upload's arrival raised.
    """
    require(user.roles, Action.SUBMIT)
    order = orders.DraftOrder(tuple(types), (), review or None, provider=provider, blinded=blinded, proposals=proposals)
    orders.make_draft_recipe(house, order)  # a wrong order is told before anything is taken in
    kinds, assets = [], []
    for given in dict.fromkeys(types):
        if "/" in given or given.endswith(".md"):
            raise InputMissing(f"There is no document type {display(given)}.")
        kind, files = orders.take_type(house, given)
        kinds.append(kind)
        assets += files
    with tempfile.TemporaryDirectory(prefix="docpipe-draft-", dir=house.settings.home) as place:
        root = Path(place) / "sources"
        for upload, path in laid_out(uploads, root, ("template",)):
            kept = Path(place) / "template.docx"
            shutil.copy(path, kept)
            assets.append(replace(orders.keep_file(house, orders.TEMPLATE, kept), name=display(upload.name)))
        assets += orders.take_sources(house, [root])
    recipe = orders.make_draft_recipe(house, replace(order, assets=tuple(dict.fromkeys(assets))))
    return orders.take_in_draft(house, recipe, kinds, actor=user.name, name=name.strip()[:200])
