"""Hostile uploads: the same verdict by page, API and command line; cut off while streaming; names only shown, never used."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from fastapi.testclient import TestClient
from whole import report

from docpipe.steps import extract
from docpipe.steps.admit import admit
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import documents
from docpipe.store import submissions as rows
from docpipe.web import uploads

DOCX = "application/octet-stream"
CHOICES = {"from": "en", "to": "es"}


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


def patched(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    out = {}
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        for entry in given.namelist():
            out[entry] = change(given.read(entry)) if entry == name else given.read(entry)
    return archive(out)


GOOD = docx("p:The dose was 5 mg.")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
HOSTILE: dict[str, tuple[str, bytes]] = {
    "empty": ("a.docx", b""),
    "cut in half": ("a.docx", GOOD[: len(GOOD) // 2]),
    "old word": ("a.doc", OLE + "WordDocument".encode("utf-16-le")),
    "password": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le")),
    "mislabelled": ("a.docx", b"MZ" + b"\x00" * 2000),
    "picture": ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64),
    "plain text": ("a.txt", b"some text"),
    "spreadsheet bytes": ("a.docx", archive({"[Content_Types].xml": b"<Types/>", "x": b""})),
    "declared entities": ("a.docx", patched(GOOD, "word/document.xml", lambda d: DTD + d.split(b"?>", 1)[-1])),
    "zip bomb": ("a.docx", patched(GOOD, "word/document.xml", lambda d: d + b" " * 80_000_000)),
    "archive that climbs": ("a.zip", archive({"../../evil.docx": GOOD})),
    "archive with a device": ("a.zip", archive({"m1/con.docx": GOOD})),
    "archive with an absolute name": ("a.zip", archive({"/etc/cron.d/x.docx": GOOD})),
    "archive cut in half": ("a.zip", archive({"a.docx": GOOD})[:120]),
    "archive in an archive": ("a.zip", archive({"inner.zip": archive({"a.docx": GOOD})})),
    "pdf of nothing": ("a.pdf", b"%PDF-1.7\n%%EOF"),
    "good": ("a.docx", GOOD),
}


def by_command_line(world: Any, folder: Path, name: str, data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """What the steps of `docpipe translate` say: on admission, and once the document was read."""
    folder.mkdir()
    (folder / name).write_bytes(data)
    batch = admit(world.house, [folder / name], make_recipe(world.house, Order("en", "es")), actor="t")
    with world.house.store.read() as s:
        admitted = documents.of_batch(s, batch.id)
    read = [extract.extract(world.house, d.id) for d in admitted]
    return {d.path: d.error_code for d in admitted}, {d.path: d.error_code for d in read}


@pytest.mark.parametrize("case", HOSTILE)
def test_page_api_and_command_line_give_the_same_verdict(
    case: str, world: Any, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    name, data = HOSTILE[case]
    told, final = by_command_line(world, tmp_path / "in", name, data)
    client = client_as("author")
    page = client.post("/submit", data=CHOICES, files=[("files", (name, data, DOCX))])
    assert page.status_code == 303
    with world.house.store.read() as s:
        staged = rows.get(s, page.headers["location"].rsplit("/", 1)[1])
    assert {f.path: f.code for f in staged.files} == told
    api = client.post("/api/v1/batches", data=CHOICES, files=[("files", (name, data, DOCX))])
    assert api.status_code == 202
    assert {d["file"]: (d["error"] or {"code": ""})["code"] for d in api.json()["documents"]} == told
    reckoned = client.post("/api/v1/estimates", data=CHOICES, files=[("files", (name, data, DOCX))])
    assert {d["file"]: (d["error"] or {"code": ""})["code"] for d in reckoned.json()["documents"]} == final
    assert any(final.values()) == (case != "good")


NAMES = {
    "a path": ("../../../etc/passwd.docx", "input.unsafe_name"),
    "a drive": ("C:\\Users\\x\\a.docx", ""),
    "a stream": ("m1\\a.docx", ""),
    "right to left": ("report\u202excod.exe.docx", ""),
    "long": ("x" * 300 + ".docx", "input.unsafe_name"),
    "control": ("a\tb.docx", "input.unsafe_name"),
    "markup": ("<script>alert(1)</script>.docx", ""),
    "device": ("nul.docx", "input.unsafe_name"),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_is_shown_and_never_used(case: str, world: Any, client_as: Callable[..., Any]) -> None:
    name, code = NAMES[case]
    before = {p for p in world.house.settings.home.rglob("*") if p.is_file()}
    client = client_as("author")
    sent = name.replace("\\", "\\\\")
    answer = multipart(body("BB", [*FIELDS, (f'name="files"; filename="{sent}"', "", GOOD)]), client, "/submit")
    assert answer.status_code == 303
    submission = answer.headers["location"].rsplit("/", 1)[1]
    with world.house.store.read() as s:
        (file,) = rows.get(s, submission).files
    assert file.code == code
    shown = client.get(f"/submissions/{submission}").text
    assert "\u202e" not in shown
    assert "<script>alert" not in shown
    assert len(file.path) <= 300
    new = {p for p in world.house.settings.home.rglob("*") if p.is_file()} - before
    assert not [p for p in new if "passwd" in p.name or "report" in p.name or "xxx" in p.name]


def body(boundary: str, parts: list[tuple[str, str, bytes]]) -> bytes:
    made = b""
    for disposition, extra, data in parts:
        made += (
            f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{extra}\r\n".encode() + data + b"\r\n"
        )
    return made + f"--{boundary}--\r\n".encode()


def multipart(data: bytes | Iterator[bytes], client: TestClient, path: str = "/api/v1/batches") -> Any:
    return client.post(path, content=data, headers={"content-type": "multipart/form-data; boundary=BB"})


FIELDS = [('name="from"', "", b"en"), ('name="to"', "", b"es")]


def test_a_file_over_the_limit_is_cut_off_and_refused_like_on_the_command_line(
    world: Any, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "FILE_LIMIT", 100_000)
    largest = 0

    def sent() -> Iterator[bytes]:
        nonlocal largest
        yield body("BB", [*FIELDS, ('name="files"; filename="ok.docx"', "", GOOD)]).rsplit(b"--BB--", 1)[0]
        yield b'--BB\r\nContent-Disposition: form-data; name="files"; filename="big.docx"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 50_000
            sizes = [p.stat().st_size for p in world.house.settings.home.glob("docpipe-upload-*/*")]
            largest = max([largest, *sizes])
        yield b"\r\n--BB--\r\n"

    answer = multipart(sent(), client_as("author"))
    assert answer.status_code == 202
    assert {d["file"]: (d["error"] or {"code": ""})["code"] for d in answer.json()["documents"]} == {
        "ok.docx": "", "big.docx": "input.too_large",
    }  # fmt: skip
    assert largest <= 100_000
    assert not list(world.house.settings.home.glob("docpipe-upload-*"))


def test_a_body_over_the_limit_ends_the_request_with_or_without_a_length(
    client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: Any
) -> None:
    monkeypatch.setattr(uploads, "BODY_LIMIT", 200_000)
    whole = body("BB", [*FIELDS, ('name="files"; filename="a.docx"', "", b"x" * 400_000)])
    client = client_as("author")
    stated = multipart(whole, client)
    chunked = multipart(iter([whole[i : i + 10_000] for i in range(0, len(whole), 10_000)]), client)
    for answer in (stated, chunked):
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "input.too_large"
    assert (
        client.post("/submit", content=whole, headers={"content-type": "multipart/form-data; boundary=BB"}).status_code
        == 413
    )
    assert not list(world.house.settings.home.glob("docpipe-upload-*"))


def test_a_chunked_upload_without_a_length_is_taken(client_as: Callable[..., Any]) -> None:
    whole = body("BB", [*FIELDS, ('name="files"; filename="a.docx"', "", report(60, 1))])
    answer = multipart(iter([whole[i : i + 997] for i in range(0, len(whole), 997)]), client_as("author"))
    assert answer.status_code == 202
    assert answer.json()["refused"] == 0


BROKEN = {
    "cut off": lambda: body("BB", [*FIELDS, ('name="files"; filename="a.docx"', "", GOOD)])[:-30],
    "no boundary in it": lambda: b"nothing of the kind",
    "a part without a name": lambda: body("BB", [("x=1", "", b"y")]),
    "a header without end": lambda: (
        b'--BB\r\nContent-Disposition: form-data; name="' + b"x" * 40_000 + b'"\r\n\r\n1\r\n--BB--\r\n'
    ),
    "a field without end": lambda: body("BB", [('name="from"', "", b"e" * 100_000)]),
    "too many fields": lambda: body("BB", [(f'name="f{n}"', "", b"1") for n in range(300)]),
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_form_is_refused_and_leaves_nothing(case: str, client_as: Callable[..., Any], world: Any) -> None:
    answer = multipart(BROKEN[case](), client_as("author"))
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == "input.upload_broken"
    with world.house.store.read() as s:
        assert rows.listing(s) == []
    assert not list(world.house.settings.home.glob("docpipe-upload-*"))


def test_another_kind_of_body_is_refused(client_as: Callable[..., Any]) -> None:
    answer = client_as("author").post("/api/v1/batches", json={"from": "en"})
    assert answer.json()["error"]["code"] == "input.upload_broken"


@pytest.mark.anyio
async def test_a_sender_that_falls_silent_or_trickles_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import asyncio

    from starlette.requests import Request

    from docpipe.errors import UploadBroken

    async def upload(pause: float, pieces: int) -> float:
        left = pieces

        async def receive() -> dict[str, Any]:
            nonlocal left
            left -= 1
            await asyncio.sleep(pause)
            return {"type": "http.request", "body": b"-" if left else b"", "more_body": left > 0}

        scope = {
            "type": "http", "method": "POST", "path": "/", "query_string": b"",
            "headers": [(b"content-type", b"multipart/form-data; boundary=BB")],
        }  # fmt: skip
        began = time.monotonic()
        with pytest.raises(UploadBroken):
            async with uploads.received(Request(scope, receive), tmp_path):
                pass
        return time.monotonic() - began

    monkeypatch.setattr(uploads, "SILENT_SECONDS", 0.2)
    assert await upload(10.0, 3) < 3
    monkeypatch.setattr(uploads, "SLOW_AFTER", 0.2)
    assert await upload(0.05, 1000) < 3
    assert not list(tmp_path.iterdir())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_zip_of_many_small_lies_is_refused_before_it_is_inflated(client_as: Callable[..., Any]) -> None:
    honest = archive({"a.docx": GOOD})
    at = honest.rindex(b"PK\x01\x02")
    lying = honest[: at + 24] + struct.pack("<L", 4_000_000_000) + honest[at + 28 :]
    began = time.monotonic()
    answer = client_as("author").post("/api/v1/batches", data=CHOICES, files=[("files", ("a.zip", lying, DOCX))])
    assert time.monotonic() - began < 10
    assert answer.json()["documents"][0]["state"] == "refused"
