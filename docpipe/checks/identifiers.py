"""Family C from C6 on: identifiers that must stand in the target as in the source. Imports the core and ``checks/wording``.

Dates, times and cycle days (C1 to C5) are elsewhere; identifiers without source are A13's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import ClassVar

from docpipe.checks.wording.identifiers import Identifier, identifiers, present
from docpipe.checks.wording.once import has_identifiers
from docpipe.checks.wording.scripts import squeezed
from docpipe.model.check import Check, Pair
from docpipe.model.document import BlockKind
from docpipe.model.finding import Finding, Severity
from docpipe.model.language import script


class _Kept(Check):
    """An identifier of one family that the target lacks. Hyphens, spaces and full-width letters may differ."""

    only_if = staticmethod(has_identifiers)
    family: ClassVar[str] = ""
    what: ClassVar[str] = ""

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding an identifier, with the one of the target that it was probably turned into."""
        seen: set[str] = set()
        for found in identifiers(pair.source_text):
            if found.family != self.family or found.key in seen or self.may_go(found, pair):
                continue
            seen.add(found.key)
            if not self.stands(found, pair):
                yield self._lost(found, pair)

    def may_go(self, found: Identifier, pair: Pair) -> bool:
        """Whether a translation may do without it."""
        return False

    def stands(self, found: Identifier, pair: Pair) -> bool:
        """Whether the target has it."""
        return present(found, pair.target_text)

    def _lost(self, found: Identifier, pair: Pair) -> Finding:
        text = pair.source_text[slice(*found.span)]
        other = self._changed_to(found, pair)
        if other is None:
            return self.finding(f"{self.what} {text} is missing in the target.", found.span)
        now = pair.target_text[slice(*other.span)]
        return self.finding(f"{self.what} {text} was changed to {now}.", found.span, other.span, text)

    @staticmethod
    def _changed_to(found: Identifier, pair: Pair) -> Identifier | None:
        """The identifier of the target, unknown to the source, that is most like this one."""
        likely = [
            (SequenceMatcher(None, found.key, other.key).ratio(), other)
            for other in identifiers(pair.target_text)
            if not present(other, pair.source_text)
        ]
        best = max(likely, key=lambda pair_: pair_[0], default=(0.0, None))
        return best[1] if best[0] >= 0.6 else None


class StudyIdentifier(_Kept):
    """C6."""

    id = "C6.study-identifier"
    severity = Severity.CRITICAL
    title = "Protocol, study, site or subject id"
    description = (
        "An id that follows a word such as protocol no., site ID or 受试者编号, or that has the form of one (ABC-123-456, 01-701-1015), differs or "
        "is missing. Hyphens, spaces and full-width characters may differ."
    )
    family = "study"
    what = "The id"


class RegistryNumber(_Kept):
    """C7."""

    id = "C7.registry-number"
    severity = Severity.CRITICAL
    title = "Registry number"
    description = (
        "A number of ClinicalTrials.gov, EudraCT, EU CT, jRCT, UMIN, JapicCTI, CTR, ChiCTR, ISRCTN, ANZCTR, DRKS, CRIS, CTRI, UTN or a Chinese "
        "acceptance number differs or is missing."
    )
    family = "registry"
    what = "The registry number"


class ChemistryIdentifier(_Kept):
    """C8."""

    id = "C8.lot-or-substance-number"
    severity = Severity.CRITICAL
    title = "Lot, CAS, ATC or InChI"
    description = "A lot or batch number that is named so, a CAS number with a right check digit, an ATC code, an InChI or InChIKey differs or is missing."
    family = "chemistry"
    what = "The number"


