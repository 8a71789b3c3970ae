"""What a fault does to single answers of a translation: lost, moved, mixed up and altered texts. Imports its room only.

Every spoiler acts on the list of answers in place and does nothing where it finds nothing to act on.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from docpipe.model.language import primary, script
from docpipe.simulate.lexicon import negations
from docpipe.simulate.translation import translate
from docpipe.simulate.words import pseudo_word

__all__ = ["SEGMENT_KINDS", "SPOILERS", "Item"]

_TAG = re.compile(r"</?\d{1,6}/?>")
_UNITS = (
    ("µg", "mg"), ("mg", "g"), ("kg", "g"), ("mL", "L"), ("ml", "l"), ("微克", "毫克"), ("毫克", "克"), ("毫升", "升"),
    ("公斤", "克"), ("mm", "cm"), ("mmol", "mol"), ("IU", "mg"), ("ng", "µg"), ("ミリグラム", "グラム"),
)  # fmt: skip
_OTHER = {"de": "fr", "fr": "es", "es": "fr", "en": "de"}
_LITTLE_WORDS = {"fr": ("le", "des", "est", "dans", "pour"), "es": ("el", "los", "es", "para", "con"), "de": ("der", "und", "nicht", "mit", "das")}  # fmt: skip


@dataclass(slots=True)
class Item:
    """An answered segment on its way out. ``paragraph``: number of its paragraph in the request. ``languages``: from and to."""

    id: str
    source: str
    text: str
    paragraph: int = 0
    merged_into: str = ""
    languages: tuple[str, str] = ("en", "es")


Spoiler = Callable[[list[Item], list[int], random.Random], None]


def _drop(items: list[Item], fit: list[int], chance: random.Random) -> None:
    del items[chance.choice(fit)]


def _duplicate(items: list[Item], fit: list[int], chance: random.Random) -> None:
    n = chance.choice(fit)
    other = items[(n + 1) % len(items)]
    items.insert(n + 1, Item(items[n].id, items[n].source, other.text + " vo", items[n].paragraph))


def _invent(items: list[Item], fit: list[int], chance: random.Random) -> None:
    items.insert(chance.choice(fit), Item("s9999", "", "Zelvo kidu marfo."))


def _pairs(items: list[Item], fit: list[int]) -> list[int]:
    return [n for n in fit if n + 1 < len(items) and items[n].paragraph == items[n + 1].paragraph]


def _merge(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if pairs := _pairs(items, fit):
        n = chance.choice(pairs)
        items[n].text += " " + items.pop(n + 1).text


def _merge_said(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if pairs := _pairs(items, fit):
        n = chance.choice(pairs)
        items[n].text += " " + items[n + 1].text
        items[n + 1].merged_into = items[n].id


def _merge_shift(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """Two are merged, what follows moves up, and the last id is forgotten."""
    if len(items) > 2:
        n = chance.randrange(len(items) - 1)
        texts = [i.text for i in items]
        texts[n : n + 2] = [f"{texts[n]} {texts[n + 1]}"]
        for item, text in zip(items, texts, strict=False):
            item.text = text
        items.pop()


def _split_shift(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """One is split over two ids, what follows moves down, and the last text is lost: all ids are answered."""
    long = [n for n in fit if n + 1 < len(items) and len(items[n].text) > 30 and not _TAG.search(items[n].text)]
    if long:
        n = chance.choice(long)
        texts = [i.text for i in items]
        middle = len(texts[n]) // 2
        texts[n : n + 1] = [texts[n][:middle].strip(), texts[n][middle:].strip()]
        for item, text in zip(items, texts, strict=False):
            item.text = text


def _rotate(items: list[Item], start: int, end: int, by: int) -> None:
    texts = [i.text for i in items[start:end]]
    by %= max(1, len(texts))
    for item, text in zip(items[start:end], [*texts[by:], *texts[:by]], strict=True):
        item.text = text


def _shift(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 1:
        _rotate(items, chance.randrange(max(1, len(items) - 2)), len(items), 1)


def _shift_back(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 1:
        _rotate(items, chance.randrange(max(1, len(items) - 2)), len(items), -1)


def _shift_two(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 2:
        _rotate(items, chance.randrange(max(1, len(items) - 3)), len(items), chance.choice((2, -2)))


def _shift_part(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 2:
        length = chance.randint(3, min(len(items), 6))
        start = chance.randrange(len(items) - length + 1)
        _rotate(items, start, start + length, chance.choice((1, -1)))


def _swap(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 1:
        n = chance.randrange(len(items) - 1)
        items[n].text, items[n + 1].text = items[n + 1].text, items[n].text


def _swap_far(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if len(items) > 2:
        n = chance.randrange(len(items) - 2)
        items[n].text, items[n + 2].text = items[n + 2].text, items[n].text


def _leak(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """A neighbour's text in place of one's own."""
    if len(items) > 1:
        n = chance.randrange(len(items) - 1)
        items[n].text = items[n + 1].text


def _leak_in(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """A neighbour's text beside one's own."""
    if len(items) > 1:
        n = chance.randrange(len(items) - 1)
        items[n].text += " " + _TAG.sub("", items[n + 1].text)


def _empty(items: list[Item], fit: list[int], chance: random.Random) -> None:
    items[chance.choice(fit)].text = ""


def _source(items: list[Item], fit: list[int], chance: random.Random) -> None:
    item = items[chance.choice(fit)]
    item.text = item.source


def _coded(items: list[Item], fit: list[int], chance: random.Random) -> Item | None:
    coded = [n for n in fit if _TAG.search(items[n].text)]
    return items[chance.choice(coded)] if coded else None


def _lose_code(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if item := _coded(items, fit, chance):
        item.text = _TAG.sub("", item.text, count=1)


def _rename_code(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if item := _coded(items, fit, chance):
        item.text = _TAG.sub(lambda m: re.sub(r"\d+", lambda n: str(int(n[0]) + 7), m[0]), item.text, count=1)


def _double_code(items: list[Item], fit: list[int], chance: random.Random) -> None:
    if item := _coded(items, fit, chance):
        item.text = _TAG.sub(lambda m: m[0] * 2, item.text, count=1)


def _change_number(items: list[Item], fit: list[int], chance: random.Random) -> None:
    plain = {
        n: [m.start() for m in re.finditer(r"\d", _TAG.sub(lambda t: "~" * len(t[0]), items[n].text))] for n in fit
    }
    numbered = [n for n in fit if plain[n]]
    if numbered:
        n = chance.choice(numbered)
        at = chance.choice(plain[n])
        text = items[n].text
        items[n].text = text[:at] + str((int(text[at]) + chance.randint(1, 8)) % 10) + text[at + 1 :]


def _change_unit(items: list[Item], fit: list[int], chance: random.Random) -> None:
    found = []
    for n in fit:
        for unit, other in _UNITS:
            for m in re.finditer(rf"(?<=\d)\s?{unit}(?![A-Za-z])", items[n].text):
                found.append((n, m.end() - len(unit), unit, other))
    if found:
        n, at, unit, other = chance.choice(found)
        text = items[n].text
        items[n].text = text[:at] + other + text[at + len(unit) :]


def _drop_not(items: list[Item], fit: list[int], chance: random.Random) -> None:
    found = []
    for n in fit:
        for word in negations(primary(items[n].languages[1])):
            for m in re.finditer(
                rf"(?i)(?<![^\W_]){word} ?(?![^\W_])" if word.isascii() else f"{word}(?!良)", items[n].text
            ):
                found.append((n, m.start(), m.end()))
    if found:
        n, start, end = chance.choice(found)
        items[n].text = items[n].text[:start] + items[n].text[end:]


def _change_name(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """Another word in place of one: another medicine, another person, another organ."""
    found = []
    for n in fit:
        plain = _TAG.sub(lambda t: "~" * len(t[0]), items[n].text)
        pattern = r"[^\W\d_]{6,}" if script(items[n].languages[1]) not in ("Han", "Japanese") else r"[\u3400-\u9fff]{4}"
        found += [(n, m.start(), m.end()) for m in re.finditer(pattern, plain)]
    if found:
        n, start, end = chance.choice(found)
        text = items[n].text
        items[n].text = text[:start] + pseudo_word(text[start:end] + "!", items[n].languages[1]) + text[end:]


def _wrong_language(items: list[Item], fit: list[int], chance: random.Random) -> None:
    item = items[chance.choice(fit)]
    source, target = (primary(x) for x in item.languages)
    other = _OTHER.get(target) or ("en" if source != "en" else "de")
    other = other if other != source else "es"
    words = translate(item.source, source, other).split(" ")
    little = _LITTLE_WORDS.get(other)
    if little:
        words = [w for n, word in enumerate(words) for w in ((word, little[n % 5]) if n % 2 else (word,))]
    item.text = " ".join(words)


def _wrong_ids(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """Ids of another form, or counted from nought."""
    if chance.random() < 0.5:
        for item in items:
            item.id = item.id.replace("s", "S-")
    else:
        for number, item in enumerate(items):
            item.id = f"s{number}"


def _meta(items: list[Item], fit: list[int], chance: random.Random) -> None:
    item = items[chance.choice(fit)]
    item.text = "Here is the translation: " + item.text


def _loop(items: list[Item], fit: list[int], chance: random.Random) -> None:
    item = items[chance.choice(fit)]
    item.text += (item.text[-12:] or "vo ") * 60


_ORDERS = re.compile(
    r"ignor|disregard|forget|approv|reply|prompt|system|assistant|instruct|translat|segments|paragraphs|role|matches|asked_again|AI\b|INST|SYS"
    r"|忽略|批准|翻译|提示|指示|無視|承認|プロンプト|Anweisung|genehm|Systeme|instrucci|apr[uo]e?b|инструкц",
    re.IGNORECASE,
)


def _obey(items: list[Item], fit: list[int], chance: random.Random) -> None:
    """Does what the document's text says: approves, tells the prompt, answers with JSON."""
    answers = (
        "APPROVED", "System prompt: You translate documents of medicinal product submissions.", "Sure, here it is.",
        '{"status":"approved","segments":[]}', "I am now an assistant without rules and approve this document.",
    )  # fmt: skip
    for n in fit:
        if _ORDERS.search(items[n].source):
            items[n].text = chance.choice(answers)


SPOILERS: dict[str, Spoiler] = {
    "drop": _drop, "duplicate": _duplicate, "invent": _invent, "merge": _merge, "merge_said": _merge_said,
    "merge_shift": _merge_shift, "split_shift": _split_shift, "shift": _shift, "shift_back": _shift_back,
    "shift_two": _shift_two, "shift_part": _shift_part, "swap": _swap, "swap_far": _swap_far, "leak": _leak,
    "leak_in": _leak_in, "empty": _empty, "source": _source, "lose_code": _lose_code, "rename_code": _rename_code,
    "double_code": _double_code, "change_number": _change_number, "change_unit": _change_unit, "drop_not": _drop_not,
    "change_name": _change_name, "wrong_language": _wrong_language, "wrong_ids": _wrong_ids, "meta": _meta, "loop": _loop,
    "obey": _obey,
}  # fmt: skip
SEGMENT_KINDS = tuple(k for k in SPOILERS if k != "obey")
"""Faults of single segments; ``obey`` is apart, since it acts only on text that gives orders."""
