"""What the tests let child processes do: good work and every kind of harm."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import time

from docpipe.errors import DamagedPackage
from docpipe.model.document import Address, Block, BlockKind
from docpipe.model.inline import Text


def double(number: int) -> int:
    return number * 2


def block(text: str) -> Block:
    return Block(Address("page[1]/p[1]"), BlockKind.HEADING, (Text(text),), level=1)


def refuse() -> None:
    raise DamagedPackage("The package is damaged.", entry="a.xml", bytes=7)


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def hog() -> int:
    held = []
    while True:
        held.append(bytearray(64 * 1024 * 1024))


def leave() -> None:
    os._exit(0)


def segfault() -> None:
    ctypes.string_at(0)


def recurse() -> int:
    return recurse() + 1


def huge() -> bytes:
    return bytes(200 * 1024 * 1024)


def surprise() -> None:
    raise ValueError("patient 0042 had a headache")


def chatter() -> str:
    print("x" * 100_000)
    os.write(1, b"y" * 100_000)
    os.write(2, b"z" * 100_000)
    return "quiet"


def connect(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 1)
    except OSError as error:
        return type(error).__name__
    return "connected"


def raw_connect(port: int) -> int:
    """Past Python's audit hooks: 0 would mean connected."""
    libc = ctypes.CDLL(None)
    number = libc.socket(2, 1, 0)
    address = b"\x02\x00" + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return int(libc.connect(number, address, 16))


def start_program() -> str:
    try:
        subprocess.run(["true"], check=False)
    except OSError as error:
        return type(error).__name__
    return "started"


def write_file(path: str) -> str:
    try:
        with open(path, "wb") as out:
            out.write(b"x")
    except OSError as error:
        return type(error).__name__
    return "written"


def environment() -> dict[str, str]:
    return dict(os.environ)


def identity() -> int:
    return os.getpid()


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo taken over",)


def trap() -> object:
    return Trap()