class HeaderVersion(Check):
    """C9."""

    id = "C9.header-version"
    severity = Severity.CRITICAL
    title = "Document number or version in a header"
    description = "In headers and footers: a version (Version 2.0, V2.0, 版本 2.0) or a document number that differs or is missing. Dates are C1's, study ids C6's."

    _VERSION = re.compile(
        r"(?:version|versión|fassung|ver\.?|(?<![A-Za-z])[vV]\.?|版本号?|第|rev(?:ision|isión)?\.?|edition|edición|ausgabe|amendment|修订版?|doc(?:ument)?\.? no\.?|文件编号|dok(?:ument)?\.?-?nr\.?|n\.º de documento)"
        r"\s*(?:no\.?|number|nr\.?|号)?\s*[:：]?\s*(?P<key>[A-Z0-9]*\d[\w.-]*\w|\d)",
        re.I | re.A,
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a number."""
        if pair.kind not in (BlockKind.HEADER, BlockKind.FOOTER):
            return
        target = squeezed(re.sub("[，、；]", " ", pair.target_text))
        for m in self._VERSION.finditer(pair.source_text):
            key = squeezed(m.group("key"))
            forms = {key, key.replace(".", ",")} if re.fullmatch(r"\d+\.\d+", key) else {key}
            if not any(
                re.search(rf"(?<![A-Za-z0-9.])[vV]?{re.escape(f)}(?!\w|[.,]\d)", target, re.I | re.A) for f in forms
            ):
                yield self.finding(
                    f"{m.group('key')} of the header is missing or changed in the target.", m.span("key")
                )


class Url(_Kept):
    """C10."""

    id = "C10.url"
    severity = Severity.MAJOR
    title = "Web address or DOI"
    description = "A web address or DOI differs or is missing. A final full stop or slash does not count."
    family = "url"
    what = "The address"


class Email(_Kept):
    """C11."""

    id = "C11.e-mail"
    severity = Severity.MAJOR
    title = "E-mail address"
    description = "An e-mail address differs or is missing; capitals and what stands round it do not count."
    family = "email"
    what = "The e-mail address"


class FilePath(_Kept):
    """C12."""

    id = "C12.file-path"
    severity = Severity.MAJOR
    title = "File path or eCTD leaf name"
    description = "A file name with a usual extension, a path on a disk or a path inside an eCTD (m1/ to m5/) differs or is missing."
    family = "path"
    what = "The file name"


class Code(_Kept):
    """C13."""

    id = "C13.code"
    severity = Severity.MAJOR
    title = "Code of letters and digits"
    description = (
        "A code such as CYP3A4, HbA1c or IL-6 differs or is missing. Numbers with units, ordinals, dates and cycle days are no codes; COVID-19 and "
        "SARS-CoV-2 have names of their own in Chinese and Japanese; the letters of an abbreviation may be in another order (T2DM and DM2)."
    )
    family = "code"
    what = "The code"

    _OWN_NAMES = re.compile(r"COVID-?(?:19|2019)|2019-?N-?COV|SARS-?COV(?:-?\d)?|NCOV.*|NCOVID.*|H\dN\d")

    def may_go(self, found: Identifier, pair: Pair) -> bool:
        """Diseases and viruses with a name of their own in another script."""
        return script(pair.target_language) != "Latin" and self._OWN_NAMES.match(found.key) is not None

    def stands(self, found: Identifier, pair: Pair) -> bool:
        """As it is, with its plural s, or with its letters in another order beside the same digits."""
        if super().stands(found, pair):
            return True
        bare = re.sub(r"[^A-Z0-9]", "", found.key.removesuffix("S"))
        for other in identifiers(pair.target_text):
            if other.family == "code" and sorted(re.sub(r"[^A-Z0-9]", "", other.key.removesuffix("S"))) == sorted(bare):
                digits = re.findall(r"\d+", other.key)
                if digits == re.findall(r"\d+", found.key) and not present(other, pair.source_text):
                    return True
        return bare in re.sub(r"[^A-Z0-9]", "", squeezed(pair.target_text).upper())


class Citation(_Kept):
    """C14."""

    id = "C14.citation"
    severity = Severity.MAJOR
    title = "Citation"
    description = "A citation mark in square brackets ([12], [1-3]) or an author (Smith et al., Smith 2020) differs or is missing."
    family = "citation"
    what = "The citation"

    def stands(self, found: Identifier, pair: Pair) -> bool:
        """Marks inside brackets of any width; authors by name."""
        if found.key[0].isdigit():
            return any(other.key == found.key for other in identifiers(pair.target_text) if other.family == "citation")
        if script(pair.source_language) != script(pair.target_language) and not re.search("[A-Za-z]", pair.target_text):
            return False
        return found.key.casefold() in squeezed(pair.target_text).casefold()


class Phone(_Kept):
    """C15."""

    id = "C15.phone"
    severity = Severity.MAJOR
    title = "Telephone number"
    description = "A telephone or fax number (with +, or after a word that says so) differs or is missing; its spaces and brackets may differ."
    family = "phone"
    what = "The telephone number"
