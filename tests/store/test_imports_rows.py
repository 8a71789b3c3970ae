"""Staged imports: whose they are, what is in them, and that they end once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from docpipe.errors import UnknownName
from docpipe.store import imports
from docpipe.store.database import Store
from docpipe.store.imports import ImportState, StagedFile

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
FILES = [StagedFile("a \ud800.docx", "0" * 64, 12), StagedFile("b.xlsx", "1" * 64, 3)]


def test_an_import_is_kept_listed_to_its_owner_and_ends_once(store: Store) -> None:
    with store.write() as s:
        first = imports.add(s, "mei.lin", "B1", FILES, NOW)
        second = imports.add(s, "mei.lin", "", FILES[:1], NOW + timedelta(seconds=1))
        imports.add(s, "wu", "", FILES, NOW)
    with store.read() as s:
        assert imports.get(s, first.id) == first
        assert [i.id for i in imports.of_user(s, "mei.lin")] == [second.id, first.id]
        with pytest.raises(UnknownName):
            imports.get(s, "nowhere")
    done = [StagedFile(f.name, f.sha256, f.size, ({"taken": 1},)) for f in FILES]
    with store.write() as s:
        assert imports.close(s, first.id, ImportState.TAKEN, done)
        assert not imports.close(s, first.id, ImportState.DISCARDED)
    with store.read() as s:
        kept = imports.get(s, first.id)
        assert (kept.state, kept.files) == (ImportState.TAKEN, tuple(done))
        assert [i.id for i in imports.of_user(s, "mei.lin")] == [second.id]
