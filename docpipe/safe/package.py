"""ZIP packages with bounds: opened, read, and rewritten with everything untouched kept as it was.

Imports errors and its neighbours in ``safe`` only; no other code of docpipe reads or writes foreign ZIP files.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping

from docpipe.errors import DamagedPackage, TooLargeInflated, UnsafeName
from docpipe.safe._directory import DEFLATED, FLAG_UTF8, Entry, directory
from docpipe.safe.budget import DEFAULT, MIB, Budget

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_CACHED_ENTRY, _CACHED_TOTAL = 4 * MIB, 32 * MIB
_DATE_1980 = (1 << 5) | 1
"""1980-01-01, 00:00, the first date a ZIP file can state: output does not depend on the clock."""


def checked_name(name: str, budget: Budget = DEFAULT) -> str:
    """An entry's name with ``/`` as separator. Raises ``UnsafeName`` for one that leaves its folder or hides something."""
    shown = name[:80].encode("ascii", "backslashreplace").decode()
    clean = name.replace("\\", "/")
    if not clean or len(clean) > budget.name_length:
        raise UnsafeName("An entry of the archive has an empty or overlong name.", entry=shown)
    if _CONTROL.search(clean):
        raise UnsafeName("An entry's name holds control characters.", entry=shown)
    if clean.startswith("/") or _DRIVE.match(clean):
        raise UnsafeName("An entry's name is absolute.", entry=shown)
    if ".." in clean.split("/"):
        raise UnsafeName("An entry's name leads out of its folder.", entry=shown)
    return clean


Source = Callable[[Callable[[bytes], object]], None]
"""What hands the pieces of a content to a function."""


class Package:
    """An opened ZIP package: nothing is inflated before it is read, and nothing beyond the budget."""

    def __init__(self, data: bytes, entries: tuple[Entry, ...], budget: Budget) -> None:
        self._data = data
        self._budget = budget
        self._cache: dict[str, bytes] = {}
        self._cached = 0
        self._whole: set[str] = set()
        """Files whose packed bytes were found sound."""
        self._entries: dict[str, Entry] = {}
        self._folded: dict[str, str] = {}
        for entry in entries:
            name = checked_name(entry.name, budget)
            folded = name.rstrip("/").casefold()
            if folded in self._folded:
                raise UnsafeName("Two entries of the archive have one name.", entry=name)
            self._folded[folded] = name
            self._entries[name] = entry
        self.names: tuple[str, ...] = tuple(n for n, e in self._entries.items() if not e.is_directory)
        """Names of the files in the package's order, with ``/`` as separator; directory entries are left out."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def find(self, name: str) -> str | None:
        """The file of this name, whatever its case and leading slash (OPC compares part names so), or None."""
        found = self._folded.get(name.replace("\\", "/").lstrip("/").casefold())
        return None if found is None or self._entries[found].is_directory else found

    def size(self, name: str) -> int:
        """Inflated bytes of a file as the directory states them; ``read`` holds the file to it. Raises as ``read``."""
        return self._entry(name)[1].size

    def read(self, name: str) -> bytes:
        """A file's bytes, counted while inflating.

        Raises ``DamagedPackage`` (not there, broken, more or fewer bytes than stated) or ``TooLargeInflated``.
        """
        found, entry = self._entry(name)
        if found in self._cache:
            return self._cache[found]
        _check_ratio(entry, self._budget)
        content = b"".join(_inflated(self._data, entry))
        self._whole.add(found)
        if len(content) <= _CACHED_ENTRY and self._cached + len(content) <= _CACHED_TOTAL:
            self._cache[found] = content
            self._cached += len(content)
        return content

    def _entry(self, name: str) -> tuple[str, Entry]:
        found = self.find(name)
        if found is None:
            raise DamagedPackage("A part that the document needs is missing from the package.", entry=name[:200])
        return found, self._entries[found]

    def rewritten(
        self,
        replaced: Mapping[str, bytes | Source],
        added: Mapping[str, bytes] | None = None,
        without: Collection[str] = (),
    ) -> bytes:
        """See ``rewrite``; a content may also be a ``Source``. ``added``: new parts by name, put behind the others; none of them may be there yet.

        ``without``: parts that are left out.
        """
        new: dict[str, bytes | Source] = {self._entry(name)[0]: content for name, content in replaced.items()}
        entries = {name: entry for name, entry in self._entries.items() if name not in without}
        for name in added or {}:
            raw = checked_name(name, self._budget).encode("utf-8")
            entries[name] = Entry(raw, name, FLAG_UTF8, DEFLATED, 0, 0, 0, 0)
        new |= added or {}
        out: list[bytes] = []
        central: list[bytes] = []
        at = 0
        for name, entry in entries.items():
            content = new.get(name)
            if content is None:
                for _ in _inflated(self._data, entry) if name not in self._whole else ():
                    pass  # a part that we pass on is whole
                crc, size = entry.crc, entry.size
                packed = self._data[entry.start : entry.start + entry.packed]
            else:
                crc, size, packed = _packed(content, entry.method)
            header = _header(entry, crc, len(packed), size)
            out += [b"PK\x03\x04", header, struct.pack("<2H", len(entry.raw_name), 0), entry.raw_name, packed]
            attributes = 0x10 if entry.is_directory else 0
            central += [
                b"PK\x01\x02", struct.pack("<H", 20), header,
                struct.pack("<5H2L", len(entry.raw_name), 0, 0, 0, 0, attributes, at), entry.raw_name,
            ]  # fmt: skip
            at += 4 + len(header) + 4 + len(entry.raw_name) + len(packed)
        listing = b"".join(central)
        count = len(entries)
        out += [listing, struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listing), at, 0)]
        return b"".join(out)


def open_package(data: bytes, budget: Budget = DEFAULT) -> Package:
    """Opens a ZIP package.

    Raises ``InputEmpty``, ``NotAPackage``, ``DamagedPackage``, ``Encrypted``, ``TooLarge``, ``TooLargeInflated`` or
    ``UnsafeName`` (parent, absolute, drive, UNC, control characters, two names that differ in case only).
    """
    return Package(data, directory(data, budget), budget)


def rewrite(data: bytes, replaced: Mapping[str, bytes], budget: Budget = DEFAULT) -> bytes:
    """The package with some files' content replaced: same entries, names, order and packing methods.

    Untouched entries keep their packed bytes; dates are 1980-01-01 and extra fields gone, so that equal input gives equal
    output. Raises as ``open_package``, and ``DamagedPackage`` for a name that is not there.
    """
    return open_package(data, budget).rewritten(replaced)


def members(data: bytes, budget: Budget = DEFAULT) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file of a submitted archive, in its order, one in memory at a time. Raises as ``read``."""
    package = open_package(data, budget)
    for name in package.names:
        yield name, package.read(name)


