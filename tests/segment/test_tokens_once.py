"""The encoding is made once, also when many documents' threads ask for it at the same time: each copy holds some 100 MB."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from docpipe.segment import tokens


def test_many_threads_share_one_encoding() -> None:
    tokens._made.cache_clear()
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return id(tokens._encoding())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert tokens._made.cache_info().misses == 1
