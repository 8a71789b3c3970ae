"""The central directory of a ZIP file, read with bounds before anything is inflated.

Imports errors and the budget only. Source: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from docpipe.errors import DamagedPackage, Encrypted, InputEmpty, NotAPackage, TooLarge, TooLargeInflated
from docpipe.safe.budget import Budget

STORED, DEFLATED = 0, 8
FLAG_ENCRYPTED, FLAG_UTF8 = 0x1, 0x800

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF
_AES = 99


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the directory states it; ``start`` and ``packed`` bound its packed bytes in the file."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int = 0

    @property
    def is_directory(self) -> bool:
        """Whether the entry only says that a folder exists."""
        return self.name.endswith(("/", "\\")) and self.size == 0


def directory(data: bytes, budget: Budget) -> tuple[Entry, ...]:
    """The entries in the order of the directory, within the budget as stated by the file itself.

    Raises ``InputEmpty``, ``NotAPackage``, ``DamagedPackage``, ``Encrypted``, ``TooLarge`` or ``TooLargeInflated``.
    """
    if not data:
        raise InputEmpty("The file has no bytes.")
    if len(data) > budget.file_size:
        raise TooLarge("The file is larger than the limit.", bytes=len(data), limit=budget.file_size)
    try:
        begin, size, shift = _locate(data)
        entries = tuple(_entries(data[begin : begin + size], shift, budget))
        return _placed(data, entries, begin)
    except struct.error:
        raise DamagedPackage("The directory of the package is damaged.") from None


def _locate(data: bytes) -> tuple[int, int, int]:
    """Start and size of the central directory, and how many foreign bytes stand before the package."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 22 - 0xFFFF))
    if at < 0 or len(data) < at + _END.size:
        if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
            raise DamagedPackage("The package is cut off: its directory is missing.")
        raise NotAPackage("The file is no ZIP package.")
    _, disk, first_disk, _, _, size, offset, _ = _END.unpack_from(data, at)
    end = at
    locator = at - _END64_LOCATOR.size
    if locator >= 0 and data[locator : locator + 4] == b"PK\x06\x07":
        _, _, where, _ = _END64_LOCATOR.unpack_from(data, locator)
        found = locator - _END64.size
        if data[found : found + 4] != b"PK\x06\x06":
            found = where
        if data[found : found + 4] != b"PK\x06\x06":
            raise DamagedPackage("The directory of the package is damaged.")
        _, _, _, _, disk, first_disk, _, _, size, offset = _END64.unpack_from(data, found)
        end = found
    if disk or first_disk:
        raise DamagedPackage("The package is one part of a split archive.")
    begin = end - size
    shift = begin - offset
    if begin < 0 or shift < 0:
        raise DamagedPackage("The directory of the package is damaged.")
    return begin, size, shift


def _entries(raw: bytes, shift: int, budget: Budget) -> Iterator[Entry]:
    at = count = total = 0
    while at < len(raw):
        fields = _CENTRAL.unpack_from(raw, at)
        if fields[0] != b"PK\x01\x02":
            raise DamagedPackage("The directory of the package is damaged.")
        flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_length, extra_length, comment_length, header = fields[10], fields[11], fields[12], fields[16]
        at += _CENTRAL.size
        raw_name = raw[at : at + name_length]
        extra = raw[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > len(raw):
            raise DamagedPackage("The directory of the package is damaged.")
        name, size, packed, header = _extras(raw_name, flags, extra, size, packed, header)
        count += 1
        total += size
        _bounded(count, total, size, name, packed, budget)
        if flags & FLAG_ENCRYPTED or method == _AES:
            raise Encrypted("An entry of the package is encrypted.", entry=name)
        if method not in (STORED, DEFLATED):
            raise DamagedPackage("An entry is packed with a method that is not allowed.", entry=name, method=method)
        if method == STORED and packed != size:
            raise DamagedPackage("An entry's sizes contradict each other.", entry=name)
        yield Entry(raw_name, name, flags, method, crc, packed, size, header + shift)


def _bounded(count: int, total: int, size: int, name: str, packed: int, budget: Budget) -> None:
    if count > budget.package_entries:
        raise TooLargeInflated("The package has too many entries.", limit=budget.package_entries)
    if size > budget.entry_size:
        raise TooLargeInflated(
            "An entry of the package inflates beyond the limit.",
            entry=name, bytes=size, ratio=size // max(1, packed), limit=budget.entry_size,
        )  # fmt: skip
    if total > budget.total_inflated:
        raise TooLargeInflated(
            "The package inflates beyond the limit.",
            entry=name, entries=count, ratio=size // max(1, packed), limit=budget.total_inflated,
        )  # fmt: skip


def _extras(
    raw_name: bytes, flags: int, extra: bytes, size: int, packed: int, header: int
) -> tuple[str, int, int, int]:
    """Name, size, packed size and header offset after the Zip64 (1) and Unicode path (0x7075) extra fields."""
    name = ""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == 0x0001:
            values = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            size = next(values, size) if size == _FULL else size
            packed = next(values, packed) if packed == _FULL else packed
            header = next(values, header) if header == _FULL else header
        elif kind == 0x7075 and len(field) > 5 and struct.unpack_from("<L", field, 1)[0] == zlib.crc32(raw_name):
            path = field[5:].decode("utf-8", "replace")
            name = "" if path.isascii() else path  # the field is for what the header cannot say; else they would rival
    return name or _decoded(raw_name, flags), size, packed, header


def _decoded(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & FLAG_UTF8:
            raise DamagedPackage("An entry's name is not valid UTF-8.") from None
        return raw.decode("cp437")


def _placed(data: bytes, entries: tuple[Entry, ...], end: int) -> tuple[Entry, ...]:
    """The entries with the place of their packed bytes; entries that overlap are refused."""
    placed: dict[int, Entry] = {}
    limit = end
    for entry in sorted(entries, key=lambda e: e.header, reverse=True):
        if entry.header >= limit:
            raise DamagedPackage("Two entries of the package overlap.", entry=entry.name)
        fields = _LOCAL.unpack_from(data, entry.header)
        start = entry.header + _LOCAL.size + fields[9] + fields[10]
        if fields[0] != b"PK\x03\x04" or start + entry.packed > end:
            raise DamagedPackage("An entry lies where no entry is.", entry=entry.name)
        if fields[1 + 1] & FLAG_ENCRYPTED:
            raise Encrypted("An entry of the package is encrypted.", entry=entry.name)
        if start + entry.packed > limit:
            raise DamagedPackage("Two entries of the package overlap.", entry=entry.name)
        if data[entry.header + _LOCAL.size : entry.header + _LOCAL.size + fields[9]] != entry.raw_name:
            raise DamagedPackage("An entry has two different names.", entry=entry.name)
        limit = entry.header
        raw_name, flags = entry.raw_name, entry.flags
        if entry.name != _decoded(raw_name, flags):  # named by its extra field, which is not written again
            raw_name, flags = entry.name.encode(), flags | FLAG_UTF8
        placed[entry.header] = Entry(
            raw_name, entry.name, flags, entry.method, entry.crc, entry.packed, entry.size, entry.header,
            start,
        )  # fmt: skip
    return tuple(placed[e.header] for e in entries)
