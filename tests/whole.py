"""What tests of the whole share: generated documents, a team of people, and the command line as a person gives it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx

PASSWORD = "correct horse battery"
CANARY = "Xylodrimane"
"""A word that stands in documents of tests and must not show up outside them."""
KEY = "sk-canary0123456789abcdef"

_WORDS = [
    "patient",
    "treatment",
    "dose",
    "adverse",
    "event",
    "study",
    "protocol",
    "investigator",
    "baseline",
    "visit",
    "laboratory",
    "assessment",
    "efficacy",
    "safety",
    "placebo",
    "response",
    "concentration",
    "infusion",
    "tablet",
    "week",
    "randomised",
    "blinded",
    "analysis",
    "population",
    "endpoint",
    "criteria",
    "consent",
    "monitoring",
    "report",
    "summary",
    "result",
    "value",
    "increase",
    "decrease",
    "moderate",
    "severe",
    "mild",
    "renal",
    "hepatic",
    "cardiac",
    "function",
]


def sentence(chance: random.Random) -> str:
    """A sentence as reports have them, with a number now and then."""
    words = chance.choices(_WORDS, k=chance.randint(9, 18))
    if chance.random() < 0.4:
        words[3] = f"{chance.randint(2, 990)} mg"
    if chance.random() < 0.2:
        words[6] = f"*{words[6]}*"
    return " ".join(words).capitalize() + "."


def report(words: int, seed: int, *, canary: str = "") -> bytes:
    """A DOCX of about so many words: headings, paragraphs, lists, tables, notes, header and footer."""
    chance = random.Random(seed)
    lines, made = [f"h1:Report {seed}", f"p:{canary} was given." if canary else "p:Introduction."], 0
    while made < words:
        kind = chance.random()
        text = " ".join(sentence(chance) for _ in range(chance.randint(1, 5)))
        made += len(text.split())
        if kind < 0.08:
            lines.append(f"h2:{sentence(chance)[:-1]}")
        elif kind < 0.2:
            lines.append(
                f"tbl:{chance.choice(_WORDS)} | {chance.randint(1, 99)} // {sentence(chance)} | {chance.randint(1, 9)}.{chance.randint(1, 9)} %"
            )
        elif kind < 0.3:
            lines.append(f"li:{text}")
        elif kind < 0.35:
            lines.append(f"p:{text}[fn:{sentence(chance)}]")
        else:
            lines.append(f"p:{text}")
    return docx(*lines, header="Protocol QLZ-301", footer=f"Report {seed}")


def submission(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without settings of ours, of a provider or of Prefect."""
    foreign = ("DOCPIPE_", "OPENAI_", "AZURE_", "PREFECT_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)} | more


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended. ``lines``: the JSON values of stdout."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]

    @property
    def json(self) -> Any:
        """The one JSON value that the contract promises."""
        (value,) = self.lines
        return value

    @property
    def error(self) -> str:
        """Code of the error object."""
        return str(self.json["error"]["code"])


@dataclass(frozen=True, slots=True)
class Cli:
    """The command line over one home folder."""

    home: Path
    api: str = ""

    def environment(self, acting: str = "", **more: str) -> dict[str, str]:
        env = clean_environment(DOCPIPE_HOME=str(self.home), NO_COLOR="1", **more)
        if self.api:
            env["PREFECT_API_URL"] = self.api
        if acting:
            env["DOCPIPE_PASSWORD_FILE"] = str(self.secret())
        return env

    def secret(self) -> Path:
        path = self.home.parent / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(PASSWORD)
        return path

    def __call__(
        self, *words: str | Path, acting: str = "", cwd: Path | None = None, timeout: float = 280, **more: str
    ) -> Done:
        """Gives a command; ``acting`` adds the account and its password."""
        command = [sys.executable, "-m", "docpipe.cli.main", *map(str, words)]
        if acting:
            command += ["--as", acting]
        done = subprocess.run(
            command, env=self.environment(acting, **more), capture_output=True, text=True, timeout=timeout,
            cwd=cwd or self.home.parent, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str | Path, **more: str) -> subprocess.Popen[str]:
        """Starts a command in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "docpipe.cli.main", *map(str, words)], env=self.environment(**more),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, stdin=subprocess.DEVNULL,
            cwd=self.home.parent,
        )  # fmt: skip

    def inside(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str | Path) -> Done:
        """The command in this process, by the same entry point: quicker, for tables of wrong uses."""
        from docpipe.cli.main import _code

        wanted = self.environment()
        with monkeypatch.context() as patch:
            for name in set(os.environ) - set(wanted):
                patch.delenv(name)
            for name, value in wanted.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["docpipe", *map(str, words)])
            patch.chdir(self.home.parent)
            capsys.readouterr()
            code = _code()
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    def team(self) -> None:
        """Accounts: an administrator, a translator (mei.lin), an approver (jose.ruiz)."""
        given = ("--password-file", self.secret(), "--json")
        assert self("admin", "user", "add", "admin", "--role", "administrator", *given).code == 0
        for name, printed, role in (("mei.lin", "Mei Lin", "reviewer"), ("jose.ruiz", "José Ruiz", "approver")):
            done = self("admin", "user", "add", name, "--printed-name", printed, "--role", role, *given, acting="admin")
            assert done.code == 0, done.err


def openai(address: str) -> tuple[str, ...]:
    """Words that choose the simulated provider."""
    return ("--provider", "openai", "--model", "sim", "--base-url", address)
