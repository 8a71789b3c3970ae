"""Seeded defects of the finished Word file, as ``draft_mutants`` runs them: parts of the package are edited as editors leave them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator

from draft_mutants import Address, Mutant, World, seeds

from docpipe.writing.file_checks import run_file_checks

BODY = "word/document.xml"
Edit = Callable[[str], str]


def edited(data: bytes, part: str, change: Edit) -> bytes:
    """The package with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode("utf-8")) if name == part else content)
    return made.getvalue()


def paragraph(text: str, style: str = "", inside: str = "") -> str:
    """A paragraph in WordprocessingML."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{inside}<w:r><w:t>{text}</w:t></w:r></w:p>"


def _before_end(xml: str, addition: str) -> str:
    at = xml.rindex("<w:sectPr")
    return xml[:at] + addition + xml[at:]


def _mutants(
    world: World, kind: str, must: str, part: str, changes: list[Edit], may: frozenset[str], name: str = ""
) -> Iterator[Mutant]:
    for change in changes:
        data = edited(world.document, part, change)
        if data != world.document or name:
            found = lambda d=data: run_file_checks(d, True, name)  # noqa: E731
            yield Mutant(kind, must, Address(""), (), may, found=found)


@seeds("reference that leads nowhere", "X5")
def _dangling(world: World) -> Iterator[Mutant]:
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{} nowhere{}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    fields = [field.format(kind, n) for n, kind in enumerate(("REF", "PAGEREF", "REF", "PAGEREF"))]
    changes: list[Edit] = [lambda x, f=f: _before_end(x, paragraph("see", inside=f)) for f in fields]
    errors = ("Error! Reference source not found.", "Error! Bookmark not defined.")
    changes += [lambda x, e=e: _before_end(x, paragraph(f"See {e}")) for e in errors]
    yield from _mutants(world, "reference that leads nowhere", "X5", BODY, changes, frozenset())


@seeds("bookmark lost", "X5")
def _bookmark(world: World) -> Iterator[Mutant]:
    xml = zipfile.ZipFile(io.BytesIO(world.document)).read(BODY).decode()
    named = list(dict.fromkeys(re.findall(r"\b(?:PAGEREF|REF)\s+(\w+)", xml)))[:6]
    changes: list[Edit] = [lambda x, n=n: x.replace(f'w:name="{n}"', f'w:name="{n}x"') for n in named]
    yield from _mutants(world, "bookmark lost", "X5", BODY, changes, frozenset({"X4"}))


@seeds("caption typed by hand", "X5")
def _caption(world: World) -> Iterator[Mutant]:
    changes: list[Edit] = [
        lambda x, n=n: _before_end(x, paragraph(f"Table {n}. Typed", "Caption")) for n in range(70, 78)
    ]
    yield from _mutants(world, "caption typed by hand", "X5", BODY, changes, frozenset({"X4"}))


@seeds("heading that the contents have not", "X4")
def _contents(world: World) -> Iterator[Mutant]:
    levels = ("Heading1", "Heading2", "Heading1", "Heading2")
    changes: list[Edit] = [
        lambda x, s=s, n=n: _before_end(x, paragraph(f"A late addition {n}", s)) for n, s in enumerate(levels)
    ]
    yield from _mutants(world, "heading that the contents have not", "X4", BODY, changes, frozenset({"FL2"}))


@seeds("editing left in the file", "FL1")
def _left(world: World) -> Iterator[Mutant]:
    who = 'w:id="9901" w:author="A Person" w:date="2026-01-01T00:00:00Z"'
    changes: list[Edit] = [
        lambda x: _before_end(x, f"<w:p><w:ins {who}><w:r><w:t>new</w:t></w:r></w:ins></w:p>"),
        lambda x: _before_end(x, f"<w:p><w:del {who}><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"),
        lambda x: _before_end(x, f"<w:p><w:moveFrom {who}><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>"),
        lambda x: _before_end(x, '<w:p><w:r><w:commentReference w:id="9"/></w:r></w:p>'),
        lambda x: _before_end(x, "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"),
    ]
    yield from _mutants(world, "editing left in the file", "FL1", BODY, changes, frozenset())


@seeds("person named in the properties", "FL1")
def _author(world: World) -> Iterator[Mutant]:
    def named(who: str) -> Edit:
        def change(xml: str) -> str:
            if "<dc:creator>" in xml:
                return re.sub(r"<dc:creator>[^<]*<", f"<dc:creator>{who}<", xml)
            return xml.replace("</cp:coreProperties>", f"<dc:creator>{who}</dc:creator></cp:coreProperties>")

        return change

    changes = [named(w) for w in ("Jane Doe", "A. Writer", "CRO GmbH", "user1")]
    yield from _mutants(world, "person named in the properties", "FL1", "docProps/core.xml", changes, frozenset())


@seeds("file that cannot be submitted", "FL2")
def _protected(world: World) -> Iterator[Mutant]:
    def kept(addition: str) -> Edit:
        return lambda x: re.sub(r"(<w:settings\b[^>]*>)", lambda m: m[1] + addition, x, count=1)

    changes = [
        kept('<w:documentProtection w:edit="readOnly" w:enforcement="1"/>'),
        kept('<w:documentProtection w:edit="forms" w:enforcement="true"/>'),
        kept('<w:writeProtection w:recommended="1"/>'),
    ]
    yield from _mutants(world, "file that cannot be submitted", "FL2", "word/settings.xml", changes, frozenset())
    skipped: list[Edit] = [
        lambda x: _before_end(x, paragraph("One", "Heading1") + paragraph("Three", "Heading3")),
        lambda x: re.sub(r'w:pStyle w:val="Heading[1-9]"', 'w:pStyle w:val="Normal"', x),
        lambda x: _before_end(
            x, '<w:p><w:r><w:rPr><w:rFonts w:ascii="Own Face" w:hAnsi="Own Face"/></w:rPr><w:t>x</w:t></w:r></w:p>'
        ),
    ]
    yield from _mutants(world, "file that cannot be submitted", "FL2", BODY, skipped, frozenset({"X4"}))


@seeds("file of a name that no submission takes", "FL2")
def _name(world: World) -> Iterator[Mutant]:
    same: list[Edit] = [lambda x: x]
    for name in ("CSR final.docx", "report_v2.docx", "x" * 70 + ".docx", "bericht-übersicht.docx"):
        yield from _mutants(world, "file of a name that no submission takes", "FL2", BODY, same, frozenset(), name)