def _check_ratio(entry: Entry, budget: Budget) -> None:
    beyond = entry.size - budget.inflate_grace
    if beyond > 0 and entry.size > budget.inflate_ratio * max(1, entry.packed):
        raise TooLargeInflated(
            "An entry of the package inflates too much for its packed size.",
            entry=entry.name, bytes=entry.size, ratio=entry.size // max(1, entry.packed), limit=budget.inflate_ratio,
        )  # fmt: skip


def _inflated(data: bytes, entry: Entry) -> Iterator[bytes]:
    """Pieces of the entry's content; stops at the stated size, which has passed the budget already."""
    packed = memoryview(data)[entry.start : entry.start + entry.packed]
    left, crc = entry.size, 0
    if entry.method != DEFLATED:
        crc, left = zlib.crc32(packed), 0
        yield bytes(packed)
    else:
        engine = zlib.decompressobj(-15)
        feed: bytes | memoryview = packed
        while True:
            try:
                piece = engine.decompress(feed, min(left, MIB) + 1)
            except zlib.error:
                raise DamagedPackage("An entry of the package is damaged.", entry=entry.name) from None
            left -= len(piece)
            if left < 0:
                raise DamagedPackage("An entry inflates to more than the package states.", entry=entry.name)
            crc = zlib.crc32(piece, crc)
            yield piece
            if engine.eof or not piece:
                break
            feed = engine.unconsumed_tail
        if not engine.eof or left:
            raise DamagedPackage("An entry of the package is damaged.", entry=entry.name)
    if crc != entry.crc:
        raise DamagedPackage("An entry's checksum does not agree with its content.", entry=entry.name)


def _packed(content: bytes | Source, method: int) -> tuple[int, int, bytes]:
    """Checksum, size and packed bytes of a new content."""
    engine = zlib.compressobj(6, zlib.DEFLATED, -15) if method == DEFLATED else None
    crc = size = 0
    out: list[bytes] = []

    def take(piece: bytes) -> None:
        nonlocal crc, size
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        out.append(engine.compress(piece) if engine is not None else piece)

    if isinstance(content, bytes):
        take(content)
    else:
        content(take)
    if engine is not None:
        out.append(engine.flush())
    return crc, size, b"".join(out)


def _header(entry: Entry, crc: int, packed: int, size: int) -> bytes:
    """The fields that local and central header share, from "version needed" to the inflated size."""
    return struct.pack("<5H3L", 20, entry.flags & FLAG_UTF8, entry.method, 0, _DATE_1980, crc, packed, size)
