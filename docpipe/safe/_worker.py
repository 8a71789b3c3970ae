"""The child process's side of ``docpipe.safe.child``: shuts itself in, then answers calls one after the other.

Imports errors only, before the calls; each call imports the module that it names.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import math
import operator
import os
import pickle
import resource
import signal
import struct
import sys
from types import TracebackType
from typing import Any, BinaryIO

from docpipe.errors import DocpipeError

LENGTH = struct.Struct(">Q")
"""A message's size before the message."""

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_OPEN_FILES = 64
_GRACE = 5.0
"""Seconds after which the child ends itself if the parent, frozen perhaps, has not done it."""
_FORBIDDEN = (
    "socket.", "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
    "os.kill", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown", "shutil.",
)  # fmt: skip


def main(parent: int, memory: int) -> None:
    """Serves calls from standard input until it is closed. Standard output is moved away from whoever prints."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    with open(os.devnull, "r+b", buffering=0) as nothing:
        for number in (0, 1, 2):
            os.dup2(nothing.fileno(), number)
    _shut_in(parent, memory)

    def last_words(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        """Any other exception ends the process; the parent hears its class and nothing else."""
        _send(replies, pickle.dumps(("failed", "exception", kind.__name__)))

    sys.excepthook = last_words
    while head := requests.read(LENGTH.size):
        target, args, seconds, output = pickle.loads(requests.read(LENGTH.unpack(head)[0]))
        _limit_time(seconds)
        reply = _answer(target, args, output)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(replies, reply)


def _shut_in(parent: int, memory: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit()  # the parent died before its death could be told
        if libc.unshare(_CLONE_NEWNET):
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # where neither is permitted, the audit hook stands alone
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        with contextlib.suppress(ValueError, OSError):  # a platform without this limit
            resource.setrlimit(kind, (limit, limit))
    sys.addaudithook(_guard)


def _guard(event: str, args: tuple[Any, ...]) -> None:
    """Nothing that reads a document needs the network, other processes or changes of the disk."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed here")


def _limit_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds) + 1, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)


def _answer(target: str, args: tuple[Any, ...], output: int) -> bytes | bytearray:
    """The pickled reply: ("ok", value), ("leaf", class, message, details) or ("failed", reason, exception class)."""
    try:
        module, _, function = target.partition(":")
        value = operator.attrgetter(function)(importlib.import_module(module))(*args)
        reply = _Bounded(output)
        pickle.Pickler(reply, protocol=5).dump(("ok", value))
        return reply.content
    except DocpipeError as error:
        return pickle.dumps(("leaf", type(error).__name__, error.message, error.details))
    except _TooMuch:
        return pickle.dumps(("failed", "output", ""))
    except MemoryError:
        return pickle.dumps(("failed", "memory", "MemoryError"))
    except RecursionError:
        return pickle.dumps(("failed", "recursion", "RecursionError"))


class _TooMuch(Exception):
    """The pickled result exceeds what the caller takes."""


class _Bounded:
    """A file that takes up to so many bytes."""

    def __init__(self, limit: int) -> None:
        self.content = bytearray()
        self._limit = limit

    def write(self, data: bytes, /) -> int:
        """Raises ``_TooMuch`` before the limit is passed."""
        size = memoryview(data).nbytes
        if len(self.content) + size > self._limit:
            raise _TooMuch
        self.content += data
        return size


def _send(replies: BinaryIO, reply: bytes | bytearray) -> None:
    left = memoryview(LENGTH.pack(len(reply)) + reply)
    while left:
        left = left[replies.write(left) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
