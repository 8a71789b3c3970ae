"""Verifies the audit trail against itself, its heads and the copy of the heads outside. Imports model, errors and the tables.

The copy is a file of JSON lines beside the database, only ever appended to; without it a cut-off tail would be invisible.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, String, select, type_coerce
from sqlalchemy.orm import Session

from docpipe.model.audit import AuditEvent, first_break
from docpipe.model.canonical import Digest
from docpipe.store import audit
from docpipe.store.audit import HEADS, SEAL
from docpipe.store.failures import disk_error
from docpipe.store.schema import file_lock
from docpipe.store.tables import audit_events, audit_heads

_LOCK_SECONDS = 10.0


def copy_head(s: Session, heads_file: Path, chains: Sequence[str] | None = None) -> int:
    """Appends the committed heads that the file does not hold yet, durably; the number of lines written.

    Call it in a read transaction after the commit: a copy must never know what the database does not.
    ``chains``: only these. Raises ``DiskFull``, ``DatabaseLocked``.
    """
    with file_lock(heads_file.with_name(heads_file.name + ".lock"), _LOCK_SECONDS):
        known = {(line["chain"], line["number"]) for line in _lines(heads_file) if "broken" not in line}
        fresh = [
            {"chain": h.chain, "number": h.number, "hash": h.hash, "at": h.at.isoformat()}
            for h in s.execute(select(audit_heads).where(audit_heads.c.number > 0).order_by(audit_heads.c.chain))
            if (h.chain, h.number) not in known and (chains is None or h.chain in chains)
        ]
        if fresh:
            _append(heads_file, "".join(json.dumps(line) + "\n" for line in fresh))
        return len(fresh)


def _append(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # a line that a crash cut off
                    text = "\n" + text
            file.write(text.encode())
            os.fsync(file.fileno())
    except OSError as error:
        raise disk_error(error, "copy of the audit heads") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_error(error, "copy of the audit heads") from error
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            yield {"chain": str(value["chain"]), "number": int(value["number"]), "hash": str(value["hash"])}
        except (ValueError, TypeError, KeyError):
            if number < len(lines):  # a last line without its end is a crash's, not a change
                yield {"broken": number}


def verify(s: Session, chain: str | None = None, heads_file: Path | None = None) -> list[str]:
    """What is wrong with a chain, or with all and with their seals: sentences naming the first bad number; none if nothing is.

    ``heads_file``: the outside copy, against which cut-off and re-hashed tails show.
    """
    outside: dict[str, dict[int, str]] = {}
    problems: list[str] = []
    for line in _lines(heads_file) if heads_file is not None else ():
        if "broken" in line:
            problems.append(f"outside copy of the heads: line {line['broken']} cannot be read")
        else:
            outside.setdefault(line["chain"], {})[line["number"]] = line["hash"]
    names = sorted({*audit.chains(s), *outside}) if chain is None else [chain]
    sealed = _sealed(s)
    for name in names:
        problems += _verify_chain(s, name, outside.get(name, {}), sealed.get(name, {}))
    return problems


def _sealed(s: Session) -> dict[str, dict[int, str]]:
    """Per chain the heads that ``HEADS`` tells of."""
    found: dict[str, dict[int, str]] = {}
    query = select(audit_events.c.subject, audit_events.c.new).where(
        audit_events.c.chain == HEADS, audit_events.c.action == SEAL
    )
    for row in s.execute(query):
        number, _, value = row.new.partition(":")
        if number.isdecimal():
            found.setdefault(row.subject, {})[int(number)] = value
    return found


def _verify_chain(s: Session, chain: str, outside: dict[int, str], sealed: dict[int, str]) -> list[str]:
    hashes: dict[int, str] = {}
    broken = first_break(_raw(s, chain, hashes))
    problems = [broken] if broken else []
    last = max(hashes, default=0)
    head = s.execute(select(audit_heads.c.number, audit_heads.c.hash).where(audit_heads.c.chain == chain)).first()
    if head is None:
        if last:
            problems.append(f"chain {chain}: its head is missing")
    elif not broken and head.number != last:
        missing = min(head.number, last) + 1
        problems.append(
            f"chain {chain}: event {missing} is {'missing (cut off)' if last < head.number else 'beyond the head'}"
        )
    elif not broken and last and head.hash != hashes[last]:
        problems.append(f"chain {chain}: event {last} is not the one that the head tells of")
    for where, heads in (("outside copy", outside), ("chain of heads", sealed)):
        for number, value in sorted(heads.items()):
            if number not in hashes and not broken:
                problems.append(f"chain {chain}: event {number} is missing (cut off): the {where} knows it")
                break
            if number in hashes and hashes[number] != value:
                problems.append(f"chain {chain}: event {number} is not the one that the {where} tells of")
                break
    return problems


def _raw(s: Session, chain: str, hashes: dict[int, str]) -> Iterator[AuditEvent]:
    """The events, read so that a spoiled time is a broken event and not an error; notes their hashes on the way."""
    columns = [type_coerce(c, String) if c.name == "at" else c for c in audit_events.c]
    query = select(*columns).where(audit_events.c.chain == chain).order_by(audit_events.c.number)
    for row in s.execute(query):
        hashes[row.number] = row.hash
    for row in s.execute(query.execution_options(yield_per=1000)):
        yield _tolerant(row)


def _tolerant(row: Row[Any]) -> AuditEvent:
    at = row.at
    if not isinstance(at, datetime):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            at = datetime.min
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return AuditEvent(
        row.chain, row.number, at, row.actor, row.action, row.subject, row.old, row.new, row.reason,
        Digest(row.previous), Digest(row.hash),
    )  # fmt: skip
