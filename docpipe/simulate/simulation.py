"""Settings and state of one simulated provider, and its answer to a chat body, without any HTTP. Imports its room only."""

from __future__ import annotations

import hmac
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import BadSetting
from docpipe.simulate.answers import answers_of, last_user_text, text_of
from docpipe.simulate.billing import Bill, masked
from docpipe.simulate.faults import Fault, Script, spoil
from docpipe.simulate.metering import Bucket, Latency, Prefixes, tokens

__all__ = ["Account", "Answer", "Simulation"]

_TO = re.compile(r'"to":"([A-Za-z]{2,3})')
_NATURAL = {"en": 1.06, "zh": 0.91, "ja": 0.91, "ko": 0.91}
"""Measured against human translations (French 1.34, Chinese 0.91); other languages are set near French."""


@dataclass(slots=True)
class Account:
    """The limits of one key for one model, as providers have them."""

    key: str
    model: str
    requests: Bucket
    tokens: Bucket

    def as_dict(self) -> dict[str, Any]:
        """What went through, and which share of the limit that is."""
        row: dict[str, Any] = {"key": masked(self.key), "model": self.model}
        for name, bucket in (("requests", self.requests), ("tokens", self.tokens)):
            offered = bucket.offered
            row[name] = {
                "limit": bucket.limit,
                "taken": bucket.taken,
                "share": round(bucket.taken / offered, 4) if offered else None,
            }
        return row


@dataclass(frozen=True, slots=True)
class Answer:
    """A faithful or spoiled answer and its tokens. ``prompt_text``: what the prompt cache keeps."""

    text: str
    finish: str
    prompt: int
    cached: int
    completion: int
    prompt_text: str


@dataclass(slots=True)
class Simulation:
    """One provider. ``rpm``, ``tpm``: limits of every key and model; ``keys``: accepted keys with limits of their own or None, none = all.

    ``burst``: share of a minute's limit that may be used at once. ``batch_seconds``: how long an overnight job takes.
    """

    script: Script = field(default_factory=Script)
    script_text: str = ""
    latency: Latency = field(default_factory=Latency)
    rpm: int = 0
    tpm: int = 0
    burst: float = 0.1
    batch_seconds: float = 0.0
    keys: Mapping[str, tuple[int, int] | None] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    bill: Bill = field(default_factory=Bill)
    prefixes: Prefixes = field(default_factory=Prefixes)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def accepts(self, key: str) -> bool:
        """Whether a key may ask."""
        return not self.keys or any(hmac.compare_digest(key.encode(), k.encode()) for k in self.keys)

    def account(self, key: str, model: str) -> Account:
        """The limits of a key for a model."""
        found = self.accounts.get((key, model))
        if found is None:
            rpm, tpm = self.keys.get(key) or (self.rpm, self.tpm)
            found = Account(key, model, Bucket(rpm, self.burst), Bucket(tpm, self.burst))
            self.accounts[key, model] = found
        return found

    def change(self, given: Mapping[str, Any]) -> None:
        """Other limits or latency from now on: any of ``rpm``, ``tpm``, ``latency``, ``speed``. Raises ``BadSetting``."""
        for name in ("rpm", "tpm"):
            if not (isinstance(given.get(name, 0), int) and given.get(name, 0) >= 0):
                raise BadSetting(f"{name} is a whole number from 0 (no limit).", setting=name)
        try:
            latency = Latency(
                str(given.get("latency", self.latency.spec)),
                self.latency.seed,
                float(given.get("speed", self.latency.speed)),
            )
        except (TypeError, ValueError) as error:
            raise BadSetting("speed is a number of tokens a second.", setting="speed") from error
        self.latency = latency
        self.rpm, self.tpm = given.get("rpm", self.rpm), given.get("tpm", self.tpm)
        for account in self.accounts.values():
            if not self.keys.get(account.key):
                account.requests.change(self.rpm)
                account.tokens.change(self.tpm)

    def limits(self) -> dict[str, Any]:
        """The limits and latency as they are."""
        return {"rpm": self.rpm, "tpm": self.tpm, "latency": self.latency.spec, "speed": self.latency.speed}

    def statement(self) -> dict[str, Any]:
        """The whole bill, with the share of each limit."""
        return {**self.bill.as_dict(), "limits": [a.as_dict() for a in self.accounts.values()]}

    def answer(self, body: Mapping[str, Any], chosen: tuple[Fault, Any] | None = None) -> Answer:
        """The answer to a chat body (``messages``, ``response_format``, output limit), spoiled by a chosen fault.

        Charges nothing, takes no time and knows no limits: that is the caller's.
        """
        messages = [m for m in body["messages"] if isinstance(m, dict)]
        text = last_user_text(messages)
        prompt_text = "\n".join(text_of(m) for m in messages)
        answers = answers_of(text)
        fault = chosen[0] if chosen else None
        finish = "stop"
        if answers is None:
            plain = (body.get("response_format") or {}).get("type") in (None, "text")
            answer = text if plain else json.dumps({"text": text})
        elif chosen:
            answer = spoil(*chosen, answers)
        else:
            answer = answers.reply()
        if fault and fault.kind in ("truncate", "filter"):
            finish = "length" if fault.kind == "truncate" else "content_filter"
            answer = "" if finish == "content_filter" else answer
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        completion = _written(answer, text)
        if isinstance(limit, int) and completion > limit:
            answer, finish = answer[: max(1, len(answer) * limit // completion)], "length"
            completion = _written(answer, text)
        prompt = sum(tokens(text_of(m)) for m in messages)
        return Answer(answer, finish, prompt, min(prompt, self.prefixes.cached(prompt_text)), completion, prompt_text)


def _written(answer: str, task: str) -> int:
    """Tokens of an answer as a natural text of its language would have them: pseudo-words are shorter than words are."""
    to = _TO.search(task)
    return round(tokens(answer) * _NATURAL.get(to[1].lower(), 1.32)) if to else tokens(answer)
