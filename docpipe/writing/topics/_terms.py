"""How coded words of the data stand in a sentence or a table cell: case of terms, words for sex, race, seriousness, outcome. Imports its room only.

Terms are printed through their facts; only their case changes, and not where that would spoil an abbreviation or a person's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from docpipe.writing.book import Value
from docpipe.writing.shown import abbreviated

_UNIT = re.compile(r"\([^)]*[/%^][^)]*\)|\((?:kg|cm|mm|ms|msec|bpm|g|mg|mmHg|C|F|s|sec)\)", re.IGNORECASE)
"""A unit in brackets: its case says something."""
_EPONYM = re.compile(r"^[^\W\d_]+['\u2019]S\b", re.IGNORECASE)


def in_sentence(value: Value) -> Value:
    """A term in the middle of a sentence: ``application site pruritus`` for capitals and for ``Application site pruritus``."""
    return Value(value.fact, _middle(value.fact.formatted))


def in_cell(value: Value) -> Value:
    """A term at the beginning of a cell or a sentence: ``Application site pruritus``."""
    text = value.fact.formatted
    if text.isupper() and abbreviated(text) and " " in text:
        return Value(value.fact, "Term")
    shouted = text.isupper() and not abbreviated(text)
    return Value(value.fact, "sentence" if shouted or text.islower() else "")


def _middle(text: str) -> str:
    if _EPONYM.match(text):
        return "sentence" if text.isupper() else ""
    if _UNIT.search(text):
        return ""
    if abbreviated(text):
        return "term"
    if text.isupper():
        return "lower"
    words = text.split()
    plain = bool(words) and words[0][:1].isupper() and words[0][1:].islower() and text[1:] == text[1:].lower()
    return "lower" if plain or text.istitle() else ""


SEX: Mapping[str, str] = {"M": "male", "F": "female", "MALE": "male", "FEMALE": "female"}
RACE: Mapping[str, str] = {
    "WHITE": "White", "BLACK OR AFRICAN AMERICAN": "Black or African American", "ASIAN": "Asian",
    "AMERICAN INDIAN OR ALASKA NATIVE": "American Indian or Alaska Native",
    "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER": "Native Hawaiian or Other Pacific Islander",
    "MULTIPLE": "multiple", "OTHER": "other", "UNKNOWN": "unknown", "NOT REPORTED": "not reported",
}  # fmt: skip
CRITERION: Mapping[str, str] = {
    "AESDTH": "death", "AESLIFE": "life-threatening event",
    "AESHOSP": "initial or prolonged hospitalization", "AESDISAB": "persistent or significant disability or incapacity",
    "AESCONG": "congenital anomaly or birth defect", "AESMIE": "other medically important event",
}  # fmt: skip
"""Criteria of seriousness by ICH E2A, in the words of the SDTM variables' labels."""
OUTCOME: Mapping[str, str] = {
    "RECOVERED/RESOLVED": "recovered or resolved", "RECOVERING/RESOLVING": "recovering or resolving",
    "NOT RECOVERED/NOT RESOLVED": "not recovered or not resolved",
    "RECOVERED/RESOLVED WITH SEQUELAE": "recovered or resolved with sequelae", "FATAL": "fatal", "UNKNOWN": "unknown",
}  # fmt: skip
ACTION: Mapping[str, str] = {
    "DRUG WITHDRAWN": "was withdrawn", "DOSE REDUCED": "was given at a reduced dose", "DOSE INCREASED": "was given at an increased dose",
    "DOSE NOT CHANGED": "was continued at an unchanged dose", "DRUG INTERRUPTED": "was interrupted",
    "DOSE RATE REDUCED": "was given at a reduced rate", "NOT APPLICABLE": "was not affected (not applicable)",
}  # fmt: skip
