"""Cells of CSV and XLSX exports that no spreadsheet program takes for a formula. Imports the standard library only.

Source: CWE-1236; OWASP ASVS 1.2.10.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[\s\x00-\x1f\ufeff]*(?:[=+\-@\t\r\n\x00]|[＝＋－＠])|'*[\t\r\n\x00]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def neutral(value: str) -> str:
    """The value, with an apostrophe before it where a program might calculate it; characters XML cannot hold become U+FFFD.

    ``restored`` takes the apostrophe off again.
    """
    clean = _NO_XML.sub("\ufffd", value)
    return "'" + clean if _FORMULA.match(value) or _FORMULA.match(clean) else clean


def restored(cell: str) -> str:
    """The value that ``neutral`` was given, but for characters that XML cannot hold."""
    return cell[1:] if cell.startswith("'") and (_FORMULA.match(cell) or _FORMULA.match(cell[1:])) else cell
