"""What is ordered when a draft is: document types, sources, house template, profile; the recipe and the batch that come of it.

Types and their parts are frozen as blobs with the batch: a run that is resumed words the same program text. Imports store and writing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from docpipe import __version__
from docpipe.errors import BadSetting, InputMissing, SameNameTwice, UnknownName, UsageError
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import canonical_json
from docpipe.model.document import ReadPolicy
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.model.routing import Gate
from docpipe.model.segment import OriginKind
from docpipe.prompts import DRAFTED, load, names, text_of
from docpipe.registry import providers
from docpipe.steps.admit import document_id
from docpipe.steps.collect import IGNORED, Submitted, collect, distinct
from docpipe.steps.house import House, new_batch_id, record
from docpipe.steps.providers import keys_of_model
from docpipe.steps.recipes import deliver_of, gate_of, read_profile
from docpipe.store import audit, batches, documents
from docpipe.writing.doctype import DocumentType, parse_type, split

SOURCE, LEFT_OUT, TYPE, PART, TEMPLATE, PLAN, PREVIOUS = (
    "source", "source-refused", "type", "type-part", "template", "plan", "previous-draft",
)  # fmt: skip
"""Kinds of a draft's assets. ``source-refused``: the blob says why a file could not be taken in."""
FOLLOWS = "follows"
"""Kind of the asset that says what the batch follows: its name is the former batch, its blob what was taken from it."""
MEDIA_TYPE = "application/vnd.docpipe.draft+json"
PROGRAM = "program"
"""The provider of a draft without a model: the program text of its type."""
WORDING = "write/paragraphs"
PROPOSING = "write/proposals"
DRAFT_KIND = "draft"


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """What a submitter asks for, before defaults. ``types``: names of document types, or files of a team's own.
    ``proposals``: a model proposes text for gaps of sections whose type allows it.
    """

    types: tuple[str, ...]
    sources: tuple[Path, ...]
    review: str | None = None
    profile: Path | None = None
    template: Path | None = None
    plan: Path | None = None
    previous: Path | None = None
    budget: float | None = None
    provider: str = ""
    model: str = ""
    blinded: bool | None = None
    deliver: tuple[str, ...] = ()
    proposals: bool | None = None
    assets: tuple[AssetRef, ...] = field(default=())


def type_names(house: House) -> list[str]:
    """The document types that can be drafted, by name."""
    found = {n.rpartition(".v")[0] for n in names(house.settings.prompts_folder)}
    return sorted(
        n.removeprefix(DRAFTED) for n in found if n.startswith(DRAFTED) and "/" not in n.removeprefix(DRAFTED)
    )


def take_type(house: House, given: str) -> tuple[DocumentType, list[AssetRef]]:
    """A document type by name or from a file of one's own, and its files as assets. Raises ``UnknownName``, ``BadSetting``."""
    kept: list[AssetRef] = []

    def keep(kind: str, label: str, data: bytes) -> bytes:
        kept.append(AssetRef(kind, label, house.store.blobs.put(data)))
        return data

    def part(name: str) -> bytes:
        base, _, version = name.partition(".v")
        released = text_of(base, int(version) if version.isdigit() else None, home=house.settings.prompts_folder)
        return keep(PART, name, released.data)

    if given.endswith(".md"):
        path = Path(given)
        if not path.is_file():
            raise InputMissing(f"There is no document type {given}.", path=given)
        data = path.read_bytes()
        head, _ = split(data, path.name)
        label = f"{head.get('id') or path.stem}.v{head.get('version') or 1}"
    else:
        try:
            released = text_of(DRAFTED + given, home=house.settings.prompts_folder)
        except UnknownName as error:
            known = ", ".join(type_names(house)) or "none"
            raise UnknownName(f"There is no document type {given[:40]}: one of {known}.", type=given[:80]) from error
        data, label = released.data, released.label
    keep(TYPE, label, data)
    return parse_type(data, label, part), kept


