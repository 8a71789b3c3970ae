"""A submission in the making: files are staged, choices made, then it is confirmed and becomes a batch, or discarded.

Staged bytes lie among the blobs under their digests and names are only shown. Imports steps and store.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from docpipe.accounts.roles import Action, Role, User, require
from docpipe.errors import AssetMalformed, DocpipeError, InputMissing, NotReady, UnknownName, UsageError, walk
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_bytes, plain
from docpipe.model.codec import load_recipe
from docpipe.model.language import normal
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.steps import assets
from docpipe.steps.admit import judged, take_in
from docpipe.steps.collect import Submitted, distinct, expanded, ignored, named
from docpipe.steps.house import MACHINE, House, record
from docpipe.steps.recipes import Order, make_recipe, parse_profile
from docpipe.store import audit, batches, documents, submissions
from docpipe.store.submissions import StagedFile, Submission, SubmissionState

DAYS = 14
"""Days after which a submission that nobody confirmed is discarded by itself."""
DOCUMENT = "document"
ROLES = (DOCUMENT, assets.MEMORY, assets.TERMBASE, assets.PREVIOUS)
CHOICES = ("from", "to", "review", "tracked_changes", "provider", "model", "name", "delivery", "deliver")
"""Keys of ``ordered`` that are words; ``budget`` is a number, ``profile`` a table with its name."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: role, name as the sender has it, the file with its bytes, or the error that ended its arrival."""

    role: str
    name: str
    path: Path | None
    error: DocpipeError | None = None


def may_see(submission: Submission, user: User) -> None:
    """One's own, or any to an operator. Raises ``UnknownName``: whose it is is nobody else's business."""
    if submission.user != user.name and Role.OPERATOR not in user.roles:
        raise UnknownName("There is no such submission.", name=submission.id)


def get(house: House, submission_id: str, user: User) -> Submission:
    """The submission, to whom it concerns. Raises ``UnknownName``."""
    with house.store.read() as session:
        found = submissions.get(session, submission_id)
    may_see(found, user)
    return found


def begin(house: House, user: User, ordered: dict[str, Any], given: Iterable[Upload]) -> Submission:
    """Stages a new submission; the uploads' own files are left where they are.

    Raises ``RoleMissing``, ``UnknownLanguage``, ``BadSetting``, ``UsageError``, ``InputMissing``, ``SameNameTwice``, ``AssetMalformed``.
    """
    require(user.roles, Action.SUBMIT)
    discard_old(house)
    staged, choices = _staged(house, given), checked(house, ordered)
    if not any(f.role == DOCUMENT for f in staged):
        raise InputMissing("There is no file to translate.")
    made = Submission("S" + secrets.token_hex(8), user.name, house.now(), SubmissionState.OPEN, choices, staged)
    recipe_of(house, made)  # assets that do not parse are told now
    with house.store.write() as session:
        submissions.add(session, made)
        audit.append(session, audit.HOUSE, user.name, "submission.opened", made.id, at=made.created)
    record("submission.staged", submission=made.id, files=len(staged))
    return made


def checked(house: House, ordered: dict[str, Any]) -> dict[str, Any]:
    """The choices as they are kept. Raises what ``make_recipe`` raises, and ``UsageError`` for a budget that is no number."""
    choices: dict[str, Any] = {k: str(ordered.get(k) or "").strip() for k in CHOICES}
    if not choices["from"] or not choices["to"]:
        raise UsageError("Choose the language of the files and the language to translate into.")
    choices["from"], choices["to"] = normal(choices["from"]), normal(choices["to"])
    budget = str(ordered.get("budget") or "").strip()
    try:
        choices["budget"] = float(budget) if budget else None
    except ValueError as error:
        raise UsageError("The spending limit is a number.", field="budget") from error
    if choices["budget"] is not None and not 0 <= choices["budget"] < 1e9:
        raise UsageError("The spending limit is a number from 0.", field="budget")
    choices["profile"] = ordered.get("profile")
    make_recipe(house, _order(choices, ()))
    return choices


def _order(choices: dict[str, Any], taken: tuple[AssetRef, ...]) -> Order:
    return Order(
        choices["from"], choices["to"], choices["review"] or None, None, choices["tracked_changes"] or None,
        choices["budget"], taken, (choices["profile"] or {}).get("values"), choices["provider"], choices["model"],
        delivery=choices.get("delivery", ""), deliver=tuple(w for w in choices.get("deliver", "").replace(",", " ").split()),
    )  # fmt: skip


def profile_table(name: str, data: bytes) -> dict[str, Any]:
    """A profile as it is kept with a submission. Raises ``BadSetting``."""
    return {"name": name, "values": plain(parse_profile(name, data))}


def named_profiles(house: House) -> dict[str, Path]:
    """Profiles that an operator put into ``profiles/`` of the home folder, by name."""
    return {p.stem: p for p in sorted((house.settings.home / "profiles").glob("*.toml"))}


