"""Which providers a recipe means, opened with this process's settings and secrets. Imports llm and the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docpipe.errors import BadSetting
from docpipe.llm.chain import Link
from docpipe.llm.profiles import Prices, Profile, overridden, profile
from docpipe.llm.provider import Connection, Provider
from docpipe.llm.recorded import recording
from docpipe.model.recipe import ModelRef, Recipe
from docpipe.registry import providers
from docpipe.settings import ModelTable, Settings
from docpipe.steps.house import record

__all__ = [
    "connection",
    "fallbacks",
    "keys_of_model",
    "links",
    "model_table",
    "open_model",
    "open_provider",
    "prices_of",
    "traits",
]

_OPENAI = "api.openai.com"


def model_table(settings: Settings, model: str, base_url: str = "") -> ModelTable | None:
    """The ``[models.NAME]`` table that describes a model at an address: of its own name, or one that names it with ``model``."""
    for name, table in settings.models.items():
        if (table.model or name) == model and table.base_url in ("", base_url):
            return table
    return None


def traits(settings: Settings, model: str, base_url: str = "") -> Profile:
    """What is known of a model: the settings' own tables, then one's own file, then the shipped table. Raises ``BadSetting``."""
    found = profile(model, settings.models_file)
    table = model_table(settings, model, base_url)
    return overridden(found, table.traits) if table is not None and table.traits else found


def keys_of_model(
    settings: Settings, provider: str, model: str, values: Mapping[str, Any], delivery: str = ""
) -> dict[str, Any]:
    """The keys of a recipe that follow from its model. ``model``: a model's name, or that of a ``[models.NAME]`` table.

    ``values``: of the profile file. Raises ``BadSetting``; ``TypeError`` or ``ValueError`` for a value of the wrong type.
    """
    table = settings.models.get(model)
    name = (table.model if table else "") or model
    online = providers()[provider].connect is not None if provider in providers() else bool(model)
    address = ((table.base_url if table else "") or settings.base_url or settings.azure_endpoint) if online else ""
    found = traits(settings, name, address)
    price = values.get("prices") or found.prices or (0.0, 0.0, 0.0)
    wished = int(values.get("max_output_tokens", settings.max_output_tokens))
    how = delivery or str(values.get("delivery", "now"))
    if how not in ("now", "overnight"):
        raise BadSetting("delivery is now or overnight.", key="delivery")
    if how == "overnight" and provider != "openai":
        raise BadSetting("Overnight jobs need a provider with a Batch API (openai).", key="delivery")
    recipe = Recipe(
        kind="", source_language="", target_language="", provider=provider, model=name if online else "", base_url=address,
        prices=(float(price[0]), float(price[1]), float(price[2])),
        fallback=fallbacks(settings, [str(n) for n in values.get("fallback", ())]) if online else (),
    )  # fmt: skip
    prices_of(recipe)
    return {
        "model": recipe.model,
        "base_url": recipe.base_url,
        "prices": recipe.prices,
        "concurrency": int(values.get("concurrency", settings.concurrency)),
        "max_output_tokens": found.output_within(wished) if online else wished,
        "strict_schema": settings.strict_schema and found.strict,
        "api": api_of(found, table, settings.base_url, settings.azure_endpoint),
        "temperature": found.temperature,
        "fallback": recipe.fallback,
        "delivery": how,
        "batch_factor": found.batch,
    }


def api_of(found: Profile, table: ModelTable | None, base_url: str, azure: str) -> str:
    """chat | responses. The shipped table's word holds for OpenAI's own address; elsewhere one's own table must say it."""
    own = not azure and (not base_url or _OPENAI in base_url)
    return found.api if own or (table is not None and table.api) else "chat"


