"""A translation model on this machine, for sites without a network: CTranslate2 with a model folder of the user's. Imports the core and
its room, and the packages ctranslate2 and sentencepiece lazily (`pip install docpipe[offline]`).

Each segment is translated by itself, so that no text can come under another's id; its codes are taken out before and put back by the
model's own alignment of words. Terms, context and complaints are not understood by such a model: checks and people see to them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from docpipe.errors import OfflineModelMissing, ProviderRefused
from docpipe.llm.looking import glimpse
from docpipe.llm.provider import Connection, Plugin, Provider
from docpipe.llm.reinsert import Piece, pieces_of, put_back
from docpipe.model.chunk import Reply, Request, Usage
from docpipe.model.language import primary

__all__ = ["PROVIDER", "Offline"]

_ASKED = re.compile(r"s\d+")
_MOST_TOKENS = 300
"""Tokens that the model is given at once: such models are trained on sentences."""
_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Folder:
    """What a model folder says of itself, in ``docpipe.json`` (all keys optional). Tokenizers: file names in the folder."""

    source: str = ""
    target: str = ""
    source_tokenizer: str = "source.spm"
    target_tokenizer: str = "target.spm"
    source_prefix: tuple[str, ...] = ()
    source_suffix: tuple[str, ...] = ("</s>",)
    target_prefix: tuple[str, ...] = ()
    beam: int = 4


class _Model:
    """An opened model folder; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        try:
            import ctranslate2
            import sentencepiece
        except ImportError as error:
            raise OfflineModelMissing("The packages of the extra `offline` are not installed.") from error
        self.says = _says(path)
        try:
            self._translator = ctranslate2.Translator(str(path), device="cpu")
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(path / self.says.source_tokenizer))
            target = path / self.says.target_tokenizer
            chosen = target if target.is_file() else path / self.says.source_tokenizer
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(chosen))
        except (RuntimeError, OSError, ValueError) as error:
            raise OfflineModelMissing(f"The folder {path.name} holds no model that can be opened.") from error

    def translate(self, texts: Sequence[str]) -> list[tuple[str, list[str], list[str], list[list[float]]]]:
        """Text, source pieces, target pieces and how much each target piece looked at each source piece, for every text."""
        says = self.says
        pieces = [self._source.encode(text, out_type=str) for text in texts]
        asked = [[*says.source_prefix, *p, *says.source_suffix] for p in pieces]
        prefix = [list(says.target_prefix)] * len(asked) if says.target_prefix else None
        found = self._translator.translate_batch(
            asked, target_prefix=prefix, beam_size=says.beam, return_attention=True, max_input_length=0, max_decoding_length=512,
            max_batch_size=1024, batch_type="tokens",
        )  # fmt: skip
        out = []
        for source, result in zip(pieces, found, strict=True):
            skip, first = len(says.target_prefix), len(says.source_prefix)
            target = [t for t in result.hypotheses[0][skip:] if t != "</s>"]
            looks = [row[first : first + len(source)] for row in result.attention[0][skip:]] if result.attention else []
            out.append((self._target.decode(target), source, target, looks[: len(target)]))
        return out

    def count(self, text: str) -> int:
        """Pieces of a source text."""
        return len(self._source.encode(text, out_type=str))