def type_of(house: House, recipe: Recipe, label: str) -> DocumentType:
    """The very type that the recipe was frozen with. Raises ``UnknownName``."""
    blobs = {(a.kind, a.name): a.sha256 for a in recipe.assets if a.kind in (TYPE, PART)}
    if (TYPE, label) not in blobs:
        raise UnknownName(f"The batch drafts no {label}.", type=label)
    kind = parse_type(
        house.store.blobs.get(blobs[TYPE, label]), label, lambda name: house.store.blobs.get(blobs[PART, name])
    )
    plan = next((house.store.blobs.get(a.sha256) for a in recipe.assets if a.kind == PLAN), None)
    return without(kind, left_out(plan)) if plan is not None else kind


def left_out(plan: bytes) -> dict[str, str]:
    """The blocks that a plan file leaves out, with reasons: TOML, its table ``leave_out``. Raises ``BadSetting``."""
    try:
        values = tomllib.loads(plan.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting("The plan file is not valid TOML.", key="plan") from error
    table = values.pop("leave_out", {})
    if values or not isinstance(table, dict) or not all(isinstance(v, str) and v.strip() for v in table.values()):
        raise BadSetting("A plan file holds the table leave_out alone: block = reason.", key="leave_out")
    return {str(block): str(reason).strip() for block, reason in table.items()}


def without(kind: DocumentType, blocks: Mapping[str, str]) -> DocumentType:
    """The type with some blocks not applicable, each for its reason. Blocks that it does not have are passed over."""
    changed = tuple(
        replace(b, when="false", otherwise=blocks[b.id]) if b.id in blocks and not b.container else b
        for b in kind.blocks
    )
    return replace(kind, blocks=changed)


def check_plan(plan: bytes, kinds: Iterable[DocumentType]) -> None:
    """Raises ``BadSetting`` for a plan file that names a block which none of the types has."""
    known = {b.id for kind in kinds for b in kind.blocks if not b.container}
    if unknown := sorted(set(left_out(plan)) - known):
        raise BadSetting(
            f"The plan file leaves out a block that no type has: {unknown[0][:40]}.", block=unknown[0][:80]
        )


def make_draft_recipe(house: House, order: DraftOrder) -> Recipe:
    """The frozen recipe of a drafting batch. Raises ``BadSetting``, ``UsageError`` (no type, no model named), ``UnknownName``."""
    if not order.types:
        raise UsageError("Say what to draft: --type csr, or the path of a document type of your own.")
    settings = house.settings
    values = read_profile(order.profile) if order.profile else {}
    chosen = order.provider or settings.chosen_provider
    provider = PROGRAM if chosen in ("rehearsal", PROGRAM) else chosen
    if provider != PROGRAM and provider not in providers():
        raise BadSetting(f"There is no provider {provider}.", setting="provider")
    online = provider != PROGRAM
    model = (order.model or settings.model or values.get("model", "")) if online else ""
    if online and not model:
        raise UsageError(f"The provider {provider} needs a model: give --model or set DOCPIPE_MODEL.")
    proposes = order.proposals if order.proposals is not None else bool(values.get("proposals", False))
    if proposes and not online:
        raise UsageError("Proposals are a model's: give --provider and --model, or leave the gaps.")
    review = order.review or values.get("review", "required")
    if review not in ("required", "none"):
        raise BadSetting("review is required or none.", key="review")
    prompt = load(WORDING, home=settings.prompts_folder) if online else None
    proposing = load(PROPOSING, home=settings.prompts_folder) if proposes else None
    gate = gate_of(values) if values.get("gate") else Gate(skip=(OriginKind.SAME.value,))
    blinded = order.blinded if order.blinded is not None else values.get("blinded", False)
    try:
        return Recipe(
            kind=DRAFT_KIND,
            source_language="en",
            target_language="en",
            provider=provider,
            prompt=prompt.name if prompt else "",
            prompt_digest=prompt.digest if prompt else "",
            assets=order.assets,
            checks_off=tuple(values.get("checks_off", ())),
            review=review,
            sign_roles=tuple(values.get("sign_roles", ("approver",))),
            budget=float(order.budget if order.budget is not None else values.get("budget", 0.0)),
            budget_document=float(values.get("budget_document", 0.0)),
            currency=str(values.get("currency", "USD")),
            policy=ReadPolicy(),
            gate=gate,
            blinded=bool(blinded),
            proposal_prompt=proposing.name if proposing else "",
            proposal_prompt_digest=proposing.digest if proposing else "",
            deliver=_deliver(order.deliver or values.get("deliver", ())),
            software=f"docpipe {__version__}",
            **keys_of_model(settings, provider, model, values, "now"),
        )
    except (TypeError, ValueError, IndexError) as error:
        raise BadSetting("A key of the profile has a value of the wrong type.") from error


def _deliver(chosen: object) -> tuple[str, ...]:
    """A draft's own copies: a PDF. Tracked changes are made wherever a previous draft was given. Raises ``BadSetting``."""
    kinds = deliver_of(chosen)
    if set(kinds) - {"clean", "pdf"}:
        raise BadSetting("Of drafts a PDF can be delivered beside the document: deliver = pdf.", key="deliver")
    return kinds


def gathered(paths: Iterable[Path]) -> list[Submitted]:
    """The files of the sources in order; several folders keep their own names in front, so that theirs may be alike."""
    given = list(paths)
    if len(given) == 1:
        return list(collect(given))
    found: list[Submitted] = []
    for path in given:
        front = f"{path.resolve().name}/" if path.is_dir() and path.resolve().name not in IGNORED else ""
        found += [Submitted(front + s.path, s.data, s.error) for s in collect([path])]
    return list(distinct(found))


def take_sources(house: House, paths: Iterable[Path]) -> list[AssetRef]:
    """Keeps the bytes of every source. Raises ``InputMissing`` (no file at all), ``SameNameTwice``, ``DiskFull``."""
    found: list[AssetRef] = []
    for given in gathered(paths):
        if given.error is not None:
            said = canonical_json({"code": given.error.code, "message": given.error.message}).encode()
            found.append(AssetRef(LEFT_OUT, given.path, house.store.blobs.put(said)))
        else:
            found.append(AssetRef(SOURCE, given.path, house.store.blobs.put(given.data), len(given.data)))
    if not found:
        raise InputMissing("There is no source to draft from.")
    return found


def keep_file(house: House, kind: str, path: Path) -> AssetRef:
    """A single file of the order: template, plan, previous draft. Raises ``InputMissing``."""
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    return AssetRef(kind, path.name, house.store.blobs.put(path.read_bytes()))


def take_in_draft(
    house: House, recipe: Recipe, kinds: Iterable[DocumentType], *, actor: str, name: str = "", out: str = ""
) -> Batch:
    """Writes the batch with one document for each type, and its audit events. Raises ``SameNameTwice``."""
    now = house.now()
    batch = Batch(new_batch_id(now), recipe, State.ADMITTED, now, actor, name, out)
    made: list[Document] = []
    shared = [[a.kind, a.name, a.sha256] for a in recipe.assets if a.kind not in (TYPE, PART)]
    for kind in kinds:
        path = f"{kind.file}.docx"
        if path in {d.path for d in made}:
            raise SameNameTwice(f"Two document types are both named {kind.file}.", path=path)
        said = canonical_json({"type": kind.name, "type_digest": kind.digest, "assets": shared}).encode()
        digest = house.store.blobs.put(said)
        made.append(
            Document(
                document_id(batch.id, path), batch.id, path, MEDIA_TYPE, digest, len(said), State.ADMITTED, kind.name
            )
        )
    with house.store.write() as session:
        batches.add(session, batch)
        audit.append(session, batch.id, actor, "batch.admitted", batch.id, new=recipe.digest, at=now)
        for document in made:
            documents.add(session, document)
            audit.append(session, batch.id, actor, "document.admitted", document.id, new=document.sha256, at=now)
    record("batch.admitted", batch=batch.id, documents=len(made), sources=sum(a.kind == SOURCE for a in recipe.assets))
    return batch
