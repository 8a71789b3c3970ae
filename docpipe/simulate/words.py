"""Pseudo-words of a script: the same word gives the same pseudo-word, in any process. Imports the core only."""

from __future__ import annotations

import zlib
from functools import lru_cache

from docpipe.model.language import script

# Ordinary characters without numerals, negations, comparators, sides or units, so that no check mistakes them for sense.
_HAN = (
    "标准程序记录文件资料方法内容说明结构项目系统材料规格范围条款章节附录表格图示词汇术语定义原则要求目标计划阶段步骤流程环境"
    "设备部门机构组织人员职责安排管理监督检查评价分析总结报告审核批准变更版本历史来源依据参考信息数据样品批次稳定性质工艺参数控"
    "制策略研究中心方案受试者治疗安全有效终点随访访视基线统计假设样本估计模型检验置信区间描述结果讨论结论背景目的设计对照随机"
)
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニネノハヒフヘホマミムメモヤユヨラリルレロワ"
_SYLLABLES = (
    [
        "vo",
        "ru",
        "ki",
        "zel",
        "mar",
        "tun",
        "sab",
        "lek",
        "dor",
        "fim",
        "gul",
        "pen",
        "rad",
        "sol",
        "tev",
        "wix",
        "yor",
        "zan",
        "bek",
        "cid",
        "dux",
        "fol",
        "gam",
        "hep",
        "jul",
        "kov",
        "lim",
        "mox",
        "nep",
        "pos",
    ],
    ["ba", "ce", "di", "fo", "gu", "ha", "je", "ko", "lu", "mi", "ne", "po", "ra", "su", "te", "vi", "wo", "ya", "zu"],
)
# Of no language that a language check may take them for.
_SHORT = ["xu", "qy", "vy", "xo", "xi", "qo", "wy", "xy"]
_ALPHABETS = {
    "Cyrillic": ("бвгджзклмнпрстфх", "аеиоу"),
    "Greek": ("βγδζθκλμνπρστφχ", "αεηιο"),
    "Hebrew": ("בגדזחטכלמנסעפצקרשת", "איו"),
    "Arabic": ("بتثجحخدرزسشصضطعغفقكلمن", "اوي"),
    "Thai": ("กขคงจชซดตทนบปพมยรลวสห", "าิีุู"),
    "Devanagari": ("कखगघचजटडतदनपबमरलवसह", "ािीुूेो"),
}


def _seed(word: str, salt: str) -> int:
    # CRC-32 of small texts has weak low bits; spread them.
    return (zlib.crc32(f"{salt}:{word}".encode("utf-8", "surrogatepass")) * 2654435761) & 0xFFFFFFFFFFFF


@lru_cache(maxsize=65536)
def pseudo_word(word: str, target: str) -> str:
    """The pseudo-word for a word, in the script of the target language, about as long as a translation would be."""
    name = script(target)
    seed = _seed(word.lower(), target)
    cjk = is_cjk(word[:1])
    if name in ("Han", "Japanese", "Korean"):
        length = len(word) if cjk else max(1, round(len(word) / 3.2))
        return "".join(_ideograph(name, seed, i, word) for i in range(length))
    letters = round(len(word) * 3.1) if cjk else len(word)
    if name in _ALPHABETS:
        consonants, vowels = _ALPHABETS[name]
        return "".join(
            (consonants if i % 2 == 0 else vowels)[(seed >> (i % 24)) % len(consonants if i % 2 == 0 else vowels)]
            for i in range(max(2, letters))
        )
    if letters <= 2:
        return _SHORT[seed % len(_SHORT)]
    out = ""
    while len(out) < letters - 1:
        pool = _SYLLABLES[len(out) % 2]
        out += pool[(seed >> (3 * len(out) % 31)) % len(pool)]
    return out


def _ideograph(name: str, seed: int, i: int, word: str) -> str:
    at = (seed >> (5 * i % 37)) + 131 * i
    if name == "Korean":
        return chr(0xAC00 + at % 11000)
    pool = _KATAKANA if name == "Japanese" and (seed + i) % 3 else _HAN
    char = pool[at % len(pool)]
    # A target must differ from its source, also between two languages that share characters.
    return char if i >= len(word) or char != word[i] else pool[(at + 1) % len(pool)]


def is_cjk(char: str) -> bool:
    """Whether a character is Han, kana or Hangul."""
    return bool(char) and (
        "\u3040" <= char <= "\u9fff"
        or "\uac00" <= char <= "\ud7a3"
        or "\uf900" <= char <= "\ufaff"
        or char >= "\U00020000"
    )
