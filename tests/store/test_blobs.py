"""Blobs by digest: durable, verified, the same through a folder and through fsspec."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from docpipe.errors import BlobMissing, StorageError
from docpipe.model.canonical import digest_bytes
from docpipe.store.blobs import Blobs


@pytest.fixture(params=["folder", "file-url", "fsspec"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    urls = {
        "folder": str(tmp_path / "b"),
        "file-url": f"file://{tmp_path}/c",
        "fsspec": f"memory://{secrets.token_hex(4)}",
    }
    return Blobs.open(urls[request.param])


def test_bytes_come_back_by_their_digest(blobs: Blobs) -> None:
    for data in (b"", b"a", secrets.token_bytes(300_000)):
        digest = blobs.put(data)
        assert digest == digest_bytes(data)
        assert blobs.put(data) == digest
        assert blobs.get(digest) == data
        assert blobs.has(digest)


def test_what_is_not_there_is_said_to_be_missing(blobs: Blobs) -> None:
    for name in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(BlobMissing):
            blobs.get(name)
    assert not blobs.has("0" * 64)


def test_a_deleted_blob_is_gone(blobs: Blobs) -> None:
    digest = blobs.put(b"x")
    blobs.delete(digest)
    blobs.delete(digest)
    assert not blobs.has(digest)


def test_a_changed_blob_is_noticed_and_mended_by_whoever_has_the_bytes(tmp_path: Path) -> None:
    blobs = Blobs.open(str(tmp_path))
    digest = blobs.put(b"true")
    path = blobs.path(digest)
    assert path is not None
    path.write_bytes(b"false")
    with pytest.raises(BlobMissing, match="damaged or changed"):
        blobs.get(digest)
    blobs.put(b"true")
    assert blobs.get(digest) == b"true"


def test_only_a_folder_gives_a_path(tmp_path: Path) -> None:
    blobs = Blobs.open(str(tmp_path))
    assert blobs.path("0" * 64) is None
    assert Blobs.open("memory://x").path(Blobs.open("memory://x").put(b"1")) is None


def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(StorageError):
        Blobs.open("nosuchthing://x")


def test_many_writers_of_one_blob_leave_one_file(tmp_path: Path) -> None:
    blobs = Blobs.open(str(tmp_path))
    data = secrets.token_bytes(100_000)
    threads = [threading.Thread(target=blobs.put, args=(data,)) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()] == [data]


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from docpipe.errors import DiskFull
from docpipe.store.blobs import Blobs
blobs = Blobs.open(sys.argv[1])
try:
    blobs.put(b"x" * 100_000)
except DiskFull as error:
    print(error.code)
"""


def test_a_full_disk_leaves_no_half_blob(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "storage.full"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
