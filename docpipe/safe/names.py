"""Names of files as strangers give them: made safe for re-creating a folder tree, and safe to show.

Imports errors and the budget only. Source: Microsoft's "Naming Files, Paths, and Namespaces"; Unicode UAX 9.
"""

from __future__ import annotations

import re
import unicodedata

from docpipe.errors import UnsafeName
from docpipe.safe.budget import DEFAULT

_COMPONENT_BYTES = 240
"""Room below the 255 bytes of usual file systems for a suffix that we add."""
_DIRECTION_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[/\\]?")
_SHOWN = 120


def safe_relative(name: str) -> str:
    """A relative POSIX path that may be re-created below a folder on any platform.

    In NFC, with ``/`` between components; ``.`` components and invisible direction marks are gone, characters that
    Windows does not allow are ``_``. Raises ``UnsafeName`` for names that are empty, absolute, overlong, lead out of
    their folder, hold control characters, or stand for a device.
    """
    clean = unicodedata.normalize("NFC", name).translate(_DIRECTION_MARKS).replace("\\", "/")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") for c in clean):
        raise UnsafeName("A file name holds control or undecodable characters.", name=display(name))
    if clean.startswith("/") or _DRIVE.match(clean):
        raise UnsafeName("A file name is absolute.", name=display(name))
    parts = [p for p in clean.split("/") if p not in ("", ".")]
    if not parts:
        raise UnsafeName("A file name is empty.")
    for part in parts:
        if part == "..":
            raise UnsafeName("A file name leads out of its folder.", name=display(name))
        if part != part.rstrip(". ") or _DEVICE.fullmatch(part):
            raise UnsafeName("A file name is reserved on Windows.", name=display(name))
        if len(part.encode()) > _COMPONENT_BYTES:
            raise UnsafeName("A file name is too long.", name=display(name))
    path = _NOT_ON_WINDOWS.sub("_", "/".join(parts))
    if len(path.encode()) > DEFAULT.name_length:
        raise UnsafeName("A file name is too long.", name=display(name))
    return path


def display(name: str) -> str:
    """The name for a terminal, log or page: control, direction and undecodable characters spelled out, shortened in the middle."""
    shown = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else _spelled(c) for c in name
    )
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN // 2]}…{shown[-_SHOWN // 2 + 1 :]}"


def _spelled(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
