"""Overview, summaries, nonclinical summaries, lay summary, consent form, brochure, product information, answers: headings, facts, gaps."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from drafted import (
    NONCLINICAL,
    SUBMISSION,
    assert_rows_read_well,
    assert_sound,
    gaps_by_section,
    planned,
    said,
    type_named,
)
from drawn import dataset
from hypothesis import given
from hypothesis import strategies as st
from studies import shared_study, sources_of

from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Fate, PlannedRow
from docpipe.model.inline import Placeholder, Text
from docpipe.model.source import Figure, SourceFile, SourceKind, TextSource
from docpipe.sources import usdm_json
from docpipe.sources.text_passages import SOURCE as TEXTS
from docpipe.writing.arithmetic import decimal_of, mean, rounded
from docpipe.writing.card import card_of
from docpipe.writing.checking import run_draft_checks
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.plan import make_plan
from docpipe.writing.readability import Readability, readability
from docpipe.writing.study import StudyData, build
from docpipe.writing.topics._plain import PROCEDURES, STOPS
from docpipe.writing.topics.questions import read as read_questions
from docpipe.writing.topics.reactions import band_of, place_of
from docpipe.writing.word.layout import laid_out
from docpipe.writing.word.options import WordOptions

QUESTIONS = """# List of questions

## Clinical aspects

1. The applicant should discuss the deaths that occurred during the study.

2. A high proportion of patients left the study. Discuss the reasons for discontinuation.

## Other

