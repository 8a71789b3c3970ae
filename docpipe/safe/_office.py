"""The launcher between docpipe and an office program: shuts the program in, waits for it, and takes it along when it must end.

Imports the standard library only; started by ``docpipe.safe.office`` in a session of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_FILE_SIZE = 1 << 30


def main(parent: int, memory: int, seconds: int, command: list[str]) -> int:
    """Runs the command within the limits and returns its exit code. The whole group ends with the parent."""
    signal.signal(signal.SIGTERM, _end_all)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if os.getppid() != parent:
            return 1  # the parent died before its death could be told
        _without_network(libc)
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_SIZE),
        (resource.RLIMIT_CPU, seconds),
    ):
        with contextlib.suppress(ValueError, OSError):  # a platform without this limit
            resource.setrlimit(kind, (limit, limit))
    return subprocess.run(command, check=False).returncode & 0xFF


def _without_network(libc: ctypes.CDLL) -> None:
    """A network namespace without routes; where the system forbids it, the program's own settings stand alone."""
    if not libc.unshare(_CLONE_NEWNET):
        return
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with contextlib.suppress(OSError):
            Path(f"/proc/self/{name}").write_text(text, "ascii")


def _end_all(number: int, frame: object) -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
