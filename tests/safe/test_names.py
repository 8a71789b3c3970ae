"""File names from outside: what is made safe, what is refused, and how names are shown."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import UnsafeName
from docpipe.safe.names import display, safe_relative


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("m5/53-clin/report.docx", "m5/53-clin/report.docx"),
        ("m5\\report.docx", "m5/report.docx"),
        ("./a//b/./c.pdf", "a/b/c.pdf"),
        ("方案 v2.0.docx", "方案 v2.0.docx"),
        ("Study 12:30?.docx", "Study 12_30_.docx"),
        ("re\u0301sume\u0301.docx", "r\u00e9sum\u00e9.docx"),
        ("evil\u202excod.exe", "evilxcod.exe"),
        ("console.docx", "console.docx"),
    ],
)
def test_a_name_becomes_a_path_for_any_platform(name: str, path: str) -> None:
    assert safe_relative(name) == path
    assert safe_relative(path) == path


@pytest.mark.parametrize(
    "name",
    ["", ".", "/", "/etc/passwd", "\\\\server\\share\\x", "C:/x", "c:x", "../x", "a/../b", "a\x00b", "a\nb", "a\x7f",
     "con", "m1/NUL.docx", "com1.txt", "aux ", "lpt9", "dir./x", "x.", "x ", "a" * 300, "药" * 100, "a/" * 600 + "b",
     "bad\udce9name", "line\u2028break"],
)  # fmt: skip
def test_a_dangerous_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeName) as caught:
        safe_relative(name)
    assert all(ch.isprintable() for ch in str(caught.value.details.get("name", "")))


@given(st.text(max_size=60))
def test_no_accepted_name_leaves_its_folder(name: str) -> None:
    try:
        path = PurePosixPath(safe_relative(name))
    except UnsafeName:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert safe_relative(str(path)) == str(path)


@given(st.text())
def test_a_shown_name_is_short_and_printable(name: str) -> None:
    shown = display(name)
    assert len(shown) <= 121
    assert all(ch.isprintable() or ch.isspace() for ch in shown)
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_the_direction_trick_is_seen() -> None:
    assert display("evil\u202excod.exe") == "evil\\u202excod.exe"
