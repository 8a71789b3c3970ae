"""Which terms, products and studies a package names again and again and how its first translations rendered them. Imports memory and store.

Runs over the whole package once its documents are translated, and again whenever one of them is.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping

from docpipe.memory.renderings import renderings
from docpipe.memory.termbase import Termbase
from docpipe.model.batch import Batch, State
from docpipe.model.brief import load_briefed
from docpipe.model.terms import Term, TermStatus
from docpipe.steps.house import House
from docpipe.steps.terms import recipe_termbase, stands
from docpipe.store import batches, briefs, documents, package_terms
from docpipe.store.package_terms import PackageTerm

__all__ = ["propose"]

MOST, USES, KEPT_ROWS, OTHERS = 300, 3, 400, 200
EXPLAINED = 0.6
"""Share of a term's rows that its renderings explain; with less it is too loose a word to be bound."""


def propose(house: House, batch_id: str) -> int:
    """Proposes the package's terms anew; how many there are. What people have locked stays as it is."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
        digests = [d for doc in found if doc.state is not State.REFUSED and (d := briefs.get(session, doc.id))]
        if not digests:
            return 0
    wished: Counter[str] = Counter()
    shown: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for digest in dict.fromkeys(digests):
        told = load_briefed(json.loads(house.store.blobs.get(digest).decode("utf-8", "surrogatepass")))
        named = [(kind, text) for kind in ("study", "product") for text in told.brief.entities.get(kind, ())]
        for kind, term in (*named, *(("term", t) for t in told.brief.terms)):
            wished[term.casefold()] += 1
            shown.setdefault(term.casefold(), term)
            kinds.setdefault(shown[term.casefold()], kind)
    known = recipe_termbase(house, batch.recipe)
    candidates = [shown[key] for key, _ in wished.most_common(4 * MOST) if not known.hits(shown[key])]
    terms = _rendered(house, batch, candidates, kinds) if candidates else []
    with house.store.write() as session:
        package_terms.propose(session, batch_id, terms, house.now())
    return len(terms)


def _rendered(house: House, batch: Batch, candidates: list[str], kinds: Mapping[str, str]) -> list[PackageTerm]:
    recipe = batch.recipe
    lookup = Termbase((Term(c, c, c, TermStatus.ALLOWED) for c in candidates), recipe.source_language)
    rows: dict[str, list[tuple[str, str]]] = {}
    uses: Counter[str] = Counter()
    others: list[str] = []
    # A sample that is the same in every run.
    chance = random.Random(batch.id)
    seen: set[tuple[str, str]] = set()
    named: dict[str, frozenset[str]] = {}
    with house.store.read() as session:
        for number, (_, source, target) in enumerate(package_terms.translated_texts(session, batch.id)):
            # Rows recur; with thousands of candidates each look-up costs more than all else here.
            if (hits := named.get(source)) is None:
                hits = named[source] = frozenset(hit.source for hit in lookup.hits(source))
            uses.update(hits)
            if (source, target) in seen:
                continue
            seen.add((source, target))
            for term in hits:
                if len(kept := rows.setdefault(term, [])) < KEPT_ROWS:
                    kept.append((source, target))
            if not hits:
                if len(others) < OTHERS:
                    others.append(target)
                elif (at := chance.randrange(number + 1)) < OTHERS:
                    others[at] = target
    made: list[PackageTerm] = []
    for term, several in sorted(rows.items(), key=lambda x: (-uses[x[0]], x[0])):
        if uses[term] < USES or len(made) == MOST:
            continue
        targets = _merged(renderings(term, several, others, recipe.target_language), recipe.target_language)
        if sum(targets.values()) >= EXPLAINED * len(several):
            made.append(PackageTerm(term, next(iter(targets)), kinds[term], uses=uses[term], targets=targets))
    return made


def _merged(targets: Mapping[str, int], language: str) -> dict[str, int]:
    """Renderings of which one is the other inflected are one, under the more frequent form."""
    kept: dict[str, int] = {}
    for text, rows in sorted(targets.items(), key=lambda x: (-x[1], x[0])):
        same = next((k for k in kept if stands(k, text, language) or stands(text, k, language)), None)
        kept[same or text] = kept.get(same or text, 0) + rows
    return dict(sorted(kept.items(), key=lambda x: (-x[1], x[0])))
