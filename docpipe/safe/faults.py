"""Named points at which a test kills this process, to show what a crash there leaves behind. Imports the standard library only.

``DOCPIPE_FAULT=engine.before_send:kill:3`` ends the process with SIGKILL at the third passing; without the variable a point does nothing.
"""

from __future__ import annotations

import os
import signal
import threading

__all__ = ["armed", "point"]

_NAME, _, _REST = os.environ.get("DOCPIPE_FAULT", "").partition(":")
_DOES, _, _NUMBER = _REST.partition(":")
_left = int(_NUMBER) if _NUMBER.isdecimal() else 1
_counting = threading.Lock()


def armed(name: str) -> bool:
    """Whether this process is to die at the point."""
    return name == _NAME and _DOES == "kill"


def point(name: str) -> None:
    """Dies here if so ordered, at once and without any cleaning up."""
    global _left
    if name != _NAME or _DOES != "kill":
        return
    with _counting:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
