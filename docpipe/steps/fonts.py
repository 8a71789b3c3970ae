"""One's own table of fonts, frozen with a batch. Imports formats and settings."""

from __future__ import annotations

from docpipe.errors import BadSetting, InputMissing
from docpipe.formats.ooxml.localise.fonttable import font_table
from docpipe.steps.house import House


def frozen_fonts(house: House) -> str:
    """The digest under which the table of the setting ``fonts_file`` is kept; "" where none is set.

    Raises ``InputMissing``, ``BadSetting`` for a table that cannot be read.
    """
    path = house.settings.fonts_file
    if path is None:
        return ""
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    data = path.read_bytes()
    try:
        font_table(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadSetting("The table of fonts is not UTF-8 text.", setting="fonts_file") from error
    return house.store.blobs.put(data)
