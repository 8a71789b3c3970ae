"""Child processes (B4 and isolation): good calls succeed, every kind of harm is one clear error, and nothing is left."""

from __future__ import annotations

import os
import pickle
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from docpipe.errors import DamagedPackage, ParserKilled
from docpipe.model.document import Block, BlockKind
from docpipe.safe.child import Pool, _member, call

HERE = Path(__file__).parent
MIB = 1024 * 1024
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the child's limits are Linux's")


@pytest.fixture(autouse=True)
def _targets_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(2, memory=512 * MIB) as pool:
        yield pool


def workers_of(parent: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == parent and b"docpipe.safe._worker" in line:
                found.add(int(entry.name))
    return found


def killed(pool: Pool, target: str, *args: object, seconds: float = 10, output: int = 50 * MIB) -> str:
    with pytest.raises(ParserKilled) as caught:
        pool.call(f"child_targets:{target}", args, seconds=seconds, output=output)
    assert "patient" not in str(caught.value.as_dict())
    return str(caught.value.details["reason"])


def test_results_come_back_as_they_are(pool: Pool) -> None:
    assert pool.call("child_targets:double", (21,)) == 42
    block = pool.call("child_targets:block", ("药 é",))
    assert isinstance(block, Block)
    assert block.text == "药 é"


def test_a_child_serves_many_calls_and_is_then_replaced() -> None:
    with Pool(1, documents=3) as pool:
        assert Counter(Counter(pool.call("child_targets:identity") for _ in range(9)).values()) == {3: 3}


def test_a_leaf_of_our_errors_comes_back_as_itself(pool: Pool) -> None:
    with pytest.raises(DamagedPackage) as caught:
        pool.call("child_targets:refuse")
    assert caught.value.details == {"entry": "a.xml", "bytes": 7}
    assert caught.value.message == "The package is damaged."


@pytest.mark.parametrize(
    ("target", "reason"),
    [("loop", "time"), ("sleep", "time"), ("hog", "memory"), ("leave", "exit"), ("segfault", "crash"),
     ("recurse", "recursion"), ("huge", "output"), ("surprise", "exception"), ("trap", "output"), ("absent", "exception")],
)  # fmt: skip
def test_each_harm_has_its_reason_and_the_next_call_is_unhurt(pool: Pool, target: str, reason: str) -> None:
    assert killed(pool, target, seconds=1 if reason == "time" else 10) == reason
    assert pool.call("child_targets:double", (4,)) == 8


def test_what_a_library_prints_does_not_disturb_the_reply(pool: Pool) -> None:
    assert pool.call("child_targets:chatter") == "quiet"


def test_a_child_reaches_no_network_starts_nothing_and_writes_nothing(pool: Pool, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        assert pool.call("child_targets:connect", (port,)) == "PermissionError"
        if os.geteuid() == 0:  # elsewhere namespaces may be forbidden, and Python's guard stands alone
            assert pool.call("child_targets:raw_connect", (port,)) != 0
        with pytest.raises(TimeoutError):
            server.accept()
    assert pool.call("child_targets:start_program") == "PermissionError"
    assert pool.call("child_targets:write_file", (str(tmp_path / "out"),)) != "written"


def test_a_child_knows_no_secrets(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-canary")
    assert "sk-canary-canary" not in str(pool.call("child_targets:environment"))


def test_calls_of_threads_that_end_do_not_take_children_with_them() -> None:
    with Pool(1) as pool:
        first: list[int] = []
        thread = threading.Thread(target=lambda: first.append(pool.call("child_targets:identity")))
        thread.start()
        thread.join()
        time.sleep(0.2)
        assert pool.call("child_targets:identity") == first[0]


def test_the_shared_children_work() -> None:
    assert call("child_targets:double", (3,), seconds=20) == 6


def test_a_chaos_batch_ends_exactly_as_it_must() -> None:
    kinds = ["double"] * 14 + ["loop", "sleep", "hog", "leave", "segfault", "recurse", "huge", "surprise"] * 2
    random.Random(4).shuffle(kinds)
    expected = Counter(kinds)
    before = workers_of(os.getpid())
    start = time.monotonic()
    with Pool(2, memory=512 * MIB, documents=5) as pool, ThreadPoolExecutor(4) as threads:

        def one(kind: str) -> str:
            if kind == "double":
                return f"good {pool.call('child_targets:double', (5,), seconds=30)}"
            return killed(pool, kind, seconds=1.5 if kind in ("loop", "sleep") else 30)

        ends = Counter(threads.map(one, kinds))
    assert ends == {
        "good 10": expected["double"], "time": 4, "memory": 2, "exit": 2, "crash": 2, "recursion": 2, "output": 2,
        "exception": 2,
    }  # fmt: skip
    assert time.monotonic() - start < 60
    assert workers_of(os.getpid()) <= before


def test_killing_the_parent_leaves_no_orphan() -> None:
    script = (
        "import sys, threading, time\n"
        f"sys.path[:0] = [{str(HERE)!r}]\n"
        "from docpipe.safe.child import Pool\n"
        "pool = Pool(2)\n"
        "pool.call('child_targets:identity')\n"
        "for kind in ('sleep', 'loop'):\n"
        "    threading.Thread(target=pool.call, args=('child_targets:' + kind,), kwargs={'seconds': 60}).start()\n"
        "time.sleep(1.5)\nprint('busy', flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"busy\n"
    children = workers_of(parent.pid)
    assert len(children) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while any(alive(c) for c in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [c for c in children if alive(c)]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_nothing_but_members_of_enums_is_had_by_name() -> None:
    assert _member(BlockKind, "CELL") is BlockKind.CELL
    for kind, name in ((BlockKind, "__init__"), (BlockKind, "mro"), (str, "join"), (BlockKind, 3)):
        with pytest.raises(pickle.UnpicklingError):
            _member(kind, name)
