"""The whole mission with `docpipe serve` as it is run: page, Prefect server and runner, two people, a model, and a kill in the middle.

The sample report goes through the simulated provider, the sample protocol through rehearsal and a CAT tool's files. While both wait
at their checkpoints everything is killed and started again: nothing is asked of the model a second time.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from journey import packaged, texts
from whole import PASSWORD, Cli

from docpipe.simulate import background

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("prefect"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked at as on Linux"),
]  # fmt: skip
EDITOR, SIGNER = "mei.lin", "jose.ruiz"


def processes(word: str) -> list[int]:
    """Living processes, but for this one, whose environment or command line holds the word."""
    found = []
    for entry in (e for e in Path("/proc").iterdir() if e.name.isdigit() and int(e.name) != os.getpid()):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            held = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if state != "Z" and word.encode() in held:
            found.append(int(entry.name))
    return found


class Serve:
    """`docpipe serve` over a home folder, started and killed as often as the test wants."""

    def __init__(self, cli: Cli, **environment: str) -> None:
        self.cli = cli
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None
        self.said: dict[str, Any] = {}

    def start(self) -> dict[str, Any]:
        self.process = self.cli.start("serve", "--port", "0", "--prefect-port", "0", "--json", **self.environment)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        self.said = json.loads(line)
        return self.said

    def end(self, how: signal.Signals) -> None:
        """Ends it and waits until nothing of it lives."""
        assert self.process
        self.process.send_signal(how)
        self.process.wait(60)
        until = time.monotonic() + 60
        while (left := processes(str(self.cli.home))) and time.monotonic() < until:
            time.sleep(0.3)
        assert left == []
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        self.process = None


@pytest.fixture
def provider() -> Iterator[Any]:
    with background() as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path, provider: Any) -> Iterator[Serve]:
    home = tmp_path / "home"
    home.mkdir()
    made = Serve(
        Cli(home),
        DOCPIPE_PROVIDER="openai",
        DOCPIPE_MODEL="sim",
        DOCPIPE_BASE_URL=provider.base_url,
        DOCPIPE_OFFICE="off",
    )
    yield made
    if made.process:
        made.end(signal.SIGTERM)


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state("load")


def sign_in(browser: Any, address: str, name: str, secret: str) -> Any:
    """A page of this person; a one-time password is changed at once."""
    page = browser.new_context(base_url=address, accept_downloads=True).new_page()
    page.set_default_timeout(60000)
    page.goto("/")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(secret)
    press(page, "Sign in")
    if page.url.endswith("/account/password"):
        page.get_by_label("One-time password").fill(secret)
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label("New password again").fill(PASSWORD)
        press(page, "Change the password")
    return page


def account(page: Any, name: str, printed: str, *roles: str) -> str:
    """Makes an account; its one-time password."""
    page.goto("/accounts")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Name under signatures").fill(printed)
    for role in roles:
        page.get_by_label(role, exact=True).check()
    page.locator("form[action='/accounts'] button[type=submit]").click()
    return str(page.locator("code.secret").inner_text())


def zipped(folder: Path, to: Path) -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return to


def submitted(page: Any, sample: Path, folder: Path, source: str, target: str, **more: Any) -> str:
    """Uploads the sample with its assets, waits for the estimate and confirms; the batch's id."""
    page.goto("/submit")
    page.get_by_label("From").fill(source)
    page.get_by_label("Into").fill(target)
    page.get_by_label("Name for lists").fill(sample.name)
    if more.get("rehearsal"):
        page.get_by_label("Provider").select_option("rehearsal")
    page.get_by_label("Files or a zip archive").set_input_files(
        zipped(sample / "submission", folder / f"{sample.name}.zip")
    )
    page.get_by_label("Translation memory").set_input_files(next((sample / "assets").glob("*.tmx")))
    page.get_by_label("Termbase").set_input_files(sample / "assets" / more["termbase"])
    if (sample / "previous").is_dir():
        page.get_by_label("Previous version, as zip").set_input_files(
            zipped(sample / "previous", folder / "previous.zip")
        )
    press(page, "Upload and estimate")
    page.wait_for_selector("text=Leverage: where the targets will come from", timeout=240000)
    press(page, "Confirm: make the batch")
    page.wait_for_url("**/batches/B*")
    assert "made and started" in page.get_by_role("status").first.inner_text()
    return str(page.url.rsplit("/", 1)[1])


def awaited(page: Any, batch: str, state: str, seconds: float = 300) -> None:
    """Watches the batch's page, which follows the run by itself, until the batch is in this state."""
    page.goto(f"/batches/{batch}")
    page.wait_for_selector(f"#live .state-line .state-{state}", timeout=seconds * 1000)
    page.reload()


def reviewed(page: Any, batch: str) -> list[str]:
    """The addresses of the rows of its documents."""
    page.goto(f"/batches/{batch}")
    found: list[str] = page.evaluate("() => [...document.querySelectorAll('[data-label=Next] a')].map(a => a.pathname)")
    return [path for path in found if re.fullmatch(r"/documents/[^/]+", path)]


