"""The page's process: the application under uvicorn, its log in the operator's file. Imports uvicorn and the steps."""

from __future__ import annotations

from docpipe.registry import checks
from docpipe.settings import load
from docpipe.steps.house import log_to_file, open_house
from docpipe.web.app import create_app

KEEP_ALIVE_SECONDS = 75
"""Longer than the pause of a person who reads a row: the next save finds its connection open."""


def serve_web(host: str, port: str) -> None:
    """Serves the page until the process is stopped. Entry point ``web`` of the group ``docpipe.serve``."""
    import uvicorn

    settings = load(web_host=host, web_port=int(port))
    log_to_file(settings)
    checks()  # found before the first reviewer saves
    uvicorn.run(
        create_app(open_house(settings)), host=host, port=int(port), log_level="warning", access_log=False,
        server_header=False, timeout_keep_alive=KEEP_ALIVE_SECONDS, proxy_headers=True, forwarded_allow_ips=settings.trusted_proxies, timeout_graceful_shutdown=5,
    )  # fmt: skip