def named_profile(house: House, name: str) -> dict[str, Any]:
    """One of ``named_profiles``. Raises ``UnknownName``, ``BadSetting``."""
    path = named_profiles(house).get(name)
    if path is None:
        raise UnknownName("There is no such profile.", name=name[:80])
    return profile_table(path.name, path.read_bytes())


def _staged(house: House, given: Iterable[Upload]) -> tuple[StagedFile, ...]:
    """The files of an upload, archives expanded. Raises ``SameNameTwice``, ``UsageError`` (no such role)."""
    files: list[StagedFile] = []
    for upload in given:
        role = upload.role
        if role not in ROLES:
            raise UsageError("A file was sent under a name that is not known.", field=role[:40])
        if ignored(upload.name):
            continue
        submitted = _arrived(upload)
        inner = expanded(submitted) if role in (DOCUMENT, assets.PREVIOUS) and submitted.error is None else [submitted]
        taken = [f.path for f in files if f.role == role]
        for one in distinct(inner, taken):
            _, _, error = judged(one) if role == DOCUMENT else ("", "", one.error)
            if error is not None and role != DOCUMENT:
                raise error
            digest = house.store.blobs.put(one.data) if one.data else digest_bytes(b"")
            refusal = (error.code, error.message) if error else ("", "")
            files.append(StagedFile(one.path, digest, len(one.data), role, *refusal))
    return tuple(files)


def _arrived(upload: Upload) -> Submitted:
    """The file with its safe name. Bytes that did not arrive whole are nobody's."""
    submitted = named(upload.name, upload.path.read_bytes() if upload.path and not upload.error else b"")
    return replace(submitted, error=upload.error) if upload.error else submitted


def recipe_of(house: House, submission: Submission) -> Recipe:
    """The recipe that the submission will have; its assets are taken into the store. Raises ``AssetMalformed``, ``BadSetting``."""
    if "recipe" in submission.ordered:
        return load_recipe(submission.ordered["recipe"])
    choices, blobs = submission.ordered, house.store.blobs
    taken = [
        assets.memory_from(house, f.path, blobs.get(f.sha256), choices["from"], choices["to"])
        for f in submission.of(assets.MEMORY)
    ]
    taken += [assets.termbase_from(house, f.path, blobs.get(f.sha256)) for f in submission.of(assets.TERMBASE)]
    if previous := submission.of(assets.PREVIOUS):
        taken.append(assets.previous_from(house, "previous version", [(f.path, Digest(f.sha256)) for f in previous]))
    return make_recipe(house, _order(choices, tuple(taken)))


def staged_files(house: House, submission: Submission) -> Iterator[Submitted]:
    """The documents as they were handed in, one in memory at a time, with the verdict that each got on its arrival."""
    leaves = {c.code: c for c in walk()}
    for f in submission.of(DOCUMENT):
        data = house.store.blobs.get(f.sha256) if f.size else b""
        error = leaves[f.code](f.message) if f.code in leaves else None
        yield Submitted(f.path, data, error)


def rechoose(house: House, submission_id: str, user: User, ordered: dict[str, Any]) -> Submission:
    """Other choices for the same files. Raises as ``begin``, and ``NotReady`` where it was confirmed or discarded."""
    require(user.roles, Action.SUBMIT)
    found = get(house, submission_id, user)
    if "recipe" in found.ordered:
        raise NotReady("A file submitted again keeps the recipe of its batch.", submission=submission_id)
    changed = replace(found, ordered=checked(house, ordered))
    recipe_of(house, changed)
    with house.store.write() as session:
        audit.append(session, audit.HOUSE, user.name, "submission.changed", submission_id)
        return submissions.change(session, submission_id, ordered=changed.ordered)


def confirm(house: House, submission_id: str, user: User) -> Batch:
    """Makes the batch, exactly once. It is started by the door that confirms. Raises ``NotReady``, ``UnknownName``, ``DiskFull``."""
    require(user.roles, Action.SUBMIT)
    submission = get(house, submission_id, user)
    if submission.state is SubmissionState.CONFIRMED:
        with house.store.read() as session:
            return batches.get(session, submission.batch)  # a second click finds the batch of the first
    if submission.state is not SubmissionState.OPEN:
        raise NotReady("This submission was discarded.", submission=submission_id)

    def within(session: Any, batch: Batch) -> None:
        submissions.change(session, submission_id, state=SubmissionState.CONFIRMED, batch=batch.id)
        again = submission.ordered.get("again")
        if again:
            audit.append(
                session, again["batch"], user.name, "document.submitted_again", again["document"], new=batch.id, at=batch.created
            )  # fmt: skip

    return take_in(
        house, staged_files(house, submission), recipe_of(house, submission), actor=user.name,
        name=submission.ordered.get("name", ""), within=within,
    )  # fmt: skip