def findings_dismissed(page: Any, batch: str) -> int:
    """Every open finding of the batch, many alike at once, each kind with a reason."""
    rounds = 0
    for document in reviewed(page, batch):
        while True:
            page.goto(f"{document}?severity=critical&severity=major&severity=minor")
            row = page.locator("tr.row .c-n a").first
            if not row.count() or rounds > 200:
                break
            page.goto(row.get_attribute("href"))
            page.locator(".finding").first.get_by_label("Why this is no fault").fill(
                "The simulated model's own wording"
            )
            press(page, "Dismiss all alike")
            rounds += 1
    assert rounds <= 200
    return rounds


def looked_through(page: Any, batch: str) -> None:
    """Every document from the first row to the last, each screen long enough to be seen."""
    for document in reviewed(page, batch):
        page.goto(f"{document}?per=all")
        page.wait_for_selector("html[data-grid=ready]", state="attached")
        for _ in range(200):
            page.wait_for_timeout(1200)
            if page.evaluate("() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
                break
            before = page.evaluate("() => scrollY")
            page.mouse.wheel(0, 400)
            page.wait_for_function("y => scrollY > y", arg=before)
        page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")


def approved(page: Any, batch: str) -> None:
    """All rows of all documents that may be approved at once, confirmed by their number; the rest one by one."""
    page.goto(f"/batches/{batch}/checkpoint")
    page.get_by_role("link", name="Approve rows in all documents").click()
    if page.locator("#typed").count():
        number = page.locator("label[for=typed]").inner_text().split()[1]
        page.locator("#typed").fill(number)
        page.locator("form button[type=submit]", has_text="Approve").click()
        assert f"{number} rows approved" in page.get_by_role("status").first.inner_text()
    for _ in range(100):
        page.goto(f"/batches/{batch}/rows?status=edited&status=translated&status=recalled")
        row = page.locator("tr.row .c-n a").first
        if not row.count():
            return
        page.goto(row.get_attribute("href"))
        here = page.url
        press(page, "Approve, next")
        assert not page.get_by_role("alert").count(), (
            f"{here}: {page.get_by_role('alert').inner_text()} {page.locator('.row-status').inner_text()}"
        )
    raise AssertionError("rows are left that cannot be approved")


def signed(page: Any, batch: str) -> None:
    page.goto(f"/batches/{batch}/checkpoint")
    if page.get_by_label("Account name").count():
        page.get_by_label("Account name").fill(SIGNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_load_state("load")
    assert "the next run has started" in page.get_by_role("status").first.inner_text()


def downloaded(page: Any, batch: str) -> dict[str, bytes]:
    page.goto(f"/batches/{batch}")
    with page.expect_download() as got:
        page.get_by_role("link", name="Download everything").click()
    return packaged(Path(got.value.path()).read_bytes())


def test_from_an_empty_home_to_two_signed_packages_through_a_kill(
    serve: Serve, provider: Any, chromium: Any, samples: Path, tmp_path: Path
) -> None:
    said = serve.start()
    assert set(said) == {"page", "prefect", "first_administrator"}
    first = said["first_administrator"]
    admin = sign_in(chromium, said["page"], first["name"], first["one_time_password"])
    one = account(admin, EDITOR, "Mei Lin", "author", "reviewer")
    two = account(admin, SIGNER, "José Ruiz", "approver")
    admin.context.close()

    editor = sign_in(chromium, said["page"], EDITOR, one)
    report = submitted(editor, samples / "report-en", tmp_path, "en", "es", termbase="termbase-es.csv")
    protocol = submitted(
        editor, samples / "protocol-zh", tmp_path, "zh-CN", "en", termbase="termbase.csv", rehearsal=True
    )
    awaited(editor, report, "waiting")
    awaited(editor, protocol, "waiting")
    bill = provider.bill()
    assert bill["calls"] > 0, bill

    editor.goto(f"/batches/{protocol}/exchange")
    editor.locator("input[type=file]").first.set_input_files(sorted((samples / "protocol-zh" / "edits").rglob("*.xlf")))
    editor.locator("form[action='/exchange'] button[type=submit]").click()
    editor.get_by_label("Reason").fill("translation of the amendment")
    editor.locator("form[action$='/take'] button[type=submit]").click()
    editor.wait_for_load_state("load")
    editor.context.close()

    signer = sign_in(chromium, said["page"], SIGNER, two)
    findings_dismissed(signer, report)
    signer.context.close()
    serve.end(signal.SIGKILL)

    said = serve.start()
    assert said["first_administrator"] is None
    signer = sign_in(chromium, said["page"], SIGNER, PASSWORD)
    for batch in (report, protocol):
        findings_dismissed(signer, batch)
        looked_through(signer, batch)
        approved(signer, batch)
        signed(signer, batch)
    for batch in (report, protocol):
        awaited(signer, batch, "released")
    assert provider.bill() == bill

    found = downloaded(signer, report)
    assert {n for n in found if n.startswith("target/")} == {
        "target/m1/13-product-information/smpc.docx",
        "target/m5/53-clin-stud-rep/535-rep-effic-safety-stud/study-qlz-2417-205/synopsis.docx",
    }
    assert all(texts(data) for name, data in found.items() if name.startswith("target/"))
    found = downloaded(signer, protocol)
    assert len([n for n in found if n.startswith("target/")]) == 3
    assert "manifest.json" in found
    signer.goto("/queue")
    assert "Nothing waits for review" in signer.locator("main").inner_text()
    signer.context.close()
    serve.end(signal.SIGTERM)
