"""Model provider and network: the operator can mend these. Imports the root of the tree only."""

from __future__ import annotations

from typing import ClassVar

from docpipe.errors.base import DocpipeError, Who


class ProviderError(DocpipeError):
    """``retry_after``: seconds the provider asked us to wait, if it said so."""

    code = "provider.failed"
    exit_code = 5
    who: ClassVar[Who] = "operator"
    fix = "Look at the provider's status and try `docpipe resume`."


class ProviderAuth(ProviderError):
    code = "provider.wrong_key"
    fix = "Set a valid key (OPENAI_API_KEY or the Azure variables)."


class ProviderNotFound(ProviderError):
    code = "provider.unknown_model"
    fix = "Check --model and --base-url."


class ProviderDown(ProviderError):
    code = "provider.unreachable"
    fix = "Check --base-url and the network, then `docpipe resume`."


class ProviderBusy(ProviderError):
    """429: rate or quota."""

    code = "provider.rate_limited"
    fix = "Wait, lower the concurrency or raise the quota, then `docpipe resume`."


class ProviderOverloaded(ProviderError):
    """5xx."""

    code = "provider.server_error"


class ProviderTimeout(ProviderError):
    """No reply in time: the call may have been paid for."""

    code = "provider.timeout"


class ProviderLost(ProviderError):
    """The connection broke after the request was sent: the call may have been paid for."""

    code = "provider.connection_lost"


class ProviderRefused(ProviderError):
    """4xx other than the above, or a content filter."""

    code = "provider.refused"
    fix = "The provider will not take this request: see the details, or let a person translate the rows."


class ReplyTruncated(ProviderError):
    code = "provider.truncated"


class ReplyMalformed(ProviderError):
    code = "provider.malformed_reply"


class BudgetSpent(ProviderError):
    code = "provider.budget_spent"
    fix = "Raise the limit: `docpipe resume BATCH --budget AMOUNT`, `--budget-document`; a day's is DOCPIPE_BUDGET_DAY."


class ReplyNotRecorded(ProviderError):
    """The provider ``recorded`` has no reply to this request."""

    code = "provider.not_recorded"
    fix = "Replay with the documents, languages, prompts, model and limits of the recording, or record anew."


class JobLost(ProviderError):
    """An overnight job ended without answers: failed, expired, cancelled at the provider, or no longer known there."""

    code = "provider.job_lost"
    fix = "Run `docpipe resume BATCH`: what was not answered is asked again."


class OfflineModelMissing(ProviderError):
    """The provider ``ctranslate2`` has no model, or not the package it needs."""

    code = "provider.offline_model"
    fix = "Install docpipe[offline] and name the model's folder: DOCPIPE_OFFLINE_MODEL."