def discard(house: House, submission_id: str, user: User) -> None:
    """Gives a submission up; its record stays without its choices and names. Raises ``NotReady``, ``UnknownName``."""
    get(house, submission_id, user)
    with house.store.write() as session:
        submissions.change(session, submission_id, state=SubmissionState.DISCARDED, files=(), ordered={})
        audit.append(session, audit.HOUSE, user.name, "submission.discarded", submission_id)


def discard_old(house: House) -> int:
    """Discards what nobody confirmed in ``DAYS`` days: at the start of a server and with every new one. Returns how many."""
    limit = house.now() - timedelta(days=DAYS)
    with house.store.write() as session:
        old = [s for s in submissions.listing(session, state=SubmissionState.OPEN) if s.created < limit]
        for submission in old:
            submissions.change(session, submission.id, state=SubmissionState.DISCARDED, files=(), ordered={})
            audit.append(
                session, audit.HOUSE, MACHINE, "submission.discarded", submission.id, reason=f"older than {DAYS} days"
            )
    return len(old)


def opened(house: House, user: User) -> list[Submission]:
    """The person's submissions that wait for their decision, newest first."""
    with house.store.read() as session:
        return submissions.listing(session, user=user.name, state=SubmissionState.OPEN)


def again(
    house: House,
    document_id: str,
    user: User,
    *,
    tracked_changes: str = "",
    replacement: Upload | None = None,
) -> Submission:
    """Submits a refused or failed document again: another file in its place, another policy, or both; else all as in its batch.

    It becomes a batch of its own with one document of the same name; the old one stays as it ended, and says so in its
    audit trail. Raises ``NotReady`` (neither refused nor failed), ``UsageError`` (nothing is different), ``InputMissing``.
    """
    require(user.roles, Action.SUBMIT)
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
    if document.state not in (State.REFUSED, State.FAILED, State.CANCELLED):
        raise NotReady("Only a refused, failed or cancelled document is submitted again.", document=document_id)
    recipe = _recipe_again(batch.recipe, tracked_changes)
    if replacement is None and recipe == batch.recipe and document.state is State.REFUSED:
        raise UsageError("Choose a mended file, or another way to read this one: it would be refused again.")
    staged = _same_file(document) if replacement is None else _replaced(house, document, replacement)
    ordered: dict[str, Any] = {
        "from": recipe.source_language, "to": recipe.target_language, "review": recipe.review, "provider": recipe.provider,
        "tracked_changes": recipe.policy.tracked_changes, "model": recipe.model, "name": batch.name, "budget": recipe.budget,
        "delivery": recipe.delivery,
        "profile": None, "recipe": plain(recipe),
        "again": {"batch": batch.id, "document": document.id, "path": document.path},
    }  # fmt: skip
    made = Submission("S" + secrets.token_hex(8), user.name, house.now(), SubmissionState.OPEN, ordered, staged)
    with house.store.write() as session:
        submissions.add(session, made)
        audit.append(
            session,
            audit.HOUSE,
            user.name,
            "submission.opened",
            made.id,
            reason=f"again {document.id}",
            at=made.created,
        )
    return made


def _recipe_again(recipe: Recipe, tracked_changes: str) -> Recipe:
    if tracked_changes not in ("", "refuse", "final"):
        raise UsageError("tracked_changes is one of refuse, final.", field="tracked_changes")
    policy = replace(recipe.policy, tracked_changes=tracked_changes or recipe.policy.tracked_changes)
    return replace(recipe, policy=policy)


def _same_file(document: Document) -> tuple[StagedFile, ...]:
    if not document.size:
        raise InputMissing("The file had no bytes: choose another one.", file=document.path)
    return (StagedFile(document.path, document.sha256, document.size),)


def _replaced(house: House, document: Document, upload: Upload) -> tuple[StagedFile, ...]:
    """The new file under the old one's name, with its own suffix."""
    given = _arrived(upload)
    if given.path.lower().endswith(".zip"):
        raise AssetMalformed("One file takes the place of one file: choose the document itself.", file=given.path)
    stem, _, suffix = given.path.rpartition(".")
    base = document.path.rsplit(".", 1)[0] if "." in document.path.rsplit("/", 1)[-1] else document.path
    target = f"{base}.{suffix}" if stem and given.error is None else document.path
    submitted = Submitted(target, given.data, given.error)
    _, _, error = judged(submitted)
    digest = house.store.blobs.put(given.data) if given.data else digest_bytes(b"")
    return (
        StagedFile(target, digest, len(given.data), DOCUMENT, *((error.code, error.message) if error else ("", ""))),
    )


def successors(house: House, batch_id: str) -> dict[str, str]:
    """Documents of a batch that were submitted again, with the newest batch that this made."""
    with house.store.read() as session:
        confirmed = submissions.listing(session, state=SubmissionState.CONFIRMED)
    found: dict[str, str] = {}
    for s in confirmed:
        origin = s.ordered.get("again") or {}
        if origin.get("batch") == batch_id:
            found.setdefault(str(origin["document"]), s.batch)
    return found
