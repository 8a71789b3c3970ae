"""Writes SAS transport files (versions 5 and 8) of small tables, for tests of the reader. Source: SAS technical paper TS-140."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!".ljust(78, b"0") + b"  "


@dataclass(frozen=True)
class Missing:
    """A special missing value: ``.``, ``_`` or a capital letter."""

    letter: str = "."


@dataclass(frozen=True)
class Column:
    name: str
    kind: str = "text"
    length: int = 8
    label: str = ""
    form: tuple[str, int, int] = ("", 0, 0)


Cell = str | bytes | float | Missing


def ibm(value: float | Missing) -> bytes:
    """A double as IBM System/360 floating point of 8 bytes."""
    if isinstance(value, Missing):
        return value.letter.encode() + bytes(7)
    if value == 0:
        return bytes(8)
    mantissa, exponent = math.frexp(abs(value))
    power = -(-exponent // 4)
    fraction = int(math.ldexp(mantissa, 56 + exponent - 4 * power))
    return bytes([(0x80 if value < 0 else 0) | (power + 64)]) + fraction.to_bytes(7, "big")


def padded(data: bytes) -> bytes:
    """Filled with blanks to blocks of 80."""
    return data + b" " * (-len(data) % 80)


def head(kind: bytes, numbers: bytes = b"") -> bytes:
    return (b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!" + numbers.ljust(30, b"0") + b"  ")[:80]


def member(
    name: str, columns: Sequence[Column], records: Sequence[Sequence[Cell]], *, label: str = "", version: int = 5,
    size: int = 140, encoding: str = "utf-8", stated: int | None = None,
) -> bytes:  # fmt: skip
    """A member with its headers; ``size`` of variable descriptions: 140, or 136 as VMS has it."""
    long = version == 8
    width = 32 if long else 8
    first = b"SAS     " + name.encode().ljust(width) + b"SASDATA " + b"9.4     " + b"X64".ljust(8)
    out = head(b"MEMBV8" if long else b"MEMBER", b"000000000000000001600000000%03d" % size)
    out += head(b"DSCPTV8" if long else b"DSCRPTR")
    out += first.ljust(64) + b"01JAN26:00:00:00"
    out += (b"01JAN26:00:00:00" + b" " * 16 + label.encode(encoding).ljust(40) + b" " * 8)[:80]
    out += head(b"NAMSTV8" if long else b"NAMESTR", b"000000%04d" % len(columns))
    descriptions, start, labels = b"", 0, b""
    for number, column in enumerate(columns, 1):
        form, digits, decimals = column.form
        packed = struct.pack(
            ">4h8s40s8s3h2s8s2hl", 1 if column.kind == "number" else 2, 0, column.length, number,
            column.name.encode()[:8].ljust(8), column.label.encode(encoding)[:40].ljust(40), form.encode().ljust(8), digits,
            decimals, 0, b"", b" " * 8, 0, 0, start,
        )  # fmt: skip
        packed += column.name.encode().ljust(32) if long else b""
        descriptions += packed.ljust(size, b"\0")
        if len(column.label.encode(encoding)) > 40:
            text, named = column.label.encode(encoding), column.name.encode()
            labels += struct.pack(">3H", number, len(named), len(text)) + named + text
        start += column.length
    out += padded(descriptions)
    if long and labels:
        out += head(b"LABELV8", b"%05d" % sum(len(c.label.encode(encoding)) > 40 for c in columns)) + padded(labels)
    out += head(b"OBSV8" if long else b"OBS", b"" if stated is None else b"%15d" % stated)
    body = b"".join(_cell(cell, c, encoding) for record in records for cell, c in zip(record, columns, strict=True))
    return out + padded(body)


def _cell(cell: Cell, column: Column, encoding: str) -> bytes:
    if isinstance(cell, (float, int, Missing)):
        return ibm(cell)[: column.length]
    return (cell if isinstance(cell, bytes) else cell.encode(encoding)).ljust(column.length)[: column.length]


def library(*members: bytes, version: int = 5) -> bytes:
    """A file of members."""
    first = head(b"LIBV8") if version == 8 else LIBRARY
    real = b"SAS     SAS     SASLIB  9.4     X64     ".ljust(64) + b"01JAN26:00:00:00"
    return first + real + b"01JAN26:00:00:00".ljust(80) + b"".join(members)
