"""Which provider a recipe means, opened with this process's settings and secrets. Imports llm and the registry."""

from __future__ import annotations

from docpipe.llm.provider import Connection, Provider
from docpipe.model.recipe import Recipe
from docpipe.registry import providers
from docpipe.settings import Settings


def open_provider(settings: Settings, recipe: Recipe) -> Provider:
    """The recipe's provider. The key comes from the settings, never from the recipe. Raises ``ProviderAuth``."""
    provider: Provider = providers()[recipe.provider].connect(
        Connection(
            base_url="" if settings.azure_endpoint else recipe.base_url,
            key=settings.api_key.get_secret_value(),
            azure_endpoint=settings.azure_endpoint,
            azure_api_version=settings.azure_api_version,
            timeout=settings.request_seconds,
            strict_schema=recipe.strict_schema,
        )
    )
    return provider
