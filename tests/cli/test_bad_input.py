"""Bad input, one by one: a clear error with its code, the other documents go on, the input stays as it was."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx, part
from whole import KEY, Cli, Done, openai, report, submission

from docpipe.simulate import background

GOOD = docx("h1:Aims", "p:The dose was *5 mg* daily.")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")

pytestmark = pytest.mark.xdist_group("prefect")


def ole(stream: str) -> bytes:
    """A compound file (MS-CFB) whose directory names one stream: enough for anybody who looks what it is."""
    header = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    header = header.ljust(512, b"\xff")
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")

    def entry(name: str, kind: int, child: int = 0xFFFFFFFF) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        raw = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return raw.ljust(116, b"\0") + struct.pack("<IQ", 0xFFFFFFFE, 0)

    directory = entry("Root Entry", 5, 1) + entry(stream, 2) + bytes(256)
    return header + fat + directory


def bomb() -> bytes:
    """A DOCX whose main part is 300 MB of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in given.infolist():
            if info.filename != "word/document.xml":
                made.writestr(info, given.read(info))
        with made.open("word/document.xml", "w") as handle:
            for _ in range(300):
                handle.write(b" " * (1 << 20))
    return out.getvalue()


def with_dtd() -> bytes:
    text = part(GOOD, "word/document.xml")
    return docx("p:x", parts={"word/document.xml": '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + text})


def with_macros() -> bytes:
    types = part(GOOD, "[Content_Types].xml")
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return docx(
        "p:x",
        parts={"[Content_Types].xml": types.replace(plain, "application/vnd.ms-word.document.macroEnabled.main+xml")},
    )


BAD: dict[str, tuple[bytes, str]] = {
    "empty.docx": (b"", "input.empty"),
    "legacy.doc": (ole("WordDocument"), "input.legacy_word"),
    "locked.docx": (ole("EncryptedPackage"), "input.encrypted"),
    "cut.docx": (GOOD[: len(GOOD) // 2], "input.damaged"),
    "bomb.docx": (bomb(), "input.too_large_inflated"),
    "dtd.docx": (with_dtd(), "input.dtd_forbidden"),
    "note.txt": (b"plain words", "input.unsupported_type"),
    "macro.docx": (with_macros(), "input.macros_forbidden"),
    "tracked.docx": (docx("p:Here is [ins:new] text."), "input.tracked_changes"),
    "page.pdf": (b"%PDF-1.4\nbroken", "input."),
}


def digests(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_each_bad_document_is_refused_by_its_code_and_the_good_one_goes_on(flowing: Cli, tmp_path: Path) -> None:
    folder = submission(tmp_path / "in", {"good.docx": GOOD} | {name: data for name, (data, _) in BAD.items()})
    before = digests(folder)
    done = flowing("translate", folder, "--from", "en", "--to", "es", "--out", tmp_path / "out", "--json")
    assert done.code == 4, done.err
    found = {d["file"]: d for d in done.json["documents"]}
    assert found["good.docx"]["state"] == "waiting"
    codes = {name: (found[name]["state"], found[name]["error"]["code"]) for name in BAD}
    for name, (_, wanted) in BAD.items():
        assert codes[name][0] == "refused", (name, codes[name])
        assert codes[name][1] == wanted or (wanted.endswith(".") and codes[name][1].startswith(wanted)), (
            name,
            codes[name],
        )
        assert found[name]["error"]["fix"]
    assert digests(folder) == before


def words(study: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("translate", study, "--from", "en", "--to", "es", "--json", *more)


def test_bad_assets_and_settings_stop_the_submission_before_it_begins(
    inside: Callable[..., Done], tmp_path: Path
) -> None:
    study = submission(tmp_path / "in", {"good.docx": GOOD})
    before = digests(study)
    (tmp_path / "zero.tmx").write_bytes(b"")
    (tmp_path / "bad.tmx").write_bytes(b"<tmx><body>")
    (tmp_path / "terms.csv").write_text("concept,source,ziel,status,note\n1,a,b,preferred,\n")
    (tmp_path / "profile.toml").write_text("speed = 3\n")
    (tmp_path / "previous").mkdir()
    table: list[tuple[tuple[str | Path, ...], int, str]] = [
        (words(study, "--tm", tmp_path / "zero.tmx"), 3, "input.asset_malformed"),
        (words(study, "--tm", tmp_path / "bad.tmx"), 3, "input.asset_malformed"),
        (words(study, "--tm", tmp_path / "none.tmx"), 3, "input.missing"),
        (words(study, "--termbase", tmp_path / "terms.csv"), 3, "input.asset_malformed"),
        (words(study, "--previous", tmp_path / "previous"), 3, "input.asset_malformed"),
        (words(study, "--profile", tmp_path / "profile.toml"), 2, "usage.bad_setting"),
        (words(tmp_path / "nowhere"), 3, "input.missing"),
        (("translate", study, "--from", "en", "--to", "xx-klingon-9", "--json"), 2, "usage.unknown_language"),
        (("translate", study, "--from", "en", "--to", "en", "--json"), 2, "usage.wrong"),
        (words(study, "--provider", "nosuch"), 2, "usage.bad_setting"),
        (words(study, "--provider", "openai"), 2, "usage.wrong"),
        (words(study, "--review", "maybe"), 2, "usage.bad_setting"),
        (words(study, "--concurrency", "0"), 2, "usage.bad_setting"),
    ]
    for given, code, name in table:
        done = inside(*given)
        assert (done.code, done.error) == (code, name), (given, done.out)
    assert digests(study) == before
    assert inside("review", "list", "--json").json == {"checkpoints": []}


def test_results_never_replace_what_is_not_ours(inside: Callable[..., Done], tmp_path: Path) -> None:
    study = submission(tmp_path / "study", {"source/good.docx": GOOD, "target/mine.docx": GOOD})
    before = digests(study)
    for out in (study, study):
        done = inside(*words(study / "source", "--out", out))
        assert (done.code, done.error) == (2, "usage.wrong")
    assert digests(study) == before


@pytest.mark.slow
def test_a_wrong_key_and_an_absent_provider_have_their_codes_and_resume_goes_on(flowing: Cli, tmp_path: Path) -> None:
    study = submission(tmp_path / "in", {"good.docx": GOOD})
    with background(key=KEY) as provider:
        done = flowing(
            *words(study, "--out", tmp_path / "out", *openai(provider.base_url)), OPENAI_API_KEY="sk-wrong-wrong-wrong"
        )
        assert done.code == 5, done.err
        assert done.json["state"] == "failed"
        (document,) = done.json["documents"]
        assert document["error"]["code"] == "provider.wrong_key"
        assert "sk-wrong" not in done.out + done.err
        batch = done.json["batch"]
        again = flowing("resume", batch, "--json", OPENAI_API_KEY=KEY)
        assert again.code == 4, again.err
        assert again.json["documents"][0]["state"] == "waiting"
        assert KEY not in again.out + again.err + (flowing.home / "docpipe.log").read_text()


@pytest.mark.slow
def test_a_provider_that_is_down_fails_every_document_soon(flowing: Cli, tmp_path: Path) -> None:
    import time

    study = submission(tmp_path / "in", {f"r{n}.docx": report(80, n) for n in range(3)})
    began = time.monotonic()
    done = flowing(*words(study, "--out", tmp_path / "out", *openai("http://127.0.0.1:9/v1")))
    assert done.code == 5, done.err
    assert {d["error"]["code"] for d in done.json["documents"]} == {"provider.unreachable"}
    assert time.monotonic() - began < 120


def limited(cli: Cli, given: tuple[Any, ...], size: int) -> subprocess.CompletedProcess[str]:
    """The command under a limit for the size of a file, which answers as a full disk does."""
    return subprocess.run(
        [sys.executable, "-m", "docpipe.cli.main", *map(str, given)], env=cli.environment(), capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), timeout=280, check=False,
        cwd=cli.home.parent,
    )  # fmt: skip


@pytest.mark.slow
def test_a_full_disk_is_told_nothing_is_half_done_and_the_input_stays(flowing: Cli, tmp_path: Path) -> None:
    import json

    cli = Cli(flowing.home, flowing.api)
    assert cli("review", "list").code == 0  # the database is there
    noise = os.urandom(3 << 20)
    study = submission(
        tmp_path / "in", {"good.docx": docx("p:The dose was 5 mg.", parts={"word/media/image1.bin": noise})}
    )
    before = digests(study)
    done = limited(cli, words(study, "--out", tmp_path / "out"), 2 << 20)
    assert done.returncode == 6, (done.stdout, done.stderr)
    assert json.loads(done.stdout)["error"]["code"] == "storage.full"
    assert digests(study) == before
    assert cli("review", "list", "--json").json == {"checkpoints": []}
    assert cli("audit", "verify", "--json").json["ok"]
    after = cli(*words(study, "--out", tmp_path / "out"))
    assert after.code == 4, after.err
