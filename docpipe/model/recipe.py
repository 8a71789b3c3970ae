"""What is frozen when a batch is submitted. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import ReadPolicy
from docpipe.model.routing import Gate


@dataclass(frozen=True, slots=True)
class AssetRef:
    """A memory, termbase or previous version taken in with the batch: its blob, name as given, kind, and size in rows."""

    kind: str
    name: str
    sha256: Digest
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model as a batch uses it, without its key. ``name``: of its table in the settings, "" for the recipe's own model.

    ``api``: chat | responses. ``prices``: currency per million tokens (input, cached input, output). ``temperature``: whether the
    model takes one; a model without thinks before it answers, within ``max_output_tokens``.
    """

    name: str
    provider: str
    model: str
    base_url: str = ""
    api: str = "chat"
    strict_schema: bool = True
    prices: tuple[float, float, float] = (0.0, 0.0, 0.0)
    max_output_tokens: int = 8192
    temperature: bool = True


DELIVERED = ("clean", "tracked", "bilingual", "pdf")
"""The document itself, with its changes since the previous version, beside its source in two columns, as PDF."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a batch becomes. ``review``: required | none. ``budget``: in ``currency``, 0 = no limit.

    ``checks_off``: id prefixes that are switched off. ``blinded``: a draft may not tell who got what. ``prices``: currency per million tokens (input, cached input, output).
    ``api``, ``temperature``: see ``ModelRef``. ``fallback``: models asked in turn where the one before refuses or is down.
    ``budget_document``: of each document. ``delivery``: now | overnight. ``second_look``: off | risk | all; ``look_model`` "" is the recipe's own. ``batch_factor``: what a call costs overnight, as a share of its price.
    ``deliver``: what a package holds of each document, of ``DELIVERED``; ``clean`` is always among them.
    ``proposal_prompt``: of a draft whose gaps a model may fill with marked proposals, "" where it may not.
    ``fonts``: one's own table of fonts by script as it was when the batch was submitted, "" for the shipped one alone.
    """

    kind: str
    source_language: str
    target_language: str
    provider: str
    model: str = ""
    base_url: str = ""
    prompt: str = ""
    prompt_digest: str = ""
    assets: tuple[AssetRef, ...] = ()
    checks_off: tuple[str, ...] = ()
    review: str = "required"
    sign_roles: tuple[str, ...] = ("approver",)
    budget: float = 0.0
    currency: str = "USD"
    prices: tuple[float, float, float] = (0.0, 0.0, 0.0)
    concurrency: int = 8
    max_output_tokens: int = 8192
    strict_schema: bool = True
    policy: ReadPolicy = field(default_factory=ReadPolicy)
    gate: Gate = field(default_factory=Gate)
    blinded: bool = False
    software: str = ""
    api: str = "chat"
    temperature: bool = True
    fallback: tuple[ModelRef, ...] = ()
    delivery: str = "now"
    batch_factor: float = 0.5
    budget_document: float = 0.0
    style: str = ""
    style_digest: str = ""
    brief_prompt: str = ""
    brief_prompt_digest: str = ""
    brief_model: str = ""
    brief_words: int = 0
    second_look: str = "off"
    look_prompt: str = ""
    look_prompt_digest: str = ""
    look_model: str = ""
    back_translation: bool = False
    deliver: tuple[str, ...] = ("clean",)
    fonts: str = ""
    proposal_prompt: str = ""
    proposal_prompt_digest: str = ""

    @property
    def own_model(self) -> ModelRef:
        """The model that is asked first."""
        return ModelRef(
            "", self.provider, self.model, self.base_url, self.api, self.strict_schema, self.prices, self.max_output_tokens,
            self.temperature,
        )  # fmt: skip

    @property
    def models(self) -> tuple[ModelRef, ...]:
        """The chain: the model that is asked first, then those it falls back to."""
        return (self.own_model, *self.fallback)

    @property
    def drafts(self) -> bool:
        """Whether the batch drafts documents from data; otherwise it translates them."""
        return self.kind == "draft"

    @property
    def proposes(self) -> bool:
        """Whether a model may propose text where the sources of a draft hold nothing."""
        return bool(self.proposal_prompt)

    @property
    def digest(self) -> Digest:
        """Digest of the whole recipe."""
        return digest_of(self)
