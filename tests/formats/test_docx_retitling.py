"""The list of a document's parts says the new title where it said the old one."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx_builder import docx, part

from docpipe.formats.docx import FORMAT
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.model.inline import Text

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"


def listed(*titles: str) -> bytes:
    vt = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    entries = "".join(f"<vt:lpstr>{t}</vt:lpstr>" for t in titles)
    app = (
        f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{vt}"><TitlesOfParts><vt:vector size="{len(titles)}" baseType="lpstr">'
        f"{entries}</vt:vector></TitlesOfParts></Properties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx("p:Body", title="Study protocol"))) as z, zipfile.ZipFile(out, "w") as made:
        for name in z.namelist():
            content = z.read(name).decode()
            if name == "_rels/.rels":
                link = f'<Relationship Id="rId8" Type="{_RELATION}" Target="docProps/app.xml"/>'
                content = content.replace("</Relationships>", f"{link}</Relationships>")
            made.writestr(name, content)
        made.writestr("docProps/app.xml", app)
    return out.getvalue()


def written(data: bytes, title: str, policy: ReadPolicy) -> str:
    options = WriteOptions("en", "de", policy=policy)
    blocks = FORMAT.read(data, policy).blocks
    targets = {b.address: (Text(title if b.text == "Study protocol" else "Text"),) for b in blocks}
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return part(output, "docProps/app.xml")


@pytest.mark.parametrize(
    ("titles", "policy", "there"),
    [
        (("Study protocol",), "title", ["Studienprotokoll"]),
        (("Other", "Study protocol"), "title", ["Other", "Studienprotokoll"]),
        (("Study protocol",), "keep", ["Study protocol"]),
        (("Study protocol\t",), "keep", ["Study protocol\t"]),
    ],
)
def test_the_title_is_listed_as_it_is(titles: tuple[str, ...], policy: str, there: list[str]) -> None:
    out = written(listed(*titles), "Studienprotokoll", ReadPolicy(properties=policy))
    assert [t.partition("<")[0] for t in out.split("<vt:lpstr>")[1:]] == there