def fallbacks(settings: Settings, names: Sequence[str]) -> tuple[ModelRef, ...]:
    """The models of the tables with these names, in order. Raises ``BadSetting`` naming what is wrong."""
    out: list[ModelRef] = []
    for name in names:
        table = settings.models.get(name)
        if table is None:
            raise BadSetting(f"fallback names {name}, but there is no [models.{name}] in docpipe.toml.", key="fallback")
        if table.provider not in providers() or providers()[table.provider].connect is None:
            raise BadSetting(f"[models.{name}] names a provider that cannot be asked.", key="fallback")
        if name in (ref.name for ref in out):
            raise BadSetting(f"fallback names {name} twice.", key="fallback")
        model = table.model or name
        found = overridden(profile(model, settings.models_file), table.traits)
        out.append(
            ModelRef(
                name=name,
                provider=table.provider,
                model=model,
                base_url=table.base_url or table.azure_endpoint,
                api=api_of(found, table, table.base_url, table.azure_endpoint),
                strict_schema=found.strict,
                prices=found.prices or (0.0, 0.0, 0.0),
                max_output_tokens=found.output_within(settings.max_output_tokens),
                temperature=found.temperature,
            )
        )
    return tuple(out)


def prices_of(recipe: Recipe) -> dict[str, Prices]:
    """Prices by model, as the ledger wants them. Raises ``BadSetting`` where a chain has one model at two prices."""
    found: dict[str, Prices] = {}
    for ref in recipe.models:
        if found.setdefault(ref.model, ref.prices) != ref.prices:
            raise BadSetting(f"The model {ref.model} stands in the chain at two prices.", key="fallback")
    return found


def links(settings: Settings, recipe: Recipe) -> tuple[Link, ...]:
    """The recipe's chain, ready to be asked: its own model first."""
    return tuple(_link(settings, ref) for ref in recipe.models)


def open_provider(settings: Settings, recipe: Recipe) -> Provider:
    """The recipe's own model. The key comes from the settings, never from the recipe. Raises ``ProviderAuth``."""
    return open_model(settings, recipe.own_model)


def open_model(settings: Settings, ref: ModelRef) -> Provider:
    """A model of a recipe's chain, opened; its replies are recorded where the settings say so. Raises ``ProviderAuth``."""
    provider: Provider = providers()[ref.provider].connect(connection(settings, ref))
    return recording(provider, settings.record_replies) if settings.record_replies else provider


def connection(settings: Settings, ref: ModelRef) -> Connection:
    """How to reach a model of a recipe's chain. A key goes to no other address than the one it was set for."""
    table = settings.models.get(ref.name) if ref.name else model_table(settings, ref.model, ref.base_url)
    own = settings.base_url or settings.azure_endpoint
    theirs = table.key if table else ""
    shared = settings.api_key.get_secret_value() if ref.base_url == own or not ref.base_url else ""
    key = theirs or shared if ref.name or (table and table.base_url) else shared or theirs
    azure = table.azure_endpoint if table and table.azure_endpoint else ""
    if not azure and settings.azure_endpoint and ref.base_url == settings.azure_endpoint:
        azure = settings.azure_endpoint
    version = (table.azure_api_version if table else "") or settings.azure_api_version
    return Connection(
        base_url="" if azure else ref.base_url,
        key=key,
        azure_endpoint=azure,
        azure_api_version=version,
        timeout=settings.request_seconds,
        strict_schema=ref.strict_schema,
        temperature=ref.temperature,
        api=ref.api,
        max_output=ref.max_output_tokens,
        folder=settings.offline_model if ref.provider == "ctranslate2" else settings.replies_file,
        told=_told(ref),
    )


def _told(ref: ModelRef) -> Callable[[str], None]:
    def told(what: str) -> None:
        record("provider.adapted", provider=ref.provider, model=ref.model, what=what)

    return told


def _link(settings: Settings, ref: ModelRef) -> Link:
    to = connection(settings, ref)
    digest = hashlib.sha256(to.key.encode()).hexdigest()[:12]
    return Link(
        name=ref.name,
        provider=ref.provider,
        model=ref.model,
        scope="|".join((ref.provider, to.azure_endpoint or to.base_url, ref.model, ref.api, digest)),
        connect=lambda: open_model(settings, ref),
        max_output_tokens=ref.max_output_tokens,
        temperature=ref.temperature,
    )
