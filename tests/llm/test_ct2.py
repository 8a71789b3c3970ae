"""The offline provider: against packages that echo (a fake of what lies outside), and against a real engine where it is installed."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from docpipe.errors import OfflineModelMissing, ProviderRefused
from docpipe.llm import ct2
from docpipe.llm.provider import Connection
from docpipe.model.canonical import Digest
from docpipe.model.chunk import Reply, Request

ROWS = {"s1": "The <1>dose</1> was 5 mg<2/>.", "s2": "<3>12.5</3>", "s3": "Visit two", "g1": "not asked", "in": [0]}
TASK = {
    "from": "en",
    "to": "de",
    "paragraphs": [ROWS, {"segments": [{"id": "s4", "text": "Old form."}, {"given": "x"}]}],
}


def request(task: Any = TASK, **given: Any) -> Request:
    values: dict[str, Any] = {
        "provider": "ctranslate2", "model": "own", "prompt": "p", "prompt_digest": Digest("d"), "system": "s",
        "user": task if isinstance(task, str) else json.dumps(task), "schema": "{}",
    }  # fmt: skip
    return Request(**{**values, **given})


def folder(path: Path, **says: Any) -> Path:
    path.mkdir(exist_ok=True)
    (path / "model.bin").write_bytes(b"model")
    (path / "docpipe.json").write_text(json.dumps(says))
    return path


@dataclass
class Result:
    hypotheses: list[list[str]]
    attention: list[list[list[float]]]


class Translator:
    """Upper-cases every piece and looks straight at it."""

    def __init__(self, path: str, device: str) -> None:
        if "broken" in path:
            raise RuntimeError("no model")

    def translate_batch(self, asked: list[list[str]], **_: Any) -> list[Result]:
        out = []
        for pieces in asked:
            words = [p.upper() for p in pieces if p != "</s>"]
            looks = [[float(a == b) for b in range(len(pieces))] for a in range(len(words))]
            out.append(Result([words], [looks]))
        return out


class Processor:
    def __init__(self, model_file: str) -> None:
        self.file = model_file

    def encode(self, text: str, out_type: type) -> list[str]:
        return [f"\u2581{w}" for w in text.split()]

    def decode(self, pieces: list[str]) -> str:
        return " ".join(p.replace("\u2581", "") for p in pieces)


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = ModuleType("ctranslate2"), ModuleType("sentencepiece")
    one.Translator = Translator  # type: ignore[attr-defined]
    two.SentencePieceProcessor = Processor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ctranslate2", one)
    monkeypatch.setitem(sys.modules, "sentencepiece", two)
    ct2._opened.cache_clear()


def ask(path: Path | None, *requests: Request) -> list[Reply]:
    async def go() -> list[Reply]:
        provider = ct2.PROVIDER.connect(Connection(folder=path))  # type: ignore[misc]
        replies = [await provider.complete(r) for r in requests]
        await provider.close()
        return replies

    return asyncio.run(go())


@pytest.mark.usefixtures("packages")
def test_each_segment_is_answered_by_itself_with_its_tags(tmp_path: Path) -> None:
    [reply] = ask(folder(tmp_path / "m", source="en", target="de"), request())
    rows = {r["id"]: r["text"] for r in json.loads(reply.text)["segments"]}
    assert rows == {"s1": "THE <1>DOSE</1> WAS 5 MG.<2/>", "s2": "<3>12.5</3>", "s3": "VISIT TWO", "s4": "OLD FORM."}
    assert (reply.finish, reply.model) == ("stop", "m")
    assert reply.usage.input_tokens == reply.usage.output_tokens == 9


@pytest.mark.usefixtures("packages")
def test_it_knows_which_target_is_whose_and_claims_no_other(tmp_path: Path) -> None:
    look = {
        "from": "en", "to": "de", "sources": {"s1": "Visit two", "s2": "Old form."},
        "targets": {"t1": "OLD FORM.", "t2": "VISIT TWO", "t3": "Made up"},
    }  # fmt: skip
    _, reply = ask(folder(tmp_path / "m"), request(), request(look))
    assert json.loads(reply.text) == {"matches": ["t1=s2", "t2=s1", "t3=-"]}


@pytest.mark.usefixtures("packages")
def test_other_languages_and_other_work_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path / "m", source="en", target="de")
    with pytest.raises(OfflineModelMissing, match="en to de, not zh to de"):
        ask(path, request({**TASK, "from": "zh"}))
    for other in ("{}", "text", '{"rows": []}', "[]"):
        with pytest.raises(ProviderRefused):
            ask(path, request(other))


@pytest.mark.usefixtures("packages")
def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(OfflineModelMissing, match="DOCPIPE_OFFLINE_MODEL"):
        ask(None)
    with pytest.raises(OfflineModelMissing, match="no CTranslate2 model"):
        ask(tmp_path)
    with pytest.raises(OfflineModelMissing, match="cannot be read"):
        ask(folder(tmp_path / "odd", beams=3))
    with pytest.raises(OfflineModelMissing, match="can be opened"):
        ask(folder(tmp_path / "broken"))


def test_without_the_extra_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    ct2._opened.cache_clear()
    with pytest.raises(OfflineModelMissing, match="extra"):
        ask(folder(tmp_path / "m"))


def test_a_real_engine_with_a_model_of_chance(tmp_path: Path) -> None:
    """Weights drawn by chance: what comes out is nonsense, but shapes, tokens, attention and tags are the real ones."""
    ctranslate2 = pytest.importorskip("ctranslate2")
    spm = pytest.importorskip("sentencepiece")
    import numpy

    text = tmp_path / "text.txt"
    text.write_text("\n".join(f"The dose of patient {n} was {n} mg at visit {n % 7}." for n in range(400)))
    spm.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "sp"), vocab_size=60, character_coverage=1.0, minloglevel=2
    )
    processor = spm.SentencePieceProcessor(model_file=str(tmp_path / "sp.model"))
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 4)
    chance = numpy.random.default_rng(1)
    vocabulary = [processor.id_to_piece(n) for n in range(processor.get_piece_size())]
    _fill(spec, chance, len(vocabulary), 32)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    model = tmp_path / "model"
    model.mkdir()
    spec.save(str(model))
    (tmp_path / "sp.model").rename(model / "source.spm")
    (model / "docpipe.json").write_text(json.dumps({"source": "en", "target": "de", "beam": 1}))
    ct2._opened.cache_clear()
    [reply] = ask(model, request())
    rows = {r["id"]: r["text"] for r in json.loads(reply.text)["segments"]}
    assert list(rows) == ["s1", "s2", "s3", "s4"]
    assert rows["s2"] == "<3>12.5</3>"
    assert all(rows["s1"].count(tag) == 1 for tag in ("<1>", "</1>", "<2/>"))
    assert reply.usage.input_tokens > 10


def _fill(spec: Any, chance: Any, words: int, width: int) -> None:
    """Weights of a transformer of one layer."""

    def normal(*shape: int) -> Any:
        return (chance.standard_normal(shape) * 0.2).astype("float32")

    def norm(part: Any) -> None:
        part.gamma, part.beta = normal(width) + 1, normal(width)

    def linear(part: Any, to: int, of: int) -> None:
        part.weight, part.bias = normal(to, of), normal(to)

    spec.encoder.embeddings[0].weight, spec.decoder.embeddings.weight = normal(words, width), normal(words, width)
    linear(spec.decoder.projection, words, width)
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = normal(600, width)
        norm(side.layer_norm)
        layer = side.layer[0]
        for part in (layer.self_attention, *([layer.attention] if side is spec.decoder else [])):
            norm(part.layer_norm)
            crossed = side is spec.decoder and part is layer.attention
            sizes = (
                [(width, width), (2 * width, width), (width, width)]
                if crossed
                else [(3 * width, width), (width, width)]
            )
            for one, size in zip(part.linear, sizes, strict=True):
                linear(one, *size)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 64, width)
        linear(layer.ffn.linear_1, width, 64)