Kindly confirm the name of the manufacturer of the inhaler.
"""


@pytest.fixture(scope="session")
def sample_study(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


@pytest.fixture(scope="session")
def animals(shared: Callable[[str], Path], run_folder: Path) -> StudyData:
    return shared_study(shared("data/send-cj16050"), run_folder / "animals.study")


@pytest.fixture(scope="session")
def asked(samples: Path) -> StudyData:
    return build([*sources_of(samples / "study"), questions()])


def questions(words: str = QUESTIONS) -> TextSource:
    data = words.encode()
    file = SourceFile("list-of-questions.md", digest_bytes(data), "text/markdown", SourceKind.TEXT)
    (found,) = TEXTS.read(data, file)
    assert isinstance(found, TextSource)
    return found


def headings(path: Path) -> list[tuple[str, int, str]]:
    with path.open(encoding="utf-8") as lines:
        return [(r["number"], int(r["level"]), r["heading"]) for r in csv.DictReader(lines)]


@pytest.mark.parametrize("name", ["m2-5", "m2-7-1", "m2-7-2"])
def test_overview_and_summaries_have_the_sections_of_m4e_in_order(shared: Callable[[str], Path], name: str) -> None:
    prefix = name[1:].replace("-", ".")
    every = headings(shared("data/template-facts") / "ich-m4e-r2-headings.csv")
    wanted = [h for h in every if h[0] == prefix or h[0].startswith(f"{prefix}.")]
    assert [(b.number, b.level, b.heading) for b in type_named(name).blocks] == wanted


@pytest.mark.parametrize(
    ("name", "tops"),
    [("m2-6-2", 7), ("m2-6-4", 10), ("m2-6-6", 10)],
)
def test_nonclinical_summaries_have_the_sections_of_m4s_in_order(name: str, tops: int) -> None:
    prefix = name[1:].replace("-", ".")
    numbers = [b.number for b in type_named(name).blocks]
    assert numbers == sorted(numbers, key=lambda n: [int(p) for p in n.split(".")])
    assert [n for n in numbers if n.count(".") == 3] == [f"{prefix}.{i}" for i in range(1, tops + 1)]


def test_the_lay_summary_has_the_ten_elements_of_annex_v_and_the_consent_form_all_of_50_25() -> None:
    assert [b.number for b in type_named("lay-summary").blocks] == ["", *(str(i) for i in range(1, 11))]
    told = " ".join(b.instruction for b in type_named("icf").blocks)
    wanted = [*(f"50.25(a)({i})" for i in range(1, 9)), *(f"50.25(b)({i})" for i in range(1, 7)), "50.25(c)"]
    assert [w for w in wanted if w not in told] == []


@pytest.mark.parametrize("name", [*SUBMISSION, *NONCLINICAL])
def test_every_block_says_what_it_wants_and_what_a_writer_must_bring(name: str) -> None:
    for b in type_named(name).blocks:
        if not b.container:
            assert len(b.instruction.split()) > 4, b.id
            assert b.gap or "gap(" in b.text, b.id
            assert not re.search(r"\d", b.gap), b.id


@pytest.mark.parametrize("name", SUBMISSION)
def test_every_type_is_sound_on_our_sample(sample_study: StudyData, name: str) -> None:
    assert_sound(name, sample_study)
    assert_rows_read_well(name, sample_study)


@pytest.mark.slow
@pytest.mark.parametrize("name", SUBMISSION)
def test_every_type_is_sound_on_the_pilot(pilot: StudyData, name: str) -> None:
    assert_sound(name, pilot)
    assert_rows_read_well(name, pilot)


@pytest.mark.parametrize("name", [*NONCLINICAL, "ib"])
def test_the_study_in_animals_is_told_by_its_kind(animals: StudyData, name: str) -> None:
    assert_sound(name, animals)
    assert_rows_read_well(name, animals)
    plan, _ = planned(name, animals)
    drafted = {b.id for b in plan.blocks if b.fate is Fate.DRAFTED}
    told = {"m2-6-2": {"2.6.2.1", "2.6.2.4"}, "m2-6-4": set[str](), "m2-6-6": set[str](), "ib": {"4", "4.1"}}
    assert told[name] <= drafted
    assert name == "ib" or len(gaps_by_section(name, animals)) == len(
        [b for b in plan.blocks if b.fate is not Fate.CONTAINER]
    ) - len(drafted)


def test_means_by_group_and_time_are_those_of_the_records(animals: StudyData) -> None:
    """Counted again from the dataset, cell by cell."""
    dataset_read = animals.dataset("RE")
    assert dataset_read is not None
    names = [v.name for v in dataset_read.variables]
    arms = animals.records.arm_of()
    records = [dict(zip(names, r, strict=True)) for r in dataset_read.records]
    plan, _ = planned("m2-6-2", animals)
    compared = 0
    for code in ("RESPRATE", "TIDALVOL", "MV"):
        mine = [r for r in records if r["RETESTCD"] == code and isinstance(r["RESTRESN"], float)]
        if not mine:
            continue
        table = plan.table(f"re-{code.lower()}")
        for row in table.rows:
            for head, cell in zip(table.columns[1:], row.cells[1:], strict=True):
                values = [
                    decimal_of(r["RESTRESN"])
                    for r in mine
                    if r["RETPT"] == said(row.cells[0]) and arms[str(r["USUBJID"])] == said(head)
                ]
                shown = said(cell).split(" ")[0]
                exact = mean(values)
                assert exact is not None
                assert shown == format(rounded(exact, len(shown.partition(".")[2])), "f")
                compared += 1
    assert compared >= 30


def test_doses_of_coded_arms_stand_in_their_order(animals: StudyData) -> None:
    assert animals.arms.names[0] == "Control"
    assert animals.arms.names[1:] == tuple(sorted(animals.arms.names[1:], key=len))


@pytest.mark.parametrize("name", [*SUBMISSION, *NONCLINICAL])
def test_a_study_of_one_dataset_gives_gaps_and_no_crash(name: str) -> None:
    little = build([dataset("DM", "STUDYID USUBJID AGE:n SEX", "S9 S9-1 61 F", "S9 S9-2 55 M")])
    assert_sound(name, little)
    plan, _ = make_plan(type_named(name), little)
    assert any(b.fate is Fate.GAP for b in plan.blocks)


def grade_of(name: str, study: StudyData) -> Readability:
    """Of all that the program itself says: paragraphs and list items, no gaps, no words of a source."""
    plan, _ = planned(name, study)
    kinds = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    own = [r for _, r in plan.rows() if r.kind in kinds and not r.gap and not (r.passages and quotes(r))]
    return readability(s for r in own for s in re.split(r"(?<=[.?:])\s+", said(r.text)))


def quotes(row: PlannedRow) -> bool:
    """The row's words are a source's: numbers in it are quoted, or it holds no plain sentence of ours."""
    ours = {words for _, words in (*PROCEDURES, *STOPS)}
    return said(row.text) not in ours


@pytest.mark.parametrize("name", ["lay-summary", "icf"])
def test_lay_texts_of_our_sample_read_at_school_level(sample_study: StudyData, name: str) -> None:
    found = grade_of(name, sample_study)
    print("reading grade,", name, "of the sample:", found.grade)
    assert found.grade <= 8
    assert found.passive_rate <= 0.3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lay-summary", "icf"])
def test_lay_texts_of_the_pilot_read_at_school_level(pilot: StudyData, name: str) -> None:
    found = grade_of(name, pilot)
    print("reading grade,", name, "of the pilot:", found.grade)
    assert found.grade <= 8
    assert found.passive_rate <= 0.3


@pytest.mark.parametrize("file", ["CDISC_Pilot_Study.json", "Alexion_NCT04573309_Wilsons.json"])
def test_lay_texts_are_made_from_a_trial_that_was_designed(shared: Callable[[str], Path], file: str) -> None:
    """Title, number, sponsor, groups, criteria and procedures come from the design; what they hold is no gap."""
    data = (shared("data/usdm") / file).read_bytes()
    file_read = SourceFile(file, digest_bytes(data), "application/json", SourceKind.PROTOCOL)
    study = build(s for s in usdm_json.SOURCE.read(data, file_read) if not isinstance(s, Figure))
    for name in ("icf", "lay-summary"):
        assert_sound(name, study)
        assert grade_of(name, study).grade <= 8
    plan, _ = planned("icf", study)
    gaps = " ".join(r.gap for _, r in plan.rows() if r.gap)
    for held in ("study number", "name of the study medicine", "name of the sponsor", "how many people take part"):
        assert held not in gaps, held
    happens = [r for b, r in plan.rows() if b.id == "1.3" and r.kind is BlockKind.LIST_ITEM and not r.gap]
    assert len(happens) >= 10
    assert all(r.passages for r in happens), "a procedure that nothing carries"


def test_people_are_counted_by_country_and_age_from_the_records(sample_study: StudyData) -> None:
    plan, _ = planned("lay-summary", sample_study)
    dm = sample_study.dataset("DM")
    assert dm is not None
    names = [v.name for v in dm.variables]
    people = [dict(zip(names, r, strict=True)) for r in dm.records]
    arms = sample_study.records.arm_of()
    mine = [p for p in people if p["USUBJID"] in arms]
    told = [said(r.text) for b, r in plan.rows() if b.id == "4"]
    for code, name in (("DEU", "Germany"), ("POL", "Poland"), ("CZE", "The Czech Republic")):
        assert f"{name}: {sum(p['COUNTRY'] == code for p in mine)} people" in told
    older = sum(isinstance(p["AGE"], float) and 65 <= p["AGE"] < 85 for p in mine)
    assert f"65 to 84 years: {older} people" in told
    assert f"In the European Union there were {len(mine)} people. In other countries there were no people." in told


LAY_JARGON = re.compile(
    r"\b(?:subjects?|randomi[sz]\w*|baseline|efficacy|double-blind|transdermal\w*|orally|LOCF|p-value|QD|treatment-emergent|investigators?)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ["lay-summary", "icf"])
def test_the_words_of_the_program_for_lay_readers_hold_no_jargon(sample_study: StudyData, name: str) -> None:
    plan, _ = planned(name, sample_study)
    for b, row in plan.rows():
        if not row.gap and not row.passages and b.id != "7":  # the title of an endpoint's table stands there
            words = " ".join(p.text for p in row.text if isinstance(p, Text))
            assert not LAY_JARGON.search(words), (b.id, words)


ELEMENTS = {
    "1.1": r"research", "1.2": r"study for about|planned for", "1.3": r"what happens", "1.4": r"experimental", "2": r"risks and discomforts",
    "3": r"benefits", "4": r"other treatments", "5": r"private.*Food and Drug Administration", "6": r"injury", "7": r"whom to ask about the study.*rights.*injury",
    "8": r"voluntary.*no penalty.*stop at any time", "9.1": r"risks that nobody knows yet.*embryo or fetus", "9.2": r"stop your part", "9.3": r"costs",
    "9.4": r"stopping means", "9.5": r"may change your mind", "9.6": r"About \d+ people",
    "10": r"A description of this clinical trial will be available on http://www\.ClinicalTrials\.gov, as required by U\.S\. Law\. This Web site will not include information that can identify you\. At most, the Web site will include a summary of the results\. You can search this Web site at any time\.",
}  # fmt: skip
"""Block of the consent form -> what 21 CFR 50.25 asks it to say, or to ask the writer for."""


def test_each_element_of_50_25_is_said_or_asked_for(sample_study: StudyData) -> None:
    plan, _ = planned("icf", sample_study)
    for block, words in ELEMENTS.items():
        told = " ".join(said(r.text) for b, r in plan.rows() if b.id == block and r.kind is not BlockKind.HEADING)
        assert re.search(words, told, re.IGNORECASE), (block, told)


@pytest.mark.parametrize("name", ["lay-summary", "icf", "smpc", "ib", "response"])
def test_checks_of_a_draft_find_nothing_but_gaps_and_words_of_the_protocol(asked: StudyData, name: str) -> None:
    """A lay text with criteria in the protocol's words says so, once; nothing else is found in what the program wrote."""
    plan, book = planned(name, asked)
    found = run_draft_checks(DraftText(plan, {}, book.facts(), card_of(asked)))
    said = [f for several in found.values() for f in several if f.check != "M6.gap"]
    assert [f.check for f in said] == (["S7.readability"] if name in ("lay-summary", "icf") else [])
    assert all("in the words of the study documents" in f.message for f in said)


