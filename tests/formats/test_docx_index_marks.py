"""Words of index and contents marks are translated where a list of the document shows them, and nowhere else."""

from __future__ import annotations

import pytest
from docx_builder import docx, field, part, run

from docpipe.formats.docx import FORMAT
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.model.inline import Text

BEGIN, END = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def instruction(*pieces: str) -> str:
    return "".join(f'<w:r><w:instrText xml:space="preserve">{p}</w:instrText></w:r>' for p in pieces)


def marked(*pieces: str, listed: str = 'INDEX \\c "2"') -> bytes:
    mark = f"{BEGIN}{instruction(*pieces)}{END}"
    shown = f"xml:<w:p>{field(listed, run('dose, 3'))}</w:p>" if listed else "p:End"
    return docx(f"xml:<w:p>{run('The dose')}{mark}{run(' is 5 mg.')}</w:p>", shown)


def texts(data: bytes, policy: ReadPolicy | None = None) -> list[str]:
    found = FORMAT.read(data, policy or ReadPolicy())
    assert found.coverage.balanced
    return [b.text for b in found.blocks if "/mark[" in b.address]


def written(data: bytes, words: dict[str, str]) -> str:
    options = WriteOptions("en", "de")
    blocks = FORMAT.read(data, options.policy).blocks
    targets = {b.address: (Text(words[b.text]),) for b in blocks if b.text in words}
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return part(output, "word/document.xml")


def test_levels_of_an_entry_and_words_instead_of_a_page_are_texts() -> None:
    data = marked(' XE "do', "se:max", 'imum" \\t "See safety" \\b ')
    assert texts(data) == ["dose", "maximum", "See safety"]
    xml = written(data, {"dose": 'Dosis "A": x', "maximum": "h\u00f6chste", "See safety": "Siehe Sicherheit"})
    assert ' XE "Dosis \\"A\\"\\: x:h\u00f6chste" \\t "Siehe Sicherheit" \\b ' in xml.replace("&quot;", '"')


def test_a_second_writing_changes_nothing_that_was_not_asked_for() -> None:
    data = marked(' XE "dose:maximum" ')
    assert ' XE "dose:Maximum" ' in written(data, {"maximum": "Maximum"})


@pytest.mark.parametrize(
    ("mark", "listed", "found"),
    [
        (' TC "Annex" \\f C \\l "1" ', 'TOC \\f C \\h', ["Annex"]),
        (' TC "Annex" \\f C ', 'TOC \\o "1-3"', []),
        (' XE "dose" ', "", []),
        (' XE "" ', "INDEX", []),
    ],
)  # fmt: skip
def test_marks_that_no_list_shows_stay(mark: str, listed: str, found: list[str]) -> None:
    assert texts(marked(mark, listed=listed)) == found


def test_a_mark_with_another_field_in_it_stays_and_policy_may_leave_all() -> None:
    inner = f"{BEGIN}{instruction(' TITLE ')}{END}"
    data = docx(
        f"xml:<w:p>{run('x')}{BEGIN}{instruction(' XE ')}{inner}{END}</w:p>",
        f"xml:<w:p>{field('INDEX', run('dose'))}</w:p>",
    )
    assert texts(data) == []
    assert texts(marked(' XE "dose" '), ReadPolicy(shape_text="skip")) == []
