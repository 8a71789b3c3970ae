"""`docpipe demo`: the main job on the samples, from submission to the released package, with the commands that a team would give.

Imports nothing of the steps: it calls the command line, so that it is the same code path as a user's own folder.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from docpipe.cli.demo_report import draft_report, where_report
from docpipe.cli.door import DONE, WAITING, say, text
from docpipe.errors import Defect, InputMissing


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo")(demo)


MOST = 24
"""Words of a command that are shown; longer ones name many findings."""


class _Team:
    """Two accounts and an administrator in an installation of their own; passwords in files that only we can read."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("DOCPIPE_", "OPENAI_", "AZURE_", "PREFECT_"))
        }
        self.environment |= {"DOCPIPE_HOME": str(self.home)}
        self.secrets = folder / "passwords"
        self.secrets.mkdir(mode=0o700)

    def secret(self, name: str) -> Path:
        path = self.secrets / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(16))
        return path

    def run(
        self, *arguments: str | Path, expect: tuple[int, ...] = (DONE,), acting: str = "", as_json: bool = False
    ) -> str:
        """Gives a command as a person would, shows it, and returns what it printed."""
        words = [str(a) for a in arguments]
        shown = [_shown(w) for w in words]
        say(
            "\n$ docpipe " + " ".join(shown if len(shown) <= MOST else (*shown[:3], f"… ({len(shown) - 3} more words)"))
        )
        environment = self.environment | ({"DOCPIPE_PASSWORD_FILE": str(self.secret(acting))} if acting else {})
        command = [sys.executable, "-m", "docpipe.cli.main", *words, *(["--json"] if as_json else [])]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode not in expect:
            text(done.stdout)
            raise Defect(f"The command ended with code {done.returncode}.", command=words[0])
        if not as_json:
            text(done.stdout.rstrip())
        return done.stdout


def _shown(word: str) -> str:
    try:
        return os.path.relpath(word) if word.startswith("/") else f'"{word}"' if " " in word else word
    except ValueError:
        return word


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="Folder for everything that the demo makes; replaced if it is there.")
    ] = Path("demo"),
    samples: Annotated[Path, typer.Option("--samples", help="The samples folder of the checkout.")] = Path("samples"),
) -> int:
    """Runs the main jobs on the samples: a submission translated and a study report drafted, both to the signed and released package.

    Example: docpipe demo --folder demo
    """
    study = (samples / "protocol-zh").absolute()
    if not study.is_dir():
        raise InputMissing(
            f"The samples are not at {samples}: run the demo in the checkout, or give --samples.", path=str(samples)
        )
    folder = folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    team, out = _Team(folder), folder / "package"
    _accounts(team)
    text(
        "\n-- Submit: amended protocol 2.0 (Chinese) with its approved version 1.0; no model is connected, so this is a rehearsal"
    )
    result: dict[str, Any] = json.loads(
        team.run(
            "translate", study / "submission", "--from", "zh-CN", "--to", "en", "--previous", study / "previous",
            "--tm", study / "assets" / "memory.tmx", "--termbase", study / "assets" / "termbase.csv", "--out", out,
            "--deliver", "tracked", "--name", "protocol amendment", expect=(WAITING,), as_json=True,
        )
    )  # fmt: skip
    batch = str(result["batch"])
    text(f"Batch {batch} waits for people:")
    for document in result["documents"]:
        counts = document["segments"]["by_status"]
        text(
            f"  {document['file']}: {counts['recalled']} rows carried over, {counts['translated']} to be translated by a person"
        )
    text("\n-- Review: a translator works the changed rows in a CAT tool, a second person approves and signs")
    edits = sorted((study / "edits").rglob("*.xlf"))
    team.run(
        "review",
        "import",
        *edits,
        "--batch",
        batch,
        "--as",
        "mei.lin",
        "--reason",
        "translation of the amendment",
        acting="mei.lin",
    )
    team.run("review", "approve", batch, "--as", "jose.ruiz", acting="jose.ruiz")
    team.run(
        "review", "sign", batch, "--as", "jose.ruiz", "--meaning", "approval of the translation", acting="jose.ruiz"
    )
    text("\n-- Release: assembled, read back, compared, packed, with the changes since version 1.0 tracked")
    team.run("resume", batch)
    report = folder / "report"
    if (samples / "study").is_dir():
        draft_report(team.run, (samples / "study").absolute(), report)
    team.run("audit", "verify")
    text("\n-- Throughput")
    team.run("metrics", batch)
    _waiting(team, samples.absolute() / "report-en", folder / "waiting")
    _goodbye(out, report, team)
    return DONE


def _waiting(team: _Team, report: Path, out: Path) -> None:
    """A second submission that stays at its checkpoint, so that the page has something to review."""
    if not report.is_dir():
        return
    text("\n-- A second submission, left at its checkpoint for the page")
    team.run(
        "translate", report / "submission", "--from", "en", "--to", "es",
        "--tm", report / "assets" / "memory-es.tmx", "--termbase", report / "assets" / "termbase-es.csv", "--out", out, "--name", "report to review",
        expect=(WAITING,), as_json=True,
    )  # fmt: skip


def _accounts(team: _Team) -> None:
    text("-- Accounts: an administrator, a translator (Mei Lin), an approver (José Ruiz)")
    team.run("admin", "user", "add", "admin", "--role", "administrator", "--password-file", team.secret("admin"))
    for name, printed, role in (("mei.lin", "Mei Lin", "reviewer"), ("jose.ruiz", "José Ruiz", "approver")):
        team.run(
            "admin", "user", "add", name, "--printed-name", printed, "--role", role,
            "--password-file", team.secret(name), "--as", "admin", acting="admin",
        )  # fmt: skip


def _goodbye(out: Path, report: Path, team: _Team) -> None:
    text("\n-- Where things are")
    text(f"  the translated documents   {os.path.relpath(out / 'target')}")
    text(f"  the page to look at        {os.path.relpath(out / 'report.html')}")
    text(f"  decisions and signatures   {os.path.relpath(out / 'record.html')}")
    text(
        f"  the whole package          {os.path.relpath(out)} (manifest.json, SHA256SUMS, bilingual XLIFF, memory.tmx)"
    )
    text(f"  database and blobs         {os.path.relpath(team.home)}")
    if report.is_dir():
        where_report(report)
    text("\n-- The page, with all submissions")
    text(
        f"  DOCPIPE_HOME={os.path.relpath(team.home)} {os.path.relpath(Path(sys.executable).with_name('docpipe'))} serve"
    )
    text("  http://127.0.0.1:8760      sign in as mei.lin (translator), jose.ruiz (approver) or admin;")
    text(f"                             the passwords lie in {os.path.relpath(team.secrets)}/")
    text(
        "To connect a model: export OPENAI_API_KEY=… DOCPIPE_MODEL=… (and OPENAI_BASE_URL for another server), then docpipe translate your-folder --from zh-CN --to en"
    )
