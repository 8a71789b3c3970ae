"""Runs functions that read hostile bytes in child processes: memory-capped, without network, killed when over time.

Imports errors, the budget and, for what may come back, the core; the child's own side is ``docpipe.safe._worker``.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import enum
import importlib
import io
import os
import pickle
import selectors
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Any

from docpipe import errors
from docpipe.errors import Defect, DocpipeError, ParserKilled
from docpipe.safe._worker import LENGTH
from docpipe.safe.budget import DEFAULT

_KEPT_ENVIRONMENT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "SYSTEMROOT")
_PIECE = 1 << 20


class Pool:
    """Up to ``workers`` children at a time, each used for up to ``documents`` calls and never again after a failure.

    Safe to share between threads; a caller waits while all children are busy. ``memory`` is bytes of address space.
    """

    def __init__(self, workers: int | None = None, *, memory: int = DEFAULT.child_memory, documents: int = 50) -> None:
        self._memory = memory
        self._documents = documents
        self._idle: list[_Worker] = []
        self._free = threading.Semaphore(workers or os.cpu_count() or 1)
        self._lock = threading.Lock()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def call(
        self,
        target: str,
        args: tuple[Any, ...] = (),
        *,
        seconds: float = DEFAULT.child_cpu,
        output: int = DEFAULT.child_result,
    ) -> Any:
        """What the function ``"package.module:function"`` (or ``:OBJECT.method``) returns: plain data, or classes of the core.

        ``seconds`` bounds both its time and its processor time, ``output`` the bytes of its pickled result. A leaf of
        our error tree is raised again as it is; every other end is ``ParserKilled`` with a ``reason``: time, memory,
        recursion, crash, exit, output, exception.
        """
        with self._free:
            worker = self._take()
            sound = False
            try:
                reply = worker.ask((target, args, seconds, output), seconds, output)
                sound = reply[0] in ("ok", "leaf")
            finally:
                worker.calls += 1
                if sound and worker.calls < self._documents:
                    with self._lock:
                        self._idle.append(worker)
                else:
                    worker.kill()
        return _outcome(reply)

    def close(self) -> None:
        """Ends the idle children; the pool can still be used and starts new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    def _take(self) -> _Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return _Worker(self._memory)
            if worker.alive:
                return worker
            worker.kill()


def call(
    target: str,
    args: tuple[Any, ...] = (),
    *,
    seconds: float = DEFAULT.child_cpu,
    memory: int = DEFAULT.child_memory,
    output: int = DEFAULT.child_result,
) -> Any:
    """As ``Pool.call``, with children shared by the whole process."""
    return _shared(os.getpid(), memory).call(target, args, seconds=seconds, output=output)


def allowance(pages: int) -> float:
    """Seconds that a document of so many pages may take."""
    return DEFAULT.child_cpu + pages * DEFAULT.child_cpu_per_page


@cache
def _shared(process: int, memory: int) -> Pool:
    """One pool for each process (a fork must not use its parent's pipes) and memory limit."""
    pool = Pool(memory=memory)
    atexit.register(pool.close)
    return pool


@cache
def _starter(process: int) -> ThreadPoolExecutor:
    """The one thread that starts children: Linux kills a child when the *thread* that started it ends."""
    return ThreadPoolExecutor(1, "docpipe-child-starter")


class _Worker:
    """A child and its pipes."""

    def __init__(self, memory: int) -> None:
        self.calls = 0
        self._process = _starter(os.getpid()).submit(_start, memory).result()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: object, seconds: float, output: int) -> tuple[Any, ...]:
        """The child's reply, or ("failed", reason, detail)."""
        body = pickle.dumps(request, protocol=5)
        deadline = time.monotonic() + seconds
        try:
            self._write(LENGTH.pack(len(body)) + body, deadline)
            size = LENGTH.unpack(self._read(LENGTH.size, deadline))[0]
            if size > output + 4096:
                return ("failed", "output", "")
            return _Restricted(io.BytesIO(self._read(size, deadline))).loads()
        except TimeoutError:
            return ("failed", "time", "")
        except (BrokenPipeError, EOFError):
            return self._ended()

    def kill(self) -> None:
        """Ends the child with all its group, and waits for it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _ended(self) -> tuple[str, str, str]:
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return ("failed", "exit", "")  # its pipe is closed, it lives: it will be killed
        if code in (-signal.SIGXCPU, -signal.SIGALRM):
            return ("failed", "time", "")
        return ("failed", "crash" if code < 0 else "exit", str(code))

    def _write(self, data: bytes, deadline: float) -> None:
        assert self._process.stdin is not None
        number = self._process.stdin.fileno()
        left = memoryview(data)
        while left:
            _wait(number, selectors.EVENT_WRITE, deadline)
            with contextlib.suppress(BlockingIOError):
                left = left[os.write(number, left[:_PIECE]) :]

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        out = bytearray()
        while len(out) < size:
            _wait(number, selectors.EVENT_READ, deadline)
            piece = os.read(number, min(_PIECE, size - len(out)))
            if not piece:
                raise EOFError
            out += piece
        return bytes(out)


def _wait(number: int, event: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(number, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError


def _start(memory: int) -> subprocess.Popen[bytes]:
    """A child with an environment that holds no secret: it gets our import path and the language settings only."""
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    environment |= {
        "PYTHONPATH": os.pathsep.join(os.path.abspath(p) for p in sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MALLOC_ARENA_MAX": "2",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "docpipe.safe._worker", str(os.getpid()), str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
        cwd="/",
    )


def _member(kind: object, name: object) -> enum.Enum:
    """The member of an enum by name; nothing else can be had by it."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and isinstance(name, str) and name in kind.__members__:
        return kind.__members__[name]
    raise pickle.UnpicklingError("only members of enums come out of a child process")


class _Restricted(pickle.Unpickler):
    """Unpickles plain data, and dataclasses and enums of the core: a child taken over by a file gains nothing here."""

    def find_class(self, module: str, name: str) -> Any:
        """Only these classes; anything else is an error."""
        if (module, name) == ("builtins", "getattr"):
            return _member  # how early releases of Python 3.11 pickle the member of an enum
        if module == "builtins" and name in ("set", "frozenset", "complex", "bytearray"):
            return {"set": set, "frozenset": frozenset, "complex": complex, "bytearray": bytearray}[name]
        if module.startswith("docpipe.model."):
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, enum.Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} does not come out of a child process")

    def loads(self) -> tuple[Any, ...]:
        """The reply, or that it is no reply."""
        try:
            reply = self.load()
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError, ImportError):
            return ("failed", "output", "")
        return reply if isinstance(reply, tuple) and reply else ("failed", "output", "")


def _outcome(reply: tuple[Any, ...]) -> Any:
    match reply:
        case ("ok", value):
            return value
        case ("leaf", str(name), str(message), dict(details)):
            leaf = getattr(errors, name, Defect)
            if isinstance(leaf, type) and issubclass(leaf, DocpipeError):
                raise leaf(message, **details)
            raise Defect("A child process reported an unknown error.")
        case (_, str(reason), str(detail)):
            raise ParserKilled("The reader of this file was stopped or failed.", reason=reason, detail=detail or None)
    raise Defect("A child process gave no proper reply.")
