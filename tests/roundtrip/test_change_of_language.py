"""Documents of others in another language: what is written passes our own last gate, under the policies of production."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_documents import documents, sample

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text
from docpipe.steps.pseudo import CARRIED

RECIPE = ReadPolicy(tracked_changes="final", macros="drop")
ALL = ReadPolicy(
    tracked_changes="keep", macros="drop", comments="translate", hidden_text="translate", properties="all", glossary="translate"
)  # fmt: skip
WAYS = {
    "zh-CN": (RECIPE, "试验药物的剂量为"),
    "ar": (ALL, "جرعة الدواء في الدراسة "),
    "de": (dataclasses.replace(CARRIED, macros="drop"), "Größe der Prüfgruppe "),
}


def filled(coded: CodedText, words: str) -> CodedText:
    """The text with words of the target language, as long as they were, codes where they stood."""
    return tuple(
        Text((words * (len(p.text) // len(words) + 1))[: len(p.text)].rstrip() or words[0])
        if isinstance(p, Text) and any(ch.isalpha() for ch in p.text)
        else p
        for p in coded
    )


def differences(files: list[Path], target: str) -> list[str]:
    """The files whose output does not pass, and where not."""
    policy, words = WAYS[target]
    options = WriteOptions("en", target, policy=policy)
    found = []
    for path in files:
        data = path.read_bytes()
        try:
            extraction = FORMAT.read(data, policy)
        except InputRefused:
            continue
        targets = {b.address: filled(b.content, words) for b in extraction.blocks if b.translatable}
        found += [
            f"{path.name}: {d}" for d in FORMAT.verify(data, FORMAT.write(data, targets, options), targets, options)
        ]
    return found


@pytest.mark.parametrize("target", WAYS)
def test_a_sample_of_documents_in_another_language_passes_the_last_gate(
    target: str, shared: Callable[[str], Path]
) -> None:
    assert differences(sample(documents(shared), 25, largest=25_000), target) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", WAYS)
def test_every_document_in_another_language_passes_the_last_gate(target: str, shared: Callable[[str], Path]) -> None:
    assert differences(documents(shared), target) == []
