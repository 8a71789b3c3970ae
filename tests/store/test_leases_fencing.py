"""Leases: one holder, taken over when its process is gone or its time is up, fenced off when it comes back (F6)."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from docpipe.errors import LeaseLost
from docpipe.store import leases
from docpipe.store.database import Store
from docpipe.store.leases import Lease
from docpipe.store.process import is_gone, owner_id


def _take(store: Store, owner: str, seconds: float = 30.0) -> Lease | None:
    with store.write() as s:
        return leases.acquire(s, "document:D1", owner, seconds)


def test_one_holds_and_the_others_wait(store: Store) -> None:
    mine = _take(store, "a")
    assert mine is not None
    assert _take(store, "b") is None
    with store.write() as s:
        leases.check(s, mine)
        leases.release(s, mine)
    theirs = _take(store, "b")
    assert theirs is not None
    assert theirs.fence > mine.fence


def test_a_frozen_worker_is_fenced_off_when_it_wakes(store: Store) -> None:
    late = _take(store, "a", -1.0)
    assert late is not None
    now = _take(store, "b")
    assert now is not None
    for does in (lambda s: leases.check(s, late), lambda s: leases.renew(s, late, 30)):
        with pytest.raises(LeaseLost), store.write() as s:
            does(s)
    with store.read() as s, pytest.raises(LeaseLost):
        leases.check(s, late)
    with store.write() as s:
        leases.release(s, late)
        leases.check(s, now)


def test_a_renewed_lease_lives_on(store: Store) -> None:
    lease = _take(store, "a", 0.01)
    assert lease is not None
    with store.write() as s:
        assert leases.renew(s, lease, 60).until > lease.until
    assert _take(store, "b") is None


def test_a_lease_that_was_never_given_is_lost(store: Store) -> None:
    lease = _take(store, "a")
    assert lease is not None
    with store.read() as s, pytest.raises(LeaseLost):
        leases.check(s, Lease("other", "a", 1, lease.until))


def test_many_threads_get_it_one_by_one(store: Store) -> None:
    inside: list[str] = []
    most: list[int] = []

    def work(n: int) -> None:
        while (lease := _take(store, f"w{n}")) is None:
            pass
        inside.append("x")
        most.append(len(inside))
        inside.pop()
        with store.write() as s:
            leases.release(s, lease)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most == [1] * 6


HOLDER = """
import sys
from docpipe.store import leases
from docpipe.store.database import Store
from docpipe.store.process import owner_id
with Store.open(sys.argv[1], sys.argv[2]).write() as s:
    lease = leases.acquire(s, "document:D1", owner_id(), 600)
print(lease.fence if lease else 0, flush=True)
sys.stdin.readline()
"""


def test_of_two_processes_one_gets_the_lease_and_a_killed_ones_is_free_at_once(url: str, tmp_path: Path) -> None:
    several = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, url, str(tmp_path / "b")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    got = [int(p.stdout.readline()) for p in several if p.stdout]
    assert sorted(got) == [0, 1]
    with Store.open(url, str(tmp_path / "b")) as store:
        assert _take(store, owner_id()) is None
        for p in several:
            p.kill()
            p.wait()
        lease = _take(store, owner_id())
        assert lease is not None
        assert lease.fence == 2


def test_only_a_process_of_this_machine_is_known_to_be_gone() -> None:
    mine = owner_id()
    assert not is_gone(mine)
    place, pid, started, token = mine.split("#")
    assert is_gone(f"{place}#{pid}#{started}0#{token}")
    assert not is_gone(f"elsewhere#999999#1#{token}")
    assert not is_gone("anything")
