"""The Batch API of OpenAI, Azure and compatible servers: many requests in one file, answered within a day at a lower price.

Imports the core and its room, the openai package lazily. Nothing here repeats a call: what is done again after a failure is the
caller's to decide, who finds a job that was submitted by our own id in its metadata.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, TypeVar

from docpipe.errors import JobLost, ProviderError, ProviderTimeout, ReplyMalformed
from docpipe.llm import responses
from docpipe.llm.failures import by_status, failure, safe
from docpipe.llm.openai import OpenAI, chat_reply, open_client
from docpipe.llm.provider import Connection
from docpipe.model.chunk import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from openai.types import Batch

__all__ = ["MOST_BYTES", "MOST_REQUESTS", "BatchApi", "RemoteJob"]

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""What one job may hold (source: the provider's guide to batches)."""
_OURS = "docpipe_job"
_ENDED = ("completed", "failed", "expired", "cancelled")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job as the provider tells it. ``status``: its own word; ``error``: code of a job that failed as a whole."""

    id: str
    status: str
    total: int = 0
    answered: int = 0
    failed: int = 0
    input_file: str = ""
    output_file: str = ""
    error_file: str = ""
    error: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will be answered."""
        return self.status in _ENDED


class BatchApi:
    """Files and jobs at one provider, for one event loop. Every failure is one leaf of ``ProviderError``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._form = OpenAI(connection)
        self._client = open_client(connection)
        chat = "/chat/completions" if connection.azure_endpoint else "/v1/chat/completions"
        self._endpoint = "/v1" + responses.PATH if connection.api == "responses" else chat

    async def close(self) -> None:
        """Gives the connections back."""
        await self._client.close()

    def line(self, call: str, request: Request) -> bytes:
        """A request as a line of a job's file. ``call``: our name for it, by which its answer is known."""
        entry = {"custom_id": call, "method": "POST", "url": self._endpoint, "body": self._form.body(request)}
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"

    async def upload(self, job: str, lines: Iterable[bytes]) -> str:
        """The file of a job at the provider: one that is there already under our name and of the same size, else a new one."""
        # Unlinked from the start: no text stays on this machine's disk.
        with TemporaryFile() as file:
            for line in lines:
                file.write(line)
            size = file.tell()
            file.seek(0)
            return await self._upload(f"docpipe-{job}.jsonl", file, size)

    async def _upload(self, name: str, file: IO[bytes], size: int) -> str:
        async def find() -> str:
            async for there in self._client.files.list(purpose="batch"):
                if there.filename == name and there.bytes == size:
                    return str(there.id)
            return ""

        async def send() -> str:
            return str((await self._client.files.create(file=(name, file, "application/jsonl"), purpose="batch")).id)

        return await self._asked(find()) or await self._asked(send(), seconds=1800.0)

    async def submit(self, job: str, file: str) -> RemoteJob:
        """Starts a job. Not to be called before ``find`` has told that there is none."""

        async def create() -> Batch:
            return await self._client.batches.create(
                input_file_id=file,
                endpoint=self._endpoint,  # type: ignore[arg-type]  # Azure: without /v1
                completion_window="24h",
                metadata={_OURS: job},
            )

        return _remote(await self._asked(create()))

    async def find(self, job: str) -> RemoteJob | None:
        """The job with our id, if it was submitted."""

        async def look() -> RemoteJob | None:
            async for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get(_OURS) == job:
                    return _remote(batch)
            return None

        return await self._asked(look())

    async def look(self, remote: str) -> RemoteJob:
        """How a job stands. Raises ``ProviderNotFound`` where the provider does not know it any more."""
        return _remote(await self._asked(self._client.batches.retrieve(remote)))

    async def cancel(self, remote: str) -> RemoteJob:
        """Asks the provider to stop; what was answered so far is paid for and can be fetched."""
        return _remote(await self._asked(self._client.batches.cancel(remote)))

    async def forget(self, file: str) -> None:
        """Has the provider delete a file: it holds text of documents."""
        await self._asked(self._client.files.delete(file))

    async def answers(self, file: str) -> AsyncIterator[tuple[str, Reply | ProviderError]]:
        """Call and reply, or the error that took its place, for every line of an output or error file."""
        import openai

        failed: ProviderError | None = None
        try:
            async with self._client.files.with_streaming_response.content(file) as found:
                async for text in found.iter_lines():
                    if text.strip():
                        yield self._answer(text)
        except openai.OpenAIError as error:
            failed = failure(error)
        if failed is not None:
            raise failed

    def _answer(self, text: str) -> tuple[str, Reply | ProviderError]:
        call = ""
        try:
            line = json.loads(text)
            call = str(line["custom_id"])
            answer = line.get("response") or {}
            status = int(answer.get("status_code") or 0)
            if status != 200:
                return call, self._error(status, line, answer)
            form = responses.reply if self._connection.api == "responses" else chat_reply
            reply = form(answer["body"])
            request = safe(answer.get("request_id", ""))
            return call, Reply(reply.text, reply.finish, reply.model, reply.usage, 0.0, request)
        except ProviderError as error:
            return call, error
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return call, ReplyMalformed("A line of the job's answers is not a completion.")

    def _error(self, status: int, line: dict[str, Any], answer: dict[str, Any]) -> ProviderError:
        if not status:
            code = safe((line.get("error") or {}).get("code"))
            return JobLost("The overnight job ended before this request was answered.", reason=code or None)
        body = answer.get("body") or {}
        inner: dict[str, Any] = body["error"] if isinstance(body.get("error"), dict) else body
        return by_status(status, inner, {}, answer.get("request_id", ""))

    async def _asked(self, call: Coroutine[Any, Any, T], seconds: float = 0.0) -> T:
        """The call's result; every failure becomes a leaf, raised outside of ``except`` so that no traceback carries headers."""
        import openai

        failed: ProviderError
        try:
            async with asyncio.timeout(seconds or self._connection.timeout + self._connection.connect_timeout):
                return await call
        except TimeoutError:
            failed = ProviderTimeout("The provider did not answer in time.")
        except openai.OpenAIError as error:
            failed = failure(error)
        except (ValueError, KeyError, TypeError, AttributeError):
            failed = ReplyMalformed("The provider's answer is not about a batch.")
        raise failed


def _remote(batch: Batch) -> RemoteJob:
    counts = batch.request_counts
    errors = (batch.errors.data or []) if batch.errors else []
    return RemoteJob(
        id=batch.id,
        status=batch.status,
        total=counts.total if counts else 0,
        answered=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        input_file=batch.input_file_id or "",
        output_file=batch.output_file_id or "",
        error_file=batch.error_file_id or "",
        error=safe(errors[0].code) if errors else "",
    )
