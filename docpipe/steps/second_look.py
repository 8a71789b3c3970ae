"""Second look: rows at risk are compared by a second prompt before people see them; what it names are findings. Imports llm, prompts and store.

Nothing of a target changes here. A look that cannot be had (the provider is away, the money is spent) holds nobody up: a finding says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from docpipe.errors import BadSetting, BudgetSpent, PromptChanged, ProviderError
from docpipe.llm import second_look as looks
from docpipe.llm.asking import ask
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.chunk import Reply, Request
from docpipe.model.document import count_words
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.inline import spaced_text
from docpipe.model.recipe import Recipe
from docpipe.model.segment import OriginKind, Segment, SegmentId, Status, Unit
from docpipe.model.terms import TermStatus
from docpipe.prompts import Prompt, frozen, load
from docpipe.segment.tokens import count
from docpipe.steps.house import House
from docpipe.steps.model import access_of, ledger_of, orders_of, with_model_named
from docpipe.steps.terms import joined, package_terms_of, termbase_of
from docpipe.steps.work import held, reached
from docpipe.store import batches, documents, findings, second_looks, sections, units
from docpipe.store.second_looks import SecondLook

__all__ = ["BACK", "LOOK", "chosen", "is_about", "keys_of_look", "looked", "request_of", "second_look"]

LOOK, BACK = "review/second_look", "review/back_translation"
MODES = ("off", "risk", "all")
THRESHOLD = 0.35
SHARE = 0.3
"""Of a document's words: the most that is looked at for their risk. Rows that no check has told people of come first, the riskiest before others."""
PAIRS, WORDS = 24, 900
"""Of one request, at most."""
NOT_LOOKED = "second_look.not_done"


def keys_of_look(house: House, values: Mapping[str, Any], online: bool) -> dict[str, Any]:
    """The recipe's keys of the second look from a profile and the settings. Raises ``BadSetting``."""
    mode = str(values.get("second_look", house.settings.second_look))
    if mode not in MODES:
        raise BadSetting(f"second_look is one of {', '.join(MODES)}.", key="second_look")
    if not online or mode == "off":
        return {}
    prompt = load(LOOK, home=house.settings.prompts_folder)
    return {
        "second_look": mode, "look_prompt": prompt.name, "look_prompt_digest": prompt.digest,
        "look_model": str(values.get("look_model", "")), "back_translation": bool(values.get("back_translation", False)),
    }  # fmt: skip


def second_look(house: House, document_id: str) -> Document:
    """Looks at a checked document's rows at risk, once for the same texts. Raises nothing of the provider's."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
    if batch.recipe.second_look == "off" or document.state is not State.RUNNING or not reached(document, "checked"):
        return document
    with held(house, f"look:{document_id}"):
        pairs, sources = chosen(house, batch, document)
        if not pairs:
            return document
        try:
            _ask(house, batch, document, pairs, sources)
        except (ProviderError, BudgetSpent, PromptChanged) as error:
            said = f"{len(pairs)} rows at risk had no second look: {error.message}"
            with house.store.write() as session:
                findings.add(session, document_id, "", [Finding(NOT_LOOKED, Severity.MINOR, said)])
    return document


def chosen(
    house: House, batch: Batch, document: Document
) -> tuple[list[looks.Pair], dict[SegmentId, tuple[Segment, Unit]]]:
    """The pairs to be looked at now, in the document's order, and their rows."""
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        open_ones = findings.listing(session, document.id, disposition=Disposition.OPEN)
        again = second_looks.asked_again(session, document.id)
        before = second_looks.of_document(session, document.id)
        heads = sections.paths(session, document.id, range(len(segments)))
    found: dict[str, list[Severity]] = {}
    other: set[str] = set()
    for f in open_ones:
        if f.segment and not f.check.startswith(looks.CHECK):
            found.setdefault(f.segment, []).append(f.severity)
            if f.check == "engine.fallback":
                other.add(f.segment)
    every, words, total = batch.recipe.second_look == "all", 0, 0
    pairs: list[tuple[bool, int, looks.Pair, int]] = []
    for place, s in enumerate(segments):
        unit = current[s.id]
        source = spaced_text(s.source)
        size = count_words(source)
        total += size
        if not _made_by_model(unit):
            continue
        if s.id in before and before[s.id].digest == _digest(batch.recipe, source, spaced_text(unit.target)):
            # What was looked at has its part of the share: a step that is run again looks at nothing more.
            words += size
            continue
        risk = looks.risk_of(
            source, batch.recipe.source_language, section=heads.get(place, ""), findings=found.get(s.id, ()),
            asked_again=unit.origin.spend_key in again, fallback=s.id in other,
        )  # fmt: skip
        if every or risk.score >= THRESHOLD:
            pair = looks.Pair(s.id, source, spaced_text(unit.target), risk, heads.get(place, "")[-120:])
            pairs.append((any(f is not Severity.MINOR for f in found.get(s.id, ())), place, pair, size))
    kept: list[tuple[int, looks.Pair]] = []
    for _, place, pair, size in sorted(pairs, key=lambda p: (p[0], -p[2].risk.score, p[1])):
        if every or not words or words + size <= total * SHARE:
            kept.append((place, pair))
            words += size
    rows = {s.id: (s, current[s.id]) for s in segments}
    return [pair for _, pair in sorted(kept, key=lambda p: p[0])], rows


