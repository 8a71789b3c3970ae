"""The bounded office program: what it is given, and how it ends when it hangs, fails or is not there."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest

from docpipe.errors import OfficeFailed
from docpipe.safe.office import find_office, to_pdf


def program(folder: Path, script: str) -> str:
    """A stand-in for the outside program; ``$out`` and ``$file`` are what it was asked for."""
    path = folder / "office"
    lines = [
        "#!/bin/sh",
        'while [ $# -gt 0 ]; do case "$1" in --outdir) out="$2"; shift;; esac; file="$1"; shift; done',
        script,
    ]
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o700)
    return str(path)


def gone(pid: int) -> bool:
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.05)
    return False


def test_the_result_comes_back_and_the_folder_goes(tmp_path: Path) -> None:
    told = tmp_path / "told"
    made = to_pdf(
        program(tmp_path, f'cp "$file" "$out/document.pdf"; echo "$HOME $file" > {told}'), b"bytes", ".docx", seconds=10
    )
    assert made == b"bytes"
    home, file = told.read_text().split()
    assert file == f"{home}/document.docx"
    assert not Path(home).exists()


def test_a_program_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    slow = program(tmp_path, f"sleep 60 & echo $! > {pids}; echo $$ >> {pids}; wait")
    start = time.monotonic()
    with pytest.raises(OfficeFailed) as caught:
        to_pdf(slow, b"x", ".docx", seconds=2)
    assert time.monotonic() - start < 8
    assert caught.value.details["reason"] == "time"
    assert all(gone(int(pid)) for pid in pids.read_text().split())


@pytest.mark.parametrize(("script", "reason"), [("exit 3", "exit"), ("exit 0", "empty"), ("kill -9 $$", "exit")])
def test_a_program_that_fails_is_told_by_its_reason(tmp_path: Path, script: str, reason: str) -> None:
    with pytest.raises(OfficeFailed) as caught:
        to_pdf(program(tmp_path, script), b"x", ".docx", seconds=10)
    assert caught.value.details["reason"] == reason


def test_a_program_that_is_not_there_is_a_failure_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(OfficeFailed):
        to_pdf(str(tmp_path / "nothing"), b"x", ".docx", seconds=10)
    assert find_office("off") == ""
    assert find_office("/opt/x/soffice") == "/opt/x/soffice"


def test_it_sees_no_secret_and_cannot_take_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    made = to_pdf(
        program(tmp_path, '{ env; ulimit -v; } > "$out/document.pdf"'), b"x", ".docx", seconds=10, memory=1 << 30
    )
    text = made.decode()
    assert "sk-secret" not in text
    assert text.strip().endswith(str((1 << 30) // 1024))


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_loads_nothing_from_the_network(tmp_path: Path) -> None:
    from docx_builder import R, docx

    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    port = server.getsockname()[1]
    done = threading.Event()

    def listen() -> None:
        while not done.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            heard.append(connection.recv(200))
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="p"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="x1"/></pic:blipFill><pic:spPr/></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    outside = f'<Relationship Id="x1" Type="{R}/image" Target="http://127.0.0.1:{port}/a.png" TargetMode="External"/>'
    data = docx(
        f'p:Text with {{INCLUDEPICTURE "http://127.0.0.1:{port}/b.png"|x}}', f"xml:{picture}", relations=outside
    )
    try:
        made = to_pdf(find_office(), data, ".docx", seconds=60)
    finally:
        done.set()
        thread.join()
        server.close()
    assert made.startswith(b"%PDF")
    assert heard == []
