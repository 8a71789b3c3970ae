"""Titles, identifiers, organisations, roles, dates, amendments and abbreviations of a USDM study version. Imports the core and its neighbours' parts."""

from __future__ import annotations

from docpipe.model.trial import (
    Abbreviation,
    Address,
    Amendment,
    Change,
    DateValue,
    Enrollment,
    Identifier,
    Impact,
    Organization,
    Person,
    Reason,
    Role,
    Scope,
    SectionReference,
    Site,
    Title,
)
from docpipe.sources.usdm.references import Texts
from docpipe.sources.usdm.schedule import names
from docpipe.sources.usdm.tree import Item, coded, quantity


def title(item: Item, texts: Texts) -> Title:
    """A title."""
    return Title(item.id, item.pointer, texts.words(item, "text"), coded(item.one("type")))


def identifier(item: Item) -> Identifier:
    """An identifier; in v3 it holds the organisation that gave it."""
    return Identifier(
        item.id,
        item.pointer,
        item.text("text", "studyIdentifier", "referenceIdentifier"),
        item.ref("scopeId", "studyIdentifierScope"),
        coded(item.one("type")),
    )


def organization(item: Item, texts: Texts) -> Organization:
    """An organisation with its address and sites."""
    where = item.one("legalAddress", "organizationLegalAddress")
    sites = tuple(Site(*names(s, texts), country=coded(s.one("country"))) for s in item.many("managedSites", "manages"))
    return Organization(
        *names(item, texts),
        identifier=item.text("identifier"),
        scheme=item.text("identifierScheme"),
        type=coded(item.one("type", "organizationType")),
        address=_address(where) if where is not None else None,
        sites=sites,
    )


def _address(item: Item) -> Address:
    return Address(
        item.id,
        item.pointer,
        text=item.text("text"),
        lines=item.strings("lines") or tuple(x for x in (item.text("line"),) if x),
        city=item.text("city"),
        district=item.text("district"),
        state=item.text("state"),
        postal_code=item.text("postalCode"),
        country=coded(item.one("country")),
    )


def role(item: Item, texts: Texts) -> Role:
    """A role, who has it and whether it is blinded."""
    persons = tuple(
        Person(
            *names(p, texts),
            person=(p.one("personName") or p).text("text"),
            job=p.text("jobTitle"),
            organization_id=p.ref("organizationId"),
        )
        for p in item.many("assignedPersons")
    )
    masking = item.one("masking")
    return Role(
        *names(item, texts),
        code=coded(item.one("code", "role")),
        organization_ids=item.ids("organizationIds"),
        persons=persons,
        masked=masking.flag("isMasked") if masking is not None else None,
        masking=texts.line(masking, "text", "description") if masking is not None else "",
        applies_to_ids=item.ids("appliesToIds"),
    )


def date(item: Item, texts: Texts) -> DateValue:
    """A date of governance."""
    return DateValue(
        *names(item, texts),
        type=coded(item.one("type")),
        date=item.text("dateValue"),
        scopes=tuple(map(_scope, item.many("geographicScopes"))),
    )


def _scope(item: Item) -> Scope:
    return Scope(item.id, item.pointer, coded(item.one("type")), coded(item.one("code")))


def abbreviation(item: Item, texts: Texts) -> Abbreviation:
    """An abbreviation."""
    return Abbreviation(item.id, item.pointer, texts.line(item, "abbreviatedText"), texts.line(item, "expandedText"))


def amendment(item: Item, texts: Texts) -> Amendment:
    """An amendment. In v3 whether it is substantial is a mark of the whole amendment, and an enrolment is its own scope."""
    impacts = tuple(
        Impact(i.id, i.pointer, texts.words(i, "text"), i.flag("isSubstantial"), coded(i.one("type")))
        for i in item.many("impacts")
    )
    whole = item.flag("substantialImpact")
    if not impacts and whole is not None:
        impacts = (Impact("", item.pointer, substantial=whole),)
    primary = item.one("primaryReason")
    return Amendment(
        *names(item, texts),
        number=item.text("number"),
        summary=texts.words(item, "summary"),
        primary_reason=_reason(primary, texts) if primary is not None else None,
        secondary_reasons=tuple(_reason(r, texts) for r in item.many("secondaryReasons")),
        impacts=impacts,
        enrollments=tuple(_enrollment(e, texts) for e in item.many("enrollments")),
        changes=tuple(_change(c, texts) for c in item.many("changes")),
        scopes=tuple(map(_scope, item.many("geographicScopes"))),
        dates=tuple(date(d, texts) for d in item.many("dateValues")),
        previous_id=item.ref("previousId"),
    )


def _reason(item: Item, texts: Texts) -> Reason:
    return Reason(item.id, item.pointer, coded(item.one("code")), texts.line(item, "otherReason"))


def _enrollment(item: Item, texts: Texts) -> Enrollment:
    where = item.one("forGeographicScope") or (item if item.one("type") is not None else None)
    return Enrollment(
        *names(item, texts),
        quantity=quantity(item.one("quantity")),
        scope=_scope(where) if where is not None else None,
        cohort_id=item.ref("forStudyCohortId"),
        site_id=item.ref("forStudySiteId"),
    )


def _change(item: Item, texts: Texts) -> Change:
    sections = tuple(
        SectionReference(
            s.id, s.pointer, s.text("sectionNumber"), texts.line(s, "sectionTitle"), s.ref("appliesToId")
        )
        for s in item.many("changedSections")
    )  # fmt: skip
    return Change(
        *names(item, texts),
        summary=texts.words(item, "summary"),
        rationale=texts.words(item, "rationale"),
        sections=sections,
    )
