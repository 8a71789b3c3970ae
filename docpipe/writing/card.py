"""Makes the card of a study from its sources: subjects, arms, sets, doses, terms, endpoints, passages. Imports the core and its room.

Everything is looked up by variables of the data model (SDTM, ADaM) and by what headings of protocol and analysis plan say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from docpipe.model.sastime import iso_of
from docpipe.model.source import Passage
from docpipe.writing.m11.prescribed import pick_lists
from docpipe.writing.narrative_set import NarrativeSet, events_frame, narrative_set, serious_records
from docpipe.writing.planned import planned_values
from docpipe.writing.records import Frame
from docpipe.writing.sets import populations
from docpipe.writing.study import StudyData
from docpipe.writing.study_card import Card, Dose, Endpoint, Subject

_WORD = re.compile(r"[^\W\d_][\w'’/-]*")
_ALPHA = re.compile(r"\balpha\s*(?:=|of|:)\s*(0?\.\d+)|significance level (?:of|is|:)\s*(0?\.\d+)", re.IGNORECASE)
_VISIT = re.compile(r"^(?:Week|Day|Month|Year|Visit|Cycle|Baseline|Screening|End of)\b.*", re.IGNORECASE)
_WINDOW = re.compile(r"\b(?:weeks?|days?|months?|visits?|cycles?)\s+\d+(?:\.\d+)?", re.IGNORECASE)


def card_of(study: StudyData, blinded: bool = False) -> Card:
    """The card of a study. ``blinded``: the draft must not show arms yet."""
    frames = study.records.frames
    subjects = _subjects(study)
    design = _trial_summary(frames)
    narrated = narrative_set(study.records)
    cited = [p for t in study.every_text for p in t.passages]
    cited += [p for t in study.trials for w in t.texts() for p in w.passages]
    passages = {f"{p.place.sha256}|{p.place.locator}": p.text for p in cited}
    terms = _levels(frames, ("AEDECOD", "MHDECOD", "CMDECOD"))
    classes = _levels(frames, ("AEBODSYS", "AESOC", "MHBODSYS"))
    drugs = _levels(frames, ("EXTRT",)) + design.get("TRT", ()) + design.get("COMPTRT", ()) + design.get("TRTUI", ())
    displays = {d.number: (d.title, d.population) for d in study.displays}
    displays |= {f.number: (f.title, f.population) for f in study.figures if f.number}
    labels = (part for f in study.store for part in (*f.row, f.arm, f.window))
    said = (*passages.values(), *(t for t, _ in displays.values()), *terms, *classes, *drugs, *labels)
    every = (*said, *study.arms.names, *(v for values in design.values() for v in values), *_labels(frames))
    return Card(
        study=study.id,
        data_version=study.version,
        files=tuple(sorted(study.files)),
        subjects=subjects,
        arms=study.every_arm,
        sets=_sets(study),
        drugs=tuple(dict.fromkeys(d.strip() for d in drugs if d.strip())),
        doses=tuple(_doses(frames, design)),
        planned=planned_values(study.trials),
        sponsor="; ".join(design.get("SPONSOR", ())),
        ids=_ids(study, design),
        deaths=narrated.deaths,
        serious=narrated.serious,
        special=narrated.special,
        terms=terms,
        classes=classes,
        parameters=_parameters(frames),
        windows=_windows(study, passages.values()),
        variables=tuple(dict.fromkeys(n for f in frames.values() for n in (f.name, *f.index))),
        endpoints=tuple(_endpoints(study, design)),
        criteria={kind: tuple(p.text for p in _criteria(study, kind)) for kind in ("inclusion", "exclusion")},
        displays=displays,
        passages=passages,
        design=design,
        counts=_counts(study, subjects),
        events=_events(study, narrated),
        codelists=_codelists(study),
        vocabulary=tuple(sorted({w.casefold() for text in every for w in _WORD.findall(text)})),
        alpha=next((m[1] or m[2] for text in passages.values() if (m := _ALPHA.search(text))), "0.05"),
        blinded=blinded,
    )


def _value(frame: Frame, record: int, *names: str) -> str:
    """The first of the variables that has a value, as text; SAS date numbers as ISO 8601."""
    for name in names:
        if name in frame.index:
            raw = frame.dataset.records[record][frame.index[name]]
            if raw is None or raw == "":
                continue
            if isinstance(raw, float) and name.endswith("DT"):
                return iso_of(raw, "DATE9.")
            said = frame.text(frame.dataset.records[record], name)
            return said.partition("T")[0] if name.endswith("DTC") else said
    return ""


_DATES = {
    "consent": ("RFICDTC",),
    "first dose": ("TRTSDT", "RFXSTDTC", "RFSTDTC"),
    "last dose": ("TRTEDT", "RFXENDTC"),
    "death": ("DTHDTC", "DTHDT"),
    "end": ("RFPENDTC", "EOSDT", "RFENDTC"),
    "birth": ("BRTHDTC", "BRTHDT"),
}


def _subjects(study: StudyData) -> dict[str, Subject]:
    frames = [f for name in ("ADSL", "DM") if (f := study.records.frames.get(name)) is not None]
    names = dict.fromkeys(s for f in reversed(frames) for s in f.subjects if s)
    members: dict[str, list[str]] = defaultdict(list)
    for population in populations(study.records):
        for subject in study.records.subjects(population):
            members[subject].append(population.name)

    def of(subject: str, *variables: str) -> str:
        for frame in frames:
            if subject in frame.subjects and (found := _value(frame, frame.subjects[subject], *variables)):
                return found
        return ""

    return {
        s: Subject(
            s,
            of(s, "SITEID"),
            of(s, "AGE"),
            of(s, "SEX"),
            of(s, "RACE"),
            of(s, "TRT01P", "ARM"),
            of(s, "TRT01A", "ACTARM", "TRT01P", "ARM"),
            {kind: found for kind, variables in _DATES.items() if (found := of(s, *variables))},
            tuple(members.get(s, ())),
        )
        for s in names
    }


def _sets(study: StudyData) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for population in populations(study.records):
        arms = study.records.subjects(population)
        found[population.name] = {
            "": len(arms),
            **{a: sum(x == a for x in arms.values()) for a in study.arms.names},
        }
    return found


def _levels(frames: Mapping[str, Frame], variables: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(variables)
    found = (v for frame in frames.values() for name in wanted if name in frame for v in frame.levels(name) if v)
    return tuple(dict.fromkeys(found))


def _trial_summary(frames: Mapping[str, Frame]) -> dict[str, tuple[str, ...]]:
    frame = frames.get("TS")
    found: dict[str, list[str]] = defaultdict(list)
    if frame is not None and "TSPARMCD" in frame and "TSVAL" in frame:
        for record in frame.dataset.records:
            if value := frame.text(record, "TSVAL"):
                found[frame.text(record, "TSPARMCD")].append(value)
    return {k: tuple(v) for k, v in found.items()}


def _labels(frames: Mapping[str, Frame]) -> Iterator[str]:
    for frame in frames.values():
        for name in (
            "PARAM",
            "DSDECOD",
            "DSTERM",
            "RACE",
            "ETHNIC",
            "DVTERM",
            "DVDECOD",
            "DCDECOD",
            "DCREASCD",
            "AEACN",
            "AEOUT",
            "AETERM",
        ):
            if name in frame:
                yield from frame.levels(name)


def _doses(frames: Mapping[str, Frame], design: Mapping[str, tuple[str, ...]]) -> Iterator[Dose]:
    exposure = frames.get("EX")
    seen: set[Dose] = set()
    if exposure is not None and "EXDOSE" in exposure:
        for i in range(len(exposure.dataset.records)):
            fields = (_value(exposure, i, name) for name in ("EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXROUTE"))
            dose = Dose(*fields)
            if dose not in seen and dose.amount:
                seen.add(dose)
                yield dose
    unit = next(iter(design.get("DOSU", ())), "")
    route = next(iter(design.get("ROUTE", ())), "")
    frequency = next(iter(design.get("DOSFRQ", ())), "")
    for amount in design.get("DOSE", ()):
        yield Dose(next(iter(design.get("TRT", ())), ""), amount, unit, frequency, route)


def _ids(study: StudyData, design: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    named = [study.id, *(d.protocol for d in study.definitions), *(d.study_name for d in study.definitions)]
    named += (
        [s.file.study for a in (study, *study.animals) for s in a.sources]
        + list(design.get("REGID", ()))
        + list(design.get("SPREFID", ()))
    )
    return tuple(dict.fromkeys(n for n in named if n))


def _parameters(frames: Mapping[str, Frame]) -> dict[str, str]:
    found: dict[str, str] = {}
    for frame in frames.values():
        if "PARAM" in frame:
            for name in frame.levels("PARAM"):
                inside = re.search(r"\(([^()]+)\)\s*$", name)
                found.setdefault(re.sub(r"\s*\([^()]*\)\s*$", "", name), inside[1] if inside else "")
        for test, unit in (("LBTEST", "LBSTRESU"), ("VSTEST", "VSSTRESU"), ("EGTEST", "EGSTRESU")):
            if test in frame and unit in frame:
                for record in frame.dataset.records:
                    if name := frame.text(record, test):
                        found.setdefault(name, frame.text(record, unit))
    return found


def _windows(study: StudyData, texts: Iterable[str]) -> tuple[str, ...]:
    found = {f.window for f in study.store if f.window}
    found |= set(_levels(study.records.frames, ("AVISIT", "VISIT")))
    found |= {m[0] for text in texts for m in _WINDOW.finditer(text)}
    return tuple(sorted(w for w in found if w))


def _cells(passage: Passage) -> list[str]:
    return [c.strip(" -") for c in passage.text.split(" | ")]


def _endpoints(study: StudyData, design: Mapping[str, tuple[str, ...]]) -> Iterator[Endpoint]:
    """From rows ``Primary Endpoint | …`` and tables below headings of endpoints, else from the trial summary."""
    seen: set[tuple[str, str]] = set()
    for source in study.texts:
        if not re.search(r"protocol|analysis plan", f"{source.title} {source.file.path}", re.IGNORECASE):
            continue
        for passage in source.passages:
            cells = _cells(passage)
            label = re.fullmatch(r"(primary|(?:key )?secondary) (endpoint|objective)s?", cells[0], re.IGNORECASE)
            if passage.kind == "row" and len(cells) == 2 and label:
                kind = "primary" if label[1].casefold() == "primary" else "secondary"
                if (kind, cells[1]) not in seen:
                    seen.add((kind, cells[1]))
                    yield Endpoint(kind, cells[1], label[2].casefold() == "objective")
    for code, kind, objective in (
        ("OBJPRIM", "primary", True), ("OBJSEC", "secondary", True), ("OUTMSPRI", "primary", False), ("OUTMSSEC", "secondary", False),
    ):  # fmt: skip
        for text in design.get(code, ()):
            yield Endpoint(kind, text, objective)


def _criteria(study: StudyData, kind: str) -> Iterator[Passage]:
    """List items below the heading ``Inclusion Criteria`` of the protocol."""
    for source in study.texts:
        found = [
            p
            for p in source.passages
            if p.kind == "list-item" and p.headings and re.search(rf"\b{kind} criteria", p.headings[-1], re.IGNORECASE)
        ]
        if found:
            yield from found
            return


def _counts(study: StudyData, subjects: Mapping[str, Subject]) -> dict[str, dict[str, int]]:
    """Subjects by arm and disposition as the data tell them; empty where the disposition dataset is missing."""
    frame = study.records.frames.get("DS")
    arms = study.records.arm_of()
    found: dict[str, dict[str, int]] = {"": {"randomised": len(arms)}}
    for arm in study.arms.names:
        found[arm] = {"randomised": sum(a == arm for a in arms.values())}
    if len(subjects) > len(arms):
        found[""] |= {"screened": len(subjects), "screen failures": len(subjects) - len(arms)}
    if frame is None or "DSDECOD" not in frame:
        return found
    completed = {frame.subject[i] for i in frame.having("DSDECOD").get("COMPLETED", ())} & set(arms)
    for arm in found:
        mine = {s for s in completed if not arm or arms[s] == arm}
        found[arm] |= {"completed": len(mine), "discontinued": found[arm]["randomised"] - len(mine)}
    return found


def _codelists(study: StudyData) -> dict[str, dict[str, str]]:
    """Values by variable: the pick lists of ICH M11 where a trial is among the sources, those of define.xml and, of text variables with few values, those that the data have; no flags."""
    found: dict[str, dict[str, str]] = {x.name: dict(x.terms) for x in pick_lists().values()} if study.trials else {}
    for definition in study.definitions:
        for defined in definition.variables:
            if defined.codes:
                found.setdefault(defined.name, {}).update(defined.codes)
    defined_names = set(found)
    for frame in study.records.frames.values():
        for variable in frame.dataset.variables:
            levels = [] if variable.kind != "text" else [v for v in frame.levels(variable.name) if v]
            if (
                variable.name not in defined_names
                and 1 < len(levels) <= _FEW
                and not any(map(str.isdigit, "".join(levels)))
            ):
                found.setdefault(variable.name, {}).update({v: v for v in levels})
    return {k: v for k, v in found.items() if len(v) <= _MANY and not {c.upper() for c in v} <= _FLAGS}


_FEW, _MANY = 12, 200
"""Values of a variable that are taken for its list, and lists too long to be picked from."""
_FLAGS = frozenset({"Y", "N", "U", "NA", ""})


def _events(study: StudyData, narrated: NarrativeSet) -> dict[str, dict[str, int]]:
    """Subjects by actual arm who had an event, a serious one, or died."""
    frame = events_frame(study.records)
    having = set(frame.subjects) if frame is not None else set[str]()
    if frame is not None and "TRTEMFL" in frame:
        having = {frame.subject[i] for i in frame.having("TRTEMFL").get("Y", ())}
    serious = {frame.subject[i] for i in serious_records(frame)} if frame is not None else set[str]()
    kinds = {"any": having, "serious": serious, "deaths": set(narrated.deaths)}
    arms = study.records.arm_of(actual=True)
    return {
        arm: {name: sum(1 for s in found if not arm or arms.get(s) == arm) for name, found in kinds.items()}
        for arm in ("", *study.arms.names)
    }


__all__ = ["Card", "Dose", "Endpoint", "Subject", "card_of"]
