"""Who holds a lease or an open call, and whether that process is gone. Imports the standard library only.

A name tells machine, boot and process: work of a killed process is taken over at once on its own machine, by time elsewhere.
"""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache
from pathlib import Path


@cache
def _place() -> str:
    """Machine, boot and process namespace: process numbers compare only inside the same place."""
    parts = [socket.gethostname()]
    for source in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        try:
            parts.append(os.readlink(source) if "/ns/" in source else Path(source).read_text("ascii").strip())
        except OSError:
            parts.append("")
    return "|".join(parts)


def _started(pid: int) -> str:
    """When a process began, in the system's ticks: a number is given again to another process. "" where not to be had."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def owner_id() -> str:
    """A name for this process and this use of it."""
    pid = os.getpid()
    return f"{_place()}#{pid}#{_started(pid)}#{secrets.token_hex(4)}"


def described(owner: str) -> str:
    """Machine and process number of an ``owner_id`` for people; another name as it is."""
    parts = owner.split("#")
    return f"{parts[0].split('|')[0]}, process {parts[1]}" if len(parts) == 4 else owner


def is_gone(owner: str) -> bool:
    """Whether the process of an ``owner_id`` is certainly dead. False for other machines and for other names."""
    parts = owner.split("#")
    if len(parts) != 4 or parts[0] != _place() or not parts[1].isdecimal():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return parts[2] != _started(pid) or _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
