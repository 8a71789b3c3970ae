"""Which style guide a batch is frozen with, and which part of it a document is told. Imports prompts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from docpipe.errors import PromptChanged, UnknownName
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.prompts import STYLES, Style, load, style
from docpipe.steps.house import House

__all__ = ["keys_of_context", "kind_of", "newest_style", "style_text"]

BRIEF = "brief/document"
BRIEF_WORDS = 12_000
"""Documents from so many words on are summed up by a model first; the call costs some 2,000 tokens, little beside so long a text."""
_KINDS = (
    (
        "product-information",
        r"smpc|spc\b|product.?information|package.?leaflet|prescribing|label(?:l?ing)?\b|summary.of.product|fachinformation|"
        r"gebrauchsinformation|ficha.t[eé]cnica|prospecto|notice\b|rcp\b|riassunto.delle|foglio.illustrativo|bula\b|"
        r"说明书|添付文書|電子添文",
    ),
    (
        "quality",
        r"(?:^|/)m3(?:/|$)|\b3\.?2\.?[spar]\b|drug.?substance|drug.?product|specification|stability|batch.?analy|"
        r"quality.overall|\bcmc\b|原料药|质量标准|稳定性|原薬|規格",
    ),
    (
        "clinical",
        r"(?:^|/)m[25](?:/|$)|protocol|\bcsr\b|study.?report|clinical|investigator|informed.?consent|statistical.analysis|"
        r"prüfplan|protocole|protocolo|protocollo|试验|方案|治験|計画書",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def kind_of(path: str, title: str = "") -> str:
    """A document's kind by its name, else by its title: product-information | quality | clinical, or "" where neither tells."""
    return next((kind for text in (path, title) for kind, pattern in _PATTERNS if text and pattern.search(text)), "")


def newest_style(house: House, target_language: str) -> Style | None:
    """The released style guide of a language, None where there is none."""
    try:
        return style(f"{STYLES}{primary(target_language)}", home=house.settings.prompts_folder)
    except UnknownName:
        return None


def keys_of_context(house: House, target_language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe's keys for what the model is told, from a profile. Raises ``ValueError`` on a value of the wrong type."""
    guide = newest_style(house, target_language)
    brief = load(BRIEF, home=house.settings.prompts_folder)
    words = int(values.get("brief_words", BRIEF_WORDS))
    if words < 0:
        raise ValueError("brief_words")
    return {
        "style": guide.name if guide else "",
        "style_digest": guide.digest if guide else "",
        "brief_prompt": brief.name,
        "brief_prompt_digest": brief.digest,
        "brief_model": str(values.get("brief_model", "")),
        "brief_words": words,
    }


def style_text(house: House, recipe: Recipe, path: str, title: str) -> str:
    """What the recipe's style guide says for a document, "" where the recipe has none. Raises ``PromptChanged``, ``UnknownName``."""
    if not recipe.style:
        return ""
    name, _, version = recipe.style.rpartition(".v")
    found = style(name, int(version), home=house.settings.prompts_folder)
    if found.digest != recipe.style_digest:
        raise PromptChanged(f"The style guide {recipe.style} is not the one that the batch was submitted with.")
    return found.text(kind_of(path, title))