def _says(path: Path) -> Folder:
    if not path.is_dir() or not (path / "model.bin").is_file():
        raise OfflineModelMissing(f"There is no CTranslate2 model in {path.name}.")
    try:
        given = json.loads((path / "docpipe.json").read_text("utf-8")) if (path / "docpipe.json").is_file() else {}
        config = json.loads((path / "config.json").read_text("utf-8")) if (path / "config.json").is_file() else {}
        # A model converted with its end marks adds them itself.
        values: dict[str, Any] = {"source_suffix": ()} if config.get("add_source_eos") else {}
        values |= {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        return Folder(**values)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise OfflineModelMissing(f"The file docpipe.json in {path.name} cannot be read.") from error


@lru_cache(maxsize=2)
def _opened(path: Path) -> _Model:
    return _Model(path)


class Offline:
    """Translates on this machine's processor; costs nothing. Answers the engine's tasks, and looks at its own answers."""

    name = "ctranslate2"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._model = _opened(path)
        self._made: dict[str, set[str]] = {}

    async def complete(self, request: Request) -> Reply:
        """See ``Provider``. Raises ``ProviderRefused`` for what is no translation, ``OfflineModelMissing`` for other languages."""
        try:
            task = json.loads(request.user)
            sources, targets = task.get("sources"), task.get("targets")
        except (ValueError, AttributeError) as error:
            raise ProviderRefused("The offline model only translates.", reason="unsupported") from error
        if isinstance(sources, dict) and isinstance(targets, dict):
            return self._reply(json.dumps({"matches": list(self._matches(sources, targets))}), Usage())
        rows = list(_asked(task))
        if not rows:
            raise ProviderRefused("The offline model only translates.", reason="unsupported")
        self._check(str(task.get("from") or ""), str(task.get("to") or ""))
        answers, usage = await asyncio.to_thread(self._translate, [text for _, text in rows])
        made = [{"id": name, "text": text} for (name, _), text in zip(rows, answers, strict=True)]
        return self._reply(json.dumps({"segments": made}, ensure_ascii=False), usage)

    async def close(self) -> None:
        """The model stays open for the process."""

    def _reply(self, text: str, usage: Usage) -> Reply:
        return Reply(text, "stop", self._path.name, usage)

    def _check(self, source: str, target: str) -> None:
        says = self._model.says
        for own, asked in ((says.source, source), (says.target, target)):
            if own and asked and primary(own) != primary(asked):
                raise OfflineModelMissing(
                    f"The offline model translates {says.source or '?'} to {says.target or '?'}, not {source} to {target}."
                )

    def _translate(self, wires: Sequence[str]) -> tuple[list[str], Usage]:
        """Targets with their tags, in order, and the tokens."""
        parted = [list(pieces_of(wire, self._model.count, _MOST_TOKENS)) for wire in wires]
        asked = [piece for pieces in parted for piece in pieces if piece.translatable]
        found = dict(zip(map(id, asked), self._model.translate([p.text for p in asked]), strict=True)) if asked else {}
        out, tokens_in, tokens_out = [], 0, 0
        for wire, pieces in zip(wires, parted, strict=True):
            texts = []
            for piece in pieces:
                if id(piece) not in found:
                    texts.append(piece.wire)
                    continue
                text, source, target, looks = found[id(piece)]
                tokens_in, tokens_out = tokens_in + len(source), tokens_out + len(target)
                texts.append(put_back(piece, text, source, target, looks))
            out.append("".join(texts))
            self._remember(wire, out[-1])
        return out, Usage(tokens_in, 0, tokens_out)

    def _remember(self, source: str, target: str) -> None:
        if len(self._made) >= _REMEMBERED:
            self._made.clear()
        self._made.setdefault(_shown(target), set()).add(_shown(source))

    def _matches(self, sources: dict[str, Any], targets: dict[str, Any]) -> Iterator[str]:
        """Which source each target was made of: known, since each was made by itself."""
        for name, target in targets.items():
            known = self._made.get(str(target), set())
            own = [s for s, text in sources.items() if str(text) in known]
            yield f"{name}={'+'.join(own[:1]) or '-'}"


def _shown(wire: str) -> str:
    """A text as a look shows it."""
    return glimpse(Piece.of(wire).text)


def _asked(task: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Id and wire text of what is to be answered, in the forms of both versions of the prompt."""
    paragraphs = task.get("paragraphs")
    for paragraph in paragraphs if isinstance(paragraphs, list) else ():
        if not isinstance(paragraph, dict):
            continue
        rows = paragraph.get("segments")
        if isinstance(rows, list):
            yield from (
                (str(r["id"]), str(r["text"])) for r in rows if isinstance(r, dict) and "id" in r and "text" in r
            )
        else:
            yield from ((k, v) for k, v in paragraph.items() if _ASKED.fullmatch(k) and isinstance(v, str))


def connect(connection: Connection) -> Provider:
    """Raises ``OfflineModelMissing`` where no folder is named, the extra is not installed, or the model cannot be opened."""
    if connection.folder is None:
        raise OfflineModelMissing("No model folder is named: DOCPIPE_OFFLINE_MODEL.")
    return Offline(connection.folder)


PROVIDER = Plugin("ctranslate2", connect)
