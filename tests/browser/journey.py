"""What the journeys through the pages share: an installation with two people, files to submit, and the run of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx_builder import docx
from serving import serve
from translating_story import Story
from whole import PASSWORD

from docpipe.model.batch import State
from docpipe.settings import load
from docpipe.steps import people
from docpipe.steps.house import House, open_house
from docpipe.store import batches

EDITOR, SIGNER = "mei.lin", "jose.ruiz"
"""Who submits and edits; who approves and signs."""
ROWS = (
    ("The dose was 5 mg.", "La dosis fue de 5 mg."),
    ("The visit was in week 12.", "La visita fue en la semana 13."),
    ("No adverse events were recorded.", "No se registraron acontecimientos adversos."),
    ("The study was stopped early.", ""),
)
"""Source and what the memory holds: the second has a wrong number, the last is not in the memory."""
EDITED = "El estudio se interrumpió antes de tiempo."


def files(folder: Path) -> tuple[Path, Path]:
    """A document and its memory."""
    document, memory = folder / "synopsis.docx", folder / "memory.tmx"
    document.write_bytes(docx(*(f"p:{source}" for source, _ in ROWS)))
    known = "".join(
        f'<tu><tuv xml:lang="en"><seg>{s}</seg></tuv><tuv xml:lang="es"><seg>{t}</seg></tuv></tu>' for s, t in ROWS if t
    )
    head = '<header srclang="en" segtype="sentence" creationtool="t" creationtoolversion="1" adminlang="en" datatype="plaintext" o-tmf="t"/>'
    memory.write_text(
        f'<?xml version="1.0" encoding="utf-8"?><tmx version="1.4">{head}<body>{known}</body></tmx>', "utf-8"
    )
    return document, memory


@dataclass
class Floor:
    """An installation that is served; its batches are run by the test, in the order of the flow."""

    house: House
    folder: Path
    address: str
    contexts: list[Any] = field(default_factory=list)

    def run(self, batch: str) -> State:
        """Runs the batch to where it waits or ends."""
        with self.house.store.read() as s:
            found = batches.get(s, batch)
        with ThreadPoolExecutor(1) as aside:
            state: State = aside.submit(Story(self.house, self.folder).run, found).result()
        return state

    def page(self, browser: Any, **options: Any) -> Any:
        """A page of a new profile."""
        context = browser.new_context(
            base_url=self.address, viewport={"width": 1280, "height": 800}, accept_downloads=True, **options
        )
        context.set_default_timeout(15000)
        self.contexts.append(context)
        return context.new_page()


@contextmanager
def floor(folder: Path, **settings: Any) -> Iterator[Floor]:
    """A floor of one's own with an administrator and the two people."""
    house = open_house(load(home=folder / "home", office="off", **settings))
    admin = people.add_user(house, "admin", "Ada Min", ["administrator"], PASSWORD, by=None)
    people.add_user(house, EDITOR, "Mei Lin", ["author", "reviewer"], PASSWORD, by=admin)
    people.add_user(house, SIGNER, "José Ruiz", ["approver"], PASSWORD, by=admin)
    address, stop = serve(house)
    made = Floor(house, folder, address)
    yield made
    for context in made.contexts:
        context.close()
    stop()
    house.store.close()


def packaged(data: bytes) -> dict[str, bytes]:
    """The files of a package, by their path inside its folder."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def texts(data: bytes) -> list[str]:
    """Paragraphs of a DOCX."""
    import io

    import docx as word

    return [p.text for p in word.Document(io.BytesIO(data)).paragraphs if p.text]
