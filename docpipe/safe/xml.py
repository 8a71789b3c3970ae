"""The only XML parser of docpipe: no document type declarations, no entities, no network, bounded trees.

Imports errors, the budget and lxml. Source: OWASP XML External Entity Prevention; XML 1.0 section 2.8 and appendix F.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, cast

from lxml import etree

from docpipe.errors import DtdForbidden, TooLarge, XmlMalformed, XmlTooComplex
from docpipe.safe.budget import DEFAULT, Budget

Element = etree._Element
"""For the annotations of those who take trees from here without having lxml themselves."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_ASCII_LIKE = re.compile(
    r"utf-?8|(us-)?ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-r|"
    r"gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr|tw)",
    re.IGNORECASE,
)
"""Encodings in which a byte of ``<!DOCTYPE`` never stands for something else, so that the scan below cannot be deceived."""
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_BEFORE_ROOT = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_TAG_LENGTH = 1000
_LONG_TAG = re.compile(rb"<[^\s!?/<>\"'=]+(?=\s[^<]{%d})" % _TAG_LENGTH)
_ATTRIBUTE = re.compile(rb"""\s+[^\s<>"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_LIBXML_DEPTH, _LIBXML_TEXT = 256, 10_000_000
"""What libxml2 itself holds to unless told to take huge trees."""
_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT


def parse(data: bytes, budget: Budget = DEFAULT) -> etree._Element:
    """The root element.

    Raises ``DtdForbidden`` (any document type declaration, in any encoding), ``XmlTooComplex`` (depth, attributes of an
    element, one text) or ``XmlMalformed``. XIncludes stay plain elements; references to entities cannot occur.
    """
    if len(data) > budget.entry_size:
        raise TooLarge("An XML part is larger than the limit.", bytes=len(data), limit=budget.entry_size)
    body, encoding = _known_encoding(data)
    _refuse_declarations(body)
    _refuse_attributes(body, budget.xml_attributes)
    huge = budget.xml_depth > _LIBXML_DEPTH or budget.xml_text > _LIBXML_TEXT
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=huge, recover=False, remove_blank_text=False, strip_cdata=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        code = getattr(error, "code", 0)
        if code == _RESOURCE_LIMIT:
            raise XmlTooComplex("An XML part is nested too deeply or holds too long a text.") from None
        raise XmlMalformed("An XML part is not well-formed.", line=error.lineno, libxml=code) from None
    except (LookupError, ValueError, AssertionError):
        raise XmlMalformed("An XML part is not well-formed.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DtdForbidden("An XML part holds a document type declaration.")
    if _deeper_than(budget.xml_depth)(root):
        raise XmlTooComplex("An XML part is nested too deeply.", limit=budget.xml_depth)
    if _may_hold_longer_text(body, budget.xml_text) and _longer_text_than(budget.xml_text)(root):
        raise XmlTooComplex("An XML part holds too long a text.", limit=budget.xml_text)
    return root


def serialise(root: etree._Element) -> bytes:
    """The whole document of ``root`` in UTF-8: declaration with the source's ``standalone``, comments and PIs around the root.

    Deterministic, and ``parse`` of the result gives an equal tree.
    """
    return _head(root) + etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)


def serialiser(root: etree._Element) -> Callable[[Callable[[bytes], object]], None]:
    """What hands the bytes of ``serialise`` to a function piece by piece, so that a large part never stands in memory twice."""

    def hand_over(write: Callable[[bytes], object]) -> None:
        write(_head(root))
        root.getroottree().write(cast("IO[bytes]", _Sink(write)), encoding="UTF-8", xml_declaration=False)

    return hand_over


class _Sink:
    """A file to lxml."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write = write


def _head(root: etree._Element) -> bytes:
    standalone = root.getroottree().docinfo.standalone
    head = b'<?xml version="1.0" encoding="UTF-8"'
    if standalone is not None:
        head += b' standalone="yes"' if standalone else b' standalone="no"'
    return head + b"?>\n"


def _known_encoding(data: bytes) -> tuple[bytes, str]:
    """The data in an encoding whose ASCII bytes are ASCII, and that encoding's name; what lies about itself is refused."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _as_utf8(data[len(mark) :], encoding)
    for start, encoding in _UNMARKED:
        if data.startswith(start):
            return _as_utf8(data, encoding)
    found = _DECLARED.match(data)
    name = found.group(1).decode("ascii") if found else "utf-8"
    if name.lower().startswith("utf-16"):
        return data, "utf-8"  # said in ASCII letters: cannot be true
    if not _ASCII_LIKE.fullmatch(name):
        raise XmlMalformed("An XML part is in an encoding that is not taken in.", encoding=name)
    return data, name


def _as_utf8(data: bytes, encoding: str) -> tuple[bytes, str]:
    if encoding == "utf-8":
        return data, encoding
    try:
        return data.decode(encoding).encode("utf-8"), "utf-8"
    except UnicodeError:
        raise XmlMalformed("An XML part's bytes do not fit its encoding.") from None


def _refuse_declarations(body: bytes) -> None:
    """A document type declaration can only stand before the root element: so only that stretch is looked at."""
    at = 0
    while found := _BEFORE_ROOT.match(body, at):
        at = found.end()
    if body.startswith(b"<!", at):
        raise DtdForbidden("An XML part holds a document type declaration.")


def _refuse_attributes(body: bytes, limit: int) -> None:
    """Counts the attributes and namespace declarations of the few tags long enough to hold too many."""
    for start in _far_from_next(body, _TAG_LENGTH):
        tag = _LONG_TAG.match(body, start)
        at = tag.end() if tag else len(body)
        for _ in range(limit + 1):
            found = _ATTRIBUTE.match(body, at)
            if not found:
                break
            at = found.end()
        else:
            raise XmlTooComplex("An element of an XML part has too many attributes.", limit=limit)


def _far_from_next(body: bytes, distance: int) -> Iterator[int]:
    """Offsets of those ``<`` that have no other one in so many bytes behind them. Strides, since nearly all have one."""
    at = body.find(b"<")
    while at >= 0:
        following = body.rfind(b"<", at + 1, at + 1 + distance)
        if following < 0:
            yield at
            following = body.find(b"<", at + 1)
        at = following


def _may_hold_longer_text(body: bytes, limit: int) -> bool:
    """Whether one text may be longer: then no tag begins for so long, or it is a CDATA section, in which ``<`` is text."""
    return len(body) > limit and (b"<![CDATA[" in body or next(_far_from_next(body, limit), None) is not None)


@lru_cache(maxsize=8)
def _deeper_than(limit: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (limit + 1)})")


@lru_cache(maxsize=8)
def _longer_text_than(limit: int) -> etree.XPath:
    return etree.XPath(f"boolean(//text()[string-length(.) > {limit}])")
