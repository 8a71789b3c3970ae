"""How a fact's value is shown in a sentence: as printed, as a word, as a date. Pure; imports the core only.

The style stands in the code beside the fact's id, so that whoever checks a text can compute the same words again.
"""

from __future__ import annotations

import re
from datetime import date

from docpipe.model.fact import Fact

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")
ABBREVIATIONS = frozenset((
    "ACE", "ADH", "AIDS", "ALP", "ALT", "APTT", "AST", "AV", "BMI", "BNP", "BUN", "CK", "CMV", "CNS", "COPD", "COVID", "CPK", "CRP", "CSF", "CT",
    "DNA", "DVT", "EBV", "ECG", "EEG", "EMG", "GGT", "GI", "HBV", "HCV", "HDL", "HIV", "HPV", "IGA", "IGE", "IGG", "INR", "IV", "LDH", "LDL", "MRI",
    "NSAID", "PCR", "PSA", "QRS", "QT", "QTC", "RBC", "RNA", "RSV", "ST", "TIA", "TSH", "UTI", "WBC",
))  # fmt: skip
"""Words of coded terms that keep their capitals."""
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
STYLES = ("", "word", "Word", "lower", "sentence", "date", "Name", "term", "Term")
"""``word``: whole numbers below ten as words; ``Word``: any below a hundred, capitalised, for the beginning of a sentence; ``lower`` and
``sentence``: the case of a text; ``term``: a coded term in small letters but for its abbreviations, ``Term``: the same at the beginning of a cell; ``Name``: each word capitalised; ``date``: 2 July 2014, from ISO 8601, partial dates as far as they go."""


def number_word(number: int) -> str:
    """``forty-two``; numbers from 0 to 99. Raises ``ValueError`` for others."""
    if not 0 <= number < 100:
        raise ValueError(number)
    if number < 20:
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_UNITS[unit]}" if unit else "")


def shown(fact: Fact, style: str = "") -> str:
    """The fact's value in a style. Raises ``ValueError`` for an unknown style."""
    return styled(fact.formatted, style)


def styled(text: str, style: str) -> str:
    """A formatted value in a style; a style that does not fit the value leaves it as it is."""
    match style:
        case "":
            return text
        case "word" | "Word":
            if not text.isdigit() or int(text) >= (10 if style == "word" else 100):
                return text
            word = number_word(int(text))
            return word.capitalize() if style == "Word" else word
        case "lower":
            return text.lower()
        case "sentence":
            return text[:1].upper() + text[1:].lower()
        case "Name":
            return re.sub(r"[^\W\d_]+", lambda m: m[0][:1].upper() + m[0][1:].lower(), text)
        case "date":
            return _date(text)
        case "term":
            return _TOKEN.sub(lambda m: _in_term(m, text), text)
        case "Term":
            said = styled(text, "term")
            return said[:1].upper() + said[1:]
    raise ValueError(style)


def abbreviated(text: str) -> bool:
    """A term has words that keep their capitals: ``ECG``, the T of a T wave, the B of hepatitis B."""
    return any(_keeps(m, text) for m in _TOKEN.finditer(text))


def _keeps(m: re.Match[str], text: str) -> bool:
    word = m[0]
    if len(word) == 1:
        return word.isupper() and m.start() > 0 and (word != "A" or m.end() == len(text))
    return word.isupper() and word in ABBREVIATIONS


def _in_term(m: re.Match[str], text: str) -> str:
    """Of a text in capitals every word but abbreviations is lowered, of any other its first alone."""
    if _keeps(m, text) or not (text.isupper() or (m.start() == 0 and m[0][1:].islower())):
        return m[0]
    return m[0].lower()


def _date(text: str) -> str:
    found = _ISO.fullmatch(text.strip())
    if not found:
        return text
    year, month, day = found.groups()
    if day is not None:
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            return text
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    if month is not None and 1 <= int(month) <= 12:
        return f"{_MONTHS[int(month) - 1]} {year}"
    return year if month is None else text
