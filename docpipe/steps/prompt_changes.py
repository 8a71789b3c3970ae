"""What a prompt that changed would have paid again: of a batch, and of files that were translated before. Imports prompts and store.

A prompt is part of what a reply is paid for: under another version every reply is a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from docpipe.errors import PromptChanged, UnknownName
from docpipe.model.batch import Batch
from docpipe.model.recipe import Recipe
from docpipe.prompts import STYLES, text_of
from docpipe.steps.house import House
from docpipe.store import batches, prompt_usage
from docpipe.store.prompt_usage import PromptUse

__all__ = ["Repaid", "of_batch", "of_files"]


@dataclass(frozen=True, slots=True)
class Repaid:
    """Calls that would be paid again. ``prompts``: each with the version of then and of now; ``documents``: that were translated before."""

    prompts: tuple[tuple[str, str], ...]
    calls: int
    tokens: int
    cost: float
    currency: str
    documents: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with the sentence for people."""
        return {
            "prompts": [{"then": then, "now": now} for then, now in self.prompts], "documents": self.documents,
            "calls": self.calls, "tokens": self.tokens, "cost": {"amount": round(self.cost, 6), "currency": self.currency},
            "says": self.sentence(),
        }  # fmt: skip

    def sentence(self) -> str:
        """In one sentence."""
        changed = ", ".join(f"{then} is now {now.rpartition('.')[2]}" for then, now in self.prompts)
        paid = f"{self.calls:,} calls ({self.tokens:,} tokens, {self.cost:.4f} {self.currency})"
        if self.documents:
            many = "1 of the files was" if self.documents == 1 else f"{self.documents:,} of the files were"
            return f"{many} translated before, but {changed}: what {paid} gave then is paid again."
        return f"Since this batch was submitted {changed}: to submit its documents again would pay {paid} again."


def of_batch(house: House, batch: Batch) -> Repaid | None:
    """What submitting a batch's documents again would pay again because prompts have newer versions; None where none has."""
    with house.store.read() as session:
        uses = prompt_usage.of_batch(session, batch.id)
    return _repaid(house, batch.recipe, None, uses)


def of_files(house: House, recipe: Recipe, digests: Collection[str]) -> Repaid | None:
    """The same of files, by SHA-256, that the same model translated between the same languages under other prompts than the recipe's."""
    found: list[tuple[Recipe, str]] = []
    seen: set[str] = set()
    with house.store.read() as session:
        known: dict[str, Recipe] = {}
        for digest, document, batch in prompt_usage.with_digests(session, digests):
            if batch not in known:
                known[batch] = batches.get(session, batch).recipe
            if digest not in seen and _alike(known[batch], recipe):
                seen.add(digest)
                found.append((known[batch], document))
        made: list[Repaid] = []
        for old in {id(r): r for r, _ in found}.values():
            ids = [document for r, document in found if r is old]
            one = _repaid(house, old, recipe, prompt_usage.of_documents(session, ids), len(ids))
            made += [one] if one is not None else []
    if not made:
        return None
    return Repaid(
        tuple(dict.fromkeys(pair for one in made for pair in one.prompts)), sum(x.calls for x in made),
        sum(x.tokens for x in made), sum(x.cost for x in made), recipe.currency, sum(x.documents for x in made),
    )  # fmt: skip


def _alike(old: Recipe, new: Recipe) -> bool:
    return (old.kind, old.source_language, old.target_language, old.provider, old.model) == (
        new.kind, new.source_language, new.target_language, new.provider, new.model,
    )  # fmt: skip


def _repaid(
    house: House, old: Recipe, new: Recipe | None, uses: Iterable[PromptUse], documents: int = 0
) -> Repaid | None:
    changed: dict[tuple[str, str], None] = {}
    calls = tokens = 0
    cost = 0.0
    styled = _now(house, old.style, new)
    for use in uses:
        pairs = [(use.prompt, _now(house, use.prompt, new))]
        if use.prompt == old.prompt and old.style:
            pairs.append((old.style, styled))
        other = [(then, now) for then, now in pairs if now and then != now]
        if other:
            changed |= dict.fromkeys(other)
            calls, tokens, cost = calls + use.calls, tokens + use.tokens, cost + use.cost
    return Repaid(tuple(changed), calls, tokens, cost, old.currency, documents) if calls else None


def _now(house: House, label: str, recipe: Recipe | None) -> str:
    """The version that stands for a prompt now: the recipe's where it names one, else the newest released; "" where there is none."""
    name = label.rpartition(".v")[0]
    if not name:
        return ""
    named = (recipe.prompt, recipe.brief_prompt, recipe.look_prompt, recipe.style) if recipe is not None else ()
    for other in named:
        if other.rpartition(".v")[0] == name or (name.startswith(STYLES) and other.startswith(STYLES)):
            return other
    try:
        return text_of(name, home=house.settings.prompts_folder).label
    except (UnknownName, PromptChanged):
        return ""