def _made_by_model(unit: Unit) -> bool:
    made = unit.origin.kind is OriginKind.MODEL and unit.status is Status.TRANSLATED
    return made and bool(unit.target) and not unit.editor


def _digest(recipe: Recipe, source: str, target: str) -> Digest:
    return digest_of([source, target, recipe.look_prompt_digest])


def is_about(look: SecondLook, recipe: Recipe, segment: Segment, unit: Unit) -> bool:
    """Whether a look was at the very texts that the row has now."""
    return look.digest == _digest(recipe, spaced_text(segment.source), spaced_text(unit.target))


def _groups(pairs: Sequence[looks.Pair]) -> list[list[looks.Pair]]:
    groups: list[list[looks.Pair]] = []
    words = 0
    for pair in pairs:
        size = count_words(pair.source) + count_words(pair.target)
        if not groups or len(groups[-1]) >= PAIRS or words + size > WORDS:
            groups.append([])
            words = 0
        groups[-1].append(pair)
        words += size
    return groups


def _ask(
    house: House,
    batch: Batch,
    document: Document,
    pairs: Sequence[looks.Pair],
    rows: Mapping[SegmentId, tuple[Segment, Unit]],
) -> None:
    recipe = with_model_named(batch.recipe, batch.recipe.look_model)
    batch = replace(batch, recipe=recipe)
    prompt = frozen(recipe.look_prompt, recipe.look_prompt_digest, home=house.settings.prompts_folder)
    terms, package = termbase_of(house, batch), package_terms_of(house, batch)
    groups: dict[str, tuple[list[looks.Pair], Request]] = {}
    for group in _groups(pairs):
        bound = [
            (hit.source, hit.source if t.status is TermStatus.DO_NOT_TRANSLATE else t.target)
            for pair in group
            for hit in joined(terms.hits(pair.source), package.bound.hits(pair.source))
            for t in hit.terms
            if t.status is TermStatus.DO_NOT_TRANSLATE or (t.target and t.status is TermStatus.PREFERRED)
        ]
        text = looks.look_text(group, recipe.source_language, recipe.target_language, bound)
        request = request_of(recipe, prompt, text)
        groups[request.spend_key] = (group, request)
    answers: list[SecondLook] = []

    def keep(request: Request, reply: Reply | ProviderError) -> None:
        group, _ = groups[request.spend_key]
        read = looks.read_look(reply.text, group) if isinstance(reply, Reply) else looks.Looked({}, False)
        model = reply.model if isinstance(reply, Reply) else ""
        answers.extend(_look(recipe, p, rows[p.segment][1], read, prompt, model, request.spend_key) for p in group)

    try:
        ask(
            [request for _, request in groups.values()],
            connect=access_of(house, recipe), ledger=ledger_of(house, batch, document.id), orders=orders_of(house, recipe),
            on_reply=keep, expected=lambda r: 40 * len(groups[r.spend_key][0]),
        )  # fmt: skip
    finally:
        _store(house, document, answers, rows)
    if recipe.back_translation:
        _translate_back(house, batch, document, answers, rows)


