"""The chain of models against two simulated providers: who is asked when one refuses or is away, what is paid, what is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from docpipe import prompts
from docpipe.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from docpipe.llm.chain import REPLAYED, Chain, Health, Link, passes_on
from docpipe.llm.openai import connect
from docpipe.llm.provider import Connection
from docpipe.model.chunk import Reply, Request, SpendKey
from docpipe.simulate import background

PROMPT = prompts.load("translate/segments")
FILTER = '[[fault]]\nkind = "{}"\nprobability = 1.0\n'


def request(text: str = "The dose was 5 mg.", **given: Any) -> Request:
    task = {"from": "en", "to": "de", "paragraphs": [{"segments": [{"id": "s1", "text": text}]}]}
    values: dict[str, Any] = {
        "provider": "openai", "model": "first", "prompt": PROMPT.name, "prompt_digest": PROMPT.digest, "system": PROMPT.system,
        "user": json.dumps(task), "schema": PROMPT.schema, "max_output": 512,
    }  # fmt: skip
    return Request(**{**values, **given})


def link(name: str, address: str) -> Link:
    model = name or "first"
    return Link(name, "openai", model, f"{model}|{address}", lambda: connect(Connection(address, "k", timeout=5)))


@dataclass
class Clock:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Books:
    """Replies that were paid for, and who was asked."""

    replies: dict[SpendKey, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def stored(self, request: Request) -> Reply | None:
        return self.replies.get(request.spend_key)

    async def send(self, link: Link, request: Request) -> Reply:
        self.asked.append(link.model)
        provider = link.connect()
        try:
            reply = await provider.complete(request)
        finally:
            await provider.close()
        self.replies[request.spend_key] = reply
        return reply


def ask(
    links: Sequence[Link], books: Books, *requests: Request, health: Health | None = None
) -> list[Reply | ProviderError]:
    async def go() -> list[Reply | ProviderError]:
        chain = Chain(links, health or Health())
        out: list[Reply | ProviderError] = []
        for one in requests:
            try:
                out.append(await chain.ask(one, stored=books.stored, send=books.send))
            except ProviderError as error:
                out.append(error)
        return out

    return asyncio.run(go())


def test_the_first_model_answers_and_no_other_is_asked() -> None:
    books = Books()
    with background() as one:
        [reply] = ask([link("", one.base_url), link("spare", one.base_url)], books, request())
    assert isinstance(reply, Reply)
    assert (reply.fallback, books.asked) == ("", ["first"])


@pytest.mark.parametrize("kind", ["refuse", "filter", "503", "reset", "not_json", "429"])
def test_a_refusal_or_a_failure_passes_the_request_on_and_is_told(kind: str) -> None:
    books = Books()
    with background(script=FILTER.format(kind)) as one, background() as two:
        links = [link("", one.base_url), link("spare", two.base_url)]
        first, second = ask(links, books, request(), request())
        assert two.bill()["charged"]["calls"] == 1
    assert isinstance(first, Reply)
    assert first.fallback.startswith("provider.")
    assert first.model == "spare-simulated"
    assert "5 mg" in first.text
    # The reply of the spare model is stored under a key of its own, and found before anything is sent.
    assert isinstance(second, Reply)
    assert (second.fallback, second.text) == (REPLAYED, first.text)
    assert books.asked == ["first", "spare"]


def test_links_have_spend_keys_of_their_own_and_the_first_keeps_the_engines() -> None:
    asked = request()
    assert link("", "x").request(asked) is asked
    other = link("spare", "x").request(asked)
    assert other.spend_key != asked.spend_key
    assert (other.model, other.provider, other.max_output) == ("spare", "openai/spare", 512)


def test_who_is_away_rests_and_is_tried_again() -> None:
    clock, books = Clock(), Books()
    health = Health(first=30, most=100, clock=clock)
    with background() as two:
        links = [link("", "http://127.0.0.1:9/v1"), link("spare", two.base_url)]

        def go(text: str) -> Reply | ProviderError:
            return ask(links, books, request(text), health=health)[0]

        go("One.")
        reply = go("Two.")
        assert isinstance(reply, Reply)
        assert reply.fallback == ProviderDown.code
        assert books.asked == ["first", "spare", "spare"]
        clock.at = 31
        go("Three.")
        assert books.asked[3:] == ["first", "spare"]
        clock.at = 31 + 59
        go("Four.")
        assert books.asked[5:] == ["spare"]
    with background() as one:
        links[0] = Link("", "openai", "first", links[0].scope, lambda: connect(Connection(one.base_url, "k")))
        clock.at = 31 + 61
        five = ask(links, books, request("Five."), request("Six."), health=health)
    assert [r.fallback for r in five if isinstance(r, Reply)] == ["", ""]


def test_where_nobody_answers_the_first_error_is_raised() -> None:
    books = Books()
    with background(script=FILTER.format("refuse")) as two:
        links = [link("", "http://127.0.0.1:9/v1"), link("spare", two.base_url)]
        health = Health()
        errors = ask(links, books, request(), request("Other."), health=health)
        assert [type(e) for e in errors] == [ProviderDown, ProviderDown]  # also while it rests
        [error] = ask(list(reversed([link("b", links[0].scope), link("", two.base_url)])), Books(), request())
    assert isinstance(error, ProviderRefused)


def test_filtered_by_all_is_a_filtered_reply() -> None:
    books = Books()
    with background(script=FILTER.format("filter")) as both:
        links = [link("", both.base_url), link("spare", both.base_url)]
        first, second = ask(links, books, request(), request())
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert (first.finish, second.finish) == ("filter", "filter")
    assert books.asked == ["first", "spare"]


def test_what_is_set_wrongly_is_told_and_not_passed_over() -> None:
    assert not passes_on(ProviderAuth("x"))
    assert not passes_on(ProviderRefused("x", reason="too_long"))
    assert passes_on(ProviderRefused("x", reason="content_filter"))
    books = Books()
    with background(key="right") as one, background() as two:
        [error] = ask([link("", one.base_url), link("spare", two.base_url)], books, request())
    assert isinstance(error, ProviderAuth)
    assert books.asked == ["first"]
