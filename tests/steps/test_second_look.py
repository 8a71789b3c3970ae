"""Rows at risk get a second look: what it names are findings with a place and a fix, nothing changes in silence, the same texts are looked at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from docx_builder import docx
from translating_story import EDITOR, Story

from docpipe.model.batch import Batch, Document, State
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.inline import Text, plain_text
from docpipe.model.segment import OriginKind
from docpipe.simulate import background
from docpipe.steps import assets, decide, second_look
from docpipe.store import findings, second_looks, units

TEXTS = (
    "The dose must not be increased in patients with renal impairment.",
    "Patients were not eligible if they had a serious adverse event.",
    "The study was conducted in hospitals.",
    "Discontinue treatment if hypersensitivity occurs.",
)
FILES = {"a.docx": docx("h1:Dosing", *(f"p:{t}" for t in TEXTS))}


def looks(story: Story, batch: Batch) -> dict[str, second_looks.SecondLook]:
    with story.house.store.read() as s:
        return second_looks.of_document(s, story.document(batch).id)


def found(story: Story, document: Document) -> list[findings.StoredFinding]:
    with story.house.store.read() as s:
        listed = findings.listing(s, document.id, disposition=Disposition.OPEN)
    return [f for f in listed if f.check.startswith("second_look.")]


def test_rows_of_consequence_are_looked_at_and_good_ones_are_found_fine(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url, second_look="risk")
        batch = story.submit(FILES)
        assert story.run(batch) is State.WAITING
        seen = looks(story, batch)
        assert seen
        assert {x.state for x in seen.values()} == {"fine"}
        assert all(x.risk >= second_look.THRESHOLD and x.reasons for x in seen.values())
        assert found(story, story.document(batch)) == []
        assert provider.bill()["charged"]["calls"] > 1


def test_every_row_is_looked_at_where_the_recipe_says_so_and_none_where_it_is_off(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url, second_look="all")
        batch = story.submit(FILES)
        story.run(batch)
        assert len(looks(story, batch)) == len(TEXTS) + 1
        calls = provider.bill()["charged"]["calls"]
        second_look.second_look(story.house, story.document(batch).id)
        assert provider.bill()["charged"]["calls"] == calls, "the same texts are looked at once"
        other = story.submit(FILES, values={"second_look": "off"})
        assert story.run(other) is State.WAITING
        assert looks(story, other) == {}


def _spoiled(story: Story, batch: Batch) -> str:
    """A row whose target lost its negation, as a model might have written it; its segment."""
    document = story.document(batch)
    row, unit = next((g, u) for g, u in story.rows(document) if "not be increased" in plain_text(g.source))
    right = plain_text(unit.target)
    wrong = right.replace(" no ", " ", 1)
    assert wrong != right
    with story.house.store.write() as s:
        units.save(
            s,
            document.id,
            [replace(unit, target=(Text(wrong),), revision=unit.revision + 1)],
            story.house.now(),
            "docpipe",
        )
    return row.id


def test_an_error_becomes_a_finding_with_its_fix_and_the_target_stays(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url, second_look="all")
        batch = story.submit(FILES)
        story.upto(batch, "checked")
        wrong = _spoiled(story, batch)
        document = story.document(batch)
        second_look.second_look(story.house, document.id)
        (finding,) = found(story, document)
        assert finding.segment == wrong
        assert finding.severity.value == "major"
        assert finding.suggestion
        unit = next(u for g, u in story.rows(document) if g.id == wrong)
        assert " no " not in plain_text(unit.target), "nothing is applied in silence"
        assert unit.origin.kind is OriginKind.MODEL
        again = second_look.looked(
            story.house, batch, {g.id: g for g, _ in story.rows(document)}, {u.segment: u for _, u in story.rows(document)}, [wrong]
        )  # fmt: skip
        assert [f.check for f in again[wrong]] == [finding.check], "a check that is run again keeps what was said"
        story.run(batch)
        outcome = decide.edit(
            story.house, document.id, {wrong: (Text("La dosis no se aumentará."),)}, story.team[EDITOR], "fixed"
        )
        assert not outcome.refused
        assert found(story, document) == [], "said of a text that is no more"


def test_a_provider_that_is_away_holds_nobody_up(asked: Callable[..., Story]) -> None:
    script = '[[fault]]\nkind = "401"\nprobability = 1.0\ncontaining = "\\"pairs\\""\n'
    with background(script=script) as provider:
        story = asked(provider.base_url, second_look="all")
        batch = story.submit(FILES)
        assert story.run(batch) is State.WAITING
        said = [f for f in found(story, story.document(batch)) if f.check == second_look.NOT_LOOKED]
        assert len(said) == 1
        assert looks(story, batch) == {}


def test_targets_are_translated_back_for_those_who_do_not_read_them(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url, second_look="all")
        batch = story.submit(FILES, values={"back_translation": True})
        story.run(batch)
        assert all(x.back_translation for x in looks(story, batch).values())


def test_terms_that_bind_and_words_that_stay_are_no_errors(asked: Callable[..., Story], tmp_path: Path) -> None:
    table = tmp_path / "terms.csv"
    table.write_text(
        "concept,source,target,status,note\na,renal impairment,insuficiencia renal,preferred,\nb,hospitals,hospitals,do-not-translate,\n",
        "utf-8",
    )
    with background() as provider:
        story = asked(provider.base_url, second_look="all")
        batch = story.submit(FILES, assets=(assets.add_termbase(story.house, table),))
        assert story.run(batch) is State.WAITING
        assert {x.state for x in looks(story, batch).values()} == {"fine"}
        texts = [plain_text(u.target) for _, u in story.rows(story.document(batch))]
        assert any("insuficiencia renal" in t for t in texts)
        assert any("hospitals" in t for t in texts)


def test_what_no_check_has_told_comes_first_under_the_limit(asked: Callable[..., Story]) -> None:
    lines = [f"p:The dose must not be increased before visit {n} of the study." for n in range(2, 22)]
    with background() as provider:
        story = asked(provider.base_url, second_look="risk")
        batch = story.submit({"a.docx": docx("h1:Dosing", *lines)})
        story.upto(batch, "checked")
        document = story.document(batch)
        told = [g.id for g, _ in story.rows(document)][1:7]
        with story.house.store.write() as s:
            for row in told:
                findings.add(s, document.id, row, [Finding("B3.number-changed", Severity.CRITICAL, "said")])
        second_look.second_look(story.house, document.id)
        seen = looks(story, batch)
        assert 4 <= len(seen) <= 8
        assert not set(told) & set(seen)


def test_a_step_that_is_run_again_looks_at_nothing_more(asked: Callable[..., Story]) -> None:
    with background() as provider:
        story = asked(provider.base_url, second_look="risk")
        batch = story.submit(FILES)
        story.upto(batch, "checked")
        document = story.document(batch)
        second_look.second_look(story.house, document.id)
        assert 0 < len(looks(story, batch)) < len(TEXTS) - 1, "the share holds some rows back"
        assert second_look.chosen(story.house, batch, document)[0] == []
