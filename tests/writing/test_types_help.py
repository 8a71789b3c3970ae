"""The help on document types of one's own: its example is a type that renders, and what it lists is what there is."""

from __future__ import annotations

import re

from drafted import part, said
from drawn import dataset

from docpipe.model.draft import Fate
from docpipe.steps.help import page
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build
from docpipe.writing.topics import readers
from docpipe.writing.topics._wants import WANTS

DRUG = dataset("DM", "STUDYID USUBJID ARM ARMCD", "S1 S1-1 Drug D", "S1 S1-2 Placebo P", "S1 S1-3 Drug D")


def example() -> bytes:
    found = re.search(r"```markdown\n(.*?)```", page("drafting"), re.DOTALL)
    assert found is not None
    return found[1].encode()


def test_the_example_renders_for_a_study_of_one_dataset() -> None:
    plan, _ = make_plan(parse_type(example(), "draft/brief.v1", part), build([DRUG]))
    assert [(b.id, b.fate) for b in plan.blocks] == [
        ("1", Fate.DRAFTED),
        ("2", Fate.CONTAINER),
        ("2.1", Fate.GAP),
        ("2.2", Fate.NOT_APPLICABLE),
    ]
    assert plan.header == (("Study", "S1"),)
    assert said(plan.blocks[3].rows[-1].text) == "Not applicable. The protocol does not describe it."


def test_the_example_renders_for_a_whole_study(pilot: StudyData) -> None:
    plan, _ = make_plan(parse_type(example(), "draft/brief.v1", part), pilot)
    assert [b.fate for b in plan.blocks] == [Fate.DRAFTED, Fate.CONTAINER, Fate.DRAFTED, Fate.DRAFTED]
    kinds = [r.kind.value for r in plan.blocks[3].rows]
    assert kinds.count("heading") == 2
    assert len(plan.blocks[0].rows) == 1 + len(pilot.arms.names)


def test_the_subjects_that_the_page_lists_are_those_there_are() -> None:
    listed = page("drafting").split("Subjects for `about`:")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(WANTS)


def test_the_topics_that_the_page_names_exist() -> None:
    rows = re.findall(r"^\| `study\.[^|]*\|[^|]*\|", page("drafting"), re.MULTILINE)
    named = set(re.findall(r"`study\.([a-z_]+)`", " ".join(rows)))
    listed = next(r for r in rows if "study.TOPIC" in r)
    named |= set(re.findall(r"`([a-z_]+)`", listed.partition("|")[2].partition("|")[2]))
    assert named <= set(readers()), named - set(readers())
