"""Counts tokens as the OpenAI models' o200k_base encoding has them, with no network. Imports the core only; tiktoken lazily.

The ranks are package data (``data/NOTICE.md``); where they cannot be used, counts are estimates and ``exact`` says so.
"""

from __future__ import annotations

import base64
import hashlib
import lzma
import math
import threading
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

__all__ = ["count", "estimated", "exact", "ratio"]

SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""Of the decoded ranks file, as tiktoken itself expects it."""

_ENDINGS = "('s|'S|'t|'T|'re|'rE|'Re|'RE|'ve|'vE|'Ve|'VE|'m|'M|'ll|'lL|'Ll|'LL|'d|'D)?"
_PATTERN = "|".join(
    [
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _ENDINGS,
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _ENDINGS,
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)
ENCODING = "o200k_base"


_making = threading.Lock()


def _encoding() -> tiktoken.Encoding | None:
    """The encoding, or None where tiktoken or sound ranks are not there. Made once, also when many threads ask at a time."""
    with _making:
        return _made()


@cache
def _made() -> tiktoken.Encoding | None:
    try:
        import tiktoken

        packed = (files("docpipe.segment") / "data" / "o200k_base.tiktoken.xz").read_bytes()
        data = lzma.decompress(packed)
    except (ImportError, OSError, lzma.LZMAError):
        return None
    if hashlib.sha256(data).hexdigest() != SHA256:
        return None
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, data.splitlines())}
    special = {"<|endoftext|>": 199999, "<|endofprompt|>": 200018}
    return tiktoken.Encoding(ENCODING, pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens=special)


def exact(encoding: str = ENCODING) -> bool:
    """Whether ``count`` counts as models with the encoding of this name do. Else, as for one not known (""), its figures are estimates."""
    return encoding == ENCODING and _encoding() is not None


def count(text: str) -> int:
    """Tokens of a text by o200k_base, estimated where that is not there. Text that looks like a special token counts as plain text."""
    encoding = _encoding()
    if encoding is None:
        return estimated(text)
    try:
        return len(encoding.encode_ordinary(text))
    except UnicodeEncodeError:  # a lone surrogate
        return len(encoding.encode_ordinary(text.encode("utf-8", "replace").decode()))


def estimated(text: str) -> int:
    """Estimate without the encoding: 3.5 characters a token, in Chinese, Japanese and Korean one."""
    wide = sum(0x2E80 <= ord(ch) <= 0xD7FF or 0xF900 <= ord(ch) <= 0xFAFF or ord(ch) >= 0x20000 for ch in text)
    return wide + math.ceil((len(text) - wide) / 3.5)


_AGAINST_ENGLISH = {
    "en": 1.0, "zh": 1.15, "fr": 1.4, "de": 1.4, "es": 1.35, "pt": 1.35, "it": 1.4, "nl": 1.35, "ja": 1.4, "ko": 1.4,
    "ru": 1.6, "uk": 1.7, "pl": 1.7, "cs": 1.7, "ar": 1.5, "he": 1.6, "hi": 1.6, "tr": 1.6, "vi": 1.4, "el": 2.0,
}  # fmt: skip
"""Tokens of a translation for each token of its English text; zh and fr measured on parallel health texts, others set near."""


def ratio(source: str, target: str) -> float:
    """Tokens of a translation for each token of its source, by primary language codes; 1.6 for languages not measured."""
    return _AGAINST_ENGLISH.get(target, 1.6) / _AGAINST_ENGLISH.get(source, 1.6)
