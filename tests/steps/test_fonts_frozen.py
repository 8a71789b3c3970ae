"""One's own table of fonts is kept as it was when a batch was submitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from docpipe.errors import BadSetting, InputMissing
from docpipe.settings import load
from docpipe.steps.fonts import frozen_fonts
from docpipe.steps.house import open_house

OWN = '[serif]\nlatin = ["House Serif"]\n'


def test_the_table_is_kept_when_its_file_changes(tmp_path: Path) -> None:
    table = tmp_path / "fonts.toml"
    table.write_text(OWN, encoding="utf-8")
    house = open_house(load(home=tmp_path / "home", fonts_file=table))
    digest = frozen_fonts(house)
    table.write_text("[serif]\n", encoding="utf-8")
    assert house.store.blobs.get(digest).decode() == OWN
    assert frozen_fonts(house) != digest
    house.store.close()


def test_without_a_table_nothing_is_frozen(tmp_path: Path) -> None:
    house = open_house(load(home=tmp_path / "home"))
    assert frozen_fonts(house) == ""
    house.store.close()


@pytest.mark.parametrize(
    ("data", "error"), [(None, InputMissing), (b"[serif", BadSetting), (b"\xff\xfe", BadSetting)]
)  # fmt: skip
def test_a_table_that_cannot_be_had_is_refused(tmp_path: Path, data: bytes | None, error: type[Exception]) -> None:
    table = tmp_path / "fonts.toml"
    if data is not None:
        table.write_bytes(data)
    house = open_house(load(home=tmp_path / "home", fonts_file=table))
    with pytest.raises(error):
        frozen_fonts(house)
    house.store.close()
