"""Which providers a recipe means, opened with this process's settings and secrets. Imports llm and the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from docpipe.errors import BadSetting
from docpipe.llm.chain import Link
from docpipe.llm.profiles import Prices, Profile, overridden, profile
from docpipe.llm.provider import Connection, Provider
from docpipe.llm.recorded import recording
from docpipe.model.recipe import ModelRef, Recipe
from docpipe.registry import providers
from docpipe.settings import ModelTable, Settings
from docpipe.steps.house import record

__all__ = ["fallbacks", "links", "model_table", "open_model", "open_provider", "prices_of", "traits"]

_OPENAI = "api.openai.com"


def model_table(settings: Settings, name: str) -> ModelTable | None:
    """The ``[models.NAME]`` table that describes a model: of its own name, or one that names it with ``model``."""
    own = settings.models.get(name)
    if own is not None and own.model in ("", name):
        return own
    return next((t for t in settings.models.values() if t.model == name and not t.base_url), None)


def traits(settings: Settings, model: str) -> Profile:
    """What is known of a model: the settings' own tables, then one's own file, then the shipped table. Raises ``BadSetting``."""
    found = profile(model, settings.models_file)
    table = model_table(settings, model)
    return overridden(found, table.traits) if table is not None else found


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
    """How to reach a model of a recipe's chain. A fallback's key is never another provider's."""
    table = settings.models.get(ref.name) if ref.name else model_table(settings, ref.model)
    if ref.name:
        shared = not ref.base_url and ref.provider == settings.chosen_provider and not settings.base_url
        key = (table.key if table else "") or (settings.api_key.get_secret_value() if shared else "")
        azure = table.azure_endpoint if table else ""
        version = (table.azure_api_version if table else "") or settings.azure_api_version
    else:
        key = settings.api_key.get_secret_value() or (table.key if table else "")
        azure, version = settings.azure_endpoint, settings.azure_api_version
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
