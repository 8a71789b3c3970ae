"""Makes the reviewer's XLIFF of the sample: an export of a batch with a person's translations filled in.

    DOCPIPE_HOME=… python samples/make/edits.py BATCH samples/protocol-zh/edits

What a translator does in a CAT tool is done here from ``translations.tsv`` (source and target in wire form), so that the edits
can be made anew whenever the sample documents change. Rows that the table does not name keep their target.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import replace
from pathlib import Path

from docpipe.exports.xliff import write_xliff
from docpipe.model.inline import WireError, from_wire
from docpipe.steps import package
from docpipe.steps.house import open_house
from docpipe.store import batches, documents, units

SEGMENT = re.compile(r'(<segment id="([0-9a-f]{24})".*?)(<target>.*?</target>)(.*?</segment>)', re.DOTALL)


def translations(table: Path) -> dict[str, str]:
    """Source wire form -> a person's target."""
    with table.open(encoding="utf-8", newline="") as handle:
        return {row["source"]: row["target"] for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)}


def main(name: str, folder: Path) -> int:
    """Writes one XLIFF a document that has rows for a person; returns how many such rows the table does not name."""
    house, table = open_house(), translations(folder / "translations.tsv")
    missing = 0
    with house.store.read() as session:
        batch = batches.find(session, name)
        found = documents.of_batch(session, batch.id)
    for document in found:
        with house.store.read() as session:
            segments, current = units.segments(session, document.id), units.units(session, document.id)
        filled = dict(current)
        for s in segments:
            if not current[s.id].needs_person:
                continue
            if s.wire not in table:
                print("not in the table:", s.wire)
                missing += 1
                continue
            try:
                filled[s.id] = replace(current[s.id], target=from_wire(table[s.wire], s.source))
            except WireError as error:
                print("tags:", s.wire, error)
                missing += 1
        exported = package.bilingual(house, batch, document).decode()
        recipe = batch.recipe
        wanted = write_xliff(
            document, batch.id, recipe.source_language, recipe.target_language, segments, filled
        ).decode()
        targets = {m[2]: m[3] for m in SEGMENT.finditer(wanted)}
        edited = SEGMENT.sub(lambda m: m[1] + targets[m[2]] + m[4], exported)  # noqa: B023 - used at once
        if edited != exported:
            path = folder / f"{document.path}.xlf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(edited, encoding="utf-8")
    return missing


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1], Path(sys.argv[2])) else 0)
