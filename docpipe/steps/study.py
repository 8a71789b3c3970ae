"""The study of a drafting batch: sources read once, facts and plans made once, all kept as blobs. Imports writing and store.

To read a study takes seconds; whatever comes later, every edit included, works from the blobs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from docpipe.errors import InputRefused, NothingReadable
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, canonical_json, plain
from docpipe.model.document import count_words
from docpipe.model.draft import Plan, facts_in
from docpipe.model.fact import FactId
from docpipe.model.inline import plain_text
from docpipe.model.plan_codec import plan_bytes
from docpipe.model.source import Figure
from docpipe.steps.change_gates import settled_before
from docpipe.steps.change_list import note_changes
from docpipe.steps.draft_orders import type_of
from docpipe.steps.draft_rows import make_rows
from docpipe.steps.house import MACHINE, House, record
from docpipe.steps.progress import Progress, report
from docpipe.steps.read_sources import Taken, described, findings_of_study, notices_of, read_all, refusals
from docpipe.steps.study_names import CARD, DISPLAYS, EVIDENCE, FACTS, FIGURES, SOURCE_LIST
from docpipe.steps.work import Work, held, reached, step
from docpipe.store import audit, batches, documents, studies
from docpipe.store.studies import StudyRead
from docpipe.writing.book import Book
from docpipe.writing.card import card_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build


def prepare(house: House, batch_id: str) -> int:
    """Reads the sources and plans every document of the batch, unless that is done; returns how many documents have a plan.

    A batch in whose sources nothing can be read ends here: its documents are refused.
    """
    with held(house, f"study:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = documents.of_batch(session, batch_id)
            done = studies.get(session, batch_id) is not None
        live = [d for d in found if d.state not in (State.REFUSED, State.CANCELLED, State.FAILED)]
        if not done or not all(reached(d, "extracted") for d in live):
            _prepare(house, batch, live)
        note_changes(house, batch_id)
        for document in live:
            make_rows(house, document.id)
        return len(live)


def _prepare(house: House, batch: Batch, live: list[Document]) -> None:
    taken = read_all(house, batch.recipe, lambda n, total: report(Progress(batch.id, "", "read sources", n, total)))
    sources = [s for t in taken for s in t.sources]
    if not sources:
        why = [t.refused.message for t in taken if t.refused is not None]
        said = f"None of the sources can be read. {why[0]}" if len(why) == 1 else "None of the sources can be read."
        error = NothingReadable(said, files=len(taken))
        for document in live:
            step(house, document.id, "extracted", _refusing(error))
        blobs = {SOURCE_LIST: house.store.blobs.put(_json([_source(t) for t in taken]))}
        with house.store.write() as session:
            studies.put(session, StudyRead(batch.id, "", "", blobs, house.now()), refusals(taken))
        return
    study = build(sources, notices_of(taken))
    report(Progress(batch.id, "", "compare sources", 1, 1))
    books: list[tuple[Document, Plan, Book]] = []
    for document in live:
        made: list[tuple[Plan, Book]] = []
        after = step(house, document.id, "extracted", _planning(house, study, made))
        if not made and after.state not in (State.REFUSED, State.FAILED):
            made.append(make_plan(type_of(house, batch.recipe, document.format), study, batch.recipe.proposes))
        books += [(document, plan, book) for plan, book in made]
        report(Progress(batch.id, "", "plan", len(books), len(live)))
    blobs = _blobs(house, study, taken, books)
    blobs[CARD] = house.store.blobs.put(card_of(study, batch.recipe.blinded).to_json().encode("utf-8", "surrogatepass"))
    several = settled_before(house, batch, [*refusals(taken), *findings_of_study(study)])
    with house.store.write() as session:
        studies.put(session, StudyRead(batch.id, study.id, study.version, blobs, house.now()), several)
        audit.append(session, batch.id, MACHINE, "study.read", batch.id, new=study.version)
    record("study.read", batch=batch.id, sources=len(sources), facts=len(study.store), findings=len(several))


def _refusing(error: InputRefused) -> Callable[[Work], None]:
    def work(job: Work) -> None:
        raise error

    return work


def _planning(house: House, study: StudyData, made: list[tuple[Plan, Book]]) -> Callable[[Work], None]:
    def work(job: Work) -> None:
        kind = type_of(house, job.batch.recipe, job.document.format)
        plan, book = make_plan(kind, study, job.batch.recipe.proposes)
        made.append((plan, book))
        stored = plan_bytes(plan)
        job.changes.update(state=State.RUNNING, extraction=house.store.blobs.put(stored), pages=pages_of(plan))
        job.tally.pages = pages_of(plan)
        job.tally.words = words_of(plan)
        job.tally.digest = plan.digest

    return work


WORDS_A_PAGE = 350
ROWS_A_PAGE = 35


def words_of(plan: Plan) -> int:
    """Words of all rows as the program wrote them, values included."""
    return sum(count_words(plain_text(row.text, equiv=True)) for _, row in plan.rows())


def pages_of(plan: Plan) -> int:
    """About how many pages the document has: words of text and rows of tables. An estimate until it is laid out."""
    rows = sum(len(t.rows) + 3 for t in plan.tables)
    return max(1, round(words_of(plan) / WORDS_A_PAGE + rows / ROWS_A_PAGE))


@dataclass(frozen=True, slots=True)
class _Needed:
    """The facts that a plan shows, with what they were made of."""

    store: FactStore

    @staticmethod
    def of(plan: Plan, every: FactStore) -> _Needed:
        wanted: dict[FactId, None] = {}
        for _, row in plan.rows():
            wanted |= dict.fromkeys(facts_in(row.text))
        for table in plan.tables:
            wanted |= dict.fromkeys(table.facts)
        for block in plan.blocks:
            wanted |= dict.fromkeys(f for line in block.ground for f in facts_in(line))
        shown = [f for name in wanted for f in every.versions(name)]
        behind = [g for f in shown for g in every.inputs_of(f)]
        return _Needed(FactStore((*shown, *behind)))


def _blobs(
    house: House, study: StudyData, taken: list[Taken], books: list[tuple[Document, Plan, Book]]
) -> dict[str, Digest]:
    every = study.store.with_facts(f for _, _, book in books for f in book.made.values())
    put = house.store.blobs.put
    used: dict[str, list[str]] = {}
    alts = {p.digest: p.alt for t in study.trials for p in t.pictures if p.alt}
    for document, plan, _ in books:
        for block in plan.blocks:
            for number in block.displays:
                used.setdefault(number, []).append(f"{document.path} {block.id}")
    blobs = {
        FACTS: put(every.to_json().encode("utf-8", "surrogatepass")),
        DISPLAYS: put(_json([_display(d, used) for d in study.displays])),
        FIGURES: put(
            _json(
                [
                    *(_figure(f, put(f.picture), used, alts.get(f.digest, "")) for f in study.figures),
                    *_drawings(study, put, books),
                ]
            )
        ),
        EVIDENCE: put(_json(list(study.evidence))),
        SOURCE_LIST: put(_json([_source(t) for t in taken])),
    }
    for document, plan, _ in books:
        needed = _Needed.of(plan, every).store
        blobs[f"{FACTS}:{document.id}"] = put(needed.to_json().encode("utf-8", "surrogatepass"))
    return blobs


def _json(value: Any) -> bytes:
    return canonical_json(value).encode("utf-8", "surrogatepass")


def _display(d: Any, used: dict[str, list[str]]) -> dict[str, Any]:
    """A table as it was parsed, for the person who compares it with the original."""
    return {
        "number": d.number, "title": d.title, "population": d.population, "file": d.file.path, "sha256": d.file.sha256,
        "index": d.index, "columns": [plain(c) for c in d.columns], "row_heads": list(d.row_heads),
        "rows": [[list(r.path), r.depth, [[c.column, c.text] for c in r.cells], r.number] for r in d.rows],
        "footnotes": list(d.footnotes), "produced": d.produced, "used": used.get(d.number, []),
    }  # fmt: skip


def _figure(f: Figure, picture: Digest, used: dict[str, list[str]], alt: str) -> dict[str, Any]:
    """A figure with where its bytes are kept. ``alt``: its own words for those who do not see it."""
    return {
        "number": f.number, "title": f.title, "population": f.population, "file": f.file.path, "sha256": f.file.sha256,
        "index": f.index, "picture": picture, "media_type": f.media_type, "width": f.width, "height": f.height,
        "dpi": list(f.dpi), "footnotes": list(f.footnotes), "used": used.get(f.number, []), "alt": alt,
    }  # fmt: skip


def _drawings(
    study: StudyData, put: Callable[[bytes], Digest], books: list[tuple[Document, Plan, Book]]
) -> list[dict[str, Any]]:
    """Pictures that the drafts made themselves, each once, with the documents that have them."""
    every = {digest: d for _, _, book in books for digest, d in book.drawings.items()}
    return [
        {
            "number": "", "title": d.title, "population": "", "file": study.files[d.place.sha256].path, "sha256": d.place.sha256,
            "index": 0, "picture": put(d.picture), "media_type": "image/png", "width": d.width, "height": d.height,
            "dpi": list(d.dpi), "footnotes": [], "used": [doc.path for doc, _, book in books if digest in book.drawings],
            "alt": d.alt, "wide": d.wide, "name": d.name, "svg": put(d.svg),
        }
        for digest, d in every.items()
    ]  # fmt: skip


def _source(t: Taken) -> dict[str, Any]:
    return {
        "file": t.asset.name, "sha256": t.asset.sha256, "size": t.asset.rows,
        "kind": t.file.kind.value if t.file else "", "holds": [described(s) for s in t.sources],
        "study": next((s.file.study for s in t.sources if s.file.study), ""),
        "error": t.refused.code if t.refused else "",
    }  # fmt: skip
