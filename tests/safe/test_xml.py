"""Hostile XML (A4, A5, A6): declarations, entities and oversize are refused by name, quickly, without any access."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from docpipe.errors import DtdForbidden, XmlMalformed, XmlTooComplex
from docpipe.safe.budget import DEFAULT
from docpipe.safe.xml import parse, serialise, serialiser

LAUGHS = "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


class Listener(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Listener.seen.clear()
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_declarations_and_entities_are_refused_and_nothing_is_fetched(address: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("SECRET")
    attacks = [
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{canary.as_uri()}">]><a>&x;</a>',
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}/x">]><a>&x;</a>',
        f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{address}/p"> %p;]><a/>',
        f'<!DOCTYPE a SYSTEM "{address}/d.dtd"><a/>',
        f'<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0//EN" "{address}/e.dtd"><a/>',
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?><!-- <a> --><?pi <a>?>\n <!DOCTYPE a []><a/>",
        "<!doctype a><a/>",
    ]
    for attack in attacks:
        for data in spellings(attack):
            with pytest.raises((DtdForbidden, XmlMalformed)) as caught:
                parse(data)
            assert "SECRET" not in str(caught.value)
        with pytest.raises(DtdForbidden):
            parse(attack.encode())
    assert Listener.seen == []


def spellings(attack: str) -> Iterator[bytes]:
    """The same attack in other encodings, and with declarations that lie about the encoding."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"):
        yield attack.encode(encoding)
    if not attack.startswith("<?xml"):
        for lie in ("UTF-16", "utf-7", "UTF-32", "cp037", "IBM037", "x-unknown", "ISO-8859-1", "UTF-8"):
            yield f"<?xml version='1.0' encoding='{lie}'?>{attack}".encode()
            yield f"<?xml version='1.0' encoding='{lie}'?>{attack}".encode("utf-16")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_declaration_is_seen_in_each_encoding_that_is_taken_in(encoding: str) -> None:
    with pytest.raises(DtdForbidden):
        parse("<!DOCTYPE a []><a/>".encode(encoding))


def test_an_xinclude_stays_a_plain_element(address: str) -> None:
    root = parse(f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{address}/f"/></a>'.encode())
    assert len(root) == 1
    assert Listener.seen == []


def test_billion_laughs_and_quadratic_growth_are_refused_at_once() -> None:
    start = time.monotonic()
    quadratic = "<!DOCTYPE a [<!ENTITY x '" + "y" * 100_000 + "'>]><a>" + "&x;" * 100_000 + "</a>"
    for attack in (LAUGHS + "]><a>&l9;</a>", LAUGHS + "]><a b='&l9;'/>", quadratic):
        with pytest.raises(DtdForbidden):
            parse(attack.encode())
    assert time.monotonic() - start < 1


def test_an_entity_without_declaration_is_malformed() -> None:
    with pytest.raises(XmlMalformed):
        parse(b"<a>&x;</a>")


@pytest.mark.parametrize("depth", [201, 300, 10_000])
def test_deep_nesting_is_refused_by_name(depth: int) -> None:
    with pytest.raises(XmlTooComplex):
        parse(b"<t>" * depth + b"</t>" * depth)


def test_the_allowed_depth_is_read() -> None:
    assert parse(b"<t>" * 200 + b"</t>" * 200).tag == "t"


@pytest.mark.parametrize("count", [501, 100_000])
@pytest.mark.parametrize("form", ["a{}=''", "xmlns:a{}='u'", 'long{} = "v"'])
def test_too_many_attributes_are_refused(count: int, form: str) -> None:
    data = ("<r><a " + " ".join(form.format(n) for n in range(count)) + "/></r>").encode()
    for spelling in (data, data.decode().encode("utf-16")):
        with pytest.raises(XmlTooComplex):
            parse(spelling)


def test_five_hundred_attributes_and_a_long_text_are_read() -> None:
    data = "<r><a " + " ".join(f"a{n}='{n} > b'" for n in range(500)) + "/>" + "word = 'x' " * 5000 + "</r>"
    assert len(parse(data.encode())[0].attrib) == 500


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(XmlTooComplex):
        parse(b"<a>" + b"x" * 50_000_000 + b"</a>")
    with pytest.raises(XmlTooComplex):
        parse(b"<a>" + b"x" * 2000 + b"</a>", replace(DEFAULT, xml_text=1000))


@pytest.mark.parametrize("data", [b"", b" ", b"<a", b"<a></b>", b"\xff\xfe", b"<a>\xff</a>", b"<a\x00/>", b"\x00" * 50])
def test_broken_xml_is_malformed(data: bytes) -> None:
    with pytest.raises(XmlMalformed):
        parse(data)


def test_a_real_part_in_utf_16_is_read_and_written_in_utf_8() -> None:
    root = parse("<?xml version='1.0' encoding='UTF-16' standalone='yes'?><a>药 é</a>".encode("utf-16"))
    assert root.text == "药 é"
    assert serialise(root) == '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a>药 é</a>'.encode()


@pytest.mark.parametrize(
    ("source", "declaration"),
    [
        (b"<a/>", b'<?xml version="1.0" encoding="UTF-8"?>'),
        (b'<?xml version="1.0" standalone="no"?><a/>', b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>'),
        (b'<?xml version="1.0" standalone="yes"?><a/>', b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'),
    ],
)
def test_the_declaration_is_kept(source: bytes, declaration: bytes) -> None:
    assert serialise(parse(source)) == declaration + b"\n<a/>"


def test_comments_and_instructions_around_the_root_are_kept() -> None:
    out = serialise(parse(b"<?mso-application progid='Word.Document'?><!--x--><a> <b/>\n</a><!--y-->"))
    assert out.endswith(b"<?mso-application progid='Word.Document'?><!--x--><a> <b/>\n</a><!--y-->")


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
@settings(max_examples=60, deadline=None)
def test_text_survives_parsing_and_serialising(text: str, encoding: str) -> None:
    element = etree.Element("a")
    try:
        element.text = text
    except ValueError:
        return
    data = etree.tostring(element, encoding=encoding, xml_declaration=True)
    root = parse(data)
    assert (root.text or "") == text
    assert (parse(serialise(root)).text or "") == text


@pytest.mark.parametrize(
    "source",
    [
        b"<a/>",
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!-- before --><a>\xc3\xa4<b c="&lt;"/>&amp;</a><?after it?>',
        b"<a>" + b"<b>text</b>" * 20_000 + b"</a>",
    ],
)
def test_pieces_of_a_document_are_its_bytes(source: bytes) -> None:
    pieces: list[bytes] = []
    serialiser(parse(source))(pieces.append)
    assert b"".join(pieces) == serialise(parse(source))