ANNEX_V = {
    "1": r"Title.*Study number.*title in plain words.*EU trial number", "2": r"sponsor.*reach the sponsor", "3": r"took place.*began on.*aims.*why the study was done",
    "4": r"joined.*by age.*women.*where the people took part.*European Union.*could take part.*could not take part", "5": r"got corvelast.*by mouth",
    "6": r"side effect.*of 22 people.*serious.*died", "7": r"main thing.*on average.*chance", "8": r"outcome", "9": r"follow-up", "10": r"registers",
}  # fmt: skip


def test_each_element_of_annex_v_is_said_or_asked_for(sample_study: StudyData) -> None:
    plan, _ = planned("lay-summary", sample_study)
    for block, words in ANNEX_V.items():
        told = " ".join(said(r.text) for b, r in plan.rows() if b.id == block and r.kind is not BlockKind.HEADING)
        assert re.search(words, told, re.DOTALL), (block, told)


def test_reactions_are_related_events_counted_by_arm(sample_study: StudyData) -> None:
    plan, _ = planned("smpc", sample_study)
    events = sample_study.dataset("ADAE") or sample_study.dataset("AE")
    assert events is not None
    names = [v.name for v in events.variables]
    records = [dict(zip(names, r, strict=True)) for r in events.records]
    table = plan.table("reactions")
    arm = said(table.columns[2]).partition(" (N=")[0]
    arms = sample_study.records.arm_of(actual=True)
    terms = 0
    for row in table.rows:
        if row.head:
            continue
        term = said(row.cells[0]).casefold()
        mine = {
            str(r["USUBJID"])
            for r in records
            if str(r["AEDECOD"]).casefold() == term
            and str(r["AEREL"]).upper() in ("RELATED", "POSSIBLE", "PROBABLE", "DEFINITE", "Y")
            and r.get("TRTEMFL", "Y") == "Y"
            and arms.get(str(r["USUBJID"])) == arm
        }
        assert said(row.cells[2]).split(" ")[0] == str(len(mine)), term
        terms += 1
    assert terms > 3


