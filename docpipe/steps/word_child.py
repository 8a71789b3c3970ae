"""What runs inside the child process for drafts: the Word document written, read back and compared. Imports writing and the core.

A house template is a stranger's file, and so is a document that comes back from a reviewer: neither is opened outside a child.
"""

from __future__ import annotations

import json
from typing import Any

from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.document import Address
from docpipe.model.inline import CodedText, plain_text
from docpipe.model.plan_codec import plan_from
from docpipe.writing.factstore import FactStore
from docpipe.writing.word.options import Picture, WordOptions
from docpipe.writing.word.tree import AUTHOR


def write(plan: bytes, texts: bytes, facts: bytes, options: dict[str, Any]) -> bytes:
    """The document."""
    from docpipe.writing.word.write import write as write_word

    return write_word(plan_from(plan), load_texts(texts), FactStore.from_json(facts), _options(options))


def disarmed(data: bytes) -> bytes:
    """The document without anything that is loaded from elsewhere, for an office program."""
    from docpipe.formats.ooxml.disarm import disarmed as without_links

    return without_links(data)


def pages_in(pdf: bytes, plan: bytes, texts: bytes, facts: bytes, options: dict[str, Any]) -> dict[str, int]:
    """Page of each heading's and caption's row in a layout of the document."""
    from docpipe.writing.word.pages import pages_of

    found = pages_of(pdf, plan_from(plan), load_texts(texts), FactStore.from_json(facts), _options(options))
    return {str(address): page for address, page in found.items()}


def verify(data: bytes, plan: bytes, texts: bytes, facts: bytes) -> list[str]:
    """What differs between the document and what it should be."""
    from docpipe.writing.word.verify import verify as verify_word

    return list(verify_word(data, plan_from(plan), load_texts(texts), FactStore.from_json(facts)))


def counted(data: bytes, trace: bytes, facts: bytes, constants: list[str], final: bool, name: str) -> dict[str, Any]:
    """What the independent counter and the checks of the file say of a finished document."""
    from docpipe.writing.audit_numbers import audit
    from docpipe.writing.file_checks import run_file_checks

    told = audit(data, trace, facts, constants)
    return {
        "numbers": told.numbers, "bound": told.bound, "allowed": dict(told.allowed),
        "unbound": [{"number": u.number, "place": u.place} for u in told.unbound],
        "file": [[f.check, f.severity.value, f.message] for f in run_file_checks(data, final, name)],
    }  # fmt: skip


def texts_in(data: bytes) -> bytes:
    """The texts of a draft that was written before, in its order, as ``dump_texts`` gives them."""
    from docpipe.writing.word.read import read_back

    return dump_texts({r.address: r.text for r in read_back(data) if r.address and not r.missing and r.text})


def rows_in(data: bytes, original: bytes) -> bytes:
    """Every row of a document that came back, as JSON: the fields of ``docpipe.steps.draft_import.ReadBack``.

    ``original``: the document as it was written, for one that lost what it says of itself (``whole`` is false then).
    """
    from docpipe.writing.word.read import knows_itself, read_back

    rows = [
        {
            "address": r.address, "kind": r.kind, "text": dump_coded(r.text), "written": dump_coded(r.written), "changed": r.changed,
            "missing": r.missing, "after": r.after, "shown": r.shown, "comments": [[c.author, c.at, c.text] for c in r.comments],
            "tracked": [[t.author, t.at, t.text] for t in r.tracked if t.author != AUTHOR],
            "cells": [
                [c.op, c.row, c.column, plain_text(c.was, equiv=True), plain_text(c.now, equiv=True)]
                for c in (r.table.changed if r.table else ())
            ],
        }
        for r in read_back(data, original or None)
    ]  # fmt: skip
    told = {"whole": bool(original) or knows_itself(data), "rows": rows}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")


def dump_texts(texts: dict[Address, CodedText]) -> bytes:
    """Coded texts by address as JSON."""
    value = {a: dump_coded(c) for a, c in texts.items()}
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def load_texts(stored: bytes) -> dict[Address, CodedText]:
    """The texts that ``dump_texts`` wrote."""
    return {Address(a): load_coded(c) for a, c in json.loads(stored.decode("utf-8", "surrogatepass")).items()}


def _options(options: dict[str, Any]) -> WordOptions:
    given = dict(options)
    previous, pages = given.pop("previous", b""), given.pop("pages", None)
    plan = given.pop("previous_plan", b"")
    pictures = {str(d): Picture(**fields) for d, fields in given.pop("figures", {}).items()}
    return WordOptions(
        **given, figures=pictures, previous=load_texts(previous) if previous else None,
        previous_plan=plan_from(plan) if plan else None,
        pages={Address(a): n for a, n in pages.items()} if pages else None,
    )  # fmt: skip
