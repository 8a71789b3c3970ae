"""How a batch reaches its models: access, orders and ledger from its recipe and this process's settings. Imports llm and store.

Whoever has a model asked takes these three, so that every call is paced and paid for in one way.
"""

from __future__ import annotations

from dataclasses import replace

from docpipe.llm.access import Access
from docpipe.llm.loop import process_engine
from docpipe.llm.orders import Orders
from docpipe.llm.pricing import prices
from docpipe.model.batch import Batch
from docpipe.model.recipe import Recipe
from docpipe.steps.house import House
from docpipe.steps.providers import links, prices_of
from docpipe.store.calls import Budgets, SqlLedger
from docpipe.store.rates import SqlRateShares

__all__ = ["access_of", "hungry", "ledger_of", "orders_of", "with_model_named"]


def access_of(house: House, recipe: Recipe) -> Access:
    """The recipe's chain of models, by the lines that all documents of this process share."""
    settings = house.settings
    return Access(
        links(settings, recipe),
        requests_minute=settings.rpm,
        tokens_minute=settings.tpm,
        hedge_after=settings.hedge_after_seconds,
        timeout=settings.request_seconds,
        shares=SqlRateShares(house.store, house.owner),
    )


def orders_of(house: House, recipe: Recipe, *, tries: int = 6) -> Orders:
    """What a run is to do by the recipe. ``tries``: of one request."""
    return Orders(
        provider=recipe.provider,
        model=recipe.model,
        concurrency=recipe.concurrency,
        max_output_tokens=recipe.max_output_tokens,
        tries=tries,
    )


def ledger_of(house: House, batch: Batch, document: str, factor: float = 1.0) -> SqlLedger:
    """The ledger of a document, with the prices of the recipe's models (times ``factor``) and every limit that holds for it."""
    recipe = batch.recipe
    budgets = Budgets(recipe.budget_document, recipe.budget, house.settings.budget_day)
    prices = {model: (a * factor, b * factor, c * factor) for model, (a, b, c) in prices_of(recipe).items()}
    return SqlLedger(house.store, batch.id, document, budgets, prices)


def hungry(house: House, recipe: Recipe) -> bool:
    """Whether the recipe's model could be sent more than is waiting for it in this process."""
    chain = links(house.settings, recipe)
    gate = process_engine().lines.gate(chain[0].scope)
    return gate is None or gate.hungry


def with_model_named(recipe: Recipe, model: str) -> Recipe:
    """The recipe with another model of its provider in the place of its own, at that model's price; "" leaves it as it is."""
    if model in ("", recipe.model):
        return recipe
    return replace(recipe, model=model, prices=prices(model) or recipe.prices, fallback=())