@given(st.decimals(min_value=0, max_value=100, allow_nan=False, places=4))
def test_every_share_has_one_band_and_more_is_never_rarer(share: object) -> None:
    order = ["very common", "common", "uncommon", "rare", "very rare"]
    band = band_of(share)  # type: ignore[arg-type]
    assert band in order
    assert order.index(band_of(share / 2)) >= order.index(band)  # type: ignore[operator]


def test_every_question_stands_word_for_word_before_its_answer(asked: StudyData) -> None:
    plan, _ = make_plan(type_named("response"), asked)
    rows = [r for b, r in plan.rows() if b.id == "2"]
    texts = [said(r.text) for r in rows]
    wanted = [
        "The applicant should discuss the deaths that occurred during the study.",
        "A high proportion of patients left the study. Discuss the reasons for discontinuation.",
        "Kindly confirm the name of the manufacturer of the inhaler.",
    ]
    places = [texts.index(w) for w in wanted]
    assert places == sorted(places)
    assert [texts[i - 1] for i in places] == [
        "Question 1 (Clinical aspects)",
        "Question 2 (Clinical aspects)",
        "Question 3 (Other)",
    ]
    between = rows[places[1] + 1 : places[2] - 1]
    assert any(isinstance(c, Placeholder) and c.kind == "fact" for r in between for c in r.text), "no fact answers"
    assert sum(bool(r.gap) for r in rows) == len(wanted)


def test_a_question_is_printed_as_it_was_asked() -> None:
    """No abbreviation is written out in it, though it is its first use."""
    asked = questions("# List of questions\n\n1. Provide every SAE and ECG of the FAS.\n")
    study = build([dataset("DM", "STUDYID USUBJID AGE:n SEX", "S9 S9-1 61 F"), asked])
    plan, book = make_plan(type_named("response"), study)
    texts = {r.address: r.text for _, r in plan.rows()}
    made = laid_out(plan, texts, book.facts(), WordOptions())
    assert "Provide every SAE and ECG of the FAS." in [made.shown(t) for t in made.texts.values()]