def _look(
    recipe: Recipe, pair: looks.Pair, unit: Unit, read: looks.Looked, prompt: Prompt, model: str, key: str
) -> SecondLook:
    flaws = read.flaws.get(pair.segment)
    state = "unread" if flaws is None else "errors" if flaws else "fine"
    errors = [
        {"category": f.category, "severity": f.severity, "source": f.source, "target": f.target, "why": f.why, "fix": f.fix}
        for f in flaws or ()
    ]  # fmt: skip
    digest = _digest(recipe, pair.source, pair.target)
    return SecondLook(
        pair.segment, unit.revision, digest, pair.risk.score, pair.risk.reasons, state, errors, prompt.name, model, key
    )


def _store(
    house: House, document: Document, answers: Sequence[SecondLook], rows: Mapping[SegmentId, tuple[Segment, Unit]]
) -> None:
    with house.store.write() as session:
        second_looks.save(session, document.id, answers, house.now())
        for look in answers:
            segment, unit = rows[SegmentId(look.segment)]
            if look.errors:
                said = _findings(look, spaced_text(segment.source), spaced_text(unit.target))
                findings.add(session, document.id, look.segment, said)


def _findings(look: SecondLook, source: str, target: str) -> list[Finding]:
    return looks.findings_of_look([looks.Flaw(**error) for error in look.errors], source, target)


def looked(
    house: House,
    batch: Batch,
    segments: Mapping[SegmentId, Segment],
    current: Mapping[SegmentId, Unit],
    only: Collection[SegmentId],
) -> dict[SegmentId, list[Finding]]:
    """What earlier looks said of rows that still have the texts that were looked at: for checks that are run again."""
    if batch.recipe.second_look == "off":
        return {}
    with house.store.read() as session:
        stored = second_looks.of_rows(session, list(only))
    found: dict[SegmentId, list[Finding]] = {}
    for name, look in stored.items():
        row = SegmentId(name)
        if row not in segments or not look.errors:
            continue
        if is_about(look, batch.recipe, segments[row], current[row]):
            found[row] = _findings(look, spaced_text(segments[row].source), spaced_text(current[row].target))
    return found


def _translate_back(
    house: House,
    batch: Batch,
    document: Document,
    answers: Sequence[SecondLook],
    rows: Mapping[SegmentId, tuple[Segment, Unit]],
) -> None:
    """Asks for the looked-at targets in the source language, for reviewers who do not read the target."""
    recipe, prompt = batch.recipe, load(BACK, home=house.settings.prompts_folder)
    texts = {f"t{n}": spaced_text(rows[SegmentId(a.segment)][1].target) for n, a in enumerate(answers, 1)}
    names = list(texts)
    requests: dict[str, Request] = {}
    for at in range(0, len(names), PAIRS):
        part = {n: texts[n] for n in names[at : at + PAIRS]}
        made = request_of(recipe, prompt, looks.back_text(part, recipe.source_language, recipe.target_language))
        requests[made.spend_key] = made
    said: dict[str, str] = {}

    def keep(request: Request, reply: Reply | ProviderError) -> None:
        if isinstance(reply, Reply):
            said.update({n: t for n, t in looks.read_back_texts(reply.text).items() if n in texts})

    ask(
        list(requests.values()), connect=access_of(house, recipe), ledger=ledger_of(house, batch, document.id),
        orders=orders_of(house, recipe), on_reply=keep,
    )  # fmt: skip
    with house.store.write() as session:
        filled = [replace(a, back_translation=said.get(f"t{n}", "")) for n, a in enumerate(answers, 1)]
        second_looks.save(session, document.id, filled, house.now())


def request_of(recipe: Recipe, prompt: Prompt, text: str) -> Request:
    """A request about translated pairs: of a second look, or to translate back."""
    return Request(
        provider=recipe.provider, model=recipe.model, prompt=prompt.name, prompt_digest=prompt.digest,
        system=prompt.render_system(), user=prompt.render_user(task=text), schema=prompt.schema, purpose="second-look",
        max_output=min(recipe.max_output_tokens, (count(text) * 2 // 256 + 4) * 256),
    )  # fmt: skip
