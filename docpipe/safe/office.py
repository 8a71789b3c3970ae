"""LibreOffice in a bounded child: own profile in a temporary folder, no network, no macros, no links, killed as a group.

Imports errors and the standard library; the child's own side is ``docpipe.safe._office``. Whoever calls this has taken
external relationships out of the document before.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from docpipe.errors import OfficeFailed
from docpipe.safe.budget import GIB, MIB

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
_MEMORY = 6 * GIB
"""Address space: LibreOffice maps far more than it uses (a report of 300 pages: 2.4 GiB mapped, 0.5 GiB used)."""
_LARGEST = 400 * MIB
_LEFT_BEHIND = 3600
"""Seconds after which a temporary folder belongs to nobody any more."""
_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Load", "UpdateDocMode", "0"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
    ("Common/Misc", "FirstRun", "false"),
    ("Common/Misc", "CrashReport", "false"),
    ("Common/Save/Document", "WarnAlienFormat", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""What the profile says (paths below org.openoffice.Office or org.openoffice): macros and active content off, links never
updated, and a proxy that is nowhere, for systems where the network cannot be taken away."""


def find_office(chosen: str = "auto") -> str:
    """The program's path, or "" where there is none or the setting is ``off``."""
    if chosen == "off":
        return ""
    return (shutil.which("soffice") or shutil.which("libreoffice") or "") if chosen == "auto" else chosen


FILED = {
    "ExportBookmarks": True, "ExportNotes": False, "UseTaggedPDF": True, "InitialView": 1, "OpenBookmarkLevels": -1,
    "SelectPdfVersion": 17, "DisplayPDFDocumentTitle": True, "ExportFormFields": False, "EmbedStandardFonts": True,
    "UseLosslessCompression": True, "ReduceImageResolution": False, "ExportLinksRelativeFsys": False,
}  # fmt: skip
"""How a PDF that is filed looks: bookmarks shown when it opens, links, tags for readers, fonts embedded, pictures untouched."""


def to_pdf(
    program: str,
    data: bytes,
    suffix: str,
    *,
    seconds: float,
    memory: int = _MEMORY,
    work: Path | None = None,
    options: Mapping[str, bool | int] | None = None,
) -> bytes:
    """The document as PDF. ``seconds`` bounds time and processor time; ``work``: where its temporary folder is made.

    ``options``: of LibreOffice's PDF export, by name.

    Raises ``OfficeFailed`` with a ``reason``: missing, time, exit, empty.
    """
    if work is not None:
        _sweep(work)
    with tempfile.TemporaryDirectory(prefix="docpipe-office-", dir=work, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "out").mkdir()
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        _write_profile(folder / "profile")
        command = [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard",
            "--convert-to", _filter(options or {}), "--outdir", str(folder / "out"), str(source),
        ]  # fmt: skip
        code = _run(command, folder, seconds, memory)
        made = folder / "out" / "document.pdf"
        if not made.is_file() or not 0 < made.stat().st_size <= _LARGEST:
            raise OfficeFailed("LibreOffice made no page layout of this document.", reason="empty", exit=code)
        return made.read_bytes()


def _filter(options: Mapping[str, bool | int]) -> str:
    """The export filter as LibreOffice 7.4 and later take it: options as JSON."""
    if not options:
        return "pdf:writer_pdf_Export"
    said = {
        name: {"type": "boolean" if isinstance(value, bool) else "long", "value": json.dumps(value)}
        for name, value in options.items()
    }
    return "pdf:writer_pdf_Export:" + json.dumps(said)


def _sweep(work: Path) -> None:
    """Removes what a killed process left behind long ago: it holds documents."""
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in work.glob("docpipe-office-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(left, ignore_errors=True)


def _run(command: list[str], folder: Path, seconds: float, memory: int) -> int:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    environment |= {
        "HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"), "SAL_USE_VCLPLUGIN": "svp", "TZ": "UTC", "PYTHONPATH": _import_path(),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    launcher = [sys.executable, "-m", "docpipe.safe._office", str(os.getpid()), str(memory), str(int(seconds) + 1)]
    try:
        process = subprocess.Popen(
            [*launcher, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=environment, cwd=folder,
        )  # fmt: skip
    except OSError as error:
        raise OfficeFailed("LibreOffice could not be started.", reason="missing") from error
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise OfficeFailed("LibreOffice took too long for this document.", reason="time", seconds=seconds) from None
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code:
        raise OfficeFailed("LibreOffice ended without a result.", reason="exit", exit=code)
    return code


def _import_path() -> str:
    return os.pathsep.join(os.path.abspath(p) for p in sys.path)


def _write_profile(folder: Path) -> None:
    """A fresh profile; nothing of the user's own is read."""
    items = "".join(
        f'<item oor:path="/org.openoffice.{path if path.startswith("Inet") else f"Office.{path}"}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>\n",
        "utf-8",
    )