@pytest.mark.parametrize(
    "form",
    [
        "Question {n}\n{q}", "### Question {n}\n\n{q}", "### Question {n}: A title\n\n{q}", "{n}. {q}", "Q{n}. {q}", "Question {n} {q}", "- {q}",
        "Other concern No. {n}\n\n{q}",
    ],
)  # fmt: skip
def test_no_question_is_lost_however_it_is_numbered(form: str) -> None:
    wanted = [
        "Discuss the deaths.",
        "The age of the patients was high, which is of concern.",
        "Provide the exposure by group.",
    ]
    if "{n}" not in form:
        wanted[1] = "Is the age of the patients high?"
    words = "\n\n".join(form.format(n=n, q=q) for n, q in enumerate(wanted, 1))
    study = build(
        [dataset("DM", "STUDYID USUBJID AGE:n SEX", "S9 S9-1 61 F"), questions(f"# List of questions\n\n{words}\n")]
    )
    plan, _ = make_plan(type_named("response"), study)
    texts = [said(r.text) for b, r in plan.rows() if b.id == "2"]
    assert [t for t in texts if t in wanted] == wanted
    assert [t.split(" ")[1] for t in texts if t.startswith("Question ")] == ["1", "2", "3"]
    assert [r.gap.partition(":")[0] for b, r in plan.rows() if b.id == "2" and r.gap] == [
        f"the answer to question {n}" for n in (1, 2, 3)
    ]


def test_a_question_gets_the_facts_of_its_matter_and_the_particular_ones_before_the_general() -> None:
    asked = {
        "Discuss the deaths.": ("deaths",),
        "Provide serious adverse events by group.": ("serious",),
        "Discuss discontinuations due to adverse events.": ("withdrawals",),
        "Discuss the overall safety profile and the deaths.": ("deaths", "events"),
        "The primary analysis was not significant. Please discuss.": ("efficacy",),
        "Please submit the carcinogenicity reports.": ("nonclinical",),
    }
    words = "\n\n".join(f"{n}. {q}" for n, q in enumerate(asked, 1))
    study = build([questions(f"# List of questions\n\n{words}\n")])
    plan_book = make_plan(type_named("response"), study)[1]
    found = read_questions(study, plan_book)
    assert found is not None
    assert {q.words.text: q.matters for q in found} == asked


def test_reactions_stand_in_the_order_of_the_guideline(sample_study: StudyData) -> None:
    """Organ classes as MedDRA orders them, the most frequent reaction of a class first, its band from the largest share."""
    plan, _ = planned("smpc", sample_study)
    order, tops = [], []
    for row in plan.table("reactions").rows:
        if row.head:
            order.append(place_of(said(row.cells[0])))
            tops = []
            continue
        shares = [Decimal(m[1]) for c in row.cells[2:-1] if (m := re.search(r"\(([\d.]+)%\)", said(c)))]
        assert said(row.cells[1]).rstrip("*") == band_of(max(shares))
        tops.append(max(shares))
        assert tops == sorted(tops, reverse=True)
    assert len(order) > 3
    assert order == sorted(order)
    assert [place_of(x) for x in ("Infections and infestations", "Cardiac disorders", "Product issues")] == [0, 10, 26]


def test_reference_safety_information_lists_serious_reactions_alone(sample_study: StudyData) -> None:
    plan, _ = planned("ib", sample_study)
    rows = [said(r.cells[0]) for r in plan.table("reactions-ib").rows if not r.head]
    assert rows == ["Pneumonia"]


def test_product_information_has_the_fixed_headings_of_section_4_and_5() -> None:
    texts = {b.id: b.text for b in type_named("smpc").blocks}
    for block, heads in {
        "4.2": ["Posology", "Paediatric population", "Method of administration"],
        "4.6": ["Pregnancy", "Breast-feeding", "Fertility"],
        "4.8": ["Summary of the safety profile", "Tabulated list of adverse reactions", "Reporting of suspected adverse reactions"],
        "5.1": ["Mechanism of action", "Pharmacodynamic effects", "Clinical efficacy and safety", "Paediatric population"],
    }.items():  # fmt: skip
        assert [h for h in re.findall(r"^## (.+)$", texts[block], re.MULTILINE) if h in heads] == heads


def test_an_authority_s_questions_are_no_source_of_a_report(asked: StudyData) -> None:
    plan, _ = make_plan(type_named("csr"), asked)
    assert not any("manufacturer of the inhaler" in said(r.text) for _, r in plan.rows())
