"""A target said again in the source language, on a person's wish: for reviewers who do not read the target. Imports accounts, llm, prompts and store.

Made without sight of the source, and nothing of the row changes. The ledger keeps the answer: the same text is paid for once.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.accounts.roles import Action, User, allows
from docpipe.errors import ProviderError, ReplyMalformed, ReviewRefused, RoleMissing
from docpipe.llm import second_look as looks
from docpipe.llm.asking import ask
from docpipe.model.batch import Batch
from docpipe.model.chunk import Reply, Request
from docpipe.model.inline import spaced_text
from docpipe.model.segment import Segment, Unit
from docpipe.prompts import load
from docpipe.steps.house import House
from docpipe.steps.model import access_of, ledger_of, orders_of, with_model_named
from docpipe.steps.second_look import BACK, is_about, request_of
from docpipe.store import batches, documents, second_looks, units
from docpipe.store.second_looks import SecondLook

__all__ = ["ACTIONS", "Back", "known", "possible", "translate_back"]

ACTIONS = (Action.EDIT, Action.APPROVE, Action.REJECT)
"""One of these must be allowed to whoever has a model asked."""
_ID = "t1"


@dataclass(frozen=True, slots=True)
class Back:
    """What a target says, in the source language, and which model said so."""

    text: str
    model: str


def possible(batch: Batch, unit: Unit) -> bool:
    """Whether there is a text to translate back, and a model to do it."""
    recipe = batch.recipe
    online = recipe.provider not in ("", "rehearsal", "ctranslate2") and bool(recipe.model)
    return online and not recipe.drafts and bool(unit.target)


def known(
    house: House, batch: Batch, document_id: str, segment: Segment, unit: Unit, look: SecondLook | None
) -> Back | None:
    """The present target translated back, where that was done before; nobody is asked. ``look``: the row's second look, if it had one."""
    if not possible(batch, unit):
        return None
    if look is not None and look.back_translation and is_about(look, batch.recipe, segment, unit):
        return Back(look.back_translation, look.model)
    stored = ledger_of(house, batch, document_id).stored(_asked(house, batch, unit).spend_key)
    return _read(stored) if stored is not None else None


def translate_back(house: House, document_id: str, segment: str, user: User) -> Back:
    """Has a row's present target translated back. Raises ``RoleMissing``, ``UnknownName``, ``ReviewRefused`` and what the provider does.

    ``ReviewRefused``: the row has no target, or its batch no language model.
    """
    if not any(allows(role, action) for role in user.roles for action in ACTIONS):
        raise RoleMissing("To have a row translated back is for those who review it.")
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
        source, unit = units.get(session, document_id, segment)
        look = second_looks.of_rows(session, [source.id]).get(source.id)
    if not possible(batch, unit):
        raise ReviewRefused("The row has no target, or its batch no language model that could translate it back.")
    if (before := known(house, batch, document_id, source, unit, look)) is not None:
        return before
    recipe = with_model_named(batch.recipe, batch.recipe.look_model)
    answers: list[Reply | ProviderError] = []

    def keep(request: Request, reply: Reply | ProviderError) -> None:
        answers.append(reply)

    ask(
        [_asked(house, batch, unit)], connect=access_of(house, recipe), ledger=ledger_of(house, batch, document_id),
        orders=orders_of(house, recipe, tries=2), on_reply=keep,
    )  # fmt: skip
    if answers and isinstance(answers[0], ProviderError):
        raise answers[0]
    back = _read(answers[0]) if answers and isinstance(answers[0], Reply) else None
    if back is None:
        raise ReplyMalformed("The model gave no translation back.")
    return back


def _asked(house: House, batch: Batch, unit: Unit) -> Request:
    recipe = with_model_named(batch.recipe, batch.recipe.look_model)
    prompt = load(BACK, home=house.settings.prompts_folder)
    text = looks.back_text({_ID: spaced_text(unit.target)}, recipe.source_language, recipe.target_language)
    return request_of(recipe, prompt, text)


def _read(reply: Reply) -> Back | None:
    text = looks.read_back_texts(reply.text).get(_ID, "").strip()
    return Back(text, reply.model) if text else None
