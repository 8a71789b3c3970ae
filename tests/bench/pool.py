"""CPU of a model call by HTTP transport: the openai package's own client against its aiohttp client, and what a reset comes out as.

python tests/bench/pool.py [CALLS] [IN_FLIGHT]      JSON on stdout; the simulated provider runs in a process of its own
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from typing import Any

from docpipe import prompts
from docpipe.errors import ProviderError
from docpipe.llm.openai import OpenAI, open_client
from docpipe.llm.provider import Connection, maybe_paid
from docpipe.model.chunk import Request

PROMPT = prompts.load("translate/segments")
RESET = '[[fault]]\nkind = "{}"\nprobability = 1.0\n'


def request(number: int) -> Request:
    rows = [
        {"id": f"s{n}", "text": f"Patient {number} received {n} mg of the study drug at week {n}."} for n in range(30)
    ]
    task = {"from": "en", "to": "de", "paragraphs": [{"segments": rows}]}
    return Request(
        "openai", "sim", PROMPT.name, PROMPT.digest, PROMPT.system, json.dumps(task), PROMPT.schema, max_output=4096
    )


def opened(connection: Connection, transport: str) -> OpenAI:
    provider = OpenAI(connection)
    if transport == "httpx2":
        import openai

        client = open_client(connection)
        provider._client = client.with_options(http_client=openai.DefaultAsyncHttpxClient(timeout=client.timeout))
    return provider


async def calls(address: str, transport: str, count: int, in_flight: int) -> dict[str, float]:
    provider = opened(Connection(address, "k"), transport)
    gate = asyncio.Semaphore(in_flight)

    async def one(number: int) -> None:
        async with gate:
            await provider.complete(request(number))

    await asyncio.gather(*(one(n) for n in range(in_flight)))
    began, cpu = time.perf_counter(), _cpu()
    await asyncio.gather(*(one(n) for n in range(count)))
    wall, used = time.perf_counter() - began, _cpu() - cpu
    await provider.close()
    return {"cpu_ms_a_call": round(used / count * 1000, 2), "calls_a_second": round(count / wall, 1)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def failure(address: str, transport: str) -> dict[str, Any]:
    provider = opened(Connection(address, "k", timeout=5), transport)
    try:
        await provider.complete(request(0))
    except ProviderError as error:
        return {"leaf": type(error).__name__, "maybe_paid": maybe_paid(error)}
    finally:
        await provider.close()
    return {"leaf": "none"}


def main() -> None:
    count, in_flight = int([*sys.argv, 2000][1]), int([*sys.argv, 0, 64][2] if len(sys.argv) > 2 else 64)
    command = [sys.executable, "-m", "docpipe.cli.main", "simulate", "--port", "0", "--latency", "fixed:0.1", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    out: dict[str, Any] = {"calls": count, "in_flight": in_flight}
    try:
        address = json.loads(server.stdout.readline())["address"]
        for turn in range(3):
            for transport in ("httpx2", "aiohttp"):
                out[f"{transport}_{turn}"] = asyncio.run(calls(address, transport, count, in_flight))
    finally:
        server.terminate()
        server.wait()
    from docpipe.simulate import background

    for kind in ("reset", "half_body"):
        with background(script=RESET.format(kind)) as sim:
            out[kind] = {t: asyncio.run(failure(sim.base_url, t)) for t in ("httpx2", "aiohttp")}
    out["refused"] = {t: asyncio.run(failure("http://127.0.0.1:9/v1", t)) for t in ("httpx2", "aiohttp")}
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
