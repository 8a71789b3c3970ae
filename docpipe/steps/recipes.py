"""Recipes from settings, profile file and command line. Imports settings, prompts, families and store.

A profile is a TOML file with the recipe's keys; what is given on the command line is stronger.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docpipe import __version__
from docpipe.errors import BadSetting, InputMissing, UsageError
from docpipe.model.document import POLICY_CHOICES, ReadPolicy
from docpipe.model.language import normal
from docpipe.model.recipe import DELIVERED, AssetRef, Recipe
from docpipe.model.routing import Gate
from docpipe.model.segment import OriginKind
from docpipe.prompts import Prompt, frozen, load
from docpipe.registry import providers
from docpipe.steps.fonts import frozen_fonts
from docpipe.steps.house import House
from docpipe.steps.providers import keys_of_model
from docpipe.steps.second_look import keys_of_look
from docpipe.steps.styles import keys_of_context

PROMPT = "translate/segments"
PROFILE_KEYS = frozenset(
    {
        "review",
        "checks_off",
        "budget",
        "budget_document",
        "currency",
        "prices",
        "sign_roles",
        "concurrency",
        "max_output_tokens",
        "model",
        "blinded",
        "proposals",
        "brief_model",
        "brief_words",
        "fallback",
        "second_look",
        "look_model",
        "back_translation",
        "delivery",
        "deliver",
    }
)
GATE_KEYS = frozenset(f.name for f in dataclasses.fields(Gate))
POLICY_KEYS = frozenset(f.name for f in dataclasses.fields(ReadPolicy)) - {"do_not_translate"}


@dataclass(frozen=True, slots=True)
class Order:
    """What a submitter asks for, before defaults. ``values``: a profile read before, in place of a ``profile`` file."""

    source_language: str
    target_language: str
    review: str | None = None
    profile: Path | None = None
    tracked_changes: str | None = None
    budget: float | None = None
    assets: tuple[AssetRef, ...] = field(default=())
    values: Mapping[str, Any] | None = None
    provider: str = ""
    model: str = ""
    delivery: str = ""
    deliver: tuple[str, ...] = ()


def read_profile(path: Path) -> dict[str, Any]:
    """The profile's keys, checked. Raises ``BadSetting`` naming the key, ``InputMissing``."""
    if not path.is_file():
        raise InputMissing(f"There is no profile {path}.", path=str(path))
    return parse_profile(path.name, path.read_bytes())


def parse_profile(name: str, data: bytes) -> dict[str, Any]:
    """As ``read_profile``, from bytes."""
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"The profile {name} is not valid TOML.", file=name) from error
    unknown = [k for k in values if k not in PROFILE_KEYS | {"policy", "gate"}]
    for part, keys in (("policy", POLICY_KEYS), ("gate", GATE_KEYS)):
        table = values.get(part, {})
        unknown += [f"{part}.{k}" for k in table if k not in keys] if isinstance(table, dict) else [part]
    if unknown:
        raise BadSetting(f"The profile {name} has an unknown key: {unknown[0]}.", key=unknown[0])
    return values


def _policy(values: Mapping[str, Any], tracked_changes: str | None) -> ReadPolicy:
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.get("policy", {}).items()}
    if tracked_changes is not None:
        given["tracked_changes"] = tracked_changes
    policy = ReadPolicy(**given)
    for name, choices in POLICY_CHOICES.items():
        if getattr(policy, name) not in choices:
            raise BadSetting(f"{name} is one of {', '.join(choices)}.", key=name)
    return policy


def deliver_of(chosen: Any) -> tuple[str, ...]:
    """What is handed over of each document, in a fixed order; the document itself always. Raises ``BadSetting``."""
    named = [chosen] if isinstance(chosen, str) else list(chosen)
    for name in named:
        if name not in DELIVERED:
            raise BadSetting(f"deliver names some of {', '.join(DELIVERED)}.", key="deliver")
    return tuple(name for name in DELIVERED if name == "clean" or name in named)


def gate_of(values: Mapping[str, Any]) -> Gate:
    """The gate of a profile. Raises ``BadSetting``."""
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.get("gate", {}).items()}
    gate = Gate(**given)
    unknown = [name for name in gate.skip if name not in {kind.value for kind in OriginKind}]
    if unknown:
        raise BadSetting(f"gate.skip names no origin: {unknown[0]}.", key="gate.skip")
    if not 0 <= gate.sample <= 100:
        raise BadSetting("gate.sample is a percentage from 0 to 100.", key="gate.sample")
    return gate


def make_recipe(house: House, order: Order) -> Recipe:
    """The frozen recipe of a batch. Raises ``UnknownLanguage``, ``BadSetting``, ``UsageError`` (no model named)."""
    settings = house.settings
    values = order.values or (read_profile(order.profile) if order.profile else {})
    source, target = normal(order.source_language), normal(order.target_language)
    if source == target:
        raise UsageError("Source and target language are the same.")
    provider = order.provider or settings.chosen_provider
    model = order.model or settings.model or values.get("model", "")
    if provider not in providers():
        raise BadSetting(
            f"There is no provider {provider}: one of {', '.join(sorted(providers()))}.", setting="provider"
        )
    online = providers()[provider].connect is not None
    if online and not model:
        raise UsageError(f"The provider {provider} needs a model: give --model or set DOCPIPE_MODEL.")
    review = order.review or values.get("review", "required")
    if review not in ("required", "none"):
        raise BadSetting("review is required or none.", key="review")
    prompt = load(PROMPT, home=settings.prompts_folder)
    try:
        return Recipe(
            kind="translate",
            source_language=source,
            target_language=target,
            provider=provider,
            prompt=f"{prompt.id}.v{prompt.version}",
            prompt_digest=prompt.digest,
            assets=order.assets,
            checks_off=tuple(values.get("checks_off", ())),
            review=review,
            sign_roles=tuple(values.get("sign_roles", ("approver",))),
            budget=float(order.budget if order.budget is not None else values.get("budget", 0.0)),
            budget_document=float(values.get("budget_document", 0.0)),
            currency=str(values.get("currency", "USD")),
            policy=_policy(values, order.tracked_changes),
            gate=gate_of(values),
            deliver=deliver_of(order.deliver or values.get("deliver", ())),
            software=f"docpipe {__version__}",
            fonts=frozen_fonts(house),
            **keys_of_model(settings, provider, model, values, order.delivery),
            **(keys_of_context(house, target, values) if online else {}),
            **keys_of_look(house, values, online),
        )
    except (TypeError, ValueError, IndexError) as error:
        raise BadSetting("A key of the profile has a value of the wrong type.") from error


def prompt_of(house: House, recipe: Recipe) -> Prompt:
    """The very prompt that the recipe was frozen with. Raises ``PromptChanged``, ``UnknownName``."""
    return frozen(recipe.prompt, recipe.prompt_digest, home=house.settings.prompts_folder)
